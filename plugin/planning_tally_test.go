package plugin

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
)

// tallies gives those on a plan issue, by the key of their occasion, without the numbers
// of comments.
func (s *stand) tallies(at Key) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for _, c := range s.issue(at).Comments {
		m, _ := custody.FindMarker(c.Body)
		if key, ok := strings.CutPrefix(m.Key, tallyKey("v1.38")); ok && c.Author == standBot {
			if _, twice := out[key]; twice {
				s.t.Errorf("two tallies of %s", key)
			}
			out[key] = regexp.MustCompile(`issuecomment-\d+`).ReplaceAllString(c.Body, "issuecomment-n")
		}
	}
	return out
}

// release plays five weeks: with a process that looks all the time, or with none from
// the second day on, and one that begins in the end.
func release(t *testing.T, looks bool) (s *stand, at Key) {
	t.Helper()
	s, at = planStand(t, nil)
	item, other := s.openKEP(), s.open("kubernetes", "Other", "")
	s.said("node-fac", item, "/commit w1-2\n/depends-on kubernetes/kubernetes#"+other.String()[strings.Index(other.String(), "#")+1:]+" by w1-2")
	s.said("sched-fac", other, "/commit sig-scheduling w3-4 70%")
	for _, e := range []struct {
		day, login, say string
		on              Key
	}{
		{"01-20", "node-fac", "/question Who reviews?", item},
		{"01-22", "sched-fac", "/provide w1-2", other},
		{"01-23", "", "", at}, // the end of weeks 1-2
		{"01-25", "node-fac", "/done", item},
		{"01-26", "sched-fac", "/progress slipped", other},
		{"01-27", "sched-fac", "/provide decline", other},
		{"01-30", "", "", at}, // a Friday
		{"02-02", "node-fac", "/resolve Q1", item},
		{"02-03", "", "", other}, // closed as not planned
		{"02-06", "", "", at},    // the end of weeks 3-4
		{"02-08", "sched-fac", "/commit sig-scheduling w5-6 10%", other},
		{"02-10", "node-fac", "/done cancel", item},
	} {
		day, err := time.Parse(time.DateOnly, "2027-"+e.day)
		if err != nil {
			t.Fatal(err)
		}
		s.sim.SetClock(day.Add(12 * time.Hour))
		switch {
		case e.login != "":
			s.sim.Comment(e.login, e.on.Org, e.on.Repo, e.on.Number, e.say)
		case e.on == other:
			s.sim.Close("maintainer", other.Org, other.Repo, other.Number, "not_planned")
		}
		if looks {
			s.settle()
			s.later(time.Second, at)
			s.later(time.Minute, at)
		}
	}
	if !looks {
		s.mail.Take()
		s.again()
	}
	for range 3 {
		s.later(time.Minute, at)
	}
	return s, at
}

// TestTalliesAfterAnOutage: each occasion has its tally, with the words that it would have
// had in time, and another process with an empty memory adds none.
func TestTalliesAfterAnOutage(t *testing.T) {
	inTime, at := release(t, true)
	want := inTime.tallies(at)
	for _, key := range []string{"week-2027-01-15", "increment-w1-2", "week-2027-01-29", "increment-w3-4"} {
		if want[key] == "" {
			t.Errorf("no tally %s in time", key)
		}
	}
	late, at := release(t, false)
	if d := cmp.Diff(want, late.tallies(at)); d != "" {
		t.Errorf("late (-in time +late):\n%s", d)
	}
	for _, s := range []*stand{inTime, late} {
		s.again()
		s.later(time.Minute, at)
		s.later(time.Minute, at)
		if n := len(s.tallies(at)); n != len(want) {
			t.Errorf("%d tallies after a restart, want %d", n, len(want))
		}
	}
}

// TestTallyOfAMovedDay: what fell on a day alone and was counted is not counted again
// because the calendar put something else on its day.
func TestTallyOfAMovedDay(t *testing.T) {
	s, at := release(t, true)
	before := len(s.tallies(at))
	s.configure(standConfig + "  plan: kubernetes/enhancements#4000\n  freezes:\n    enhancements: {at: 2027-02-05}\n")
	s.again()
	s.later(time.Minute, at)
	s.later(time.Minute, at)
	if got := s.tallies(at); len(got) != before || got["increment-w3-4"] == "" {
		t.Errorf("%d tallies, want %d", len(got), before)
	}
}
