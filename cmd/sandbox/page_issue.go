package main

import (
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// said is one comment on the issue's page. The issue's own text is one without an id.
type said struct {
	ID        int64
	By        string
	Name      string
	Badges    []string
	Bot       bool
	Kind      string // of a comment of the bot: "the record of v1.38"
	At        time.Time
	Edited    string // by whom, "" if never
	HTML      template.HTML
	Source    string
	Reactions []reaction
	Raw       string // address of the text as written
}

type reaction struct {
	Sign, Word string
	By         []string
}

type choice struct {
	Login, Label string
	Chosen       bool
}

type issuePage struct {
	frame
	Path      string
	Heading   string
	Open      bool
	Reason    string
	Pull      bool
	Merged    bool
	Labels    []named
	Addable   []string
	Milestone string
	Stones    []string
	Assignees []string
	Thread    []said
	Personas  []choice
	As        string
	Say       string
	Place     string // where its commands are listed
	Help      []plugin.Command
	Holds     []string // why Tide would not merge it
	Merger    string   // as whom it is merged, "" if nobody may
	Board     string   // where the board shows it, "" if it does not
	Pending   bool     // a decision is being waited for
}

func (s *site) issue(w http.ResponseWriter, r *http.Request) {
	key, ok := s.keyOf(r)
	if !ok {
		s.missing(w, r)
		return
	}
	i, ok := s.snapshot(key)
	if !ok {
		s.missing(w, r)
		return
	}
	p := s.issuePage(r, key, i)
	if r.URL.Query().Get("part") == "live" {
		s.show(w, http.StatusOK, "live", p)
		return
	}
	s.show(w, http.StatusOK, "issue.html", p)
}

func (s *site) issuePage(r *http.Request, key slash.Key, i githubsim.IssueSnapshot) issuePage {
	repo := key.Repository()
	p := issuePage{frame: s.frame(r, i.Title+" · "+repo+"#"+strconv.Itoa(i.Number), "home"),
		Path: pagePath(key, false), Heading: i.Title, Open: i.State == "open",
		Reason: strings.ReplaceAll(i.StateReason, "_", " "), Pull: i.IsPull, Merged: i.Merged, Milestone: i.Milestone, Assignees: i.Assignees}
	p.Repo, p.Issue = repo, i.Number
	labels, names := s.labels(r.Context(), repo)
	for _, l := range i.Labels {
		p.Labels = append(p.Labels, labels[l])
	}
	for _, l := range names {
		if !slices.Contains(i.Labels, l) {
			p.Addable = append(p.Addable, l)
		}
	}
	p.Stones = slices.Sorted(maps.Values(s.milestones(r.Context(), repo)))
	book, err := s.book(r.Context())
	if err != nil {
		s.log.WithError(err).Warn("roles could not be read; badges are left out")
	}
	p.Thread = append(p.Thread, said{By: i.Author, Badges: s.badges(book, i.Author, i), At: i.CreatedAt, HTML: s.markdown.html(i.Body), Source: i.Body})
	for _, c := range i.Comments {
		p.Thread = append(p.Thread, s.said(book, p.Path, i, c))
	}
	for k := range p.Thread {
		if who, ok := s.persona(p.Thread[k].By); ok {
			p.Thread[k].Name = who.Name
		}
	}
	p.As, p.Say, p.Place = s.speaker(r), r.URL.Query().Get("say"), s.placeOf(key, i.IsPull)
	p.Board = s.boardOf(key)
	p.Help = commandsOf(p.Place)
	switch {
	case p.Pull && p.Open:
		p.Holds, p.Merger = holds(i.Labels, names), s.merger(r.Context(), p.As, repo)
	case p.Place == placePlan:
		p.Pending = s.plugin != nil && pending(i, p.Now)
	}
	for _, who := range s.people {
		p.Personas = append(p.Personas, choice{who.Login, who.Login + ": " + strings.Join(s.badges(book, who.Login, i), ", "), strings.EqualFold(who.Login, p.As)})
	}
	return p
}

func (s *site) said(book *roles.Book, path string, i githubsim.IssueSnapshot, c githubsim.CommentSnapshot) said {
	out := said{ID: c.ID, By: c.Author, Badges: s.badges(book, c.Author, i), Bot: c.Author == botLogin, At: c.CreatedAt,
		HTML: s.markdown.html(c.Body), Source: c.Body, Raw: path + "/raw/" + strconv.FormatInt(c.ID, 10)}
	if out.Bot {
		out.Kind = kindOf(c.Body)
	} else if c.LastEditedAt != nil {
		out.Edited = c.Editor
	}
	for _, kind := range reactionKinds {
		if by := c.Reactions[kind.content]; len(by) > 0 {
			out.Reactions = append(out.Reactions, reaction{kind.sign, kind.word, by})
		}
	}
	return out
}

// speaker is as whom the viewer speaks: by the address, else as the last time, else the first persona.
func (s *site) speaker(r *http.Request) string {
	if p, ok := s.persona(r.URL.Query().Get("as")); ok {
		return p.Login
	}
	if cookie, err := r.Cookie("as"); err == nil {
		if p, ok := s.persona(cookie.Value); ok {
			return p.Login
		}
	}
	if len(s.people) > 0 {
		return s.people[0].Login
	}
	return ""
}

// raw is a comment as it was written, with what is hidden in it.
func (s *site) raw(w http.ResponseWriter, r *http.Request) {
	if key, ok := s.keyOf(r); ok {
		if i, ok := s.snapshot(key); ok {
			for _, c := range i.Comments {
				if strconv.FormatInt(c.ID, 10) == r.PathValue("comment") {
					w.Header().Set("Content-Type", "text/plain; charset=utf-8")
					_, _ = w.Write([]byte(c.Body))
					return
				}
			}
		}
	}
	s.missing(w, r)
}

// file shows a file of a repository's default branch.
func (s *site) file(w http.ResponseWriter, r *http.Request) {
	repo, path := r.PathValue("org")+"/"+r.PathValue("repo"), strings.Trim(r.PathValue("path"), "/")
	text, files := s.content(r.Context(), repo, path)
	if text == "" && len(files) == 0 {
		s.missing(w, r)
		return
	}
	f := s.frame(r, path+" · "+repo, "home")
	f.Repo = repo
	s.show(w, http.StatusOK, "file.html", struct {
		frame
		Path, Text string
		Files      []string
	}{f, path, text, files})
}

// commit shows the words of a commit, which records of merges lead to.
func (s *site) commit(w http.ResponseWriter, r *http.Request) {
	repo, sha := r.PathValue("org")+"/"+r.PathValue("repo"), r.PathValue("sha")
	text, ok := s.commitText(r.Context(), repo, sha)
	if !ok {
		s.missing(w, r)
		return
	}
	f := s.frame(r, "Commit "+sha+" · "+repo, "home")
	f.Repo = repo
	s.show(w, http.StatusOK, "file.html", struct {
		frame
		Path, Text string
		Files      []string
	}{f, "Commit " + sha, text, nil})
}
