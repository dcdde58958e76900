package githubsim_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v88/github"
)

func TestIssueBodyOverTheLimitIsKeptSilentlyByPatchAndRefusedByPost(t *testing.T) {
	g := world(t)
	g.OpenIssue("bot", "k", "e", "t", "old")
	big := strings.Repeat("x", 262145)
	got := ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", fmt.Sprintf(`{"title":"new","body":%q}`, big)).want(t, 200)
	if got.at(t, "body") != "old" || got.at(t, "title") != "new" {
		t.Errorf("got title %v, body %v, want new, old", got.at(t, "title"), got.at(t, "body"))
	}
	ask(t, g, "bot", "POST", "/repos/k/e/issues", fmt.Sprintf(`{"title":"t","body":%q}`, big)).want(t, 422)
	ask(t, g, "bot", "POST", "/repos/k/e/issues", fmt.Sprintf(`{"title":%q}`, strings.Repeat("é", 257))).want(t, 422)
	ask(t, g, "bot", "POST", "/repos/k/e/issues", fmt.Sprintf(`{"title":%q}`, strings.Repeat("é", 256))).want(t, 201)
	ask(t, g, "bot", "POST", "/repos/k/e/issues", `{"title":`).want(t, 400)
}

func TestLabelsMatchWithoutCaseKeepTheirsAndAreMadeOnFirstUse(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "")
	c := client(t, g, "bot")
	got, _, err := c.Issues.AddLabelsToIssue(context.Background(), "k", "e", 1, []string{"TRACKED", "area/new"})
	if err != nil || len(got) != 2 {
		t.Fatalf("got %v, %v, want two labels", got, err)
	}
	if diff := cmp.Diff([]string{"Tracked", "area/new"}, g.Issue("k", "e", 1).Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if got[1].GetColor() != "ededed" {
		t.Errorf("color: got %q, want ededed", got[1].GetColor())
	}
	ask(t, g, "tess", "POST", "/repos/k/e/issues/1/labels", `{"labels":["typo"]}`).want(t, 403)
	ask(t, g, "eve", "POST", "/repos/k/e/issues/1/labels", `{"labels":["Tracked"]}`).want(t, 403)
	if diff := cmp.Diff([]string{"kind/bug", "sig/node", "Tracked", "area/new"}, g.Labels("k", "e")); diff != "" {
		t.Errorf("repository labels (-want +got):\n%s", diff)
	}
}

func TestRemovingALabelIs200WithTheRestAnd404WhenAbsent(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "", "kind/bug", "sig/node")
	got := ask(t, g, "bot", "DELETE", "/repos/k/e/issues/1/labels/kind/bug", "").want(t, 200)
	if got.at(t, 0, "name") != "sig/node" {
		t.Errorf("rest: got %s, want sig/node", got.body)
	}
	ask(t, g, "bot", "DELETE", "/repos/k/e/issues/1/labels/kind/bug", "").want(t, 404)
	ask(t, g, "bot", "DELETE", "/repos/k/e/issues/1/labels/sig%2Fnode", "").want(t, 200)
}

func TestLabelLimits(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "")
	long := strings.Repeat("x", 51)
	got := ask(t, g, "bot", "POST", "/repos/k/e/labels", fmt.Sprintf(`{"name":%q}`, long)).want(t, 422)
	want := map[string]any{"resource": "Label", "field": "name", "code": "custom", "message": "name is too long (maximum is 50 characters)"}
	if diff := cmp.Diff(want, got.at(t, "errors", 0)); diff != "" {
		t.Errorf("create (-want +got):\n%s", diff)
	}
	got = ask(t, g, "bot", "POST", "/repos/k/e/issues/1/labels", fmt.Sprintf(`{"labels":[%q]}`, long)).want(t, 422)
	if diff := cmp.Diff(map[string]any{"resource": "Label", "field": "name", "code": "invalid"}, got.at(t, "errors", 0)); diff != "" {
		t.Errorf("add (-want +got):\n%s", diff)
	}
	ask(t, g, "bot", "POST", "/repos/k/e/labels", `{"name":"a","color":"#ffffff"}`).want(t, 422)
	ask(t, g, "bot", "POST", "/repos/k/e/labels", fmt.Sprintf(`{"name":"a","description":%q}`, strings.Repeat("x", 101))).want(t, 422)
	got = ask(t, g, "bot", "POST", "/repos/k/e/labels", `{"name":"KIND/BUG"}`).want(t, 422)
	if got.at(t, "errors", 0, "code") != "already_exists" {
		t.Errorf("same name: got %s, want already_exists", got.body)
	}
	many := make([]string, 101)
	for k := range many {
		many[k] = fmt.Sprintf("%q", fmt.Sprint("l", k))
	}
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/labels", `{"labels":[`+strings.Join(many, ",")+`]}`).want(t, 422)
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/labels", `{"labels":[`+strings.Join(many[:100], ",")+`]}`).want(t, 200)
}

func TestWithoutPushLabelsAndMilestoneAreDroppedSilentlyWith200(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "")
	ask(t, g, "eve", "PATCH", "/repos/k/e/issues/1", `{"title":"mine","labels":["kind/bug"],"milestone":1,"assignees":["bob"]}`).want(t, 200)
	ask(t, g, "eve", "POST", "/repos/k/e/issues", `{"title":"two","labels":["kind/bug"],"milestone":1}`).want(t, 201)
	for _, n := range []int{1, 2} {
		if i := g.Issue("k", "e", n); len(i.Labels) != 0 || i.Milestone != "" || len(i.Assignees) != 0 {
			t.Errorf("#%d: got %v %q %v, want nothing set", n, i.Labels, i.Milestone, i.Assignees)
		}
	}
	if got := g.Issue("k", "e", 1).Title; got != "mine" {
		t.Errorf("title: got %q, want mine", got)
	}
	g.OpenIssue("ann", "k", "e", "not eve's", "")
	ask(t, g, "eve", "PATCH", "/repos/k/e/issues/3", `{"title":"x"}`).want(t, 403)
	ask(t, g, "tess", "PATCH", "/repos/k/e/issues/3", `{"title":"x"}`).want(t, 403)
	ask(t, g, "tess", "PATCH", "/repos/k/e/issues/3", `{"milestone":1}`).want(t, 200)
}

func TestTheSameLabelOrMilestoneRaisesNoEvent(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "", "kind/bug")
	g.SetMilestone("ann", "k", "e", 1, "v1.37")
	g.Advance(time.Minute)
	all := hooks(g)
	g.Label("ann", "k", "e", 1, "kind/bug")
	g.SetMilestone("ann", "k", "e", 1, "v1.37")
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", `{"labels":["KIND/bug"],"milestone":1,"state":"open","title":"t"}`).want(t, 200)
	if len(*all) != 0 || g.LabelEvents("k", "e", 1) != 1 || !g.Issue("k", "e", 1).UpdatedAt.Equal(start) {
		t.Errorf("got %v, %d label events, updated %s, want none, 1, %s", names(t, *all), g.LabelEvents("k", "e", 1),
			g.Issue("k", "e", 1).UpdatedAt, start)
	}
}

func TestMilestonesListOpenByDefaultTitlesAreUniqueNullClears(t *testing.T) {
	g := world(t)
	c := client(t, g, "bot")
	for state, want := range map[string]int{"": 1, "open": 1, "closed": 1, "all": 2} {
		got, _, err := c.Issues.ListMilestones(context.Background(), "k", "e", &github.MilestoneListOptions{State: state})
		if err != nil || len(got) != want {
			t.Errorf("state %q: got %d, %v, want %d", state, len(got), err, want)
		}
	}
	got := ask(t, g, "bot", "POST", "/repos/k/e/milestones", `{"title":"v1.36"}`).want(t, 422)
	if got.at(t, "errors", 0, "code") != "already_exists" {
		t.Errorf("same title: got %s, want already_exists", got.body)
	}
	g.OpenIssue("eve", "k", "e", "t", "")
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", `{"milestone":2}`).want(t, 200)
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", `{"title":"still in it"}`).want(t, 200)
	if got := g.Issue("k", "e", 1).Milestone; got != "v1.36" {
		t.Errorf("milestone: got %q, want v1.36", got)
	}
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", `{"milestone":99}`).want(t, 422)
	ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", `{"milestone":null}`).want(t, 200)
	if got := g.Issue("k", "e", 1).Milestone; got != "" {
		t.Errorf("milestone: got %q, want none", got)
	}
}

func TestIssuesListPullRequestsTooAndFilters(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "one", "", "kind/bug", "sig/node")
	g.Advance(time.Minute)
	g.OpenIssue("ann", "k", "e", "two", "", "kind/bug")
	g.OpenPull("bob", "k", "e", "three", "", "main", "topic")
	g.SetMilestone("ann", "k", "e", 2, "v1.37")
	g.Close("ann", "k", "e", 1, "not_planned")
	for query, want := range map[string][]int{
		"": {3, 2}, "state=all": {3, 2, 1}, "state=closed": {1}, "state=all&labels=kind/bug,SIG/NODE": {1},
		"milestone=none": {3}, "milestone=*": {2}, "milestone=1": {2}, "state=all&creator=eve": {1},
		"state=all&direction=asc": {1, 2, 3}, "state=all&since=" + url.QueryEscape("2026-03-02T10:01:00+01:00"): {3, 2, 1},
		"since=2026-03-02T09:01:01Z": nil,
	} {
		var got []int
		for _, x := range ask(t, g, "ann", "GET", "/repos/k/e/issues?"+query, "").want(t, 200).at(t).([]any) {
			got = append(got, int(x.(map[string]any)["number"].(float64)))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	if ask(t, g, "ann", "GET", "/repos/k/e/issues/3", "").at(t, "pull_request", "html_url") != "http://github.test/k/e/pull/3" {
		t.Error("pull_request.html_url is missing")
	}
	if got := ask(t, g, "ann", "GET", "/repos/k/e/issues/1", "").at(t, "state_reason"); got != "not_planned" {
		t.Errorf("state_reason: got %v, want not_planned", got)
	}
}

func TestMilestonedIsAnIssuesEventForPullRequestsToo(t *testing.T) {
	g := world(t)
	g.OpenPull("bob", "k", "e", "p", "", "main", "topic")
	all := hooks(g)
	g.SetMilestone("ann", "k", "e", 1, "v1.37")
	for _, d := range *all {
		if d.Event == "issues" {
			if dig(t, d.Body, "issue", "pull_request") == nil {
				t.Error("issue.pull_request: got nothing, want it set")
			}
			return
		}
	}
	t.Errorf("got %v, want an issues event", names(t, *all))
}

func TestTransferGivesANewNumberAndDropsWhatTheTargetLacks(t *testing.T) {
	g := world(t)
	g.AddRepo("k", "other", false)
	g.AddLabel("k", "other", "sig/node", "", "")
	g.OpenIssue("eve", "k", "other", "there already", "")
	n := g.OpenIssue("eve", "k", "e", "moves", "body", "kind/bug", "sig/node")
	g.SetMilestone("ann", "k", "e", n, "v1.37")
	id := g.Comment("bot", "k", "e", n, "ledger")
	before := g.Issue("k", "e", n)
	all := hooks(g)
	to := g.Transfer("ann", "k", "e", n, "other")
	after := g.Issue("k", "other", to)
	if to != 2 || after.ID == before.ID || after.Milestone != "" || len(after.Comments) != 1 || after.Comments[0].ID != id {
		t.Errorf("got %+v as #%d", after, to)
	}
	if diff := cmp.Diff([]string{"sig/node"}, after.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if got := dig(t, (*all)[0].Body, "changes", "new_issue", "number"); got != 2.0 {
		t.Errorf("changes.new_issue.number: got %v, want 2", got)
	}
	if got := dig(t, (*all)[1].Body, "changes", "old_issue", "number"); got != 1.0 {
		t.Errorf("changes.old_issue.number: got %v, want 1", got)
	}
	moved := ask(t, g, "ann", "GET", "/repos/k/e/issues/1", "").want(t, 301)
	at := strings.TrimPrefix(moved.header.Get("Location"), "http://github.test")
	if got := ask(t, g, "ann", "GET", at, "").want(t, 200).at(t, "title"); got != "moves" {
		t.Errorf("redirect: got %v, want the issue", got)
	}
	gone := g.Comment("eve", "k", "other", 1, "x")
	g.DeleteIssue("ann", "k", "other", 1)
	ask(t, g, "ann", "GET", fmt.Sprint("/repos/k/other/issues/comments/", gone), "").want(t, 404)
	ask(t, g, "ann", "GET", "/repos/k/other/issues/1", "").want(t, 410)
	ask(t, g, "ann", "GET", "/repos/k/other/issues/comments/3000000001", "").want(t, 200)
}

func TestEventsAndTimelineSayWhoAndWhen(t *testing.T) {
	g := world(t)
	g.OpenIssue("eve", "k", "e", "t", "")
	g.Advance(time.Minute)
	g.Label("bob", "k", "e", 1, "kind/bug")
	g.SetMilestone("ann", "k", "e", 1, "v1.37")
	g.Comment("eve", "k", "e", 1, "hi")
	c := client(t, g, "bot")
	list, _, err := c.Issues.ListIssueTimeline(context.Background(), "k", "e", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.GetEvent()+" "+e.GetActor().GetLogin()+" "+e.GetLabel().GetName()+e.GetMilestone().GetTitle()+" "+e.GetCreatedAt().Format(time.TimeOnly))
	}
	want := []string{"labeled bob kind/bug 09:01:00", "milestoned ann v1.37 09:01:00", "commented eve  09:01:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
}
