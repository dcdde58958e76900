package kep

import "strings"

// visible is text with everything that does not count for links blanked out: quoted lines, HTML comments (an unclosed
// one hides the rest) and fenced code, other than fences with the info string docs, where Kubernetes' pull request
// template asks for KEP links. Blanking keeps every byte offset.
func visible(text string) string {
	out := []byte(text)
	var s hider
	for start := 0; start < len(text); {
		end := start + lineLength(text[start:])
		s.line(out[start:end], text[start:end])
		start = end
	}
	return string(out)
}

// lineLength is the length of the first line with its end: LF, CRLF or a lone CR.
func lineLength(s string) int {
	i := strings.IndexAny(s, "\r\n")
	switch {
	case i < 0:
		return len(s)
	case strings.HasPrefix(s[i:], "\r\n"):
		return i + 2
	}
	return i + 1
}

// hider is where in the text we are, between two lines.
type hider struct {
	comment bool   // within an HTML comment
	fence   string // the run of ` or ~ that opened the fence we are in, or empty
	docs    bool   // that fence is a docs fence
}

func (h *hider) line(out []byte, line string) {
	switch {
	case h.comment:
		h.rest(out, line)
	case h.fence != "":
		if !h.docs || h.closes(line) {
			blank(out)
		}
		if h.closes(line) {
			h.fence, h.docs = "", false
		}
	case strings.HasPrefix(strings.TrimLeft(line, " \t"), ">"):
		blank(out)
	default:
		if fence, info := opens(line); fence != "" {
			h.fence, h.docs = fence, isDocs(info)
			blank(out)
			return
		}
		h.comments(out, line)
	}
}

// rest is a line that begins within a comment.
func (h *hider) rest(out []byte, line string) {
	end := strings.Index(line, "-->")
	if end < 0 {
		blank(out)
		return
	}
	end += len("-->")
	blank(out[:end])
	h.comment = false
	h.comments(out[end:], line[end:])
}

// comments blanks the comments that begin on this line.
func (h *hider) comments(out []byte, line string) {
	start := strings.Index(line, "<!--")
	if start < 0 {
		return
	}
	h.comment = true
	body := start + len("<!") // the end may share the dashes: <!--> is a whole comment
	blank(out[start:body])
	h.rest(out[body:], line[body:])
}

// opens says by which run of marks a line opens a fence, and with which info string. Any indentation will do, and a
// list marker before it: people put fences into lists.
func opens(line string) (fence, info string) {
	s := strings.TrimLeft(line, " \t")
	for _, marker := range []string{"- ", "* ", "+ "} {
		s = strings.TrimLeft(strings.TrimPrefix(s, marker), " \t")
	}
	for _, mark := range []string{"`", "~"} {
		rest := strings.TrimLeft(s, mark)
		n := len(s) - len(rest)
		if n < 3 || mark == "`" && strings.Contains(rest, "`") {
			continue
		}
		return s[:n], strings.TrimSpace(rest)
	}
	return "", ""
}

// closes says whether a line closes the fence: the same mark, at least as often, and nothing else.
func (h *hider) closes(line string) bool {
	s := strings.TrimSpace(line)
	return len(s) >= len(h.fence) && strings.Trim(s, h.fence[:1]) == ""
}

func isDocs(info string) bool {
	word, _, _ := strings.Cut(info, " ")
	return strings.EqualFold(word, "docs")
}

func blank(b []byte) {
	for i := range b {
		b[i] = ' '
	}
}
