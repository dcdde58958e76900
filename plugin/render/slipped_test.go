package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/slash"
)

// slippedStory needs five issues on 26 January, when weeks 1-2 are over: of one
// somebody says that it slipped, of one that it slips, of one nobody says anything, one
// is only committed, one has no date at all.
func slippedStory() *story {
	s := newStory()
	s.facts.Now = at("26 10:00")
	s.says("node-fac", "9 14:02", "/commit v1.38 w5-6 60%")
	for n, t := range []struct {
		title, ask string
		lines      []string
	}{
		{"Slipped and over", " w3-4", []string{"/commit v1.38 w1-2 100%", "/provide v1.38 kubernetes/enhancements#4381 w1-2", "/progress slipped v1.38 the review takes longer"}},
		{"Slipped before its time", " w3-4", []string{"/commit v1.38 w3-4 80%", "/provide v1.38 kubernetes/enhancements#4381", "/progress slipped v1.38"}},
		{"Over", "", []string{"/commit v1.38 w1-2 100%", "/provide v1.38 kubernetes/enhancements#4381 w1-2"}},
		{"Over, not promised", " w3-4", []string{"/commit v1.38 w1-2 100%"}},
		{"No date", "", []string{"/provide v1.38 kubernetes/enhancements#4381", "/progress slipped v1.38"}},
		{"The last weeks", "", []string{"/commit v1.38 w7-8 40%", "/provide v1.38 kubernetes/enhancements#4381 w7-8", "/progress slipped v1.38"}},
	} {
		key := slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 300 + n}
		s.says("author", "10 10:00", "/depends-on v1.38 "+key.String()+t.ask)
		their := newStory()
		their.says("sched-fac", "11 10:00", t.lines...)
		s.target(key, t.title, "scheduling", their)
	}
	return s
}

// TestSlippedIsQuiet: what is said of it changes with the increment and not within it.
func TestSlippedIsQuiet(t *testing.T) {
	before := site.Record(slippedStory().Record())
	for _, now := range []string{"24 12:00", "27 03:04"} {
		s := slippedStory()
		s.facts.Now = at(now)
		if d := cmp.Diff(before, site.Record(s.Record())); d != "" {
			t.Errorf("on January %s (-then +now):\n%s", now, d)
		}
	}
	s := slippedStory()
	s.facts.Now = v138().Increments[1].End.EndAoE()
	if text := site.Record(s.Record()); !strings.Contains(text, "The earliest now is weeks 5–6") {
		t.Errorf("after weeks 3-4 it says:\n%s", text)
	}
}
