package githubsim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// listMilestones lists open ones unless state says otherwise; sort is due_on (default) or completeness.
func listMilestones(c *call) answer {
	state := cmp.Or(c.query.Get("state"), "open")
	out := slices.DeleteFunc(slices.Clone(c.repo.milestones), func(m *milestone) bool {
		return state != "all" && m.State != state
	})
	slices.SortStableFunc(out, func(a, b *milestone) int {
		by := 0
		switch {
		case a.Due == nil && b.Due == nil:
		case a.Due == nil:
			return 1
		case b.Due == nil:
			return -1
		default:
			by = a.Due.Compare(*b.Due)
		}
		if by = cmp.Or(by, cmp.Compare(a.Number, b.Number)); c.query.Get("direction") == "desc" {
			return -by
		}
		return by
	})
	return paged(c, out, c.milestone)
}

type milestoneInput struct {
	Title       *string         `json:"title"`
	State       *string         `json:"state"`
	Description json.RawMessage `json:"description"`
	Due         json.RawMessage `json:"due_on"`
}

// parts reads description and due date: nil when not given, a pointer to nil for null.
func (in *milestoneInput) parts() (description **string, due **time.Time, err error) {
	if len(in.Description) > 0 {
		description = new(*string)
		if err := json.Unmarshal(in.Description, description); err != nil {
			return nil, nil, err
		}
	}
	if len(in.Due) > 0 {
		due = new(*time.Time)
		if err := json.Unmarshal(in.Due, due); err != nil {
			return nil, nil, err
		}
	}
	return description, due, nil
}

// milestone applies the input to m; nil m makes one. A title in use is refused.
func (c *call) writeMilestone(m *milestone) (*milestone, *answer) {
	var in milestoneInput
	if bad := c.decode(&in); bad != nil {
		return nil, bad
	}
	description, due, err := in.parts()
	switch {
	case !c.g.may(c.viewer, c.repo, "write"):
		return nil, ptr(c.forbidden())
	case err != nil:
		return nil, ptr(c.failed("Milestone", "due_on", "invalid", ""))
	case m == nil && text(in.Title) == "", in.Title != nil && *in.Title == "":
		return nil, ptr(c.failed("Milestone", "title", "missing_field", ""))
	case in.State != nil && *in.State != "open" && *in.State != "closed":
		return nil, ptr(c.failed("Milestone", "state", "invalid", ""))
	}
	if in.Title != nil {
		if other := c.repo.milestoneTitled(*in.Title); other != nil && other != m {
			return nil, ptr(c.failed("Milestone", "title", "already_exists", ""))
		}
	}
	if m == nil {
		m = c.g.newMilestone(c.viewer, c.repo, *in.Title)
		if description != nil {
			m.Description = *description
		}
		if due != nil {
			m.Due = *due
		}
		c.g.emitMilestone(c.viewer, m, "created", nil)
	} else {
		c.g.editMilestone(c.viewer, m, in.Title, description, due)
	}
	if in.State != nil {
		c.g.milestoneState(c.viewer, m, *in.State)
	}
	return m, nil
}

func createMilestone(c *call) answer {
	m, bad := c.writeMilestone(nil)
	if bad != nil {
		return *bad
	}
	return c.created(c.view.milestone(m))
}

func (c *call) findMilestone() (*milestone, *answer) {
	n, err := strconv.Atoi(c.path["milestone"])
	if m := c.repo.milestone(n); err == nil && m != nil {
		return m, nil
	}
	return nil, ptr(c.notFound())
}

func getMilestone(c *call) answer {
	m, bad := c.findMilestone()
	if bad != nil {
		return *bad
	}
	return c.ok(c.view.milestone(m))
}

func patchMilestone(c *call) answer {
	m, bad := c.findMilestone()
	if bad == nil {
		m, bad = c.writeMilestone(m)
	}
	if bad != nil {
		return *bad
	}
	return c.ok(c.view.milestone(m))
}

func removeMilestone(c *call) answer {
	m, bad := c.findMilestone()
	if bad != nil {
		return *bad
	}
	if !c.g.may(c.viewer, c.repo, "write") {
		return c.forbidden()
	}
	c.g.deleteMilestone(c.viewer, m)
	return c.noContent()
}
