package plugin

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func (s *stand) held(key Key) bool {
	return slices.Contains(s.issue(key).Labels, "do-not-merge/needs-kep")
}

// TestWordsOutliveTheirCycle: a pull request has no receipts, so what stands there
// counts, also when the cycle in which it was said has left the configuration.
func TestWordsOutliveTheirCycle(t *testing.T) {
	s := pullStand(t, nil, "block")
	key := s.openPull("a change", "", "kind/feature")
	s.said("dev", key, "/kep 4381")
	s.sim.Advance(100 * 24 * time.Hour)
	next := strings.NewReplacer("v1.38", "v1.39", "2027-01-11", "2027-04-20", "2027-04-14", "2027-08-01", "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: block}")
	s.configure(next.Replace(standConfig))
	s.plugin.Reconfigured(t.Context())
	s.settle()
	if s.held(key) || len(s.ours(key)) > 0 {
		t.Errorf("%v %v", s.issue(key).Labels, s.ours(key))
	}
}

// TestTeamThatCannotBeRead: what counted goes on counting while it cannot be told who
// is in the team; nothing moves.
func TestTeamThatCannotBeRead(t *testing.T) {
	s := pullStand(t, nil, "block")
	config := strings.Replace(standConfig, "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: block}", 1)
	s.configure(strings.Replace(config, "kubernetes/enhancements:OWNERS_ALIASES#sig-{sig}-facilitators", "kubernetes/{sig}-facilitators", 1))
	s.sim.AddTeam("kubernetes", "node-facilitators", "node-fac")
	s.sim.AddTeam("kubernetes", "scheduling-facilitators", "sched-fac")
	key := s.openPull("a change", "", "kind/feature")
	s.said("node-fac", key, "/kep none agreed in the SIG")
	if s.held(key) {
		t.Fatalf("%v %v", s.issue(key).Labels, s.ours(key))
	}
	s.start() // knows nothing of the team
	s.intercept = func(r *http.Request) *http.Response {
		if strings.Contains(r.URL.Path, "/teams/") {
			return answer(http.StatusForbidden, nil, `{"message":"Resource not accessible"}`)
		}
		return nil
	}
	must(t, s.plugin.Reconciler.Reconcile(t.Context(), key))
	if s.held(key) || len(s.ours(key)) > 0 {
		t.Errorf("it cannot be told, and something moved: %v %v", s.issue(key).Labels, s.ours(key))
	}
	s.intercept = nil
	s.start()
	must(t, s.plugin.Reconciler.Reconcile(t.Context(), key))
	if s.held(key) {
		t.Error("the team can be read again")
	}
}

// TestKindMayComeLater: the author's /kep none is taken, and counts as soon and as
// long as the label is there that makes it theirs to say.
func TestKindMayComeLater(t *testing.T) {
	s := pullStand(t, nil, "block")
	key := s.openPull("a change", "", "kind/feature")
	s.said("dev", key, "/kind bug\n/kep none bug fix")
	if !s.held(key) {
		t.Fatal("it is no bug yet")
	}
	for range 2 {
		s.sim.Label("maintainer", key.Org, key.Repo, key.Number, "kind/bug")
		s.settle()
		if s.held(key) || len(s.ours(key)) > 0 {
			t.Errorf("%v %v", s.issue(key).Labels, s.ours(key))
		}
		s.sim.Unlabel("maintainer", key.Org, key.Repo, key.Number, "kind/bug")
		s.settle()
		if !s.held(key) {
			t.Error("it is no bug any more")
		}
	}
}

// TestOneMergeOneRecord: who says after the merge that it belongs elsewhere does not
// get it written down there, too; a full index forgets what is recorded.
func TestOneMergeOneRecord(t *testing.T) {
	s := pullStand(t, nil, "warn")
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	other := s.open("kubernetes", "item", "KEP-4381")
	s.said("node-fac", other, "/commit sig-node w1-2")
	known := s.plugin.Reconciler.Index.Len()
	key := s.openPull("a change", "/part-of kubernetes/enhancements#4381")
	s.sim.MergePull("maintainer", key.Org, key.Repo, key.Number)
	s.settle()
	if n := s.plugin.Reconciler.Index.Len(); n != known {
		t.Errorf("%d kept, %d before", n, known)
	}
	s.said("dev", key, "/part-of "+other.String())
	s.settle()
	for k, want := range map[Key]int{item: 1, other: 0} {
		e, _ := s.plugin.Reconciler.Index.Get(k)
		if n := len(e.Items["v1.38"].Merges); n != want {
			t.Errorf("%s: %d merges, want %d", k, n, want)
		}
	}
}

// TestLetGoAfterTheModeWasRelaxed, though the process was restarted and nothing
// happened on the pull request for long.
func TestLetGoAfterTheModeWasRelaxed(t *testing.T) {
	s := pullStand(t, nil, "block")
	key := s.openPull("a change", "", "kind/feature")
	s.settle()
	s.sim.Advance(240 * time.Hour)
	s.configure(strings.Replace(standConfig, "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: off}", 1))
	s.start()
	must(t, s.plugin.Load(t.Context()))
	s.settle()
	if s.held(key) || len(s.ours(key)) > 0 {
		t.Errorf("%v %v", s.issue(key).Labels, s.ours(key))
	}
}

// TestApprovedByHandIsNotPlanned: what a hand put on an item and the next round takes
// off opens no gate.
func TestApprovedByHandIsNotPlanned(t *testing.T) {
	s := pullStand(t, nil, "block-unplanned")
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.sim.SetMilestone("maintainer", item.Org, item.Repo, item.Number, "v1.38")
	s.settle()
	key := s.openPull("a change", "KEP-4381", "kind/feature")
	s.settle()
	for range 3 {
		s.sim.Label("maintainer", item.Org, item.Repo, item.Number, "milestone-approved")
		s.settle()
		s.sim.Advance(time.Minute)
		_ = s.plugin.Reconciler.Reconcile(t.Context(), key)
		if !s.held(key) {
			t.Error("a label by hand opened the gate")
		}
	}
}

// TestHeldBackByAReaction: a reaction or a reply that GitHub does not take must not
// keep a pull request from being let go.
func TestHeldBackByAReaction(t *testing.T) {
	for _, part := range []string{"/reactions", "/comments"} {
		s := pullStand(t, nil, "block")
		key := s.openPull("a change", "", "kind/feature")
		s.settle()
		s.intercept = func(r *http.Request) *http.Response {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, part) {
				return answer(http.StatusForbidden, nil, `{"message":"Unable to create comment because issue is locked."}`)
			}
			return nil
		}
		s.sim.Comment("stranger", key.Org, key.Repo, key.Number, "/kep none no")
		s.said("dev", key, "/kep 4381")
		if s.held(key) {
			t.Errorf("%s: held", part)
		}
		writes := len(s.sim.WritesBy(standBot))
		s.round(key)
		if n := len(s.sim.WritesBy(standBot)); n != writes {
			t.Errorf("%s: %d more tries", part, n-writes)
		}
	}
}

// TestItemErased: a pull request that was part of an issue which is gone is looked at.
func TestItemErased(t *testing.T) {
	s := pullStand(t, nil, "block")
	item := s.open("kubernetes", "item", "")
	s.said("node-fac", item, "/kep 4381")
	key := s.openPull("a change", "/part-of "+item.String(), "kind/feature")
	s.settle()
	if s.held(key) {
		t.Fatal(s.ours(key))
	}
	s.sim.DeleteIssue("maintainer", item.Org, item.Repo, item.Number)
	for range 5 {
		s.settle()
	}
	if !s.held(key) {
		t.Errorf("%v", s.issue(key).Labels)
	}
}

// TestQuietRoundOnWords: a quiet round over a pull request with commands is free, and
// an edit is still noticed.
func TestQuietRoundOnWords(t *testing.T) {
	s := pullStand(t, nil, "block")
	key := s.openPull("a change", "", "kind/feature")
	id := s.said("dev", key, "/kep 4381")
	s.sim.Advance(time.Minute)
	s.round(key)
	s.round(key)
	s.sim.ResetCalls()
	s.round(key)
	if reads, writes, calls := s.cost(); reads+writes > 0 {
		t.Errorf("%v", calls)
	}
	s.sim.Advance(time.Minute)
	must(t, s.sim.EditComment("maintainer", key.Org, key.Repo, id, "/kep 4381 "))
	s.settle()
	if !s.held(key) {
		t.Error("an edited comment does not count")
	}
}

// TestRenamedAfterTheMerge: who spoke on a pull request gets another login once it was
// merged. Nobody is told that the old word does not count any more.
func TestRenamedAfterTheMerge(t *testing.T) {
	s := pullStand(t, nil, "block")
	key := s.openPull("a change", "", "kind/feature")
	s.said("sched-lead", key, "/kep none it moves files only")
	if s.held(key) {
		t.Fatalf("%v", s.issue(key).Labels)
	}
	s.sim.MergePull("maintainer", key.Org, key.Repo, key.Number)
	s.settle()
	s.sim.RenameUser("sched-lead", "sched-lead-anew")
	s.restart(key)
	if ours := s.ours(key); len(ours) > 0 {
		t.Errorf("said on the merged pull request: %s", ours[0])
	}
	open := s.openPull("another", "", "kind/feature")
	s.said("sched-lead-anew", open, "/kep none it moves files only")
	if ours := strings.Join(s.ours(open), ""); !s.held(open) || !strings.Contains(ours, "sched-lead-anew") {
		t.Errorf("the new login holds no role yet, and is told so on what is open: held %t\n%s", s.held(open), ours)
	}
}
