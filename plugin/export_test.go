package plugin

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/saved"
)

const twoPlans = `  plan: kubernetes/enhancements#4000
  freezes:
    code: {at: 2027-03-11, window: 5}
- name: v1.39
  plan: kubernetes/enhancements#4001
  planning: 2027-04-06
  start: 2027-05-03
  end: 2027-08-11
`

// season is a release from the first word to the closing report, an exception and a
// survey in it, and the plan of the next.
func season(t testing.TB) (s *stand, at, next Key) {
	t.Helper()
	s = newStand(t, nil)
	s.sim.AddRepo("kubernetes", "secret", true)
	s.sim.NextNumber("kubernetes", "enhancements", 4000)
	s.configure(strings.Replace(standConfig, "    kubernetes/kubernetes: {}\n", "    kubernetes/kubernetes: {}\n    kubernetes/secret: {}\n", 1) + twoPlans)
	at, next = s.open("enhancements", "Plan for v1.38", ""), s.open("enhancements", "Plan for v1.39", "")
	item, other := s.openKEP(), s.open("kubernetes", "Pools", "Part of KEP-4318\n\n```release-note\nThe scheduler knows pools.\n```\n")
	asked, asks := s.open("kubernetes", "Nobody spoke of this", ""), s.open("kubernetes", "Only asks", "")
	hidden := s.open("secret", "Hush", "KEP-4381")
	s.said("node-fac", item, "/commit w1-2 90% 1\n/commit w3-4 70% 2\n/depends-on "+asked.String()+"\n/readout ready")
	s.said("sched-fac", other, "/commit sig-scheduling w3-4\n/readout ready\n/demo https://example.com/pools it works")
	s.said("sched-fac", asks, "/depends-on "+other.String())
	s.said("node-fac", hidden, "/commit sig-node w1-2 50%")
	all := []Key{item, other, asked, asks, hidden, at, next}
	look := func(d time.Duration) {
		s.sim.Advance(d)
		for range 2 {
			for _, key := range all {
				s.enqueue(key)
			}
			s.settle()
		}
	}
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	s.said("node-fac", at, "/vote 4")
	gone := s.said("sched-fac", at, "/vote 3")
	s.said("sched-fac", at, "/vote 4 <b>better</b>")
	s.said("pm", at, "/vote 5")
	s.decide("rel-lead", at, "/plan vote close")
	must(t, s.sim.DeleteComment("sched-fac", at.Org, at.Repo, gone))
	look(7 * 24 * time.Hour)
	s.said("node-fac", item, "/done 1")
	look(50 * 24 * time.Hour)
	s.said("dev", item, "/exception request code 5d reviews took longer\nwhy: two were ill\nrisk-late: small\nrisk-cut: others wait\nprs: kubernetes/kubernetes#77, #78")
	s.said("node-lead", item, "/exception support")
	s.said("rel-lead", item, "/exception approve 4d")
	s.said("pm", item, "/exception approve 5d")
	look(61 * time.Second)
	look(61 * time.Second)
	s.said("pm", at, "/plan survey open")
	s.said("node-fac", at, "/nps 6 too many meetings")
	s.said("dev", at, "/nps 9")
	s.said("pm", at, "/plan survey close")
	look(2 * time.Minute)
	look(31 * 24 * time.Hour)
	s.said("node-fac", item, "/commit v1.39 w1-2")
	look(3 * 24 * time.Hour)
	look(3 * 24 * time.Hour)
	look(time.Minute)
	return s, at, next
}

// export takes a cycle out as a process does that has just been started.
func (s *stand) export(cycle string) []byte {
	s.t.Helper()
	s.start()
	var b bytes.Buffer
	must(s.t, s.plugin.Export(s.t.Context(), cycle, &b))
	return b.Bytes()
}

// posted is the text of a comment of ours, without its marker and signed block.
func (s *stand) posted(at Key, fits func(custody.Marker) bool) (found []string) {
	for _, c := range s.issue(at).Comments {
		m, ok := custody.FindMarker(c.Body)
		if ok && c.Author == standBot && fits(m) {
			_, text, _ := strings.Cut(c.Body, "\n")
			text, _, _ = strings.Cut(text, "\n\n<!-- steelthread:signed")
			found = append(found, text)
		}
	}
	return found
}

// TestReplayEqualsLive: every table of both cycles, from the file alone, is the one that
// the living world gives; the plan, the last tally, the survey and the report are those
// that stand on the issue, byte for byte.
func TestReplayEqualsLive(t *testing.T) {
	s, at, next := season(t)
	running := s.plugin.Reconciler
	for cycle, key := range map[string]Key{"v1.38": at, "v1.39": next} {
		data := s.export(cycle)
		live, err := s.plugin.Tables(t.Context(), cycle)
		must(t, err)
		again, err := Replay(bytes.NewReader(data))
		must(t, err)
		warm, err := running.Tables(t.Context(), cycle) // the process that made the rounds
		must(t, err)
		for _, name := range TableNames {
			want, err := live.Table(name, time.Time{})
			must(t, err)
			got, err := again.Table(name, time.Time{})
			must(t, err)
			if want == "" || got != want {
				t.Errorf("%s of %s:\n%s", name, cycle, cmp.Diff(want, got))
			}
			then, err := warm.Table(name, time.Time{})
			must(t, err)
			if then != want {
				t.Errorf("%s of %s, before and after a start:\n%s", name, cycle, cmp.Diff(then, want))
			}
		}
		if d := cmp.Diff(boardPlan(live.w, live.s), boardPlan(again.w, again.s), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(kep.KEP{}, "Problems"), cmp.Exporter(func(reflect.Type) bool { return true })); d != "" {
			t.Errorf("the page of %s:\n%s", cycle, d)
		}
		record := s.posted(key, func(m custody.Marker) bool { return m.Kind == custody.KindRecord })
		if got, _ := again.Table(TablePlan, time.Time{}); len(record) != 1 || strings.TrimSpace(got) != strings.TrimSpace(record[0]) {
			t.Errorf("the plan of %s as it stands:\n%s", cycle, cmp.Diff(record, []string{got}))
		}
	}
}

// TestReplayedNotices: what was posted once stands in the file too.
func TestReplayedNotices(t *testing.T) {
	s, at, _ := season(t)
	again, err := Replay(bytes.NewReader(s.export("v1.38")))
	must(t, err)
	for name, prefix := range map[string]string{TableSurvey: "survey-closed-", TableClosing: "closing-", TableTally: "tally-"} {
		texts := s.posted(at, func(m custody.Marker) bool { return strings.HasPrefix(m.Key, prefix) })
		got, err := again.Table(name, time.Time{})
		must(t, err)
		if len(texts) == 0 || strings.TrimSpace(texts[len(texts)-1]) != strings.TrimSpace(got) {
			t.Errorf("%s, %d posted:\n%s", name, len(texts), cmp.Diff(strings.Join(texts, "\n====\n"), got))
		}
	}
}

// TestExportIsTheSame: the same world gives the same bytes, and nothing of a private
// repository; nothing is written on GitHub.
func TestExportIsTheSame(t *testing.T) {
	s, _, _ := season(t)
	writes := len(s.sim.WritesBy(standBot))
	one, two := s.export("v1.38"), s.export("v1.38")
	if !bytes.Equal(one, two) {
		t.Error(cmp.Diff(string(one), string(two)))
	}
	if n := len(s.sim.WritesBy(standBot)); n != writes {
		t.Errorf("%d writes", n-writes)
	}
	for _, no := range []string{"secret", "Hush", "50%"} {
		if bytes.Contains(one, []byte(no)) {
			t.Errorf("%q is in it", no)
		}
	}
	f, err := saved.Read(bytes.NewReader(one))
	must(t, err)
	for _, b := range f.Signed { // each holds, as it stands in its line
		if _, err := standKeys().Verify(b.Block); err != nil {
			t.Errorf("%s: %v", b.Key, err)
		}
	}
	if len(f.Signed) < len(f.Records)+len(f.Decisions) {
		t.Errorf("%d blocks of %d records and %d decisions", len(f.Signed), len(f.Records), len(f.Decisions))
	}
}
