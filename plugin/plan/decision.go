package plan

import (
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// Kind is what a decision is, with the version of its content.
type Kind string

// The kinds of decisions on the plan.
const (
	KindVoteOpened   Kind = "vote-opened/1"
	KindVoteResult   Kind = "vote-result/1"
	KindRework       Kind = "rework/1"
	KindPrunePreview Kind = "prune-preview/1"
	KindPruned       Kind = "pruned/1"
)

// The rules by which a vote is counted. They are written into the decision.
const (
	PresetSeed    = "seed"    // fist to five, as the proposal has it
	PresetReadout = "readout" // the same, on the items whose readout was held
	QuorumSeed    = "every seat of a SIG with work in the plan, and product management"
)

// passMark is the lowest vote that is no objection.
const passMark = 3

// Settling is that of every decision.
const Settling = work.Settling

// Grace is how long a prune preview stands before anything is cleared.
const Grace = 24 * time.Hour

// Decision is the content of one signed comment on the plan issue. Its values are
// VoteOpened, VoteResult, Rework, PrunePreview and Pruned. They list all inputs.
type Decision interface {
	Kind() Kind
	// Key tells one decision of its kind from the others: the comment and line that
	// asked for it, "1234-1", for a deadline those of the opening, "1234-1-deadline".
	Key() string
	// mark is the place in what was said that it settles.
	mark() Mark
}

// Posted is a decision that was read back from the plan issue, its signature checked.
type Posted struct {
	Comment  int64     // id of the decision comment; of two for one asking the lowest counts
	At       time.Time // its created_at
	Decision Decision
}

// Mark and Asked are places in what was said, as decisions name them.
type (
	Mark  = work.Mark
	Asked = work.Asked
)

// Seat is a right to vote in one round. Who holds it is looked up as of when a vote
// is said; Holders are those of the opening.
type Seat struct {
	Name     string     `json:"name"`               // "sig-node", "product-management", "programme/architecture"
	Role     roles.Role `json:"role"`               // Facilitator, PM or Programme
	SIG      string     `json:"sig,omitempty"`      // bare name of the SIG, or of the programme-level seat
	Holders  []string   `json:"holders,omitempty"`  // logins, first-listed first; none: the seat is not filled
	StandIn  bool       `json:"standIn,omitempty"`  // SIG leads stand in for a missing facilitator
	Required bool       `json:"required,omitempty"` // the quorum needs its vote
}

// SnapshotItem is a work item as it stood when a decision was asked for.
type SnapshotItem struct {
	Key    work.Key
	Digest string // see Item.Digest; "" where only the name counts
	SIG    string // owning SIG, "" unknown
	Title  string // at most titleRunes characters; "" for an issue of a private repository
}

// titleRunes is how much of a title a decision keeps.
const titleRunes = 120

// Ballot is the vote that counts for a seat.
type Ballot struct {
	Value   int       `json:"value"` // 0 to 5
	Login   string    `json:"login"`
	Comment int64     `json:"comment"`
	Line    int       `json:"line"`
	Said    time.Time `json:"said"`
	Text    string    `json:"text,omitempty"`
}

// SeatVote is a seat with its vote, nil if it has not voted.
type SeatVote struct {
	Seat
	Vote *Ballot `json:"vote,omitempty"`
}

// Objection is a vote of 2 or less of a seat. A later one of the same seat, before it
// is ended, is the same objection with the newer words.
type Objection struct {
	ID      string    `json:"id"`   // "O1", numbered in the round, for good
	Seat    string    `json:"seat"` // Seat.Name
	Login   string    `json:"login"`
	Comment int64     `json:"comment"`
	Said    time.Time `json:"said"`
	Value   int       `json:"value"`
	Text    string    `json:"text,omitempty"` // "" is asked for
	// Ended is the vote of 3 or more with which the same seat ended it; nil while it
	// stands. Decisions hold standing ones only.
	Ended *Ballot `json:"ended,omitempty"`
}

// Window is an increment of the calendar as it was when a vote was asked for: what the
// items commit to is meant by it.
type Window struct {
	Name  string    `json:"name"` // "w1-2"
	Start cycle.Day `json:"start"`
	End   cycle.Day `json:"end"`
	Cap   int       `json:"cap"` // highest confidence, in percent
}

// windows are the increments of a cycle.
func windows(c cycle.Cycle) []Window {
	var out []Window
	for _, i := range c.Increments {
		out = append(out, Window{Name: i.Name(), Start: i.Start, End: i.End, Cap: i.Cap})
	}
	return out
}

// VoteOpened opens a round: what is voted on, by whom, until when.
type VoteOpened struct {
	Round  int            `json:"round"` // from 1
	Asked  Asked          `json:"asked"`
	Until  time.Time      `json:"until"`
	Preset string         `json:"preset"`
	Quorum string         `json:"quorum"`
	Seats  []Seat         `json:"seats,omitempty"` // SIGs by name, product management, programme
	Items  []SnapshotItem `json:"items,omitempty"` // by key

	Increments []Window `json:"increments,omitempty"`
}

func (v VoteOpened) mark() Mark { return v.Asked.Mark() }

// Kind is KindVoteOpened.
func (VoteOpened) Kind() Kind { return KindVoteOpened }

// Key is the line that asked.
func (v VoteOpened) Key() string { return v.Asked.Key() }

// VoteResult ends a round. Passed: every item of the snapshot is approved; a round on no
// item passes nothing.
type VoteResult struct {
	Round   int   `json:"round"`
	Opening Asked `json:"opening"` // the line that asked for the round
	// Asked is the line that closed it, nil where the deadline did.
	Asked       *Asked         `json:"asked,omitempty"`
	CountedUpTo Mark           `json:"countedUpTo"` // what is said from here on does not count
	Passed      bool           `json:"passed"`
	Preset      string         `json:"preset"`
	Quorum      string         `json:"quorum"`
	Missing     []string       `json:"missing,omitempty"` // required seats without a vote
	Read        []int64        `json:"read,omitempty"`    // every comment with a vote in the round, sorted
	Seats       []SeatVote     `json:"seats,omitempty"`
	Objections  []Objection    `json:"objections,omitempty"` // that stand
	Items       []SnapshotItem `json:"items,omitempty"`      // as voted on
	Increments  []Window       `json:"increments,omitempty"` // as voted on
}

func (v VoteResult) mark() Mark { return v.CountedUpTo }

// Kind is KindVoteResult.
func (VoteResult) Kind() Kind { return KindVoteResult }

// Key is the line that asked, for a deadline that of the opening.
func (v VoteResult) Key() string {
	if v.Asked == nil {
		return v.Opening.Key() + "-deadline"
	}
	return v.Asked.Key()
}

// Rework voids a round's votes and takes back every approval before it. Where decisions
// are missing it is the way on without them: nothing decided before it counts any more.
type Rework struct {
	Round   int      `json:"round"`   // the one that is void, 0 if none is known
	Opening Asked    `json:"opening"` // zero if none is known
	Asked   Asked    `json:"asked"`
	Reason  string   `json:"reason,omitempty"`
	Missing []string `json:"missing,omitempty"` // keys of the decisions that were missing
}

func (r Rework) mark() Mark { return r.Asked.Mark() }

// Kind is KindRework.
func (Rework) Kind() Kind { return KindRework }

// Key is the line that asked.
func (r Rework) Key() string { return r.Asked.Key() }

// PrunePreview lists the items that would lose the milestone. Without items there was
// nothing to prune.
type PrunePreview struct {
	Hash       string         `json:"hash"` // 8 hex digits over cycle, round, scope and items
	Asked      Asked          `json:"asked"`
	Round      int            `json:"round"`         // the approved one
	SIG        string         `json:"sig,omitempty"` // items of this SIG only; "" all
	GraceUntil time.Time      `json:"graceUntil"`    // nothing is cleared before
	Items      []SnapshotItem `json:"items,omitempty"`
}

func (p PrunePreview) mark() Mark { return p.Asked.Mark() }

// Kind is KindPrunePreview.
func (PrunePreview) Kind() Kind { return KindPrunePreview }

// Key is the line that asked.
func (p PrunePreview) Key() string { return p.Asked.Key() }

// Pruned says which items lose the milestone: those of the preview that are still to
// be pruned. Clearing is the caller's, after this was read back.
type Pruned struct {
	Hash    string         `json:"hash"`
	Asked   Asked          `json:"asked"`   // the confirmation
	Preview Asked          `json:"preview"` // the line that asked for the preview
	Round   int            `json:"round"`
	SIG     string         `json:"sig,omitempty"`
	Items   []SnapshotItem `json:"items,omitempty"`
	Spared  []SnapshotItem `json:"spared,omitempty"` // in the preview, since approved, closed or moved
}

func (p Pruned) mark() Mark { return p.Asked.Mark() }

// Kind is KindPruned.
func (Pruned) Kind() Kind { return KindPruned }

// Key is the line that asked.
func (p Pruned) Key() string { return p.Asked.Key() }
