package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
)

type resolvedCycle = cycle.Cycle

// openBeforePlanning is how many days before the planning event commands for a cycle are taken.
const openBeforePlanning = 28

// cycle builds one cycle of the calendar and notes every error in it under the paths of the file.
func (c *checker) cycle(path string, in Cycle) resolvedCycle {
	out := cycle.Cycle{Name: in.Name}
	out.Start = c.day(path+"start", in.Start)
	out.End = c.day(path+"end", in.End)
	out.Planning = c.day(path+"planning", in.Planning)
	if !out.Planning.IsZero() {
		out.OpenFrom = out.Planning.AddDays(-openBeforePlanning)
	}
	if !out.Start.IsZero() && out.Planning.After(out.Start) {
		c.add(path+"planning", in.Planning, "planning is before the cycle starts, "+in.Start)
	}
	out.Freezes = c.freezes(path, in)
	out.Increments = c.increments(path, in, out.Start)
	inOrder := out.Start.Before(out.End)
	for _, err := range out.Validate() {
		var field *cycle.FieldError
		if !errors.As(err, &field) {
			c.errs = append(c.errs, err)
			continue
		}
		at := path + filePath(field.Path, out)
		// What only follows from an error told already would confuse.
		if c.noted(at) || !inOrder && strings.HasPrefix(field.Path, "increments") {
			continue
		}
		c.add(at, field.Value, field.Want)
	}
	out.Plan = in.Plan
	return out
}

func (c *checker) day(path, text string) cycle.Day {
	if text == "" {
		return cycle.Day{}
	}
	day, err := cycle.ParseDay(text)
	if err != nil {
		c.add(path, text, "a day is written like 2027-01-12")
	}
	return day
}

// increments fills in the starts, weeks and caps that the file leaves out. Weeks are numbered on through the
// increments, so a window keeps its name when a holiday makes the one before it longer by days, not weeks.
func (c *checker) increments(path string, in Cycle, start cycle.Day) []cycle.Increment {
	var out []cycle.Increment
	if len(in.Increments) == 0 && !start.IsZero() {
		out = cycle.DefaultIncrements(start)
	}
	next, week := start, 1
	for i, text := range in.Increments {
		at := fmt.Sprintf("%sincrements[%d]", path, i)
		end := c.day(at, text)
		if i > 0 && !end.IsZero() && !end.After(out[i-1].End) {
			c.add(at, text, "increments do not overlap; the one before ends "+out[i-1].End.String())
		}
		weeks := max(1, (next.DaysUntil(end)+7)/7)
		out = append(out, cycle.Increment{Number: i + 1, FromWeek: week, ToWeek: week + weeks - 1, Start: next, End: end,
			Cap: cycle.DefaultCaps[min(i, len(cycle.DefaultCaps)-1)]})
		next, week = nextWeekday(end), week+weeks
	}
	if len(in.Caps) > 0 && len(in.Caps) != len(out) {
		c.add(path+"caps", fmt.Sprint(in.Caps), fmt.Sprintf("there are %d increments; give each its cap", len(out)))
		return out
	}
	for i, limit := range in.Caps {
		out[i].Cap = limit
	}
	return out
}

// nextWeekday is the first day after d that is no Saturday and no Sunday.
func nextWeekday(d cycle.Day) cycle.Day {
	for d = d.AddDays(1); d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; d = d.AddDays(1) {
	}
	return d
}

// freezes reads the freezes in order of time, those at the same time by name.
func (c *checker) freezes(path string, in Cycle) []cycle.Freeze {
	var out []cycle.Freeze
	for _, name := range sortedKeys(in.Freezes) {
		entry := in.Freezes[name]
		freeze := cycle.Freeze{Name: name, Window: cycle.DefaultWindow}
		if entry.Window != nil {
			freeze.Window = *entry.Window
		}
		at := path + "freezes." + name + ".at"
		if instant, err := readInstant(entry.At); err == nil {
			freeze.At = instant
		} else if day, err := cycle.ParseDay(entry.At); err == nil {
			freeze.Date, freeze.AoE = day, true
		} else {
			c.add(at, entry.At, "a day (2027-02-11) or an instant (2027-02-12T02:00:00Z)")
		}
		out = append(out, freeze)
	}
	slices.SortStableFunc(out, func(a, b cycle.Freeze) int {
		return cmp.Or(a.Instant().Compare(b.Instant()), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// readInstant takes RFC 3339 and the short form of release calendars, without seconds.
func readInstant(text string) (time.Time, error) {
	if at, err := time.Parse("2006-01-02T15:04Z07:00", text); err == nil {
		return at.UTC(), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.UTC(), err
}

var indexedPath = regexp.MustCompile(`^(increments|freezes)\[(\d+)\]\.(\w+)$`)

// filePath turns a path of package cycle, which has increments and freezes as lists of blocks, into the file's.
func filePath(path string, cyc cycle.Cycle) string {
	parts := indexedPath.FindStringSubmatch(path)
	if parts == nil {
		return path
	}
	i, _ := strconv.Atoi(parts[2])
	switch {
	case parts[1] == "freezes" && i < len(cyc.Freezes):
		field := strings.Replace(parts[3], "date", "at", 1)
		return "freezes." + cyc.Freezes[i].Name + "." + field
	case parts[3] == "cap":
		return fmt.Sprintf("caps[%d]", i)
	default:
		return fmt.Sprintf("increments[%d]", i)
	}
}
