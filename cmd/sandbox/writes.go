package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// write is one change that the bot made on GitHub.
type write struct {
	At     time.Time // of the sandbox
	Method string
	Path   string
	Status int
	What   string // in words
	Repo   string // "org/repo", "" if none
	Issue  int    // 0 if the path does not tell
	Detail string // the label, or the first words of the comment
	// Comment is the comment that was made or changed, 0 if none.
	Comment int64
}

// String is the write in words.
func (w write) String() string {
	if w.Detail == "" || strings.Contains(w.What, "label") || strings.HasPrefix(w.What, "reacted") {
		return strings.TrimSpace(w.What + " " + w.Detail)
	}
	return w.What + ": " + w.Detail
}

// keptWrites bounds the list, the oldest go first.
const keptWrites = 500

// watchedTransport sends the bot's requests on and keeps a list of those that change something.
type watchedTransport struct {
	base    http.RoundTripper
	token   string
	now     func() time.Time
	changed func(write) // called after each write
	issueOf func(repo string, comment int64) int

	mu      sync.Mutex
	writes  []write
	total   int
	reads   int
	free    int // reads answered by 304, which cost no quota
	flying  int
	lastEnd time.Time // wall clock
}

// RoundTrip implements http.RoundTripper.
func (t *watchedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		_ = req.Body.Close()
	}
	req = req.Clone(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+t.token)
	doomed := t.issueOfDeleted(req)
	t.began()
	resp, err := t.base.RoundTrip(req)
	t.ended(req, resp)
	if err != nil || !changes(req) {
		return resp, err
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(answer))
	w := inWords(req.Method, req.URL.EscapedPath(), resp.StatusCode, body, answer)
	w.Issue = cmp.Or(w.Issue, doomed)
	t.note(w)
	return resp, nil
}

// issueOfDeleted finds the issue of a comment that a request is about to delete, 0 if it deletes none: afterwards
// nothing tells.
func (t *watchedTransport) issueOfDeleted(req *http.Request) int {
	if req.Method != http.MethodDelete {
		return 0
	}
	w := inWords(req.Method, req.URL.EscapedPath(), 0, nil, nil)
	if w.Comment == 0 {
		return 0
	}
	return t.issueOf(w.Repo, w.Comment)
}

func (t *watchedTransport) began() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flying++
}

func (t *watchedTransport) ended(req *http.Request, resp *http.Response) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flying--
	t.lastEnd = time.Now()
	if resp != nil && !changes(req) {
		t.reads++
		if resp.StatusCode == http.StatusNotModified {
			t.free++
		}
	}
}

// changes tells writes from reads; every GraphQL request of the plugin is a query.
func changes(req *http.Request) bool {
	return req.Method != http.MethodGet && !strings.HasSuffix(req.URL.Path, "/graphql")
}

func (t *watchedTransport) note(w write) {
	w.At = t.now()
	if w.Issue == 0 && w.Comment != 0 {
		w.Issue = t.issueOf(w.Repo, w.Comment)
	}
	t.mu.Lock()
	t.total++
	t.writes = append(t.writes, w)
	if len(t.writes) > keptWrites {
		t.writes = t.writes[1:]
	}
	t.mu.Unlock()
	t.changed(w)
}

// list gives the writes, newest first, and how many there were in all.
func (t *watchedTransport) list() (writes []write, total, reads, free int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k := len(t.writes) - 1; k >= 0; k-- {
		writes = append(writes, t.writes[k])
	}
	return writes, t.total, t.reads, t.free
}

// idle is how long no request has been under way, by the wall clock.
func (t *watchedTransport) idle() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.flying > 0 {
		return 0
	}
	return time.Since(t.lastEnd)
}

// inWords says what a write did.
func inWords(method, path string, status int, sent, answer []byte) write {
	w := write{Method: method, Path: path, Status: status, What: method + " " + path}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for len(parts) > 0 && parts[0] != "repos" {
		parts = parts[1:]
	}
	if len(parts) < 5 || parts[3] != "issues" {
		return w
	}
	w.Repo = parts[1] + "/" + parts[2]
	var in struct{ Body, Content string }
	_ = json.Unmarshal(sent, &in)
	var out struct {
		ID        int64
		IssueURL  string `json:"issue_url"`
		Milestone struct{ Title string }
	}
	_ = json.Unmarshal(answer, &out)
	if parts[4] == "comments" {
		_, _ = fmt.Sscan(parts[5], &w.Comment)
		_, _ = fmt.Sscan(out.IssueURL[strings.LastIndex(out.IssueURL, "/")+1:], &w.Issue)
	} else {
		_, _ = fmt.Sscan(parts[4], &w.Issue)
	}
	last := parts[len(parts)-1]
	switch {
	case last == "reactions":
		w.What, w.Detail = "reacted to a comment with", reactionWord(in.Content)
	case method == http.MethodPost && last == "comments":
		w.What, w.Detail, w.Comment = "wrote "+kindOf(in.Body), firstWords(in.Body), out.ID
	case method == http.MethodPatch && parts[4] == "comments":
		w.What, w.Detail = "edited "+kindOf(in.Body), firstWords(in.Body)
	case method == http.MethodDelete && parts[4] == "comments":
		w.What = "deleted a comment of its own"
	case method == http.MethodPost && last == "labels":
		w.What, w.Detail = "set the label", strings.Join(labelsIn(sent), ", ")
	case method == http.MethodPatch && len(parts) == 5 && bytes.Contains(sent, []byte(`"milestone":null`)):
		w.What = "cleared the milestone"
	case method == http.MethodPatch && len(parts) == 5 && bytes.Contains(sent, []byte(`"milestone":`)):
		w.What, w.Detail = "set the milestone", out.Milestone.Title
	case method == http.MethodDelete && len(parts) > 6 && parts[5] == "labels":
		w.What = "took the label off"
		w.Detail, _ = url.PathUnescape(strings.Join(parts[6:], "/"))
	}
	return w
}

// labelsIn reads both forms in which GitHub takes labels: a list, and a list under "labels".
func labelsIn(sent []byte) (labels []string) {
	if json.Unmarshal(sent, &labels) != nil {
		var in struct{ Labels []string }
		_ = json.Unmarshal(sent, &in)
		labels = in.Labels
	}
	return labels
}

// kindOf names a comment of the bot by its marker.
func kindOf(body string) string {
	m, ok := custody.FindMarker(body)
	switch {
	case !ok:
		return "a comment"
	case m.Kind == custody.KindRecord:
		return "the record"
	case m.Kind == custody.KindPart:
		return "a part of the record"
	case m.Kind == custody.KindDecision:
		return "a decision"
	case strings.HasPrefix(m.Key, "reply-"):
		return "a reply"
	}
	return "a notice"
}

var markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// firstWords is the beginning of a comment as people read it, without its marks: its first line, and the second where
// the first only names people.
func firstWords(body string) string {
	var words string
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "<!--") {
			continue
		}
		words = strings.TrimSpace(words + " " + line)
		if !strings.HasPrefix(line, "@") || !strings.HasSuffix(line, ":") {
			break
		}
	}
	words = strings.NewReplacer("**", "", "`", "", "### ", "").Replace(markdownLink.ReplaceAllString(words, "$1"))
	if r := []rune(words); len(r) > 140 {
		words = string(r[:140]) + "…"
	}
	return words
}

func reactionWord(content string) string {
	for _, r := range reactionKinds {
		if r.content == content {
			return r.sign + " " + r.word
		}
	}
	return content
}

var reactionKinds = []struct{ content, sign, word string }{
	{"+1", "👍", "taken"}, {"-1", "👎", "thumbs down"}, {"laugh", "😄", "laugh"}, {"confused", "😕", "not taken"},
	{"heart", "❤️", "heart"}, {"hooray", "🎉", "hooray"}, {"rocket", "🚀", "rocket"}, {"eyes", "👀", "eyes"},
}
