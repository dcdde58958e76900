package thread

import (
	"regexp"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// Nature is what makes a pull request one of which no KEP is asked.
type Nature string

// The natures, and BySaying for an exemption that somebody gave a reason for.
const (
	BySaying   Nature = "said" // /kep none
	Bot        Nature = "bot"
	CherryPick Nature = "cherry-pick"
	Revert     Nature = "revert"
)

// Exemption is why a pull request needs no KEP.
type Exemption struct {
	Nature Nature
	Reason string    // of /kep none
	Said   work.Said // of /kep none; zero: in the description
	Seen   string    // the label, title, branch or login that shows the nature
}

// CherryPickLabels are what Prow and release managers put on cherry-picks.
var CherryPickLabels = []string{"cherry-pick-approved", "do-not-merge/cherry-pick-not-approved"}

var (
	cherryPick  = regexp.MustCompile(`(?i)\bcherry[- ]?pick`)
	branchTitle = regexp.MustCompile(`(?i)^\[(?:release|v)[-/ ]?[0-9]+\.[0-9]+[^\]]*\]`)
	revertOnce  = regexp.MustCompile(`^(?:\[[^\]]*\] *)?Revert "`)
	revertTitle = regexp.MustCompile(`Revert "`)
	revertBody  = regexp.MustCompile(`(?i)\b(?:reverts +(?:[\w.-]+/[\w.-]+)?#[0-9]+|this reverts commit [0-9a-f]{7,})`)
	revertHead  = regexp.MustCompile(`^(?:revert-[0-9]+-)+`)
)

// ByNature tells whether a pull request is of a kind of which no KEP is asked: by a bot, a cherry-pick, a revert. The
// change that it carries or takes back was asked before.
func ByNature(p Pull) (Exemption, bool) {
	if p.Bot {
		return Exemption{Nature: Bot, Seen: p.Author}, true
	}
	for _, l := range CherryPickLabels {
		if p.HasLabel(l) {
			return Exemption{Nature: CherryPick, Seen: l}, true
		}
	}
	if p.Base != p.DefaultBranch || p.Base == "" {
		switch {
		case cherryPick.MatchString(p.Title), branchTitle.MatchString(strings.TrimSpace(p.Title)):
			return Exemption{Nature: CherryPick, Seen: p.Title}, true
		case cherryPick.MatchString(p.Head):
			return Exemption{Nature: CherryPick, Seen: p.Head}, true
		}
	}
	if !revertBody.MatchString(p.Body) { // GitHub's button and git revert both say what is taken back
		return Exemption{}, false
	}
	if title := strings.TrimSpace(p.Title); revertOnce.MatchString(title) {
		// The revert of a revert brings the change in again.
		return Exemption{Nature: Revert, Seen: p.Title}, len(revertTitle.FindAllString(title, -1))%2 == 1
	}
	if m := revertHead.FindString(p.Head); m != "" {
		return Exemption{Nature: Revert, Seen: p.Head}, strings.Count(m, "revert-")%2 == 1
	}
	return Exemption{}, false
}
