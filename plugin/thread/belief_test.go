package thread

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// shown is an assessment in short: what counted and how, the notes, what was not read.
func shown(a Assessment) string {
	var out []string
	switch {
	case a.Linked():
		out = append(out, fmt.Sprintf("%s by %s", a.Thread.KEP, a.Thread.How))
	case a.Exempt != nil:
		out = append(out, "exempt: "+string(a.Exempt.Nature)+" "+a.Exempt.Reason+a.Exempt.Seen)
	default:
		out = append(out, "nothing")
	}
	for _, f := range a.Notes {
		text := string(f.Code)
		if f.How != "" {
			text += " in " + string(f.How)
		}
		for _, r := range f.KEPs {
			text += " " + r.Name()
		}
		if f.Key.Number > 0 {
			text += " " + f.Key.String()
		}
		for _, k := range f.Near {
			text += " near " + k.Ref.Name()
		}
		out = append(out, text)
	}
	for _, u := range a.Unread {
		out = append(out, strings.TrimSpace("unread "+u.Repo+strings.TrimPrefix(u.Item.String(), "/#0")+strings.TrimPrefix(u.ItemsOf.String(), "#0")))
	}
	return strings.ReplaceAll(strings.ReplaceAll(strings.Join(out, "; "), "kubernetes/kubernetes#", "k#"), keps+"#", "e#")
}

// beliefs is a table of what is written and what counts.
var beliefs = []struct {
	name, title, body string
	said              []string
	want              string
}{
	{"nothing at all", "Add a pool", "Adds it.", nil, "nothing"},
	{"by link", "", "See https://github.com/kubernetes/enhancements/issues/4381", nil, "e#4381 by link"},
	{"by link in a docs fence", "", "```docs\n- [KEP]: https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra\n```", nil, "e#4381 by link"},
	{"by title", "KEP-4381: add a pool", "", nil, "e#4381 by title"},
	{"by closing", "", "Fixes #12", nil, "e#4381 by closes"},
	{"by closing with an address", "", "Resolves: https://github.com/kubernetes/kubernetes/issues/12.", nil, "e#4381 by closes"},
	{"by closing, in brackets", "", "closes [#12](https://github.com/kubernetes/kubernetes/issues/12)", nil, "e#4381 by closes"},
	{"by closing with a mark before the address", "", "Fixes #https://github.com/kubernetes/kubernetes/issues/12", nil, "e#4381 by closes"},
	{"by mention of a work item", "", "Part of the work on #12.", nil, "e#4381 by mention"},
	{"a word that ends like a closing one only mentions", "", "prefixes #12", nil, "e#4381 by mention"},
	{"by /kep in the description", "", "/kep 4381", nil, "e#4381 by kep"},
	{"by /part-of in the description", "", "/part-of #12\r\n", nil, "e#4381 by part-of"},
	{"by /kep", "", "", []string{"dev: /kep 4381"}, "e#4381 by kep"},
	{"by /part-of", "", "", []string{"dev: /part-of #12"}, "e#4381 by part-of"},

	{"/kep before the description's", "", "/kep 5000", []string{"node-fac: /kep 4381"}, "e#4381 by kep"},
	{"the last /kep", "", "", []string{"dev: /kep 5000", "node-fac: /kep 4381"}, "e#4381 by kep"},
	{"the last /kep of the description", "", "/kep 5000\n/kep 4381", nil, "e#4381 by kep"},
	{"after cancel the description counts", "", "/kep 5000", []string{"dev: /kep 4381", "dev: /kep cancel"}, "e#5000 by kep"},
	{"cancel in a description is none", "", "/kep 4381\n/kep cancel", nil, "e#4381 by kep"},
	{"/kep before everything", "KEP-5000", "KEP-3063, fixes #13\n/part-of #13", []string{"dev: /kep 4381"}, "e#4381 by kep; item-differs KEP-4381 KEP-5000 k#13; title-differs in title KEP-4381 KEP-5000"},
	{"/part-of before the link", "", "KEP-5000", []string{"dev: /part-of #12"}, "e#4381 by part-of"},
	{"cancel of another item", "", "", []string{"dev: /part-of #12", "dev: /part-of cancel #13"}, "e#4381 by part-of"},
	{"cancel of the item", "", "KEP-5000", []string{"dev: /part-of #12", "member: /part-of cancel"}, "e#5000 by link"},
	{"the link before what is closed", "", "KEP-5000, fixes #12", nil, "e#5000 by link"},
	{"what is closed before what is named", "", "see #13, fixes #12", nil, "e#4381 by closes"},
	{"what is named before the title", "KEP-5000", "part of #12", nil, "e#4381 by mention; title-differs in title KEP-4381 KEP-5000"},
	{"title and description disagree", "KEP-5000: add a pool", "KEP-4381", nil, "e#4381 by link; title-differs in title KEP-4381 KEP-5000"},
	{"title and description agree", "KEP-4381: add a pool", "KEP-4381 and again enhancements#4381", nil, "e#4381 by link"},

	{"none", "", "KEP-4381", []string{"node-lead: /kep none only moves files"}, "exempt: said only moves files"},
	{"none, taken back", "", "KEP-4381", []string{"node-lead: /kep none only moves files", "dev: /kep cancel"}, "e#4381 by link"},
	{"none in a description without a label", "", "/kep none trust me", nil, "nothing; none-not-here"},
	{"such a none hides no link", "", "KEP-4381\n/kep none trust me", nil, "e#4381 by link"},
	{"such a none hides no /kep", "", "/kep 4381\n/kep none trust me", nil, "e#4381 by kep"},

	{"a link to a pull request", "", "see https://github.com/kubernetes/enhancements/pull/5021", nil, "nothing; pull-link KEP-4381 e#5021"},
	{"one that changed no KEP", "", "see https://github.com/kubernetes/enhancements/pull/5022", nil, "nothing; pull-link e#5022"},
	{"one that was not looked at", "", "see https://github.com/kubernetes/enhancements/pull/5023", nil, "nothing; pull-link e#5023"},
	{"one by its short form", "", "see enhancements#5021", nil, "nothing; pull-link KEP-4381 e#5021"},
	{"/kep of one by its short form", "", "", []string{"dev: /kep enhancements#5021"}, "nothing; pull-link KEP-4381 e#5021"},
	{"one by both", "", "see enhancements#5021, https://github.com/kubernetes/enhancements/pull/5021", nil, "nothing; pull-link KEP-4381 e#5021"},
	{"one by its short form, not looked at", "", "see enhancements#5023", nil, "nothing; no-such-kep in link KEP-5023"},
	{"any other pull request", "", "see https://github.com/kubernetes/kubernetes/pull/12", nil, "nothing"},
	{"one beside a KEP", "", "KEP-4381, see https://github.com/kubernetes/enhancements/pull/5022", nil, "e#4381 by link"},
	{"/kep of one in the description", "", "/kep https://github.com/kubernetes/enhancements/pull/5021", nil, "nothing; pull-link KEP-4381 e#5021"},
	{"several KEPs", "", "KEP-4381 and KEP-5000", nil, "nothing; ambiguous in link KEP-4381 KEP-5000"},
	{"several KEPs, the title does not choose", "KEP-4381", "KEP-4381 and KEP-5000", nil, "nothing; ambiguous in link KEP-4381 KEP-5000"},
	{"several KEPs in the title", "KEP-4381, KEP-5000", "", nil, "nothing; ambiguous in title KEP-4381 KEP-5000"},
	{"several KEPs closed", "", "fixes #12, closes #13", nil, "nothing; ambiguous in closes KEP-4381 KEP-5000"},
	{"several KEPs in passing", "", "see #12 and #13", nil, "nothing"},
	{"several KEPs in passing, one in the title", "KEP-4381", "see #12 and #13", nil, "e#4381 by title"},
	{"of several one exists", "", "KEP-4381 and KEP-9999", nil, "e#4381 by link"},
	{"a number not in the catalogue", "", "KEP-4318", nil, "nothing; no-such-kep in link KEP-4318 near KEP-4381"},
	{"that, and one that is in the title", "KEP-4381", "KEP-4318", nil, "e#4381 by title; no-such-kep in link KEP-4318 near KEP-4381"},
	{"/kep of a number not in the catalogue", "", "KEP-4381", []string{"dev: /kep 4318"}, "nothing; no-such-kep in kep KEP-4318 near KEP-4381"},
	{"/kep of a repository that is none of ours", "", "", []string{"dev: /kep a/b#7"}, "nothing; foreign-kep in kep KEP-7"},
	{"of another one of ours", "", "https://github.com/kubernetes-sigs/kueue/tree/main/keps/693-multikueue", nil, "kubernetes-sigs/kueue#693 by link"},
	{"quoted, commented, in code", "", "> KEP-4381, fixes #12\n<!-- KEP-4381, fixes #12\n/kep 4381 -->\n```\nfixes #12, KEP-4381\n/kep 4381\n```\n`fixes #12`", nil, "nothing"},
	{"not numbers of issues", "", "a#b &#12; x/y/z#12 v1#12x abc#12 @#12 C#12", nil, "nothing"},
	{"KEP #N is no issue of this repository", "", "KEP #4381", nil, "e#4381 by link"},
	{"a plain bug", "", "Fixes #77", nil, "nothing"},
	{"a plain bug, and a title", "KEP-4381", "Fixes #77", nil, "e#4381 by title"},
	{"itself", "", "/part-of #200\nfixes #200", nil, "nothing; item-itself in part-of k#200"},
	{"an item that is gone", "", "/part-of #666", nil, "nothing; item-gone in part-of k#666"},
	{"an item that is gone, and a link", "", "/part-of #666\nKEP-4381", nil, "e#4381 by link; item-gone in part-of k#666"},
	{"an item that is a pull request", "", "/part-of #78", nil, "nothing; item-is-pull in part-of k#78"},
	{"an item without a KEP", "", "/part-of #77", nil, "nothing; item-no-kep in part-of k#77"},
	{"an item with a KEP that is not there", "", "/part-of #14", nil, "nothing; no-such-kep in part-of KEP-9999 k#14"},
	{"an item that was not read", "", "/part-of #99\nKEP-4381", nil, "nothing; unread k#99"},
	{"a closed issue that was not read", "KEP-4381", "fixes #99", nil, "nothing; unread k#99"},
	{"a named issue that was not read is no work item", "KEP-4381", "see #99", nil, "e#4381 by title"},
}

func TestBelief(t *testing.T) {
	for _, tc := range beliefs {
		t.Run(tc.name, func(t *testing.T) {
			a := assess(t, pullOf(tc.title, tc.body), facts(), tc.said...)
			if d := cmp.Diff(tc.want, shown(a)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if a.Unsure != (len(a.Unread) > 0) {
				t.Errorf("unsure %t with %d not read", a.Unsure, len(a.Unread))
			}
		})
	}
}

// TestOwnKEPs: in a repository with its own keps/, and in the KEP repository itself, an issue may be a KEP or not.
func TestOwnKEPs(t *testing.T) {
	const kueue = "kubernetes-sigs/kueue"
	for _, tc := range []struct{ name, title, body, want string }{
		{"an issue that is a KEP", "", "Fixes #693", kueue + "#693 by closes"},
		{"its address", "", "See https://github.com/kubernetes-sigs/kueue/issues/693", kueue + "#693 by link"},
		{"a plain issue", "", "Fixes #8000", "nothing"},
		{"the address of a plain issue", "", "Fixes https://github.com/kubernetes-sigs/kueue/issues/8000", "nothing"},
		{"its short form", "kueue#8000 again", "see kueue#8000", "nothing"},
		{"a work item", "", "Fixes https://github.com/kubernetes-sigs/kueue/issues/8001", kueue + "#693 by closes"},
		{"named as a KEP", "", "KEP-8000", "nothing; no-such-kep in link KEP-8000"},
		{"its directory", "", "keps/693-multikueue/README.md", kueue + "#693 by link"},
		{"another repository's by number is its own", "", "/kep 4381", "nothing; no-such-kep in kep KEP-4381"},
		{"another repository's by address", "", "https://github.com/kubernetes/enhancements/issues/4381", "e#4381 by link"},
		{"a plain pull request of its own", "", "follows https://github.com/kubernetes-sigs/kueue/pull/8002", "nothing; pull-link " + kueue + "#8002"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := pullOf(tc.title, tc.body)
			p.Key = key("kubernetes-sigs/kueue#9000")
			if d := cmp.Diff(tc.want, shown(Assess(Fold(p, kueue, nil), facts()))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestUnreadCatalogue: what could not be read is never taken for absent.
func TestUnreadCatalogue(t *testing.T) {
	for _, keps := range []work.Catalogues{nil, {}, {keps: nil}} {
		f := facts()
		f.KEPs = keps
		for _, body := range []string{"KEP-4381", "/kep 4381", "/part-of #12", "fixes #12"} {
			a := assess(t, pullOf("", body), f)
			if !a.Unsure || a.Verdict != Unknown || !a.Gate.Keep || a.Comment() || a.Linked() {
				t.Errorf("%d catalogues, %q: %s, %+v", len(keps), body, shown(a), a.Gate)
			}
		}
		if a := assess(t, pullOf("", "nothing"), f); a.Unsure || a.Gate.Keep || !a.Gate.NeedsKEP {
			t.Errorf("where nothing had to be looked up: %+v", a.Gate)
		}
	}
}

// TestLongTexts: what is read of a long text ends between two words.
func TestLongTexts(t *testing.T) {
	for _, tail := range []string{"KEP-43819", "#123456"} {
		for cut := 1; cut < len(tail)+1; cut++ {
			body := strings.Repeat(" ", slash.MaxBody-cut) + tail
			if s := Fold(pullOf(body, body), keps, nil); len(s.Linked)+len(s.Titled)+len(s.Mentions) != 0 && cut < len(tail) {
				t.Errorf("%q cut after %d: %+v %+v", tail, cut, s.Linked, s.Mentions)
			}
		}
	}
	if s := Fold(pullOf("", strings.Repeat("x", 3*slash.MaxBody)+" KEP-4381"), keps, nil); len(s.Linked) != 0 {
		t.Error("text behind the limit is read")
	}
}

func TestWants(t *testing.T) {
	body := "fixes #1, #2 #3 org/repo#4 #5 #6 #7 closes #8\n"
	for n := 1; n < 9; n++ {
		body += fmt.Sprintf("https://github.com/kubernetes/enhancements/pull/%d ", 5020+n)
	}
	for _, tc := range []struct {
		body  string
		said  []string
		items string
		pulls int
	}{
		{body, nil, "k#1 k#8 k#2 k#3 org/repo#4", 5},
		{body + "\n/part-of #12", nil, "k#12 k#1 k#8 k#2 k#3", 5},
		{body, []string{"dev: /kep 4381"}, "", 0},
		{body, []string{"dev: /kep 4381", "dev: /part-of #12"}, "k#12", 0},
		{"/part-of #200", nil, "", 0},
		{"", nil, "", 0},
	} {
		items, pulls := Fold(pullOf("", tc.body), keps, says(t, pullOf("", ""), tc.said...)).Wants()
		var got []string
		for _, k := range items {
			got = append(got, strings.ReplaceAll(k.String(), "kubernetes/kubernetes#", "k#"))
		}
		if strings.Join(got, " ") != tc.items || len(pulls) != tc.pulls {
			t.Errorf("%q: %q, %d pulls; want %q, %d", tc.body, got, len(pulls), tc.items, tc.pulls)
		}
	}
}

// TestFoldOrder: the order in which comments are listed does not matter, and neither do lines that are none.
func TestFoldOrder(t *testing.T) {
	said := says(t, pullOf("", ""), "dev: /kep 4381", "dev: /part-of #12", "dev: /kep 5000", "dev: /part-of cancel #12")
	want := Fold(pullOf("", ""), keps, said)
	for i := range said {
		turned := append(append([]work.Said{{Comment: 9, Command: "/kep"}, {Comment: 9, Command: "nonsense"}, {Command: "/kep 3063"}}, said[i:]...), said[:i]...)
		if d := cmp.Diff(want, Fold(pullOf("", ""), keps, turned)); d != "" {
			t.Errorf("from %d on (-in order +turned):\n%s", i, d)
		}
	}
	if want.KEP().Ref != (kep.Ref{Repo: keps, Number: 5000}) || want.Item() != nil {
		t.Errorf("%+v %+v", want.KEP(), want.Item())
	}
}
