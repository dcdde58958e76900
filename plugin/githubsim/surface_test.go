package githubsim_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEveryReadAnswers walks all reading routes, so that each is recorded for the contract check, and pins the status.
func TestEveryReadAnswers(t *testing.T) {
	g := world(t)
	g.AddTeam("k", "leads", "ann", "bob")
	g.AddPendingTeamMember("k", "leads", "eve")
	g.AddPendingMember("k", "pat")
	g.SetTeamMaintainer("k", "leads", "ann")
	g.SetTeamPermission("k", "leads", "e", "maintain")
	base := g.Commit("k", "e", "main", "ann", "add files", start, map[string]*string{"OWNERS": ptr("a\n"), "keps/1/kep.yaml": ptr("x: 1\n")})
	n := g.OpenIssue("ann", "k", "e", "First", "body", "kind/bug")
	id := g.Comment("bob", "k", "e", n, "/vote 4")
	if err := g.React("ann", "k", "e", id, "+1"); err != nil {
		t.Fatal(err)
	}
	g.SetMilestone("ann", "k", "e", n, "v1.37")
	g.Assign("ann", "k", "e", n, "bob")
	g.EditIssue("ann", "k", "e", n, ptr("Second"), nil)
	p := g.OpenPull("bob", "k", "e", "A pull", "Fixes #1", "main", "feature")
	g.Commit("k", "e", "feature", "bob", "work", start, map[string]*string{"keps/1/kep.yaml": ptr("x: 2\n"), "new": ptr("n\n")})
	g.Review("ann", "k", "e", p, "fine", "APPROVED")
	g.SetStatus("bot", "k", "e", g.Issue("k", "e", p).HeadSHA, "success", "gate", "ok")
	blob := ask(t, g, "ann", "GET", "/repos/k/e/contents/OWNERS", "").at(t, "sha").(string)
	for _, path := range []string{
		"/user", "/user/repos", "/users/bob", "/users/k", "/rate_limit", "/orgs/k", "/orgs/k/members", "/orgs/k/memberships/bob",
		"/orgs/k/teams", "/orgs/k/teams/leads", "/orgs/k/teams/leads/members", "/orgs/k/teams/leads/memberships/eve", "/orgs/k/teams/leads/invitations", "/orgs/k/memberships/pat", "/orgs/k/teams/leads/members?role=maintainer", "/orgs/k/repos",
		"/repos/k/e", "/repos/k/p", "/repos/k/e/labels", "/repos/k/e/labels/kind/bug", "/repos/k/e/labels/kind%2Fbug",
		"/repos/k/e/issues", "/repos/k/e/issues?state=all&labels=kind/bug&milestone=1&sort=updated&direction=asc&since=2026-01-01T00:00:00Z&creator=ann&assignee=bob",
		"/repos/k/e/issues/1", "/repos/k/e/issues/2", "/repos/k/e/issues/1/comments", "/repos/k/e/issues/comments?sort=updated&direction=desc&since=2026-01-01T00:00:00Z",
		"/repos/k/e/issues/comments/3000000001", "/repos/k/e/issues/comments/3000000001/reactions", "/repos/k/e/issues/1/reactions",
		"/repos/k/e/issues/1/labels", "/repos/k/e/issues/1/events", "/repos/k/e/issues/1/timeline", "/repos/k/e/issues/2/timeline", "/repos/k/e/issues/events",
		"/repos/k/e/assignees", "/repos/k/e/milestones", "/repos/k/e/milestones?state=all", "/repos/k/e/milestones/2",
		"/repos/k/e/collaborators", "/repos/k/e/collaborators/tess/permission", "/repos/k/e/teams",
		"/repos/k/e/contents/OWNERS", "/repos/k/e/contents/keps", "/repos/k/e/contents/keps/1/kep.yaml?ref=feature",
		"/repos/k/e/git/trees/main?recursive=1", "/repos/k/e/git/trees/" + base, "/repos/k/e/git/blobs/" + blob, "/repos/k/e/git/ref/heads/main",
		"/repos/k/e/git/commits/" + base, "/repos/k/e/branches", "/repos/k/e/branches/main", "/repos/k/e/commits", "/repos/k/e/commits?path=keps&sha=feature&since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z",
		"/repos/k/e/commits/feature", "/repos/k/e/commits/" + base, "/repos/k/e/commits/feature/pulls", "/repos/k/e/commits/feature/status",
		"/repos/k/e/commits/feature/statuses", "/repos/k/e/commits/feature/check-runs", "/repos/k/e/compare/main...feature",
		"/repos/k/e/pulls", "/repos/k/e/pulls?state=all&head=k:feature&base=main", "/repos/k/e/pulls/2", "/repos/k/e/pulls/2/files", "/repos/k/e/pulls/2/commits",
		"/repos/k/e/pulls/2/comments", "/repos/k/e/pulls/2/reviews", "/search/issues?q=repo:k/e+is:issue", "/api/v3/repos/k/e",
	} {
		if got := ask(t, g, "ann", "GET", path, ""); got.status != 200 {
			t.Errorf("GET %s: got %d %s, want 200", path, got.status, got.body)
		}
	}
	for path, want := range map[string]int{
		"/orgs/k/members/bob": 204, "/orgs/k/members/eve": 404, "/repos/k/e/collaborators/bob": 204, "/repos/k/e/collaborators/eve": 404,
		"/repos/k/e/assignees/bob": 204, "/repos/k/e/assignees/eve": 404, "/repos/k/e/pulls/2/merge": 404, "/repos/k/e/pulls/1": 404,
		"/repos/k/nope": 404, "/repos/k/e/issues/99": 404, "/repos/k/e/contents/nope": 404, "/repos/k/e/labels/nope": 404,
	} {
		if got := ask(t, g, "ann", "GET", path, "").status; got != want {
			t.Errorf("GET %s: got %d, want %d", path, got, want)
		}
	}
}

// writes succeed one after the other; HEAD stands for the head of the branch "feature".
var writes = []struct {
	method, path, body string
	want               int
}{
	{"POST", "/repos/k/e/issues", `{"title":"T","body":"B","labels":["kind/bug"],"milestone":1,"assignees":["bob"]}`, 201},
	{"PATCH", "/repos/k/e/issues/1", `{"title":"T2","body":"B2","labels":["sig/node"],"milestone":null,"assignees":[]}`, 200},
	{"PATCH", "/repos/k/e/issues/1", `{"state":"closed","state_reason":"not_planned"}`, 200},
	{"PATCH", "/repos/k/e/issues/1", `{"state":"open"}`, 200},
	{"POST", "/repos/k/e/issues/1/comments", `{"body":"hello"}`, 201},
	{"PATCH", "/repos/k/e/issues/comments/3000000001", `{"body":"hello again"}`, 200},
	{"POST", "/repos/k/e/issues/comments/3000000001/reactions", `{"content":"+1"}`, 201},
	{"POST", "/repos/k/e/issues/comments/3000000001/reactions", `{"content":"+1"}`, 200},
	{"DELETE", "/repos/k/e/issues/comments/3000000001/reactions/80001", "", 204},
	{"POST", "/repos/k/e/issues/1/reactions", `{"content":"eyes"}`, 201},
	{"PUT", "/repos/k/e/issues/comments/3000000001/pin", "", 200},
	{"DELETE", "/repos/k/e/issues/comments/3000000001/pin", "", 204},
	{"DELETE", "/repos/k/e/issues/comments/3000000001", "", 204},
	{"POST", "/repos/k/e/issues/1/labels", `{"labels":["kind/bug"]}`, 200},
	{"DELETE", "/repos/k/e/issues/1/labels/kind/bug", "", 200},
	{"PUT", "/repos/k/e/issues/1/labels", `{"labels":["kind/bug"]}`, 200},
	{"DELETE", "/repos/k/e/issues/1/labels", "", 204},
	{"POST", "/repos/k/e/issues/1/assignees", `{"assignees":["bob","eve"]}`, 201},
	{"DELETE", "/repos/k/e/issues/1/assignees", `{"assignees":["bob"]}`, 200},
	{"PUT", "/repos/k/e/issues/1/lock", `{"lock_reason":"resolved"}`, 204},
	{"DELETE", "/repos/k/e/issues/1/lock", "", 204},
	{"POST", "/repos/k/e/labels", `{"name":"new","color":"ABCDEF","description":"d"}`, 201},
	{"PATCH", "/repos/k/e/labels/new", `{"new_name":"newer","color":"123456"}`, 200},
	{"DELETE", "/repos/k/e/labels/newer", "", 204},
	{"POST", "/repos/k/e/milestones", `{"title":"v1.38","due_on":"2026-08-01T00:00:00Z"}`, 201},
	{"PATCH", "/repos/k/e/milestones/3", `{"title":"v1.39","description":"d"}`, 200},
	{"PATCH", "/repos/k/e/milestones/3", `{"state":"closed"}`, 200},
	{"PATCH", "/repos/k/e/milestones/3", `{"state":"open"}`, 200},
	{"DELETE", "/repos/k/e/milestones/3", "", 204},
	{"POST", "/repos/k/e/pulls", `{"title":"P","body":"Fixes #1","head":"feature","base":"main"}`, 201},
	{"PATCH", "/repos/k/e/pulls/2", `{"title":"P2"}`, 200},
	{"POST", "/repos/k/e/issues/2/labels", `{"labels":["kind/bug"]}`, 200},
	{"POST", "/repos/k/e/pulls/2/reviews", `{"event":"COMMENT","body":"hm"}`, 200},
	{"PUT", "/repos/k/e/pulls/2/reviews/700001", `{"body":"hm, hm"}`, 200},
	{"POST", "/repos/k/e/statuses/HEAD", `{"state":"success","context":"gate"}`, 201},
	{"PUT", "/repos/k/e/pulls/2/merge", `{"merge_method":"squash"}`, 200},
}

// TestEveryWriteAnswers walks the writing routes in an order in which each succeeds.
func TestEveryWriteAnswers(t *testing.T) {
	g := world(t)
	all := hooks(g)
	g.Commit("k", "e", "feature", "bob", "work", start, map[string]*string{"a": ptr("1\n")})
	head := g.Commit("k", "e", "feature", "bob", "more", start, map[string]*string{"a": ptr("2\n")})
	for _, w := range writes {
		w.path = strings.Replace(w.path, "HEAD", head, 1)
		if got := ask(t, g, "ann", w.method, w.path, w.body, "Content-Type", "application/json"); got.status != w.want {
			t.Fatalf("%s %s: got %d %s, want %d", w.method, w.path, got.status, got.body, w.want)
		}
	}
	want := []string{"push", "push",
		"issues.opened", "issues.labeled", "issues.milestoned", "issues.assigned",
		"issues.unlabeled", "issues.labeled", "issues.demilestoned", "issues.unassigned", "issues.edited",
		"issues.closed", "issues.reopened",
		"issue_comment.created", "issue_comment.edited", "issue_comment.pinned", "issue_comment.unpinned", "issue_comment.deleted",
		"issues.labeled", "issues.unlabeled", "issues.unlabeled", "issues.labeled", "issues.unlabeled",
		"issues.assigned", "issues.unassigned", "issues.locked", "issues.unlocked",
		"label.created", "label.edited", "label.deleted",
		"milestone.created", "milestone.edited", "milestone.closed", "milestone.opened", "milestone.deleted",
		"pull_request.opened", "pull_request.edited", "pull_request.labeled", "pull_request_review.submitted", "pull_request_review.edited", "status",
		"push", "pull_request.closed", "issues.closed"}
	if diff := cmp.Diff(want, names(t, *all)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}

// TestEveryActSendsItsWebhook covers what people do and programs cannot do here.
func TestEveryActSendsItsWebhook(t *testing.T) {
	g := world(t)
	g.AddRepo("k", "other", false)
	all := hooks(g)
	g.Ping("ann", "k", "e")
	one := g.OpenIssue("eve", "k", "e", "one", "", "kind/bug")
	two := g.OpenIssue("eve", "k", "e", "two", "")
	g.RenameLabel("ann", "k", "e", "kind/bug", "kind/flake")
	g.RenameMilestone("ann", "k", "e", "v1.37", "v1.38")
	g.CloseMilestone("ann", "k", "e", "v1.38")
	g.SetMilestone("tess", "k", "e", one, "v1.38")
	g.Transfer("ann", "k", "e", one, "other")
	g.DeleteIssue("ann", "k", "e", two)
	p := g.OpenPull("bob", "k", "e", "pr", "", "main", "topic")
	g.SetMilestone("tess", "k", "e", p, "v1.38")
	id := g.Review("ann", "k", "e", p, "ok", "APPROVED")
	g.EditReview("ann", "k", "e", p, id, "okay")
	g.DismissReview("ann", "k", "e", p, id)
	g.Commit("k", "e", "topic", "bob", "more", start, map[string]*string{"f": ptr("f")})
	g.Close("bob", "k", "e", p, "")
	g.Reopen("bob", "k", "e", p)
	g.MergePull("ann", "k", "e", p)
	g.DeleteLabel("ann", "k", "e", "kind/flake")
	want := []string{"ping", "issues.opened", "issues.labeled", "issues.opened", "label.edited", "milestone.edited", "milestone.closed",
		"issues.milestoned", "issues.transferred", "issues.opened", "issues.deleted", "push", "pull_request.opened",
		"pull_request.milestoned", "issues.milestoned", "pull_request_review.submitted", "pull_request_review.edited",
		"pull_request_review.dismissed", "push", "pull_request.synchronize", "pull_request.closed", "pull_request.reopened",
		"push", "pull_request.closed", "label.deleted"}
	if diff := cmp.Diff(want, names(t, *all)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
}
