package work

import (
	"cmp"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// ExceptionFacts are what exceptions are held against, beside what was said.
type ExceptionFacts struct {
	Now        time.Time // GitHub's Date
	Cycle      cycle.Cycle
	Owner      string   // owning SIG, "" unknown
	Dependants []string // owning SIGs of the items that depend on this one
	Delivered  bool     // all of it is done
	// DeliveredAt is when, zero where that is not known. What was delivered by its due day
	// does not expire; what came later has expired, and stays so.
	DeliveredAt time.Time
}

// ExceptionDue is a decision that is to be made.
type ExceptionDue struct {
	After time.Time // not before, by GitHub's Date
	// Decision is what to post. nil: it is not yet After, look again then.
	Decision *ExceptionDecided
}

// Exceptions tells of every exception that was asked for, the oldest first: one for
// each request, withdrawn and decided ones as history. A decision tells of its request
// as it was decided, whatever the lines say now. Lines that came when nothing could be
// changed any more are in Late, those before the decision that it did not count in
// Uncounted.
func Exceptions(item *Item, posted []PostedException, f ExceptionFacts) []Exception {
	var out []Exception
	for _, r := range walk(item.Exceptions, winners(posted), f.needs()) {
		out = append(out, r.exception(f))
	}
	slices.SortStableFunc(out, func(a, b Exception) int { return a.Requested.Mark().Compare(b.Requested.Mark()) })
	return out
}

// DueExceptions says which decisions are to be posted now, or when to look again, the
// request asked for first in front. It is due when a word of the release lead or of
// product management is against it, or when it is complete, every needed SIG supports
// it and both approve; Settling after the last line that this rests on. A decision that
// was posted and read back is due no more.
func DueExceptions(item *Item, posted []PostedException, f ExceptionFacts) []ExceptionDue {
	var due []ExceptionDue
	for _, r := range walk(item.Exceptions, winners(posted), f.needs()) {
		if r.posted != nil || !r.withdrawn.IsZero() || !r.settled() {
			continue
		}
		d := r.decide(f)
		one := ExceptionDue{After: d.Asked.Said.Add(Settling)}
		if !one.After.After(f.Now) {
			one.Decision = &d
		}
		due = append(due, one)
	}
	return due
}

// RemakeException gives the decision that is named by the line which asked for it, as the
// lines up to that one come to: one that was lost, and whose inputs are in receipts. Who
// owned the item and depended on it then is not: that it was made says that all of them had
// given their support, so those who had are those who were needed. ok is false where the
// lines come to no decision of that name.
func RemakeException(item *Item, key string, posted []PostedException, f ExceptionFacts) (ExceptionDecided, bool) {
	n := slices.IndexFunc(item.Exceptions, func(l ExceptionSaid) bool { return AskedBy(l.Said).Key() == key })
	if n < 0 {
		return ExceptionDecided{}, false
	}
	last := item.Exceptions[n].Said.Mark()
	lines := slices.DeleteFunc(slices.Clone(item.Exceptions), func(l ExceptionSaid) bool { return l.Said.Mark().Compare(last) > 0 })
	for _, r := range walk(lines, winners(posted), f.needs()) {
		if r.needs = r.neededThen(); r.posted != nil || !r.withdrawn.IsZero() || !r.settled() {
			continue
		}
		if d := r.decide(f); d.Key() == key && !last.At.Add(Settling).After(f.Now) {
			return d, true
		}
	}
	return ExceptionDecided{}, false
}

// neededThen takes those who supported it for those whose support was needed.
func (r *request) neededThen() sigsNeeded {
	n := sigsNeeded{owner: r.needs.owner}
	for _, s := range r.supports {
		n.dependants = append(n.dependants, s.SIG)
	}
	if len(n.dependants) > 0 && !slices.Contains(n.dependants, n.owner) {
		n.owner = n.dependants[0]
	}
	return n
}

func (f ExceptionFacts) needs() sigsNeeded {
	return sigsNeeded{owner: f.Owner, dependants: f.Dependants}
}

// winners are the decisions by the line that first asked: of two the lowest comment.
func winners(posted []PostedException) map[string]PostedException {
	out := map[string]PostedException{}
	for _, p := range slices.SortedFunc(slices.Values(posted), func(a, b PostedException) int { return cmp.Compare(a.Comment, b.Comment) }) {
		if key := p.Decision.Request.Key(); out[key].Comment == 0 {
			out[key] = p
		}
	}
	return out
}

// saidAs is what a decision keeps of a line.
func saidAs(a Asked) Said {
	return Said{Comment: a.Comment, Line: a.Line, At: a.Said, Login: a.Login, Role: a.Role}
}

// decide gives the decision that the request as it stands comes to.
func (r *request) decide(f ExceptionFacts) ExceptionDecided {
	d := ExceptionDecided{ExceptionText: r.text, Granted: !r.denied(), Freeze: r.freeze, Request: AskedBy(r.first),
		DaysAsked: r.days, Needed: namedSIGs(r.needs.list(r.supports)), SIG: r.needs.owner, Votes: r.words()}
	last := r.latest
	later := func(s Said) {
		if s.Mark().Compare(last.Mark()) > 0 {
			last = s
		}
	}
	for _, v := range r.votes {
		later(v.said)
	}
	if d.Granted {
		d.Days = r.days
		for _, v := range r.votes {
			d.Days = min(d.Days, v.days)
		}
		for _, s := range r.supports {
			if slices.Contains(d.Needed, s.SIG) {
				later(saidAs(s.Asked))
			}
		}
	}
	d.Asked = AskedBy(last)
	for _, s := range r.supports {
		if s.Mark().Compare(d.Asked.Mark()) <= 0 {
			d.Supports = append(d.Supports, s)
		}
	}
	if d.Granted {
		d.Days, d.Due = f.due(r.freeze, d.Asked.Said, d.Days)
	}
	return d
}

// due counts days from the freeze, or from the day of the last word if that is later, and
// no further than to the release: after it nobody would hear that they are over.
func (f ExceptionFacts) due(name string, said time.Time, days int) (int, cycle.Day) {
	from := cycle.DayOf(said)
	if freeze, ok := f.Cycle.Freeze(name); ok && freeze.Day().After(from) {
		from = freeze.Day()
	}
	if end := f.Cycle.End; !end.IsZero() {
		if from.After(end) {
			from = end
		}
		days = min(days, from.DaysUntil(end))
	}
	return days, from.AddDays(days)
}

// namedSIGs leaves out the owner that nobody knows.
func namedSIGs(sigs []string) []string {
	return slices.DeleteFunc(sigs, func(sig string) bool { return sig == "" })
}

// words are the votes as a decision lists them.
func (r *request) words() []ExceptionVote {
	var out []ExceptionVote
	for _, v := range r.votes {
		out = append(out, ExceptionVote{Asked: AskedBy(v.said), Approve: v.approve, Days: v.days, Text: v.text})
	}
	return out
}

// exception tells of the request as it stands.
func (r *request) exception(f ExceptionFacts) Exception {
	e := Exception{ExceptionText: r.text, Freeze: r.freeze, Days: r.days, Requested: r.first, Latest: r.latest,
		Supports: r.supports, Votes: r.words(), Withdrawn: r.withdrawn, Late: r.late}
	if r.posted != nil {
		return r.decided(e, f)
	}
	e.Missing, e.Needed, e.Waiting = r.text.Missing(), r.needs.list(r.supports), r.waiting()
	switch {
	case !r.withdrawn.IsZero():
		e.State = ExceptionWithdrawn
	case len(e.Missing) > 0:
		e.State = ExceptionDraft
	default:
		e.State = ExceptionRequested
	}
	return e
}

// decided tells of the request as its decision has it.
func (r *request) decided(e Exception, f ExceptionFacts) Exception {
	d := r.posted.Decision
	e.Uncounted = r.uncounted(d)
	e.ExceptionText, e.Freeze, e.Days, e.Withdrawn = d.ExceptionText, d.Freeze, d.DaysAsked, Said{}
	e.Needed, e.Supports, e.Votes = d.Needed, d.Supports, d.Votes
	e.Decided, e.DecidedIn, e.DecidedAt = &d, r.posted.Comment, r.posted.At
	switch {
	case !d.Granted:
		e.State = ExceptionDenied
	case !f.Now.Before(e.Expires()) && !f.deliveredBy(e.Expires()):
		e.State, e.DoneLate = ExceptionExpired, f.Delivered
	default:
		e.State = ExceptionGranted
	}
	return e
}

func (f ExceptionFacts) deliveredBy(at time.Time) bool {
	return f.Delivered && f.DeliveredAt.Before(at)
}

// uncounted lists the words said before the decision that would have counted and that
// it does not know: they were read too late. It stands.
func (r *request) uncounted(d ExceptionDecided) []Said {
	var out []Said
	for _, v := range r.votes {
		if !slices.ContainsFunc(d.Votes, func(o ExceptionVote) bool { return o.Same(AskedBy(v.said)) }) {
			out = append(out, v.said)
		}
	}
	if !r.withdrawn.IsZero() {
		out = append(out, r.withdrawn)
	}
	if r.latest.Mark().Compare(r.first.Mark()) != 0 && (r.text != d.ExceptionText || r.days != d.DaysAsked) {
		out = append(out, r.latest)
	}
	return out
}

// Undecided reports whether the exception waits for words or for its decision.
func (e Exception) Undecided() bool {
	return e.State == ExceptionDraft || e.State == ExceptionRequested
}

// Granted reports whether the exception stands: granted, and not expired.
func (e Exception) Granted() bool { return e.State == ExceptionGranted }

// Expires is the instant at which the last day is over anywhere on earth; zero if the
// exception was not granted.
func (e Exception) Expires() time.Time {
	if e.Decided == nil || !e.Decided.Granted {
		return time.Time{}
	}
	return e.Decided.Due.EndAoE()
}

// RemindAt is the instant of the reminder, a day before it expires; zero if the
// exception was not granted.
func (e Exception) RemindAt() time.Time {
	if e.Expires().IsZero() {
		return time.Time{}
	}
	return e.Expires().Add(-24 * time.Hour)
}
