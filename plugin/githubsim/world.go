package githubsim

import (
	"fmt"
	"strings"
	"time"
)

// AddUser makes an account, or gives back the one that has the login already.
func (g *GitHub) AddUser(login string) *User {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.addUser(login, "User")
}

func (g *GitHub) addUser(login, kind string) *User {
	if u := g.users[key(login)]; u != nil {
		return u
	}
	u := &User{ID: g.newID("user"), Login: login, Type: kind, created: g.now()}
	g.users[key(login)] = u
	return u
}

// RenameUser changes a login. The id stays, as on GitHub, and what was written under the old login shows the new one.
func (g *GitHub) RenameUser(from, to string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.mustUser(from)
	delete(g.users, key(from))
	u.Login = to
	g.users[key(to)] = u
	move := func(m map[string]string) {
		if v, ok := m[key(from)]; ok {
			delete(m, key(from))
			m[key(to)] = v
		}
	}
	for _, o := range g.orgs {
		move(o.members)
		move(o.pending)
		for _, t := range o.teams {
			move(t.members)
		}
	}
	for _, r := range g.repos {
		move(r.perms)
	}
}

// TokenFor is the token that acts as login.
func TokenFor(login string) string { return "token-" + login }

// AddOrg makes an organisation, or adds members to the one there is. Accounts are made as needed.
func (g *GitHub) AddOrg(login string, members ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.orgs[key(login)]
	if o == nil {
		o = &org{ID: g.newID("org"), Login: login, created: g.now(), members: map[string]string{},
			pending: map[string]string{}, teams: map[string]*team{}}
		g.orgs[key(login)] = o
	}
	for _, m := range members {
		g.addUser(m, "User")
		o.members[key(m)] = "member"
	}
}

// SetOrgRole makes login an "admin" (owner) or "member" of the organisation, or takes it out of it with "".
func (g *GitHub) SetOrgRole(orgLogin, login, role string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.mustOrg(orgLogin)
	g.addUser(login, "User")
	if role == "" {
		delete(o.members, key(login))
		return
	}
	o.members[key(login)] = role
}

// AddTeam makes a team, or adds active members to the one there is. Members also join the organisation.
func (g *GitHub) AddTeam(orgLogin, slug string, members ...string) {
	g.teamMembers(orgLogin, slug, "active", members)
}

// AddPendingTeamMember adds people who were asked to join the team and have not answered: they are listed by no members
// list, and their membership says "pending".
func (g *GitHub) AddPendingTeamMember(orgLogin, slug string, members ...string) {
	g.teamMembers(orgLogin, slug, "pending", members)
}

func (g *GitHub) teamMembers(orgLogin, slug, state string, members []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.mustOrg(orgLogin)
	t := o.teams[key(slug)]
	if t == nil {
		t = &team{ID: g.newID("team"), Slug: strings.ToLower(slug), Name: slug, org: o, created: g.now(),
			members: map[string]string{}, maintainers: map[string]bool{}, repos: map[string]string{}}
		o.teams[key(slug)] = t
	}
	for _, m := range members {
		g.addUser(m, "User")
		t.members[key(m)] = state
		if state == "active" && o.members[key(m)] == "" {
			o.members[key(m)] = "member"
		}
	}
}

// AddPendingMember asks people to join the organisation: they are no members until they do.
func (g *GitHub) AddPendingMember(orgLogin string, members ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.mustOrg(orgLogin)
	for _, m := range members {
		g.addUser(m, "User")
		o.pending[key(m)] = "member"
	}
}

// SetTeamMaintainer makes members of a team its maintainers.
func (g *GitHub) SetTeamMaintainer(orgLogin, slug string, members ...string) {
	g.AddTeam(orgLogin, slug, members...)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range members {
		g.mustOrg(orgLogin).teams[key(slug)].maintainers[key(m)] = true
	}
}

// RemoveTeamMember takes people out of a team.
func (g *GitHub) RemoveTeamMember(orgLogin, slug string, members ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.mustOrg(orgLogin).teams[key(slug)]
	if t == nil {
		panic(fmt.Sprintf("githubsim: no team %s/%s", orgLogin, slug))
	}
	for _, m := range members {
		delete(t.members, key(m))
	}
}

// SetTeamPermission gives a team a permission on a repository of its organisation: admin, maintain, write, triage, read.
func (g *GitHub) SetTeamPermission(orgLogin, slug, repoName, permission string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.mustOrg(orgLogin).teams[key(slug)]
	if t == nil {
		panic(fmt.Sprintf("githubsim: no team %s/%s", orgLogin, slug))
	}
	mustLevel(permission)
	t.repos[key(g.mustRepo(orgLogin, repoName).full())] = permission
}

// AddRepo makes a repository with an empty branch "main". The owner is made as an organisation when there is none.
func (g *GitHub) AddRepo(orgLogin, name string, private bool) {
	if g.lookOrg(orgLogin) == nil {
		g.AddOrg(orgLogin)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.repos[key(orgLogin, name)] != nil {
		return
	}
	o := g.mustOrg(orgLogin)
	r := &repo{ID: g.newID("repo"), org: o, Owner: o.Login, Name: name, Private: private, created: g.now(), pushed: g.now(),
		issues: map[int]*issue{}, gone: map[int]string{}, perms: map[string]string{}, branches: map[string]string{},
		commits: map[string]*commit{}, blobs: map[string][]byte{}, trees: map[string][]treeEntry{},
		statuses: map[string][]*status{}}
	g.repos[key(orgLogin, name)] = r
	g.commit(r, "main", nil, "Initial commit", g.now(), nil, nil)
}

func (g *GitHub) lookOrg(login string) *org {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.orgs[key(login)]
}

// NextNumber makes the next issue or pull request of a repository have the number n, as if there had been others before.
// It panics when n is not above the last one.
func (g *GitHub) NextNumber(orgLogin, repoName string, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.mustRepo(orgLogin, repoName)
	if n <= r.lastNumber {
		panic(fmt.Sprintf("githubsim: the last number in %s is %d", r.full(), r.lastNumber))
	}
	r.lastNumber = n - 1
}

// SetArchived marks a repository archived: it is then read-only.
func (g *GitHub) SetArchived(orgLogin, name string, archived bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustRepo(orgLogin, name).Archived = archived
}

// SetPermission gives login a permission on a repository: admin, maintain, write, triage, read or none.
func (g *GitHub) SetPermission(orgLogin, repoName, login, permission string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.mustRepo(orgLogin, repoName)
	g.addUser(login, "User")
	mustLevel(permission)
	r.perms[key(login)] = permission
}

func mustLevel(permission string) {
	if _, ok := levels[permission]; !ok {
		panic(fmt.Sprintf("githubsim: unknown permission %q", permission))
	}
}

// AddLabel makes a label; color is six hex digits without "#", "" for GitHub's default grey.
func (g *GitHub) AddLabel(orgLogin, repoName, name, color, description string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.mustRepo(orgLogin, repoName)
	if r.label(name) == nil {
		g.newLabel(r, name, color, description)
	}
}

func (g *GitHub) newLabel(r *repo, name, color, description string) *label {
	if color == "" {
		color = "ededed"
	}
	l := &label{ID: g.newID("label"), Name: name, Color: strings.ToLower(color), Description: description, repo: r}
	r.labels = append(r.labels, l)
	return l
}

// AddMilestone makes a milestone and gives back its number. state is "open" or "closed"; due nil: none.
func (g *GitHub) AddMilestone(orgLogin, repoName, title, state string, due *time.Time) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.mustRepo(orgLogin, repoName)
	m := g.newMilestone(nil, r, title)
	m.Due = due
	if state == "closed" {
		m.State, m.closed = "closed", ptr(g.now())
	}
	return m.Number
}

func (g *GitHub) newMilestone(by *User, r *repo, title string) *milestone {
	r.lastStone++
	m := &milestone{ID: g.newID("milestone"), Number: r.lastStone, Title: title, State: "open", creator: by, repo: r,
		created: g.now(), updated: g.now()}
	r.milestones = append(r.milestones, m)
	return m
}

func (r *repo) milestone(number int) *milestone {
	for _, m := range r.milestones {
		if m.Number == number {
			return m
		}
	}
	return nil
}

func (r *repo) milestoneTitled(title string) *milestone {
	for _, m := range r.milestones {
		if m.Title == title {
			return m
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// levels orders the permissions.
var levels = map[string]int{"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}

// role is the exact permission of u on r: the best of what was given to the person, to the person's teams, to members of
// the organisation, and, on a public repository, to everybody.
func (g *GitHub) role(u *User, r *repo) string {
	best := "none"
	raise := func(p string) {
		if levels[p] > levels[best] {
			best = p
		}
	}
	if !r.Private {
		raise("read")
	}
	if u == nil {
		return best
	}
	raise(r.perms[key(u.Login)])
	switch r.org.members[key(u.Login)] {
	case "admin":
		raise("admin")
	case "member":
		raise("read")
	}
	for _, t := range r.org.teams {
		if t.members[key(u.Login)] == "active" {
			raise(t.repos[key(r.full())])
		}
	}
	if a := g.appOf(u); a != nil && a.installed(r.org) {
		raise("write")
	}
	return best
}

func (g *GitHub) may(u *User, r *repo, least string) bool {
	return u != nil && levels[g.role(u, r)] >= levels[least]
}

// association is GitHub's author_association.
func (g *GitHub) association(u *User, r *repo) string {
	switch {
	case u == nil:
		return "NONE"
	case r.org.members[key(u.Login)] != "":
		return "MEMBER"
	case levels[r.perms[key(u.Login)]] > 0:
		return "COLLABORATOR"
	}
	for _, i := range r.issues {
		if i.pull != nil && i.author == u && i.pull.Merged {
			return "CONTRIBUTOR"
		}
	}
	return "NONE"
}
