package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// speakable lists the configured repositories that may be named on an issue: all on a
// private one, else those that are public. Of another one not even its spelling is told:
// a reference to it stays as somebody typed it, as one to a repository that is not there.
func (r *Reconciler) speakable(ctx context.Context, w *world) ([]string, error) {
	var names []string
	for _, repo := range w.config.WorkRepos() {
		names = append(names, repo.Name)
	}
	for _, file := range w.config.Sources().Files() {
		repo, _, _ := strings.Cut(file, ":")
		names = append(names, repo)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if w.issue.Private {
		return names, nil
	}
	var out []string
	for _, name := range names {
		hidden, err := r.hidden(ctx, name)
		if err != nil {
			return nil, err
		}
		if !hidden {
			out = append(out, name)
		}
	}
	return out, nil
}

// hidden reports whether a repository is private, or not to be seen. The answer is kept
// for a while: every round that judges words asks it of every repository.
func (r *Reconciler) hidden(ctx context.Context, name string) (bool, error) {
	if hidden, ok := r.memory.tries.wasHidden(name); ok {
		return hidden, nil
	}
	repo, err := r.GitHub.Repository(ctx, name)
	gone := errors.Is(err, ErrGone) || isForbidden(err)
	if err != nil && !gone {
		return false, err
	}
	r.memory.tries.hides(name, gone || repo.Private)
	return gone || repo.Private, nil
}
