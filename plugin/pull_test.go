package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// pullStand is a stand whose kubernetes/kubernetes asks for KEPs in a mode.
func pullStand(t *testing.T, now func() time.Time, mode string) *stand {
	s := newStand(t, now)
	s.configure(strings.Replace(standConfig, "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: "+mode+"}", 1))
	for n := range 10 {
		s.sim.AddLabel("kubernetes", "kubernetes", fmt.Sprintf("size/%d", n), "ededed", "")
	}
	s.sim.AddLabel("kubernetes", "kubernetes", "kind/feature", "ededed", "")
	return s
}

func (s *stand) openPull(title, body string, labels ...string) Key {
	n := s.sim.OpenPull("dev", "kubernetes", "kubernetes", title, body, "main", "topic-"+strings.ReplaceAll(title, " ", "-"))
	for _, l := range labels {
		s.sim.Label("maintainer", "kubernetes", "kubernetes", n, l)
	}
	return Key{Org: "kubernetes", Repo: "kubernetes", Number: n}
}

// TestTenLabelsOneRound: a pull request is opened, and ten plugins label it
// within a second. It is looked at once, and our own label leads to no other look.
func TestTenLabelsOneRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(standTime))
		s := pullStand(t, time.Now, "block")
		rounds := 0
		q := NewQueue(func(ctx context.Context, key Key) error {
			rounds++
			return s.plugin.Reconciler.Reconcile(ctx, key)
		}, nil, s.plugin.options.Log)
		s.plugin.Server.Enqueue, s.plugin.Reconciler.Enqueue = q.Add, q.Add
		s.plugin.Server.Soon = func(key Key) { q.AddAfter(key, burst) }
		ended := make(chan struct{})
		go func() {
			q.Run(context.Background(), 4)
			close(ended)
		}()
		labels := []string{"kind/feature"}
		for n := range 9 {
			labels = append(labels, fmt.Sprintf("size/%d", n))
		}
		key := s.openPull("a change", "no link", labels...)
		for range 3 {
			s.deliver()
			time.Sleep(10 * time.Second)
		}
		q.Drain()
		<-ended
		if rounds != 1 || !slices.Contains(s.issue(key).Labels, "do-not-merge/needs-kep") {
			t.Errorf("%d rounds, labels %v", rounds, s.issue(key).Labels)
		}
	})
}

// TestBudgetOpenedPull: what an opened pull request costs in calls, and that one
// which is fine gets no comment.
func TestBudgetOpenedPull(t *testing.T) {
	for _, tc := range []struct {
		mode, body    string
		reads, writes int
	}{
		{"off", "no link", 0, 0}, // nothing is even looked at
		{"warn", "KEP-4381", 4, 0},
		{"warn", "no link", 4, 1},
		{"block", "KEP-4381", 5, 1},
		{"block", "no link", 5, 2},
	} {
		s := pullStand(t, nil, tc.mode)
		s.settle()
		must(t, s.plugin.Reconciler.Reconcile(t.Context(), s.openPull("before", "KEP-4381"))) // roles, KEPs and repository are read
		s.settle()
		s.sim.ResetCalls()
		key := s.openPull("a change", tc.body, "kind/feature")
		s.settle()
		reads, writes, calls := s.cost()
		if reads != tc.reads || writes != tc.writes {
			t.Errorf("%s %q: %d reads, %d writes: %v", tc.mode, tc.body, reads, writes, calls)
		}
		s.round(key) // sees what was written
		s.sim.ResetCalls()
		s.round(key)
		if reads, writes, calls := s.cost(); reads != 0 || writes != 0 {
			t.Errorf("%s %q: a quiet round: %v", tc.mode, tc.body, calls)
		}
	}
}

// TestMergeThatNobodySaw: the process is away while a pull request merges; the
// next start finds it, and the item's record has it. A second start finds nothing
// to do.
func TestMergeThatNobodySaw(t *testing.T) {
	s := pullStand(t, nil, "warn")
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	pull := s.openPull("a change", "/part-of kubernetes/enhancements#4381")
	s.sim.MergePull("maintainer", pull.Org, pull.Repo, pull.Number)
	s.mail.Take() // lost
	for n := range 2 {
		s.start()
		s.sim.ResetCalls()
		must(t, s.plugin.Load(t.Context()))
		s.settle()
		if _, writes, calls := s.cost(); n == 1 && writes > 0 {
			t.Errorf("%v", calls)
		}
		e, _ := s.plugin.Reconciler.Index.Get(item)
		merges := e.Items["v1.38"].Merges
		if len(merges) != 1 || merges[0].Number != pull.Number || merges[0].Commit == "" || merges[0].Verdict != string(thread.Unplanned) || merges[0].By != "/part-of" {
			t.Errorf("%+v", merges)
		}
	}
	if _, merged := s.plugin.Reconciler.Index.Verdicts(); merged[thread.Unplanned] != 1 {
		t.Errorf("counted: %v", merged)
	}
	if !s.plugin.Reconciler.Index.Recorded(pull) || s.plugin.Reconciler.Index.Recorded(item) {
		t.Error("recorded: the pull request is, the issue is not")
	}
}

// TestBlockUnplanned: held until the work is approved, and let go no sooner than a
// second look agrees.
func TestBlockUnplanned(t *testing.T) {
	s := pullStand(t, nil, "block-unplanned")
	s.configure(strings.NewReplacer("kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: block-unplanned}",
		"- name: v1.38", "- name: v1.38\n  plan: kubernetes/enhancements#5000").Replace(standConfig))
	s.plugin.Reconciler.Plans.Put("v1.38", PlanState{Known: true})
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	key := s.openPull("a change", "KEP-4381", "kind/feature")
	s.settle()
	held := func() bool { return slices.Contains(s.issue(key).Labels, "do-not-merge/needs-kep") }
	if !held() || !strings.Contains(strings.Join(s.ours(key), ""), "in no plan yet") {
		t.Fatalf("%v %v", s.issue(key).Labels, s.ours(key))
	}
	touched := s.plugin.Reconciler.Plans.Put("v1.38", PlanState{Known: true, Passed: true, Approved: map[Key]string{item: "digest"}})
	if d := cmp.Diff([]Key{item}, touched); d != "" {
		t.Errorf("the vote touches: %s", d)
	}
	s.queue = nil
	must(t, s.plugin.Reconciler.Reconcile(t.Context(), item))
	if !slices.Contains(s.issue(item).Labels, "milestone-approved") || !slices.Contains(s.queue, key) {
		t.Errorf("%v, looked at again: %v", s.issue(item).Labels, s.queue)
	}
	if err := s.plugin.Reconciler.Reconcile(t.Context(), key); err == nil || !held() {
		t.Errorf("%v, held %t: it waits for a second look", err, held())
	}
	s.sim.Advance(31 * time.Second)
	must(t, s.plugin.Reconciler.Reconcile(t.Context(), key))
	if held() || len(s.ours(key)) > 0 {
		t.Errorf("%v %v", s.issue(key).Labels, s.ours(key))
	}
	open, merged := s.plugin.Reconciler.Index.Verdicts()
	if d := cmp.Diff(map[thread.Verdict]int{thread.Planned: 1}, open); d != "" || len(merged) > 0 {
		t.Errorf("%s %v", d, merged)
	}
}

// TestIndexOfPulls: whose round a change of an issue or of a pull request asks for.
func TestIndexOfPulls(t *testing.T) {
	x := NewIndex()
	key := func(n int) Key { return Key{Org: "o", Repo: "r", Number: n} }
	ref := kep.Ref{Repo: "o/keps", Number: 9}
	item := func(cycle string) Entry {
		return Entry{KEP: ref, Items: map[string]*work.Item{cycle: {Key: key(1), Cycle: cycle}}}
	}
	x.Put(key(1), item("a"))
	open := Entry{Issue: work.Issue{Pull: true}, KEP: ref, Pull: &PullEntry{Items: []Key{key(1)}, Verdict: thread.Unplanned}}
	if got := x.Put(key(2), open); len(got) > 0 {
		t.Errorf("an open pull request changes nothing for %v", got)
	}
	if got := x.Put(key(1), item("b")); !slices.Contains(got, key(2)) {
		t.Errorf("an item that changes is looked at for its pull requests, not only for %v", got)
	}
	merged := open
	merged.Issue.Closed, merged.Issue.Merged = true, true
	merged.Pull = &PullEntry{Items: []Key{key(1)}, Merge: &custody.Merge{Repo: "o/r", Number: 2}}
	if got := x.Put(key(2), merged); !slices.Equal(got, []Key{key(1)}) {
		t.Errorf("a merge is for its item, not for %v", got)
	}
	if got := x.Merges(key(1)); len(got) != 1 || len(x.Merges(key(2))) > 0 {
		t.Errorf("%+v", got)
	}
	if got := x.ItemsOf(ref); !slices.Equal(got, []Key{key(1)}) {
		t.Errorf("items of the KEP: %v", got)
	}
}

// TestLabelInAnotherCase: the repository spells our label otherwise. To GitHub it is
// the same: it is put on once and comes off again.
func TestLabelInAnotherCase(t *testing.T) {
	s := pullStand(t, nil, "block")
	s.sim.RenameLabel("maintainer", "kubernetes", "kubernetes", "do-not-merge/needs-kep", "Do-not-merge/Needs-KEP")
	key := s.openPull("a change", "no link", "kind/feature")
	s.settle()
	if !slices.Contains(s.issue(key).Labels, "Do-not-merge/Needs-KEP") {
		t.Fatal(s.issue(key).Labels)
	}
	s.sim.ResetCalls()
	s.round(key)
	if _, writes, calls := s.cost(); writes > 0 {
		t.Errorf("a quiet round: %v", calls)
	}
	s.said("dev", key, "/kep 4381")
	if d := cmp.Diff([]string{"kind/feature", "kep-checked"}, s.issue(key).Labels); d != "" {
		t.Error(d)
	}
	for _, body := range s.ours(key) {
		if strings.Contains(body, "by hand") {
			t.Errorf("nobody touched it: %s", body)
		}
	}
}
