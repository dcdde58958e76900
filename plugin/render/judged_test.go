package render

import (
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// judgedLines are refused by package work for one reason or another.
var judgedLines = []string{
	"/commit w5-6 90% 3", "/commit w2-5", "/commit w3-4 9", "/commit w1-2 120%", "/commit v1.30", "/commit w3-4 now",
	"/depends-on by w3-4", "/provide", "/resolve Q7", "/progress fine", "/readout maybe", "/kep node", "/risk",
	"/resolve R1 owned", "/block", "/demo it runs", "/demo https://me:secret@youtu.be/abc", "/demo https://youtu.be/" + strings.Repeat("x", 300),
	"/exception request test 5d late\nwhy: the review", "/exception 61d", "/exception support", "/exception code",
}

// TestRefusalsAsJudged words Problems as the packages that refuse make them,
// and holds that each line to paste is accepted.
func TestRefusalsAsJudged(t *testing.T) {
	s := nothingMissing()
	s.says("node-lead", "10 10:00", "R1 /risk v1.38 the only API reviewer is away")
	book := &roles.Book{Sources: roles.Sources{SIGs: []string{"node"}, Default: map[roles.Role]roles.Source{
		roles.Facilitator: {Logins: []string{"node-fac"}}, roles.Lead: {Logins: []string{"node-lead"}},
		roles.ReleaseLead: {Logins: []string{"lead"}}, roles.PM: {Logins: []string{"pm"}},
	}}}
	context := func(login string) *work.Context {
		return &work.Context{
			Issue: s.facts.Issue, Said: at("12 10:00"), Author: 1, Login: login, Calendar: cycle.Calendar{v138()}, Roles: book,
			KEPs: s.facts.KEPs, KEPRepo: keps, Items: map[string]*work.Item{"v1.38": s.item(here)}, Member: roles.Yes,
		}
	}
	var problems []*slash.Problem
	for n, text := range judgedLines {
		line, ok := slash.LineOf(text)
		if !ok {
			t.Fatal(text)
		}
		line.N = n + 1
		_, p := work.Judge(context("node-fac"), line)
		if p == nil {
			t.Errorf("%s is accepted", text)
			continue
		}
		problems = append(problems, p)
		paste, ok := slash.LineOf(p.Fix)
		if !ok {
			continue // nothing that could be pasted
		}
		if _, again := work.Judge(context("node-fac"), paste); again != nil {
			t.Errorf("%s: the line to paste, %s, is refused: %s", text, p.Fix, again.Code)
		}
	}
	half := len(problems) / 2 // one reply explains twenty
	first := site.Refusals(here, []Refusal{{Comment: 2001, Author: "node-fac", Problems: problems[:half]}})
	rest := site.Refusals(here, []Refusal{{Comment: 2001, Author: "node-fac", Problems: problems[half:]}})
	golden(t, "refusal/as-judged", first)
	golden(t, "refusal/as-judged-more", rest)
	got := first + rest
	if n := strings.Count(got, "\n`/"); n < len(judgedLines) {
		t.Errorf("%d lines explained, want %d", n, len(judgedLines))
	}
}
