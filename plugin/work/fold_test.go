package work

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
)

// logOf makes a log of v1.38 in which every line is a comment of its own, an
// hour after the one before. A line may begin with the number given to it.
func logOf(lines ...string) custody.Log {
	log := custody.Log{Identity: custody.Identity{Repo: 1, Issue: 1, Cycle: "v1.38"}}
	for n, text := range lines {
		id, command := "", text
		if !strings.HasPrefix(text, "/") {
			id, command, _ = strings.Cut(text, " ")
		}
		log.Receipts = append(log.Receipts, custody.Receipt{Comment: int64(n + 1), Author: 7, Login: "node-fac", Said: at("11 00:00").Add(time.Duration(n) * time.Hour),
			Lines: []custody.Line{{N: 1, Command: command, Role: "facilitator", SIG: "node", ID: id}}})
	}
	return log
}

// state is an item in short, for tables.
func state(i *Item) string {
	var b strings.Builder
	if i.KEP != nil {
		b.WriteString("kep " + i.KEP.String() + "; ")
	}
	for _, c := range i.Commitments {
		b.WriteString("commit " + c.Window + " " + percent(c.Percent) + " " + c.Item + "; ")
	}
	for _, a := range i.Asks {
		b.WriteString("ask " + a.Target.String() + " " + a.By + " " + a.Text + "; ")
	}
	for _, p := range i.Promises {
		verb := "promise "
		if p.Declined {
			verb = "decline "
		}
		b.WriteString(verb + p.To.String() + " " + p.By + " " + p.Text + "; ")
	}
	for _, n := range i.Notes {
		b.WriteString(n.ID + " " + n.Text + " [" + n.Ended + n.Owner + "] " + n.Answer + "; ")
	}
	if !i.Ready.IsZero() {
		b.WriteString("ready; ")
	}
	if !i.Held.IsZero() {
		b.WriteString("held; ")
	}
	if len(i.Done) > 0 {
		b.WriteString("done " + delivered(i) + "; ")
	}
	if i.Progress != nil {
		b.WriteString(i.Progress.State + " " + i.Progress.Text + "; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestFold(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"nothing", nil, ""},
		{"commitments add up", []string{"/commit v1.38 w1-2 100%", "/commit v1.38 w3-4 60%"}, "commit w1-2 100 % ; commit w3-4 60 % "},
		{"the same window and item is replaced", []string{"/commit v1.38 w1-2 100%", "/commit v1.38 w1-2 50%"}, "commit w1-2 50 % "},
		{"items stand for themselves", []string{`/commit v1.38 w1-2 100% "a","b"`, `/commit v1.38 w1-2 50% "b"`}, "commit w1-2 100 % a; commit w1-2 50 % b"},
		{"cancel all", []string{`/commit v1.38 w1-2 100% "a"`, "/commit v1.38 w3-4 80%", "/commit cancel v1.38"}, ""},
		{"cancel a window", []string{"/commit v1.38 w1-2 100%", "/commit v1.38 w3-4 80%", "/commit cancel v1.38 w1-2"}, "commit w3-4 80 % "},
		{"cancel an item", []string{`/commit v1.38 w1-2 100% "a","b"`, `/commit cancel v1.38 "a"`}, "commit w1-2 100 % b"},
		{"cancel before commit", []string{"/commit cancel v1.38", "/commit v1.38 w1-2 100%"}, "commit w1-2 100 % "},
		{"kep, and cancel", []string{"/kep v1.38 kubernetes/enhancements#1", "/kep v1.38 kubernetes/enhancements#2"}, "kep kubernetes/enhancements#2"},
		{"kep cancelled", []string{"/kep v1.38 kubernetes/enhancements#1", "/kep cancel v1.38"}, ""},
		{"asks by target", []string{"/depends-on v1.38 o/r#1,o/r#2 w1-2 why", "/depends-on v1.38 o/r#2 w3-4"}, "ask o/r#1 w1-2 why; ask o/r#2 w3-4 "},
		{"ask taken back", []string{"/depends-on v1.38 o/r#1,o/r#2", "/depends-on cancel v1.38 o/r#1"}, "ask o/r#2  "},
		{"promise, decline, cancel", []string{"/provide v1.38 o/r#1 w1-2 soon", "/provide o/r#1 decline v1.38 no"}, "decline o/r#1  no"},
		{"decline taken back", []string{"/provide o/r#1 decline v1.38 no", "/provide cancel v1.38 o/r#1"}, ""},
		{"notes", []string{"Q1 /question v1.38 who?", "B1 /block v1.38 no", "R1 /risk v1.38 late", "/resolve R1 owned sched-fac v1.38 soon", "/resolve B1 v1.38 ok"}, "Q1 who? [] ; B1 no [resolved] ok; R1 late [ownedsched-fac] soon"},
		{"an owned risk can still be accepted", []string{"R1 /risk v1.38 late", "/resolve R1 owned a v1.38", "/resolve R1 accepted v1.38 fine"}, "R1 late [accepted] fine"},
		{"resolve twice: the first stands", []string{"B1 /block v1.38 no", "/resolve B1 v1.38 ok", "/resolve B1 v1.38 again"}, "B1 no [resolved] ok"},
		{"resolve of what is not there", []string{"/resolve B1 v1.38 ok"}, ""},
		{"resolve before raise", []string{"/resolve B1 v1.38 ok", "B1 /block v1.38 no"}, "B1 no [] "},
		{"only risks are accepted", []string{"B1 /block v1.38 no", "/resolve B1 accepted v1.38"}, "B1 no [] "},
		{"readout", []string{"/readout ready v1.38", "/readout done v1.38"}, "ready; held"},
		{"readout cancelled", []string{"/readout ready v1.38", "/readout done v1.38", "/readout cancel v1.38"}, ""},
		{"the last progress", []string{"/progress on-track v1.38", "/progress at-risk v1.38 late"}, "at-risk late"},
		{"done and progress stand beside each other", []string{"/done v1.38 o/r#1", "/progress slipped v1.38"}, "done whole by o/r#1; slipped "},
		{"what no longer reads changes nothing", []string{"/commit v1.38 w1-2", "/vote 4", "/commit", "hello", "", "/commit v1.38 w1-2 100%\n"}, "commit w1-2 100 % "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, state(Fold(here, logOf(tc.lines...)))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestFirstSIG: the SIG of the first accepted /commit, whatever comes later.
func TestFirstSIG(t *testing.T) {
	log := logOf("Q1 /question v1.38 x", "/commit v1.38 w1-2 100%", "/commit v1.38 w3-4 80%", "/commit cancel v1.38")
	log.Receipts[0].Lines[0].SIG = "network"
	log.Receipts[2].Lines[0].SIG = "scheduling"
	if got := Fold(here, log).FirstSIG; got != "node" {
		t.Errorf("FirstSIG %q", got)
	}
}

// randomLines are canonical lines of every kind, good and bad, as they may
// come from several writers and versions.
func randomLog(r *rand.Rand) custody.Log {
	words := []string{
		"/commit v1.38 w1-2 100%", "/commit v1.38 w3-4 60% \"API types\",\"e2e tests\"", "/commit cancel v1.38", "/commit cancel v1.38 w1-2", "/kep v1.38 o/r#1", "/kep cancel v1.38",
		"/depends-on v1.38 o/r#1,o/r#2 w1-2 why", "/depends-on cancel v1.38 o/r#1", "/provide v1.38 o/r#3 w3-4", "/provide o/r#3 decline v1.38 no", "/provide cancel v1.38 o/r#3",
		"/question v1.38 who?", "/block v1.38 no", "/risk v1.38 late", "/resolve Q1 v1.38", "/resolve B1 v1.38 ok", "/resolve R1 owned a v1.38", "/resolve R1 accepted v1.38", "/resolve R9 mitigated v1.38",
		"/readout ready v1.38", "/readout done v1.38", "/readout cancel v1.38", "/progress slipped v1.38 late", "/vote 4", "/commit", "/resolve", "", "nonsense", "/provide", "/depends-on #1", "/commit v1.38 0-0 7%",
		"/commit v1.38 w1-2 100%\n/commit v1.38 w3-4 80%",
		"/done v1.38", "/done v1.38 \"API types\" o/r#1", "/done v1.38 \"e2e tests\",\"no more\"", "/done cancel v1.38", "/done cancel v1.38 \"API types\"", "/done #1", "/done KEP-1",
		"/exception request v1.38 code 5d late\nwhy: a\nrisk-late: b\nrisk-cut: c\nprs: #1", "/exception request v1.38 enhancements 3d", "/exception request v1.38 code 9d\nwhy: x\n/exception support v1.38",
		"/exception support v1.38", "/exception approve v1.38 4d", "/exception deny v1.38 no", "/exception withdraw v1.38", "/exception request v1.38 5d", "why: alone",
		"/demo v1.38 https://a.example/1", "/demo v1.38 https://b.example/2 it runs", "/demo v1.38 ftp://x/y", "/demo v1.38 it runs",
	}
	log := custody.Log{Identity: custody.Identity{Cycle: "v1.38"}}
	for n := range r.IntN(40) {
		receipt := custody.Receipt{Comment: int64(1 + r.IntN(30)), Author: int64(r.IntN(4)), Login: "somebody", Said: at("11 00:00").Add(time.Duration(r.IntN(5)) * time.Second)}
		for line := range 1 + r.IntN(4) {
			l := custody.Line{N: line, Command: words[r.IntN(len(words))], Role: []string{"facilitator", "author", "lead"}[r.IntN(3)], SIG: []string{"node", "network"}[r.IntN(2)], ID: []string{"", "Q1", "B1", "R1", "R2", "x", "Q"}[r.IntN(7)]}
			if r.IntN(6) == 0 {
				l.Refused = WrongRole
			}
			if n%2 == 0 {
				l.Role = []string{"release-lead", "product-management"}[r.IntN(2)]
			}
			receipt.Lines = append(receipt.Lines, l)
		}
		receipt.Comment = receipt.Comment*100 + int64(n) // one receipt for each comment
		log.Receipts = append(log.Receipts, receipt)
	}
	return log
}

// TestFoldIsTotal: any receipts in any order fold to the same legal state; no
// line of it makes assessing it panic.
func TestFoldIsTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		log := randomLog(r)
		want := Fold(here, log)
		legal(t, want)
		for range 3 {
			mixed := log
			mixed.Receipts = slices.Clone(log.Receipts)
			r.Shuffle(len(mixed.Receipts), func(i, j int) {
				mixed.Receipts[i], mixed.Receipts[j] = mixed.Receipts[j], mixed.Receipts[i]
			})
			for k := range mixed.Receipts {
				lines := slices.Clone(mixed.Receipts[k].Lines)
				slices.Reverse(lines)
				mixed.Receipts[k].Lines = lines
			}
			if d := cmp.Diff(want, Fold(here, mixed)); d != "" {
				t.Fatalf("another order, another state (-want +got):\n%s", d)
			}
		}
		exceptions := Exceptions(want, nil, ExceptionFacts{Cycle: v138(), Owner: "node", Now: at("12 00:00")})
		for _, due := range DueExceptions(want, nil, ExceptionFacts{Cycle: v138(), Owner: "node", Now: at("12 00:00")}) {
			if values, err := EncodeException(*due.Decision); err != nil {
				t.Error(err)
			} else if back, err := DecodeException(values); err != nil || cmp.Diff(*due.Decision, back) != "" {
				t.Errorf("%v: %+v reads back as %+v", err, *due.Decision, back)
			}
		}
		Assess(want, Facts{Cycle: v138(), Exceptions: exceptions, Issue: world("dev").Issue, KEPRepo: kepRepo, Targets: map[Key]Target{}, Now: at("12 00:00")}).Labels()
		for _, id := range []string{nextID(want, Question), nextID(want, Block), nextID(want, Risk)} {
			if _, taken := want.Note(id); taken {
				t.Errorf("the next number, %s, is taken", id)
			}
		}
	}
}

// legal holds what is true of every item.
func legal(t *testing.T, i *Item) {
	t.Helper()
	windows, targets, promised := map[string]bool{}, map[Key]bool{}, map[Key]bool{}
	for _, c := range i.Commitments {
		if id := c.Window + "\x00" + c.Item; windows[id] || c.Percent < 0 || c.Percent > 100 {
			t.Errorf("commitment twice or out of bounds: %+v", c)
		} else {
			windows[id] = true
		}
	}
	for _, a := range i.Asks {
		if targets[a.Target] || a.Target.IsZero() {
			t.Errorf("ask twice or of nothing: %+v", a)
		}
		targets[a.Target] = true
	}
	for _, p := range i.Promises {
		if promised[p.To] {
			t.Errorf("promised twice: %+v", p)
		}
		promised[p.To] = true
	}
	done := map[string]bool{}
	for _, d := range i.Done {
		if done[d.Item] || d.Item != "" && len(d.But) > 0 || slices.Contains(d.But, "") || d.Ref != (Key{}) && d.Ref.Number == 0 {
			t.Errorf("done twice, or not of one piece: %+v", d)
		}
		done[d.Item] = true
	}
	for _, e := range i.Exceptions {
		if request := e.Word == saysRequest; request != (e.Freeze != "") || request && e.Days == 0 || e.Said.IsZero() {
			t.Errorf("not a word about an exception: %+v", e)
		}
	}
	shown := map[int64]bool{}
	for _, d := range i.LastDemos() {
		if shown[d.Said.Author] || d.URL == "" {
			t.Errorf("somebody's demo twice, or of nothing: %+v", d)
		}
		shown[d.Said.Author] = true
	}
	for _, d := range i.Demos {
		c := d.Confirmed
		if !shown[d.Said.Author] || !c.IsZero() && (len(i.Done) == 0 || c.Role == "author" || c.Mark().Compare(d.Said.Mark()) <= 0) {
			t.Errorf("demo lost, or confirmed by nobody: %+v", d)
		}
	}
	for _, n := range i.Notes {
		if n.Kind != Risk && n.Ended != "" && n.Ended != Resolved {
			t.Errorf("note ended as only risks do: %+v", n)
		}
		if !strings.HasPrefix(n.ID, string(n.Kind)) {
			t.Errorf("note of another kind: %+v", n)
		}
	}
}

// TestLines: in the order said, then comment, then line; refused ones left out.
func TestLines(t *testing.T) {
	log := custody.Log{Receipts: []custody.Receipt{
		{Comment: 9, Said: at("11 10:00"), Login: "b", Lines: []custody.Line{{N: 3, Command: "/c"}, {N: 1, Command: "/a\n/b", ID: "Q1", Role: "lead", SIG: "node", Source: "x"}, {N: 2, Refused: "role"}}},
		{Comment: 8, Said: at("11 10:00"), Lines: []custody.Line{{N: 1, Command: "/z"}}},
		{Comment: 10, Said: at("11 09:00"), Lines: []custody.Line{{N: 1, Command: "/first"}}},
	}}
	var got []string
	for _, s := range Lines(log) {
		got = append(got, s.Command)
	}
	if d := cmp.Diff([]string{"/first", "/z", "/a", "/b", "/c"}, got); d != "" {
		t.Error(d)
	}
	want := Said{Comment: 9, Line: 1, At: at("11 10:00"), Login: "b", Role: "lead", SIG: "node", Source: "x", ID: "Q1", Command: "/b"}
	if d := cmp.Diff(want, Lines(log)[3]); d != "" {
		t.Error(d)
	}
}

func TestChecklist(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"none", "no list\n- a bullet\n", ""},
		{"ticked and open", "- [ ] a\n- [x] b\n* [X] c\n+ [ ] d\n1. [ ] e\n2) [ ] f", "a|b|c|d|e|f"},
		{"leaves only", "- [ ] head\n  - [ ] a\n  - [x] b\n- [ ] c\n\t- [ ] d\n", "a|b|d"},
		{"blanks and CRLF", "- [ ]   a  b\t c \r\n- [ ] d\r- [ ] e", "a b c|d|e"},
		{"fences", "- [ ] a\n```\n- [ ] b\n```\n~~~go\n- [ ] c\n```\n~~~\n- [ ] d", "a|d"},
		{"comments", "- [ ] a\n<!-- - [ ] b\n- [ ] c\n-->\n- [ ] d\n<!-- open\n- [ ] e", "a|d"},
		{"a comment opened in a fence", "```html\n<!-- sample\n```\n- [ ] a\n", "a"},
		{"a fence in a comment", "<!--\n```\n-->\n- [ ] a\n<!-- x --><!--\n- [ ] b --> c\n- [ ] d <!-- e -->", "a|d"},
		{"no text, no box", "- [ ]\n- [ ] \u200b\n- [] a\n- [y] b\n-[ ] c", ""},
		{"long", "- [ ] " + strings.Repeat("x", 250), strings.Repeat("x", 200)},
		{"marks stay", "- [ ] **API** `types` #12", "**API** `types` #12"},
	} {
		if d := cmp.Diff(tc.want, strings.Join(Checklist(tc.body), "|")); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// TestParentKEP: by command, the issue itself, a /kep line, one link; several
// links tell nothing.
func TestParentKEP(t *testing.T) {
	link := func(n string) string { return "https://github.com/kubernetes/enhancements/issues/" + n }
	byCommand := &Item{KEP: &kep.Ref{Repo: "o/r", Number: 7}}
	for _, tc := range []struct {
		name  string
		item  *Item
		issue Issue
		want  string
	}{
		{"command wins", byCommand, Issue{Key: here}, "o/r#7 command"},
		{"itself", &Item{}, Issue{Key: here, Body: link("9")}, "kubernetes/enhancements#4381 itself"},
		{"no item yet", nil, Issue{Key: here}, "kubernetes/enhancements#4381 itself"},
		{"a pull request is no KEP", nil, Issue{Key: here, Pull: true}, ""},
		{"a line", nil, Issue{Key: code, Body: "text\n/kep 55\n" + link("9")}, "kubernetes/enhancements#55 body"},
		{"the first good line", nil, Issue{Key: code, Body: "/kep cancel\n/kep what\n/kep 55\n/kep 66"}, "kubernetes/enhancements#55 body"},
		{"not in a fence", nil, Issue{Key: code, Body: "```\n/kep 55\n```\n"}, ""},
		{"a link", nil, Issue{Key: code, Body: "see " + link("9") + " and " + link("9")}, "kubernetes/enhancements#9 body"},
		{"two links", nil, Issue{Key: code, Body: link("9") + "\n" + link("10")}, ""},
		{"nothing", nil, Issue{Key: code, Body: "#9"}, ""},
	} {
		ref, how := ParentKEP(tc.item, tc.issue, kepRepo)
		got := ""
		if how != "" {
			got = ref.String() + " " + how
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestOwningSIG(t *testing.T) {
	keps := world("dev").KEPs
	for _, tc := range []struct {
		name  string
		item  *Item
		issue Issue
		keps  Catalogues
		want  string
	}{
		{"from the KEP", nil, Issue{Key: here}, keps, "node"},
		{"the KEP wins over the first commit", &Item{FirstSIG: "network"}, Issue{Key: here}, keps, "node"},
		{"first commit", &Item{FirstSIG: "network"}, Issue{Key: code}, keps, "network"},
		{"KEP unknown", &Item{FirstSIG: "network"}, Issue{Key: Key{Org: "kubernetes", Repo: "enhancements", Number: 1}}, keps, "network"},
		{"no catalogue", &Item{FirstSIG: "network"}, Issue{Key: here}, nil, "network"},
		{"labels have no say", nil, Issue{Key: code, Labels: []string{"sig/node"}}, keps, ""},
	} {
		if got := OwningSIG(tc.item, tc.issue, tc.keps, kepRepo); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestSameKEP(t *testing.T) {
	a := kep.Ref{Repo: "Kubernetes/Enhancements", Number: 1}
	if !SameKEP(a, kep.Ref{Repo: kepRepo, Number: 1}) || SameKEP(a, kep.Ref{Repo: kepRepo, Number: 2}) || SameKEP(a, kep.Ref{Repo: "o/r", Number: 1}) {
		t.Error("a KEP is its number in its repository, in whatever case")
	}
}
