package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

var planIssue = slash.Key{Org: "kubernetes", Repo: "sig-release", Number: 2950}

func kepKey(n int) slash.Key { return slash.Key{Org: "kubernetes", Repo: "enhancements", Number: n} }

// planWorld is a plan issue and its items, with what was said on them.
type planWorld struct {
	log     custody.Log
	posted  []plan.Posted
	stories map[slash.Key]*planStory
	keys    []slash.Key
	now     time.Time
	comment int64
	people  []string            // everybody who has spoken
	holders map[string][]string // by seat name
}

type planStory struct {
	sig   string
	issue work.Issue
	log   custody.Log
	opted bool
}

var planRoles = map[string]struct {
	role roles.Role
	sig  string
}{
	"node-fac": {roles.Facilitator, "node"}, "net-fac": {roles.Facilitator, "network"}, "storage-fac": {roles.Facilitator, "storage"},
	"lead": {roles.ReleaseLead, ""}, "pm": {roles.PM, ""}, "arch-lead": {roles.Programme, "architecture"}, "author": {roles.Author, ""},
}

func newPlanWorld() *planWorld {
	return &planWorld{stories: map[slash.Key]*planStory{}, comment: 2000, log: custody.Log{Identity: custody.Identity{Cycle: "v1.38"}},
		holders: map[string][]string{"sig-node": {"node-fac", "node-two"}, "sig-network": {"net-fac"}, "sig-storage": {"storage-fac"},
			"product-management": {"pm"}, "programme/architecture": {"arch-lead"}}}
}

func planCycle() cycle.Cycle {
	c := v138()
	c.Plan = planIssue.String()
	c.Freezes = []cycle.Freeze{{Name: "code", Date: cycle.Day{Year: 2026, Month: time.March, Day: 6}, AoE: true}}
	return c
}

// item adds an item of a SIG, opted in.
func (w *planWorld) item(n int, sig, title string) slash.Key {
	k := kepKey(n)
	w.keys = append(w.keys, k)
	w.stories[k] = &planStory{sig: sig, opted: true, log: custody.Log{Identity: custody.Identity{Cycle: "v1.38"}},
		issue: work.Issue{Key: k, Title: title, Author: "author", Assignees: []string{"author"}, Milestone: "v1.38", Labels: []string{"sig/" + sig, "lead-opted-in"}}}
	return k
}

// says adds a comment on an item or on the plan. A line may begin with the number
// that it was given: "B1 /block ...".
func (w *planWorld) says(on slash.Key, login, when string, lines ...string) int64 {
	w.comment++
	who := planRoles[login]
	if sig, ok := strings.CutPrefix(login, "fac-"); ok {
		who.role, who.sig = roles.Facilitator, sig
	}
	if !slices.Contains(w.people, login) {
		w.people = append(w.people, login)
	}
	r := custody.Receipt{Comment: w.comment, Author: int64(1 + slices.Index(w.people, login)), Login: login, Said: at(when)}
	for n, l := range lines {
		id, command := "", l
		if l[0] != '/' {
			id, command, _ = strings.Cut(l, " ")
		}
		r.Lines = append(r.Lines, custody.Line{N: n + 1, Command: command, Role: string(who.role), SIG: who.sig, Source: "OWNERS_ALIASES at 3f2a91c", ID: id})
	}
	log := &w.log
	if on != planIssue {
		log = &w.stories[on].log
	}
	log.Receipts = append(log.Receipts, r)
	return w.comment
}

// items assesses all items against each other.
func (w *planWorld) items() []plan.Item {
	folds := map[slash.Key]*work.Item{}
	var all []kep.KEP
	for k, s := range w.stories {
		folds[k] = work.Fold(k, s.log)
		all = append(all, kep.KEP{Ref: kep.Ref{Repo: keps, Number: k.Number}, Path: fmt.Sprintf("keps/sig-%s/%d-x/kep.yaml", s.sig, k.Number),
			Title: s.issue.Title, SIG: s.sig, Status: "implementable", Stage: "beta", LatestMilestone: "v1.38"})
	}
	catalogue := work.Catalogues{keps: kep.NewCatalogue(keps, "3f2a91c", all)}
	var out []plan.Item
	for _, k := range w.keys {
		s := w.stories[k]
		f := work.Facts{Now: w.now, Cycle: planCycle(), Issue: s.issue, KEPs: catalogue, KEPRepo: keps, Targets: map[work.Key]work.Target{}, OptedIn: s.opted}
		for _, ask := range folds[k].Asks {
			if t := w.stories[ask.Target]; t != nil {
				f.Targets[ask.Target] = work.Target{Readable: true, Issue: t.issue, Item: folds[ask.Target], SIG: t.sig}
			}
		}
		out = append(out, plan.Item{Key: k, Assessment: work.Assess(folds[k], f), Receipts: s.log.Receipts, OptedIn: s.opted})
	}
	return out
}

func (w *planWorld) facts() plan.Facts {
	return plan.Facts{Now: w.now, Cycle: planCycle(), Items: w.items(), Programme: []string{"architecture"},
		Holders: func(role roles.Role, of string, _ time.Time) ([]string, bool, bool) {
			name := "sig-" + of
			switch role {
			case roles.PM:
				name = "product-management"
			case roles.Programme:
				name = "programme/" + of
			}
			return w.holders[name], of == "storage", true
		}}
}

// until lets time pass: what is due is posted.
func (w *planWorld) until(when string) {
	w.now = at(when)
	for range 10 {
		posted := false
		for _, d := range plan.DueNow(plan.Fold(w.log), w.posted, w.facts()) {
			if d.Decision != nil {
				w.comment++
				w.posted = append(w.posted, plan.Posted{Comment: w.comment, At: w.now, Decision: d.Decision})
				posted = true
				break
			}
		}
		if !posted {
			return
		}
	}
}

func decisionOf[D plan.Decision](w *planWorld) D {
	var last D
	for _, p := range w.posted {
		if d, ok := p.Decision.(D); ok {
			last = d
		}
	}
	return last
}

func (w *planWorld) plan() Plan {
	state, items := plan.Fold(w.log), w.items()
	in := Plan{Key: planIssue, Assessment: plan.Assess(state, w.posted, w.facts()), Schedule: plan.ScheduleOf(planCycle(), items, state.Backlogs(), w.now),
		Graph: plan.GraphOf(items), Now: w.now, Notes: "https://steelthread.example/v1.38/notes"}
	for _, s := range work.Lines(w.log) {
		in.History = append(in.History, Line{Said: s})
	}
	now := plan.TallyOf(plan.Occasion{At: w.now}, plan.TallyFacts{Cycle: planCycle(), Items: items, Objections: len(in.Assessment.Standing())})
	in.Tally = &now
	return in
}

// threeSIGs is a believable plan: node, network and storage with twelve items.
func threeSIGs() *planWorld {
	w := newPlanWorld()
	for _, i := range []struct {
		n          int
		sig, title string
		commit     []string
		ready      bool
	}{
		{4381, "node", "DRA: structured parameters", []string{"/commit v1.38 w1-2 100%", "/commit v1.38 w3-4 70%"}, true},
		{1287, "node", "In-place update of pod resources", []string{"/commit v1.38 w1-2 100%"}, true},
		{4033, "node", "Discover cgroup driver from CRI", []string{"/commit v1.38 w5-6 60%"}, true},
		{2400, "node", "Node memory swap support", []string{"/commit v1.38 w7-8 40%"}, false},
		{5067, "node", "Pod generation in status", nil, false},
		{2433, "network", "Topology aware routing", []string{"/commit v1.38 w3-4 80%"}, true},
		{4444, "network", "Traffic distribution for Services", []string{"/commit v1.38 w1-2 100%"}, true},
		{3866, "network", "nftables kube-proxy backend", []string{"/commit v1.38 w5-6 50%"}, true},
		{1790, "storage", "Recovering from resize failures", []string{"/commit v1.38 w1-2 90%"}, true},
		{3751, "storage", "VolumeAttributesClass", []string{"/commit v1.38 w3-4 60%"}, true},
		{3314, "storage", "CSI changed block tracking", []string{"/commit v1.38 w7-8 30%"}, false},
		{4049, "storage", "Storage capacity scoring of nodes", []string{"/commit v1.38 w5-6 60%"}, true},
	} {
		k := w.item(i.n, i.sig, i.title)
		fac := map[string]string{"node": "node-fac", "network": "net-fac", "storage": "storage-fac"}[i.sig]
		if len(i.commit) > 0 {
			w.says(k, fac, "9 14:02", i.commit...)
		}
		if i.ready {
			w.says(k, fac, "13 09:30", "/readout ready v1.38")
		}
	}
	w.says(kepKey(4049), "storage-fac", "10 10:00", "/depends-on v1.38 kubernetes/enhancements#4381 by w3-4 resource claims")
	w.says(kepKey(4381), "node-fac", "10 15:00", "/provide v1.38 kubernetes/enhancements#4049 w3-4")
	w.says(kepKey(2433), "net-fac", "10 10:00", "/depends-on v1.38 kubernetes/enhancements#1287 by w1-2")
	w.says(kepKey(3866), "net-fac", "10 11:00", "/depends-on v1.38 kubernetes/enhancements#3751 by w3-4 mount options")
	w.says(kepKey(3751), "storage-fac", "12 11:00", "/provide kubernetes/enhancements#3866 decline v1.38 no reviewers before March")
	w.says(kepKey(4033), "arch-lead", "14 10:00", "B1 /block v1.38 which runtimes report it is not settled")
	w.says(kepKey(3751), "net-fac", "12 10:00", "Q1 /question v1.38 does this change the CSI driver API?", "R1 /risk v1.38 the only reviewer is away in weeks 3-4")
	w.says(kepKey(3751), "storage-fac", "13 10:00", "/resolve R1 owned storage-fac v1.38 a second reviewer by 30 January")
	w.says(planIssue, "node-fac", "13 12:00", "/plan order node kubernetes/enhancements#1287,kubernetes/enhancements#4381,kubernetes/enhancements#4033")
	w.now = at("15 10:00")
	return w
}

func votesOpen() *planWorld {
	w := threeSIGs()
	w.says(planIssue, "lead", "16 14:00", "/plan vote open until 2026-01-22 AoE")
	w.until("16 14:02")
	w.says(planIssue, "node-fac", "16 16:00", "/vote 4")
	w.says(planIssue, "net-fac", "17 09:00", "/vote 2 the EndpointSlice work depends on node's weeks 3-4 at 70 %")
	w.until("18 10:00")
	return w
}

func votesClosed() *planWorld {
	w := votesOpen()
	w.says(planIssue, "pm", "18 12:00", "/vote 5")
	w.says(planIssue, "lead", "19 14:00", "/plan vote close")
	w.until("19 14:02")
	return w
}

func approvedPlan() *planWorld {
	w := votesClosed()
	w.says(planIssue, "lead", "19 15:00", "/plan rework node's weeks 3-4 move to weeks 5-6")
	w.until("19 15:02")
	w.says(planIssue, "lead", "20 14:00", "/plan vote open until 2026-01-22 AoE")
	w.until("20 14:02")
	for _, v := range []string{"node-fac 4", "net-fac 3", "storage-fac 4", "pm 5", "arch-lead 3"} {
		login, value, _ := strings.Cut(v, " ")
		w.says(planIssue, login, "20 16:00", "/vote "+value)
	}
	w.until("23 12:02")
	w.says(kepKey(2433), "net-fac", "23 15:00", "/commit v1.38 w5-6 50%")
	w.says(planIssue, "lead", "24 10:00", "/plan prune")
	w.until("24 10:02")
	return w
}
