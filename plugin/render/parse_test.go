package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

var gfm = goldmark.New(goldmark.WithExtensions(extension.GFM))

func parse(source string) (ast.Node, []byte) {
	b := []byte(source)
	return gfm.Parser().Parse(text.NewReader(b)), b
}

// skeleton is the shape of a document without its words: every node but text,
// in order. Two texts that differ only in what users wrote have the same one.
func skeleton(source string) string {
	root, src := parse(source)
	var b strings.Builder
	depth := 0
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.(type) {
		case *ast.Text, *ast.String:
			return ast.WalkContinue, nil
		}
		if !entering {
			depth--
			return ast.WalkContinue, nil
		}
		b.WriteString(strings.Repeat(" ", depth) + n.Kind().String())
		switch n := n.(type) {
		case *ast.Link:
			b.WriteString(" " + string(n.Destination))
		case *ast.RawHTML:
			b.WriteString(" " + string(n.Segments.Value(src)))
		case *east.Table:
			b.WriteString(strings.Repeat("|", len(n.Alignments)))
		}
		b.WriteByte('\n')
		depth++
		return ast.WalkContinue, nil
	})
	return b.String()
}

// withoutCode is the text that GitHub looks through for mentions: all but code.
func withoutCode(source string) string {
	root, src := parse(source)
	var b strings.Builder
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.CodeSpan, *ast.FencedCodeBlock, *ast.CodeBlock:
			return ast.WalkSkipChildren, nil
		case *ast.Text:
			if entering {
				b.Write(n.Segment.Value(src))
				b.WriteByte('\n')
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// pasted lists the commands of fenced blocks, each with the named lines below it.
func pasted(source string) []string {
	root, src := parse(source)
	var lines []string
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering {
			for k := range f.Lines().Len() {
				line := f.Lines().At(k)
				text := strings.TrimSuffix(string(line.Value(src)), "\n")
				if n := len(lines); k > 0 && n > 0 && !strings.HasPrefix(text, "/") {
					lines[n-1] += "\n" + text
					continue
				}
				lines = append(lines, text)
			}
		}
		return ast.WalkContinue, nil
	})
	return lines
}

// TestPastedLinesAreRead holds that every line in a block of its own is a line
// of one of the forms, also after it was scanned out of a comment.
func TestPastedLinesAreRead(t *testing.T) {
	scanner := slash.NewScanner(slash.Verbs{Names: slices.Concat(work.Commands.Verbs(), plan.Commands.Verbs(), thread.Commands.Verbs()), WithNamedLines: work.NamedLines})
	check := func(name, source string) {
		for _, line := range pasted(source) {
			found := scanner.Scan(line)
			if len(found.Lines) != 1 || strings.Count(line, "\n") != len(found.Lines[0].Named) {
				t.Errorf("%s: %q is not a command line", name, line)
				continue
			}
			var forms []slash.Form
			c, _ := work.Commands.Find(found.Lines[0].Verb)
			for _, f := range c.Forms {
				forms = append(forms, f.Form)
			}
			e, _ := plan.Commands.Find(found.Lines[0].Verb)
			for _, f := range e.Forms {
				forms = append(forms, f.Form.Form)
			}
			d, _ := thread.Commands.Find(found.Lines[0].Verb)
			for _, f := range d.Forms {
				forms = append(forms, f.Form.Form)
			}
			if _, _, p := slash.Parse(forms, found.Lines[0]); p != nil {
				t.Errorf("%s: %q is refused: %s %s", name, line, p.Code, p.Word)
			}
		}
	}
	n := 0
	for name, tell := range records {
		text := site.Record(tell().Record())
		n += len(pasted(text))
		check("record "+name, text)
	}
	for name, text := range notices() {
		n += len(pasted(text))
		check("notice "+name, text)
	}
	for name, rs := range replies {
		check("reply "+name, site.Refusals(here, rs))
	}
	for code := range refusals {
		check("refusal "+code, site.Refusals(here, []Refusal{{Comment: 1, Problems: []*slash.Problem{problem(code)}}}))
	}
	if n < 40 {
		t.Errorf("only %d lines to paste", n)
	}
}
