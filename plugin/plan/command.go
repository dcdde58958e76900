package plan

import (
	"maps"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Query names a form that asks something and leaves no receipt.
type Query string

// The queries.
const (
	QueryStatus Query = "status"
	QueryWho    Query = "who"
	QueryNotes  Query = "notes"
)

// Form is one form of a command on the plan issue.
type Form struct {
	work.Form
	// Apply folds one canonical line. It is total. nil for a query. It stands in place
	// of work.Form's, which is not used.
	Apply func(*State, work.Said, slash.Values)
	Query Query // "" for what is no query
}

// Command is one verb that may be said on the plan issue.
type Command struct {
	Verb    string
	Summary string
	Forms   []Form
}

// Commands are the verbs of the plan issue, in the order in which help lists them.
var Commands = []Command{planCommand, voteCommand}

// planCommand is all that is asked of the plan.
var planCommand = Command{
	Verb:    "plan",
	Summary: "Ask about the plan, order a backlog, open and close the vote, rework, prune.",
	Forms: []Form{
		statusForm, whoForm, orderForm, openForm, closeForm, reworkForm, pruneForm, confirmForm, notesForm,
	},
}

// NeedNumber are those verbs that are ours only with a number behind them: another
// plugin owns the bare ones. They are for slash.Verbs.
var NeedNumber = []string{"vote"}

// Find gives the command of a verb.
func Find(verb string) (Command, bool) {
	for _, c := range Commands {
		if c.Verb == verb {
			return c, true
		}
	}
	return Command{}, false
}

// Verbs lists the verbs of the plan issue.
func Verbs() []string {
	verbs := make([]string, 0, len(Commands))
	for _, c := range Commands {
		verbs = append(verbs, c.Verb)
	}
	return verbs
}

// Examples lists every example line of every form. Each is accepted when pasted by
// somebody with the role, while its dates are to come and near enough.
func Examples() []string {
	var lines []string
	for _, c := range Commands {
		for _, f := range c.Forms {
			lines = append(lines, f.Examples...)
		}
	}
	return lines
}

// Usage lists the usage of all forms of the command.
func (c Command) Usage() []string {
	usage := make([]string, 0, len(c.Forms))
	for _, f := range c.Forms {
		usage = append(usage, f.Form.Usage())
	}
	return usage
}

func (c Command) grammar() []slash.Form {
	out := make([]slash.Form, 0, len(c.Forms))
	for _, f := range c.Forms {
		out = append(out, f.Form.Form)
	}
	return out
}

// The roles of the forms. A SIG role is of any SIG here unless the form says more.
var (
	facilitators = work.Who{Role: roles.Facilitator, Any: true}
	releaseLeads = work.Who{Role: roles.ReleaseLead}
	releaseTeam  = work.Who{Role: roles.ReleaseTeam}
	productPM    = work.Who{Role: roles.PM}
	programme    = work.Who{Role: roles.Programme}
	anyone       = work.Who{Role: roles.Anyone}
)

// literal is a word at its place in a form of /plan.
func literal(w string) slash.Arg { return slash.Arg{Name: w, Kind: slash.Word(w)} }

// set gives the values with one of them replaced.
func set(v slash.Values, name string, value any) slash.Values {
	w := maps.Clone(v)
	w[name] = value
	return w
}
