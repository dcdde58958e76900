package thread

import (
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// Facts are what an assessment looks at beside the pull request's own words. What is not in them was not read: it is
// unknown, never absent.
type Facts struct {
	Now      time.Time // GitHub's Date; of a merged pull request MergedAt counts instead
	Calendar cycle.Calendar
	Mode     Mode // the one that the configuration gives to this repository, branch and kind
	// KEPs are the catalogues by repository. One that is nil was not read. A repository that is not among them, other than
	// the state's KEPRepo, is none of ours: its KEPs do not count.
	KEPs work.Catalogues
	// Items has what is known of issues: those of State.Wants and Assessment.Missing. A missing one was not read.
	Items map[work.Key]ItemFact
	// KEPPulls has the KEP that each pull request of a KEP repository changed, the zero Ref for none or several.
	KEPPulls map[work.Key]kep.Ref
	// ItemsOf gives the work items that are known to belong to a KEP, its tracking issue among them if that is known. known
	// is false while it cannot be told, as with a cold index. nil: it cannot be told.
	ItemsOf func(kep.Ref) (items []work.Key, known bool)
}

// ItemFact is what is known of an issue that may be a work item.
type ItemFact struct {
	// Readable: false for what is not there for us, be it gone, private or not in the configuration. What could not be
	// read for another reason is left out of Facts.Items.
	Readable bool
	Issue    work.Issue
	KEP      kep.Ref // the KEP that it belongs to (work.ParentKEP), zero for none
	Tracked  bool    // it is a work item: in a plan, or something was said on it. Others count only if they are closed
	Cycles   map[string]CycleFact
}

// CycleFact is where a work item stands in one cycle, by the cycle's name. The zero value is not in its plan.
type CycleFact struct {
	Committed bool
	Approved  bool // milestone-approved
	Exception bool // granted, and not over
}

// planned reports whether the work may go in.
func (c CycleFact) planned() bool { return c.Committed && c.Approved || c.Exception }

// rank orders what is known of several items: the one that stands best is shown.
func (c CycleFact) rank() int {
	switch {
	case c.planned():
		return 3
	case c.Committed:
		return 2
	case c.Approved:
		return 1
	}
	return 0
}
