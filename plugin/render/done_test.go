package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// doneItems is an item half way: one is done with a reference and one without,
// which nobody had committed.
func doneItems() *story {
	s := newStory()
	s.says("node-fac", "9 14:02", `/commit v1.38 w1-2 100% "API types"`, `/commit v1.38 w3-4 80% "API types","Scheduler plugin"`)
	s.says("node-fac", "13 09:30", "/readout ready v1.38")
	s.says("author", "22 09:30", `/done v1.38 "API types" kubernetes/kubernetes#130700`)
	s.says("node-fac", "23 09:30", `/done v1.38 "e2e tests"`)
	return s
}

// doneWhole is an item of which everything was said to be done at once, while it
// still waited for another and another for it.
func doneWhole() *story {
	s := waiting()
	s.facts.Asked = []work.Key{other}
	s.says("arch-lead", "15 11:00", "/resolve B1 v1.38 reviewed")
	s.says("author", "23 09:30", "/done v1.38 kubernetes/kubernetes#130700")
	return s
}

// doneBlocked is done, and somebody's block is still open.
func doneBlocked() *story {
	s := nothingMissing()
	s.says("arch-lead", "14 10:00", "B1 /block v1.38 needs API review of the pool field")
	s.says("node-fac", "23 09:30", `/done v1.38 "API types","Scheduler plugin","e2e tests"`)
	return s
}

// doneBut is done but for an item that was taken back, and one that left the
// checklist.
func doneBut() *story {
	s := newStory()
	s.says("node-fac", "9 14:02", "/commit v1.38 w1-2 100%")
	s.says("node-fac", "22 09:30", "/done v1.38", `/done v1.38 "Left it"`)
	s.says("node-fac", "23 09:30", `/done cancel v1.38 "Scheduler plugin"`)
	return s
}

// doneNoted is done and was never in the plan.
func doneNoted() *story {
	s := newStory()
	s.says("author", "22 09:30", "/done v1.38 #5021")
	return s
}

// doneClosed is said to be done first and closed then.
func doneClosed() *story {
	s := doneWhole()
	s.facts.Issue.Closed, s.facts.Issue.StateReason = true, "completed"
	return s
}

// doneNoKEP is done, and nobody can tell for which KEP.
func doneNoKEP() *story {
	s := noKEPStory()
	s.says("author", "22 09:30", "/done v1.38")
	return s
}

// mergedWhole has no checklist: what was merged may be all of it.
func mergedWhole() *story {
	s := newStory()
	s.facts.Issue.Body = "As the KEP says."
	s.says("node-fac", "9 14:02", "/commit v1.38 w1-2 100%")
	s.merge(130650, "15 10:00", "Add the API types", "description", custody.VerdictPlanned)
	s.merge(130700, "28 10:00", "Implement it", "/part-of", custody.VerdictPlanned)
	return s
}

var saysSo = regexp.MustCompile("`(/done [^`]+)` says so")

// TestOffersAreTaken judges the lines that call something done as the author,
// and holds that they are offered until they were said.
func TestOffersAreTaken(t *testing.T) {
	for name, tell := range map[string]func() *story{"merged": mergedStory, "merged-many": mergedMany, "merged-whole": mergedWhole} {
		s := tell()
		said := 0
		for {
			line := offered(site.Record(s.Record()))
			if line == "" {
				break
			}
			if said++; said > 3 {
				t.Fatalf("%s: %s is offered again", name, line)
			}
			parsed, _ := slash.LineOf(line)
			v, p := work.Judge(&work.Context{Issue: s.facts.Issue, Said: at("28 12:00"), Login: "author", Calendar: cycle.Calendar{v138()},
				Roles: &roles.Book{}, KEPs: s.facts.KEPs, KEPRepo: keps, Items: map[string]*work.Item{"v1.38": s.item(s.key)}}, parsed)
			if p != nil {
				t.Fatalf("%s: %s is refused: %s %s", name, line, p.Code, p.Word)
			}
			s.says("author", "28 12:00", v.Commands...)
		}
		if want := map[string]int{"merged": 1, "merged-many": 2, "merged-whole": 1}[name]; said != want {
			t.Errorf("%s: %d lines were offered, want %d", name, said, want)
		}
	}
}

// offered is the first /done line that a record offers.
func offered(record string) string {
	for _, line := range pasted(record) {
		if strings.HasPrefix(line, "/done ") {
			return line
		}
	}
	if m := saysSo.FindStringSubmatch(record); m != nil {
		return m[1]
	}
	return ""
}

// TestNotOffered: nothing is offered where something was said, or to an issue
// that is closed.
func TestNotOffered(t *testing.T) {
	change := map[string]func(*story){
		"done":                      func(s *story) { s.says("author", "29 10:00", "/done v1.38") },
		"done, and taken back":      func(s *story) { s.says("author", "29 10:00", "/done v1.38", "/done cancel v1.38") },
		"closed as completed":       func(s *story) { s.facts.Issue.Closed, s.facts.Issue.StateReason = true, "completed" },
		"closed as not planned":     func(s *story) { s.facts.Issue.Closed, s.facts.Issue.StateReason = true, "not_planned" },
		"no pull request is merged": func(s *story) { s.merges = nil },
		"none that can be read":     func(s *story) { s.merges = []custody.Merge{{Repo: "x", Number: 1, At: at("9 10:00")}} },
		"a checklist that names none": func(s *story) {
			s.facts.Issue.Body = checklist
		},
	}
	for name, f := range change {
		s := mergedWhole()
		f(s)
		if line := offered(site.Record(s.Record())); line != "" {
			t.Errorf("%s: %s is offered", name, line)
		}
	}
	for text, want := range map[string]string{
		"- [ ] it #5021":         "/done v1.38 1 #5021",
		"- [x] it #5021":         "", // somebody has seen to it
		"- [ ] it #5021 etcd#77": "/done v1.38 1 #5021",
	} {
		s := newStory()
		s.facts.Issue.Body = text
		s.merge(5021, "12 10:00", "It", "/part-of", custody.VerdictPlanned, func(m *custody.Merge) { m.Repo = keps })
		if line := offered(site.Record(s.Record())); line != want {
			t.Errorf("%s: %q is offered, want %q", text, line, want)
		}
	}
}

// TestDoneLineNamesTheLast pull request that was merged, in whatever order the
// item names them.
func TestDoneLineNamesTheLast(t *testing.T) {
	for _, text := range []string{"kubernetes#1 kubernetes#2", "kubernetes#2 kubernetes#1"} {
		s := newStory()
		s.facts.Issue.Body = "- [ ] " + text
		s.merge(1, "13 10:00", "later", "/part-of", custody.VerdictPlanned)
		s.merge(2, "12 10:00", "sooner", "/part-of", custody.VerdictPlanned)
		if got, want := offered(site.Record(s.Record())), "/done v1.38 1 kubernetes#1"; got != want {
			t.Errorf("%s: %q is offered, want %q", text, got, want)
		}
	}
}
