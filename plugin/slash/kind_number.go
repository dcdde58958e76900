package slash

import (
	"strconv"
	"strings"
)

// unit is a number and its unit, in one word or two.
type unit struct {
	names    []string // of the unit, the canonical first
	min, max int
	holder   string
	example  string
}

// Percent is "80%" or "80 %", 0 to 100, value int. Caps are package work's.
var Percent Kind = &unit{[]string{"%"}, 0, 100, "[%s]%", "80%"}

// Days is "5d" or "5 days", 1 to 365, value int.
var Days = DaysUpTo(365)

// DaysUpTo is Days with another highest number, 5 or more.
func DaysUpTo(most int) Kind {
	return &unit{[]string{"d", "day", "days"}, 1, most, "[%s]d", "5d"}
}

func (u *unit) split(w string) (num string, ok bool) {
	w = lowerASCII(w)
	end := 0
	for end < len(w) && strings.IndexByte("+-.,0123456789", w[end]) >= 0 {
		end++
	}
	return w[:end], looksNumeric(w[:end]) && u.isName(w[end:])
}

func (u *unit) isName(s string) bool {
	for _, n := range u.names {
		if s == n {
			return true
		}
	}
	return false
}

func (u *unit) Match(words []string) int {
	if len(words) > 0 {
		if _, ok := u.split(words[0]); ok {
			return 1
		}
	}
	if len(words) > 1 && looksNumeric(words[0]) && u.isName(lowerASCII(words[1])) {
		return 2
	}
	return 0
}

func (u *unit) Parse(words []string) (any, *Problem) {
	saw := joined(words)
	num, ok := u.split(strings.Join(words, ""))
	if !ok || len(words) > 2 || !isDigits(num) {
		return nil, shape(saw, u.example)
	}
	n, ok := number(num)
	if !ok || n < u.min || n > u.max {
		return nil, &Problem{Code: CodeRange, Word: saw, Allowed: []string{u.print(u.min) + " to " + u.print(u.max)}}
	}
	return n, nil
}

func (u *unit) print(n int) string             { return strconv.Itoa(n) + u.names[0] }
func (u *unit) Print(v any) string             { return u.print(v.(int)) }
func (u *unit) Placeholder(name string) string { return strings.Replace(u.holder, "%s", name, 1) }
func (u *unit) Example() string                { return u.example }

// suggest takes a bare number for one of these.
func (u *unit) suggest(w string) string {
	w = lowerASCII(trimPunctuation(w))
	for _, name := range u.names {
		w = strings.TrimSuffix(w, name)
	}
	if n, ok := number(w); ok && n >= u.min && n <= u.max {
		return u.print(n)
	}
	return ""
}
