package main

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/slash"
)

//go:embed web
var assets embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"when":    func(t time.Time) string { return t.UTC().Format("2 Jan 15:04") },
	"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"day":     func(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04 UTC") },
	"ink":     ink,
	"paper":   func(c string) template.CSS { return template.CSS("#" + hexColor(c)) }, //nolint:gosec // six hex digits
	"join":    strings.Join,
}).ParseFS(assets, "web/*.html"))

// site is the web page of a sandbox.
type site struct {
	*sandbox
	markdown *markdown
	// stopped is closed when the server goes down: streams end then.
	stopped <-chan struct{}
}

func newSite(s *sandbox, stopped <-chan struct{}) *site {
	return &site{s, newMarkdown(s.base, s.repos), stopped}
}

// handler serves the page. With githubToo it also serves GitHub's REST and GraphQL API, on every other path.
func (s *site) handler(githubToo bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{org}/{repo}", s.repo)
	mux.HandleFunc("GET /{org}/{repo}/issues", s.repo)
	mux.HandleFunc("GET /{org}/{repo}/issues/{number}", s.issue)
	mux.HandleFunc("GET /{org}/{repo}/pull/{number}", s.issue)
	mux.HandleFunc("GET /{org}/{repo}/issues/{number}/raw/{comment}", s.raw)
	mux.HandleFunc("POST /{org}/{repo}/issues/{number}", s.act)
	mux.HandleFunc("GET /{org}/{repo}/blob/{ref}/{path...}", s.file)
	mux.HandleFunc("GET /{org}/{repo}/tree/{ref}/{path...}", s.file)
	mux.HandleFunc("GET /{org}/{repo}/commit/{sha}", s.commit)
	mux.HandleFunc("GET /sandbox/events", s.events)
	mux.HandleFunc("GET /sandbox/writes", s.wrote)
	mux.HandleFunc("GET /sandbox/commands", s.commands)
	mux.HandleFunc("GET /sandbox/commands.json", s.commandsJSON)
	mux.HandleFunc("GET /sandbox/state", s.state)
	mux.HandleFunc("GET /sandbox/calls", s.calls)
	mux.HandleFunc("POST /sandbox/calls", s.forgetCalls)
	mux.HandleFunc("POST /sandbox/clock", s.moveClock)
	mux.HandleFunc("POST /sandbox/lose", s.lose)
	for _, name := range []string{"style.css", "page.js"} {
		mux.HandleFunc("GET /sandbox/"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, assets, "web/"+name)
		})
	}
	mux.HandleFunc("GET /{$}", s.home)
	var pages http.Handler = headers(http.NewCrossOriginProtection().Handler(s.withBoard(mux)))
	if githubToo {
		pages = besides(s.github, pages)
	}
	return onlyHost(s.base, pages)
}

// besides sends what GitHub's API serves to api and the rest to pages.
func besides(api, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		asked := strings.Contains(r.Header.Get("Accept"), "text/html")
		switch first {
		case "sandbox":
			pages.ServeHTTP(w, r)
		case "repos", "api", "graphql", "orgs", "users", "user", "app", "installation", "search", "rate_limit", "repositories", "organizations", "teams":
			api.ServeHTTP(w, r)
		default:
			if asked || r.Method == http.MethodPost {
				pages.ServeHTTP(w, r)
				return
			}
			api.ServeHTTP(w, r)
		}
	})
}

// onlyHost answers only requests that name this server by one of its own names: a page from elsewhere whose name was
// made to lead here cannot read or do anything.
func onlyHost(base string, next http.Handler) http.Handler {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	port := u.Port()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, p, err := net.SplitHostPort(r.Host)
		if err != nil { // without a port: the usual one
			host, p = strings.Trim(r.Host, "[]"), "80"
		}
		if p != port || host != "localhost" && host != "127.0.0.1" && host != "::1" && host != u.Hostname() {
			http.Error(w, "this sandbox is reached as "+base, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// headers keep the page to itself: nothing is loaded from elsewhere, nobody may frame it.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; "+
			"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// frame is what every page has around it.
type frame struct {
	Title   string
	Repo    string
	Issue   int
	Now     time.Time
	Stage   string // where in the cycle we are, in words
	Next    string // when the next increment begins, "" if none
	Repos   []string
	Told    string // what became of the last form
	ToLose  int
	Spoken  bool // the plugin runs here
	Section string
}

func (s *site) frame(r *http.Request, title, section string) frame {
	now := s.clock.now()
	f := frame{Title: title, Now: now, Repos: s.repos, Told: r.URL.Query().Get("told"), Spoken: s.plugin != nil, Section: section, Stage: s.stage(now)}
	if len(f.Told) > 500 {
		f.Told = ""
	}
	if next, ok := nextIncrement(s.config.Calendar(), now); ok {
		f.Next = next.Format("Mon 2 Jan")
	}
	_, _, f.ToLose = s.hook.counts()
	return f
}

// stage says where in the cycle a time is.
func (s *sandbox) stage(now time.Time) string {
	open := s.config.Calendar().Open(now)
	if len(open) == 0 {
		return "no cycle is open"
	}
	c := open[0]
	where := c.Name + ", between increments"
	if i, ok := c.Current(now); ok {
		where = c.Name + ", " + i.Title()
	} else if now.Before(c.Start.StartUTC()) {
		where = c.Name + ", planning weeks"
	} else if c.Last().Finished(now) {
		where = c.Name + ", after the last increment"
	}
	return where
}

func (s *site) show(w http.ResponseWriter, status int, name string, data any) {
	var out strings.Builder
	if err := pages.ExecuteTemplate(&out, name, data); err != nil {
		s.log.WithError(err).Error("page " + name)
		http.Error(w, "this page could not be made: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(out.String()))
}

func (s *site) missing(w http.ResponseWriter, r *http.Request) {
	f := s.frame(r, "Not here", "")
	s.show(w, http.StatusNotFound, "missing.html", struct {
		frame
		Path string
	}{f, r.URL.Path})
}

// keyOf reads the issue out of a path.
func (s *site) keyOf(r *http.Request) (slash.Key, bool) {
	key, err := slash.ParseKey(fmt.Sprintf("%s/%s#%s", r.PathValue("org"), r.PathValue("repo"), r.PathValue("number")))
	return key, err == nil
}

// back leads to where a form came from, with what became of it.
func back(w http.ResponseWriter, r *http.Request, to string, err error) {
	var no *refusal
	switch {
	case errors.As(err, &no):
		to = told(to, no.text)
	case err != nil:
		to = told(to, "That did not work: "+err.Error())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func told(to, text string) string {
	path, fragment, _ := strings.Cut(to, "#")
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	path += sep + "told=" + url.QueryEscape(text)
	if fragment != "" {
		path += "#" + fragment
	}
	return path
}

// hexColor is a label's color, or grey for what is none.
func hexColor(c string) string {
	if len(c) != 6 || strings.Trim(strings.ToLower(c), "0123456789abcdef") != "" {
		return "ededed"
	}
	return strings.ToLower(c)
}

// ink is the text color on a label: black on light ones, white on dark ones.
func ink(c string) string {
	var r, g, b int
	_, _ = fmt.Sscanf(hexColor(c), "%02x%02x%02x", &r, &g, &b)
	if 299*r+587*g+114*b > 128_000 {
		return "dark-on-light"
	}
	return "light-on-dark"
}
