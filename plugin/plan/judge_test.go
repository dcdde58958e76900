package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

func TestJudgeAccepts(t *testing.T) {
	for _, tc := range []struct{ login, line, want, as string }{
		{"stranger", "/plan status", "/plan status", "anyone "},
		{"stranger", "/plan who node", "/plan who sig-node", "anyone "},
		{"rel-team", "/plan notes", "/plan notes", "release-team "},
		{"node-fac", "/plan notes", "/plan notes", "facilitator node"},
		{"node-fac", "/plan order #7, KEP-4381 kubernetes#9", "/plan order sig-node kubernetes/sig-release#7,kubernetes/enhancements#4381,kubernetes/kubernetes#9", "facilitator node"},
		{"node-fac", "/plan order KEP-4381 KEP-4381", "/plan order sig-node kubernetes/enhancements#4381", "facilitator node"},
		{"node-lead", "/plan order node Kubernetes/Kubernetes#9", "/plan order sig-node kubernetes/kubernetes#9", "lead node"},
		{"net-lead", "/plan order kubernetes#9", "/plan order sig-network kubernetes/kubernetes#9", "lead network"},
		{"two-hats", "/plan order sig-cli kubernetes#9", "/plan order sig-cli kubernetes/kubernetes#9", "facilitator cli"},
		{"pm", "/plan vote open until 22 Jan", "/plan vote open until 2027-01-22 AoE", "product-management "},
		{"rel-lead", "/PLAN vote open until friday", "/plan vote open until 2027-01-15 AoE", "release-lead "},
		{"rel-lead", "/plan vote close", "/plan vote close", "release-lead "},
		{"pm", "/plan rework", "/plan rework", "product-management "},
		{"rel-team", "/plan prune", "/plan prune", "release-team "},
		{"node-fac", "/plan prune", "/plan prune sig-node", "facilitator node"},
		{"rel-lead", "/plan prune sig/node", "/plan prune sig-node", "release-lead "},
		{"net-lead", "/plan prune", "/plan prune sig-network", "lead network"},
		{"node-fac", "/plan prune confirm 3F2A91C0", "/plan prune confirm 3f2a91c0", "facilitator node"},
		{"node-fac", "/vote 4", "/vote 4", "facilitator node"},
		{"net-lead", "/vote 2 5 is too much", "/vote 2 5 is too much", "lead network"},
		{"pm", "/vote 0", "/vote 0", "product-management "},
		{"arch-lead", "/vote 5 fine", "/vote 5 fine", "programme architecture"},
		{"two-hats", "/vote 3", "/vote 3", "facilitator apps"},
	} {
		a, p := judgedAt(speaking(tc.login, "12 10:00", planBook()), tc.line)
		if p != nil {
			t.Errorf("%s: %s is refused: %+v", tc.login, tc.line, *p)
			continue
		}
		if a.Said.Command != tc.want || a.Said.Role+" "+a.Said.SIG != tc.as || a.Said.Login != tc.login || !a.Said.At.Equal(jan("12 10:00")) {
			t.Errorf("%s: %s gives %q as %q %q; want %q as %q", tc.login, tc.line, a.Said.Command, a.Said.Role, a.Said.SIG, tc.want, tc.as)
		}
		c, _ := Commands.Find("plan")
		query := slices.ContainsFunc(c.Forms, func(f Form) bool {
			return f.Query != "" && strings.HasPrefix(tc.want, "/plan "+string(f.Query))
		})
		if query != (a.Query != "") {
			t.Errorf("%s: query %q", tc.line, a.Query)
		}
	}
}

func TestJudgeRefuses(t *testing.T) {
	for _, tc := range []struct {
		login, line string
		change      func(*roles.Book)
		code, fix   string
	}{
		{"node-lead", "/vote 4", nil, work.WrongRole, "/vote 4"},
		{"rel-lead", "/vote 4", nil, work.WrongRole, "/vote 4"},
		{"node-fac", "/vote 6", nil, slash.CodeRange, "/vote 4"},
		{"node-fac", "/vote four", nil, slash.CodeShape, "/vote 4 four"},
		{"node-fac", "/vote", nil, slash.CodeMissing, "/vote 4"},
		{"node-fac", "/vote 4", fileLost, work.NotChecked, "/vote 4"},
		{"node-fac", "/plan vote close", nil, work.WrongRole, "/plan vote close"},
		{"stranger", "/plan notes", nil, work.WrongRole, "/plan notes"},
		{"stranger", "/plan status sig-nod", nil, NoSuchSIG, "/plan status sig-node"},
		{"stranger", "/plan order sig-node #1", nil, work.WrongRole, "/plan order sig-node kubernetes/sig-release#1"},
		{"sched-fac", "/plan order sig-node #1", nil, work.WrongRole, "/plan order sig-node kubernetes/sig-release#1"},
		{"sched-fac", "/plan order sig-sched #1", nil, NoSuchSIG, "/plan order sig-scheduling kubernetes/sig-release#1"},
		{"two-hats", "/plan order kubernetes#1", nil, work.WhichSIG, "/plan order sig-apps kubernetes/kubernetes#1"},
		{"two-hats", "/plan prune", nil, work.WhichSIG, "/plan prune sig-apps"},
		{"two-hats", "/plan prune sig-node", nil, work.WrongRole, "/plan prune sig-node"},
		{"stranger", "/plan prune", nil, work.WrongRole, "/plan prune"},
		{"node-lead", "/plan prune sig-node", nil, work.WrongRole, "/plan prune sig-node"},
		{"node-fac", "/plan prune sig-node", fileLost, work.NotChecked, "/plan prune sig-node"},
		{"rel-lead", "/plan prune confrim 3f2a91c0", nil, slash.CodeUnknownForm, "/plan prune confirm 3f2a91c0"},
		{"rel-lead", "/plan vote open", nil, slash.CodeMissing, "/plan vote open until 3 days"},
		{"rel-lead", "/plan vote open until some day", nil, slash.CodeShape, "/plan vote open until 2027-01-14 AoE"},
		{"rel-lead", "/plan vote open until 2027-01-10", nil, TimePast, "/plan vote open until 2027-01-14 AoE"},
		{"rel-lead", "/plan vote open until 2027-01-12 10:00", nil, TimePast, "/plan vote open until 2027-01-14 AoE"},
		{"rel-lead", "/plan vote open until 2027-03-01", nil, TimeFar, "/plan vote open until 2027-02-09 AoE"},
		{"rel-lead", "/commit w1-2", nil, slash.CodeUnknownForm, ""},
	} {
		b := planBook()
		if tc.change != nil {
			b = planBook(tc.change)
		}
		_, p := judgedAt(speaking(tc.login, "12 10:00", b), tc.line)
		if p == nil {
			t.Errorf("%s: %s is taken", tc.login, tc.line)
			continue
		}
		if p.Code != tc.code || p.Fix != tc.fix || p.Saw != tc.line || p.Line != 1 {
			t.Errorf("%s: %s: %s, %q; want %s, %q", tc.login, tc.line, p.Code, p.Fix, tc.code, tc.fix)
		}
		if p.Code == work.WrongRole && len(p.Allowed) == 0 {
			t.Errorf("%s: who may is not said", tc.line)
		}
	}
}

func TestElsewhere(t *testing.T) {
	for line, fix := range map[string]string{"/vote 4": "/vote 4", "/plan prune node": "/plan prune", "/plan vote open until": "/plan vote open until 3 days"} {
		parsed, _ := slash.LineOf(line)
		p := Elsewhere(speaking("pm", "12 10:00", planBook()), parsed)
		if p.Code != ForPlan || len(p.Usage) == 0 || p.Saw != line || line != "/plan prune node" && p.Fix != fix {
			t.Errorf("%s: %+v", line, *p)
		}
	}
}

// planWorlds are ways in which the roles may stand.
var planWorlds = map[string]func(*roles.Book){
	"plain": func(*roles.Book) {}, "lost": fileLost,
	"SIGs by alias": func(b *roles.Book) { b.Sources.SIGs = nil },
}

// pastedFix holds what is promised of a refusal: somebody is heard with the line to
// paste.
func pastedFix(name string, p *slash.Problem) error {
	if p.Fix == "" {
		if p.Code == work.NotAKEP || p.Code == work.TooMuch {
			return nil
		}
		return fmt.Errorf("%s: %s leaves nothing to paste", p.Saw, p.Code)
	}
	for _, login := range planCast {
		_, again := judgedAt(speaking(login, "12 10:00", planBook(planWorlds[name])), p.Fix)
		if again == nil || again.Code == work.NotChecked {
			return nil
		}
	}
	return fmt.Errorf("%s (%s): the line to paste, %s, is refused to everybody", p.Saw, p.Code, p.Fix)
}

// spoilers are put into lines to spoil them.
var spoilers = []string{"status", "vote", "open", "until", "until", "close", "confirm", "prune", "order", "6", "-1", "４", "4.5", "KEP-4381", "kep-12", "#0", "#12", "repo#7,", "node", "sig-", "sig-nod", "3f2a",
	"xyz", "friday", "2027-01-01", "2028-01-01", "2027-02-30", "31 days", "25:00", "utc", "AoE", `"`, ",", strings.Repeat("long ", 70), "\u200b", "<b>"}

func spoiltLine(r *rand.Rand, line string) string {
	words := strings.Fields(line)
	for range 1 + r.IntN(3) {
		at, word := 1+r.IntN(len(words)), spoilers[r.IntN(len(spoilers))] // never the verb
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

// TestEveryFixIsAccepted spoils every example in many ways; what is taken reads back.
func TestEveryFixIsAccepted(t *testing.T) {
	refused := map[string]int{}
	for name, change := range planWorlds {
		r := rand.New(rand.NewPCG(38, uint64(len(name))))
		b := planBook(change)
		for _, example := range append(Commands.Examples(), "/plan vote open until 2027-01-01", "/plan vote open until 2027-03-01", "/plan prune sig-nod") {
			for k := range 50 {
				text, login := example, planCast[k%len(planCast)]
				if k >= len(planCast) {
					text = spoiltLine(r, example)
				}
				a, p := judgedAt(speaking(login, "12 10:00", b), text)
				if p != nil {
					refused[p.Code]++
					if err := pastedFix(name, p); err != nil {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				again, p := judgedAt(speaking(login, "12 10:00", b), a.Said.Command)
				if p != nil || again.Said.Command != a.Said.Command {
					t.Errorf("%s: %q settles to %q, which reads as %q (%v)", name, text, a.Said.Command, again.Said.Command, p)
				}
			}
		}
	}
	for _, code := range []string{NoSuchSIG, TimePast, TimeFar, work.WhichSIG, work.WrongRole, work.NotChecked, "missing", "extra", "shape", "range", "too-long", "unknown-form"} {
		if refused[code] == 0 {
			t.Errorf("no line was refused as %s: the test does not reach it", code)
		}
	}
}

func TestPlanCommandsAreWhole(t *testing.T) {
	for _, c := range Commands {
		if found, ok := Commands.Find(c.Verb); !ok || found.Summary == "" || len(found.Usage()) != len(c.Forms) {
			t.Errorf("/%s is not whole", c.Verb)
		}
		for n, f := range c.Forms {
			if f.Verb != c.Verb || f.Summary == "" || len(f.Examples) == 0 || len(f.Who) == 0 && f.Speakers == "" || strings.ContainsAny(f.Usage()+f.Summary+f.Speakers, "<>") {
				t.Errorf("%s is not whole", f.Usage())
			}
			if (f.Apply == nil) != (f.Query != "") || f.Form.Apply != nil {
				t.Errorf("%s: a form is folded or a query", f.Usage())
			}
			for _, example := range f.Examples {
				line, _ := slash.LineOf(example)
				got, _, _ := slash.Parse(c.Grammar(), line)
				taken := slices.ContainsFunc(planCast, func(login string) bool {
					_, p := judgedAt(speaking(login, "12 10:00", planBook()), example)
					return p == nil
				})
				if got != n || !taken {
					t.Errorf("%s: taken %t, of form %d", example, taken, got)
				}
			}
		}
		for _, foreign := range slash.ProwVerbs {
			if strings.HasPrefix(c.Verb, foreign) {
				t.Errorf("/%s begins with Prow's /%s", c.Verb, foreign)
			}
		}
		if _, twice := work.Commands.Find(c.Verb); twice {
			t.Errorf("/%s is said on work items too", c.Verb)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, line := range Commands.Examples() {
		f.Add(line)
	}
	f.Add("/plan order KEP-1 KEP-2,#")
	f.Add("/plan vote open until Thu, 21 January 2027 (anywhere on earth)")
	f.Fuzz(func(t *testing.T, text string) {
		line, ok := slash.LineOf(text)
		if !ok {
			return
		}
		for _, login := range []string{"node-fac", "two-hats", "rel-lead", "stranger"} {
			a, p := Judge(speaking(login, "12 10:00", planBook()), line)
			if p == nil {
				if again, p := judgedAt(speaking(login, "12 10:00", planBook()), a.Said.Command); p != nil || again.Said.Command != a.Said.Command {
					t.Errorf("%q settles to %q, which does not read back", text, a.Said.Command)
				}
				continue
			}
			if _, ours := Commands.Find(line.Verb); ours {
				if err := pastedFix("plain", p); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
