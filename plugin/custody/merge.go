package custody

import (
	"cmp"
	"slices"
	"time"
	"unicode/utf8"
)

// TitleLimit is how many characters of a pull request's title are kept.
const TitleLimit = 120

// What a merged pull request was to the plan, as Merge.Verdict has it.
const (
	VerdictPlanned   = "planned"   // its work was approved, or had an exception
	VerdictUnplanned = "unplanned" // linked to work that was neither
	VerdictExempt    = "exempt"    // no enhancement, with a reason
)

// Merge is a merge receipt: a pull request that was merged as part of the work
// item in whose record it is kept. It is made once, as things stood then: a new
// title, another link or a later approval does not change it.
type Merge struct {
	Repo    string    `json:"repo"`              // of the pull request, "org/repo"
	Number  int       `json:"number"`            // of the pull request
	Commit  string    `json:"commit,omitempty"`  // of the merge, in full
	At      time.Time `json:"at"`                // GitHub's merged_at, UTC, whole seconds
	Title   string    `json:"title,omitempty"`   // plain text, at most TitleLimit characters
	By      string    `json:"by,omitempty"`      // how it belongs to the item: "/part-of", "/kep", "description", "title"
	KEP     string    `json:"kep,omitempty"`     // the KEP it was linked to, "org/repo#N", "" if none
	Verdict string    `json:"verdict,omitempty"` // VerdictPlanned, VerdictUnplanned or VerdictExempt
}

// merged is how a merge receipt is written, one a line.
type merged struct {
	Merge Merge `json:"merge"`
}

// AddMerge puts a merge receipt into the log, keeps the log in its normal form, and
// reports whether it is new. A pull request that has its receipt keeps that one. A
// value that names no pull request is not taken.
// The merge receipts of other copies of l are not touched.
func (l *Log) AddMerge(m Merge) bool {
	m = m.normal()
	if m.Repo == "" || m.Number <= 0 || slices.ContainsFunc(l.Merges, m.SamePull) {
		return false
	}
	l.Merges = append(slices.Clone(l.Merges), m)
	l.Sort()
	return true
}

// SamePull reports whether two receipts are of one pull request.
func (m Merge) SamePull(n Merge) bool { return m.Repo == n.Repo && m.Number == n.Number }

// normal brings a merge receipt into its normal form.
func (m Merge) normal() Merge {
	m.At = m.At.UTC().Truncate(time.Second)
	for _, s := range []*string{&m.Repo, &m.Commit, &m.Title, &m.By, &m.KEP, &m.Verdict} {
		*s = utf8Only(*s)
	}
	if utf8.RuneCountInString(m.Title) > TitleLimit {
		m.Title = string([]rune(m.Title)[:TitleLimit])
	}
	return m
}

// joinMerges returns merge receipts in normal form, in a slice of their own: by
// (merged, repository, number), one per pull request. Of two that differ the one
// merged first wins, then the lower text of the fields.
func joinMerges(ms []Merge) []Merge {
	if len(ms) == 0 {
		return nil
	}
	all := make([]Merge, 0, len(ms))
	for _, m := range ms {
		all = append(all, m.normal())
	}
	slices.SortFunc(all, compareMerges)
	// Two of one pull request need not be neighbours: they may differ in time.
	type pull struct {
		repo   string
		number int
	}
	seen := make(map[pull]bool, len(all))
	return slices.DeleteFunc(all, func(m Merge) bool {
		p := pull{m.Repo, m.Number}
		again := seen[p]
		seen[p] = true
		return again
	})
}

// compareMerges is a total order on merge receipts in normal form. Of one pull
// request the lowest wins.
func compareMerges(a, b Merge) int {
	return cmp.Or(
		a.At.Compare(b.At),
		cmp.Compare(a.Repo, b.Repo),
		cmp.Compare(a.Number, b.Number),
		cmp.Compare(a.Commit, b.Commit),
		cmp.Compare(a.Title, b.Title),
		cmp.Compare(a.By, b.By),
		cmp.Compare(a.KEP, b.KEP),
		cmp.Compare(a.Verdict, b.Verdict),
	)
}
