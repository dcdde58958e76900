package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
)

// planView is a plan held against all that is known.
type planView struct {
	state      *plan.State
	items      []plan.Item
	assessment plan.Assessment
	schedule   plan.Schedule
	graph      plan.Graph
	before     *render.Before      // the cycle before
	satisfied  []plan.Satisfaction // surveys of cycles before, the oldest first
}

// foldPlanning folds what was said on a plan issue, and holds it against the items
// and what was decided.
func (r *Reconciler) foldPlanning(ctx context.Context, w *world, l *ledger) (*state, error) {
	p := w.planning
	s := &state{}
	h, over := w.records[p.cycle.Name], !p.cycle.Open(w.now)
	touched := h != nil && h.mended || w.gained(l, p.cycle.Name)
	if over && !touched && (h == nil || !p.cycle.Kept(w.now)) {
		return s, nil
	}
	v, err := r.viewPlan(ctx, w, l)
	if err != nil {
		return nil, err
	}
	s.plan = v
	if !over || touched || !closed(h.log, p.cycle.Name) { // else its record stands as it is
		s.cycles = []cycle.Cycle{p.cycle}
	}
	return s, r.hands(ctx, w, s)
}

// viewPlan holds a plan against all that is known of the items. It asks nothing of
// GitHub: a saved cycle is viewed so too.
func (r *Reconciler) viewPlan(ctx context.Context, w *world, l *ledger) (*planView, error) {
	p := w.planning
	items, err := r.planItems(ctx, w, p.cycle)
	if err != nil {
		return nil, err
	}
	v := &planView{state: plan.Fold(l.logs[p.cycle.Name]), items: items}
	v.state.Cycle = p.cycle.Name
	v.assessment = plan.Assess(v.state, p.posted, plan.Facts{Now: w.now, Cycle: p.cycle, Items: items,
		Holders: w.holders(p.cycle), Programme: programme(w), Preset: w.config.Voting, Missing: w.torn()})
	v.schedule = plan.ScheduleOf(p.cycle, items, v.state.Backlogs(), w.now)
	v.graph = plan.GraphOf(items)
	v.before, v.satisfied, err = r.before(ctx, w)
	return v, err
}

// programme lists the programme-level seats.
func programme(w *world) []string {
	var names []string
	for name := range w.config.Sources().Programme {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// holders looks roles up as of a time, in a cycle.
func (w *world) holders(c cycle.Cycle) plan.Holders {
	return func(role roles.Role, of string, at time.Time) ([]string, bool, bool) {
		return w.holdersOf(role, of, c.Name, at)
	}
}

// planKeys lists the plan issues of the cycles.
func planKeys(cfg interface{ Calendar() cycle.Calendar }) []Key {
	var keys []Key
	for _, c := range cfg.Calendar() {
		if key, ok := planKey(c); ok {
			keys = append(keys, key)
		}
	}
	return keys
}
