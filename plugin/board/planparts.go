package board

import (
	"cmp"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/work"
)

type dependency struct {
	From      issueRef `json:"from"`
	SIG       string   `json:"sig"`
	To        issueRef `json:"to"`
	GivingSIG string   `json:"givingSIG"`
	By        string   `json:"by,omitempty"` // name of an increment
	Holds     bool     `json:"holds"`
	Kind      lineKind `json:"kind"`
	State     string   `json:"state"`
	Answer    *saidBy  `json:"answer,omitempty"` // the promise, or the refusal

	ByTitle string `json:"-"`
}

// between counts the dependencies of one SIG on another.
type between struct {
	SIG       string `json:"sig"`
	GivingSIG string `json:"givingSIG"`
	Hold      int    `json:"hold"`
	DoNotHold int    `json:"doNotHold"`
}

type roundDoc struct {
	Number    int       `json:"number"`
	Phase     string    `json:"phase"`
	Until     time.Time `json:"until"`
	Quorum    string    `json:"quorum,omitempty"`
	Items     int       `json:"items"`
	Contested bool      `json:"contested,omitempty"`
	UntilText string    `json:"-"`
}

type seatDoc struct {
	Seat     string   `json:"seat"`
	Words    string   `json:"words"`
	Required bool     `json:"required,omitempty"`
	Filled   bool     `json:"filled"`
	StandIn  bool     `json:"standIn,omitempty"`
	Vote     *voteDoc `json:"vote,omitempty"`

	Objection string `json:"-"` // number of the one that stands
}

type voteDoc struct {
	Value int     `json:"value"`
	Text  string  `json:"text,omitempty"`
	Said  *saidBy `json:"said"`
}

type objectionDoc struct {
	ID    string   `json:"id"`
	Seat  string   `json:"seat"`
	Words string   `json:"words"`
	Value int      `json:"value"`
	Text  string   `json:"text,omitempty"`
	Said  *saidBy  `json:"said"`
	Ended *voteDoc `json:"ended,omitempty"`
}

type approvalDoc struct {
	Round    int          `json:"round"`
	Approved int          `json:"approved"`
	Changed  []changedDoc `json:"changed,omitempty"`
	Would    []planned    `json:"wouldApprove,omitempty"`
	Prune    []planned    `json:"wouldPrune,omitempty"`
}

type changedDoc struct {
	Issue      issueRef `json:"issue"`
	Reaffirmed bool     `json:"reaffirmed"`
}

type planned struct {
	Issue issueRef `json:"issue"`
	SIG   string   `json:"sig"`
	State string   `json:"state"`
}

type previewDoc struct {
	Hash       string     `json:"hash"`
	SIG        string     `json:"sig,omitempty"`
	Items      []issueRef `json:"items,omitempty"`
	GraceUntil time.Time  `json:"graceUntil"`
	Confirmed  bool       `json:"confirmed"`
	URL        string     `json:"url,omitempty"`
	GraceText  string     `json:"-"`
}

type noteDoc struct {
	ID      string   `json:"id"`
	Issue   issueRef `json:"issue"`
	SIG     string   `json:"sig"`
	Text    string   `json:"text,omitempty"`
	Said    *saidBy  `json:"said"`
	Overdue bool     `json:"overdue,omitempty"`
	Roam    string   `json:"roam,omitempty"`
	Owner   string   `json:"owner,omitempty"`
	Answer  string   `json:"answer,omitempty"`
	Closed  *saidBy  `json:"closed,omitempty"`
}

func incrementOf(i cycle.Increment) increment {
	return increment{Name: i.Name(), Title: i.Title(), Start: i.Start, End: i.End, Cap: i.Cap, Days: render.Window(i)}
}

// asks lists all dependencies: first those that do not hold, what stops most first.
func (w *planning) asks() []plan.Dependency {
	all := slices.Clone(w.schedule.Unmet)
	for _, lane := range w.schedule.Lanes {
		for _, e := range lane.Backlog {
			if e.Place == plan.Delivered || e.Place == plan.GivenUp {
				continue
			}
			for _, edge := range e.Item.Assessment.Edges {
				if edge.Met() {
					all = append(all, plan.Dependency{From: e.Item.Key, SIG: lane.SIG, Edge: edge})
				}
			}
		}
	}
	return all
}

// dependencies lists them, counts them between SIGs, and draws them.
func (w *planning) dependencies() {
	all := w.asks()
	for _, d := range all {
		w.doc.Depends = append(w.doc.Depends, w.dependency(d))
		if d.Edge.Met() {
			w.doc.Hold++
		}
	}
	w.doc.Chart = w.chart(all)
	for _, loop := range w.schedule.Loops {
		var keys []string
		for _, k := range loop {
			keys = append(keys, k.String())
		}
		w.doc.Loops = append(w.doc.Loops, keys)
	}
	pairs := map[[2]string]*between{}
	for _, d := range w.doc.Depends {
		pair := [2]string{d.SIG, d.GivingSIG}
		if pairs[pair] == nil {
			pairs[pair] = &between{SIG: d.SIG, GivingSIG: d.GivingSIG}
		}
		if d.Holds {
			pairs[pair].Hold++
		} else {
			pairs[pair].DoNotHold++
		}
	}
	for _, b := range pairs {
		w.doc.Between = append(w.doc.Between, *b)
	}
	slices.SortFunc(w.doc.Between, func(a, b between) int {
		return cmp.Or(cmp.Compare(a.SIG, b.SIG), cmp.Compare(a.GivingSIG, b.GivingSIG))
	})
}

func (w *planning) dependency(d plan.Dependency) dependency {
	from := w.item(d.From, w.items[d.From].Assessment.Issue.Title)
	return w.edge(from, d.SIG, d.Edge, w.Cycle, w.items)
}

// edge is one dependency; pages knows which issues have a page here.
func (l links) edge(from issueRef, sig string, e work.Edge, c cycle.Cycle, pages map[work.Key]plan.Item) dependency {
	d := dependency{From: from, SIG: sig, To: l.issue(e.Ask.Target, ""), GivingSIG: e.Target.SIG, By: short(e.Ask.By), ByTitle: titleOf(c, e.Ask.By), Holds: e.Met()}
	if e.Target.Readable {
		d.To.Title = short(e.Target.Issue.Title)
		if e.Target.Issue.Pull {
			d.To.URL = l.only(l.Pull(e.Ask.Target))
		}
	}
	if _, ok := pages[e.Ask.Target]; ok {
		d.To = l.item(e.Ask.Target, d.To.Title)
	}
	d.Kind, d.State = edgeKind(e), edgeWords(e, c)
	if e.Promise != nil {
		d.Answer = l.said(e.Ask.Target, e.Promise.Said)
		if d.GivingSIG == "" {
			d.GivingSIG = e.Promise.Said.SIG
		}
	}
	return d
}

func titleOf(c cycle.Cycle, window string) string {
	for _, i := range c.Increments {
		if i.Name() == window {
			return i.Title()
		}
	}
	return short(window)
}

// edgeStates are the findings of a dependency in words, what stops most first, and the
// kind of line that each is drawn as.
var edgeStates = []struct {
	code  work.FindingCode
	words string
	kind  lineKind
}{
	{work.SelfDependency, "this issue itself", lineLost}, {work.Unreadable, "cannot be read", lineLost}, {work.ClosedUnmerged, "closed, not merged", lineLost},
	{work.ClosedNotPlanned, "closed as not planned", lineLost}, {work.Declined, "declined", lineDeclined}, {work.TargetSlipped, "slipped", lineLate}, {work.Late, "promised too late", lineLate},
	{work.NotPromised, "asked, not promised", lineAsked}, {work.NotCommitted, "promised, not committed", lineUncommitted},
}

// edgeKind is the first of edgeStates that applies.
func edgeKind(e work.Edge) lineKind {
	for _, s := range edgeStates {
		if slices.ContainsFunc(e.Findings, func(f work.Finding) bool { return f.Code == s.code }) {
			return s.kind
		}
	}
	if !e.Met() {
		return lineLost
	}
	return linePromised
}

func edgeWords(e work.Edge, c cycle.Cycle) string {
	for _, s := range edgeStates {
		if !slices.ContainsFunc(e.Findings, func(f work.Finding) bool { return f.Code == s.code }) {
			continue
		}
		if (s.code == work.Late || s.code == work.TargetSlipped) && e.Promise != nil && e.Promise.By != "" {
			return s.words + ", for " + titleOf(c, e.Promise.By)
		}
		return s.words
	}
	switch {
	case !e.Met():
		return "does not hold"
	case e.Target.Readable && e.Target.Delivered():
		return "delivered"
	case e.Promise != nil && e.Promise.By != "":
		return "promised for " + titleOf(c, e.Promise.By)
	case e.Promise != nil:
		return "promised"
	}
	return "needed no more"
}

// votes writes the round, the seats and the objections.
func (w *planning) votes() {
	a := w.Assessment
	if a.Last != nil {
		w.doc.Round = &roundDoc{Number: a.Round, Phase: string(a.Phase), Until: a.Until.UTC(), UntilText: plan.UntilWords(a.Until),
			Quorum: short(a.Last.Opened.Quorum), Items: len(a.Last.Opened.Items), Contested: len(a.Late) > 0}
	}
	for _, s := range a.Seats {
		seat := seatDoc{Seat: short(s.Name), Words: seatWords(s.Name), Required: s.Required, Filled: len(s.Holders) > 0, StandIn: s.StandIn}
		if w.doc.Voted {
			seat.Vote = w.ballot(s.Vote, s.Seat)
		}
		for _, o := range a.Objections {
			if o.Seat == s.Name && o.Ended == nil {
				seat.Objection = short(o.ID)
			}
		}
		w.doc.Seats = append(w.doc.Seats, seat)
	}
	if !w.doc.Voted {
		return
	}
	for _, o := range a.Objections {
		w.doc.Objections = append(w.doc.Objections, objectionDoc{ID: short(o.ID), Seat: short(o.Seat), Words: seatWords(o.Seat), Value: o.Value, Text: short(o.Text),
			Said: &saidBy{Login: short(o.Login), At: o.Said.UTC(), URL: w.comment(w.Key, o.Comment)}, Ended: w.ballot(o.Ended, plan.Seat{})})
	}
}

func (w *planning) ballot(b *plan.Ballot, seat plan.Seat) *voteDoc {
	if b == nil {
		return nil
	}
	said := &saidBy{Login: short(b.Login), At: b.Said.UTC(), URL: w.comment(w.Key, b.Comment)}
	if seat.StandIn {
		said.As = "SIG lead"
	}
	return &voteDoc{Value: b.Value, Text: short(b.Text), Said: said}
}

func (w *planning) approval() approvalDoc {
	a := w.Assessment
	d := approvalDoc{Round: a.Approval.Round, Approved: len(a.Approval.Items)}
	for _, c := range a.Changed {
		d.Changed = append(d.Changed, changedDoc{w.item(c.Key, w.items[c.Key].Assessment.Issue.Title), c.Reaffirmed})
	}
	if a.Phase != plan.PhaseApproved {
		d.Would = w.named(a.IfApproved.Labelled)
	}
	d.Prune = w.named(a.IfApproved.Losing)
	return d
}

// named lists items by SIG, in its order, with where they stand.
func (w *planning) named(keys []work.Key) []planned {
	left := map[work.Key]bool{}
	for _, k := range keys {
		left[k] = true
	}
	var out []planned
	for _, lane := range w.schedule.Lanes {
		for _, e := range lane.Backlog {
			if left[e.Item.Key] {
				delete(left, e.Item.Key)
				out = append(out, planned{w.item(e.Item.Key, e.Item.Assessment.Issue.Title), lane.SIG, string(e.Place)})
			}
		}
	}
	for _, k := range keys { // voted on, and taken out since
		if left[k] {
			out = append(out, planned{w.item(k, w.items[k].Assessment.Issue.Title), w.items[k].Assessment.SIG, "not in the plan any more"})
		}
	}
	return out
}

func (w *planning) previews() {
	for _, p := range w.Assessment.Previews {
		d := previewDoc{Hash: short(p.Hash), SIG: short(p.SIG), GraceUntil: p.GraceUntil.UTC(), GraceText: plan.UntilWords(p.GraceUntil),
			Confirmed: p.Confirmed, URL: w.comment(w.Key, p.Comment)}
		for _, i := range p.Items {
			d.Items = append(d.Items, w.item(i.Key, i.Title))
		}
		w.doc.Previews = append(w.doc.Previews, d)
	}
}

func (w *planning) raised(list []plan.Raised) []noteDoc {
	var out []noteDoc
	for _, r := range list {
		out = append(out, w.note(r))
	}
	return out
}

func (w *planning) note(r plan.Raised) noteDoc {
	n := w.links.note(r.Key, w.items[r.Key].Assessment.Issue.Title, r.Note)
	n.SIG, n.Overdue = r.SIG, r.Over(w.Read)
	return n
}

func (l links) note(on work.Key, title string, n work.Note) noteDoc {
	return noteDoc{ID: short(n.ID), Issue: l.item(on, title), Text: short(n.Text), Said: l.said(on, n.Raised), Roam: n.Ended,
		Owner: short(n.Owner), Answer: short(n.Answer), Closed: l.said(on, n.Closed)}
}
