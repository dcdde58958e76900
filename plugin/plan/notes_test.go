package plan

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

func TestNoteText(t *testing.T) {
	const template = "### Enhancement Description\r\n\r\n- One-line enhancement description (can be used as a release note): Pods can be\r\n  resized in place.\r\n- Kubernetes Enhancement Proposal: https://kep.k8s.io/1287\r\n"
	for _, c := range []struct {
		name, body, text string
		source           NoteSource
	}{
		{"nothing", "", "The title", NoteTitle},
		{"template", template, "Pods can be resized in place.", NoteOneLine},
		{"template with nothing in it", "- One-line enhancement description (can be used as a release note):\n- Kubernetes Enhancement Proposal: x\n", "The title", NoteTitle},
		{"template, on the next line", "* One-line enhancement description (can be used as a release note): <!-- here -->\n\n", "The title", NoteTitle},
		{"bold", "**One-line enhancement description (can be used as a release note):** Faster.\n", "Faster.", NoteOneLine},
		{"plain", "One-line description: Faster.\n", "Faster.", NoteOneLine},
		{"block", "text\n```release-note\nAdded `kubectl x`.\n\nSecond line.\n```\n" + template, "Added `kubectl x`. Second line.", NoteBlock},
		{"block with tildes", "~~~release-note\nAdded.\n~~~", "Added.", NoteBlock},
		{"NONE", "```release-note\nNONE\n```\n" + template, "", NoteNone},
		{"none in quotes", "```release-note\n\"None.\"\n```", "", NoteNone},
		{"empty block", "```release-note\n\n```\n" + template, "Pods can be resized in place.", NoteOneLine},
		{"first is empty", "```release-note\n```\n```release-note\nA.\n```", "A.", NoteBlock},
		{"other block", "```yaml\nrelease-note: x\n```", "The title", NoteTitle},
		{"within another block", "````markdown\n```release-note\nA.\n```\n````\n", "The title", NoteTitle},
		{"in an HTML comment", "<!--\n```release-note\nA.\n```\n-->", "The title", NoteTitle},
		{"never closed", "```release-note\nA.", "The title", NoteTitle},
		{"HTML comment in the block", "```release-note\n<!-- say it -->A.\n```", "A.", NoteBlock},
	} {
		text, source := NoteText(work.Issue{Title: " The  title ", Body: c.body})
		if text != c.text || source != c.source {
			t.Errorf("%s: %q from %s, want %q from %s", c.name, text, source, c.text, c.source)
		}
	}
}

func FuzzNoteText(f *testing.F) {
	f.Add("```release-note\nx\n```")
	f.Add("- One-line enhancement description: " + strings.Repeat("x ", 2000))
	f.Add("<!--" + strings.Repeat("<!--", 100))
	f.Fuzz(func(t *testing.T, body string) {
		text, source := NoteText(work.Issue{Title: "t", Body: body})
		if strings.ContainsAny(text, "\r\n") || utf8.RuneCountInString(text) > noteLimit+1 {
			t.Errorf("%q", text)
		}
		if (text == "") != (source == NoteNone) {
			t.Errorf("%q from %s", text, source)
		}
	})
}

func TestDraftFates(t *testing.T) {
	merged := func(i Item) Item {
		i.Assessment.Item.Merges = []custody.Merge{{Repo: "kubernetes/kubernetes", Number: 1}}
		return i
	}
	items := []Item{
		viewItem(6, "", work.Done),
		viewItem(5, "node", work.Noted),                                  // nobody's plan, nothing merged
		merged(viewItem(4, "node", work.Noted)),                          // merged without being planned
		viewItem(3, "node", work.Ready, "w1-2 100"),                      // in the plan, approved
		viewItem(2, "cli", work.Committed, "w1-2 100"),                   // in the plan, not approved
		viewItem(1, "cli", work.Dropped, "w1-2 100"),                     // approved, dropped since
		merged(viewItem(7, "cli", work.Done, "w1-2 100")),                // approved and done
		merged(viewItem(8, "cli", work.OptedIn)), viewItem(9, "cli", ""), // merged in part, not approved
	}
	approved := map[work.Key]bool{viewKey(3): true, viewKey(1): true, viewKey(7): true}
	show := func(d Draft) []string {
		var out []string
		for _, s := range d.Sections {
			for _, n := range s.Notes {
				out = append(out, s.SIG+" "+n.Title+": "+string(n.Fate))
			}
		}
		return out
	}
	for _, c := range []struct {
		name  string
		facts DraftFacts
		want  []string
	}{
		{"not approved yet", DraftFacts{}, []string{"cli Title 1: not delivered", "cli Title 2: planned", "cli Title 7: delivered", "cli Title 8: planned",
			"node Title 3: planned", "node Title 4: unplanned", " Title 6: delivered"}},
		{"approved", DraftFacts{Approved: approved}, []string{"cli Title 1: not delivered", "cli Title 7: delivered", "cli Title 8: unplanned",
			"node Title 3: planned", "node Title 4: unplanned", " Title 6: unplanned"}},
		{"over", DraftFacts{Approved: approved, Over: true}, []string{"cli Title 1: not delivered", "cli Title 7: delivered", "cli Title 8: unplanned",
			"node Title 3: not delivered", "node Title 4: unplanned", " Title 6: unplanned"}},
	} {
		c.facts.Items = items
		if d := cmp.Diff(c.want, show(DraftOf(c.facts))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}
