package plugin

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// excepting gives a plan and a committed item on which an exception may be asked for.
func excepting(t *testing.T) (s *stand, at, item Key) {
	t.Helper()
	s, at = planStand(t, nil)
	s.configure(standConfig + "  plan: kubernetes/enhancements#4000\n  freezes:\n    code: {at: 2027-01-15}\n")
	item = s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	return s, at, item
}

// agree says all that an exception needs to be granted.
func (s *stand) agree(item Key) {
	s.t.Helper()
	s.said("dev", item, "/exception request 5d too late\nwhy: a\nrisk-late: b\nrisk-cut: c\nprs: d")
	s.said("node-lead", item, "/exception support")
	s.said("rel-lead", item, "/exception approve 5d")
	s.said("pm", item, "/exception approve 5d")
}

// milestone sets the milestone of an issue by hand, "" for none.
func (s *stand) milestone(item Key, title string) {
	s.t.Helper()
	s.sim.SetMilestone("maintainer", item.Org, item.Repo, item.Number, title)
	s.settle()
}

// again begins a process that reads everything; deliveries until then are lost.
func (s *stand) again() {
	s.t.Helper()
	s.mail.Take()
	s.start()
	if err := s.plugin.Load(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.settle()
}

// loseRecord overwrites the record of an issue while no process runs, and GitHub has no
// edit history: nothing signed is left.
func (s *stand) loseRecord(item Key) {
	s.t.Helper()
	s.sim.Advance(2 * time.Minute)
	marker := custody.Marker{Kind: custody.KindRecord, Cycle: "v1.38"}.String()
	if err := s.sim.EditComment("maintainer", item.Org, item.Repo, s.record(item), marker+"\nnothing"); err != nil {
		s.t.Fatal(err)
	}
	s.forgetful()
}

// forgetful has GitHub answer without edit histories.
func (s *stand) forgetful() {
	s.intercept = func(req *http.Request) *http.Response {
		if req.Body == nil || !strings.HasSuffix(req.URL.Path, "/graphql") {
			return nil
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		if req.Body = io.NopCloser(bytes.NewReader(body)); !strings.Contains(string(body), "userContentEdits") {
			return nil
		}
		return answer(http.StatusOK, nil, `{"data":{"node":{"userContentEdits":{"nodes":[]}}}}`)
	}
}

// TestGrantOfALostRecord: what a grant did is not done again when its record was rebuilt:
// somebody may have taken the issue out of the milestone meanwhile.
func TestGrantOfALostRecord(t *testing.T) {
	s, _, item := excepting(t)
	s.agree(item)
	s.later(61*time.Second, item)
	s.later(61*time.Second, item)
	if got := s.issue(item).Milestone; got != "v1.38" {
		t.Fatalf("granted: milestone %q", got)
	}
	s.milestone(item, "")
	s.loseRecord(item)
	s.again()
	s.later(time.Minute, item)
	if got := s.issue(item).Milestone; got != "" {
		t.Errorf("the milestone that somebody took off is %q again", got)
	}
}

// TestGrantMilestoneRenamed: a milestone that has another title now, or is gone, is not
// set; the round ends.
func TestGrantMilestoneRenamed(t *testing.T) {
	s, _, item := excepting(t)
	s.again() // which reads the numbers of milestones
	s.sim.RenameMilestone("maintainer", "kubernetes", "enhancements", "v1.38", "v1.38.0")
	s.agree(item)
	s.sim.ResetCalls()
	s.sim.Advance(61 * time.Second)
	s.enqueue(item)
	for range 30 {
		if len(s.queue) == 0 {
			break
		}
		key := s.queue[0]
		s.queue = s.queue[1:]
		s.round(key)
		s.deliver()
	}
	if _, writes, what := s.cost(); len(s.queue) > 0 || writes > 20 {
		t.Errorf("no end of writes: %v", what)
	}
	if got := s.issue(item).Milestone; got != "" {
		t.Errorf("the issue is in the milestone %q", got)
	}
}

// TestGrantMilestoneClosed: a milestone that was closed early is still that of the release.
func TestGrantMilestoneClosed(t *testing.T) {
	s, _, item := excepting(t)
	s.sim.RenameMilestone("maintainer", "kubernetes", "enhancements", "v1.38", "old")
	s.sim.AddMilestone("kubernetes", "enhancements", "v1.38", "closed", nil)
	s.agree(item)
	s.later(61*time.Second, item)
	s.later(61*time.Second, item)
	if got := s.issue(item).Milestone; got != "v1.38" {
		t.Errorf("granted: milestone %q", got)
	}
}

// TestDecisionWaitsForWhoMustHear: nothing is decided, and nobody is reminded, while it
// cannot be told who must be called.
func TestDecisionWaitsForWhoMustHear(t *testing.T) {
	s, _, item := excepting(t)
	s.agree(item)
	s.sim.Advance(20 * time.Minute)
	s.intercept = func(req *http.Request) *http.Response {
		if strings.Contains(req.URL.Path, "/teams/release-team-leads") {
			return answer(http.StatusForbidden, nil, `{"message":"Resource not accessible by integration"}`)
		}
		return nil
	}
	s.again()
	s.later(61*time.Second, item)
	if ids, _ := s.decisions(item); len(ids) > 0 {
		t.Error("decided without a word to the release lead")
	}
	s.intercept = nil
	s.again()
	s.later(61*time.Second, item)
	if _, bodies := s.decisions(item); len(bodies) != 1 || !strings.Contains(bodies[0], "@rel-lead") {
		t.Errorf("not decided, or without the release lead:\n%s", strings.Join(bodies, "\n"))
	}
}
