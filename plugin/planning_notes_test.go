package plugin

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
	s.sim.SetClock(time.Date(2027, time.April, 20, 12, 0, 0, 0, time.UTC)) // the cycle is over, and the process begins anew
	s.again()
	text, err = s.plugin.Reconciler.Notes(t.Context(), "v1.38")
	must(t, err)
	if _, missed, ok := strings.Cut(text, "## Not delivered"); !ok || !strings.Contains(missed, "- Pools (") {
		t.Errorf("after the end:\n%s", text)
	}
}

// TestMergesWithoutAnItem are in the plan's record, and in no item's; those of a kind
// that is not asked, and that lead nowhere, are in neither.
func TestMergesWithoutAnItem(t *testing.T) {
	s := pullStand(t, nil, "warn")
	home := s.open("enhancements", "Plan for v1.38", "")
	s.configure(strings.NewReplacer("kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: warn}",
		"- name: v1.38", "- name: v1.38\n  plan: "+home.String()).Replace(standConfig))
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	for _, p := range []struct{ title, body, kind string }{
		{"planned work", "KEP-4381", "kind/feature"}, {"other work", "KEP-4816", "kind/feature"},
		{"lost work", "", "kind/feature"}, {"a fix", "", "size/1"},
	} {
		key := s.openPull(p.title, p.body, p.kind)
		s.settle()
		s.sim.MergePull("maintainer", key.Org, key.Repo, key.Number)
		s.settle()
	}
	for range 3 {
		s.settle()
	}
	for key, want := range map[Key][]string{item: {"planned work"}, home: {"other work", "lost work"}} {
		e, _ := s.plugin.Reconciler.Index.Get(key)
		var got []string
		for _, m := range e.Items["v1.38"].Merges {
			got = append(got, m.Title)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", key, d)
		}
	}
}
