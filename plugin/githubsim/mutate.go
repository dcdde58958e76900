package githubsim

import (
	"slices"
	"strings"
)

// The functions here change the world and emit the webhooks of the change. They check neither permissions nor sizes:
// that is done where people or requests come in. All want g.mu held.

// numbered takes the next number of the repository: issues and pull requests share them.
func (r *repo) numbered() int {
	r.lastNumber++
	return r.lastNumber
}

func (g *GitHub) newIssue(by *User, r *repo, title string, body *string, p *pull) *issue {
	i := &issue{ID: g.newID("issue"), repo: r, Title: title, Body: body, State: "open", author: by, pull: p,
		created: g.now(), updated: g.now(), via: g.appOf(by)}
	i.Number = r.numbered()
	r.issues[i.Number] = i
	g.remember(i)
	i.versions = []version{{at: g.now()}}
	return i
}

// emitIssue sends an issues or pull_request webhook. Labels, milestones and the like of pull requests raise pull_request
// events; milestoned and demilestoned raise issues events for both, as GitHub does.
func (g *GitHub) emitIssue(by *User, i *issue, action string, extra obj) {
	if i.pull == nil {
		g.emit("issues", i.repo, by, action, extra, func(v *view) obj { return obj{"issue": v.issue(i)} })
		return
	}
	g.emit("pull_request", i.repo, by, action, extra, func(v *view) obj {
		return obj{"number": i.Number, "pull_request": v.pull(i, true)}
	})
	if action == "milestoned" || action == "demilestoned" {
		g.emit("issues", i.repo, by, action, extra, func(v *view) obj { return obj{"issue": v.issue(i)} })
	}
}

func (g *GitHub) note(i *issue, e *event) {
	e.ID, e.at = g.newID("event"), g.now()
	i.events = append(i.events, e)
}

func (g *GitHub) newComment(by *User, i *issue, body string) *comment {
	g.touch(i)
	c := &comment{ID: g.newID("comment"), issue: i, author: by, Body: body, created: g.now(), updated: g.now(),
		via: g.appOf(by)}
	if g.opts.CommentTimesDrift {
		c.updated = c.created.Add(1e9)
	}
	if g.late != nil {
		c.listed = c.created.Add(g.late(by.Login, body))
	}
	i.comments = append(i.comments, c)
	i.updated = g.now()
	g.remember(c)
	g.emitComment(by, c, "created", nil)
	return c
}

func (g *GitHub) emitComment(by *User, c *comment, action string, extra obj) {
	g.emit("issue_comment", c.issue.repo, by, action, extra, func(v *view) obj {
		return obj{"issue": v.issue(c.issue), "comment": v.comment(c)}
	})
}

// editComment replaces the text. An edit to the same text changes nothing and raises no event.
func (g *GitHub) editComment(by *User, c *comment, body string) {
	if c.Body == body {
		return
	}
	g.touch(c.issue)
	if len(c.edits) == 0 {
		c.edits = append(c.edits, edit{ID: g.newID("edit"), at: c.created, editor: c.author, body: c.Body})
	}
	old := c.Body
	c.Body, c.updated = body, g.now()
	c.edits = append(c.edits, edit{ID: g.newID("edit"), at: g.now(), editor: by, body: body})
	if !g.opts.CommentEditKeepsIssueTime {
		c.issue.updated = g.now()
	}
	g.emitComment(by, c, "edited", obj{"changes": obj{"body": obj{"from": old}}})
}

// deleteComment leaves the issue's updated_at alone, as GitHub does.
func (g *GitHub) deleteComment(by *User, c *comment) {
	g.touch(c.issue)
	i := c.issue
	i.comments = slices.DeleteFunc(slices.Clone(i.comments), func(x *comment) bool { return x == c })
	if i.pinned == c {
		i.pinned = nil
	}
	g.note(i, &event{Kind: "comment_deleted", actor: by, assignee: c.author})
	g.emitComment(by, c, "deleted", nil)
	g.forget(c)
}

func (g *GitHub) addLabel(by *User, i *issue, l *label) {
	if slices.Contains(i.labels, l) {
		return
	}
	g.touch(i)
	i.labels = append(slices.Clone(i.labels), l)
	i.updated = g.now()
	g.note(i, &event{Kind: "labeled", actor: by, label: l})
	g.emitIssue(by, i, "labeled", obj{"label": l})
}

func (g *GitHub) removeLabel(by *User, i *issue, l *label) {
	if !slices.Contains(i.labels, l) {
		return
	}
	g.touch(i)
	i.labels = slices.DeleteFunc(slices.Clone(i.labels), func(x *label) bool { return x == l })
	i.updated = g.now()
	g.note(i, &event{Kind: "unlabeled", actor: by, label: l})
	g.emitIssue(by, i, "unlabeled", obj{"label": l})
}

// setLabels makes the labels of i exactly want, with one event for each change.
func (g *GitHub) setLabels(by *User, i *issue, want []*label) {
	for _, l := range slices.Clone(i.labels) {
		if !slices.Contains(want, l) {
			g.removeLabel(by, i, l)
		}
	}
	for _, l := range want {
		g.addLabel(by, i, l)
	}
}

// setMilestone moves i to m, nil: to none. The same milestone again raises no event.
func (g *GitHub) setMilestone(by *User, i *issue, m *milestone) {
	if i.milestone == m {
		return
	}
	g.touch(i)
	if old := i.milestone; old != nil {
		i.milestone = nil
		g.note(i, &event{Kind: "demilestoned", actor: by, stone: old.Title})
		g.emitIssue(by, i, "demilestoned", obj{"milestone": old})
	}
	i.milestone, i.updated = m, g.now()
	if m != nil {
		g.note(i, &event{Kind: "milestoned", actor: by, stone: m.Title})
		g.emitIssue(by, i, "milestoned", obj{"milestone": m})
	}
}

// setState closes or reopens. reason is completed, not_planned, duplicate or "".
func (g *GitHub) setState(by *User, i *issue, state, reason string) {
	if i.State == state {
		return
	}
	g.touch(i)
	i.State, i.updated = state, g.now()
	action := "reopened"
	if state == "closed" {
		action = "closed"
		if reason == "" {
			reason = "completed"
		}
		i.closed, i.closedBy, i.Reason = ptr(g.now()), by, reason
	} else {
		i.closed, i.closedBy, i.Reason = nil, nil, "reopened"
	}
	if i.pull != nil {
		i.Reason = ""
	}
	g.note(i, &event{Kind: action, actor: by, reason: i.Reason})
	g.emitIssue(by, i, action, nil)
}

// editIssue changes title and body; nil leaves a field as it is.
func (g *GitHub) editIssue(by *User, i *issue, title, body *string) {
	changes := obj{}
	g.touch(i)
	if title != nil && *title != i.Title {
		changes["title"] = obj{"from": i.Title}
		g.note(i, &event{Kind: "renamed", actor: by, from: i.Title, to: *title})
		i.Title = *title
	}
	if body != nil && *body != text(i.Body) {
		changes["body"] = obj{"from": text(i.Body)}
		i.Body = ptr(*body)
	}
	if len(changes) == 0 {
		return
	}
	i.updated = g.now()
	g.emitIssue(by, i, "edited", obj{"changes": changes})
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (g *GitHub) assign(by *User, i *issue, who *User) {
	if slices.Contains(i.assignees, who) {
		return
	}
	g.touch(i)
	i.assignees = append(slices.Clone(i.assignees), who)
	i.updated = g.now()
	g.note(i, &event{Kind: "assigned", actor: by, assignee: who})
	g.emitIssue(by, i, "assigned", obj{"assignee": who})
}

func (g *GitHub) unassign(by *User, i *issue, who *User) {
	if !slices.Contains(i.assignees, who) {
		return
	}
	g.touch(i)
	i.assignees = slices.DeleteFunc(slices.Clone(i.assignees), func(x *User) bool { return x == who })
	i.updated = g.now()
	g.note(i, &event{Kind: "unassigned", actor: by, assignee: who})
	g.emitIssue(by, i, "unassigned", obj{"assignee": who})
}

func (g *GitHub) setLocked(by *User, i *issue, locked bool, why string) {
	if i.Locked == locked {
		return
	}
	g.touch(i)
	i.Locked, i.lockWhy = locked, why
	kind := "unlocked"
	if locked {
		kind = "locked"
	}
	g.note(i, &event{Kind: kind, actor: by, reason: why})
	g.emitIssue(by, i, kind, nil)
}

// react adds a reaction and says whether it is new. Reactions raise no webhook and touch no time.
func (g *GitHub) react(by *User, i *issue, list *[]*reaction, content string) (*reaction, bool) {
	for _, x := range *list {
		if x.user == by && x.Content == content {
			return x, false
		}
	}
	g.touch(i)
	x := &reaction{ID: g.newID("reaction"), Content: content, user: by, created: g.now()}
	*list = append(slices.Clone(*list), x)
	return x, true
}

func (g *GitHub) deleteIssue(by *User, i *issue) {
	g.touch(i)
	delete(i.repo.issues, i.Number)
	i.repo.gone[i.Number] = ""
	g.emitIssue(by, i, "deleted", nil)
	g.forget(i)
	for _, c := range i.comments {
		g.forget(c)
	}
}

// transfer moves an issue to another repository: a new number and a new id there, comments with their ids, only the
// labels and the milestone that the target has by the same name.
func (g *GitHub) transfer(by *User, i *issue, to *repo) *issue {
	g.touch(i)
	from := i.repo
	n := g.newIssue(i.author, to, i.Title, i.Body, nil)
	n.created, n.State, n.Reason, n.closed, n.closedBy = i.created, i.State, i.Reason, i.closed, i.closedBy
	n.comments, n.assignees, n.reactions, n.pinned = i.comments, i.assignees, i.reactions, i.pinned
	for _, l := range i.labels {
		if same := to.label(l.Name); same != nil {
			n.labels = append(n.labels, same)
		}
	}
	if i.milestone != nil {
		n.milestone = to.milestoneTitled(i.milestone.Title)
	}
	delete(from.issues, i.Number)
	from.gone[i.Number] = "/repositories/" + itoa(to.ID) + "/issues/" + itoa(int64(n.Number))
	g.note(n, &event{Kind: "transferred", actor: by})
	g.emit("issues", from, by, "transferred", obj{"changes": changed(func(v *view) obj {
		return obj{"new_issue": v.issue(n), "new_repository": v.repo(to, false)}
	})}, func(v *view) obj { return obj{"issue": v.issue(i)} })
	for _, c := range n.comments {
		g.forget(c)
		c.issue = n
		g.remember(c)
	}
	g.forget(i)
	g.emit("issues", to, by, "opened", obj{"changes": changed(func(v *view) obj {
		return obj{"old_issue": v.issue(i), "old_repository": v.repo(from, false)}
	})}, func(v *view) obj { return obj{"issue": v.issue(n)} })
	return n
}

func (g *GitHub) deleteLabel(by *User, l *label) {
	r := l.repo
	r.labels = slices.DeleteFunc(slices.Clone(r.labels), func(x *label) bool { return x == l })
	for _, i := range r.issues {
		if slices.Contains(i.labels, l) {
			g.touch(i)
			i.labels = slices.DeleteFunc(slices.Clone(i.labels), func(x *label) bool { return x == l })
		}
	}
	g.emit("label", r, by, "deleted", nil, func(v *view) obj { return obj{"label": v.label(l)} })
}

func (g *GitHub) editLabel(by *User, l *label, name, color, description *string) {
	changes := obj{}
	set := func(field string, to *string, now *string) {
		if to != nil && *to != *now {
			changes[field] = obj{"from": *now}
			*now = *to
		}
	}
	set("name", name, &l.Name)
	if color != nil {
		color = ptr(strings.ToLower(*color))
	}
	set("color", color, &l.Color)
	set("description", description, &l.Description)
	if len(changes) > 0 {
		g.emit("label", l.repo, by, "edited", obj{"changes": changes}, func(v *view) obj { return obj{"label": v.label(l)} })
	}
}
