package render

import (
	"math"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
)

// perCent is a share of 0 to 1 in whole percent.
func perCent(share float64) int { return int(math.Round(100 * share)) }

func twoDecimals(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }

// spanPercent is "41–78 %", "80 %" where both ends are the same.
func spanPercent(low, high int) string {
	if low == high {
		return percent(low)
	}
	return digitsOf(low) + "–" + percent(high)
}

func interval(s plan.Score) string {
	low, high := s.Interval()
	return spanPercent(perCent(low), perCent(high))
}

var readingWords = map[plan.Reading]string{
	plan.TooFew:     "weak, too few to say",
	plan.AsPromised: "as promised",
	plan.TooHigh:    "less came than was promised",
	plan.TooLow:     "more came than was promised",
}

// Reading says what a score says about its promises.
func Reading(s plan.Score) string { return readingWords[s.Reading()] }

// Lesson says what a score says about the next plan, "" for nothing.
func Lesson(s plan.Score) string {
	switch s.Reading() {
	case plan.TooHigh, plan.TooLow:
		return "in the next plan such a number means about " + percent(perCent(s.Share()))
	case plan.AsPromised:
		return "in the next plan such a number can be taken as it is"
	}
	return ""
}

// reading is Reading on a record: what calls for attention stands out.
func reading(s plan.Score) string {
	if s.Reading() == plan.TooHigh {
		return "**" + Reading(s) + "**"
	}
	return Reading(s)
}

// levelWords say what came of the promises of one confidence, and what that says
// about the next plan.
func levelWords(l plan.Level) string {
	text := "Committed at " + spanPercent(l.Low, l.High) + ": " + digitsOf(l.Delivered) + " of " + digits(l.N, "piece", "pieces") + " of work delivered in time, " +
		percent(perCent(l.Share())) + " (95 % interval " + interval(l.Score) + "): " + reading(l.Score)
	if lesson := Lesson(l.Score); lesson != "" {
		text += "; " + lesson
	}
	return text + "."
}

// scoreWords sum a calibration up on one line, for the head of a list.
func scoreWords(s plan.Score) string {
	return "promised " + percent(perCent(s.Promised())) + " on average, delivered in time " + percent(perCent(s.Share())) + " (n = " + digitsOf(s.N) + ", 95 % interval " +
		interval(s) + "), Brier score " + twoDecimals(s.Brier())
}

// CalibrationNotes say how to read a calibration.
const CalibrationNotes = "Work is delivered in time if it is done by the end of the last increment that it was committed to. The interval is Wilson's: where n is small it is wide. " +
	"The Brier score is 0 for promises that always hold, 0.25 for saying 50 % to everything, 1 at worst. Nobody's number is changed by this: it says how to read the next ones."

// calibration has what was promised against what came, level by level, and by
// increment and SIG: at most rows of each.
func calibration(c plan.Calibration, rows int) string {
	var b strings.Builder
	say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
	say("\n", upper(scoreWords(c.All)), ".")
	if n := c.All.Undated; n > 0 {
		say(" Of what was delivered, ", digits(n, "piece", "pieces"), " of work ", isAre(n, "was", "were"), " done on a day that is not known, and ", isAre(n, "counts", "count"), " as in time.")
	}
	say("\n\n")
	for _, l := range c.Levels {
		say("- ", levelWords(l), "\n")
	}
	t := table{head: []string{"", "n", "promised", "delivered in time", "Brier score"}}
	row := func(name string, s plan.Score) {
		t.add(name, digitsOf(s.N), percent(perCent(s.Promised())), percent(perCent(s.Share()))+", interval "+interval(s), twoDecimals(s.Brier()))
	}
	for _, i := range c.Increments {
		row(i.Increment.Title(), i.Score)
	}
	for _, s := range c.SIGs[:min(len(c.SIGs), rows)] {
		row(laneName(s.SIG), s.Score)
	}
	say(t.String(), restOfSIGs(len(c.SIGs), rows), "\n*", CalibrationNotes, "*\n")
	return b.String()
}

// calibrationFold is calibration behind a line to unfold, "" for no observation.
func calibrationFold(title string, c plan.Calibration, rows int) string {
	if c.All.N == 0 {
		return ""
	}
	return "\n<details><summary>" + title + ": " + digits(c.All.N, "piece", "pieces") + " of work</summary>\n" + calibration(c, rows) + "\n</details>\n"
}
