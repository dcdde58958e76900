package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

// Item is a work item as the plan sees it: what its own record and issue say.
type Item struct {
	Key        work.Key
	Assessment work.Assessment // of this cycle
	Receipts   []custody.Receipt
	OptedIn    bool // proposed by milestone and label
}

// InPlan reports whether the item is proposed for the cycle.
func (i Item) InPlan() bool { return i.Assessment.InPlan }

// ReadyToVote reports whether the item belongs in a snapshot: called ready, and no
// planning block open.
func (i Item) ReadyToVote() bool {
	return i.InPlan() && !i.Assessment.Item.Ready.IsZero() && len(i.Assessment.Blocks) == 0
}

// Digest is the hex sha256 of what had been accepted on the item by a time: of each
// accepted line its comment, number and canonical command. What is said later does
// not change it.
func (i Item) Digest(until time.Time) string {
	h := sha256.New()
	for _, r := range i.Receipts { // in order of (said, comment)
		if r.Said.After(until) {
			continue
		}
		for _, l := range r.Lines {
			if l.Refused == "" {
				_, _ = fmt.Fprintf(h, "%d:%d %s\x00", r.Comment, l.N, l.Command)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
