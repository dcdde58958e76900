package githubsim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

func TestPostSignsAsGitHubDoesAndForgetsWhatWasRefused(t *testing.T) {
	g := world(t)
	var got []http.Header
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Clone())
		if _, err := github.ValidatePayload(r, []byte("secret")); err != nil {
			t.Errorf("signature: %v", err)
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer s.Close()
	g.SetWebhook(githubsim.Post(s.Client(), s.URL, "secret"))
	g.OpenIssue("ann", "k", "e", "t", "")
	if len(got) != 1 {
		t.Fatalf("deliveries: got %d, want 1", len(got))
	}
	h := got[0]
	if h.Get("Content-Type") != "application/json" || h.Get("X-GitHub-Event") != "issues" || h.Get("X-GitHub-Delivery") == "" ||
		h.Get("X-Hub-Signature") == "" || h.Get("User-Agent") != "GitHub-Hookshot/5ee1c1d" {
		t.Errorf("headers: got %v", h)
	}
	g.SetWebhook(nil)
	g.OpenIssue("ann", "k", "e", "unheard", "")
	if len(got) != 1 {
		t.Errorf("after SetWebhook(nil): got %d deliveries, want 1", len(got))
	}
}

func TestDeliveriesKeepTheirOrderWhenTheReceiverWritesBack(t *testing.T) {
	g := world(t)
	var got []string
	c := g.Transport()
	g.SetWebhook(func(d githubsim.Delivery) {
		got = append(got, names(t, []githubsim.Delivery{d})...)
		if d.Event == "issues" {
			req, _ := http.NewRequest("POST", "http://github.test/repos/k/e/issues/1/comments", io.NopCloser(strings.NewReader(`{"body":"hi"}`)))
			req.Header.Set("Authorization", "token "+githubsim.TokenFor("bot"))
			resp, err := c.RoundTrip(req)
			if err != nil || resp.StatusCode != 201 {
				t.Errorf("write from the receiver: got %v, %v", resp, err)
			}
			got = append(got, "answered")
		}
	})
	g.OpenIssue("ann", "k", "e", "t", "", "kind/bug")
	g.Flush()
	want := []string{"issues.opened", "answered", "issues.labeled", "answered", "issue_comment.created", "issue_comment.created"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestPayloadsCarryInstallationAndChangesOfLabels(t *testing.T) {
	g := world(t)
	g.AddApp("st", "k")
	all := hooks(g)
	g.RenameLabel("ann", "k", "e", "kind/bug", "kind/flake")
	d := (*all)[0]
	if dig(t, d.Body, "changes", "name", "from") != "kind/bug" || dig(t, d.Body, "installation", "id") != 111.0 ||
		dig(t, d.Body, "organization", "login") != "k" || dig(t, d.Body, "repository", "full_name") != "k/e" {
		t.Errorf("got %s", d.Body)
	}
}

func TestAMailboxKeepsDeliveriesForLater(t *testing.T) {
	g := world(t)
	var m githubsim.Mailbox
	g.SetWebhook(m.Receive)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.Comment("bob", "k", "e", 1, "x")
	if diff := cmp.Diff([]string{"issues.opened", "issue_comment.created"}, names(t, m.Take())); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if got := m.Take(); got != nil {
		t.Errorf("second Take: got %v, want nothing", names(t, got))
	}
}

func TestManyAtOnceGetDifferentIDsAndAllAreDelivered(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	var m githubsim.Mailbox
	g.SetWebhook(m.Receive)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			ask(t, g, "bob", "POST", "/repos/k/e/issues/1/comments", quoted("x"))
			ask(t, g, "bob", "GET", "/repos/k/e/issues/1/comments", "")
		})
	}
	all.Wait()
	g.Flush()
	ids := map[int64]bool{}
	last := int64(0)
	for _, c := range g.Issue("k", "e", 1).Comments {
		ids[c.ID] = true
		if c.ID <= last {
			t.Errorf("id %d after %d: want ascending", c.ID, last)
		}
		last = c.ID
	}
	if got := len(m.Take()); len(ids) != 50 || got != 50 {
		t.Errorf("got %d ids, %d deliveries, want 50 of each", len(ids), got)
	}
}

var seed = fstest.MapFS{
	"users.yaml": {Data: []byte("users: [{login: ann, name: Ann}, {login: bob}, {login: bot}]\n")},
	"orgs.yaml":  {Data: []byte("orgs: [{login: k, members: [bob], owners: [ann]}]\n")},
	"teams.yaml": {Data: []byte("teams: [{org: k, slug: leads, members: [bob], pending: [bot], repos: {e: maintain}}]\n")},
	"repos/k/e/repo.yaml": {Data: []byte(`
permissions: {bot: write}
labels: [{name: kind/bug, color: d73a4a}]
milestones: [{title: v1.37, due: 2026-08-01T00:00:00Z}]
`)},
	"repos/k/e/issues.yaml": {Data: []byte(`
issues:
- as: bob
  title: An enhancement
  labels: [kind/bug]
  milestone: v1.37
  at: 2026-01-05T10:00:00Z
  comments:
  - {as: ann, body: "/commit v1.37", at: 2026-01-06T10:00:00Z, reactions: {"+1": [bot]}}
- {as: bob, title: A change, pull: {base: main, head: topic}, state: closed}
`)},
	"repos/k/e/files/OWNERS_ALIASES": {Data: []byte("aliases: {}\n")},
}

func TestASeedBuildsTheWorld(t *testing.T) {
	g := githubsim.New(githubsim.Options{BaseURL: "http://github.test"})
	g.SetClock(start)
	if err := g.LoadSeed(seed); err != nil {
		t.Fatal(err)
	}
	i := g.Issue("k", "e", 1)
	at := time.Date(2026, 1, 6, 10, 0, 0, 0, time.UTC)
	want := githubsim.IssueSnapshot{ID: i.ID, Number: 1, Title: "An enhancement", State: "open", Author: "bob",
		Labels: []string{"kind/bug"}, Milestone: "v1.37", CreatedAt: at.AddDate(0, 0, -1), UpdatedAt: at,
		Comments: []githubsim.CommentSnapshot{{ID: 3000000001, Author: "ann", Body: "/commit v1.37", CreatedAt: at, UpdatedAt: at,
			Reactions: map[string][]string{"+1": {"bot"}}}}}
	if diff := cmp.Diff(want, i); diff != "" {
		t.Errorf("issue (-want +got):\n%s", diff)
	}
	if p := g.Issue("k", "e", 2); !p.IsPull || p.State != "closed" {
		t.Errorf("pull request: got %+v", p)
	}
	ask(t, g, "bot", "GET", "/repos/k/e/contents/OWNERS_ALIASES", "").want(t, 200)
	if got := ask(t, g, "ann", "GET", "/repos/k/e/collaborators/bob/permission", "").at(t, "role_name"); got != "maintain" {
		t.Errorf("role of bob: got %v, want maintain", got)
	}
}

func TestASeedsErrorsNameFileAndField(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"unknown field": {"users.yaml", "users: [{login: ann, shoes: 2}]", `users.yaml: error unmarshaling JSON: while decoding JSON: json: unknown field "shoes"`},
		"no user":       {"orgs.yaml", "orgs: [{login: k, members: [zoe]}]", `orgs.yaml: orgs[0]: no user "zoe" in users.yaml`},
		"permission":    {"repos/k/e/repo.yaml", "permissions: {bot: rule}", `repos/k/e/repo.yaml: permissions.bot: unknown permission "rule"`},
		"label":         {"repos/k/e/issues.yaml", "issues: [{as: ann, title: t, labels: [x]}]", `repos/k/e/issues.yaml: issues[0].labels: no label "x" in repo.yaml`},
		"reaction":      {"repos/k/e/issues.yaml", "issues: [{as: ann, title: t, comments: [{as: ann, body: b, reactions: {wow: [ann]}}]}]", `repos/k/e/issues.yaml: issues[0].comments[0].reactions: unknown reaction "wow"`},
	} {
		dir := fstest.MapFS{}
		for k, f := range seed {
			dir[k] = f
		}
		dir[c.file] = &fstest.MapFile{Data: []byte(c.text)}
		err := githubsim.New(githubsim.Options{}).LoadSeed(dir)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
