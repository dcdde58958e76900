package slash

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Span is a window of weeks of a release cycle, From and To included, 1-based;
// or, with From and To zero, the increment numbered Inc. Which increment a
// window is, package work decides by the cycle's calendar.
type Span struct {
	From, To int
	Inc      int
}

const (
	maxWeek      = 53
	maxIncrement = 26
)

type weeksKind struct{ by bool }

// WeeksKind is a list of windows, value []Span: "w3-4", "weeks 3–4", "week 3",
// "inc2", several by comma; the word "by" may stand before it.
var WeeksKind Kind = weeksKind{}

// ByWeeks is WeeksKind, printed with "by" before it: `/depends-on #12 by w3-4`.
var ByWeeks Kind = weeksKind{by: true}

func (weeksKind) Match(words []string) int {
	n, first := 0, 0
	if len(words) > 0 && lowerASCII(words[0]) == "by" {
		first = 1
	}
	if _, end := readSpans(joined(words[first:])); end > 0 {
		for n = first; end > 0; n++ {
			end -= len(words[n]) + 1
		}
		return n
	}
	if len(words) > first && looksLikeWeeks(words[first]) {
		return first + 1
	}
	return 0
}

// looksLikeWeeks is true for a word that can be meant for nothing else:
// "w3-", "w1-2,w3-", not "w3c".
func looksLikeWeeks(w string) bool {
	w = lowerASCII(w)
	rest := strings.TrimPrefix(strings.TrimPrefix(w, "inc"), "w")
	return rest != w && rest != "" && isDigit(rest[0]) && strings.Trim(rest, "0123456789w-–—,.;") == ""
}

func (weeksKind) Parse(words []string) (any, *Problem) {
	saw := joined(words)
	list := saw
	if len(words) > 0 && lowerASCII(words[0]) == "by" {
		list = joined(words[1:])
	}
	spans, end := readSpans(list)
	if len(spans) == 0 || end < len(list) {
		return nil, shape(saw, weekForms...)
	}
	if len(spans) > MaxList {
		return nil, &Problem{Code: CodeTooLong, Word: saw, Allowed: weekForms}
	}
	for _, s := range spans {
		inc := s.Inc >= 1 && s.Inc <= maxIncrement
		weeks := s.From >= 1 && s.From <= s.To && s.To <= maxWeek
		if inc == weeks {
			return nil, &Problem{Code: CodeRange, Word: saw, Allowed: weekForms}
		}
	}
	return spans, nil
}

var weekForms = []string{"w3-4", "weeks 3-4", "inc2"}

func (k weeksKind) Print(v any) string {
	var parts []string
	for _, s := range v.([]Span) {
		switch {
		case s.Inc != 0:
			parts = append(parts, "inc"+strconv.Itoa(s.Inc))
		case s.From == s.To:
			parts = append(parts, "w"+strconv.Itoa(s.From))
		default:
			parts = append(parts, "w"+strconv.Itoa(s.From)+"-"+strconv.Itoa(s.To))
		}
	}
	if k.by {
		return "by " + strings.Join(parts, ",")
	}
	return strings.Join(parts, ",")
}

func (k weeksKind) Placeholder(name string) string {
	if k.by {
		return "by [" + name + "]"
	}
	return "[" + name + "]"
}

func (weeksKind) Example() string { return "w3-4" }

// suggest reads "3-4" as weeks and turns "w4-3" round.
func (k weeksKind) suggest(w string) string {
	w = lowerASCII(strings.Trim(w, ",;:.!?()-"))
	for _, try := range []string{w, "w" + w} {
		spans, end := readSpans(try)
		if end == 0 || end < len(try) || try != w && !strings.ContainsAny(w, "-–—") {
			continue
		}
		for i, s := range spans {
			if s.From > s.To {
				spans[i] = Span{From: s.To, To: s.From}
			}
		}
		out := weeksKind{}.Print(spans)
		if _, p := k.Parse([]string{out}); p == nil {
			return out
		}
	}
	return ""
}

// readSpans reads windows from the beginning of a text. end is where the last
// word of them ends, a comma behind it included; 0 if there is none. A word
// that is a window only in part is none.
func readSpans(s string) (spans []Span, end int) {
	whole := 0 // spans up to end
	for c := (cursor{s: s}); ; {
		sp, ok := c.span(len(spans) > 0)
		if !ok {
			break
		}
		spans = append(spans, sp)
		rest := s[c.i:]
		switch {
		case rest == "" || rest[0] == ' ':
			whole, end = len(spans), c.i
		case rest == "," || strings.HasPrefix(rest, ", "):
			whole, end = len(spans), c.i+1
		}
		if !c.comma() {
			break
		}
	}
	return spans[:whole], end
}

// cursor reads a text from left to right.
type cursor struct {
	s string
	i int
}

// take moves behind lit if it stands here.
func (c *cursor) take(lit string) bool {
	if strings.HasPrefix(c.s[c.i:], lit) {
		c.i += len(lit)
		return true
	}
	return false
}

func (c *cursor) comma() bool {
	at := c.i
	c.take(" ")
	if !c.take(",") {
		c.i = at
		return false
	}
	c.take(" ")
	return true
}

// letters takes ASCII letters, in lower case.
func (c *cursor) letters() string {
	at := c.i
	for c.i < len(c.s) && isLetter(c.s[c.i]) {
		c.i++
	}
	return lowerASCII(c.s[at:c.i])
}

// number takes up to three digits.
func (c *cursor) number() (int, bool) {
	at := c.i
	for c.i < len(c.s) && isDigit(c.s[c.i]) {
		c.i++
	}
	if c.i-at > 3 {
		return 0, false
	}
	return number(c.s[at:c.i])
}

// span reads one window; bare allows "3-4" without its letter, as after the
// comma of "weeks 1-2, 3-4".
func (c *cursor) span(bare bool) (Span, bool) {
	letters := c.letters()
	switch letters {
	case "inc", "increment", "increments":
		c.take(" ")
		n, ok := c.number()
		return Span{Inc: n}, ok
	case "w", "wk", "week", "weeks":
		c.take(" ")
	case "":
		if !bare {
			return Span{}, false
		}
	default:
		return Span{}, false
	}
	from, ok := c.number()
	if !ok {
		return Span{}, false
	}
	to, ok := c.to()
	if !ok {
		to = from
	}
	return Span{From: from, To: to}, ok || letters != ""
}

// to reads the end of a window: a hyphen or dash and a number.
func (c *cursor) to() (int, bool) {
	at := c.i
	c.take(" ")
	r, n := utf8.DecodeRuneInString(c.s[c.i:])
	if strings.ContainsRune("-‐‑‒–—−", r) {
		c.i += n
		c.take(" ")
		if !c.take("w") {
			c.take("W")
		}
		if to, ok := c.number(); ok {
			return to, true
		}
	}
	c.i = at
	return 0, false
}
