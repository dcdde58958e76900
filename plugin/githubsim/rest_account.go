package githubsim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"
)

func getSelf(c *call) answer {
	if c.viewer == nil {
		return answer{status: http.StatusUnauthorized, body: message(401, "Requires authentication", docs)}
	}
	if c.viewer.Type == "Bot" {
		// An installation has no /user.
		return answer{status: http.StatusForbidden, body: message(403, "Resource not accessible by integration", docs)}
	}
	a := c.ok(c.userFull(c.viewer, true))
	a.header = http.Header{"X-Oauth-Scopes": {"read:org, repo"}}
	return a
}

func getUser(c *call) answer {
	if u := c.g.users[key(c.path["login"])]; u != nil {
		return c.ok(c.userFull(u, false))
	}
	if o := c.g.orgs[key(c.path["login"])]; o != nil {
		return c.ok(merge(c.userFull(&User{ID: o.ID, Login: o.Login, Type: "Organization", created: o.created}, false),
			obj{"node_id": nodeID("O", o.ID)}))
	}
	return c.notFound()
}

func getRateLimit(c *call) answer {
	q := c.g.quotaOf(c)
	core := obj{"limit": q.limit, "used": q.used, "remaining": q.limit - q.used, "reset": q.reset.Unix()}
	search := obj{"limit": 30, "used": 0, "remaining": 30, "reset": c.g.now().Add(time.Minute).Unix()}
	return c.ok(obj{"resources": obj{"core": core, "search": search, "graphql": core}, "rate": core})
}

func (c *call) sortedRepos(keep func(*repo) bool) []*repo {
	var out []*repo
	for _, r := range c.g.repos {
		if keep(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b *repo) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (c *call) shortRepo(r *repo) obj { return c.view.repo(r, false) }

func listOwnRepos(c *call) answer {
	if c.viewer == nil {
		return answer{status: http.StatusUnauthorized, body: message(401, "Requires authentication", docs)}
	}
	return paged(c, c.sortedRepos(func(r *repo) bool {
		return r.org.members[key(c.viewer.Login)] != "" || levels[r.perms[key(c.viewer.Login)]] > 0
	}), c.shortRepo)
}

func listOrgRepos(c *call) answer {
	return paged(c, c.sortedRepos(func(r *repo) bool {
		return r.org == c.org && c.g.role(c.viewer, r) != "none"
	}), c.shortRepo)
}

func getOrg(c *call) answer { return c.ok(c.orgFull(c.org)) }

func (c *call) people(m map[string]string, keep func(state string) bool) []*User {
	var out []*User
	for login, state := range m {
		if u := c.g.users[login]; u != nil && keep(state) {
			out = append(out, u)
		}
	}
	byID(out)
	return out
}

// insider says whether the asker may see who is in the organisation.
func (c *call) insider() bool {
	return c.viewer != nil && (c.org.members[key(c.viewer.Login)] != "" || c.isInstalled())
}

func (c *call) isInstalled() bool {
	a := c.g.appOf(c.viewer)
	return a != nil && a.installed(c.org)
}

// listMembers shows all members to members; others see public members, of which there are none.
func listMembers(c *call) answer {
	role := c.query.Get("role")
	return paged(c, c.people(c.org.members, func(r string) bool {
		return c.insider() && (role == "" || role == "all" || r == role)
	}), c.userObj)
}

// checkMember: 204 for a member; 404 for another; 302 to the public list when the asker is no member.
func checkMember(c *call) answer {
	if !c.insider() {
		return answer{status: http.StatusFound, header: http.Header{
			"Location": {c.api + "/orgs/" + c.org.Login + "/public_members/" + c.path["login"]}}}
	}
	if c.org.members[key(c.path["login"])] == "" {
		a := c.notFound()
		a.body = message(404, "User does not exist or is not a member of the organization", docs)
		return a
	}
	return c.noContent()
}

func getMembership(c *call) answer {
	u := c.g.users[key(c.path["login"])]
	if !c.insider() || u == nil {
		return c.notFound()
	}
	role, state := c.org.members[key(u.Login)], "active"
	if role == "" {
		role, state = c.org.pending[key(u.Login)], "pending"
	}
	if role == "" {
		return c.notFound()
	}
	at := c.api + "/orgs/" + c.org.Login
	return c.ok(obj{"url": at + "/memberships/" + u.Login, "state": state, "role": role, "organization_url": at,
		"organization": c.orgSimple(c.org), "user": c.user(u), "direct_membership": true})
}

func (c *call) sortedTeams(keep func(*team) bool) []*team {
	var out []*team
	for _, t := range c.org.teams {
		if keep(t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b *team) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func listTeams(c *call) answer {
	return paged(c, c.sortedTeams(func(*team) bool { return c.insider() }), c.team)
}

func (c *call) findTeam() (*team, *answer) {
	t := c.org.teams[key(c.path["slug"])]
	if t == nil || !c.insider() {
		return nil, ptr(c.notFound())
	}
	return t, nil
}

func getTeam(c *call) answer {
	t, bad := c.findTeam()
	if bad != nil {
		return *bad
	}
	return c.ok(c.teamFull(t))
}

// listTeamMembers lists active members only.
func listTeamMembers(c *call) answer {
	t, bad := c.findTeam()
	if bad != nil {
		return *bad
	}
	role := c.query.Get("role")
	out := slices.DeleteFunc(c.people(t.members, func(state string) bool { return state == "active" }), func(u *User) bool {
		lead := t.maintainers[key(u.Login)]
		return role == "maintainer" && !lead || role == "member" && lead
	})
	return paged(c, out, c.userObj)
}

func getTeamMembership(c *call) answer {
	t, bad := c.findTeam()
	if bad != nil {
		return *bad
	}
	login := c.path["login"]
	state := t.members[key(login)]
	if state == "" {
		return c.notFound()
	}
	role := "member"
	if t.maintainers[key(login)] {
		role = "maintainer"
	}
	return c.ok(obj{"url": fmt.Sprintf("%s/organizations/%d/team/%d/memberships/%s", c.api, t.org.ID, t.ID, login),
		"role": role, "state": state})
}

// listInvitations lists those who were asked to join the team and have not answered.
func listInvitations(c *call) answer {
	t, bad := c.findTeam()
	if bad != nil {
		return *bad
	}
	return paged(c, c.people(t.members, func(state string) bool { return state == "pending" }), func(u *User) obj {
		return obj{"id": u.ID, "node_id": nodeID("OI", u.ID), "login": u.Login, "email": nil, "role": "direct_member",
			"created_at": stamp(t.created), "failed_at": nil, "failed_reason": nil, "inviter": c.ownerUser(t.org),
			"team_count": 1, "invitation_teams_url": c.api + "/organizations/" + itoa(t.org.ID) + "/invitations/" + itoa(u.ID) + "/teams"}
	})
}

// asApp refuses what only an App may ask.
func (c *call) asApp() *answer {
	if c.app != nil {
		return nil
	}
	return &answer{status: http.StatusUnauthorized, body: message(401, "A JSON web token could not be decoded", docs)}
}

func getApp(c *call) answer {
	if bad := c.asApp(); bad != nil {
		return *bad
	}
	return c.ok(merge(c.view.app(c.app), obj{"installations_count": len(c.app.installations)}))
}

func (c *call) installedOrgs() []*org {
	var out []*org
	for _, o := range c.g.orgs {
		if c.app.installed(o) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b *org) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func listInstallations(c *call) answer {
	if bad := c.asApp(); bad != nil {
		return *bad
	}
	return paged(c, c.installedOrgs(), func(o *org) obj { return c.installation(c.app, o) })
}

func (c *call) findInstallation() (*org, *answer) {
	if bad := c.asApp(); bad != nil {
		return nil, bad
	}
	for _, o := range c.installedOrgs() {
		if itoa(c.app.installations[o.Login]) == c.path["id"] {
			return o, nil
		}
	}
	return nil, ptr(c.notFound())
}

func getInstallation(c *call) answer {
	o, bad := c.findInstallation()
	if bad != nil {
		return *bad
	}
	return c.ok(c.installation(c.app, o))
}

// createToken makes an installation token that lasts an hour.
func createToken(c *call) answer {
	o, bad := c.findInstallation()
	if bad != nil {
		return *bad
	}
	if _, is := c.app.suspended[o.Login]; is {
		return answer{status: http.StatusForbidden, body: message(403, "This installation has been suspended", docs)}
	}
	c.g.serial++
	s := &appToken{user: c.app.bot, app: c.app, org: o, expires: c.g.tokenTime().Add(time.Hour)}
	token := fmt.Sprintf("ghs_%s_%d", c.app.Slug, c.g.serial)
	c.g.tokens[token] = s
	return c.created(obj{"token": token, "expires_at": stamp(s.expires), "permissions": c.app.accepted[o.Login].permissions,
		"repository_selection": "all"})
}

func listInstallationRepos(c *call) answer {
	s := c.g.tokens[c.token]
	if s == nil {
		return c.forbidden()
	}
	all := c.sortedRepos(func(r *repo) bool { return r.org == s.org })
	return c.pageOf(len(all), func(from, to int) any {
		return obj{"total_count": len(all), "repository_selection": "all", "repositories": list(all[from:to], c.shortRepo)}
	})
}

func (c *call) installationOn(o *org) answer {
	if bad := c.asApp(); bad != nil {
		return *bad
	}
	if !c.app.installed(o) {
		return c.notFound()
	}
	return c.ok(c.installation(c.app, o))
}

func getOrgInstallation(c *call) answer  { return c.installationOn(c.org) }
func getRepoInstallation(c *call) answer { return c.installationOn(c.repo.org) }
