package work

import (
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

const exceptionVerb = "exception"

// maxExceptionDays is how many days may be asked for.
const maxExceptionDays = 60

// exceptionLines are the named lines that a request needs to be complete.
var exceptionLines = []string{"why", "risk-late", "risk-cut", "prs"}

// NamedLines are the lines that may stand directly below a command, by verb.
var NamedLines = map[string][]string{exceptionVerb: exceptionLines}

// The words of ExceptionSaid.
const (
	saysRequest  = "request"
	saysSupport  = "support"
	saysApprove  = "approve"
	saysDeny     = "deny"
	saysWithdraw = "withdraw"
)

// ExceptionSaid is one accepted line about an exception.
type ExceptionSaid struct {
	Word string // "request", "support", "approve", "deny", "withdraw"
	Said Said
	ExceptionText
	Freeze string // of a request, in lower case
	Days   int    // of a request and an approval
}

var (
	exceptionDays = slash.Arg{Name: "days", Kind: slash.DaysUpTo(maxExceptionDays)}
	reason        = slash.Arg{Name: "reason", Kind: slash.Text, Optional: true}
	releaseAndPM  = []Who{{Role: roles.ReleaseLead}, {Role: roles.PM}}
)

var requestForm = slash.Form{Verb: exceptionVerb, Args: []slash.Arg{
	{Name: saysRequest, Kind: slash.Word(saysRequest)}, release, {Name: "freeze", Kind: slash.Slug, Optional: true}, exceptionDays, reason,
}, Named: exceptionLines, Examples: []string{"/exception request code 5d the API review took longer"}}

// exceptionCommand asks for more time after a freeze and decides about it
// (commands.md, section 5).
var exceptionCommand = Command{
	Verb:    exceptionVerb,
	Summary: "Ask for an exception to a freeze, support it, decide about it.",
	Forms: []Form{{
		Form: requestForm,
		Who:  plannersAndAuthor,
		Summary: "Ask for days after a freeze: the one just passed while its window is open, else the next one, unless one is named. " +
			"Directly below stand lines that begin with why:, risk-late:, risk-cut: and prs:; until all four are there it is a draft. " +
			"Said again for the same freeze it completes the draft.",
		Settle: settleRequest,
		Apply:  applyRequest,
	}, {
		Form: slash.Form{Verb: exceptionVerb, Args: []slash.Arg{release, exceptionDays, reason}, Named: exceptionLines,
			Examples: []string{"/exception 5d the API review took longer"}},
		Who:       plannersAndAuthor,
		Summary:   "The same in short.",
		Settle:    settleRequest,
		Canonical: &requestForm,
		Apply:     applyRequest,
	}, {
		Form: slash.Form{Verb: exceptionVerb, Args: []slash.Arg{{Name: saysSupport, Kind: slash.Word(saysSupport)}, release},
			Examples: []string{"/exception support"}},
		Who:      planners,
		Summary:  "The SIG stands behind the request. It needs the owning SIG and each SIG whose work in the plan depends on the issue.",
		Settle:   settleAsked,
		Allow:    allowSupport,
		Speakers: "SIG lead or planning facilitator of the owning, a taking part, giving or depending SIG",
		Apply:    applyWord(saysSupport),
	}, {
		Form: slash.Form{Verb: exceptionVerb, Args: []slash.Arg{{Name: saysApprove, Kind: slash.Word(saysApprove)}, release, exceptionDays,
			{Name: "text", Kind: slash.Text, Optional: true}}, Examples: []string{"/exception approve 5d"}},
		Who:      releaseAndPM,
		Summary:  "Approve it for as many days as were asked for, or fewer. It is granted when a release lead and product management, two people, both have and the SIGs support it.",
		Settle:   settleApprove,
		Allow:    allowDecide,
		Speakers: "release lead and product-management representative, one each",
		Apply:    applyWord(saysApprove),
	}, {
		Form: slash.Form{Verb: exceptionVerb, Args: []slash.Arg{{Name: saysDeny, Kind: slash.Word(saysDeny)}, release, reason},
			Examples: []string{"/exception deny too risky this late"}},
		Who:      releaseAndPM,
		Summary:  "Deny it. One of the two is enough, and it is final.",
		Settle:   settleAsked,
		Allow:    allowDecide,
		Speakers: "release lead or product-management representative",
		Apply:    applyWord(saysDeny),
	}, {
		Form: slash.Form{Verb: exceptionVerb, Args: []slash.Arg{{Name: saysWithdraw, Kind: slash.Word(saysWithdraw)}, release},
			Examples: []string{"/exception withdraw"}},
		Summary:  "Take the request back. It may be asked for again.",
		Settle:   settleAsked,
		Allow:    allowWithdraw,
		Speakers: "who asked for it",
		Apply:    applyWord(saysWithdraw),
	}},
}

func applyRequest(i *Item, s Said, v slash.Values) {
	freeze, _ := v["freeze"].(string)
	days, _ := v["days"].(int)
	if freeze == "" || days == 0 {
		return
	}
	i.Exceptions = append(i.Exceptions, ExceptionSaid{Word: saysRequest, Said: s, Freeze: freeze, Days: days, ExceptionText: exceptionText(v)})
}

func applyWord(word string) func(*Item, Said, slash.Values) {
	return func(i *Item, s Said, v slash.Values) {
		e := ExceptionSaid{Word: word, Said: s, ExceptionText: exceptionText(v)}
		e.Days, _ = v["days"].(int)
		i.Exceptions = append(i.Exceptions, e)
	}
}

// exceptionText reads the reason, or the text of an approval, and the named lines.
func exceptionText(v slash.Values) ExceptionText {
	text := func(name string) string { s, _ := v[name].(string); return s }
	t := ExceptionText{Reason: text("reason"), Why: text("why"), RiskLate: text("risk-late"), RiskCut: text("risk-cut"), PRs: text("prs")}
	if t.Reason == "" {
		t.Reason = text("text")
	}
	return t
}

// requests are the exceptions that were asked for when the line was said, with the
// decisions that had been made by then.
func (c *Context) requests() []*request {
	var posted []PostedException
	for _, p := range c.Decided[c.Cycle.Name] {
		if p.At.Before(c.Said) {
			posted = append(posted, p)
		}
	}
	return walk(c.Item().Exceptions, winners(posted), c.sigsNeeded())
}

// request is the exception that words are about, nil if none was asked for, or the
// last was withdrawn.
func (c *Context) request() *request {
	all := c.requests()
	if n := len(all); n > 0 && all[n-1].withdrawn.IsZero() {
		return all[n-1]
	}
	return nil
}

func (c *Context) sigsNeeded() sigsNeeded {
	return sigsNeeded{owner: c.OwningSIG(), dependants: c.Dependants[c.Cycle.Name]}
}

// settleRequest finds the freeze and holds the request against the one that stands.
func settleRequest(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	cur := c.request()
	freeze, p := c.freeze(v, cur)
	if p != nil {
		return nil, p
	}
	v = v.With("freeze", strings.ToLower(freeze.Name)).With(saysRequest, saysRequest)
	for _, r := range c.requests() {
		if strings.EqualFold(r.freeze, freeze.Name) && r.withdrawn.IsZero() && r.done() {
			return nil, c.problem(Settled, "freeze", r.freeze, nil)
		}
	}
	switch {
	case cur == nil, cur.done():
	case !strings.EqualFold(cur.freeze, freeze.Name):
		return nil, c.offering(c.problem(OneRequest, "freeze", cur.freeze, nil), saysWithdraw)
	case cur.agreedTo():
		return nil, c.offering(c.problem(AgreedTo, "freeze", cur.freeze, nil), saysWithdraw)
	}
	return []slash.Values{v}, nil
}

// offering puts another form into a refusal for pasting, for the same release.
func (c *Context) offering(p *slash.Problem, words string) *slash.Problem {
	p.Fix = "/" + exceptionVerb + " "
	if first, rest, _ := strings.Cut(words, " "); len(c.Calendar.Open(c.Said)) > 1 {
		p.Fix += strings.TrimSpace(first + " " + c.Cycle.Name + " " + rest)
	} else {
		p.Fix += words
	}
	return p
}

// freeze is the freeze that is named; else that of the request that stands; else the
// one just passed; else the next one. Each as long as its window is open.
func (c *Context) freeze(v slash.Values, cur *request) (cycle.Freeze, *slash.Problem) {
	var open []cycle.Freeze
	for _, f := range c.Cycle.Freezes {
		if slash.Slug.Match([]string{f.Name}) == 1 && c.Said.Before(f.ExceptionsUntil()) { // others cannot be typed
			open = append(open, f)
		}
	}
	byDefault := c.defaultFreeze(open, cur)
	name, named := v["freeze"].(string)
	if !named {
		if byDefault.Name == "" {
			return byDefault, c.problem(FreezeOver, "freeze", "", nil, namesOf(c.Cycle.Freezes)...)
		}
		return byDefault, nil
	}
	k := slices.IndexFunc(open, func(f cycle.Freeze) bool { return strings.EqualFold(f.Name, name) })
	if k >= 0 {
		return open[k], nil
	}
	var fix slash.Values
	if byDefault.Name != "" {
		fix = v.With("freeze", strings.ToLower(byDefault.Name))
	}
	if over, ok := c.Cycle.Freeze(name); ok {
		return over, c.problem(FreezeOver, "freeze", name, fix, append(namesOf([]cycle.Freeze{over}), namesOf(open)...)...)
	}
	return cycle.Freeze{}, c.problem(NoFreeze, "freeze", name, fix, namesOf(c.Cycle.Freezes)...)
}

func (c *Context) defaultFreeze(open []cycle.Freeze, cur *request) cycle.Freeze {
	var passed, next cycle.Freeze
	for _, f := range open {
		switch {
		case cur != nil && !cur.done() && strings.EqualFold(f.Name, cur.freeze):
			return f
		case f.Passed(c.Said):
			if passed.Name == "" || f.Instant().After(passed.Instant()) {
				passed = f
			}
		case next.Name == "" || f.Instant().Before(next.Instant()):
			next = f
		}
	}
	if passed.Name != "" {
		return passed
	}
	return next
}

// namesOf lists freezes for a refusal, "code 2027-03-08 2027-03-12T12:00:00Z": with the
// last day before the freeze, and the end of the time to ask for an exception.
func namesOf(freezes []cycle.Freeze) []string {
	var names []string
	for _, f := range freezes {
		names = append(names, f.Name+" "+f.Day().String()+" "+f.ExceptionsUntil().UTC().Format(time.RFC3339))
	}
	return names
}

// settleAsked refuses words about an exception that nobody asked for, or that was
// decided.
func settleAsked(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	switch cur := c.request(); {
	case cur == nil:
		return nil, c.offering(c.problem(NoRequest, "", "", nil), saysRequest+" 5d")
	case cur.posted != nil:
		return nil, c.problem(Settled, "freeze", cur.freeze, nil)
	}
	return []slash.Values{v}, nil
}

func settleApprove(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	settled, p := settleAsked(c, v)
	if p != nil {
		return nil, p
	}
	if days, most := v["days"].(int), c.request().days; days > most {
		print := exceptionDays.Kind.Print
		return nil, c.problem(AboveAsked, "days", print(days), v.With("days", most), print(most))
	}
	return settled, nil
}

// allowSupport lets a lead or facilitator speak for a SIG that owns the item, takes
// part in its KEP, gives to it or depends on it: of several for the first whose support
// is needed and was not said. While nothing says which SIG owns the item any will do.
func allowSupport(c *Context, v slash.Values) (roles.Grant, *slash.Problem) {
	sigs := c.supporters()
	unknown := false
	for _, sig := range sigs {
		for _, role := range []roles.Role{roles.Facilitator, roles.Lead} {
			grant, answer := c.Roles.Holds(role, sig, c.Cycle.Name, c.Login, c.Said)
			if answer == roles.Yes {
				return grant, nil
			}
			unknown = unknown || answer == roles.Unknown
		}
	}
	if c.OwningSIG() == "" {
		grant, answer := c.holdsOne([]Who{{Role: roles.Facilitator, Any: true}, {Role: roles.Lead, Any: true}})
		if answer == roles.Yes {
			return grant, nil
		}
		unknown = unknown || answer == roles.Unknown
	}
	if unknown {
		return roles.Grant{}, c.problem(NotChecked, "", "", v)
	}
	var who []string
	for _, sig := range sigs {
		who = append(who, roles.Lead.Title(sig), roles.Facilitator.Title(sig))
	}
	if c.OwningSIG() == "" {
		who = append(who, roles.Lead.Title(""), roles.Facilitator.Title(""))
	}
	return roles.Grant{}, c.problem(WrongRole, "", c.Login, v, who...)
}

// supporters lists the SIGs that may support, those first whose support is waited for,
// those last that have said so.
func (c *Context) supporters() []string {
	cur, needed := c.request(), c.sigsNeeded()
	sigs := needed.list(cur.supports)
	for _, sig := range c.affected() {
		if !slices.Contains(sigs, sig) {
			sigs = append(sigs, sig)
		}
	}
	sigs = slices.DeleteFunc(sigs, func(sig string) bool { return sig == "" })
	var said []string
	for _, s := range cur.supports {
		if k := slices.Index(sigs, s.SIG); k >= 0 {
			sigs, said = slices.Delete(sigs, k, k+1), append(said, s.SIG)
		}
	}
	return append(sigs, said...)
}

// allowDecide lets release lead and product management speak. Who holds both roles
// speaks in the one in which nobody has spoken, and stays with it: the two approvals of
// a grant are those of two people.
func allowDecide(c *Context, v slash.Values) (roles.Grant, *slash.Problem) {
	cur := c.request()
	_, approves := v["days"]
	var grants []roles.Grant
	unknown := false
	for _, w := range releaseAndPM {
		grant, answer := c.holds(w)
		if answer == roles.Yes {
			grants = append(grants, grant)
		}
		unknown = unknown || answer == roles.Unknown
	}
	switch {
	case len(grants) == 0 && unknown:
		return roles.Grant{}, c.problem(NotChecked, "", "", v)
	case len(grants) == 0:
		return roles.Grant{}, c.problem(WrongRole, "", c.Login, v, c.whoMay()...)
	}
	mine := slices.IndexFunc(cur.votes, func(o vote) bool { return o.said.Author == c.Author })
	if mine >= 0 { // in the role in which one has spoken, or for a second time in another
		spoke := cur.votes[mine]
		k := slices.IndexFunc(grants, func(g roles.Grant) bool { return string(g.Role) == spoke.said.Role })
		again := spoke.approve && spoke.days == v["days"] && len(grants) > 1 && len(cur.votes) < len(releaseAndPM)
		if approves && (k < 0 || again) {
			return roles.Grant{}, c.problem(SecondRole, "", c.Login, v, roles.Role(spoke.said.Role).Title(""))
		}
		return grants[max(k, 0)], nil
	}
	for _, g := range grants {
		if !slices.ContainsFunc(cur.votes, func(o vote) bool { return o.said.Role == string(g.Role) }) {
			return g, nil
		}
	}
	return grants[0], nil
}

// allowWithdraw lets the one who asked take it back.
func allowWithdraw(c *Context, v slash.Values) (roles.Grant, *slash.Problem) {
	first := c.request().first
	if first.Author == c.Author {
		return roles.Grant{Role: roles.Role(first.Role), SIG: first.SIG, Source: "asked for it"}, nil
	}
	return roles.Grant{}, c.problem(NotYours, "freeze", c.request().freeze, v, first.Login, roles.Role(first.Role).Title(first.SIG))
}
