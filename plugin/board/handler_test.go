package board

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/render"
)

func ask(s Source, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://board.test"+path, nil)
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	New(site, s).ServeHTTP(w, r)
	return w
}

func TestStatuses(t *testing.T) {
	s := freeze(votesOpen())
	for _, c := range []struct {
		path   string
		status int
		kind   string // or, of a redirect, where it leads
	}{
		{"/plan", 301, "plan/"},
		{"/plan/", 200, "text/html; charset=utf-8"},
		{"/plan.json", 200, "application/json"},
		{"/plan/.json", 200, "application/json"},
		{"/plan/v1.38", 200, "text/html; charset=utf-8"},
		{"/plan/v1.38/", 301, "../v1.38"},
		{"/plan/v1.38.json", 200, "application/json"},
		{"/plan/v1.38/notes", 200, "text/html; charset=utf-8"},
		{"/plan/v1.38/notes/", 301, "../notes"},
		{"/plan/v1.38/notes.md", 200, "text/markdown; charset=utf-8"},
		{"/plan/v1.38/notes.json", 200, "application/json"},
		{"/plan/v1.38/demos", 200, "text/html; charset=utf-8"},
		{"/plan/v1.38/demos/", 301, "../demos"},
		{"/plan/v1.38/demos.json", 200, "application/json"},
		{"/plan/v1.38/exceptions", 200, "text/html; charset=utf-8"},
		{"/plan/v1.38/exceptions/", 301, "../exceptions"},
		{"/plan/v1.38/exceptions.json", 200, "application/json"},
		{"/plan/v1.38/demos/demos", 404, "text/html; charset=utf-8"},
		{"/plan/v1.38/.json", 404, "application/json"},
		{"/plan/v1.39/demos", 404, "text/html; charset=utf-8"},
		{"/plan/board.css", 200, "text/css; charset=utf-8"},
		{"/item/kubernetes/enhancements/4381", 200, "text/html; charset=utf-8"},
		{"/item/kubernetes/enhancements/4381/", 301, "../4381"},
		{"/item/kubernetes/enhancements/4381.json", 200, "application/json"},
		{"/", 404, "text/html; charset=utf-8"},
		{"/plan/v1.39", 404, "text/html; charset=utf-8"},
		{"/plan/v1.39.json", 404, "application/json"},
		{"/plan/v1.38/else", 404, "text/html; charset=utf-8"},
		{"/plan/v1.38/notes.md.json", 404, "application/json"},
		{"/plan/v1.38/notes/notes", 404, "text/html; charset=utf-8"},
		{"/plan//v1.38", 404, "text/html; charset=utf-8"},
		{"/item/kubernetes/enhancements/1", 404, "text/html; charset=utf-8"},
		{"/item/kubernetes/enhancements/04381", 404, "text/html; charset=utf-8"},
		{"/item/kubernetes/enhancements", 404, "text/html; charset=utf-8"},
		{"/item/a/b/c/1", 404, "text/html; charset=utf-8"},
		{"/item/kubernetes%2Fenhancements/4381/1", 404, "text/html; charset=utf-8"},
	} {
		w := ask(s, http.MethodGet, c.path)
		got := w.Header().Get("Content-Type")
		if c.status == 301 {
			got = w.Header().Get("Location")
		}
		if w.Code != c.status || got != c.kind {
			t.Errorf("%s: %d %q, want %d %q", c.path, w.Code, got, c.status, c.kind)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", c.path, policy)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: may be sniffed", c.path)
		}
		if c.status == 404 && !strings.Contains(w.Body.String(), "plan/v1.38/exceptions") {
			t.Errorf("%s does not say what exists:\n%s", c.path, w.Body)
		}
	}
}

// TestCaching: HEAD is GET without the body; the same state is not sent twice, another
// state is.
func TestCaching(t *testing.T) {
	open, approved := freeze(votesOpen()), freeze(approvedPlan())
	for _, path := range []string{"/plan/", "/plan/v1.38", "/plan/v1.38.json", "/plan/v1.38/notes", "/plan/board.css", "/item/kubernetes/enhancements/2433"} {
		get, head := ask(open, http.MethodGet, path), ask(open, http.MethodHead, path)
		etag := get.Header().Get("ETag")
		if etag == "" || get.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: ETag %q, Cache-Control %q", path, etag, get.Header().Get("Cache-Control"))
		}
		if head.Body.Len() != 0 || head.Code != 200 || head.Header().Get("ETag") != etag || head.Header().Get("Content-Length") != fmt.Sprint(get.Body.Len()) {
			t.Errorf("HEAD %s: %d, %d bytes, %v", path, head.Code, head.Body.Len(), head.Header())
		}
		if again := ask(open, http.MethodGet, path, "If-None-Match", etag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("%s again: %d", path, again.Code)
		}
		if later := ask(approved, http.MethodGet, path, "If-None-Match", etag); later.Code != http.StatusOK && path != "/plan/board.css" {
			t.Errorf("%s later: %d", path, later.Code)
		}
	}
	if w := ask(open, http.MethodHead, "/nowhere"); w.Code != 404 || w.Body.Len() != 0 || w.Header().Get("ETag") != "" {
		t.Errorf("HEAD of nothing: %d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestOnlyReading(t *testing.T) {
	s := freeze(votesOpen())
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		if w := ask(s, method, "/plan/v1.38"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %d, Allow %q", method, w.Code, w.Header().Get("Allow"))
		}
	}
}

// TestPatterns: a mux takes them, and every page is behind one.
func TestPatterns(t *testing.T) {
	w := votesOpen()
	mux := http.NewServeMux()
	for _, p := range Patterns {
		mux.Handle(p, New(site, freeze(w)))
	}
	for _, path := range addresses(w) {
		r := httptest.NewRecorder()
		mux.ServeHTTP(r, httptest.NewRequest(http.MethodGet, path, nil))
		if want := 200; r.Code != want && !strings.HasPrefix(path, "/nowhere") {
			t.Errorf("%s: %d", path, r.Code)
		}
	}
}

// TestWhereLinksMayLead: https, or this machine; a site that is neither has no links.
func TestWhereLinksMayLead(t *testing.T) {
	for _, c := range []struct {
		github, address string
		want            bool
	}{
		{"https://github.com", "https://github.com/a/b/issues/1", true},
		{"https://github.com", "https://github.com.evil.example/a", false},
		{"https://github.com", "https://evil.example/", false},
		{"https://github.com", "javascript:alert(1)", false},
		{"https://github.com", "", false},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080/a/b/issues/1", true},
		{"http://[::1]:8080", "http://[::1]:8080/a/b/issues/1", true},
		{"http://github.example", "http://github.example/a/b/issues/1", false},
		{"https://user:word@github.example", "https://user:word@github.example/a", false},
		{"", "/a/b/issues/1", false},
	} {
		if got := (links{render.Site{GitHub: c.github}}).only(c.address); (got != "") != c.want {
			t.Errorf("%q from %q: %q", c.address, c.github, got)
		}
	}
}

// FuzzPath: whatever is asked for, there is an answer with the headers that guard it, no
// path of the asker's in a page, and redirects stay here.
func FuzzPath(f *testing.F) {
	w := votesOpen()
	for _, p := range addresses(w) {
		f.Add(p)
	}
	for _, p := range []string{"/plan/v1.38/", "//evil.example/plan/v1.38/", "/item/../plan/", "/plan/%00", "/item/a/b/99999999999999999999", "/plan/<script>", "/plan/v1.38.json.json", "/plan/../../etc/passwd", "/plan/templates/page.html"} {
		f.Add(p)
	}
	s := freeze(w)
	handler := New(site, s)
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest(http.MethodGet, "http://board.test/", nil)
		r.URL = &url.URL{Path: path}
		got := httptest.NewRecorder()
		handler.ServeHTTP(got, r)
		switch got.Code {
		case 200:
		case 404:
			if len(path) > 8 && strings.ContainsAny(path, "<>\"'") && strings.Contains(got.Body.String(), path) {
				t.Errorf("%q is shown as it was asked for", path)
			}
		case 301:
			to := got.Header().Get("Location")
			if to != "plan/" && !strings.HasPrefix(to, "../") || strings.ContainsAny(to, ":\\\r\n") || strings.Contains(to, "//") {
				t.Errorf("%q leads to %q", path, to)
			}
		default:
			t.Errorf("%q: %d", path, got.Code)
		}
		if got.Header().Get("Content-Security-Policy") == "" || got.Header().Get("X-Content-Type-Options") == "" {
			t.Errorf("%q is not guarded", path)
		}
	})
}

// BenchmarkPages: 300 items, the budget is 50 ms for a page.
func BenchmarkPages(b *testing.B) {
	w := newWorld()
	for n := range 300 {
		sig := fmt.Sprintf("s%c", 'a'+rune(n%20))
		k := kepKey(1000 + n)
		w.add(k, sig, fmt.Sprintf("An enhancement with a believable title, number %d", n))
		w.says(k, sig+"-fac", "9 14:02", fmt.Sprintf("/commit v1.38 w%d-%d %d%%", n%4*2+1, n%4*2+2, 100-n%4*20))
		if n%5 > 0 {
			w.says(k, sig+"-fac", "13 09:30", "/readout ready v1.38")
		}
		if n > 3 && n%3 == 0 {
			w.says(k, sig+"-fac", "10 09:30", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d by w3-4", 1000+n-3))
			w.says(k, "arch-lead", "12 10:00", "B1 /block v1.38 this is not settled yet", "Q1 /question v1.38 does this change the API?", "R1 /risk v1.38 the only reviewer is away")
		}
	}
	s := freeze(w)
	for _, path := range []string{"/plan/", "/plan/v1.38", "/plan/v1.38.json", "/plan/v1.38/notes", "/plan/v1.38/demos", "/plan/v1.38/exceptions", "/plan/v1.38/survey", "/plan/v1.38/calibration", "/item/kubernetes/enhancements/1003"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if w := get(b, s, path); w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
