package plugin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
)

// The budgets of a plan, in counted calls (design, section 9).

// TestFortyElectors: forty people vote within ten minutes, with a 429 in the middle; each
// is acknowledged within 30 s, in far fewer rounds, and nothing is posted beside the record.
func TestFortyElectors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(standTime))
		s, at := planStand(t, time.Now)
		var names []string
		aliases := standAliases
		for n := range 40 {
			names = append(names, fmt.Sprintf("fac-%d", n))
			s.sim.AddUser(names[n])
			aliases += fmt.Sprintf("  sig-s%d-facilitators: [%s]\n", n, names[n])
		}
		s.commit("OWNERS_ALIASES", aliases)
		s.configure(strings.Replace(standConfig, "  sigs: [node, scheduling]\n", "", 1) + "  plan: kubernetes/enhancements#4000\n")
		s.plugin.Reconciler.Rolebook.Forget(kepRepoName)
		for n, name := range names {
			item := s.open("kubernetes", "Work", "")
			s.said(name, item, fmt.Sprintf("/commit sig-s%d w1-2\n/readout ready", n))
		}
		wait := func(d time.Duration) { time.Sleep(d); s.enqueue(at); s.settle() }
		s.said("rel-lead", at, "/plan vote open until 2027-01-20")
		wait(time.Minute)
		wait(time.Minute)
		s.slow(100 * time.Millisecond)
		reconcile := s.plugin.Reconciler.Reconcile
		q := NewQueue(func(ctx context.Context, key Key) error {
			s.rounds++
			return reconcile(ctx, key)
		}, nil, s.plugin.options.Log)
		s.plugin.Server.Enqueue, s.plugin.Reconciler.Enqueue = q.Add, q.Add
		s.plugin.Reconciler.Calm = func(key Key) { q.AddAfter(key, calm) }
		s.rounds = 0
		ended := make(chan struct{})
		go func() { q.Run(context.Background(), 1); close(ended) }()
		s.sim.ResetCalls()
		var votes []int64
		limited := 0
		s.intercept = func(req *http.Request) *http.Response {
			if req.Method == http.MethodPatch && len(votes) >= 20 && limited == 0 { // in the middle
				limited++
				return answer(http.StatusTooManyRequests, map[string]string{"Retry-After": "5"}, "{}")
			}
			return nil
		}
		for n := range 20 {
			for _, k := range []int{2 * n, 2*n + 1} {
				votes = append(votes, s.sim.Comment(names[k], at.Org, at.Repo, at.Number, "/vote 4"))
			}
			s.deliver()
			time.Sleep(30 * time.Second)
			for _, c := range s.issue(at).Comments {
				if slices.Contains(votes, c.ID) && len(c.Reactions["+1"]) != 1 {
					t.Errorf("not acknowledged after 30 s: %s", c.Author)
				}
			}
		}
		q.Drain()
		<-ended
		reads, writes, calls := s.cost()
		if limited != 1 {
			t.Errorf("%d requests were limited", limited)
		}
		if s.rounds > 60 || writes > 65 || calls[newComment] > 0 {
			t.Errorf("%d rounds, %d reads, %d writes: %v", s.rounds, reads, writes, calls)
		}
		if text := strings.Join(s.ours(at), "\n"); strings.Count(text, "[4](") < 40 {
			t.Errorf("%d votes are shown", strings.Count(text, "[4]("))
		}
		t.Logf("%d rounds, %d reads, %d writes", s.rounds, reads, writes)
	})
}

// TestApprovalBudget: 300 items are approved, with a 429 in the middle, reworked, and
// approved again (design, section 9).
func TestApprovalBudget(t *testing.T) {
	if UnderRace {
		t.Skip("it counts calls; TestFortyElectors and the stories run under the race detector")
	}
	synctest.Test(t, approvalBudget)
}

func approvalBudget(t *testing.T) {
	const items = 300 // the decisions take more than one comment
	time.Sleep(time.Until(standTime))
	s, at := planStand(t, time.Now)
	var all []Key
	for range items {
		item := s.open("kubernetes", "Work", "")
		s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/commit sig-node w1-2\n/readout ready")
		all = append(all, item)
	}
	s.settle()
	decide := func(body string) {
		s.said("rel-lead", at, body)
		for range 3 { // also what was told to wait comes back
			time.Sleep(70 * time.Second)
			for _, key := range append(slices.Clone(all), at) {
				s.enqueue(key)
			}
			s.settle()
		}
	}
	vote := func(until string) {
		decide("/plan vote open until " + until)
		s.said("node-fac", at, "/vote 4")
		s.said("pm", at, "/vote 4")
	}
	limited, added := 0, 0
	s.intercept = func(req *http.Request) *http.Response {
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/labels") && len(all) == items {
			if added++; added == items/2 {
				limited++
				return answer(http.StatusTooManyRequests, map[string]string{"Retry-After": "1"}, "{}")
			}
		}
		return nil
	}
	for _, step := range []struct{ until, say, label string }{
		{"2027-01-20", "/plan vote close", config.LabelApproved},
		{"", "/plan rework", "plan/proposed"},
		{"2027-01-21", "/plan vote close", config.LabelApproved},
	} {
		if step.until != "" {
			vote(step.until)
		}
		time.Sleep(time.Hour) // quota is by the hour
		s.sim.ResetCalls()
		decide(step.say)
		for _, item := range all {
			s.wantLabel(item, step.label)
		}
		_, writes, calls := s.cost()
		events := 0
		for call, n := range calls {
			if strings.Contains(call, "/labels") && !strings.HasPrefix(call, "GET") && !strings.HasSuffix(call, "429") {
				events += n
			}
		}
		if events > items {
			t.Errorf("%s: %d label events for %d changes: %v", step.say, events, items, calls)
		}
		if writes > 2*items+10 { // and the record of each, which says so
			t.Errorf("%s: %d writes: %v", step.say, writes, calls)
		}
		t.Logf("%s: %d writes, %d label events", step.say, writes, events)
	}
	if limited != 1 {
		t.Errorf("%d requests were limited", limited)
	}
	partPutBack(t, s, at)
}

// partPutBack: a decision over several comments comes back whole, whichever is deleted.
func partPutBack(t *testing.T, s *stand, at Key) {
	ids, before := s.decisions(at)
	k := slices.IndexFunc(before, func(b string) bool { m, _ := custody.FindMarker(b); return m.Part > 0 })
	if k < 0 {
		t.Fatal("no decision has a further comment")
	}
	time.Sleep(2 * time.Minute)
	for _, id := range ids[k : k+2] {
		if err := s.sim.DeleteComment("maintainer", at.Org, at.Repo, id); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	_, after := s.decisions(at)
	slices.Sort(before)
	slices.Sort(after)
	if !slices.Equal(before, after) {
		t.Errorf("%d comments of decisions were there, now there are %d", len(before), len(after))
	}
}

// planWith gives a plan of so many items, with an open vote.
func planWith(t testing.TB, items int) (s *stand, at Key) {
	s, at = planStand(t, nil)
	for range items {
		item := s.open("kubernetes", "Work", "")
		s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/commit sig-node w1-2\n/readout ready")
	}
	s.settle()
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	return s, at
}

// BenchmarkPlan300Vote is a vote on a plan of 300 items: it is judged, counted, shown and
// acknowledged.
func BenchmarkPlan300Vote(b *testing.B) {
	s, at := planWith(b, 300)
	s.sim.ResetCalls()
	for n := 0; b.Loop(); n++ {
		s.said("node-fac", at, fmt.Sprintf("/vote %d", 3+n%3))
	}
	reads, writes, _ := s.cost()
	b.ReportMetric(float64(reads)/float64(b.N), "reads/op")
	b.ReportMetric(float64(writes)/float64(b.N), "writes/op")
}

// BenchmarkPlan300Quiet is a round of a plan of 300 items in which nothing changed.
func BenchmarkPlan300Quiet(b *testing.B) {
	s, at := planWith(b, 300)
	s.round(at)
	s.sim.ResetCalls()
	for b.Loop() {
		s.round(at)
	}
	b.ReportMetric(float64(s.counted())/float64(b.N), "calls/op")
}
