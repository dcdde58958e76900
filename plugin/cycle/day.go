package cycle

import (
	"fmt"
	"time"
)

// Day is a civil date without a zone: a line in a release calendar. The zero Day means "not given" and prints as "".
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// dayForm is the only form in which a Day is read and written.
const dayForm = "2006-01-02"

// ParseDay reads "2027-01-12". Impossible dates (2025-02-30) and other forms are errors.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(dayForm, s)
	if err != nil {
		return Day{}, fmt.Errorf("%q: a day is written like 2027-01-12", s)
	}
	return DayOf(t), nil
}

// DayOf is the date of t in UTC.
func DayOf(t time.Time) Day {
	y, m, d := t.UTC().Date()
	return Day{Year: y, Month: m, Day: d}
}

// DayAoE is the date of t anywhere on earth (UTC-12): the earliest date that some place still has.
func DayAoE(t time.Time) Day { return DayOf(t.Add(-12 * time.Hour)) }

// IsZero says whether the day was not given.
func (d Day) IsZero() bool { return d == Day{} }

// String gives "2027-01-12", and "" for the zero Day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText writes String; JSON, YAML and flags use it.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; the empty text is the zero Day.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	parsed, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// StartUTC is 00:00 UTC of the day.
func (d Day) StartUTC() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// EndAoE is the end of the day anywhere on earth (UTC-12), which is 12:00 UTC of the next day. Kubernetes' release
// calendars write their deadlines so since v1.35: "Thu 16 Oct (AoE)" is Friday 12:00 UTC.
func (d Day) EndAoE() time.Time { return d.AddDays(1).StartUTC().Add(12 * time.Hour) }

// AddDays is the day n days later, earlier for a negative n.
func (d Day) AddDays(n int) Day { return DayOf(d.StartUTC().AddDate(0, 0, n)) }

// DaysUntil is the number of days from d to e, negative when e is earlier.
func (d Day) DaysUntil(e Day) int {
	return int(e.StartUTC().Sub(d.StartUTC()) / (24 * time.Hour))
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.StartUTC().Weekday() }

// Compare is -1, 0 or 1 for d before, equal to or after e.
func (d Day) Compare(e Day) int { return d.StartUTC().Compare(e.StartUTC()) }

// Before says whether d is earlier than e.
func (d Day) Before(e Day) bool { return d.Compare(e) < 0 }

// After says whether d is later than e.
func (d Day) After(e Day) bool { return d.Compare(e) > 0 }
