package plugin

import (
	"context"
	"fmt"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
)

// Notes is the release-notes draft of a cycle: from the approved plan, or while
// nothing is approved from what is in it, held against what merged.
func (r *Reconciler) Notes(ctx context.Context, name string) (string, error) {
	c, key, err := r.planCycleOf(name)
	if err != nil {
		return "", err
	}
	w, err := r.read(ctx, key)
	if err != nil {
		return "", err
	}
	if w == nil {
		return "", fmt.Errorf("the repository of %s is not in the configuration", key)
	}
	_, s, _, err := r.decide(ctx, w)
	if err != nil {
		return "", err
	}
	if s.plan == nil {
		return "", fmt.Errorf("cycle %s is not open", c.Name)
	}
	return r.Site.Notes(draft(w, s)), nil
}

// draft is the release-notes draft as the plan stands.
func draft(w *world, s *state) plan.Draft {
	var own []custody.Merge
	if h := w.records[w.planning.cycle.Name]; h != nil {
		own = h.log.Merges
	}
	return plan.DraftOf(plan.DraftFacts{Cycle: w.planning.cycle.Name, Items: s.plan.items, Merges: own,
		Approved: approvedKeys(s.plan.assessment.Approval), Over: !w.planning.cycle.Open(w.now)})
}
