package plugin

import (
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/render"
)

// planPage is the plan as replies and the record show it. It does not know the time
// to the second, so that a quiet round writes nothing.
func (r *Reconciler) planPage(w *world, s *state) render.Plan {
	page := render.Plan{Key: w.key, Assessment: s.plan.assessment, Schedule: s.plan.schedule, Graph: s.plan.graph, Now: w.now.Truncate(24 * time.Hour), Survey: w.survey(s, s.plan.satisfied...),
		OptIn: w.config.Repos.OptInLabel, Before: s.plan.before, Closing: w.notices[closingKey(w.planning.cycle.Name)]}
	if w.planning.cycle.Open(w.now) {
		page.Spreading, page.Labelled = spread(s)
	}
	page.Notes = r.site(w).OfPlan(w.planning.cycle.Name, "notes")
	return page
}

// spreadSteps is in how many steps the record tells how far an approval has come: each
// is an edit.
const spreadSteps = 5

// spread counts the approved issues that bear their label, in steps.
func spread(s *state) (spreading bool, labelled int) {
	approved := s.plan.assessment.Approval.Items
	known := 0
	for _, i := range s.plan.items {
		if _, has := approved[i.Key]; has {
			known++
			if i.Assessment.Issue.HasLabel(config.LabelApproved) {
				labelled++
			}
		}
	}
	step := max(1, known/spreadSteps)
	return labelled < known, labelled / step * step
}
