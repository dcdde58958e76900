package plugin

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
)

// What is concluded once and for good rests on all issues: each was read, and what was
// said on it while no process ran was judged.

// TestSnapshotAfterRestart: an item that was called ready before the vote was asked for is
// voted on, also if a process that begins sees the plan before the item.
func TestSnapshotAfterRestart(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/readout ready")
	s.sim.Advance(time.Minute)
	s.sim.Comment("rel-lead", at.Org, at.Repo, at.Number, "/plan vote open until 2027-01-20")
	s.sim.Advance(5 * time.Minute)
	s.again()
	s.later(2*time.Minute, at)
	if _, bodies := s.decisions(at); len(bodies) != 1 || !strings.Contains(bodies[0], "#4381") {
		t.Errorf("the snapshot is without what was ready:\n%s", strings.Join(bodies, "\n"))
	}
}

// TestClosingAfterRestart: the report counts what was said before the end of the cycle
// while no process ran.
func TestClosingAfterRestart(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.sim.SetClock(time.Date(2027, 4, 14, 10, 0, 0, 0, time.UTC))
	s.enqueue(at)
	s.settle()
	s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/done")
	s.sim.SetClock(time.Date(2027, 4, 15, 12, 5, 0, 0, time.UTC))
	s.again()
	s.later(2*time.Minute, at)
	if text := s.notice(at, "closing-"); !strings.Contains(text, "1 of 1 planned item delivered") {
		t.Errorf("the report is not there, or without what was said:\n%s", text)
	}
}

// TestSnapshotWithoutDeliveries: so is one of which the sweep learns together with the
// vote.
func TestSnapshotWithoutDeliveries(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/readout ready")
	s.sim.Advance(time.Minute)
	s.sim.Comment("rel-lead", at.Org, at.Repo, at.Number, "/plan vote open until 2027-01-20")
	s.mail.Take()
	s.sim.Advance(2 * time.Minute)
	if err := s.plugin.Sweep.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.later(2*time.Minute, at)
	if _, bodies := s.decisions(at); len(bodies) != 1 || !strings.Contains(bodies[0], "#4381") {
		t.Errorf("the snapshot is without what was ready:\n%s", strings.Join(bodies, "\n"))
	}
}

// TestSnapshotOfWhatNobodyToldOf: deliveries are lost, and no sweep is due yet. The vote
// is on everything that was said before it was asked for: the repositories are listed for it.
func TestSnapshotOfWhatNobodyToldOf(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/readout ready")
	s.mail.Take() // lost
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	if _, bodies := s.decisions(at); len(bodies) != 1 || !strings.Contains(bodies[0], "#4381") {
		t.Errorf("the snapshot is without what was ready:\n%s", strings.Join(bodies, "\n"))
	}
	s.sim.ResetCalls()
	s.later(time.Minute, at)
	if reads, writes, what := s.cost(); reads > 3 || writes > 0 {
		t.Errorf("nothing is to be concluded, and it was listed: %v", what)
	}
}

// TestClosingCountsTheLastSecond: the report waits for what is under way at the end.
func TestClosingCountsTheLastSecond(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.sim.SetClock(time.Date(2027, 4, 15, 11, 59, 58, 0, time.UTC))
	s.enqueue(at)
	s.settle()
	s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/done")
	s.sim.SetClock(time.Date(2027, 4, 15, 12, 0, 0, 0, time.UTC))
	s.round(at)
	s.settle()
	s.later(2*time.Minute, at) // every repository is listed
	s.later(3*time.Second, at)
	if text := s.notice(at, "closing-"); !strings.Contains(text, "1 of 1 planned item delivered") {
		t.Errorf("the report is not there, or without what was said:\n%s", text)
	}
}

// TestTallyOfHalfTheWorld is not posted: it is said once.
func TestTallyOfHalfTheWorld(t *testing.T) {
	s, at, _ := excepting(t)
	unread := Key{Org: "kubernetes", Repo: "kubernetes", Number: 9}
	s.plugin.Reconciler.Index.Miss(unread)
	s.sim.SetClock(time.Date(2027, 1, 16, 12, 1, 0, 0, time.UTC))
	s.enqueue(at)
	s.settle()
	if text := s.notice(at, "tally-"); text != "" {
		t.Errorf("a tally while an issue could not be read:\n%s", text)
	}
	s.plugin.Reconciler.Index.Remove(unread)
	s.later(time.Minute, at) // every repository is listed
	s.later(3*time.Second, at)
	if s.notice(at, "tally-") == "" {
		t.Error("no tally when all is read")
	}
}

// confirmed gives an item in the milestone and a prune that takes it out, confirmed and
// due at the plan's next round.
func confirmed(t *testing.T) (s *stand, at, item Key) {
	t.Helper()
	s, at, item = excepting(t)
	s.milestone(item, "v1.38")
	other := s.open("kubernetes", "Other", "")
	s.said("sched-fac", other, "/commit sig-scheduling w1-2\n/readout ready")
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	s.said("node-fac", at, "/vote 4")
	s.said("sched-fac", at, "/vote 4")
	s.said("pm", at, "/vote 4")
	s.decide("rel-lead", at, "/plan vote close")
	s.decide("rel-lead", at, "/plan prune")
	_, bodies := s.decisions(at)
	_, confirm, ok := strings.Cut(bodies[len(bodies)-1], "/plan prune confirm ")
	if !ok {
		t.Fatalf("no preview:\n%s", bodies[len(bodies)-1])
	}
	s.sim.Advance(25 * time.Hour)
	s.said("rel-lead", at, "/plan prune confirm "+strings.Fields(confirm)[0])
	s.sim.Advance(61 * time.Second)
	s.plugin.Reconciler.Index.Sweep(s.sim.Now())
	return s, at, item
}

// TestPruneOfALostRecord: an issue that was pruned and put back keeps its milestone when
// its record was rebuilt, also in the rounds after that one.
func TestPruneOfALostRecord(t *testing.T) {
	s, at, item := confirmed(t)
	s.later(time.Second, at)
	if got := s.issue(item).Milestone; got != "" {
		t.Fatalf("pruned: milestone %q", got)
	}
	s.milestone(item, "v1.38")
	s.loseRecord(item)
	s.again()
	s.later(time.Minute, item)
	s.later(time.Minute, item)
	if got := s.issue(item).Milestone; got != "v1.38" {
		t.Errorf("pruned a second time: milestone %q", got)
	}
}

// TestPruneSparesWhatWasGranted, by the decision: who takes the label off does not take
// the issue out of the milestone.
func TestPruneSparesWhatWasGranted(t *testing.T) {
	s, at, item := confirmed(t)
	s.round(at) // it is decided
	s.sim.Label("maintainer", item.Org, item.Repo, item.Number, "kind/bug")
	s.settle()
	s.agree(item)
	s.later(61*time.Second, item)
	s.later(61*time.Second, item)
	s.sim.Unlabel("maintainer", item.Org, item.Repo, item.Number, "kind/bug", config.LabelExceptionApproved)
	s.settle()
	s.later(time.Minute, item)
	if got := s.issue(item); got.Milestone != "v1.38" || !slices.Contains(got.Labels, config.LabelExceptionApproved) {
		t.Errorf("milestone %q, labels %v", got.Milestone, got.Labels)
	}
}

// TestDecisionUnderAnotherKey: the text of one decision, put under the marker of another
// that is gone, does not stand for it.
func TestDecisionUnderAnotherKey(t *testing.T) {
	s, at, _ := approved(t)
	s.said("dev", at, "/plan who")
	ids, bodies := s.decisions(at)
	result, _ := custody.FindMarker(bodies[1])
	_, opening, _ := strings.Cut(bodies[0], "\n")
	s.sim.Advance(2 * time.Minute)
	edited := false
	for _, c := range s.issue(at).Comments {
		if m, _ := custody.FindMarker(c.Body); c.Author == standBot && strings.HasPrefix(m.Key, queryPrefix) {
			edited = s.sim.EditComment("maintainer", at.Org, at.Repo, c.ID, result.String()+"\n"+opening) == nil
		}
	}
	if err := s.sim.DeleteComment("maintainer", at.Org, at.Repo, ids[1]); err != nil || !edited {
		t.Fatal("nothing was edited", err)
	}
	s.forgetful()
	s.again()
	s.later(time.Minute, at)
	if text := strings.Join(s.ours(at), "\n"); !strings.Contains(text, "that had been made was deleted") {
		t.Errorf("nobody misses the result:\n%s", text)
	}
}

// TestTellable: a notice is told in the record of its own cycle, so that no other cycle
// counts it.
func TestTellable(t *testing.T) {
	for _, key := range []string{"block-v1.38-B1", "prune-v1.38-1", "tally-v1.38-freeze-code", "reminder-v1.38-1", "survey-opened-v1.38", "survey-closed-v1.38-12", "closing-v1.38"} {
		if tellable(key, "v1.39", custody.Log{}) {
			t.Errorf("%s is told in the record of another cycle", key)
		}
		if !tellable(key, "v1.38", custody.Log{}) {
			t.Errorf("%s is not told in its own", key)
		}
	}
}
