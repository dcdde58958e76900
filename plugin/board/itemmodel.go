package board

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/work"
)

// itemDoc is a work item as its page and its JSON show it (package doc).
type itemDoc struct {
	Issue  issueRef  `json:"issue"`
	AsOf   time.Time `json:"asOf"`
	Closed bool      `json:"closed"`
	Cycles []viewDoc `json:"cycles,omitempty"`
}

type viewDoc struct {
	Cycle       string          `json:"cycle"`
	Headline    string          `json:"headline"`
	Record      string          `json:"record,omitempty"`
	Standing    string          `json:"standing"`
	SIG         string          `json:"sig"`
	KEP         *issueRef       `json:"kep,omitempty"`
	Stage       string          `json:"stage,omitempty"`
	InPlan      bool            `json:"inPlan"`
	Approved    bool            `json:"approved"`
	Blocked     bool            `json:"blocked"`
	Delivered   bool            `json:"delivered"`
	Needs       []string        `json:"needs,omitempty"`
	NotFitting  []string        `json:"notFitting,omitempty"`
	Commitments []commitmentDoc `json:"commitments,omitempty"`
	Depends     []dependency    `json:"dependencies,omitempty"`
	NeededBy    []answerDoc     `json:"neededBy,omitempty"`
	Blocks      []noteDoc       `json:"blocks,omitempty"`
	Questions   []noteDoc       `json:"questions,omitempty"`
	Risks       []noteDoc       `json:"risks,omitempty"`
	Readout     readoutDoc      `json:"readout,omitzero"`
	Progress    *progressDoc    `json:"progress,omitempty"`
	Done        []doneDoc       `json:"done,omitempty"`
	Merges      []mergeDoc      `json:"merges,omitempty"`

	Plan     bool     `json:"-"` // the cycle has a page here
	HeadNode []node   `json:"-"`
	NeedNode [][]node `json:"-"`
	Rest     []node   `json:"-"`
	Misfits  [][]node `json:"-"`
	After    []node   `json:"-"`
}

type commitmentDoc struct {
	Increment string  `json:"increment"`
	Item      string  `json:"item,omitempty"`
	Percent   int     `json:"percent"`
	Said      *saidBy `json:"said,omitempty"`
}

type answerDoc struct {
	Issue    issueRef `json:"issue"`
	Declined bool     `json:"declined"`
	Said     *saidBy  `json:"said,omitempty"`
}

type readoutDoc struct {
	Ready *saidBy `json:"ready,omitempty"`
	Held  *saidBy `json:"held,omitempty"`
}

type progressDoc struct {
	State string  `json:"state"`
	Text  string  `json:"text,omitempty"`
	Said  *saidBy `json:"said,omitempty"`
}

type doneDoc struct {
	Item string  `json:"item,omitempty"`
	Said *saidBy `json:"said,omitempty"`
}

type mergeDoc struct {
	Issue   issueRef  `json:"issue"`
	At      time.Time `json:"at"`
	Verdict string    `json:"verdict,omitempty"`
}

// itemDoc takes an item from which what is private was taken out; cycles are those
// that have a page here.
func (l links) itemDoc(i Item, cycles map[string]bool) itemDoc {
	d := itemDoc{Issue: l.issue(i.Issue.Key, i.Issue.Title), AsOf: i.Read.UTC(), Closed: i.Issue.Closed}
	for _, v := range i.Views {
		one := l.viewDoc(v)
		one.Plan = cycles[one.Cycle]
		d.Cycles = append(d.Cycles, one)
	}
	return d
}

// plans are the cycles of an item that have a page here.
func (d itemDoc) plans() []string {
	var out []string
	for _, v := range d.Cycles {
		if v.Plan && !slices.Contains(out, v.Cycle) {
			out = append(out, v.Cycle)
		}
	}
	return out
}

func (l links) viewDoc(v View) viewDoc {
	a := v.Record.Assessment
	key := a.Item.Key
	p := parts(l.tree(l.Record(v.Record)))
	d := viewDoc{Cycle: a.Item.Cycle, Headline: plainText(p.Headline), Record: l.comment(key, v.Comment), Standing: string(a.Standing), SIG: a.SIG,
		KEP: l.kep(a.KEPRef), InPlan: a.InPlan, Approved: a.Plan.Approved, Blocked: a.Blocked, Delivered: a.Delivered,
		Needs: texts(p.Needs), NotFitting: texts(p.Misfits),
		HeadNode: p.Headline, NeedNode: p.Needs, Rest: p.Rest, Misfits: p.Misfits, After: p.After}
	if a.KEP != nil {
		d.Stage = short(a.KEP.Stage)
	}
	from := l.item(key, a.Issue.Title)
	for _, e := range a.Edges {
		d.Depends = append(d.Depends, l.edge(from, a.SIG, e, v.Record.Cycle, nil))
	}
	for _, k := range a.Asked {
		answer := answerDoc{Issue: l.item(k, "")}
		if promise, ok := a.Item.Promise(k); ok {
			answer.Declined, answer.Said = promise.Declined, l.said(key, promise.Said)
		}
		d.NeededBy = append(d.NeededBy, answer)
	}
	l.folded(&d, key, a)
	return d
}

// folded fills in what was said on the item itself.
func (l links) folded(d *viewDoc, key work.Key, a work.Assessment) {
	for _, c := range a.Item.Commitments {
		d.Commitments = append(d.Commitments, commitmentDoc{short(c.Window), short(c.Item), c.Percent, l.said(key, c.Said)})
	}
	for _, n := range a.Item.Notes {
		note := l.note(key, a.Issue.Title, n)
		note.SIG = a.SIG
		switch {
		case n.Kind == work.Risk:
			d.Risks = append(d.Risks, note)
		case !n.Open():
		case n.Kind == work.Block:
			d.Blocks = append(d.Blocks, note)
		case n.Kind == work.Question:
			d.Questions = append(d.Questions, note)
		}
	}
	d.Readout = readoutDoc{Ready: l.said(key, a.Item.Ready), Held: l.said(key, a.Item.Held)}
	if g := a.Item.Progress; g != nil {
		d.Progress = &progressDoc{State: short(g.State), Text: short(g.Text), Said: l.said(key, g.Said)}
	}
	for _, done := range a.Item.Done {
		d.Done = append(d.Done, doneDoc{short(done.Item), l.said(key, done.Said)})
	}
	for _, m := range a.Item.Merges {
		if ref := l.merged(m.Repo, m.Number, m.Title); ref != nil {
			d.Merges = append(d.Merges, mergeDoc{*ref, m.At.UTC(), m.Verdict})
		}
	}
}

// notesDoc is the draft of the release notes.
type notesDoc struct {
	Cycle    string       `json:"cycle"`
	AsOf     time.Time    `json:"asOf"`
	Approved bool         `json:"approved"`
	Over     bool         `json:"over"`
	Markdown string       `json:"markdown"`
	Sections []sectionDoc `json:"sections,omitempty"`
	Loose    []looseNote  `json:"ofNoItem,omitempty"`

	Nodes []node `json:"-"`
}

type sectionDoc struct {
	SIG   string    `json:"sig"`
	Notes []oneNote `json:"notes"`
}

type oneNote struct {
	Issue  issueRef   `json:"issue"`
	KEP    *issueRef  `json:"kep,omitempty"`
	Stage  string     `json:"stage,omitempty"`
	Text   string     `json:"text,omitempty"`
	Source string     `json:"source"`
	Fate   string     `json:"fate"`
	Merges []issueRef `json:"merges,omitempty"`
}

// looseNote is a pull request that was merged as part of no item.
type looseNote struct {
	Pull issueRef `json:"pull"`
	KEP  string   `json:"kep,omitempty"` // "kubernetes/enhancements#4381"
}

const noteLimit = 1000

func (l links) notesDoc(p Plan) notesDoc {
	p.Draft.Cycle = p.Cycle.Name
	text := l.Notes(p.Draft)
	d := notesDoc{Cycle: p.Cycle.Name, AsOf: p.Read.UTC(), Approved: p.Draft.Approved, Over: p.Draft.Over, Markdown: text, Nodes: l.tree(text)}
	for _, s := range p.Draft.Sections {
		section := sectionDoc{SIG: s.SIG}
		for _, n := range s.Notes {
			one := oneNote{Issue: l.item(n.Key, n.Title), KEP: l.kep(n.KEP), Stage: short(n.Stage), Text: clean(n.Text, noteLimit), Source: string(n.Source), Fate: string(n.Fate)}
			for _, m := range n.Merges {
				if ref := l.merged(m.Repo, m.Number, m.Title); ref != nil {
					one.Merges = append(one.Merges, *ref)
				}
			}
			section.Notes = append(section.Notes, one)
		}
		d.Sections = append(d.Sections, section)
	}
	for _, m := range p.Draft.Loose {
		if ref := l.merged(m.Repo, m.Number, m.Title); ref != nil {
			d.Loose = append(d.Loose, looseNote{*ref, short(m.KEP)})
		}
	}
	return d
}

// listDoc is the list of plans.
type listDoc struct {
	Plans []listed `json:"plans"`
}

type listed struct {
	Cycle    string    `json:"cycle"`
	Page     string    `json:"page"`
	Headline string    `json:"headline"`
	AsOf     time.Time `json:"asOf"`
	Issue    issueRef  `json:"issue"`
	Counts   counts    `json:"counts"`

	State string `json:"-"`
}

func (l links) listDoc(plans []Plan) listDoc {
	d := listDoc{Plans: []listed{}}
	for _, p := range plans {
		s := schedule(p)
		one := listed{Cycle: p.Cycle.Name, Page: "plan/" + p.Cycle.Name, Headline: headline(p), AsOf: p.Read.UTC(), Issue: l.issue(p.Key, p.Title),
			Counts: countsOf(s.Count), State: p.Assessment.Words()}
		one.Counts.SIGs = sigs(s)
		d.Plans = append(d.Plans, one)
	}
	return d
}
