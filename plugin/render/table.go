package render

import "strings"

// table is a Markdown table of at most five columns.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// String gives the table with an empty line before it, and nothing if it has
// no rows.
func (t *table) String() string {
	if len(t.rows) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteByte('\n')
	writeRow(&b, t.head)
	b.WriteString(strings.Repeat("|---", len(t.head)) + "|\n")
	for _, r := range t.rows {
		writeRow(&b, r)
	}
	return b.String()
}

func writeRow(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteByte('|')
		if c != "" {
			b.WriteByte(' ')
			b.WriteString(cell(c))
		}
		b.WriteByte(' ')
	}
	b.WriteString("|\n")
}

// cell escapes the pipes of a cell, in code spans too: GFM splits a row before
// it looks for them. A backslash that a user set before a pipe gets a blank
// between, because readers differ in what two backslashes and a pipe mean.
func cell(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	return strings.ReplaceAll(strings.ReplaceAll(s, `\|`, `\ |`), "|", `\|`)
}
