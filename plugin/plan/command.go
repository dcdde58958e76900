package plan

import (
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
	// Stands refuses what does not fit what was said before that place on the plan issue
	// itself. nil refuses nothing.
	Stands func(*work.Context, *State, Mark) *slash.Problem
}

// Command is one verb that may be said on the plan issue.
type Command = work.CommandOf[Form]

// Commands are the verbs of the plan issue, in the order in which help lists them.
var Commands = work.CommandSet[Form]{planCommand, voteCommand, npsCommand}

// planCommand is all that is asked of the plan.
var planCommand = Command{
	Verb:    "plan",
	Summary: "Ask about the plan, order a backlog, open and close the vote and the survey, rework, prune.",
	Forms: []Form{
		statusForm, whoForm, orderForm, openForm, closeForm, reworkForm, pruneForm, confirmForm, notesForm, surveyOpenForm, surveyCloseForm,
	},
}

// NeedNumber are those verbs that are ours only with a number behind them: another
// plugin owns the bare ones. They are for slash.Verbs.
var NeedNumber = []string{"vote"}

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
