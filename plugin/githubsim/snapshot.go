package githubsim

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// IssueSnapshot is what a test looks at: one issue or pull request as it is now, whatever readers see by HTTP.
type IssueSnapshot struct {
	ID          int64
	Number      int
	Title, Body string
	// State is "open" or "closed"; StateReason "", completed, not_planned, duplicate or reopened.
	State, StateReason string
	Author             string
	// Labels are in the order in which they were added.
	Labels    []string
	Milestone string
	Assignees []string
	Comments  []CommentSnapshot
	Reviews   []CommentSnapshot // of a pull request
	Locked    bool
	// PinnedComment is 0 when none is pinned.
	PinnedComment        int64
	CreatedAt, UpdatedAt time.Time
	IsPull, Merged       bool
	HeadSHA, BaseRef     string
}

// CommentSnapshot is one comment.
type CommentSnapshot struct {
	ID                   int64
	Author, Body         string
	CreatedAt, UpdatedAt time.Time
	// LastEditedAt is nil when the comment was never edited; Editor is then "".
	LastEditedAt *time.Time
	Editor       string
	// Reactions: content to logins, in the order given. Nil when there are none.
	Reactions map[string][]string
}

// Issue is the state of one issue or pull request. It panics when there is none.
func (g *GitHub) Issue(owner, repoName string, number int) IssueSnapshot {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mustIssue(owner, repoName, number).snapshot()
}

// Issues are the states of all issues and pull requests of a repository, by number.
func (g *GitHub) Issues(owner, repoName string) (out []IssueSnapshot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.mustRepo(owner, repoName)
	for _, n := range slices.Sorted(maps.Keys(r.issues)) {
		out = append(out, r.issues[n].snapshot())
	}
	return out
}

func (i *issue) snapshot() IssueSnapshot {
	s := IssueSnapshot{ID: i.ID, Number: i.Number, Title: i.Title, Body: text(i.Body), State: i.State,
		StateReason: i.Reason, Author: i.author.Login, Locked: i.Locked, CreatedAt: i.created, UpdatedAt: i.updated}
	for _, l := range i.labels {
		s.Labels = append(s.Labels, l.Name)
	}
	for _, a := range i.assignees {
		s.Assignees = append(s.Assignees, a.Login)
	}
	if i.milestone != nil {
		s.Milestone = i.milestone.Title
	}
	if i.pinned != nil {
		s.PinnedComment = i.pinned.ID
	}
	if p := i.pull; p != nil {
		s.IsPull, s.Merged, s.HeadSHA, s.BaseRef = true, p.Merged, p.HeadSHA, p.BaseRef
		for _, v := range p.reviews {
			s.Reviews = append(s.Reviews, v.snapshot())
		}
	}
	for _, c := range i.comments {
		s.Comments = append(s.Comments, c.snapshot())
	}
	return s
}

func (c *comment) snapshot() CommentSnapshot {
	s := CommentSnapshot{ID: c.ID, Author: c.author.Login, Body: c.Body, CreatedAt: c.created, UpdatedAt: c.updated}
	if e := c.lastEdit(); e != nil {
		s.LastEditedAt, s.Editor = ptr(e.at), e.editor.Login
	}
	s.react(c.reactions)
	return s
}

func (v *review) snapshot() CommentSnapshot {
	s := CommentSnapshot{ID: v.ID, Author: v.author.Login, Body: v.Body, CreatedAt: v.at, UpdatedAt: v.at, LastEditedAt: v.edited}
	if v.editor != nil {
		s.Editor = v.editor.Login
	}
	s.react(v.reactions)
	return s
}

func (s *CommentSnapshot) react(all []*reaction) {
	for _, x := range all {
		if s.Reactions == nil {
			s.Reactions = map[string][]string{}
		}
		s.Reactions[x.Content] = append(s.Reactions[x.Content], x.user.Login)
	}
}

// lastEdit is nil for a comment that was never edited. The first revision is the text as created.
func (c *comment) lastEdit() *edit {
	if len(c.edits) < 2 {
		return nil
	}
	return &c.edits[len(c.edits)-1]
}

// Repos are the full names of all repositories, in the order in which they were made.
func (g *GitHub) Repos() (out []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := slices.SortedFunc(maps.Values(g.repos), func(a, b *repo) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range all {
		out = append(out, r.full())
	}
	return out
}

// Users are all accounts, in the order in which they were made.
func (g *GitHub) Users() (out []User) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, u := range slices.SortedFunc(maps.Values(g.users), func(a, b *User) int { return cmp.Compare(a.ID, b.ID) }) {
		out = append(out, *u)
	}
	return out
}

// Labels are the names of a repository's labels, in the order in which they were made.
func (g *GitHub) Labels(owner, repoName string) (out []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range g.mustRepo(owner, repoName).labels {
		out = append(out, l.Name)
	}
	return out
}

// LabelEvents counts the labeled and unlabeled events of one issue.
func (g *GitHub) LabelEvents(owner, repoName string, number int) (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range g.mustIssue(owner, repoName, number).events {
		if e.Kind == "labeled" || e.Kind == "unlabeled" {
			n++
		}
	}
	return n
}

// Calls counts the requests since the last ResetCalls, by "METHOD route status", as "GET /repos/{owner}/{repo} 304".
func (g *GitHub) Calls() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.calls)
}

// WritesBy lists the writes of one account since the last ResetCalls that had an effect, in order, as "METHOD path".
func (g *GitHub) WritesBy(login string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.writes[key(login)])
}

// ResetCalls forgets Calls and WritesBy.
func (g *GitHub) ResetCalls() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls, g.writes = map[string]int{}, map[string][]string{}
}
