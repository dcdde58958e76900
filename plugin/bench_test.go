package plugin

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// big pads a payload to the size of a real one, 13 kB.
func big(body string) []byte {
	return []byte(strings.Replace(body, "{", `{"padding":"`+strings.Repeat("x", 13<<10-len(body))+`",`, 1))
}

// irrelevant are deliveries that concern nobody here.
var irrelevant = map[string][]byte{
	"talk":         big(`{"action":"created","repository":{"full_name":"kubernetes/kubernetes"},"issue":{"number":7,"title":"x"},"comment":{"id":1,"body":"I think /dev/null is fine\n/lgtm\n/assign @dev"},"sender":{"id":5}}`),
	"another repo": big(`{"action":"created","repository":{"full_name":"elsewhere/other"},"issue":{"number":7,"title":"x"},"comment":{"id":1,"body":"LGTM, thanks!"},"sender":{"id":5}}`),
}

// discard is a response that keeps nothing.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// BenchmarkIrrelevantDelivery: no call to GitHub, and little work.
func BenchmarkIrrelevantDelivery(b *testing.B) {
	for name, body := range irrelevant {
		b.Run(name, func(b *testing.B) {
			s := newStand(b, nil)
			req := httptest.NewRequest(http.MethodPost, "/", nil)
			req.Header.Set("X-GitHub-Event", "issue_comment")
			req.Header.Set("X-Hub-Signature-256", sum256(standSecret, body))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				req.Body = io.NopCloser(bytes.NewReader(body))
				s.plugin.Server.ServeHTTP(discard{http.Header{}}, req)
			}
			_, _, calls := s.cost()
			b.ReportMetric(float64(len(calls)), "calls")
			if len(calls)+len(s.queue) > 0 {
				b.Errorf("%v %v", calls, s.queue)
			}
		})
	}
}

// TestIrrelevantDeliveries cost no call and no round, whatever they are.
func TestIrrelevantDeliveries(t *testing.T) {
	s := newStand(t, nil)
	for name, body := range irrelevant {
		if w := s.post("issue_comment", body, map[string]string{"X-Hub-Signature-256": sum256(standSecret, body)}); w.Code != http.StatusOK {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if _, _, calls := s.cost(); len(calls)+len(s.queue) > 0 {
		t.Errorf("%v %v", calls, s.queue)
	}
}

// BenchmarkAcceptedCommand counts what one more command costs in steady state,
// stand-in included.
func BenchmarkAcceptedCommand(b *testing.B) {
	s := newStand(b, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	s.sim.ResetCalls()
	n := 0
	for b.Loop() {
		if n++; n%50 == 0 { // an issue of its usual length
			b.StopTimer()
			key = s.open("enhancements", "another", "")
			s.commit(fmt.Sprintf("keps/sig-node/%d-x/kep.yaml", key.Number), kepFile(key.Number, "node"))
			s.said("node-fac", key, "/commit w1-2")
			s.sim.ResetCalls()
			b.StartTimer()
		}
		s.said("node-fac", key, fmt.Sprintf("/progress on-track step %d", n))
	}
	reads, writes, _ := s.cost()
	since := float64(max(1, n%50))
	b.ReportMetric(float64(reads)/since, "reads/op")
	b.ReportMetric(float64(writes)/since, "writes/op")
}

// plenty gives a stand that tracks n issues with a record each.
func plenty(t testing.TB, n int) *stand {
	s := newStand(t, nil)
	for range n {
		key := s.open("kubernetes", "Plumbing", "")
		s.sim.Comment("node-lead", key.Org, key.Repo, key.Number, "/commit sig-node w1-2")
	}
	s.settle()
	s.waits = nil
	for _, key := range s.plugin.Reconciler.Index.Keys() { // one more, so that every answer is in the cache as it stands now
		s.round(key)
	}
	s.sim.Advance(24 * time.Hour) // not in any sweep's window
	must(t, s.plugin.Sweep.Tick(t.Context()))
	s.settle()
	if got := s.plugin.Reconciler.Index.Len(); got != n {
		t.Fatalf("%d issues are tracked", got)
	}
	s.sim.ResetCalls()
	return s
}

// counted adds up all calls, 304 included.
func (s *stand) counted() (calls int) {
	_, _, what := s.cost()
	for _, n := range what {
		calls += n
	}
	return calls
}

// TestBudgetSweepAndNightly: 500 unchanged issues cost a sweep one list of
// comments and one of issues for each repository, and the nightly check at most
// 600 calls; neither writes.
func TestBudgetSweepAndNightly(t *testing.T) {
	s := plenty(t, 500)
	for _, tc := range []struct {
		name  string
		sweep func() error
		most  int
	}{
		{"sweep", func() error { return s.plugin.Sweep.Tick(t.Context()) }, 4},
		{"nightly", func() error { return s.plugin.Sweep.Everything(t.Context()) }, 600},
	} {
		s.sim.ResetCalls()
		must(t, tc.sweep())
		s.settle()
		_, writes, calls := s.cost()
		if n := s.counted(); n > tc.most || writes > 0 {
			t.Errorf("%s: %d calls, %d writes: %v", tc.name, n, writes, calls)
		}
	}
}

func benchmarkSweep(b *testing.B, sweep func(s *stand) error) {
	s := plenty(b, 500)
	for b.Loop() {
		must(b, sweep(s))
		s.settle()
	}
	_, writes, _ := s.cost()
	b.ReportMetric(float64(s.counted())/float64(b.N), "calls/op")
	b.ReportMetric(float64(writes)/float64(b.N), "writes/op")
}

func BenchmarkSweep500Unchanged(b *testing.B) {
	benchmarkSweep(b, func(s *stand) error { return s.plugin.Sweep.Tick(b.Context()) })
}

func BenchmarkNightly500(b *testing.B) {
	benchmarkSweep(b, func(s *stand) error { return s.plugin.Sweep.Everything(b.Context()) })
}
