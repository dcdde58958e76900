package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxComment is the most bytes of a comment. GitHub's message names 65,536 characters, the worst case of four bytes each.
const maxComment = 262144

const tooLong = "Body is too long (maximum is 65536 characters)"

// findComment finds the comment that the path names. A lagging read sees the comments of the issue as it was.
func (c *call) findComment() (*comment, *answer) {
	id, err := strconv.ParseInt(c.path["id"], 10, 64)
	if x, ok := c.g.nodes[nodeID("IC", c.repo.ID, id)].(*comment); ok && err == nil && c.lag == 0 {
		return x, nil
	}
	if err == nil && c.lag > 0 {
		for _, i := range c.repo.issues {
			if i = c.seen(i); i == nil {
				continue
			}
			if x := i.comment(id); x != nil {
				return x, nil
			}
		}
	}
	return nil, ptr(c.notFound())
}

// readBody checks the body of a comment to be written.
func (c *call) readBody() (string, *answer) {
	var in struct {
		Body *string `json:"body"`
	}
	if bad := c.decode(&in); bad != nil {
		return "", bad
	}
	switch {
	case in.Body == nil || *in.Body == "":
		return "", ptr(c.failed("IssueComment", "data", "unprocessable", "Body cannot be blank"))
	case len(*in.Body) > c.g.maxBody:
		return "", ptr(c.failed("IssueComment", "data", "unprocessable", tooLong))
	}
	return *in.Body, nil
}

func createComment(c *call) answer {
	if c.issue.Locked && !c.g.may(c.viewer, c.repo, "write") {
		return answer{status: http.StatusForbidden, body: message(403, "Unable to create comment because issue is locked.", docs)}
	}
	body, bad := c.readBody()
	if bad != nil {
		return *bad
	}
	x := c.g.newComment(c.viewer, c.issue, body)
	a := c.created(c.comment(x))
	a.header = http.Header{"Location": {c.api + "/repos/" + c.repo.full() + "/issues/comments/" + itoa(x.ID)}}
	return a
}

func getComment(c *call) answer {
	x, bad := c.findComment()
	if bad != nil {
		return *bad
	}
	a := c.ok(c.comment(x))
	a.modified = &x.updated
	return a
}

// change finds a comment that the asker may change: its author, and whoever has write.
func (c *call) change() (*comment, *answer) {
	x, bad := c.findComment()
	if bad != nil {
		return nil, bad
	}
	if x.author != c.viewer && !c.g.may(c.viewer, c.repo, "write") {
		return nil, ptr(c.forbidden())
	}
	return x, nil
}

func patchComment(c *call) answer {
	x, bad := c.change()
	if bad != nil {
		return *bad
	}
	body, bad := c.readBody()
	switch {
	case bad != nil && c.g.dropLong && bad.status == http.StatusUnprocessableEntity:
		return c.ok(c.comment(x))
	case bad != nil:
		return *bad
	}
	c.g.editComment(c.viewer, x, body)
	return c.ok(c.comment(x))
}

func deleteComment(c *call) answer {
	x, bad := c.change()
	if bad != nil {
		return *bad
	}
	c.g.deleteComment(c.viewer, x)
	return c.noContent()
}

// pinComment puts a comment at the top; an issue has one pinned comment.
func pinComment(c *call) answer {
	x, bad := c.findComment()
	if bad != nil {
		return *bad
	}
	if !c.g.may(c.viewer, c.repo, "triage") {
		return c.forbidden()
	}
	c.g.touch(x.issue)
	if old := x.issue.pinned; old != nil && old != x {
		old.pinnedBy = nil
	}
	x.issue.pinned, x.pinnedBy, x.pinnedAt = x, c.viewer, c.g.now()
	c.g.emitComment(c.viewer, x, "pinned", nil)
	return c.ok(c.comment(x))
}

func unpinComment(c *call) answer {
	x, bad := c.findComment()
	if bad != nil {
		return *bad
	}
	if !c.g.may(c.viewer, c.repo, "triage") {
		return c.forbidden()
	}
	if x.issue.pinned == x {
		c.g.touch(x.issue)
		x.issue.pinned, x.pinnedBy = nil, nil
		c.g.emitComment(c.viewer, x, "unpinned", nil)
	}
	return c.noContent()
}

// since is the query's since, zero when there is none; wrong text is a 422.
func (c *call) since() (time.Time, *answer) {
	s := c.query.Get("since")
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, ptr(c.unprocessable("since is not a valid date-time"))
	}
	return t, nil
}

// listComments lists by ascending id. since is "updated at or after".
func listComments(c *call) answer {
	t, bad := c.since()
	if bad != nil {
		return *bad
	}
	out := slices.DeleteFunc(slices.Clone(c.issue.comments), func(x *comment) bool { return x.updated.Before(t) || c.g.unlisted(x) })
	return paged(c, out, c.comment)
}

// listRepoComments lists the comments of all issues; sort is created or updated, direction counts only with sort.
func listRepoComments(c *call) answer {
	t, bad := c.since()
	if bad != nil {
		return *bad
	}
	var out []*comment
	for _, i := range c.repo.issues {
		if i = c.seen(i); i == nil {
			continue
		}
		for _, x := range i.comments {
			if !x.updated.Before(t) && !c.g.unlisted(x) {
				out = append(out, x)
			}
		}
	}
	order := c.query.Get("sort")
	slices.SortFunc(out, func(a, b *comment) int {
		by := cmp.Compare(a.ID, b.ID)
		if order == "updated" {
			by = cmp.Or(a.updated.Compare(b.updated), by)
		}
		if order != "" && c.query.Get("direction") == "desc" {
			return -by
		}
		return by
	})
	return paged(c, out, c.comment)
}

func listCommentReactions(c *call) answer {
	x, bad := c.findComment()
	if bad != nil {
		return *bad
	}
	return c.listReactions(x.reactions)
}

func (c *call) listReactions(all []*reaction) answer {
	kind := c.query.Get("content")
	out := slices.DeleteFunc(slices.Clone(all), func(x *reaction) bool { return kind != "" && x.Content != kind })
	return paged(c, out, c.reaction)
}

func createCommentReaction(c *call) answer {
	x, bad := c.findComment()
	if bad != nil {
		return *bad
	}
	return c.createReaction(x.issue, &x.reactions)
}

// createReaction answers 201 for a new reaction and 200 for one that was there.
func (c *call) createReaction(i *issue, all *[]*reaction) answer {
	var in struct {
		Content string `json:"content"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if !slices.Contains(reactionKinds, in.Content) {
		return c.failed("Reaction", "content", "invalid", "")
	}
	x, isNew := c.g.react(c.viewer, i, all, in.Content)
	if isNew {
		return c.created(c.reaction(x))
	}
	return c.ok(c.reaction(x))
}

func deleteCommentReaction(c *call) answer {
	x, bad := c.findComment()
	if bad != nil {
		return *bad
	}
	for _, y := range x.reactions {
		if itoa(y.ID) == c.path["reaction"] && y.user == c.viewer {
			c.g.touch(x.issue)
			x.reactions = slices.DeleteFunc(slices.Clone(x.reactions), func(z *reaction) bool { return z == y })
			return c.noContent()
		}
	}
	return c.notFound()
}

func listIssueReactions(c *call) answer  { return c.listReactions(c.issue.reactions) }
func createIssueReaction(c *call) answer { return c.createReaction(c.issue, &c.issue.reactions) }
