package render

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// boardLinks are links to pages on the web, with what joins them to others.
var boardLinks = regexp.MustCompile(` ?\(?\[[^\]]*\]\(https://steelthread\.example/board/([^)]*)\)\)?(?: ·)?`)

// onTheWeb are texts that lead to pages, written for a site.
func onTheWeb(s Site) map[string]string {
	w := surveyed()
	w.says(planIssue, "pm", "30 10:00", "/plan survey close")
	facts := plan.TallyFacts{Cycle: planCycle(), Items: withExceptions(w.items()), Demo: func(i plan.Item) bool { return i.Key == kepKey(1287) }}
	in := w.plan()
	in.Notes = s.OfPlan("v1.38", "notes")
	in.Survey = Survey{Satisfaction: plan.SatisfactionOf("v1.38", plan.Fold(w.log).Survey)}
	return map[string]string{
		"record":       s.Record(doneItems().Record()),
		"plan":         s.Plan(in),
		"vote opened":  s.VoteOpened(planIssue, "v1.38", decisionOf[plan.VoteOpened](w)),
		"vote result":  s.VoteResult(planIssue, "v1.38", decisionOf[plan.VoteResult](w), nil),
		"rework":       s.Reworked(planIssue, "v1.38", decisionOf[plan.Rework](w), 0, nil),
		"prune":        s.PrunePreview(planIssue, "v1.38", decisionOf[plan.PrunePreview](w)),
		"tally":        s.Tally(planIssue, plan.TallyOf(lastOccasion(), facts)),
		"closing":      s.Closing(planIssue, plan.ClosingOf(plan.ClosingFacts{State: plan.Fold(w.log), TallyFacts: facts})),
		"nothing":      s.Closing(planIssue, plan.ClosingOf(plan.ClosingFacts{State: &plan.State{}, TallyFacts: plan.TallyFacts{Cycle: planCycle()}})),
		"tally of 300": s.Tally(planIssue, plan.TallyOf(lastOccasion(), plan.TallyFacts{Cycle: planCycle(), Items: manyItems(300)})),
	}
}

// TestLinksToTheWeb: what leads to which page, nothing else differs from a text without
// pages, and without them no text leads there.
func TestLinksToTheWeb(t *testing.T) {
	web := site
	web.Board = "https://steelthread.example/board"
	want := map[string]string{
		"record": "item/kubernetes/enhancements/4381", "plan": "plan/v1.38/survey plan/v1.38/notes plan/v1.38", "vote opened": "plan/v1.38", "vote result": "plan/v1.38",
		"rework": "plan/v1.38", "prune": "plan/v1.38", "tally": "plan/v1.38/exceptions plan/v1.38/demos plan/v1.38",
		"closing": "plan/v1.38/exceptions plan/v1.38/survey plan/v1.38/calibration plan/v1.38", "nothing": "plan/v1.38", "tally of 300": "plan/v1.38",
	}
	without := onTheWeb(site)
	for name, text := range onTheWeb(web) {
		var got []string
		for _, m := range boardLinks.FindAllStringSubmatch(text, -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != want[name] {
			t.Errorf("%s leads to %q, want %q", name, got, want[name])
		}
		if stripped := boardLinks.ReplaceAllString(strings.ReplaceAll(text, "notes).", "notes)"), ""); stripped != without[name] {
			t.Errorf("%s differs in more than links:\n%s\n%s", name, stripped, without[name])
		}
		if strings.Contains(without[name], "/board") || strings.Contains(without[name], "On the web") || size(text) > VisibleLimit {
			t.Errorf("%s: %s", name, without[name])
		}
		last := slices.Collect(strings.Lines(strings.TrimSpace(text)))
		t.Log(last[len(last)-1])
	}
}

// TestPagesAreEscaped: what a key or a cycle holds does not end the link.
func TestPagesAreEscaped(t *testing.T) {
	web := Site{Board: "https://steelthread.example"}
	for _, got := range []string{web.OfPlan("a)b/../c?", ""), web.OfItem(slash.Key{Org: "a)", Repo: "../b", Number: 1})} {
		if strings.ContainsAny(got, ")?") || strings.Contains(got, "/../") {
			t.Error(got)
		}
	}
	if (Site{}).OfPlan("v1.38", "demos")+(Site{}).OfItem(here) != "" {
		t.Error("no pages, and an address")
	}
}
