package plugin

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
)

// Events are the webhook events that the plugin wants from hook.
var Events = []string{"issues", "issue_comment", "pull_request", "pull_request_review", "push", "label", "milestone"}

// payload is what is decoded of a delivery: the names of things, and the text
// of a comment before it was changed. Fields that are absent stay empty.
type payload struct {
	Action     string
	Repository struct {
		FullName string `json:"full_name"`
	}
	Issue, PullRequest struct {
		Number int
		User   struct{ ID int64 }
	}
	Comment struct {
		ID   int64
		Body string
		User struct{ ID int64 }
	}
	Changes struct {
		Body struct{ From string }
	}
	Ref string
}

// UnmarshalJSON knows GitHub's name for pull requests.
func (p *payload) UnmarshalJSON(data []byte) error {
	type plain payload
	wire := struct {
		*plain
		PullRequest *struct{ Number int } `json:"pull_request"`
	}{plain: (*plain)(p)}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	if wire.PullRequest != nil {
		p.PullRequest.Number = wire.PullRequest.Number
	}
	return nil
}

// hint is what a delivery tells: what to look at again. It is never the truth
// about anything.
type hint struct {
	key  Key    // an issue or pull request, zero if none
	push string // a repository whose files changed
	repo string // a repository whose labels or milestones changed
	// An edit or deletion of a comment may have hit a record of ours.
	comment int64
	author  int64
	deleted bool
	before  string // the comment's text before it
}

// read gets the hint out of a delivery. Unknown events, actions and fields are
// no error: there is just nothing to look at.
func readHint(event string, body []byte) (hint, error) {
	switch event {
	case "issues", "issue_comment", "pull_request", "pull_request_review", "push", "label", "milestone":
	default:
		return hint{}, nil
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return hint{}, fmt.Errorf("delivery of %s: %w", event, err)
	}
	switch event {
	case "push":
		return hint{push: p.Repository.FullName}, nil
	case "label", "milestone":
		return hint{repo: p.Repository.FullName}, nil
	}
	number := p.Issue.Number
	if number == 0 {
		number = p.PullRequest.Number
	}
	org, repo, ok := strings.Cut(p.Repository.FullName, "/")
	if number <= 0 || !ok {
		return hint{}, nil
	}
	h := hint{key: Key{Org: org, Repo: repo, Number: number}}
	if event == "issue_comment" && (p.Action == "edited" || p.Action == "deleted") {
		h.comment, h.author, h.deleted = p.Comment.ID, p.Comment.User.ID, p.Action == "deleted"
		h.before = p.Changes.Body.From
		if h.deleted {
			h.before = p.Comment.Body
		}
	}
	return h, nil
}

// relevant reports whether a comment's delivery can matter at all: most
// comments hold no command of ours and are on issues that we do not know.
// A comment of ours, or one that was changed, always matters.
func relevant(event string, body []byte) bool {
	if event != "issue_comment" {
		return true
	}
	var p struct {
		Action  string
		Comment struct{ Body string }
	}
	if json.Unmarshal(body, &p) != nil || p.Action != "created" {
		return true
	}
	if _, ours := custody.FindMarker(p.Comment.Body); ours {
		return true
	}
	found := Scanner.Scan(p.Comment.Body)
	return len(found.Lines)+len(found.Near) > 0
}
