package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
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
	hidden, errs := make([]bool, len(names)), make([]error, len(names))
	var group sync.WaitGroup
	for n, name := range names {
		group.Go(func() {
			var repo Repository
			repo, errs[n] = r.GitHub.Repository(ctx, name)
			if hidden[n] = repo.Private; errors.Is(errs[n], ErrGone) || isForbidden(errs[n]) {
				hidden[n], errs[n] = true, nil
			}
		})
	}
	group.Wait()
	var out []string
	for n, name := range names {
		if !hidden[n] {
			out = append(out, name)
		}
	}
	return out, errors.Join(errs...)
}
