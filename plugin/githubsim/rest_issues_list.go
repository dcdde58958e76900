package githubsim

import (
	"cmp"
	"slices"
	"strings"
)

// listIssues lists issues and pull requests alike. What does not exist yet for a lagging read is absent.
func listIssues(c *call) answer {
	t, bad := c.since()
	if bad != nil {
		return *bad
	}
	keep, bad := c.issueFilter()
	if bad != nil {
		return *bad
	}
	var out []*issue
	for _, i := range c.repo.issues {
		if i = c.seen(i); i != nil && !i.updated.Before(t) && keep(i) {
			out = append(out, i)
		}
	}
	c.sortIssues(out)
	return paged(c, out, c.view.issue)
}

// issueFilter reads state, labels (all of them), milestone (number, none, *), creator, assignee (login, none, *).
func (c *call) issueFilter() (func(*issue) bool, *answer) {
	q := c.query
	state := cmp.Or(q.Get("state"), "open")
	stone, creator, assignee := q.Get("milestone"), q.Get("creator"), q.Get("assignee")
	switch stone {
	case "", "none", "*":
	default:
		if c.repo.milestone(number(stone, 0)) == nil {
			return nil, ptr(c.failed("Issue", "milestone", "invalid", ""))
		}
	}
	var labels []string
	if s := q.Get("labels"); s != "" {
		labels = strings.Split(s, ",")
	}
	return func(i *issue) bool {
		if state != "all" && i.State != state {
			return false
		}
		for _, name := range labels {
			if !i.has(name) {
				return false
			}
		}
		return (creator == "" || strings.EqualFold(i.author.Login, creator)) && i.inMilestone(stone) && i.assignedTo(assignee)
	}, nil
}

func (i *issue) has(name string) bool {
	return slices.ContainsFunc(i.labels, func(l *label) bool { return strings.EqualFold(l.Name, name) })
}

func (i *issue) inMilestone(want string) bool {
	switch want {
	case "":
		return true
	case "none":
		return i.milestone == nil
	case "*":
		return i.milestone != nil
	}
	return i.milestone != nil && itoa(int64(i.milestone.Number)) == want
}

func (i *issue) assignedTo(want string) bool {
	switch want {
	case "":
		return true
	case "none":
		return len(i.assignees) == 0
	case "*":
		return len(i.assignees) > 0
	}
	return slices.ContainsFunc(i.assignees, func(u *User) bool { return strings.EqualFold(u.Login, want) })
}

// sortIssues sorts by created (default), updated or comments, newest or most first unless direction is asc.
func (c *call) sortIssues(out []*issue) {
	slices.SortFunc(out, func(a, b *issue) int {
		by := 0
		switch c.query.Get("sort") {
		case "updated":
			by = a.updated.Compare(b.updated)
		case "comments":
			by = cmp.Compare(len(a.comments), len(b.comments))
		default:
			by = a.created.Compare(b.created)
		}
		by = cmp.Or(by, cmp.Compare(a.Number, b.Number))
		if c.query.Get("direction") == "asc" {
			return by
		}
		return -by
	})
}

func listAssignees(c *call) answer {
	var out []*User
	for _, u := range c.g.users {
		if c.g.canAssign(u, c.repo) {
			out = append(out, u)
		}
	}
	byID(out)
	return paged(c, out, c.userObj)
}

func byID(users []*User) {
	slices.SortFunc(users, func(a, b *User) int { return cmp.Compare(a.ID, b.ID) })
}

func checkAssignee(c *call) answer {
	if u := c.g.users[key(c.path["login"])]; u != nil && c.g.canAssign(u, c.repo) {
		return c.noContent()
	}
	return c.notFound()
}
