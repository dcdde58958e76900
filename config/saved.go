package config

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// Saved is a configuration that knows what the tables of a saved cycle were made with,
// and nothing else: repositories, the calendar, the names of the programme-level seats.
// It says of nobody that they hold a role.
func Saved(repos Repos, calendar cycle.Calendar, programme []string) *Config {
	c := &Config{Repos: repos, Voting: DefaultVoting, calendar: slices.Clone(calendar)}
	c.Roles.Programme = map[string]Source{}
	for _, seat := range programme {
		c.Roles.Programme[seat] = Source{}
	}
	return c
}
