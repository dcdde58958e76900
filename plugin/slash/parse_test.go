package slash

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// testForms has every kind at least once, in the shapes of real commands.
var testForms = []Form{
	{"kep", []Arg{{"ref", BareRef, false}}, []string{"/kep 1234"}, nil},
	{"kep", []Arg{{"", Word("cancel"), false}}, []string{"/kep cancel"}, nil},
	{"kep", []Arg{{"", Word("none"), false}, {"reason", Text, false}}, []string{"/kep none a typo in a comment"}, nil},
	{"commit", []Arg{{"release", Release, true}, {"weeks", WeeksKind, true}, {"n", Percent, true}, {"items", Items, true}}, []string{"/commit", "/commit v1.38 w3-4 80%"}, nil},
	{"commit", []Arg{{"", Word("cancel"), false}, {"weeks", WeeksKind, true}, {"items", Items, true}}, []string{"/commit cancel w3-4"}, nil},
	{"depends-on", []Arg{{"ref", Refs, false}, {"weeks", ByWeeks, true}, {"text", Text, true}}, []string{"/depends-on #12 by w3-4 the API"}, nil},
	{"depends-on", []Arg{{"", Word("cancel"), false}, {"ref", OneRef, false}}, []string{"/depends-on cancel #12"}, nil},
	{"provide", []Arg{{"ref", OneRef, false}, {"weeks", WeeksKind, true}, {"text", Text, true}}, []string{"/provide #12 w3-4"}, nil},
	{"provide", []Arg{{"ref", OneRef, false}, {"", Word("decline"), false}, {"reason", Text, false}}, []string{"/provide #12 decline no reviewer is free"}, nil},
	{"provide", []Arg{{"", Word("cancel"), false}, {"ref", OneRef, false}}, nil, nil},
	{"question", []Arg{{"text", Text, false}}, []string{"/question who reviews the API?"}, nil},
	{"resolve", []Arg{{"id", ID, false}, {"text", Text, true}}, []string{"/resolve Q1"}, nil},
	{"resolve", []Arg{{"id", ID, false}, {"", Word("owned"), false}, {"user", User, false}, {"text", Text, true}}, []string{"/resolve R1 owned @octocat"}, nil},
	{"resolve", []Arg{{"id", ID, false}, {"", Word("accepted"), false}, {"text", Text, true}}, []string{"/resolve R1 accepted"}, nil},
	{"readout", []Arg{{"", Word("ready"), false}}, nil, nil},
	{"readout", []Arg{{"", Word("cancel"), false}}, nil, nil},
	{"progress", []Arg{{"state", Choice("on-track", "at-risk", "slipped"), false}, {"text", Text, true}}, []string{"/progress on-track"}, nil},
	{"done", []Arg{{"items", Items, true}, {"ref", OneRef, true}}, []string{"/done 1,2"}, nil},
	{"demo", []Arg{{"url", URL, false}, {"text", Text, true}}, []string{"/demo https://youtu.be/abc it runs"}, nil},
	{"vote", []Arg{{"vote", Number(0, 5), false}, {"text", Text, true}}, []string{"/vote 4"}, nil},
	{"nps", []Arg{{"n", Number(0, 100), false}}, nil, nil},
	{"plan", []Arg{{"", Word("status"), false}, {"sig", BareSIG, true}}, []string{"/plan status sig-node"}, nil},
	{"plan", []Arg{{"", Word("order"), false}, {"sig", SIG, false}, {"refs", Refs, false}}, []string{"/plan order sig-node #12, #13"}, nil},
	{"plan", []Arg{{"", Word("vote"), false}, {"", Word("open"), false}, {"time", Until, false}}, []string{"/plan vote open until 2027-02-05"}, nil},
	{"plan", []Arg{{"", Word("vote"), false}, {"", Word("close"), false}}, []string{"/plan vote close"}, nil},
	{"plan", []Arg{{"", Word("prune"), false}}, []string{"/plan prune"}, nil},
	{"plan", []Arg{{"", Word("prune"), false}, {"", Word("confirm"), false}, {"hash", Hash, false}}, []string{"/plan prune confirm 3f2a91c0"}, nil},
	{"exception", []Arg{{"days", Days, false}, {"reason", Text, true}}, []string{"/exception 5d the API review is late"}, nil},
	{"exception", []Arg{{"", Word("request"), false}, {"freeze", Slug, true}, {"days", Days, false}, {"reason", Text, true}}, []string{"/exception request code 5d the review is late"}, []string{"why", "risk-late", "risk-cut", "prs"}},
}

func mustLine(t testing.TB, s string) Line {
	t.Helper()
	l, ok := LineOf(s)
	if !ok {
		t.Fatalf("%q is no command line", s)
	}
	return l
}

func TestParse(t *testing.T) {
	kep := func(n int) Ref { return Ref{Number: n, KEP: true} }
	for _, tc := range []struct {
		line  string
		usage string // of the form that was chosen
		want  Values
	}{
		{"/kep 1234", "/kep [ref]", Values{"ref": kep(1234)}},
		{"/kep CANCEL", "/kep cancel", Values{"cancel": "cancel"}},
		{"/kep none because", "/kep none [reason]", Values{"none": "none", "reason": "because"}},
		{"/commit", "/commit [release] [weeks] [n]% [items]", Values{}},
		{
			`/commit v1.38 w3-4 80% 1,2`, "/commit [release] [weeks] [n]% [items]",
			Values{"release": "v1.38", "weeks": []Span{{From: 3, To: 4}}, "n": 80, "items": []Item{{N: 1}, {N: 2}}},
		},
		{"/commit 80 % w3-4 1.38", "/commit [release] [weeks] [n]% [items]", Values{"release": "v1.38", "weeks": []Span{{From: 3, To: 4}}, "n": 80}},
		{"/commit 80% w3-4", "/commit [release] [weeks] [n]% [items]", Values{"weeks": []Span{{From: 3, To: 4}}, "n": 80}},
		{"/commit cancel 1", "/commit cancel [weeks] [items]", Values{"cancel": "cancel", "items": []Item{{N: 1}}}},
		{
			"/depends-on #1, k#2 by weeks 3–4 the new field", "/depends-on [ref], [ref] by [weeks] [text]",
			Values{"ref": []Ref{{Number: 1}, {Repo: "k", Number: 2}}, "weeks": []Span{{From: 3, To: 4}}, "text": "the new field"},
		},
		{"/depends-on #1, needs it by Friday", "/depends-on [ref], [ref] by [weeks] [text]", Values{"ref": []Ref{{Number: 1}}, "text": "needs it by Friday"}},
		{"/depends-on #1 #2 #3rd try", "/depends-on [ref], [ref] by [weeks] [text]", Values{"ref": []Ref{{Number: 1}, {Number: 2}}, "text": "#3rd try"}},
		{"/depends-on cancel #1", "/depends-on cancel [ref]", Values{"cancel": "cancel", "ref": Ref{Number: 1}}},
		{"/provide #1 w3c conformance", "/provide [ref] [weeks] [text]", Values{"ref": Ref{Number: 1}, "text": "w3c conformance"}},
		{"/provide #1 decline too late", "/provide [ref] decline [reason]", Values{"ref": Ref{Number: 1}, "decline": "decline", "reason": "too late"}},
		{"/provide #1 w3 decline it", "/provide [ref] [weeks] [text]", Values{"ref": Ref{Number: 1}, "weeks": []Span{{From: 3, To: 3}}, "text": "decline it"}},
		{"/resolve q1 fine now", "/resolve [Q1|B1|R1] [text]", Values{"id": "Q1", "text": "fine now"}},
		{"/resolve R3 owned @Al-ice soon", "/resolve [Q1|B1|R1] owned @[user] [text]", Values{"id": "R3", "owned": "owned", "user": "Al-ice", "text": "soon"}},
		{"/progress At-Risk slow", "/progress on-track|at-risk|slipped [text]", Values{"state": "at-risk", "text": "slow"}},
		{"/vote 4", "/vote [0-5] [text]", Values{"vote": 4}},
		{`/question "quoted" and "not`, "/question [text]", Values{"text": `"quoted" and "not`}},
		{"/plan vote open until 5 Feb 2027, 12:00", "/plan vote open until [time]", Values{"vote": "vote", "open": "open", "time": "5 Feb 2027, 12:00"}},
		{"/plan status", "/plan status [sig]", Values{"status": "status"}},
		{"/plan order sig/node #1 #2", "/plan order [sig] [refs]", Values{"order": "order", "sig": "node", "refs": []Ref{{Number: 1}, {Number: 2}}}},
		{"/plan prune", "/plan prune", Values{"prune": "prune"}},
		{"/plan prune confirm 3F2A", "/plan prune confirm [hash]", Values{"prune": "prune", "confirm": "confirm", "hash": "3f2a"}},
		{"/exception 5d late", "/exception [days]d [reason]", Values{"days": 5, "reason": "late"}},
		{"/exception request 5 days late", "/exception request [freeze] [days]d [reason]", Values{"request": "request", "days": 5, "reason": "late"}},
		{"/exception request code 5d", "/exception request [freeze] [days]d [reason]", Values{"request": "request", "freeze": "code", "days": 5}},
	} {
		t.Run(tc.line, func(t *testing.T) {
			form, v, p := Parse(testForms, mustLine(t, tc.line))
			if p != nil {
				t.Fatalf("Problem %+v", *p)
			}
			if got := testForms[form].Usage(); got != tc.usage {
				t.Errorf("form %q, want %q", got, tc.usage)
			}
			if diff := cmp.Diff(tc.want, v); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
			roundTrip(t, form, v)
		})
	}
}

// roundTrip holds Parse(Print(v)) == v.
func roundTrip(t *testing.T, form int, v Values) {
	t.Helper()
	printed := testForms[form].Print(v)
	again, w, p := Parse(testForms, mustLine(t, printed))
	if p != nil {
		t.Fatalf("printed %q gives Problem %+v", printed, *p)
	}
	if diff := cmp.Diff(v, w); diff != "" || again != form {
		t.Errorf("printed %q: form %d, want %d, values (-want +got):\n%s", printed, again, form, diff)
	}
	lines := strings.Split(printed, "\n")
	if len(lines) > 1+len(testForms[form].Named) {
		t.Errorf("printed %q is more than its line and named lines", printed)
	}
	for n, line := range lines {
		if Clean(line) != line || (n == 0) != strings.HasPrefix(line, "/") {
			t.Errorf("printed %q is not made of clean lines", printed)
		}
	}
}

func TestParseProblems(t *testing.T) {
	type want struct{ Code, Word, Arg, Fix string }
	for _, tc := range []struct {
		line string
		want want
	}{
		{"/kep", want{CodeMissing, "", "ref", "/kep KEP-1234"}},
		{"/kep cancle", want{CodeShape, "cancle", "ref", "/kep cancel"}},
		{"/kep nothing", want{CodeShape, "nothing", "ref", "/kep KEP-1234"}},
		{"/kep KEP-0009", want{CodeShape, "KEP-0009", "ref", "/kep KEP-1234"}},
		{"/kep none", want{CodeMissing, "", "reason", "/kep none a typo in a comment"}},
		{"/kep 12 34", want{CodeExtra, "34", "", "/kep 12"}},
		{"/commit 3-4", want{CodeExtra, "3-4", "", "/commit w3-4"}},
		{"/commit v1.38, w3-4, 80", want{CodeShape, "v1.38,", "release", "/commit v1.38 w3-4, 80"}},
		{"/commit w4-3 80%", want{CodeRange, "w4-3", "weeks", "/commit w3-4 80%"}},
		{"/commit w3-4 180%", want{CodeRange, "180%", "n", "/commit w3-4 80%"}},
		{"/commit w1-2 w3-4", want{CodeExtra, "w3-4", "", "/commit w1-2,w3-4"}},
		{"/commit 1 2 3", want{CodeExtra, "2", "", "/commit 1,2,3"}},
		{"/commit cancl w3-4", want{CodeExtra, "cancl", "", "/commit cancel w3-4"}},
		{"/commit please w3-4 80%", want{CodeExtra, "please", "", "/commit w3-4 80%"}},
		{"/commit v1.38.0 80.5% w3-", want{CodeShape, "v1.38.0", "release", "/commit v1.38 80% w3"}},
		{"/depends-on by w3-4", want{CodeMissing, "", "ref", "/depends-on #12 by w3-4"}},
		{"/depends-on 12", want{CodeShape, "12", "ref", "/depends-on #12"}},
		{"/depends-on #1, 2", want{CodeShape, "2", "ref", "/depends-on #1,#2"}},
		{"/depends-on the API", want{CodeShape, "the", "ref", "/depends-on #12 the API"}},
		{"/provide decline too late", want{CodeMissing, "", "ref", "/provide #12 decline too late"}},
		{"/provide foo decline too late", want{CodeShape, "foo", "ref", "/provide #12 decline too late"}},
		{"/resolve 1", want{CodeShape, "1", "id", "/resolve Q1 1"}},
		{"/resolve #q2.", want{CodeShape, "#q2.", "id", "/resolve q2"}},
		{"/resolve R1 owned", want{CodeMissing, "", "user", "/resolve R1 owned octocat"}},
		{"/readout", want{CodeMissing, "", "", "/readout ready"}},
		{"/readout redy", want{CodeUnknownForm, "redy", "", "/readout ready"}},
		{"/readout now", want{CodeUnknownForm, "now", "", "/readout ready"}},
		{"/progress ontrack still", want{CodeChoice, "ontrack", "state", "/progress on-track still"}},
		{"/progress good still", want{CodeChoice, "good", "state", "/progress on-track good still"}},
		{"/demo", want{CodeMissing, "", "url", "/demo https://youtu.be/abc"}},
		{"/demo it runs", want{CodeShape, "it", "url", "/demo https://youtu.be/abc it runs"}},
		{"/demo javascript:alert(1)", want{CodeShape, "javascript:alert(1)", "url", "/demo https://youtu.be/abc javascript:alert(1)"}},
		{"/demo https://me:secret@example.com/x?a=b@c it runs", want{CodeShape, "https://me:secret@example.com/x?a=b@c", "url", "/demo https://example.com/x?a=b@c it runs"}},
		{"/demo <https://youtu.be/x>, it runs", want{CodeShape, "<https://youtu.be/x>,", "url", "/demo https://youtu.be/x it runs"}},
		{"/demo youtu.be/abc", want{CodeShape, "youtu.be/abc", "url", "/demo https://youtu.be/abc"}},
		{"/vote 9 fine", want{CodeRange, "9", "vote", "/vote 4 fine"}},
		{"/vote -1", want{CodeShape, "-1", "vote", "/vote 4"}},
		{"/vote 99999999999999999999", want{CodeRange, "99999999999999999999", "vote", "/vote 4"}},
		{"/vote ４", want{CodeShape, "４", "vote", "/vote 4 ４"}},
		{"/plan", want{CodeMissing, "", "", "/plan status"}},
		{"/plan statsu node", want{CodeUnknownForm, "statsu", "", "/plan status node"}},
		{"/plan vote", want{CodeMissing, "", "", "/plan vote open until 2027-02-05"}},
		{"/plan vote opne until noon", want{CodeUnknownForm, "opne", "", "/plan vote open until noon"}},
		{"/plan vote open 2027-03-01", want{CodeShape, "2027-03-01", "time", "/plan vote open until 2027-03-01"}},
		{"/plan order node #1", want{CodeShape, "node", "sig", "/plan order sig-node #1"}},
		{"/exception 5", want{CodeShape, "5", "days", "/exception 5d"}},
		{"/exception need more time", want{CodeShape, "need", "days", "/exception 5d need more time"}},
		{"/exception 900d x", want{CodeRange, "900d", "days", "/exception 5d x"}},
		{"/frob", want{CodeUnknownForm, "frob", "", ""}},
	} {
		t.Run(tc.line, func(t *testing.T) {
			line := mustLine(t, tc.line)
			line.N = 7
			_, v, p := Parse(testForms, line)
			if p == nil {
				t.Fatalf("no Problem, values %v", v)
			}
			if diff := cmp.Diff(tc.want, want{p.Code, p.Word, p.Arg, p.Fix}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if p.Line != 7 || p.Saw != tc.line || v != nil {
				t.Errorf("Line %d, Saw %q, values %v", p.Line, p.Saw, v)
			}
			if len(p.Usage) == 0 && tc.want.Fix != "" {
				t.Error("no usage")
			}
		})
	}
}

func TestParseAllowed(t *testing.T) {
	for _, tc := range []struct {
		line string
		want []string
	}{
		{"/readout now", []string{"ready", "cancel"}},
		{"/plan", []string{"status", "order", "vote", "prune"}},
		{"/plan vote soon", []string{"open", "close"}},
		{"/progress fine", []string{"on-track", "at-risk", "slipped"}},
		{"/vote 9", []string{"0", "1", "2", "3", "4", "5"}},
		{"/nps 900", []string{"0 to 100"}},
		{"/commit 300%", []string{"0% to 100%"}},
		{"/commit 80% please", []string{"v1.38", "w3-4", "1,2"}},
		{"/commit please", []string{"v1.38", "w3-4", "80%", "1,2", "cancel"}},
		{"/question", []string{"in a few words"}},
	} {
		_, _, p := Parse(testForms, mustLine(t, tc.line))
		if p == nil {
			t.Fatalf("%q: no Problem", tc.line)
		}
		if diff := cmp.Diff(tc.want, p.Allowed); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tc.line, diff)
		}
	}
}

func TestParseLong(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("wörds ", 60)) // 359 characters
	_, _, p := Parse(testForms, mustLine(t, "/question "+text))
	if p == nil || p.Code != CodeTooLong || p.Arg != "text" {
		t.Fatalf("got %+v", p)
	}
	if want := "/question " + text[:strings.LastIndex(text[:350], " ")]; p.Fix != want {
		t.Errorf("Fix %q, want %q", p.Fix, want)
	}
	exact := strings.Repeat("ö", MaxText)
	if _, v, p := Parse(testForms, mustLine(t, "/question "+exact)); p != nil || v["text"] != exact {
		t.Errorf("%d characters: %+v", MaxText, p)
	}
	if _, _, p := Parse(testForms, mustLine(t, "/question "+exact+"ö")); p == nil {
		t.Errorf("%d characters: no Problem", MaxText+1)
	}
	line := mustLine(t, "/exception request 5d late")
	line.Named = map[string]string{"why": exact, "prs": exact + "ö"}
	_, v, p := Parse(testForms, line)
	if want := "/exception request 5d late\nwhy: " + exact + "\nprs: " + exact; p == nil || p.Code != CodeTooLong || p.Arg != "prs" || p.Fix != want || v != nil {
		t.Errorf("named line: %+v", p)
	}
	_, _, p = Parse(testForms, mustLine(t, "/done "+strings.Repeat("1,", 60)))
	if p == nil || p.Code != CodeTooLong || p.Fix != "/done 1,2" {
		t.Errorf("60 items: %+v", p)
	}
}

// TestExamples holds that each form's own example and its plain line parse.
func TestExamples(t *testing.T) {
	for i, f := range testForms {
		for _, s := range append([]string{f.plain()}, f.Examples...) {
			form, v, p := Parse(testForms, mustLine(t, s))
			if p != nil || form != i {
				t.Errorf("%q: form %d, want %d, Problem %+v", s, form, i, p)
				continue
			}
			roundTrip(t, form, v)
		}
	}
}

// TestFixAlwaysParses tries every form's words with one word changed, left
// out, doubled, swapped or put in.
func TestFixAlwaysParses(t *testing.T) {
	junk := []string{
		"x", "9", "99999", "-3", "80", "101%", "w9-1", "w", "w3-", "v1", "1.38.7", "#", "#0", "#12", "KEP-0", "cancel", "statsu",
		"sig-", "@", "until", ",", `"`, `"a`, "1,2", "1,,", "w1,w2", "5d", "0d", "%", "by", "http://", "Q0", "５", strings.Repeat("long ", 80),
	}
	n := 0
	check := func(verb string, words ...string) {
		line, ok := LineOf(render(verb, words))
		if !ok {
			return
		}
		n++
		checkLine(t, line)
	}
	for _, f := range testForms {
		for _, s := range append([]string{f.plain()}, f.Examples...) {
			w := mustLine(t, s).Words
			check(f.Verb)
			for i := range w {
				check(f.Verb, w[:i]...)
				check(f.Verb, append(append([]string{}, w[:i]...), w[i+1:]...)...)
				check(f.Verb, append(append(append([]string{}, w[:i]...), w[i]), w[i:]...)...)
				for _, j := range junk {
					check(f.Verb, append(append(append([]string{}, w[:i]...), j), w[i+1:]...)...)
					check(f.Verb, append(append(append([]string{}, w[:i]...), j), w[i:]...)...)
				}
			}
			for _, j := range junk {
				check(f.Verb, append(append([]string{}, w...), j)...)
			}
		}
	}
	if n < 3000 {
		t.Errorf("only %d lines tried", n)
	}
}

// checkLine holds the two promises about a line.
func checkLine(t *testing.T, line Line) {
	t.Helper()
	form, v, p := Parse(testForms, line)
	if p == nil {
		roundTrip(t, form, v)
		return
	}
	if len(p.Usage) == 0 {
		return // no verb of ours
	}
	if p.Code == "" || p.Saw != line.Raw || p.Fix == "" || strings.ContainsAny(p.Fix, "\r\n") {
		t.Fatalf("%q: %+v", line.Raw, *p)
	}
	if _, _, q := Parse(testForms, mustLine(t, p.Fix)); q != nil {
		t.Fatalf("%q: Fix %q gives %+v", line.Raw, p.Fix, *q)
	}
	found := NewScanner(testVerbs).Scan(p.Fix)
	if len(p.Fix) < MaxBody && len(found.Lines) != 1 {
		t.Fatalf("%q: Fix %q is no command", line.Raw, p.Fix)
	}
}

func FuzzLine(f *testing.F) {
	for _, form := range testForms {
		f.Add(form.plain())
		for _, s := range form.Examples {
			f.Add(s)
		}
	}
	f.Add(`/done "a","b\" c" , 3`)
	f.Add("/depends-on https://github.com/o/r/pull/1#x, <http://github.com/o/r/issues/2> by weeks 1–2, 3")
	f.Add("/kep https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra/kep.yaml")
	f.Fuzz(func(t *testing.T, s string) {
		if line, ok := LineOf(s); ok {
			checkLine(t, line)
		}
	})
}

func FuzzScan(f *testing.F) {
	f.Add("/done 1\r\n> /done\r```\n/done\n```\n<!-- /done\n-->\n/exception request 5d\nwhy: x")
	f.Add("\ufeff  /comit\n/sig\n/done \u2028 1")
	f.Add("- a\n  ~~~\n  /done\n<b><!--\n\n/vote 4")
	s := NewScanner(testVerbs)
	f.Fuzz(func(t *testing.T, body string) {
		found := s.Scan(body)
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body), "\n")
		for _, l := range found.Lines {
			if want := Clean(lines[l.N-1]); l.Raw != want {
				t.Fatalf("line %d: Raw %q, want %q", l.N, l.Raw, want)
			}
			if got := strings.Join(l.Words, " "); got != strings.TrimPrefix(l.Raw[1+len(l.Verb):], " ") {
				t.Fatalf("words %q of %q", l.Words, l.Raw)
			}
			checkLine(t, l)
		}
		if len(found.Lines) > MaxCommands || len(found.Near) > MaxCommands || len(found.Eaten) > len(found.Lines) {
			t.Fatalf("%d lines, %d near, %d eaten", len(found.Lines), len(found.Near), len(found.Eaten))
		}
		if (Fingerprint(found.Lines) == "") != (len(found.Lines) == 0) {
			t.Fatal("fingerprint")
		}
	})
}
