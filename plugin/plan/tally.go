package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// Tally is how the plan of a cycle goes, counted at an occasion.
//
// It counts pieces of work: an item of a checklist, or an issue that is
// committed as a whole. A piece that is committed to several increments goes
// over all of them and is due in the last one; it counts once, there.
type Tally struct {
	Cycle        cycle.Cycle
	Occasion     Occasion
	Increments   []IncrementTally // of the cycle, in order
	SIGs         []SIGTally       // with committed work, by name; where the SIG is not known, last
	All          Figures
	Waiting      []Dependency // of items that are not done: asked and not promised, or declined
	OldBlocks    []Raised     // open for longer than AgeLimit
	OldQuestions []Raised
	Objections   int // of the last round, not ended
	Merged       MergeCount
	Unplanned    []KEPMerges // KEPs of unplanned merges that no item of the plan has, by reference
	Burndown     []Left      // the start of the cycle and each increment
	Forecast     Forecast    // what may be expected to be done in the end
	Calibration  Calibration // of the increments that are over
	Exceptions   ExceptionCount
	ByException  []SIGExceptions // SIGs with a request, those with most first
	Demos        DemoCount
}

// DemoCount is how many of the items that are done have been shown.
type DemoCount struct {
	Known   bool // false: demos were not looked at
	Done    int
	Missing []work.Key // of Done, by key
}

// Figures are counts of pieces of work. Done, Slipped, AtRisk and Dropped are
// disjoint; the rest of Committed is open and said to be on track, or not yet
// spoken of.
type Figures struct {
	Committed int
	Done      int
	Slipped   int     // said to have slipped, or due in an increment that is over
	AtRisk    int     // said to be at risk, not yet due
	Dropped   int     // its issue was closed as not planned, and it was not done
	Expected  float64 // sum of the confidences of all that is committed
}

// DonePercent is what was delivered of what was committed, rounded; ok is false
// where nothing was committed.
func (f Figures) DonePercent() (percent int, ok bool) {
	if f.Committed == 0 {
		return 0, false
	}
	return (200*f.Done + f.Committed) / (2 * f.Committed), true
}

func (f *Figures) add(o Figures) {
	f.Committed += o.Committed
	f.Done += o.Done
	f.Slipped += o.Slipped
	f.AtRisk += o.AtRisk
	f.Dropped += o.Dropped
	f.Expected += o.Expected
}

// IncrementTally is one increment over all SIGs.
type IncrementTally struct {
	Increment cycle.Increment
	Figures
}

// SIGTally is one SIG.
type SIGTally struct {
	SIG        string    // without "sig-", "" not known
	Increments []Figures // one for each increment of the cycle
	Due        Figures   // of the increments that are over
	All        Figures
}

// MergeCount is how many merged pull requests were what to the plan.
type MergeCount struct {
	Planned, Unplanned, Exempt int
	Unknown                    int // without a thread: no KEP and no exemption was found, or the receipt does not say
}

// KEPMerges is a KEP with the unplanned pull requests that were merged for it.
type KEPMerges struct {
	KEP    string // "kubernetes/enhancements#4381"
	Merges int
}

// Left is how many pieces are left at the end of an increment.
type Left struct {
	Title   string // "start", "weeks 1–2"
	Planned int    // if all that is due by then is done
	Left    int    // really; 0 where Known is false
	Known   bool   // false: that increment has not begun
}

// TallyFacts is what a tally counts.
type TallyFacts struct {
	Cycle      cycle.Cycle
	Items      []Item // all that have a record in the cycle, in the plan or not
	Merges     []custody.Merge
	Objections int                    // of the last round, not ended
	Closed     map[work.Key]time.Time // when items were closed, as far as known
	Demo       func(Item) bool        // whether an item has a demo; nil: not looked at
}

// TallyOf counts what is known at an occasion. What was delivered after it does
// not count, where the time of delivery is known.
func TallyOf(o Occasion, f TallyFacts) Tally {
	t := Tally{Cycle: f.Cycle, Occasion: o, Objections: f.Objections}
	for _, inc := range f.Cycle.Increments {
		t.Increments = append(t.Increments, IncrementTally{Increment: inc})
	}
	pieces := allPieces(f, o.At)
	for _, p := range pieces {
		t.take(p, o.At)
	}
	t.Forecast = forecast(pieces, f.Cycle, o.At)
	slices.SortFunc(t.SIGs, func(a, b SIGTally) int { return compareSIGs(a.SIG, b.SIG) })
	s := ScheduleOf(f.Cycle, f.Items, nil, o.At)
	for _, d := range s.Unmet {
		if k := linkKind(d.Edge); k == linkDeclined || k == linkAsked {
			t.Waiting = append(t.Waiting, d)
		}
	}
	t.OldBlocks, t.OldQuestions = Over(s.Blocks, o.At), Over(s.Questions, o.At)
	t.merges(f, o.At)
	t.Burndown = burndown(pieces, f.Cycle, o.At)
	t.Calibration = CalibrationOf(f, o.At)
	t.Exceptions, t.ByException = exceptionsOf(f.Items, o.At)
	t.Demos = demosOf(f, o.At)
	return t
}

// demosOf holds the items of the plan that are done as a whole against their demos.
func demosOf(f TallyFacts, now time.Time) DemoCount {
	d := DemoCount{Known: f.Demo != nil}
	if !d.Known {
		return d
	}
	for _, item := range f.Items {
		if item.Assessment.Standing != work.Done || doneAfter(item, now, f.Closed) {
			continue
		}
		d.Done++
		if !f.Demo(item) {
			d.Missing = append(d.Missing, item.Key)
		}
	}
	slices.SortFunc(d.Missing, CompareKeys)
	return d
}

func (t *Tally) take(p piece, now time.Time) {
	n := slices.IndexFunc(t.SIGs, func(s SIGTally) bool { return s.SIG == p.sig })
	if n < 0 {
		n = len(t.SIGs)
		t.SIGs = append(t.SIGs, SIGTally{SIG: p.sig, Increments: make([]Figures, len(t.Increments))})
	}
	s := &t.SIGs[n]
	s.Increments[p.due].add(p.figures)
	s.All.add(p.figures)
	t.Increments[p.due].add(p.figures)
	t.All.add(p.figures)
	if t.Increments[p.due].Increment.Finished(now) {
		s.Due.add(p.figures)
	}
}

// merges counts merge receipts, each pull request once.
func (t *Tally) merges(f TallyFacts, now time.Time) {
	planned := map[string]bool{}
	all := slices.Clone(f.Merges)
	for _, item := range f.Items {
		if ref := item.Assessment.KEPRef; item.InPlan() || item.Assessment.Standing == work.Done {
			planned[ref.String()] = true
		}
		all = append(all, foldOf(item).Merges...)
	}
	log := custody.Log{Merges: all}
	log.Sort()
	unplanned := map[string]int{}
	for _, m := range log.Merges {
		if m.At.After(now) {
			continue
		}
		switch m.Verdict {
		case custody.VerdictPlanned:
			t.Merged.Planned++
		case custody.VerdictExempt:
			t.Merged.Exempt++
		case custody.VerdictUnplanned:
			t.Merged.Unplanned++
			if m.KEP != "" && !planned[m.KEP] {
				unplanned[m.KEP]++
			}
		default:
			t.Merged.Unknown++
		}
	}
	for ref, n := range unplanned {
		t.Unplanned = append(t.Unplanned, KEPMerges{KEP: ref, Merges: n})
	}
	slices.SortFunc(t.Unplanned, func(a, b KEPMerges) int { return strings.Compare(a.KEP, b.KEP) })
}

// burndown counts what is left at the end of each increment that has begun: as
// it was then for what is known to have been done by then, as it is now for the
// latest one. Dropped work is not left to do.
func burndown(pieces []piece, c cycle.Cycle, now time.Time) []Left {
	if len(pieces) == 0 {
		return nil
	}
	out := []Left{{Title: "start", Planned: len(pieces), Left: len(pieces), Known: true}}
	planned := len(pieces)
	for n, inc := range c.Increments {
		for _, p := range pieces {
			if p.due == n {
				planned--
			}
		}
		l := Left{Title: inc.Title(), Planned: planned, Known: inc.Started(now)}
		if l.Known {
			end := inc.End.EndAoE()
			latest := latestBegun(c, n, now)
			for _, p := range pieces {
				gone := p.figures.Done+p.figures.Dropped > 0
				if !gone || p.at.After(end) || p.at.IsZero() && !latest {
					l.Left++
				}
			}
		}
		out = append(out, l)
	}
	return out
}

// latestBegun reports whether no increment after n has begun.
func latestBegun(c cycle.Cycle, n int, now time.Time) bool {
	return !slices.ContainsFunc(c.Increments[n+1:], func(i cycle.Increment) bool { return i.Started(now) })
}

// Chart is the burndown as the text of a ```mermaid block: bars for what is
// left, none where it is not known yet, and a line for the plan. It is "" if
// there is nothing committed.
func (t Tally) Chart() string {
	if len(t.Burndown) == 0 {
		return ""
	}
	var titles, left, planned []string
	for _, l := range t.Burndown {
		titles = append(titles, "\""+l.Title+"\"")
		left = append(left, strconv.Itoa(l.Left))
		planned = append(planned, strconv.Itoa(l.Planned))
	}
	return "xychart-beta\n" +
		"  x-axis [" + strings.Join(titles, ", ") + "]\n" +
		"  y-axis \"pieces of work left\" 0 --> " + strconv.Itoa(t.Burndown[0].Planned) + "\n" +
		"  bar [" + strings.Join(left, ", ") + "]\n" +
		"  line [" + strings.Join(planned, ", ") + "]\n"
}

// Occasion is a time at which a tally is due.
type Occasion struct {
	Key   string // names it for good: "increment-w3-4", "freeze-code", "week-2026-01-30"; two in one are joined by "+"
	Title string // how people say it: "after weeks 3–4", "at code freeze", "weekly tally"
	Day   cycle.Day
	At    time.Time // the end of Day anywhere on earth, or the instant of the freeze
}

// weeklyGap is how near to another occasion a weekly one is left out.
const weeklyGap = 2 * 24 * time.Hour

// Occasions lists the tallies that fall due after since and not after now, in
// order of time: at the end of each increment, at each freeze, and at the end of
// each Friday from the start of the cycle to its end. Days end anywhere on
// earth. Occasions on the same day are one, at the last of their instants, and a
// weekly one within two days of another, or of the report that closes the cycle, is
// left out. The same calendar gives each exactly once, however the time is cut into
// pieces.
func Occasions(c cycle.Cycle, since, now time.Time) []Occasion {
	var all []Occasion
	for _, inc := range c.Increments {
		all = append(all, Occasion{Key: "increment-" + inc.Name(), Title: "after " + inc.Title(), Day: inc.End, At: inc.End.EndAoE()})
	}
	for _, f := range c.Freezes {
		all = append(all, Occasion{Key: "freeze-" + f.Name, Title: "at " + f.Name + " freeze", Day: f.Day(), At: f.Instant()})
	}
	slices.SortStableFunc(all, func(a, b Occasion) int { return a.At.Compare(b.At) })
	var once []Occasion
	for _, o := range all {
		if n := slices.IndexFunc(once, func(have Occasion) bool { return have.Day == o.Day }); n >= 0 {
			once[n].Key += "+" + o.Key
			once[n].Title += ", " + o.Title
			once[n].At = o.At
			continue
		}
		once = append(once, o)
	}
	closing, _ := ClosingDue(c, time.Time{})
	fixed := len(once)
	for day := c.Start.AddDays((int(time.Friday-c.Start.Weekday()) + 7) % 7); !day.After(c.End); day = day.AddDays(7) {
		at := day.EndAoE()
		near := func(o Occasion) bool { return at.Sub(o.At).Abs() <= weeklyGap }
		if !near(Occasion{At: closing}) && !slices.ContainsFunc(once[:fixed], near) {
			once = append(once, Occasion{Key: "week-" + day.String(), Title: "weekly tally", Day: day, At: at})
		}
	}
	once = slices.DeleteFunc(once, func(o Occasion) bool { return !o.At.After(since) || o.At.After(now) })
	slices.SortFunc(once, func(a, b Occasion) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Key, b.Key)) })
	return once
}
