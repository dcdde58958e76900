package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func progress(i Item, state string) Item {
	i.Assessment.Item.Progress = &work.Progress{State: state}
	return i
}

// figures prints counts as committed/done/slipped/at risk/dropped expected.
func figures(f Figures) string {
	return fmt.Sprintf("%d/%d/%d/%d/%d %.1f", f.Committed, f.Done, f.Slipped, f.AtRisk, f.Dropped, f.Expected)
}

func TestTallyFigures(t *testing.T) {
	items := []Item{
		viewItem(1, "node", work.Done, "w1-2 100"),
		viewItem(2, "node", work.Ready, "w1-2 90 a", "w3-4 80 a", "w1-2 100 b"), // a is due in weeks 3-4 only
		progress(viewItem(3, "node", work.Ready, "w3-4 70"), work.AtRisk),
		progress(viewItem(4, "cli", work.Ready, "w5-6 50"), work.Slipped),
		viewItem(5, "cli", work.Dropped, "w1-2 100"),
		viewItem(6, "cli", work.OptedIn),
		viewItem(7, "cli", work.Ready, "w9-10 10"),
		viewItem(8, "cli", work.Done, "w3-4 60"), // done later
	}
	after := Occasions(viewCycle(), instant(t, "2026-01-24T11:59:59Z"), instant(t, "2026-01-24T12:00:00Z"))
	if len(after) != 1 || after[0].Key != "increment-w1-2" {
		t.Fatalf("%v", after)
	}
	got := TallyOf(after[0], TallyFacts{Cycle: viewCycle(), Items: items, Objections: 2,
		Closed: map[work.Key]time.Time{viewKey(8): instant(t, "2026-02-01T00:00:00Z")}})
	var rows []string
	for _, i := range got.Increments {
		rows = append(rows, figures(i.Figures))
	}
	for _, s := range got.SIGs {
		rows = append(rows, s.SIG+" all "+figures(s.All)+" due "+figures(s.Due)+" w3-4 "+figures(s.Increments[1]))
	}
	want := []string{
		"3/1/1/0/1 3.0", "3/0/0/1/0 2.1", "1/0/1/0/0 0.5", "0/0/0/0/0 0.0",
		"cli all 3/0/1/0/1 2.1 due 1/0/0/0/1 1.0 w3-4 1/0/0/0/0 0.6",
		"node all 4/1/1/1/0 3.5 due 2/1/1/0/0 2.0 w3-4 2/0/0/1/0 1.5",
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if figures(got.All) != "7/1/2/1/1 5.6" || got.Objections != 2 {
		t.Errorf("all: %s", figures(got.All))
	}
	if p, ok := got.Increments[0].DonePercent(); p != 33 || !ok {
		t.Errorf("%d %v", p, ok)
	}
	if _, ok := got.Increments[3].DonePercent(); ok {
		t.Error("nothing committed has a percentage")
	}
}

func TestBurndown(t *testing.T) {
	closed := map[work.Key]time.Time{}
	var items []Item
	for n, at := range []string{"2026-01-20", "2026-01-30", ""} { // in weeks 1-2, weeks 3-4, not known
		items = append(items, viewItem(n+1, "node", work.Done, "w1-2 100"))
		if at != "" {
			closed[viewKey(n+1)] = instant(t, at+"T10:00:00Z")
		}
	}
	items = append(items, viewItem(8, "node", work.Ready, "w3-4 80"), viewItem(9, "node", work.Ready, "w5-6 60"))
	got := TallyOf(Occasion{At: instant(t, "2026-02-07T12:00:00Z")}, TallyFacts{Cycle: viewCycle(), Items: items, Closed: closed})
	want := []Left{{"start", 5, 5, true}, {"weeks 1–2", 2, 4, true}, {"weeks 3–4", 1, 2, true}, {"weeks 5–6", 0, 0, false}, {"weeks 7–8", 0, 0, false}}
	if d := cmp.Diff(want, got.Burndown); d != "" {
		t.Errorf("burndown (-want +got):\n%s", d)
	}
	chart := `xychart-beta
  x-axis ["start", "weeks 1–2", "weeks 3–4", "weeks 5–6", "weeks 7–8"]
  y-axis "pieces of work left" 0 --> 5
  bar [5, 4, 2, 0, 0]
  line [5, 2, 1, 0, 0]
`
	if d := cmp.Diff(chart, got.Chart()); d != "" {
		t.Errorf("chart: %s", d)
	}
	if c := TallyOf(Occasion{}, TallyFacts{Cycle: viewCycle()}).Chart(); c != "" {
		t.Errorf("of nothing: %s", c)
	}
}

func TestTallyMerges(t *testing.T) {
	merge := func(n int, kep, verdict, day string) custody.Merge {
		return custody.Merge{Repo: "kubernetes/kubernetes", Number: n, KEP: kep, Verdict: verdict, At: instant(t, day+"T10:00:00Z")}
	}
	inPlan := viewItem(1, "node", work.Ready, "w1-2 100")
	inPlan.Assessment.KEPRef.Repo, inPlan.Assessment.KEPRef.Number = "kubernetes/enhancements", 1
	inPlan.Assessment.Item.Merges = []custody.Merge{
		merge(10, "kubernetes/enhancements#1", custody.VerdictPlanned, "2026-01-13"),
		merge(11, "kubernetes/enhancements#1", custody.VerdictUnplanned, "2026-01-13"), // before the vote, say
	}
	aside := viewItem(2, "cli", work.Noted)
	aside.Assessment.KEPRef.Repo, aside.Assessment.KEPRef.Number = "kubernetes/enhancements", 2
	aside.Assessment.Item.Merges = []custody.Merge{
		merge(12, "kubernetes/enhancements#2", custody.VerdictUnplanned, "2026-01-14"),
		merge(13, "kubernetes/enhancements#2", custody.VerdictUnplanned, "2026-01-24"), // after the occasion
	}
	got := TallyOf(Occasion{At: instant(t, "2026-01-20T10:00:00Z")}, TallyFacts{Cycle: viewCycle(), Items: []Item{inPlan, aside}, Merges: []custody.Merge{
		merge(12, "kubernetes/enhancements#2", custody.VerdictUnplanned, "2026-01-14"), // the same again
		merge(14, "", custody.VerdictExempt, "2026-01-15"),
		merge(15, "", "", "2026-01-15"),
	}})
	if d := cmp.Diff(MergeCount{Planned: 1, Unplanned: 2, Exempt: 1, Unknown: 1}, got.Merged); d != "" {
		t.Errorf("merged: %s", d)
	}
	if d := cmp.Diff([]KEPMerges{{"kubernetes/enhancements#2", 1}}, got.Unplanned); d != "" {
		t.Errorf("unplanned KEPs: %s", d)
	}
}

// TestViewsOfBareItems holds that an item of which nothing was folded is no
// reason to fall over.
func TestViewsOfBareItems(t *testing.T) {
	items := []Item{{Key: viewKey(1)}, {Key: viewKey(2), Assessment: work.Assessment{InPlan: true, Standing: work.OptedIn}}, {Key: viewKey(3), Assessment: work.Assessment{Standing: work.Done}}}
	if s := ScheduleOf(viewCycle(), items, nil, time.Time{}); s.Count.Items != 2 || s.Count.Unscheduled != 1 {
		t.Errorf("%+v", s.Count)
	}
	if g := GraphOf(items); g.Shown != 0 {
		t.Errorf("%+v", g)
	}
	if y := TallyOf(Occasion{}, TallyFacts{Cycle: viewCycle(), Items: items}); y.All.Committed != 0 {
		t.Errorf("%+v", y.All)
	}
	if d := DraftOf(DraftFacts{Items: items}); len(d.Sections) != 1 || len(d.Sections[0].Notes) != 2 {
		t.Errorf("%+v", d)
	}
}

func TestTallyWaiting(t *testing.T) {
	items := []Item{
		asks(asks(viewItem(1, "node", work.Ready), 2, "cli", work.NotPromised), 3, "cli", work.Late),
		asks(viewItem(4, "node", work.Ready), 2, "cli", work.Declined),
		asks(viewItem(5, "node", work.Done), 2, "cli", work.NotPromised),
		noted(noted(viewItem(6, "node", work.Ready), work.Block, "B1", "", 13), work.Question, "Q1", "", 18),
	}
	got := TallyOf(Occasion{At: instant(t, "2026-01-20T10:00:00Z")}, TallyFacts{Cycle: viewCycle(), Items: items})
	var from []int
	for _, d := range got.Waiting {
		from = append(from, d.From.Number)
	}
	if d := cmp.Diff([]int{4, 1}, from); d != "" || len(got.OldBlocks) != 1 || len(got.OldQuestions) != 0 {
		t.Errorf("waiting %s, blocks %v, questions %v", d, got.OldBlocks, got.OldQuestions)
	}
}

func freezes(t *testing.T) cycle.Cycle {
	t.Helper()
	c := viewCycle()
	c.Freezes = []cycle.Freeze{
		{Name: "enhancements", Date: cycle.Day{Year: 2026, Month: 2, Day: 12}, AoE: true},
		{Name: "code", Date: cycle.Day{Year: 2026, Month: 3, Day: 6}, AoE: true}, // the day on which weeks 7–8 end
		{Name: "test", Date: cycle.Day{Year: 2026, Month: 3, Day: 6}, AoE: true},
		{Name: "docs", At: instant(t, "2026-03-31T02:00:00Z")}, // Monday 30 March in most places
	}
	return c
}

func TestOccasions(t *testing.T) {
	var got []string
	for _, o := range Occasions(freezes(t), time.Time{}, instant(t, "2027-01-01T00:00:00Z")) {
		got = append(got, o.At.Format("2 Jan 15:04")+" | "+o.Key+" | "+o.Title+" | "+o.Day.String())
	}
	want := []string{
		"17 Jan 12:00 | week-2026-01-16 | weekly tally | 2026-01-16",
		"24 Jan 12:00 | increment-w1-2 | after weeks 1–2 | 2026-01-23",
		"31 Jan 12:00 | week-2026-01-30 | weekly tally | 2026-01-30",
		"7 Feb 12:00 | increment-w3-4 | after weeks 3–4 | 2026-02-06",
		"13 Feb 12:00 | freeze-enhancements | at enhancements freeze | 2026-02-12", // and no week to 13 Feb a day later
		"21 Feb 12:00 | increment-w5-6 | after weeks 5–6 | 2026-02-20",
		"28 Feb 12:00 | week-2026-02-27 | weekly tally | 2026-02-27",
		"7 Mar 12:00 | increment-w7-8+freeze-code+freeze-test | after weeks 7–8, at code freeze, at test freeze | 2026-03-06",
		"14 Mar 12:00 | week-2026-03-13 | weekly tally | 2026-03-13",
		"21 Mar 12:00 | week-2026-03-20 | weekly tally | 2026-03-20",
		"28 Mar 12:00 | week-2026-03-27 | weekly tally | 2026-03-27",
		"31 Mar 02:00 | freeze-docs | at docs freeze | 2026-03-30",
		"4 Apr 12:00 | week-2026-04-03 | weekly tally | 2026-04-03",
		"11 Apr 12:00 | week-2026-04-10 | weekly tally | 2026-04-10",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("occasions (-want +got):\n%s", d)
	}
}

// TestOccasionsAreNotDoubled: two on one day are one tally, whatever the hours, and a
// weekly one is not told beside another or beside the closing report.
func TestOccasionsAreNotDoubled(t *testing.T) {
	c := viewCycle()
	c.Freezes = []cycle.Freeze{
		{Name: "code", At: instant(t, "2026-03-06T18:00:00Z")},    // the Friday on which weeks 7–8 end, which is 18 hours later
		{Name: "docs", At: instant(t, "2026-03-18T18:00:00Z")},    // the Wednesday before a Friday, more than two days
		{Name: "release", At: instant(t, "2026-03-26T20:00:00Z")}, // the Thursday before one
	}
	for _, friday := range []int{0, 2, 3} { // days from the last Friday to the end of the cycle
		c.End = cycle.Day{Year: 2026, Month: time.April, Day: 10}.AddDays(friday)
		var got []string
		for _, o := range Occasions(c, instant(t, "2026-03-01T00:00:00Z"), instant(t, "2027-01-01T00:00:00Z")) {
			got = append(got, o.At.Format("2 Jan 15:04 ")+o.Title)
		}
		want := []string{"7 Mar 12:00 at code freeze, after weeks 7–8", "14 Mar 12:00 weekly tally", "18 Mar 18:00 at docs freeze", "21 Mar 12:00 weekly tally",
			"26 Mar 20:00 at release freeze", "4 Apr 12:00 weekly tally"}
		if friday > 2 {
			want = append(want, "11 Apr 12:00 weekly tally")
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("the cycle ends %d days after a Friday (-want +got):\n%s", friday, d)
		}
	}
}

// TestOccasionsOnce cuts the time at every hour: each occasion comes once.
func TestOccasionsOnce(t *testing.T) {
	c := freezes(t)
	end := instant(t, "2026-05-01T00:00:00Z")
	var got []string
	for at := instant(t, "2026-01-01T00:00:00Z"); at.Before(end); at = at.Add(time.Hour) {
		for _, o := range Occasions(c, at, at.Add(time.Hour)) {
			got = append(got, o.Key)
		}
	}
	var want []string
	for _, o := range Occasions(c, time.Time{}, end) {
		want = append(want, o.Key)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %v, want %v", got, want)
	}
	if again := Occasions(c, end, instant(t, "2026-01-01T00:00:00Z")); len(again) != 0 {
		t.Errorf("backwards: %v", again)
	}
	if none := Occasions(cycle.Cycle{}, time.Time{}, end); len(none) > 1 {
		t.Errorf("an empty cycle has %d occasions", len(none))
	}
}
