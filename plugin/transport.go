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

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	writes := isWrite(req)
	if writes && t.DryRun {
		return nil, ErrDryRun
	}
	if wait := t.paused(req); wait != nil { // before it costs budget
		return nil, wait
	}
	if writes && t.Writes != nil {
		if err := t.Writes.take(req); err != nil {
			return nil, fmt.Errorf("write budget: %w", err)
		}
		if wait := t.paused(req); wait != nil { // since then
			return nil, wait
		}
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
	if until := time.Now().Add(wait.For); until.After(t.pauses[isGraphQL(req)]) {
		t.pauses[isGraphQL(req)] = until
	}
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

// requestTimeout is for one request and its answer, body included; not for the
// time that it waited for its turn.
const requestTimeout = 30 * time.Second

func (t *Transport) send(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), requestTimeout)
	req = req.WithContext(ctx)
	var resp *http.Response
	var err error
	if t.Cache == nil || req.Method != http.MethodGet {
		resp, err = t.Base.RoundTrip(req)
	} else {
		resp, err = t.Cache.roundTrip(t.Base, req)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	resp.Body = &timedBody{resp.Body, cancel}
	return resp, nil
}

// timedBody ends the time of its request when it is closed.
type timedBody struct {
	io.ReadCloser
	done context.CancelFunc
}

// Close implements io.Closer.
func (b *timedBody) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}

type mutation struct{}

// asMutation marks a GraphQL request that writes; every other is a query.
func asMutation(ctx context.Context) context.Context {
	return context.WithValue(ctx, mutation{}, true)
}

// isWrite tells writes from reads.
func isWrite(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return !isGraphQL(req) || req.Context().Value(mutation{}) != nil
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
