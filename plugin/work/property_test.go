package work

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// cast is everybody who may hold a role in some world of these tests.
var cast = []string{"node-fac", "node-lead", "sched-fac", "sched-lead", "two-hats", "net-lead", "store-lead", "arch-lead", "rel-lead", "pm", "dev", "stranger"}

// worlds in which every form can be said by somebody, with what makes them so.
var worlds = []struct {
	name string
	make []func(*Context)
}{
	{"planned", []func(*Context){noted}},
	{"two cycles", []func(*Context){noted, both}},
	{"nothing known", []func(*Context){elsewhere, noted}},
	{"half over", []func(*Context){noted, said("27 10:00")}},
	{"no checklist", []func(*Context){noted, func(c *Context) { c.Issue.Body = "" }}},
	{"nothing said", nil},
	{"pull request", []func(*Context){pull}},
	{"no cycle", []func(*Context){calendar()}},
	{"no increments", []func(*Context){noted, func(c *Context) { c.Calendar[0].Increments = nil }}},
	{"all over", []func(*Context){noted, func(c *Context) { c.Said = v138().Last().End.EndAoE() }}},
	{"no teams", []func(*Context){noted, speechless}},
}

// pasted judges a line as everybody until somebody's is taken, and gives the
// codes of those who were refused.
func pasted(make []func(*Context), line slash.Line) (by string, codes []string) {
	for _, login := range cast {
		_, p := Judge(world(login, make...), line)
		if p == nil {
			return login, nil
		}
		if !slices.Contains(codes, p.Code) {
			codes = append(codes, p.Code)
		}
	}
	return "", codes
}

// noFix lists the reasons that may leave nothing to paste.
var noFix = map[string]string{
	NoCycle:     "nothing can be said while no cycle is open",
	NotAKEP:     "which KEP was meant cannot be guessed",
	NoIncrement: "the calendar has no increments",
	Finished:    "the last increment is over",
	NoSuchNote:  "nothing is open that could be meant",
	NoteEnded:   "nothing else is open",
	NotARisk:    "no risk is open",
	Settled:     "what is decided is final",
	FreezeOver:  "every freeze is over, and the time after it",
	NoFreeze:    "every freeze is over, and the time after it",
	NoRequest:   "nothing can be asked for any more",
	TooMuch:     "which part to say first is for people to choose",
}

// checkFix holds what is promised of a refusal: the line to paste is taken
// from somebody, or there is none for a reason.
func checkFix(make []func(*Context), p *slash.Problem) error {
	if p.Fix == "" {
		if _, ok := noFix[p.Code]; ok {
			return nil
		}
		// What keeps even the example of the form from being taken.
		for _, usage := range p.Usage {
			if line, ok := slash.LineOf(usage); ok && nothingToPaste(make, line.Verb) {
				return nil
			}
		}
		return fmt.Errorf("%s: %s leaves nothing to paste", p.Saw, p.Code)
	}
	line, ok := slash.LineOf(p.Fix)
	if !ok {
		return fmt.Errorf("%s: the line to paste is none: %q", p.Saw, p.Fix)
	}
	by, codes := pasted(make, line)
	if by != "" || slices.Equal(codes, []string{WrongPlace}) || slices.Contains(codes, NotChecked) {
		return nil
	}
	return fmt.Errorf("%s: the line to paste, %s, is refused to everybody: %s", p.Saw, p.Fix, strings.Join(codes, ", "))
}

// nothingToPaste tells whether an example of the verb is refused to everybody
// in a world for one of the reasons of noFix.
func nothingToPaste(make []func(*Context), verb string) bool {
	c, _ := Commands.Find(verb)
	for _, f := range c.Forms {
		for _, example := range f.Examples {
			line, _ := slash.LineOf(example)
			by, codes := pasted(make, line)
			if by == "" && slices.ContainsFunc(codes, func(code string) bool { return noFix[code] != "" }) {
				return true
			}
		}
	}
	return false
}

// TestExamplesAreAccepted: every example of every form, by somebody.
func TestExamplesAreAccepted(t *testing.T) {
	for _, c := range Commands {
		for _, f := range c.Forms {
			if len(f.Examples) == 0 {
				t.Errorf("%s has no example", f.Usage())
			}
			for _, example := range f.Examples {
				line, ok := slash.LineOf(example)
				if !ok {
					t.Fatalf("%q is no line", example)
				}
				if by, codes := pasted(worlds[0].make, line); by == "" {
					t.Errorf("%s is refused to everybody: %v", example, codes)
				}
				if n, _, p := slash.Parse(grammar(c.Forms), line); p != nil || grammar(c.Forms)[n].Usage() != f.Usage() {
					t.Errorf("%s is not of the form %s", example, f.Usage())
				}
			}
		}
	}
}

// oddWords are put into lines to spoil them.
var oddWords = []string{
	"cancel", "w2-5", "w9", "inc9", "weeks", "by", "90%", "101%", "%", "80", "-1", "0", "v1.30", "v2", "#0", "#12", "kubernetes#7", "KEP-12", "KEP-0009",
	"4381", "sig-node", "sig-", "Q1", "R9", "B1", "X1", "@", "@who", "ready", "done", "decline", "owned", "on-track", "fine", `"API types"`, `"`, ",", "1,", "1,2", "99",
	"enhancements", "30d", "61d", "ünïcode", strings.Repeat("long ", 70), "<b>", "\u200b", "３",
}

// spoilt gives lines near to one that is right.
func spoilt(r *rand.Rand, line string) string {
	words := strings.Fields(line)
	for range 1 + r.IntN(3) {
		at := 1 + r.IntN(len(words)) // never the verb
		word := oddWords[r.IntN(len(oddWords))]
		switch op := r.IntN(6); {
		case op == 0 || at == len(words):
			words = slices.Insert(words, at, word)
		case op == 1:
			words = slices.Delete(words, at, at+1)
		case op == 2:
			words[at] = word
		case op == 3:
			other := 1 + r.IntN(len(words)-1)
			words[at], words[other] = words[other], words[at]
		case op == 4:
			words[at] = words[at][:len(words[at])-1] + "x"
		default:
			words = slices.Insert(words, at, words[at])
		}
	}
	return strings.Join(words, " ")
}

// TestEveryFixIsAccepted spoils every example in many ways, in every world.
func TestEveryFixIsAccepted(t *testing.T) {
	refused := map[string]int{}
	for n, w := range worlds {
		r := rand.New(rand.NewPCG(38, uint64(n)))
		for _, example := range append(Commands.Examples(), "/resolve Q1 accepted fine", "/commit 3 w5-6 70%", "/exception request enhancements 5d", "/exception approve 6d") {
			for k := range 30 + len(cast) {
				text, login := example, cast[k%len(cast)] // first as it is, by everybody
				if k >= len(cast) {
					text, login = spoilt(r, example), cast[r.IntN(len(cast))]
				}
				line, ok := slash.LineOf(text)
				if !ok {
					t.Fatalf("%q", text)
				}
				v, p := Judge(world(login, w.make...), line)
				if p == nil {
					if err := roundTrip(v); err != nil {
						t.Errorf("%s: %s: %v", w.name, text, err)
					}
					continue
				}
				refused[p.Code]++
				if err := checkFix(w.make, p); err != nil {
					t.Errorf("%s: %v", w.name, err)
				}
			}
		}
	}
	for _, code := range []string{NoCycle, WhichCycle, NotOpen, NoIncrement, Finished, AboveCap, NoSuchItem, WhichSIG, NoSuchNote, NotARisk, NotYours,
		WrongRole, NotChecked, WrongPlace, NoRequest, NoFreeze, FreezeOver, AboveAsked, "missing", "extra", "range", "shape", "choice", "too-long", "unknown-form"} {
		if refused[code] == 0 {
			t.Errorf("no line was refused as %s: the test does not reach it", code)
		}
	}
}

// roundTrip reads the canonical lines of a verdict back.
func roundTrip(v Verdict) error {
	for _, command := range v.Commands {
		form, values, ok := parseCanonical(command)
		if !ok {
			return fmt.Errorf("%q does not read back", command)
		}
		if again := form.Print(values); again != command {
			return fmt.Errorf("%q reads back as %q", command, again)
		}
		if values["release"] != v.Cycle {
			return fmt.Errorf("%q names no cycle, or another than %s", command, v.Cycle)
		}
	}
	return nil
}

// TestCanonicalLinesReadBack: the values that a line settled to are those that
// are read from the receipt.
func TestCanonicalLinesReadBack(t *testing.T) {
	odd := func(c *Context) {
		c.Issue.Body = "- [ ] say \"API\", \\ and `w1-2 60%`\n- [ ] v1.38 \u00a0 80%\n- [ ] a\u200bb\n- [ ] " + strings.Repeat("word ", 60) + "\n- [ ] \u200b\n"
	}
	lines := append(Commands.Examples(), "/commit w1-2 1,2,3,4", "/commit w1-2 2 3", "/depends-on #12 by w3 w5, 80%", "/provide #12 w1 #13 later",
		"/question v1.39 what of w3-4?", "/block 1,2 <!-- ```", `/risk "quoted" 'text' \`, "/progress slipped v1.38 v1.39 it is", "/resolve R1 owned @a v1.38 accepted",
		"/exception 5d v1.38 <!-- ``` \nwhy: <!-- x\nrisk-late: /hold\nprs: #1", "/exception request docs 60 days w1-2\nrisk-cut: code 3d")
	for _, text := range lines {
		line, _ := slash.LineOf(text)
		for _, login := range cast {
			ctx := world(login, noted, odd, calendar(v138(), planned("v1.39", 1)), milestone("v1.38"))
			v, p := Judge(ctx, line)
			if p != nil {
				continue
			}
			settled := settledValues(t, ctx, line)
			if len(settled) != len(v.Commands) {
				t.Fatalf("%s: %d lines of %d settled", text, len(v.Commands), len(settled))
			}
			for n, command := range v.Commands {
				_, values, ok := parseCanonical(command)
				if !ok {
					t.Fatalf("%s: %q does not read back", text, command)
				}
				if d := cmp.Diff(settled[n], values); d != "" {
					t.Errorf("%s as %q (-settled +read):\n%s", text, command, d)
				}
			}
			log := custody.Log{Identity: custody.Identity{Cycle: v.Cycle}}
			log.Add(custody.Receipt{Comment: 1, Lines: []custody.Line{{N: 1, Command: strings.Join(v.Commands, "\n"), ID: v.ID}}})
			if item := Fold(here, log); item.Accepted != len(v.Commands) {
				t.Errorf("%s: %d of %d lines folded", text, item.Accepted, len(v.Commands))
			}
		}
	}
}

// settledValues goes the way of judge up to the values.
func settledValues(t *testing.T, ctx *Context, line slash.Line) []slash.Values {
	t.Helper()
	_, values, p := slash.Parse(ctx.forms, line)
	if p == nil {
		p = ctx.chooseCycle(values)
	}
	if p != nil {
		t.Fatal(p)
	}
	if ctx.form.Settle == nil {
		return []slash.Values{values}
	}
	settled, p := ctx.form.Settle(ctx, values)
	if p != nil {
		t.Fatal(p)
	}
	return settled
}

// TestCommittedItemsAreInTheChecklist: what is read back from a receipt is
// found again in the list that it was taken from, however odd the list.
func TestCommittedItemsAreInTheChecklist(t *testing.T) {
	for _, text := range []string{"plain", "a\u200bb", "tab\there", "end \u00a0 ", "\ufeffbom", strings.Repeat("word ", 60), strings.Repeat("x", 199) + " y z", `"quoted" \ text`, "`code` **bold**", "\x01control"} {
		ctx := world("node-fac", func(c *Context) { c.Issue.Body = "- [ ] first\n- [ ] " + text + "\n" })
		v, p := judged(t, ctx, "/commit w1-2 2")
		if p != nil {
			t.Errorf("%q: %s", text, p.Code)
			continue
		}
		item := &Item{Key: here, Cycle: "v1.38"}
		item.apply(Said{Comment: 1, Command: v.Commands[0]})
		if len(item.Commitments) != 1 || item.Commitments[0].Item != ctx.Checklist()[1] {
			t.Errorf("%q is kept as %+v, listed as %q", text, item.Commitments, ctx.Checklist())
		}
	}
}

func TestVerbs(t *testing.T) {
	for _, verb := range Commands.Verbs() {
		for _, foreign := range slash.ProwVerbs {
			if strings.HasPrefix(verb, foreign) {
				t.Errorf("/%s begins with Prow's /%s", verb, foreign)
			}
		}
		if strings.HasPrefix(verb, "remove-") {
			t.Errorf("/%s begins like Prow's removals", verb)
		}
	}
}

// TestCommandsAreWhole: what help, reference and refusals derive from is there.
func TestCommandsAreWhole(t *testing.T) {
	for _, c := range Commands {
		if c.Summary == "" {
			t.Errorf("/%s has no summary", c.Verb)
		}
		if found, ok := Commands.Find(c.Verb); !ok || found.Summary != c.Summary {
			t.Errorf("/%s is not found", c.Verb)
		}
		if d := cmp.Diff(len(c.Forms), len(c.Usage())); d != "" {
			t.Error(d)
		}
		for _, f := range c.Forms {
			if f.Verb != c.Verb || f.Summary == "" || f.Apply == nil || len(f.Who) == 0 && f.Speakers == "" || (f.Allow == nil) != (f.Speakers == "") {
				t.Errorf("%s is not whole", f.Usage())
			}
			if strings.ContainsAny(f.Usage()+f.Summary+f.Speakers, "<>") {
				t.Errorf("%s: Deck shows no angle brackets", f.Usage())
			}
		}
	}
	if _, ok := Commands.Find("vote"); ok {
		t.Error("/vote is no verb of work items")
	}
}

// scanner finds the commands in a comment.
var scanner = slash.NewScanner(slash.Verbs{Names: Commands.Verbs(), WithNamedLines: NamedLines})

// FuzzJudge: no line makes Judge panic; what it takes reads back; what it
// refuses can be mended by pasting.
func FuzzJudge(f *testing.F) {
	for n, line := range Commands.Examples() {
		f.Add(line, uint8(n), uint8(n))
	}
	f.Add("/commit w3-4 90% \"API types\"", uint8(0), uint8(0))
	f.Add("/resolve r9 owned @a b c", uint8(0), uint8(2))
	f.Add("/exception request code 5 late\nwhy: <!-- ```\nrisk-late: /commit", uint8(0), uint8(10))
	f.Fuzz(func(t *testing.T, text string, w, who uint8) {
		found := scanner.Scan(text)
		set := worlds[int(w)%len(worlds)]
		for _, line := range found.Lines {
			v, p := Judge(world(cast[int(who)%len(cast)], set.make...), line)
			if p == nil {
				if err := roundTrip(v); err != nil {
					t.Errorf("%s: %v", set.name, err)
				}
				continue
			}
			if err := checkFix(set.make, p); err != nil {
				t.Errorf("%s: %v", set.name, err)
			}
		}
	})
}
