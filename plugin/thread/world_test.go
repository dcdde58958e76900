package thread

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

const (
	keps    = "kubernetes/enhancements"
	aliases = keps + ":OWNERS_ALIASES"
)

var here = key("kubernetes/kubernetes#200")

func key(s string) work.Key {
	k, err := slash.ParseKey(s)
	if err != nil {
		panic(err)
	}
	return k
}

// at8 is a time in January 2027: "9 14:02".
func at8(t string) time.Time {
	parsed, err := time.Parse("2006-01 2 15:04", "2027-01 "+t)
	if err != nil {
		panic(err)
	}
	return parsed
}

const people = `aliases:
  sig-node-facilitators: [node-fac, two-hats]
  sig-node-leads: [node-lead]
  sig-scheduling-facilitators: [sched-fac, two-hats]
  sig-network-leads: [net-lead]
`

func book() *roles.Book {
	alias := func(name string) roles.Source { return roles.Source{File: aliases, Alias: name} }
	return &roles.Book{
		Sources: roles.Sources{SIGs: []string{"node", "scheduling", "network"}, Default: map[roles.Role]roles.Source{
			roles.Facilitator: alias("sig-{sig}-facilitators"), roles.Lead: alias("sig-{sig}-leads"),
		}},
		Files: map[string]roles.History{aliases: {roles.NewVersion("3f2a91c0", at8("1 00:00"), []byte(people))}},
	}
}

// cast is everybody in these tests; member has no role but is of the organisation.
var cast = []string{"dev", "helper", "node-fac", "two-hats", "node-lead", "sched-fac", "net-lead", "member", "stranger"}

type change = func(*Context)

// world gives a context in which login speaks on a pull request of dev's on 12 January 2027.
func world(login string, changes ...change) *Context {
	c := &Context{Context: &work.Context{
		Issue: work.Issue{Key: here, Title: "Add a pool", Author: "dev", Assignees: []string{"helper"}, Pull: true},
		Said:  at8("12 10:00"), Author: 1, Login: login, Calendar: cycle.Calendar{v138()}, Roles: book(), KEPs: catalogues(),
		KEPRepo: keps, Repos: []string{keps, "kubernetes/kubernetes"},
	}}
	if login == "member" {
		c.Member = roles.Yes
	}
	for _, f := range changes {
		f(c)
	}
	return c
}

func labelled(labels ...string) change { return func(c *Context) { c.Issue.Labels = labels } }

// lost takes the aliases file away: it could not be read.
func lost(c *Context) { delete(c.Roles.Files, aliases) }

func v138() cycle.Cycle {
	start := cycle.Day{Year: 2027, Month: time.January, Day: 11}
	return cycle.Cycle{Name: "v1.38", Start: start, End: start.AddDays(100), Increments: cycle.DefaultIncrements(start)}
}

func v139() cycle.Cycle {
	start := cycle.Day{Year: 2027, Month: time.March, Day: 22}
	return cycle.Cycle{Name: "v1.39", Start: start, End: start.AddDays(100), Increments: cycle.DefaultIncrements(start)}
}

func catalogues() work.Catalogues {
	one := func(repo string, number int, sig, status, stage, latest string) kep.KEP {
		return kep.KEP{Ref: kep.Ref{Repo: repo, Number: number}, Path: "keps/sig-" + sig + "/kep.yaml", Title: "Title of it", SIG: sig,
			Status: status, Stage: stage, LatestMilestone: latest, Milestones: map[string]string{stage: latest}}
	}
	return work.Catalogues{
		keps: kep.NewCatalogue(keps, "", []kep.KEP{
			one(keps, 4381, "node", "implementable", "beta", "v1.38"), one(keps, 5000, "network", "provisional", "alpha", "v1.38"),
			one(keps, 3063, "node", "implementable", "alpha", "v1.30"),
		}),
		"kubernetes-sigs/kueue": kep.NewCatalogue("kubernetes-sigs/kueue", "", []kep.KEP{one("kubernetes-sigs/kueue", 693, "scheduling", "implementable", "beta", "v1.38")}),
	}
}

func ref(n int) kep.Ref { return kep.Ref{Repo: keps, Number: n} }

// pullOf is a pull request with a title and a description.
func pullOf(title, body string) Pull {
	return Pull{Issue: work.Issue{Key: here, Title: title, Body: body, Author: "dev", Pull: true}, Base: "master", DefaultBranch: "master", Head: "pool"}
}

// says makes accepted lines out of "login: line", one comment each. They are judged.
func says(t testing.TB, p Pull, lines ...string) []work.Said {
	t.Helper()
	var out []work.Said
	for n, text := range lines {
		login, command, _ := strings.Cut(text, ": ")
		line, _ := slash.LineOf(command)
		a, problem := Judge(world(login, func(c *Context) { c.Issue = p.Issue }), line)
		if problem != nil {
			t.Fatalf("%s is refused: %+v", text, *problem)
		}
		a.Said.Comment, a.Said.At = int64(n+1), at8("12 10:00").Add(time.Duration(n)*time.Minute)
		out = append(out, a.Said)
	}
	return out
}

// facts is a world in which everything is known: issue 12 and 13 are work items, 77 is a plain bug, 666 is gone.
func facts() Facts {
	cycles := func(c CycleFact) map[string]CycleFact { return map[string]CycleFact{"v1.38": c} }
	item := func(k string, r kep.Ref, c CycleFact) ItemFact {
		return ItemFact{Readable: true, Issue: work.Issue{Key: key(k)}, KEP: r, Tracked: r.Number > 0, Cycles: cycles(c)}
	}
	f := Facts{
		Now: at8("12 12:00"), Calendar: cycle.Calendar{v138()}, Mode: Block, KEPs: catalogues(),
		Items: map[work.Key]ItemFact{
			key("kubernetes/kubernetes#12"):     item("kubernetes/kubernetes#12", ref(4381), CycleFact{Committed: true, Approved: true}),
			key("kubernetes/kubernetes#13"):     item("kubernetes/kubernetes#13", ref(5000), CycleFact{Committed: true}),
			key("kubernetes/kubernetes#14"):     item("kubernetes/kubernetes#14", ref(9999), CycleFact{}),
			key("kubernetes/kubernetes#77"):     item("kubernetes/kubernetes#77", kep.Ref{}, CycleFact{}),
			key("kubernetes/kubernetes#78"):     {Readable: true, Issue: work.Issue{Key: key("kubernetes/kubernetes#78"), Pull: true}},
			key("kubernetes/kubernetes#666"):    {},
			key("kubernetes/enhancements#4381"): item("kubernetes/enhancements#4381", ref(4381), CycleFact{}),
			key("kubernetes/enhancements#5000"): item("kubernetes/enhancements#5000", ref(5000), CycleFact{}),
			key("kubernetes/enhancements#3063"): item("kubernetes/enhancements#3063", ref(3063), CycleFact{Exception: true}),
			key("kubernetes-sigs/kueue#693"):    item("kubernetes-sigs/kueue#693", kep.Ref{Repo: "kubernetes-sigs/kueue", Number: 693}, CycleFact{}),
			key("kubernetes-sigs/kueue#8000"):   item("kubernetes-sigs/kueue#8000", kep.Ref{Repo: "kubernetes-sigs/kueue", Number: 8000}, CycleFact{}),
			key("kubernetes-sigs/kueue#8001"):   item("kubernetes-sigs/kueue#8001", kep.Ref{Repo: "kubernetes-sigs/kueue", Number: 693}, CycleFact{Committed: true}),
		},
		KEPPulls: map[work.Key]kep.Ref{key("kubernetes/enhancements#5021"): ref(4381), key("kubernetes/enhancements#5022"): {}},
	}
	f.ItemsOf = func(r kep.Ref) ([]work.Key, bool) {
		switch r.Number {
		case 4381:
			return []work.Key{key("kubernetes/enhancements#4381"), key("kubernetes/kubernetes#12")}, true
		case 5000:
			return []work.Key{key("kubernetes/enhancements#5000"), key("kubernetes/kubernetes#13")}, true
		case 3063:
			return []work.Key{key("kubernetes/enhancements#3063")}, true
		}
		return nil, true
	}
	return f
}

// assess folds and assesses.
func assess(t testing.TB, p Pull, f Facts, lines ...string) Assessment {
	t.Helper()
	return Assess(Fold(p, keps, says(t, p, lines...)), f)
}
