package work

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Who is one role that may say a form.
type Who struct {
	Role roles.Role
	Any  bool // of any SIG; otherwise of the SIG that owns the item
}

// Title names the role for help and docs, with the SIGs it is of.
func (w Who) Title(sigs string) string {
	switch w.Role {
	case roles.Facilitator:
		return "planning facilitator of " + sigs
	case roles.Lead:
		return "SIG lead of " + sigs
	}
	return w.Role.Title("")
}

// Form is one form of a command: what may be written, by whom, what it
// settles to and what it does to the item.
type Form struct {
	slash.Form
	Who     []Who
	Summary string
	// Speakers says in words who may say it, where Who does not tell.
	Speakers string
	// Settle fills in defaults and holds the words against the calendar and
	// this issue. It gives one or more sets of values, each printed as one
	// canonical line. nil keeps the values as they are.
	Settle func(*Context, slash.Values) ([]slash.Values, *slash.Problem)
	// Allow replaces Who where the right depends on the item, as for /resolve.
	Allow func(*Context, slash.Values) (roles.Grant, *slash.Problem)
	// Numbers says which kind of note the form begins, "" for none.
	Numbers NoteKind
	// Canonical is the form in which the receipt keeps the line. nil: this one.
	Canonical *slash.Form
	// Apply folds one canonical line. It is total: words that fit no more
	// change nothing.
	Apply func(*Item, Said, slash.Values)
}

// Commands are the verbs of work items, in the order in which help lists them.
var Commands = CommandSet[Form]{
	kepCommand, commitCommand, dependsOnCommand, provideCommand,
	questionCommand, blockCommand, riskCommand, resolveCommand,
	readoutCommand, progressCommand, doneCommand, demoCommand, exceptionCommand,
}

func (f Form) canonical() slash.Form {
	if f.Canonical != nil {
		return *f.Canonical
	}
	return f.Form
}

// Refuse begins a refusal of the line at hand, for the Settle and Allow of forms
// that are declared elsewhere: reason code, the argument and word at fault, what
// is allowed, and the values of the line that would mend it, nil if there is none.
func (c *Context) Refuse(code, arg, word string, fix slash.Values, allowed ...string) *slash.Problem {
	return c.problem(code, arg, word, fix, allowed...)
}

// Holds looks for the first of the roles that the speaker holds. Unknown wins
// over No, never over Yes.
func (c *Context) Holds(who []Who) (roles.Grant, roles.Answer) { return c.holdsOne(who) }

// Issue is what a verdict and the findings need to know of the issue itself.
type Issue struct {
	Key         Key
	ID          int64 // database id
	Title       string
	Body        string
	Author      string
	Assignees   []string
	Labels      []string
	Milestone   string
	Closed      bool
	StateReason string // "completed", "not_planned"
	ClosedAt    time.Time
	Pull        bool
	Merged      bool
	Private     bool // its repository is private
}

// HasLabel compares in exact case, as Tide does.
func (i Issue) HasLabel(name string) bool { return slices.Contains(i.Labels, name) }

// Catalogues are the KEP catalogues by repository, "org/repo".
type Catalogues map[string]*kep.Catalogue

// Context is all that a verdict may look at: this issue, the calendar, the
// roles as of the time it was said, and the item as folded so far. A KEP's
// owning SIG comes from the catalogue.
type Context struct {
	Issue    Issue
	Said     time.Time // the comment's created_at
	Author   int64
	Login    string
	Member   roles.Answer // what GitHub says of the speaker: of the organisation, or a collaborator
	Calendar cycle.Calendar
	Roles    *roles.Book
	KEPs     Catalogues
	KEPRepo  string           // where a short KEP reference on this issue points, "org/repo"
	Items    map[string]*Item // the fold so far, by cycle
	Affected []string         // SIGs that give to this item or depend on it, from the index
	// Dependants are those of Affected that depend on this item, by cycle: an exception
	// needs the support of each.
	Dependants map[string][]string
	// Decided are the decisions about exceptions that were read back from this issue,
	// by cycle. Those made after the line was said do not count.
	Decided   map[string][]PostedException
	Repos     []string    // the configured repositories, "org/repo", in their own spelling
	PlanIssue string      // of the first open cycle, "org/repo#12"; "" if it may not be named here
	Cycle     cycle.Cycle // set by Judge before Settle and Allow are called
	forms     []slash.Form
	form      Form
	sig       string // the SIG named in the line, "" if none
	line      slash.Line
	typed     slash.Values // as parsed, before defaults were filled in
	checklist []string
}

// Item is the fold so far in the cycle that the line is about. It is never nil.
func (c *Context) Item() *Item {
	if item, ok := c.Items[c.Cycle.Name]; ok {
		return item
	}
	return &Item{Key: c.Issue.Key, Cycle: c.Cycle.Name}
}

// Checklist lists the leaf items of the issue's task list as they stand now.
func (c *Context) Checklist() []string {
	if c.checklist == nil {
		c.checklist = Checklist(c.Issue.Body)
	}
	return c.checklist
}

// problem begins a refusal of the line at hand whose mended line is the given
// values printed in the form that was used.
func (c *Context) problem(code, arg, word string, fix slash.Values, allowed ...string) *slash.Problem {
	if code == NotChecked && c.Roles.Doubts(c.Login) {
		code, word = OtherLogin, c.Login
	}
	p := &slash.Problem{Line: c.line.N, Saw: c.line.Raw, Code: code, Arg: arg, Word: word, Allowed: allowed, Usage: usage(c.forms)}
	if fix != nil {
		p.Fix = c.form.Print(c.asTyped(fix, arg))
	}
	return p
}

// asTyped gives people their own words back: but for the argument that is
// mended, defaults are left out and references and items stand as typed.
func (c *Context) asTyped(fix slash.Values, mended string) slash.Values {
	for _, name := range []string{"release", "items", "ref", "freeze"} {
		if name != mended {
			fix = fix.With(name, c.typed[name])
		}
	}
	return fix
}
