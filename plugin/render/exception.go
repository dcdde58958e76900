package render

import (
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// freezeName is "code freeze".
func freezeName(name string) string { return word(name) + " freeze" }

// dayOnEarth is "Thu 22 Jan, anywhere on earth": the last day, to its end.
func dayOnEarth(d cycle.Day) string { return plan.UntilWords(d.EndAoE()) }

func days(n int) string { return digits(n, "day", "days") }

// saidAs is what a decision keeps of a line, as something said.
func saidAs(a work.Asked) work.Said {
	return work.Said{Comment: a.Comment, Line: a.Line, At: a.Said, Login: a.Login, Role: a.Role}
}

// exceptionState is where an exception stands, in a few words.
func exceptionState(e work.Exception) string {
	switch e.State {
	case work.ExceptionDraft:
		return "a draft, " + count(len(e.Missing), "line", "lines") + " missing"
	case work.ExceptionRequested:
		if len(e.Waiting)+len(wordless(e)) > 0 {
			return "requested, not decided"
		}
		return "requested, all has been said"
	case work.ExceptionGranted, work.ExceptionExpired:
		if e.Decided == nil {
			break
		}
		if e.State == work.ExceptionExpired {
			text := "expired, was granted until " + dayOnEarth(e.Decided.Due)
			if e.DoneLate {
				text += "; the work was done after that"
			}
			return text
		}
		return "granted until " + dayOnEarth(e.Decided.Due)
	}
	return word(string(e.State))
}

// wordless lists the roles that have not spoken, release lead first.
func wordless(e work.Exception) []roles.Role {
	return slices.DeleteFunc([]roles.Role{roles.ReleaseLead, roles.PM}, func(r roles.Role) bool {
		return slices.ContainsFunc(e.Votes, func(v work.ExceptionVote) bool { return v.Role == string(r) })
	})
}

// exceptions writes those that stand or wait, the newest first, and names the others.
func (p *page) exceptions() {
	var now, former []work.Exception
	for _, e := range slices.Backward(p.Assessment.Exceptions) {
		if (e.Undecided() || e.Decided != nil && e.Decided.Granted) && len(now) < max(1, p.items/4) {
			now = append(now, e)
		} else {
			former = append(former, e)
		}
	}
	for _, e := range now {
		p.say("\n**Exception to the ", freezeName(e.Freeze), ": ", exceptionState(e), "**\n", p.exceptionTable(e))
		p.exceptionLines(e)
	}
	if p.NoMilestone {
		p.say("\nThis issue is in no milestone yet: it goes into ", plain(p.item.Cycle), " as soon as its repository has a milestone of that title.\n")
	}
	if len(former) == 0 {
		return
	}
	var list []string
	for _, e := range former {
		list = append(list, p.formerException(e))
	}
	p.say("\n**Former exceptions:** ", some(list, p.rows, "and"), "\n")
}

// formerException is "code freeze, 5 days asked for, denied 9 Jan".
func (p *page) formerException(e work.Exception) string {
	text := freezeName(e.Freeze) + " (" + days(e.Days) + " asked for, "
	switch {
	case e.State == work.ExceptionWithdrawn:
		return text + "withdrawn " + p.day(p.key, e.Withdrawn) + ")"
	case e.Decided != nil:
		return text + exceptionState(e) + ", " + p.decidedOn(e) + ")"
	}
	return text + exceptionState(e) + ")"
}

// decidedOn links the day of the decision to its comment.
func (p *page) decidedOn(e work.Exception) string {
	return link(DateOf(e.DecidedAt), p.Comment(p.key, e.DecidedIn))
}

func (p *page) exceptionTable(e work.Exception) string {
	t := table{head: []string{"", ""}}
	asked := days(e.Days)
	if e.Decided == nil {
		asked += p.fromWhen(e)
	}
	if e.Reason != "" {
		asked += ", " + p.code(e.Reason)
	}
	asked += " (" + speaker(e.Requested) + ", " + p.day(p.key, e.Requested)
	if e.Latest.Comment != e.Requested.Comment && !e.Latest.IsZero() {
		asked += ", last changed " + p.day(p.key, e.Latest)
	}
	t.add("Asked for", asked+")")
	for _, l := range textLines(e.ExceptionText) {
		t.add(l.title, p.code(l.text))
	}
	t.add("Support", p.supportCell(e))
	for _, r := range []roles.Role{roles.ReleaseLead, roles.PM} {
		t.add(upper(deciders[r]), p.wordOf(e, r))
	}
	if d := e.Decided; d != nil {
		decided := "denied"
		if d.Granted {
			decided = "granted for " + days(d.Days) + " after " + dayShort(d.Due.AddDays(-d.Days))
		}
		t.add("Decided", decided+", "+p.decidedOn(e))
	}
	return t.String()
}

// fromWhen is from which day the days of a request would count: " after Mon 8 Mar, or
// after a later decision", where Mon 8 Mar is the last day before the freeze.
func (p *page) fromWhen(e work.Exception) string {
	f, ok := p.Cycle.Freeze(e.Freeze)
	switch {
	case !ok:
		return ""
	case cycle.DayOf(e.Requested.At).After(f.Day()):
		return " after the decision"
	}
	return " after " + dayShort(f.Day()) + ", or after a later decision"
}

// textLine is a named line of a request, with how tables call it.
type textLine struct{ title, text string }

// textLines lists the named lines that have a text.
func textLines(t work.ExceptionText) []textLine {
	return slices.DeleteFunc([]textLine{{"Why", t.Why}, {"Risk if late", t.RiskLate}, {"Risk if cut", t.RiskCut}, {"Pull requests", t.PRs}},
		func(l textLine) bool { return l.text == "" })
}

// deciders are the two roles that decide, as tables call them.
var deciders = map[roles.Role]string{roles.ReleaseLead: "release lead", roles.PM: "product management"}

func (p *page) supportCell(e work.Exception) string {
	var list []string
	for _, sig := range e.Waiting {
		list = append(list, "**not yet** "+owningName(sig))
	}
	for _, s := range e.Supports {
		list = append(list, sigName(s.SIG)+" ("+person(s.Login)+", "+p.day(p.key, saidAs(s.Asked))+")")
	}
	if len(list) == 0 {
		return "nobody has said so"
	}
	return some(list, p.items, "and")
}

// owningName names a SIG whose support is waited for.
func owningName(sig string) string {
	if sig == "" {
		return "the owning SIG (no KEP and nothing committed says which)"
	}
	return sigName(sig)
}

func (p *page) wordOf(e work.Exception, r roles.Role) string {
	for _, v := range e.Votes {
		if v.Role != string(r) {
			continue
		}
		text := voteWords(v)
		if v.Text != "" {
			text += " " + p.code(v.Text)
		}
		return text + " (" + person(v.Login) + ", " + p.day(p.key, saidAs(v.Asked)) + ")"
	}
	return "not yet"
}

func voteWords(v work.ExceptionVote) string {
	if v.Approve {
		return "approved, " + days(v.Days)
	}
	return "**denied**"
}

// exceptionLines gives the lines with which a request is decided.
func (p *page) exceptionLines(e work.Exception) {
	if e.State != work.ExceptionRequested || len(wordless(e)) == 0 || p.closed() {
		return
	}
	p.say("\nFor ", decidersNamed(wordless(e)), ", for as many days or fewer:\n", block("", "/exception approve "+p.item.Cycle+" "+digitsOf(e.Days)+"d"),
		"or, with a reason behind if you like; one denial is enough, and it is final:\n", block("", "/exception deny "+p.item.Cycle))
}

// decidersNamed is "a release lead and product management".
func decidersNamed(rs []roles.Role) string {
	var names []string
	for _, r := range rs {
		name := deciders[r]
		if r == roles.ReleaseLead {
			name = "a " + name
		}
		names = append(names, name)
	}
	return join(names, "and")
}

// exceptionNeeds lists whose word on an exception is waited for. What is missing of a
// draft, and the support of SIGs, are points.
func (p *page) exceptionNeeds() []string {
	var list []string
	for _, e := range p.Assessment.Exceptions {
		if rs := wordless(e); e.State == work.ExceptionRequested && len(rs) > 0 {
			list = append(list, decidersNamed(rs)+" to decide about the exception to the "+freezeName(e.Freeze))
		}
	}
	return list
}

// exceptionHead is the newest exception for the headline, "" if none matters any more.
func (p *page) exceptionHead() string {
	for _, e := range slices.Backward(p.Assessment.Exceptions) {
		switch e.State {
		case work.ExceptionDraft:
			return ", exception drafted"
		case work.ExceptionRequested, work.ExceptionExpired:
			return ", exception " + string(e.State)
		case work.ExceptionGranted:
			return ", exception until " + dayOnEarth(e.Decided.Due)
		}
	}
	return ""
}

// freezeDays reads a freeze as refusals list it: its name, its last day before, and
// the end of the time to ask for exceptions.
func freezeDays(s string) (name, day, until string, ok bool) {
	parts := strings.Split(s, " ")
	if len(parts) != 3 {
		return "", "", "", false
	}
	d, err := cycle.ParseDay(parts[1])
	t, wrong := time.Parse(time.RFC3339, parts[2])
	if err != nil || wrong != nil {
		return "", "", "", false
	}
	return parts[0], dayShort(d), plan.UntilWords(t), true
}

// freezes lists freezes in words: "`code` (Mon 8 Mar, exceptions until Thu 11 Mar,
// anywhere on earth)".
func freezes(list []string) string {
	var out []string
	for _, s := range list {
		if name, day, until, ok := freezeDays(s); ok {
			out = append(out, Code(name)+" ("+day+", exceptions until "+until+")")
		} else {
			out = append(out, Code(s))
		}
	}
	return some(out, shown, "and")
}

func sayNoRequest(*slash.Problem) string {
	return "no exception is asked for here, or it was withdrawn."
}

func sayNoFreeze(p *slash.Problem) string {
	if len(p.Allowed) == 0 {
		return seen(p) + " is not a freeze of this release: its calendar has none yet."
	}
	return seen(p) + " is not a freeze of this release. There are " + freezes(p.Allowed) + "."
}

func sayFreezeOver(p *slash.Problem) string {
	if len(p.Allowed) == 0 {
		return "the calendar of this release has no freeze yet."
	}
	if p.Word == "" {
		return "every freeze of this release is over, and the time to ask for an exception after it: " + freezes(p.Allowed) + "."
	}
	s := "the time to ask for an exception to the " + freezeName(p.Word) + " is over: " + freezes(p.Allowed[:1]) + "."
	if len(p.Allowed) > 1 {
		s += " Still open: " + freezes(p.Allowed[1:]) + "."
	}
	return s
}

func sayOneRequest(p *slash.Problem) string {
	return "an exception to the " + freezeName(p.Word) + " is asked for and not decided, and there is one at a time. It is decided or withdrawn first."
}

func sayAgreedTo(p *slash.Problem) string {
	return "the request for the " + freezeName(p.Word) + " is complete, and others have spoken on it as it is: a change would move what they agreed to. Withdraw it, then ask anew."
}

func saySettled(p *slash.Problem) string {
	return "all has been said about the exception to the " + freezeName(p.Word) + ": it is decided, or about to be, and that is final."
}

func sayAboveAsked(p *slash.Problem) string {
	return seen(p) + " is more than was asked for." + allowed(p, " That is ") + " Fewer is fine."
}

func saySecondRole(p *slash.Problem) string {
	who, as := "the same person", ""
	if p.Word != "" {
		who = person(p.Word)
	}
	if len(p.Allowed) > 0 {
		as = ", as " + plain(p.Allowed[0])
	}
	return who + " has approved it already" + as + ". A grant takes two people, a release lead and the product-management representative; the other word is somebody else's."
}
