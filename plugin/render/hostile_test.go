package render

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// hostile are texts with which somebody might try to reach out of a place.
var hostile = []string{
	"@everyone", "thanks @node-fac, cc @kubernetes/sig-node", "[click](https://evil.example)", "![](https://evil.example/x.png)",
	"<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<https://evil.example>", "https://evil.example www.evil.example a@evil.example",
	"`", "``", "``` x", "a`b``c```d", "` `", "`@everyone`", "\\`@everyone\\`", "|", "a|b|c", `a\|b\\|c`, "\\", "x\\", "x|", "|x",
	"two\nlines\r\n\r\n# heading", "\n\n---\n\n| a | b |\n|---|---|\n| @everyone | x |", "<!-- steelthread:record cycle=v1.38 -->", "-->", "--!> <!--", "<!-", "<\x00!--",
	"</details>", "</sub>", "</td></tr></table>", "fixes #1", "closes kubernetes/kubernetes#1", "GH-1", ":tada:", "- [ ] task", "1. one", "> quote", "~~~", "    code", "\tcode",
	"*a* _b_ **c** __d__ ~~e~~", "$x$ $$y$$", "&lt;b&gt; &#64;everyone &commat;everyone", "[x]: https://evil.example", "[^1]", "\u202e@everyone\u202c", "a\u200bb\u200d\ufeff", "\u2066x\u2069",
	"\xff\xfe", "\u2028x\u2029", "日本語 עברית العربية", strings.Repeat("`", 70000), strings.Repeat("[", 300), strings.Repeat("a|", 300), strings.Repeat("é", 500), "0123456789abcdef0123456789abcdef01234567",
	"0www.0", "/commit\n/block everything", "{{ x }}", "a · b", "%s%d", "\x1b[31m",
}

// everywhere renders everything with s wherever users, files or the
// configuration put words.
func everywhere(s string) map[string]string {
	name := "Z " + s // never plainly a name, so that both ways of showing one take the same branch
	said := work.Said{Comment: 1, At: at("9 10:00"), Login: name, Role: "facilitator", SIG: name, Source: name, Command: "/commit " + s}
	issue := work.Issue{Key: here, Title: s, Body: "- [ ] one\n- [ ] two\n- [ ] etcd-io/etcd#78 " + strings.Join(strings.Fields(s), " ")}
	note := func(id string, kind work.NoteKind, ended string) work.Note {
		return work.Note{ID: id, Kind: kind, Text: s, Raised: said, Ended: ended, Owner: name, Answer: s, Closed: said}
	}
	item := &work.Item{
		Key: here, Cycle: "v1.38", KEPSaid: said, Ready: said, Progress: &work.Progress{State: "Z " + s, Text: s, Said: said},
		Commitments: []work.Commitment{{Window: "w1-2", Item: s, Percent: 90, Said: said}, {Window: "w1-2", Percent: 80, Said: said}, {Window: name, Item: "one", Percent: 10, Said: said}},
		Done:        []work.Delivery{{Item: s, Ref: other, Said: said}, {Item: name, Said: said}, {But: []string{"one", "two", s, name}, Said: said}},
		Demos:       []work.Demo{{URL: "https://a.example/x", Text: s, Said: said, Confirmed: said}, {URL: "javascript:" + s, Text: s, Said: work.Said{Comment: 1, Author: 2, Login: name}}},
		Promises:    []work.Promise{{To: other, Text: s, By: name, Said: said}, {To: pools, Text: s, Declined: true, Said: said}},
		Merges: []custody.Merge{
			{Repo: "etcd-io/etcd", Number: 78, At: at("9 10:00"), Title: s, By: name, KEP: name, Verdict: name, Commit: name},
			{Repo: name, Number: 79, At: at("9 11:00"), Title: s},
		},
		Notes: []work.Note{note("B1", work.Block, ""), note("Q1", work.Question, ""), note("R1", work.Risk, work.Owned), note("R2", work.Risk, work.Mitigated)},
	}
	finding := func(code work.FindingCode) work.Finding {
		return work.Finding{Code: code, Key: other, Words: []string{name, "Z, " + strings.ReplaceAll(s, ",", ";"), name}, Path: []work.Key{here, other, here}}
	}
	words := work.ExceptionText{Reason: s, Why: s, RiskLate: s, RiskCut: s, PRs: s}
	asked := work.Asked{Comment: 1, Line: 1, Login: name, Role: name, Said: at("9 10:00")}
	decided := work.ExceptionDecided{ExceptionText: words, Granted: true, Freeze: name, Request: asked, Asked: asked, DaysAsked: 5, Days: 3, Due: v138().Start, Needed: []string{name},
		Supports: []work.Support{{SIG: name, Asked: asked}}, Votes: []work.ExceptionVote{{Asked: asked, Text: s}, {Asked: work.Asked{Login: name, Role: "release-lead"}, Approve: true, Days: 3, Text: s}}, SIG: name}
	var exceptions []work.Exception
	for _, state := range []work.ExceptionState{work.ExceptionWithdrawn, work.ExceptionDenied, work.ExceptionDraft, work.ExceptionRequested, work.ExceptionGranted, work.ExceptionExpired, work.ExceptionState(name)} {
		e := work.Exception{ExceptionText: words, State: state, Freeze: name, Days: 5, Requested: said, Latest: said, Missing: []string{s, name}, Needed: []string{name}, Waiting: []string{name, ""},
			Supports: decided.Supports, Votes: decided.Votes, Withdrawn: said}
		if state == work.ExceptionGranted || state == work.ExceptionExpired {
			e.Decided = &decided
		}
		exceptions = append(exceptions, e)
	}
	denied := decided
	denied.Granted = false
	a := work.Assessment{
		Exceptions: exceptions,
		Item:       item, Issue: issue, Standing: work.Committed, SIG: name, KEPRef: kep.Ref{Repo: keps, Number: 4381}, KEPHow: work.KEPByCommand,
		KEP:   &kep.KEP{Title: s, SIG: name, Stage: name, Status: name, Path: "keps/x/kep.yaml"},
		Asked: []work.Key{other}, Blocks: item.OpenNotes(work.Block), InPlan: true, Blocked: true,
	}
	for code := range findingWords {
		e := work.Edge{Ask: work.Ask{Target: pools, By: name, Text: s, Said: said}, Findings: []work.Finding{finding(code)}}
		e.Target = work.Target{Readable: true, Issue: issue, SIG: name}
		e.Promise = &work.Promise{To: here, By: name, Text: s, Declined: code == work.Declined, Said: said}
		if strings.HasPrefix(string(code), "k") || strings.HasPrefix(string(code), "n") {
			a.Findings = append(a.Findings, finding(code))
			continue
		}
		a.Edges = append(a.Edges, e)
	}
	sortEdges(a)
	line := Line{Said: said, Standing: custody.StandingEdited}
	p := slash.Problem{Saw: s, Word: name, Arg: s, Allowed: []string{name, name}, Usage: []string{s}, Fix: s}
	out := map[string]string{
		"record": site.record(Record{Assessment: a, Cycle: v138(), Facilitators: []string{name}, Owners: map[string][]string{name: {name}}, History: []Line{line}, Edited: 1}, details[0]),
		"asked":  site.Asked(pools, Asked{From: here, Title: s, SIG: name, By: name, ByTitle: s, Text: s, Cycle: "v1.38", Said: said, Facilitators: []string{name}}),
		"declined": site.Declined(Declined{Key: here, Target: pools, Title: s, SIG: name, Cycle: "v1.38", Reason: s, Said: said,
			Facilitators: []string{name}}),
		"blocked": site.Blocked(Blocked{Key: here, Cycle: "v1.38", Notes: item.Notes, SIG: name, Owners: []string{name}, StandIn: true}),
		"granted": site.ExceptionDecided(here, "v1.38", decided, []string{name}), "denied": site.ExceptionDecided(here, "v1.38", denied, []string{name}),
		"reminder": site.ExceptionReminder(here, "v1.38", decided, []string{name}), "expired": site.ExceptionExpired(here, "v1.38", decided, []string{name}),
		"label": site.LabelTouched(here, s, true, name, Code(s)),
		"say":   site.SayItInAComment(here, []string{s, name}),
		"near": site.Refusals(here, []Refusal{{Comment: 1, Near: []slash.Near{{Word: s, Verb: "commit"}}, Eaten: []slash.Line{{Raw: s}},
			Changed: []Change{{Comment: 1, Took: []string{s}, Now: []string{s, s}}}}}),
	}
	for code := range reasons {
		q := p
		q.Code = code
		out["refusal "+code] = site.Refusals(here, []Refusal{{Comment: 1, Problems: []*slash.Problem{&q}}})
	}
	return out
}

// sortEdges makes the order that came out of a map the same each time.
func sortEdges(a work.Assessment) {
	byCode := func(x, y work.Finding) int { return strings.Compare(string(x.Code), string(y.Code)) }
	slices.SortFunc(a.Findings, byCode)
	slices.SortFunc(a.Edges, func(x, y work.Edge) int { return byCode(x.Findings[0], y.Findings[0]) })
}

var (
	pinged  = regexp.MustCompile(`@[A-Za-z0-9]`)
	closes  = regexp.MustCompile(`(?i)\b(close[sd]?|fix(e[sd])?|resolve[sd]?):? +\S*#\d`)
	emoji   = regexp.MustCompile(`:[a-z0-9_+-]+:`)
	comment = "<!--"
)

// harmless checks everything that is rendered with s against the same with a
// plain word: what Markdown makes of it must have the same shape.
func harmless(t *testing.T, s string) {
	t.Helper()
	if text := oneLine(s); text == "" || text == "one" || text == "two" { // these are items of the checklist themselves
		return
	}
	plainly := everywhere("b b")
	for place, got := range everywhere(s) {
		if !utf8.ValidString(got) {
			t.Errorf("%s: %q gives text that is not UTF-8", place, s)
		}
		if strings.Contains(got, comment) || strings.Contains(got, "-->") {
			t.Errorf("%s: %q leaves an HTML comment", place, s)
		}
		if d := cmp.Diff(skeleton(plainly[place]), skeleton(got)); d != "" {
			t.Errorf("%s: %q changes the shape (-plain +got):\n%s", place, s, d)
		}
		visible := withoutCode(got)
		for _, bad := range []*regexp.Regexp{pinged, closes, emoji} {
			if m := bad.FindString(visible); m != "" {
				t.Errorf("%s: %q leaves %q outside of code", place, s, m)
			}
		}
	}
}

func TestHostileTexts(t *testing.T) {
	for _, s := range hostile {
		harmless(t, s)
	}
}

func FuzzHostileText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 2000 {
			harmless(t, s)
		}
	})
}

func FuzzCode(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Code(s)
		if strings.ContainsAny(got, "\r\n\x00") || utf8.RuneCountInString(strings.Trim(got, "` ")) > textLimit+1 {
			t.Errorf("%q gives %q", s, got)
		}
		if want := "Document\n Paragraph\n  CodeSpan\n"; oneLine(s) != "" && skeleton(got) != want {
			t.Errorf("%q gives %q, which reads as\n%s", s, got, skeleton(got))
		}
	})
}

func FuzzProse(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Prose(s)
		quoted := "He said “" + got + "”."
		if want := "Document\n Paragraph\n"; skeleton(quoted) != want {
			t.Errorf("%q gives %q, which reads as\n%s", s, got, skeleton(quoted))
		}
		visible := withoutCode(quoted)
		for _, bad := range []*regexp.Regexp{pinged, closes, emoji, regexp.MustCompile(`#\d|\b[0-9a-f]{7,40}\b|://|(?i)www\.|gh-\d`)} {
			if m := bad.FindString(visible); m != "" {
				t.Errorf("%q leaves %q", s, m)
			}
		}
	})
}
