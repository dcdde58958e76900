// Package work holds a work item: an issue that people plan into a release
// cycle. It knows the commands that may be said on one (one file per command),
// judges a command line by form, role and calendar, folds receipts to the
// item's state, and derives findings from that state and what is known of
// other issues.
//
// It promises that any set of receipts folds to a legal state, in whatever
// order they were made, and that the same receipts give the same state. It does
// not read GitHub, the clock or the configuration; everything comes in as data.
package work

import (
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Key names one issue or pull request.
type Key = slash.Key

// Said says where a fact comes from: which line of which comment, by whom and
// in which role.
type Said struct {
	Comment int64
	Line    int
	At      time.Time
	Author  int64
	Login   string
	Role    string // roles.Role
	SIG     string // the SIG, or the seat's name for a programme-level voter
	Source  string // where the role is written down
	ID      string // the number that the line was given, Q1, B1 or R1
	Command string // the canonical line
}

// IsZero reports that nobody said it.
func (s Said) IsZero() bool { return s.Comment == 0 }

// Commitment is one item of the checklist, or the whole issue, committed to one
// increment with a confidence in percent.
type Commitment struct {
	Window  string // the increment's name, "w3-4"
	Item    string // text of the checklist item, "" for the whole issue
	Percent int
	Said    Said
}

// Ask is a dependency as the item that needs it states it.
type Ask struct {
	Target Key
	By     string // increment's name, "" if none was given
	Text   string
	Said   Said
}

// Promise is what a giving item says to one that may ask, or has asked.
type Promise struct {
	To       Key
	By       string // increment's name, "" if none was given
	Text     string
	Declined bool
	Said     Said
}

// NoteKind tells questions, planning blocks and risks apart. Its value is the
// first letter of their numbers.
type NoteKind string

// The three kinds of note.
const (
	Question NoteKind = "Q"
	Block    NoteKind = "B"
	Risk     NoteKind = "R"
)

// How a note ended. Risks close as ROAM (resolved, owned, accepted,
// mitigated); an owned risk is still open, in somebody's hands.
const (
	Resolved  = "resolved"
	Owned     = "owned"
	Accepted  = "accepted"
	Mitigated = "mitigated"
)

// Note is a question, a planning block or a risk.
type Note struct {
	ID     string // "Q1", given at first sight, for good
	Kind   NoteKind
	Text   string
	Raised Said
	Ended  string // "", Resolved, Owned, Accepted or Mitigated
	Owner  string // login, when owned
	Answer string // text of the /resolve
	Closed Said   // the /resolve
}

// Open reports whether the note still waits for somebody.
func (n Note) Open() bool { return n.Ended == "" || n.Ended == Owned }

// Progress is the last word on how the work goes.
type Progress struct {
	State string // on-track, at-risk, slipped
	Text  string
	Said  Said
}

// Delivery is one item of the checklist, or the whole issue, that is said to be
// done.
type Delivery struct {
	Item string   // text of the checklist item, "" for the whole issue
	But  []string // of the whole issue: items said since not to be done
	Ref  Key      // the pull request or issue that delivered it, zero if none was named
	Said Said     // the last word
	// Since is when it was first said, of all that was not taken back: to say it again,
	// with a reference or for a demo, makes it no later.
	Since time.Time
}

// Demo is a link to evidence of what was delivered: a recording, a page, a test
// that passes.
type Demo struct {
	URL       string
	Text      string
	Said      Said
	Confirmed Said // the first /done of a facilitator after it; zero: none, or all of it was taken back
}

// Item is the state of one issue in one release cycle: the fold of its
// receipts. It holds nothing of other issues.
type Item struct {
	Key   Key
	Cycle string // "v1.38"

	KEP     *kep.Ref // by /kep; nil when none was named
	KEPSaid Said     // also set by /kep cancel, with KEP nil

	FirstSIG    string // SIG of the first accepted /commit
	Commitments []Commitment
	Asks        []Ask
	Promises    []Promise
	Notes       []Note
	Ready       Said // /readout ready
	Held        Said // /readout done
	Progress    *Progress
	Demos       []Demo          // all that were said, in order; see LastDemos
	Done        []Delivery      // at most one for each item, in the order first said
	DoneSaid    Said            // the last /done, also /done cancel
	Exceptions  []ExceptionSaid // what was asked and said about exceptions, in order; see Exceptions

	Merges []custody.Merge // pull requests merged as part of it, by (At, Repo, Number)

	Accepted int // command lines folded
}

// Committed reports whether anything is committed.
func (i *Item) Committed() bool { return len(i.Commitments) > 0 }

// OpenNotes lists the open notes of a kind, oldest number first.
func (i *Item) OpenNotes(kind NoteKind) []Note {
	var open []Note
	for _, n := range i.Notes {
		if n.Kind == kind && n.Open() {
			open = append(open, n)
		}
	}
	return open
}

// Note finds a note by its number, such as "B2".
func (i *Item) Note(id string) (*Note, bool) {
	for k := range i.Notes {
		if i.Notes[k].ID == id {
			return &i.Notes[k], true
		}
	}
	return nil, false
}

// Promise finds what this item said to the one that asks.
func (i *Item) Promise(to Key) (Promise, bool) {
	for _, p := range i.Promises {
		if p.To == to {
			return p, true
		}
	}
	return Promise{}, false
}
