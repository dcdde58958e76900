package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/plan"
)

func TestCommandsOfThePlaceAreOffered(t *testing.T) {
	s := open(t, embeddedSeed(), false)
	tests := []struct{ path, place, has, not string }{
		{"/kubernetes/enhancements/issues/5677", placeItem, "<code>/commit ", "<code>/vote "},
		{"/kubernetes/sig-release/issues/2950", placePlan, "<code>/vote ", "<code>/commit "},
		{"/kubernetes/kubernetes/pull/307", placePull, "<code>/part-of ", "<code>/commit "},
		{"/kubernetes/kubernetes/issues/307", placePull, "<code>/part-of ", "<code>/vote "},
	}
	for _, test := range tests {
		page := s.get(t, test.path).Body.String()
		for _, want := range []string{`data-place="` + test.place + `"`, test.has} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", test.path, want)
			}
		}
		if strings.Contains(page, test.not) {
			t.Errorf("%s offers %s", test.path, test.not)
		}
		if len(commandsOf(test.place)) == 0 {
			t.Errorf("the plugin names no place %q", test.place)
		}
	}
}

func TestHoldsOfTide(t *testing.T) {
	tests := []struct {
		name          string
		labels, known []string
		want          []string
	}{
		{"nothing is asked where there are no such labels", nil, nil, nil},
		{"all is there", []string{"lgtm", "approved", "kep-checked"}, []string{"lgtm", "approved"}, nil},
		{"the bot's", []string{config.LabelNeedsKEP, "lgtm", "approved"}, []string{"lgtm", "approved"},
			[]string{"Held by do-not-merge/needs-kep. The bot's comment says what mends it."}},
		{"others", []string{"do-not-merge/hold", "lgtm"}, []string{"lgtm", "approved"}, []string{"Held by do-not-merge/hold.", "Waits for the label approved."}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, holds(test.labels, test.known)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestPullRequestsOfTheSeed: each stands as its text says, and a maintainer may merge.
func TestPullRequestsOfTheSeed(t *testing.T) {
	s := open(t, embeddedSeed(), true)
	labels := map[string]string{
		"kubernetes/kubernetes#306": config.LabelKEPChecked, // its description links to the KEP
		"kubernetes/kubernetes#307": config.LabelNeedsKEP,
		"kubernetes/kubernetes#308": config.LabelKEPChecked, // exempt
		"kubernetes/kubernetes#309": config.LabelNeedsKEP,
	}
	for key, want := range labels {
		s.waitFor(t, key+" "+want, func() bool { return slices.Contains(s.at(t, key).Labels, want) })
	}
	s.waitFor(t, "calm", func() bool { return s.quiet(calm) })
	pages := map[string]string{
		"/kubernetes/kubernetes":          "held by do-not-merge/needs-kep",
		"/kubernetes/kubernetes/pull/306": "Tide would merge this",
		"/kubernetes/kubernetes/pull/307": "Held by do-not-merge/needs-kep.",
		"/kubernetes/kubernetes/pull/309": `<a href="/kubernetes/enhancements/issues/3314">KEP-3314</a>`, // by the pull request to which it links
	}
	for path, want := range pages {
		if page := s.get(t, path).Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
	if list := s.get(t, "/kubernetes/kubernetes").Body.String(); strings.Count(list, `title="open pull request"`) != 4 || !strings.Contains(list, `href="/kubernetes/kubernetes/pull/306"`) {
		t.Error("the list does not tell four pull requests from issues")
	}
	const pull = "/kubernetes/kubernetes/issues/306"
	if to := s.post(t, pull, "do", "merge", "as", "stranger").Header().Get("Location"); !strings.Contains(to, "told=") || s.at(t, "kubernetes/kubernetes#306").Merged {
		t.Errorf("a stranger's merge: sent to %q", to)
	}
	w := s.post(t, pull, "do", "merge", "as", "sched-lead")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/kubernetes/kubernetes/pull/306" || !s.at(t, "kubernetes/kubernetes#306").Merged {
		t.Errorf("a maintainer's merge: %d, sent to %q", w.Code, to)
	}
	if page := s.get(t, "/kubernetes/kubernetes/pull/306").Body.String(); strings.Contains(page, "Tide would") || !strings.Contains(page, ">merged<") {
		t.Error("the page of what is merged offers to merge")
	}
}

func TestAMinuteMayPassForADecision(t *testing.T) {
	s := open(t, embeddedSeed(), true)
	const path, due = "/kubernetes/sig-release/issues/2950", "A decision is due"
	page := func() string { return s.get(t, path).Body.String() }
	s.waitFor(t, "the plan's record", func() bool { return recordTitle(s.at(t, "kubernetes/sig-release#2950")) != "" })
	if strings.Contains(page(), due) {
		t.Error("a decision is due before one was asked for")
	}
	s.post(t, path, "do", "say", "as", "release-lead", "body", "/plan vote open until 3 days")
	s.waitFor(t, "the decision to be due", func() bool { return strings.Contains(page(), due) })
	s.post(t, "/sandbox/clock", "by", "61s", "to", path)
	s.waitFor(t, "the decision", func() bool { return strings.Contains(page(), "round 1 is open until") })
	if strings.Contains(page(), due) {
		t.Error("a decision is due that was made")
	}
}

func TestPending(t *testing.T) {
	now := time.Date(2027, 1, 12, 10, 0, 0, 0, time.UTC)
	comment := func(by, body string, ago time.Duration, taken bool) githubsim.CommentSnapshot {
		c := githubsim.CommentSnapshot{Author: by, Body: body, CreatedAt: now.Add(-ago)}
		if taken {
			c.Reactions = map[string][]string{"+1": {botLogin}}
		}
		return c
	}
	decision := comment(botLogin, custody.Marker{Kind: custody.KindDecision, Cycle: "v1.38", Key: "4-1"}.String()+"\n### Round 1", 5*time.Second, false)
	tests := []struct {
		name     string
		comments []githubsim.CommentSnapshot
		want     bool
	}{
		{"nothing", nil, false},
		{"asked for", []githubsim.CommentSnapshot{comment("lea", "Here:\n/Plan  Vote open until Friday", 9*time.Second, true)}, true},
		{"asked for, then talk", []githubsim.CommentSnapshot{comment("lea", "/plan prune confirm 3f2a91c0", 9*time.Second, true), comment("sam", "thanks", 3*time.Second, false)}, true},
		{"not taken", []githubsim.CommentSnapshot{comment("sam", "/plan vote close", 9*time.Second, false)}, false},
		{"a query", []githubsim.CommentSnapshot{comment("sam", "/plan prune", 9*time.Second, true)}, false},
		{"a minute ago", []githubsim.CommentSnapshot{comment("lea", "/plan rework", plan.Settling, true)}, false},
		{"made", []githubsim.CommentSnapshot{comment("lea", "/plan rework", 50*time.Second, true), decision}, false},
	}
	for _, test := range tests {
		if got := pending(githubsim.IssueSnapshot{Comments: test.comments}, now); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}
