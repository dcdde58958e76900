package board

import (
	"math"
	"strconv"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/work"
)

// calibrationDoc is what was promised in a cycle against what came, as its page and its
// JSON show it (package doc).
type calibrationDoc struct {
	Cycle      string           `json:"cycle"`
	AsOf       time.Time        `json:"asOf"`
	Report     string           `json:"report,omitempty"`
	All        scoreDoc         `json:"all"`
	Open       int              `json:"open"`
	Forecast   forecastDoc      `json:"forecast"`
	Levels     []levelDoc       `json:"levels,omitempty"`
	Increments []incrementScore `json:"increments,omitempty"`
	SIGs       []sigScore       `json:"sigs,omitempty"`

	Expected string `json:"-"` // the forecast in words, "" where the cycle is over
}

// scoreDoc is what came of a number of promises.
type scoreDoc struct {
	N         int     `json:"n"`
	Delivered int     `json:"delivered"`
	Undated   int     `json:"undated,omitempty"`
	Promised  int     `json:"promised"` // percent
	Share     int     `json:"share"`    // percent
	Interval  [2]int  `json:"interval"` // percent
	Brier     float64 `json:"brier"`
	Reading   string  `json:"reading"`

	Words  string `json:"-"`
	Lesson string `json:"-"`
	High   bool   `json:"-"` // less came than was promised
}

type levelDoc struct {
	From int `json:"from"` // percent
	To   int `json:"to"`
	scoreDoc
}

type incrementScore struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	scoreDoc
}

type sigScore struct {
	SIG string `json:"sig"`
	scoreDoc
}

type forecastDoc struct {
	estimate
	Done    int `json:"done"`
	Open    int `json:"open"`
	Overdue int `json:"overdue"`
}

func perCent(share float64) int { return int(math.Round(100 * share)) }

// hundredth rounds to two decimals, as the record writes them.
func hundredth(f float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'f', 2, 64), 64) // what was just written can be read
	return rounded
}

func scoreOf(s plan.Score) scoreDoc {
	low, high := s.Interval()
	return scoreDoc{N: s.N, Delivered: s.Delivered, Undated: s.Undated, Promised: perCent(s.Promised()), Share: perCent(s.Share()), Interval: [2]int{perCent(low), perCent(high)},
		Brier: hundredth(s.Brier()), Reading: string(s.Reading()), Words: render.Reading(s), Lesson: render.Lesson(s), High: s.Reading() == plan.TooHigh}
}

// calibrationDoc takes a plan from which what is private was taken out, and counts what
// is left: as of now, or as of the end of the cycle.
func (l links) calibrationDoc(p Plan) calibrationDoc {
	at := p.Read
	end, over := plan.ClosingDue(p.Cycle, at)
	if over {
		at = end
	}
	facts := plan.TallyFacts{Cycle: p.Cycle, Items: p.Items, Closed: map[work.Key]time.Time{}}
	for _, i := range p.Items {
		if closed := i.Assessment.Issue.ClosedAt; !closed.IsZero() {
			facts.Closed[i.Key] = closed
		}
	}
	tally := plan.TallyOf(plan.Occasion{At: at}, facts)
	c, f := tally.Calibration, tally.Forecast
	d := calibrationDoc{Cycle: p.Cycle.Name, AsOf: at.UTC(), Report: l.comment(p.Key, p.Closing), All: scoreOf(c.All), Open: c.Open,
		Forecast: forecastDoc{estimate{tenth(f.Mean), tenth(f.Spread())}, f.Done, f.Open, f.Overdue}}
	if !over && tally.All.Committed > 0 {
		d.Expected = render.Forecast(f)
	}
	for _, one := range c.Levels {
		d.Levels = append(d.Levels, levelDoc{one.Low, one.High, scoreOf(one.Score)})
	}
	for _, one := range c.Increments {
		d.Increments = append(d.Increments, incrementScore{one.Increment.Name(), one.Increment.Title(), scoreOf(one.Score)})
	}
	for _, one := range c.SIGs {
		d.SIGs = append(d.SIGs, sigScore{one.SIG, scoreOf(one.Score)})
	}
	return d
}
