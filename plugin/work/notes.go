package work

import (
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
)

// raise makes the one form of /question, /block and /risk.
func raise(verb, arg string, kind NoteKind, who []Who, summary, example string) Form {
	return Form{
		Form: slash.Form{Verb: verb, Args: []slash.Arg{release, {Name: arg, Kind: slash.Text}},
			Examples: []string{example}},
		Who:     who,
		Summary: summary,
		Numbers: kind,
		Apply: func(i *Item, s Said, v slash.Values) {
			if !strings.HasPrefix(s.ID, string(kind)) {
				return // nobody could resolve it
			}
			text, _ := v[arg].(string)
			i.Notes = append(i.Notes, Note{ID: s.ID, Kind: kind, Text: text, Raised: s})
		},
	}
}

// nextID is the next free number of a kind on the item. Numbers are never used
// again: they stand in the receipts.
func nextID(i *Item, kind NoteKind) string {
	highest := 0
	for _, n := range i.Notes {
		if n.Kind != kind {
			continue
		}
		if k, err := strconv.Atoi(strings.TrimPrefix(n.ID, string(kind))); err == nil {
			highest = max(highest, k)
		}
	}
	return string(kind) + strconv.Itoa(highest+1)
}
