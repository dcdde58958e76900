package plugin

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
)

// Plans is what this process knows of the plans of the cycles: what was decided,
// from decision comments that were read back. Items look at it, plan issues set it.
type Plans struct {
	mu     sync.RWMutex
	states map[string]PlanState
	asked  map[Key]bool // plan issues that were asked for because nobody had read them
}

// PlanState is what follows from the decisions on one plan issue.
type PlanState struct {
	Known        bool           // the plan issue was read, and its decisions are whole
	Private      bool           // the plan issue is private: private items may be in it
	Passed       bool           // a round was passed and not taken back
	Approved     map[Key]string // the items of that round, each with its digest
	Asked        time.Time      // as of when it has them
	Pruned       map[Key]string // items that lose the milestone, each with the key of the decision
	Closing      int64          // the comment with the closing report, 0 before the end
	Satisfaction plan.Satisfaction
	Losing       map[Key]Losing // items that a preview lists, which nobody has confirmed
}

// Losing is an item that may lose the milestone.
type Losing struct {
	Preview plan.PrunePreview
	Comment int64  // the preview
	SIG     string // that owns the item, "" unknown
	Times   int    // how often it was pruned before
}

// key names the notice on the item: one for each round that did not approve it, and
// one more each time that it was put into the milestone again.
func (l Losing) key(cycle string) string {
	key := fmt.Sprintf("prune-%s-%d", cycle, l.Preview.Round)
	if l.Times > 0 {
		key += fmt.Sprintf("-%d", l.Times+1)
	}
	return key
}

// NewPlans knows nothing yet.
func NewPlans() *Plans {
	return &Plans{states: map[string]PlanState{}, asked: map[Key]bool{}}
}

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
	if !s.Known { // the items go on showing what was known before
		s.Passed, s.Approved, s.Asked = old.Passed, old.Approved, old.Asked
	}
	p.states[name] = s
	touched := map[Key]bool{}
	for _, pair := range [][2]map[Key]string{{old.Approved, s.Approved}, {old.Pruned, s.Pruned}, {old.losing(name), s.losing(name)}} {
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

// losing gives the notices that are due on items.
func (s PlanState) losing(cycle string) map[Key]string {
	keys := map[Key]string{}
	for key, l := range s.Losing {
		keys[key] = l.key(cycle)
	}
	return keys
}

// unread reports, once for each plan issue, that nobody has read it yet.
func (p *Plans) unread(c cycle.Cycle, key Key) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, seen := p.states[c.Name]; seen || p.asked[key] {
		return false
	}
	p.asked[key] = true
	return true
}
