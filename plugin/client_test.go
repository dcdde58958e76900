package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/work"
)

var nowhere = Key{Org: "kubernetes", Repo: "kubernetes", Number: 999}

func TestClientAccounts(t *testing.T) {
	s := newStand(t, nil)
	if bot, err := s.client.User(t.Context(), standBot); err != nil || bot != s.bot {
		t.Errorf("%+v, %v", bot, err)
	}
	if self, err := s.client.Self(t.Context()); err == nil { // an App has no account of its own
		t.Errorf("%+v", self)
	}
	s.as = "maintainer"
	if self, err := s.client.Self(t.Context()); err != nil || self.Login != "maintainer" {
		t.Errorf("%+v, %v", self, err)
	}
	if dev, err := s.client.User(t.Context(), "dev"); err != nil || dev.Login != "dev" || dev.ID == 0 {
		t.Errorf("%+v, %v", dev, err)
	}
	if _, err := s.client.User(t.Context(), "nobody"); err == nil {
		t.Error("nobody has an account")
	}
}

// TestClientRepository: read once in ten minutes; private is told.
func TestClientRepository(t *testing.T) {
	s := newStand(t, nil)
	s.sim.AddRepo("kubernetes", "secret", true)
	for range 3 {
		if r, err := s.client.Repository(t.Context(), "kubernetes/kubernetes"); err != nil || r.ID == 0 || r.Private {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if reads, _, calls := s.cost(); reads != 1 {
		t.Errorf("%v", calls)
	}
	if r, err := s.client.Repository(t.Context(), "kubernetes/secret"); err != nil || !r.Private {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := s.client.Repository(t.Context(), "kubernetes/none"); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
}

func TestClientIssue(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.sim.Label("maintainer", "kubernetes", "enhancements", key.Number, "kind/bug", "lead-opted-in")
	s.sim.SetMilestone("maintainer", "kubernetes", "enhancements", key.Number, "v1.38")
	s.sim.Close("maintainer", "kubernetes", "enhancements", key.Number, "not_planned")
	got, err := s.client.Issue(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	want := work.Issue{Key: key, ID: s.issue(key).ID, Title: "DRA: structured parameters", Body: "- [ ] API types\n- [ ] e2e tests\n", Author: "dev", Assignees: []string{"dev"},
		Labels: []string{"kind/bug", "lead-opted-in"}, Milestone: "v1.38", Closed: true, StateReason: "not_planned", ClosedAt: standTime}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	pull := Key{Org: "kubernetes", Repo: "kubernetes", Number: s.sim.OpenPull("dev", "kubernetes", "kubernetes", "A change", "text", "main", "topic")}
	if got, err := s.client.Issue(t.Context(), pull); err != nil || !got.Pull || got.Merged || got.Closed {
		t.Errorf("%+v, %v", got, err)
	}
	s.sim.MergePull("maintainer", "kubernetes", "kubernetes", pull.Number)
	if got, err := s.client.Issue(t.Context(), pull); err != nil || !got.Pull || !got.Merged || !got.Closed {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestClientGone: 404, 410, and what GitHub answers under another name.
func TestClientGone(t *testing.T) {
	s := newStand(t, nil)
	key, moved := s.open("kubernetes", "a", ""), s.open("kubernetes", "b", "")
	s.sim.DeleteIssue("maintainer", "kubernetes", "kubernetes", key.Number)
	s.sim.Transfer("maintainer", "kubernetes", "kubernetes", moved.Number, "unlisted")
	for _, k := range []Key{nowhere, key, moved} {
		if _, err := s.client.Issue(t.Context(), k); !errors.Is(err, ErrGone) {
			t.Errorf("issue %s: %v", k, err)
		}
	}
	for _, k := range []Key{nowhere, key} {
		if _, _, err := s.client.Comments(t.Context(), k); !errors.Is(err, ErrGone) {
			t.Errorf("comments of %s: %v", k, err)
		}
		if _, err := s.client.LabelEvents(t.Context(), k); !errors.Is(err, ErrGone) {
			t.Errorf("events of %s: %v", k, err)
		}
	}
	if _, err := s.client.EditComment(t.Context(), key, 1, "x"); !errors.Is(err, ErrGone) {
		t.Errorf("edit: %v", err)
	}
	for name, err := range map[string]error{
		"delete": s.client.DeleteComment(t.Context(), key, 1), "react": s.client.React(t.Context(), key, Comment{ID: 1}, "+1"),
		"remove label": s.client.RemoveLabel(t.Context(), nowhere, "plan/proposed"),
	} {
		if err != nil {
			t.Errorf("%s of what is not there: %v", name, err)
		}
	}
}

// TestClientComments: all pages, ascending, with GitHub's Date.
func TestClientComments(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "a", "")
	for n := range 230 {
		s.sim.Comment("dev", "kubernetes", "kubernetes", key.Number, fmt.Sprintf("comment %d", n))
	}
	must(t, s.sim.React("pm", "kubernetes", "kubernetes", s.issue(key).Comments[7].ID, "+1"))
	must(t, s.sim.React("pm", "kubernetes", "kubernetes", s.issue(key).Comments[7].ID, "confused"))
	list, date, err := s.client.Comments(t.Context(), key)
	if err != nil || len(list) != 230 || !date.Equal(standTime) {
		t.Fatalf("%d comments, %s, %v", len(list), date, err)
	}
	for n, c := range list {
		if c.Body != fmt.Sprintf("comment %d", n) || c.Author.Login != "dev" || c.Node == "" || !c.Created.Equal(standTime) || n > 0 && c.ID <= list[n-1].ID {
			t.Errorf("%d: %+v", n, c)
		}
	}
	if list[7].Acks != 1 || list[7].Nays != 1 || list[8].Acks != 0 {
		t.Errorf("reactions: %+v", list[7])
	}
}

// TestClientNeverReturnsAPart: a page that fails fails the whole.
func TestClientNeverReturnsAPart(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "a", "")
	for range 130 {
		s.sim.Comment("dev", "kubernetes", "kubernetes", key.Number, "/commit")
	}
	s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
		if r.URL.Query().Get("page") == "2" {
			return &githubsim.Fault{Status: 502, Body: "{}"}
		}
		return nil
	})
	if list, _, err := s.client.Comments(t.Context(), key); err == nil || list != nil {
		t.Errorf("%d comments, %v", len(list), err)
	}
	if list, _, err := s.client.CommentsSince(t.Context(), "kubernetes/kubernetes", time.Time{}); err == nil || list != nil {
		t.Errorf("%d comments, %v", len(list), err)
	}
	for _, body := range []string{"", " \n", "null", "[", "[{}]", `{"message":"odd"}`, "<html>"} {
		s.intercept = func(*http.Request) *http.Response { return answer(200, nil, body) }
		if list, _, err := s.client.Comments(t.Context(), key); err == nil {
			t.Errorf("%q is %d comments", body, len(list))
		}
		if _, err := s.client.Issue(t.Context(), key); err == nil {
			t.Errorf("%q is an issue", body)
		}
		if _, err := s.client.Repository(t.Context(), "kubernetes/kubernetes"); err == nil {
			t.Errorf("%q is a repository", body)
		}
		if _, err := s.client.Issues(t.Context(), "kubernetes/kubernetes", Filter{}); err == nil {
			t.Errorf("%q is a list of issues", body)
		}
		if c, err := s.client.CreateComment(t.Context(), key, "x"); err == nil {
			t.Errorf("%q is the comment %+v", body, c)
		}
		if _, err := s.client.Standings(t.Context(), []string{"x"}); err == nil {
			t.Errorf("%q tells what was edited", body)
		}
	}
	s.intercept = func(*http.Request) *http.Response { return answer(200, map[string]string{"Date": "soon"}, "[]") }
	if _, _, err := s.client.Comments(t.Context(), key); err == nil {
		t.Error("without a Date nobody knows when it was read")
	}
}

// TestClientStandings: by GraphQL, a hundred at a time; REST's updated_at does
// not count.
func TestClientStandings(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "a", "")
	var nodes []string
	for range 150 {
		s.sim.Comment("dev", "kubernetes", "kubernetes", key.Number, "x")
	}
	list, _, err := s.client.Comments(t.Context(), key)
	must(t, err)
	for _, c := range list {
		nodes = append(nodes, c.Node)
	}
	must(t, s.sim.EditComment("dev", "kubernetes", "kubernetes", list[140].ID, "y"))
	s.sim.ResetCalls()
	standings, err := s.client.Standings(t.Context(), nodes)
	must(t, err)
	if reads, _, calls := s.cost(); reads != 2 {
		t.Errorf("%v", calls)
	}
	for n, c := range list {
		if standings[c.Node].Edited != (n == 140) {
			t.Errorf("%d: %+v", n, standings[c.Node])
		}
	}
	if _, err := s.client.Standings(t.Context(), []string{nodes[0], "IC_unknown"}); err == nil {
		t.Error("of an unknown comment something was told")
	}
	texts, err := s.client.EditHistory(t.Context(), nodes[140])
	if err != nil || !slices.Contains(texts, "x") || texts[0] != "y" {
		t.Errorf("history %q, %v", texts, err)
	}
}

// TestClientWrites: comments, reactions and labels as they then stand.
func TestClientWrites(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "a", "")
	theirs := s.sim.Comment("dev", "kubernetes", "kubernetes", key.Number, "/commit")
	c, err := s.client.CreateComment(t.Context(), key, "one\r\ntwo")
	if err != nil || c.Author != s.bot || c.ID == 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, err = s.client.EditComment(t.Context(), key, c.ID, "three"); err != nil || c.Body != "three" {
		t.Errorf("%+v, %v", c, err)
	}
	for range 2 { // 201, then 200
		must(t, s.client.React(t.Context(), key, Comment{ID: theirs}, "+1"))
	}
	must(t, s.client.AddLabel(t.Context(), key, "plan/proposed"))
	must(t, s.client.AddLabel(t.Context(), key, "kind/bug"))
	must(t, s.client.RemoveLabel(t.Context(), key, "plan/proposed")) // a label with a slash
	must(t, s.client.RemoveLabel(t.Context(), key, "plan/proposed"))
	i := s.issue(key)
	if d := cmp.Diff([]string{"kind/bug"}, i.Labels); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string][]string{"+1": {standBot}}, i.Comments[0].Reactions); d != "" {
		t.Error(d)
	}
	must(t, s.client.DeleteComment(t.Context(), key, c.ID))
	if n := len(s.ours(key)); n != 0 {
		t.Errorf("%d comments of ours", n)
	}
	events, err := s.client.LabelEvents(t.Context(), key)
	must(t, err)
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprintf("%s %t %s", e.Label, e.On, e.Actor.Login))
	}
	if d := cmp.Diff([]string{"plan/proposed true " + standBot, "kind/bug true " + standBot, "plan/proposed false " + standBot}, got); d != "" {
		t.Error(d)
	}
}

// TestClientLabelEventsSeesTheLast of hundreds.
func TestClientLabelEventsSeesTheLast(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "a", "")
	for range 130 {
		s.sim.Label("dev", "kubernetes", "kubernetes", key.Number, "kind/bug")
		s.sim.Unlabel("dev", "kubernetes", "kubernetes", key.Number, "kind/bug")
	}
	s.sim.Label("maintainer", "kubernetes", "kubernetes", key.Number, "plan/blocked")
	events, err := s.client.LabelEvents(t.Context(), key)
	if err != nil || len(events) == 0 || events[len(events)-1].Label != "plan/blocked" || events[len(events)-1].Actor.Login != "maintainer" {
		t.Errorf("%d events, %v", len(events), err)
	}
}

// TestClientSilentlyDroppedLabel: GitHub answers 200 to an account that may not
// set labels.
func TestClientSilentlyDroppedLabel(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "a", "")
	s.intercept = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/labels") && r.Method == http.MethodPost {
			return answer(200, nil, `[{"name":"kind/bug"}]`)
		}
		return nil
	}
	if err := s.client.AddLabel(t.Context(), key, "plan/proposed"); err == nil || !strings.Contains(err.Error(), "dropped") {
		t.Errorf("%v", err)
	}
	if err := s.client.AddLabel(t.Context(), key, "Kind/Bug"); err != nil {
		t.Errorf("GitHub's own spelling counts: %v", err)
	}
}

// TestClientTeams: active members; 403 and 404 cannot tell.
func TestClientTeams(t *testing.T) {
	s := newStand(t, nil)
	s.sim.AddPendingTeamMember("kubernetes", "release-team-leads", "stranger")
	got, err := s.client.Members(t.Context(), "kubernetes", "release-team-leads")
	if d := cmp.Diff([]string{"rel-lead"}, got); d != "" || err != nil {
		t.Errorf("%s%v", d, err)
	}
	if _, err := s.client.Members(t.Context(), "kubernetes", "none"); !errors.Is(err, ErrCannotTell) {
		t.Errorf("%v", err)
	}
	for status, cannot := range map[int]bool{403: true, 404: true, 500: false, 502: false} {
		s.intercept = func(*http.Request) *http.Response { return answer(status, nil, `{"message":"Forbidden"}`) }
		if _, err := s.client.Members(t.Context(), "kubernetes", "x"); err == nil || errors.Is(err, ErrCannotTell) != cannot {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestClientLists: by label, milestone and time; comments with their issue.
func TestClientLists(t *testing.T) {
	s := newStand(t, nil)
	old := s.open("kubernetes", "old", "body")
	s.sim.Comment("dev", "kubernetes", "kubernetes", old.Number, "before")
	s.sim.Advance(time.Hour)
	var labelled, planned Key
	for n := range 105 {
		key := s.open("kubernetes", fmt.Sprint(n), "")
		switch n {
		case 3:
			labelled = key
			s.sim.Label("maintainer", "kubernetes", "kubernetes", key.Number, "plan/proposed")
		case 4:
			planned = key
			s.sim.SetMilestone("maintainer", "kubernetes", "kubernetes", key.Number, "v1.38")
			s.sim.Close("maintainer", "kubernetes", "kubernetes", key.Number, "completed")
		}
	}
	s.sim.Comment("dev", "kubernetes", "kubernetes", labelled.Number, "after")
	count := func(f Filter) (numbers []int) {
		list, err := s.client.Issues(t.Context(), "kubernetes/kubernetes", f)
		must(t, err)
		for _, i := range list {
			numbers = append(numbers, i.Key.Number)
		}
		return numbers
	}
	if n := len(count(Filter{})); n != 106 {
		t.Errorf("all: %d", n)
	}
	if n := len(count(Filter{Since: standTime.Add(time.Minute)})); n != 105 {
		t.Errorf("since: %d", n)
	}
	for name, tc := range map[string]struct {
		filter Filter
		want   []int
	}{
		"label":            {Filter{Label: "plan/proposed"}, []int{labelled.Number}},
		"milestone":        {Filter{Milestone: "v1.38"}, []int{planned.Number}},
		"open":             {Filter{Milestone: "v1.38", OpenOnly: true}, nil},
		"no such":          {Filter{Milestone: "v9.99"}, nil},
		"no such, again":   {Filter{Milestone: "v9.99"}, nil},
		"milestone, again": {Filter{Milestone: "v1.38"}, []int{planned.Number}},
	} {
		if d := cmp.Diff(tc.want, count(tc.filter)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	comments, date, err := s.client.CommentsSince(t.Context(), "kubernetes/kubernetes", standTime.Add(time.Minute))
	must(t, err)
	want := []ListedComment{{Key: labelled, Author: comments[0].Author, Body: "after"}}
	if d := cmp.Diff(want, comments); d != "" || comments[0].Author.Login != "dev" || !date.Equal(standTime.Add(time.Hour)) {
		t.Errorf("%s%s", d, date)
	}
	if _, err := s.client.Issues(t.Context(), "kubernetes/none", Filter{}); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
}

// TestClientEndsWithItsContext.
func TestClientEndsWithItsContext(t *testing.T) {
	s := newStand(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.client.Issue(ctx, nowhere); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
