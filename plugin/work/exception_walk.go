package work

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
)

// request is one exception as the lines about it have it: from the first line that
// asks to where it was withdrawn, was decided, or made way for another freeze.
type request struct {
	first, latest Said // the first line that asked, and the last that changed it
	text          ExceptionText
	freeze        string // in lower case
	days          int
	supports      []Support // the first of each SIG
	votes         []vote    // the last of each role: release lead first
	withdrawn     Said
	posted        *PostedException // its decision, nil while there is none
	late          []Said           // lines that came when nothing could be changed any more
	needs         sigsNeeded
}

// vote is the word of one role.
type vote struct {
	said    Said
	approve bool
	days    int
	text    string
}

// sigsNeeded are the SIGs whose support a grant needs.
type sigsNeeded struct {
	owner      string // "" unknown
	dependants []string
}

// list gives the owner first, then those that depend on the item, sorted. While
// nothing says which SIG owns it the first that supports it, and does not depend on
// it, stands for the owner; "" until there is one.
func (n sigsNeeded) list(supports []Support) []string {
	owner := n.owner
	for _, s := range supports {
		if owner == "" && !slices.Contains(n.dependants, s.SIG) {
			owner = s.SIG
		}
	}
	rest := slices.DeleteFunc(slices.Clone(n.dependants), func(sig string) bool { return sig == "" || sig == owner })
	slices.Sort(rest)
	return append([]string{owner}, slices.Compact(rest)...)
}

// walk reads the lines about exceptions, in the order in which they were said. What
// comes after the mark of a decision changes nothing of what it decided. The requests
// are in the order in which they were first asked for.
func walk(lines []ExceptionSaid, posted map[string]PostedException, needs sigsNeeded) []*request {
	all := withoutLines(lines, posted)
	var cur *request
	for _, line := range lines {
		if line.Word == saysRequest {
			if r, begins := beginning(all, cur, line, needs); begins {
				if p, ok := posted[AskedBy(r.first).Key()]; ok {
					r.posted = &p
				}
				cur, all = r, append(all, r)
				continue
			} else if r != nil {
				r.late = append(r.late, line.Said)
				continue
			}
		}
		switch {
		case cur == nil || !cur.withdrawn.IsZero():
		case cur.over(line.Said):
			if line.Word != saysSupport { // one more for it does no harm
				cur.late = append(cur.late, line.Said)
			}
		default:
			cur.take(line)
		}
	}
	return all
}

// withoutLines gives the requests of decisions whose first line is not among the lines
// any more: such a decision stands all the same.
func withoutLines(lines []ExceptionSaid, posted map[string]PostedException) []*request {
	var out []*request
	for key, p := range posted {
		if slices.ContainsFunc(lines, func(l ExceptionSaid) bool { return l.Word == saysRequest && AskedBy(l.Said).Key() == key }) {
			continue
		}
		first := saidAs(p.Decision.Request)
		out = append(out, &request{first: first, latest: first, freeze: p.Decision.Freeze, posted: &p})
	}
	slices.SortFunc(out, func(a, b *request) int { return a.first.Mark().Compare(b.first.Mark()) })
	return out
}

// beginning tells what a line that asks does: begin a request; nothing, and r is the
// request that does not let it; or, with r nil, change the one that stands.
func beginning(all []*request, cur *request, line ExceptionSaid, needs sigsNeeded) (r *request, begins bool) {
	open := cur != nil && cur.withdrawn.IsZero() && !cur.over(line.Said)
	for _, o := range all { // what was decided cannot be asked for again
		if strings.EqualFold(o.freeze, line.Freeze) && o.posted != nil && (!open || o != cur) {
			return o, false
		}
	}
	switch {
	case open && strings.EqualFold(cur.freeze, line.Freeze):
		if cur.agreedTo() {
			return cur, false
		}
		return nil, false
	case open && !cur.settled():
		return cur, false
	}
	return &request{first: line.Said, latest: line.Said, text: line.ExceptionText, freeze: line.Freeze, days: line.Days, needs: needs}, true
}

// over reports whether something said is after the mark of the decision.
func (r *request) over(s Said) bool {
	return r.posted != nil && s.Mark().Compare(r.posted.Decision.Asked.Mark()) > 0
}

// take reads one line about the request.
func (r *request) take(line ExceptionSaid) {
	switch line.Word {
	case saysRequest:
		r.latest, r.days = line.Said, line.Days
		r.text = r.text.changed(line.ExceptionText)
	case saysSupport:
		if !slices.ContainsFunc(r.supports, func(s Support) bool { return s.SIG == line.Said.SIG }) && line.Said.SIG != "" {
			r.supports = append(r.supports, Support{SIG: line.Said.SIG, Asked: AskedBy(line.Said)})
		}
	case saysApprove, saysDeny:
		v := vote{said: line.Said, approve: line.Word == saysApprove, days: line.Days, text: line.Reason}
		r.votes = slices.DeleteFunc(r.votes, func(o vote) bool { return o.said.Role == v.said.Role })
		if v.said.Role == string(roles.ReleaseLead) {
			r.votes = slices.Insert(r.votes, 0, v)
		} else if v.said.Role == string(roles.PM) {
			r.votes = append(r.votes, v)
		}
	case saysWithdraw:
		r.withdrawn = line.Said
	}
}

// changed gives the text with what was said anew.
func (t ExceptionText) changed(by ExceptionText) ExceptionText {
	for _, one := range []struct {
		old *string
		new string
	}{{&t.Reason, by.Reason}, {&t.Why, by.Why}, {&t.RiskLate, by.RiskLate}, {&t.RiskCut, by.RiskCut}, {&t.PRs, by.PRs}} {
		if one.new != "" {
			*one.old = one.new
		}
	}
	return t
}

// Missing lists the named lines that are not there, as they are typed.
func (t ExceptionText) Missing() []string {
	var missing []string
	for k, text := range []string{t.Why, t.RiskLate, t.RiskCut, t.PRs} {
		if text == "" {
			missing = append(missing, exceptionLines[k])
		}
	}
	return missing
}

// agreedTo reports whether the request is complete and somebody has spoken on it as it
// is: to change it then would move what they agreed to.
func (r *request) agreedTo() bool {
	return len(r.text.Missing()) == 0 && len(r.supports)+len(r.votes) > 0
}

// waiting lists the SIGs whose support is needed and was not said.
func (r *request) waiting() []string {
	var out []string
	for _, sig := range r.needs.list(r.supports) {
		if !slices.ContainsFunc(r.supports, func(s Support) bool { return s.SIG == sig }) {
			out = append(out, sig)
		}
	}
	return out
}

// denied reports whether the word of a role is against it.
func (r *request) denied() bool {
	return slices.ContainsFunc(r.votes, func(v vote) bool { return !v.approve })
}

// approved reports whether both roles are for it, in the words of two people.
func (r *request) approved() bool {
	return len(r.votes) == 2 && !r.denied() && r.votes[0].said.Author != r.votes[1].said.Author
}

// done reports whether it was decided, or is about to be.
func (r *request) done() bool { return r.posted != nil || r.settled() }

// settled reports whether all has been said that a decision needs.
func (r *request) settled() bool {
	return r.denied() || r.approved() && len(r.text.Missing()) == 0 && len(r.waiting()) == 0
}
