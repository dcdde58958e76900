package slash

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var testVerbs = Verbs{
	Names: []string{
		"kep", "commit", "depends-on", "provide", "question", "block", "risk", "resolve", "readout", "progress", "done",
		"demo", "plan", "vote", "nps", "exception", "part-of",
	},
	WithNamedLines: map[string][]string{"exception": {"why", "risk-late", "risk-cut", "prs"}},
	NeedNumber:     []string{"vote"},
	Foreign:        []string{"demos", "disk"},
}

// raws gives "line number: raw" of what was found.
func raws(lines []Line) []string {
	var out []string
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%d: %s", l.N, l.Raw))
	}
	return out
}

func TestScanLines(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       []string
	}{
		{"empty", "", nil},
		{"one", "/done", []string{"1: /done"}},
		{"several, in order", "/done 1\ntext\n/kep 12\n/done 2", []string{"1: /done 1", "3: /kep 12", "4: /done 2"}},
		{"not at the beginning", "please /done", nil},
		{"verb needs white space", "/done/x\n/kep:12\n/donebyme", nil},
		{"verbs of others", "/lgtm\n/hold\n/frobnicate", nil},
		{"slash alone", "/\n/ done\n//done", nil},
		{"case", "/DONE 1\n/Kep 5", []string{"1: /DONE 1", "2: /Kep 5"}},
		{"CRLF", "a\r\n/done 1\r\n/done 2\r\n", []string{"2: /done 1", "3: /done 2"}},
		{"lone CR", "a\r/done 1\r/done 2", []string{"2: /done 1", "3: /done 2"}},
		{"line separators are blanks", "/risk a\u2028/done\u0085b\vc\fd", []string{"1: /risk a /done b c d"}},
		{"trailing blanks", "/done 1 \t \u00a0", []string{"1: /done 1"}},
		{"NBSP and other blanks", "/done\u00a01,\u30002", []string{"1: /done 1, 2"}},
		{"NBSP in front", "\u00a0/done", []string{"1: /done"}},
		{"tab behind the verb", "/done\t1", []string{"1: /done 1"}},
		{"BOM", "\ufeff/done 1", []string{"1: /done 1"}},
		{"zero width", "\u200b/do\u200dne\u2060 1\u200b,2", []string{"1: /done 1,2"}},
		{"direction marks", "/risk \u202eabc\u202c", []string{"1: /risk abc"}},
		{"control characters", "/risk a\x00b\x1bc\x7f", []string{"1: /risk abc"}},
		{"zero width is no white space", "/done\u200b12", nil},
		{"three spaces", "   /done", []string{"1: /done"}},
		{"four spaces", "text\n\n    /done", nil},
		{"four spaces, lazy", "text\n    /done", nil},
		{"tab", "\t/done", nil},
		{"space and tab", " \t/done", nil},
		{"full-width slash", "／done", nil},
		{"full-width digit stays a word", "/done １", []string{"1: /done １"}},
		{"fence", "```\n/done\n```\n/kep 1", []string{"4: /kep 1"}},
		{"fence with info", "```sh\n/done\n```", nil},
		{"tilde fence", "~~~\n/done\n~~~\n/kep 1", []string{"4: /kep 1"}},
		{"fence is closed by its own kind", "~~~\n```\n/done\n~~~\n/kep 1", []string{"5: /kep 1"}},
		{"longer fence", "````\n```\n/done\n````\n/kep 1", []string{"5: /kep 1"}},
		{"unclosed fence", "```\n/done\n\n/kep 1", nil},
		{"fence with CRLF", "```\r\n/done\r\n```\r\n/kep 1", []string{"4: /kep 1"}},
		{"fence with lone CR", "```\r/done\r```\r/kep 1", []string{"4: /kep 1"}},
		{"empty fence", "```\n```\n/done", []string{"3: /done"}},
		{"blank lines in a fence", "```\n\n\n/done\n\n```", nil},
		{"fence in a list", "- a\n  ```\n  /done\n  ```\n\n/kep 1", []string{"6: /kep 1"}},
		{"fence in a list ends with the list", "- ```\n/done", []string{"2: /done"}},
		{"fence in a quote ends with the quote", "> ```\n/done", []string{"2: /done"}},
		{"inline code is no fence", "a ``` b\n/done", []string{"2: /done"}},
		{"inline code over lines hides nothing", "a `b\n/done 1\nc` d", []string{"2: /done 1"}},
		{"HTML comment", "<!-- /done -->\n<!--\n/done\n-->\n/kep 1", []string{"5: /kep 1"}},
		{"HTML comment with blank lines", "<!--\n\n/done\n\n-->\n\n/kep 1", []string{"7: /kep 1"}},
		{"HTML comment ends in the line", "<!--\n/done -->\n/kep 1", []string{"3: /kep 1"}},
		{"unclosed HTML comment", "a\n\n<!-- b\n\n/done\n\n/kep 1", nil},
		{"unclosed HTML comment in a list", "- <!-- b\n\n/done", nil},
		{"unclosed HTML comment in HTML", "<details><!-- b\n\n/done", nil},
		{"inline HTML comment", "a <!-- b\n/done\n--> c\n/kep 1", []string{"4: /kep 1"}},
		{"inline, not closed in its paragraph, is text", "a <!-- b\n\n/done", []string{"3: /done"}},
		{"in inline code it is no comment", "a `<!--` b\n/done\n-->", []string{"2: /done"}},
		{"in a fence it is no comment", "```\n<!--\n```\n/done", []string{"4: /done"}},
		{"escaped it is no comment", "a \\<!-- b\n/done\n-->", []string{"2: /done"}},
		{"empty HTML comment", "<!-->\n/done\n\n<!--->\n/kep 1", []string{"2: /done", "5: /kep 1"}},
		{"template comment first", "<!-- thanks! -->\n/done", []string{"2: /done"}},
		{"quote", "> /done\n>/done", nil},
		{"bare line behind a quote", "> as said\n/done", []string{"2: /done"}},
		{"list", "- /done\n* /done\n+ /done\n1. /done\n1) /done", nil},
		{"bare line behind a list", "- a\n/done", []string{"2: /done"}},
		{"inside of a list item", "- a\n\n  /done", []string{"3: /done"}},
		{"code in a list", "- a\n\n      /done", nil},
		{"table", "|a|\n|---|\n| /done |", nil},
		{"heading", "# /done", nil},
		{"behind details", "<details>\n/done\n</details>", []string{"2: /done"}},
		{"above a setext underline", "/done\n---", []string{"1: /done"}},
		{"emphasis", "**/done**", nil},
		{"deep quotes", "/done\n" + strings.Repeat("> ", 500) + "```\n/kep 1\n```\n/kep 2\n```", []string{"1: /done", "3: /kep 1"}},
		{"path at the beginning", "/plan/x is a path", nil},
		{"vote without a number is GitVote's", "/vote\n/vote yes\n/vote4\n/vote-x", nil},
		{"vote with a number", "/vote 4\n/vote -1\n/vote\t9", []string{"1: /vote 4", "2: /vote -1", "3: /vote 9"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := NewScanner(testVerbs).Scan(tc.body)
			if diff := cmp.Diff(tc.want, raws(got.Lines)); diff != "" {
				t.Errorf("Scan(%q) (-want +got):\n%s", tc.body, diff)
			}
			if got.Near != nil || got.Eaten != nil || got.Dropped != 0 || got.TooLong {
				t.Errorf("Scan(%q) found more than lines: %+v", tc.body, got)
			}
		})
	}
}

func TestScanWords(t *testing.T) {
	for _, tc := range []struct {
		body string
		want Line
	}{
		{"/Commit  v1.38 \u2003W3-4", Line{N: 1, Verb: "commit", Words: []string{"v1.38", "W3-4"}, Raw: "/Commit v1.38 W3-4"}},
		{"/done", Line{N: 1, Verb: "done", Raw: "/done"}},
		{
			`/done "API  types","a \" b" , x"y z"`,
			Line{N: 1, Verb: "done", Words: []string{`"API types","a \" b"`, ",", `x"y`, `z"`}, Raw: `/done "API types","a \" b" , x"y z"`},
		},
		{`/risk he said "no and`, Line{N: 1, Verb: "risk", Words: []string{"he", "said", `"no`, "and"}, Raw: `/risk he said "no and`}},
	} {
		got := NewScanner(testVerbs).Scan(tc.body)
		if diff := cmp.Diff([]Line{tc.want}, got.Lines); diff != "" {
			t.Errorf("Scan(%q) (-want +got):\n%s", tc.body, diff)
		}
	}
}

func TestScanNear(t *testing.T) {
	for _, tc := range []struct {
		body string
		want []Near
	}{
		{"x\n/comit v1.38", []Near{{2, "comit", "commit"}}},
		{"/Commmit", []Near{{1, "commmit", "commit"}}},
		{"/ocmmit", []Near{{1, "ocmmit", "commit"}}},
		{"/commot", []Near{{1, "commot", "commit"}}},
		{"/commît", []Near{{1, "commît", "commit"}}},
		{"/commit:", []Near{{1, "commit:", "commit"}}},
		{"/dependson #1", []Near{{1, "dependson", "depends-on"}}},
		{"/cmomit\n> /comit\n```\n/comit\n```", []Near{{1, "cmomit", "commit"}}},
		{"/done.", []Near{{1, "done.", "done"}}},
		{"/comitt", nil},              // two edits
		{"/kip 12\n/ke", nil},         // too short a verb
		{"/demos\n/disk\n/skip", nil}, // other plugins' verbs; "disk" is one edit from "risk"
		{"/remove-sig node", nil},
		{"/note 4", []Near{{1, "note", "vote"}}},
		{"/note that", nil},
		{"/test\n/status\n/lint", nil},
	} {
		got := NewScanner(testVerbs).Scan(tc.body)
		if diff := cmp.Diff(tc.want, got.Near); diff != "" {
			t.Errorf("Scan(%q).Near (-want +got):\n%s", tc.body, diff)
		}
	}
}

func TestScanEaten(t *testing.T) {
	for _, tc := range []struct {
		body string
		want []string
	}{
		{"/sig\n/done 1\n/done 2", []string{"2: /done 1"}},
		{"/sig \r\n/done 1", []string{"2: /done 1"}},
		{"/milestone\n\n/done 1", []string{"3: /done 1"}},
		{"/remove-kind\n/done 1", []string{"2: /done 1"}},
		{"/sig node\n/done 1", nil},
		{" /sig\n/done 1", nil}, // Prow wants the slash first
		{"/hold\n/done 1", nil},
		{"/sig\ntext\n/done 1", nil},
	} {
		got := NewScanner(testVerbs).Scan(tc.body)
		if diff := cmp.Diff(tc.want, raws(got.Eaten)); diff != "" {
			t.Errorf("Scan(%q).Eaten (-want +got):\n%s", tc.body, diff)
		}
		if len(got.Lines) == 0 {
			t.Errorf("Scan(%q) did not obey the line", tc.body)
		}
	}
}

func TestScanNamed(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       map[string]string
	}{
		{"all", "/exception request 5d\nwhy: a: b\nRisk-Late :  c\nrisk-cut: d\nprs: #1, #2", map[string]string{"why": "a: b", "risk-late": "c", "risk-cut": "d", "prs": "#1, #2"}},
		{"first other line ends", "/exception request 5d\nwhy: a\nthanks\nprs: #1", map[string]string{"why": "a"}},
		{"blank line ends", "/exception request 5d\nwhy: a\n\nprs: #1", map[string]string{"why": "a"}},
		{"not directly below", "/exception request 5d\n\nwhy: a", nil},
		{"unknown name ends", "/exception request 5d\nwho: a\nwhy: b", nil},
		{"hidden", "/exception request 5d\n<!--\nwhy: a\n-->", nil},
		{"CRLF and zero width", "/exception request 5d\r\n\u200bwhy:\u00a0a\r\n", map[string]string{"why": "a"}},
		{"later wins", "/exception request 5d\nwhy: a\nwhy: b", map[string]string{"why": "b"}},
		{"empty", "/exception request 5d\nwhy:", map[string]string{"why": ""}},
		{"another command ends", "/exception request 5d\n/done\nwhy: a", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := NewScanner(testVerbs).Scan(tc.body)
			if len(got.Lines) == 0 {
				t.Fatal("no command found")
			}
			if diff := cmp.Diff(tc.want, got.Lines[0].Named); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestScanLimits(t *testing.T) {
	s := NewScanner(testVerbs)
	got := s.Scan(strings.Repeat("/done 1\n/comit\n", 25))
	if len(got.Lines) != 20 || got.Dropped != 5 || len(got.Near) != 20 {
		t.Errorf("got %d lines, %d dropped, %d near; want 20, 5, 20", len(got.Lines), got.Dropped, len(got.Near))
	}
	// The line that the cap cuts is not read: half a command is another one.
	head := "/done 1\n" + strings.Repeat("x", MaxBody-20) + "\n"
	got = s.Scan(head + "/kep 1234567\n")
	if diff := cmp.Diff([]string{"1: /done 1"}, raws(got.Lines)); diff != "" || !got.TooLong {
		t.Errorf("TooLong %v, lines (-want +got):\n%s", got.TooLong, diff)
	}
	exact := head + strings.Repeat("y", MaxBody-len(head))
	if got := s.Scan(exact); got.TooLong || len(got.Lines) != 1 {
		t.Errorf("a body of %d bytes: %+v", len(exact), got)
	}
	if got := s.Scan(strings.Repeat("/done ", MaxBody)); !got.TooLong || len(got.Lines) != 0 {
		t.Errorf("one long line: TooLong %v, %d lines", got.TooLong, len(got.Lines))
	}
}

// TestScanHostile runs bodies that are slow for careless parsers.
func TestScanHostile(t *testing.T) {
	s := NewScanner(testVerbs)
	for _, unit := range []string{
		"`", "<", "<a ", "<!-- ", "<!--\n", "[", "![", "> ", "- ", "~~~\n", "```\n", "\\", "<a x='", "a`` ` ", "\"", ",\"", "*a_ ",
		"/done\n", "\u200b", "&", "<?", "<![CDATA[", "```\n<!--\n", "<b><!--\n\n", "1. ", "|", "/", " /", "<a x=\"<!--",
	} {
		body := "/done 1\n```\n```\n<!-- -->\n\n" + strings.Repeat(unit, (MaxBody-100)/len(unit))
		if got := s.Scan(body); len(got.Lines) == 0 {
			t.Errorf("%q: the first line is not found", unit)
		}
	}
}

func TestFingerprint(t *testing.T) {
	s := NewScanner(testVerbs)
	of := func(body string) string { return Fingerprint(s.Scan(body).Lines) }
	if got := of("no command"); got != "" {
		t.Errorf("got %q for no lines", got)
	}
	base := of("/done 1\n/kep 2")
	if len(base) != 16 {
		t.Errorf("got %q, want 16 characters", base)
	}
	if of("hello\n\n  /done  1 \r\n/kep\u00a02\nbye") != base {
		t.Error("text around and blanks change the fingerprint")
	}
	for _, other := range []string{"/done 1", "/kep 2\n/done 1", "/done 12\n/kep", "/done 1\n/kep 3"} {
		if of(other) == base {
			t.Errorf("%q has the same fingerprint", other)
		}
	}
	if of("/exception request 5d\nwhy: a") == of("/exception request 5d\nwhy: b") {
		t.Error("named lines do not count")
	}
}

// TestScanIrrelevantIsFree holds the budget of a delivery that is not ours.
func TestScanIrrelevantIsFree(t *testing.T) {
	s := NewScanner(testVerbs)
	if n := testing.AllocsPerRun(10, func() { s.Scan(irrelevant) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

// irrelevant is 13 kB as people write it to Prow, without a command of ours.
var irrelevant = strings.Repeat("I looked at https://github.com/kubernetes/kubernetes/pull/123456 and/or its parent, pkg/kubelet/cm, and the\r\n"+
	"tests pass now. What is left is the API review, see the thread above.\r\n\r\n```\r\n$ go test ./pkg/kubelet/...\r\nok\r\n```\r\n"+
	"<!-- from the template -->\r\n- [ ] docs\r\n- [x] tests\r\n\r\n", 43) + "/lgtm\r\n/hold cancel\r\n/sig node\r\n"

func BenchmarkScanIrrelevant(b *testing.B) {
	s := NewScanner(testVerbs)
	b.SetBytes(int64(len(irrelevant)))
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(irrelevant)
	}
}

func BenchmarkScanCommands(b *testing.B) {
	s := NewScanner(testVerbs)
	body := "Some words first.\r\n\r\n/commit v1.38 w3-4 80% 1,2\r\n/depends-on #12, #13 by w3-4\r\n\r\n```\r\n/done\r\n```\r\n"
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(body)
	}
}
