package custody

import (
	"strconv"
	"strings"
)

// Kind says what a comment of ours, or a block in it, is for.
type Kind string

// The kinds of comments. Parts continue a record or a decision.
const (
	KindRecord   Kind = "record"
	KindPart     Kind = "part"
	KindReply    Kind = "reply"
	KindNotice   Kind = "notice"
	KindDecision Kind = "decision"
)

// Marker is the first line of every comment that we write. It is hidden, not
// signed, and anyone can paste one: a comment is ours only if its author is, too.
type Marker struct {
	Kind  Kind
	Cycle string
	Part  int    // of a part: its number, from 1
	Of    int    // of a part: how many there are
	Key   string // a notice's key, or the id of the comment that asked
}

const markerOpen, markerClose = "<!-- steelthread:", "-->"

// String returns the marker as one line without a line end, such as
// "<!-- steelthread:record cycle=v1.38 -->". Empty fields are left out. Values are
// percent-encoded where they could end the HTML comment or the value.
func (m Marker) String() string {
	var b strings.Builder
	b.WriteString(markerOpen)
	b.WriteString(escapeValue(string(m.Kind)))
	add := func(name, value string) {
		if value != "" {
			b.WriteString(" " + name + "=" + escapeValue(value))
		}
	}
	add("cycle", m.Cycle)
	if m.Part != 0 || m.Of != 0 {
		add("part", strconv.Itoa(m.Part))
		add("of", strconv.Itoa(m.Of))
	}
	add("key", m.Key)
	b.WriteString(" " + markerClose)
	return b.String()
}

// FindMarker returns the marker of a comment. It must be the first line that is
// not empty. Kinds and fields that we do not know are no fault: newer software of
// ours may have written them, and the comment is still not a user's.
func FindMarker(body string) (Marker, bool) {
	line, _, _ := strings.Cut(strings.TrimLeft(normalEnds(body), " \t\n"), "\n")
	line = strings.TrimRight(line, " \t")
	rest, ok := strings.CutPrefix(line, markerOpen)
	if !ok {
		return Marker{}, false
	}
	rest, ok = strings.CutSuffix(rest, " "+markerClose)
	if !ok || strings.ContainsAny(rest, "<>") {
		return Marker{}, false
	}
	fields := strings.Fields(rest)
	if len(fields) == 0 || rest[0] == ' ' {
		return Marker{}, false
	}
	kind, ok := unescapeValue(fields[0])
	if !ok {
		return Marker{}, false
	}
	m := Marker{Kind: Kind(kind)}
	for _, f := range fields[1:] {
		if !m.set(f) {
			return Marker{}, false
		}
	}
	return m, true
}

func (m *Marker) set(field string) bool {
	name, value, _ := strings.Cut(field, "=")
	value, ok := unescapeValue(value)
	if !ok {
		return false
	}
	var err error
	switch name {
	case "cycle":
		m.Cycle = value
	case "key":
		m.Key = value
	case "part":
		m.Part, err = strconv.Atoi(value)
	case "of":
		m.Of, err = strconv.Atoi(value)
	}
	return err == nil
}

// escapeValue percent-encodes all bytes but letters, digits, ".", "_", "/", ":"
// and single hyphens, so that neither "--" nor ">" nor white space can occur.
func escapeValue(s string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("._/:", c) >= 0 || c == '-' && (i == 0 || s[i-1] != '-')
		if plain {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}

func unescapeValue(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), true
}

// normalEnds makes CRLF and CR line ends LF: edits on GitHub's web pages come with
// CRLF, the API keeps what was sent.
func normalEnds(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
