package plugin

import (
	"reflect"
	"slices"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/work"
)

// sameEntry compares what other issues can see of an entry.
func sameEntry(a, b Entry) bool {
	return a.SIG == b.SIG && a.KEP == b.KEP && a.OptsIn == b.OptsIn &&
		a.Issue.Title == b.Issue.Title && a.Issue.Closed == b.Issue.Closed &&
		a.Issue.StateReason == b.Issue.StateReason && a.Issue.Merged == b.Issue.Merged &&
		a.Issue.Private == b.Issue.Private && sameItems(a, b) && a.Pull.same(b.Pull) &&
		(a.Pull != nil || samePlan(a.Issue, b.Issue))
}

// samePlan compares what tells pull requests whether their work is planned.
func samePlan(a, b work.Issue) bool {
	for _, label := range []string{config.LabelApproved, config.LabelExceptionApproved} {
		if a.HasLabel(label) != b.HasLabel(label) {
			return false
		}
	}
	return a.Milestone == b.Milestone
}

func sameItems(a, b Entry) bool {
	if len(a.Items) != len(b.Items) {
		return false
	}
	for cycle, x := range a.Items {
		y, ok := b.Items[cycle]
		if !ok || !sameSlip(x, y) || x.Delivered(work.Checklist(a.Issue.Body)) != y.Delivered(work.Checklist(b.Issue.Body)) || !slices.Equal(x.Asks, y.Asks) || !slices.Equal(x.Promises, y.Promises) || !slices.Equal(x.Commitments, y.Commitments) || !reflect.DeepEqual(x.KEP, y.KEP) {
			return false
		}
	}
	return true
}

// sameSlip compares whether and when the work was said to have slipped: those who
// need it are told where they stand.
func sameSlip(x, y *work.Item) bool {
	a, slipped := x.Slip()
	b, also := y.Slip()
	return slipped == also && a == b
}
