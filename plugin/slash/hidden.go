package slash

import (
	"bytes"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// span is a range of bytes.
type span struct{ from, to int }

// inside tells whether any of the ranges touches the line from..to. The ranges
// are in order and apart.
func inside(hidden []span, from, to int) bool {
	i, _ := slices.BinarySearchFunc(hidden, from, func(h span, from int) int { return h.to - from - 1 })
	return i < len(hidden) && hidden[i].from <= to
}

// merge brings ranges in order and joins those that touch.
func merge(ranges []span) []span {
	slices.SortFunc(ranges, func(a, b span) int { return a.from - b.from })
	out := ranges[:0]
	for _, r := range ranges {
		if last := len(out) - 1; last >= 0 && r.from <= out[last].to {
			out[last].to = max(out[last].to, r.to)
			continue
		}
		out = append(out, r)
	}
	return out
}

// markdown knows the blocks of CommonMark and of the inlines only those that
// decide what an HTML comment is.
var markdown = parser.NewParser(
	parser.WithBlockParsers(parser.DefaultBlockParsers()...),
	parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
	),
)

// hiddenRanges gives, in order, what lies in fences and HTML comments. An HTML
// comment that is not closed hides the rest of the body, as in a browser,
// though CommonMark ends it with the list or quote it stands in. "<!--" in the
// middle of a paragraph that does not close it is plain text, for CommonMark
// and for GitHub. Indented code needs no look: its lines begin with four
// columns at least. The body has no carriage returns.
func hiddenRanges(body string) []span {
	if !strings.Contains(body, "```") && !strings.Contains(body, "~~~") && !strings.Contains(body, "<!--") {
		return nil
	}
	src := []byte(body)
	flatten(src)
	h := hider{src: src}
	// The walk never gives an error: visit gives none.
	_ = ast.Walk(markdown.Parse(text.NewReader(src)), h.visit)
	if h.open {
		h.ranges = append(h.ranges, span{h.since, len(src) + 1})
	}
	return merge(h.ranges)
}

// maxMarks is how many quote and list marks a line may begin with; goldmark
// takes time in the square of their number.
const maxMarks = 100

// flatten makes what follows more marks than that plain text. Such a line is
// no command itself, and offsets stay.
func flatten(src []byte) {
	marks := 0 // of this line; -1 behind them
	for i, c := range src {
		switch {
		case c == '\n':
			marks = 0
		case marks < 0:
		case strings.IndexByte(" \t>-*+.)0123456789", c) < 0:
			marks = -1
		case isMark(src, i):
			if marks++; marks > maxMarks {
				src[i], marks = 'x', -1
			}
		}
	}
}

// isMark tells whether a quote or list item may begin here; the end of an
// HTML comment is no mark.
func isMark(src []byte, i int) bool {
	switch src[i] {
	case '>':
		return i == 0 || src[i-1] != '-'
	case '-', '*', '+', '.', ')':
		return i+1 < len(src) && (src[i+1] == ' ' || src[i+1] == '\t')
	}
	return false
}

// hider collects ranges; open means that an HTML comment was begun at since.
type hider struct {
	src    []byte
	ranges []span
	open   bool
	since  int
}

func (h *hider) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		h.add(n.Lines())
	case *ast.HTMLBlock:
		lines := n.Lines()
		if n.HasClosure() {
			lines.Append(n.ClosureLine)
		}
		h.html(lines)
	case *ast.RawHTML:
		if n.Segments.Len() > 0 && (h.open || bytes.HasPrefix(h.src[n.Segments.At(0).Start:], []byte("<!--"))) {
			h.html(n.Segments)
		}
	}
	return ast.WalkContinue, nil
}

func (h *hider) add(lines *text.Segments) {
	for i := 0; i < lines.Len(); i++ {
		h.ranges = append(h.ranges, span{lines.At(i).Start, lines.At(i).Stop})
	}
}

// html follows HTML comments through the lines of one piece of HTML.
func (h *hider) html(lines *text.Segments) {
	for i := 0; i < lines.Len(); i++ {
		seg := lines.At(i)
		for at := seg.Start; at < seg.Stop; {
			if !h.open {
				j := bytes.Index(h.src[at:seg.Stop], []byte("<!--"))
				if j < 0 {
					break
				}
				h.open, h.since = true, at+j
				at += j + 2 // "<!-->" and "<!--->" are whole comments
			}
			j := bytes.Index(h.src[at:seg.Stop], []byte("-->"))
			if j < 0 {
				break
			}
			at += j + len("-->")
			h.open = false
			h.ranges = append(h.ranges, span{h.since, at})
		}
	}
}
