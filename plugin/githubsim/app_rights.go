package githubsim

import (
	"maps"
	"slices"
	"time"
)

// appRights are the permissions and events of an App, or what an organisation has accepted of them.
type appRights struct {
	permissions map[string]string
	events      []string
}

// defaultRights are those of a new App: all that the plugin can use.
func defaultRights() appRights {
	return appRights{
		permissions: map[string]string{"metadata": "read", "issues": "write", "pull_requests": "write", "contents": "read",
			"members": "read", "statuses": "write"},
		events: []string{"issue_comment", "issues", "label", "milestone", "pull_request", "pull_request_review", "push"},
	}
}

// SetAppRights changes what the App asks for. As on GitHub, what is taken away is gone at once where it is installed; what
// is added counts there only after AcceptAppRights.
func (g *GitHub) SetAppRights(slug string, permissions map[string]string, events ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.mustApp(slug)
	a.rights = appRights{maps.Clone(permissions), slices.Clone(events)}
	for org, had := range a.accepted {
		now := appRights{permissions: map[string]string{}}
		for name, level := range had.permissions {
			if asked, still := permissions[name]; still {
				if level == "write" && asked == "read" {
					level = asked
				}
				now.permissions[name] = level
			}
		}
		for _, event := range had.events {
			if slices.Contains(events, event) {
				now.events = append(now.events, event)
			}
		}
		a.accepted[org] = now
	}
}

// AcceptAppRights is an owner of the organisation who accepts what the App asks for now.
func (g *GitHub) AcceptAppRights(slug, orgName string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.mustApp(slug)
	a.accepted[g.mustOrg(orgName).Login] = a.rights
}

// SuspendApp is an owner of the organisation who suspends the App's installation: it gets no more tokens.
func (g *GitHub) SuspendApp(slug, orgName string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mustApp(slug).suspended[g.mustOrg(orgName).Login] = g.now()
}

func (g *GitHub) mustApp(slug string) *app {
	a := g.app(slug)
	if a == nil {
		panic("githubsim: no app " + slug)
	}
	return a
}

// shown is how GitHub writes rights; no events are an empty list.
func (r appRights) shown() obj {
	return obj{"permissions": r.permissions, "events": append([]string{}, r.events...)}
}

// suspension is who suspended an installation, and when.
func (v *view) suspension(a *app, o *org) obj {
	at, is := a.suspended[o.Login]
	if !is {
		return obj{"suspended_by": nil, "suspended_at": nil}
	}
	return obj{"suspended_by": v.ownerUser(o), "suspended_at": stamp(at.Truncate(time.Second))}
}
