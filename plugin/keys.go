package plugin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/thread"
)

// Events are the webhook events that the plugin wants from hook.
var Events = []string{"issues", "issue_comment", "pull_request", "pull_request_review", "push", "label", "milestone"}

// payload is what is decoded of a delivery: the names of things, and the text
// of a comment before it was changed. Fields that are absent stay empty.
type payload struct {
	Action     string
	Repository struct {
		FullName      string `json:"full_name"`
		DefaultBranch string `json:"default_branch"`
	}
	Ref         string
	Forced      bool
	Commits     []struct{ Added, Modified, Removed []string }
	Issue       thing
	PullRequest thing `json:"pull_request"`
	Label       struct{ Name string }
	Comment     struct {
		ID        int64
		Body      string
		User      struct{ ID int64 }
		CreatedAt time.Time `json:"created_at"`
	}
	Review struct {
		ID          int64
		Body        string
		SubmittedAt time.Time `json:"submitted_at"`
	}
	Changes struct {
		Body struct{ From string }
	}
	Sender struct{ ID int64 }
}

// thing is an issue or a pull request.
type thing struct {
	Number    int
	Merged    bool // of a pull request
	Body      string
	Labels    []struct{ Name string }
	Milestone struct{ Title string }
}

// key is what the delivery is about, zero if that is no issue or pull request.
func (p *payload) key() Key {
	number := p.Issue.Number
	if number == 0 {
		number = p.PullRequest.Number
	}
	org, repo, ok := strings.Cut(p.Repository.FullName, "/")
	if number <= 0 || !ok {
		return Key{}
	}
	return Key{Org: org, Repo: repo, Number: number}
}

// hint is what a delivery tells: what to look at again. It is never the truth
// about anything.
type hint struct {
	key  Key    // an issue or pull request, zero if none
	push *Push  // files that changed, nil if none
	repo string // a repository whose labels or milestones changed
	// A new comment must be listed by the read that follows; an edit or deletion
	// may have hit a record of ours.
	comment int64
	soon    bool      // more of the kind will come at once
	created time.Time // of a new comment, else zero
	author  int64
	deleted bool
	before  string // the comment's text before it
}

// Push is what a push tells of files of a repository's default branch.
type Push struct {
	Repo  string
	Paths []string // files that were added, changed or removed; unknown if empty
}

// maxCommits is how many commits a push may have for its lists of files to be
// believed whole: GitHub has long listed 20 at most.
const maxCommits = 20

// push reads a push, nil if it is to another branch: roles and KEPs are read
// from the default branch alone. What was overwritten by force is not listed.
func (p *payload) push() *Push {
	if main := p.Repository.DefaultBranch; main != "" && p.Ref != "" && p.Ref != "refs/heads/"+main {
		return nil
	}
	out := &Push{Repo: p.Repository.FullName}
	if p.Forced || len(p.Commits) >= maxCommits {
		return out
	}
	for _, c := range p.Commits {
		paths := slices.Concat(c.Added, c.Modified, c.Removed)
		if len(paths) == 0 { // a list that is left out looks the same
			return &Push{Repo: p.Repository.FullName}
		}
		out.Paths = append(out.Paths, paths...)
	}
	return out
}

// readHint gets the hint out of a delivery. Unknown events, actions and fields
// are no error: there is just nothing to look at. repo gives the one spelling
// of a repository's name, false if it is not listed in the configuration; such
// a delivery hints at nothing but a push, for roles and KEPs may be kept
// elsewhere. concerns tells which issues may concern us; most of what happens
// in a repository does not, and costs no call to GitHub.
func readHint(event string, body []byte, repo func(string) (string, bool), concerns func(event string, p *payload) bool) (hint, error) {
	if !slices.Contains(Events, event) {
		return hint{}, nil
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return hint{}, fmt.Errorf("delivery of %s: %w", event, err)
	}
	if event == "push" {
		return hint{push: p.push()}, nil
	}
	name, listed := repo(p.Repository.FullName)
	if !listed {
		return hint{}, nil
	}
	p.Repository.FullName = name
	if event == "label" || event == "milestone" {
		return hint{repo: name}, nil
	}
	if p.key().IsZero() || !concerns(event, &p) {
		return hint{}, nil
	}
	h := hint{key: p.key(), soon: event == "pull_request"}
	if event == "issue_comment" && p.Action == "created" {
		h.comment, h.created = p.Comment.ID, p.Comment.CreatedAt
	}
	if event == "pull_request_review" && p.Action == "submitted" {
		h.comment, h.created = -p.Review.ID, p.Review.SubmittedAt
	}
	if event == "issue_comment" && (p.Action == "edited" || p.Action == "deleted") {
		h.comment, h.author, h.deleted = p.Comment.ID, p.Comment.User.ID, p.Action == "deleted"
		h.before = p.Changes.Body.From
		if h.deleted {
			h.before = p.Comment.Body
		}
	}
	return h, nil
}

// concerns reports whether a delivery can matter: a comment that holds, or
// held, a command or a marker of ours; anything else about an issue that is
// known, bears a label of ours, stands in the milestone of an open cycle with
// the opt-in label, or whose description holds a command.
func (s *Server) concerns(event string, p *payload) bool {
	if event == "issue_comment" {
		if _, marked := custody.FindMarker(p.Comment.Body); marked && p.Comment.User.ID == s.Self.ID && p.Sender.ID == s.Self.ID {
			return false // our own word; what follows from it was enqueued when it was written
		}
		return speaks(p.Comment.Body) || speaks(p.Changes.Body.From)
	}
	if event == "pull_request_review" {
		return speaks(p.Review.Body) || speaks(p.Changes.Body.From)
	}
	if s.echo(p) {
		return false
	}
	if event == "pull_request" {
		return s.pullConcerns(p)
	}
	if _, known := s.Index.Get(p.key()); known {
		return true
	}
	if slices.Contains(issueLabels, p.Label.Name) {
		return true
	}
	if _, is := planCycle(s.Config(), p.key()); is {
		return true
	}
	optedIn := false
	for _, l := range p.Issue.Labels {
		if slices.Contains(issueLabels, l.Name) {
			return true
		}
		optedIn = optedIn || l.Name == s.Config().Repos.OptInLabel
	}
	if _, isCycle := s.Config().Calendar().Find(p.Issue.Milestone.Title); isCycle && optedIn {
		return true
	}
	return p.Action != "labeled" && p.Action != "unlabeled" && len(otherVerbs(p.Issue.Body)) > 0
}

// pullConcerns reports whether what happened to a pull request can matter: to its
// thread, or to a label of ours. Work that is pushed to it does not.
func (s *Server) pullConcerns(p *payload) bool {
	repo, _ := s.Config().Repo(p.Repository.FullName)
	kinds, every := repo.Threads.Kinds()
	ours := func(label string) bool {
		return slices.Contains(pullLabels, label) || slices.Contains(issueLabels, label)
	}
	asked := func(label string) bool { return ours(label) || slices.Contains(kinds, label) }
	switch p.Action {
	case "labeled", "unlabeled":
		_, known := s.Index.Get(p.key())
		return asked(p.Label.Name) || known && slices.Contains(slices.Concat(thread.KindLabels, thread.CherryPickLabels), p.Label.Name)
	case "closed":
		_, known := s.Index.Get(p.key())
		return known || p.PullRequest.Merged // work is recorded whatever is asked for
	case "opened", "edited", "reopened":
		_, known := s.Index.Get(p.key())
		return known || every || slices.ContainsFunc(p.PullRequest.Labels, func(l struct{ Name string }) bool { return asked(l.Name) })
	}
	return false
}

// speaks reports whether a comment holds a marker of ours or a command.
func speaks(body string) bool {
	if _, marked := custody.FindMarker(body); marked {
		return true
	}
	found := Scanner.Scan(body)
	return len(found.Lines)+len(found.Near) > 0
}
