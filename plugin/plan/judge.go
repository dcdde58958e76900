package plan

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Reason codes of refusals, beside those of packages slash and work.
const (
	ForPlan   = "place-plan" // said elsewhere, belongs on the plan issue
	NoSuchSIG = "no-such-sig"
	TimePast  = "time-past" // the time to vote until is over
	TimeFar   = "time-far"  // it is more than MaxOpen ahead

	NoSurvey   = "no-survey"   // no survey is open
	SurveyOpen = "survey-open" // one is open already
)

// Accepted is a line that was taken.
type Accepted struct {
	// Said is the line in canonical form, by whom and in which role. The caller adds the
	// comment's id.
	Said  work.Said
	Query Query  // "" for what is no query
	SIG   string // the SIG that the line names, "" for none: of a query, what it is about
}

// Judge accepts or refuses one line on the plan issue by its form, the speaker's role
// and the time alone. It changes nothing. ctx.Cycle is the cycle of the plan, set by
// the caller. The line that a refusal offers to paste would be taken, from somebody
// with the role. A verb that is not ours is slash.CodeUnknownForm.
func Judge(ctx *work.Context, line slash.Line) (Accepted, *slash.Problem) {
	a, _, p := judge(ctx, line)
	return a, p
}

// JudgeOn is Judge, and holds the line against what was said before it on the plan
// issue itself: whether a survey is open. state folds what is known of the issue, and
// is asked only where it matters; comment is the comment of the line, and what was
// said after it does not count.
func JudgeOn(ctx *work.Context, state func() *State, comment int64, line slash.Line) (Accepted, *slash.Problem) {
	a, f, p := judge(ctx, line)
	if p == nil && f.Stands != nil {
		p = f.Stands(ctx, state(), Mark{At: ctx.Said, Comment: comment, Line: line.N})
	}
	if p != nil {
		return Accepted{}, p
	}
	return a, nil
}

func judge(ctx *work.Context, line slash.Line) (Accepted, Form, *slash.Problem) {
	c, ok := Commands.Find(line.Verb)
	if !ok {
		return Accepted{}, Form{}, &slash.Problem{Line: line.N, Saw: line.Raw, Code: slash.CodeUnknownForm, Word: line.Verb}
	}
	all := formsFor(c, line)
	forms := make([]work.Form, 0, len(all))
	for _, f := range all {
		forms = append(forms, f.Form)
	}
	v, n, values, p := work.JudgeForms(ctx, forms, line)
	if p != nil {
		return Accepted{}, Form{}, p
	}
	sig, _ := values["sig"].(string)
	return Accepted{
		Said: work.Said{Line: line.N, At: ctx.Said, Author: ctx.Author, Login: ctx.Login, Role: string(v.Grant.Role),
			SIG: v.Grant.SIG, Source: v.Grant.Source, Command: v.Commands[0]},
		Query: all[n].Query, SIG: sig,
	}, all[n], nil
}

// formsFor leaves "/plan prune" out where "/plan prune confirm" was probably meant: the
// line to paste would be the shorter one.
func formsFor(c Command, line slash.Line) []Form {
	w := line.Words
	if len(w) < 2 || !strings.EqualFold(w[0], "prune") || !strings.HasPrefix(strings.ToLower(w[1]), "con") {
		return c.Forms
	}
	return slices.DeleteFunc(slices.Clone(c.Forms), func(f Form) bool { return f.Form.Usage() == pruneForm.Form.Usage() })
}

// Elsewhere refuses a line whose verb is the plan issue's and that was said on another
// issue or a pull request. Fix is the line as it would be taken there, Allowed names the
// plan issue, if ctx does.
func Elsewhere(ctx *work.Context, line slash.Line) *slash.Problem {
	var where []string
	if ctx.PlanIssue != "" {
		where = []string{ctx.PlanIssue}
	}
	a, p := Judge(ctx, line)
	if p != nil {
		p.Code, p.Word, p.Arg, p.Allowed = ForPlan, "", "", where
		return p
	}
	p = &slash.Problem{Line: line.N, Saw: line.Raw, Code: ForPlan, Fix: a.Said.Command, Allowed: where}
	if c, ok := Commands.Find(line.Verb); ok {
		p.Usage = c.Usage()
	}
	return p
}

// knownSIG refuses a SIG that there is not. Where the list of SIGs cannot be told,
// every SIG may be one.
func knownSIG(ctx *work.Context, v slash.Values, optional bool) *slash.Problem {
	sig, named := v["sig"].(string)
	sigs, ok := ctx.Roles.SIGs(ctx.Cycle.Name, ctx.Said)
	if !named || !ok || len(sigs) == 0 || slices.Contains(sigs, sig) {
		return nil
	}
	fix := v.With("sig", nearest(sig, sigs))
	if mine := ctx.Roles.SIGsOf(roles.Facilitator, ctx.Cycle.Name, ctx.Login, ctx.Said); len(mine) > 0 && !optional {
		fix = v.With("sig", mine[0])
	}
	return ctx.Refuse(NoSuchSIG, "sig", "sig-"+sig, fix, prefixed(sigs)...)
}

// nearest is the SIG whose name has the longest beginning in common with the word.
func nearest(word string, sigs []string) string {
	best, most := sigs[0], 0
	for _, sig := range sigs {
		n := 0
		for n < len(word) && n < len(sig) && word[n] == sig[n] {
			n++
		}
		if n > most {
			best, most = sig, n
		}
	}
	return best
}

func prefixed(sigs []string) []string {
	out := make([]string, 0, len(sigs))
	for _, sig := range sigs {
		out = append(out, "sig-"+sig)
	}
	return out
}

// settleSIG fills in the SIG that the speaker has a role for, where the line names
// none. Of several one must be named. It changes v, which Allow sees next.
func settleSIG(ctx *work.Context, v slash.Values, of ...roles.Role) *slash.Problem {
	if _, named := v["sig"]; named {
		return nil
	}
	sigs := sigsOf(ctx, of...)
	switch len(sigs) {
	case 0:
		return nil
	case 1:
		v["sig"] = sigs[0]
		return nil
	}
	return ctx.Refuse(work.WhichSIG, "sig", "", v.With("sig", sigs[0]), sigs...)
}

// sigsOf lists the SIGs in which the speaker holds one of the roles, by name.
func sigsOf(ctx *work.Context, of ...roles.Role) []string {
	var sigs []string
	for _, role := range of {
		sigs = append(sigs, ctx.Roles.SIGsOf(role, ctx.Cycle.Name, ctx.Login, ctx.Said)...)
	}
	slices.Sort(sigs)
	return slices.Compact(sigs)
}

// allowSIG lets those with one of the SIG roles speak for the SIG that the line names.
func allowSIG(ctx *work.Context, v slash.Values, of ...roles.Role) (roles.Grant, *slash.Problem) {
	sig, _ := v["sig"].(string)
	unknown := false
	for _, role := range of {
		grant, answer := ctx.Roles.Holds(role, sig, ctx.Cycle.Name, ctx.Login, ctx.Said)
		if sig == "" { // nothing could be filled in: tells "none" from "could not tell"
			grant, answer = ctx.Roles.HoldsAny(role, ctx.Cycle.Name, ctx.Login, ctx.Said)
		}
		if answer == roles.Yes && sig != "" {
			return grant, nil
		}
		unknown = unknown || answer == roles.Unknown
	}
	if unknown {
		return roles.Grant{}, ctx.Refuse(work.NotChecked, "", "", v)
	}
	who := make([]string, 0, len(of))
	for _, role := range of {
		who = append(who, titled(ctx, role, sig))
	}
	return roles.Grant{}, ctx.Refuse(work.WrongRole, "", ctx.Login, v, who...)
}

// titled is a role in words, with those who hold it.
func titled(ctx *work.Context, role roles.Role, sig string) string {
	title := role.Title(sig)
	if role.PerSIG() && sig == "" {
		return title
	}
	if names, _, ok := ctx.Roles.Holders(role, sig, ctx.Cycle.Name, ctx.Said); ok && len(names) > 0 {
		title += " (" + strings.Join(names, ", ") + ")"
	}
	return title
}
