package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// state is an issue held against all that is known: its assessment in every
// open cycle in which it has a record or should have one.
type state struct {
	cycles  []cycle.Cycle // those assessed, in the order of the calendar
	views   map[string]work.Assessment
	labels  []string           // labels of ours that should be on the issue
	touched []LabelEvent       // labels of ours that somebody else set or took off, against the state
	thread  *thread.Assessment // of a pull request
	wanted  []Key              // issues that it names
	plan    *planView          // of a plan issue
	keep    []string           // labels of ours of which it is not known whether they should be on it
}

// fold holds the folded receipts against the facts about other issues.
func (r *Reconciler) fold(ctx context.Context, w *world, l *ledger) (*state, error) {
	if err := r.mendDecisions(ctx, w); err != nil {
		return nil, err
	}
	switch {
	case w.pull != nil:
		return r.foldPull(ctx, w, l)
	case w.planning != nil:
		return r.foldPlanning(ctx, w, l)
	}
	s := &state{views: map[string]work.Assessment{}}
	if err := r.lookBack(ctx, w, l.items); err != nil { // with the promises of this round
		return nil, err
	}
	for _, c := range w.config.Calendar() {
		optedIn, open := w.optedIn(c), c.Open(w.now)
		if h := w.records[c.Name]; !open && (h == nil || !h.mended) && !w.gained(l, c.Name) {
			continue // a closed cycle's record is mended, and gets what was said before its end
		}
		if _, has := l.logs[c.Name]; !has && !optedIn {
			continue
		}
		item := l.items[c.Name]
		if item == nil {
			item = &work.Item{Key: w.key, Cycle: c.Name}
		}
		facts, err := r.facts(ctx, w, item, c)
		if err != nil {
			return nil, err
		}
		facts.OptedIn = optedIn
		facts.Plan, s.keep = r.planFact(w, l, c, s.keep)
		a := work.Assess(item, facts)
		s.cycles = append(s.cycles, c)
		s.views[c.Name] = a
		for _, label := range a.Labels() {
			if open && !slices.Contains(s.labels, label) {
				s.labels = append(s.labels, label)
			}
		}
	}
	w.leaveAfterTheEnd(s)
	if err := r.asked(ctx, w, l, s); err != nil {
		return nil, err
	}
	return s, r.hands(ctx, w, s)
}

// planFact says what the plan of a cycle decided on the issue, and adds the labels of
// which that is not known to keep.
func (r *Reconciler) planFact(w *world, l *ledger, c cycle.Cycle, keep []string) (work.PlanFact, []string) {
	decided := r.Plans.Get(c)
	digest, approved := decided.Approved[w.key]
	if !decided.Known && !approved { // the labels say what was known last
		approved = w.issue.HasLabel(config.LabelApproved)
		decided.Passed = decided.Passed || approved || w.issue.HasLabel(config.LabelUnplanned)
	}
	fact := work.PlanFact{Passed: decided.Passed && (decided.Private || !w.issue.Private), Approved: approved} // what a public plan may not name it cannot leave out
	if approved && digest != "" {
		since, changed := plan.Item{Key: w.key, Receipts: l.logs[c.Name].Receipts}.ChangedSince(decided.Asked, digest)
		fact.Changed = changed && !since.Reaffirmed
	}
	keep = append(keep, w.keepExceptions(c)...)
	if c.Open(w.now) && !decided.Known {
		keep = append(keep, work.LabelProposed, config.LabelApproved, config.LabelUnplanned)
	}
	return fact, keep
}

// leaveAfterTheEnd lets the labels stay as they were when the last cycle that the issue
// was in ended, until it is in another: they tell what became of it, and by them its
// records are found again.
func (w *world) leaveAfterTheEnd(s *state) {
	for _, c := range s.cycles {
		if c.Open(w.now) {
			return
		}
	}
	for _, c := range w.config.Calendar() {
		if w.records[c.Name] != nil && !c.Open(w.now) && c.Kept(w.now) {
			s.keep = issueLabels
			return
		}
	}
}

// gained reports whether a record gets receipts in this round.
func (w *world) gained(l *ledger, cycle string) bool {
	log, has := l.logs[cycle]
	h := w.records[cycle]
	return has && (h == nil || !h.log.SameContent(log))
}

// needsAsking reports whether the other side of a dependency should be told of
// it: it is an open issue that can be read, and has said nothing yet. On a pull
// request nothing can be promised. A private issue does not speak on a public
// one.
func (w *world) needsAsking(e work.Edge) bool {
	repo, ok := w.config.Repo(e.Ask.Target.Repository())
	t := e.Target.Issue
	return ok && !repo.Quiet && e.Target.Readable && (t.Private || !w.issue.Private) && e.Promise == nil && !t.Closed && !t.Pull && e.Ask.Target != w.key
}

// asked looks which of the issues that are asked something have been told, as
// far as the record does not say so. A notice stands on the issue that is
// asked, and is kept in the record of the one that asks: nothing is posted
// twice, also after a crash.
func (r *Reconciler) asked(ctx context.Context, w *world, l *ledger, s *state) error {
	for cycle, a := range s.views {
		edges, _, _ := w.toTell(l, a, cycle)
		for _, e := range edges {
			key := askedOfKey(cycle, e.Ask.Target)
			if r.memory.tries.isShut(e.Ask.Target, w.now) {
				continue
			}
			comments, now, err := r.GitHub.Comments(ctx, e.Ask.Target)
			if errors.Is(err, ErrGone) {
				r.Index.Remove(e.Ask.Target)
				return &Wait{For: retryGone, Why: e.Ask.Target.String() + " is gone"}
			}
			if err != nil {
				return err
			}
			for _, id := range r.memory.freshlyWritten(e.Ask.Target, now) {
				if !slices.ContainsFunc(comments, func(c Comment) bool { return c.ID == id }) {
					return &Wait{For: retryGone, Why: fmt.Sprintf("comment %d of ours on %s is not listed yet", id, e.Ask.Target)}
				}
			}
			for _, c := range comments {
				m, ok := custody.FindMarker(c.Body)
				if ok && c.Author.ID == r.Self.ID && m.Kind == custody.KindNotice && m.Key == askedKey(cycle, w.key) {
					w.notices[key] = c.ID
				}
			}
		}
	}
	return nil
}

// optedIn reports whether the issue entered the plan of a cycle by milestone
// and label.
func (w *world) optedIn(c cycle.Cycle) bool {
	return !w.issue.Pull && w.issue.Milestone == c.Name && w.issue.HasLabel(w.config.Repos.OptInLabel) && !w.issue.Closed
}

// facts gathers what the findings of an item look at. What other issues say
// comes from the index, which holds what was last read of them; what the index
// does not have is read now.
func (r *Reconciler) facts(ctx context.Context, w *world, item *work.Item, c cycle.Cycle) (work.Facts, error) {
	ref, _ := work.ParentKEP(item, w.issue, w.repo.KEPs)
	f := work.Facts{
		Now: w.now, Cycle: c, Issue: w.issue, KEPs: w.keps, KEPRepo: w.repo.KEPs,
		Targets: map[Key]work.Target{},
		SameKEP: w.visible(r.Index, r.Index.SameKEP(w.key, ref, c.Name)),
		Asked:   w.visible(r.Index, r.Index.Askers(w.key, c.Name)),
	}
	if !item.Committed() {
		f.SameKEP = nil
	}
	for _, ask := range item.Asks {
		t, err := r.target(ctx, w, ask.Target, c.Name)
		if err != nil {
			return f, err
		}
		if ask.Target == w.key {
			t.SIG = work.OwningSIG(item, w.issue, w.keps, w.repo.KEPs)
		}
		f.Targets[ask.Target] = t
	}
	f.Exceptions = work.Exceptions(item, w.postedExceptions(c.Name), r.exceptionFacts(w, item, c, f.Asked))
	if loop := r.Index.Loop(w.key, c.Name, item.Asks); len(w.visible(r.Index, loop)) == len(loop) {
		f.Loop = loop
	}
	return f, nil
}

// visible keeps the issues that may be spoken of here: never those of a
// private repository on a public issue.
func (w *world) visible(x *Index, keys []Key) []Key {
	var out []Key
	for _, k := range keys {
		if e, ok := x.Get(k); k == w.key || ok && (!e.Issue.Private || w.issue.Private) {
			out = append(out, k)
		}
	}
	return out
}

// target says what is known of an issue that an item asks something of. One
// that is not in the configuration, private or gone is unreadable, all alike.
func (r *Reconciler) target(ctx context.Context, w *world, key Key, cycle string) (work.Target, error) {
	if key = w.spelled(key); key == w.key {
		return work.Target{Readable: true, Issue: w.issue, Item: &work.Item{Key: key, Cycle: cycle}}, nil
	}
	e, ok := r.Index.Get(key)
	if !ok && !w.asIndexed && !r.memory.isAbsent(key) {
		var err error
		if e, ok, err = r.look(ctx, w.config, key); err != nil {
			return work.Target{}, err
		}
		if !ok {
			r.memory.noteAbsent(key)
		}
	}
	if !ok || e.Issue.Private && !w.issue.Private {
		return work.Target{}, nil
	}
	t := work.Target{Readable: true, Issue: e.Issue, SIG: e.SIG, Item: e.Items[cycle]}
	if t.Item == nil {
		t.Item = &work.Item{Key: key, Cycle: cycle}
	}
	return t, nil
}

// look reads an issue for the index alone: its signed records, no verdicts, no
// writes.
func (r *Reconciler) look(ctx context.Context, cfg *config.Config, key Key) (Entry, bool, error) {
	if _, ok := cfg.Repo(key.Repository()); !ok {
		return Entry{}, false, nil
	}
	r.memory.forgetListed(key) // what is not known yet is read
	e, ok, err := r.glance(ctx, cfg, key)
	if isForbidden(err) { // as if it were not there; it must not hold up what names it
		r.Log.WithField("key", key.String()).WithError(err).Warn("GitHub does not let us read this issue; those that name it go without")
		return Entry{}, false, nil
	}
	return e, ok, err
}

// glance is a look that takes the issue as listed, if a list was just read: at
// the start that saves a call for each.
func (r *Reconciler) glance(ctx context.Context, cfg *config.Config, key Key) (Entry, bool, error) {
	w, err := r.read(ctx, key)
	if errors.Is(err, ErrGone) || err == nil && w == nil { // gone, or its repository left the configuration meanwhile
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, fmt.Errorf("look at %s: %w", key, err)
	}
	if w.planning != nil {
		h := w.records[w.planning.cycle.Name]
		if h == nil {
			h = &held{}
		}
		r.Plans.Put(w.planning.cycle.Name, w.planState(h.log))
		return Entry{Issue: w.issue}, true, nil
	}
	if w.pull != nil { // its thread is its round's affair
		e := Entry{Issue: w.issue, Pull: &PullEntry{}}
		r.Index.Put(w.key, e)
		return e, true, nil
	}
	if w.keps, err = r.catalogues(ctx, w); err != nil {
		return Entry{}, false, err
	}
	logs := map[string]custody.Log{}
	for name, h := range w.records {
		logs[name] = h.log
	}
	e := w.entry(logs)
	r.Index.Put(w.key, e)
	r.named.note(w, e)
	return e, true, nil
}

// entry is what the index keeps of the issue, folded from signed logs.
func (w *world) entry(logs map[string]custody.Log) Entry {
	e := Entry{Issue: w.issue, OptsIn: w.issue.HasLabel(w.config.Repos.OptInLabel), Items: map[string]*work.Item{}, Said: map[string][]custody.Receipt{}, Excepted: w.allPostedExceptions(), Notified: map[string]int{}}
	for _, c := range w.config.Calendar() {
		log, ok := logs[c.Name]
		if !ok || !c.Kept(w.now) {
			continue
		}
		item := e.take(w.key, log)
		ref, _ := work.ParentKEP(item, w.issue, w.repo.KEPs)
		e.KEP = cmp.Or(ref, e.KEP) // a cycle that says nothing takes nothing away
		e.SIG = cmp.Or(work.OwningSIG(item, w.issue, w.keps, w.repo.KEPs), e.SIG)
	}
	ref, _ := work.ParentKEP(nil, w.issue, w.repo.KEPs)
	e.KEP = cmp.Or(e.KEP, ref)
	e.SIG = cmp.Or(e.SIG, work.OwningSIG(nil, w.issue, w.keps, w.repo.KEPs))
	return e
}

// take folds the record of one cycle.
func (e *Entry) take(key Key, log custody.Log) *work.Item {
	item, cycle := work.Fold(key, log), log.Identity.Cycle
	e.Items[cycle], e.Said[cycle], e.Notified[cycle] = item, log.Receipts, notifying(log)
	return item
}

// at is an issue and its item in a cycle as they stood at a time, that second included:
// what was said later is not said yet, and what was closed later is open. The zero time
// is now.
func (e Entry) at(key Key, cycle string, until time.Time) (work.Issue, *work.Item) {
	issue, item := e.Issue, e.Items[cycle]
	if until.IsZero() {
		return issue, item
	}
	if issue.Closed && issue.ClosedAt.After(until) {
		issue.Closed, issue.StateReason, issue.ClosedAt = false, "", time.Time{}
	}
	later := func(r custody.Receipt) bool { return r.Said.After(until) }
	if item == nil || !slices.ContainsFunc(e.Said[cycle], later) {
		return issue, item
	}
	log := custody.Log{Identity: custody.Identity{Cycle: cycle}, Merges: item.Merges}
	log.Receipts = slices.DeleteFunc(slices.Clone(e.Said[cycle]), later)
	return issue, work.Fold(key, log)
}

// hands looks who set or took off a label of ours where the labels do not
// follow the state. Only then are the issue's events read.
func (r *Reconciler) hands(ctx context.Context, w *world, s *state) error {
	var off []string
	for _, label := range w.ourLabels() {
		if slices.Contains(s.keep, label) {
			continue
		}
		if _, has := labelAs(w.issue, label); has != slices.Contains(s.labels, label) {
			off = append(off, label)
		}
	}
	if len(off) == 0 {
		return nil
	}
	events, err := r.GitHub.LabelEvents(ctx, w.key)
	if err != nil {
		return err
	}
	last := map[string]LabelEvent{}
	for _, e := range events {
		last[strings.ToLower(e.Label)] = e
	}
	for _, label := range off {
		e, ok := last[strings.ToLower(label)]
		if _, has := labelAs(w.issue, label); ok && e.Actor.ID != r.Self.ID && e.On == has {
			e.Label = label
			s.touched = append(s.touched, e)
		}
	}
	return nil
}
