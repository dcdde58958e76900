package githubsim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReplicasDiffer: of two reads at the same time one may be behind the other.
func TestReplicasDiffer(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.SetLag(func(r *http.Request) time.Duration {
		if strings.HasSuffix(r.URL.Path, "/comments") {
			return time.Minute
		}
		return 0
	})
	g.Advance(time.Hour)
	g.Comment("eve", "k", "e", 1, "new")
	g.Label("ann", "k", "e", 1, "kind/bug")
	look := func() [2]int {
		count := func(path string) int { return len(ask(t, g, "bot", "GET", path, "").want(t, 200).at(t).([]any)) }
		return [2]int{count("/repos/k/e/issues/1/comments"), count("/repos/k/e/issues/1/labels")}
	}
	if d := cmp.Diff([2]int{0, 1}, look()); d != "" {
		t.Errorf("at once (-want +got):\n%s", d)
	}
	g.Advance(time.Minute)
	if d := cmp.Diff([2]int{1, 1}, look()); d != "" {
		t.Errorf("a minute later (-want +got):\n%s", d)
	}
}

// TestRowsOutOfOrder: a later comment may be listed before an earlier one.
func TestRowsOutOfOrder(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.SetUnlisted(func(login, body string) time.Duration {
		if login == "eve" && body == "first" {
			return 10 * time.Second
		}
		return 0
	})
	g.Comment("eve", "k", "e", 1, "first")
	g.Comment("eve", "k", "e", 1, "second")
	for _, list := range []string{"/repos/k/e/issues/1/comments", "/repos/k/e/issues/comments"} {
		if r := ask(t, g, "bot", "GET", list, ""); len(r.at(t).([]any)) != 1 || r.at(t, 0, "body") != "second" {
			t.Errorf("%s: got %v", list, r.at(t))
		}
	}
	ask(t, g, "bot", "GET", "/repos/k/e/issues/comments/3000000001", "").want(t, 200)
	g.Advance(10 * time.Second)
	if r := ask(t, g, "bot", "GET", "/repos/k/e/issues/1/comments", ""); len(r.at(t).([]any)) != 2 || r.at(t, 0, "body") != "first" {
		t.Errorf("later: got %v", r.at(t))
	}
}

// TestOverlongComments: an edit beyond the limit is refused, or silently not made.
func TestOverlongComments(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	g.Comment("bot", "k", "e", 1, "old")
	const at = "/repos/k/e/issues/comments/3000000001"
	g.SetOverlong(10, false)
	ask(t, g, "bot", "PATCH", at, quoted("longer than ten")).want(t, 422)
	g.SetOverlong(10, true)
	if r := ask(t, g, "bot", "PATCH", at, quoted("longer than ten")).want(t, 200); r.at(t, "body") != "old" {
		t.Errorf("got %v", r.at(t, "body"))
	}
	ask(t, g, "bot", "POST", "/repos/k/e/issues/1/comments", quoted("longer than ten")).want(t, 422)
	if got := g.Issue("k", "e", 1).Comments; len(got) != 1 || got[0].Body != "old" {
		t.Errorf("got %v", got)
	}
}

// TestDroppedLabels: without the right to set them labels and milestones are dropped, and the answer is 200.
func TestDroppedLabels(t *testing.T) {
	g := world(t)
	g.OpenIssue("ann", "k", "e", "t", "")
	set := func() {
		ask(t, g, "bot", "POST", "/repos/k/e/issues/1/labels", `{"labels":["kind/bug"]}`).want(t, 200)
		ask(t, g, "bot", "PATCH", "/repos/k/e/issues/1", `{"milestone":1}`).want(t, 200)
	}
	g.SetDropped(func(*http.Request) bool { return true })
	set()
	if i := g.Issue("k", "e", 1); len(i.Labels) > 0 || i.Milestone != "" {
		t.Errorf("got %v and %q", i.Labels, i.Milestone)
	}
	g.SetDropped(nil)
	set()
	if i := g.Issue("k", "e", 1); len(i.Labels) != 1 || i.Milestone != "v1.37" {
		t.Errorf("got %v and %q", i.Labels, i.Milestone)
	}
}
