package githubsim

import (
	"fmt"
	"io/fs"
	"slices"
	"time"
)

func (g *GitHub) seedIssues(dir fs.FS, file, owner, name string) error {
	var in struct {
		Issues []seedIssue `json:"issues"`
	}
	if err := readSeed(dir, file, &in); err != nil {
		return err
	}
	for k, x := range in.Issues {
		field := fmt.Sprintf("%s: issues[%d]", file, k)
		if err := g.checkSeedIssue(field, owner, name, x); err != nil {
			return err
		}
		g.seedIssue(owner, name, x)
	}
	return nil
}

func (g *GitHub) checkSeedIssue(field, owner, name string, x seedIssue) error {
	if x.Title == "" {
		return fmt.Errorf("%s.title is empty", field)
	}
	if x.State != "" && x.State != "open" && x.State != "closed" {
		return fmt.Errorf("%s.state: %q is neither open nor closed", field, x.State)
	}
	if err := g.known(field+".as", x.As); err != nil {
		return err
	}
	if err := g.known(field+".assignees", x.Assignees...); err != nil {
		return err
	}
	g.mu.Lock()
	r := g.mustRepo(owner, name)
	labels, stones := slices.Clone(r.labels), slices.Clone(r.milestones)
	g.mu.Unlock()
	have := repo{labels: labels, milestones: stones}
	for _, l := range x.Labels {
		if have.label(l) == nil {
			return fmt.Errorf("%s.labels: no label %q in repo.yaml", field, l)
		}
	}
	if x.Milestone != "" && have.milestoneTitled(x.Milestone) == nil {
		return fmt.Errorf("%s.milestone: no milestone %q in repo.yaml", field, x.Milestone)
	}
	for k, c := range x.Comments {
		at := fmt.Sprintf("%s.comments[%d]", field, k)
		if err := g.known(at+".as", c.As); err != nil {
			return err
		}
		if c.Body == "" {
			return fmt.Errorf("%s.body is empty", at)
		}
		for content, logins := range c.Reactions {
			if !slices.Contains(reactionKinds, content) {
				return fmt.Errorf("%s.reactions: unknown reaction %q", at, content)
			}
			if err := g.known(at+".reactions", logins...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *GitHub) seedIssue(owner, name string, x seedIssue) {
	var n int
	if x.Pull != nil {
		n = g.OpenPull(x.As, owner, name, x.Title, x.Body, x.Pull.Base, x.Pull.Head)
		g.Label(x.As, owner, name, n, x.Labels...)
	} else {
		n = g.OpenIssue(x.As, owner, name, x.Title, x.Body, x.Labels...)
	}
	if x.Milestone != "" {
		g.SetMilestone(x.As, owner, name, n, x.Milestone)
	}
	for _, a := range x.Assignees {
		g.Assign(x.As, owner, name, n, a)
	}
	for _, c := range x.Comments {
		id := g.Comment(c.As, owner, name, n, c.Body)
		for _, content := range reactionKinds {
			for _, login := range c.Reactions[content] {
				_ = g.React(login, owner, name, id, content)
			}
		}
		g.backdate(owner, name, n, func(i *issue) {
			if y := i.comment(id); c.At != nil {
				y.created, y.updated = whole(c.At), whole(c.At)
			}
		})
	}
	if x.State == "closed" {
		g.Close(x.As, owner, name, n, x.Reason)
	}
	g.backdate(owner, name, n, func(i *issue) {
		if x.At == nil {
			return
		}
		i.created, i.updated = whole(x.At), whole(x.At)
		for _, y := range i.comments {
			if y.updated.After(i.updated) {
				i.updated = y.updated
			}
		}
		for _, e := range i.events {
			e.at = i.created
		}
		if i.closed != nil {
			i.closed = ptr(i.updated)
		}
	})
}

func whole(t *time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (g *GitHub) backdate(owner, name string, n int, f func(*issue)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(g.mustIssue(owner, name, n))
}
