package plugin

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// notice is the body of the one notice whose key begins so, "" for none.
func (s *stand) notice(at Key, prefix string) string {
	s.t.Helper()
	found := ""
	for _, c := range s.issue(at).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == standBot && strings.HasPrefix(m.Key, prefix) {
			if found != "" {
				s.t.Errorf("two notices %s", prefix)
			}
			found = c.Body
		}
	}
	return found
}

// TestSurvey is opened, answered and closed; answers before and after are refused
// with what would mend it.
func TestSurvey(t *testing.T) {
	s, at := planStand(t, nil)
	s.said("stranger", at, "/nps 10 too early")
	s.said("pm", at, "/plan survey open\n/nps 7")
	s.said("node-fac", at, "/nps 2\n/nps 9 fewer meetings")
	s.later(time.Minute, at)
	record := s.ours(at)[0]
	for _, want := range []string{"**Survey:** open since ", "score 50 (n = 2, weak) so far", "`fewer meetings` (node-fac", "**sig-node**, for node-fac"} {
		if !strings.Contains(record, want) {
			t.Errorf("the record does not say %q:\n%s", want, record)
		}
	}
	refused := strings.Join(s.ours(at), "\n")
	if !strings.Contains(refused, "`/nps 10 too early`: no survey is open.") || strings.Contains(refused, "`/nps 7`: ") {
		t.Errorf("refused:\n%s", refused)
	}
	if text := s.notice(at, "survey-opened-"); !strings.Contains(text, "/nps 9") {
		t.Errorf("not said to be open: %q", text)
	}
	s.said("pm", at, "/plan survey close")
	if text := s.notice(at, "survey-closed-"); text != "" {
		t.Errorf("told before the last answers can have arrived: %s", text)
	}
	s.later(61*time.Second, at)
	if text := s.notice(at, "survey-closed-"); !strings.Contains(text, "score 50 (n = 2, weak)") || !strings.Contains(text, "fewer meetings") {
		t.Errorf("closed: %s", text)
	}
	s.sim.Advance(15 * time.Minute)
	s.said("stranger", at, "/nps 10 too late")
	if text := strings.Join(s.ours(at), "\n"); !strings.Contains(text, "`/nps 10 too late`: no survey is open.") {
		t.Errorf("refused:\n%s", text)
	}
	s.sim.ResetCalls()
	s.later(time.Minute, at)
	if writes := s.sim.WritesBy(standBot); len(writes) > 0 {
		t.Errorf("a quiet round writes %v", writes)
	}
}
