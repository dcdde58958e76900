package githubsim

import (
	"slices"
	"time"
)

func (g *GitHub) emitMilestone(by *User, m *milestone, action string, extra obj) {
	g.emit("milestone", m.repo, by, action, extra, func(v *view) obj { return obj{"milestone": v.milestone(m)} })
}

func (g *GitHub) milestoneState(by *User, m *milestone, state string) {
	if m.State == state {
		return
	}
	m.State, m.updated, m.closed = state, g.now(), nil
	action := "opened"
	if state == "closed" {
		m.closed, action = ptr(g.now()), "closed"
	}
	g.emitMilestone(by, m, action, nil)
}

// editMilestone changes title, description and due date; nil leaves a field as it is, a pointer to nil clears it.
func (g *GitHub) editMilestone(by *User, m *milestone, title *string, description **string, due **time.Time) {
	changes := obj{}
	if title != nil && *title != m.Title {
		changes["title"] = obj{"from": m.Title}
		m.Title = *title
	}
	if description != nil && text(*description) != text(m.Description) {
		changes["description"] = obj{"from": text(m.Description)}
		m.Description = *description
	}
	if due != nil && !sameTime(*due, m.Due) {
		from := ""
		if m.Due != nil {
			from = m.Due.Format(time.RFC3339)
		}
		changes["due_on"] = obj{"from": from}
		m.Due = *due
	}
	if len(changes) > 0 {
		m.updated = g.now()
		g.emitMilestone(by, m, "edited", obj{"changes": changes})
	}
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

func (g *GitHub) deleteMilestone(by *User, m *milestone) {
	for _, i := range m.repo.issues {
		if i.milestone == m {
			g.touch(i)
			i.milestone = nil
		}
	}
	m.repo.milestones = slices.DeleteFunc(slices.Clone(m.repo.milestones), func(x *milestone) bool { return x == m })
	g.emitMilestone(by, m, "deleted", nil)
}

// RenameMilestone changes a milestone's title.
func (g *GitHub) RenameMilestone(as, owner, repoName, from, to string) {
	g.act(as, func(by *User) {
		m := g.mustRepo(owner, repoName).milestoneTitled(from)
		if m == nil {
			panic("githubsim: no milestone " + from)
		}
		g.editMilestone(by, m, &to, nil, nil)
	})
}
