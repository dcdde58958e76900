package work

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Reason codes of refusals, beside those of package slash. A receipt keeps the
// code of a refused line and none of its words.
const (
	NoCycle     = "no-cycle"        // no cycle is open
	WhichCycle  = "which-cycle"     // several are, and nothing says which
	NotOpen     = "cycle-not-open"  // the release named is not open
	NoIncrement = "no-increment"    // no such increment in the cycle
	Finished    = "finished"        // the increment is over
	AboveCap    = "above-cap"       // confidence above the increment's cap
	NoSuchItem  = "no-such-item"    // no such item in the checklist
	WhichSIG    = "which-sig"       // the speaker speaks for several SIGs
	NoSuchNote  = "no-such-note"    // no Q, B or R of that number
	NoteEnded   = "note-ended"      // it has been resolved already
	NotARisk    = "not-a-risk"      // owned, accepted, mitigated are for risks
	NotYours    = "not-yours"       // somebody else raised it
	WrongRole   = "role"            // the speaker holds none of the roles
	NotChecked  = "could-not-check" // the role's source could not tell
	OtherLogin  = "other-account"   // the login spoke here before as another account
	Edited      = "edited"          // the comment was edited before it was read
	WrongPlace  = "place"           // said on a pull request, belongs on an issue
	ForPull     = "place-pull"      // said on an issue, belongs on a pull request
	ForItem     = "place-item"      // said on the plan issue, belongs on a work item
	NotAKEP     = "not-a-kep"       // the reference names no KEP
	TooMuch     = "line-too-full"   // one line says more than a receipt keeps of one
	Answered    = "answered"        // a reaction refused it when nothing else was kept of that
	NoRequest   = "no-request"      // no exception is asked for
	NoFreeze    = "no-such-freeze"  // the calendar has no such freeze
	FreezeOver  = "freeze-over"     // the time to ask for an exception to the freeze is over
	OneRequest  = "one-request"     // one for another freeze is not decided
	AgreedTo    = "agreed-to"       // the request is complete, and somebody agreed to it as it is
	Settled     = "settled"         // all that a decision needs has been said
	AboveAsked  = "above-asked"     // more days than were asked for
	SecondRole  = "second-role"     // release lead and product management are two people
)

// Verdict is what an accepted line settled to.
type Verdict struct {
	Cycle    string
	Commands []string // canonical lines; more than one if confidences differ
	Grant    roles.Grant
	ID       string // Q1, B1, R1
}

// Judge accepts or refuses one line by its form, the speaker's role and the
// calendar alone (design invariant 3). It changes nothing. The line that a
// refusal offers to paste would be taken, from somebody with the role.
func Judge(ctx *Context, line slash.Line) (Verdict, *slash.Problem) {
	return judgeBy(judge, ctx, line)
}

// JudgeForms judges a line by forms that are said elsewhere than on a work item,
// such as on a pull request: there is no cycle to choose. form is the one that
// was used, values are its words, settled; of a refused line they are zero.
func JudgeForms(ctx *Context, forms []Form, line slash.Line) (v Verdict, form int, values slash.Values, p *slash.Problem) {
	v, p = judgeBy(func(ctx *Context, line slash.Line) (Verdict, *slash.Problem) {
		var v Verdict
		var p *slash.Problem
		v, form, values, p = judgeForms(ctx, forms, line)
		return v, p
	}, ctx, line)
	if p != nil {
		return Verdict{}, 0, nil, p
	}
	return v, form, values, nil
}

// judging is one way to judge a line.
type judging func(*Context, slash.Line) (Verdict, *slash.Problem)

func judgeBy(judge judging, ctx *Context, line slash.Line) (Verdict, *slash.Problem) {
	v, p := judge(ctx, line)
	if p != nil {
		p.Fix = mended(judge, ctx, p.Fix, mendable)
	}
	return v, p
}

// mendable is how many places of a line may be mended one after the other:
// words, release, weeks, confidence, items.
const mendable = 6

// othersLine are the reasons for which a line is right as it is: it is for somebody
// else, for later or for another place.
var othersLine = []string{WrongRole, NotChecked, OtherLogin, NotYours, WrongPlace, SecondRole}

// mended judges the line that is to be offered, and offers what would mend that
// one if need be. What only lacks the role or the place is right as it is.
func mended(judge judging, ctx *Context, fix string, tries int) string {
	line, ok := slash.LineOf(fix)
	if !ok || tries == 0 {
		return ""
	}
	_, p := judge(ctx, line)
	if p != nil && p.Code == WrongRole && ctx.sig != "" { // a SIG that is guessed, or has no say here
		return p.Fix
	}
	if p == nil || slices.Contains(othersLine, p.Code) {
		return fix
	}
	if p.Fix == fix {
		return ""
	}
	return mended(judge, ctx, p.Fix, tries-1)
}

func judge(ctx *Context, line slash.Line) (Verdict, *slash.Problem) {
	c, ok := Commands.Find(line.Verb)
	if !ok {
		return Verdict{}, &slash.Problem{Line: line.N, Saw: line.Raw, Code: "unknown-form"}
	}
	_, values, p := ctx.parse(c.Forms, line)
	if p != nil {
		return Verdict{}, p
	}
	if ctx.Issue.Pull {
		return Verdict{}, ctx.problem(WrongPlace, "", "", values)
	}
	if p := ctx.chooseCycle(values); p != nil {
		return Verdict{}, p
	}
	v, _, p := ctx.settle(values)
	if p == nil && ctx.form.Numbers != "" {
		v.ID = nextID(ctx.Item(), ctx.form.Numbers)
	}
	return v, p
}

func judgeForms(ctx *Context, forms []Form, line slash.Line) (Verdict, int, slash.Values, *slash.Problem) {
	n, values, p := ctx.parse(forms, line)
	if p != nil {
		return Verdict{}, 0, nil, p
	}
	v, settled, p := ctx.settle(values)
	if p != nil {
		return Verdict{}, 0, nil, p
	}
	return v, n, settled[0], nil
}

// parse finds the form of a line and its words, and takes note of them.
func (c *Context) parse(forms []Form, line slash.Line) (int, slash.Values, *slash.Problem) {
	c.line, c.forms = line, grammar(forms)
	n, values, p := slash.Parse(c.forms, line)
	if p != nil {
		return 0, nil, p
	}
	c.form, c.typed = forms[n], maps.Clone(values)
	c.sig, _ = values["sig"].(string)
	return n, values, nil
}

// settle fills in defaults, checks the role, and gives the canonical lines.
func (c *Context) settle(values slash.Values) (v Verdict, settled []slash.Values, p *slash.Problem) {
	settled = []slash.Values{values}
	if c.form.Settle != nil {
		if settled, p = c.form.Settle(c, values); p != nil {
			return v, nil, p
		}
	}
	grant, p := c.allow(values)
	if p != nil {
		return v, nil, p
	}
	v = Verdict{Cycle: c.Cycle.Name, Grant: grant}
	for _, s := range settled {
		v.Commands = append(v.Commands, c.form.canonical().Print(s))
	}
	if written(v.Commands) > maxWritten {
		return Verdict{}, nil, c.problem(TooMuch, "", "", nil)
	}
	return v, settled, nil
}

// maxWritten is how many characters the canonical form of one line may have as a
// receipt writes it. A comment has at most twenty lines, and its receipt must fit
// into one comment of ours: if it did not, the issue could not be kept any more.
const maxWritten = 2500

// written counts the characters of canonical lines as they stand in a receipt:
// what JSON and HTML could trip over is written as an escape of six.
func written(commands []string) int {
	n, last := 0, rune(0)
	for _, r := range strings.Join(commands, "\n") {
		switch {
		case r >= 0x7f && !unicode.IsLetter(r) || strings.ContainsRune(`<>&@#`, r) || r < ' ' || r == '-' && last == '-':
			n += 6
		case r == '"' || r == '\\':
			n += 2
		default:
			n++
		}
		last = r
	}
	return n
}

// allow finds the role in which the speaker may say the form.
func (c *Context) allow(v slash.Values) (roles.Grant, *slash.Problem) {
	if c.form.Allow != nil {
		return c.form.Allow(c, v)
	}
	grant, answer := c.holdsOne(c.form.Who)
	switch {
	case answer == roles.Yes:
		return grant, nil
	case answer == roles.Unknown:
		return grant, c.problem(NotChecked, "", "", v)
	}
	if sigs := strings.Split(grant.SIG, ","); len(sigs) > 1 { // several SIGs fit and nothing tells which
		return roles.Grant{}, c.problem(WhichSIG, "sig", "", v.With("sig", sigs[0]), sigs...)
	}
	return grant, c.problem(WrongRole, "", c.Login, v.With("sig", nil), c.whoMay()...)
}

// holdsOne looks for the first of the roles that the speaker holds. Unknown
// wins over No, never over Yes. A No with a grant means that the speaker holds
// the role for the several SIGs listed in it.
func (c *Context) holdsOne(who []Who) (roles.Grant, roles.Answer) {
	unknown := false
	var several roles.Grant
	for _, w := range who {
		grant, answer := c.holds(w)
		switch {
		case answer == roles.Yes:
			return grant, roles.Yes
		case answer == roles.Unknown:
			unknown = true
		case strings.Contains(grant.SIG, ",") && several.Role == "":
			several = grant
		}
	}
	if unknown {
		return roles.Grant{}, roles.Unknown
	}
	return several, roles.No
}

func (c *Context) holds(w Who) (roles.Grant, roles.Answer) {
	switch w.Role {
	case roles.Anyone:
		return roles.Grant{Role: roles.Anyone}, roles.Yes
	case roles.Author:
		if c.isAuthor() {
			return roles.Grant{Role: roles.Author, Source: "this issue"}, roles.Yes
		}
		return roles.Grant{}, roles.No
	case roles.Member:
		return roles.Grant{Role: roles.Member, Source: "GitHub"}, c.Member
	case roles.Facilitator, roles.Lead:
		return c.holdsForSIG(w)
	}
	return c.Roles.Holds(w.Role, "", c.Cycle.Name, c.Login, c.Said)
}

func (c *Context) isAuthor() bool {
	if strings.EqualFold(c.Issue.Author, c.Login) {
		return true
	}
	for _, a := range c.Issue.Assignees {
		if strings.EqualFold(a, c.Login) {
			return true
		}
	}
	return false
}

// holdsForSIG answers for a role that belongs to a SIG. While nothing says
// which SIG owns the item (no KEP, nothing committed) any SIG of the speaker's
// fits: the one named, the one of a sig/* label, else the first; where the form
// settles which SIG it is, several must be told apart.
func (c *Context) holdsForSIG(w Who) (roles.Grant, roles.Answer) {
	if owner := c.OwningSIG(); owner != "" && c.sig != "" && c.sig != owner {
		return roles.Grant{}, roles.No
	}
	if sig := c.ownerOrNamed(); sig != "" && !w.Any {
		return c.Roles.Holds(w.Role, sig, c.Cycle.Name, c.Login, c.Said)
	}
	sigs := c.Roles.SIGsOf(w.Role, c.Cycle.Name, c.Login, c.Said)
	if len(sigs) > 1 && !w.Any {
		one := c.choose(sigs)
		if one == "" && c.form.namesSIG() {
			return roles.Grant{Role: w.Role, SIG: strings.Join(sigs, ",")}, roles.No
		}
		if one != "" {
			sigs = []string{one}
		}
	}
	if len(sigs) == 0 { // tells "for no SIG" from "the source could not tell"
		return c.Roles.HoldsAny(w.Role, c.Cycle.Name, c.Login, c.Said)
	}
	return c.Roles.Holds(w.Role, sigs[0], c.Cycle.Name, c.Login, c.Said)
}

func (c *Context) choose(sigs []string) string {
	chosen := ""
	for _, sig := range sigs {
		if c.Issue.HasLabel("sig/" + sig) {
			if chosen != "" {
				return ""
			}
			chosen = sig
		}
	}
	return chosen
}

// OwningSIG is the SIG that owns the item, without "sig-": from kep.yaml, else
// from the first accepted /commit, else "".
func (c *Context) OwningSIG() string {
	return OwningSIG(c.Item(), c.Issue, c.KEPs, c.KEPRepo)
}

// ownerOrNamed is the owning SIG; while there is none, the SIG that was named.
func (c *Context) ownerOrNamed() string { return cmp.Or(c.OwningSIG(), c.sig) }

// namesSIG reports whether the form has a place for the SIG that it is said for.
func (f Form) namesSIG() bool {
	return slices.ContainsFunc(f.Args, func(a slash.Arg) bool { return a.Kind == slash.SIG })
}

// whoMay lists the roles of the form with those who hold them now, for the
// refusal.
func (c *Context) whoMay() []string {
	var who []string
	for _, w := range c.form.Who {
		if w.Role == roles.Member {
			who = append(who, "any "+w.Role.Title(""))
			continue
		}
		sig := ""
		if !w.Any && ofSIG(w.Role) {
			sig = c.ownerOrNamed()
		}
		title := w.Role.Title(sig)
		if names, _, ok := c.Roles.Holders(w.Role, sig, c.Cycle.Name, c.Said); ok && len(names) > 0 && (sig != "" || !ofSIG(w.Role)) {
			title += " (" + strings.Join(names, ", ") + ")"
		}
		who = append(who, title)
	}
	return who
}

func ofSIG(r roles.Role) bool { return r == roles.Facilitator || r == roles.Lead }
