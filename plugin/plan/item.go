package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
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

// Excepted reports whether an exception was granted, or waits for its decision. A prune
// leaves such an item alone.
func (i Item) Excepted() bool {
	return slices.ContainsFunc(i.Assessment.Exceptions, func(e work.Exception) bool {
		return e.Undecided() || e.Decided != nil && e.Decided.Granted
	})
}

// InPlan reports whether the item is proposed for the cycle.
func (i Item) InPlan() bool { return i.Assessment.InPlan }

// ReadyToVote reports whether the item belongs in a snapshot: called ready, no
// planning block open, and no dependency of it declined, which is a block too.
func (i Item) ReadyToVote() bool {
	item := i.Assessment.Item
	return i.InPlan() && item != nil && !item.Ready.IsZero() && len(i.Assessment.Blocks) == 0 && len(i.Assessment.Declined()) == 0
}

// ReadyBy is ReadyToVote as things stood at a time, as far as the item's own
// receipts tell: whether it is closed, opted in or declined is known as of now only,
// but for a refusal that came later.
func (i Item) ReadyBy(until time.Time) bool {
	if !i.inPlanBy(until) {
		return false
	}
	then := i.at(until)
	for _, e := range i.Assessment.Declined() {
		if !e.Promise.Said.At.After(until) {
			return false
		}
	}
	return !then.Ready.IsZero() && len(then.OpenNotes(work.Block)) == 0
}

// inPlanBy is InPlan as things stood at a time, as far as the item's own receipts tell.
func (i Item) inPlanBy(until time.Time) bool {
	return !i.Assessment.Issue.Closed && (i.OptedIn || i.at(until).Committed())
}

// heldBy reports whether the readout of the item was held by a time.
func (i Item) heldBy(until time.Time) bool { return !i.at(until).Held.IsZero() }

// ReadyFor reports whether a vote by a preset would be on the item.
func (i Item) ReadyFor(preset string) bool {
	return i.ReadyToVote() && (preset != PresetReadout || !i.Assessment.Item.Held.IsZero())
}

// at folds what had been said on the item by a time, that second included.
func (i Item) at(until time.Time) *work.Item {
	var log custody.Log
	for _, r := range i.Receipts {
		if !r.Said.After(until) {
			log.Receipts = append(log.Receipts, r)
		}
	}
	return work.Fold(i.Key, log)
}

// scope is what is voted on: which KEP, what by when with which confidence, and what
// it needs of others. Questions, risks, progress and what was delivered are not in it.
type scope struct {
	KEP    string       `json:"kep"`
	Commit []commitment `json:"commit"`
	Needs  []need       `json:"needs"`
}

type commitment struct {
	Item    string `json:"item"`
	Window  string `json:"window"`
	Percent int    `json:"percent"`
}

type need struct {
	Target string `json:"target"`
	By     string `json:"by"`
}

// Digest is the hex sha256 of what stood on the item by a time: its KEP, commitments
// and dependencies, as folded from the receipts up to that second. What is said later
// does not change it, nor do questions, risks, progress and deliveries: they are no
// change of what was voted on. A change that is taken back leaves it as it was.
func (i Item) Digest(until time.Time) string { return digest(i.at(until)) }

func digest(item *work.Item) string {
	var s scope
	if item.KEP != nil {
		s.KEP = item.KEP.String()
	}
	for _, c := range item.Commitments {
		s.Commit = append(s.Commit, commitment{Item: c.Item, Window: c.Window, Percent: c.Percent})
	}
	slices.SortFunc(s.Commit, func(a, b commitment) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Window, b.Window), cmp.Compare(a.Percent, b.Percent))
	})
	for _, a := range item.Asks {
		s.Needs = append(s.Needs, need{Target: a.Target.String(), By: a.By})
	}
	slices.SortFunc(s.Needs, func(a, b need) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.By, b.By))
	})
	text, err := json.Marshal(s)
	if err != nil { // strings and numbers always encode
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Change is how an item of the approved set differs from what was voted on.
type Change struct {
	Key work.Key
	SIG string
	// Reaffirmed: a /readout ready was said after the vote was asked for, and nothing
	// changed since that line.
	Reaffirmed bool
	By         work.Said // that /readout ready; zero if not Reaffirmed
}

// ChangedSince compares the item with the snapshot that was voted on, taken at asked
// with the given digest. ok is false if nothing changed.
func (i Item) ChangedSince(asked time.Time, voted string) (c Change, ok bool) {
	log := custody.Log{Receipts: i.Receipts}
	now := work.Fold(i.Key, log)
	if digest(now) == voted {
		return Change{}, false
	}
	c = Change{Key: i.Key, SIG: i.Assessment.SIG}
	if now.Ready.At.After(asked) && i.Digest(now.Ready.At) == digest(now) {
		c.Reaffirmed, c.By = true, now.Ready
	}
	return c, true
}
