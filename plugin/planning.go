package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	heads   []Comment // decisions, as they stand, ascending by id
	parts   map[string][]string
	posted  []plan.Posted
	torn    []string // keys of decisions that are known to have been made and do not hold

	posts    []decisionPost // heads and parts, as they stand
	suspects []decisionPost // those that were edited before this process read them
	mends    []notice       // those that were edited, as they were
	lost     []decisionText // those that were deleted, as they were
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

// planKey is the plan issue of a cycle.
func planKey(c cycle.Cycle) (Key, bool) {
	if c.Plan == "" {
		return Key{}, false
	}
	key, err := slash.ParseKey(c.Plan)
	return key, err == nil
}

// sortDecision sets a decision of ours aside until the record was read.
func (w *world) sortDecision(c Comment, m custody.Marker) {
	if w.planning == nil || m.Cycle != "" && m.Cycle != w.planning.cycle.Name { // of an earlier cycle's plan
		return
	}
	w.planning.posts = append(w.planning.posts, decisionPost{c, m})
	if m.Part > 0 {
		w.planning.parts[m.Key] = append(w.planning.parts[m.Key], c.Body)
		return
	}
	w.planning.heads = append(w.planning.heads, c)
}

// knowsDecision reports whether the record was told of a decision.
func (w *world) knowsDecision(key string) bool {
	h := w.records[w.planning.cycle.Name]
	return h != nil && h.log.WasTold(decisionPrefix+key)
}

// openDecisions checks what was decided. A decision that the record knows and that
// is not there any more, or does not hold, is torn: nothing is concluded from the
// rest (design invariant 5).
func (r *Reconciler) openDecisions(w *world) {
	p := w.planning
	if p == nil {
		return
	}
	p.private = w.issue.Private
	read := map[string]bool{}
	for _, c := range p.heads { // ascending by id: of two for one asking the lowest counts
		m, _ := custody.FindMarker(c.Body)
		_, values, err := r.Keys.OpenJSON(append([]string{c.Body}, p.parts[m.Key]...), custody.KindDecision, w.identity(p.cycle.Name))
		var d plan.Decision
		if err == nil {
			d, err = plan.Decode(values)
		}
		if errors.Is(err, custody.ErrIdentity) && !w.knowsDecision(m.Key) {
			continue // of another cycle, or of the issue that this one was before a transfer
		}
		if err != nil {
			r.Log.WithField("key", w.key.String()).WithField("comment", c.ID).WithError(err).Error("a decision does not hold")
			if !slices.Contains(p.torn, m.Key) {
				p.torn = append(p.torn, m.Key)
			}
			continue
		}
		read[m.Key] = true
		p.posted = append(p.posted, plan.Posted{Comment: c.ID, At: c.Created, Decision: d})
	}
	if h := w.records[p.cycle.Name]; h != nil {
		for _, told := range h.log.Told {
			if key, ok := strings.CutPrefix(told, decisionPrefix); ok && !read[key] && !slices.Contains(p.torn, key) {
				p.torn = append(p.torn, key)
			}
		}
	}
	p.torn = slices.DeleteFunc(p.torn, func(key string) bool { return read[key] }) // a whole one stands beside it
	r.watchDecisions(w, read)
	w.dropAnswered()
}

// decisionPrefix begins the keys under which a record knows what was decided.
const decisionPrefix = "decision-"

// decided is what follows for the items.
func (p *planning) decided(log custody.Log) PlanState {
	if len(p.torn) > 0 {
		return PlanState{}
	}
	approval := plan.Approved(plan.Fold(log), p.posted)
	s := PlanState{Known: true, Private: p.private, Passed: approval.Round > 0, Approved: approval.Items, Asked: approval.Asked, Pruned: map[Key]string{}, Losing: map[Key]Losing{}}
	times := map[Key]int{}       // an item was pruned
	counted := map[string]bool{} // of two for one asking the first counts
	for _, posted := range p.posted {
		if d, ok := posted.Decision.(plan.Pruned); ok && !counted[d.Key()] {
			counted[d.Key()] = true
			for _, item := range d.Items {
				s.Pruned[item.Key] = d.Key()
				times[item.Key]++
			}
		}
	}
	for _, posted := range plan.Standing(plan.Fold(log), p.posted) {
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
	for _, line := range w.unjudged(l, *s) {
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
		l.refused = append(l.refused, refused)
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
		return plan.Accepted{}, &slash.Problem{Line: line.N, Saw: line.Raw, Code: work.ForItem, Fix: line.Raw}
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
	var items []plan.Item
	for _, key := range r.Index.Keys() {
		e, ok := r.Index.Get(key)
		item := e.Items[c.Name]
		if !ok || item == nil || e.Issue.Private && !w.issue.Private {
			continue
		}
		repo, ok := w.config.Repo(key.Repository())
		if _, isPlan := planCycle(w.config, key); !ok || isPlan {
			continue
		}
		there := &world{key: key, now: w.now, config: w.config, repo: repo, issue: e.Issue, keps: w.keps, asIndexed: true}
		facts, err := r.facts(ctx, there, item, c)
		if err != nil {
			return nil, fmt.Errorf("look at %s for the plan: %w", key, err)
		}
		facts.OptedIn = there.optedIn(c)
		items = append(items, plan.Item{Key: key, Assessment: work.Assess(item, facts), Receipts: e.Said[c.Name], OptedIn: facts.OptedIn,
			Exception: e.Issue.HasLabel(config.LabelExceptionApproved) || e.Issue.HasLabel(config.LabelExceptionRequested)})
	}
	return items, nil
}

// sealDecision words and signs a decision: the comment, and further ones for what
// one has no room for.
func (r *Reconciler) sealDecision(w *world, d plan.Decision, text string) (bodies []string, err error) {
	values, err := plan.Encode(d)
	if err != nil {
		return nil, err
	}
	m := custody.Marker{Kind: custody.KindDecision, Cycle: w.planning.cycle.Name, Key: d.Key()}
	room := commentLimit - len([]rune(m.String()+text)) - 4
	blocks, err := r.Keys.SealJSON(custody.KindDecision, w.identity(w.planning.cycle.Name), 0, "", values, room, commentLimit-200)
	if err != nil {
		return nil, fmt.Errorf("seal decision %s on %s: %w", d.Key(), w.key, err)
	}
	for n, block := range blocks[1:] { // first, so that the comment which names them is whole when it stands
		m.Part, m.Of = n+2, len(blocks)
		bodies = append(bodies, m.String()+"\n"+r.Site.Part(w.planning.cycle.Name, n+2, len(blocks), r.Site.Issue(w.key))+"\n\n"+block)
	}
	m.Part, m.Of = 0, 0
	return append(bodies, m.String()+"\n"+text+"\n\n"+blocks[0]), nil
}
