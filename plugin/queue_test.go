package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/sirupsen/logrus"
)

func quietLog() logrus.FieldLogger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

// rounds notes when a round of a key was made, in seconds from the start.
type rounds struct {
	mu     sync.Mutex
	start  time.Time
	at     map[int][]float64 // by issue number
	now    map[Key]int       // rounds being made
	top    int               // most at once of one key
	both   int               // most at once in all
	result func(n int, key Key) error
	takes  time.Duration
}

func newRounds(takes time.Duration, result func(n int, key Key) error) *rounds {
	return &rounds{start: time.Now(), at: map[int][]float64{}, now: map[Key]int{}, takes: takes, result: result}
}

func (r *rounds) make(_ context.Context, key Key) error {
	r.mu.Lock()
	r.at[key.Number] = append(r.at[key.Number], time.Since(r.start).Seconds())
	n := len(r.at[key.Number])
	r.now[key]++
	r.top, r.both = max(r.top, r.now[key]), max(r.both, len(r.now))
	r.mu.Unlock()
	time.Sleep(r.takes)
	r.mu.Lock()
	if r.now[key]--; r.now[key] == 0 {
		delete(r.now, key)
	}
	r.mu.Unlock()
	if r.result == nil {
		return nil
	}
	return r.result(n, key)
}

func number(n int) Key { return Key{Org: "o", Repo: "r", Number: n} }

// running gives a queue at work in a bubble, and drains it at the end.
func running(t *testing.T, r *rounds, workers int, m *Metrics) *Queue {
	q := NewQueue(r.make, m, quietLog())
	done := make(chan struct{})
	go func() {
		q.Run(context.Background(), workers)
		close(done)
	}()
	t.Cleanup(func() {
		q.Drain()
		<-done
	})
	return q
}

// TestQueueCollapses: forty votes in a minute are a round or two, never two of
// one issue at once.
func TestQueueCollapses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRounds(50*time.Second, nil)
		q := running(t, r, 4, nil)
		for range 40 {
			q.Add(number(1))
			q.Add(number(2))
			time.Sleep(time.Second)
		}
		time.Sleep(10 * time.Minute)
		r.mu.Lock()
		defer r.mu.Unlock()
		if d := cmp.Diff(map[int][]float64{1: {0, 50}, 2: {0, 50}}, r.at); d != "" {
			t.Errorf("rounds (-want +got):\n%s", d)
		}
		if r.top != 1 || r.both != 2 {
			t.Errorf("%d rounds of one issue at once, %d in all", r.top, r.both)
		}
	})
}

// TestQueueWaits: a Wait comes back at its time; what is said meanwhile does
// not wait for it.
func TestQueueWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRounds(0, func(n int, key Key) error {
			if n == 1 {
				return fmt.Errorf("read: %w", &Wait{For: 90 * time.Second, Why: "because"})
			}
			return nil
		})
		q := running(t, r, 1, nil)
		q.Add(number(1))
		q.Add(number(2))
		time.Sleep(30 * time.Second)
		q.Add(number(2))
		time.Sleep(10 * time.Minute)
		r.mu.Lock()
		defer r.mu.Unlock()
		if d := cmp.Diff(map[int][]float64{1: {0, 90}, 2: {0, 30, 90}}, r.at); d != "" {
			t.Errorf("rounds (-want +got):\n%s", d)
		}
	})
}

// TestQueueRetries: after an error with a pause that grows to five minutes and
// is short again after a success; a dry run is not retried.
func TestQueueRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRounds(0, func(n int, key Key) error {
			switch {
			case key.Number == 2:
				return fmt.Errorf("add label: %w", ErrDryRun)
			case n <= 11, n == 13:
				return errors.New("502")
			}
			return nil
		})
		q := running(t, r, 2, nil)
		q.Add(number(1))
		q.Add(number(2))
		time.Sleep(time.Hour)
		q.Add(number(1))
		time.Sleep(time.Hour)
		r.mu.Lock()
		defer r.mu.Unlock()
		want := []float64{0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111, 3600, 3601}
		if d := cmp.Diff(map[int][]float64{1: want, 2: {0}}, r.at); d != "" {
			t.Errorf("rounds (-want +got):\n%s", d)
		}
	})
}

// TestQueueDrains: the round that is being made is finished, what waits is not
// begun.
func TestQueueDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRounds(time.Minute, nil)
		q := NewQueue(r.make, nil, quietLog())
		ended := make(chan time.Time, 1)
		go func() {
			q.Run(context.Background(), 1)
			ended <- time.Now()
		}()
		q.Add(number(1))
		time.Sleep(10 * time.Second)
		q.AddAfter(number(2), time.Hour)
		q.Drain()
		if at := (<-ended).Sub(r.start); at != time.Minute {
			t.Errorf("ended after %s", at)
		}
		q.Add(number(3))
		if d := cmp.Diff(map[int][]float64{1: {0}}, r.at); d != "" {
			t.Errorf("rounds (-want +got):\n%s", d)
		}
	})
}

// TestQueueBoundsARound: one that hangs is ended.
func TestQueueBoundsARound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, ended := time.Now(), make(chan time.Duration, 1)
		var once sync.Once
		q := NewQueue(func(ctx context.Context, _ Key) error {
			<-ctx.Done()
			once.Do(func() { ended <- time.Since(start) })
			return nil
		}, nil, quietLog())
		go q.Run(context.Background(), 1)
		q.Add(number(1))
		if d := <-ended; d != roundTimeout {
			t.Errorf("after %s", d)
		}
		q.Drain()
		synctest.Wait()
	})
}

// TestQueueCounts: outcomes and waiting time in the metrics, and no memory of
// issues that do not wait.
func TestQueueCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		m := NewMetrics(registry)
		r := newRounds(time.Second, func(n int, key Key) error {
			return []error{nil, &Wait{For: time.Hour}, errors.New("x"), ErrDryRun}[(key.Number+n-1)%4]
		})
		q := running(t, r, 1, m)
		for n := range 4 {
			q.Add(number(n))
		}
		time.Sleep(4500 * time.Millisecond)
		for outcome, want := range map[string]float64{"done": 1, "wait": 1, "error": 1, "dry-run": 1} {
			if got := metric(t, registry, "steelthread_rounds_total", outcome); got != want {
				t.Errorf("%s: %v", outcome, got)
			}
		}
		time.Sleep(3 * time.Hour)
		waiting := q.Len()
		q.mu.Lock()
		defer q.mu.Unlock()
		if len(q.since) > 0 || waiting > 0 {
			t.Errorf("left: %v, %d", q.since, waiting)
		}
	})
}

// TestQueueLater: what can wait is looked at one after the other, each once;
// what people say meanwhile goes first.
func TestQueueLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRounds(10*time.Second, nil)
		q := running(t, r, 2, nil)
		var backlog []Key
		for n := range 5 {
			backlog = append(backlog, number(n+1))
		}
		q.Later(backlog...)
		q.Later(backlog...) // of the one at work again, of the others not
		time.Sleep(25 * time.Second)
		q.Add(number(9))
		time.Sleep(time.Hour)
		r.mu.Lock()
		defer r.mu.Unlock()
		if d := cmp.Diff(map[int][]float64{1: {0, 50}, 2: {10}, 3: {20}, 4: {30}, 5: {40}, 9: {25}}, r.at); d != "" {
			t.Errorf("rounds (-want +got):\n%s", d)
		}
		if n := q.Len(); n != 0 || len(q.waiting) != 0 {
			t.Errorf("%d are left", n)
		}
	})
}

// metric reads a counter or gauge by its name and label values, in the order of
// the label names.
func metric(t testing.TB, registry *prometheus.Registry, name string, labels ...string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var values []string
			for _, l := range m.GetLabel() {
				values = append(values, l.GetValue())
			}
			if f.GetName() == name && slices.Equal(values, labels) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return 0
}
