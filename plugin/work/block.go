package work

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// blockCommand raises a planning block: it stops readout and approval and
// never touches merges.
var blockCommand = Command{
	Verb:    "block",
	Summary: "Raise a planning block: no readout and no approval until it is resolved.",
	Forms:   []Form{blockForm()},
}

// blockWho is who may raise a block: the facilitator of an affected or giving
// SIG, and programme-level voters.
var blockWho = []Who{{Role: roles.Facilitator}, {Role: roles.Programme}}

func blockForm() Form {
	f := raise("block", "reason", Block, blockWho,
		"Raise a planning block. It gets a number (B1). It never touches merges.",
		"/block needs API review of the pool field")
	f.Allow = allowBlock
	f.Speakers = "planning facilitator of an owning, taking part, giving or depending SIG, programme-level voter"
	return f
}

// allowBlock lets a facilitator block whose SIG owns the item, takes part in
// its KEP, gives to it or depends on it.
func allowBlock(c *Context, v slash.Values) (roles.Grant, *slash.Problem) {
	unknown := false
	for _, sig := range c.affected() {
		grant, answer := c.Roles.Holds(roles.Facilitator, sig, c.Cycle.Name, c.Login, c.Said)
		if answer == roles.Yes {
			return grant, nil
		}
		unknown = unknown || answer == roles.Unknown
	}
	grant, answer := c.Roles.Holds(roles.Programme, "", c.Cycle.Name, c.Login, c.Said)
	if answer == roles.Yes {
		return grant, nil
	}
	if unknown || answer == roles.Unknown {
		return grant, c.problem(NotChecked, "", "", v)
	}
	return grant, c.problem(WrongRole, "", c.Login, v, c.blockers()...)
}

// blockers lists the roles that may block, for the refusal.
func (c *Context) blockers() []string {
	var who []string
	for _, sig := range c.affected() {
		who = append(who, roles.Facilitator.Title(sig))
	}
	return append(who, roles.Programme.Title(""))
}

// affected lists the SIGs that a block on this item may come from, sorted.
func (c *Context) affected() []string {
	sigs := slices.Clone(c.Affected)
	if owner := c.OwningSIG(); owner != "" {
		sigs = append(sigs, owner)
	}
	if k, ok := FindKEP(c.Item(), c.Issue, c.KEPs, c.KEPRepo); ok {
		sigs = append(sigs, k.Participating...)
	}
	slices.Sort(sigs)
	return slices.Compact(sigs)
}
