package plugin

import (
	"strings"
	"testing"
)

// TestNotes: the draft of a cycle as steelthread notes writes it, and what it says
// where there is none.
func TestNotes(t *testing.T) {
	s := newStand(t, nil)
	if _, err := s.plugin.Reconciler.Notes(t.Context(), "v1.38"); err == nil || !strings.Contains(err.Error(), "no plan issue") {
		t.Errorf("%v", err)
	}
	if _, err := s.plugin.Reconciler.Notes(t.Context(), "v9.99"); err == nil || !strings.Contains(err.Error(), "it has v1.38") {
		t.Errorf("%v", err)
	}
	home := s.open("enhancements", "Plan for v1.38", "")
	s.configure(strings.Replace(standConfig, "- name: v1.38", "- name: v1.38\n  plan: "+home.String(), 1))
	item := s.open("kubernetes", "Pools", "Part of KEP-4381\n\n```release-note\nThe scheduler knows resource pools.\n```\n")
	s.said("node-fac", item, "/commit sig-node w1-2")
	s.settle()
	writes := len(s.sim.WritesBy(standBot))
	text, err := s.plugin.Reconciler.Notes(t.Context(), "v1.38")
	must(t, err)
	if !strings.Contains(text, "The scheduler knows resource pools.") || !strings.Contains(text, "sig-node") && !strings.Contains(text, "SIG Node") {
		t.Error(text)
	}
	if n := len(s.sim.WritesBy(standBot)); n != writes {
		t.Errorf("%d writes", n-writes)
	}
}
