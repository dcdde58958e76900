// Package cycle knows the release calendar: cycles, their increments with a confidence cap each, their freezes, and what
// a day means when the deadline is "anywhere on earth".
//
// It promises: the same calendar and the same instant give the same answer; nothing here reads the clock. Freezes are
// data, never code, because their names and rules change from release to release. Two cycles open at once are normal:
// the next release is planned while the last one is finished.
//
// It does not: load files (package config does), decide who may do what, or know the weekday habits of a release team
// beyond DefaultIncrements.
package cycle

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Increment is a window of the coding period to which work is committed, with the highest confidence that may be given.
type Increment struct {
	Number   int `json:"number"` // from 1, in the order of time
	FromWeek int `json:"fromWeek"`
	ToWeek   int `json:"toWeek"` // inclusive
	Start    Day `json:"start"`
	End      Day `json:"end"` // inclusive
	Cap      int `json:"cap"` // percent, 1 to 100
}

// Name is the canonical form of the window as people type it: "w3-4", or "w3" for a single week.
func (i Increment) Name() string {
	if i.FromWeek == i.ToWeek {
		return "w" + strconv.Itoa(i.FromWeek)
	}
	return "w" + strconv.Itoa(i.FromWeek) + "-" + strconv.Itoa(i.ToWeek)
}

// Title is the window as people read it: "weeks 3–4", or "week 3".
func (i Increment) Title() string {
	if i.FromWeek == i.ToWeek {
		return "week " + strconv.Itoa(i.FromWeek)
	}
	return "weeks " + strconv.Itoa(i.FromWeek) + "–" + strconv.Itoa(i.ToWeek)
}

// Finished says whether the last day of the increment is over everywhere on earth. The instant EndAoE itself counts as
// over, as a deadline that has come.
func (i Increment) Finished(at time.Time) bool { return !at.Before(i.End.EndAoE()) }

// Started says whether the first day of the increment has begun in UTC.
func (i Increment) Started(at time.Time) bool { return !at.Before(i.Start.StartUTC()) }

// DefaultWindow is the number of days after a freeze in which an exception may still be asked for, where the calendar
// does not say (Kubernetes' EXCEPTIONS.md).
const DefaultWindow = 3

// Freeze is a deadline of the cycle. Either At gives the instant, or Date does: its end anywhere on earth when AoE is
// set, else its end in UTC. Where both stand, At counts and Date is the day to show.
type Freeze struct {
	Name   string    `json:"name"`
	At     time.Time `json:"at,omitzero"`
	Date   Day       `json:"date,omitzero"`
	AoE    bool      `json:"aoe,omitempty"`
	Window int       `json:"window,omitempty"` // days after the freeze in which an exception may be asked for
}

// Instant is the moment at which the freeze begins, in UTC.
func (f Freeze) Instant() time.Time {
	switch {
	case !f.At.IsZero():
		return f.At.UTC()
	case f.AoE:
		return f.Date.EndAoE()
	default:
		return f.Date.AddDays(1).StartUTC()
	}
}

// Day is the last day before the freeze: Date, or the date that the moment just before At has anywhere on earth. Friday
// 02:00 UTC and Friday 12:00 UTC both end a Thursday.
func (f Freeze) Day() Day {
	if !f.Date.IsZero() {
		return f.Date
	}
	return DayAoE(f.At.Add(-time.Nanosecond))
}

// Passed says whether the freeze has begun.
func (f Freeze) Passed(at time.Time) bool { return !at.Before(f.Instant()) }

// ExceptionsUntil is the end, anywhere on earth, of the window in which an exception to this freeze may be asked for.
// Without a window it is the freeze itself.
func (f Freeze) ExceptionsUntil() time.Time {
	if f.Window <= 0 {
		return f.Instant()
	}
	return f.Day().AddDays(f.Window).EndAoE()
}

// openWeeks is how long before its start a cycle is open when the calendar does not say. Planning falls in the week of
// the previous release's code freeze, seven to nine weeks before the start; people commit some weeks before they plan.
const openWeeks = 12

// Cycle is the calendar of one release.
type Cycle struct {
	Name       string      `json:"name"` // "v1.38"
	OpenFrom   Day         `json:"openFrom,omitzero"`
	Start      Day         `json:"start"`
	End        Day         `json:"end"` // the day of the release, inclusive
	Planning   Day         `json:"planning,omitzero"`
	Increments []Increment `json:"increments,omitempty"`
	Freezes    []Freeze    `json:"freezes,omitempty"`
	Plan       string      `json:"plan,omitempty"` // "org/repo#n" of the plan issue, or ""
}

// OpensOn is the first day on which commands for this cycle are taken: OpenFrom, or twelve weeks before Start.
func (c Cycle) OpensOn() Day {
	if !c.OpenFrom.IsZero() {
		return c.OpenFrom
	}
	return c.Start.AddDays(-7 * openWeeks)
}

// Open says whether commands for this cycle are taken: from 00:00 UTC of OpensOn to the end of End anywhere on earth.
func (c Cycle) Open(at time.Time) bool {
	return !at.Before(c.OpensOn().StartUTC()) && at.Before(c.End.EndAoE())
}

// keptDays is for how long after its end a cycle is still asked about: its closing report,
// its demos, the survey.
const keptDays = 90

// Kept says whether the cycle is open, or ended so lately that it is still asked about.
func (c Cycle) Kept(at time.Time) bool {
	return !at.Before(c.OpensOn().StartUTC()) && at.Before(c.End.AddDays(keptDays).EndAoE())
}

// Increment finds the increment with number n.
func (c Cycle) Increment(n int) (Increment, bool) {
	for _, i := range c.Increments {
		if i.Number == n {
			return i, true
		}
	}
	return Increment{}, false
}

// ByWeeks finds the increment with exactly this window. A single week (from equal to to) finds the increment that holds
// it. A window that spans increments, or a part of one, finds nothing.
func (c Cycle) ByWeeks(from, to int) (Increment, bool) {
	for _, i := range c.Increments {
		if i.FromWeek == from && i.ToWeek == to || from == to && i.FromWeek <= from && from <= i.ToWeek {
			return i, true
		}
	}
	return Increment{}, false
}

// Last is the increment that ends last, and the zero Increment where there is none.
func (c Cycle) Last() Increment {
	var last Increment
	for n, i := range c.Increments {
		if n == 0 || i.End.After(last.End) {
			last = i
		}
	}
	return last
}

// Current is the earliest increment that has started and is not finished. On the weekend between two increments there
// is none. Until 12:00 UTC of an increment's first day the one before it may still be current.
func (c Cycle) Current(at time.Time) (Increment, bool) {
	var current Increment
	found := false
	for _, i := range c.Increments {
		if i.Started(at) && !i.Finished(at) && (!found || i.Start.Before(current.Start)) {
			current, found = i, true
		}
	}
	return current, found
}

// NextFreeze is the earliest freeze that has not begun. Of two at the same instant (code and test freeze) it is the one
// listed first.
func (c Cycle) NextFreeze(at time.Time) (Freeze, bool) {
	var next Freeze
	found := false
	for _, f := range c.Freezes {
		if !f.Passed(at) && (!found || f.Instant().Before(next.Instant())) {
			next, found = f, true
		}
	}
	return next, found
}

// LastFreeze is the latest freeze that has begun. Of two at the same instant it is the one listed first.
func (c Cycle) LastFreeze(at time.Time) (Freeze, bool) {
	var last Freeze
	found := false
	for _, f := range c.Freezes {
		if f.Passed(at) && (!found || f.Instant().After(last.Instant())) {
			last, found = f, true
		}
	}
	return last, found
}

// Freeze finds a freeze by name, in any case.
func (c Cycle) Freeze(name string) (Freeze, bool) {
	for _, f := range c.Freezes {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return Freeze{}, false
}

// DefaultCaps are the confidence caps of the proposal in percent, one for each of four two-week increments.
var DefaultCaps = [4]int{100, 80, 60, 40}

// DefaultIncrements are the four increments of the proposal: two weeks each, Monday to the Friday of the second week,
// with DefaultCaps. Weeks are counted from the week of start; a start on Saturday or Sunday counts from the Monday after
// it, and a start in mid-week shortens the first increment.
func DefaultIncrements(start Day) []Increment {
	monday := start.AddDays(-(int(start.Weekday()) + 6) % 7)
	if start.Weekday() == time.Saturday || start.Weekday() == time.Sunday {
		monday = monday.AddDays(7)
		start = monday
	}
	var out []Increment
	for n, limit := range DefaultCaps {
		first := monday.AddDays(14 * n)
		i := Increment{Number: n + 1, FromWeek: 2*n + 1, ToWeek: 2*n + 2, Start: first, End: first.AddDays(11), Cap: limit}
		if n == 0 {
			i.Start = start
		}
		out = append(out, i)
	}
	return out
}

var releaseForm = regexp.MustCompile(`^[vV]?([0-9]{1,3})\.([0-9]{1,4})$`)

// NormalRelease gives the canonical name of a release, "v1.38", for "v1.38", "V1.38" and "1.38".
func NormalRelease(s string) (string, bool) {
	m := releaseForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", false
	}
	return "v" + m[1] + "." + m[2], true
}

var weeksForm = regexp.MustCompile(`^(?:w|weeks?)?\s*([0-9]{1,2})(?:\s*[-–]\s*([0-9]{1,2}))?$`)

// ParseWeeks reads a window of weeks: "1-2", "w3-4", "weeks 3–4", "5". A single week gives it twice.
func ParseWeeks(s string) (from, to int, ok bool) {
	m := weeksForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return 0, 0, false
	}
	from, _ = strconv.Atoi(m[1])
	to = from
	if m[2] != "" {
		to, _ = strconv.Atoi(m[2])
	}
	return from, to, from >= 1 && from <= to
}

// Calendar is every cycle that is configured.
type Calendar []Cycle

// Open is the cycles that are open at that instant, in the order of the calendar; more than one is normal.
func (c Calendar) Open(at time.Time) []Cycle {
	var out []Cycle
	for _, one := range c {
		if one.Open(at) {
			out = append(out, one)
		}
	}
	return out
}

// Find finds the cycle of a release, written "v1.38" or "1.38".
func (c Calendar) Find(release string) (Cycle, bool) {
	name, ok := NormalRelease(release)
	if !ok {
		return Cycle{}, false
	}
	for _, one := range c {
		if one.Name == name {
			return one, true
		}
	}
	return Cycle{}, false
}
