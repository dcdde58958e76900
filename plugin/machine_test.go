package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// TestOneSpelling: however the configuration spells a repository, an issue is
// one issue, by delivery and by sweep.
func TestOneSpelling(t *testing.T) {
	s := newStand(t, nil)
	s.configure(strings.ReplaceAll(standConfig, "    kubernetes/kubernetes: {}", "    Kubernetes/kubernetes: {}"))
	k := s.open("kubernetes", "item", "")
	want := []Key{{Org: "Kubernetes", Repo: "kubernetes", Number: k.Number}}
	s.sim.Comment("node-fac", "kubernetes", "kubernetes", k.Number, "/commit sig-node w1-2")
	s.deliver()
	must(t, s.plugin.Sweep.Tick(t.Context()))
	if d := cmp.Diff(want, s.queue); d != "" {
		t.Errorf("after delivery and sweep: %s", d)
	}
	s.settle()
	s.sim.Unlabel("maintainer", "kubernetes", "kubernetes", k.Number, "plan/proposed")
	s.deliver()
	if d := cmp.Diff(want, s.queue); d != "" {
		t.Errorf("a label by hand: %s", d)
	}
	s.settle()
	if d := cmp.Diff(want, s.plugin.Reconciler.Index.Keys()); d != "" {
		t.Error(d)
	}
	s.configure(standConfig)
	s.plugin.Reconfigured(t.Context())
	s.settle()
	if d := cmp.Diff([]Key{k}, s.plugin.Reconciler.Index.Keys()); d != "" {
		t.Errorf("spelled otherwise by a new configuration: %s", d)
	}
}

// TestUnlistedRepositories cost nothing.
func TestUnlistedRepositories(t *testing.T) {
	s := newStand(t, nil)
	k := s.open("unlisted", "item", "/commit")
	s.sim.Comment("node-fac", "kubernetes", "unlisted", k.Number, "/commit sig-node w1-2")
	s.sim.Label("maintainer", "kubernetes", "unlisted", k.Number, "plan/blocked")
	s.deliver()
	if len(s.queue) > 0 {
		t.Errorf("enqueued %v", s.queue)
	}
}

// TestPushes: only what roles and KEPs are read from has issues looked at.
func TestPushes(t *testing.T) {
	commits := func(n int, list string) string {
		return `"commits":[` + strings.TrimSuffix(strings.Repeat(`{`+list+`},`, n), ",") + `]`
	}
	const readme, kepYAML = `"added":["README.md"],"modified":[],"removed":[]`, `"added":[],"modified":[],"removed":["keps/sig-node/1-x/kep.yaml"]`
	for name, tc := range map[string]struct {
		repo, ref, rest string
		want            bool
	}{
		"a KEP":              {"kubernetes/enhancements", "refs/heads/main", commits(1, kepYAML), true},
		"roles":              {"kubernetes/enhancements", "refs/heads/main", commits(1, `"modified":["OWNERS_ALIASES"]`), true},
		"letter case":        {"Kubernetes/Enhancements", "refs/heads/main", commits(1, kepYAML), true},
		"text":               {"kubernetes/enhancements", "refs/heads/main", commits(1, readme), false},
		"text, then a KEP":   {"kubernetes/enhancements", "refs/heads/main", `"commits":[{` + readme + `},{` + kepYAML + `}]`, true},
		"a branch":           {"kubernetes/enhancements", "refs/heads/topic", commits(1, kepYAML), false},
		"a tag":              {"kubernetes/enhancements", "refs/tags/main", commits(1, kepYAML), false},
		"another repository": {"kubernetes/kubernetes", "refs/heads/main", commits(1, kepYAML), false},
		"many":               {"kubernetes/enhancements", "refs/heads/main", commits(20, readme), true},
		"no lists":           {"kubernetes/enhancements", "refs/heads/main", commits(2, ""), true},
		"no commits":         {"kubernetes/enhancements", "refs/heads/main", commits(0, ""), true},
		"by force":           {"kubernetes/enhancements", "refs/heads/main", `"forced":true,` + commits(1, readme), true},
	} {
		s := newStand(t, nil)
		s.said("node-fac", s.openKEP(), "/commit w1-2")
		body := fmt.Appendf(nil, `{"ref":%q,"repository":{"full_name":%q,"default_branch":"main"},%s}`, tc.ref, tc.repo, tc.rest)
		s.post("push", body, map[string]string{"X-Hub-Signature-256": sum256(standSecret, body)})
		if got := len(s.queue) > 0; got != tc.want {
			t.Errorf("%s: everything is looked at: %t", name, got)
		}
	}
}

// TestFarBudgetEndsARound: a write whose turn is minutes away is a Wait at once,
// takes nothing from those before it, and those sent away come back one by one.
func TestFarBudgetEndsARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, time.Now)
		key := s.openKEP()
		budget := NewWriteBudget()
		s.transport.Writes = budget
		budget.comments.AllowN(time.Now(), 60)
		writes, start := budget.writes.Tokens(), time.Now()
		var back []time.Duration
		for range 4 {
			_, err := s.client.CreateComment(t.Context(), key, "x")
			var wait *Wait
			if !errors.As(err, &wait) {
				t.Fatalf("%v", err)
			}
			back = append(back, wait.For)
		}
		if d := cmp.Diff([]time.Duration{15 * time.Second, 30 * time.Second, 45 * time.Second, time.Minute}, back); d != "" || time.Since(start) > 0 {
			t.Errorf("after %s: %s", time.Since(start), d)
		}
		if got := budget.writes.Tokens(); got != writes {
			t.Errorf("%v of %v writes are left, none was made", got, writes)
		}
		budget.writes.AllowN(time.Now(), 15)
		if err := s.client.AddLabel(t.Context(), key, "plan/proposed"); err != nil || time.Since(start) > patience {
			t.Errorf("a short wait: %v after %s", err, time.Since(start))
		}
	})
}

// TestPausesCostNoBudget, and a shorter one ends no longer one.
func TestPausesCostNoBudget(t *testing.T) {
	tr := &Transport{Writes: NewWriteBudget()}
	req := request(t, t.Context(), "POST", "/repos/o/r/issues/1/comments", "")
	tr.pause(req, &Wait{For: time.Hour})
	tr.pause(req, &Wait{For: time.Second})
	_, err := tr.RoundTrip(req)
	var wait *Wait
	if !errors.As(err, &wait) || wait.For < 59*time.Minute || tr.Writes.comments.Tokens() < 60 {
		t.Errorf("%v, %v comments left", err, tr.Writes.comments.Tokens())
	}
}

// TestRequestsEnd although nobody answers: the time is that of the request.
func TestRequestsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &Transport{Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})}
		start := time.Now()
		if _, err := tr.RoundTrip(request(t, t.Context(), "GET", "/x", "")); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != requestTimeout {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

// TestStrangersMakeNoSeries: who is not believed chooses no label of a metric.
func TestStrangersMakeNoSeries(t *testing.T) {
	s := newStand(t, nil)
	registry := prometheus.NewRegistry()
	s.plugin.Server.Metrics = NewMetrics(registry)
	for n := range 50 {
		s.post(fmt.Sprint("event", n), []byte("{}"), nil)
	}
	s.post("ping", []byte("{}"), nil)
	if n := metric(t, registry, "steelthread_deliveries_total", "other", "refused"); n != 50 {
		t.Errorf("%v others", n)
	}
	if n := metric(t, registry, "steelthread_deliveries_total", "ping", "refused"); n != 1 {
		t.Errorf("%v pings", n)
	}
}

// TestLargeBodiesWait for one another; small ones do not.
func TestLargeBodiesWait(t *testing.T) {
	s := newStand(t, nil)
	for range largeAtOnce {
		s.plugin.Server.large <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for size, want := range map[int]bool{10: true, largeDelivery + 1: false} {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(make([]byte, size)))
		must(t, err)
		if _, err := s.plugin.Server.body(nil, req); (err == nil) != want {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestDrainBeginsNothing: what waits at the end is not worked off.
func TestDrainBeginsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRounds(time.Second, nil)
		q := NewQueue(r.make, nil, quietLog())
		for n := range 200 {
			q.Add(number(n))
		}
		done := make(chan struct{})
		go func() {
			q.Run(context.Background(), 2)
			close(done)
		}()
		time.Sleep(time.Second / 2)
		q.Drain()
		<-done
		if len(r.at) != 2 {
			t.Errorf("%d rounds", len(r.at))
		}
	})
}

// TestStartCost: an issue whose state is fine costs one read at the start, and
// its round only what is not known to be unchanged.
func TestStartCost(t *testing.T) {
	s := newStand(t, nil)
	const n = 20
	for range n {
		s.said("node-fac", s.open("kubernetes", "item", ""), "/commit sig-node w1-2")
	}
	s.start()
	s.sim.ResetCalls()
	must(t, s.plugin.Load(t.Context()))
	s.settle()
	reads, writes, calls := s.cost()
	if reads > n+35 || writes > 0 || s.plugin.Reconciler.Index.Len() != n {
		t.Errorf("%d reads, %d writes, %d known: %v", reads, writes, s.plugin.Reconciler.Index.Len(), calls)
	}
}

// TestStartLeavesOut an issue that GitHub refuses to show; another error ends
// the start after all others were read.
func TestStartLeavesOut(t *testing.T) {
	s := newStand(t, nil)
	var keys []Key
	for range 8 {
		k := s.open("kubernetes", "item", "")
		s.said("node-fac", k, "/commit sig-node w1-2")
		keys = append(keys, k)
	}
	for status, want := range map[int]bool{403: true, 502: false} {
		s.start()
		s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
			if strings.HasSuffix(r.URL.Path, fmt.Sprintf("/issues/%d/comments", keys[2].Number)) {
				return &githubsim.Fault{Status: status, Body: `{"message":"no"}`}
			}
			return nil
		})
		err := s.plugin.Load(t.Context())
		if (err == nil) != want || s.plugin.Reconciler.Index.Len() != len(keys)-1 {
			t.Errorf("%d: %v, %d known", status, err, s.plugin.Reconciler.Index.Len())
		}
	}
}

// TestListsWhileTheyChange: an issue that is changed between two pages makes
// none be passed over.
func TestListsWhileTheyChange(t *testing.T) {
	s := newStand(t, nil)
	var keys []Key
	for n := range 250 {
		keys = append(keys, s.open("kubernetes", fmt.Sprint(n), ""))
		s.sim.Comment("dev", "kubernetes", "kubernetes", keys[n].Number, "/plan")
		s.sim.Advance(time.Second)
	}
	pages := 0
	s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
		if r.Method == http.MethodGet {
			if pages++; pages == 2 {
				s.intercept = nil
			}
		}
		return nil
	})
	s.intercept = func(r *http.Request) *http.Response {
		if pages == 1 { // the first page was read
			for _, k := range keys[:5] {
				s.sim.Comment("dev", "kubernetes", "kubernetes", k.Number, "/more")
			}
			pages++
		}
		return nil
	}
	list, err := s.client.Issues(t.Context(), "kubernetes/kubernetes", Filter{})
	must(t, err)
	seen := map[int]int{}
	for _, i := range list {
		seen[i.Key.Number]++
	}
	for _, k := range keys {
		if seen[k.Number] != 1 {
			t.Errorf("%s: %d times", k, seen[k.Number])
		}
	}
	if pages < 3 {
		t.Error("nothing was changed between pages")
	}
}
