package githubsim_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

func quoted(s string) string {
	b, _ := json.Marshal(map[string]string{"body": s})
	return string(b)
}

func TestCommentOf262144BytesFitsAndOneMoreIs422(t *testing.T) {
	g := world(t)
	n := g.OpenIssue("ann", "k", "e", "t", "")
	at := "/repos/k/e/issues/1/comments"
	ask(t, g, "bot", "POST", at, quoted(strings.Repeat("é", 131072))).want(t, 201)
	over := ask(t, g, "bot", "POST", at, quoted(strings.Repeat("é", 131072)+"x")).want(t, 422)
	want := map[string]any{"resource": "IssueComment", "field": "data", "code": "unprocessable",
		"message": "Body is too long (maximum is 65536 characters)"}
	if diff := cmp.Diff(want, over.at(t, "errors", 0)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/comments/3000000001", quoted(strings.Repeat("x", 262145))).want(t, 422)
	c := g.Issue("k", "e", n).Comments
	if len(c) != 1 || len(c[0].Body) != 262144 {
		t.Errorf("after the 422s: got %d comments, the first of %d bytes, want 1 of 262144", len(c), len(c[0].Body))
	}
}

func TestOnlyAuthorsAndWritersChangeComments(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	id := g.Comment("bot", "k", "e", 1, "ledger")
	for login, want := range map[string]int{"eve": 403, "tess": 403, "bob": 200, "bot": 200} {
		got := ask(t, g, login, "PATCH", "/repos/k/e/issues/comments/3000000001", quoted("by "+login))
		if got.status != want {
			t.Errorf("edit by %s: got %d, want %d", login, got.status, want)
		}
	}
	if err := g.EditComment("eve", "k", "e", id, "x"); err == nil {
		t.Error("EditComment by eve: got no error, want one")
	}
	ask(t, g, "", "PATCH", "/repos/k/e/issues/comments/3000000001", quoted("x")).want(t, 401)
	ask(t, g, "eve", "DELETE", "/repos/k/e/issues/comments/3000000001", "").want(t, 403)
	ask(t, g, "bob", "DELETE", "/repos/k/e/issues/comments/3000000001", "").want(t, 204)
	ask(t, g, "bob", "GET", "/repos/k/e/issues/comments/3000000001", "").want(t, 404)
}

func TestEditorsDoNotBecomeAuthorsAndShowInGraphQLOnly(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	id := g.Comment("bot", "k", "e", 1, "ledger")
	g.Advance(time.Minute)
	if err := g.EditComment("bob", "k", "e", id, "forged"); err != nil {
		t.Fatal(err)
	}
	rest := ask(t, g, "ann", "GET", "/repos/k/e/issues/comments/3000000001", "").want(t, 200)
	if got := rest.at(t, "user", "login"); got != "bot" {
		t.Errorf("user: got %v, want bot", got)
	}
	body, _ := json.Marshal(map[string]any{"variables": map[string]any{"ids": []any{rest.at(t, "node_id")}},
		"query": `query($ids:[ID!]!){nodes(ids:$ids){... on IssueComment{id databaseId lastEditedAt editor{login} userContentEdits(first:10){nodes{editedAt editor{login} diff deletedAt}}}}}`})
	got := ask(t, g, "ann", "POST", "/graphql", string(body)).want(t, 200)
	revision := func(at, who, diff string) any {
		return map[string]any{"editedAt": at, "editor": map[string]any{"login": who}, "diff": diff, "deletedAt": nil}
	}
	want := map[string]any{"id": rest.at(t, "node_id"), "databaseId": 3000000001.0, "lastEditedAt": "2026-03-02T09:01:00Z",
		"editor": map[string]any{"login": "bob"}, "userContentEdits": map[string]any{"nodes": []any{
			revision("2026-03-02T09:01:00Z", "bob", "forged"), revision("2026-03-02T09:00:00Z", "bot", "ledger")}}}
	if diff := cmp.Diff(want, got.at(t, "data", "nodes", 0)); diff != "" {
		t.Errorf("node (-want +got):\n%s", diff)
	}
}

func TestAddingACommentBumpsTheIssueAndDeletingDoesNot(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	step := func(what string, want time.Time, f func()) {
		t.Helper()
		g.Advance(time.Minute)
		f()
		if got := g.Issue("k", "e", 1).UpdatedAt; !got.Equal(want) {
			t.Errorf("updated_at after %s: got %s, want %s", what, got, want)
		}
	}
	var id int64
	step("a comment", start.Add(time.Minute), func() { id = g.Comment("bob", "k", "e", 1, "x") })
	step("an edit", start.Add(2*time.Minute), func() { _ = g.EditComment("bob", "k", "e", id, "y") })
	step("an edit to the same text", start.Add(2*time.Minute), func() { _ = g.EditComment("bob", "k", "e", id, "y") })
	step("a deletion", start.Add(2*time.Minute), func() { _ = g.DeleteComment("bob", "k", "e", id) })
}

func TestEditBumpAndTimeDriftAreSwitchable(t *testing.T) {
	g := world(t, func(o *githubsim.Options) { o.CommentEditKeepsIssueTime, o.CommentTimesDrift = true, true })
	g.OpenIssue("ann", "k", "e", "t", "")
	id := g.Comment("bob", "k", "e", 1, "x")
	c := g.Issue("k", "e", 1).Comments[0]
	if got := c.UpdatedAt.Sub(c.CreatedAt); got != time.Second || c.LastEditedAt != nil {
		t.Errorf("drift: got %v, edited %v, want 1s, nil", got, c.LastEditedAt)
	}
	g.Advance(time.Minute)
	_ = g.EditComment("bob", "k", "e", id, "y")
	if got := g.Issue("k", "e", 1).UpdatedAt; !got.Equal(start) {
		t.Errorf("updated_at: got %s, want %s", got, start)
	}
}

func TestCommentsAreListedByIDThirtyAPageSinceIsInclusive(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	for range 65 {
		g.Comment("bob", "k", "e", 1, "x")
		g.Advance(time.Second)
	}
	c := client(t, g, "bot")
	var ids []int64
	pages := 0
	o := &github.IssueListCommentsOptions{}
	for {
		list, resp, err := c.Issues.ListComments(context.Background(), "k", "e", 1, o)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, x := range list {
			ids = append(ids, x.GetID())
		}
		if resp.NextPage == 0 {
			break
		}
		o.Page = resp.NextPage
	}
	if pages != 3 || len(ids) != 65 || ids[0] != 3000000001 || ids[64] != 3000000065 {
		t.Errorf("got %d pages, %d ids from %d to %d, want 3, 65, 3000000001, 3000000065", pages, len(ids), ids[0], ids[len(ids)-1])
	}
	list, _, err := c.Issues.ListComments(context.Background(), "k", "e", 1, &github.IssueListCommentsOptions{Since: ptr(start.Add(60 * time.Second))})
	if err != nil || len(list) != 5 {
		t.Errorf("since: got %d comments, %v, want 5", len(list), err)
	}
	r := ask(t, g, "bot", "GET", "/repos/k/e/issues/1/comments?per_page=500", "").want(t, 200)
	if got := len(r.at(t).([]any)); got != 65 {
		t.Errorf("per_page=500: got %d, want 65 (at most 100)", got)
	}
	r = ask(t, g, "bot", "GET", "/repos/k/e/issues/1/comments?page=2&per_page=20", "")
	want := `<http://github.test/repos/k/e/issues/1/comments?page=1&per_page=20>; rel="prev", ` +
		`<http://github.test/repos/k/e/issues/1/comments?page=3&per_page=20>; rel="next", ` +
		`<http://github.test/repos/k/e/issues/1/comments?page=4&per_page=20>; rel="last", ` +
		`<http://github.test/repos/k/e/issues/1/comments?page=1&per_page=20>; rel="first"`
	if got := r.header.Get("Link"); got != want {
		t.Errorf("Link: got %s, want %s", got, want)
	}
}

func TestAReactionIs201ThenAlready200AndRaisesNoWebhook(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	id := g.Comment("bob", "k", "e", 1, "/vote 4")
	all := hooks(g)
	c := client(t, g, "bot")
	for _, want := range []int{201, 200} {
		_, resp, err := c.Reactions.CreateIssueCommentReaction(context.Background(), "k", "e", id, "+1")
		if err != nil || resp.StatusCode != want {
			t.Errorf("reaction: got %v, %v, want %d", resp, err, want)
		}
	}
	x, _, err := c.Issues.GetComment(context.Background(), "k", "e", id)
	if err != nil || x.Reactions.GetPlusOne() != 1 || x.Reactions.GetTotalCount() != 1 {
		t.Errorf("summary: got %v, %v, want one +1", x.Reactions, err)
	}
	if diff := cmp.Diff(map[string][]string{"+1": {"bot"}}, g.Issue("k", "e", 1).Comments[0].Reactions); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
	if len(*all) != 0 {
		t.Errorf("webhooks: got %v, want none", names(t, *all))
	}
	ask(t, g, "bot", "POST", "/repos/k/e/issues/comments/3000000001/reactions", `{"content":"+1"}`).want(t, 200)
}

func TestALockedConversationTakesCommentsOfWritersOnly(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.Lock("ann", "k", "e", 1)
	ask(t, g, "eve", "POST", "/repos/k/e/issues/1/comments", quoted("x")).want(t, 403)
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("x")).want(t, 201)
	g.Unlock("ann", "k", "e", 1)
	ask(t, g, "eve", "POST", "/repos/k/e/issues/1/comments", quoted("x")).want(t, 201)
}

func TestAPinnedCommentShowsInTheIssue(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.Comment("bot", "k", "e", 1, "a")
	g.Comment("bot", "k", "e", 1, "b")
	ask(t, g, "eve", "PUT", "/repos/k/e/issues/comments/3000000001/pin", "").want(t, 403)
	ask(t, g, "bot", "PUT", "/repos/k/e/issues/comments/3000000001/pin", "").want(t, 200)
	ask(t, g, "bot", "PUT", "/repos/k/e/issues/comments/3000000002/pin", "").want(t, 200)
	if got := ask(t, g, "", "GET", "/repos/k/e/issues/1", "").at(t, "pinned_comment", "id"); got != 3000000002.0 {
		t.Errorf("pinned_comment: got %v, want 3000000002", got)
	}
	if got := g.Issue("k", "e", 1).PinnedComment; got != 3000000002 {
		t.Errorf("snapshot: got %d, want 3000000002", got)
	}
}

func TestEditedAndDeletedCommentsCarryTheTextBefore(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	id := g.Comment("bob", "k", "e", 1, "before")
	all := hooks(g)
	_ = g.EditComment("ann", "k", "e", id, "after")
	_ = g.DeleteComment("bob", "k", "e", id)
	if got := dig(t, (*all)[0].Body, "changes", "body", "from"); got != "before" {
		t.Errorf("changes.body.from: got %v, want before", got)
	}
	if got := dig(t, (*all)[0].Body, "sender", "login"); got != "ann" {
		t.Errorf("sender: got %v, want ann", got)
	}
	if got := dig(t, (*all)[1].Body, "comment", "body"); got != "after" {
		t.Errorf("deleted comment.body: got %v, want after", got)
	}
	if got := (*all)[1].Header.Get("X-GitHub-Event"); got != "issue_comment" {
		t.Errorf("event: got %q, want issue_comment", got)
	}
}
