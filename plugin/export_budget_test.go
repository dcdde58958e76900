package plugin

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// season300 is a plan with 300 items, dependencies among them, an approval, and what was
// done since.
func season300(t testing.TB) (s *stand, at Key) {
	t.Helper()
	const items = 300
	s = newStand(t, nil)
	s.sim.NextNumber("kubernetes", "enhancements", 4000)
	s.configure(standConfig + "  plan: kubernetes/enhancements#4000\n")
	at = s.open("enhancements", "Plan for v1.38", "")
	var last Key
	for n := range items {
		item := s.open("kubernetes", fmt.Sprintf("Work %d", n), "- [ ] one\n- [ ] two\n\nKEP-4381\n")
		body := fmt.Sprintf("/commit sig-node w%d-%d 40%%\n/readout ready\n/risk who reviews this", 1+2*(n%4), 2+2*(n%4))
		if n%5 == 4 {
			body += "\n/depends-on " + last.String()
		}
		s.sim.Comment("node-fac", item.Org, item.Repo, item.Number, body)
		last = item
	}
	s.settle()
	s.later(time.Hour, at) // quota is by the hour
	s.decide("rel-lead", at, "/plan vote open until 2027-01-20")
	s.said("node-fac", at, "/vote 4")
	s.said("pm", at, "/vote 4")
	s.decide("rel-lead", at, "/plan vote close")
	s.later(2*time.Minute, at)
	s.later(2*time.Hour, at)
	return s, at
}

// TestExportBudget: 300 items are taken out with the calls of a start, and those of one
// look at the plan issue.
func TestExportBudget(t *testing.T) {
	if UnderRace {
		t.Skip("it counts calls; the other tests of export run under the race detector")
	}
	s, at := season300(t)
	s.start()
	s.sim.ResetCalls()
	must(t, s.plugin.Load(t.Context()))
	start := s.counted()
	s.start()
	s.sim.ResetCalls()
	var b bytes.Buffer
	must(t, s.plugin.Export(t.Context(), "v1.38", &b))
	calls := s.counted()
	_, writes, what := s.cost()
	if calls > start+10 || start > 300+50 || writes > 0 {
		t.Errorf("%d calls, the start makes %d; %d writes: %v", calls, start, writes, what)
	}
	t.Logf("%d calls, the start makes %d; %d bytes", calls, start, b.Len())
	again, err := Replay(&b)
	must(t, err)
	live, err := s.plugin.Reconciler.Tables(t.Context(), "v1.38")
	must(t, err)
	want, err := live.Print(nil, time.Time{})
	must(t, err)
	if got, err := again.Print(nil, time.Time{}); err != nil || got != want || again.Key() != at {
		t.Errorf("replayed otherwise: %v, %s", err, again.Key())
	}
}

// BenchmarkReplay makes all tables of 300 items from a file: the budget is a second on
// one core.
func BenchmarkReplay(b *testing.B) {
	s, _ := season300(b)
	data := s.export("v1.38")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		t, err := Replay(bytes.NewReader(data))
		must(b, err)
		if _, err := t.Print(nil, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
