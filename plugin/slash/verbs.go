package slash

import "strings"

// Verbs describes what a Scanner looks for. All are in lower case, without the
// slash.
type Verbs struct {
	// Names are our verbs.
	Names []string
	// WithNamedLines gives a verb's names of lines that may stand directly
	// below it: "exception" -> {"why", "risk-late", "risk-cut", "prs"}.
	WithNamedLines map[string][]string
	// NeedNumber are verbs of ours that another plugin owns too: they are ours
	// only when white space and a number follow. GitVote owns bare "/vote".
	NeedNumber []string
	// Foreign are verbs of other plugins in the same place: never a Near hint.
	Foreign []string
}

// ProwVerbs are the verbs of Prow's in-tree and common external plugins; none
// is ever taken for a slip of ours, nor is any that begins with "remove-".
var ProwVerbs = []string{
	"approve", "area", "assign", "auto-cc", "bark", "buildify", "bugzilla", "cc", "check-cla", "check-dco",
	"check-required-labels", "cherry-pick", "cherrypick", "close", "committee", "good-first-issue", "help", "hold",
	"honk", "jira", "joke", "kind", "label", "language", "lgtm", "lifecycle", "link-issue", "lint", "meow",
	"milestone", "ok-to-test", "override", "payload", "pin-issue", "pipeline", "pony", "priority", "project",
	"refresh", "release-note", "reopen", "retest", "retitle", "shrug", "sig", "skip", "stage", "status", "test",
	"testwith", "this-is", "transfer", "triage", "unassign", "uncc", "unhold", "unlink-issue", "unpin-issue",
	"unshrug", "verified", "verify-owners", "wg", "woof",
}

// greedyVerbs are Prow's verbs whose patterns end in `\s*(.*?)\s*$` or
// `\s+(.+?)\s*$`: standing alone on a line they take the next line that is not
// blank as their argument (pkg/plugins/label, milestone, milestonestatus; the
// first two are the ones people leave bare).
var greedyVerbs = []string{
	"sig", "milestone", "area", "committee", "kind", "language", "priority", "triage", "wg", "label", "status",
	"remove-area", "remove-committee", "remove-kind", "remove-label", "remove-language", "remove-priority",
	"remove-sig", "remove-triage", "remove-wg",
}

// minNear is the length of the shortest verb that is looked for with a slip:
// shorter ones are one edit away from too many words.
const minNear = 4

// near gives the verb of ours that word is one edit away from. Words that
// other plugins own are nobody's slip.
func (s *Scanner) near(word string) (string, bool) {
	if word == "" || word[0] == '/' || s.foreign[word] || strings.HasPrefix(word, "remove-") {
		return "", false
	}
	for _, n := range s.needNumber {
		if strings.HasPrefix(word, n) { // GitVote's /vote4 and /vote-x
			return "", false
		}
	}
	for _, v := range s.near4 {
		if oneEdit(word, v) {
			return v, true
		}
	}
	return "", false
}

// oneEdit tells whether the Damerau-Levenshtein distance of two different
// words is one: a character put in, left out or changed, or two neighbours
// swapped. b is ASCII. It allocates nothing.
func oneEdit(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case a == "" && b == "":
		return false // the same word
	case len(b) == 2 && len(a) == 2:
		return a[0] == b[1] && a[1] == b[0]
	case len(b) > 1:
		return false
	}
	n := 0
	for range a { // one changed or added character may be several bytes
		n++
	}
	return n <= 1
}
