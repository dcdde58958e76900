package work

import "github.com/steelthread/steelthread/plugin/roles"

// riskCommand names a risk; risks close as ROAM.
var riskCommand = Command{
	Verb:    "risk",
	Summary: "Name a risk to this issue.",
	Forms: []Form{raise("risk", "text", Risk,
		[]Who{{Role: roles.Facilitator, Any: true}, {Role: roles.Programme}, {Role: roles.Lead, Any: true}, {Role: roles.ReleaseLead}},
		"Name a risk. It gets a number (R1) and closes as resolved, owned, accepted or mitigated.",
		"/risk The only reviewer is away in weeks 3-4")},
}
