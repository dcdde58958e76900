package work

import (
	"slices"
	"strconv"

	"github.com/steelthread/steelthread/plugin/kep"
)

// Labels of ours that follow from the state of a work item. They are the bot's:
// put back when touched by hand (commands.md, section 7).
const (
	LabelProposed = "plan/proposed"
	LabelBlocked  = "plan/blocked"
	LabelApproved = "milestone-approved"
	// LabelUnplanned is for what the approved plan of its cycle does not contain.
	LabelUnplanned = "plan/unplanned"
	// LabelRequested is for a complete request of an exception that is not decided,
	// LabelExcepted for one that was granted. It stays when that has expired.
	LabelRequested = "exception/requested"
	LabelExcepted  = "exception/approved"
)

// PlanFact is what the plan of the cycle decided.
type PlanFact struct {
	Passed   bool // a round passed and was not taken back
	Approved bool // with this item in its snapshot
	Changed  bool // since then, and not called ready again
}

// Standing is where an item stands in the plan of its cycle.
type Standing string

// The standings, in the order in which an item passes through them.
const (
	Noted     Standing = "noted"     // said something about, not in the plan
	OptedIn   Standing = "opted-in"  // proposed by milestone and label alone
	Committed Standing = "committed" // proposed by /commit
	Ready     Standing = "ready"     // /readout ready
	Read      Standing = "read"      // /readout done, no block open
	Done      Standing = "done"      // said to be done as a whole, or closed as completed
	Dropped   Standing = "dropped"   // the issue was closed as not planned
)

// Assessment is an item held against all that is known: what the record shows
// and what the labels follow.
type Assessment struct {
	Item     *Item
	Issue    Issue
	Standing Standing
	SIG      string   // owning SIG without "sig-", "" unknown
	KEPRef   kep.Ref  // zero: none
	KEPHow   string   // KEPByCommand, KEPItself, KEPByBody
	KEP      *kep.KEP // nil: none or not in the catalogue
	Findings []Finding
	Edges    []Edge // one per ask, in the order asked
	Asked    []Key  // who asks something of this item
	Blocks   []Note // open planning blocks
	InPlan   bool   // committed or opted in, and not closed
	Plan     PlanFact
	Blocked  bool // an open block, or a dependency that was declined and is still needed
	// Delivered: all of it is said to be done, in the plan or not. It needs no
	// increment and nothing of others any more.
	Delivered bool
	// Exceptions that were asked for, oldest first.
	Exceptions []Exception
}

// Assess holds an item's fold against the facts. It is pure: the same fold and
// facts give the same assessment.
func Assess(item *Item, f Facts) Assessment {
	a := Assessment{
		Item: item, Issue: f.Issue, Asked: f.Asked, Exceptions: f.Exceptions,
		SIG:    OwningSIG(item, f.Issue, f.KEPs, f.KEPRepo),
		Blocks: item.OpenNotes(Block), Delivered: item.Delivered(Checklist(f.Issue.Body)),
	}
	a.findings(item, f)
	a.Blocked = len(a.Blocks) > 0
	for _, ask := range item.Asks {
		e := edge(item, ask, f)
		if a.Delivered {
			e.Findings = nil
		}
		a.Edges = append(a.Edges, e)
	}
	a.Blocked = a.Blocked || len(a.Declined()) > 0
	a.Plan = f.Plan
	a.InPlan = (item.Committed() || f.OptedIn) && !f.Issue.Closed
	a.Standing = standing(item, f, a)
	return a
}

func standing(item *Item, f Facts, a Assessment) Standing {
	switch {
	case f.Issue.Closed && (item.Committed() || f.OptedIn):
		if f.Issue.StateReason == "not_planned" {
			return Dropped
		}
		return Done
	case !item.Committed() && !f.OptedIn:
		return Noted
	case a.Delivered:
		return Done
	case !item.Held.IsZero() && !a.Blocked:
		return Read
	case !item.Ready.IsZero():
		return Ready
	case item.Committed():
		return Committed
	}
	return OptedIn
}

// Labels gives the labels of ours that the item should have.
func (a Assessment) Labels() []string {
	var labels []string
	if a.InPlan || a.Plan.Approved { // it stays: an approval is one label more, not one for another
		labels = append(labels, LabelProposed)
	}
	switch {
	case a.Plan.Approved:
		labels = append(labels, LabelApproved)
	case a.InPlan && a.Plan.Passed && a.excepted(Exception.Granted):
	case a.InPlan && a.Plan.Passed:
		labels = append(labels, LabelUnplanned)
	}
	if a.Blocked && !a.Issue.Closed {
		labels = append(labels, LabelBlocked)
	}
	if a.excepted(func(e Exception) bool { return e.State == ExceptionRequested }) {
		labels = append(labels, LabelRequested)
	}
	if a.excepted(func(e Exception) bool { return e.Decided != nil && e.Decided.Granted }) {
		labels = append(labels, LabelExcepted)
	}
	return labels
}

func (a Assessment) excepted(is func(Exception) bool) bool {
	return slices.ContainsFunc(a.Exceptions, is)
}

// Declined lists the asks that the giving side declined, as long as they are
// needed.
func (a Assessment) Declined() []Edge {
	if a.Delivered {
		return nil
	}
	var out []Edge
	for _, e := range a.Edges {
		if e.Promise != nil && e.Promise.Declined {
			out = append(out, e)
		}
	}
	return out
}

func percent(n int) string { return strconv.Itoa(n) + " %" }
