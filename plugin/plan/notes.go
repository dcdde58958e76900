package plan

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Draft is the draft of a cycle's release notes, written from the plan: what is
// meant to ship, held against what did.
type Draft struct {
	Cycle    string
	Approved bool            // the plan is approved; else everything in it is drafted
	Over     bool            // the cycle is over: what is not delivered by now is not
	Sections []DraftSection  // by SIG; where the SIG is not known, last
	Loose    []custody.Merge // merged for a KEP or for none, as part of no item; exempt ones have nothing to do with the plan
}

// DraftSection is one SIG.
type DraftSection struct {
	SIG   string // without "sig-", "" not known
	Notes []DraftNote
}

// DraftNote is the note of one item.
type DraftNote struct {
	Key    work.Key
	KEP    kep.Ref // zero: none
	Stage  string  // of the KEP: alpha, beta, stable; "" not known
	Title  string  // of the issue
	Text   string  // the note in its author's words, one paragraph; "" with NoteNone
	Source NoteSource
	Fate   Fate
	Merges []custody.Merge // merged as part of the item
}

// NoteSource says where the text of a note comes from.
type NoteSource string

// The sources, in the order of belief.
const (
	NoteBlock   NoteSource = "release-note" // a release-note block in the description
	NoteNone    NoteSource = "none"         // such a block says NONE: no note is wanted
	NoteOneLine NoteSource = "one-line"     // the one-line description of the issue template
	NoteTitle   NoteSource = "title"        // the title: somebody has to write the note
)

// Fate is what became of an item.
type Fate string

// The fates.
const (
	FatePlanned   Fate = "planned"       // in the plan, not delivered yet
	FateDelivered Fate = "delivered"     // in the plan and delivered
	FateMissed    Fate = "not delivered" // in the plan, and dropped or not done when the cycle was over
	FateUnplanned Fate = "unplanned"     // delivered, or merged in part, and not in the approved plan
)

// DraftFacts is what a draft is written from.
type DraftFacts struct {
	Cycle    string
	Items    []Item            // all that have a record in the cycle
	Approved map[work.Key]bool // nil: the plan is not approved yet, what is in it counts
	Over     bool              // the cycle is over
	Merges   []custody.Merge   // that are in the plan's own record: of no item
}

// DraftOf writes the draft. Items that are neither planned nor delivered are
// left out, and so are issues of private repositories: release notes are public.
func DraftOf(f DraftFacts) Draft {
	d := Draft{Cycle: f.Cycle, Approved: f.Approved != nil, Over: f.Over}
	for _, item := range slices.SortedFunc(slices.Values(f.Items), func(a, b Item) int { return CompareKeys(a.Key, b.Key) }) {
		fate, ok := fateOf(item, f)
		if !ok || item.Assessment.Issue.Private {
			continue
		}
		n := DraftNote{Key: item.Key, KEP: item.Assessment.KEPRef, Title: item.Assessment.Issue.Title, Fate: fate, Merges: foldOf(item).Merges}
		if k := item.Assessment.KEP; k != nil {
			n.Stage = k.Stage
		}
		n.Text, n.Source = NoteText(item.Assessment.Issue)
		d.add(item.Assessment.SIG, n)
	}
	slices.SortFunc(d.Sections, func(a, b DraftSection) int { return compareSIGs(a.SIG, b.SIG) })
	for _, m := range f.Merges {
		if m.Verdict != custody.VerdictExempt {
			d.Loose = append(d.Loose, m)
		}
	}
	slices.SortFunc(d.Loose, func(a, b custody.Merge) int {
		return cmp.Or(strings.Compare(a.KEP, b.KEP), strings.Compare(a.Repo, b.Repo), a.Number-b.Number)
	})
	return d
}

func (d *Draft) add(sig string, n DraftNote) {
	at := slices.IndexFunc(d.Sections, func(s DraftSection) bool { return s.SIG == sig })
	if at < 0 {
		at = len(d.Sections)
		d.Sections = append(d.Sections, DraftSection{SIG: sig})
	}
	d.Sections[at].Notes = append(d.Sections[at].Notes, n)
}

func fateOf(item Item, f DraftFacts) (Fate, bool) {
	place, inPlan := placeOf(item)
	planned := inPlan
	if f.Approved != nil {
		planned = f.Approved[item.Key]
	}
	a := item.Assessment
	refused := a.Issue.Closed && a.Issue.StateReason == "not_planned"
	delivered := place == Delivered || !inPlan && !refused && (a.Delivered || a.Issue.Closed && a.Issue.StateReason == "completed")
	switch {
	case planned && delivered:
		return FateDelivered, true
	case planned && (f.Over || place == GivenUp):
		return FateMissed, true
	case planned:
		return FatePlanned, true
	case delivered || len(foldOf(item).Merges) > 0:
		return FateUnplanned, true
	}
	return "", false
}

// noteLimit is how many characters of a note are kept.
const noteLimit = 1000

var (
	fenceLine = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$")
	oneLine   = regexp.MustCompile(`(?i)^[ \t]*[-*+]?[ \t]*\**one-line (?:enhancement|PR|issue)?[ \t]*description\**[ \t]*(?:\([^)]*\))?\**[ \t]*:\**[ \t]*(.*)$`)
	comments  = regexp.MustCompile(`(?s)<!--.*?(?:-->|$)`)
	listItem  = regexp.MustCompile(`^[ \t]*(?:[-*+]|#{1,6})[ \t]`)
)

// NoteText finds the release note in an issue's description: the first
// ```release-note block, as in the pull-request template of kubernetes/kubernetes
// (NONE means that no note is wanted); else the one-line description of the
// template of kubernetes/enhancements; else the issue's title. It is one
// paragraph, at most 1000 characters, without HTML comments.
func NoteText(issue work.Issue) (string, NoteSource) {
	body := strings.ReplaceAll(strings.ReplaceAll(issue.Body, "\r\n", "\n"), "\r", "\n")
	body = comments.ReplaceAllString(body, "")
	if text, ok := noteBlock(body); ok {
		if strings.EqualFold(strings.Trim(text, "\"'`. "), "none") {
			return "", NoteNone
		}
		return text, NoteBlock
	}
	lines := strings.Split(body, "\n")
	for n, line := range lines {
		m := oneLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		text := m[1]
		for _, next := range lines[n+1:] { // the paragraph goes on
			if strings.TrimSpace(next) == "" || listItem.MatchString(next) || fenceLine.MatchString(next) || len(text) > 8*noteLimit {
				break
			}
			text += " " + next
		}
		if text = paragraph(text); text != "" {
			return text, NoteOneLine
		}
	}
	return paragraph(issue.Title), NoteTitle
}

// noteBlock is the text of the first release-note block that holds any.
func noteBlock(body string) (string, bool) {
	fence, info, text := "", "", []string{}
	for line := range strings.SplitSeq(body, "\n") {
		m := fenceLine.FindStringSubmatch(line)
		switch {
		case fence == "" && m != nil:
			fence, text = m[1], nil
			info, _, _ = strings.Cut(strings.TrimSpace(m[2]), " ")
		case fence != "" && m != nil && strings.TrimSpace(m[2]) == "" && m[1][0] == fence[0] && len(m[1]) >= len(fence):
			fence = ""
			if note := paragraph(strings.Join(text, "\n")); strings.EqualFold(info, "release-note") && note != "" {
				return note, true
			}
		case fence != "":
			text = append(text, line)
		}
	}
	return "", false
}

// paragraph makes a text one line of at most noteLimit characters.
func paragraph(s string) string {
	s = slash.Clean(strings.Join(strings.Fields(s), " "))
	if utf8.RuneCountInString(s) > noteLimit {
		s = strings.TrimSpace(string([]rune(s)[:noteLimit])) + "…"
	}
	return s
}
