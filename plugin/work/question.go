package work

import "github.com/steelthread/steelthread/plugin/roles"

// questionCommand asks something that the readout should answer.
var questionCommand = Command{
	Verb:    "question",
	Summary: "Ask a planning question about this issue.",
	Forms: []Form{raise("question", "text", Question,
		[]Who{{Role: roles.Facilitator, Any: true}, {Role: roles.Programme}, {Role: roles.Lead, Any: true}, {Role: roles.ReleaseLead}},
		"Ask a question. It gets a number (Q1) and stays open until you resolve it.",
		"/question Who reviews the API change?")},
}
