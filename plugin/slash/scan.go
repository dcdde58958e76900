package slash

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxBody is how many bytes of a comment are read.
	MaxBody = 64 << 10
	// MaxCommands is how many commands of one comment are read.
	MaxCommands = 20
	// MaxText is how many characters a text argument or named line may have.
	MaxText = 300

	maxIndent = 3  // four blanks begin indented code (CommonMark 4.4)
	maxVerb   = 40 // bytes; no verb is as long
)

// Near is a line that begins with a slip of one of our verbs: "/comit".
type Near struct {
	N    int    // 1-based line number
	Word string // as typed, lower case, without the slash
	Verb string // the verb of ours that is one edit away
}

// Found is what Scan found in one comment.
type Found struct {
	Lines []Line
	Near  []Near // at most MaxCommands
	// Eaten are those of Lines that stand below a bare line such as "/sig" or
	// "/milestone": Prow takes them as that line's argument. They are obeyed
	// all the same; people are warned.
	Eaten   []Line
	Dropped int  // commands after the 20th, not read
	TooLong bool // only the whole lines of the first 64 KB were read
}

// Scanner finds command lines. It is safe for concurrent use.
type Scanner struct {
	names      map[string]bool
	near4      []string // names long enough for a Near hint, sorted
	named      map[string][]string
	needNumber []string
	foreign    map[string]bool
}

// NewScanner makes a Scanner for the given verbs.
func NewScanner(v Verbs) *Scanner {
	s := &Scanner{
		names:      map[string]bool{},
		named:      v.WithNamedLines,
		needNumber: v.NeedNumber,
		foreign:    map[string]bool{},
	}
	for _, n := range v.Names {
		s.names[n] = true
		if len(n) >= minNear {
			s.near4 = append(s.near4, n)
		}
	}
	slices.Sort(s.near4)
	for _, list := range [][]string{ProwVerbs, v.Foreign} {
		for _, n := range list {
			s.foreign[n] = true
		}
	}
	return s
}

// Scan finds the command lines of a comment. It looks at Markdown only when a
// line begins with a verb of ours, or a slip of one, and the comment has a
// fence or an HTML comment. Nothing else hides a line, as in Prow: not inline
// code over several lines, <pre> or <details>, a quote above or a setext
// underline below.
func (s *Scanner) Scan(body string) Found {
	var f Found
	if len(body) > MaxBody {
		f.TooLong = true
		body = wholeLines(body[:MaxBody])
	}
	if !s.anyHead(body) {
		return f
	}
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	s.scanLines(body, hiddenRanges(body), &f)
	return f
}

// wholeLines drops the last line if it was cut: half a command is another
// command.
func wholeLines(s string) string {
	return s[:strings.LastIndexAny(s, "\r\n")+1]
}

// anyHead is the cheap look: does any line begin with a verb of ours or a slip
// of one? It allocates nothing.
func (s *Scanner) anyHead(body string) bool {
	for i := 0; ; {
		j := strings.IndexByte(body[i:], '/')
		if j < 0 {
			return false
		}
		i += j
		if beginsLine(body, i) {
			var buf [maxVerb]byte
			word, _ := verbWord(body[i+1:], &buf)
			if len(word) > 0 {
				if s.names[string(word)] {
					return true
				}
				if _, ok := s.near(string(word)); ok {
					return true
				}
			}
		}
		i++
	}
}

// beginsLine tells whether only white space of at most three columns stands
// between the beginning of the line and offset i.
func beginsLine(s string, i int) bool {
	for blanks := 0; i > 0; {
		switch c := s[i-1]; {
		case c == '\n' || c == '\r':
			return true
		case c == '\t':
			return false // a tab alone makes four columns
		case c > ' ' && c < 0x7f:
			return false
		}
		r, n := utf8.DecodeLastRuneInString(s[:i])
		switch {
		case unicode.IsSpace(r):
			if blanks++; blanks > maxIndent {
				return false
			}
		case !isDropped(r):
			return false
		}
		i -= n
	}
	return true
}

// verbWord reads the word at the beginning of s up to white space or the end:
// ASCII letters in lower case, dropped characters left out. It gives no word
// if there is none or it is too long to be a verb. rest is what follows.
func verbWord(s string, buf *[maxVerb]byte) (word []byte, rest string) {
	n := 0
	for i, r := range s {
		if unicode.IsSpace(r) {
			return buf[:n], s[i:]
		}
		if isDropped(r) {
			continue
		}
		if n+utf8.UTFMax > maxVerb {
			return nil, ""
		}
		if r >= 'A' && r <= 'Z' {
			r |= 0x20
		}
		n += utf8.EncodeRune(buf[n:], r)
	}
	return buf[:n], ""
}

// scanLines walks the lines of a body whose line breaks are all "\n".
func (s *Scanner) scanLines(body string, hidden []span, f *Found) {
	var above string // the last line that is not blank
	var open *Line   // the command that takes named lines
	offset := 0
	for n := 1; offset <= len(body); n++ {
		text, _, _ := strings.Cut(body[offset:], "\n")
		start := offset
		offset += len(text) + 1
		if blank(text) {
			open = nil
			continue
		}
		switch {
		case inside(hidden, start, start+len(text)):
			open = nil
		case open != nil && s.nameLine(open, text):
		default:
			open = s.commandLine(text, n, above, f)
		}
		above = text
	}
}

// commandLine adds to f what the line is, and gives the added Line if named
// lines may follow it.
func (s *Scanner) commandLine(text string, n int, above string, f *Found) *Line {
	slash := strings.IndexByte(text, '/')
	if slash < 0 || !beginsLine(text, slash) {
		return nil
	}
	var buf [maxVerb]byte
	word, rest := verbWord(text[slash+1:], &buf)
	verb := string(word)
	if !s.names[verb] {
		if v, ok := s.near(verb); ok && len(f.Near) < MaxCommands && s.isOurs(v, rest) {
			f.Near = append(f.Near, Near{N: n, Word: verb, Verb: v})
		}
		return nil
	}
	if !s.isOurs(verb, rest) {
		return nil
	}
	if len(f.Lines) == MaxCommands {
		f.Dropped++
		return nil
	}
	l, _ := LineOf(text)
	l.N = n
	f.Lines = append(f.Lines, l)
	if isBareGreedy(above) {
		f.Eaten = append(f.Eaten, l)
	}
	if len(s.named[verb]) == 0 {
		return nil
	}
	return &f.Lines[len(f.Lines)-1]
}

// isOurs tells whether a verb that another plugin owns too is followed by a
// number.
func (s *Scanner) isOurs(verb, rest string) bool {
	if !slices.Contains(s.needNumber, verb) {
		return true
	}
	rest = strings.TrimLeft(Clean(rest), "+-")
	return rest != "" && isDigit(rest[0])
}

// nameLine adds "why: text" to the command above it. The first other line, a
// blank one included, ends them. A name given twice keeps the later text.
func (s *Scanner) nameLine(l *Line, text string) bool {
	name, value, ok := nameOf(text)
	if !ok || !slices.Contains(s.named[l.Verb], name) {
		return false
	}
	if l.Named == nil {
		l.Named = map[string]string{}
	}
	l.Named[name] = value
	return true
}

// isBareGreedy tells whether Prow would take the next line as the argument of
// this one.
func isBareGreedy(line string) bool {
	verb, ok := strings.CutPrefix(strings.TrimRight(line, " \t\f"), "/")
	return ok && slices.Contains(greedyVerbs, verb)
}

func blank(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !isDropped(r) }) < 0
}
