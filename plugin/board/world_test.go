package board

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

var (
	site      = render.Site{GitHub: "https://github.com", Commands: "https://steelthread.example/commands"}
	planIssue = work.Key{Org: "kubernetes", Repo: "sig-release", Number: 2950}
	secret    = work.Key{Org: "kubernetes", Repo: "security", Number: 77} // private, where it is there
)

const keps = "kubernetes/enhancements"

func kepKey(n int) work.Key { return work.Key{Org: "kubernetes", Repo: "enhancements", Number: n} }

func jan(s string) time.Time {
	t, err := time.Parse("2006-01-2 15:04", "2026-01-"+s)
	if err != nil {
		panic(err)
	}
	return t
}

func v138() cycle.Cycle {
	start := cycle.Day{Year: 2026, Month: time.January, Day: 12}
	return cycle.Cycle{Name: "v1.38", Start: start, End: start.AddDays(100), Increments: cycle.DefaultIncrements(start), Plan: planIssue.String()}
}

// world is a plan with its items, with what was said on them. It is a Source.
type world struct {
	log     custody.Log
	posted  []plan.Posted
	stories map[work.Key]*story
	keys    []work.Key
	now     time.Time
	comment int64
	leaky   bool // private targets are given as they are, as if nobody had looked

	demos      []Demo
	noDemo     []work.Key
	exceptions []ItemException
	people     []string // everybody who has spoken
	before     plan.Satisfaction
	closing    int64
}

type story struct {
	sig   string
	issue work.Issue
	log   custody.Log

	asks  []work.Ask // of the first receipts, as many as asked for them
	asked int
}

// askedFor gives the asks, folded once for the same receipts: every item looks at those of
// all others.
func (s *story) askedFor(k work.Key) []work.Ask {
	if n := len(s.log.Receipts); n != s.asked {
		s.asks, s.asked = work.Fold(k, s.log).Asks, n
	}
	return s.asks
}

func newWorld() *world {
	return &world{stories: map[work.Key]*story{}, comment: 2000, now: jan("15 10:00"), log: custody.Log{Identity: custody.Identity{Cycle: "v1.38"}}}
}

func (w *world) add(k work.Key, sig, title string) *story {
	s := &story{sig: sig, log: custody.Log{Identity: custody.Identity{Cycle: "v1.38"}},
		issue: work.Issue{Key: k, Title: title, Author: "author", Assignees: []string{"author"}, Milestone: "v1.38", Labels: []string{"sig/" + sig, "lead-opted-in"}}}
	w.keys = append(w.keys, k)
	w.stories[k] = s
	return s
}

// says adds a comment. The login tells the role: "node-fac", "lead", "pm", "arch-lead". A
// line may begin with the number that it was given: "B1 /block ...".
func (w *world) says(on work.Key, login, when string, lines ...string) {
	w.comment++
	role, sig := roles.Author, ""
	switch name, fac := strings.CutSuffix(login, "-fac"); {
	case fac:
		role, sig = roles.Facilitator, name
	case login == "lead":
		role = roles.ReleaseLead
	case login == "pm":
		role = roles.PM
	case login == "arch-lead":
		role, sig = roles.Programme, "architecture"
	}
	if !slices.Contains(w.people, login) {
		w.people = append(w.people, login)
	}
	r := custody.Receipt{Comment: w.comment, Author: int64(1 + slices.Index(w.people, login)), Login: login, Said: jan(when)}
	for n, l := range lines {
		id, command := "", l
		if l[0] != '/' {
			id, command, _ = strings.Cut(l, " ")
		}
		r.Lines = append(r.Lines, custody.Line{N: n + 1, Command: command, Role: string(role), SIG: sig, Source: "OWNERS_ALIASES at 3f2a91c", ID: id})
	}
	if on == planIssue {
		w.log.Receipts = append(w.log.Receipts, r)
		return
	}
	w.stories[on].log.Receipts = append(w.stories[on].log.Receipts, r)
}

func (w *world) facts(k work.Key) (*work.Item, work.Facts) {
	s := w.stories[k]
	item := work.Fold(k, s.log)
	catalogue := kep.NewCatalogue(keps, "3f2a91c", w.catalogue())
	f := work.Facts{Now: w.now, Cycle: v138(), Issue: s.issue, KEPs: work.Catalogues{keps: catalogue}, KEPRepo: keps, Targets: map[work.Key]work.Target{}, OptedIn: true}
	for _, ask := range item.Asks {
		if t := w.stories[ask.Target]; t != nil && (w.leaky || !t.issue.Private) {
			f.Targets[ask.Target] = work.Target{Readable: true, Issue: t.issue, Item: work.Fold(ask.Target, t.log), SIG: t.sig}
		}
	}
	if w.leaky && k == kepKey(1287) {
		f.SameKEP, f.Loop = []work.Key{secret}, []work.Key{k, secret, k}
	}
	for _, other := range w.keys {
		for _, ask := range w.stories[other].askedFor(other) {
			if ask.Target == k {
				f.Asked = append(f.Asked, other)
			}
		}
	}
	return item, f
}

func (w *world) catalogue() []kep.KEP {
	var all []kep.KEP
	for _, k := range w.keys {
		if s := w.stories[k]; k.Repository() == keps {
			all = append(all, kep.KEP{Ref: kep.Ref{Repo: keps, Number: k.Number}, Path: fmt.Sprintf("keps/sig-%s/%d-x/kep.yaml", s.sig, k.Number),
				Title: s.issue.Title, SIG: s.sig, Status: "implementable", Stage: "beta", LatestMilestone: "v1.38"})
		}
	}
	return all
}

func (w *world) items() []plan.Item {
	var out []plan.Item
	for _, k := range w.keys {
		out = append(out, plan.Item{Key: k, Assessment: work.Assess(w.facts(k)), Receipts: w.stories[k].log.Receipts, OptedIn: true})
	}
	return out
}

func (w *world) planFacts() plan.Facts {
	return plan.Facts{Now: w.now, Cycle: v138(), Items: w.items(), Programme: []string{"architecture"},
		Holders: func(role roles.Role, of string, _ time.Time) ([]string, bool, bool) {
			switch role {
			case roles.PM:
				return []string{"pm"}, false, true
			case roles.Programme:
				return []string{"arch-lead"}, false, true
			}
			return []string{of + "-fac"}, of == "storage", true
		}}
}

// until lets time pass: what is due is posted.
func (w *world) until(when string) {
	w.now = jan(when)
	for range 5 {
		for _, d := range plan.DueNow(plan.Fold(w.log), w.posted, w.planFacts()) {
			if d.Decision != nil {
				w.comment++
				w.posted = append(w.posted, plan.Posted{Comment: w.comment, At: w.now, Decision: d.Decision})
				break
			}
		}
	}
}

// Plans implements Source.
func (w *world) Plans() []Plan {
	state, items := plan.Fold(w.log), w.items()
	a := plan.Assess(state, w.posted, w.planFacts())
	var approved map[work.Key]bool
	for k := range a.Approval.Items {
		if approved == nil {
			approved = map[work.Key]bool{}
		}
		approved[k] = true
	}
	survey := plan.SatisfactionOf("v1.38", state.Survey)
	facilitators := map[string][]string{}
	for _, sig := range survey.SIGs {
		if sig.SIG != "" {
			facilitators[sig.SIG] = []string{sig.SIG + "-fac", sig.SIG + "-two"}
		}
	}
	loose := []custody.Merge{{Repo: "kubernetes/kubernetes", Number: 131002, Title: "Pods everywhere", KEP: keps + "#4816", Verdict: custody.VerdictUnplanned}}
	return []Plan{{Key: planIssue, Title: "Plan for v1.38", Record: 1999, Cycle: v138(), Assessment: a, Items: items, Order: state.Backlogs(),
		Draft: plan.DraftOf(plan.DraftFacts{Cycle: "v1.38", Items: items, Approved: approved, Merges: loose}), Demos: w.demos, NoDemo: w.noDemo,
		Exceptions: w.exceptions, Survey: survey, Trend: plan.TrendOf(w.before, survey), Facilitators: facilitators, Closing: w.closing, Read: w.now}}
}

// Item implements Source.
func (w *world) Item(k work.Key) (Item, bool) {
	s := w.stories[k]
	if s == nil {
		return Item{}, false
	}
	record := render.Record{Assessment: work.Assess(w.facts(k)), Cycle: v138(), Facilitators: []string{s.sig + "-fac"},
		Owners: map[string][]string{"node": {"node-fac"}, "storage": {"storage-fac"}}}
	for _, said := range work.Lines(s.log) {
		record.History = append(record.History, render.Line{Said: said})
	}
	return Item{Issue: s.issue, Views: []View{{Record: record, Comment: 1998}}, Read: w.now}, true
}

// frozen is a source that computes nothing, for benchmarks.
type frozen struct {
	plans []Plan
	items map[work.Key]Item
}

func freeze(w *world) frozen {
	f := frozen{plans: w.Plans(), items: map[work.Key]Item{}}
	for _, k := range w.keys {
		f.items[k], _ = w.Item(k)
	}
	return f
}

func (f frozen) Plans() []Plan { return f.plans }

func (f frozen) Item(k work.Key) (Item, bool) { i, ok := f.items[k]; return i, ok }

// threeSIGs is a believable plan: node, network and storage with twelve items.
func threeSIGs() *world {
	w := newWorld()
	for _, i := range []struct {
		n          int
		sig, title string
		commit     string
		ready      bool
	}{
		{4381, "node", "DRA: structured parameters", "/commit v1.38 w1-2 100%;/commit v1.38 w3-4 70%", true},
		{1287, "node", "In-place update of pod resources", "/commit v1.38 w1-2 100%", true},
		{4033, "node", "Discover cgroup driver from CRI", "/commit v1.38 w5-6 60%", true},
		{2400, "node", "Node memory swap support", "/commit v1.38 w7-8 40%", false},
		{5067, "node", "Pod generation in status", "", false},
		{2433, "network", "Topology aware routing", "/commit v1.38 w3-4 80%", true},
		{4444, "network", "Traffic distribution for Services", "/commit v1.38 w1-2 100%", true},
		{3866, "network", "nftables kube-proxy backend", "/commit v1.38 w5-6 50%", true},
		{1790, "storage", "Recovering from resize failures", "/commit v1.38 w1-2 90%", true},
		{3751, "storage", "VolumeAttributesClass", "/commit v1.38 w3-4 60%", true},
		{3314, "storage", "CSI changed block tracking", "/commit v1.38 w7-8 30%", false},
		{4049, "storage", "Storage capacity scoring of nodes", "/commit v1.38 w5-6 60%", true},
	} {
		k := kepKey(i.n)
		s := w.add(k, i.sig, i.title)
		if i.n == 4381 {
			s.issue.Body = "One-line enhancement description (can be used as a release note): Devices can be asked for with `structured parameters`.\n\n- [ ] API types\n- [ ] Scheduler plugin\n"
		}
		if i.commit != "" {
			w.says(k, i.sig+"-fac", "9 14:02", strings.Split(i.commit, ";")...)
		}
		if i.ready {
			w.says(k, i.sig+"-fac", "13 09:30", "/readout ready v1.38")
		}
	}
	w.says(kepKey(4049), "storage-fac", "10 10:00", "/depends-on v1.38 kubernetes/enhancements#4381 by w3-4 resource claims")
	w.says(kepKey(4381), "node-fac", "10 15:00", "/provide v1.38 kubernetes/enhancements#4049 w3-4")
	w.says(kepKey(2433), "network-fac", "10 10:00", "/depends-on v1.38 kubernetes/enhancements#1287 by w1-2")
	w.says(kepKey(3866), "network-fac", "10 11:00", "/depends-on v1.38 kubernetes/enhancements#3751 by w3-4 mount options")
	w.says(kepKey(3751), "storage-fac", "12 11:00", "/provide kubernetes/enhancements#3866 decline v1.38 no reviewers before March")
	w.says(kepKey(4033), "arch-lead", "14 10:00", "B1 /block v1.38 which runtimes report it is not settled")
	w.says(kepKey(3751), "network-fac", "12 10:00", "Q1 /question v1.38 does this change the CSI driver API?", "R1 /risk v1.38 the only reviewer is away in weeks 3-4")
	w.says(kepKey(3751), "storage-fac", "13 10:00", "/resolve R1 owned storage-fac v1.38 a second reviewer by 30 January")
	w.says(planIssue, "node-fac", "13 12:00", "/plan order node kubernetes/enhancements#1287,kubernetes/enhancements#4381,kubernetes/enhancements#4033")
	return w
}

func votesOpen() *world {
	w := threeSIGs()
	w.says(planIssue, "lead", "16 14:00", "/plan vote open until 2026-01-22 AoE")
	w.until("16 14:02")
	w.says(planIssue, "node-fac", "16 16:00", "/vote 4")
	w.says(planIssue, "network-fac", "17 09:00", "/vote 2 the EndpointSlice work depends on node's weeks 3-4 at 70 %")
	w.until("18 10:00")
	return w
}

func approvedPlan() *world {
	w := votesOpen()
	for _, login := range []string{"network-fac", "storage-fac", "pm", "arch-lead"} {
		w.says(planIssue, login, "20 16:00", "/vote 4")
	}
	w.until("23 12:02")
	w.says(kepKey(2433), "network-fac", "23 15:00", "/commit v1.38 w5-6 50%")
	w.says(planIssue, "lead", "24 10:00", "/plan prune")
	w.until("24 10:02")
	return w
}
