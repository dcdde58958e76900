package githubsim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxPullBody is in characters.
const maxPullBody = 65536

// pulled refuses an issue where a pull request is asked for.
func (c *call) pulled() *answer {
	if c.issue.pull == nil {
		return ptr(c.notFound())
	}
	return nil
}

// listPulls knows state, head (owner:branch), base, sort and direction.
func listPulls(c *call) answer {
	state := cmp.Or(c.query.Get("state"), "open")
	head, base := c.query.Get("head"), c.query.Get("base")
	var out []*issue
	for _, i := range c.repo.issues {
		if i = c.seen(i); i == nil || i.pull == nil || (state != "all" && i.State != state) {
			continue
		}
		p := i.pull
		if (base == "" || p.BaseRef == base) && (head == "" || head == p.HeadOwner+":"+p.HeadRef) {
			out = append(out, i)
		}
	}
	c.sortIssues(out)
	return paged(c, out, func(i *issue) obj { return c.pull(i, false) })
}

func getPull(c *call) answer {
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	a := c.ok(c.pull(c.issue, true))
	a.modified = &c.issue.updated
	return a
}

func createPull(c *call) answer {
	var in struct {
		Title string  `json:"title"`
		Body  *string `json:"body"`
		Head  string  `json:"head"`
		Base  string  `json:"base"`
		Draft bool    `json:"draft"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	_, branch, ok := strings.Cut(in.Head, ":")
	if !ok {
		branch = in.Head
	}
	switch {
	case in.Title == "":
		return c.failed("PullRequest", "title", "missing_field", "")
	case c.repo.branches[in.Base] == "":
		return c.failed("PullRequest", "base", "invalid", "")
	case c.repo.branches[branch] == "":
		return c.failed("PullRequest", "head", "invalid", "")
	case utf8.RuneCountInString(text(in.Body)) > maxPullBody:
		return c.failed("PullRequest", "body", "custom", "body is too long (maximum is 65536 characters)")
	case len(c.repo.between(c.repo.branches[in.Base], c.repo.branches[branch])) == 0:
		return c.failed("PullRequest", "base", "custom", "No commits between "+in.Base+" and "+in.Head)
	}
	i := c.g.newPull(c.viewer, c.repo, in.Title, in.Body, in.Base, in.Head)
	i.pull.Draft = in.Draft
	c.g.emitIssue(c.viewer, i, "opened", nil)
	return c.created(c.pull(i, true))
}

func patchPull(c *call) answer {
	var in struct {
		Title *string `json:"title"`
		Body  *string `json:"body"`
		State *string `json:"state"`
		Base  *string `json:"base"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	switch {
	case c.issue.author != c.viewer && !c.g.may(c.viewer, c.repo, "write"):
		return c.forbidden()
	case utf8.RuneCountInString(text(in.Body)) > maxPullBody:
		return c.failed("PullRequest", "body", "custom", "body is too long (maximum is 65536 characters)")
	case in.Base != nil && c.repo.branches[*in.Base] == "":
		return c.failed("PullRequest", "base", "invalid", "")
	case in.State != nil && *in.State != "open" && *in.State != "closed":
		return c.failed("PullRequest", "state", "invalid", "")
	}
	c.g.editIssue(c.viewer, c.issue, in.Title, in.Body)
	if in.Base != nil {
		c.g.rebase(c.viewer, c.issue, *in.Base)
	}
	if in.State != nil {
		c.g.setState(c.viewer, c.issue, *in.State, "")
	}
	return c.ok(c.pull(c.issue, true))
}

// rebase changes the branch that a pull request goes to.
func (g *GitHub) rebase(by *User, i *issue, base string) {
	p := i.pull
	if p.BaseRef == base {
		return
	}
	g.touch(i)
	changes := obj{"base": obj{"ref": obj{"from": p.BaseRef}, "sha": obj{"from": p.BaseSHA}}}
	p.BaseRef, p.BaseSHA, i.updated = base, i.repo.branches[base], g.now()
	g.emitIssue(by, i, "edited", obj{"changes": changes})
}

func listPullFiles(c *call) answer {
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	return paged(c, c.issue.files(), func(f fileChange) obj { return c.file(c.repo, c.issue.pull.HeadSHA, f) })
}

func listPullCommits(c *call) answer {
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	p := c.issue.pull
	return paged(c, c.repo.between(p.BaseSHA, p.HeadSHA), func(x *commit) obj { return c.view.commit(c.repo, x, false) })
}

// listPullComments has none to list: there are no comments on lines here.
func listPullComments(c *call) answer {
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	return c.ok([]obj{})
}

func listReviews(c *call) answer {
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	return paged(c, c.issue.pull.reviews, func(w *review) obj { return c.review(w, false) })
}

func createReview(c *call) answer {
	var in struct {
		Body  string `json:"body"`
		Event string `json:"event"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	state := map[string]string{"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}[in.Event]
	switch {
	case state == "":
		return c.unprocessable("event must be APPROVE, REQUEST_CHANGES or COMMENT: pending reviews are not kept here")
	case state != "COMMENTED" && c.issue.author == c.viewer:
		return c.unprocessable("Can not approve your own pull request")
	}
	return c.ok(c.review(c.g.newReview(c.viewer, c.issue, in.Body, state), false))
}

// updateReview changes the text of a review. Only its author may.
func updateReview(c *call) answer {
	var in struct {
		Body string `json:"body"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	for _, v := range c.issue.pull.reviews {
		switch {
		case itoa(v.ID) != c.path["review"]:
		case v.author != c.viewer:
			return c.unprocessable("Can not update a review of another user")
		default:
			c.g.editReview(c.viewer, v, in.Body)
			return c.ok(c.review(v, false))
		}
	}
	return c.notFound()
}

func checkMerged(c *call) answer {
	if bad := c.pulled(); bad != nil || !c.issue.pull.Merged {
		return c.notFound()
	}
	return c.noContent()
}

// mergePull merges by merge (default), squash or rebase. sha, if given, must be the head's.
func mergePull(c *call) answer {
	var in struct {
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
		SHA     string `json:"sha"`
		Method  string `json:"merge_method"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	if bad := c.pulled(); bad != nil {
		return *bad
	}
	switch {
	case !c.g.may(c.viewer, c.repo, "write"):
		return c.forbidden()
	case c.issue.State != "open":
		return answer{status: http.StatusMethodNotAllowed, body: brief("Pull Request is not mergeable")}
	case in.SHA != "" && in.SHA != c.issue.pull.HeadSHA:
		return answer{status: http.StatusConflict,
			body: brief("Head branch was modified. Review and try the merge again.")}
	}
	sha := c.g.merge(c.viewer, c.issue, cmp.Or(in.Method, "merge"), in.Title, in.Message)
	return c.ok(obj{"sha": sha, "merged": true, "message": "Pull Request successfully merged"})
}

// brief is an error without the status, as this route gives it.
func brief(text string) obj {
	return obj{"message": text, "documentation_url": docs + "/pulls/pulls#merge-a-pull-request"}
}

// listCommitPulls lists the pull requests that brought a commit, merged or still open.
func listCommitPulls(c *call) answer {
	x := c.repo.resolve(c.path["ref"])
	if x == nil {
		return c.unprocessable("No commit found for SHA: " + c.path["ref"])
	}
	var out []*issue
	for _, n := range slices.Sorted(slices.Values(x.pulls)) {
		if i := c.repo.issues[n]; i != nil {
			out = append(out, i)
		}
	}
	return paged(c, out, func(i *issue) obj { return c.pull(i, false) })
}
