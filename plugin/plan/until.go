package plan

import (
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// MaxOpen is how long a vote may be open at most.
const MaxOpen = 30 * 24 * time.Hour

// untilForms are the ways in which a time may be written, for refusals.
var untilForms = []string{"2027-01-22", "22 Jan", "Friday", "3 days", "2027-01-22 18:00 UTC"}

// settleUntil reads the time and writes it down in full. It must be to come, and at
// most MaxOpen ahead.
func settleUntil(ctx *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	text, _ := v["time"].(string)
	at, canonical, ok := parseUntil(text, ctx.Said)
	soon := v.With("time", dayText(cycle.DayAoE(ctx.Said).AddDays(3)))
	switch {
	case !ok:
		return nil, ctx.Refuse(slash.CodeShape, "time", text, soon, untilForms...)
	case !at.After(ctx.Said):
		return nil, ctx.Refuse(TimePast, "time", text, soon, "a time after "+ctx.Said.UTC().Format("2006-01-02 15:04 UTC"))
	case at.Sub(ctx.Said) > MaxOpen:
		last := cycle.DayAoE(ctx.Said.Add(MaxOpen)).AddDays(-1)
		return nil, ctx.Refuse(TimeFar, "time", text, v.With("time", dayText(last)), "up to 30 days ahead, until "+last.String())
	}
	return []slash.Values{v.With("time", canonical)}, nil
}

func dayText(d cycle.Day) string { return d.String() + " AoE" }

// UntilWords writes a deadline as people read it: "Thu 22 Jan, anywhere on earth" for
// the end of a day there, else "Thu 22 Jan 18:00 UTC".
func UntilWords(at time.Time) string {
	at = at.UTC()
	if at.Equal(at.Truncate(24 * time.Hour).Add(12 * time.Hour)) {
		return cycle.DayAoE(at.Add(-time.Nanosecond)).StartUTC().Format("Mon 2 Jan") + ", anywhere on earth"
	}
	return at.Format("Mon 2 Jan 15:04 UTC")
}

// parseUntil reads a time as people write one, said at a time, and gives its canonical
// form: "2027-01-22 AoE" for the end of a day anywhere on earth, or
// "2027-01-22 18:00 UTC". A day without a year is the one nearest to said; a weekday
// is the next one.
func parseUntil(text string, said time.Time) (at time.Time, canonical string, ok bool) {
	said = said.UTC()
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil {
		return clock(t)
	}
	words := strings.Fields(strings.ToLower(strings.NewReplacer(",", " ", "(", " ", ")", " ").Replace(text)))
	words, zone := cutZone(words)
	var hour time.Duration
	timed := false
	if n := len(words); n > 1 {
		if t, err := time.Parse("15:04", words[n-1]); err == nil {
			hour, timed = time.Duration(t.Hour())*time.Hour+time.Duration(t.Minute())*time.Minute, true
			words = words[:n-1]
		}
	}
	if timed && zone == "aoe" || !timed && zone == "utc" {
		return time.Time{}, "", false
	}
	day, ok := parseDay(words, said)
	if !ok || day.Year < 2000 || day.Year > 9990 {
		return time.Time{}, "", false
	}
	if timed {
		return clock(day.StartUTC().Add(hour))
	}
	return day.EndAoE(), dayText(day), true
}

// clock is a time of the day, in whole minutes.
func clock(t time.Time) (at time.Time, canonical string, ok bool) {
	t = t.UTC().Truncate(time.Minute)
	if t.Year() < 2000 || t.Year() > 9990 {
		return time.Time{}, "", false
	}
	return t, t.Format("2006-01-02 15:04 UTC"), true
}

// cutZone takes the zone off the end: "aoe", "utc" or "" if none is named.
func cutZone(words []string) (rest []string, zone string) {
	n := len(words)
	switch {
	case n > 3 && strings.Join(words[n-3:], " ") == "anywhere on earth":
		return words[:n-3], "aoe"
	case n > 1 && words[n-1] == "aoe":
		return words[:n-1], "aoe"
	case n > 1 && (words[n-1] == "utc" || words[n-1] == "gmt"):
		return words[:n-1], "utc"
	}
	return words, ""
}

// parseDay reads a day: "2027-01-22", "22 jan 2027", "jan 22", "thu 22 jan",
// "friday", "today", "tomorrow", "3 days", "3d". A weekday that does not fit the date
// is no reading.
func parseDay(words []string, said time.Time) (cycle.Day, bool) {
	today := cycle.DayOf(said)
	if len(words) == 0 {
		return cycle.Day{}, false
	}
	weekday, named := weekdayOf(words[0])
	if named && len(words) == 1 {
		ahead := (int(weekday)-int(today.Weekday())+6)%7 + 1
		return today.AddDays(ahead), true
	}
	if named {
		words = words[1:]
	}
	day, ok := plainDay(words, today)
	return day, ok && (!named || day.Weekday() == weekday)
}

func plainDay(words []string, today cycle.Day) (cycle.Day, bool) {
	text := strings.Join(words, " ")
	switch text {
	case "today":
		return today, true
	case "tomorrow":
		return today.AddDays(1), true
	}
	if day, err := cycle.ParseDay(text); err == nil {
		return day, true
	}
	number := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(text, " days"), " day"), "d")
	if n, err := strconv.Atoi(number); err == nil && number != text && n >= 0 && n < 1000 {
		return today.AddDays(n), true
	}
	for _, layout := range []string{"2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return cycle.DayOf(t), true
		}
	}
	return nearestYear(text, today)
}

// nearestYear reads a day without a year as the one nearest to today.
func nearestYear(text string, today cycle.Day) (cycle.Day, bool) {
	var best cycle.Day
	for year := today.Year - 1; year <= today.Year+1; year++ {
		for _, layout := range []string{"2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006"} {
			t, err := time.Parse(layout, text+" "+strconv.Itoa(year))
			if err != nil {
				continue
			}
			day := cycle.DayOf(t)
			if best.IsZero() || distance(today, day) < distance(today, best) {
				best = day
			}
		}
	}
	return best, !best.IsZero()
}

func distance(a, b cycle.Day) int { return max(a.DaysUntil(b), b.DaysUntil(a)) }

func weekdayOf(word string) (time.Weekday, bool) {
	if len(word) < 3 {
		return 0, false
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		if word == name || word == name[:3] {
			return d, true
		}
	}
	return 0, false
}
