package plugin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

func request(t testing.TB, ctx context.Context, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "https://api.github.com"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// TestDryRunRefusesEveryWrite and lets reads and GraphQL queries pass.
func TestDryRunRefusesEveryWrite(t *testing.T) {
	passed := 0
	tr := &Transport{DryRun: true, Base: roundTripper(func(*http.Request) (*http.Response, error) {
		passed++
		return answer(200, nil, "{}"), nil
	})}
	for _, tc := range []struct {
		method, path string
		write        bool
	}{
		{"GET", "/repos/o/r/issues/1", false}, {"HEAD", "/repos/o/r", false}, {"OPTIONS", "/", false}, {"POST", "/graphql", false}, {"POST", "/api/graphql", false},
		{"POST", "/repos/o/r/issues/1/comments", true}, {"PATCH", "/repos/o/r/issues/comments/1", true}, {"DELETE", "/repos/o/r/issues/comments/1", true},
		{"PUT", "/repos/o/r/issues/1/labels", true}, {"POST", "/repos/o/graphql/issues/1/labels", true}, {"BREW", "/coffee", true},
	} {
		before := passed
		_, err := tr.RoundTrip(request(t, t.Context(), tc.method, tc.path, ""))
		if tc.write != errors.Is(err, ErrDryRun) || tc.write == (passed > before) {
			t.Errorf("%s %s: %v, passed %t", tc.method, tc.path, err, passed > before)
		}
	}
	before := passed
	if _, err := tr.RoundTrip(request(t, asMutation(t.Context()), "POST", "/graphql", "")); !errors.Is(err, ErrDryRun) || passed > before {
		t.Errorf("a GraphQL mutation: %v", err)
	}
}

// TestDryRunOfAWholeRound: an accepted command leads to no write at all.
func TestDryRunOfAWholeRound(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.transport.DryRun = true
	s.sim.Comment("node-fac", "kubernetes", "enhancements", key.Number, "/commit w1-2")
	if err := s.plugin.Reconciler.Reconcile(t.Context(), key); !errors.Is(err, ErrDryRun) {
		t.Errorf("%v", err)
	}
	if w := s.sim.WritesBy(standBot); len(w) > 0 {
		t.Errorf("written: %v", w)
	}
}

// TestRateLimits: GitHub's three forms, and what only looks like one.
func TestRateLimits(t *testing.T) {
	reset := strconv.FormatInt(standTime.Add(20*time.Minute).Unix(), 10)
	for _, tc := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   time.Duration
	}{
		{"retry-after, 403", 403, map[string]string{"Retry-After": "30"}, "{}", 31 * time.Second},
		{"retry-after, 429", 429, map[string]string{"Retry-After": "0"}, "{}", time.Second},
		{"retry-after wins", 403, map[string]string{"Retry-After": "30", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}, "{}", 31 * time.Second},
		{"quota", 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}, "{}", 20*time.Minute + time.Second},
		{"quota, 429", 429, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}, "{}", 20*time.Minute + time.Second},
		{"quota that was reset already", 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, "{}", time.Second},
		{"quota without a reset", 403, map[string]string{"X-RateLimit-Remaining": "0"}, "{}", time.Minute},
		{"quota, far away", 403, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, "{}", time.Hour},
		{"neither", 429, nil, "{}", time.Minute},
		{"words only", 403, nil, `{"message":"You have exceeded a secondary Rate Limit."}`, time.Minute},
		{"forbidden", 403, nil, `{"message":"Resource not accessible by integration"}`, 0},
		{"quota left", 403, map[string]string{"X-RateLimit-Remaining": "12"}, `{}`, 0},
		{"fine, and the last of the quota", 200, map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}, "{}", 0},
		{"down", 503, map[string]string{"Retry-After": "30"}, "{}", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := &Transport{Base: roundTripper(func(*http.Request) (*http.Response, error) { return answer(tc.status, tc.header, tc.body), nil })}
			resp, err := tr.RoundTrip(request(t, t.Context(), "GET", "/repos/o/r", ""))
			var wait *Wait
			switch {
			case tc.want == 0 && err != nil:
				t.Errorf("%v", err)
			case tc.want == 0:
				if body, _ := io.ReadAll(resp.Body); string(body) != tc.body {
					t.Errorf("the body became %q", body)
				}
			case !errors.As(err, &wait) || wait.For != tc.want:
				t.Errorf("%v, want to wait %s", err, tc.want)
			}
		})
	}
}

// TestRateLimitsEndARound: through the client a limit is still a Wait, whatever
// was being read, and nothing is written.
func TestRateLimitsEndARound(t *testing.T) {
	limits := map[string]func(s *stand) *githubsim.Fault{
		"retry after": func(*stand) *githubsim.Fault { return githubsim.RetryAfter(40 * time.Second) },
		"quota":       func(s *stand) *githubsim.Fault { return githubsim.PrimaryLimit(s.sim.Now().Add(10 * time.Minute)) },
		"bare":        func(*stand) *githubsim.Fault { return githubsim.BareLimit() },
	}
	for name, limit := range limits {
		for _, part := range []string{"/issues/4381", "/comments", "/graphql", "/repos/kubernetes/enhancements", "/commits", "/contents/", "/git/trees/", "/members"} {
			s := newStand(t, nil)
			key := s.openKEP()
			s.sim.Comment("node-fac", "kubernetes", "enhancements", key.Number, "/commit w1-2")
			met := 0
			s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
				if strings.HasSuffix(r.URL.Path, part) || strings.HasSuffix(part, "/") && strings.Contains(r.URL.Path, part) {
					met++
					return limit(s)
				}
				return nil
			})
			err := s.plugin.Reconciler.Reconcile(t.Context(), key)
			var wait *Wait
			if !errors.As(err, &wait) || wait.For < 30*time.Second || met == 0 {
				t.Errorf("%s at %s: %v, met %d times", name, part, err, met)
			}
			if w := s.sim.WritesBy(standBot); len(w) > 0 {
				t.Errorf("%s at %s: written: %v", name, part, w)
			}
		}
	}
}

// TestRateLimitsPauseAll: while GitHub asks to wait nobody asks again, for
// whatever issue; GraphQL has a limit of its own.
func TestRateLimitsPauseAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, limited := 0, true
		tr := &Transport{Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			asked++
			if limited && !strings.HasSuffix(r.URL.Path, "/graphql") {
				return answer(429, map[string]string{"Retry-After": "59"}, "{}"), nil
			}
			return answer(200, nil, "{}"), nil
		})}
		try := func(path string) (wait *Wait) {
			_, err := tr.RoundTrip(request(t, t.Context(), "GET", path, ""))
			errors.As(err, &wait)
			return wait
		}
		try("/repos/o/r/issues/1")
		time.Sleep(20 * time.Second)
		for n := range 300 {
			if w := try("/repos/o/r/issues/" + strconv.Itoa(n)); w == nil || w.For != 40*time.Second {
				t.Fatalf("%v", w)
			}
		}
		if w := try("/graphql"); w != nil || asked != 2 {
			t.Errorf("%v, asked %d times", w, asked)
		}
		time.Sleep(40 * time.Second)
		limited = false
		if w := try("/repos/o/r/issues/1"); w != nil {
			t.Errorf("%v", w)
		}
	})
}

// writeAway sends n writes of a kind at once, all waiting for the budget, and
// gives when each passed.
func writeAway(t *testing.T, n int, ctx context.Context, method, path string) []time.Duration {
	var mu sync.Mutex
	var passed []time.Duration
	start := time.Now()
	tr := &Transport{Writes: NewWriteBudget(), Base: roundTripper(func(*http.Request) (*http.Response, error) {
		mu.Lock()
		defer mu.Unlock()
		passed = append(passed, time.Since(start))
		return answer(201, nil, "{}"), nil
	})}
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			for {
				_, err := tr.RoundTrip(request(t, ctx, method, path, ""))
				var wait *Wait
				if err == nil {
					return
				} else if !errors.As(err, &wait) {
					t.Error(err)
					return
				}
				time.Sleep(wait.For) // as the queue does
			}
		})
	}
	group.Wait()
	return passed
}

// within is the most that passed in any window of a length.
func within(passed []time.Duration, window time.Duration) int {
	slices.Sort(passed)
	most, from := 0, 0
	for to := range passed {
		for passed[to]-passed[from] >= window {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

// TestWriteBudget: at most 60 writes in any minute, 300 comments in any hour,
// blocking labels included; and no slower than need be.
func TestWriteBudget(t *testing.T) {
	for _, tc := range []struct {
		name, method, path string
		n                  int
		blocking           bool
		perMinute, perHour int
		slowest            time.Duration
	}{
		{"labels", "POST", "/repos/o/r/issues/1/labels", 600, false, 60, 4000, 20 * time.Minute},
		{"edits", "PATCH", "/repos/o/r/issues/comments/1", 200, false, 60, 4000, 8 * time.Minute},
		{"comments", "POST", "/repos/o/r/issues/1/comments", 700, false, 60, 300, 4 * time.Hour},
		{"blocking labels", "POST", "/repos/o/r/issues/1/labels", 200, true, 60, 4000, 8 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.Background()
				if tc.blocking {
					ctx = asBlocking(ctx)
				}
				passed := writeAway(t, tc.n, ctx, tc.method, tc.path)
				if n := within(passed, time.Minute); n > tc.perMinute {
					t.Errorf("%d in a minute", n)
				}
				if n := within(passed, time.Hour); n > tc.perHour {
					t.Errorf("%d in an hour", n)
				}
				if last := passed[len(passed)-1]; last > tc.slowest {
					t.Errorf("the last of %d after %s", tc.n, last)
				}
			})
		})
	}
}

// TestBlockingLabelsGoFirst: while hundreds of writes wait, one passes at once.
func TestBlockingLabelsGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &Transport{Writes: NewWriteBudget(), Base: roundTripper(func(*http.Request) (*http.Response, error) { return answer(200, nil, "{}"), nil })}
		var group sync.WaitGroup
		for range 300 {
			group.Go(func() {
				_, _ = tr.RoundTrip(request(t, context.Background(), "POST", "/repos/o/r/issues/1/comments", ""))
			})
		}
		time.Sleep(time.Second)
		start := time.Now()
		if _, err := tr.RoundTrip(request(t, asBlocking(context.Background()), "POST", "/repos/o/r/issues/1/labels", "")); err != nil || time.Since(start) > 0 {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		group.Wait()
	})
}

// TestWriteBudgetGivesUp when the round does, and says what it waited for.
func TestWriteBudgetGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &Transport{Writes: NewWriteBudget(), Base: roundTripper(func(*http.Request) (*http.Response, error) { return answer(200, nil, "{}"), nil })}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		var err error
		for range 50 {
			if _, err = tr.RoundTrip(request(t, ctx, "PATCH", "/repos/o/r/issues/comments/1", "")); err != nil {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), "write budget") {
			t.Errorf("%v", err)
		}
	})
}

// TestNoWriteIsRepeated: a POST that was answered with 502 after its effect is
// not sent again by client or transport; the next round reads first.
func TestNoWriteIsRepeated(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.sim.Comment("node-fac", "kubernetes", "enhancements", key.Number, "/commit w1-2")
	posts := 0
	s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/comments") {
			if posts++; posts == 1 {
				return &githubsim.Fault{Status: 502, Body: "{}", AfterEffect: true}
			}
		}
		return nil
	})
	if err := s.plugin.Reconciler.Reconcile(t.Context(), key); err == nil || posts != 1 {
		t.Fatalf("%v after %d posts", err, posts)
	}
	s.round(key)
	s.settle()
	if posts != 1 || len(s.ours(key)) != 1 {
		t.Errorf("%d posts, %d comments of ours", posts, len(s.ours(key)))
	}
}

// TestTransportCounts calls by kind and status, and the quota left.
func TestTransportCounts(t *testing.T) {
	registry := prometheus.NewRegistry()
	m := NewMetrics(registry)
	s := newStand(t, nil)
	s.transport.Metrics = m
	key := s.openKEP()
	for range 2 {
		if _, err := s.client.Issue(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.client.AddLabel(t.Context(), key, "plan/proposed"); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[[2]string]float64{{"GET repos issues", "200"}: 1, {"GET repos issues", "304"}: 1, {"POST repos issues labels", "200"}: 1} {
		if got := metric(t, registry, "steelthread_github_calls_total", kind[0], kind[1]); got != want {
			t.Errorf("%v: %v, want %v", kind, got, want)
		}
	}
	if got := metric(t, registry, "steelthread_github_quota_remaining", "core"); got != 4998 {
		t.Errorf("quota left %v", got)
	}
	if got := metric(t, registry, "steelthread_writes_total", "POST repos issues labels"); got != 1 {
		t.Errorf("writes %v", got)
	}
}
