package render

import (
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
)

// Confidences gives the confidences of a cycle against what was delivered by a time, as
// tallies and the closing report have it folded.
func (s Site) Confidences(cycle string, c plan.Calibration, at time.Time) string {
	text := "### Confidences of " + plain(cycle) + " against what was delivered\n"
	if c.All.N == 0 {
		return text + "Nothing that was committed was due by " + DateTime(at) + ".\n"
	}
	return text + calibration(c, 40) + "\n<sub>Counted as of " + DateTime(at) + " from what was said on the items.</sub>\n"
}

// NoTally stands where a plan has had no tally yet.
func (s Site) NoTally(cycle string) string {
	return "### No tally of " + plain(cycle) + " yet\nOne is made at the end of each increment, at each freeze and weekly, once the plan has a record.\n"
}

// NoClosing stands where a cycle is not over. due is zero for one without an end.
func (s Site) NoClosing(cycle string, due time.Time) string {
	text := "### " + plain(cycle) + " is not closed yet\n"
	if due.IsZero() {
		return text
	}
	return text + "The closing report is made when the cycle is over, " + plan.UntilWords(due) + ".\n"
}
