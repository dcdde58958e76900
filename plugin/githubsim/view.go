package githubsim

import (
	"strings"
	"time"
)

// docs is the root of documentation_url.
const docs = "https://docs.github.com/rest"

type obj = map[string]any

// view renders objects as GitHub's JSON: api and html are the roots of addresses, viewer is who asks (nil: nobody).
type view struct {
	g         *GitHub
	api, html string
	viewer    *User
	// hook is set for webhooks, whose objects have a few fields less.
	hook bool
}

// hookView renders for webhooks, which nobody asked for.
func (g *GitHub) hookView() *view {
	base := g.opts.BaseURL
	if base == "" {
		base = g.seen
	}
	if base == "" {
		base = "http://github.test"
	}
	return &view{g: g, api: base, html: base, hook: true}
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func stampOrNull(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stamp(*t)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func textOrNull(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func list[T any](in []T, f func(T) obj) []obj {
	out := make([]obj, 0, len(in))
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

func (v *view) user(u *User) any {
	if u == nil {
		return nil
	}
	return v.userObj(u)
}

func (v *view) userObj(u *User) obj {
	at := v.api + "/users/" + u.Login
	html := v.html + "/" + u.Login
	if slug, ok := strings.CutSuffix(u.Login, "[bot]"); ok {
		html = v.html + "/apps/" + slug
	}
	return obj{"login": u.Login, "id": u.ID, "node_id": u.node(), "avatar_url": v.html + "/avatars/u/" + itoa(u.ID),
		"gravatar_id": "", "url": at, "html_url": html, "followers_url": at + "/followers",
		"following_url": at + "/following{/other_user}", "gists_url": at + "/gists{/gist_id}",
		"starred_url": at + "/starred{/owner}{/repo}", "subscriptions_url": at + "/subscriptions",
		"organizations_url": at + "/orgs", "repos_url": at + "/repos", "events_url": at + "/events{/privacy}",
		"received_events_url": at + "/received_events", "type": u.Type, "site_admin": false}
}

// userFull is the answer of /user (private) and /users/{u}.
func (v *view) userFull(u *User, private bool) obj {
	o := v.userObj(u)
	merge(o, obj{"name": orNull(u.Name), "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil,
		"bio": nil, "twitter_username": nil, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": stamp(u.created), "updated_at": stamp(u.created), "user_view_type": "public"})
	if private {
		merge(o, obj{"user_view_type": "private", "private_gists": 0, "total_private_repos": 0, "owned_private_repos": 0, "disk_usage": 0,
			"collaborators": 0, "two_factor_authentication": true})
	}
	return o
}

func merge(into, from obj) obj {
	for k, x := range from {
		into[k] = x
	}
	return into
}

// ownerUser shows an organisation in the shape of a user, as the owner of a repository is shown.
func (v *view) ownerUser(o *org) obj {
	u := v.userObj(&User{ID: o.ID, Login: o.Login, Type: "Organization"})
	u["node_id"] = nodeID("O", o.ID)
	return u
}

func (v *view) orgSimple(o *org) obj {
	at := v.api + "/orgs/" + o.Login
	return obj{"login": o.Login, "id": o.ID, "node_id": nodeID("O", o.ID), "url": at, "repos_url": at + "/repos",
		"events_url": at + "/events", "hooks_url": at + "/hooks", "issues_url": at + "/issues",
		"members_url": at + "/members{/member}", "public_members_url": at + "/public_members{/member}",
		"avatar_url": v.html + "/avatars/u/" + itoa(o.ID), "description": ""}
}

func (v *view) orgFull(o *org) obj {
	return merge(v.orgSimple(o), obj{"name": o.Login, "html_url": v.html + "/" + o.Login, "type": "Organization",
		"has_organization_projects": true, "has_repository_projects": true, "public_repos": v.g.countRepos(o),
		"public_gists": 0, "followers": 0, "following": 0, "created_at": stamp(o.created), "updated_at": stamp(o.created),
		"archived_at": nil, "default_repository_permission": "read"})
}

func (g *GitHub) countRepos(o *org) (n int) {
	for _, r := range g.repos {
		if r.org == o && !r.Private {
			n++
		}
	}
	return n
}

func (v *view) team(t *team) obj {
	at := v.api + "/organizations/" + itoa(t.org.ID) + "/team/" + itoa(t.ID)
	return obj{"id": t.ID, "node_id": nodeID("T", t.org.ID, t.ID), "url": at, "name": t.Name, "slug": t.Slug,
		"html_url": v.html + "/orgs/" + t.org.Login + "/teams/" + t.Slug, "description": "", "privacy": "closed",
		"notification_setting": "notifications_enabled", "permission": "pull", "members_url": at + "/members{/member}",
		"repositories_url": at + "/repos", "parent": nil, "type": "organization", "organization_id": t.org.ID}
}

func (v *view) teamFull(t *team) obj {
	active := 0
	for _, s := range t.members {
		if s == "active" {
			active++
		}
	}
	return merge(v.team(t), obj{"created_at": stamp(t.created), "updated_at": stamp(t.created), "members_count": active,
		"repos_count": len(t.repos), "organization": v.orgFull(t.org)})
}

func (v *view) label(l *label) obj {
	return obj{"id": l.ID, "node_id": nodeID("LA", l.repo.ID, l.ID), "name": l.Name, "color": l.Color, "default": false,
		"url": v.api + "/repos/" + l.repo.full() + "/labels/" + escape(l.Name), "description": orNull(l.Description)}
}

func (v *view) milestone(m *milestone) obj {
	at := v.api + "/repos/" + m.repo.full() + "/milestones/" + itoa(int64(m.Number))
	open, closed := 0, 0
	for _, i := range m.repo.issues {
		switch {
		case i.milestone != m:
		case i.State == "open":
			open++
		default:
			closed++
		}
	}
	return obj{"url": at, "html_url": v.html + "/" + m.repo.full() + "/milestone/" + itoa(int64(m.Number)),
		"labels_url": at + "/labels", "id": m.ID, "node_id": nodeID("MI", m.repo.ID, m.ID), "number": m.Number,
		"title": m.Title, "description": textOrNull(m.Description), "creator": v.user(m.creator), "open_issues": open,
		"closed_issues": closed, "state": m.State, "created_at": stamp(m.created), "updated_at": stamp(m.updated),
		"due_on": stampOrNull(m.Due), "closed_at": stampOrNull(m.closed)}
}

// repoLinks are the addresses of a repository's parts: name to the path below it.
var repoLinks = map[string]string{"archive_url": "/{archive_format}{/ref}", "assignees_url": "/assignees{/user}",
	"blobs_url": "/git/blobs{/sha}", "branches_url": "/branches{/branch}", "collaborators_url": "/collaborators{/collaborator}",
	"comments_url": "/comments{/number}", "commits_url": "/commits{/sha}", "compare_url": "/compare/{base}...{head}",
	"contents_url": "/contents/{+path}", "contributors_url": "/contributors", "deployments_url": "/deployments",
	"downloads_url": "/downloads", "events_url": "/events", "forks_url": "/forks", "git_commits_url": "/git/commits{/sha}",
	"git_refs_url": "/git/refs{/sha}", "git_tags_url": "/git/tags{/sha}", "hooks_url": "/hooks",
	"issue_comment_url": "/issues/comments{/number}", "issue_events_url": "/issues/events{/number}",
	"issues_url": "/issues{/number}", "keys_url": "/keys{/key_id}", "labels_url": "/labels{/name}",
	"languages_url": "/languages", "merges_url": "/merges", "milestones_url": "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}", "pulls_url": "/pulls{/number}",
	"releases_url": "/releases{/id}", "stargazers_url": "/stargazers", "statuses_url": "/statuses/{sha}",
	"subscribers_url": "/subscribers", "subscription_url": "/subscription", "tags_url": "/tags", "teams_url": "/teams",
	"trees_url": "/git/trees{/sha}"}

// repo renders a repository; full adds what only single repositories and webhooks have.
func (v *view) repo(r *repo, full bool) obj {
	at, html := v.api+"/repos/"+r.full(), v.html+"/"+r.full()
	open := 0
	for _, i := range r.issues {
		if i.State == "open" {
			open++
		}
	}
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	o := obj{"id": r.ID, "node_id": nodeID("R", r.ID), "name": r.Name, "full_name": r.full(), "private": r.Private,
		"owner": v.ownerUser(r.org), "html_url": html, "description": nil, "fork": false, "url": at,
		"git_url": "git:" + strings.TrimPrefix(html, "http:") + ".git", "ssh_url": "git@github.test:" + r.full() + ".git",
		"clone_url": html + ".git", "svn_url": html, "mirror_url": nil, "homepage": nil, "language": nil, "license": nil,
		"default_branch": "main", "forks": 0, "forks_count": 0, "watchers": 0, "watchers_count": 0, "stargazers_count": 0,
		"open_issues": open, "open_issues_count": open, "size": 0, "archived": r.Archived, "disabled": false,
		"has_issues": true, "has_projects": true, "has_wiki": false, "has_pages": false, "has_downloads": true,
		"has_discussions": false, "is_template": false, "topics": []string{}, "visibility": visibility,
		"allow_forking": true, "pushed_at": stamp(r.pushed),
		"created_at": stamp(r.created), "updated_at": stamp(r.pushed)}
	for name, path := range repoLinks {
		o[name] = at + path
	}
	if v.viewer != nil {
		level := levels[v.g.role(v.viewer, r)]
		o["permissions"] = obj{"admin": level >= 5, "maintain": level >= 4, "push": level >= 3, "triage": level >= 2,
			"pull": level >= 1}
	}
	if full {
		merge(o, obj{"web_commit_signoff_required": false, "network_count": 0, "subscribers_count": 0, "organization": v.ownerUser(r.org),
			"allow_squash_merge": true, "allow_merge_commit": true, "allow_rebase_merge": true, "allow_auto_merge": false,
			"delete_branch_on_merge": false, "merge_commit_title": "MERGE_MESSAGE", "merge_commit_message": "PR_TITLE",
			"squash_merge_commit_title": "COMMIT_OR_PR_TITLE", "squash_merge_commit_message": "COMMIT_MESSAGES"})
	}
	return o
}

// hookRepo is the repository in a webhook. In push events its times are seconds since 1970, and there is a master_branch.
func (v *view) hookRepo(r *repo, name string) obj {
	o := v.repo(r, false)
	if name == "push" {
		merge(o, obj{"created_at": r.created.Unix(), "pushed_at": r.pushed.Unix(), "master_branch": "main", "stargazers": 0,
			"organization": r.Owner, "url": v.html + "/" + r.full()})
		o["owner"] = merge(v.ownerUser(r.org), obj{"name": r.Owner, "email": nil})
	}
	return o
}
