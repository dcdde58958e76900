package slash

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxList is how many entries a list of items or references may have.
const MaxList = 50

// suggester is a Kind that can guess what a word of another shape was meant to
// be: "80" for a percentage is "80%". "" is no guess.
type suggester interface {
	suggest(word string) string
}

// shape is the Problem of a word that does not look like its kind.
func shape(word string, allowed ...string) *Problem {
	return &Problem{Code: CodeShape, Word: word, Allowed: allowed}
}

func joined(words []string) string { return strings.Join(words, " ") }

// number reads up to nine ASCII digits.
func number(s string) (int, bool) {
	if len(s) > 9 || !isDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// looksNumeric is true for digits, however signed or broken.
func looksNumeric(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return s != "" && isDigit(s[0]) && strings.Trim(s, "0123456789.,") == ""
}

type word string

// Word is a literal such as "cancel": at its place it selects the form. Its
// value is the word itself, given here in lower case; case does not matter in
// what is read.
func Word(w string) Kind { return word(w) }

func (w word) Match(words []string) int {
	if len(words) > 0 && lowerASCII(words[0]) == string(w) {
		return 1
	}
	return 0
}

func (w word) Parse(words []string) (any, *Problem) {
	if w.Match(words) == 1 {
		return string(w), nil
	}
	return nil, &Problem{Code: CodeChoice, Word: joined(words), Allowed: []string{string(w)}}
}

func (w word) Print(any) string          { return string(w) }
func (w word) Placeholder(string) string { return string(w) }
func (w word) Example() string           { return string(w) }

func (w word) suggest(saw string) string { return choice{string(w)}.suggest(saw) }

type choice []string

// Choice is one of the given lower-case words; case does not matter in what is
// read. Its value is the word as given here.
func Choice(words ...string) Kind { return choice(words) }

func (c choice) Match(words []string) int {
	if len(words) > 0 {
		for _, w := range c {
			if lowerASCII(words[0]) == w {
				return 1
			}
		}
	}
	return 0
}

func (c choice) Parse(words []string) (any, *Problem) {
	if len(words) == 1 && c.Match(words) == 1 {
		return lowerASCII(words[0]), nil
	}
	return nil, &Problem{Code: CodeChoice, Word: joined(words), Allowed: c}
}

func (c choice) Print(v any) string        { return v.(string) }
func (c choice) Placeholder(string) string { return strings.Join(c, "|") }
func (c choice) Example() string           { return c[0] }

func (c choice) suggest(saw string) string {
	saw = lowerASCII(trimPunctuation(saw))
	for _, w := range c {
		if saw == w || len(w) >= minNear && oneEdit(saw, w) {
			return w
		}
	}
	return ""
}

// trimPunctuation drops what people put behind a word out of habit.
func trimPunctuation(s string) string { return strings.Trim(s, ",;:.!?()<>[]`'") }

type bounded struct{ min, max int }

// Number is a whole number in ASCII digits, min and max included. Its value is
// an int.
func Number(min, max int) Kind { return bounded{min, max} }

func (b bounded) Match(words []string) int {
	if len(words) > 0 && looksNumeric(words[0]) {
		return 1
	}
	return 0
}

func (b bounded) Parse(words []string) (any, *Problem) {
	n, ok := number(joined(words))
	if !ok {
		p := shape(joined(words), b.allowed()...)
		if looksNumeric(p.Word) && isDigits(p.Word) {
			p.Code = CodeRange
		}
		return nil, p
	}
	if n < b.min || n > b.max {
		return nil, &Problem{Code: CodeRange, Word: joined(words), Allowed: b.allowed()}
	}
	return n, nil
}

func (b bounded) allowed() []string {
	if b.max-b.min > 10 {
		return []string{strconv.Itoa(b.min) + " to " + strconv.Itoa(b.max)}
	}
	var all []string
	for n := b.min; n <= b.max; n++ {
		all = append(all, strconv.Itoa(n))
	}
	return all
}

func (b bounded) Print(v any) string { return strconv.Itoa(v.(int)) }
func (b bounded) Placeholder(string) string {
	return "[" + strconv.Itoa(b.min) + "-" + strconv.Itoa(b.max) + "]"
}
func (b bounded) Example() string { return strconv.Itoa(b.min + (b.max-b.min)*4/5) }

func (b bounded) suggest(saw string) string {
	saw = trimPunctuation(saw)
	if n, ok := number(saw); ok && n >= b.min && n <= b.max {
		return saw
	}
	return ""
}

type textKind struct{}

// Text is the rest of the line, at most MaxText characters; the last Arg of
// its form. Its value is a string in the form that Clean gives.
var Text Kind = textKind{}

func (textKind) Match(words []string) int { return len(words) }

func (textKind) Parse(words []string) (any, *Problem) {
	s := joined(words)
	if s == "" {
		return nil, &Problem{Code: CodeMissing}
	}
	if utf8.RuneCountInString(s) > MaxText {
		return nil, tooLong(s)
	}
	return s, nil
}

// tooLong is the Problem of a text over MaxText characters; its Fix is the
// beginning of the text.
func tooLong(s string) *Problem {
	return &Problem{
		Code: CodeTooLong, Word: cutText(s, MaxText), Fix: cutText(s, MaxText),
		Allowed: []string{"up to " + strconv.Itoa(MaxText) + " characters"},
	}
}

func (textKind) Print(v any) string             { return Clean(v.(string)) }
func (textKind) Placeholder(name string) string { return "[" + name + "]" }
func (textKind) Example() string                { return "in a few words" }

type untilKind struct{}

// Until is the word "until" and the rest of the line, read by package work;
// the last Arg of its form. Its value is the text behind "until".
var Until Kind = untilKind{}

func (untilKind) Match(words []string) int {
	if len(words) > 0 && lowerASCII(words[0]) == "until" {
		return len(words)
	}
	return 0
}

func (untilKind) Parse(words []string) (any, *Problem) {
	if len(words) == 0 || lowerASCII(words[0]) != "until" {
		return nil, shape(joined(words), "until 2027-01-12")
	}
	if len(words) == 1 {
		return nil, &Problem{Code: CodeMissing, Allowed: []string{"until 2027-01-12"}}
	}
	s := joined(words[1:])
	if utf8.RuneCountInString(s) > MaxText {
		p := tooLong(s)
		p.Fix = "until " + p.Fix
		return nil, p
	}
	return s, nil
}

func (untilKind) Print(v any) string             { return "until " + Clean(v.(string)) }
func (untilKind) Placeholder(name string) string { return "until [" + name + "]" }
func (untilKind) Example() string                { return "until 2027-01-12" }

func (untilKind) suggest(saw string) string {
	if saw != "" && isDigit(saw[0]) {
		return "until " + saw
	}
	return ""
}
