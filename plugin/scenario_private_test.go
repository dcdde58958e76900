package plugin_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/board"
	"github.com/steelthread/steelthread/plugin/render"
)

// canaries are words that stand in titles and texts of private repositories alone.
var canaries = regexp.MustCompile(`(?i)canary|hole in the fence`)

// named is any mention of a private repository. People may make one in public; the bot
// repeats it as they typed it.
var named = regexp.MustCompile(`kubernetes/embargo|embargo#|kubernetes-private`)

// discreet looks through everything that the public or an operator's log can see at the
// end of a story: no word of what is private is there, and the bot names no private
// repository that nobody named in public.
func (p *play) discreet() {
	p.t.Helper()
	for _, full := range p.sim.Repos() {
		if full == "kubernetes/embargo" || full == "kubernetes-private/secret" {
			continue
		}
		org, repo, _ := strings.Cut(full, "/")
		for _, issue := range p.sim.Issues(org, repo) {
			said := ""
			for _, c := range issue.Comments {
				if c.Author != botLogin {
					said += c.Body + "\n"
				}
			}
			for _, c := range issue.Comments {
				if c.Author == botLogin {
					p.silent(full+" comment", c.Body, said+issue.Body)
				}
			}
			p.silent(full+" labels", strings.Join(issue.Labels, " ")+issue.Milestone, "")
		}
	}
	if m := canaries.FindString(p.log.String()); m != "" {
		p.t.Errorf("the log says %q", m)
	}
	for path, page := range p.pages() {
		p.silent("page "+path, page, p.publicWords())
	}
	for _, c := range p.config.Calendar() {
		if c.Plan == "" || strings.Contains(c.Plan, "embargo") || !c.Kept(time.Now()) {
			continue
		}
		var file bytes.Buffer
		if err := p.process().plugin.Export(context.WithoutCancel(p.t.Context()), c.Name, &file); err == nil {
			p.silent("export of "+c.Name, file.String(), p.publicWords())
		}
	}
}

// silent requires that a text tells nothing that is private; said is what people said
// beside it.
func (p *play) silent(where, text, said string) {
	p.t.Helper()
	if m := canaries.FindStringIndex(text); m != nil {
		p.t.Errorf("%s tells what is private: %q", where, text[max(0, m[0]-200):min(len(text), m[1]+200)])
	}
	for _, m := range named.FindAllStringIndex(text, -1) {
		name := text[m[0]:m[1]]
		if short := strings.TrimPrefix(name, "kubernetes/"); !strings.Contains(said, strings.TrimSuffix(short, "#")+"#") && !strings.Contains(said, name) {
			p.t.Errorf("%s names %s: %q", where, name, text[max(0, m[0]-200):min(len(text), m[1]+200)])
		}
	}
}

// publicWords is all that people said in public.
func (p *play) publicWords() string {
	var b strings.Builder
	for _, full := range p.sim.Repos() {
		if full == "kubernetes/embargo" || full == "kubernetes-private/secret" {
			continue
		}
		org, repo, _ := strings.Cut(full, "/")
		for _, issue := range p.sim.Issues(org, repo) {
			b.WriteString(issue.Body)
			for _, c := range issue.Comments {
				if c.Author != botLogin {
					b.WriteString(c.Body)
				}
			}
		}
	}
	return b.String()
}

var links = regexp.MustCompile(`(?:href|src)="([^"#?]+)`)

// pages gets every page and document of the board that a link leads to, and those of
// every issue that there is.
func (p *play) pages() map[string]string {
	b := board.New(render.Site{GitHub: "https://github.com"}, p.inst.plugin.Reconciler.Boards)
	out := map[string]string{}
	todo := []string{"/plan/", "/plan.json"}
	for _, full := range p.sim.Repos() {
		org, repo, _ := strings.Cut(full, "/")
		for _, issue := range p.sim.Issues(org, repo) {
			page := "/item/" + full + "/" + strings.TrimPrefix((plugin.Key{Org: org, Repo: repo, Number: issue.Number}).String(), full+"#")
			todo = append(todo, page, page+".json")
		}
	}
	for len(todo) > 0 {
		path := todo[0]
		todo = todo[1:]
		if _, done := out[path]; done {
			continue
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		out[path] = w.Body.String()
		if w.Code != http.StatusOK {
			out[path] = strings.ReplaceAll(out[path], strings.TrimPrefix(path, "/item/"), "") // what was asked for
			continue
		}
		for _, m := range links.FindAllStringSubmatch(out[path], -1) {
			if at, err := httptest.NewRequest(http.MethodGet, path, nil).URL.Parse(m[1]); err == nil && at.Host == "example.com" || err == nil && at.Host == "" {
				if !slices.Contains(todo, at.Path) {
					todo = append(todo, at.Path)
				}
			}
		}
	}
	return out
}
