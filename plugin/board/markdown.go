package board

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// node is a piece of a record's Markdown. Templates write it, so that html/template
// escapes every word of it; no HTML of the Markdown is taken over but the folded
// sections of package render.
type node struct {
	// Kind is the HTML element: p, h, ul, li, pre, table, details, a, code, strong, em,
	// "weeks" for text that is not broken, or "" for other text. h is a heading, of whichever level the page needs.
	Kind  string
	Text  string // of text, code and pre; of table the caption, of details the summary
	Href  string // of a
	Level int    // of h, as in the Markdown
	Kids  []node
	Head  [][]node // of table: its columns
	Rows  []row
	Facts bool // of table: it has no column heads, its rows are named by their first cell
}

type row [][]node

var reader = goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()

// tree reads Markdown that package render wrote.
func (l links) tree(markdown string) []node {
	source := []byte(markdown)
	t := treeing{links: l, source: source}
	return folded(t.kids(reader.Parse(text.NewReader(source))))
}

type treeing struct {
	links
	source []byte
}

func (t treeing) kids(n ast.Node) []node {
	var out []node
	for k := n.FirstChild(); k != nil; k = k.NextSibling() {
		out = append(out, t.node(k)...)
	}
	return out
}

var (
	elements = map[ast.NodeKind]string{ast.KindParagraph: "p", ast.KindList: "ul", ast.KindListItem: "li"}
	summary  = regexp.MustCompile(`^<details><summary>([^<>]*)</summary>\s*$`)
)

func (t treeing) node(n ast.Node) []node {
	kids := func(kind string) []node { return []node{{Kind: kind, Kids: t.kids(n)}} }
	switch n := n.(type) {
	case *ast.Text:
		words := string(unescaped(n.Segment.Value(t.source)))
		if n.SoftLineBreak() || n.HardLineBreak() {
			words += " "
		}
		return unbroken(words)
	case *ast.String:
		return []node{{Text: string(n.Value)}}
	case *ast.CodeSpan:
		return []node{{Kind: "code", Text: plainText(t.kids(n))}}
	case *ast.Emphasis:
		if n.Level == 2 {
			return kids("strong")
		}
		return kids("em")
	case *ast.Link:
		if href := t.only(string(n.Destination)); href != "" {
			return []node{{Kind: "a", Href: href, Kids: t.kids(n)}}
		}
		return t.kids(n)
	case *ast.Heading:
		return []node{{Kind: "h", Level: n.Level, Kids: t.kids(n)}}
	case *ast.FencedCodeBlock:
		return []node{{Kind: "pre", Text: t.lines(n)}}
	case *ast.HTMLBlock:
		return htmlBlock(t.lines(n))
	case *ast.RawHTML:
		return nil
	case *tables.Table:
		return []node{t.table(n)}
	}
	if kind := elements[n.Kind()]; kind != "" {
		return kids(kind)
	}
	return t.kids(n)
}

// weeks is the name of an increment, which is read as one word.
var weeks = regexp.MustCompile(`weeks? [0-9]+(?:–[0-9]+)?`)

// unbroken gives text with names of increments apart.
func unbroken(words string) []node {
	var out []node
	from := 0
	for _, at := range weeks.FindAllStringIndex(words, -1) {
		if at[0] > from {
			out = append(out, node{Text: words[from:at[0]]})
		}
		out = append(out, node{Kind: "weeks", Text: words[at[0]:at[1]]})
		from = at[1]
	}
	if from < len(words) {
		out = append(out, node{Text: words[from:]})
	}
	return out
}

// unescaped is Markdown text without its backslashes.
func unescaped(s []byte) []byte {
	out := make([]byte, 0, len(s))
	for k := 0; k < len(s); k++ {
		if s[k] == '\\' && k+1 < len(s) && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", s[k+1]) >= 0 {
			k++
		}
		out = append(out, s[k])
	}
	return out
}

func (t treeing) lines(n ast.Node) string {
	var b strings.Builder
	for k := range n.Lines().Len() {
		line := n.Lines().At(k)
		b.Write(line.Value(t.source))
	}
	return b.String()
}

// htmlBlock knows the beginning and the end of a folded section.
func htmlBlock(raw string) []node {
	raw = strings.TrimSpace(raw)
	if m := summary.FindStringSubmatch(raw); m != nil {
		return []node{{Kind: "details", Text: m[1]}}
	}
	if raw == "</details>" {
		return []node{{Kind: "/details"}}
	}
	return nil
}

// folded puts what stands between the beginning and the end of a folded section
// into it.
func folded(flat []node) []node {
	var out []node
	open := -1
	for _, n := range flat {
		switch {
		case n.Kind == "/details":
			open = -1
		case n.Kind == "details":
			open = len(out)
			out = append(out, n)
		case open >= 0:
			if n.Kind == "table" {
				n.Text = out[open].Text
			}
			out[open].Kids = append(out[open].Kids, n)
		default:
			out = append(out, n)
		}
	}
	return out
}

// captions of the tables on a record, by their first column.
var captions = map[string]string{
	"": "Facts", "increment": "Commitments by increment", "depends on": "What this depends on", "needed by": "What needs this",
	"merged": "Merged pull requests",
}

func (t treeing) table(n *tables.Table) node {
	out := node{Kind: "table"}
	named := false
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		var cells [][]node
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, t.kids(c))
		}
		if _, head := r.(*tables.TableHeader); !head {
			out.Rows = append(out.Rows, cells)
			continue
		}
		out.Head = cells
		for _, c := range cells {
			named = named || plainText(c) != ""
		}
	}
	out.Facts = !named
	if len(out.Head) > 0 {
		first := plainText(out.Head[0])
		if out.Text = captions[first]; out.Text == "" {
			out.Text = "By " + first
		}
	}
	return out
}

// plainText is what a reader hears of nodes.
func plainText(nodes []node) string {
	var b strings.Builder
	for _, n := range nodes {
		if n.Kind == "pre" || n.Kind == "p" || n.Kind == "li" {
			b.WriteByte(' ')
		}
		if n.Kind == "" || n.Kind == "weeks" || n.Kind == "code" || n.Kind == "pre" {
			b.WriteString(n.Text)
		}
		b.WriteString(plainText(n.Kids))
	}
	return clean(b.String(), 2000)
}

// recorded are the parts of a record that the board shows and gives as they are.
type recorded struct {
	Headline []node   // without the "### "
	Needs    [][]node // one for each
	Misfits  [][]node
	Rest     []node // what is neither, without the last line
	After    []node // the same, of what stands below the misfits
}

// parts finds the headline, the needs and what does not fit in a record. The last
// line, which says whose record it is, is left out.
func parts(nodes []node) recorded {
	var r recorded
	misfits := false
	for n, one := range nodes {
		first := ""
		if one.Kind == "p" && len(one.Kids) > 0 && one.Kids[0].Kind == "strong" {
			first = plainText(one.Kids[0].Kids)
		}
		switch {
		case one.Kind == "h" && r.Headline == nil:
			r.Headline = one.Kids
		case first == "Needs:":
			r.Needs = split(one.Kids[1:])
		case first == "What does not fit:":
			misfits = true
		case misfits && one.Kind == "ul":
			for _, li := range one.Kids {
				r.Misfits = append(r.Misfits, li.Kids)
			}
		case n == len(nodes)-1 && strings.HasPrefix(plainText(one.Kids), "Kept by Steelthread"):
		default:
			misfits = false
			if r.Misfits == nil {
				r.Rest = append(r.Rest, one)
			} else {
				r.After = append(r.After, one)
			}
		}
	}
	return r
}

// split parts a line at its middle dots, but not within what somebody wrote.
func split(line []node) [][]node {
	var out [][]node
	var cur []node
	for _, n := range line {
		if n.Kind != "" {
			cur = append(cur, n)
			continue
		}
		for k, part := range strings.Split(n.Text, " · ") {
			if len(cur) == 0 || k > 0 {
				part = strings.TrimLeft(part, " ")
			}
			if k > 0 {
				out, cur = append(out, cur), nil
			}
			if part != "" {
				cur = append(cur, node{Text: part})
			}
		}
	}
	if len(cur) > 0 {
		out = append(out, cur)
	}
	return out
}

func texts(list [][]node) []string {
	var out []string
	for _, nodes := range list {
		out = append(out, plainText(nodes))
	}
	return out
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
