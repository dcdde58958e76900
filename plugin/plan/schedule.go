package plan

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// AgeLimit is how long a block or a question may stay open before the plan and
// the tally say so.
const AgeLimit = 5 * 24 * time.Hour

// Place is where an item of the plan stands on its way to approval. Each item
// has one: what blocks it counts before its being ready.
type Place string

// The places.
const (
	Delivered Place = "done"     // everything is delivered, or the issue was closed as completed
	Stopped   Place = "blocked"  // a planning block is open, or a dependency was declined
	Called    Place = "ready"    // called ready for the readout
	Proposed  Place = "proposed" // committed or opted in, not called ready
	GivenUp   Place = "dropped"  // closed as not planned: shown, but no longer an item of the plan
)

// Schedule is the plan of a cycle as a timetable: which SIG means to deliver
// what in which increment, and what stands in the way.
type Schedule struct {
	Cycle        cycle.Cycle
	Lanes        []Lane // by SIG; where the SIG is not known, last
	Count        Count  // over all lanes
	Expected     Estimate
	Dependencies int          // how many were asked by items that are not done
	Unmet        []Dependency // those of them that do not hold, what stops most first
	Met          []Dependency // the others, by the item that asks
	Loops        [][]work.Key // dependencies that go round: a path, first and last the same
	Blocks       []Raised     // open ones, oldest first
	Questions    []Raised     // open ones, oldest first
	Risks        []Raised     // all, open ones first, each with its end by ROAM
}

// Count is how many items stand where. Items is the sum of Ready, Proposed,
// Blocked and Done; Dropped ones are not among them.
type Count struct {
	Items, Ready, Proposed, Blocked, Done, Dropped int
	Unscheduled                                    int // of Items: no increment at all
	Overdue                                        int // of Items: not done, and its last increment is over
}

// Lane is what one SIG plans.
type Lane struct {
	SIG      string // without "sig-", "" not known
	Count    Count
	Cells    []Cell // one for each increment of the cycle, in its order
	Expected Estimate
	Backlog  []Entry // in the SIG's order; what it did not order comes after, by key
}

// Cell is one SIG in one increment. An item that goes over several increments
// is in the cell of each.
type Cell struct {
	Items int
	Mean  int // mean confidence of its items in percent, rounded; 0 without items
	sum   int
}

// Entry is one item in a SIG's backlog.
type Entry struct {
	Item    Item
	Place   Place
	Slots   []Slot // by increment
	Overdue bool   // not done, and its last increment is over
	Ordered int    // its place in the order that the SIG gave, from 1; 0: not given
}

// Slot is an item's work in one increment. Its confidence is the lowest of what
// is committed there, because the item needs all of it.
type Slot struct {
	Increment cycle.Increment
	Percent   int
}

// Confidence is the percentage of the item's last increment, by which it ships;
// ok is false where it has no increment.
func (e Entry) Confidence() (percent int, ok bool) {
	if len(e.Slots) == 0 {
		return 0, false
	}
	return e.Slots[len(e.Slots)-1].Percent, true
}

// Estimate is how many items may be expected to ship. What is overdue counts as nothing,
// as in a Forecast: its confidence was for an increment that is over.
type Estimate struct {
	Mean     float64 // sum of the confidences of the items, 1 for one that is done
	Variance float64 // sum of p(1-p), as if items shipped independently of each other
}

// Spread is the standard deviation, in items.
func (e Estimate) Spread() float64 { return math.Sqrt(e.Variance) }

func (e *Estimate) add(percent int) {
	p := float64(min(100, max(0, percent))) / 100
	e.Mean += p
	e.Variance += p * (1 - p)
}

// Dependency is one ask of an item of the plan.
type Dependency struct {
	From work.Key
	SIG  string // that owns From, "" not known
	Edge work.Edge
}

// Raised is a block, a question or a risk with the item on which it stands.
type Raised struct {
	Key  work.Key
	SIG  string // that owns the item, "" not known
	Note work.Note
}

// Over reports whether it is open for longer than AgeLimit.
func (r Raised) Over(now time.Time) bool {
	return r.Note.Open() && now.Sub(r.Note.Raised.At) > AgeLimit
}

// Over lists those that are open for longer than AgeLimit.
func Over(list []Raised, now time.Time) []Raised {
	var over []Raised
	for _, r := range list {
		if r.Over(now) {
			over = append(over, r)
		}
	}
	return over
}

// ScheduleOf lays out the items of a cycle's plan. order has the backlog of each
// SIG, by its name without "sig-", in the order that the SIG gave. Items that
// are not in the plan, and were not when they were closed, are left out. That
// nothing private comes in for a public plan is the caller's to see to.
func ScheduleOf(c cycle.Cycle, items []Item, order map[string][]work.Key, now time.Time) Schedule {
	s := Schedule{Cycle: c}
	lanes := map[string]*Lane{}
	items = slices.SortedFunc(slices.Values(items), func(a, b Item) int { return CompareKeys(a.Key, b.Key) })
	for _, item := range items {
		place, ok := placeOf(item)
		if !ok {
			continue
		}
		sig := item.Assessment.SIG
		lane := lanes[sig]
		if lane == nil {
			lane = &Lane{SIG: sig, Cells: make([]Cell, len(c.Increments))}
			lanes[sig] = lane
		}
		e := Entry{Item: item, Place: place, Slots: slotsOf(item, c), Ordered: slices.Index(order[sig], item.Key) + 1}
		e.Overdue = place != Delivered && len(e.Slots) > 0 && e.Slots[len(e.Slots)-1].Increment.Finished(now)
		lane.take(e, c)
		s.Count.take(e)
		s.notes(item, place)
		if place != Delivered && place != GivenUp {
			s.dependencies(item)
		}
	}
	for _, lane := range lanes {
		lane.finish()
		s.Lanes = append(s.Lanes, *lane)
	}
	slices.SortFunc(s.Lanes, func(a, b Lane) int { return compareSIGs(a.SIG, b.SIG) })
	for _, lane := range s.Lanes { // in their order: sums of floats depend on it
		s.Expected.Mean += lane.Expected.Mean
		s.Expected.Variance += lane.Expected.Variance
	}
	slices.SortStableFunc(s.Unmet, func(a, b Dependency) int { return cmp.Compare(severity(a.Edge), severity(b.Edge)) })
	slices.SortStableFunc(s.Blocks, older)
	slices.SortStableFunc(s.Questions, older)
	slices.SortStableFunc(s.Risks, func(a, b Raised) int {
		return cmp.Or(cmp.Compare(roam(a), roam(b)), older(a, b))
	})
	return s
}

// foldOf is the fold of an item, an empty one if there is none.
func foldOf(item Item) *work.Item {
	if item.Assessment.Item == nil {
		return &work.Item{Key: item.Key}
	}
	return item.Assessment.Item
}

// placeOf says where an item stands; ok is false for one that is not in the plan.
func placeOf(item Item) (place Place, ok bool) {
	a := item.Assessment
	switch {
	case a.Standing == work.Done:
		return Delivered, true
	case a.Standing == work.Dropped:
		return GivenUp, true
	case !a.InPlan:
		return "", false
	case a.Blocked:
		return Stopped, true
	case !foldOf(item).Ready.IsZero():
		return Called, true
	}
	return Proposed, true
}

// slotsOf lists the increments in which an item has work, in their order.
// Commitments to windows that left the calendar are none.
func slotsOf(item Item, c cycle.Cycle) []Slot {
	var slots []Slot
	for _, inc := range c.Increments {
		lowest := -1
		for _, k := range foldOf(item).Commitments {
			if k.Window == inc.Name() && (lowest < 0 || k.Percent < lowest) {
				lowest = k.Percent
			}
		}
		if lowest >= 0 {
			slots = append(slots, Slot{Increment: inc, Percent: lowest})
		}
	}
	return slots
}

func (l *Lane) take(e Entry, c cycle.Cycle) {
	l.Backlog = append(l.Backlog, e)
	l.Count.take(e)
	switch e.Place {
	case GivenUp:
		return
	case Delivered:
		l.Expected.add(100)
	default:
		if percent, ok := e.Confidence(); ok && !e.Overdue {
			l.Expected.add(percent)
		}
	}
	for n, inc := range c.Increments {
		for _, slot := range e.Slots {
			if slot.Increment.Name() == inc.Name() {
				l.Cells[n].Items++
				l.Cells[n].sum += slot.Percent
			}
		}
	}
}

func (l *Lane) finish() {
	for n := range l.Cells {
		if c := &l.Cells[n]; c.Items > 0 {
			c.Mean = (2*c.sum + c.Items) / (2 * c.Items)
		}
	}
	slices.SortStableFunc(l.Backlog, func(a, b Entry) int {
		return cmp.Compare(placeInOrder(a), placeInOrder(b))
	})
}

func placeInOrder(e Entry) int {
	switch {
	case e.Place == GivenUp:
		return math.MaxInt
	case e.Ordered == 0:
		return math.MaxInt - 1
	}
	return e.Ordered
}

func (c *Count) take(e Entry) {
	switch e.Place {
	case GivenUp:
		c.Dropped++
		return
	case Delivered:
		c.Done++
	case Stopped:
		c.Blocked++
	case Called:
		c.Ready++
	default:
		c.Proposed++
	}
	c.Items++
	if len(e.Slots) == 0 && e.Place != Delivered {
		c.Unscheduled++
	}
	if e.Overdue {
		c.Overdue++
	}
}

// notes collects blocks, questions and risks. What is open on an item that is
// closed waits for nobody.
func (s *Schedule) notes(item Item, place Place) {
	for _, n := range foldOf(item).Notes {
		r := Raised{Key: item.Key, SIG: item.Assessment.SIG, Note: n}
		closed := place == Delivered || place == GivenUp
		switch {
		case n.Kind == work.Risk && !(closed && n.Open()):
			s.Risks = append(s.Risks, r)
		case closed || !n.Open():
		case n.Kind == work.Block:
			s.Blocks = append(s.Blocks, r)
		case n.Kind == work.Question:
			s.Questions = append(s.Questions, r)
		}
	}
}

func (s *Schedule) dependencies(item Item) {
	for _, e := range item.Assessment.Edges {
		s.Dependencies++
		d := Dependency{From: item.Key, SIG: item.Assessment.SIG, Edge: e}
		if e.Met() {
			s.Met = append(s.Met, d)
		} else {
			s.Unmet = append(s.Unmet, d)
		}
	}
	for _, f := range item.Assessment.Findings {
		if f.Code != work.DependencyCycle || len(f.Path) < 2 {
			continue
		}
		loop := fromLowest(f.Path)
		if !slices.ContainsFunc(s.Loops, func(have []work.Key) bool { return slices.Equal(have, loop) }) {
			s.Loops = append(s.Loops, loop)
		}
	}
}

// fromLowest begins a loop at its lowest key: each item on it tells the same
// loop from its own place.
func fromLowest(path []work.Key) []work.Key {
	ring := path[:len(path)-1]
	lowest := 0
	for n := range ring {
		if CompareKeys(ring[n], ring[lowest]) < 0 {
			lowest = n
		}
	}
	loop := slices.Concat(ring[lowest:], ring[:lowest])
	return append(loop, loop[0])
}

// severity orders dependencies that do not hold: what somebody has said no to
// comes before what nobody has answered.
func severity(e work.Edge) int {
	codes := []work.FindingCode{work.Declined, work.SelfDependency, work.Unreadable, work.ClosedUnmerged, work.ClosedNotPlanned,
		work.TargetSlipped, work.Late, work.NotPromised, work.NotCommitted}
	lowest := len(codes)
	for _, f := range e.Findings {
		if n := slices.Index(codes, f.Code); n >= 0 {
			lowest = min(lowest, n)
		}
	}
	return lowest
}

func older(a, b Raised) int {
	return cmp.Or(a.Note.Raised.At.Compare(b.Note.Raised.At), CompareKeys(a.Key, b.Key), cmp.Compare(a.Note.ID, b.Note.ID))
}

// roam orders risks: nobody has them, somebody owns them, they are closed.
func roam(r Raised) int {
	return slices.Index([]string{"", work.Owned, work.Accepted, work.Mitigated, work.Resolved}, r.Note.Ended)
}

// CompareKeys orders issues by repository, then by number.
func CompareKeys(a, b work.Key) int {
	return cmp.Or(strings.Compare(a.Repository(), b.Repository()), cmp.Compare(a.Number, b.Number))
}

// compareSIGs orders by name, with "" last.
func compareSIGs(a, b string) int {
	return cmp.Or(cmp.Compare(boolInt(a == ""), boolInt(b == "")), strings.Compare(a, b))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
