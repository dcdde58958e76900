package plugin

import (
	"maps"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// Plans is what this process knows of the plans of the cycles: what was decided,
// from decision comments that were read back. Items look at it, plan issues set it.
type Plans struct {
	mu     sync.RWMutex
	states map[string]PlanState
}

// PlanState is what follows from the decisions on one plan issue.
type PlanState struct {
	Known    bool           // the plan issue was read, and its decisions are whole
	Passed   bool           // a round was passed and not taken back
	Approved map[Key]string // the items of that round, each with its digest
	Pruned   map[Key]string // items that lose the milestone, each with the key of the decision
}

// NewPlans knows nothing yet.
func NewPlans() *Plans { return &Plans{states: map[string]PlanState{}} }

// Get gives what is known of a cycle's plan. A cycle without a plan issue has
// nothing decided, and that is known.
func (p *Plans) Get(c cycle.Cycle) PlanState {
	if c.Plan == "" {
		return PlanState{Known: true}
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.states[c.Name]
}

// Put renews what is known and lists the items that must be looked at again.
func (p *Plans) Put(name string, s PlanState) []Key {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.states[name]
	p.states[name] = s
	touched := map[Key]bool{}
	for _, pair := range [][2]map[Key]string{{old.Approved, s.Approved}, {old.Pruned, s.Pruned}} {
		for _, key := range slices.Concat(slices.Collect(maps.Keys(pair[0])), slices.Collect(maps.Keys(pair[1]))) {
			if pair[0][key] != pair[1][key] || !old.Known {
				touched[key] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(touched), compareKeys)
}

// Changed reports whether so much changed that every item of the cycle must be
// looked at: a round passed, or was taken back.
func (s PlanState) changed(from PlanState) bool {
	return s.Passed != from.Passed || s.Known != from.Known
}
