package thread

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// CheckCode names one thing that is looked at.
type CheckCode string

// The checks, in the order in which they are shown.
const (
	CheckKEP       CheckCode = "kep"       // there is such a KEP
	CheckStatus    CheckCode = "status"    // its status allows work now
	CheckTarget    CheckCode = "target"    // stage and latest-milestone agree with an open cycle
	CheckCommitted CheckCode = "committed" // the work item is committed to an open cycle
	CheckApproved  CheckCode = "approved"  // it is approved, or has an exception
)

// CheckState is how a check came out.
type CheckState string

// The states of a check.
const (
	OK            CheckState = "ok"
	Wrong         CheckState = "finding"
	NotKnown      CheckState = "unknown" // something was not read
	NotApplicable CheckState = "not-applicable"
)

// Check is one thing that was looked at, with what was seen.
type Check struct {
	Code   CheckCode
	State  CheckState
	Seen   string   // the KEP's status, or with CheckTarget its stage
	Latest string   // with CheckTarget the KEP's latest-milestone
	Cycle  string   // the open cycle that it is about
	Stays  bool     // with CheckTarget: the KEP stays in its stage for this cycle, which is as good
	By     Excuse   // with CheckApproved: by what
	Item   work.Key // the work item that is shown; zero: none is known
	// Paste would mend it: on the pull request for CheckKEP, on Item for CheckCommitted. "" if there is no such line.
	Paste string
}

// Excuse is by what work may go into a release.
type Excuse string

// Approved by the plan's vote, or by an exception after it.
const (
	ByApproval  Excuse = "approved"
	ByException Excuse = "exception"
)

// stand is how the work stands in the plans of the open cycles.
type stand struct {
	item  work.Key // zero: none is known
	cycle cycle.Cycle
	fact  CycleFact
	open  bool // a cycle is open
	known bool // false: something that could change it was not read
}

// at is the time for which the pull request is judged.
func at(p Pull, now time.Time) time.Time {
	if p.Merged && !p.MergedAt.IsZero() {
		return p.MergedAt
	}
	return now
}

// stand looks for the item that stands best: the /part-of item alone if there is one, else those of the KEP.
func (b *belief) stand() stand {
	best := stand{known: true}
	open := b.open()
	if len(open) > 0 {
		best.open, best.cycle = true, open[0]
	}
	for _, key := range b.candidates(&best) {
		fact, read := b.f.Items[key]
		if !read {
			best.known = false
			b.unread(Unread{Item: key})
			continue
		}
		for _, c := range open {
			one := fact.Cycles[c.Name]
			if fact.Readable && (best.item.Number == 0 || one.rank() > best.fact.rank()) {
				best.item, best.cycle, best.fact = key, c, one
			}
		}
	}
	best.known = best.known || best.fact.planned()
	return best
}

// open lists the open cycles, the likeliest to be meant first: one that the KEP targets, else the latest.
func (b *belief) open() []cycle.Cycle {
	open := b.f.Calendar.Open(at(b.s.Pull, b.f.Now))
	slices.Reverse(open)
	slices.SortStableFunc(open, func(x, y cycle.Cycle) int {
		switch tx, ty := b.a.KEP.Targets(x.Name), b.a.KEP.Targets(y.Name); {
		case tx == ty:
			return 0
		case tx:
			return -1
		}
		return 1
	})
	return open
}

// candidates are the work items that the pull request may be part of.
func (b *belief) candidates(s *stand) []work.Key {
	if b.a.Item.Number > 0 {
		return []work.Key{b.a.Item}
	}
	if slices.ContainsFunc(b.a.Unread, func(u Unread) bool { return u.Item.Number > 0 }) { // that of /part-of
		s.known = false
		return nil
	}
	var keys []work.Key
	if b.a.Thread.Item.Number > 0 {
		keys = append(keys, b.a.Thread.Item)
	}
	if b.f.ItemsOf != nil {
		if items, known := b.f.ItemsOf(b.a.Thread.KEP); known {
			return append(keys, items...)
		}
	}
	s.known = false
	b.unread(Unread{ItemsOf: b.a.Thread.KEP})
	return keys
}

// checks fills in every check, in order.
func (b *belief) checks(s stand) {
	if !b.a.Linked() {
		state := Wrong
		switch {
		case b.a.Exempt != nil:
			state = NotApplicable
		case len(b.a.Unread) > 0:
			state = NotKnown
		}
		b.add(Check{Code: CheckKEP, State: state, Paste: b.likely()})
		for _, code := range []CheckCode{CheckStatus, CheckTarget, CheckCommitted, CheckApproved} {
			if state == Wrong {
				state = NotApplicable
			}
			b.add(Check{Code: code, State: state})
		}
		return
	}
	k := *b.a.KEP
	b.add(Check{Code: CheckKEP, State: OK})
	status := Check{Code: CheckStatus, State: Wrong, Seen: k.Status}
	if k.Workable() {
		status.State = OK
	}
	b.add(status)
	b.add(target(k, s))
	b.planChecks(s)
}

func (b *belief) add(c Check) { b.a.Checks = append(b.a.Checks, c) }

// likely is the line that would mend a missing KEP, if just one is likely.
func (b *belief) likely() string {
	if refs := b.a.Likely(); len(refs) == 1 {
		return KEPLine(refs[0], b.s.KEPRepo)
	}
	return ""
}

// target holds stage and milestone against the cycle. That the KEP does not graduate in it is normal.
func target(k kep.KEP, s stand) Check {
	c := Check{Code: CheckTarget, State: NotApplicable, Seen: k.Stage, Latest: k.LatestMilestone}
	if !s.open {
		return c
	}
	c.State, c.Cycle = Wrong, s.cycle.Name
	if k.Targets(c.Cycle) {
		c.State, c.Stays = OK, k.Milestones[k.Stage] != "" && !k.Graduates(c.Cycle)
	}
	return c
}

func (b *belief) planChecks(s stand) {
	committed := Check{Code: CheckCommitted, Item: s.item, Cycle: s.cycle.Name, State: state(s, s.fact.Committed)}
	if s.fact.Exception && !s.fact.Committed { // which stands in its place
		committed.State = NotApplicable
	}
	if last := s.cycle.Last(); committed.State == Wrong && s.item.Number > 0 && last.Number > 0 && !last.Finished(at(b.s.Pull, b.f.Now)) {
		committed.Paste = "/commit " + s.cycle.Name
	}
	b.add(committed)
	approved := Check{Code: CheckApproved, Item: s.item, Cycle: s.cycle.Name, State: state(s, s.fact.Approved || s.fact.Exception)}
	switch {
	case s.fact.Approved:
		approved.By = ByApproval
	case s.fact.Exception:
		approved.By = ByException
	}
	b.add(approved)
}

func state(s stand, holds bool) CheckState {
	switch {
	case holds:
		return OK
	case !s.open:
		return NotApplicable
	case !s.known:
		return NotKnown
	}
	return Wrong
}

// KEPLine is the line that names a KEP on a pull request, as short as kepRepo allows.
func KEPLine(r kep.Ref, kepRepo string) string {
	if strings.EqualFold(r.Repo, kepRepo) {
		return "/kep " + strconv.Itoa(r.Number)
	}
	return "/kep " + r.String()
}
