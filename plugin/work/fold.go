package work

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// scanner reads canonical lines back. bodyScanner looks for the declarations
// that a description may hold.
var (
	scanner     = slash.NewScanner(slash.Verbs{Names: canonicalVerbs})
	bodyScanner = slash.NewScanner(slash.Verbs{Names: []string{"kep", "part-of"}})
)

// canonicalVerbs repeats the verbs of Commands, which cannot be used here
// without an initialization cycle; a test holds the two together.
var canonicalVerbs = []string{"kep", "commit", "depends-on", "provide", "question", "block", "risk", "resolve", "readout", "progress", "done", "demo"}

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
			for command := range strings.SplitSeq(l.Command, "\n") {
				lines = append(lines, Said{
					Comment: r.Comment, Line: l.N, At: r.Said, Author: r.Author, Login: r.Login,
					Role: l.Role, SIG: l.SIG, Source: l.Source, ID: l.ID, Command: command,
				})
			}
		}
	}
	return lines
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

// parseCanonical reads one canonical line back.
func parseCanonical(line string) (Form, slash.Values, bool) {
	found := scanner.Scan(line)
	if len(found.Lines) != 1 {
		return Form{}, nil, false
	}
	c, ok := Commands.Find(found.Lines[0].Verb)
	if !ok {
		return Form{}, nil, false
	}
	n, values, p := slash.Parse(c.Grammar(), found.Lines[0])
	if p != nil {
		return Form{}, nil, false
	}
	return c.Forms[n], values, true
}
