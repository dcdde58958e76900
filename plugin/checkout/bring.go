package checkout

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// maxDepth is how many merges within merges are looked into.
const maxDepth = 8

// Brought is the pull request that brought a commit, as far as the checkout tells.
type Brought struct {
	Named
	// By is the commit whose text names it: the commit itself, or the merge that contains it.
	By Commit
}

// ErrUnnamed is the error where no text in the checkout names the pull request of a commit.
var ErrUnnamed = errors.New("names no pull request")

// Bring finds the pull request of a commit on the history that ends at tip ("HEAD"). The commit's own title counts where
// it stands on the first-parent line, or is a merge in GitHub's form; else the first merge on that line which contains
// it. A merge that names none (of a branch into a branch) is looked into. A number in the title of a commit of a merged
// branch counts last: it may be another repository's.
func (r *Repo) Bring(ctx context.Context, c Commit, tip string, t *MergeTemplate) (Brought, error) {
	own, named := NamedIn(c.Message, t)
	if named && own.merge {
		return Brought{own, c}, nil
	}
	seen := ""
	for range maxDepth {
		m, onLine, err := r.firstMerge(ctx, c.SHA, tip)
		if err != nil {
			return Brought{}, err
		}
		if onLine {
			break
		}
		merge, err := r.Commit(ctx, m)
		if err != nil {
			return Brought{}, err
		}
		if n, ok := NamedIn(merge.Message, t); ok {
			if n.merge {
				n.How = "the title of the merge commit " + merge.Short()
			}
			return Brought{n, merge}, nil
		}
		if seen = merge.Short(); len(merge.Parents) < 2 {
			break
		}
		if tip, err = r.sideOf(ctx, c.SHA, merge); err != nil {
			return Brought{}, err
		}
	}
	switch {
	case named:
		return Brought{own, c}, nil
	case seen != "":
		return Brought{}, fmt.Errorf("commit %s was merged by %s, which %w", c.Short(), seen, ErrUnnamed)
	}
	return Brought{}, fmt.Errorf("commit %s %w", c.Short(), ErrUnnamed)
}

// sideOf is the parent of a merge, other than the first, that contains sha.
func (r *Repo) sideOf(ctx context.Context, sha string, merge Commit) (string, error) {
	for _, parent := range merge.Parents[1:] {
		if ok, err := r.contains(ctx, parent, sha); ok || err != nil {
			return parent, err
		}
	}
	return "", fmt.Errorf("git: %s is in none of the branches that %s merged", sha, merge.Short())
}

// contains says whether sha is in the history of tip.
func (r *Repo) contains(ctx context.Context, tip, sha string) (bool, error) {
	_, err := r.git(ctx, "merge-base", "--is-ancestor", sha, tip)
	if isNo(err) {
		return false, nil
	}
	return err == nil, err
}

// ErrNotMerged is the error for a commit that is not in the history looked at.
var ErrNotMerged = errors.New("is not in the history of")

// firstMerge finds the first commit of the first-parent line of tip whose history contains sha. onLine says that sha
// itself stands on the line.
//
// git rev-list --first-parent --ancestry-path would be one call, but finds nothing for a commit within a branch: it
// follows first parents only. Listing all parents took 110 ms on 20,000 commits. So the line is listed (40 ms), which
// from some commit on contains sha, and that commit is looked for from the oldest on, in growing steps and then by
// halves: a question to git walks no further back than sha, and most branches are merged soon.
func (r *Repo) firstMerge(ctx context.Context, sha, tip string) (merge string, onLine bool, err error) {
	out, err := r.git(ctx, "rev-list", "--first-parent", "--reverse", sha+".."+tip)
	if err != nil {
		return "", false, err
	}
	line := strings.Fields(out)
	if len(line) == 0 {
		ok, err := r.contains(ctx, tip, sha)
		if err == nil && !ok {
			err = fmt.Errorf("commit %.12s %w %s", sha, ErrNotMerged, tip)
		}
		return "", true, err
	}
	parent, err := r.git(ctx, "rev-parse", "--verify", "--quiet", line[0]+"^1")
	if err == nil && strings.TrimSpace(parent) == sha {
		return "", true, nil
	}
	if err != nil && !isNo(err) {
		return "", false, err
	}
	low, high := -1, 0 // line[low] does not contain sha
	for step := 1; ; step *= 2 {
		ok, err := r.contains(ctx, line[high], sha)
		if err != nil {
			return "", false, err
		}
		if ok {
			break
		}
		if high == len(line)-1 {
			return "", false, fmt.Errorf("commit %.12s %w %s", sha, ErrNotMerged, tip)
		}
		low, high = high, min(high+step, len(line)-1)
	}
	for high-low > 1 {
		middle := (low + high) / 2
		ok, err := r.contains(ctx, line[middle], sha)
		if err != nil {
			return "", false, err
		}
		if ok {
			high = middle
		} else {
			low = middle
		}
	}
	return line[high], false, nil
}

// MergeOf finds the commit on the first-parent line of tip whose text names a pull request, the newest if there are
// several.
func (r *Repo) MergeOf(ctx context.Context, number int, tip string, t *MergeTemplate) (Commit, bool, error) {
	out, err := r.git(ctx, "log", "--first-parent", "--fixed-strings", "--grep", fmt.Sprintf("#%d", number), "-z", "--format="+commitForm, tip)
	if err != nil {
		return Commit{}, false, err
	}
	for _, text := range splitCommits(out) {
		c, err := parseCommit(text)
		if err != nil {
			return Commit{}, false, err
		}
		if n, ok := NamedIn(c.Message, t); ok && n.Number == number {
			return c, true, nil
		}
	}
	return Commit{}, false, nil
}
