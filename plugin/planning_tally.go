package plugin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
)

// tallyKey begins the keys of a cycle's tallies among the notices of its plan issue.
func tallyKey(cycle string) string { return "tally-" + cycle + "-" }

// planTallies posts a tally for each occasion since the plan has a record, once. Those
// that came while no process ran are posted when one does, each as things stood then.
func (r *Reconciler) planTallies(ctx context.Context, w *world, l *ledger, s *state, p *writes) error {
	h, c := w.records[w.planning.cycle.Name], w.planning.cycle
	if h == nil || h.comment.ID == 0 || w.repo.Quiet {
		return nil
	}
	for _, occasion := range plan.Occasions(c, h.comment.Created, w.now) {
		key := tallyKey(c.Name) + occasion.Key
		settled := occasion.At.Add(plan.Settling)
		switch {
		case w.counted(l, occasion):
		case w.now.Before(settled):
			p.soonest(w, settled, "a tally waits for what was said at the last moment")
		case len(w.torn()) > 0:
			p.soonest(w, w.now.Add(time.Minute), "a tally waits for a decision that is missing")
		case !r.concludes(w, occasion.At, p):
		default:
			t, err := r.tally(ctx, w, l, s, occasion)
			if err != nil {
				return err
			}
			w.once(l, &p.notices, key, func() string { return r.site(w).Tally(w.key, t) })
		}
	}
	if next := plan.Occasions(c, w.now, c.End.EndAoE()); len(next) > 0 {
		p.soonest(w, next[0].At.Add(plan.Settling), "a tally is due then")
	}
	return nil
}

// counted reports whether there was a tally for an occasion. Where the calendar was
// changed since, so that it fell together with another, one for a part of it is enough.
func (w *world) counted(l *ledger, o plan.Occasion) bool {
	prefix := tallyKey(w.planning.cycle.Name)
	parts := strings.Split(o.Key, "+")
	is := func(key string) bool {
		rest, ok := strings.CutPrefix(key, prefix)
		return ok && slices.ContainsFunc(strings.Split(rest, "+"), func(part string) bool { return slices.Contains(parts, part) })
	}
	for key := range w.notices {
		if is(key) {
			return true
		}
	}
	return slices.ContainsFunc(l.logs[w.planning.cycle.Name].Told, is)
}

// tally is what there was to count on an occasion.
func (r *Reconciler) tally(ctx context.Context, w *world, l *ledger, s *state, on plan.Occasion) (plan.Tally, error) {
	c := w.planning.cycle
	items, err := r.planItemsAt(ctx, w, c, on.At)
	if err != nil {
		return plan.Tally{}, err
	}
	facts := tallyFacts(c, items, l.logs[c.Name].Merges)
	facts.Objections = s.plan.assessment.StandingAt(on.At)
	return plan.TallyOf(on, facts), nil
}

// tallyNow is what there is to count now.
func (w *world) tallyNow(l *ledger, s *state) plan.Tally {
	c := w.planning.cycle
	facts := tallyFacts(c, s.plan.items, l.logs[c.Name].Merges)
	facts.Objections = len(s.plan.assessment.Standing())
	return plan.TallyOf(plan.Occasion{Key: "now", Title: "now", At: w.now}, facts)
}
