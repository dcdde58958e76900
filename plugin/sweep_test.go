package plugin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// swept makes one sweep and gives what it wants looked at.
func (s *stand) swept() (keys []string) {
	s.t.Helper()
	s.queue = nil
	must(s.t, s.plugin.Sweep.Tick(s.t.Context()))
	for _, k := range s.queue {
		keys = append(keys, k.String())
	}
	return keys
}

// deaf loses every delivery.
func (s *stand) deaf() { s.sim.SetWebhook(func(githubsim.Delivery) {}) }

// TestSweepFindsWhatDeliveriesMissed, and nothing else.
func TestSweepFindsWhatDeliveriesMissed(t *testing.T) {
	s := newStand(t, nil)
	known := s.openKEP()
	s.said("node-fac", known, "/commit w1-2")
	plain, unlisted := s.open("kubernetes", "Plain", ""), s.open("unlisted", "Unlisted", "")
	pull := Key{Org: "kubernetes", Repo: "kubernetes", Number: s.sim.OpenPull("dev", "kubernetes", "kubernetes", "A change", "/commit", "main", "topic")}
	s.deaf()
	s.sim.Advance(time.Hour)
	s.swept()
	text := func(v string) *string { return &v }
	for _, tc := range []struct {
		name string
		act  func()
		want []string
	}{
		{"nothing", func() {}, nil},
		{"talk", func() { s.sim.Comment("dev", "kubernetes", "kubernetes", plain.Number, "hello") }, nil},
		{"a command", func() { s.sim.Comment("node-fac", "kubernetes", "kubernetes", plain.Number, "/commit") }, []string{plain.String()}},
		{"a near miss", func() { s.sim.Comment("node-fac", "kubernetes", "kubernetes", plain.Number, "/comit") }, []string{plain.String()}},
		{"a command on a pull request", func() { s.sim.Comment("node-fac", "kubernetes", "kubernetes", pull.Number, "/commit") }, []string{pull.String()}},
		{"where nobody listens", func() { s.sim.Comment("node-fac", "kubernetes", "unlisted", unlisted.Number, "/commit") }, nil},
		{"talk on a known issue", func() { s.sim.Comment("dev", "kubernetes", "enhancements", known.Number, "hello") }, []string{known.String()}},
		{"a known issue closed", func() { s.sim.Close("dev", "kubernetes", "enhancements", known.Number, "completed") }, []string{known.String()}},
		{"a milestone", func() { s.sim.SetMilestone("maintainer", "kubernetes", "kubernetes", plain.Number, "v1.38") }, []string{plain.String()}},
		{"none any more", func() { s.sim.SetMilestone("maintainer", "kubernetes", "kubernetes", plain.Number, "") }, nil},
		{"a label of ours", func() { s.sim.Label("maintainer", "kubernetes", "kubernetes", plain.Number, "plan/blocked") }, []string{plain.String()}},
		{"taken off", func() { s.sim.Unlabel("maintainer", "kubernetes", "kubernetes", plain.Number, "plan/blocked") }, nil},
		{"a command in a description", func() { s.sim.EditIssue("dev", "kubernetes", "kubernetes", plain.Number, nil, text("/commit")) }, []string{plain.String()}},
	} {
		s.sim.Advance(time.Hour)
		s.swept() // what was seen is past
		s.sim.Advance(time.Hour)
		tc.act()
		if d := cmp.Diff(tc.want, s.swept()); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// TestSweepOverlaps: lists lag; what changed shortly before the last sweep is
// looked at once more, later no more.
func TestSweepOverlaps(t *testing.T) {
	s := newStand(t, nil)
	s.deaf()
	key := s.open("kubernetes", "Plain", "")
	s.swept()
	s.sim.Advance(time.Hour)
	s.sim.Comment("node-fac", "kubernetes", "kubernetes", key.Number, "/commit")
	for n, want := range []int{1, 1, 1, 0} {
		if got := s.swept(); len(got) != want {
			t.Errorf("sweep %d: %v", n, got)
		}
		s.sim.Advance(4 * time.Minute)
	}
}

// TestSweepGoesOn: a repository that cannot be listed keeps no other from being
// swept, and is swept from the same time on at the next tick.
func TestSweepGoesOn(t *testing.T) {
	s := newStand(t, nil)
	s.deaf()
	a, b := s.open("enhancements", "a", ""), s.open("kubernetes", "b", "")
	s.swept()
	s.sim.Advance(time.Hour)
	s.sim.Comment("node-fac", "kubernetes", "enhancements", a.Number, "/commit")
	s.sim.Comment("node-fac", "kubernetes", "kubernetes", b.Number, "/commit")
	s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
		if strings.Contains(r.URL.Path, "/enhancements/") {
			return &githubsim.Fault{Status: 502, Body: "{}"}
		}
		return nil
	})
	s.sim.Advance(10 * time.Minute)
	s.queue = nil
	if err := s.plugin.Sweep.Tick(t.Context()); err == nil || len(s.queue) != 1 || s.queue[0] != b {
		t.Errorf("%v, %v", s.queue, err)
	}
	s.sim.SetFault(nil)
	s.sim.Advance(10 * time.Hour)
	if d := cmp.Diff([]string{a.String()}, s.swept()); d != "" {
		t.Error(d)
	}
}

// TestTracked: what a process that knows nothing must read before it writes.
func TestTracked(t *testing.T) {
	s := newStand(t, nil)
	s.deaf()
	key := func(name string, act func(n int)) string {
		k := s.open("kubernetes", name, "")
		act(k.Number)
		return k.String()
	}
	want := []string{
		key("labelled", func(n int) { s.sim.Label("maintainer", "kubernetes", "kubernetes", n, "plan/proposed") }),
		key("in the milestone", func(n int) { s.sim.SetMilestone("maintainer", "kubernetes", "kubernetes", n, "v1.38") }),
	}
	key("closed in the milestone", func(n int) {
		s.sim.SetMilestone("maintainer", "kubernetes", "kubernetes", n, "v1.38")
		s.sim.Close("dev", "kubernetes", "kubernetes", n, "completed")
	})
	key("plain", func(int) {})
	s.sim.Advance(200 * 24 * time.Hour) // longer ago than any lookback
	if s.config.Calendar().Open(s.sim.Now()) != nil {
		t.Fatal("the cycle is still open")
	}
	s.configure(strings.Replace(standConfig, "2027-04-14", "2027-12-14", 1))
	s.plugin.Sweep.Lookback = -time.Until(s.sim.Now().Add(-72 * time.Hour))
	got, err := s.plugin.Sweep.Tracked(t.Context())
	must(t, err)
	var list []string
	for _, k := range got {
		list = append(list, k.String())
	}
	if d := cmp.Diff(want, list); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestListsDecideNothing: an issue as listed ends a quiet round only; what
// there is to do is done after it was read, and what happens meanwhile counts.
func TestListsDecideNothing(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	s.deaf()
	nightly := func() { must(t, s.plugin.Sweep.Everything(t.Context())) }
	hasLabel := func() bool {
		i, err := s.client.Issue(t.Context(), key)
		must(t, err)
		return i.HasLabel("plan/proposed")
	}

	s.sim.Unlabel("maintainer", "kubernetes", "enhancements", key.Number, "plan/proposed")
	nightly() // the list shows that the label is gone
	s.settle()
	if !hasLabel() {
		t.Error("the label was not put back")
	}

	nightly() // the list shows the label; then it is taken off, and the delivery arrives
	s.sim.Unlabel("maintainer", "kubernetes", "enhancements", key.Number, "plan/proposed")
	s.plugin.Reconciler.Enqueue(key)
	s.settle()
	if !hasLabel() {
		t.Error("the list was believed although something had happened since")
	}

	s.sim.Unlabel("maintainer", "kubernetes", "enhancements", key.Number, "plan/proposed")
	nightly() // the list shows that it is gone; then it is back
	s.sim.Label("maintainer", "kubernetes", "enhancements", key.Number, "plan/proposed")
	s.sim.ResetCalls()
	s.settle()
	for _, w := range s.sim.WritesBy(standBot) {
		if strings.HasSuffix(w, "/labels") {
			t.Errorf("written by the list: %s", w)
		}
	}
	if n := len(s.plugin.Reconciler.memory.listed); n > 0 {
		t.Errorf("%d listed issues are kept", n)
	}
}
