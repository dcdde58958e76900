package githubsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

func TestRepositoryCommentsAreSortedAndSinceIsInclusive(t *testing.T) {
	g := world(t)
	for n := range 2 {
		g.OpenIssue("ann", "k", "e", "t", "")
		g.Comment("bob", "k", "e", n+1, fmt.Sprint("c", n+1))
		g.Advance(time.Minute)
	}
	_ = g.EditComment("bob", "k", "e", 3000000001, "c1 edited")
	for query, want := range map[string][]string{
		"": {"c1 edited", "c2"}, "direction=desc": {"c1 edited", "c2"}, "sort=created&direction=desc": {"c2", "c1 edited"},
		"sort=updated": {"c2", "c1 edited"}, "since=2026-03-02T09:02:00Z": {"c1 edited"}, "since=2026-03-02T09:02:01Z": nil,
	} {
		var got []string
		for _, x := range ask(t, g, "bot", "GET", "/repos/k/e/issues/comments?"+query, "").want(t, 200).at(t).([]any) {
			got = append(got, x.(map[string]any)["body"].(string))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", query, diff)
		}
	}
}

func TestWrongQueriesAre422(t *testing.T) {
	g := world(t, unrecorded)
	for _, path := range []string{"/repos/k/e/issues/comments?since=yesterday", "/repos/k/e/commits?until=then", "/search/issues",
		"/search/issues?q=is:open&per_page=100&page=11", "/repos/k/e/issues?milestone=99"} {
		ask(t, g, "bot", "GET", path, "").want(t, 422)
	}
}

func TestWritesThatGitHubRefuses(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "")
	g.Comment("bob", "k", "e", 1, "x")
	g.OpenPull("bob", "k", "e", "p", "", "main", "topic")
	for _, w := range []struct {
		as, method, path, body string
		want                   int
	}{
		{"bot", "POST", "/repos/k/e/issues", `{"body":"no title"}`, 422},
		{"bot", "POST", "/repos/k/e/issues/1/comments", `{"body":""}`, 422},
		{"bot", "PATCH", "/repos/k/e/issues/1", `{"state":"ajar"}`, 422},
		{"bot", "PATCH", "/repos/k/e/issues/1", `{"title":""}`, 422},
		{"eve", "POST", "/repos/k/e/issues/1/assignees", `{"assignees":["bob"]}`, 403},
		{"eve", "PUT", "/repos/k/e/issues/1/lock", ``, 403},
		{"bot", "POST", "/repos/k/e/issues/comments/3000000001/reactions", `{"content":"wow"}`, 422},
		{"bot", "DELETE", "/repos/k/e/issues/comments/3000000001/reactions/1", ``, 404},
		{"tess", "POST", "/repos/k/e/milestones", `{"title":"x"}`, 403},
		{"bot", "POST", "/repos/k/e/milestones", `{}`, 422},
		{"bot", "POST", "/repos/k/e/milestones", `{"title":"x","due_on":"soon"}`, 422},
		{"bot", "PATCH", "/repos/k/e/milestones/1", `{"state":"ajar"}`, 422},
		{"bot", "PATCH", "/repos/k/e/milestones/9", `{"title":"x"}`, 404},
		{"tess", "DELETE", "/repos/k/e/milestones/1", ``, 403},
		{"tess", "PATCH", "/repos/k/e/labels/kind/bug", `{"color":"000000"}`, 404},
		{"bot", "PATCH", "/repos/k/e/labels/kind/bug", `{"new_name":"SIG/node"}`, 422},
		{"bot", "POST", "/repos/k/e/pulls", `{"title":"p","head":"nope","base":"main"}`, 422},
		{"bot", "POST", "/repos/k/e/pulls", `{"title":"p","head":"main","base":"nope"}`, 422},
		{"bot", "POST", "/repos/k/e/pulls", `{"title":"p","head":"main","base":"main"}`, 422},
		{"bot", "POST", "/repos/k/e/pulls", `{"head":"topic","base":"main"}`, 422},
		{"eve", "PATCH", "/repos/k/e/pulls/2", `{"title":"x"}`, 403},
		{"bot", "PATCH", "/repos/k/e/pulls/2", `{"base":"nope"}`, 422},
		{"bot", "PATCH", "/repos/k/e/pulls/1", `{"title":"x"}`, 404},
		{"bob", "POST", "/repos/k/e/pulls/2/reviews", `{"event":"APPROVE"}`, 422},
		{"bob", "POST", "/repos/k/e/pulls/1/reviews", `{"event":"COMMENT"}`, 404},
		{"", "POST", "/repos/k/e/issues", `{"title":"x"}`, 401},
	} {
		if got := ask(t, g, w.as, w.method, w.path, w.body, "Content-Type", "application/json"); got.status != w.want {
			t.Errorf("%s %s %s as %q: got %d %s, want %d", w.method, w.path, w.body, w.as, got.status, got.body, w.want)
		}
	}
	if len(g.WritesBy("bot")) != 0 {
		t.Errorf("writes with an effect: got %v, want none", g.WritesBy("bot"))
	}
}

func TestEditsCarryWhatWasBefore(t *testing.T) {
	g := world(t)
	due := start.AddDate(0, 1, 0)
	g.AddMilestone("k", "e", "v1.38", "open", &due)
	g.Commit("k", "e", "release-1.37", "ann", "cut", start, nil)
	g.OpenPull("bob", "k", "e", "p", "old body", "main", "topic")
	all := hooks(g)
	patch := func(path, body string) { ask(t, g, "ann", "PATCH", "/repos/k/e"+path, body).want(t, 200) }
	patch("/milestones/3", `{"title":"v1.39","due_on":"2026-09-01T00:00:00Z","description":"d"}`)
	patch("/pulls/1", `{"title":"q","body":"new body"}`)
	patch("/pulls/1", `{"base":"release-1.37"}`)
	type m = map[string]any
	want := []any{m{"title": m{"from": "v1.38"}, "due_on": m{"from": "2026-04-02T09:00:00Z"}, "description": m{"from": ""}},
		m{"title": m{"from": "p"}, "body": m{"from": "old body"}}, m{"ref": m{"from": "main"}}}
	got := []any{dig(t, (*all)[0].Body, "changes"), dig(t, (*all)[1].Body, "changes"), dig(t, (*all)[2].Body, "changes", "base")}
	delete(got[2].(m), "sha")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestPeopleUndoWhatTheyDid(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "", "kind/bug")
	g.Assign("ann", "k", "e", 1, "bob")
	g.Unlabel("tess", "k", "e", 1, "kind/bug")
	g.Unassign("ann", "k", "e", 1, "bob")
	g.SetMilestone("ann", "k", "e", 1, "v1.37")
	ask(t, g, "bot", "DELETE", "/repos/k/e/milestones/1", "").want(t, 204)
	i := g.Issues("k", "e")[0]
	if len(i.Labels) != 0 || len(i.Assignees) != 0 || i.Milestone != "" {
		t.Errorf("got %v %v %q, want nothing", i.Labels, i.Assignees, i.Milestone)
	}
	if diff := cmp.Diff([]string{"k/e", "k/p"}, g.Repos()); diff != "" {
		t.Errorf("repositories (-want +got):\n%s", diff)
	}
	if got := g.Users(); got[0].Login != "bob" {
		t.Errorf("first user: got %s, want bob", got[0].Login)
	}
}

func TestSearchWords(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "open one", "", "kind/bug")
	g.OpenIssue("ann", "k", "e", "closed one", "")
	g.Assign("ann", "k", "e", 2, "bob")
	g.Lock("ann", "k", "e", 2)
	g.OpenPull("bob", "k", "e", "merged", "", "main", "a")
	g.Advance(24 * time.Hour)
	g.Close("ann", "k", "e", 2, "")
	g.MergePull("ann", "k", "e", 3)
	for q, want := range map[string][]float64{
		"is:open": {1}, "is:closed": {3, 2}, "is:merged": {3}, "is:unmerged is:pr": {}, "is:public": {3, 2, 1}, "is:private": {},
		"is:locked": {2}, "type:issue state:closed": {2}, "no:label": {3, 2}, "no:assignee": {3, 1}, "assignee:bob": {2}, "is:draft": {},
		"closed:2026-03-03": {3, 2}, "merged:>=2026-03-03": {3}, "created:<2026-03-02": {}, "created:>2026-03-01": {3, 2, 1},
		"updated:<=2026-03-02T09:00:00Z": {1}, "draft:false is:pr": {3}, "-is:pr": {2, 1}, `"open one"`: {1}, "org:other": {},
	} {
		got := []float64{}
		r := ask(t, g, "bot", "GET", "/search/issues?q="+strings.NewReplacer(" ", "+", ">", "%3E", "<", "%3C", `"`, "%22").Replace(q), "").want(t, 200)
		for _, x := range r.at(t, "items").([]any) {
			got = append(got, x.(map[string]any)["number"].(float64))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", q, diff)
		}
	}
}

func TestRecordHasALineForEachExchangeAndWebhook(t *testing.T) {
	var out bytes.Buffer
	g := world(t, func(o *githubsim.Options) { o.Record = &out })
	g.OpenIssue("ann", "k", "e", "t", "")
	ask(t, g, "bot", "GET", "/api/v3/repos/k/e/labels?per_page=1", "")
	g.SetFault(func(*http.Request) *githubsim.Fault { return githubsim.BareLimit() })
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", `{"body":"x"}`)
	var got []string
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var v struct {
			Kind, Method, URL, RequestBody, Event, Fault string
			Status                                       int
			RequestHeader                                http.Header
		}
		if err := json.Unmarshal([]byte(l), &v); err != nil {
			t.Fatal(err)
		}
		if v.RequestHeader.Get("Authorization") != "" {
			t.Error("Authorization was recorded")
		}
		got = append(got, fmt.Sprint(v.Kind, " ", v.Method, v.Event, " ", v.URL, " ", v.Status, " ", v.RequestBody, v.Fault))
	}
	want := []string{"webhook issues  0 ", "exchange GET /api/v3/repos/k/e/labels?per_page=1 200 ",
		`exchange POST /repos/k/e/issues/1/comments 429 {"body":"x"}429`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestTheClockIsTheWallsUntilItIsSet(t *testing.T) {
	g := githubsim.New(githubsim.Options{})
	g.Advance(48 * time.Hour)
	if got := time.Until(g.Now()); got < 47*time.Hour || got > 49*time.Hour {
		t.Errorf("after Advance: got %v from now, want 48h", got)
	}
	g.SetClock(start.Add(700 * time.Millisecond))
	g.Advance(500 * time.Millisecond)
	if got := g.Now(); !got.Equal(start.Add(time.Second)) {
		t.Errorf("got %s, want %s", got, start.Add(time.Second))
	}
}

func TestOrganisationPeople(t *testing.T) {
	g := world(t)
	g.AddPendingMember("k", "pat")
	for path, want := range map[string]int{"/orgs/k/members/ann": 204, "/orgs/k/members/pat": 404, "/orgs/k/memberships/pat": 200,
		"/orgs/k/memberships/eve": 404, "/orgs/none": 404} {
		ask(t, g, "bot", "GET", path, "").want(t, want)
	}
	ask(t, g, "eve", "GET", "/orgs/k/members/ann", "").want(t, 302)
	if got := ask(t, g, "bot", "GET", "/orgs/k/members?role=admin", "").at(t, 0, "login"); got != "ann" {
		t.Errorf("owners: got %v, want ann", got)
	}
}
