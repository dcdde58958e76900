package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// A pull request goes the same way as an issue, with another fold: it has no
// record, so its words are judged anew each round, by the roles as of the time
// they were said (design, section 4).

// readPull reads what a pull request is beside an issue, and its reviews.
func (r *Reconciler) readPull(ctx context.Context, w *world) error {
	var reviews []Comment
	var reviewErr error
	var group sync.WaitGroup
	group.Go(func() { reviews, reviewErr = r.Pulls.Reviews(ctx, w.key) })
	d, err := r.Pulls.Pull(ctx, w.key)
	group.Wait()
	if err := errors.Join(err, reviewErr); err != nil {
		return err
	}
	w.comments = append(w.comments, reviews...)
	if w.issue.Merged && d.MergedAt.IsZero() {
		return &Wait{For: retryGone, Why: "the pull request is merged, and not yet wherever it is read"}
	}
	w.pull = &thread.Pull{Issue: w.issue, Base: d.Base, DefaultBranch: d.DefaultBranch, Head: d.Head,
		Bot: d.Bot || w.config.Bot(w.issue.Author), MergeCommit: d.Merge, MergedAt: d.MergedAt}
	return nil
}

// judgeOnPull judges the lines of one comment on a pull request. What was
// refused once stays refused: a reply says so.
func (r *Reconciler) judgeOnPull(w *world, l *ledger, s *spoken) {
	refused := custody.Receipt{Comment: s.ID, Author: s.Author.ID, Login: s.Author.Login, Said: s.Created, Words: s.words}
	ctx := w.context(l, s, r.Index)
	fresh := w.unjudged(l, *s)
	for _, line := range fresh {
		accepted, problem := verdictOnPull(w, ctx, *s, line)
		switch {
		case problem != nil && problem.Code == work.NotChecked && w.acknowledged(s.ID):
			l.unsure = true // it counted before; that is not taken back because a team cannot be read
		case problem != nil && problem.Code == work.WrongRole && w.issue.Closed && w.acknowledged(s.ID):
			// who said it may be called otherwise since: what is closed needs no other line
		case problem != nil:
			refused.Lines = append(refused.Lines, custody.Line{N: line.N, Refused: problem.Code})
		case accepted.Query:
			l.queries = append(l.queries, s.Comment)
		default:
			accepted.Said.Comment = s.ID
			l.said = append(l.said, accepted.Said)
		}
	}
	if len(refused.Lines) > 0 {
		r.refuse(w, l, s, refused, len(refused.Lines) == len(fresh))
	}
}

// acknowledged reports whether a comment has a reaction, which tells that it was
// taken once.
func (w *world) acknowledged(comment int64) bool {
	return slices.ContainsFunc(w.comments, func(c Comment) bool { return c.ID == comment && c.Acks > 0 })
}

func verdictOnPull(w *world, ctx *work.Context, s spoken, line slash.Line) (thread.Accepted, *slash.Problem) {
	if p := unread(s, line); p != nil {
		return thread.Accepted{}, p
	}
	if p := forPlan(ctx, line); p != nil {
		return thread.Accepted{}, p
	}
	return thread.Judge(w.threadContext(ctx, s), line)
}

// threadContext is what a verdict on a pull request may look at. Roles may differ
// between cycles: those of the cycle count that was open then.
func (w *world) threadContext(ctx *work.Context, s spoken) *thread.Context {
	if open := w.config.Calendar().Open(s.Created); len(open) > 0 {
		ctx.Cycle = open[0]
	}
	return &thread.Context{Context: ctx}
}

// foldPull folds the accepted words with the description, and holds the thread
// against what is known of issues, KEPs and plans.
func (r *Reconciler) foldPull(ctx context.Context, w *world, l *ledger) (*state, error) {
	folded := thread.Fold(*w.pull, w.repo.KEPs, l.said)
	f := thread.Facts{
		Now: w.now, Calendar: w.config.Calendar(), KEPs: w.keps, Mode: w.mode(),
		Items: map[Key]thread.ItemFact{}, KEPPulls: map[Key]kep.Ref{}, ItemsOf: r.itemsOf(w),
	}
	wanted, _ := folded.Wants()
	for _, key := range wanted { // as far as they are known; what is needed is read below
		if e, ok := r.Index.Get(w.spelled(key)); ok {
			f.Items[key] = r.factOf(w, e)
		}
	}
	a, err := r.assess(ctx, w, folded, f)
	if err != nil {
		return nil, err
	}
	if l.unsure {
		a.Gate, a.Unsure = thread.Gate{Keep: true}, true
	}
	s := &state{thread: &a, wanted: wanted}
	if a.Gate.Keep {
		return s, nil
	}
	if a.Gate.NeedsKEP {
		s.labels = append(s.labels, config.LabelNeedsKEP)
	}
	if a.Gate.Checked {
		s.labels = append(s.labels, config.LabelKEPChecked)
	}
	return s, r.hands(ctx, w, s)
}

// assess reads what the assessment lacks, and no more: first what it asks for; then,
// if nothing leads to a KEP, what the description only names, and what the pull
// requests changed to which it links.
func (r *Reconciler) assess(ctx context.Context, w *world, folded *thread.State, f thread.Facts) (thread.Assessment, error) {
	a := thread.Assess(folded, f)
	for range maxThreadReads {
		missing := a.Missing()
		if len(missing) == 0 && !a.Linked() && a.Exempt == nil {
			missing, _ = folded.Wants()
			missing = slices.DeleteFunc(missing, func(key Key) bool { _, known := f.Items[key]; return known })
		}
		if len(missing) == 0 {
			break
		}
		for _, key := range missing {
			fact, err := r.itemFact(ctx, w, key)
			if err != nil {
				return a, err
			}
			f.Items[key] = fact
		}
		a = thread.Assess(folded, f)
	}
	pulls := slices.Concat(folded.Pulls, a.Follow())
	if a.Linked() || a.Exempt != nil || len(pulls) == 0 {
		return a, nil
	}
	err := r.followPulls(ctx, w, pulls, f.KEPPulls)
	return thread.Assess(folded, f), err
}

// maxThreadReads is how often the assessment may ask for more issues.
const maxThreadReads = 3

// mode is what is asked of this pull request.
func (w *world) mode() thread.Mode {
	return thread.Mode(w.repo.Threads.Mode(w.issue.Labels, w.pull.Base, w.pull.DefaultBranch))
}

// itemsOf lists the work items of a KEP that may be spoken of here.
func (r *Reconciler) itemsOf(w *world) func(kep.Ref) ([]Key, bool) {
	return func(ref kep.Ref) ([]Key, bool) { return w.visible(r.Index, r.Index.ItemsOf(ref)), r.Index.Whole() }
}

// itemFact says what is known of an issue that may be a work item. One that is
// not in the configuration, private or gone is unreadable, all alike.
func (r *Reconciler) itemFact(ctx context.Context, w *world, key Key) (thread.ItemFact, error) {
	key = w.spelled(key)
	e, ok := r.Index.Get(key)
	if !ok {
		e, ok = r.memory.plainIssue(key)
	}
	if !ok && !r.memory.isAbsent(key) {
		var err error
		if e, ok, err = r.look(ctx, w.config, key); err != nil {
			return thread.ItemFact{}, err
		}
		switch {
		case !ok:
			r.memory.noteAbsent(key)
		case !e.matters() && !r.Index.IsAsked(key): // of many an issue that a description names nothing will ever be asked
			r.Index.Remove(key)
			r.memory.notePlain(key, e)
		}
	}
	if !ok {
		return thread.ItemFact{}, nil
	}
	return r.factOf(w, e), nil
}

// spelled gives a key the configuration's spelling of its repository.
func (w *world) spelled(key Key) Key { return canonical(w.config, key) }

// factOf is what may be said here of an issue that is known.
func (r *Reconciler) factOf(w *world, e Entry) thread.ItemFact {
	if e.Issue.Private && !w.issue.Private {
		return thread.ItemFact{}
	}
	fact := thread.ItemFact{Readable: true, Issue: e.Issue, KEP: e.KEP, Tracked: len(e.Items) > 0, Cycles: map[string]thread.CycleFact{}}
	at := w.now
	if w.pull != nil && w.issue.Merged {
		at = w.pull.MergedAt
	}
	for _, c := range w.config.Calendar().Open(at) {
		item := e.Items[c.Name]
		planned := e.Issue.Milestone == c.Name
		_, approved := r.Plans.Get(c).Approved[e.Issue.Key]
		fact.Tracked = fact.Tracked || planned && e.Issue.HasLabel(w.config.Repos.OptInLabel)
		fact.Cycles[c.Name] = thread.CycleFact{
			Committed: item != nil && item.Committed(),
			Approved:  approved,
			Exception: planned && e.Issue.HasLabel(config.LabelExceptionApproved),
		}
	}
	return fact
}

// followPulls looks which KEP the pull requests of a KEP repository changed to
// which the description links. A private one says nothing in public.
func (r *Reconciler) followPulls(ctx context.Context, w *world, pulls []Key, into map[Key]kep.Ref) error {
	for _, key := range pulls {
		if !slices.ContainsFunc(w.config.KEPRepos(), func(repo string) bool { return strings.EqualFold(repo, key.Repository()) }) {
			continue
		}
		repo, err := r.GitHub.Repository(ctx, key.Repository())
		if errors.Is(err, ErrGone) || err == nil && repo.Private && !w.issue.Private {
			continue
		}
		if err != nil {
			return err
		}
		paths, err := r.Pulls.PullFiles(ctx, key)
		if errors.Is(err, ErrGone) {
			continue
		}
		if err != nil {
			return err
		}
		into[key] = changedKEP(paths, key.Repository())
	}
	return nil
}

// changedKEP is the one KEP whose files are among the paths, zero for none or
// several.
func changedKEP(paths []string, repo string) kep.Ref {
	var one kep.Ref
	for _, path := range paths {
		for _, l := range kep.Links(path, repo) {
			if one.Number != 0 && one != l.Ref {
				return kep.Ref{}
			}
			one = l.Ref
		}
	}
	return one
}
