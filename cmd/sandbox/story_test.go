package main

import (
	"slices"
	"strings"
	"testing"
)

// TestTheStoryPlays plays it as fast as the plugin allows; each step must have come to what it tells.
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
		"wrote a decision: Plan for v1.38: round 1 is open", "(1m later)", "wrote a decision: @release-lead @product-manager: Plan for v1.38: approved in round 1",
		"more, on the page", "/pull/307", "wrote a notice: No KEP yet",
		"#307: set the label kep-checked", "#307: took the label off do-not-merge/needs-kep", "#307: deleted a comment of its own",
		"node-lead merges it", "1 of 4 items done", "sig-node in the plan for v1.38", "The end.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the story lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
	i := s.at(t, "kubernetes/enhancements#5677")
	if !slices.Contains(i.Labels, "milestone-approved") || slices.Contains(i.Labels, "plan/blocked") {
		t.Errorf("labels: got %v, want milestone-approved among them and not plan/blocked", i.Labels)
	}
	pages := map[string][]string{
		"/kubernetes/enhancements/issues/5677": {"promised by sched-fac", "<td>planned</td>"},
		"/kubernetes/sig-release/issues/2950":  {"Plan for v1.38: approved in round 1", "capacity scoring waits for opportunistic batching"},
		"/kubernetes/kubernetes/pull/307":      {">merged<", "kep-checked"},
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
