package thread

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

func judged(c *Context, text string) (Accepted, *slash.Problem) {
	line, ok := slash.LineOf(text)
	if !ok {
		panic(text)
	}
	return Judge(c, line)
}

func TestJudgeAccepts(t *testing.T) {
	for _, tc := range []struct {
		name, login string
		world       []change
		line, want  string
		as          string
	}{
		{"the author", "dev", nil, "/kep 4381", "/kep kubernetes/enhancements#4381", "author "},
		{"an assignee", "helper", nil, "/kep KEP-4381", "/kep kubernetes/enhancements#4381", "author "},
		{"a facilitator of any SIG", "sched-fac", nil, "/kep 4381", "/kep kubernetes/enhancements#4381", "facilitator scheduling"},
		{"of two SIGs", "two-hats", nil, "/kep 4381", "/kep kubernetes/enhancements#4381", "facilitator node"},
		{"a lead of any SIG", "net-lead", nil, "/kep 4381", "/kep kubernetes/enhancements#4381", "lead network"},
		{"an address, spelled as configured", "dev", nil, "/kep https://github.com/Kubernetes/Enhancements/issues/4381", "/kep kubernetes/enhancements#4381", "author "},
		{"a directory", "dev", nil, "/kep https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra", "/kep kubernetes/enhancements#4381", "author "},
		{"another repository", "dev", nil, "/kep kubernetes-sigs/kueue#693", "/kep kubernetes-sigs/kueue#693", "author "},
		{"none, by a lead", "node-lead", nil, "/kep none only moves files", "/kep none only moves files", "lead node"},
		{"none, by the author of a bug fix", "dev", []change{labelled("size/XL", "kind/bug")}, "/kep none  a  typo", "/kep none a typo", "author "},
		{"none, where aliases are lost, by the author of a cleanup", "dev", []change{labelled("kind/cleanup"), lost}, "/kep none typo", "/kep none typo", "author "},
		{"none may name a pull request", "node-lead", nil, "/kep none see https://github.com/a/b/pull/1", "/kep none see https://github.com/a/b/pull/1", "lead node"},
		{"check, by anybody", "stranger", []change{lost}, "/kep check", "/kep check", "anyone "},
		{"cancel", "dev", nil, "/kep cancel", "/kep cancel", "author "},
		{"part of, by the author", "dev", nil, "/part-of #12", "/part-of kubernetes/kubernetes#12", "author "},
		{"part of, by a member", "member", nil, "/part-of KUBERNETES/kubernetes#12", "/part-of kubernetes/kubernetes#12", "member "},
		{"part of, by a member, aliases lost", "member", []change{lost}, "/part-of #12", "/part-of kubernetes/kubernetes#12", "member "},
		{"part of a KEP", "dev", nil, "/part-of KEP-4381", "/part-of kubernetes/enhancements#4381", "author "},
		{"cancel of one", "dev", nil, "/part-of cancel enhancements#4381", "/part-of cancel kubernetes/enhancements#4381", "author "},
		{"cancel of any", "member", nil, "/part-of cancel", "/part-of cancel", "member "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, p := judged(world(tc.login, tc.world...), tc.line)
			if p != nil {
				t.Fatalf("refused: %+v", *p)
			}
			if a.Said.Command != tc.want || a.Query != (tc.line == "/kep check") {
				t.Errorf("%q (query %t), want %q", a.Said.Command, a.Query, tc.want)
			}
			as := a.Said.Role + " " + a.Said.SIG
			if as != tc.as || a.Said.Login != tc.login || a.Said.At != at8("12 10:00") {
				t.Errorf("said as %q by %s at %s", as, a.Said.Login, a.Said.At)
			}
		})
	}
}

func TestJudgeRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, login string
		world       []change
		line        string
		code, fix   string
	}{
		{"a stranger", "stranger", nil, "/kep 4381", work.WrongRole, "/kep KEP-4381"},
		{"membership is not enough for /kep", "member", nil, "/kep 4381", work.WrongRole, "/kep KEP-4381"},
		{"none by a member of a bug fix", "member", []change{labelled("kind/bug")}, "/kep none small", work.WrongRole, "/kep none small"},
		{"none without a reason", "dev", []change{labelled("kind/bug")}, "/kep none", slash.CodeMissing, "/kep none cleanup of the old client"},
		{"aliases lost", "stranger", []change{lost}, "/kep 4381", work.NotChecked, "/kep KEP-4381"},
		{"part of by a stranger", "stranger", nil, "/part-of #12", work.WrongRole, "/part-of #12"},
		{"a lead is not asked about items", "node-lead", nil, "/part-of #12", work.WrongRole, "/part-of #12"},
		{"part of nothing", "dev", nil, "/part-of", slash.CodeMissing, "/part-of kubernetes#130512"},
		{"a bare number is no issue", "dev", nil, "/part-of 12", slash.CodeShape, "/part-of #12"},
		{"a pull request is no KEP", "dev", nil, "/kep https://github.com/kubernetes/enhancements/pull/5021", work.NotAKEP, ""},
		{"nor behind a slip", "dev", nil, "/kep of https://github.com/kubernetes/enhancements/pull/5021", slash.CodeShape, "/kep KEP-4381"},
		{"no KEP repository", "dev", []change{func(c *Context) { c.KEPRepo = "" }}, "/kep 4381", work.NotAKEP, ""},
		{"a verb of issues", "node-fac", nil, "/commit w1-2", work.WrongPlace, "/commit w1-2"},
		{"a verb of issues, misread as one", "node-fac", []change{func(c *Context) { c.Issue.Pull = false }}, "/readout ready", work.WrongPlace, "/readout ready"},
		{"nobody's verb", "dev", nil, "/vote 4", slash.CodeUnknownForm, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, p := judged(world(tc.login, tc.world...), tc.line)
			if p == nil {
				t.Fatalf("taken as %+v", a.Said)
			}
			if p.Code != tc.code || p.Fix != tc.fix || p.Line != 1 || p.Saw != tc.line {
				t.Errorf("line %d, %q: code %q, fix %q; want %q, %q", p.Line, p.Saw, p.Code, p.Fix, tc.code, tc.fix)
			}
			if p.Code == work.WrongRole && len(p.Allowed) < 2 {
				t.Errorf("who may is not said: %q", p.Allowed)
			}
		})
	}
}

// oddWords are put into lines to spoil them.
var oddWords = []string{"cancel", "none", "check", "4381", "KEP-0009", "kep4381", "#", "#0", "#12", "repo#7", "-1", "0", "v1.38", "sig-node", "@who", `"a b"`, `"`, ",",
	"https://github.com/kubernetes/enhancements/pull/5021", "<https://github.com/kubernetes/enhancements/issues/4381>", "ünïcode", strings.Repeat("long ", 70), "<b>", "\u200b", "３"}

func spoilt(r *rand.Rand, line string) string {
	words := strings.Fields(line)
	for range 1 + r.IntN(3) {
		at, word := 1+r.IntN(len(words)), oddWords[r.IntN(len(oddWords))] // never the verb
		switch op := r.IntN(4); {
		case op == 0 || at == len(words):
			words = slices.Insert(words, at, word)
		case op == 1:
			words = slices.Delete(words, at, at+1)
		case op == 2:
			words[at] = word
		default:
			words[at] = words[at][:len(words[at])-1] + "x"
		}
	}
	return strings.Join(words, " ")
}

var worlds = map[string][]change{
	"plain": nil, "bug": {labelled("kind/bug")}, "lost": {lost}, "no KEP repository": {func(c *Context) { c.KEPRepo = "" }},
}

// checkFix holds what is promised of a refusal: somebody is heard with the line to paste, or there is none for a reason.
func checkFix(name string, p *slash.Problem) error {
	if p.Fix == "" {
		if p.Code == work.NotAKEP || name == "no KEP repository" || strings.Contains(p.Saw, "/pull/") || p.Code == work.TooMuch {
			return nil
		}
		return fmt.Errorf("%s: %s leaves nothing to paste", p.Saw, p.Code)
	}
	for _, login := range cast {
		_, again := judged(world(login, worlds[name]...), p.Fix)
		if again == nil || again.Code == work.WrongPlace || again.Code == work.NotChecked {
			return nil
		}
	}
	return fmt.Errorf("%s: the line to paste, %s, is refused to everybody", p.Saw, p.Fix)
}

// TestEveryFixIsAccepted spoils every example in many ways, in every world; what is accepted reads back.
func TestEveryFixIsAccepted(t *testing.T) {
	refused := map[string]int{}
	for name, make := range worlds {
		r := rand.New(rand.NewPCG(38, uint64(len(name))))
		for _, example := range Commands.Examples() {
			for k := range 60 {
				text, login := example, cast[k%len(cast)]
				if k >= len(cast) {
					text = spoilt(r, example)
				}
				a, p := judged(world(login, make...), text)
				if p != nil {
					refused[p.Code]++
					if err := checkFix(name, p); err != nil {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				again, p := judged(world(login, make...), a.Said.Command)
				if p != nil || again.Said.Command != a.Said.Command {
					t.Errorf("%s: %q settles to %q, which reads as %q (%v)", name, text, a.Said.Command, again.Said.Command, p)
				}
			}
		}
	}
	for _, code := range []string{work.WrongRole, work.NotChecked, work.NotAKEP, "missing", "extra", "shape", "too-long"} {
		if refused[code] == 0 {
			t.Errorf("no line was refused as %s: the test does not reach it", code)
		}
	}
}

func TestExamplesAreAccepted(t *testing.T) {
	for _, c := range Commands {
		for n, f := range c.Forms {
			if len(f.Examples) == 0 {
				t.Errorf("%s has no example", f.Usage())
			}
			for _, example := range f.Examples {
				taken := slices.ContainsFunc(cast, func(login string) bool { _, p := judged(world(login), example); return p == nil })
				line, _ := slash.LineOf(example)
				if got, _, _ := slash.Parse(c.Grammar(), line); !taken || got != n {
					t.Errorf("%s: taken %t, of form %d", example, taken, got)
				}
			}
		}
	}
}

// TestCommandsAreWhole: what help, reference and refusals derive from is there, and no verb is another plugin's.
func TestCommandsAreWhole(t *testing.T) {
	for _, c := range Commands {
		if found, ok := Commands.Find(c.Verb); !ok || found.Summary != c.Summary || c.Summary == "" || len(c.Usage()) != len(c.Forms) {
			t.Errorf("/%s is not whole", c.Verb)
		}
		for _, f := range c.Forms {
			if f.Verb != c.Verb || f.Summary == "" || len(f.Who) == 0 || strings.ContainsAny(f.Usage()+f.Summary+f.Speakers, "<>") {
				t.Errorf("%s is not whole", f.Usage())
			}
		}
		for _, foreign := range slash.ProwVerbs {
			if strings.HasPrefix(c.Verb, foreign) {
				t.Errorf("/%s begins with Prow's /%s", c.Verb, foreign)
			}
		}
	}
	if !slices.Equal(Commands.Verbs(), []string{kepVerb, "part-of"}) {
		t.Errorf("the scanner of descriptions does not know %q", Commands.Verbs())
	}
}

func FuzzJudge(f *testing.F) {
	for _, line := range Commands.Examples() {
		f.Add(line)
	}
	f.Add("/kep none <!-- ```")
	f.Fuzz(func(t *testing.T, text string) {
		line, ok := slash.LineOf(text)
		if !ok {
			return
		}
		for _, login := range []string{"dev", "node-lead", "stranger"} {
			a, p := Judge(world(login), line)
			if p == nil {
				if again, p := judged(world(login), a.Said.Command); p != nil || again.Said.Command != a.Said.Command {
					t.Errorf("%q settles to %q, which does not read back", text, a.Said.Command)
				}
				continue
			}
			if _, ours := Commands.Find(line.Verb); ours {
				if err := checkFix("plain", p); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
