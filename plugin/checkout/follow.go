package checkout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// Repository is what is needed of a repository on GitHub.
type Repository struct {
	ID      int64
	Private bool
}

// GitHub is what is asked of GitHub. Each method reads all of what it names, or fails; ErrGone where GitHub answers that
// there is no such thing.
type GitHub interface {
	Repository(ctx context.Context, repo string) (Repository, error)
	Issue(ctx context.Context, key work.Key) (work.Issue, error)
	// Comments lists the comments of an issue or pull request; of a pull request the bodies of reviews, too.
	Comments(ctx context.Context, key work.Key, pull bool) ([]Comment, error)
	// PullsOf lists the pull requests that brought a commit to a branch, merged ones first.
	PullsOf(ctx context.Context, repo, sha string) ([]int, error)
	// PullFiles lists the paths of files that a pull request changed, at most the first hundred.
	PullFiles(ctx context.Context, key work.Key) ([]string, error)
}

// Library looks KEPs up. The catalogue it gives has every KEP of the repository. The file of the one with that number was
// read; the others are known by number and path alone. ErrGone where there is no such repository.
type Library interface {
	Catalogue(ctx context.Context, repo string, number int) (*kep.Catalogue, error)
}

// ErrGone is the answer for something that is not there.
var ErrGone = errors.New("not there")

// LabelApproved is the label of work items that a vote approved for their milestone.
const LabelApproved = "milestone-approved"

// Follower follows threads. Fields that are nil are done without.
type Follower struct {
	Repo     *Repo
	Name     string // the checkout's repository on GitHub, "org/repo"; empty: not known
	GitHub   GitHub // nil: GitHub is not asked
	Library  Library
	Keys     *custody.Keys // to check records with
	Account  string        // the login that writes records; empty: any, as the signature tells
	KEPRepo  string        // where short references to KEPs lead
	Template *MergeTemplate
	Tip      string // the history that is looked at; empty: HEAD

	pulls map[work.Key]*Thread // of WriteNotes: threads from a pull request on
}

// walk is one thread while it is followed.
type walk struct {
	*Follower
	*Thread
	pull work.Key
	keps map[kep.Ref]lookedUp // what Library gave, by what was looked up
}

// FollowLine follows a line of a file; number 0 is the file: the last commit that changed it.
func (f *Follower) FollowLine(ctx context.Context, path string, number int) (Thread, error) {
	w := &walk{Follower: f, Thread: &Thread{Asked: path}}
	sha := ""
	if number == 0 {
		_, c, err := f.Repo.Last(ctx, path)
		if err != nil {
			return *w.Thread, err
		}
		sha = c.SHA
	} else {
		w.Asked = fmt.Sprintf("%s:%d", path, number)
		line, from, err := f.Repo.Blame(ctx, path, number)
		if err != nil {
			return *w.Thread, err
		}
		w.Line, sha = &line, from
	}
	return *w.Thread, w.commit(ctx, sha)
}

// FollowCommit follows a commit by any name that git knows.
func (f *Follower) FollowCommit(ctx context.Context, name string) (Thread, error) {
	w := &walk{Follower: f, Thread: &Thread{Asked: name}}
	err := w.commit(ctx, name)
	return *w.Thread, err
}

// FollowRef follows a pull request or an issue.
func (f *Follower) FollowRef(ctx context.Context, key work.Key, kind Kind) (Thread, error) {
	w := &walk{Follower: f, Thread: &Thread{Asked: key.String()}}
	if f.GitHub == nil {
		if kind == KindIssue {
			err := w.bareItem(ctx, key, "")
			return *w.Thread, err
		}
		err := w.local(ctx, key)
		return *w.Thread, err
	}
	issue, err := f.GitHub.Issue(ctx, key)
	if errors.Is(err, ErrGone) {
		w.Breaks = "GitHub knows no " + key.String()
		return *w.Thread, nil
	}
	if err != nil {
		return *w.Thread, w.unknown(err)
	}
	if issue.Pull {
		err = w.toPull(ctx, issue, "")
	} else {
		err = w.toItem(ctx, issue)
	}
	return *w.Thread, err
}

// unknown ends the thread because GitHub did not answer, which says nothing about what is there. A cancelled context is
// an error.
func (w *walk) unknown(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	w.Unknown = "GitHub did not answer: " + plain(err.Error(), 300)
	return nil
}

// local follows a pull request with what the checkout holds alone: the commit that names it.
func (w *walk) local(ctx context.Context, key work.Key) error {
	w.Pull = &Pull{Key: key.String()}
	if w.Repo == nil || !strings.EqualFold(w.Name, key.Repository()) {
		w.Unknown = "GitHub was not asked, and the checkout is not of " + key.Repository()
		return nil
	}
	c, ok, err := w.Repo.MergeOf(ctx, key.Number, cmp.Or(w.Tip, "HEAD"), w.Template)
	if err != nil {
		return err
	}
	if !ok {
		w.Unknown = "GitHub was not asked, and no commit here names " + key.String()
		return nil
	}
	w.Commit, w.Pull.Title = &c, pullTitle(c.Message)
	return w.texts(ctx, key, c)
}

// commit goes from a commit to its pull request.
func (w *walk) commit(ctx context.Context, name string) error {
	c, err := w.Repo.Commit(ctx, name)
	if err != nil {
		return err
	}
	w.Commit = &c
	if w.Repo.shallow(ctx) {
		w.Notes = append(w.Notes, "the checkout is shallow: lines older than it seem to be from its oldest commit, and merges may be missing (git fetch --unshallow)")
	}
	b, err := w.Repo.Bring(ctx, c, cmp.Or(w.Tip, "HEAD"), w.Template)
	lost := errors.Is(err, ErrUnnamed) || errors.Is(err, ErrNotMerged)
	switch {
	case err != nil && !lost:
		return err
	case err == nil && w.Name != "":
		return w.named(ctx, c, b)
	case err == nil:
		w.Pull = &Pull{Key: fmt.Sprintf("#%d", b.Number), Title: pullTitle(b.By.Message), How: b.How}
		w.Unknown = "which repository the checkout is of is not known: say it with --repo org/repo"
		return nil
	case w.GitHub == nil || w.Name == "":
		w.Unknown = err.Error() + ", and GitHub was not asked"
		return nil
	}
	return w.asked(ctx, c, err.Error())
}

// named goes on with the pull request that a text names. GitHub has the last word: the number may be an issue's.
func (w *walk) named(ctx context.Context, c Commit, b Brought) error {
	key, _, err := ParseRef(fmt.Sprintf("%s#%d", w.Name, b.Number), work.Key{})
	if err != nil {
		return err
	}
	w.Pull = &Pull{Key: key.String(), Title: pullTitle(b.By.Message), How: b.How}
	if w.GitHub == nil {
		return w.texts(ctx, key, b.By)
	}
	issue, err := w.GitHub.Issue(ctx, key)
	switch {
	case err == nil && issue.Pull:
		return w.toPull(ctx, issue, b.How)
	case err == nil, errors.Is(err, ErrGone):
		w.Pull = nil
		return w.asked(ctx, c, fmt.Sprintf("%s names %s, which is no pull request", b.How, key))
	}
	alone := *w.Follower
	alone.GitHub = nil
	w.Follower = &alone
	unknown := w.unknown(err)
	reason := w.Unknown
	if err := w.texts(ctx, key, b.By); err != nil {
		return err
	}
	w.Unknown = reason
	return unknown
}

// asked asks GitHub which pull request brought a commit that no text tells of.
func (w *walk) asked(ctx context.Context, c Commit, why string) error {
	numbers, err := w.GitHub.PullsOf(ctx, w.Name, c.SHA)
	switch {
	case errors.Is(err, ErrGone), err == nil && len(numbers) == 0:
		w.Breaks = why + ", and GitHub knows no pull request that brought it"
		return nil
	case err != nil:
		return w.unknown(err)
	}
	key, _, err := ParseRef(fmt.Sprintf("%s#%d", w.Name, numbers[0]), work.Key{})
	if err != nil {
		return err
	}
	if len(numbers) > 1 {
		w.Notes = append(w.Notes, fmt.Sprintf("%d pull requests brought the commit to some branch; the first merged one is followed", len(numbers)))
	}
	issue, err := w.GitHub.Issue(ctx, key)
	if err != nil {
		return w.unknown(err)
	}
	return w.toPull(ctx, issue, "GitHub's list of the commit's pull requests")
}

// texts reads what the commit's own text says, where GitHub was not asked.
func (w *walk) texts(ctx context.Context, key work.Key, c Commit) error {
	issue := work.Issue{Key: key, Title: pullTitle(c.Message), Body: c.Message, Pull: true, Merged: true}
	if err := w.believe(ctx, issue, nil, "commit message"); err != nil {
		return err
	}
	switch {
	case w.Breaks != "":
		w.Unknown, w.Breaks = "the commit's text leads no further ("+w.Breaks+"), and GitHub was not asked", ""
	case w.Whole:
		w.Notes = append(w.Notes, "GitHub was not asked: on the pull request another KEP may be named")
	}
	return nil
}
