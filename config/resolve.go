package config

import (
	"slices"
	"sort"
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
)

// Defaults of keys that may be left out.
const (
	DefaultKEPs       = "kubernetes/enhancements"
	DefaultOptInLabel = "lead-opted-in"
	DefaultVoting     = "seed"
	VotingReadout     = "readout"
)

// Repo is one configured repository with its defaults filled in.
type Repo struct {
	// Name is "org/repo" as written in the file.
	Name string
	// KEPs is the repository that a short KEP reference means here, "org/repo".
	KEPs string
	// Quiet: decisions only.
	Quiet bool
	// Threads is what is asked of pull requests here.
	Threads Threads
}

// Hash is the SHA-256 of the file's bytes in hex, as sha256sum prints it.
func (c *Config) Hash() string { return c.hash }

// Calendar gives the cycles in order of their start, increments and caps filled in.
func (c *Config) Calendar() cycle.Calendar { return slices.Clone(c.calendar) }

// Repo finds a configured repository by "org/repo"; letter case does not matter, as on GitHub.
func (c *Config) Repo(name string) (Repo, bool) {
	for written, options := range c.Repos.Work {
		if strings.EqualFold(written, name) {
			return c.repo(written, options), true
		}
	}
	return Repo{}, false
}

// WorkRepos lists all configured repositories by name.
func (c *Config) WorkRepos() []Repo {
	repos := make([]Repo, 0, len(c.Repos.Work))
	for written, options := range c.Repos.Work {
		repos = append(repos, c.repo(written, options))
	}
	sort.Slice(repos, func(i, j int) bool { return repos[i].Name < repos[j].Name })
	return repos
}

func (c *Config) repo(name string, options WorkRepo) Repo {
	keps := options.KEPs
	if keps == "" {
		keps = c.Repos.KEPs
	}
	return Repo{Name: name, KEPs: keps, Quiet: options.Quiet, Threads: options.Threads}
}

// KEPRepos lists every repository that short KEP references may mean, by name, none twice.
func (c *Config) KEPRepos() []string {
	names := []string{c.Repos.KEPs}
	for _, repo := range c.WorkRepos() {
		names = append(names, repo.KEPs)
	}
	sort.Strings(names)
	return slices.CompactFunc(names, strings.EqualFold)
}

// Bot tells whether comments of this login are never commands. Logins compare without letter case.
func (c *Config) Bot(login string) bool {
	return slices.ContainsFunc(c.Repos.Bots, func(b string) bool { return strings.EqualFold(b, login) })
}

// Sources gives the sources of all roles in the shape package roles reads.
func (c *Config) Sources() roles.Sources {
	out := roles.Sources{
		Default:   c.Roles.Holders.sources(),
		PerCycle:  map[string]map[roles.Role]roles.Source{},
		Programme: named(c.Roles.Programme),
		Other:     named(c.Roles.Other),
		SIGs:      slices.Sorted(slices.Values(c.Roles.SIGs)),
	}
	for _, cyc := range c.Cycles {
		if overrides := cyc.Roles.sources(); len(overrides) > 0 {
			out.PerCycle[cyc.Name] = overrides
		}
	}
	return out
}

// each lists the five roles with their keys in the file, in the file's order.
func (h Holders) each() []heldRole {
	return []heldRole{
		{"facilitator", roles.Facilitator, h.Facilitator},
		{"lead", roles.Lead, h.Lead},
		{"releaseLead", roles.ReleaseLead, h.ReleaseLead},
		{"releaseTeam", roles.ReleaseTeam, h.ReleaseTeam},
		{"productManagement", roles.PM, h.ProductManagement},
	}
}

// heldRole is one role of Holders: its key, its name in package roles, its source.
type heldRole struct {
	key    string
	role   roles.Role
	source Source
}

func (h Holders) sources() map[roles.Role]roles.Source {
	out := map[roles.Role]roles.Source{}
	for _, held := range h.each() {
		if held.source.IsZero() {
			continue
		}
		out[held.role], _ = held.source.resolve()
	}
	return out
}

func named(in map[string]Source) map[string]roles.Source {
	out := map[string]roles.Source{}
	for name, source := range in {
		out[name], _ = source.resolve()
	}
	return out
}
