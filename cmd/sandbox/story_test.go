package main

import (
	"slices"
	"strings"
	"testing"
)

// TestTheStoryPlays plays it as fast as the plugin allows; each step must have come to what it tells, and what it says
// to look at must be there.
func TestTheStoryPlays(t *testing.T) {
	s := open(t, embeddedSeed(), true)
	var out strings.Builder
	if err := s.play(t.Context(), &out, 1e6); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"node-fac: /commit w3-4 90% 2,3", "wrote a reply: One line of your comment was taken, one was not",
		"wrote a reply: One line of your comment was not taken", "kubernetes/enhancements#4815: wrote a notice: @sched-fac:",
		"committed, waiting for one promise", "#5677: set the label plan/blocked", "committed, blocked by one declined dependency",
		"#5677: took the label off plan/blocked", "ready for the readout",
		"wrote a decision: Plan for v1.38: round 1 is open", "(1m later)", "wrote a decision: @release-lead @product-manager: Plan for v1.38: to be reworked, round 1 is void",
		"wrote a decision: Plan for v1.38: round 2 is open", "wrote a decision: @release-lead @product-manager: Plan for v1.38: approved in round 2",
		"items would lose the milestone", "release-lead: /plan prune confirm ", "items lose the milestone", "wrote a notice: Release-notes draft for v1.38",
		"more, on the page", "/pull/307", "wrote a notice: No KEP yet",
		"#307: set the label kep-checked", "#307: took the label off do-not-merge/needs-kep", "#307: deleted a comment of its own",
		"node-lead merges it", "1 of 4 items done", "sig-node in the plan for v1.38",
		"(on to ", "v1.38 after weeks 1–2", "v1.38 after weeks 3–4",
		"#5855: set the label plan/unplanned", "exception drafted", "#5855: set the label exception/requested",
		"#5855: wrote a decision: @release-lead @product-manager @node-fac: Exception to the code freeze of v1.38: granted until ",
		"#5855: set the label exception/approved", "#5855: took the label off plan/unplanned", "#5855: set the milestone: v1.38",
		"#5855: edited the record: v1.38: done", "#5855: wrote the record: v1.39: committed", "wrote a notice: Survey for v1.38: score 0 (n = 2, weak)",
		"wrote a notice: v1.38 is over: 5 of 9 planned items delivered", "#2990: edited the record: Plan for v1.39", "The end.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the story lacks %q", want)
		}
	}
	if strings.Contains(out.String(), "wrote a notice: @node-fac: The exception") {
		t.Error("the exception was to be met, but it was reminded of or expired")
	}
	if t.Failed() {
		t.Log(out.String())
	}
	i := s.at(t, "kubernetes/enhancements#5677")
	if !slices.Contains(i.Labels, "milestone-approved") || slices.Contains(i.Labels, "plan/blocked") {
		t.Errorf("labels: got %v, want milestone-approved among them and not plan/blocked", i.Labels)
	}
	if i := s.at(t, "kubernetes/enhancements#5855"); i.Milestone != "v1.38" {
		t.Errorf("milestone of the exception: got %q, want v1.38", i.Milestone)
	}
	pages := map[string][]string{
		"/kubernetes/enhancements/issues/5677": {"no longer needed: this is done", "<td>planned</td>"},
		"/kubernetes/enhancements/issues/4049": {"slipped"},
		"/kubernetes/sig-release/issues/2950":  {"Plan for v1.38: closed, approved in round 2", "capacity scoring waits for opportunistic batching"},
		"/kubernetes/sig-release/issues/2990":  {"Confidences of v1.38:", ">closing report of v1.38</a>"},
		"/kubernetes/kubernetes/pull/307":      {">merged<", "kep-checked"},
	}
	for _, x := range s.story {
		if x.Look != "" {
			pages[x.Look] = append(pages[x.Look], "<h1")
		}
	}
	for path, wants := range pages {
		page := s.get(t, path).Body.String()
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %q", path, want)
			}
		}
	}
	s.mustStandOnTheBoard(t)
}

func TestTheFirstPageOffersStepsOfTheStory(t *testing.T) {
	s := open(t, embeddedSeed(), false)
	home := s.get(t, "/").Body.String()
	if got := strings.Count(home, `href="/kubernetes/enhancements/issues/5677?as=node-fac&amp;say=%2Fcommit`); got != 1 {
		t.Errorf("the link to commit is there %d times, want once", got)
	}
	page := s.get(t, "/kubernetes/enhancements/issues/5677?as=sched-fac&say=%2Fcommit+w1-2").Body.String()
	for _, want := range []string{`<option value="sched-fac" selected>`, ">/commit w1-2</textarea>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %q filled in", want)
		}
	}
}
