package githubsim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Fault is an answer other than the true one.
type Fault struct {
	// Status is the HTTP status; 0 with Delay set means: only late.
	Status int
	Header http.Header
	Body   string
	// AfterEffect does what was asked and then gives the fault as the answer.
	AfterEffect bool
	// Drop cuts the connection instead of answering.
	Drop bool
	// Delay is waited before the answer, on the wall clock.
	Delay time.Duration
}

// SetFault asks f about each request before it is answered; a nil Fault lets it through. f must not call back into g.
func (g *GitHub) SetFault(f func(r *http.Request) *Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fault = f
}

// faultBody names the page by which clients tell the secondary limit from other 403s.
func faultBody(message, page string) string {
	b, _ := json.Marshal(map[string]string{"message": message, "documentation_url": docs + page})
	return string(b)
}

const secondary = "/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"

// RetryAfter is the secondary rate limit with a time to wait: 403 and retry-after in seconds.
func RetryAfter(d time.Duration) *Fault {
	return &Fault{Status: http.StatusForbidden, Header: http.Header{"Retry-After": {strconv.Itoa(int(d / time.Second))}},
		Body: faultBody("You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", secondary)}
}

// PrimaryLimit is the used-up quota: 403, x-ratelimit-remaining 0 and the time of the next window.
func PrimaryLimit(reset time.Time) *Fault {
	return &Fault{Status: http.StatusForbidden, Header: http.Header{"X-Ratelimit-Limit": {"5000"},
		"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Used": {"5000"}, "X-Ratelimit-Resource": {"core"},
		"X-Ratelimit-Reset": {strconv.FormatInt(reset.Unix(), 10)}},
		Body: faultBody("API rate limit exceeded for user ID 1.", "/overview/resources-in-the-rest-api#rate-limiting")}
}

// BareLimit is the third form: 429 that says nothing about when to come back.
func BareLimit() *Fault {
	return &Fault{Status: http.StatusTooManyRequests,
		Body: faultBody("You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", secondary)}
}

// version is a state that an issue had before the time at; a nil was means that it did not exist.
type version struct {
	at  time.Time
	was *issue
}

// SetStale makes reads of issues, comments, labels and reactions give what they were d ago, as a lagging replica does;
// what is newer than d is a 404 or absent from lists. pick chooses the requests, nil for all reads; it must not
// call back into g. 0 turns it off.
// Answers to writes, inspection and webhooks are always fresh.
func (g *GitHub) SetStale(d time.Duration, pick func(*http.Request) bool) {
	if d == 0 {
		g.SetLag(nil)
		return
	}
	g.SetLag(func(r *http.Request) time.Duration {
		if pick == nil || pick(r) {
			return d
		}
		return 0
	})
}

// SetLag is SetStale with replicas that differ: lag says how old the world is that a request sees. nil turns it off. It
// must not call back into g.
func (g *GitHub) SetLag(lag func(*http.Request) time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lagOf = lag
}

// SetUnlisted makes new comments be missing from lists for a while: rows become visible out of the order of their ids.
// late says for how long, by the comment's author and text. A comment that was asked for by its id is there. nil turns it off.
func (g *GitHub) SetUnlisted(late func(login, body string) time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.late = late
}

// unlisted reports whether lists do not have the comment yet.
func (g *GitHub) unlisted(c *comment) bool { return g.now().Before(c.listed) }

// SetOverlong says what happens to a comment over the limit that is edited: it is refused with 422, or dropped silently,
// with 200 and the old text, as GitHub does with descriptions.
func (g *GitHub) SetOverlong(limit int, dropped bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.maxBody, g.dropLong = limit, dropped
}

// SetDropped makes labels and milestones be dropped in silence, with 200, from the requests that pick chooses: as GitHub
// does for who has no right to set them. nil turns it off.
func (g *GitHub) SetDropped(pick func(*http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.drop = pick
}

// dropped reports whether what a request says of labels and milestone is ignored.
func (c *call) dropped() bool { return c.g.drop != nil && c.g.drop(c.r) }

// touch keeps the state of i before a change, as long as reads may lag.
func (g *GitHub) touch(i *issue) {
	if g.lagOf == nil {
		i.versions = nil
		return
	}
	if n := len(i.versions); n > 0 && i.versions[n-1].at.Equal(g.now()) {
		return
	}
	if n := len(i.versions); n > 0 && g.now().Sub(i.versions[n-1].at) > longestLag {
		i.versions = nil
	}
	was := *i
	was.versions = nil
	was.comments = make([]*comment, len(i.comments))
	for k, c := range i.comments {
		old := *c
		old.issue = &was
		was.comments[k] = &old
	}
	i.versions = append(i.versions, version{at: g.now(), was: &was})
}

// longestLag is how far back old states are kept.
const longestLag = time.Hour

// asOf is the state of i at t: the one kept before the first change after t, or the present one.
func (i *issue) asOf(t time.Time) *issue {
	for _, v := range i.versions {
		if v.at.After(t) {
			return v.was
		}
	}
	return i
}
