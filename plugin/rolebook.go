package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/roles"
)

// Rolebook reads who holds which role: OWNERS_ALIASES files with their git
// history, so that a role is looked up as of the time something was said, and
// teams as they are now. What it read is kept: file contents for good (a commit
// does not change; that a commit has none is believed after a while only), team members for some minutes, and the list of commits as
// well, but never for a time that it may not reach: a verdict must not depend on
// whether the delivery of a push arrived.
type Rolebook struct {
	archive   archive
	directory directory
	keep      time.Duration

	mu       sync.Mutex
	commits  map[string]cachedCommits // file
	contents map[string]roles.Version // file@commit
	absent   map[string]time.Time     // file@commit: since when GitHub says that there is none, by its clock
	teams    map[string]cachedTeam    // org/slug
}

type cachedCommits struct {
	list []FileVersion
	back time.Time // how far back it goes
	asOf time.Time // by GitHub's clock: it holds every commit up to then
	read time.Time
}

type cachedTeam struct {
	roles.TeamMembers
	read time.Time
}

// NewRolebook reads through the two interfaces and keeps lists for the time
// given.
func NewRolebook(a archive, d directory, keep time.Duration) *Rolebook {
	return &Rolebook{archive: a, directory: d, keep: keep, commits: map[string]cachedCommits{},
		contents: map[string]roles.Version{}, absent: map[string]time.Time{}, teams: map[string]cachedTeam{}}
}

// Forget drops what was read from a repository, after a push to it.
func (r *Rolebook) Forget(repo string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for file := range r.commits {
		if strings.HasPrefix(file, repo+":") {
			delete(r.commits, file)
		}
	}
}

// Book gives what is known of roles at the times asked for, exactly, and at now,
// GitHub's time, as far as was read lately. Times between them may be answered by
// an older version.
func (r *Rolebook) Book(ctx context.Context, sources roles.Sources, cycles []string, now time.Time, times []time.Time) (*roles.Book, error) {
	book := &roles.Book{Sources: sources, Files: map[string]roles.History{}, Teams: map[string]roles.TeamMembers{}}
	for _, file := range sources.Files() {
		history, err := r.history(ctx, file, now, times)
		if errors.Is(err, ErrGone) { // the App may not see the repository, or not yet: nobody holds and nobody lacks a role by it
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read roles: %w", err)
		}
		book.Files[file] = history
	}
	for _, team := range sources.Teams(cycles) {
		members, err := r.members(ctx, team)
		if err != nil {
			return nil, fmt.Errorf("read roles: %w", err)
		}
		book.Teams[team] = members
	}
	return book, nil
}

// history gives the versions of a file that held at the times and at now.
func (r *Rolebook) history(ctx context.Context, file string, now time.Time, times []time.Time) (roles.History, error) {
	oldest, newest := now, time.Time{}
	for _, t := range times {
		if t.Before(oldest) {
			oldest = t
		}
		if t.After(newest) {
			newest = t
		}
	}
	commits, err := r.commitsOf(ctx, file, now, oldest, newest)
	if err != nil {
		return nil, err
	}
	commits = notAhead(commits, now)
	needed := map[int]bool{}
	for _, t := range append([]time.Time{now}, times...) {
		for i, c := range commits { // newest first
			if !c.At.After(t) {
				needed[i] = true
				break
			}
		}
	}
	var history roles.History
	for i := len(commits) - 1; i >= 0; i-- {
		if !needed[i] {
			continue
		}
		v, err := r.version(ctx, file, commits[i], now)
		if err != nil {
			return nil, err
		}
		history = append(history, v)
	}
	return history, nil
}

// notAhead gives a commit that is dated in the future the date of the one before it.
// Who commits chooses the date: in a pull request a first commit may name somebody and
// a second, dated next year, take the name out again, and its changes show neither.
// The file as it stands then counts, not the one before it.
func notAhead(commits []FileVersion, now time.Time) []FileVersion {
	out := slices.Clone(commits)
	for i := len(out) - 1; i >= 0; i-- { // newest first
		switch {
		case !out[i].At.After(now):
		case i+1 < len(out):
			out[i].At = out[i+1].At
		default:
			out[i].At = time.Time{}
		}
	}
	return out
}

// commitsOf lists the commits of a file from one time to another, at least.
func (r *Rolebook) commitsOf(ctx context.Context, file string, now, back, until time.Time) ([]FileVersion, error) {
	r.mu.Lock()
	cached, ok := r.commits[file]
	r.mu.Unlock()
	if ok && time.Since(cached.read) < r.keep && !back.Before(cached.back) && !until.After(cached.asOf) {
		return cached.list, nil
	}
	repo, path, _ := strings.Cut(file, ":")
	list, err := r.archive.FileHistory(ctx, repo, path, back)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.commits[file] = cachedCommits{list, back, now, time.Now()}
	r.mu.Unlock()
	return list, nil
}

// removedAfter is for how long GitHub must say that a commit has no such file
// before that is believed. Just after a push it may say so of a file that is
// there. The commit's own date proves nothing: a merge brings in old commits.
const removedAfter = 10 * time.Minute

// version reads a file as of one commit of its history.
func (r *Rolebook) version(ctx context.Context, file string, c FileVersion, now time.Time) (roles.Version, error) {
	id := file + "@" + c.Commit
	r.mu.Lock()
	v, ok := r.contents[id]
	r.mu.Unlock()
	if ok {
		v.Since = c.At
		return v, nil
	}
	v = roles.Version{Commit: c.Commit, Since: c.At}
	repo, path, _ := strings.Cut(file, ":")
	data, err := r.archive.File(ctx, repo, path, c.Commit)
	switch {
	case errors.Is(err, ErrGone):
		if !r.removed(id, now) {
			v.Err = ErrCannotTell
			return v, nil
		}
	case err != nil:
		return v, err
	default:
		v.Aliases, v.Err = roles.ParseAliases(data)
	}
	r.mu.Lock()
	r.contents[id] = v
	delete(r.absent, id)
	r.mu.Unlock()
	return v, nil
}

// removed reports whether GitHub has said for long enough that a commit has no
// such file: then the commit removed it, and nobody holds a role by it.
func (r *Rolebook) removed(id string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	since, ok := r.absent[id]
	if !ok {
		r.absent[id] = now
	}
	return ok && now.Sub(since) >= removedAfter
}

func (r *Rolebook) members(ctx context.Context, team string) (roles.TeamMembers, error) {
	r.mu.Lock()
	cached, ok := r.teams[team]
	r.mu.Unlock()
	if ok && time.Since(cached.read) < r.keep {
		return cached.TeamMembers, nil
	}
	org, slug, _ := strings.Cut(team, "/")
	logins, err := r.directory.Members(ctx, org, slug)
	members := roles.TeamMembers{Logins: map[string]bool{}}
	switch {
	case errors.Is(err, ErrCannotTell):
		members.Unknown = true
	case err != nil:
		return members, err
	}
	for _, login := range logins {
		members.Logins[strings.ToLower(login)] = true
	}
	r.mu.Lock()
	r.teams[team] = cachedTeam{members, time.Now()}
	r.mu.Unlock()
	return members, nil
}
