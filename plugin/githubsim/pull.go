package githubsim

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pull is what an issue that is a pull request has beside.
type pull struct {
	ID               int64
	BaseRef, BaseSHA string
	// HeadRef is the branch name, HeadOwner the login before the colon in GitHub's label of it.
	HeadRef, HeadSHA, HeadOwner string
	Draft, Merged               bool
	mergedAt                    *time.Time
	mergedBy                    *User
	mergeSHA                    string
	reviews                     []*review
	reviewers                   []*User
}

type review struct {
	ID int64
	// State is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED.
	State, Body, SHA string
	issue            *issue
	author           *User
	at               time.Time
	edited           *time.Time // nil if it was never edited
	editor           *User
	reactions        []*reaction
}

type status struct {
	ID                                  int64
	State, Context, Description, Target string
	creator                             *User
	created                             time.Time
}

func (g *GitHub) newPull(by *User, r *repo, title string, body *string, base, head string) *issue {
	owner, branch, ok := strings.Cut(head, ":")
	if !ok {
		owner, branch = r.Owner, head
	}
	if r.branches[base] == "" {
		r.branches[base] = r.branches["main"]
	}
	if r.branches[branch] == "" {
		r.branches[branch] = r.branches[base]
		g.commit(r, branch, by, title, g.now(), nil, nil)
	}
	p := &pull{ID: g.newID("pull"), BaseRef: base, BaseSHA: r.branches[base], HeadRef: branch,
		HeadSHA: r.branches[branch], HeadOwner: owner}
	i := g.newIssue(by, r, title, body, p)
	for _, c := range r.between(p.BaseSHA, p.HeadSHA) {
		c.inPull(i.Number)
	}
	return i
}

func (g *GitHub) newReview(by *User, i *issue, body, state string) *review {
	g.touch(i)
	v := &review{ID: g.newID("review"), State: state, Body: body, SHA: i.pull.HeadSHA, issue: i, author: by, at: g.now()}
	i.pull.reviews = append(i.pull.reviews, v)
	g.remember(v)
	i.updated = g.now()
	g.note(i, &event{Kind: "reviewed", actor: by, review: v})
	g.emitReview(by, v, "submitted", nil)
	return v
}

func (g *GitHub) emitReview(by *User, v *review, action string, extra obj) {
	g.emit("pull_request_review", v.issue.repo, by, action, extra, func(w *view) obj {
		return obj{"pull_request": w.pull(v.issue, false), "review": w.review(v, true)}
	})
}

// EditReview changes the text of a review.
func (g *GitHub) EditReview(as, owner, repoName string, number int, id int64, body string) {
	g.onReview(as, owner, repoName, number, id, func(by *User, v *review) { g.editReview(by, v, body) })
}

func (g *GitHub) editReview(by *User, v *review, body string) {
	if body == v.Body {
		return
	}
	g.touch(v.issue)
	old, now := v.Body, g.now()
	v.Body, v.edited, v.editor, v.issue.updated = body, &now, by, now
	g.emitReview(by, v, "edited", obj{"changes": obj{"body": obj{"from": old}}})
}

// DismissReview takes a review back.
func (g *GitHub) DismissReview(as, owner, repoName string, number int, id int64) {
	g.onReview(as, owner, repoName, number, id, func(by *User, v *review) {
		v.State = "DISMISSED"
		g.note(v.issue, &event{Kind: "review_dismissed", actor: by, review: v})
		g.emitReview(by, v, "dismissed", nil)
	})
}

func (g *GitHub) onReview(as, owner, repoName string, number int, id int64, f func(*User, *review)) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) {
		for _, v := range mustPull(i).pull.reviews {
			if v.ID == id {
				f(by, v)
				return
			}
		}
		panic("githubsim: no review " + itoa(id))
	})
}

// merge merges i by method merge, squash or rebase; empty title and message mean GitHub's own (MERGE_MESSAGE, and for a
// squash the pull request's title and number).
func (g *GitHub) merge(by *User, i *issue, method, title, message string) string {
	r, p := i.repo, i.pull
	g.touch(i)
	base, head := r.commits[r.branches[p.BaseRef]], r.commits[p.HeadSHA]
	if title == "" {
		title = "Merge pull request #" + itoa(int64(i.Number)) + " from " + p.HeadOwner + "/" + p.HeadRef
		if message == "" {
			message = i.Title
		}
		if method != "merge" {
			title, message = i.Title+" (#"+itoa(int64(i.Number))+")", ""
		}
	}
	if message != "" {
		title += "\n\n" + message
	}
	var parents []string
	if method == "merge" {
		parents = []string{head.SHA}
	}
	changes := map[string]*string{}
	for _, f := range r.diff(r.mergeBase(base.SHA, head.SHA), head) {
		changes[f.path] = nil
		if f.status != "removed" {
			changes[f.path] = ptr(string(r.blobs[f.sha]))
		}
	}
	c := g.commit(r, p.BaseRef, by, title, g.now(), changes, parents)
	c.inPull(i.Number)
	p.Merged, p.mergedAt, p.mergedBy, p.mergeSHA = true, ptr(g.now()), by, c.SHA
	g.note(i, &event{Kind: "merged", actor: by, commit: c.SHA})
	g.setState(by, i, "closed", "")
	if p.BaseRef == "main" {
		g.closeLinked(by, i, c)
	}
	return c.SHA
}

// closingWord is GitHub's list: close, fix and resolve with their forms, one before each number, with or without a colon.
var closingWord = regexp.MustCompile(`(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:([\w.-]+/[\w.-]+))?#(\d+)\b`)

// closeLinked closes the issues that the pull request's text closes. Only a merge into the default branch does so.
func (g *GitHub) closeLinked(by *User, i *issue, c *commit) {
	for _, m := range closingWord.FindAllStringSubmatch(text(i.Body)+"\n"+c.Message, -1) {
		r := i.repo
		if m[1] != "" {
			if r = g.repos[key(m[1])]; r == nil || !g.may(by, r, "triage") {
				continue
			}
		}
		n, _ := strconv.Atoi(m[2])
		if other := r.issues[n]; other != nil && other.pull == nil {
			g.setState(by, other, "closed", "completed")
		}
	}
}

// setStatus adds a commit status. GitHub keeps 1,000 for each sha and context.
func (g *GitHub) setStatus(by *User, r *repo, sha string, s *status) {
	s.ID, s.creator, s.created = g.newID("status"), by, g.now()
	r.statuses[sha] = append(r.statuses[sha], s)
	g.emit("status", r, by, "", nil, func(v *view) obj { return v.statusEvent(r, sha, s) })
}

// latest lists the newest status of each context, by context.
func (r *repo) latest(sha string) []*status {
	last := map[string]*status{}
	for _, s := range r.statuses[sha] {
		last[s.Context] = s
	}
	var out []*status
	for _, c := range slices.Sorted(maps.Keys(last)) {
		out = append(out, last[c])
	}
	return out
}

// combined is GitHub's roll-up: failure if any failed, pending if any is pending or there is none, else success.
func combined(list []*status) string {
	state := "success"
	if len(list) == 0 {
		state = "pending"
	}
	for _, s := range list {
		switch s.State {
		case "error", "failure":
			return "failure"
		case "pending":
			state = "pending"
		}
	}
	return state
}

// SetStatus puts a commit status (error, failure, pending, success) on a commit.
func (g *GitHub) SetStatus(as, owner, repoName, sha, state, context, description string) {
	g.act(as, func(by *User) {
		g.setStatus(by, g.mustRepo(owner, repoName), sha, &status{State: state, Context: context, Description: description})
	})
}

// reviewDecision is what GraphQL calls so: the newest opinion of each reviewer with write.
func (g *GitHub) reviewDecision(i *issue) string {
	last := map[*User]string{}
	for _, v := range i.pull.reviews {
		if v.State != "COMMENTED" && g.may(v.author, i.repo, "write") {
			last[v.author] = v.State
		}
	}
	decision := ""
	for _, s := range last {
		switch {
		case s == "CHANGES_REQUESTED":
			return s
		case s == "APPROVED":
			decision = s
		}
	}
	return decision
}
