package work

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

const (
	kepRepo = "kubernetes/enhancements"
	aliases = kepRepo + ":OWNERS_ALIASES"
)

var (
	here  = Key{Org: "kubernetes", Repo: "enhancements", Number: 4381}
	code  = Key{Org: "kubernetes", Repo: "kubernetes", Number: 130512}
	third = Key{Org: "kubernetes", Repo: "kubernetes", Number: 131000}
)

// at is a time in January 2027: "9 14:02".
func at(t string) time.Time {
	parsed, err := time.Parse("2006-01 2 15:04", "2027-01 "+t)
	if err != nil {
		panic(err)
	}
	return parsed
}

// planned is a release of four increments of two weeks from 2027-01-11 on, or
// from as many weeks later.
func planned(name string, weeksLater int) cycle.Cycle {
	start := cycle.Day{Year: 2027, Month: time.January, Day: 11}.AddDays(7 * weeksLater)
	return cycle.Cycle{Name: name, Start: start, End: start.AddDays(100), Increments: cycle.DefaultIncrements(start), Freezes: []cycle.Freeze{
		{Name: "enhancements", Date: start.AddDays(-3), AoE: true, Window: 7},
		{Name: "code", Date: start.AddDays(56), AoE: true, Window: 3},
		{Name: "docs", Date: start.AddDays(70), AoE: true},
	}}
}

func v138() cycle.Cycle { return planned("v1.38", 0) }

// people are who holds which role in these tests.
const people = `aliases:
  sig-node-facilitators: [node-fac, two-hats]
  sig-node-leads: [node-lead]
  sig-scheduling-facilitators: [sched-fac, two-hats]
  sig-scheduling-leads: [sched-lead]
  sig-network-leads: [net-lead]
  sig-storage-leads: [store-lead]
  release-leads: [rel-lead]
`

var peopleThen = roles.NewVersion("3f2a91c0", at("1 00:00"), []byte(people))

func book() *roles.Book {
	alias := func(name string) roles.Source { return roles.Source{File: aliases, Alias: name} }
	return &roles.Book{
		Sources: roles.Sources{
			SIGs: []string{"node", "scheduling", "network", "storage"},
			Default: map[roles.Role]roles.Source{
				roles.Facilitator: alias("sig-{sig}-facilitators"), roles.Lead: alias("sig-{sig}-leads"),
				roles.ReleaseLead: alias("release-leads"), roles.PM: {Logins: []string{"pm"}},
			},
			Programme: map[string]roles.Source{"architecture": {Team: "kubernetes/architecture"}},
		},
		Files: map[string]roles.History{aliases: {peopleThen}},
		Teams: map[string]roles.TeamMembers{"kubernetes/architecture": roles.NewTeamMembers([]string{"arch-lead"})},
	}
}

const checklist = "### Work\n- [ ] API types\n- [ ] Scheduler plugin\n- [x] e2e tests\n"

// ids are the accounts of the people by login.
var ids = map[string]int64{}

func idOf(login string) int64 {
	if ids[login] == 0 {
		ids[login] = int64(1001 + len(ids))
	}
	return ids[login]
}

// world gives a context in which login speaks about KEP 4381 of sig-node on
// 12 January 2027. change may make the world another one.
func world(login string, change ...func(*Context)) *Context {
	c := &Context{
		Issue: Issue{
			Key: here, ID: 1, Title: "DRA: structured parameters", Body: checklist, Author: "dev", Assignees: []string{"helper"},
			Labels: []string{"sig/node", "stage/beta"},
		},
		Said: at("12 10:00"), Author: idOf(login), Login: login, Calendar: cycle.Calendar{v138()}, Roles: book(),
		KEPs:    Catalogues{kepRepo: kep.NewCatalogue(kepRepo, "", []kep.KEP{nodeKEP()})},
		KEPRepo: kepRepo, Items: map[string]*Item{}, Repos: []string{kepRepo, "kubernetes/kubernetes"},
	}
	if login != "stranger" {
		c.Member = roles.Yes
	}
	for _, f := range change {
		f(c)
	}
	return c
}

func nodeKEP() kep.KEP {
	return kep.KEP{
		Ref: kep.Ref{Repo: kepRepo, Number: 4381}, Path: "keps/sig-node/4381-dra/kep.yaml", Title: "DRA structured parameters",
		SIG: "node", Participating: []string{"network"}, Status: "implementable", Stage: "beta", LatestMilestone: "v1.38",
	}
}

// The ways in which a world may be another one.

// elsewhere puts the issue into kubernetes/kubernetes: no KEP, no SIG label.
func elsewhere(c *Context) {
	c.Issue.Key, c.Issue.Labels = code, nil
}

func labels(names ...string) func(*Context) { return func(c *Context) { c.Issue.Labels = names } }

func said(when string) func(*Context) { return func(c *Context) { c.Said = at(when) } }

func milestone(title string) func(*Context) { return func(c *Context) { c.Issue.Milestone = title } }

func pull(c *Context) { c.Issue.Pull = true }

func calendar(cycles ...cycle.Cycle) func(*Context) { return func(c *Context) { c.Calendar = cycles } }

func affected(sigs ...string) func(*Context) { return func(c *Context) { c.Affected = sigs } }

// speechless takes the teams away: nothing is known of them, nor of who is a member.
func speechless(c *Context) {
	c.Member = roles.Unknown
	c.Roles.Teams["kubernetes/architecture"] = roles.TeamMembers{Unknown: true}
}

// lost takes the aliases file away: it could not be read.
func lost(c *Context) { delete(c.Roles.Files, aliases) }

// before folds canonical lines into the item of v1.38, each said by
// somebody ("node-fac facilitator node: B1 /block v1.38 no").
func before(lines ...string) func(*Context) {
	return func(c *Context) {
		item := &Item{Key: c.Issue.Key, Cycle: "v1.38"}
		for n, text := range lines {
			who, line, ok := strings.Cut(text, ": ")
			if !ok {
				panic("who says " + text)
			}
			parts := append(strings.Fields(who), "", "")
			id, command, _ := strings.Cut(line, " ")
			if strings.HasPrefix(line, "/") {
				id, command = "", line
			}
			accepted := item.Accepted
			item.apply(Said{Comment: int64(n + 1), At: at("11 10:00"), Author: idOf(parts[0]), Login: parts[0],
				Role: parts[1], SIG: parts[2], ID: id, Command: command})
			if item.Accepted == accepted {
				panic("is not canonical: " + command)
			}
		}
		c.Items["v1.38"] = item
	}
}

// noted has a question, two blocks and a risk.
var noted = before(
	"sched-fac facilitator scheduling: Q1 /question v1.38 who reviews?",
	"sched-fac facilitator scheduling: B1 /block v1.38 needs review",
	"sched-lead lead scheduling: R1 /risk v1.38 one reviewer",
	"arch-lead programme architecture: B2 /block v1.38 no",
	"sched-fac facilitator scheduling: B3 /block v1.38 away",
	"sched-fac facilitator scheduling: /resolve B3 v1.38 back",
	"dev author: /exception request v1.38 code 5d the API review took longer",
)

// judged judges one line.
func judged(t *testing.T, c *Context, text string) (Verdict, *slash.Problem) {
	t.Helper()
	line, ok := slash.LineOf(text)
	if !ok {
		t.Fatalf("%q is no command line", text)
	}
	line.N = 1
	return Judge(c, line)
}

// rewritten is the aliases file with a new text from the day after the notes
// were raised.
func rewritten(text string) roles.History {
	return roles.History{
		peopleThen,
		roles.NewVersion("77aa0011", at("12 00:00"), []byte(text)),
	}
}

func codeOf(p *slash.Problem) string {
	if p == nil {
		return ""
	}
	return p.Code
}
