package plugin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/roles"
)

// bookOf reads the roles as of some times.
func (s *stand) bookOf(rb *Rolebook, times ...time.Time) *roles.Book {
	s.t.Helper()
	book, err := rb.Book(s.t.Context(), s.config.Sources(), []string{"v1.38"}, s.sim.Now(), times)
	if err != nil {
		s.t.Fatal(err)
	}
	return book
}

func holders(b *roles.Book, role roles.Role, sig string, at time.Time) string {
	logins, _, ok := b.Holders(role, sig, "v1.38", at)
	if !ok {
		return "cannot tell"
	}
	return strings.Join(logins, " ")
}

// aliasesAt commits an aliases file with other facilitators of sig-node.
func (s *stand) aliasesAt(at time.Time, facilitators string) {
	text := strings.Replace(standAliases, "[node-fac]", "["+facilitators+"]", 1)
	s.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "Aliases", at, map[string]*string{"OWNERS_ALIASES": &text})
}

// TestRolebookAsOf: the version that held when something was said, also after
// later changes and after the file is gone.
func TestRolebookAsOf(t *testing.T) {
	s := newStand(t, nil)
	day := func(n int) time.Time { return standTime.AddDate(0, 0, n) }
	s.aliasesAt(day(-3), "second")
	s.aliasesAt(day(-1), "third")
	rb := NewRolebook(s.client, s.client, time.Hour)
	times := []time.Time{day(-20), day(-5), day(-3), day(-2), day(0)}
	book := s.bookOf(rb, times...)
	var got []string
	for _, at := range times {
		got = append(got, holders(book, roles.Facilitator, "node", at))
	}
	// before the file was there nobody stood in it
	if d := cmp.Diff([]string{"", "node-fac", "second", "second", "third"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	s.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "No aliases", day(0).Add(-time.Hour), map[string]*string{"OWNERS_ALIASES": nil})
	rb.Forget(kepRepoName)
	s.bookOf(rb, day(-2)) // that a file is not there is not believed at once
	s.sim.Advance(removedAfter)
	book = s.bookOf(rb, day(-2))
	if got := holders(book, roles.Facilitator, "node", day(-2)) + "|" + holders(book, roles.Facilitator, "node", s.sim.Now()); got != "second|" {
		t.Errorf("%q", got)
	}
}

// TestRolebookCosts: a list of commits and the versions that are needed, once;
// afterwards nothing, until a push or the time says otherwise.
func TestRolebookCosts(t *testing.T) {
	s := newStand(t, nil)
	for n := range 150 {
		s.aliasesAt(standTime.Add(time.Duration(n-150)*time.Minute), fmt.Sprintf("fac-%d", n))
	}
	rb := NewRolebook(s.client, s.client, time.Hour)
	cost := func(what string, want int, times ...time.Time) {
		t.Helper()
		s.sim.ResetCalls()
		s.bookOf(rb, times...)
		if n := s.counted(); n != want {
			_, _, calls := s.cost()
			t.Errorf("%s: %d calls, want %d: %v", what, n, want, calls)
		}
	}
	now := s.sim.Now()
	cost("first: commits, one version, the team", 3)
	cost("again", 0)
	cost("said now", 0, now)
	cost("said a while ago: commits, one more version", 2, now.Add(-90*time.Minute))
	cost("said then", 0, now.Add(-90*time.Minute))
	cost("said between: one more version", 1, now.Add(-50*time.Minute))
	rb.Forget("kubernetes/kubernetes")
	cost("a push elsewhere", 0)
	s.aliasesAt(now, "new")
	rb.Forget(kepRepoName)
	cost("a push: commits, one version", 2)
	s.sim.Advance(time.Minute)
	cost("said after the list was read: commits", 1, s.sim.Now())
}

// TestRolebookCannotTell: a team that answers 403 is unknown, one that fails
// ends the round; so does a file.
func TestRolebookCannotTell(t *testing.T) {
	s := newStand(t, nil)
	fail := func(part string, status int) {
		s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
			if strings.Contains(r.URL.Path, part) {
				return &githubsim.Fault{Status: status, Body: `{"message":"no"}`}
			}
			return nil
		})
	}
	fail("/teams/", 403)
	book := s.bookOf(NewRolebook(s.client, s.client, time.Hour))
	if got := holders(book, roles.ReleaseLead, "", standTime); got != "cannot tell" {
		t.Errorf("%q", got)
	}
	if got := holders(book, roles.Facilitator, "node", standTime); got != "node-fac" {
		t.Errorf("%q", got)
	}
	for part, status := range map[string]int{"/teams/": 500, "/commits": 502, "/contents/": 500} {
		fail(part, status)
		if _, err := NewRolebook(s.client, s.client, time.Hour).Book(t.Context(), s.config.Sources(), nil, standTime, nil); err == nil {
			t.Errorf("%s with %d was taken for an answer", part, status)
		}
	}
	s.sim.SetFault(nil)
	broken := "aliases: [this is no map"
	s.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "Break", standTime.Add(-time.Minute), map[string]*string{"OWNERS_ALIASES": &broken})
	book = s.bookOf(NewRolebook(s.client, s.client, time.Hour))
	if got := holders(book, roles.Facilitator, "node", standTime); got != "cannot tell" {
		t.Errorf("a file that does not parse says %q", got)
	}
}

// TestLibraryCosts: N files cost the tree and a query for each hundred; a push
// the tree and what it changed; nothing new nothing but the tree.
func TestLibraryCosts(t *testing.T) {
	s := newStand(t, nil)
	files := map[string]*string{}
	for n := range 249 { // beside the one that is there
		text := kepFile(5000+n, "node")
		files[fmt.Sprintf("keps/sig-node/%d-x/kep.yaml", 5000+n)] = &text
		files[fmt.Sprintf("keps/sig-node/%d-x/README.md", 5000+n)] = &text
	}
	same := kepFile(5000, "node") // one text in two places is read once
	files["keps/sig-node/6000-copy/kep.yaml"] = &same
	s.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "KEPs", standTime, files)
	lib := NewLibrary(s.client, time.Hour, s.plugin.options.Log)
	cost := func(what string, tree, queries, keps int) {
		t.Helper()
		s.sim.ResetCalls()
		all, err := lib.Catalogues(t.Context(), []string{kepRepoName})
		must(t, err)
		if n := len(all[kepRepoName].All()); n != keps {
			t.Errorf("%s: %d KEPs, want %d", what, n, keps)
		}
		_, _, calls := s.cost()
		got := map[string]int{}
		for call, n := range calls {
			got[strings.Fields(call)[0]] += n
		}
		if got["GET"] != tree || got["POST"] != queries {
			t.Errorf("%s: %v, want %d and %d", what, calls, tree, queries)
		}
	}
	cost("first", 1, 3, 251)
	cost("again", 0, 0, 251)
	lib.Forget(kepRepoName)
	cost("a push that changed no KEP", 1, 0, 251)
	s.commit("keps/sig-node/5000-x/kep.yaml", kepFile(5000, "network"))
	s.commit("keps/sig-node/7000-new/kep.yaml", kepFile(7000, "node"))
	lib.Forget(kepRepoName)
	cost("a push of two", 1, 1, 252)
	all, _ := lib.Catalogues(t.Context(), []string{kepRepoName})
	if k := all[kepRepoName].Find(5000); len(k) != 1 || k[0].SIG != "network" {
		t.Errorf("%+v", k)
	}
	gone := map[string]*string{"keps/sig-node/7000-new/kep.yaml": nil}
	s.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "Remove", standTime, gone)
	lib.Forget(kepRepoName)
	cost("a removal", 1, 0, 251)
}

// TestLibraryNeverShowsAPart: a tree or query that fails, or a tree that
// GitHub cut short, is an error; what was read before stays.
func TestLibraryNeverShowsAPart(t *testing.T) {
	s := newStand(t, nil)
	lib := NewLibrary(s.client, time.Hour, s.plugin.options.Log)
	for _, part := range []string{"/git/trees/", "/graphql"} {
		s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
			if strings.Contains(r.URL.Path, part) {
				return &githubsim.Fault{Status: 502, Body: "{}"}
			}
			return nil
		})
		if _, err := lib.Catalogues(t.Context(), []string{kepRepoName}); err == nil {
			t.Errorf("%s failed and nobody was told", part)
		}
	}
	s.sim.SetFault(nil)
	s.intercept = func(r *http.Request) *http.Response {
		if strings.Contains(r.URL.Path, "/git/trees/") {
			return answer(200, nil, `{"sha":"x","truncated":true,"tree":[]}`)
		}
		return nil
	}
	if _, err := lib.Catalogues(t.Context(), []string{kepRepoName}); err == nil {
		t.Error("a tree cut short was taken for the whole")
	}
	s.intercept = nil
	if all, err := lib.Catalogues(t.Context(), []string{kepRepoName}); err != nil || len(all[kepRepoName].All()) != 1 {
		t.Errorf("%v", err)
	}
	if _, err := lib.Catalogues(t.Context(), []string{"kubernetes/none"}); err == nil {
		t.Error("a repository that is not there has no KEPs")
	}
}
