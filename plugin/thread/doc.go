// Package thread holds a pull request's thread: to which work item and which KEP it belongs, by what that is known,
// whether the work is in the plan of an open cycle, and what the gate labels should say. It knows the commands that may
// be said on a pull request, one file per command.
//
// It promises: any description, title and set of comments folds to a state, and any state with any facts to an
// assessment; the same words and facts give the same one. Which of several signs counts, and which, is in the result
// with its reason. What could not be read is never taken for absent: it gives Unsure, and no label moves then.
//
// It does not read GitHub, the clock or the configuration; everything comes in as data. It keeps no record: an open
// pull request is folded and judged anew each round.
package thread

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/work"
)

// Pull is a pull request as it stands now. Its Issue has Pull set.
type Pull struct {
	work.Issue
	Base          string // the branch that it goes into
	DefaultBranch string // of its repository
	Head          string // the name of the branch that it comes from
	Bot           bool   // its author is a bot account
	MergeCommit   string // full hash, "" while it is not merged
	MergedAt      time.Time
}

// Labels of ours on pull requests, in the modes from Block on. They are the bot's: put back when touched by hand.
const (
	LabelNeedsKEP = "do-not-merge/needs-kep" // for Tide's missingLabels: fails open
	LabelChecked  = "kep-checked"            // for Tide's labels: fails closed
)

// Mode is how much is asked of a pull request.
type Mode string

// The modes, each asking more than the one before. An unknown or empty mode is Off.
const (
	Off            Mode = "off"             // nothing is said unless asked
	Warn           Mode = "warn"            // a comment where the thread is missing
	Block          Mode = "block"           // and the gate labels
	BlockUnplanned Mode = "block-unplanned" // also where the work is in no plan
)

// Modes lists the modes, least first.
var Modes = []Mode{Off, Warn, Block, BlockUnplanned}

// AtLeast reports whether the mode asks as much as the other, or more.
func (m Mode) AtLeast(other Mode) bool {
	return max(0, slices.Index(Modes, m)) >= slices.Index(Modes, other)
}

// KindLabels are the labels of changes that often have no KEP: on a pull request that has one, the author may say
// `/kep none`.
var KindLabels = []string{"kind/bug", "kind/cleanup", "kind/documentation", "kind/failing-test", "kind/flake", "kind/regression"}

// KindLabel is the first of KindLabels that the pull request has, "" for none.
func KindLabel(i work.Issue) string {
	for _, l := range KindLabels {
		if i.HasLabel(l) {
			return l
		}
	}
	return ""
}
