package plan

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// viewCycle starts on Monday 12 January 2026, with the four default increments.
func viewCycle() cycle.Cycle {
	start := cycle.Day{Year: 2026, Month: time.January, Day: 12}
	return cycle.Cycle{Name: "v1.38", Start: start, End: start.AddDays(95), Increments: cycle.DefaultIncrements(start)}
}

func viewKey(n int) work.Key { return work.Key{Org: "kubernetes", Repo: "enhancements", Number: n} }

// viewItem is an item of a SIG. Each commitment is "w1-2 100 text".
func viewItem(n int, sig string, standing work.Standing, commitments ...string) Item {
	it := &work.Item{Key: viewKey(n), Cycle: "v1.38"}
	for _, c := range commitments {
		var window, text string
		var percent int
		if _, err := fmt.Sscanf(c+" .", "%s %d %s", &window, &percent, &text); err != nil {
			panic(err)
		}
		if text == "." {
			text = ""
		}
		it.Commitments = append(it.Commitments, work.Commitment{Window: window, Percent: percent, Item: text})
	}
	a := work.Assessment{Item: it, Issue: work.Issue{Key: it.Key, Title: fmt.Sprint("Title ", n)}, Standing: standing, SIG: sig}
	switch standing {
	case work.OptedIn, work.Committed, work.Ready, work.Read:
		a.InPlan = true
	case work.Done, work.Dropped:
		a.Issue.Closed = true
	}
	if standing == work.Ready || standing == work.Read {
		it.Ready = work.Said{Comment: 1}
	}
	return Item{Key: it.Key, Assessment: a}
}

func blocked(i Item) Item {
	i.Assessment.Blocked = true
	return i
}

func noted(i Item, kind work.NoteKind, id, ended string, day int) Item {
	it := i.Assessment.Item
	it.Notes = append(it.Notes, work.Note{ID: id, Kind: kind, Ended: ended, Text: "text " + id,
		Raised: work.Said{Comment: 9, Login: "x", At: time.Date(2026, 1, day, 10, 0, 0, 0, time.UTC)}})
	return i
}

func asks(i Item, target int, sig string, codes ...work.FindingCode) Item {
	e := work.Edge{Ask: work.Ask{Target: viewKey(target)}}
	e.Target = work.Target{Readable: true, SIG: sig, Item: &work.Item{}, Issue: work.Issue{Key: viewKey(target), Title: fmt.Sprint("Title ", target)}}
	for _, c := range codes {
		e.Findings = append(e.Findings, work.Finding{Code: c, Key: viewKey(target)})
	}
	if !slices.Contains(codes, work.NotPromised) {
		e.Promise = &work.Promise{To: i.Key, Declined: slices.Contains(codes, work.Declined)}
	}
	i.Assessment.Edges = append(i.Assessment.Edges, e)
	return i
}

func TestScheduleCounts(t *testing.T) {
	items := []Item{
		viewItem(4, "node", work.Ready, "w1-2 100", "w3-4 80", "w3-4 50 tests"), // lowest in w3-4: 50
		viewItem(3, "node", work.Committed, "w3-4 80"),
		blocked(viewItem(2, "node", work.Ready, "w5-6 60")),
		viewItem(1, "node", work.OptedIn),
		viewItem(5, "node", work.Done, "w1-2 90"),
		viewItem(6, "node", work.Dropped, "w1-2 100"),
		viewItem(7, "node", work.Noted), // not in the plan
		viewItem(8, "", work.OptedIn),
		viewItem(9, "cli", work.Read, "w7-8 40", "w9-10 10"), // no such window
	}
	s := ScheduleOf(viewCycle(), items, map[string][]work.Key{"node": {viewKey(3), viewKey(99), viewKey(6), viewKey(4)}}, time.Time{})
	want := Count{Items: 7, Ready: 2, Proposed: 3, Blocked: 1, Done: 1, Dropped: 1, Unscheduled: 2}
	if d := cmp.Diff(want, s.Count); d != "" {
		t.Errorf("count (-want +got):\n%s", d)
	}
	var sigs []string
	for _, l := range s.Lanes {
		sigs = append(sigs, l.SIG)
	}
	if d := cmp.Diff([]string{"cli", "node", ""}, sigs); d != "" {
		t.Errorf("SIGs: %s", d)
	}
	node := s.Lanes[1]
	var cells []string
	for _, c := range node.Cells {
		cells = append(cells, fmt.Sprintf("%d (%d)", c.Items, c.Mean))
	}
	if d := cmp.Diff([]string{"2 (95)", "2 (65)", "1 (60)", "0 (0)"}, cells); d != "" {
		t.Errorf("cells of node: %s", d)
	}
	var order []int
	for _, e := range node.Backlog {
		order = append(order, e.Item.Key.Number)
	}
	if d := cmp.Diff([]int{3, 4, 1, 2, 5, 6}, order); d != "" {
		t.Errorf("backlog of node: %s", d)
	}
	// node: 0.5 + 0.8 + 0.6 + 1; cli: 0.4
	if math.Abs(s.Expected.Mean-3.3) > 1e-9 || math.Abs(s.Expected.Variance-(0.25+0.16+0.24+0+0.24)) > 1e-9 {
		t.Errorf("expected %v ± %v", s.Expected.Mean, s.Expected.Spread())
	}
}

// TestScheduleOverdue: what was not done when its last increment was over is expected of
// nobody until somebody names another, in the plan as in the tallies.
func TestScheduleOverdue(t *testing.T) {
	items := []Item{
		viewItem(1, "node", work.Ready, "w1-2 90"),            // over
		viewItem(2, "node", work.Ready, "w1-2 90", "w5-6 50"), // committed again
		viewItem(3, "node", work.Done, "w1-2 60"),
		viewItem(4, "node", work.Dropped, "w1-2 60"),
		viewItem(5, "cli", work.OptedIn),
		viewItem(6, "cli", work.Ready, "w3-4 70"),
	}
	for at, want := range map[string]struct {
		overdue        int
		mean, variance float64
	}{
		"2026-01-24T11:59:59Z": {0, 0.9 + 0.5 + 1 + 0.7, 0.09 + 0.25 + 0.21},
		"2026-01-24T12:00:00Z": {1, 0.5 + 1 + 0.7, 0.25 + 0.21},
		"2026-04-01T00:00:00Z": {3, 1, 0},
	} {
		now := instant(t, at)
		s := ScheduleOf(viewCycle(), items, nil, now)
		if s.Count.Overdue != want.overdue || math.Abs(s.Expected.Mean-want.mean) > 1e-9 || math.Abs(s.Expected.Variance-want.variance) > 1e-9 {
			t.Errorf("%s: %d overdue, expected %v, variance %v", at, s.Count.Overdue, s.Expected.Mean, s.Expected.Variance)
		}
		f := TallyOf(Occasion{At: now}, TallyFacts{Cycle: viewCycle(), Items: items}).Forecast // an item is one piece here
		if f.Overdue != want.overdue || math.Abs(f.Mean-s.Expected.Mean) > 1e-9 || math.Abs(f.Variance-s.Expected.Variance) > 1e-9 {
			t.Errorf("%s: the tally expects %+v, the plan %+v", at, f, s.Expected)
		}
	}
}

func TestScheduleOrderOfItemsDoesNotMatter(t *testing.T) {
	var items []Item
	for n := range 60 {
		i := viewItem(n+1, []string{"node", "cli", "storage"}[n%3], work.Ready, fmt.Sprintf("w3-4 %d", n))
		items = append(items, noted(asks(i, 100+n%7, "network", work.NotPromised), work.Question, "Q1", "", 3+n%5))
	}
	first := ScheduleOf(viewCycle(), items, nil, time.Time{})
	slices.Reverse(items)
	if d := cmp.Diff(first, ScheduleOf(viewCycle(), items, nil, time.Time{}), cmp.AllowUnexported(Cell{})); d != "" {
		t.Errorf("the order of the items changes the schedule:\n%s", d)
	}
}

func TestScheduleTroubles(t *testing.T) {
	loop := func(path ...int) work.Finding {
		f := work.Finding{Code: work.DependencyCycle}
		for _, n := range path {
			f.Path = append(f.Path, viewKey(n))
		}
		return f
	}
	a := asks(asks(viewItem(1, "node", work.Ready), 2, "cli"), 3, "cli", work.NotCommitted, work.NotPromised)
	a.Assessment.Findings = append(a.Assessment.Findings, loop(2, 3, 1, 2))
	b := asks(viewItem(2, "node", work.Ready), 9, "cli", work.Declined)
	b.Assessment.Findings = append(b.Assessment.Findings, loop(3, 1, 2, 3), loop(5, 6, 5))
	closed := noted(noted(asks(viewItem(3, "node", work.Done), 9, "cli", work.NotPromised), work.Block, "B1", "", 1), work.Risk, "R1", "", 1)
	a = noted(noted(noted(a, work.Question, "Q1", "", 14), work.Risk, "R1", work.Owned, 2), work.Block, "B1", work.Resolved, 1)
	b = noted(noted(noted(b, work.Question, "Q1", "", 13), work.Risk, "R1", "", 3), work.Risk, "R2", work.Mitigated, 1)
	s := ScheduleOf(viewCycle(), []Item{a, b, closed}, nil, time.Time{})
	if s.Dependencies != 3 || len(s.Unmet) != 2 || s.Unmet[0].From != viewKey(2) {
		t.Errorf("%d dependencies, unmet %v", s.Dependencies, s.Unmet)
	}
	want := [][]work.Key{{viewKey(1), viewKey(2), viewKey(3), viewKey(1)}, {viewKey(5), viewKey(6), viewKey(5)}}
	if d := cmp.Diff(want, s.Loops); d != "" {
		t.Errorf("loops: %s", d)
	}
	if len(s.Blocks) != 0 || len(s.Questions) != 2 || s.Questions[0].Key != viewKey(2) {
		t.Errorf("blocks %v, questions %v", s.Blocks, s.Questions)
	}
	var ends []string
	for _, r := range s.Risks {
		ends = append(ends, r.Key.String()[len("kubernetes/enhancements"):]+" "+r.Note.ID+" "+r.Note.Ended)
	}
	if d := cmp.Diff([]string{"#2 R1 ", "#1 R1 owned", "#2 R2 mitigated"}, ends); d != "" {
		t.Errorf("risks: %s", d)
	}
	for _, c := range []struct {
		now  string
		over int
	}{{"2026-01-18T10:00:00Z", 0}, {"2026-01-18T10:00:01Z", 1}, {"2026-01-20T00:00:00Z", 2}} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(Over(s.Questions, now)); got != c.over {
			t.Errorf("%s: %d over age, want %d", c.now, got, c.over)
		}
	}
}
