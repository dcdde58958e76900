package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/work"
)

// Sweep finds what deliveries missed: GitHub redelivers nothing, and hook gives
// up 1.5 s after its first try. It lists what changed in every configured
// repository and has those issues looked at again that may concern us. Lists
// choose what to look at; they decide nothing.
type Sweep struct {
	Config   func() *config.Config
	List     lister
	Pulls    pullReader
	Index    *Index
	Self     Account
	Enqueue  func(Key)
	Later    func(...Key) // for what nobody waits for
	Hand     func(work.Issue)
	Metrics  *Metrics
	Log      logrus.FieldLogger
	Lookback time.Duration // how far back the first sweep of a process looks

	turn chan struct{}        // holds one while a sweep is under way
	seen map[string]time.Time // by repository: GitHub's Date of the last whole sweep
}

// overlap is how much of the last sweep's time the next one looks at again:
// lists lag, and times have a second's grain.
const overlap = 5 * time.Minute

// Tick sweeps every repository once. A repository that cannot be listed is
// looked at from the same time on again at the next tick; it does not keep the
// others from being swept.
func (s *Sweep) Tick(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	var errs []error
	var first time.Time
	for _, repo := range s.Config().WorkRepos() {
		date, err := s.sweep(ctx, repo.Name)
		if err != nil {
			errs = append(errs, err)
		}
		first = earlier(first, date)
	}
	if err := errors.Join(errs...); err != nil {
		s.Metrics.swept("error")
		return err
	}
	s.Index.Sweep(first)
	s.Metrics.swept("done")
	return nil
}

// earlier is the earlier of two times; the zero time is none yet.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// sweep gives GitHub's Date as of which the repository was listed.
func (s *Sweep) sweep(ctx context.Context, repo string) (time.Time, error) {
	if s.seen == nil {
		s.seen = map[string]time.Time{}
	}
	since, again := s.seen[repo]
	if !again {
		since = time.Now().Add(-s.Lookback)
	}
	keys, _, date, err := s.changed(ctx, repo, since)
	if err != nil {
		return date, fmt.Errorf("sweep %s: %w", repo, err)
	}
	for _, key := range keys {
		s.await(key)
		s.Enqueue(key)
	}
	s.seen[repo] = date.Add(-overlap)
	return date, nil
}

// await has what is concluded from all issues wait for the round of one that changed: what
// was said on it may have come by no delivery. Plans do not wait for themselves, nor for
// pull requests.
func (s *Sweep) await(key Key) {
	cfg := s.Config()
	key = canonical(cfg, key)
	e, _ := s.Index.Get(key)
	if _, plan := planCycle(cfg, key); !plan && e.Pull == nil {
		s.Index.Await(key)
	}
}

// changed lists the issues of a repository that changed since and may concern
// us: comments with commands or of ours, issues that are known, bear a label of
// ours, are in the milestone of an open cycle, or have a command in their
// description.
func (s *Sweep) changed(ctx context.Context, repo string, since time.Time) ([]Key, []work.Issue, time.Time, error) {
	comments, date, err := s.List.CommentsSince(ctx, repo, since)
	if err != nil {
		return nil, nil, date, err
	}
	issues, err := s.List.Issues(ctx, repo, Filter{Since: since})
	if err != nil {
		return nil, nil, date, err
	}
	var keys []Key
	for _, c := range comments {
		if s.concerns(c) {
			keys = append(keys, c.Key)
		}
	}
	for _, i := range issues {
		_, known := s.Index.Get(i.Key)
		concerns := known || s.ours(i, date)
		if !concerns && i.Pull && !i.Closed {
			concerns = s.reviewed(ctx, i.Key)
		}
		if concerns {
			keys = append(keys, i.Key)
		}
	}
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys), issues, date, nil
}

// reviewed looks for a command in the reviews of an open pull request that changed:
// no list of a repository has them. Where nothing is asked of pull requests it is
// not looked; what cannot be read is left for another time, for the rest of the
// repository must not wait for it.
func (s *Sweep) reviewed(ctx context.Context, key Key) bool {
	repo, _ := s.Config().Repo(key.Repository())
	if len(repo.Threads.Selectors()) == 0 {
		return false
	}
	reviews, err := s.Pulls.Reviews(ctx, key)
	if err != nil {
		s.Log.WithField("key", key.String()).WithError(err).Warn("sweep: reviews not read")
		return false
	}
	return slices.ContainsFunc(reviews, func(c Comment) bool { return speaks(c.Body) })
}

func (s *Sweep) concerns(c ListedComment) bool {
	if _, known := s.Index.Get(c.Key); known {
		return true
	}
	return speaks(c.Body)
}

func (s *Sweep) ours(i work.Issue, now time.Time) bool {
	if slices.ContainsFunc(i.Labels, func(l string) bool { return slices.Contains(issueLabels, l) }) {
		return true
	}
	if i.Pull {
		return s.pullConcerns(i)
	}
	if _, is := planCycle(s.Config(), i.Key); is {
		return true
	}
	return slices.Contains(s.openCycles(now), i.Milestone) || len(otherVerbs(i.Body)) > 0
}

// pullConcerns reports whether a listed pull request may have to say something of
// its thread: it is of a kind that is asked, bears a label of ours, or was merged
// and its item's record may not have it yet.
func (s *Sweep) pullConcerns(i work.Issue) bool {
	repo, _ := s.Config().Repo(i.Key.Repository())
	if i.Merged {
		return !s.Index.Recorded(i.Key)
	}
	kinds, every := repo.Threads.Kinds()
	return !i.Closed && every || slices.ContainsFunc(i.Labels, func(l string) bool {
		return slices.Contains(pullLabels, l) || !i.Closed && slices.Contains(kinds, l)
	})
}

func (s *Sweep) openCycles(now time.Time) []string {
	var names []string
	for _, c := range s.Config().Calendar().Open(now) {
		names = append(names, c.Name)
	}
	return names
}

// Tracked lists the issues that a process which knows nothing yet must read
// before its first write: those with a label of ours, those in the milestone of
// an open cycle, and those that changed within the lookback.
func (s *Sweep) Tracked(ctx context.Context) ([]Key, error) {
	keys, _, _, err := s.tracked(ctx)
	return keys, err
}

// tracked gives the issues as listed beside, as far as they were, and GitHub's Date as of
// which all of it was listed.
func (s *Sweep) tracked(ctx context.Context) (keys []Key, listed []work.Issue, first time.Time, err error) {
	for _, repo := range s.Config().WorkRepos() {
		found, changed, date, err := s.changed(ctx, repo.Name, time.Now().Add(-s.Lookback))
		if err != nil {
			return nil, nil, first, fmt.Errorf("list %s: %w", repo.Name, err)
		}
		first = earlier(first, date)
		keys, listed = append(keys, found...), append(listed, changed...)
		var filters []Filter
		for _, label := range issueLabels {
			filters = append(filters, Filter{Label: label})
		}
		for _, label := range pullLabels { // also where nothing is held any more: what was is let go
			filters = append(filters, Filter{Label: label, OpenOnly: true})
		}
		for _, cycle := range s.openCycles(date) {
			filters = append(filters, Filter{Milestone: cycle, OpenOnly: true})
		}
		for _, f := range filters {
			issues, err := s.List.Issues(ctx, repo.Name, f)
			if err != nil {
				return nil, nil, first, fmt.Errorf("list %s: %w", repo.Name, err)
			}
			listed = append(listed, issues...)
			for _, i := range issues {
				if !i.Pull || f.Label != "" {
					keys = append(keys, i.Key)
				}
			}
		}
	}
	slices.SortFunc(keys, compareKeys)
	return slices.Compact(keys), listed, first, nil
}

// Everything has every known issue looked at again: once a night, because
// deletions and some other changes leave no trace in any list. The issues are
// handed on as listed, so that a round which finds nothing to do need not read
// them again.
func (s *Sweep) Everything(ctx context.Context) error {
	keys, listed, _, err := s.tracked(ctx)
	if err != nil {
		return err
	}
	keys = slices.Concat(keys, s.Index.Keys(), planKeys(s.Config()))
	slices.SortFunc(keys, compareKeys)
	keys = slices.Compact(keys)
	s.Later(keys...)
	for _, i := range listed {
		if _, wanted := slices.BinarySearchFunc(keys, i.Key, compareKeys); wanted {
			s.Hand(i)
		}
	}
	return nil
}
