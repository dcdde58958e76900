package main

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/slash"
)

// row is one issue in a list.
type row struct {
	Repo      string
	Number    int
	Title     string
	Open      bool
	Pull      bool
	Labels    []named
	Milestone string
	Comments  int
	State     string // the first line of the bot's record
	Updated   time.Time
	Merged    bool
	Held      bool // Tide would not merge it because of a label of the bot's
}

// Link leads to the row's page.
func (x row) Link() string {
	org, repo, _ := strings.Cut(x.Repo, "/")
	return pagePath(slash.Key{Org: org, Repo: repo, Number: x.Number}, x.Pull)
}

// Status is open, closed or merged.
func (x row) Status() string {
	switch {
	case x.Merged:
		return "merged"
	case x.Open:
		return "open"
	}
	return "closed"
}

type listed struct {
	Repo  string
	Rows  []row
	Open  int // issues
	Pulls int // open pull requests
}

func (s *site) home(w http.ResponseWriter, r *http.Request) {
	data := struct {
		frame
		Lists []listed
		Tries []step
	}{frame: s.frame(r, "A release in a sandbox", "home"), Tries: s.tries()}
	for _, repo := range s.byActivity() {
		data.Lists = append(data.Lists, s.list(r, repo))
	}
	s.show(w, http.StatusOK, "home.html", data)
}

func (s *site) repo(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("org") + "/" + r.PathValue("repo")
	k := slices.IndexFunc(s.repos, func(known string) bool { return strings.EqualFold(known, name) })
	if k < 0 {
		s.missing(w, r)
		return
	}
	f := s.frame(r, s.repos[k], "home")
	f.Repo = s.repos[k]
	s.show(w, http.StatusOK, "repo.html", struct {
		frame
		Lists []listed
	}{f, []listed{s.list(r, s.repos[k])}})
}

// byActivity lists the repositories, those with the most issues first.
func (s *site) byActivity() []string {
	repos := slices.Clone(s.repos)
	slices.SortStableFunc(repos, func(a, b string) int { return cmp.Compare(len(s.issues(b)), len(s.issues(a))) })
	return repos
}

func (s *site) list(r *http.Request, repo string) listed {
	out := listed{Repo: repo}
	labels, _ := s.labels(r.Context(), repo)
	for _, i := range s.issues(repo) {
		x := row{Repo: repo, Number: i.Number, Title: i.Title, Open: i.State == "open", Pull: i.IsPull, Merged: i.Merged, Milestone: i.Milestone,
			Comments: len(i.Comments), State: recordTitle(i), Updated: i.UpdatedAt,
			Held: i.IsPull && i.State == "open" && slices.Contains(i.Labels, config.LabelNeedsKEP)}
		for _, l := range i.Labels {
			x.Labels = append(x.Labels, labels[l])
		}
		switch {
		case x.Open && x.Pull:
			out.Pulls++
		case x.Open:
			out.Open++
		}
		out.Rows = append(out.Rows, x)
	}
	slices.SortStableFunc(out.Rows, func(a, b row) int {
		if a.Open != b.Open {
			return map[bool]int{true: -1, false: 1}[a.Open]
		}
		if a.Pull != b.Pull {
			return map[bool]int{true: -1, false: 1}[a.Pull]
		}
		return cmp.Compare(b.Number, a.Number)
	})
	return out
}

// recordTitle is the first line of the bot's record on an issue, or "".
func recordTitle(i githubsim.IssueSnapshot) string {
	for _, c := range i.Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin && m.Kind == custody.KindRecord {
			return firstWords(c.Body)
		}
	}
	return ""
}

// tries are the steps of the story that a viewer is offered to do by hand.
func (s *sandbox) tries() []step {
	var out []step
	for _, x := range s.story {
		if x.Try != "" {
			out = append(out, x)
		}
	}
	return out
}
