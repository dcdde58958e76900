package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// reason has the words for one code of a refusal. They say what was seen and
// what is allowed, and blame nobody.
type reason struct {
	say   func(*slash.Problem) string // sentences
	paste string                      // leads to the line to paste, without the colon
	short string                      // a few words, for lists
	usage bool                        // the forms of the command help
}

// shown is how many allowed values a sentence lists.
const shown = 8

var reasons = map[string]reason{
	slash.CodeMissing:     {sayMissing, "For example", "something is missing", true},
	slash.CodeExtra:       {sayExtra, "Without it", "a word too many", true},
	slash.CodeRange:       {sayAllowed("is out of range"), "For example", "out of range", false},
	slash.CodeShape:       {sayAllowed("does not read as"), "For example", "not readable", true},
	slash.CodeChoice:      {sayAllowed("is not one of the words for"), "For example", "another word is needed", false},
	slash.CodeTooLong:     {sayTooLong, "Shortened", "too long", false},
	slash.CodeUnknownForm: {sayUnknownForm, "For example", "a form not known", true},

	work.NoCycle:     {sayNoCycle, "Later", "no cycle is open", false},
	work.WhichCycle:  {sayWhichCycle, "For example", "the release is not clear", false},
	work.NotOpen:     {sayNotOpen, "For example", "the release is not open", false},
	work.NoIncrement: {sayNoIncrement, "For example", "no such increment", false},
	work.Finished:    {sayFinished, "For the next one", "the increment is over", false},
	work.AboveCap:    {sayAboveCap, "To commit at the cap", "above the cap", false},
	work.NoSuchItem:  {sayNoSuchItem, "For example", "no such checklist item", false},
	work.WhichSIG:    {sayWhichSIG, "For example", "the SIG is not clear", false},
	work.NoSuchNote:  {sayNoSuchNote, "For example", "no such number", false},
	work.NoteEnded:   {sayNoteEnded, "For another one", "ended already", false},
	work.NotARisk:    {sayNotARisk, "For a risk", "not a risk", false},
	work.NotYours:    {sayNotYours, "For them to paste", "for another person", false},
	work.WrongRole:   {sayWrongRole, "For them to paste", "for another role", false},
	work.NotChecked:  {sayNotChecked, "To post again in a few minutes", "the role could not be checked", false},
	work.OtherLogin:  {sayOtherAccount, "For the right login to paste", "the login was another account's", false},
	work.Edited:      {sayEdited, "As a new comment", "edited before it was read", false},
	work.WrongPlace:  {sayWrongPlace, "On the issue", "for an issue", false},
	work.ForPull:     {sayForPull, "On the pull request", "for a pull request", false},
	work.ForItem:     {sayForItem, "On the work item", "for a work item", false},
	plan.ForPlan:     {sayForPlan, "On the plan issue", "for the plan issue", false},
	plan.NoSuchSIG:   {sayNoSuchSIG, "For example", "no such SIG", false},
	plan.TimePast:    {sayTimePast, "For example", "the time is over", false},
	plan.TimeFar:     {sayTimeFar, "For example", "the time is too far ahead", false},
	plan.NoSurvey:    {sayNoSurvey, "For product management, to open one", "no survey is open", false},
	plan.SurveyOpen:  {saySurveyOpen, "To close it", "a survey is open already", false},
	work.NotAKEP:     {sayNotAKEP, "For example", "not a KEP", true},
	work.TooMuch:     {sayTooMuch, "In parts", "too much for one line", false},
	work.Answered:    {sayAnswered, "As a new comment", "answered before", false},
	work.NoRequest:   {sayNoRequest, "To ask for one", "no exception is asked for", false},
	work.NoFreeze:    {sayNoFreeze, "For example", "no such freeze", false},
	work.FreezeOver:  {sayFreezeOver, "For one that is open", "the freeze is over", false},
	work.OneRequest:  {sayOneRequest, "For the one who asked for it, to take it back", "another one is not decided", false},
	work.AgreedTo:    {sayAgreedTo, "For the one who asked for it", "others have agreed to it", false},
	work.Settled:     {saySettled, "Later", "decided already", false},
	work.AboveAsked:  {sayAboveAsked, "To approve what was asked for", "more than was asked for", false},
	work.SecondRole:  {saySecondRole, "For them to paste", "for a second person", false},
}

// reasonOf gives the words for a code, usable ones also for a code that is new.
func reasonOf(code string) reason {
	if r, ok := reasons[code]; ok {
		return r
	}
	return reason{func(p *slash.Problem) string {
		s := "it was not taken (" + word(code) + ")"
		if p.Word != "" {
			s += " because of " + Code(p.Word)
		}
		return s + "." + allowed(p, " Allowed: ")
	}, "For example", word(code), true}
}

// codes puts allowed values into code spans.
func codes(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, Code(s))
	}
	return out
}

// allowed lists what may stand at the place, after an introduction.
func allowed(p *slash.Problem, intro string) string {
	if len(p.Allowed) == 0 {
		return ""
	}
	return intro + some(codes(p.Allowed), shown, "or") + "."
}

// listing lists what there is, after an introduction.
func listing(p *slash.Problem, intro string) string {
	if len(p.Allowed) == 0 {
		return ""
	}
	return intro + some(codes(p.Allowed), shown, "and") + "."
}

func argument(p *slash.Problem) string {
	if p.Arg == "" {
		return "something"
	}
	return Code("[" + strings.Trim(p.Arg, "[]") + "]")
}

func seen(p *slash.Problem) string {
	if p.Word == "" {
		return "a word"
	}
	return Code(p.Word)
}

func sayMissing(p *slash.Problem) string {
	return argument(p) + " is missing." + allowed(p, " It looks like this: ")
}

func sayExtra(p *slash.Problem) string {
	return "the form has no place for " + seen(p) + "." + allowed(p, " Allowed: ")
}

func sayAllowed(what string) func(*slash.Problem) string {
	return func(p *slash.Problem) string {
		s := seen(p) + " " + what
		if strings.HasSuffix(what, " as") || strings.HasSuffix(what, " for") {
			s += " " + argument(p)
		}
		return s + "." + allowed(p, " Allowed: ")
	}
}

func sayTooLong(p *slash.Problem) string {
	if len(p.Allowed) > 0 {
		if limit, ok := strings.CutPrefix(p.Allowed[0], "up to "); ok {
			return argument(p) + " is longer than the " + plain(limit) + " that are kept."
		}
	}
	return argument(p) + " is too long." + allowed(p, " Allowed: ")
}

func sayUnknownForm(p *slash.Problem) string {
	if p.Word == "" {
		return "this form is not known."
	}
	return seen(p) + " begins no form of this command." + allowed(p, " Allowed: ")
}

func sayNoCycle(*slash.Problem) string {
	return "no release cycle is open for planning at the moment. The calendar in the configuration says when the next one opens."
}

func sayWhichCycle(p *slash.Problem) string {
	return "several releases are open, and neither the milestone of this issue nor a commitment says which is meant: " +
		some(codes(p.Allowed), shown, "or") + ". Name it."
}

func sayNotOpen(p *slash.Problem) string {
	return seen(p) + " is not open for planning." + listing(p, " Open now: ")
}

func sayNoIncrement(p *slash.Problem) string {
	if p.Word == "" {
		return "the calendar of this release has no increments yet."
	}
	return seen(p) + " is not an increment of this release." + listing(p, " Its increments are ")
}

func sayFinished(p *slash.Problem) string {
	s := plain(p.Word) + " of this release are over."
	if !strings.HasPrefix(p.Word, "weeks") {
		s = firstOf(plain(p.Word), "this increment") + " of this release is over."
	}
	if len(p.Allowed) == 0 {
		return s + " It was the last increment."
	}
	return s + listing(p, " Still to come: ")
}

func sayAboveCap(p *slash.Problem) string {
	if len(p.Allowed) < 2 {
		return seen(p) + " is above the cap of the increment. Lower is fine."
	}
	return "the cap for " + plain(p.Allowed[0]) + " is " + plain(p.Allowed[1]) + " %. Lower is fine."
}

func sayNoSuchItem(p *slash.Problem) string {
	if len(p.Allowed) == 0 {
		return seen(p) + " names an item of a checklist, and the description of this issue has none. Without items the whole issue is meant."
	}
	return seen(p) + " is not in the checklist of this issue." + listing(p, " It has ")
}

func sayWhichSIG(p *slash.Problem) string {
	var sigs []string
	for _, s := range p.Allowed {
		if s != "" {
			sigs = append(sigs, sigName(s))
		}
	}
	if len(sigs) < 2 {
		return "nothing here says for which SIG this is said: no KEP, no commitment, no single `sig/` label. Name it."
	}
	return "you speak for " + some(sigs, shown, "and") + ", and nothing here says for which of them now: no KEP, no commitment, no single `sig/` label. Name it."
}

func openNow(p *slash.Problem) string {
	if len(p.Allowed) == 0 {
		return " Nothing is open here that it could end."
	}
	return listing(p, " Open now: ")
}

func sayNoSuchNote(p *slash.Problem) string { return "there is no " + seen(p) + " here." + openNow(p) }

func sayNoteEnded(p *slash.Problem) string { return seen(p) + " has ended already." + openNow(p) }

func sayNotARisk(p *slash.Problem) string {
	return "`owned`, `accepted` and `mitigated` are for risks, and " + seen(p) + " is none. A question or a block ends with `/resolve` and its number alone." +
		listing(p, " Open risks: ")
}

func sayNotYours(p *slash.Problem) string {
	who, also := "somebody else", ""
	if len(p.Allowed) > 0 {
		who = person(p.Allowed[0])
	}
	if len(p.Allowed) > 1 {
		who += ", " + plain(p.Allowed[1])
	}
	if strings.HasPrefix(p.Word, string(work.Risk)) {
		also = ", or the planning facilitator of the owning SIG"
	}
	if p.Arg == "freeze" {
		return "the exception to the " + freezeName(p.Word) + " was asked for by " + who + ". The same person withdraws it."
	}
	return seen(p) + " was raised by " + who + ". The same person ends it, or the next holder of that role" + also + "."
}

func sayWrongRole(p *slash.Problem) string {
	var roles []string
	for _, r := range p.Allowed {
		if !strings.HasPrefix(r, "any ") {
			r = "the " + r
		}
		roles = append(roles, plain(r))
	}
	s := "this is for another role"
	if len(roles) > 0 {
		s = "this is for " + some(roles, shown, "or")
	}
	if p.Word != "" {
		return s + ". " + person(p.Word) + " was not listed as such when this was said."
	}
	return s + "."
}

func sayNotChecked(*slash.Problem) string {
	return "who holds the role for this could not be read just now, so it was not taken. The line itself is fine."
}

func sayOtherAccount(p *slash.Problem) string {
	who := "this login"
	if p.Word != "" {
		who = person(p.Word)
	}
	return "it was another account that spoke here in a role as " + who + ". A login that is given up can be registered by anybody, and a list of logins does not tell the two apart, so it was not taken. " +
		"Who holds the role says it under the login that the list names by then."
}

func sayEdited(*slash.Problem) string {
	return "edited before I read it; post it again as a new comment."
}

func sayWrongPlace(*slash.Problem) string {
	return "this is said on an issue, and this is a pull request."
}

func sayForPull(*slash.Problem) string {
	return "this is said on a pull request, and this is an issue."
}

func sayForItem(*slash.Problem) string {
	return "this is said on a work item, and this is the plan."
}

func sayForPlan(p *slash.Problem) string {
	return "this is said on the plan issue of the release, and this is another one." + allowed(p, " It is ")
}

func sayNoSuchSIG(p *slash.Problem) string {
	return seen(p) + " is not known here." + allowed(p, " There are ")
}

func sayTimePast(p *slash.Problem) string {
	return seen(p) + " is over. A vote is open until a time to come."
}

func sayTimeFar(p *slash.Problem) string {
	return seen(p) + " is too far ahead: a vote is open for 30 days at most."
}

func sayNoSurvey(*slash.Problem) string {
	return "no survey is open. While product management has one open, everybody answers it with `/nps` and a number from 0 to 10."
}

func saySurveyOpen(*slash.Problem) string {
	return "the survey is open already, and answers are taken."
}

func sayNotAKEP(*slash.Problem) string {
	return "the reference does not lead to a KEP. A KEP is named by its number, such as `KEP-4381`, or by the address of its issue in the KEP repository."
}

func sayTooMuch(*slash.Problem) string {
	return "this says more than is kept of one line. Say it in two lines or more, each with some of the items, weeks or issues."
}

func sayAnswered(*slash.Problem) string {
	return "this was not taken when it was first read; post it again as a new comment."
}
