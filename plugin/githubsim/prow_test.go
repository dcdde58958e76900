package githubsim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sirupsen/logrus"
	"sigs.k8s.io/prow/pkg/github"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// unrecorded keeps requests out of the contract check: Prow's, which carry fields that GitHub ignores, and wrong ones.
func unrecorded(o *githubsim.Options) { o.Record = nil }

// prow is Prow's own client, as the bot, in process. It repeats each 404 after a wait, hence the short one.
func prow(t *testing.T, g *githubsim.GitHub) github.Client {
	t.Helper()
	_, _, c, err := github.NewClientFromOptions(logrus.Fields{}, github.ClientOptions{
		GetToken:         func() []byte { return []byte(githubsim.TokenFor("bot")) },
		Censor:           func(b []byte) []byte { return b },
		GraphqlEndpoint:  "http://github.test/graphql",
		Bases:            []string{"http://github.test"},
		InitialDelay:     time.Nanosecond,
		BaseRoundTripper: g.Transport(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestProwsClientReadsAndWrites(t *testing.T) {
	g := world(t, unrecorded)
	c := prow(t, g)
	user, err := c.BotUser()
	if err != nil || user.Login != "bot" {
		t.Fatalf("BotUser: got %v, %v", user, err)
	}
	number, err := c.CreateIssue("k", "e", "title", "body", 1, []string{"kind/bug"}, nil)
	if err != nil || number != 1 {
		t.Fatalf("CreateIssue: got %d, %v", number, err)
	}
	for range 130 {
		g.Comment("bob", "k", "e", 1, "x")
	}
	for name, err := range map[string]error{
		"CreateComment": c.CreateComment("k", "e", 1, "hello"),
		"EditComment":   c.EditComment("k", "e", 3000000001, "changed"),
		"DeleteComment": c.DeleteComment("k", "e", 3000000002),
		"AddLabel":      c.AddLabel("k", "e", 1, "sig/node"),
		"RemoveLabel":   c.RemoveLabel("k", "e", 1, "kind/bug"),
		"absent label":  c.RemoveLabel("k", "e", 1, "kind/bug"),
		"reaction":      c.CreateCommentReaction("k", "e", 3000000001, "+1"),
		"AssignIssue":   c.AssignIssue("k", "e", 1, []string{"bob"}),
		"SetMilestone":  c.SetMilestone("k", "e", 1, 1),
		"AddRepoLabel":  c.AddRepoLabel("k", "e", "new", "d", "abcdef"),
		"UpdateLabel":   c.UpdateRepoLabel("k", "e", "new", "newer", "d", "abcdef"),
		"CloseIssue":    c.CloseIssue("k", "e", 1),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	all, err := c.ListIssueComments("k", "e", 1)
	if err != nil || len(all) != 130 {
		t.Errorf("ListIssueComments: got %d, %v, want 130 over two pages", len(all), err)
	}
	i := g.Issue("k", "e", 1)
	if diff := cmp.Diff([]string{"sig/node"}, i.Labels); diff != "" || i.State != "closed" || i.Milestone != "v1.37" {
		t.Errorf("issue: got %v, %s, %q", i.Labels, i.State, i.Milestone)
	}
	if err := c.CreateCommentReaction("k", "e", 3000000001, "+1"); err == nil {
		t.Error("the same reaction again: got no error; Prow's client takes only 201, and GitHub answers 200")
	}
	ms, err := c.ListMilestones("k", "e")
	if err != nil || len(ms) != 1 {
		t.Errorf("ListMilestones: got %v, %v, want the open one only", ms, err)
	}
}

func TestProwsClientAsksAboutPeopleAndFiles(t *testing.T) {
	g := world(t, unrecorded)
	g.AddTeam("k", "leads", "bob")
	g.AddPendingTeamMember("k", "leads", "eve")
	sha := g.Commit("k", "e", "main", "ann", "c", start, map[string]*string{"OWNERS": ptr("approvers: [ann]\n")})
	g.OpenPull("bob", "k", "e", "p", "", "main", "topic")
	g.SetPermission("k", "e", "meg", "maintain")
	c := prow(t, g)
	member, err := c.IsMember("k", "bob")
	if err != nil || !member {
		t.Errorf("IsMember bob: got %v, %v", member, err)
	}
	if member, err = c.IsMember("k", "eve"); err != nil || member {
		t.Errorf("IsMember eve: got %v, %v", member, err)
	}
	if p, err := c.GetUserPermission("k", "e", "meg"); err != nil || p != "write" {
		t.Errorf("GetUserPermission: got %q, %v, want write for maintain", p, err)
	}
	if in, err := c.TeamBySlugHasMember("k", "leads", "eve"); err != nil || !in {
		t.Errorf("TeamBySlugHasMember: got %v, %v, want true: Prow's client counts invitations", in, err)
	}
	if in, err := c.ListTeamMembersBySlug("k", "leads", "all"); err != nil || len(in) != 1 {
		t.Errorf("ListTeamMembersBySlug: got %v, %v", in, err)
	}
	if got, err := c.GetRef("k", "e", "heads/main"); err != nil || got != sha {
		t.Errorf("GetRef: got %q, %v, want %s", got, err, sha)
	}
	if got, err := c.GetFile("k", "e", "OWNERS", sha); err != nil || string(got) != "approvers: [ann]\n" {
		t.Errorf("GetFile: got %q, %v", got, err)
	}
	pr, err := c.GetPullRequest("k", "e", 1)
	if err != nil || pr.Head.Ref != "topic" || pr.Base.Repo.Owner.Login != "k" {
		t.Errorf("GetPullRequest: got %v, %v", pr, err)
	}
	if got, err := c.FindIssues("repo:k/e is:pr", "updated", true); err != nil || len(got) != 1 {
		t.Errorf("FindIssues: got %v, %v", got, err)
	}
	if got, err := c.ListIssueEvents("k", "e", 1); err != nil || len(got) != 0 {
		t.Errorf("ListIssueEvents: got %v, %v", got, err)
	}
}
