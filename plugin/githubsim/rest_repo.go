package githubsim

import "slices"

func getRepo(c *call) answer {
	a := c.ok(c.view.repo(c.repo, true))
	a.modified = &c.repo.pushed
	return a
}

// collaborators are those whose permission does not come from the repository being public.
func (c *call) isCollaborator(u *User) bool {
	r := c.repo
	if r.org.members[key(u.Login)] != "" || levels[r.perms[key(u.Login)]] > 0 {
		return true
	}
	return slices.ContainsFunc(c.teamsOf(r), func(t *team) bool { return t.members[key(u.Login)] == "active" })
}

func (c *call) teamsOf(r *repo) []*team {
	c.org = r.org
	return c.sortedTeams(func(t *team) bool { return t.repos[key(r.full())] != "" })
}

// oldRole is the permission of before triage and maintain: triage reads, maintain writes.
var oldRole = map[string]string{"none": "none", "read": "read", "triage": "read", "write": "write", "maintain": "write",
	"admin": "admin"}

func (c *call) collaborator(u *User) obj {
	role := c.g.role(u, c.repo)
	level := levels[role]
	return merge(c.userObj(u), obj{"role_name": role, "permissions": obj{"admin": level >= 5, "maintain": level >= 4,
		"push": level >= 3, "triage": level >= 2, "pull": level >= 1}})
}

func listCollaborators(c *call) answer {
	if !c.g.may(c.viewer, c.repo, "write") {
		return c.forbidden()
	}
	var out []*User
	for _, u := range c.g.users {
		if c.isCollaborator(u) {
			out = append(out, u)
		}
	}
	byID(out)
	return paged(c, out, c.collaborator)
}

func checkCollaborator(c *call) answer {
	if !c.g.may(c.viewer, c.repo, "write") {
		return c.forbidden()
	}
	if u := c.g.users[key(c.path["login"])]; u != nil && c.isCollaborator(u) {
		return c.noContent()
	}
	return c.notFound()
}

// getPermission gives the old four roles in permission and the exact one in role_name.
func getPermission(c *call) answer {
	if !c.g.may(c.viewer, c.repo, "read") {
		return c.forbidden()
	}
	u := c.g.users[key(c.path["login"])]
	if u == nil {
		a := c.notFound()
		a.body = message(404, c.path["login"]+" is not a user", docs+"/collaborators/collaborators#get-repository-permissions-for-a-user")
		return a
	}
	role := c.g.role(u, c.repo)
	return c.ok(obj{"permission": oldRole[role], "role_name": role, "user": c.collaborator(u)})
}

func listRepoTeams(c *call) answer {
	return paged(c, c.teamsOf(c.repo), func(t *team) obj {
		old := map[string]string{"read": "pull", "write": "push"}
		o := c.team(t)
		role := t.repos[key(c.repo.full())]
		if o["permission"] = role; old[role] != "" {
			o["permission"] = old[role]
		}
		level := levels[role]
		o["permissions"] = obj{"admin": level >= 5, "maintain": level >= 4, "push": level >= 3, "triage": level >= 2,
			"pull": level >= 1}
		return o
	})
}
