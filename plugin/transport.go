package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrDryRun is the answer to every write while --dry-run is on.
var ErrDryRun = errors.New("dry run: not written")

// Transport is the one way to GitHub: it refuses writes in a dry run, keeps
// within the write budget, turns GitHub's rate limits into a Wait, never
// repeats a write, and counts. Conditional requests are its cache's.
type Transport struct {
	Base    http.RoundTripper
	DryRun  bool
	Metrics *Metrics
	Writes  *WriteBudget // nil: no limit
	Cache   *ETagCache   // nil: no conditional requests

	mu     sync.Mutex
	pauses map[bool]time.Time // for GraphQL and for REST: until when nothing is asked
}

// WriteBudget keeps within 60 writes a minute and 300 new comments an hour
// (GitHub's own limit is 80 and 500, web included), with some writes kept back
// for blocking labels.
type WriteBudget struct {
	writes, blocking, comments *rate.Limiter
}

// NewWriteBudget gives a full budget. In any minute at most 15 + 36 ordinary
// writes and 4 + 5 blocking labels pass, in any hour 60 + 240 comments.
func NewWriteBudget() *WriteBudget {
	return &WriteBudget{
		writes:   rate.NewLimiter(rate.Limit(0.6), 15),
		blocking: rate.NewLimiter(rate.Limit(5.0/60), 4),
		comments: rate.NewLimiter(rate.Limit(240.0/3600), 60),
	}
}

type blockingWrite struct{}

// asBlocking marks the writes of a context as blocking labels, which go first.
func asBlocking(ctx context.Context) context.Context {
	return context.WithValue(ctx, blockingWrite{}, true)
}

func (b *WriteBudget) wait(req *http.Request) error {
	ctx := req.Context()
	if ctx.Value(blockingWrite{}) != nil && b.blocking.Allow() {
		return nil
	}
	if isNewComment(req) {
		if err := b.comments.Wait(ctx); err != nil {
			return err
		}
	}
	return b.writes.Wait(ctx)
}

func isNewComment(req *http.Request) bool {
	return req.Method == http.MethodPost && strings.Contains(req.URL.Path, "/issues/") && strings.HasSuffix(req.URL.Path, "/comments")
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	writes := isWrite(req)
	if writes && t.DryRun {
		return nil, ErrDryRun
	}
	if writes && t.Writes != nil {
		if err := t.Writes.wait(req); err != nil {
			return nil, fmt.Errorf("write budget: %w", err)
		}
	}
	if wait := t.paused(req); wait != nil {
		return nil, wait
	}
	resp, err := t.send(req)
	if err != nil {
		t.Metrics.call(req, "error")
		return nil, err
	}
	t.Metrics.answer(req, resp)
	if wait := rateLimit(resp); wait != nil {
		drain(resp)
		t.pause(req, wait)
		return nil, wait
	}
	if req.Method == http.MethodGet && resp.StatusCode == http.StatusOK {
		if err := notEmpty(resp); err != nil {
			return nil, fmt.Errorf("GET %s: %w", req.URL.Path, err)
		}
	}
	return resp, nil
}

// pause has nobody ask again before the time that GitHub gave: who goes on asking
// while limited may be shut out (GitHub's documentation, "Best practices").
func (t *Transport) pause(req *http.Request, wait *Wait) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pauses == nil {
		t.pauses = map[bool]time.Time{}
	}
	t.pauses[isGraphQL(req)] = time.Now().Add(wait.For)
}

func (t *Transport) paused(req *http.Request) *Wait {
	t.mu.Lock()
	defer t.mu.Unlock()
	if left := time.Until(t.pauses[isGraphQL(req)]); left > 0 {
		return &Wait{For: left, Why: "GitHub asked to come back later"}
	}
	return nil
}

func isGraphQL(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, "/graphql") }

// notEmpty refuses an answer that says nothing: the JSON decoder behind takes
// it for an empty list (design invariant 5).
func notEmpty(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return err
	}
	if text := bytes.TrimSpace(body); len(text) == 0 || string(text) == "null" {
		return errors.New("GitHub answered 200 with nothing")
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func (t *Transport) send(req *http.Request) (*http.Response, error) {
	if t.Cache == nil || req.Method != http.MethodGet {
		return t.Base.RoundTrip(req)
	}
	return t.Cache.roundTrip(t.Base, req)
}

// isWrite tells writes from reads. Every GraphQL request of this program is a
// query.
func isWrite(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return !isGraphQL(req)
}

// rateLimit reads GitHub's three ways to say "too much": Retry-After; no quota
// left until the reset; or neither, then a minute (GitHub's documentation,
// "Best practices for using the REST API"). nil is no limit.
func rateLimit(resp *http.Response) *Wait {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusForbidden {
		return nil
	}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		return &Wait{For: time.Duration(s+1) * time.Second, Why: "GitHub asks to retry later"}
	}
	if resp.Header.Get("X-RateLimit-Remaining") == "0" {
		return &Wait{For: untilReset(resp), Why: "GitHub's hourly quota is used up"}
	}
	if resp.StatusCode == http.StatusTooManyRequests || mentionsLimit(resp) {
		return &Wait{For: time.Minute, Why: "GitHub's secondary rate limit"}
	}
	return nil
}

// untilReset is the time until the quota's reset, by GitHub's own clock.
func untilReset(resp *http.Response) time.Duration {
	reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	now, err2 := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || err2 != nil {
		return time.Minute
	}
	return max(time.Second, min(time.Unix(reset, 0).Sub(now)+time.Second, time.Hour))
}

// mentionsLimit looks into a 403 for the words of a secondary limit and puts
// the body back.
func mentionsLimit(resp *http.Response) bool {
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && bytes.Contains(bytes.ToLower(body), []byte("rate limit"))
}

func drain(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
}
