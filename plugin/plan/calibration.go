package plan

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// Calibration holds what was promised in a cycle against what was delivered.
//
// One observation is one piece of work, as the tally counts them: a checklist item,
// or an issue committed as a whole. It counts once, in the last increment that it is
// committed to, with the confidence that stands there; what was taken back is none.
// An increment is observed once it is over. Delivered means done by the end of its
// last day anywhere on earth: said to be done by then, or the issue closed as
// completed by then. What is done on a day that is not known counts as in time and
// is told apart (Score.Undated). What came late, or whose issue was closed as not
// planned, was not delivered.
//
// It says how to read confidences the next time. It changes nobody's number.
type Calibration struct {
	Cycle      string
	At         time.Time // as of when
	All        Score
	Levels     []Level          // by confidence, the highest first
	Increments []IncrementScore // those with an observation, in order
	SIGs       []SIGScore       // by name; where the SIG is not known, last
	Open       int              // pieces whose increment is not over: no observation yet
}

// Score is what came of a number of promises. Its zero value has none.
type Score struct {
	N         int
	Delivered int
	Undated   int // of Delivered, on a day that is not known
	promised  int // sum of the confidences in percent
	squares   int // sum of the squared differences in percent
}

// Level is the pieces of about one confidence: up to 10 %, 11 to 20 %, and so on to
// 91 to 100 %, because the caps are the tops of such steps.
type Level struct {
	Low, High int // the lowest and the highest confidence in it
	Score
}

// IncrementScore is one increment.
type IncrementScore struct {
	Increment cycle.Increment
	Score
}

// SIGScore is one SIG.
type SIGScore struct {
	SIG string // without "sig-", "" not known
	Score
}

// Promised is the mean confidence, 0 to 1; 0 of nothing.
func (s Score) Promised() float64 { return ratio(s.promised, 100*s.N) }

// Share is how much of it was delivered, 0 to 1; 0 of nothing.
func (s Score) Share() float64 { return ratio(s.Delivered, s.N) }

// Brier is the mean squared difference between confidence and outcome (G. W. Brier,
// 1950): 0 is perfect, 0.25 is what "50 %" for everything would get, 1 is the worst;
// 0 of nothing.
func (s Score) Brier() float64 { return ratio(s.squares, 10000*s.N) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// wilsonZ is the 97.5th percentile of the normal distribution, for an interval of 95 %.
const wilsonZ = 1.959963984540054

// Interval is the 95 % interval of the delivered share, 0 to 1, by E. B. Wilson's
// score method (1927), which is honest for small n: it never leaves 0 to 1, and is
// not empty where all or none was delivered. Of nothing it is 0 to 1.
func (s Score) Interval() (low, high float64) {
	if s.N == 0 {
		return 0, 1
	}
	n, p, z2 := float64(s.N), s.Share(), wilsonZ*wilsonZ
	middle := (p + z2/(2*n)) / (1 + z2/n)
	half := wilsonZ / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	low, high = max(0, middle-half), min(1, middle+half)
	switch s.Delivered { // exactly, whatever the rounding of floats
	case 0:
		low = 0
	case s.N:
		high = 1
	}
	return low, high
}

// WeakBelow is the number of observations, or of answers, under which a share is
// marked weak.
const WeakBelow = 10

// Weak reports whether there are too few to say anything.
func (s Score) Weak() bool { return s.N < WeakBelow }

// Reading is what a score says about its promises.
type Reading string

// The readings.
const (
	TooFew     Reading = "too few"     // under WeakBelow
	AsPromised Reading = "as promised" // the promise lies in the interval
	TooHigh    Reading = "too high"    // more was promised than the interval allows
	TooLow     Reading = "too low"     // less was
)

// Reading compares the promise with the interval of what came of it.
func (s Score) Reading() Reading {
	low, high := s.Interval()
	switch {
	case s.Weak():
		return TooFew
	case s.Promised() > high:
		return TooHigh
	case s.Promised() < low:
		return TooLow
	}
	return AsPromised
}

func (s *Score) add(percent int, delivered, dated bool) {
	percent = min(100, max(0, percent))
	outcome := 0
	if delivered {
		s.Delivered++
		outcome = 100
		if !dated {
			s.Undated++
		}
	}
	s.N++
	s.promised += percent
	s.squares += (percent - outcome) * (percent - outcome)
}

// CalibrationOf observes the items of a cycle at a time. The items, and when they
// were closed, are those of a tally.
func CalibrationOf(f TallyFacts, at time.Time) Calibration {
	c := Calibration{Cycle: f.Cycle.Name, At: at}
	increments := make([]Score, len(f.Cycle.Increments))
	var levels [10]Level
	sigs := map[string]*Score{}
	for _, p := range allPieces(f, at) {
		inc := f.Cycle.Increments[p.due]
		if !inc.Finished(at) {
			c.Open++
			continue
		}
		delivered := p.figures.Done > 0 && !p.at.After(inc.End.EndAoE())
		score := func(s *Score) { s.add(p.percent, delivered, !p.at.IsZero()) }
		score(&c.All)
		score(&increments[p.due])
		levels[max(0, min(100, p.percent)-1)/10].add(p, score)
		if sigs[p.sig] == nil {
			sigs[p.sig] = &Score{}
		}
		score(sigs[p.sig])
	}
	for n, s := range increments {
		if s.N > 0 {
			c.Increments = append(c.Increments, IncrementScore{Increment: f.Cycle.Increments[n], Score: s})
		}
	}
	for _, l := range slices.Backward(levels[:]) {
		if l.N > 0 {
			c.Levels = append(c.Levels, l)
		}
	}
	for sig, s := range sigs {
		c.SIGs = append(c.SIGs, SIGScore{SIG: sig, Score: *s})
	}
	slices.SortFunc(c.SIGs, func(a, b SIGScore) int { return compareSIGs(a.SIG, b.SIG) })
	return c
}

func (l *Level) add(p piece, score func(*Score)) {
	if l.N == 0 {
		l.Low = p.percent
	}
	l.Low, l.High = min(l.Low, p.percent), max(l.High, p.percent)
	score(&l.Score)
}

// Forecast is how many pieces of work may be expected to be done in the end, from
// the confidences alone, as if they came independently of each other: a Poisson
// binomial distribution, whose mean is the sum of p and whose variance is the sum of
// p(1-p). What is done counts as 1. What is dropped counts as nothing, and so does
// what is not done in an increment that is over: the confidence was for that one,
// and nobody has named another.
type Forecast struct {
	Estimate
	Done    int
	Open    int // to come, each with its confidence
	Overdue int // not done, its increment is over, and not committed to another
}

// forecast is that of pieces held against a time.
func forecast(pieces []piece, c cycle.Cycle, now time.Time) Forecast {
	var f Forecast
	percents := make([]int, 0, len(pieces))
	for _, p := range pieces {
		switch {
		case p.figures.Done > 0:
			f.Done++
			percents = append(percents, 100)
		case p.figures.Dropped > 0:
		case c.Increments[p.due].Finished(now):
			f.Overdue++
		default:
			f.Open++
			percents = append(percents, p.percent)
		}
	}
	slices.SortFunc(percents, cmp.Compare[int]) // sums of floats depend on the order
	for _, percent := range percents {
		f.add(percent)
	}
	return f
}
