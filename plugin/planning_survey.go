package plugin

import (
	"fmt"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
)

// survey is what the survey of a cycle came to, with those who facilitate each SIG,
// beside the surveys of cycles before, the oldest first.
func (w *world) survey(s *state, before ...plan.Satisfaction) render.Survey {
	c := w.planning.cycle.Name
	v := render.Survey{Satisfaction: plan.SatisfactionOf(c, s.plan.state.Survey), Facilitators: map[string][]string{}}
	v.Trend = plan.TrendOf(append(before, v.Satisfaction)...)
	for _, sig := range v.Satisfaction.SIGs {
		if names, _, ok := w.holdersOf(roles.Facilitator, sig.SIG, c, w.now); ok && sig.SIG != "" {
			v.Facilitators[sig.SIG] = roles.Sorted(names)
		}
	}
	return v
}

// planSurvey says once that answers are taken, and each time that the survey is
// closed what it came to, when the last answers have arrived.
func (r *Reconciler) planSurvey(w *world, l *ledger, s *state, p *writes) {
	survey := s.plan.state.Survey
	if w.repo.Quiet || !survey.Asked() {
		return
	}
	c := w.planning.cycle.Name
	w.once(l, &p.notices, "survey-opened-"+c, func() string { return r.Site.SurveyOpened(w.key, c, survey.Opened()) })
	closed := survey.Closed()
	if closed.IsZero() {
		return
	}
	if at := closed.At.Add(plan.Settling); w.now.Before(at) {
		p.soonest(w, at, "what the survey came to is told then")
		return
	}
	w.once(l, &p.notices, fmt.Sprintf("survey-closed-%s-%d", c, closed.Comment), func() string { return r.site(w).SurveyClosed(w.key, w.survey(s, s.plan.satisfied...)) })
}
