package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/slash"
)

// act does what a form on an issue's page asks for, as the persona chosen, by GitHub's REST API and with that persona's
// rights.
func (s *site) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	key, ok := s.keyOf(r)
	if !ok {
		s.missing(w, r)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form could not be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	who, ok := s.persona(r.PostForm.Get("as"))
	if !ok {
		http.Error(w, "choose one of the personas to act as", http.StatusBadRequest)
		return
	}
	page := pagePath(key, false)
	if i, ok := s.snapshot(key); ok {
		page = pagePath(key, i.IsPull)
	}
	if r.PostForm.Get("do") == "merge" { // the persona is the button's; the viewer goes on as before
		back(w, r, page, s.merge(r.Context(), who.Login, key))
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "as", Value: who.Login, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	fragment, err := s.do(r.Context(), who.Login, key, r.PostForm)
	back(w, r, page+fragment, err)
}

// do makes one change and gives back the part of the page to look at.
func (s *sandbox) do(ctx context.Context, login string, key slash.Key, form url.Values) (string, error) {
	path, repo := issuePath(key), "/repos/"+key.Repository()
	switch form.Get("do") {
	case "say":
		var made struct{ ID int64 }
		err := s.ask(ctx, login, http.MethodPost, path+"/comments", map[string]string{"body": bodyOf(form)}, &made)
		return "#issuecomment-" + strconv.FormatInt(made.ID, 10), err
	case "edit":
		return "#issuecomment-" + form.Get("comment"), s.ask(ctx, login, http.MethodPatch,
			repo+"/issues/comments/"+url.PathEscape(form.Get("comment")), map[string]string{"body": bodyOf(form)}, nil)
	case "delete":
		return "", s.ask(ctx, login, http.MethodDelete, repo+"/issues/comments/"+url.PathEscape(form.Get("comment")), nil, nil)
	}
	// GitHub drops labels, milestones and the like in silence when the account may not set them; people see no button.
	if !s.mayTriage(ctx, login, key.Repository()) && !s.ownIssue(login, key, form.Get("do")) {
		return "", &refusal{http.StatusForbidden, login + " may not do that by hand: it takes the triage permission in " + key.Repository() + ". Commands work all the same."}
	}
	switch form.Get("do") {
	case "label":
		return "", s.ask(ctx, login, http.MethodPost, path+"/labels", map[string][]string{"labels": {form.Get("label")}}, nil)
	case "unlabel":
		return "", s.ask(ctx, login, http.MethodDelete, path+"/labels/"+url.PathEscape(form.Get("label")), nil, nil)
	case "milestone":
		return "", s.ask(ctx, login, http.MethodPatch, path, map[string]any{"milestone": s.stone(ctx, key, form.Get("milestone"))}, nil)
	case "close":
		return "", s.ask(ctx, login, http.MethodPatch, path, map[string]string{"state": "closed", "state_reason": form.Get("reason")}, nil)
	case "reopen":
		return "", s.ask(ctx, login, http.MethodPatch, path, map[string]string{"state": "open"}, nil)
	case "assign":
		return "", s.ask(ctx, login, http.MethodPost, path+"/assignees", map[string][]string{"assignees": {form.Get("who")}}, nil)
	}
	return "", fmt.Errorf("the form asks for %q, which is nothing that can be done here", form.Get("do"))
}

// merge merges a pull request by hand, as GitHub lets everybody with the write permission do; it asks no label.
func (s *sandbox) merge(ctx context.Context, login string, key slash.Key) error {
	return s.ask(ctx, login, http.MethodPut, fmt.Sprintf("/repos/%s/pulls/%d/merge", key.Repository(), key.Number), map[string]string{}, nil)
}

// pagePath is where the page of an issue or pull request is.
func pagePath(key slash.Key, pull bool) string {
	kind := "issues"
	if pull {
		kind = "pull"
	}
	return fmt.Sprintf("/%s/%s/%s/%d", key.Org, key.Repo, kind, key.Number)
}

// ownIssue: authors may close and reopen their issues.
func (s *sandbox) ownIssue(login string, key slash.Key, do string) bool {
	i, ok := s.snapshot(key)
	return ok && i.Author == login && (do == "close" || do == "reopen")
}

// bodyOf is what a form says, with the line ends that people type.
func bodyOf(form url.Values) string {
	return strings.TrimSpace(strings.ReplaceAll(form.Get("body"), "\r\n", "\n"))
}

// stone is the number of a milestone by title; none is null.
func (s *sandbox) stone(ctx context.Context, key slash.Key, title string) *int {
	for number, t := range s.milestones(ctx, key.Repository()) {
		if t == title {
			return &number
		}
	}
	return nil
}

// moveClock advances the time: by=1h, by=24h, or by=increment for the morning on which the next increment begins.
func (s *site) moveClock(w http.ResponseWriter, r *http.Request) {
	now := s.clock.now()
	by := r.FormValue("by")
	var d time.Duration
	if by == "increment" {
		next, ok := nextIncrement(s.config.Calendar(), now)
		if !ok {
			http.Error(w, "no increment begins after now", http.StatusConflict)
			return
		}
		d = next.Sub(now)
	} else {
		var err error
		if d, err = time.ParseDuration(by); err != nil || d <= 0 || d > 366*24*time.Hour {
			http.Error(w, "by is a duration such as 1h or 24h, at most a year, or increment", http.StatusBadRequest)
			return
		}
	}
	s.advance(d)
	s.answer(w, r)
}

// lose makes the next deliveries=N webhooks go nowhere.
func (s *site) lose(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.FormValue("deliveries"))
	if err != nil || n < 0 || n > 10_000 {
		http.Error(w, "deliveries is a number from 0 to 10000", http.StatusBadRequest)
		return
	}
	s.hook.lose(n)
	s.answer(w, r)
}

// answer leads a browser back to where it was, and gives a program the state.
func (s *site) answer(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.state(w, r)
		return
	}
	to := r.FormValue("to")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		to = "/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
