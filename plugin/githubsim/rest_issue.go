package githubsim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// maxTitle is in characters, maxIssueBody in bytes as for comments, maxLabels counts the labels of one issue.
const (
	maxTitle     = 256
	maxIssueBody = 262144
	maxLabels    = 100
)

func getIssue(c *call) answer {
	a := c.ok(c.view.issue(c.issue))
	a.modified = &c.issue.updated
	return a
}

// getMovedIssue follows the address that a transferred issue redirects to.
func getMovedIssue(c *call) answer {
	for _, r := range c.g.repos {
		if itoa(r.ID) == c.path["repository"] && c.g.role(c.viewer, r) != "none" {
			if i := r.issues[number(c.path["num"], 0)]; i != nil {
				return c.ok(c.view.issue(i))
			}
		}
	}
	return c.notFound()
}

// labelNames reads labels as names or as objects with a name, as GitHub takes both.
func labelNames(raw []json.RawMessage) (out []string) {
	for _, x := range raw {
		var s string
		var o struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(x, &s) != nil && json.Unmarshal(x, &o) == nil {
			s = o.Name
		}
		out = append(out, s)
	}
	return out
}

type issueInput struct {
	Title     *string           `json:"title"`
	Body      *string           `json:"body"`
	State     *string           `json:"state"`
	Reason    *string           `json:"state_reason"`
	Labels    []json.RawMessage `json:"labels"`
	Milestone json.RawMessage   `json:"milestone"`
	Assignees []string          `json:"assignees"`
	Assignee  *string           `json:"assignee"`
}

// createIssue drops labels, milestone and assignees without a word when the asker may not set them.
func createIssue(c *call) answer {
	var in issueInput
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	switch {
	case in.Title == nil || *in.Title == "":
		return c.failed("Issue", "title", "missing_field", "")
	case utf8.RuneCountInString(*in.Title) > maxTitle:
		return c.failed("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	case len(text(in.Body)) > maxIssueBody:
		return c.failed("Issue", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	var labels []*label
	var stone *milestone
	var people []*User
	if c.g.may(c.viewer, c.repo, "triage") {
		var bad *answer
		if labels, bad = c.labelsFor(nil, labelNames(in.Labels)); bad != nil {
			return *bad
		}
		if stone, bad = c.milestoneFor(in.Milestone); bad != nil {
			return *bad
		}
		people = c.assignable(in.Assignees)
	}
	i := c.g.newIssue(c.viewer, c.repo, *in.Title, in.Body, nil)
	i.milestone, i.assignees = stone, people
	if stone != nil {
		c.g.note(i, &event{Kind: "milestoned", actor: c.viewer, stone: stone.Title})
	}
	c.g.openWith(c.viewer, i, labels)
	if stone != nil {
		c.g.emitIssue(c.viewer, i, "milestoned", obj{"milestone": stone})
	}
	for _, u := range people {
		c.g.emitIssue(c.viewer, i, "assigned", obj{"assignee": u})
	}
	a := c.created(c.view.issue(i))
	a.header = http.Header{"Location": {c.issueURL(i)}}
	return a
}

// milestoneFor reads a milestone's number, or null for none.
func (c *call) milestoneFor(raw json.RawMessage) (*milestone, *answer) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	n, err := strconv.Atoi(string(raw))
	if m := c.repo.milestone(n); err == nil && m != nil {
		return m, nil
	}
	return nil, ptr(c.failed("Issue", "milestone", "invalid", ""))
}

// assignable drops who cannot be assigned, as GitHub does: not a collaborator nor a member.
func (c *call) assignable(logins []string) (out []*User) {
	for _, name := range logins {
		if u := c.g.users[key(name)]; u != nil && c.g.canAssign(u, c.repo) && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

func (g *GitHub) canAssign(u *User, r *repo) bool {
	return r.org.members[key(u.Login)] != "" || levels[r.perms[key(u.Login)]] > 0
}

// patchIssue changes what the asker may change. Title, body and state are the author's and the writers'; labels, milestone
// and assignees without the right are dropped silently with 200. A body over the limit is kept as it was, silently.
func patchIssue(c *call) answer {
	var in issueInput
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	author := c.issue.author == c.viewer
	write, triage := c.g.may(c.viewer, c.repo, "write"), c.g.may(c.viewer, c.repo, "triage")
	words, state := in.Title != nil || in.Body != nil, in.State != nil
	switch {
	case words && !author && !write, state && !author && !triage:
		return c.forbidden()
	case !words && !state && !author && !triage:
		return c.forbidden()
	case in.Title != nil && *in.Title == "":
		return c.failed("Issue", "title", "missing_field", "")
	case in.Title != nil && utf8.RuneCountInString(*in.Title) > maxTitle:
		return c.failed("Issue", "title", "custom", "title is too long (maximum is 256 characters)")
	case state && *in.State != "open" && *in.State != "closed":
		return c.failed("Issue", "state", "invalid", "")
	}
	if triage && !c.dropped() {
		if bad := c.patchSidebar(&in); bad != nil {
			return *bad
		}
	}
	if len(text(in.Body)) > maxIssueBody {
		in.Body = nil
	}
	c.g.editIssue(c.viewer, c.issue, in.Title, in.Body)
	if state {
		c.g.setState(c.viewer, c.issue, *in.State, text(in.Reason))
	}
	return c.ok(c.view.issue(c.issue))
}

func (c *call) patchSidebar(in *issueInput) *answer {
	var labels []*label
	var bad *answer
	if in.Labels != nil {
		if labels, bad = c.labelsFor(nil, labelNames(in.Labels)); bad != nil {
			return bad
		}
	}
	stone, bad := c.milestoneFor(in.Milestone)
	if bad != nil {
		return bad
	}
	if in.Labels != nil {
		c.g.setLabels(c.viewer, c.issue, labels)
	}
	if len(in.Milestone) > 0 {
		c.g.setMilestone(c.viewer, c.issue, stone)
	}
	if in.Assignees != nil {
		want := c.assignable(in.Assignees)
		for _, u := range slices.Clone(c.issue.assignees) {
			if !slices.Contains(want, u) {
				c.g.unassign(c.viewer, c.issue, u)
			}
		}
		for _, u := range want {
			c.g.assign(c.viewer, c.issue, u)
		}
	}
	return nil
}

func (c *call) readAssignees() ([]*User, *answer) {
	var in struct {
		Assignees []string `json:"assignees"`
	}
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	if !c.g.may(c.viewer, c.repo, "triage") {
		return nil, ptr(c.forbidden())
	}
	return c.assignable(in.Assignees), nil
}

func addAssignees(c *call) answer {
	people, bad := c.readAssignees()
	if bad != nil {
		return *bad
	}
	for _, u := range people {
		c.g.assign(c.viewer, c.issue, u)
	}
	return c.created(c.view.issue(c.issue))
}

func removeAssignees(c *call) answer {
	people, bad := c.readAssignees()
	if bad != nil {
		return *bad
	}
	for _, u := range people {
		c.g.unassign(c.viewer, c.issue, u)
	}
	return c.ok(c.view.issue(c.issue))
}

func (c *call) lock(locked bool) answer {
	var in struct {
		Reason string `json:"lock_reason"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if !c.g.may(c.viewer, c.repo, "write") {
		return c.forbidden()
	}
	c.g.setLocked(c.viewer, c.issue, locked, in.Reason)
	return c.noContent()
}

func lockIssue(c *call) answer   { return c.lock(true) }
func unlockIssue(c *call) answer { return c.lock(false) }

func listEvents(c *call) answer {
	return paged(c, c.issue.shown(), func(e *event) obj {
		o := c.event(c.issue, e)
		delete(o, "state_reason") // only the timeline's description has it
		return o
	})
}

// shown are the events that GitHub lists: a deleted comment and a review are only in the timeline.
func (i *issue) shown() []*event {
	return slices.DeleteFunc(slices.Clone(i.events), func(e *event) bool {
		return e.Kind == "comment_deleted" || e.Kind == "reviewed"
	})
}

// listRepoEvents lists the events of all issues, newest first.
func listRepoEvents(c *call) answer {
	type pair struct {
		i *issue
		e *event
	}
	var all []pair
	for _, i := range c.repo.issues {
		for _, e := range i.shown() {
			all = append(all, pair{i, e})
		}
	}
	slices.SortFunc(all, func(a, b pair) int { return int(b.e.ID - a.e.ID) })
	return paged(c, all, func(p pair) obj {
		return merge(c.event(p.i, p.e), obj{"issue": c.view.issue(p.i)})
	})
}

// listTimeline is events, comments, reviews and, first, the commits of a pull request, by time.
func listTimeline(c *call) answer {
	type entry struct {
		at   int64
		body obj
	}
	var all []entry
	i := c.issue
	if i.pull != nil {
		for _, x := range i.repo.between(i.pull.BaseSHA, i.pull.HeadSHA) {
			all = append(all, entry{i.created.Unix(), c.timelineCommit(x)})
		}
	}
	for _, e := range i.events {
		body := c.event(i, e)
		delete(body, "assigner")
		if e.Kind == "reviewed" {
			body = merge(c.review(e.review, true), obj{"event": "reviewed"})
		}
		all = append(all, entry{e.at.Unix(), body})
	}
	for _, x := range i.comments {
		all = append(all, entry{x.created.Unix(), c.timelineComment(x)})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return int(a.at - b.at) })
	return paged(c, all, func(e entry) obj { return e.body })
}

func (c *call) timelineCommit(x *commit) obj {
	full := c.commit(c.repo, x, false)
	git := full["commit"].(obj)
	return obj{"event": "committed", "sha": x.SHA, "node_id": full["node_id"], "url": git["url"],
		"html_url": full["html_url"], "author": git["author"], "committer": git["committer"], "tree": git["tree"],
		"message": x.Message, "parents": full["parents"], "verification": unsigned}
}
