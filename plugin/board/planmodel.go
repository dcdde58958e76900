package board

import (
	"math"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// planDoc is a plan as its page and its JSON show it (package doc). Fields without a
// name in JSON are for the page alone.
type planDoc struct {
	Cycle      string         `json:"cycle"`
	Headline   string         `json:"headline"`
	AsOf       time.Time      `json:"asOf"`
	Issue      issueRef       `json:"issue"`
	Record     string         `json:"record,omitempty"`
	Report     string         `json:"report,omitempty"`
	Needs      []string       `json:"needs,omitempty"`
	NotFitting []string       `json:"notFitting,omitempty"`
	Counts     counts         `json:"counts"`
	Expected   estimate       `json:"expected"`
	Increments []increment    `json:"increments,omitempty"`
	Schedule   []laneDoc      `json:"schedule,omitempty"`
	Agenda     []backlog      `json:"agenda,omitempty"`
	Others     []backlog      `json:"others,omitempty"`
	Depends    []dependency   `json:"dependencies,omitempty"`
	Between    []between      `json:"betweenSIGs,omitempty"`
	Loops      [][]string     `json:"loops,omitempty"`
	Round      *roundDoc      `json:"round,omitempty"`
	Seats      []seatDoc      `json:"seats,omitempty"`
	Objections []objectionDoc `json:"objections,omitempty"`
	Approval   approvalDoc    `json:"approval"`
	Previews   []previewDoc   `json:"previews,omitempty"`
	Blocks     []noteDoc      `json:"blocks,omitempty"`
	Questions  []noteDoc      `json:"questions,omitempty"`
	Risks      []noteDoc      `json:"risks,omitempty"`

	Chart                  *chart   `json:"-"` // nil: nothing depends on anything
	NeedNodes, MisfitNodes [][]node `json:"-"`
	Called, Hold           int      `json:"-"` // items on the agenda; dependencies that hold
	Voted                  bool     `json:"-"` // there is a round whose votes can be shown
}

type counts struct {
	SIGs        int `json:"sigs"`
	Items       int `json:"items"`
	Ready       int `json:"ready"`
	Proposed    int `json:"proposed"`
	Blocked     int `json:"blocked"`
	Done        int `json:"done"`
	Dropped     int `json:"dropped"`
	Unscheduled int `json:"unscheduled"`
	Overdue     int `json:"overdue"`
}

type estimate struct {
	Mean   float64 `json:"mean"`
	Spread float64 `json:"spread"`
}

type increment struct {
	Name    string    `json:"name"`
	Title   string    `json:"title"`
	Start   cycle.Day `json:"start,omitzero"`
	End     cycle.Day `json:"end,omitzero"`
	Cap     int       `json:"cap,omitempty"`
	Percent int       `json:"percent,omitempty"` // of an item: its confidence
	Days    string    `json:"-"`
}

type laneDoc struct {
	SIG    string    `json:"sig"`
	Counts counts    `json:"counts"`
	Cells  []cellDoc `json:"cells"`
	Vote   *seatDoc  `json:"-"`
}

type cellDoc struct {
	Items int `json:"items"`
	Mean  int `json:"mean"`
}

type backlog struct {
	SIG   string    `json:"sig"`
	Items []itemRow `json:"items"`
}

// itemRow is one item on the agenda, or beside it.
type itemRow struct {
	Issue      issueRef    `json:"issue"`
	KEP        *issueRef   `json:"kep,omitempty"`
	Stage      string      `json:"stage,omitempty"`
	State      string      `json:"state"`
	Order      int         `json:"order,omitempty"`
	Held       bool        `json:"held,omitempty"`
	Approved   bool        `json:"approved,omitempty"`
	Increments []increment `json:"increments,omitempty"`
	Done       int         `json:"done,omitempty"`
	Checklist  int         `json:"checklist,omitempty"`
	Questions  []noteDoc   `json:"questions,omitempty"`
	Blocks     []noteDoc   `json:"blocks,omitempty"`

	Declined []dependency `json:"-"`
	KEPName  string       `json:"-"` // "KEP-4381"
	Open     bool         `json:"-"` // not done and not dropped
}

// planning writes one plan.
type planning struct {
	links
	Plan
	schedule plan.Schedule
	items    map[work.Key]plan.Item
	doc      planDoc
}

// planDoc takes a plan from which what is private was taken out.
func (l links) planDoc(p Plan) planDoc {
	w := planning{links: l, Plan: p, schedule: schedule(p), items: map[work.Key]plan.Item{}}
	for _, i := range p.Items {
		w.items[i.Key] = i
	}
	a := p.Assessment
	w.doc = planDoc{Cycle: p.Cycle.Name, Headline: headline(p), AsOf: p.Read.UTC(), Issue: l.issue(p.Key, p.Title), Record: l.comment(p.Key, p.Record), Report: l.comment(p.Key, p.Closing),
		Counts: countsOf(w.schedule.Count), Expected: estimate{tenth(w.schedule.Expected.Mean), tenth(w.schedule.Expected.Spread())},
		Voted: a.Phase != plan.PhaseNotOpened && a.Phase != plan.PhaseRework}
	record := parts(l.tree(l.Plan(p.record(w.schedule))))
	w.doc.NeedNodes, w.doc.MisfitNodes = record.Needs, record.Misfits
	w.doc.Needs, w.doc.NotFitting = texts(record.Needs), texts(record.Misfits)
	for _, i := range p.Cycle.Increments {
		w.doc.Increments = append(w.doc.Increments, incrementOf(i))
	}
	w.votes()
	w.lanes()
	w.dependencies()
	w.doc.Approval = w.approval()
	w.previews()
	w.doc.Blocks, w.doc.Questions, w.doc.Risks = w.raised(w.schedule.Blocks), w.raised(w.schedule.Questions), w.raised(w.schedule.Risks)
	return w.doc
}

func headline(p Plan) string {
	if p.Closing != 0 {
		return "Plan for " + p.Cycle.Name + ": closed, " + p.Assessment.Words()
	}
	return "Plan for " + p.Cycle.Name + ": " + p.Assessment.Words()
}

// tenth rounds to one decimal, which is all that a confidence is good for.
func tenth(f float64) float64 { return math.Round(f*10) / 10 }

func countsOf(c plan.Count) counts {
	return counts{Items: c.Items, Ready: c.Ready, Proposed: c.Proposed, Blocked: c.Blocked, Done: c.Done, Dropped: c.Dropped, Unscheduled: c.Unscheduled, Overdue: c.Overdue}
}

// sigs counts the SIGs that have items.
func sigs(s plan.Schedule) int {
	n := 0
	for _, lane := range s.Lanes {
		if lane.SIG != "" && lane.Count.Items > 0 {
			n++
		}
	}
	return n
}

// lanes writes the grid, the agenda, and what is not on it.
func (w *planning) lanes() {
	w.doc.Counts.SIGs = sigs(w.schedule)
	for _, lane := range w.schedule.Lanes {
		one := laneDoc{SIG: lane.SIG, Counts: countsOf(lane.Count), Cells: []cellDoc{}}
		for _, c := range lane.Cells {
			one.Cells = append(one.Cells, cellDoc{c.Items, c.Mean})
		}
		if lane.SIG != "" {
			one.Counts.SIGs = 1
			one.Vote = w.seatOf("sig-" + lane.SIG)
		}
		w.doc.Schedule = append(w.doc.Schedule, one)
		called, others := backlog{SIG: lane.SIG}, backlog{SIG: lane.SIG}
		for _, e := range lane.Backlog {
			row := w.row(e)
			if row.Open && e.Item.Assessment.Item != nil && !e.Item.Assessment.Item.Ready.IsZero() {
				called.Items = append(called.Items, row)
				w.doc.Called++
			} else {
				others.Items = append(others.Items, row)
			}
		}
		if len(called.Items) > 0 {
			w.doc.Agenda = append(w.doc.Agenda, called)
		}
		if len(others.Items) > 0 {
			w.doc.Others = append(w.doc.Others, others)
		}
	}
}

func (w *planning) seatOf(name string) *seatDoc {
	for n := range w.doc.Seats {
		if w.doc.Seats[n].Seat == name {
			return &w.doc.Seats[n]
		}
	}
	return nil
}

func (w *planning) row(e plan.Entry) itemRow {
	a := e.Item.Assessment
	r := itemRow{Issue: w.item(e.Item.Key, a.Issue.Title), KEP: w.kep(a.KEPRef), Order: e.Ordered, State: w.state(e),
		KEPName: a.KEPRef.Name(), Open: e.Place != plan.Delivered && e.Place != plan.GivenUp}
	if a.KEP != nil {
		r.Stage = short(a.KEP.Stage)
	}
	r.Approved = a.Plan.Approved || w.Assessment.Approval.Has(e.Item.Key)
	for _, s := range e.Slots {
		r.Increments = append(r.Increments, increment{Name: s.Increment.Name(), Title: s.Increment.Title(), Percent: s.Percent})
	}
	if a.Item == nil {
		return r
	}
	r.Held = !a.Item.Held.IsZero()
	list := work.Checklist(a.Issue.Body)
	r.Checklist, r.Done = len(list), a.Item.DoneOf(list)
	if !r.Open {
		return r
	}
	for _, note := range a.Item.OpenNotes(work.Question) {
		r.Questions = append(r.Questions, w.note(plan.Raised{Key: e.Item.Key, SIG: a.SIG, Note: note}))
	}
	for _, note := range a.Blocks {
		r.Blocks = append(r.Blocks, w.note(plan.Raised{Key: e.Item.Key, SIG: a.SIG, Note: note}))
	}
	for _, edge := range a.Declined() {
		r.Declined = append(r.Declined, w.dependency(plan.Dependency{From: e.Item.Key, SIG: a.SIG, Edge: edge}))
	}
	return r
}

// state says where an item stands, in one word or two; approvals are told beside it
// once there are any.
func (w *planning) state(e plan.Entry) string {
	text := string(e.Place)
	if w.Assessment.Approval.Round == 0 || e.Place == plan.GivenUp {
		return text
	}
	if !w.Assessment.Approval.Has(e.Item.Key) {
		return text + ", not approved"
	}
	text += ", approved"
	for _, c := range w.Assessment.Changed {
		switch {
		case c.Key != e.Item.Key:
		case c.Reaffirmed:
			text += ", changed since and affirmed"
		default:
			text += ", changed since"
		}
	}
	return text
}
