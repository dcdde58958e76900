package plugin

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
)

// When a cycle is over its plan gets one last comment, the closing report, and its
// record one last edit, which names it. The plan of the next cycle shows what the
// report says about confidences.

// closingKey names the report among the notices of a plan issue.
func closingKey(cycle string) string { return "closing-" + cycle }

// closed reports whether a plan has its report, and its record says so.
func closed(log custody.Log, cycle string) bool { return log.WasTold(closingKey(cycle)) }

// tallyFacts are what tallies and the report count.
func tallyFacts(c cycle.Cycle, items []plan.Item, own []custody.Merge) plan.TallyFacts {
	f := plan.TallyFacts{Cycle: c, Items: items, Merges: slices.Clone(own), Closed: map[Key]time.Time{},
		Demo: func(i plan.Item) bool { return len(i.Assessment.Item.Demos) > 0 }}
	for _, i := range items {
		f.Merges = append(f.Merges, i.Assessment.Item.Merges...)
		if at := i.Assessment.Issue.ClosedAt; !at.IsZero() {
			f.Closed[i.Key] = at
		}
	}
	return f
}

// planClosing posts the report when the cycle is over, also in a quiet repository: like
// a decision it is said once.
func (r *Reconciler) planClosing(w *world, l *ledger, s *state, p *writes) {
	c := w.planning.cycle
	h := w.records[c.Name]
	if h == nil || h.comment.ID == 0 || closed(h.log, c.Name) {
		return
	}
	at, due := plan.ClosingDue(c, w.now)
	switch {
	case !due:
		p.soonest(w, at.Add(plan.Settling), "the closing report is due then")
	case len(w.torn()) > 0:
		p.soonest(w, w.now.Add(time.Minute), "the closing report waits for a decision that is missing")
	case r.concludes(w, at, p):
		w.once(l, &p.notices, closingKey(c.Name), func() string {
			return r.site(w).Closing(w.key, r.closing(w, l, s))
		})
	}
}

// closing is the report as the plan stands.
func (r *Reconciler) closing(w *world, l *ledger, s *state) plan.Closing {
	c := w.planning.cycle
	return plan.ClosingOf(plan.ClosingFacts{TallyFacts: tallyFacts(c, s.plan.items, l.logs[c.Name].Merges),
		State: s.plan.state, Posted: w.planning.posted, Notified: r.notified(w, l, c)})
}

// quietKeys begin what a record keeps beside comments of ours.
var quietKeys = []string{"granted-", "pruned-", "refused-", "changed-", "warned-"}

// notifying counts the comments of ours that a record knows of and that told somebody
// something: decisions and notices, not the replies to what was not taken.
func notifying(log custody.Log) int {
	n := 0
	for _, key := range log.Told {
		if !slices.ContainsFunc(quietKeys, func(quiet string) bool { return strings.HasPrefix(key, quiet) }) {
			n++
		}
	}
	return n
}

// notified counts those on a plan issue and on the items that may be spoken of there,
// without the report itself: it is the same before and after that was posted.
func (r *Reconciler) notified(w *world, l *ledger, c cycle.Cycle) int {
	n := notifying(l.logs[c.Name])
	if closed(l.logs[c.Name], c.Name) {
		n--
	}
	for _, key := range r.Index.Keys() {
		if e, ok := r.Index.Get(key); ok && key != w.key && (!e.Issue.Private || w.issue.Private) {
			n += e.Notified[c.Name]
		}
	}
	return n
}

// before is the cycle before, as far as it can still be told of, and what the surveys
// of all cycles before came to, the oldest first.
func (r *Reconciler) before(ctx context.Context, w *world) (*render.Before, []plan.Satisfaction, error) {
	var earlier []cycle.Cycle
	for _, c := range w.config.Calendar() {
		if c.End.Before(w.planning.cycle.End) && c.Plan != "" && w.mayName(c) {
			earlier = append(earlier, c)
		}
	}
	if len(earlier) == 0 {
		return nil, nil, nil
	}
	slices.SortFunc(earlier, func(a, b cycle.Cycle) int { return a.End.EndAoE().Compare(b.End.EndAoE()) })
	var surveys []plan.Satisfaction
	for _, c := range earlier {
		surveys = append(surveys, r.Plans.Get(c).Satisfaction)
	}
	last := earlier[len(earlier)-1]
	decided := r.Plans.Get(last)
	if decided.Closing == 0 || !last.Kept(w.now) {
		return nil, surveys, nil
	}
	items, err := r.planItems(ctx, w, last)
	if err != nil {
		return nil, nil, err
	}
	key, _ := planKey(last)
	at, _ := plan.ClosingDue(last, w.now)
	return &render.Before{Cycle: last.Name, Plan: key, Closing: decided.Closing, Calibration: plan.CalibrationOf(tallyFacts(last, items, nil), at)}, surveys, nil
}
