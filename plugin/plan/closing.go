package plan

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// Closing is what came of a cycle, as of its end: the report that closes its plan. It
// counts items; what its tally and calibration count are pieces of work.
type Closing struct {
	Cycle    cycle.Cycle
	At       time.Time // the end of the cycle
	Approved bool      // planned is what was approved; else no plan was, and it is what was proposed
	All      Outturn
	SIGs     []SIGOutturn   // by name; where the SIG is not known, last
	Slipped  []SnapshotItem // planned and not delivered, without digests, by key
	Added    []SnapshotItem // unplanned

	Votes       VoteCount
	Exceptions  ExceptionCount
	ByException []SIGExceptions
	Times       []Timing // of what was asked at all
	Merged      MergeCount
	Notified    int // comments that told somebody something, below 0: not counted

	Pieces       Figures
	Calibration  Calibration
	Satisfaction Satisfaction
}

// Outturn is what came of items. Planned is the sum of Delivered, Slipped and Dropped.
type Outturn struct {
	Planned   int
	Delivered int
	Slipped   int // open at the end, or delivered after it
	Dropped   int // closed as not planned
	Unplanned int // delivered, or merged in part, and not planned
}

// SIGOutturn is one SIG.
type SIGOutturn struct {
	SIG string // without "sig-", "" not known
	Outturn
}

// VoteCount is how the plan was voted on.
type VoteCount struct {
	Rounds   int
	Passed   int // of Rounds
	Reworked int // of Rounds
}

// TimingKind is what somebody waited for.
type TimingKind string

// The timings. Each is from the line that asked to the line or comment that decided.
const (
	VoteTime      TimingKind = "vote"       // from the line that asked for a round to its result
	ExceptionTime TimingKind = "exception"  // from the request to the decision
	PromiseTime   TimingKind = "dependency" // from the ask to the promise or the refusal
)

// Timing is how long it took.
type Timing struct {
	Kind    TimingKind
	N       int // how many were decided
	Median  time.Duration
	Longest time.Duration
}

// ClosingFacts is what a closing report is made of.
type ClosingFacts struct {
	TallyFacts
	State    *State
	Posted   []Posted
	Notified int // see Closing
}

// ClosingDue says as of when the report of a cycle is made, which is the end of its last
// day anywhere on earth, and whether it is due: Settling later, when what was said in the
// last second can have been read. A cycle without an end has no report.
func ClosingDue(c cycle.Cycle, now time.Time) (at time.Time, due bool) {
	if c.End.IsZero() {
		return time.Time{}, false
	}
	at = c.End.EndAoE()
	return at, !now.Before(at.Add(Settling))
}

// ClosingOf makes the report, as of the end of the cycle: what was done, merged or
// decided after that does not count, where its time is known.
func ClosingOf(f ClosingFacts) Closing {
	at, _ := ClosingDue(f.Cycle, time.Time{})
	c := Closing{Cycle: f.Cycle, At: at, Notified: f.Notified, Votes: votesOf(f.Posted), Times: timesOf(f, at),
		Satisfaction: SatisfactionOf(f.Cycle.Name, f.State.Survey)}
	t := TallyOf(Occasion{Key: "closing", Title: "at the end", Day: f.Cycle.End, At: at}, f.TallyFacts)
	c.Pieces, c.Merged, c.Exceptions, c.ByException, c.Calibration = t.All, t.Merged, t.Exceptions, t.ByException, t.Calibration
	draft := DraftFacts{Cycle: f.Cycle.Name, Over: true}
	if approval := Approved(f.State, f.Posted); approval.Round > 0 {
		c.Approved, draft.Approved = true, map[work.Key]bool{}
		for key := range approval.Items {
			draft.Approved[key] = true
		}
	}
	for _, item := range slices.SortedFunc(slices.Values(f.Items), func(a, b Item) int { return CompareKeys(a.Key, b.Key) }) {
		if fate, ok := fateOf(item, draft); ok {
			c.take(item, fate, f.Closed)
		}
	}
	slices.SortFunc(c.SIGs, func(a, b SIGOutturn) int { return compareSIGs(a.SIG, b.SIG) })
	return c
}

func (c *Closing) sig(sig string) *SIGOutturn {
	n := slices.IndexFunc(c.SIGs, func(s SIGOutturn) bool { return s.SIG == sig })
	if n < 0 {
		n = len(c.SIGs)
		c.SIGs = append(c.SIGs, SIGOutturn{SIG: sig})
	}
	return &c.SIGs[n]
}

// take counts one item.
func (c *Closing) take(item Item, fate Fate, closed map[work.Key]time.Time) {
	var o Outturn
	place, _ := placeOf(item)
	switch {
	case fate == FateUnplanned:
		o.Unplanned = 1
		c.Added = append(c.Added, named(item))
	case fate == FateDelivered && !doneAfter(item, c.At, closed):
		o.Planned, o.Delivered = 1, 1
	case place == GivenUp:
		o.Planned, o.Dropped = 1, 1
	default:
		o.Planned, o.Slipped = 1, 1
		c.Slipped = append(c.Slipped, named(item))
	}
	c.All.add(o)
	c.sig(item.Assessment.SIG).add(o)
}

func (o *Outturn) add(p Outturn) {
	o.Planned += p.Planned
	o.Delivered += p.Delivered
	o.Slipped += p.Slipped
	o.Dropped += p.Dropped
	o.Unplanned += p.Unplanned
}

func votesOf(posted []Posted) VoteCount {
	var v VoteCount
	for _, r := range Rounds(posted) {
		v.Rounds++
		if r.Result != nil && r.Result.Passed {
			v.Passed++
		}
		if r.Rework != nil {
			v.Reworked++
		}
	}
	return v
}

// timesOf measures what was asked and decided by a time. A promise that was there
// before it was asked for took no time.
func timesOf(f ClosingFacts, at time.Time) []Timing {
	took := map[TimingKind][]time.Duration{}
	add := func(k TimingKind, asked, decided time.Time) {
		if !asked.IsZero() && !decided.IsZero() && !decided.After(at) {
			took[k] = append(took[k], max(0, decided.Sub(asked)))
		}
	}
	for _, r := range Rounds(f.Posted) {
		for _, p := range f.Posted {
			if r.Result != nil && p.Comment == r.ResultIn {
				add(VoteTime, r.Opened.Asked.Said, p.At)
			}
		}
	}
	for _, i := range f.Items {
		for _, e := range i.Assessment.Exceptions {
			if e.Decided != nil {
				add(ExceptionTime, e.Requested.At, e.DecidedAt)
			}
		}
		for _, edge := range i.Assessment.Edges {
			if edge.Promise != nil {
				add(PromiseTime, edge.Ask.Said.At, edge.Promise.Said.At)
			}
		}
	}
	var out []Timing
	for _, k := range []TimingKind{VoteTime, ExceptionTime, PromiseTime} {
		if all := took[k]; len(all) > 0 {
			slices.Sort(all)
			n := len(all)
			out = append(out, Timing{Kind: k, N: n, Median: (all[(n-1)/2] + all[n/2]) / 2, Longest: all[n-1]})
		}
	}
	return out
}
