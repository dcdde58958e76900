package plugin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// A plan issue goes the same way as an item, with another fold. Its record holds
// what was said on it; what was decided is in signed comments of their own, which
// are read back before anything follows from them (design, section 4).

// planning is what was read of a plan issue beside its record.
type planning struct {
	cycle   cycle.Cycle
	private bool
	posted  []plan.Posted
}

// planCycle finds the cycle whose plan an issue is.
func planCycle(cfg *config.Config, key Key) (cycle.Cycle, bool) {
	for _, c := range cfg.Calendar() {
		if at, ok := planKey(c); ok && at.Same(key) {
			return c, true
		}
	}
	return cycle.Cycle{}, false
}

// mayName reports whether the plan issue of a cycle may be spoken of here: a private one
// only on private issues.
func (w *world) mayName(c cycle.Cycle) bool {
	return w.plans != nil && (w.issue.Private || w.plans.Get(c).Known && !w.plans.Get(c).Private)
}

// planKey is the plan issue of a cycle.
func planKey(c cycle.Cycle) (Key, bool) {
	if c.Plan == "" {
		return Key{}, false
	}
	key, err := slash.ParseKey(c.Plan)
	return key, err == nil
}

// openPlanning takes what was decided as decisions on the plan. Those that a rework went
// on without are missed no more.
func (w *world) openPlanning() {
	p := w.planning
	d := w.decisionsOf(p.cycle.Name)
	for _, whole := range d.whole {
		p.posted = append(p.posted, plan.Posted{Comment: whole.comment, At: whole.at, Decision: whole.value.(plan.Decision)})
	}
	for _, posted := range p.posted {
		if rework, ok := posted.Decision.(plan.Rework); ok {
			d.torn = slices.DeleteFunc(d.torn, func(key string) bool { return slices.Contains(rework.Missing, key) })
		}
	}
	slices.Sort(d.torn)
}

// torn are the decisions on the plan that cannot be read any more.
func (w *world) torn() []string { return w.decisionsOf(w.planning.cycle.Name).torn }

// decided is what follows for the items.
func (w *world) planState(log custody.Log) PlanState {
	p := w.planning
	if len(w.torn()) > 0 {
		return PlanState{}
	}
	state := plan.Fold(log)
	approval := plan.Approved(state, p.posted)
	s := PlanState{Closing: w.notices[closingKey(p.cycle.Name)], Satisfaction: plan.SatisfactionOf(p.cycle.Name, state.Survey), Known: true, Private: p.private, Passed: approval.Round > 0, Approved: approval.Items, Asked: approval.Asked, Pruned: map[Key]string{}, Losing: map[Key]Losing{}}
	times := map[Key]int{}       // an item was pruned
	counted := map[string]bool{} // of two for one asking the first counts
	counting, _ := plan.Afresh(p.posted)
	for _, posted := range counting {
		if d, ok := posted.Decision.(plan.Pruned); ok && !counted[d.Key()] {
			counted[d.Key()] = true
			for _, item := range d.Items {
				s.Pruned[item.Key] = d.Key()
				times[item.Key]++
			}
		}
	}
	for _, posted := range plan.Standing(state, p.posted) {
		preview, _ := posted.Decision.(plan.PrunePreview)
		for _, item := range preview.Items {
			if _, earlier := s.Losing[item.Key]; !earlier {
				s.Losing[item.Key] = Losing{Preview: preview, Comment: posted.Comment, SIG: item.SIG, Times: times[item.Key]}
			}
		}
	}
	return s
}

// judgeOnPlan gives the lines of one comment on a plan issue their verdicts.
func (r *Reconciler) judgeOnPlan(w *world, l *ledger, s *spoken) {
	c := w.planning.cycle
	ctx := w.context(l, s, r.Index)
	ctx.Cycle = c
	receipt := custody.Receipt{Comment: s.ID, Author: s.Author.ID, Login: s.Author.Login, Said: s.Created, Words: s.words, Rebuilt: w.rebuilt()}
	refused := receipt
	fresh := w.unjudged(l, *s)
	for _, line := range fresh {
		accepted, problem := verdictOnPlan(ctx, w.saidOnPlan(l), *s, line)
		switch {
		case problem == nil && w.refusedBefore(*s):
			refused.Lines = append(refused.Lines, custody.Line{N: line.N, Refused: work.Answered})
		case problem != nil:
			refused.Lines = append(refused.Lines, custody.Line{N: line.N, Refused: problem.Code})
		case accepted.Query != "":
			l.asked = append(l.asked, planQuery{s.Comment, accepted.Query, accepted.SIG})
		default:
			one := receipt
			one.Lines = []custody.Line{{N: line.N, Command: accepted.Said.Command, Role: accepted.Said.Role, SIG: accepted.Said.SIG, Source: accepted.Said.Source}}
			l.accept(w, c.Name, one)
		}
	}
	if len(refused.Lines) > 0 {
		r.refuse(w, l, s, refused, len(refused.Lines) == len(fresh))
	}
}

// saidOnPlan folds what was said on the plan issue, as far as it has receipts.
func (w *world) saidOnPlan(l *ledger) func() *plan.State {
	return func() *plan.State { return plan.Fold(l.logs[w.planning.cycle.Name]) }
}

func verdictOnPlan(ctx *work.Context, state func() *plan.State, s spoken, line slash.Line) (plan.Accepted, *slash.Problem) {
	if p := unread(s, line); p != nil {
		return plan.Accepted{}, p
	}
	if _, here := plan.Commands.Find(line.Verb); !here {
		return plan.Accepted{}, &slash.Problem{Line: line.N, Saw: line.Raw, Code: work.ForItem, Fix: line.Text()}
	}
	return plan.JudgeOn(ctx, state, s.ID, line)
}

// planQuery is a comment that asks something of the plan.
type planQuery struct {
	Comment
	about plan.Query
	sig   string
}

// planItems lists the items of a cycle as the plan sees them, from what was last
// read of each. Nothing of a private repository shows on a public plan.
func (r *Reconciler) planItems(ctx context.Context, w *world, c cycle.Cycle) ([]plan.Item, error) {
	return r.planItemsAt(ctx, w, c, time.Time{})
}

// planItemsAt is planItems as things stood at a time, that second included, as far as
// receipts and the closing of issues tell. Milestone, labels and descriptions are as of now.
// The zero time is now.
func (r *Reconciler) planItemsAt(ctx context.Context, w *world, c cycle.Cycle, at time.Time) ([]plan.Item, error) {
	var items []plan.Item
	now := at
	if at.IsZero() {
		now = w.now
	}
	for _, key := range r.Index.Keys() {
		e, ok := r.Index.Get(key)
		if !ok || e.Items[c.Name] == nil || e.Issue.Private && !w.issue.Private {
			continue
		}
		repo, ok := w.config.Repo(key.Repository())
		if _, isPlan := planCycle(w.config, key); !ok || isPlan {
			continue
		}
		issue, item := e.at(key, c.Name, at)
		there := &world{key: key, now: now, config: w.config, repo: repo, issue: issue, keps: w.keps, asIndexed: true, excepted: e.Excepted}
		facts, err := r.facts(ctx, there, item, c)
		if err != nil {
			return nil, fmt.Errorf("look at %s for the plan: %w", key, err)
		}
		r.targetsAt(key, facts.Targets, c.Name, at)
		facts.OptedIn = there.optedIn(c)
		items = append(items, plan.Item{Key: key, Assessment: work.Assess(item, facts), Receipts: e.Said[c.Name], OptedIn: facts.OptedIn})
	}
	return items, nil
}

// targetsAt takes the issues that an item asks back to a time.
func (r *Reconciler) targetsAt(asking Key, targets map[Key]work.Target, cycle string, at time.Time) {
	for key, t := range targets {
		if e, ok := r.Index.Get(key); ok && t.Readable && key != asking {
			issue, item := e.at(key, cycle, at)
			t.Issue, t.Item = issue, cmp.Or(item, t.Item)
			targets[key] = t
		}
	}
}
