package checkout

import (
	"time"

	"github.com/steelthread/steelthread/plugin/kep"
)

// Thread is what was found of the way from a line to its KEP. What was not reached is nil.
type Thread struct {
	Asked    string    `json:"asked"`
	Line     *Line     `json:"line,omitempty"`
	Commit   *Commit   `json:"commit,omitempty"`
	Pull     *Pull     `json:"pull,omitempty"`
	Merge    *Merge    `json:"merge,omitempty"`
	Item     *Item     `json:"item,omitempty"`
	Records  []Record  `json:"records,omitempty"`
	KEP      *KEP      `json:"kep,omitempty"`
	Exempt   *Exempt   `json:"exempt,omitempty"`
	Approval *Approval `json:"approval,omitempty"`
	// Notes are things to know beside the steps.
	Notes []string `json:"notes,omitempty"`
	// Breaks says why the thread ends before the KEP: what was looked at holds no next step.
	Breaks string `json:"breaks,omitempty"`
	// Unknown says why it was not looked further: GitHub was not asked, or did not answer.
	Unknown string `json:"unknown,omitempty"`
	// Whole: the KEP was reached and is known, or an exemption stands in its place.
	Whole bool `json:"whole"`

	looked []string // repositories of issues and pull requests that had a say in it
}

// Pull is a pull request. Without GitHub only Key, Title and How are known.
type Pull struct {
	Key       string   `json:"key"`
	Title     string   `json:"title,omitempty"`
	State     string   `json:"state,omitempty"` // merged, open, closed; empty: not known
	Author    string   `json:"author,omitempty"`
	Milestone string   `json:"milestone,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	How       string   `json:"how,omitempty"` // by what the commit leads here
}

// Merge is the merge receipt of the pull request in the signed record of its work item: what it was to the plan when it
// was merged. What was said later does not change it.
type Merge struct {
	Cycle   string    `json:"cycle"`         // of the record
	Verdict string    `json:"verdict"`       // planned, unplanned, exempt
	By      string    `json:"by,omitempty"`  // how it belongs to the item: "/part-of", "/kep", "description", "title"
	KEP     string    `json:"kep,omitempty"` // "org/repo#N"
	At      time.Time `json:"at"`
}

// Item is the work item: an issue, in the KEP repository the KEP's own.
type Item struct {
	Key       string   `json:"key"`
	Title     string   `json:"title,omitempty"`
	State     string   `json:"state,omitempty"` // open, closed; empty: not known
	Milestone string   `json:"milestone,omitempty"`
	Labels    []string `json:"labels,omitempty"`
	How       string   `json:"how,omitempty"` // by what the pull request leads here
}

// Record is the signed record of the work item in one cycle.
type Record struct {
	Cycle string `json:"cycle"`
	// Signature is "holds", "not checked" (no public key was given) or why it does not hold. Only of a record that
	// holds anything is believed.
	Signature   string   `json:"signature"`
	SignedBy    string   `json:"signedBy,omitempty"`
	Accepted    int      `json:"accepted,omitempty"` // command lines
	Commitments []string `json:"commitments,omitempty"`
}

// KEP is where the thread leads.
type KEP struct {
	kep.Ref
	How       string `json:"how"`
	Title     string `json:"title,omitempty"`
	SIG       string `json:"sig,omitempty"`
	Stage     string `json:"stage,omitempty"`
	Status    string `json:"status,omitempty"`
	Milestone string `json:"latestMilestone,omitempty"`
	Path      string `json:"path,omitempty"` // of kep.yaml; empty: not read
}

// Exempt is why no KEP is asked of the pull request: a reasoned exemption (/kep none), or what it is by nature.
type Exempt struct {
	Nature string `json:"nature,omitempty"` // bot, cherry-pick, revert; empty: somebody gave the reason
	Reason string `json:"reason"`
	How    string `json:"how"`
}

// Approval says whether the work item was approved for its milestone.
type Approval struct {
	Milestone string `json:"milestone,omitempty"`
	Approved  bool   `json:"approved"` // it has the label milestone-approved
}

// Comment is a comment, or the body of a review, as GitHub lists it.
type Comment struct {
	ID       int64
	AuthorID int64
	Author   string
	Body     string
	Created  time.Time
}
