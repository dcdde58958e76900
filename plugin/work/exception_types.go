package work

import (
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// An exception is asked for on the item, supported by the SIGs that own it and
// depend on it, and decided by release lead and product management (commands.md,
// section 5). What was said is in receipts; the outcome is a signed decision
// comment on the item.

// ExceptionText is the reason of a request and its named lines.
type ExceptionText struct {
	Reason   string `json:"reason,omitempty"`
	Why      string `json:"why,omitempty"`      // why the work did not make the freeze
	RiskLate string `json:"riskLate,omitempty"` // what taking it late risks
	RiskCut  string `json:"riskCut,omitempty"`  // what leaving it out risks
	PRs      string `json:"prs,omitempty"`      // the pull requests that it is about
}

// Support is a SIG's side of the negotiation.
type Support struct {
	SIG   string `json:"sig"` // bare name
	Asked        // the line that said it
}

// ExceptionVote is the word of the release lead or of product management.
type ExceptionVote struct {
	Asked
	Approve bool   `json:"approve"`
	Days    int    `json:"days,omitempty"` // of an approval: never above what is asked
	Text    string `json:"text,omitempty"`
}

// ExceptionState is where an exception stands.
type ExceptionState string

// The states of an exception.
const (
	ExceptionDraft     ExceptionState = "draft"     // named lines are missing
	ExceptionRequested ExceptionState = "requested" // complete, not decided
	ExceptionWithdrawn ExceptionState = "withdrawn"
	ExceptionGranted   ExceptionState = "granted"
	ExceptionDenied    ExceptionState = "denied"
	ExceptionExpired   ExceptionState = "expired" // granted, and the item was not done when its due day was over
)

// Exception is one request for one freeze, as what was said and decided has it.
type Exception struct {
	ExceptionText
	State     ExceptionState
	Freeze    string          // name in the calendar
	Days      int             // asked for
	Requested Said            // the first line that asked
	Latest    Said            // the last line that changed the request
	Missing   []string        // named lines that a draft lacks: "why", "risk-late", ...
	Needed    []string        // SIGs whose support counts, owner first, then those that depend on it, sorted
	Waiting   []string        // those of Needed that have not said so yet
	Supports  []Support       // the first of each SIG
	Votes     []ExceptionVote // the word that counts of each role: release lead first
	Withdrawn Said
	Decided   *ExceptionDecided // nil while it is open
	DecidedIn int64             // the decision comment
	DecidedAt time.Time         // its created_at
	DoneLate  bool              // expired, and the item was done after that
	Late      []Said            // lines that came when nothing could be changed any more
	Uncounted []Said            // words said before the decision that it did not count: read too late
}

// KindException is the kind of ExceptionDecided, with the version of its content.
const KindException = "exception/1"

// ExceptionDecided is the content of the signed comment that ends a request. It lists
// all inputs.
type ExceptionDecided struct {
	ExceptionText
	Granted   bool   `json:"granted"`
	Freeze    string `json:"freeze"`
	Request   Asked  `json:"request"`
	Asked     Asked  `json:"asked"` // the line with which everything was there
	DaysAsked int    `json:"daysAsked"`
	Days      int    `json:"days,omitempty"` // granted: the fewest of those approved, and no more than are left to the release
	// Due is the last day, anywhere on earth: Days after the freeze, or after the day
	// of the decision if that is later. Zero if denied.
	Due      cycle.Day       `json:"due,omitzero"`
	Needed   []string        `json:"needed,omitempty"`
	Supports []Support       `json:"supports,omitempty"`
	Votes    []ExceptionVote `json:"votes,omitempty"`
	SIG      string          `json:"sig,omitempty"` // owning SIG then
}

// Kind is KindException.
func (ExceptionDecided) Kind() string { return KindException }

// Key tells one decision from the others: the line that asked.
func (d ExceptionDecided) Key() string { return d.Asked.Key() }

// PostedException is a decision that was read back from the item, its signature
// checked.
type PostedException struct {
	Comment  int64     // of two for one request the lowest counts
	At       time.Time // its created_at
	Decision ExceptionDecided
}
