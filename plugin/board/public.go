package board

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/work"
)

// view is one request's look at the source: what is private is gone from all that
// it gives.
type view struct {
	source Source
	public map[work.Key]bool // what was found out so far
	hidden map[string]bool   // repositories of which an item said that they are private
}

func look(s Source) *view {
	return &view{source: s, public: map[work.Key]bool{}, hidden: map[string]bool{}}
}

// shown reports whether an issue is known to be public. What is not known is not:
// a source leaves out what is private.
func (v *view) shown(k work.Key) bool {
	if v.hidden[k.Repository()] {
		return false
	}
	is, known := v.public[k]
	if !known {
		item, ok := v.source.Item(k)
		is = ok && !item.Issue.Private
		if ok && item.Issue.Private {
			v.hidden[k.Repository()] = true
		}
		v.public[k] = is
	}
	return is
}

// private reports whether an issue is known to be private.
func (v *view) private(k work.Key) bool { return !v.shown(k) && v.hidden[k.Repository()] }

func (v *view) shownKeys(keys []work.Key) []work.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k work.Key) bool { return !v.shown(k) })
}

// plans lists the public ones, each without what is private.
func (v *view) plans() []Plan {
	var out []Plan
	for _, p := range v.source.Plans() {
		if !p.Private {
			out = append(out, v.plan(p))
		}
	}
	return out
}

func (v *view) find(cycle string) (Plan, bool) {
	for _, p := range v.source.Plans() {
		if p.Cycle.Name == cycle && !p.Private {
			return v.plan(p), true
		}
	}
	return Plan{}, false
}

// plan takes out what is private: items, and every mention of one in what was
// concluded from them. A backlog order that names one was said in public, and counts
// as one that names what is not there.
func (v *view) plan(p Plan) Plan {
	for _, i := range p.Items {
		if i.Assessment.Issue.Private {
			v.hidden[i.Key.Repository()] = true
		}
	}
	var items []plan.Item
	for _, i := range p.Items {
		if !v.hidden[i.Key.Repository()] {
			v.public[i.Key] = true
			items = append(items, i)
		}
	}
	for n := range items {
		items[n].Assessment = v.assessment(items[n].Assessment)
	}
	p.Items, p.Assessment = items, v.vote(p.Assessment)
	p.Draft.Sections = v.sections(p.Draft.Sections)
	p.Draft.Loose = slices.DeleteFunc(slices.Clone(p.Draft.Loose), func(m custody.Merge) bool { return v.hidden[m.Repo] })
	p.Demos = slices.DeleteFunc(slices.Clone(p.Demos), func(d Demo) bool { return !v.shown(d.Key) })
	p.NoDemo = v.shownKeys(p.NoDemo)
	p.Exceptions = slices.DeleteFunc(slices.Clone(p.Exceptions), func(e ItemException) bool { return !v.shown(e.Key) })
	return p
}

// vote takes private items out of what the vote comes to.
func (v *view) vote(a plan.Assessment) plan.Assessment {
	gone := func(i plan.SnapshotItem) bool { return !v.shown(i.Key) }
	approved := map[work.Key]string{}
	for k, digest := range a.Approval.Items {
		if v.shown(k) {
			approved[k] = digest
		}
	}
	a.Approval.Items = approved
	a.IfApproved = plan.Outcome{Labelled: v.shownKeys(a.IfApproved.Labelled), Losing: v.shownKeys(a.IfApproved.Losing)}
	a.Changed = slices.DeleteFunc(slices.Clone(a.Changed), func(c plan.Change) bool { return !v.shown(c.Key) })
	a.Findings = slices.DeleteFunc(slices.Clone(a.Findings), func(f plan.Finding) bool {
		return f.Key != (work.Key{}) && !v.shown(f.Key)
	})
	a.Previews = slices.Clone(a.Previews)
	for n, preview := range a.Previews {
		a.Previews[n].Items = slices.DeleteFunc(slices.Clone(preview.Items), gone)
	}
	a.Rounds = nil // their items; the pages tell of the last one
	if a.Last != nil {
		last := *a.Last
		last.Opened.Items = slices.DeleteFunc(slices.Clone(last.Opened.Items), gone)
		a.Last = &last
	}
	return a
}

func (v *view) sections(from []plan.DraftSection) []plan.DraftSection {
	var out []plan.DraftSection
	for _, s := range from {
		s.Notes = slices.DeleteFunc(slices.Clone(s.Notes), func(n plan.DraftNote) bool { return !v.shown(n.Key) })
		if len(s.Notes) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// item gives a public item.
func (v *view) item(k work.Key) (Item, bool) {
	item, ok := v.source.Item(k)
	if !ok || item.Issue.Private {
		return Item{}, false
	}
	v.public[k] = true
	views := make([]View, 0, len(item.Views))
	for _, one := range item.Views {
		if one.Record.Assessment.Issue.Private || one.Record.Assessment.Item == nil {
			continue
		}
		one.Record.Assessment = v.assessment(one.Record.Assessment)
		views = append(views, one)
	}
	item.Views = views
	return item, true
}

// assessment is what it would be if private issues did not exist: one that is
// asked cannot be read, one that asks is not there. What was said on the public issue
// stands, whatever it names: everybody reads it there.
func (v *view) assessment(a work.Assessment) work.Assessment {
	edges := make([]work.Edge, 0, len(a.Edges))
	for _, e := range a.Edges {
		if t := e.Ask.Target; e.Target.Issue.Private || v.private(t) {
			masked := work.Edge{Ask: e.Ask}
			if !a.Delivered {
				masked.Findings = []work.Finding{{Code: work.Unreadable, Key: t}}
			}
			e = masked
		}
		edges = append(edges, e)
	}
	a.Edges = edges
	a.Asked = v.shownKeys(a.Asked)
	a.Findings = slices.DeleteFunc(slices.Clone(a.Findings), func(f work.Finding) bool {
		return f.Code == work.SameKEPTwice && !v.shown(f.Key) || f.Code != work.SameKEPTwice && v.private(f.Key) ||
			slices.ContainsFunc(f.Path, func(k work.Key) bool { return !v.shown(k) })
	})
	a.Blocked = len(a.Blocks) > 0 || len(a.Declined()) > 0
	if a.Standing == work.Ready && a.Item != nil && !a.Item.Held.IsZero() && !a.Blocked {
		a.Standing = work.Read
	}
	return a
}

// schedule lays out what is public.
func schedule(p Plan) plan.Schedule { return plan.ScheduleOf(p.Cycle, p.Items, p.Order, p.Read) }

// record is what headline, needs and misfits of the record are written from. The rest of
// the schedule is left out: its page shows it in full, and its words are not read.
func (p Plan) record(s plan.Schedule) render.Plan {
	lanes := slices.Clone(s.Lanes)
	for n, lane := range lanes {
		lanes[n].Backlog = slices.DeleteFunc(slices.Clone(lane.Backlog), func(e plan.Entry) bool { return len(e.Slots) > 0 })
	}
	s.Lanes, s.Unmet, s.Loops, s.Blocks, s.Questions, s.Risks = lanes, nil, nil, nil, nil, nil
	return render.Plan{Key: p.Key, Assessment: p.Assessment, Schedule: s, Now: p.Read, Closing: p.Closing}
}
