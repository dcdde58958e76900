package custody

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Identity says what a log or a decision belongs to. The numbers are GitHub's
// database ids, which survive a rename of the repository; a transferred issue
// gets new ones.
type Identity struct {
	Repo  int64  `json:"repo"`
	Issue int64  `json:"issue"`
	Cycle string `json:"cycle"`
}

// Line is one command line that was judged.
type Line struct {
	N       int    `json:"n"`                 // line in the comment, from 1
	Command string `json:"command,omitempty"` // canonical form, defaults resolved; "" when refused
	Role    string `json:"role,omitempty"`    // the role in which it was said
	SIG     string `json:"sig,omitempty"`     // the SIG that the role is for
	Source  string `json:"source,omitempty"`  // where the role was read: file and commit, or team
	ID      string `json:"id,omitempty"`      // Q1, B1, R1, given at first sight, for good
	Given   string `json:"given,omitempty"`   // the ID first given, if a merge had to change it
	Refused string `json:"refused,omitempty"` // reason code; then no words are kept
}

// Receipt is what is kept of one comment that holds commands.
type Receipt struct {
	Comment int64     `json:"comment"`
	Author  int64     `json:"author"`
	Login   string    `json:"login"`
	Said    time.Time `json:"said"`              // the comment's created_at, UTC, whole seconds
	Words   string    `json:"words,omitempty"`   // fingerprint of the command lines as read, see Words
	Lines   []Line    `json:"lines,omitempty"`   // by N
	Rebuilt bool      `json:"rebuilt,omitempty"` // made again from the comment after the record was lost
}

// Log is the signed content of one record: everything accepted on one issue for
// one cycle, and what was merged as part of it. The last three fields are not signed: Open sets them.
type Log struct {
	Identity Identity
	Seq      int       // version, 1 for the first that was written, 0 for none
	Prev     string    // hex sha256 of the previous version's signed text, "" for the first
	Receipts []Receipt // by (Said, Comment)
	Merges   []Merge   // by (At, Repo, Number)
	Told     []string  // keys of notices seen posted, sorted

	SignedBy string // name and hash of the key that signed it; "" if none, or several
	Resign   bool   // an older key signed it: sign again at the next write
	Merged   bool   // put together from records that differ: write it at once
}

// Words returns the fingerprint of a comment's command lines: 16 hex digits.
// White space at the end of a line, CR included, does not count.
func Words(lines ...string) string {
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(strings.TrimRight(l, " \t\r\n")))
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Sort brings the log into its normal form: receipts by (said, comment id), one
// per comment; lines by number, one per number; merge receipts by (merged,
// repository, number), one per pull request; times in UTC and whole seconds; notice
// keys sorted, each once; no words kept of refused lines; UTF-8; nil for empty.
func (l *Log) Sort() {
	l.Identity.Cycle = utf8Only(l.Identity.Cycle)
	l.Receipts = joinReceipts(l.Receipts)
	l.Merges = joinMerges(l.Merges)
	l.Told = sortedSet(l.Told)
}

// Receipt returns the receipt of a comment, if there is one.
func (l Log) Receipt(comment int64) (Receipt, bool) {
	for _, r := range l.Receipts {
		if r.Comment == comment {
			return r, true
		}
	}
	return Receipt{}, false
}

// Judged reports whether a line of a comment has its verdict, accepted or refused.
func (l Log) Judged(comment int64, line int) bool {
	r, ok := l.Receipt(comment)
	return ok && slices.ContainsFunc(r.Lines, func(x Line) bool { return x.N == line })
}

// Add puts a receipt into the log and keeps the log in its normal form. If the
// comment has a receipt already only lines without a verdict are added: a line
// judged once is never replaced, nor are author, time and words.
// The receipts of other copies of l are not touched.
func (l *Log) Add(r Receipt) {
	rs := slices.Clone(l.Receipts)
	i := slices.IndexFunc(rs, func(x Receipt) bool { return x.Comment == r.Comment })
	if i < 0 {
		rs = append(rs, r)
	} else {
		lines := slices.Clone(rs[i].Lines)
		for _, x := range r.Lines {
			if !l.Judged(r.Comment, x.N) {
				lines = append(lines, x)
			}
		}
		rs[i].Lines = lines
	}
	l.Receipts = rs
	l.Sort()
}

// Tell notes that notices with these keys were seen posted.
func (l *Log) Tell(keys ...string) {
	l.Told = sortedSet(slices.Concat(l.Told, keys))
}

// WasTold reports whether a notice with this key was seen posted.
func (l Log) WasTold(key string) bool { return slices.Contains(l.Told, key) }

// NextID returns the id for the next thing numbered with this prefix: "Q3" when Q2
// is the highest that the log has ever given, also to a line that a merge renamed.
func (l Log) NextID(prefix string) string {
	top := 0
	for _, r := range l.Receipts {
		for _, x := range r.Lines {
			for _, id := range []string{x.ID, x.Given} {
				if n, err := strconv.Atoi(strings.TrimPrefix(id, prefix)); err == nil && strings.HasPrefix(id, prefix) {
					top = max(top, n)
				}
			}
		}
	}
	return prefix + strconv.Itoa(top+1)
}

// SameContent reports whether two logs say the same: identity, receipts, merge
// receipts and told notices. Seq, Prev, the order in memory and who signed do not count.
func (l Log) SameContent(m Log) bool {
	l.Sort()
	m.Sort()
	return l.Identity == m.Identity &&
		slices.Equal(l.Told, m.Told) &&
		slices.EqualFunc(l.Merges, m.Merges, func(a, b Merge) bool { return compareMerges(a, b) == 0 }) &&
		slices.EqualFunc(l.Receipts, m.Receipts, func(a, b Receipt) bool {
			return sameReceipt(a, b) && slices.Equal(a.Lines, b.Lines)
		})
}

// Next returns the version that follows l with this content: Seq one higher and
// Prev the hash of l's signed text. If the content is the same it returns l as it
// is, with nothing to write, unless l was merged from differing records.
func (l Log) Next(content Log) Log {
	if l.SameContent(content) && !l.Merged {
		return l
	}
	next := Log{Identity: l.Identity, Seq: l.Seq + 1, Receipts: content.Receipts, Merges: content.Merges, Told: content.Told}
	if l.Seq > 0 {
		next.Prev = l.Hash()
	}
	next.Sort()
	return next
}

// Hash returns the hex sha256 of the log's signed text. If the log is sealed in
// parts it is the text that one block of unlimited room would hold. A log that
// cannot be encoded (a year above 9999) has the hash "".
func (l Log) Hash() string {
	text, err := l.text()
	if err != nil {
		return ""
	}
	return hashText(text)
}

// Standing says what became of a comment after its receipt. The receipt stands in
// any case.
type Standing string

// The standings of a comment. "" means that it still says what the receipt says.
const (
	StandingKept    Standing = ""
	StandingEdited  Standing = "edited"
	StandingDeleted Standing = "deleted"
)

// Standing compares a receipt with its comment as it is now: whether it is still
// there, and the fingerprint of its command lines.
func (r Receipt) Standing(present bool, words string) Standing {
	switch {
	case !present:
		return StandingDeleted
	case words != r.Words:
		return StandingEdited
	}
	return StandingKept
}

func sameReceipt(a, b Receipt) bool {
	return a.Comment == b.Comment && a.Author == b.Author && a.Login == b.Login &&
		a.Said.Equal(b.Said) && a.Words == b.Words && a.Rebuilt == b.Rebuilt
}

func bySaid(a, b Receipt) int {
	return cmp.Or(a.Said.Compare(b.Said), cmp.Compare(a.Comment, b.Comment))
}

func hashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// sortedSet returns the keys sorted, each once, in a slice of its own; nil if none.
func sortedSet(keys []string) []string {
	if len(keys) == 0 {
		return nil
	}
	keys = slices.Clone(keys)
	for i, k := range keys {
		keys[i] = utf8Only(k)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
