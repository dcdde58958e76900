package slash

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line is one command line of a comment.
type Line struct {
	// N is the 1-based line number in the comment; CRLF, LF and a lone CR each
	// end a line.
	N int
	// Verb is in lower case, without the slash: "commit".
	Verb string
	// Words are the argument words. A quoted piece at the beginning of a word
	// or after a comma keeps its blanks: `"API types","Scheduler plugin"` is
	// one word, quotes and escapes included. Joined by one blank they are the
	// rest of Raw.
	Words []string
	// Raw is the line as people should see it again: it starts with "/", is
	// trimmed, blanks are collapsed to one, zero-width and control characters
	// are dropped.
	Raw string
	// Named holds the named lines below the command ("why: ..."), for verbs
	// that were asked for with such: name in lower case without colon -> text.
	Named map[string]string
}

// LineOf reads one line of text, such as a canonical line out of a receipt,
// as a command line of whatever verb stands there. N is 1. Further lines that all
// are of the form "why: ..." are its named lines. It reports false if the text does
// not begin with a slash and a word.
func LineOf(text string) (Line, bool) {
	line, below, _ := strings.Cut(text, "\n")
	named := namedOf(below)
	if named == nil {
		line = text
	}
	raw := Clean(line)
	if len(raw) < 2 || raw[0] != '/' || raw[1] == ' ' {
		return Line{}, false
	}
	verb, rest, _ := strings.Cut(raw[1:], " ")
	return Line{N: 1, Verb: lowerASCII(verb), Words: splitWords(rest), Raw: raw, Named: named}, true
}

// Text is the line as people should see it again, with the named lines below it.
func (l Line) Text() string {
	text := l.Raw
	for _, name := range slices.Sorted(maps.Keys(l.Named)) {
		text += "\n" + name + ": " + l.Named[name]
	}
	return text
}

// namedOf reads lines that all are named ones; nil if one is none.
func namedOf(text string) map[string]string {
	if text == "" {
		return nil
	}
	named := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		name, value, ok := nameOf(line)
		if !ok || !isSlug(name) {
			return nil
		}
		named[name] = value
	}
	return named
}

// nameOf cuts "why: text" into its name, in lower case, and its text.
func nameOf(line string) (name, text string, ok bool) {
	name, text, ok = strings.Cut(Clean(line), ":")
	return lowerASCII(strings.TrimSpace(name)), strings.TrimSpace(text), ok
}

// Clean brings text to the form that Line.Raw has: one line, trimmed, every
// run of Unicode blanks one space, zero-width and control characters dropped.
// Texts that are compared with what Parse gave (checklist items) need it.
func Clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case isDropped(r):
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isDropped tells of characters that nobody sees: control and format
// characters (zero-width, direction marks, BOM), but not the few Arabic and
// Kaithi format characters that have a glyph.
func isDropped(r rune) bool {
	if r < 0x80 {
		return r < 0x20 && !unicode.IsSpace(r) || r == 0x7f
	}
	return unicode.IsControl(r) && !unicode.IsSpace(r) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// splitWords splits clean text at its blanks, but not inside quotes.
func splitWords(s string) []string {
	var words []string
	for i := 0; i < len(s); {
		end := wordEnd(s, i)
		words = append(words, s[i:end])
		i = end + 1
	}
	return words
}

// wordEnd finds the blank that ends the word starting at i, or len(s). A quote
// without its partner is a character like any other.
func wordEnd(s string, i int) int {
	open := true // a quote here opens a quoted piece
	for i < len(s) && s[i] != ' ' {
		if s[i] == '"' && open {
			if end := quoteEnd(s, i); end > 0 {
				i, open = end, false
				continue
			}
		}
		open = s[i] == ','
		i++
	}
	return i
}

// quoteEnd gives the offset behind the closing partner of the quote at i, 0 if
// it has none. A backslash keeps the next byte from closing.
func quoteEnd(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// lowerASCII leaves other letters as they are: the Kelvin sign is not a k.
func lowerASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 'A' && s[i] <= 'Z' {
			b := []byte(s)
			for j := i; j < len(b); j++ {
				if b[j] >= 'A' && b[j] <= 'Z' {
					b[j] |= 0x20
				}
			}
			return string(b)
		}
	}
	return s
}

// cutText shortens text to at most max characters, at a blank if there is one.
func cutText(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	cut := string([]rune(s)[:max])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ")
}

// Fingerprint gives 16 hexadecimal characters over the lines in order, their
// named lines included; "" for no lines. It tells whether the words of a
// comment are still those that its receipt was made for; it is no signature.
func Fingerprint(lines []Line) string {
	if len(lines) == 0 {
		return ""
	}
	h := sha256.New()
	for _, l := range lines {
		fmt.Fprintf(h, "%q\n", l.Raw)
		for _, name := range slices.Sorted(maps.Keys(l.Named)) {
			fmt.Fprintf(h, " %q %q\n", name, l.Named[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
