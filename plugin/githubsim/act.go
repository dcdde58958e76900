package githubsim

import (
	"fmt"
	"slices"
	"time"
)

// act runs f with the lock held, as login, then lets the webhooks go.
func (g *GitHub) act(login string, f func(by *User)) {
	func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		f(g.mustUser(login))
	}()
	g.deliver()
}

// OpenIssue opens an issue and gives back its number. Labels must be in the repository.
func (g *GitHub) OpenIssue(as, owner, repoName, title, body string, labels ...string) (number int) {
	g.act(as, func(by *User) {
		r := g.mustRepo(owner, repoName)
		i := g.newIssue(by, r, title, &body, nil)
		g.openWith(by, i, mustLabels(r, labels))
		number = i.Number
	})
	return number
}

// openWith sends opened, and labeled for each label, as GitHub does for labels chosen in the form.
func (g *GitHub) openWith(by *User, i *issue, labels []*label) {
	i.labels = slices.Clone(labels)
	for _, l := range labels {
		g.note(i, &event{Kind: "labeled", actor: by, label: l})
	}
	g.emitIssue(by, i, "opened", nil)
	for _, l := range labels {
		g.emitIssue(by, i, "labeled", obj{"label": l})
	}
}

func mustLabels(r *repo, names []string) (out []*label) {
	for _, n := range names {
		l := r.label(n)
		if l == nil {
			panic(fmt.Sprintf("githubsim: no label %q in %s", n, r.full()))
		}
		out = append(out, l)
	}
	return out
}

// Comment writes a comment and gives back its id.
func (g *GitHub) Comment(as, owner, repoName string, number int, body string) (id int64) {
	g.act(as, func(by *User) { id = g.newComment(by, g.mustIssue(owner, repoName, number), body).ID })
	return id
}

// EditComment replaces the text of a comment; the error says that there is none, or that the person may not.
func (g *GitHub) EditComment(as, owner, repoName string, id int64, body string) error {
	return g.onComment(as, owner, repoName, id, func(by *User, c *comment) { g.editComment(by, c, body) })
}

// DeleteComment removes a comment; the error says that there is none, or that the person may not.
func (g *GitHub) DeleteComment(as, owner, repoName string, id int64) error {
	return g.onComment(as, owner, repoName, id, g.deleteComment)
}

func (g *GitHub) onComment(as, owner, repoName string, id int64, f func(*User, *comment)) (err error) {
	g.act(as, func(by *User) {
		r := g.mustRepo(owner, repoName)
		c := r.comment(id)
		switch {
		case c == nil:
			err = fmt.Errorf("githubsim: no comment %d in %s", id, r.full())
		case c.author != by && !g.may(by, r, "write"):
			err = fmt.Errorf("githubsim: %s may not change the comment of %s", as, c.author.Login)
		default:
			f(by, c)
		}
	})
	return err
}

func (r *repo) comment(id int64) *comment {
	for _, i := range r.issues {
		if c := i.comment(id); c != nil {
			return c
		}
	}
	return nil
}

func (g *GitHub) onIssue(as, owner, repoName string, number int, f func(*User, *issue)) {
	g.act(as, func(by *User) { f(by, g.mustIssue(owner, repoName, number)) })
}

// React puts a reaction (+1, -1, laugh, confused, heart, hooray, rocket, eyes) on a comment. No webhook is sent.
func (g *GitHub) React(as, owner, repoName string, id int64, content string) error {
	var err error
	g.act(as, func(by *User) {
		c := g.mustRepo(owner, repoName).comment(id)
		if c == nil {
			err = fmt.Errorf("githubsim: no comment %d", id)
			return
		}
		g.react(by, c.issue, &c.reactions, content)
	})
	return err
}

// EditIssue changes title and body of an issue or pull request; nil leaves a field as it is.
func (g *GitHub) EditIssue(as, owner, repoName string, number int, title, body *string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.editIssue(by, i, title, body) })
}

// Close closes; reason is completed, not_planned, duplicate, or "" for completed.
func (g *GitHub) Close(as, owner, repoName string, number int, reason string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.setState(by, i, "closed", reason) })
}

// Reopen opens what was closed.
func (g *GitHub) Reopen(as, owner, repoName string, number int) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.setState(by, i, "open", "") })
}

// Label adds labels of the repository, in the order given.
func (g *GitHub) Label(as, owner, repoName string, number int, names ...string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) {
		for _, l := range mustLabels(i.repo, names) {
			g.addLabel(by, i, l)
		}
	})
}

// Unlabel removes labels.
func (g *GitHub) Unlabel(as, owner, repoName string, number int, names ...string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) {
		for _, l := range mustLabels(i.repo, names) {
			g.removeLabel(by, i, l)
		}
	})
}

// SetMilestone moves to the milestone with the title, "" to none.
func (g *GitHub) SetMilestone(as, owner, repoName string, number int, title string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) {
		var m *milestone
		if title != "" {
			if m = i.repo.milestoneTitled(title); m == nil {
				panic(fmt.Sprintf("githubsim: no milestone %q in %s", title, i.repo.full()))
			}
		}
		g.setMilestone(by, i, m)
	})
}

// Assign assigns login.
func (g *GitHub) Assign(as, owner, repoName string, number int, login string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.assign(by, i, g.mustUser(login)) })
}

// Unassign takes login off.
func (g *GitHub) Unassign(as, owner, repoName string, number int, login string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.unassign(by, i, g.mustUser(login)) })
}

// Lock locks the conversation: only people with write may comment.
func (g *GitHub) Lock(as, owner, repoName string, number int) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.setLocked(by, i, true, "") })
}

// Unlock undoes Lock.
func (g *GitHub) Unlock(as, owner, repoName string, number int) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { g.setLocked(by, i, false, "") })
}

// DeleteIssue removes an issue: it answers 410 from then on.
func (g *GitHub) DeleteIssue(as, owner, repoName string, number int) {
	g.onIssue(as, owner, repoName, number, g.deleteIssue)
}

// Transfer moves an issue to another repository of the same owner and gives back its number there. The old address
// answers 301.
func (g *GitHub) Transfer(as, owner, repoName string, number int, to string) (newNumber int) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) {
		newNumber = g.transfer(by, i, g.mustRepo(owner, to)).Number
	})
	return newNumber
}

// RenameLabel changes a label's name, on all issues that have it.
func (g *GitHub) RenameLabel(as, owner, repoName, from, to string) {
	g.act(as, func(by *User) {
		g.editLabel(by, mustLabels(g.mustRepo(owner, repoName), []string{from})[0], &to, nil, nil)
	})
}

// DeleteLabel removes a label from the repository and from all issues.
func (g *GitHub) DeleteLabel(as, owner, repoName, name string) {
	g.act(as, func(by *User) { g.deleteLabel(by, mustLabels(g.mustRepo(owner, repoName), []string{name})[0]) })
}

// CloseMilestone closes the milestone with the title.
func (g *GitHub) CloseMilestone(as, owner, repoName, title string) {
	g.act(as, func(by *User) {
		m := g.mustRepo(owner, repoName).milestoneTitled(title)
		if m == nil {
			panic(fmt.Sprintf("githubsim: no milestone %q in %s/%s", title, owner, repoName))
		}
		g.milestoneState(by, m, "closed")
	})
}

// OpenPull opens a pull request and gives back its number. head is a branch of the same repository, or "login:branch"; a
// branch that is not there is made from base with one empty commit.
func (g *GitHub) OpenPull(as, owner, repoName, title, body, base, head string) (number int) {
	g.act(as, func(by *User) {
		i := g.newPull(by, g.mustRepo(owner, repoName), title, &body, base, head)
		g.emitIssue(by, i, "opened", nil)
		number = i.Number
	})
	return number
}

// Review submits a review; state is APPROVED, CHANGES_REQUESTED or COMMENTED. It gives back the review's id.
func (g *GitHub) Review(as, owner, repoName string, number int, body, state string) (id int64) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { id = g.newReview(by, mustPull(i), body, state).ID })
	return id
}

// MergePull merges with a merge commit and gives back its sha.
func (g *GitHub) MergePull(as, owner, repoName string, number int) (sha string) {
	g.onIssue(as, owner, repoName, number, func(by *User, i *issue) { sha = g.merge(by, mustPull(i), "merge", "", "") })
	return sha
}

func mustPull(i *issue) *issue {
	if i.pull == nil {
		panic(fmt.Sprintf("githubsim: %s#%d is no pull request", i.repo.full(), i.Number))
	}
	return i
}

// Commit commits files (nil content: delete) to a branch, made from the default branch if absent, and sends push. It gives
// back the sha. Open pull requests from the branch are synchronized.
func (g *GitHub) Commit(owner, repoName, branch, author, message string, at time.Time, files map[string]*string) (sha string) {
	g.act(author, func(by *User) {
		sha = g.commit(g.mustRepo(owner, repoName), branch, by, message, at, files, nil).SHA
	})
	return sha
}

// Ping sends the ping webhook of a repository's hook.
func (g *GitHub) Ping(as, owner, repoName string) {
	g.act(as, func(by *User) { g.ping(by, g.mustRepo(owner, repoName)) })
}
