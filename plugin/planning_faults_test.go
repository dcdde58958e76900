package plugin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestNextPlanOnTheSameIssue: an issue that was the plan of one cycle and becomes that of
// the next begins anew; what was decided for the first is none of the second's.
func TestNextPlanOnTheSameIssue(t *testing.T) {
	s, at, item := approved(t)
	s.sim.AddMilestone("kubernetes", "enhancements", "v1.39", "open", nil)
	s.configure(standConfig + "- name: v1.39\n  planning: 2027-03-20\n  start: 2027-04-19\n  end: 2027-08-11\n  plan: kubernetes/enhancements#4000\n")
	s.sim.SetClock(time.Date(2027, 3, 22, 10, 0, 0, 0, time.UTC))
	s.plugin.Reconfigured(t.Context())
	s.settle()
	s.said("node-fac", item, "/commit v1.39 w1-2\n/readout ready v1.39")
	s.decide("rel-lead", at, "/plan vote open until 2027-03-25")
	_, bodies := s.decisions(at)
	if last := bodies[len(bodies)-1]; !strings.Contains(last, "Plan for v1.39: round 1 is open") {
		t.Errorf("no first round for v1.39:\n%s\n%s", last, strings.Join(s.ours(at), "\n"))
	}
	if text := strings.Join(s.ours(at), "\n"); strings.Contains(text, "that had been made was deleted") {
		t.Error("decisions of v1.38 are missed in v1.39")
	}
}

// TestOneIssueForbidden: an issue that GitHub does not let us read holds up nobody who
// names it.
func TestOneIssueForbidden(t *testing.T) {
	s := newStand(t, nil)
	item, other := s.openKEP(), s.open("kubernetes", "not to be read", "")
	s.intercept = func(req *http.Request) *http.Response {
		if strings.Contains(req.URL.Path, "/repos/kubernetes/kubernetes/issues/"+strconv.Itoa(other.Number)) {
			return answer(http.StatusForbidden, nil, `{"message":"Resource not accessible by integration"}`)
		}
		return nil
	}
	s.said("node-fac", item, "/commit w1-2\n/depends-on "+other.String()+" by w1-2")
	s.deliver()
	s.settle()
	if text := strings.Join(s.ours(item), "\n"); !strings.Contains(text, "v1.38: committed") || !strings.Contains(text, "cannot be read") {
		t.Errorf("the record is not there, or does not say that the target cannot be read:\n%s", text)
	}
}

// TestPlanTakesNoComment: where nothing can be posted on the plan issue a decision waits;
// what people said is still kept and acknowledged.
func TestPlanTakesNoComment(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2\n/readout ready")
	s.said("rel-lead", at, "/plan vote open until 2027-01-20")
	s.settle()
	posts := 0
	s.intercept = func(req *http.Request) *http.Response {
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/issues/4000/comments") {
			posts++
			return answer(http.StatusForbidden, nil, `{"message":"Unable to create comment because issue is locked."}`)
		}
		return nil
	}
	s.later(2*time.Minute, at)
	said := s.said("node-fac", at, "/plan order #"+strconv.Itoa(item.Number))
	s.later(time.Minute, at)
	s.later(time.Minute, at)
	if posts != 1 {
		t.Errorf("%d comments were tried on an issue that takes none", posts)
	}
	for _, c := range s.issue(at).Comments {
		if c.ID == said && len(c.Reactions) == 0 {
			t.Error("what was said while nothing could be posted is not acknowledged")
		}
	}
	s.intercept = nil
	s.later(25*time.Hour, at)
	s.later(time.Minute, at)
	if ids, _ := s.decisions(at); len(ids) != 1 {
		t.Errorf("a day later %d decisions stand, want the opening", len(ids))
	}
}

// TestRepositoryComesBack: a repository that left the configuration and came in again is
// read at once, so that no snapshot is without its items.
func TestRepositoryComesBack(t *testing.T) {
	s, at := planStand(t, nil)
	here, there := s.openKEP(), s.open("kubernetes", "work elsewhere", "")
	s.said("node-fac", here, "/commit w1-2\n/readout ready")
	s.said("sched-fac", there, "/commit sig-scheduling w1-2\n/readout ready")
	s.settle()
	if err := s.plugin.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settle()
	with := s.config
	without := strings.Replace(standConfig, "    kubernetes/kubernetes: {}\n", "", 1)
	if without == standConfig {
		t.Fatal("the repository is not in the configuration")
	}
	s.configure(without + "  plan: kubernetes/enhancements#4000\n")
	s.plugin.Reconfigured(t.Context())
	s.settle()
	s.plugin.Reconciler.Index.Remove(there)
	s.config = with
	s.plugin.Reconfigured(t.Context())
	s.settle()
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	_, bodies := s.decisions(at)
	if len(bodies) != 1 || !strings.Contains(bodies[0], there.String()[strings.Index(there.String(), "/")+1:]) {
		t.Errorf("the snapshot is without %s:\n%s", there, strings.Join(bodies, "\n"))
	}
}

// TestQueryAfterTheEnd: who asks after the release how its plan stood is answered.
func TestQueryAfterTheEnd(t *testing.T) {
	s, at, _ := approved(t)
	s.sim.SetClock(time.Date(2027, 5, 3, 10, 0, 0, 0, time.UTC))
	s.said("dev", at, "/plan status")
	s.settle()
	if !slices.ContainsFunc(s.ours(at), func(b string) bool { return strings.Contains(b, "query-status") }) {
		t.Errorf("no reply:\n%s", strings.Join(s.ours(at), "\n"))
	}
}
