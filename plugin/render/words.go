package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// DateOf is the day of t in UTC: "14 Jan".
func DateOf(t time.Time) string { return t.UTC().Format("2 Jan") }

// DateTime is t in UTC to the minute: "9 Jan 14:02 UTC".
func DateTime(t time.Time) string { return t.UTC().Format("2 Jan 15:04 UTC") }

// Window is the days of an increment, both included: "12–23 Jan",
// "26 Jan – 6 Feb".
func Window(i cycle.Increment) string {
	from, to := i.Start.StartUTC(), i.End.StartUTC()
	switch {
	case i.Start == i.End:
		return from.Format("2 Jan")
	case i.Start.Month == i.End.Month && i.Start.Year == i.End.Year:
		return strconv.Itoa(i.Start.Day) + "–" + to.Format("2 Jan")
	}
	return from.Format("2 Jan") + " – " + to.Format("2 Jan")
}

var small = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}

// number is a count in words up to nine.
func number(n int) string {
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return strconv.Itoa(n)
}

// count is a number with its noun: "one promise", "two promises".
func count(n int, one, many string) string {
	if n == 1 {
		return number(n) + " " + one
	}
	return number(n) + " " + many
}

// digits is a count with its noun in digits: "1 command", "0 edited".
func digits(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// join lists words with a last word before the last: "a, b and c".
func join(list []string, last string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " " + last + " " + list[len(list)-1]
}

// some lists at most limit words and counts the others: "a, b and 7 more".
func some(list []string, limit int, last string) string {
	if len(list) <= limit {
		return join(list, last)
	}
	rest := strconv.Itoa(len(list)-limit) + " more"
	if limit <= 0 {
		return strconv.Itoa(len(list))
	}
	return strings.Join(list[:limit], ", ") + " and " + rest
}

// increment shortens signatures.
type increment = cycle.Increment

func percent(n int) string { return strconv.Itoa(n) + " %" }
