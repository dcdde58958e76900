package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/config"
)

// exceptionStand gives an item for which all has been said that an exception needs. It
// is due a minute later.
func exceptionStand(t *testing.T) (s *stand, item Key) {
	t.Helper()
	s = newStand(t, nil)
	s.configure(standConfig + "  freezes:\n    code: {at: 2027-01-20}\n")
	if err := s.plugin.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	item = s.openKEP()
	s.said("node-fac", item, "/commit w1-2")
	s.said("dev", item, "/exception 5d the review took longer\nwhy: a\nrisk-late: b\nrisk-cut: c\nprs: d")
	s.said("node-lead", item, "/exception support")
	s.said("rel-lead", item, "/exception approve 5d")
	s.said("pm", item, "/exception approve 5d")
	s.wantLabel(item, config.LabelExceptionRequested)
	return s, item
}

// refusing answers requests that fit with a status, and counts them. With after the
// effect takes place all the same.
func (s *stand) refusing(status int, after bool, method, path, body string) *int {
	n := new(int)
	s.intercept = func(req *http.Request) *http.Response {
		if req.Method != method || !strings.HasSuffix(req.URL.Path, path) {
			return nil
		}
		text, err := req.GetBody()
		if err != nil {
			s.t.Fatal(err)
		}
		if data, _ := io.ReadAll(text); !strings.Contains(string(data), body) {
			return nil
		}
		*n++
		if after {
			if _, err := s.direct(req); err != nil {
				s.t.Fatal(err)
			}
		}
		return answer(status, nil, `{"message":"as the test says"}`)
	}
	return n
}

// failing makes a round that ends in an error, not in a wait.
func (s *stand) failing(key Key) {
	s.t.Helper()
	err := s.plugin.Reconciler.Reconcile(context.Background(), key)
	var wait *Wait
	if err == nil || errors.As(err, &wait) {
		s.t.Errorf("the round of %s does not fail: %v", key, err)
	}
}

// granted checks that the exception was granted once, and what follows from it.
func (s *stand) granted(item Key) {
	s.t.Helper()
	if ids, bodies := s.decisions(item); len(ids) != 1 || !strings.Contains(bodies[0], "granted until") {
		s.t.Errorf("want one decision that grants it:\n%s", strings.Join(bodies, "\n"))
	}
	s.wantLabel(item, config.LabelExceptionApproved)
	if got := s.issue(item).Milestone; got != "v1.38" {
		s.t.Errorf("it is in the milestone %q", got)
	}
	s.sim.ResetCalls()
	s.round(item)
	if _, writes, what := s.cost(); writes > 0 {
		s.t.Errorf("a quiet round writes: %v", what)
	}
}

// TestExceptionMadeAllTheSame: GitHub says that it failed, and the decision stands all
// the same. It is read back, and none is made beside it, by this process or the next.
func TestExceptionMadeAllTheSame(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprintf("restart %t", restart), func(t *testing.T) {
			s, item := exceptionStand(t)
			posts := s.refusing(http.StatusInternalServerError, true, http.MethodPost, "/issues/4381/comments", "granted until")
			s.sim.Advance(61 * time.Second)
			s.plugin.Reconciler.Index.Sweep(s.sim.Now())
			s.failing(item)
			s.wantLabel(item, config.LabelExceptionRequested) // nothing follows before it was read back
			if *posts != 1 {
				t.Errorf("%d decisions were posted", *posts)
			}
			s.intercept = nil
			if restart {
				s.start()
				if err := s.plugin.Load(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			s.later(10*time.Second, item)
			s.later(time.Minute, item)
			s.granted(item)
		})
	}
}

// TestExceptionOnLockedIssue: where nothing can be posted the decision waits. Labels are
// mended, and what people say is kept and acknowledged; a day later it is made.
func TestExceptionOnLockedIssue(t *testing.T) {
	s, item := exceptionStand(t)
	posts := s.refusing(http.StatusForbidden, false, http.MethodPost, "/issues/4381/comments", "")
	s.later(61*time.Second, item)
	s.wantLabel(item, config.LabelExceptionRequested)
	s.sim.Unlabel("maintainer", item.Org, item.Repo, item.Number, config.LabelExceptionRequested)
	said := s.said("node-fac", item, "/readout ready")
	s.later(time.Minute, item)
	s.later(time.Minute, item)
	if *posts != 1 {
		t.Errorf("%d comments were tried on an issue that takes none", *posts)
	}
	s.wantLabel(item, config.LabelExceptionRequested)
	if !slices.ContainsFunc(s.ours(item), func(b string) bool { return strings.Contains(b, "ready since") }) {
		t.Errorf("the record does not have what was said:\n%s", strings.Join(s.ours(item), "\n"))
	}
	for _, c := range s.issue(item).Comments {
		if c.ID == said && len(c.Reactions) == 0 {
			t.Error("what was said while nothing could be posted is not acknowledged")
		}
	}
	s.intercept = nil
	s.later(25*time.Hour, item)
	s.later(time.Minute, item)
	s.granted(item)
}

// TestMilestoneFails: the milestone of a grant cannot be set. The label is there, what
// is said meanwhile is acknowledged, and the milestone comes when GitHub lets it.
func TestMilestoneFails(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden, http.StatusNotFound} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			s, item := exceptionStand(t)
			tries := s.refusing(status, false, http.MethodPatch, "/issues/4381", "milestone")
			s.sim.Advance(61 * time.Second)
			s.plugin.Reconciler.Index.Sweep(s.sim.Now())
			round := func() { _ = s.plugin.Reconciler.Reconcile(t.Context(), item) }
			round() // decides
			round() // and reads it back
			s.wantLabel(item, config.LabelExceptionApproved)
			said := s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, "/readout ready")
			s.sim.Advance(10 * time.Second)
			round()
			for _, c := range s.issue(item).Comments {
				if c.ID == said && len(c.Reactions) == 0 {
					t.Error("what was said is not acknowledged")
				}
			}
			if *tries != 2 || s.issue(item).Milestone != "" {
				t.Errorf("the milestone was tried %d times, and is %q", *tries, s.issue(item).Milestone)
			}
			s.intercept = nil
			s.later(time.Minute, item)
			s.later(time.Minute, item)
			s.granted(item)
		})
	}
}
