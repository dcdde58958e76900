package plugin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// planPrune takes an issue out of the milestone, once, because of a decision, and
// tells its owner when that may happen.
func (r *Reconciler) planPrune(w *world, l *ledger, s *state, p *writes) {
	for _, c := range w.config.Calendar() {
		if key, ok := planKey(c); ok && c.Open(w.now) && r.Plans.unread(c, key) {
			r.Enqueue(key)
		}
		r.planLosing(w, l, c, p)
		decided := r.Plans.Get(c)
		decision, log := decided.Pruned[w.key], l.logs[c.Name]
		_, approved := decided.Approved[w.key]
		h := w.records[c.Name]
		if decision == "" || h == nil || log.WasTold(prunedKey(decision)) || !decided.Known || !c.Open(w.now) {
			continue
		}
		if approved || plan.NeverPruned(w.issue) || w.spared(s, c) {
			continue // since it was decided
		}
		if w.issue.Milestone == c.Name {
			p.prune = decision
		}
	}
}

// tellPruned notes in the record that the issue is out of the milestone: who puts it
// in again means it.
func (r *Reconciler) tellPruned(w *world, l *ledger) {
	for _, c := range w.config.Calendar() {
		decision := r.Plans.Get(c).Pruned[w.key]
		h := w.records[c.Name]
		done := w.issue.Milestone != c.Name || h != nil && h.rebuilt // then it is not known, and not done again
		if log, has := l.logs[c.Name]; has && decision != "" && done && !log.WasTold(prunedKey(decision)) {
			log.Tell(prunedKey(decision))
			l.logs[c.Name] = log
		}
	}
}

// spared reports whether an exception keeps the issue in the milestone, or it cannot be
// told whether one does. The label does not count: anyone may take it off.
func (w *world) spared(s *state, c cycle.Cycle) bool {
	granted := func(e work.Exception) bool { return e.Decided != nil && e.Decided.Granted }
	return len(w.decisionsOf(c.Name).torn) > 0 || slices.ContainsFunc(s.views[c.Name].Exceptions, granted)
}

// showPruned says in an item's record that a prune took it out of the milestone, as long
// as nobody has put it back.
func (w *world) showPruned(log custody.Log, c cycle.Cycle, v *render.Record) {
	if w.issue.Milestone == c.Name {
		return
	}
	for _, told := range log.Told {
		if key, ok := strings.CutPrefix(told, prunedKey("")); ok {
			asked, _, _ := strings.Cut(key, "-")
			id, _ := strconv.ParseInt(asked, 10, 64)
			v.TakenOut, v.TakenOutBy = true, max(v.TakenOutBy, id)
		}
	}
	if at, ok := planKey(c); ok && v.TakenOut && w.mayName(c) {
		v.TakenOutAt = at
	}
}

func prunedKey(decision string) string { return "pruned-" + decision }

// planLosing tells the owner of an item that it may lose the milestone.
func (r *Reconciler) planLosing(w *world, l *ledger, c cycle.Cycle, p *writes) {
	lose, ok := r.Plans.Get(c).Losing[w.key]
	if !ok || w.repo.Quiet || w.issue.Closed || w.issue.Milestone != c.Name || !c.Open(w.now) {
		return
	}
	at, _ := planKey(c)
	if r.Plans.Get(c).Private && !w.issue.Private { // nobody is to hear of that plan here
		return
	}
	owners, _, told := w.roles.Holders(roles.Facilitator, lose.SIG, c.Name, w.now)
	item := l.items[c.Name]
	w.onceHeard(l, p, told, lose.key(c.Name), func() string {
		return r.Site.PruneNotice(render.PruneNotice{Cycle: c.Name, Plan: at, Comment: lose.Comment, Preview: lose.Preview,
			Owners: owners, SIG: lose.SIG, Committed: item != nil && item.Committed()})
	})
}
