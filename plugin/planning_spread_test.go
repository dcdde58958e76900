package plugin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/steelthread/steelthread/config"
)

// TestApprovalSpreads: while the labels of an approval go out under the write budget, the
// plan's record says in a few steps how far it has come, and at the end that it is done.
func TestApprovalSpreads(t *testing.T) {
	if UnderRace {
		t.Skip("it counts edits; TestFortyElectors and the stories run under the race detector")
	}
	synctest.Test(t, func(t *testing.T) {
		const items = 60
		time.Sleep(time.Until(standTime))
		s, at := planStand(t, time.Now)
		var all []Key
		for range items {
			item := s.open("kubernetes", "Work", "")
			s.said("node-fac", item, "/commit sig-node w1-2\n/readout ready")
			all = append(all, item)
		}
		s.settle()
		for _, say := range []string{"rel-lead /plan vote open until 2027-01-20", "node-fac /vote 4", "pm /vote 4"} {
			login, line, _ := strings.Cut(say, " ")
			s.said(login, at, line)
			for range 2 {
				time.Sleep(70 * time.Second)
				s.enqueue(at)
				s.settle()
			}
		}
		var steps []string
		s.intercept = func(req *http.Request) *http.Response {
			if req.Method == http.MethodPatch && req.Body != nil {
				body, _ := io.ReadAll(req.Body)
				req.Body = io.NopCloser(bytes.NewReader(body))
				if m := regexp.MustCompile(`\*\*Approved:\*\* [^.]*\.`).Find(body); m != nil {
					steps = append(steps, string(m))
				}
			}
			return nil
		}
		s.transport.Writes = NewWriteBudget()
		reconcile := s.plugin.Reconciler.Reconcile
		q := NewQueue(func(ctx context.Context, key Key) error { return reconcile(ctx, key) }, nil, s.plugin.options.Log)
		s.plugin.Server.Enqueue, s.plugin.Reconciler.Enqueue = q.Add, q.Add
		s.plugin.Sweep.Enqueue = q.Add
		s.plugin.Reconciler.Calm = func(key Key) { q.AddAfter(key, calm) }
		ended := make(chan struct{})
		go func() { q.Run(context.Background(), 2); close(ended) }()
		s.sim.Comment("pm", at.Org, at.Repo, at.Number, "/plan vote close")
		s.sim.ResetCalls()
		for range 60 { // a delivery comes within half a minute
			s.deliver()
			time.Sleep(30 * time.Second)
		}
		q.Drain()
		<-ended
		for _, item := range all {
			s.wantLabel(item, config.LabelApproved)
		}
		if n := len(slices.Compact(slices.Clone(steps))); n < 3 || len(steps) > spreadSteps+2 {
			t.Errorf("the record was written %d times:\n%s", len(steps), strings.Join(steps, "\n"))
		}
		if len(steps) > 0 && steps[len(steps)-1] != fmt.Sprintf("**Approved:** %d issues have `milestone-approved`.", items) {
			t.Errorf("at the end it says %q", steps[len(steps)-1])
		}
		if len(steps) > 1 && !strings.Contains(steps[1], fmt.Sprintf("of %d so far", items)) {
			t.Errorf("on the way it says %q", steps[1])
		}
		t.Log(strings.Join(steps, "\n"))
	})
}
