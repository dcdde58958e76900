package plugin

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
)

// planningAhead is how many days before the planning event people hear of it.
const planningAhead = 14

// planEvent says, once, two weeks before the planning event, when it is and who must be
// there.
func (r *Reconciler) planEvent(w *world, l *ledger, p *writes) {
	c, h := w.planning.cycle, w.records[w.planning.cycle.Name]
	if opens := c.OpensOn().StartUTC(); w.now.Before(opens) {
		p.soonest(w, opens, "the cycle opens then")
		return
	}
	if !c.Open(w.now) {
		return
	}
	if h == nil || h.comment.ID == 0 {
		p.soonest(w, w.now.Add(time.Second), "what the calendar asks for waits for the record, which is being made")
		return
	}
	if c.Planning.IsZero() || w.repo.Quiet || !w.now.Before(c.Planning.EndAoE()) {
		return
	}
	if from := c.Planning.AddDays(-planningAhead).StartUTC(); w.now.Before(from) {
		p.soonest(w, from, "the planning event is two weeks ahead then")
		return
	}
	var must []render.Holder
	for _, holder := range w.seatHolders("") {
		if holder.Role == roles.ReleaseLead || holder.Role == roles.PM {
			must = append(must, holder)
		}
	}
	if slices.ContainsFunc(must, func(h render.Holder) bool { return h.Unread }) {
		p.unheard(w)
		return
	}
	w.once(l, &p.notices, "planning-"+c.Name, func() string { return r.site(w).PlanningSoon(c, must) })
}
