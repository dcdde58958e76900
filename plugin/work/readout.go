package work

import (
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// readoutCommand carries an item through the readout of the planning event.
var readoutCommand = Command{
	Verb:    "readout",
	Summary: "Say that this issue is ready for the readout, or that it was held.",
	Forms: []Form{
		readoutForm("ready", []Who{{Role: roles.Facilitator}}, "Ready to be read out. What is still missing is listed in the record.",
			func(i *Item, s Said, _ slash.Values) { i.Ready = s }),
		readoutForm("cancel", []Who{{Role: roles.Facilitator}}, "Not ready after all.",
			func(i *Item, _ Said, _ slash.Values) { i.Ready, i.Held = Said{}, Said{} }),
		readoutForm("done", []Who{{Role: roles.ReleaseLead}, {Role: roles.PM}}, "The readout was held. It counts while no block is open.",
			func(i *Item, s Said, _ slash.Values) { i.Held = s }),
	},
}

func readoutForm(word string, who []Who, summary string, apply func(*Item, Said, slash.Values)) Form {
	return Form{
		Form: slash.Form{Verb: "readout", Args: []slash.Arg{{Name: word, Kind: slash.Word(word)}, release},
			Examples: []string{"/readout " + word}},
		Who: who, Summary: summary, Apply: apply,
	}
}
