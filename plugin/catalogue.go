package plugin

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// Library holds the KEP catalogues of the repositories that have KEPs. A
// catalogue costs one call for the tree and one GraphQL query for each hundred
// files that it has not read yet; files are known by their hash, so that a push
// costs the tree and what it changed.
type Library struct {
	archive archive
	keep    time.Duration
	log     logrus.FieldLogger

	mu    sync.Mutex
	repos map[string]*shelf
}

type shelf struct {
	mu        sync.Mutex
	catalogue *kep.Catalogue
	tree      string             // what the catalogue was made of
	files     map[string]kep.KEP // path@blob
	read      time.Time
}

// NewLibrary reads through a and looks for news after the time given, or after
// a push.
func NewLibrary(a archive, keep time.Duration, log logrus.FieldLogger) *Library {
	return &Library{archive: a, keep: keep, log: log, repos: map[string]*shelf{}}
}

// Forget makes the next Catalogues look at the repository again.
func (l *Library) Forget(repo string) {
	s := l.shelf(repo)
	s.mu.Lock()
	s.read = time.Time{}
	s.mu.Unlock()
}

func (l *Library) shelf(repo string) *shelf {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.repos[repo]
	if !ok {
		s = &shelf{files: map[string]kep.KEP{}}
		l.repos[repo] = s
	}
	return s
}

// Catalogues gives the catalogue of every repository named.
func (l *Library) Catalogues(ctx context.Context, repos []string) (work.Catalogues, error) {
	out := work.Catalogues{}
	for _, repo := range repos {
		c, err := l.catalogue(ctx, repo)
		if err != nil {
			return nil, fmt.Errorf("read KEPs: %w", err)
		}
		out[repo] = c
	}
	return out, nil
}

// catalogues gives the KEPs that may be spoken of on an issue: those of a
// private repository on private issues only. On a public one they are answered
// as if they did not exist.
func (r *Reconciler) catalogues(ctx context.Context, w *world) (work.Catalogues, error) {
	repos := w.config.KEPRepos()
	if w.issue.Private {
		return r.Library.Catalogues(ctx, repos)
	}
	var public []string
	for _, repo := range repos {
		got, err := r.GitHub.Repository(ctx, repo)
		if err != nil {
			return nil, fmt.Errorf("read KEPs: %w", err)
		}
		if !got.Private {
			public = append(public, repo)
		}
	}
	return r.Library.Catalogues(ctx, public)
}

func (l *Library) catalogue(ctx context.Context, repo string) (*kep.Catalogue, error) {
	s := l.shelf(repo)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catalogue != nil && time.Since(s.read) < l.keep {
		return s.catalogue, nil
	}
	tree, err := l.archive.Tree(ctx, repo)
	if err != nil {
		return nil, err
	}
	var files []TreeFile
	var missing []string
	wanted := map[string]bool{}
	for _, f := range tree {
		if !kep.IsKEPFile(f.Path) {
			continue
		}
		files = append(files, f)
		if _, ok := s.files[f.Path+"@"+f.Blob]; !ok && !wanted[f.Blob] {
			wanted[f.Blob] = true
			missing = append(missing, f.Blob)
		}
	}
	texts, err := l.archive.Blobs(ctx, repo, missing)
	if err != nil {
		return nil, err
	}
	before := s.catalogue
	s.shelve(repo, files, texts)
	s.read = time.Now()
	if s.catalogue != before {
		l.log.WithFields(logrus.Fields{"repo": repo, "KEPs": len(s.catalogue.All()), "fields to mend": len(s.catalogue.Problems())}).Info("KEP catalogue")
	}
	return s.catalogue, nil
}

// Problems lists what is wrong in the metadata files of every catalogue that
// was read, by repository: file, field, value and what was expected. None of it
// hides a KEP.
func (l *Library) Problems() map[string][]kep.FieldProblem {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string][]kep.FieldProblem{}
	for repo, s := range l.repos {
		s.mu.Lock()
		if s.catalogue != nil {
			out[repo] = s.catalogue.Problems()
		}
		s.mu.Unlock()
	}
	return out
}

// shelve parses what is new and makes the catalogue anew if anything changed.
func (s *shelf) shelve(repo string, files []TreeFile, texts map[string]string) {
	now := make(map[string]kep.KEP, len(files))
	keps := make([]kep.KEP, 0, len(files))
	tree := ""
	for _, f := range files {
		id := f.Path + "@" + f.Blob
		k, ok := s.files[id]
		if !ok {
			k = kep.ParseFile(repo, f.Path, []byte(texts[f.Blob]))
		}
		now[id] = k
		keps = append(keps, k)
		tree += id + "\n"
	}
	if s.catalogue == nil || tree != s.tree {
		s.catalogue, s.tree = kep.NewCatalogue(repo, "", keps), tree
	}
	s.files = now
}
