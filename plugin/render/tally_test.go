package render

import (
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
)

// underway is the approved plan in its second increment: some of it is done.
func underway() *planWorld {
	w := approvedPlan()
	w.says(kepKey(1287), "node-fac", "22 10:00", "/done v1.38")
	w.says(kepKey(4381), "node-fac", "29 10:00", "/progress at-risk v1.38 waiting for API review")
	w.says(kepKey(1790), "storage-fac", "30 10:00", "/done v1.38 kubernetes/kubernetes#130111")
	merge := func(number, kep int, verdict, title string) custody.Merge {
		return custody.Merge{Repo: "kubernetes/kubernetes", Number: number, At: at("27 10:00"), Title: title, By: "description", KEP: kepKey(kep).String(), Verdict: verdict}
	}
	w.stories[kepKey(1287)].log.Merges = []custody.Merge{merge(130700, 1287, custody.VerdictPlanned, "Resize pods in place"), merge(130701, 1287, custody.VerdictPlanned, "Tests")}
	w.item(5555, "node", "Sidecar restart order")
	aside := w.stories[kepKey(5555)]
	aside.opted = false
	aside.log.Merges = []custody.Merge{merge(130900, 5555, custody.VerdictUnplanned, "Restart sidecars in order")}
	w.stories[kepKey(5067)].issue.Closed, w.stories[kepKey(5067)].issue.StateReason = true, "not_planned"
	w.stories[kepKey(3314)].issue.Closed, w.stories[kepKey(3314)].issue.StateReason = true, "not_planned"
	return w
}

func tallyOf(w *planWorld, since, now string) plan.Tally {
	c := planCycle()
	from, to := at(since), at(now)
	o := plan.Occasions(c, from, to)
	return plan.TallyOf(o[len(o)-1], plan.TallyFacts{Cycle: c, Items: w.items(), Objections: len(plan.Assess(plan.Fold(w.log), w.posted, w.facts()).Standing()),
		Merges: []custody.Merge{{Repo: "kubernetes/kubernetes", Number: 1, At: at("20 10:00"), Verdict: custody.VerdictExempt}, {Repo: "kubernetes/kubernetes", Number: 2, At: at("20 10:00"), Verdict: "unknown"}}})
}

func tallyTexts() map[string]string {
	return map[string]string{
		"tally-increment": site.Tally(planIssue, tallyOf(underway(), "20 10:00", "24 12:00")),
		"tally-weekly":    site.Tally(planIssue, tallyOf(underway(), "30 10:00", "31 12:00")),
		"tally-first":     site.Tally(planIssue, tallyOf(approvedPlan(), "15 10:00", "17 12:00")),
		"tally-nothing":   site.Tally(planIssue, tallyOf(newPlanWorld(), "15 10:00", "24 12:00")),
		"tally-freeze":    site.Tally(planIssue, plan.TallyOf(lastOccasion(), plan.TallyFacts{Cycle: planCycle(), Items: underway().items()})),
	}
}

// lastOccasion is the end of weeks 7–8, on which the code freeze falls too.
func lastOccasion() plan.Occasion {
	end := time.Date(2026, time.March, 7, 12, 0, 0, 0, time.UTC)
	return plan.Occasions(planCycle(), end.Add(-time.Hour), end)[0]
}

func TestTallyGolden(t *testing.T) {
	for name, text := range tallyTexts() {
		t.Run(name, func(t *testing.T) { golden(t, "plan/"+name, text) })
		if m := mentioned(text); len(m) > 0 {
			t.Errorf("%s calls %v", name, m)
		}
	}
}

// TestForecast: no spread is hidden by rounding, and there is no number where
// nothing is to come.
func TestForecast(t *testing.T) {
	of := func(mean, variance float64) plan.Estimate { return plan.Estimate{Mean: mean, Variance: variance} }
	for _, c := range []struct {
		f    plan.Forecast
		want string
	}{
		{plan.Forecast{Estimate: of(58, 36), Done: 20, Open: 63}, "58 ± 6 of 83 pieces of work, from the confidences: 20 are done, 63 to come"},
		{plan.Forecast{Estimate: of(0.8, 0.16), Open: 1}, "0.8 ± 0.4 of 1 piece of work, from the confidences: 0 are done, 1 to come"},
		{plan.Forecast{Estimate: of(3, 0), Done: 1, Open: 2, Overdue: 1}, "3 of 4 pieces of work, from the confidences: 1 is done, 2 to come; 1 is overdue and not counted until committed again"},
		{plan.Forecast{Estimate: of(2, 0), Done: 2, Overdue: 8}, "no more than what is done, 2 pieces of work: nothing is committed to an increment to come; 8 are overdue and not counted until committed again"},
		{plan.Forecast{Overdue: 1}, "nothing: nothing is done, and nothing is committed to an increment to come; 1 is overdue and not counted until committed again"},
	} {
		if got := Forecast(c.f); got != c.want {
			t.Errorf("%+v:\n%s, want\n%s", c.f, got, c.want)
		}
	}
}
