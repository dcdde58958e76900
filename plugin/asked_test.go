package plugin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

func (s *stand) commentBy(key Key, id int64) githubsim.CommentSnapshot {
	for _, c := range s.issue(key).Comments {
		if c.ID == id {
			return c
		}
	}
	return githubsim.CommentSnapshot{}
}

// TestAsksOfTheAuthorWait: whoever opens an issue cannot make the bot comment on
// others; once somebody with a role commits it, twenty are told, ten in a minute.
func TestAsksOfTheAuthorWait(t *testing.T) {
	s := newStand(t, nil)
	var keys []string
	for range 30 {
		keys = append(keys, s.open("enhancements", "victim", "").String())
	}
	k := Key{Org: "kubernetes", Repo: "kubernetes", Number: s.sim.OpenIssue("stranger", "kubernetes", "kubernetes", "hello", "")}
	s.settle()
	told := func() (n int) {
		for _, i := range s.sim.Issues("kubernetes", "enhancements") {
			n += len(i.Comments)
		}
		return n
	}
	s.said("stranger", k, "/depends-on "+strings.Join(keys, ","))
	if n := told(); n != 0 {
		t.Errorf("%d comments for the asks of an author", n)
	}
	if all := strings.Join(s.ours(k), ""); !strings.Contains(all, "Once this issue is in the plan, 30 other issues are told of it.") {
		t.Errorf("the record does not say that the others are told later:\n%s", all)
	}
	s.said("node-fac", k, "/commit sig-node")
	if n := told(); n != 10 {
		t.Errorf("%d told at once, want 10", n)
	}
	for range 3 {
		s.sim.SetClock(s.sim.Now().Add(2 * time.Minute))
		s.enqueue(k)
		s.settle()
	}
	if n := told(); n != maxAsked {
		t.Errorf("%d told, want %d", n, maxAsked)
	}
	if all := strings.Join(s.ours(k), ""); !strings.Contains(all, "10 more issues are not told of it") {
		t.Errorf("the record does not say that some are not told:\n%s", all)
	}
}

// TestTargetTakesNoComment: the issue that asks goes on.
func TestTargetTakesNoComment(t *testing.T) {
	s := newStand(t, nil)
	target := s.open("kubernetes", "target", "")
	k := s.openKEP()
	tries := 0
	s.intercept = func(r *http.Request) *http.Response {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, fmt.Sprintf("kubernetes/kubernetes/issues/%d/comments", target.Number)) {
			tries++
			return answer(403, nil, `{"message":"Unable to create comment because issue is locked."}`)
		}
		return nil
	}
	id := s.said("node-fac", k, "/commit w1-2\n/depends-on "+target.String())
	s.enqueue(k)
	s.settle()
	if _, known := s.plugin.Reconciler.Index.Get(k); !known || tries != 1 || s.commentBy(k, id).Reactions["+1"] == nil {
		t.Errorf("known %v, tries %d, reactions %v", known, tries, s.commentBy(k, id).Reactions)
	}
}

// TestReceiptFitsOneComment: no comment can make a receipt that fits nowhere.
func TestReceiptFitsOneComment(t *testing.T) {
	s := newStand(t, nil)
	body, items := "", []string{}
	for n := range 20 {
		body += fmt.Sprintf("- [ ] %d %s\n", n, strings.Repeat("word ", 38))
		items = append(items, fmt.Sprint(n+1))
	}
	s.sim.NextNumber("kubernetes", "enhancements", 4381)
	k := s.open("enhancements", "DRA", body)
	s.said("node-fac", k, strings.Repeat("/commit w1-2,w3-4,w5-6,w7-8 "+strings.Join(items, ",")+"\n", 6))
	if all := strings.Join(s.ours(k), ""); !strings.Contains(all, "more than is kept of one line") {
		t.Errorf("no answer:\n%s", all)
	}
	s.said("node-fac", k, strings.Repeat("/commit w1-2 "+strings.Join(items[:10], ",")+"\n", 20))
	if s.record(k) == 0 {
		t.Error("no record of a comment with twenty long lines")
	}
}

// TestQuietRefusalStands: what got a reaction for its refusal is not taken later.
func TestQuietRefusalStands(t *testing.T) {
	s := newStand(t, nil)
	s.configure(strings.Replace(standConfig, "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {quiet: true}", 1))
	k := s.open("kubernetes", "item", "")
	s.intercept = func(r *http.Request) *http.Response {
		if strings.Contains(r.URL.Path, "/members") {
			return answer(404, nil, "{}")
		}
		return nil
	}
	id := s.said("rel-lead", k, "/readout done")
	s.intercept = nil
	s.start()
	s.enqueue(k)
	s.settle()
	if c := s.commentBy(k, id); c.Reactions["confused"] == nil || c.Reactions["+1"] != nil || s.record(k) != 0 {
		t.Errorf("reactions %v, record %d", c.Reactions, s.record(k))
	}
}

// TestFromBefore: commands of years ago are not answered, those of today are.
func TestFromBefore(t *testing.T) {
	s := newStand(t, nil)
	s.sim.SetClock(standTime.AddDate(-1, 0, 0))
	k := s.open("kubernetes", "old", "")
	s.sim.Comment("stranger", k.Org, k.Repo, k.Number, "/commit w1-2")
	s.mail.Take()
	s.sim.SetClock(standTime)
	s.enqueue(k)
	s.settle()
	if n := len(s.ours(k)); n != 0 {
		t.Errorf("%d answers to an old comment", n)
	}
	s.said("stranger", k, "/commit w1-2")
	if n := len(s.ours(k)); n != 1 {
		t.Errorf("%d answers to a new one, want 1", n)
	}
}

// TestFreshIssueIsLookedForAgain: three times, and not for ever.
func TestFreshIssueIsLookedForAgain(t *testing.T) {
	s := newStand(t, nil)
	var got []bool
	for range 4 {
		err := s.plugin.Reconciler.Reconcile(t.Context(), Key{Org: "kubernetes", Repo: "kubernetes", Number: 999_999})
		got = append(got, err != nil)
	}
	if !slices.Equal(got, []bool{true, true, true, false}) {
		t.Errorf("waits %v", got)
	}
}
