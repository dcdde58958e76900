package plan

import (
	"slices"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/plugin/work"
)

// Phase is where the vote on a plan stands.
type Phase string

// The phases. After a rework, or a result, the next vote is a new round.
const (
	PhaseNotOpened   Phase = "not opened"
	PhaseOpen        Phase = "open"
	PhaseCounting    Phase = "closed, being counted" // the result is due
	PhaseApproved    Phase = "approved"
	PhaseNotApproved Phase = "not approved" // an approval of an earlier round may stand
	PhaseRework      Phase = "rework"
)

// Assessment is all that the first screen of the plan needs about the vote.
type Assessment struct {
	Cycle string
	Phase Phase
	Round int       // the last one, 0 before the first
	Until time.Time // of the last round, zero before the first
	// Last is the last round with its decisions, nil before the first.
	Last   *Round
	Rounds []Round // all that count, first to last

	// Seats with their votes: of the open round as counted now, of a decided one as its
	// result has them. Before the first round, and in rework, those that there would be
	// if the vote were opened now.
	Seats []SeatVote
	// Missing are the required seats that have not voted, Silent the others. Both are
	// empty before the first round.
	Missing, Silent []string
	// Objections of the last round: first those that stand, then those that were ended.
	Objections []Objection

	// Late are votes said in the last round and read after its result was made: it is
	// contested, and stands.
	Late []Vote

	Approval   Approval // what stands approved, of whichever round
	Changed    []Change // items of the approved set that changed since, by key
	IfApproved Outcome
	Unheld     int       // ready items that no vote would be on, because their readout was not held
	Previews   []Preview // previews that stand, the newest first
	Findings   []Finding
	Due        []Due

	// Torn counts decisions that were made and cannot be read any more: what the phase says
	// is not the whole of it, and nothing follows from it.
	Torn int

	after Mark // what is said after it is no word of a decided round
}

// Outcome is what an approval does.
type Outcome struct {
	Labelled []work.Key // would be approved, or are
	Losing   []work.Key // a prune would then clear their milestone
}

// Preview is a prune preview that stands.
type Preview struct {
	PrunePreview
	Comment   int64 // the decision comment
	Confirmed bool  // a confirmation waits for the end of the grace period
}

// Assess holds the plan issue's state and decisions against the facts. It is pure: the
// same ones give the same assessment.
func Assess(s *State, posted []Posted, f Facts) Assessment {
	r := replay(s, posted, f)
	l := newLookups(f.Holders)
	a := Assessment{Cycle: s.Cycle, Phase: PhaseNotOpened, Rounds: r.rounds, Approval: r.approval, Findings: r.findings, Due: r.due, Torn: len(f.Missing)}
	var unseated []Vote
	if cur := r.current(); cur != nil {
		last := *cur
		a.Last, a.Round, a.Until, a.after = &last, last.N, last.Opened.Until, last.end()
		unseated = a.round(r, last, l)
	}
	if a.Seats == nil {
		for _, seat := range seats(f, f.Now, l) {
			a.Seats = append(a.Seats, SeatVote{Seat: seat})
		}
	}
	a.needs()
	if a.Torn == 0 {
		a.outcome(f)
	}
	a.changes(f)
	a.previews(r)
	a.derive(s, f, unseated, l.untold())
	return a
}

// round fills in what the last round comes to, and gives the votes without a seat.
func (a *Assessment) round(r *replayed, last Round, l *lookups) (unseated []Vote) {
	switch {
	case last.Rework != nil:
		a.Phase = PhaseRework
		return nil
	case last.Result != nil:
		a.Phase = PhaseNotApproved
		if last.Result.Passed {
			a.Phase = PhaseApproved
		}
		a.Seats = slices.Clone(last.Result.Seats)
		a.Objections, a.Late = answered(r, last, l), last.Stragglers(r.state)
		return nil
	}
	a.Phase = PhaseOpen
	cut := last.deadline()
	for _, ask := range r.state.Asks { // a close that is not decided yet
		if ask.Kind == AskClose && ask.mark().Compare(last.Opened.Asked.Mark()) > 0 && ask.mark().Compare(cut) < 0 {
			cut = ask.mark()
		}
	}
	at := r.facts.Now
	if !at.Before(cut.At) {
		a.Phase, at = PhaseCounting, cut.At
	}
	c := count(last.Opened.Seats, last.votes(r.state, cut), at, l)
	a.Seats = c.Seats
	if a.Seats == nil {
		a.Seats = []SeatVote{}
	}
	for _, stands := range []bool{true, false} {
		for _, o := range c.Objections {
			if (o.Ended == nil) == stands {
				a.Objections = append(a.Objections, o)
			}
		}
	}
	return c.Unseated
}

// answered gives the objections of a result, ended by what the same seat said since.
// That does not change the result: a new round does.
func answered(r *replayed, last Round, l *lookups) []Objection {
	c := count(last.Opened.Seats, last.votes(r.state, Mark{At: r.facts.Now.Add(time.Second)}), r.facts.Now, l)
	var stand, ended []Objection
	for _, o := range last.Result.Objections {
		for _, sv := range c.Seats {
			if v := sv.Vote; sv.Name == o.Seat && v != nil && v.Value >= passMark && (Mark{At: v.Said, Comment: v.Comment, Line: v.Line}).Compare(last.Result.CountedUpTo) > 0 {
				o.Ended = v
			}
		}
		if o.Ended == nil {
			stand = append(stand, o)
		} else {
			ended = append(ended, o)
		}
	}
	return append(stand, ended...)
}

// needs lists the seats that have not voted.
func (a *Assessment) needs() {
	if a.Phase == PhaseNotOpened || a.Phase == PhaseRework {
		return
	}
	for _, s := range a.Seats {
		switch {
		case s.Vote != nil:
		case s.Required:
			a.Missing = append(a.Missing, s.Name)
		default:
			a.Silent = append(a.Silent, s.Name)
		}
	}
}

// StandingAt counts the objections of the last round that waited for an answer at a time.
func (a Assessment) StandingAt(at time.Time) int {
	n := 0
	for _, o := range a.Objections {
		if !o.Said.After(at) && (o.Ended == nil || o.Ended.Said.After(at)) {
			n++
		}
	}
	return n
}

// Standing lists the objections that wait for an answer.
func (a Assessment) Standing() []Objection {
	var out []Objection
	for _, o := range a.Objections {
		if o.Ended == nil {
			out = append(out, o)
		}
	}
	return out
}

// outcome says what an approval would do now: of the snapshot while a round is open,
// nothing where that is empty,
// of what is approved once it is, else of what is ready now.
func (a *Assessment) outcome(f Facts) {
	keep := map[work.Key]bool{}
	switch {
	case a.Phase == PhaseOpen || a.Phase == PhaseCounting:
		if len(a.Last.Opened.Items) == 0 { // such a round approves nothing
			return
		}
		for _, i := range a.Last.Opened.Items {
			keep[i.Key] = true
		}
	case a.Phase == PhaseApproved:
		for key := range a.Approval.Items {
			keep[key] = true
		}
	default:
		for _, i := range f.Items {
			if i.ReadyFor(f.Preset) {
				keep[i.Key] = true
			} else if i.ReadyToVote() {
				a.Unheld++
			}
		}
	}
	for key := range keep {
		a.IfApproved.Labelled = append(a.IfApproved.Labelled, key)
	}
	slices.SortFunc(a.IfApproved.Labelled, CompareKeys)
	a.IfApproved.Losing = keysOf(prunable(f, "", func(key work.Key) bool { return keep[key] }))
}

// changes lists the approved items that differ from what was voted on.
func (a *Assessment) changes(f Facts) {
	for _, i := range f.Items {
		voted, ok := a.Approval.Items[i.Key]
		if !ok {
			continue
		}
		if c, changed := i.ChangedSince(a.Approval.Asked, voted); changed {
			a.Changed = append(a.Changed, c)
		}
	}
	slices.SortFunc(a.Changed, func(x, y Change) int { return CompareKeys(x.Key, y.Key) })
}

func (a *Assessment) previews(r *replayed) {
	for _, p := range slices.Backward(r.standingAll()) {
		d := p.Decision.(PrunePreview)
		waits := slices.ContainsFunc(r.due, func(due Due) bool { return due.Kind == KindPruned && r.confirms(due, d) })
		a.Previews = append(a.Previews, Preview{PrunePreview: d, Comment: p.Comment, Confirmed: waits})
	}
}

// Words says the phase as the headline of the plan's record has it: "round 2 open
// until Thu 22 Jan, anywhere on earth".
func (a Assessment) Words() string {
	round := "round " + strconv.Itoa(a.Round)
	switch {
	case a.Torn == 1:
		return "on hold, a decision is missing"
	case a.Torn > 1:
		return "on hold, decisions are missing"
	}
	switch a.Phase {
	case PhaseOpen:
		return round + " open until " + UntilWords(a.Until)
	case PhaseCounting:
		return round + " closed, being counted"
	case PhaseApproved:
		return "approved in " + round + a.contested()
	case PhaseNotApproved:
		words := "not approved in " + round + a.contested()
		if a.Approval.Round > 0 {
			words += "; the approval of round " + strconv.Itoa(a.Approval.Round) + " stands"
		}
		return words
	case PhaseRework:
		return "rework after " + round
	}
	return "vote not opened"
}

func (a Assessment) contested() string {
	if len(a.Late) > 0 {
		return ", contested"
	}
	return ""
}
