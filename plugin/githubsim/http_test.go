package githubsim_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

func TestPrivateRepositoriesAreHidden(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "p", "secret", "")
	for login, want := range map[string]int{"": 404, "eve": 404, "bob": 200, "ann": 200} {
		for _, path := range []string{"/repos/k/p", "/repos/k/p/issues/1"} {
			if got := ask(t, g, login, "GET", path, "").status; got != want {
				t.Errorf("%s as %q: got %d, want %d", path, login, got, want)
			}
		}
	}
	ask(t, g, "bob", "POST", "/repos/k/p/labels", `{"name":"x"}`).want(t, 404)
	if got := ask(t, g, "eve", "GET", "/search/issues?q=secret", "").at(t, "total_count"); got != 0.0 {
		t.Errorf("search by eve: got %v, want 0", got)
	}
}

func TestTokensOfAllFormsAndUnknownOnesAre401(t *testing.T) {
	g := world(t)
	for value, want := range map[string]int{"Bearer token-bob": 200, "token token-bob": 200, "Basic Ym9iOnRva2VuLWJvYg==": 200,
		"Bearer nope": 401, "Bearer token-nobody": 401} {
		if got := ask(t, g, "", "GET", "/user", "", "Authorization", value); got.status != want {
			t.Errorf("%s: got %d, want %d", value, got.status, want)
		}
	}
	ask(t, g, "", "GET", "/user", "").want(t, 401)
	ask(t, g, "", "GET", "/repos/k/e", "").want(t, 200)
}

func TestPermissionIsTheOldRoleAndRoleNameTheExactOne(t *testing.T) {
	g := world(t)
	g.SetPermission("k", "e", "meg", "maintain")
	g.AddTeam("k", "leads", "tim")
	g.AddPendingTeamMember("k", "leads", "eve")
	g.SetTeamPermission("k", "leads", "e", "maintain")
	for login, want := range map[string][2]string{"ann": {"admin", "admin"}, "meg": {"write", "maintain"}, "bob": {"write", "write"},
		"tess": {"read", "triage"}, "eve": {"read", "read"}, "tim": {"write", "maintain"}} {
		r := ask(t, g, "bot", "GET", "/repos/k/e/collaborators/"+login+"/permission", "").want(t, 200)
		if got := [2]string{r.at(t, "permission").(string), r.at(t, "role_name").(string)}; got != want {
			t.Errorf("%s: got %v, want %v", login, got, want)
		}
	}
	ask(t, g, "bot", "GET", "/repos/k/e/collaborators/ghost/permission", "").want(t, 404)
}

func TestTeamsListActiveMembersOnlyAndMembershipTellsPending(t *testing.T) {
	g := world(t)
	g.AddTeam("k", "leads", "bob")
	g.AddPendingTeamMember("k", "leads", "eve")
	got, _, err := client(t, g, "bot").Teams.ListTeamMembersBySlug(context.Background(), "k", "leads", nil)
	if err != nil || len(got) != 1 || got[0].GetLogin() != "bob" {
		t.Errorf("members: got %v, %v, want bob", got, err)
	}
	for login, want := range map[string]string{"bob": "active", "eve": "pending"} {
		if got := ask(t, g, "bot", "GET", "/orgs/k/teams/leads/memberships/"+login, "").at(t, "state"); got != want {
			t.Errorf("%s: got %v, want %s", login, got, want)
		}
	}
	ask(t, g, "bot", "GET", "/orgs/k/teams/leads/memberships/tess", "").want(t, 404)
	ask(t, g, "eve", "GET", "/orgs/k/teams/leads", "").want(t, 404)
}

func TestA304IsFreeAndTheETagDependsOnTheToken(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	path := "/repos/k/e/issues/1/comments"
	first := ask(t, g, "bot", "GET", path, "").want(t, 200)
	tag := first.header.Get("ETag")
	same := ask(t, g, "bot", "GET", path, "", "If-None-Match", tag).want(t, 304)
	if a, b := first.header.Get("X-RateLimit-Remaining"), same.header.Get("X-RateLimit-Remaining"); a != b || a != "4999" {
		t.Errorf("remaining: got %s, then %s, want 4999 twice", a, b)
	}
	if same.body != "" {
		t.Errorf("304: got body %q, want none", same.body)
	}
	ask(t, g, "bob", "GET", path, "", "If-None-Match", tag).want(t, 200)
	g.Comment("eve", "k", "e", 1, "x")
	ask(t, g, "bot", "GET", path, "", "If-None-Match", tag).want(t, 200)
	one := ask(t, g, "bot", "GET", "/repos/k/e/issues/1", "").want(t, 200)
	ask(t, g, "bot", "GET", "/repos/k/e/issues/1", "", "If-Modified-Since", one.header.Get("Last-Modified")).want(t, 304)
}

func TestHeadersComeFromTheClock(t *testing.T) {
	g := world(t)
	g.Advance(1500 * time.Millisecond)
	r := ask(t, g, "bot", "GET", "/repos/k/e", "", "X-GitHub-Api-Version", "2022-11-28")
	want := map[string]string{"Date": "Mon, 02 Mar 2026 09:00:01 GMT", "X-GitHub-Api-Version-Selected": "2022-11-28",
		"X-RateLimit-Limit": "5000", "X-RateLimit-Used": "1", "X-RateLimit-Resource": "core", "X-RateLimit-Reset": "1772445601"}
	got := map[string]string{}
	for k := range want {
		got[k] = r.header.Get(k)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if r.header.Get("X-GitHub-Request-Id") == "" {
		t.Error("X-GitHub-Request-Id: got none")
	}
}

func TestAUsedUpQuotaIs403WithoutEffectUntilTheWindowEnds(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.SetQuota("bot", 1)
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("one")).want(t, 201)
	r := ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("two")).want(t, 403)
	if got := r.header.Get("X-RateLimit-Remaining"); got != "0" {
		t.Errorf("remaining: got %s, want 0", got)
	}
	_, _, err := client(t, g, "bot").Issues.Get(context.Background(), "k", "e", 1)
	var limit *github.RateLimitError
	if !errors.As(err, &limit) {
		t.Errorf("go-github: got %v, want a RateLimitError", err)
	}
	ask(t, g, "bot", "GET", "/rate_limit", "").want(t, 200)
	if got := len(g.Issue("k", "e", 1).Comments); got != 1 {
		t.Errorf("comments: got %d, want 1", got)
	}
	g.Advance(time.Hour)
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("two")).want(t, 201)
}

func TestRateLimitsComeInThreeForms(t *testing.T) {
	g := world(t)
	var abuse *github.AbuseRateLimitError
	var primary *github.RateLimitError
	for name, c := range map[string]struct {
		fault *githubsim.Fault
		as    any
		code  int
	}{
		"retry after": {githubsim.RetryAfter(time.Minute), &abuse, 403},
		"primary":     {githubsim.PrimaryLimit(time.Now().Add(time.Hour)), &primary, 403},
		"bare":        {githubsim.BareLimit(), nil, 429},
	} {
		g.SetFault(func(*http.Request) *githubsim.Fault { return c.fault })
		_, resp, err := client(t, g, "bot").Repositories.Get(context.Background(), "k", "e")
		if err == nil || resp.StatusCode != c.code || (c.as != nil && !errors.As(err, c.as)) {
			t.Errorf("%s: got %v, want status %d as %T", name, err, c.code, c.as)
		}
	}
	if abuse.GetRetryAfter() != time.Minute {
		t.Errorf("retry after: got %v, want 1m", abuse.GetRetryAfter())
	}
}

func TestFaultsBeforeAndAfterTheEffectAndDrops(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	post := func(f githubsim.Fault) (int, error) {
		g.SetFault(func(r *http.Request) *githubsim.Fault {
			if r.Method == "POST" {
				return &f
			}
			return nil
		})
		_, resp, err := client(t, g, "bot").Issues.CreateComment(context.Background(), "k", "e", 1, &github.IssueComment{Body: ptr("x")})
		if resp == nil {
			return 0, err
		}
		return resp.StatusCode, err
	}
	for _, c := range []struct {
		fault    githubsim.Fault
		status   int
		comments int
	}{
		{githubsim.Fault{Status: 502, Body: "{}"}, 502, 0},
		{githubsim.Fault{Status: 502, Body: "{}", AfterEffect: true}, 502, 1},
		{githubsim.Fault{Drop: true}, 0, 1},
		{githubsim.Fault{Drop: true, AfterEffect: true}, 0, 2},
		{githubsim.Fault{Delay: time.Nanosecond}, 201, 3},
	} {
		status, _ := post(c.fault)
		if got := len(g.Issue("k", "e", 1).Comments); status != c.status || got != c.comments {
			t.Errorf("%+v: got status %d, %d comments, want %d, %d", c.fault, status, got, c.status, c.comments)
		}
	}
}

func TestADroppedConnectionOverTheNetworkIsAnError(t *testing.T) {
	g := world(t)
	s := httptest.NewServer(g)
	defer s.Close()
	g.SetFault(func(*http.Request) *githubsim.Fault { return &githubsim.Fault{Drop: true} })
	if resp, err := s.Client().Get(s.URL + "/repos/k/e"); err == nil {
		_ = resp.Body.Close()
		t.Errorf("got %s, want an error", resp.Status)
	}
}

func TestReadsLagBehindWrites(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.Comment("eve", "k", "e", 1, "old")
	g.SetStale(5*time.Second, nil)
	g.Advance(time.Minute)
	id := ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("new")).want(t, 201)
	if id.at(t, "id") != 3000000002.0 {
		t.Errorf("id: got %v", id.at(t, "id"))
	}
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/comments/3000000001", quoted("changed")).want(t, 200)
	g.Label("ann", "k", "e", 1, "kind/bug")
	g.OpenIssue("ann", "k", "e", "two", "")
	type seen struct {
		comments, labels, issues, byID, second int
		first                                  string
	}
	look := func() (s seen) {
		count := func(path string) int { return len(ask(t, g, "bot", "GET", path, "").want(t, 200).at(t).([]any)) }
		s.comments, s.labels, s.issues = count("/repos/k/e/issues/1/comments"), count("/repos/k/e/issues/1/labels"), count("/repos/k/e/issues")
		s.byID = ask(t, g, "bot", "GET", "/repos/k/e/issues/comments/3000000002", "").status
		s.second = ask(t, g, "bot", "GET", "/repos/k/e/issues/2", "").status
		s.first = ask(t, g, "bot", "GET", "/repos/k/e/issues/1/comments", "").at(t, 0, "body").(string)
		return s
	}
	g.Advance(4 * time.Second)
	if diff := cmp.Diff(seen{1, 0, 1, 404, 404, "old"}, look(), cmp.AllowUnexported(seen{})); diff != "" {
		t.Errorf("within the lag (-want +got):\n%s", diff)
	}
	if got := len(g.Issue("k", "e", 1).Comments); got != 2 {
		t.Errorf("inspection: got %d comments, want 2", got)
	}
	g.Advance(time.Second)
	if diff := cmp.Diff(seen{2, 1, 2, 200, 200, "changed"}, look(), cmp.AllowUnexported(seen{})); diff != "" {
		t.Errorf("after the lag (-want +got):\n%s", diff)
	}
}

func TestTheEnterprisePrefixIsKeptInAddresses(t *testing.T) {
	g := world(t)
	r := ask(t, g, "bot", "GET", "/api/v3/repos/k/e", "").want(t, 200)
	if r.at(t, "url") != "http://github.test/api/v3/repos/k/e" || r.at(t, "html_url") != "http://github.test/k/e" {
		t.Errorf("got %v and %v", r.at(t, "url"), r.at(t, "html_url"))
	}
	ask(t, g, "bot", "POST", "/api/graphql", `{"query":"{viewer{login}}"}`).want(t, 200)
}

func TestCallsAndWritesAreCounted(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	tag := ask(t, g, "bot", "GET", "/repos/k/e/issues/1", "").header.Get("ETag")
	ask(t, g, "bot", "GET", "/repos/k/e/issues/1", "", "If-None-Match", tag)
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("x"))
	ask(t, g, "bot", "POST", "/repos/k/e/issues/9/comments", quoted("x"))
	want := map[string]int{"GET /repos/{owner}/{repo}/issues/{number} 200": 1, "GET /repos/{owner}/{repo}/issues/{number} 304": 1,
		"POST /repos/{owner}/{repo}/issues/{number}/comments 201": 1, "POST /repos/{owner}/{repo}/issues/{number}/comments 404": 1}
	if diff := cmp.Diff(want, g.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"POST /repos/k/e/issues/1/comments"}, g.WritesBy("bot")); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	g.ResetCalls()
	if len(g.Calls()) != 0 || g.WritesBy("bot") != nil {
		t.Error("after ResetCalls: got counts, want none")
	}
}

func TestArchivedRepositoriesAreReadOnly(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.SetArchived("k", "e", true)
	ask(t, g, "ann", "POST", "/repos/k/e/issues/1/comments", quoted("x")).want(t, 403)
	ask(t, g, "ann", "GET", "/repos/k/e/issues/1", "").want(t, 200)
}

func TestARenamedUserKeepsTheIDAndTheComments(t *testing.T) {
	g := world(t)
	g.OpenIssue("bob", "k", "e", "t", "")
	before := ask(t, g, "ann", "GET", "/users/bob", "").at(t, "id")
	g.RenameUser("bob", "rob")
	ask(t, g, "ann", "GET", "/users/bob", "").want(t, 404)
	r := ask(t, g, "rob", "GET", "/repos/k/e/issues/1", "").want(t, 200)
	if r.at(t, "user", "login") != "rob" || r.at(t, "user", "id") != before {
		t.Errorf("got %v %v, want rob %v", r.at(t, "user", "login"), r.at(t, "user", "id"), before)
	}
	if got := ask(t, g, "ann", "GET", "/repos/k/e/collaborators/rob/permission", "").at(t, "role_name"); got != "write" {
		t.Errorf("role: got %v, want write", got)
	}
}

func TestAnAppActsAsItsBotWithATokenOfOneHour(t *testing.T) {
	g := world(t, func(o *githubsim.Options) { o.Now = time.Now })
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	bot, id := g.AddApp("steelthread", "k")
	g.SetAppKey("steelthread", &key.PublicKey)
	g.OpenIssue("ann", "k", "p", "t", "")
	app := ghinstallation.NewAppsTransportFromPrivateKey(g.Transport(), id, key)
	app.BaseURL = "http://github.test"
	c, err := github.NewClient(github.WithTransport(app), github.WithURLs(ptr("http://github.test/"), nil))
	if err != nil {
		t.Fatal(err)
	}
	inst, _, err := c.Apps.GetOrganizationInstallation(context.Background(), "k")
	if err != nil {
		t.Fatal(err)
	}
	tr := ghinstallation.NewFromAppsTransport(app, inst.GetID())
	c, err = github.NewClient(github.WithTransport(tr), github.WithURLs(ptr("http://github.test/"), nil))
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := c.Issues.CreateComment(context.Background(), "k", "p", 1, &github.IssueComment{Body: ptr("hello")})
	if err != nil {
		t.Fatal(err)
	}
	if x.GetUser().GetLogin() != "steelthread[bot]" || x.GetUser().GetType() != "Bot" || x.GetUser().GetID() != bot.ID {
		t.Errorf("author: got %v", x.GetUser())
	}
	other, _ := rsa.GenerateKey(rand.Reader, 2048)
	for k, want := range map[*rsa.PrivateKey]int{key: 200, other: 401} {
		ask(t, g, "", "GET", "/app", "", "Authorization", "Bearer "+signed(t, k, id, time.Now())).want(t, want)
	}
	ask(t, g, "", "GET", "/app", "", "Authorization", "Bearer "+signed(t, key, id, time.Now().Add(-time.Hour))).want(t, 401)
}

// signed is an App's own token, good for five minutes from at.
func signed(t *testing.T, key *rsa.PrivateKey, id int64, at time.Time) string {
	t.Helper()
	enc := base64.RawURLEncoding.EncodeToString
	token := enc([]byte(`{"alg":"RS256","typ":"JWT"}`)) + "." +
		enc(fmt.Appendf(nil, `{"iss":"%d","iat":%d,"exp":%d}`, id, at.Unix(), at.Unix()+300))
	sum := sha256.Sum256([]byte(token))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return token + "." + enc(sig)
}

// TestTokensOfAnotherClock: where the clock is moved forward, a program elsewhere still
// signs by its own.
func TestTokensOfAnotherClock(t *testing.T) {
	moved := func() time.Time { return time.Now().AddDate(0, 1, 0) }
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range []bool{false, true} {
		g := world(t, func(o *githubsim.Options) {
			if o.Now = moved; own {
				o.Tokens = time.Now
			}
		})
		_, id := g.AddApp("steelthread", "k")
		g.SetAppKey("steelthread", &key.PublicKey)
		want := 401
		if own {
			want = 200
		}
		ask(t, g, "", "GET", "/app", "", "Authorization", "Bearer "+signed(t, key, id, time.Now())).want(t, want)
	}
}

func TestInstallationTokensExpire(t *testing.T) {
	g := world(t)
	g.AddApp("st", "k")
	jwtLike := "Bearer x." + "eyJpc3MiOiIxMSJ9" + ".y"
	for _, path := range []string{"/app", "/app/installations", "/app/installations/111", "/orgs/k/installation", "/repos/k/e/installation", "/repos/k/p/installation"} {
		ask(t, g, "", "GET", path, "", "Authorization", jwtLike).want(t, 200)
	}
	r := ask(t, g, "", "POST", "/app/installations/111/access_tokens", "", "Authorization", jwtLike).want(t, 201)
	token := "token " + r.at(t, "token").(string)
	ask(t, g, "", "GET", "/installation/repositories", "", "Authorization", token).want(t, 200)
	ask(t, g, "", "GET", "/user", "", "Authorization", token).want(t, 403)
	g.Advance(time.Hour)
	ask(t, g, "", "GET", "/repos/k/e", "", "Authorization", token).want(t, 401)
	if !strings.HasPrefix(token, "token ghs_") {
		t.Errorf("token: got %q", token)
	}
}
