// Package saved is the form in which a cycle is taken out: JSON lines, one value a
// line, that hold every receipt and decision of the cycle and the facts that its
// tables were made with (docs/release-team.md shows each line).
//
// It promises: the same File gives the same bytes; what Write wrote Read gives back;
// nothing is dropped in silence. A line that is cut off, a field or a type that is not
// known, a line that is there twice and a file without its last line are errors that
// name the line.
//
// It does not: make tables, or check a signature. The signed blocks are in the file for
// those who want to.
package saved

import (
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Version is the form that Write writes, and the only one that Read takes.
const Version = 1

// Key names an issue or pull request; it is written as "org/repo#12".
type Key struct{ slash.Key }

// MarshalText writes the key.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (k *Key) UnmarshalText(text []byte) (err error) {
	k.Key, err = slash.ParseKey(string(text))
	return err
}

// File is one cycle, taken out.
type File struct {
	Header     Header
	Cycles     []cycle.Cycle // the cycle, and those before it that its plan shows, in the calendar's order
	Repos      []Repo
	Catalogues []Catalogue
	KEPs       []KEP // those that the issues name, or nearly name
	Plans      []Plan
	Holders    []Holders
	Issues     []Issue
	Records    []Record
	Decisions  []Decision
	Signed     []Signed

	lines map[string]int // where what was read stands
}

// Header is the first line.
type Header struct {
	Version    int       `json:"version"`
	Cycle      string    `json:"cycle"`
	Plan       Key       `json:"plan"` // the plan issue
	Read       time.Time `json:"read"` // by GitHub's Date: the tables are as of then
	Site       Site      `json:"site"`
	KEPs       string    `json:"keps"`       // what KEP-1234 means where the repository does not say
	OptInLabel string    `json:"optInLabel"` // the label that puts an issue into the plan
	Programme  []string  `json:"programme,omitempty"`
}

// Site is where the links of the tables point (render.Site).
type Site struct {
	GitHub   string `json:"github"`
	Commands string `json:"commands,omitempty"`
	Verify   string `json:"verify,omitempty"`
	Board    string `json:"board,omitempty"`
}

// Repo is a configured repository that an issue of the file is in.
type Repo struct {
	Name string `json:"name"`
	KEPs string `json:"keps"` // what KEP-1234 means there
}

// Catalogue says that the KEPs of a repository were read.
type Catalogue struct {
	Repo string `json:"repo"`
}

// KEP is one kep.yaml of a catalogue (kep.KEP).
type KEP struct {
	Repo            string            `json:"repo"`
	Number          int               `json:"number"`
	Declared        int               `json:"declared,omitempty"`
	Path            string            `json:"path"`
	Title           string            `json:"title,omitempty"`
	SIG             string            `json:"sig,omitempty"`
	Participating   []string          `json:"participating,omitempty"`
	Status          string            `json:"status,omitempty"`
	Stage           string            `json:"stage,omitempty"`
	LatestMilestone string            `json:"latestMilestone,omitempty"`
	Milestones      map[string]string `json:"milestones,omitempty"`
	Authors         []string          `json:"authors,omitempty"`
	Approvers       []string          `json:"approvers,omitempty"`
	FeatureGates    []string          `json:"featureGates,omitempty"`
}

// Plan is what stands on a plan issue beside its record's receipts. Of cycles before
// only Cycle, Key, Private and Closing are there.
type Plan struct {
	Cycle   string    `json:"cycle"`
	Key     Key       `json:"key"`
	Private bool      `json:"private,omitempty"`
	Comment int64     `json:"comment,omitempty"` // its record, 0 before there was one
	Created time.Time `json:"created,omitzero"`  // the record's created_at
	Parts   int       `json:"parts,omitempty"`   // further comments that hold receipts
	Closing int64     `json:"closing,omitempty"` // the comment with the closing report
	Missing []string  `json:"missing,omitempty"` // keys of decisions that cannot be read any more
}

// Holders is one answer to who held a role at a time.
type Holders struct {
	Role    string    `json:"role"`
	Of      string    `json:"of,omitempty"` // SIG or seat
	Cycle   string    `json:"cycle"`
	At      time.Time `json:"at"`
	Logins  []string  `json:"logins,omitempty"` // as the source lists them
	StandIn bool      `json:"standIn,omitempty"`
	Known   bool      `json:"known"` // false: it could not be told
}

// Issue is what the tables look at of an issue or pull request.
type Issue struct {
	Key         Key       `json:"key"`
	ID          int64     `json:"id"`
	Title       string    `json:"title,omitempty"`
	Body        string    `json:"body,omitempty"`
	Author      string    `json:"author,omitempty"`
	Assignees   []string  `json:"assignees,omitempty"`
	Labels      []string  `json:"labels,omitempty"`
	Milestone   string    `json:"milestone,omitempty"`
	Closed      bool      `json:"closed,omitempty"`
	StateReason string    `json:"stateReason,omitempty"`
	ClosedAt    time.Time `json:"closedAt,omitzero"`
	Pull        bool      `json:"pull,omitempty"`
	Merged      bool      `json:"merged,omitempty"`
	Private     bool      `json:"private,omitempty"`
	SIG         string    `json:"sig,omitempty"` // that owns it, over all its cycles
	KEP         kep.Ref   `json:"kep,omitzero"`  // its parent, over all its cycles
}

// Record is what was accepted on one issue in one cycle. Its receipts and merges are
// lines of their own, behind it.
type Record struct {
	Key   Key      `json:"key"`
	Cycle string   `json:"cycle"`
	Seq   int      `json:"seq,omitempty"`  // version of the record
	Told  []string `json:"told,omitempty"` // notices that stand

	Receipts []Receipt       `json:"-"`
	Merges   []custody.Merge `json:"-"`
}

// Receipt is one comment with commands. Standing is only known on a plan issue.
type Receipt struct {
	custody.Receipt
	Standing custody.Standing `json:"standing,omitempty"`
}

// Decision is one comment that decided something: on a plan issue, or about an
// exception on an item.
type Decision struct {
	Key     Key       `json:"key"` // where it stands
	Cycle   string    `json:"cycle"`
	Comment int64     `json:"comment"`
	At      time.Time `json:"at"` // created_at
	Values  []Value   `json:"values"`
}

// Signed is one signed block as it stands in a comment.
type Signed struct {
	Key   Key    `json:"key"`
	Cycle string `json:"cycle"`
	Block string `json:"block"`
}
