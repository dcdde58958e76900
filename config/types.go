package config

import "github.com/steelthread/steelthread/plugin/cycle"

// The doc comments of the fields below are the reference: docs/config.md is generated from them. A test holds the number
// of keys at 30 or less; a new one has to replace an old one.

// Config is the whole file.
type Config struct {
	// Repos says where commands are read and where KEPs are.
	Repos Repos `json:"repos"`
	// Roles says where it is written down who holds which role.
	Roles Roles `json:"roles"`
	// Cycles lists the release cycles; two may be open at once, as one is planned while the one before it is coded.
	Cycles []Cycle `json:"cycles"`
	// Voting names the voting preset. `seed`: fist to five, every seat must vote, nobody under 3, on the items that have
	// `/readout ready`. `readout`: the same, on the items whose readout was held (`/readout done`). Default: `seed`.
	Voting string `json:"voting,omitempty"`

	hash     string
	calendar cycle.Calendar
}

// Repos is the block `repos`.
type Repos struct {
	// Work has one entry for each repository whose issues and pull requests are read: `org/repo`, exact, no wildcard.
	// An entry may be empty: `{}`. No other repository is ever read for commands or dependencies.
	Work map[string]WorkRepo `json:"work"`
	// KEPs is the repository that a short reference such as KEP-1234 means. Default: `kubernetes/enhancements`.
	KEPs string `json:"keps,omitempty"`
	// OptInLabel marks an issue that its SIG lead put up for the release; with the milestone it enters the plan as
	// proposed. Default: `lead-opted-in`.
	OptInLabel string `json:"optInLabel,omitempty"`
	// Bots lists accounts whose comments are never commands, by login.
	Bots []string `json:"bots,omitempty"`
}

// WorkRepo is one entry of `repos.work`.
type WorkRepo struct {
	// Quiet posts no replies and notices in this repository, decisions excepted: what is not taken gets a reaction, and
	// `threads: warn` says nothing. A pull request that is held is always told why. Records and labels stay. Default: false.
	Quiet bool `json:"quiet,omitempty"`
	// KEPs is the repository that KEP-1234 means here, for one that keeps its own KEPs. Default: `repos.keps`.
	KEPs string `json:"keps,omitempty"`
	// Threads is what is asked of pull requests that lead to no KEP. One word is the mode for those into the default
	// branch with `kind/feature` or `kind/api-change`: `off`; `warn`, one comment says what is missing; `block`, the
	// label `do-not-merge/needs-kep` is on it too, until there is a KEP or a reason for none; `block-unplanned`, also
	// until the work is in the plan. Or selectors by mode: `{block: [kind/feature], warn: ["kind/feature@release-*"]}`.
	// A selector is a label or `*`, every pull request; `@` and a branch stand behind it where another than the default
	// branch is meant. In the branch `*` is any characters but `/`; `@*` is every branch. The strictest mode that fits
	// counts; if none fits, off. Exempt always: pull requests by `repos.bots` and bot accounts, cherry-picks, reverts.
	// Default: `warn`.
	Threads Threads `json:"threads,omitzero"`
}

// Roles is the block `roles`. Each role has one source, in one of three forms:
// `org/repo:path#alias` is an alias in an OWNERS_ALIASES file (default branch), `org/team` is a GitHub team,
// `[login, login]` is a fixed list. `{sig}` and `{cycle}` stand for the SIG's and the cycle's name.
type Roles struct {
	// SIGs lists the SIGs by name, without `sig-`. Default: those that the aliases name, where `lead` is an alias with
	// `{sig}` in it.
	SIGs []string `json:"sigs,omitempty"`
	Holders
	// Programme lists the programme-level seats (architecture, testing), each with its source. Default: none.
	Programme map[string]Source `json:"programme,omitempty"`
	// Other lists further facilitation roles, each with its source, such as note-taker or retrospective. They are
	// shown by `/plan who` and give no right. Default: none.
	Other map[string]Source `json:"other,omitempty"`
}

// Holders are the roles that a cycle may fill anew.
type Holders struct {
	// Facilitator is the planning facilitator of a SIG. Where the alias is missing or empty the SIG's leads stand in.
	Facilitator Source `json:"facilitator,omitzero"`
	// Lead is a SIG's chairs and tech leads.
	Lead Source `json:"lead,omitzero"`
	// ReleaseLead is the release lead and the shadows.
	ReleaseLead Source `json:"releaseLead,omitzero"`
	// ReleaseTeam is the enhancements group of the release team. Default: nobody.
	ReleaseTeam Source `json:"releaseTeam,omitzero"`
	// ProductManagement is the product-management representative, whose vote a plan needs.
	ProductManagement Source `json:"productManagement,omitzero"`
}

// Cycle is one entry of `cycles`. Dates are written 2027-01-11 and end anywhere on earth (12:00 UTC of the next day).
type Cycle struct {
	// Name is the release, as its milestone is called: `v1.38`.
	Name string `json:"name"`
	// Plan is the plan issue, `org/repo#number`, in a repository of `repos.work`. It is said here and nowhere else.
	// Default: none yet.
	Plan string `json:"plan,omitempty"`
	// Planning is the day of the planning event, in the week of the code freeze before. Commands for the cycle are
	// taken from 28 days before it. Default: none; commands are then taken from 84 days before the start.
	Planning string `json:"planning,omitempty"`
	// Start is the first day of the cycle.
	Start string `json:"start"`
	// End is the day of the release.
	End string `json:"end"`
	// Increments lists the last day of each increment, in order. The first starts with the cycle, each other on the next
	// weekday after the one before. Default: four of two weeks, Monday to Friday.
	Increments []string `json:"increments,omitempty"`
	// Caps lists the highest confidence, in percent, that an item in each increment may have: 1 to 100, never rising.
	// Default: 100, 80, 60 and 40, and 40 for any further one.
	Caps []int `json:"caps,omitempty"`
	// Freezes has an entry for each freeze, by name: `enhancements`, `code`.
	Freezes map[string]Freeze `json:"freezes,omitempty"`
	// Roles overrides, for this cycle, the roles facilitator, lead, releaseLead, releaseTeam and productManagement.
	Roles Holders `json:"roles,omitzero"`
}

// Freeze is one entry of a cycle's `freezes`.
type Freeze struct {
	// At is when the freeze begins: a day (its end anywhere on earth) or an instant, `2027-02-12T02:00:00Z`.
	At string `json:"at"`
	// Window is how many days after the freeze an exception may still be asked for, 0 to 60. Default: 3.
	Window *int `json:"window,omitempty"`
}
