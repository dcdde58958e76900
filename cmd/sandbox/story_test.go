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
		"committed, waiting for one promise", "set the label plan/blocked", "committed, blocked by B1",
		"ready for the readout", "The end.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the story lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
	i := s.at(t, "kubernetes/enhancements#5677")
	if !slices.Contains(i.Labels, "plan/proposed") {
		t.Errorf("labels: got %v, want plan/proposed among them", i.Labels)
	}
	page := s.get(t, "/kubernetes/enhancements/issues/5677").Body.String()
	if want := "promised by sched-fac"; !strings.Contains(page, want) {
		t.Errorf("the issue's page lacks %q", want)
	}
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
