package work

import (
	"regexp"
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
)

var task = regexp.MustCompile(`^([ \t]*)(?:[-*+]|\d+[.)])[ \t]+\[([ xX])\][ \t]+(.+)$`)

// Checklist lists the leaf items of a task list in an issue's description, in
// order, by text: an item with items nested under it is a heading and is left
// out. Code fences and HTML comments are not looked into.
func Checklist(body string) []string {
	type entry struct {
		indent int
		text   string
	}
	var entries []entry
	for _, line := range visibleLines(body) {
		m := task.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		text := slash.Clean(m[3]) // as it is read back from a receipt
		if runes := []rune(text); len(runes) > 200 {
			text = slash.Clean(string(runes[:200]))
		}
		if text == "" {
			continue
		}
		entries = append(entries, entry{len(strings.ReplaceAll(m[1], "\t", "    ")), text})
	}
	leaves := []string{}
	for k, e := range entries {
		if k+1 < len(entries) && entries[k+1].indent > e.indent {
			continue
		}
		leaves = append(leaves, e.text)
	}
	return leaves
}

// visibleLines splits a body into lines without those in code fences and HTML
// comments. Both are looked for in one pass: a comment that begins in a fence is
// code, and a fence in a comment is none.
func visibleLines(body string) []string {
	body = strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\r", "\n")
	var lines []string
	fence, inComment := "", false
	for line := range strings.SplitSeq(body, "\n") {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case inComment:
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
			continue
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
			continue
		}
		var shown string
		hidden := inComment
		if shown, inComment = outsideComments(line, inComment); shown != "" || !hidden {
			lines = append(lines, shown)
		}
	}
	return lines
}

// outsideComments gives what a line shows, and whether it ends in a comment.
func outsideComments(line string, inComment bool) (string, bool) {
	shown := ""
	for {
		mark := "<!--"
		if inComment {
			mark = "-->"
		}
		before, after, found := strings.Cut(line, mark)
		if !inComment {
			shown += before
		}
		if !found {
			return shown, inComment
		}
		line, inComment = after, !inComment
	}
}
