package plugin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/config"
)

// Rights are permissions and webhook events of a GitHub App, by GitHub's names:
// "issues": "write".
type Rights struct {
	Permissions map[string]string
	Events      []string
}

// Grant is what GitHub says of an App and of its installation. The two differ
// while an owner of the organisation has not accepted what the App asks for.
type Grant struct {
	App, Installed Rights
	Page           string // of the installation, where its owner accepts and sees them
}

// Lack is one thing that an App was not given.
type Lack struct {
	Must bool // without it there is no point in starting
	What string
}

// permission is one that the plugin uses.
type permission struct {
	name, title, level, use string
	must                    bool
}

// permissions are the least that the plugin needs; docs/deploy.md lists them, too,
// and a test compares the two.
var permissions = []permission{
	{"metadata", "Metadata (repository)", "read", "reading repositories", true},
	{"issues", "Issues (repository)", "write", "records, replies, reactions, labels and milestones", true},
	{"pull_requests", "Pull requests (repository)", "read", "branches and reviews of pull requests, and what they change", false},
	{"contents", "Contents (repository)", "read", "OWNERS_ALIASES with its history, and kep.yaml", false},
	{"members", "Members (organization)", "read", "roles that are GitHub teams, as this configuration has", false},
}

// eventUse is what is late without an event: a sweep has to find it.
var eventUse = map[string]string{
	"issues":              "changes of labels, milestones and descriptions",
	"issue_comment":       "commands in comments, and records that were edited or deleted",
	"pull_request":        "links in descriptions, and merges",
	"pull_request_review": "commands in reviews",
	"push":                "changed roles and KEPs",
	"label":               "labels that were renamed or deleted",
	"milestone":           "milestones that were renamed or deleted",
}

// Lacks compares a grant with what a configuration needs. In a dry run nothing
// that is only for writing is a must.
func (g Grant) Lacks(cfg *config.Config, dryRun bool) []Lack {
	var out []Lack
	for _, p := range permissions {
		if p.name == "members" && !readsTeams(cfg) {
			continue
		}
		have := g.Installed.Permissions[p.name]
		if covers(have, p.level) {
			continue
		}
		must := p.must && !(dryRun && p.level == "write")
		what := fmt.Sprintf("the GitHub App lacks a permission: %s is %s and has to be %s. It is for %s. %s",
			p.title, stands(have), levelName(p.level), p.use, g.where(covers(g.App.Permissions[p.name], p.level)))
		out = append(out, Lack{Must: must, What: what})
	}
	return append(out, g.lacksEvents()...)
}

// lacksEvents says which events GitHub does not send. An App without any is one
// without a webhook: then hook has its own, which the App cannot see.
func (g Grant) lacksEvents() []Lack {
	if len(g.App.Events) == 0 {
		return []Lack{{What: fmt.Sprintf("the GitHub App subscribes to no events, so they are not checked. "+
			"The webhook that hook receives from has to send: %s", strings.Join(Events, ", "))}}
	}
	var out []Lack
	for _, event := range Events {
		if !slices.Contains(g.Installed.Events, event) {
			out = append(out, Lack{What: fmt.Sprintf("the GitHub App lacks an event: %s. Unless another webhook sends it to hook, "+
				"these are noticed late: %s. %s", event, eventUse[event], g.where(slices.Contains(g.App.Events, event)))})
		}
	}
	return out
}

// where says what to do: the App asks for it already, or not yet.
func (g Grant) where(asked bool) string {
	if asked {
		return "The App asks for it; an owner of the organization has to accept it: " + g.Page
	}
	return "Set it in the App's settings under \"Permissions & events\"; an owner of the organization then accepts it: " + g.Page
}

// readsTeams reports whether a role is a GitHub team.
func readsTeams(cfg *config.Config) bool {
	var cycles []string
	for _, c := range cfg.Calendar() {
		cycles = append(cycles, c.Name)
	}
	return len(cfg.Sources().Teams(cycles)) > 0
}

// covers reports whether a level is at least another: read, write, admin.
func covers(have, want string) bool {
	levels := []string{"", "read", "write", "admin"}
	return slices.Index(levels, have) >= slices.Index(levels, want)
}

func stands(level string) string {
	if level == "" {
		return "\"No access\""
	}
	return levelName(level)
}

// levelName is a level as GitHub's page calls it.
func levelName(level string) string {
	return map[string]string{"read": "\"Read-only\"", "write": "\"Read and write\"", "admin": "\"Admin\""}[level]
}
