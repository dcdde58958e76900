package slash

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// entry is how a word, or a part of one between commas, stands in a list.
type entry int

const (
	foreign entry = iota // something else
	meant                // meant as an entry, though not well written
	good
)

// listWords tells how many leading words are a comma separated list. Behind a
// comma an entry may be badly written; without a comma the list goes on only
// if gaps is set and the word is good.
func listWords(words []string, look func(part string) entry, gaps bool) int {
	n, comma := 0, true
	for i, w := range words {
		lead := strings.HasPrefix(w, ",")
		worst, any := good, false
		for _, part := range splitCommas(w) {
			worst, any = min(worst, look(part)), true
		}
		switch {
		case !any: // commas alone
			if n == 0 {
				return 0
			}
			comma = true
			continue
		case worst == foreign, lead && n == 0:
			return n
		case !comma && !lead && !(gaps && worst == good):
			return n
		}
		n, comma = i+1, strings.HasSuffix(w, ",")
	}
	return n
}

// splitCommas splits at commas and blanks outside of quotes; empty parts are
// left out.
func splitCommas(s string) []string {
	var parts []string
	start := 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || s[i] == ',' || s[i] == ' ':
			if i > start {
				parts = append(parts, s[start:i])
			}
			start = i + 1
		case s[i] == '"' && i == start:
			if end := quoteEnd(s, i); end > 0 {
				i = end - 1
			}
		}
	}
	return parts
}

// Item is one entry of a checklist: by its number, as people type it, or by
// its text, as it is kept.
type Item struct {
	N    int // 1-based; 0 if by text
	Text string
}

type itemsKind struct{}

// Items is a list of checklist entries, value []Item: `1,2`, `1, 2` or
// `"API types","Scheduler plugin"`, with \" and \\ in quotes.
var Items Kind = itemsKind{}

func (itemsKind) Match(words []string) int {
	n := listWords(words, func(part string) entry {
		if isDigits(part) {
			return good
		}
		if part[0] == '"' && quoteEnd(part, 0) == len(part) {
			return good
		}
		return foreign
	}, false)
	if n > 0 && n < len(words) && words[n] == "%" { // "1 80 %" is 80 percent
		return 0
	}
	return n
}

func (itemsKind) Parse(words []string) (any, *Problem) {
	saw := joined(words)
	var items []Item
	for _, part := range splitCommas(saw) {
		if part[0] == '"' && quoteEnd(part, 0) == len(part) {
			t := unquote(part)
			if t == "" {
				return nil, shape(part, itemForms...)
			}
			if utf8.RuneCountInString(t) > MaxText {
				p := tooLong(t)
				p.Fix = quote(cutText(t, MaxText))
				return nil, p
			}
			items = append(items, Item{Text: t})
			continue
		}
		if !isDigits(part) {
			return nil, shape(part, itemForms...)
		}
		n, ok := number(part)
		if !ok || n < 1 || n > 9999 {
			return nil, &Problem{Code: CodeRange, Word: part, Allowed: itemForms}
		}
		items = append(items, Item{N: n})
	}
	if len(items) == 0 {
		return nil, shape(saw, itemForms...)
	}
	if len(items) > MaxList {
		return nil, longList(saw)
	}
	return items, nil
}

var itemForms = []string{"1,2", `"text of an entry"`}

func longList(saw string) *Problem {
	return &Problem{
		Code: CodeTooLong, Word: cutText(saw, MaxText),
		Allowed: []string{"up to " + strconv.Itoa(MaxList) + " entries"},
	}
}

func (itemsKind) Print(v any) string {
	var parts []string
	for _, it := range v.([]Item) {
		if it.Text != "" {
			parts = append(parts, quote(it.Text))
		} else {
			parts = append(parts, strconv.Itoa(it.N))
		}
	}
	return strings.Join(parts, ",")
}

func (itemsKind) Placeholder(name string) string { return "[" + name + "]" }
func (itemsKind) Example() string                { return "1,2" }

// suggest drops the "#" and the "-" of list habits: "#1" is "1".
func (itemsKind) suggest(w string) string {
	w = strings.Trim(w, "#-,;:.!?()[]")
	if n, ok := number(w); ok && n >= 1 && n <= 9999 {
		return strconv.Itoa(n)
	}
	return ""
}

// quote and unquote keep a text one word of a line.
func quote(s string) string {
	return `"` + strings.ReplaceAll(strings.ReplaceAll(Clean(s), `\`, `\\`), `"`, `\"`) + `"`
}

func unquote(s string) string {
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' {
			i++
		}
		b.WriteByte(s[i])
	}
	return Clean(b.String())
}
