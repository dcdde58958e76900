package plan

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// excepted adds a request for an exception, asked for at a time and decided, if at
// all, some hours after that.
func excepted(i Item, state work.ExceptionState, asked time.Time, hours int) Item {
	e := work.Exception{State: state, Freeze: "code", Days: 3, Requested: work.Said{Comment: 7, At: asked}}
	decided := asked.Add(time.Duration(hours) * time.Hour)
	switch state {
	case work.ExceptionGranted, work.ExceptionExpired, work.ExceptionDenied:
		e.DecidedAt = decided
		e.Decided = &work.ExceptionDecided{Granted: state != work.ExceptionDenied, Due: cycle.DayOf(decided).AddDays(3)}
	case work.ExceptionWithdrawn:
		e.Withdrawn = work.Said{Comment: 8, At: decided}
	}
	i.Assessment.Exceptions = append(i.Assessment.Exceptions, e)
	return i
}

// exceptions prints asked/granted/denied/withdrawn/expired, and what waits.
func exceptions(c ExceptionCount) string {
	return fmt.Sprintf("%d/%d/%d/%d/%d, %d wait", c.Asked, c.Granted, c.Denied, c.Withdrawn, c.Expired, c.Waiting())
}

func exceptedItems(t *testing.T) []Item {
	mar := instant(t, "2026-03-02T10:00:00Z")
	node := viewItem(1, "node", work.Ready, "w7-8 40")
	node = excepted(node, work.ExceptionDenied, mar, 24)
	node = excepted(node, work.ExceptionGranted, mar.Add(time.Hour), 48)
	given := excepted(viewItem(7, "cli", work.Ready, "w7-8 40"), work.ExceptionWithdrawn, mar, 1) // while it was a draft
	given.Assessment.Exceptions[0].Missing = []string{"why"}
	return []Item{
		node, given,
		excepted(viewItem(2, "node", work.Ready, "w7-8 40"), work.ExceptionExpired, mar, 1), // due 5 March
		excepted(viewItem(3, "cli", work.Ready, "w7-8 40"), work.ExceptionWithdrawn, mar, 1),
		excepted(viewItem(4, "cli", work.Ready, "w7-8 40"), work.ExceptionRequested, mar, 0),
		excepted(viewItem(5, "cli", work.Ready, "w7-8 40"), work.ExceptionDraft, mar, 0),
		excepted(viewItem(6, "", work.Noted), work.ExceptionRequested, mar.Add(72*time.Hour), 0),
	}
}

// TestTallyExceptions counts them as they stood at the occasion.
func TestTallyExceptions(t *testing.T) {
	for _, tc := range []struct{ at, all, bySIG string }{
		{"2026-03-02T09:59:59Z", "0/0/0/0/0, 0 wait", ""},
		{"2026-03-02T10:30:00Z", "4/0/0/0/0, 4 wait", "[cli 2/0/0/0/0, 2 wait] [node 2/0/0/0/0, 2 wait]"},
		{"2026-03-03T10:00:00Z", "5/1/1/1/0, 2 wait", "[node 3/1/1/0/0, 1 wait] [cli 2/0/0/1/0, 1 wait]"},
		{"2026-03-10T10:00:00Z", "6/2/1/1/1, 2 wait", "[node 3/2/1/0/1, 0 wait] [cli 2/0/0/1/0, 1 wait] [ 1/0/0/0/0, 1 wait]"},
	} {
		got := TallyOf(Occasion{At: instant(t, tc.at)}, TallyFacts{Cycle: viewCycle(), Items: exceptedItems(t)})
		text := ""
		for _, s := range got.ByException {
			text += fmt.Sprintf(" [%s %s]", s.SIG, exceptions(s.ExceptionCount))
		}
		if exceptions(got.Exceptions) != tc.all || text != "" && text[1:] != tc.bySIG || text == "" && tc.bySIG != "" {
			t.Errorf("%s: %s%s", tc.at, exceptions(got.Exceptions), text)
		}
	}
}

func TestTallyDemos(t *testing.T) {
	items := []Item{viewItem(3, "node", work.Done, "w1-2 100"), viewItem(2, "cli", work.Done, "w1-2 100"), viewItem(1, "cli", work.Done, "w1-2 100"),
		viewItem(4, "cli", work.Done, "w1-2 100"), viewItem(5, "cli", work.Ready, "w1-2 100"), viewItem(6, "cli", work.Dropped, "w1-2 100")}
	f := TallyFacts{Cycle: viewCycle(), Items: items, Closed: map[work.Key]time.Time{viewKey(4): instant(t, "2026-02-01T00:00:00Z")}}
	o := Occasion{At: instant(t, "2026-01-24T12:00:00Z")}
	if got := TallyOf(o, f).Demos; got.Known || got.Done > 0 || got.Missing != nil {
		t.Errorf("not looked at: %+v", got)
	}
	f.Demo = func(i Item) bool { return i.Key == viewKey(2) }
	if d := cmp.Diff(DemoCount{Known: true, Done: 3, Missing: []work.Key{viewKey(1), viewKey(3)}}, TallyOf(o, f).Demos); d != "" {
		t.Error(d)
	}
}

func TestClosingDue(t *testing.T) {
	c := viewCycle() // ends on 17 April
	end := instant(t, "2026-04-18T12:00:00Z")
	for _, tc := range []struct {
		now time.Time
		due bool
	}{{end.Add(-time.Second), false}, {end.Add(Settling - time.Second), false}, {end.Add(Settling), true}, {end.AddDate(1, 0, 0), true}} {
		if at, due := ClosingDue(c, tc.now); due != tc.due || !at.Equal(end) {
			t.Errorf("%s: %s %t", tc.now, at, due)
		}
	}
	if _, due := ClosingDue(cycle.Cycle{}, end); due {
		t.Error("a cycle without an end is over")
	}
}

func outturn(o Outturn) string {
	return fmt.Sprintf("%d/%d/%d/%d/%d", o.Planned, o.Delivered, o.Slipped, o.Dropped, o.Unplanned)
}

// closingFacts are of a plan in which items 1 to 5 were approved.
func closingFacts(t *testing.T) ClosingFacts {
	start := instant(t, "2026-01-12T10:00:00Z")
	asked := func(hours int) Asked {
		return Asked{Comment: int64(10 + hours), Line: 1, Said: start.Add(time.Duration(hours) * time.Hour)}
	}
	var snapshot []SnapshotItem
	for n := 1; n <= 5; n++ {
		snapshot = append(snapshot, SnapshotItem{Key: viewKey(n)})
	}
	posted := []Posted{
		{Comment: 100, At: start.Add(time.Minute), Decision: VoteOpened{Round: 1, Asked: asked(0), Until: start.Add(72 * time.Hour)}},
		{Comment: 101, At: start.Add(24 * time.Hour), Decision: VoteResult{Round: 1, Opening: asked(0), CountedUpTo: asked(24).Mark()}},
		{Comment: 102, At: start.Add(25 * time.Hour), Decision: Rework{Round: 1, Opening: asked(0), Asked: asked(25)}},
		{Comment: 103, At: start.Add(30 * time.Hour), Decision: VoteOpened{Round: 2, Asked: asked(30), Until: start.Add(72 * time.Hour)}},
		{Comment: 104, At: start.Add(40 * time.Hour), Decision: VoteResult{Round: 2, Opening: asked(30), CountedUpTo: asked(40).Mark(), Passed: true, Items: snapshot}},
	}
	merged := viewItem(7, "cli", work.Noted)
	merged.Assessment.Item.Merges = []custody.Merge{{Repo: "kubernetes/kubernetes", Number: 9, At: start, Verdict: custody.VerdictUnplanned}}
	needy := asks(viewItem(2, "node", work.Ready, "w1-2 80"), 1, "node")
	e := &needy.Assessment.Edges[0]
	e.Ask.Said.At, e.Promise.Said.At = start, start.Add(50*time.Hour)
	done := viewItem(6, "cli", work.Done, "w7-8 40")
	done.Assessment.Issue.StateReason = "completed"
	items := append(exceptedItems(t)[:1:1], needy, viewItem(3, "cli", work.Dropped, "w1-2 100"), viewItem(4, "cli", work.Done, "w1-2 100"), viewItem(5, "", work.Done, "w1-2 100"),
		done, merged, viewItem(8, "storage", work.Ready, "w1-2 100"))
	return ClosingFacts{State: &State{}, Posted: posted, Notified: 12,
		TallyFacts: TallyFacts{Cycle: viewCycle(), Items: items, Closed: map[work.Key]time.Time{viewKey(5): instant(t, "2026-04-19T00:00:00Z")}}}
}

func TestClosing(t *testing.T) {
	c := ClosingOf(closingFacts(t))
	var rows []string
	for _, s := range c.SIGs {
		rows = append(rows, s.SIG+" "+outturn(s.Outturn))
	}
	for _, s := range c.ByException {
		rows = append(rows, s.SIG+" exceptions "+exceptions(s.ExceptionCount))
	}
	want := []string{"cli 2/1/0/1/2", "node 2/0/2/0/0", " 1/0/1/0/0", "node exceptions 2/1/1/0/0, 0 wait"}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("by SIG (-want +got):\n%s", d)
	}
	if got := outturn(c.All); got != "5/1/3/1/2" || !c.Approved || c.Notified != 12 {
		t.Errorf("all: %s, %+v", got, c)
	}
	if d := cmp.Diff([]work.Key{viewKey(1), viewKey(2), viewKey(5)}, keysOf(c.Slipped)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]work.Key{viewKey(6), viewKey(7)}, keysOf(c.Added)); d != "" {
		t.Error(d)
	}
	if c.Votes != (VoteCount{Rounds: 2, Passed: 1, Reworked: 1}) || c.Merged.Unplanned != 1 {
		t.Errorf("%+v %+v", c.Votes, c.Merged)
	}
	times := []Timing{{VoteTime, 2, 17 * time.Hour, 24 * time.Hour}, {ExceptionTime, 2, 36 * time.Hour, 48 * time.Hour}, {PromiseTime, 1, 50 * time.Hour, 50 * time.Hour}}
	if d := cmp.Diff(times, c.Times); d != "" {
		t.Errorf("times (-want +got):\n%s", d)
	}
	if c.Calibration.All.N != 7 || c.Calibration.Open != 0 || c.Pieces.Committed != 7 {
		t.Errorf("%+v, %+v", c.Calibration.All, c.Pieces)
	}
}

// TestClosingWithoutApproval takes what was proposed for planned.
func TestClosingWithoutApproval(t *testing.T) {
	f := closingFacts(t)
	f.Posted = f.Posted[:3]
	if c := ClosingOf(f); c.Approved || outturn(c.All) != "7/2/4/1/1" || c.Votes != (VoteCount{Rounds: 1, Reworked: 1}) {
		t.Errorf("%s, %+v", outturn(c.All), c.Votes)
	}
	c := ClosingOf(ClosingFacts{State: &State{}, TallyFacts: TallyFacts{Cycle: viewCycle()}, Notified: -1})
	if c.All != (Outturn{}) || len(c.SIGs)+len(c.Times)+len(c.Slipped) > 0 || c.Notified >= 0 {
		t.Errorf("%+v", c)
	}
}
