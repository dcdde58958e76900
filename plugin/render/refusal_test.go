package render

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

var commitUsage = []string{"/commit [release] [sig] [weeks] [n]% [items]", "/commit cancel [release] [weeks] [items]"}

// refusals has one example for every code, as the packages that refuse make it.
var refusals = map[string]slash.Problem{
	slash.CodeMissing: {Saw: "/depends-on by w3-4", Arg: "ref", Allowed: []string{"#12", "kubernetes#12"},
		Usage: []string{"/depends-on [release] [ref] [weeks] [text]"}, Fix: "/depends-on #12 by w3-4"},
	slash.CodeExtra:       {Saw: "/readout ready now", Word: "now", Usage: []string{"/readout ready [release]"}, Fix: "/readout ready"},
	slash.CodeRange:       {Saw: "/commit 120%", Word: "120%", Arg: "n", Allowed: []string{"0% to 100%"}, Usage: commitUsage, Fix: "/commit 100%"},
	slash.CodeShape:       {Saw: "/commit week-three", Word: "week-three", Arg: "weeks", Allowed: []string{"w3-4", "weeks 3-4", "inc2"}, Usage: commitUsage, Fix: "/commit w3-4"},
	slash.CodeChoice:      {Saw: "/progress fine", Word: "fine", Arg: "state", Allowed: []string{"on-track", "at-risk", "slipped"}, Usage: []string{"/progress on-track|at-risk|slipped [release] [text]"}, Fix: "/progress on-track"},
	slash.CodeTooLong:     {Saw: "/risk " + strings.Repeat("very ", 80) + "long", Arg: "text", Allowed: []string{"up to 300 characters"}, Usage: []string{"/risk [release] [text]"}, Fix: "/risk " + strings.Repeat("very ", 59) + "very"},
	slash.CodeUnknownForm: {Saw: "/readout maybe", Word: "maybe", Allowed: []string{"ready", "cancel", "done"}, Usage: []string{"/readout ready [release]", "/readout cancel [release]", "/readout done [release]"}, Fix: "/readout ready"},

	work.NoCycle:     {Saw: "/commit", Arg: "release", Usage: commitUsage},
	work.WhichCycle:  {Saw: "/commit w3-4", Arg: "release", Allowed: []string{"v1.37", "v1.38"}, Usage: commitUsage, Fix: "/commit v1.38 w3-4"},
	work.NotOpen:     {Saw: "/commit v1.30", Arg: "release", Word: "v1.30", Allowed: []string{"v1.38"}, Usage: commitUsage, Fix: "/commit v1.38"},
	work.NoIncrement: {Saw: "/commit w2-5", Arg: "weeks", Word: "w2-5", Allowed: []string{"w1-2", "w3-4", "w5-6", "w7-8"}, Usage: commitUsage, Fix: "/commit v1.38 w1-2"},
	work.Finished:    {Saw: "/commit w1-2 3", Arg: "weeks", Word: "weeks 1–2", Allowed: []string{"w3-4", "w5-6", "w7-8"}, Usage: commitUsage, Fix: "/commit v1.38 w3-4 3"},
	work.AboveCap:    {Saw: "/commit w5-6 90% 3", Arg: "n", Word: "90%", Allowed: []string{"weeks 5–6", "60"}, Usage: commitUsage, Fix: "/commit w5-6 60% 3"},
	work.NoSuchItem:  {Saw: "/commit w3-4 7", Arg: "items", Word: "7", Allowed: []string{"1. API types", "2. Scheduler plugin", "3. e2e tests"}, Usage: commitUsage, Fix: "/commit v1.38 w3-4 1"},
	work.WhichSIG:    {Saw: "/commit w3-4", Arg: "sig", Allowed: []string{"network", "node"}, Usage: commitUsage, Fix: "/commit v1.38 sig-network w3-4"},
	work.NoSuchNote:  {Saw: "/resolve Q7 done", Arg: "id", Word: "Q7", Allowed: []string{"B1", "Q1"}, Fix: "/resolve B1 v1.38 done"},
	work.NoteEnded:   {Saw: "/resolve Q1", Arg: "id", Word: "Q1"},
	work.NotARisk:    {Saw: "/resolve Q1 accepted", Arg: "id", Word: "Q1", Allowed: []string{"R1"}, Fix: "/resolve R1 accepted v1.38"},
	work.NotYours:    {Saw: "/resolve B1 seen", Arg: "id", Word: "B1", Allowed: []string{"arch-lead", "programme-level voter (architecture)"}, Fix: "/resolve B1 v1.38 seen"},
	work.WrongRole: {Saw: "/commit w3-4", Word: "passer-by", Allowed: []string{"planning facilitator of sig-node (node-fac)", "SIG lead of sig-node (node-lead, node-tl)"},
		Usage: commitUsage, Fix: "/commit v1.38 w3-4"},
	work.NotChecked: {Saw: "/commit w3-4", Usage: commitUsage, Fix: "/commit v1.38 w3-4"},
	work.OtherLogin: {Saw: "/commit w3-4", Word: "node-fac", Usage: commitUsage, Fix: "/commit v1.38 w3-4"},
	work.Edited:     {Saw: "/commit w3-4"},
	work.WrongPlace: {Saw: "/commit w3-4", Usage: commitUsage, Fix: "/commit w3-4"},
	plan.ForPlan:    {Saw: "/vote 4", Fix: "/vote 4", Allowed: []string{"kubernetes/sig-release#2950"}},
	plan.NoSuchSIG:  {Saw: "/plan status sig-nod", Word: "sig-nod", Allowed: []string{"sig-network", "sig-node"}, Fix: "/plan status sig-node"},
	plan.TimePast:   {Saw: "/plan vote open until 2027-01-04", Word: "2027-01-04", Fix: "/plan vote open until 2027-01-14 AoE"},
	plan.TimeFar:    {Saw: "/plan vote open until 2028-01-14", Word: "2028-01-14", Fix: "/plan vote open until 2027-01-14 AoE"},
	plan.NoSurvey:   {Saw: "/nps 9 fewer meetings", Fix: "/plan survey open"},
	plan.SurveyOpen: {Saw: "/plan survey open", Fix: "/plan survey close"},
	work.ForItem:    {Saw: "/commit w3-4", Fix: "/commit w3-4"},
	work.ForPull:    {Saw: "/part-of #12", Fix: "/part-of #12"},
	work.TooMuch:    {Saw: "/commit w1-2,w3-4,w5-6,w7-8 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20"},
	work.Answered:   {Saw: "/readout done", Fix: "/readout done"},
	work.NoRequest:  {Saw: "/exception support", Fix: "/exception request 5d"},
	work.NoFreeze: {Saw: "/exception request test 5d late", Arg: "freeze", Word: "test", Allowed: []string{"code 2026-03-09 2026-03-13T12:00:00Z", "docs 2026-03-23 2026-03-24T12:00:00Z"},
		Fix: "/exception request code 5d late\nwhy: the API review took two weeks longer\nprs: #130700"},
	work.FreezeOver: {Saw: "/exception request code 5d late", Arg: "freeze", Word: "code", Allowed: []string{"code 2026-03-09 2026-03-13T12:00:00Z", "docs 2026-03-23 2026-03-24T12:00:00Z"},
		Fix: "/exception request docs 5d late"},
	work.OneRequest: {Saw: "/exception request docs 5d", Arg: "freeze", Word: "code", Fix: "/exception withdraw"},
	work.AgreedTo:   {Saw: "/exception 9d", Arg: "freeze", Word: "code", Fix: "/exception withdraw"},
	work.Settled:    {Saw: "/exception request code 9d", Arg: "freeze", Word: "code"},
	work.AboveAsked: {Saw: "/exception approve 9d fine", Arg: "days", Word: "9d", Allowed: []string{"5d"}, Fix: "/exception approve 5d fine"},
	work.SecondRole: {Saw: "/exception approve 5d", Word: "lead", Allowed: []string{"release lead"}, Fix: "/exception approve 5d"},
	work.NotAKEP:    {Saw: "/kep node#4381", Arg: "ref", Usage: []string{"/kep [ref] [release]", "/kep cancel [release]"}},
}

func TestRefusalGolden(t *testing.T) {
	for code, p := range refusals {
		t.Run(code, func(t *testing.T) {
			p.Code, p.Line = code, 1
			golden(t, "refusal/"+code, site.Refusals(here, []Refusal{{Comment: 2001, Author: "node-fac", Problems: []*slash.Problem{&p}}}))
		})
	}
}

func problem(code string) *slash.Problem {
	p := refusals[code]
	p.Code = code
	return &p
}

// others are refusals of codes that have a golden file for another case.
var others = map[string]slash.Problem{
	"freeze-over-all":     {Code: work.FreezeOver, Saw: "/exception 5d", Arg: "freeze", Allowed: []string{"code 2026-03-09 2026-03-13T12:00:00Z"}},
	"freeze-none":         {Code: work.FreezeOver, Saw: "/exception 5d", Arg: "freeze"},
	"not-yours-exception": {Code: work.NotYours, Saw: "/exception withdraw", Arg: "freeze", Word: "code", Allowed: []string{"author", "author or assignee"}, Fix: "/exception withdraw"},
}

func TestOtherRefusals(t *testing.T) {
	for name, p := range others {
		golden(t, "refusal/"+name, site.Refusals(here, []Refusal{{Comment: 2001, Author: "node-fac", Problems: []*slash.Problem{&p}}}))
	}
}

// replies are replies that hold more than one refused line.
var replies = map[string][]Refusal{
	"one-of-three":   {{Comment: 2001, Author: "node-fac", Taken: 2, Problems: []*slash.Problem{problem(work.AboveCap)}}},
	"two-of-three":   {{Comment: 2001, Author: "node-fac", Taken: 1, Problems: []*slash.Problem{problem(work.AboveCap), problem(work.NoSuchItem)}}},
	"near":           {{Comment: 2001, Author: "node-fac", Near: []slash.Near{{N: 1, Word: "/comit", Verb: "commit"}}}},
	"near-beside":    {{Comment: 2001, Author: "node-fac", Taken: 1, Problems: []*slash.Problem{problem(work.AboveCap)}, Near: []slash.Near{{N: 3, Word: "/comit", Verb: "commit"}}}},
	"eaten":          {{Comment: 2001, Author: "node-fac", Taken: 1, Eaten: []slash.Line{{N: 2, Raw: "/commit w3-4"}}}},
	"too-much":       {{Comment: 2001, Author: "node-fac", Taken: 20, Dropped: 3, TooLong: true}},
	"edited-lines":   {{Comment: 2001, Author: "node-fac", Problems: []*slash.Problem{problem(work.Edited), {Code: work.Edited, Saw: "/readout ready"}}}},
	"edited-on-pull": {{Comment: 2001, Author: "dev", Problems: []*slash.Problem{{Code: work.Edited, Arg: OnPull, Saw: "/kep 4381", Fix: "/kep 4381"}}}},
	"changed":        {{Comment: 2001, Author: "node-fac", Changed: []Change{{Comment: 2001, Took: []string{`/commit v1.38 w3-4 80% "API types"`}, Now: []string{"/commit w3-4 60% 1"}}}}},
	"mended":         {{Comment: 2001, Author: "node-fac", Changed: []Change{{Comment: 2001, Refused: true, Now: []string{"/commit w3-4 80%"}}}}},
	"emptied":        {{Comment: 2001, Author: "node-fac", Changed: []Change{{Comment: 2001, Took: []string{`/commit v1.38 w3-4 80%`}}}}},
	"deleted":        {{Comment: 2001, Author: "node-fac", Changed: []Change{{Comment: 2001, Deleted: true, Took: []string{`/commit v1.38 w3-4 80%`}}}}},
	"several-comments": {
		{Comment: 2001, Author: "node-fac", Problems: []*slash.Problem{problem(work.AboveCap)}},
		{Comment: 2002, Author: "node-fac", Taken: 1, Problems: []*slash.Problem{problem(slash.CodeShape)}},
		{Comment: 2003, Author: "node-fac", Problems: []*slash.Problem{problem(work.Edited)}},
	},
	"thirty-lines": {
		{Comment: 2001, Author: "node-fac", Problems: slices.Repeat([]*slash.Problem{problem(work.AboveCap)}, 19)},
		{Comment: 2002, Author: "node-fac", Problems: slices.Repeat([]*slash.Problem{problem(work.NoSuchItem)}, 11)},
	},
}

func TestRepliesGolden(t *testing.T) {
	for name, rs := range replies {
		t.Run(name, func(t *testing.T) { golden(t, "refusal/"+name, site.Refusals(here, rs)) })
	}
}

// TestEveryCodeHasWords reads the codes out of the sources of the packages
// that refuse, so that a new one cannot be forgotten here.
func TestEveryCodeHasWords(t *testing.T) {
	codes := slices.Concat(
		constants(t, "../slash/problem.go", regexp.MustCompile(`(?m)^\s*Code\w+\s*=\s*"([^"]+)"`)),
		constants(t, "../plan/judge.go", regexp.MustCompile(`(?m)^\s*\w+\s*=\s*"([^"]+)"`)),
		constants(t, "../work/judge.go", regexp.MustCompile(`(?m)^\s*\w+\s*=\s*"([^"]+)"`)),
	)
	slices.Sort(codes)
	if d := cmp.Diff(codes, slices.Sorted(maps.Keys(reasons))); d != "" {
		t.Errorf("codes in the sources (-) and with words (+):\n%s", d)
	}
	if d := cmp.Diff(codes, slices.Sorted(maps.Keys(refusals))); d != "" {
		t.Errorf("codes in the sources (-) and with a golden file (+):\n%s", d)
	}
}

func TestEveryFindingHasWords(t *testing.T) {
	codes := constants(t, "../work/findings.go", regexp.MustCompile(`(?m)^\s*\w+\s+FindingCode = "([^"]+)"`))
	slices.Sort(codes)
	var have []string
	for code := range findingWords {
		have = append(have, string(code))
	}
	slices.Sort(have)
	if d := cmp.Diff(codes, have); d != "" {
		t.Errorf("findings in the sources (-) and with words (+):\n%s", d)
	}
	seen := map[work.FindingCode]bool{}
	for _, tell := range records {
		a := tell().Record().Assessment
		for _, f := range a.Findings {
			seen[f.Code] = true
		}
		for _, e := range a.Edges {
			for _, f := range e.Findings {
				seen[f.Code] = true
			}
		}
	}
	for _, code := range codes {
		if !seen[work.FindingCode(code)] {
			t.Errorf("finding %s is in no golden record", code)
		}
	}
}

// TestUnknownCodes holds that a code of a newer version still gives sentences.
func TestUnknownCodes(t *testing.T) {
	got := site.Refusals(here, []Refusal{{Comment: 1, Problems: []*slash.Problem{{
		Saw: "/commit w3-4", Code: "moon-phase", Word: "full", Allowed: []string{"new"}, Usage: commitUsage, Fix: "/commit",
	}}}})
	want := "One line of [your comment](https://github.com/kubernetes/enhancements/issues/4381#issuecomment-1) was not taken:\n" +
		"\n`/commit w3-4`: it was not taken (moon-phase) because of `full`. Allowed: `new`. The forms are `/commit [release] [sig] [weeks] [n]% [items]` and `/commit cancel [release] [weeks] [items]`. For example:\n```\n/commit\n```\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	p := &page{Site: site, detail: details[0], item: &work.Item{}}
	if got, want := p.point(work.Finding{Code: "moon-phase", Words: []string{"full"}}, nil).text, "Something does not fit: moon-phase, `full`."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func sortProblems(ps []*slash.Problem) {
	slices.SortFunc(ps, func(a, b *slash.Problem) int { return strings.Compare(a.Code, b.Code) })
}
