package plugin

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// referenceIntro says how to write a command, for people who plan.
const referenceIntro = `# All commands

Generated from the commands themselves (` + "`go test ./plugin -run TestReference -update`" + `); the lines to copy are tried by a test.
Your first item, step by step: [facilitators.md](facilitators.md).

## How to write one

- One command to a line, in a comment on the issue. The slash is the first character of the line, after at most three
  blanks; upper and lower case are the same in the verb. What belongs to a command ends with its line.
  One command goes on: directly below ` + "`/exception request`" + ` stand the lines that begin with ` + "`why:`, `risk-late:`, `risk-cut:`" + `
  and ` + "`prs:`" + `.
- You may put several in one comment, up to 20, with other text around them. Each line is taken or refused for itself.
  A text has at most 300 characters.
- A line in a code block, an HTML comment, a quote, a list or a table is not a command. The description of an issue
  holds only ` + "`/kep`" + ` and links, that of a pull request ` + "`/part-of`" + ` too; say all else in a comment. The body of a
  review is read like a comment.
- A comment that is taken gets a 👍, and the record on the issue shows what it means. What is refused is answered once,
  with the reason and a line to paste.
- On a pull request there is no record: what counts is what stands there. To take a word back, delete or cancel it; a
  comment that was edited does not count.
- Say it right the first time or say it again: a comment that you edit before it was read is not taken, and one that you
  edit or delete afterwards has been said. To change your mind, post the command again; to take it back, post its
  ` + "`cancel`" + ` form.
- What stands in square brackets below is a placeholder: write a word of yours in its place, without the brackets.

| placeholder | what to write | left out |
|---|---|---|
| ` + "`[release]`" + ` | ` + "`v1.38` or `1.38`" + ` | the release that is open; if two are, the one of the issue's milestone or of its commitments, else you are asked |
| ` + "`[weeks]`" + ` | ` + "`w3-4`, `weeks 3-4`, `inc2`" + `, several by comma; ` + "`by`" + ` may stand before it. The windows are those of the calendar | see the command |
| ` + "`[n]%`" + ` | a confidence, ` + "`60%`" + `, at most the cap of the increment | the cap |
| ` + "`[items]`" + ` | numbers in the issue's checklist, ` + "`1,2`" + `, or an item's text in quotes: ` + "`/commit w1-2 80% 1,2`" + `. Items are kept by their text | the whole issue |
| ` + "`[ref]`" + ` | ` + "`#12`, `repo#12`, `org/repo#12`" + `, a link to an issue or pull request, ` + "`KEP-1234`" + `; after ` + "`/kep`" + ` also ` + "`1234`" + ` | never, but after ` + "`/done`" + ` |
| ` + "`[sig]`" + ` | ` + "`sig-node` or `sig/node`" + `; only where you speak for several and nothing on the issue says for which | the SIG of the KEP, of the first commitment, of the one ` + "`sig/`" + ` label |
| ` + "`[url]`" + ` | a full address, ` + "`https://example.com/demo`" + `, up to 300 characters, without a user name in it | never |
| ` + "`[refs]`" + ` | several references, by comma: ` + "`#12, #15`" + ` | never |
| ` + "`[time]`" + ` | a day, ` + "`2027-01-22`" + `, which ends anywhere on earth, or a time in UTC, ` + "`2027-01-22 18:00`" + ` | never |
| ` + "`[0-5]`" + ` | a number of fingers: 5 all for it, 3 can live with it, 2 or less objects | never |
| ` + "`[0-10]`" + ` | how likely you are to recommend it: 0 not at all, 10 certainly | never |
| ` + "`[hash]`" + ` | the eight letters and digits that the preview shows | never |
| ` + "`[freeze]`" + ` | the name that the freeze has in the calendar: ` + "`code`" + ` | the one just passed, while an exception to it may be asked for; else the next one |
| ` + "`[days]d`" + ` | how many days more, ` + "`5d`" + `, at most 60 | never |
| ` + "`[user]`" + ` | a login, with or without ` + "`@`" + ` | never |
| ` + "`[Q1\\|B1\\|R1]`" + ` | the number that the question, block or risk has in the record: ` + "`Q1`" + ` | never |
| ` + "`[text]`, `[reason]`" + ` | the rest of the line | where the command says so |

Who may say what is looked up as of the time you said it. The owning SIG is that of the KEP's kep.yaml; without a KEP, the
SIG for which the first ` + "`/commit`" + ` was taken. Where a SIG has named no planning facilitator, its leads stand in.
`

// reference renders every command by place and verb.
func reference(commands []Command) string {
	var b strings.Builder
	b.WriteString(referenceIntro)
	place, times := "", map[string]int{}
	anchor := func(verb string) string { // as GitHub counts headings of one name
		if n := times[verb]; n > 0 {
			return verb + "-" + strconv.Itoa(n)
		}
		return verb
	}
	for _, c := range commands {
		if c.Place != place {
			place = c.Place
			b.WriteString("\n## On " + place + "\n\n| command | what it does |\n|---|---|\n")
			for _, d := range commands {
				if d.Place == place {
					b.WriteString("| [`/" + d.Verb + "`](#" + anchor(d.Verb) + ") | " + d.Summary + " |\n")
				}
			}
		}
		times[c.Verb]++
		b.WriteString("\n### /" + c.Verb + "\n\n" + c.Summary + "\n")
		for _, f := range c.Forms {
			b.WriteString("\n`" + f.Usage + "`\n\n" + f.Summary + "<br>\nSaid by: " + f.Who + ".\n\n```\n" + strings.Join(f.Examples, "\n") + "\n```\n")
		}
	}
	return b.String()
}

// TestReference holds docs/commands.md to the commands.
func TestReference(t *testing.T) {
	path := filepath.Join("..", "docs", "commands.md")
	got := reference(Commands())
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("docs/commands.md is not what -update writes (-want +got):\n%s", d)
	}
}

// TestReferenceNamesEveryPlaceholder that a usage has.
func TestReferenceNamesEveryPlaceholder(t *testing.T) {
	for _, c := range Commands() {
		for _, f := range c.Forms {
			for word := range strings.FieldsSeq(f.Usage) {
				word = strings.TrimSuffix(word, ",")
				if strings.HasPrefix(word, "[") && !strings.Contains(referenceIntro, "`"+strings.ReplaceAll(word, "|", `\|`)) {
					t.Errorf("%s: nobody explains %s", f.Usage, word)
				}
			}
		}
	}
}

// TestCommandsListEveryForm of every verb of packages work, plan and thread, each with who and
// examples.
func TestCommandsListEveryForm(t *testing.T) {
	var verbs []string
	forms := 0
	for _, c := range Commands() {
		verbs = append(verbs, c.Verb)
		forms += len(c.Forms)
		for _, f := range c.Forms {
			if f.Who == "" || f.Summary == "" || len(f.Examples) == 0 || !strings.HasPrefix(f.Usage, "/"+c.Verb+" ") {
				t.Errorf("%+v", f)
			}
		}
	}
	want := 0
	for _, c := range work.Commands {
		want += len(c.Forms)
	}
	for _, c := range plan.Commands {
		want += len(c.Forms)
	}
	for _, c := range thread.Commands {
		want += len(c.Forms)
	}
	if d := cmp.Diff(slices.Concat(work.Commands.Verbs(), plan.Commands.Verbs(), thread.Commands.Verbs()), verbs); d != "" || forms != want {
		t.Errorf("%d forms of %d\n%s", forms, want, d)
	}
}
