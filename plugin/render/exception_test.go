package render

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

const namedLines = "\nwhy: the API review took two weeks longer\nrisk-late: it is behind a gate, off by default\nrisk-cut: drivers wait for another release\nprs: #130700, #130701"

func draftedException() *story {
	s := noted()
	s.receipts = nil
	s.says("author", "20 10:00", "/exception request v1.38 code 5d the API review took longer\nwhy: two weeks more of review")
	return s
}

// requestedException waits for a SIG and for product management.
func requestedException() *story {
	s := nothingMissing()
	s.facts.Plan = work.PlanFact{Passed: true}
	s.asked.Dependants = []string{"scheduling"}
	s.says("author", "20 10:00", "/exception request v1.38 code 5d the API review took longer\nwhy: two weeks more of review")
	s.says("author", "20 11:00", "/exception request v1.38 code 5d"+namedLines)
	s.says("node-lead", "21 10:00", "/exception support v1.38")
	s.says("lead", "21 11:00", "/exception approve v1.38 3d if the tests are in by then")
	return s
}

// decide posts the decision that is due.
func (s *story) decide(comment int64, when string) {
	due := work.DueExceptions(s.item(s.key), s.posted, s.exceptionFacts())
	s.posted = append(s.posted, work.PostedException{Comment: comment, At: at(when), Decision: *due[len(due)-1].Decision})
}

func grantedException() *story {
	s := requestedException()
	s.says("sched-fac", "22 09:00", "/exception support v1.38")
	s.says("pm", "22 10:00", "/exception approve v1.38 5d")
	s.decide(5001, "22 10:02")
	return s
}

func expiredStory() *story {
	s := grantedException()
	s.asked.Now = at("30 12:00").AddDate(0, 2, 0)
	return s
}

func formerExceptions() *story {
	s := nothingMissing()
	s.says("author", "18 10:00", "/exception request v1.38 docs 2d")
	s.says("author", "19 10:00", "/exception withdraw v1.38")
	s.says("author", "20 10:00", "/exception request v1.38 code 5d the API review took longer"+namedLines)
	s.says("pm", "21 10:00", "/exception deny v1.38 too risky this late")
	s.decide(5002, "21 10:02")
	return s
}

// contestedException has words that came too late, and one that was read too late.
func contestedException() *story {
	s := grantedException()
	s.says("lead", "22 12:00", "/exception deny v1.38 the tests are not in")
	s.says("author", "22 13:00", "/exception request v1.38 code 20d")
	late := s.receipts[len(s.receipts)-1]
	late.Comment, late.Login, late.Author, late.Said = 1900, "second-lead", authorOf("second-lead"), at("22 09:30")
	late.Lines = []custody.Line{{N: 1, Command: "/exception deny v1.38 not without tests", Role: "release-lead"}}
	s.receipts = append(s.receipts, late)
	return s
}

// TestExceptionTexts holds that a draft's block completes the draft when it is pasted
// with words, and stays a draft when it is pasted as it is.
func TestExceptionTexts(t *testing.T) {
	s := draftedException()
	var block string
	for _, line := range pasted(site.Record(s.Record())) {
		if strings.HasPrefix(line, "/exception request") {
			block = line
		}
	}
	if want := "/exception request v1.38 code 5d\nrisk-late:\nrisk-cut:\nprs:"; block != want {
		t.Fatalf("%q, want %q", block, want)
	}
	for text, want := range map[string]work.ExceptionState{block: work.ExceptionDraft, strings.ReplaceAll(block, ":", ": some words"): work.ExceptionRequested} {
		then := draftedException()
		then.says("author", "20 12:00", text)
		all := work.Exceptions(then.item(here), nil, then.exceptionFacts())
		if len(all) != 1 || all[0].State != want || all[0].Why != "two weeks more of review" || all[0].Reason == "" {
			t.Errorf("%q: %+v", text, all)
		}
	}
}

func TestPasteLines(t *testing.T) {
	for text, want := range map[string]string{
		"/exception 5d\nwhy: a": "```\n/exception 5d\nwhy: a\n```\n",
		"/exception 5d\n/hold":  "```\n/exception 5d /hold\n```\n",
		"why: a\nprs: b":        "```\nwhy: a prs: b\n```\n",
	} {
		if got := block("", text); got != want {
			t.Errorf("%q gives %q", text, got)
		}
	}
}
