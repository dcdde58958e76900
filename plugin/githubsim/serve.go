package githubsim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// answer is what a route gives back. body is JSON, or []byte with kind as its content type.
type answer struct {
	status int
	body   any
	kind   string
	header http.Header
	// modified is the Last-Modified of the thing, nil for lists.
	modified *time.Time
}

// call is one request under way. What the route's path names was looked up already: repo, issue, org.
type call struct {
	*view
	r     *http.Request
	raw   []byte
	path  map[string]string
	query url.Values
	token string
	app   *app
	repo  *repo
	issue *issue
	org   *org
	// lag is how old the world is that this read sees.
	lag time.Duration
}

// maxBody bounds a request's body, in bytes.
const maxBody = 25 << 20

// ServeHTTP answers GitHub's REST API below "/" and "/api/v3", and GraphQL at /graphql and /api/graphql.
func (g *GitHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, `{"message":"Problems reading the request"}`, http.StatusBadRequest)
		return
	}
	var fault *Fault
	if f := g.faultFor(); f != nil {
		r.Body = io.NopCloser(bytes.NewReader(raw))
		fault = f(r)
	}
	if fault != nil && fault.Delay > 0 {
		wait(r.Context(), fault.Delay)
	}
	status, header, body := 0, http.Header{}, []byte(nil)
	real := fault == nil || fault.AfterEffect || (fault.Status == 0 && !fault.Drop)
	if real {
		status, header, body = g.serve(r, raw)
	}
	name := ""
	if fault != nil && fault.Drop {
		g.deliver()
		panic(http.ErrAbortHandler)
	}
	if fault != nil && fault.Status != 0 {
		status, body, name = fault.Status, []byte(fault.Body), strconv.Itoa(fault.Status)
		header = g.faultHeader(fault)
	}
	g.recordExchange(r, raw, status, header, body, name)
	for k, vs := range header {
		w.Header()[k] = vs
	}
	if status != http.StatusNoContent && status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	g.deliver()
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (g *GitHub) faultFor() func(*http.Request) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.fault
}

func (g *GitHub) faultHeader(f *Fault) http.Header {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Date": {g.Now().Format(http.TimeFormat)}}
	for k, vs := range f.Header {
		h[http.CanonicalHeaderKey(k)] = vs
	}
	return h
}

func (g *GitHub) recordExchange(r *http.Request, raw []byte, status int, header http.Header, body []byte, fault string) {
	if g.opts.Record == nil || !utf8.Valid(raw) || !utf8.Valid(body) {
		return
	}
	asked := r.Header.Clone()
	asked.Del("Authorization")
	g.write(line{Kind: "exchange", Method: r.Method, URL: r.URL.RequestURI(), RequestHeader: asked, RequestBody: string(raw),
		Status: status, ResponseHeader: header, ResponseBody: string(body), Fault: fault})
}

// serve finds the route and answers, under the lock.
func (g *GitHub) serve(r *http.Request, raw []byte) (int, http.Header, []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.newCall(r, raw)
	rt, vars := find(r.Method, c.cut())
	c.path = vars
	name := "unknown"
	var a answer
	user, denied := g.login(c)
	switch {
	case denied != nil:
		a = *denied
	case rt == nil:
		a = c.notFound()
	default:
		c.viewer, name = user, rt.pattern
		if over := g.overQuota(c); over != nil && name != "/rate_limit" {
			a = *over
		} else if stop := c.lookUp(); stop != nil {
			a = *stop
		} else {
			a = rt.serve(c)
		}
	}
	return g.finish(c, name, a)
}

func (g *GitHub) newCall(r *http.Request, raw []byte) *call {
	base := g.opts.BaseURL
	if base == "" {
		base = "http://" + r.Host
		if r.TLS != nil {
			base = "https://" + r.Host
		}
		if g.seen == "" {
			g.seen = base
		}
	}
	v := &view{g: g, api: base, html: base}
	if strings.HasPrefix(r.URL.Path, "/api/v3") {
		v.api += "/api/v3"
	}
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	c := &call{view: v, r: r, raw: raw, query: r.URL.Query()}
	if read && g.lagOf != nil {
		c.lag = g.lagOf(r)
	}
	return c
}

// cut is the escaped path without the API prefix.
func (c *call) cut() string {
	p := c.r.URL.EscapedPath()
	if p == "/api/graphql" {
		return "/graphql"
	}
	return strings.TrimSuffix(strings.TrimPrefix(p, "/api/v3"), "/")
}

// finish turns the answer into bytes: quota, ETag and 304, common headers, counters.
func (g *GitHub) finish(c *call, route string, a answer) (int, http.Header, []byte) {
	h := http.Header{}
	for k, vs := range a.header {
		h[k] = vs
	}
	body := a.bytes(h)
	read := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
	if read && a.status == http.StatusOK && route != "/rate_limit" {
		sum := sha256.Sum256([]byte(c.token + "\x00" + string(body)))
		h.Set("Etag", `W/"`+hex.EncodeToString(sum[:])+`"`)
		h.Set("Cache-Control", "private, max-age=60, s-maxage=60")
		h.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With")
		if a.modified != nil {
			h.Set("Last-Modified", a.modified.Format(http.TimeFormat))
		}
		if unchanged(c.r, h, a.modified) {
			a.status, body = http.StatusNotModified, nil
			h.Del("Content-Type")
			h.Del("Link")
		}
	}
	g.spend(c, route, a.status, h)
	h.Set("Date", g.now().Format(http.TimeFormat))
	h.Set("Server", "github.com")
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	h.Set("X-Github-Request-Id", "51EE:1:"+strings.ToUpper(strconv.FormatInt(g.newID("request"), 16)))
	version := c.r.Header.Get("X-GitHub-Api-Version")
	if version == "" {
		version = "2022-11-28"
	}
	h.Set("X-Github-Api-Version-Selected", version)
	g.calls[c.r.Method+" "+route+" "+strconv.Itoa(a.status)]++
	if !read && a.status < 300 && c.viewer != nil && route != "/graphql" {
		k := key(c.viewer.Login)
		g.writes[k] = append(g.writes[k], c.r.Method+" "+strings.TrimPrefix(c.r.URL.Path, "/api/v3"))
	}
	if c.r.Method == http.MethodHead {
		body = nil
	}
	return a.status, h, body
}

func unchanged(r *http.Request, h http.Header, modified *time.Time) bool {
	if inm := r.Header.Get("If-None-Match"); inm != "" {
		weak := func(s string) string { return strings.TrimPrefix(strings.TrimSpace(s), "W/") }
		return slices.ContainsFunc(strings.Split(inm, ","), func(s string) bool { return weak(s) == weak(h.Get("Etag")) })
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && modified != nil && !modified.After(since)
}

func (a answer) bytes(h http.Header) []byte {
	if a.kind != "" {
		h.Set("Content-Type", a.kind)
		return a.body.([]byte)
	}
	if a.body == nil {
		return nil
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a.body); err != nil {
		panic("githubsim: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Transport answers requests in this process, without a network. A dropped connection is an error.
func (g *GitHub) Transport() http.RoundTripper { return transport{g} }

type transport struct{ g *GitHub }

func (t transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if in.Host == "" {
		in.Host = in.URL.Host
	}
	defer func() {
		if x := recover(); x != nil {
			if x != http.ErrAbortHandler { //nolint:errorlint // panics carry the value itself
				panic(x)
			}
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	w := httptest.NewRecorder()
	t.g.ServeHTTP(w, in)
	resp = w.Result()
	resp.Request = r
	return resp, nil
}
