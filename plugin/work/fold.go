package work

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// bodyScanner looks for the declarations that a description may hold.
var bodyScanner = slash.NewScanner(slash.Verbs{Names: []string{"kep", "part-of"}})

// Fold gives the state of one issue in one cycle: the accepted lines of its
// receipts in the order of (said, comment id, line), and its merge receipts. Lines
// that no longer parse change nothing.
func Fold(key Key, log custody.Log) *Item {
	item := &Item{Key: key, Cycle: log.Identity.Cycle}
	for _, s := range Lines(log) {
		item.apply(s)
	}
	merged := custody.Log{Merges: log.Merges}
	merged.Sort()
	item.Merges = merged.Merges
	return item
}

// Lines lists the accepted command lines of a log in the order in which they
// are folded.
func Lines(log custody.Log) []Said {
	receipts := slices.Clone(log.Receipts)
	slices.SortStableFunc(receipts, func(a, b custody.Receipt) int {
		if c := a.Said.Compare(b.Said); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.Comment-b.Comment)))
	})
	var lines []Said
	for _, r := range receipts {
		ordered := slices.Clone(r.Lines)
		slices.SortStableFunc(ordered, func(a, b custody.Line) int { return a.N - b.N })
		for _, l := range ordered {
			if l.Refused != "" {
				continue
			}
			for _, command := range commandsOf(l.Command) {
				lines = append(lines, Said{
					Comment: r.Comment, Line: l.N, At: r.Said, Author: r.Author, Login: r.Login,
					Role: l.Role, SIG: l.SIG, Source: l.Source, ID: l.ID, Command: command,
				})
			}
		}
	}
	return lines
}

// commandsOf gives the canonical lines of one line that was said, each with the
// named lines below it.
func commandsOf(text string) []string {
	var commands []string
	for line := range strings.SplitSeq(text, "\n") {
		if n := len(commands); n > 0 && !strings.HasPrefix(line, "/") {
			commands[n-1] += "\n" + line
			continue
		}
		commands = append(commands, line)
	}
	return commands
}

func (i *Item) apply(s Said) {
	form, values, ok := parseCanonical(s.Command)
	if !ok {
		return
	}
	i.Accepted++
	if form.Apply != nil {
		form.Apply(i, s, values)
	}
}

// parseCanonical reads one canonical line back, with the named lines below it.
func parseCanonical(line string) (Form, slash.Values, bool) {
	read, ok := slash.LineOf(line)
	if !ok {
		return Form{}, nil, false
	}
	c, ok := Commands.Find(read.Verb)
	if !ok {
		return Form{}, nil, false
	}
	n, values, p := slash.Parse(c.Grammar(), read)
	if p != nil {
		return Form{}, nil, false
	}
	return c.Forms[n], values, true
}
