package plan

import (
	"cmp"
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// State is what was said on the plan issue, folded from its receipts: nothing is
// decided by it.
type State struct {
	Cycle    string  // "v1.38"
	Orders   []Order // one per SIG, by SIG
	Votes    []Vote  // all, in the order said
	Asks     []Ask   // all, in the order said
	Survey   Survey
	Accepted int // command lines folded
}

// Backlogs gives the order of each SIG's backlog by the SIG's bare name.
func (s *State) Backlogs() map[string][]work.Key {
	orders := make(map[string][]work.Key, len(s.Orders))
	for _, o := range s.Orders {
		orders[o.SIG] = o.Keys
	}
	return orders
}

// Fold gives the state of a plan issue: the accepted lines of its receipts in the
// order of (said, comment id, line), whatever order they come in. It is total: lines
// that do not parse, and verbs of other places, change nothing.
func Fold(log custody.Log) *State {
	s := &State{Cycle: log.Identity.Cycle}
	lines := work.Lines(log)
	slices.SortStableFunc(lines, func(a, b work.Said) int {
		return cmp.Or(a.Mark().Compare(b.Mark()), cmp.Compare(a.Command, b.Command), cmp.Compare(a.Login, b.Login), cmp.Compare(a.Role, b.Role), cmp.Compare(a.SIG, b.SIG))
	})
	for n, said := range lines {
		if n > 0 && said == lines[n-1] { // a receipt doubled by two writers
			continue
		}
		said.At = said.At.UTC()
		s.apply(said)
	}
	return s
}

func (s *State) apply(said work.Said) {
	line, ok := slash.LineOf(said.Command)
	if !ok {
		return
	}
	c, ok := Commands.Find(line.Verb)
	if !ok {
		return
	}
	n, v, p := slash.Parse(c.Grammar(), line)
	if p != nil || c.Forms[n].Apply == nil {
		return
	}
	s.Accepted++
	c.Forms[n].Apply(s, said, v)
}
