package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

func noteTexts() map[string]string {
	w := underway()
	body := func(n int, text string) { w.stories[kepKey(n)].issue.Body = text }
	body(4381, "- One-line enhancement description (can be used as a release note): Drivers describe what they offer with structured parameters.\n- Kubernetes Enhancement Proposal: x\n")
	body(1287, "```release-note\nThe resources of a running Pod can be changed with `kubectl patch --subresource resize`; see kubernetes/kubernetes#102884.\n```\n")
	body(2433, "```release-note\nNONE\n```")
	body(1790, "```release-note\n1. Failed resizes of volumes *can* be retried. [Docs](https://example.invalid) @everyone\n```")
	approved := map[work.Key]bool{}
	for k := range plan.Approved(plan.Fold(w.log), w.posted).Items {
		approved[k] = true
	}
	planned := plan.DraftOf(plan.DraftFacts{Cycle: "v1.38", Items: threeSIGs().items()})
	during := plan.DraftOf(plan.DraftFacts{Cycle: "v1.38", Items: w.items(), Approved: approved})
	loose := []custody.Merge{
		{Repo: "kubernetes/kubernetes", Number: 131001, Title: "Fix *a* flake", Verdict: custody.VerdictExempt},
		{Repo: "kubernetes/kubernetes", Number: 131003, Title: "Whatever `kubectl` says", Verdict: custody.VerdictUnplanned},
		{Repo: "kubernetes/kubernetes", Number: 131002, Title: "Pods @everywhere", KEP: kepKey(4816).String(), Verdict: custody.VerdictUnplanned},
	}
	over := plan.DraftOf(plan.DraftFacts{Cycle: "v1.38", Items: w.items(), Approved: approved, Over: true, Merges: loose})
	return map[string]string{
		"notes-planned": site.Notes(planned),
		"notes-during":  site.Notes(during),
		"notes-over":    site.Notes(over),
		"notes-empty":   site.Notes(plan.DraftOf(plan.DraftFacts{Cycle: "v1.38"})),
		"notes-loose":   site.Notes(plan.DraftOf(plan.DraftFacts{Cycle: "v1.38", Merges: loose})),
		"notes-ready":   site.NotesReady(planIssue, during, "https://steelthread.example/v1.38/notes", 5001),
		"notes-no-web":  site.NotesReady(planIssue, over, "", 5001),
		"notes-nothing": site.NotesReady(planIssue, plan.DraftOf(plan.DraftFacts{Cycle: "v1.38"}), "", 5001),
	}
}

func TestNotesGolden(t *testing.T) {
	for name, text := range noteTexts() {
		t.Run(name, func(t *testing.T) { golden(t, "plan/"+name, text) })
		if m := mentioned(text); len(m) > 0 {
			t.Errorf("%s calls %v", name, m)
		}
	}
}

// FuzzNote holds that a note is one list item with two links and no others.
func FuzzNote(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	for _, s := range []string{"- x", "1. x", "1) x", "# x", "> x", "`a` `b", "+ x", "=== x", "--- x", "| a | b |", "\\`x`", "`a`(b)", "x](y)"} {
		f.Add(s)
	}
	note := func(s string) string {
		return site.note(plan.DraftNote{Key: kepKey(1), KEP: kep.Ref{Repo: keps, Number: 1}, Text: s, Source: plan.NoteBlock})
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := note(s)
		shape := codeSpans.ReplaceAllString(skeleton(got), "")
		if want := skeleton(note("b")); shape != want {
			t.Errorf("%q gives %q, which reads as\n%s", s, got, shape)
		}
		if m := mentioned(got); len(m) > 0 {
			t.Errorf("%q calls %v", s, m)
		}
		for _, bad := range []*regexp.Regexp{closes, emoji} {
			if m := bad.FindString(withoutCode(got)); m != "" {
				t.Errorf("%q leaves %q outside of code", s, m)
			}
		}
	})
}

// codeSpans are kept in notes, and change nothing else.
var codeSpans = regexp.MustCompile(`(?m)^ *CodeSpan\n`)

// noteLine is the line of one note, as docs/release-team.md gives it to programs.
var noteLine = regexp.MustCompile(`^- (.+) \((\[KEP-\d+\]\([^)]+\)(?:, (?:alpha|beta|stable))?, )?\[([^\]]+)\]\(([^)]+)\)(?:; merged: (.+))?\)(?: \*.+\*| sig-\S+)?$`)

// looseLine is that of a pull request of no item.
var looseLine = regexp.MustCompile(`^- (.+) \((\[KEP-\d+\]\([^)]+\); )?merged: \[([^\]]+)\]\(([^)]+)\)\)$`)

// TestNotesShape: each line of a draft is a heading, a paragraph, or a note in the shape
// that is documented, and the pull requests that were merged for it can be read from it.
func TestNotesShape(t *testing.T) {
	for name, text := range noteTexts() {
		if !strings.HasPrefix(text, "# ") { // a reply
			continue
		}
		section := ""
		for n, line := range strings.Split(text, "\n") {
			if title, ok := strings.CutPrefix(line, "## "); ok {
				section = title
			}
			if !strings.HasPrefix(line, "- ") {
				continue
			}
			shape := noteLine
			if section == "Merged as part of no item" {
				shape = looseLine
			}
			if !shape.MatchString(line) {
				t.Errorf("%s:%d: not of the shape: %s", name, n+1, line)
			}
		}
		if m := noteLine.FindStringSubmatch("- x ([KEP-1](a), beta, [o/r#1](b); merged: [o/r#2](c), [o/r#3](d))"); m == nil || m[5] != "[o/r#2](c), [o/r#3](d)" {
			t.Errorf("%q", m)
		}
	}
}

// TestNotesReadyFits: a draft that is too long for a comment is not posted, and not cut:
// the reply says where it is.
func TestNotesReadyFits(t *testing.T) {
	d := plan.Draft{Cycle: "v1.38", Approved: true}
	for n := range 300 {
		d.Sections = append(d.Sections, plan.DraftSection{SIG: fmt.Sprint("sig", n), Notes: []plan.DraftNote{{Key: kepKey(n + 1), Text: strings.Repeat("word ", 100), Source: plan.NoteBlock}}})
	}
	for address, want := range map[string]string{"": "steelthread notes --cycle v1.38", "https://steelthread.example/plan/v1.38/notes": "(https://steelthread.example/plan/v1.38/notes)"} {
		text := site.NotesReady(planIssue, d, address, 1)
		if size(text) > VisibleLimit || !strings.Contains(text, want) || strings.Contains(text, "word word") || !strings.Contains(text, "300 items") {
			t.Errorf("%d characters:\n%.600s", size(text), text)
		}
	}
}
