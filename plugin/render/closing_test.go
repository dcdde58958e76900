package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// withExceptions adds requests to items, by number.
func withExceptions(items []plan.Item) []plan.Item {
	asked := time.Date(2026, time.March, 5, 10, 0, 0, 0, time.UTC)
	add := func(n int, state work.ExceptionState, hours int) {
		for k := range items {
			if items[k].Key != kepKey(n) {
				continue
			}
			e := work.Exception{State: state, Freeze: "code", Requested: work.Said{Comment: 1, At: asked}}
			if state != work.ExceptionRequested {
				e.DecidedAt = asked.Add(time.Duration(hours) * time.Hour)
				e.Decided = &work.ExceptionDecided{Granted: state != work.ExceptionDenied, Due: cycle.Day{Year: 2026, Month: time.March, Day: 12}}
			}
			items[k].Assessment.Exceptions = append(items[k].Assessment.Exceptions, e)
		}
	}
	add(4381, work.ExceptionGranted, 30)
	add(4033, work.ExceptionDenied, 5)
	add(2400, work.ExceptionExpired, 72)
	add(3751, work.ExceptionRequested, 0)
	return items
}

// manyItems are n items of 24 SIGs, some delivered, each at a usual confidence.
func manyItems(n int) []plan.Item {
	var items []plan.Item
	for k := range n {
		key := slash.Key{Org: "kubernetes", Repo: "enhancements", Number: 1000 + k}
		window, p := []string{"w1-2", "w3-4", "w5-6", "w7-8"}[k%4], []int{100, 80, 60, 40}[k%4]
		it := &work.Item{Key: key, Cycle: "v1.38", Commitments: []work.Commitment{{Window: window, Percent: p}}}
		a := work.Assessment{Item: it, Issue: work.Issue{Key: key, Title: strings.Repeat("t`|", 85)}, Standing: work.Ready, InPlan: true, SIG: allSIGs[k*7%len(allSIGs)]}
		switch k % 5 {
		case 2: // on a day that is not known
			a.Issue.Closed, a.Issue.StateReason, a.Standing, a.InPlan = true, "completed", work.Done, false
		case 0, 1:
			it.Done = []work.Delivery{{Said: work.Said{Comment: 1, At: at("20 10:00")}, Since: at("20 10:00")}}
			a.Standing, a.Delivered = work.Done, true
		case 3:
			a.Issue.Closed, a.Issue.StateReason, a.Standing, a.InPlan = true, "not_planned", work.Dropped, false
		}
		items = append(items, plan.Item{Key: key, Assessment: a})
	}
	return items
}

func crowdedCalibration(n int) plan.Calibration {
	return plan.CalibrationOf(plan.TallyFacts{Cycle: planCycle(), Items: manyItems(n)}, planCycle().End.EndAoE())
}

func closingTexts() map[string]string {
	w := surveyed()
	w.says(planIssue, "pm", "30 10:00", "/plan survey close")
	facts := plan.ClosingFacts{State: plan.Fold(w.log), Posted: w.posted, Notified: 27,
		TallyFacts: plan.TallyFacts{Cycle: planCycle(), Items: withExceptions(w.items()), Demo: func(i plan.Item) bool { return i.Key == kepKey(1287) }}}
	large := plan.ClosingFacts{State: &plan.State{}, Notified: -1, TallyFacts: plan.TallyFacts{Cycle: planCycle(), Items: manyItems(120)}}
	next := newPlanWorld().plan()
	next.Before = &Before{Cycle: "v1.37", Plan: kepKey(2900), Closing: 4711, Calibration: crowdedCalibration(120)}
	over := w.plan()
	over.Closing = 4999
	return map[string]string{
		"closing":         site.Closing(planIssue, plan.ClosingOf(facts)),
		"closing-large":   site.Closing(planIssue, plan.ClosingOf(large)),
		"closing-nothing": site.Closing(planIssue, plan.ClosingOf(plan.ClosingFacts{State: &plan.State{}, TallyFacts: plan.TallyFacts{Cycle: planCycle()}})),
		"plan-after":      site.Plan(next),
		"plan-closed":     site.Plan(over),
		"tally-exceptions": site.Tally(planIssue, plan.TallyOf(lastOccasion(), plan.TallyFacts{Cycle: planCycle(), Items: withExceptions(w.items()),
			Demo: func(i plan.Item) bool { return i.Key == kepKey(1287) }})),
	}
}

func TestClosingGolden(t *testing.T) {
	for name, text := range closingTexts() {
		t.Run(name, func(t *testing.T) { golden(t, "plan/"+name, text) })
		if m := mentioned(text); len(m) > 0 {
			t.Errorf("%s calls %v", name, m)
		}
	}
}

func TestClosingStaysWithinTheLimit(t *testing.T) {
	for _, n := range []int{0, 1, 300, 3000} {
		c := plan.ClosingOf(plan.ClosingFacts{State: &plan.State{}, TallyFacts: plan.TallyFacts{Cycle: planCycle(), Items: manyItems(n)}})
		for k := range 40 { // SIGs beyond those that there are
			name := fmt.Sprintf("multi-tenancy-and-more-and-more-%d", k)
			c.SIGs = append(c.SIGs, plan.SIGOutturn{SIG: name})
			c.Calibration.SIGs = append(c.Calibration.SIGs, plan.SIGScore{SIG: name})
		}
		for len(c.Added) < min(n, 300) {
			c.Added = append(c.Added, plan.SnapshotItem{Key: kepKey(1), SIG: "node", Title: strings.Repeat("t`|", 40)})
		}
		text := site.Closing(planIssue, c)
		t.Logf("%d items: %d characters", n, size(text))
		if size(text) > VisibleLimit {
			t.Errorf("%d items: %d characters", n, size(text))
		}
	}
}

func TestLasted(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 minutes", time.Minute: "1 minute", 119 * time.Minute: "119 minutes", 2 * time.Hour: "2 hours", 47*time.Hour + 29*time.Minute: "47 hours",
		48 * time.Hour: "2.0 days", 84 * time.Hour: "3.5 days"} {
		if got := lasted(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// TestEveryReadingHasWords, and every time that somebody waited for.
func TestEveryReadingHasWords(t *testing.T) {
	for _, r := range constants(t, "../plan/calibration.go", regexp.MustCompile(`Reading = "([a-z ]+)"`)) {
		if readingWords[plan.Reading(r)] == "" {
			t.Errorf("no words for %s", r)
		}
	}
	for _, k := range constants(t, "../plan/closing.go", regexp.MustCompile(`TimingKind = "([a-z ]+)"`)) {
		if timingWords[plan.TimingKind(k)] == "" {
			t.Errorf("no words for %s", k)
		}
	}
}
