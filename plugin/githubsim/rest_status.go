package githubsim

import (
	"slices"
	"unicode/utf8"
)

// maxStatuses is for each commit and context, maxStatusText in characters.
const (
	maxStatuses   = 1000
	maxStatusText = 140
)

// getCombined rolls up the newest status of each context.
func getCombined(c *call) answer {
	x := c.repo.resolve(c.path["ref"])
	if x == nil {
		return c.notFound()
	}
	all := c.repo.latest(x.SHA)
	at := c.api + "/repos/" + c.repo.full() + "/commits/" + x.SHA
	return c.pageOf(len(all), func(from, to int) any {
		return obj{"state": combined(all), "sha": x.SHA, "total_count": len(all), "repository": c.view.repo(c.repo, false),
			"commit_url": at, "url": at + "/status",
			"statuses": list(all[from:to], func(s *status) obj { return c.view.status(c.repo, x.SHA, s, true) })}
	})
}

// listStatuses lists all, newest first.
func listStatuses(c *call) answer {
	x := c.repo.resolve(c.path["ref"])
	if x == nil {
		return c.notFound()
	}
	all := slices.Clone(c.repo.statuses[x.SHA])
	slices.Reverse(all)
	return paged(c, all, func(s *status) obj { return c.view.status(c.repo, x.SHA, s, false) })
}

// listCheckRuns has none to list: nothing here makes any.
func listCheckRuns(c *call) answer {
	if c.repo.resolve(c.path["ref"]) == nil {
		return c.notFound()
	}
	return c.ok(obj{"total_count": 0, "check_runs": []obj{}})
}

func createStatus(c *call) answer {
	var in struct {
		State       string `json:"state"`
		Target      string `json:"target_url"`
		Description string `json:"description"`
		Context     string `json:"context"`
	}
	if bad := c.decode(&in); bad != nil {
		return *bad
	}
	sha := c.path["sha"]
	if in.Context == "" {
		in.Context = "default"
	}
	same := 0
	for _, s := range c.repo.statuses[sha] {
		if s.Context == in.Context {
			same++
		}
	}
	switch {
	case !c.g.may(c.viewer, c.repo, "write"):
		return c.notFound()
	case c.repo.commits[sha] == nil:
		return c.unprocessable("No commit found for SHA: " + sha)
	case !slices.Contains([]string{"error", "failure", "pending", "success"}, in.State):
		return c.failed("Status", "state", "invalid", "")
	case utf8.RuneCountInString(in.Description) > maxStatusText:
		return c.failed("Status", "description", "custom", "description is too long (maximum is 140 characters)")
	case same >= maxStatuses:
		return c.failed("Status", "base", "custom", "This SHA and context has reached the maximum number of statuses.")
	}
	s := &status{State: in.State, Context: in.Context, Description: in.Description, Target: in.Target}
	c.g.setStatus(c.viewer, c.repo, sha, s)
	return c.created(c.view.status(c.repo, sha, s, false))
}
