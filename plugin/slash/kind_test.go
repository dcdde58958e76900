package slash

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKinds reads words with one kind each: how many words it takes, the
// value and its canonical form, or the code of the Problem. Zero words means
// that the kind takes them for something else.
func TestKinds(t *testing.T) {
	const something = 0
	kepDir := "https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra"
	for _, tc := range []struct {
		kind  Kind
		words string
		took  int
		value any
		print string
		code  string
	}{
		{Word("cancel"), "Cancel it", 1, "cancel", "cancel", ""},
		{Word("cancel"), "cancels", something, nil, "", ""},
		{Choice("on-track", "at-risk"), "AT-RISK x", 1, "at-risk", "at-risk", ""},
		{Choice("on-track", "at-risk"), "at risk", something, nil, "", ""},

		{Release, "v1.38", 1, "v1.38", "v1.38", ""},
		{Release, "1.38 x", 1, "v1.38", "v1.38", ""},
		{Release, "V1.38", 1, "v1.38", "v1.38", ""},
		{Release, "v1.38.1", 1, nil, "", CodeShape},
		{Release, "v1.038", 1, nil, "", CodeShape},
		{Release, "v1.9999", 1, nil, "", CodeShape},
		{Release, "v1", something, nil, "", ""},
		{Release, "v1.", something, nil, "", ""},
		{Release, "1.x", something, nil, "", ""},
		{Release, "１.38", something, nil, "", ""},

		{WeeksKind, "w3-4", 1, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "W3-4", 1, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "w3-w4", 1, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "weeks 3-4 80%", 2, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "weeks 3–4", 2, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "weeks 3 – 4 x", 4, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "Week 3-4", 2, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{WeeksKind, "w3", 1, []Span{{From: 3, To: 3}}, "w3", ""},
		{WeeksKind, "w3-3", 1, []Span{{From: 3, To: 3}}, "w3", ""},
		{WeeksKind, "inc2 x", 1, []Span{{Inc: 2}}, "inc2", ""},
		{WeeksKind, "Inc 2", 2, []Span{{Inc: 2}}, "inc2", ""},
		{WeeksKind, "w1-2,w3-4", 1, []Span{{From: 1, To: 2}, {From: 3, To: 4}}, "w1-2,w3-4", ""},
		{WeeksKind, "w1-2, w3-4 80%", 2, []Span{{From: 1, To: 2}, {From: 3, To: 4}}, "w1-2,w3-4", ""},
		{WeeksKind, "w1-2 , inc3", 3, []Span{{From: 1, To: 2}, {Inc: 3}}, "w1-2,inc3", ""},
		{WeeksKind, "weeks 1-2, 3-4", 3, []Span{{From: 1, To: 2}, {From: 3, To: 4}}, "w1-2,w3-4", ""},
		{WeeksKind, "w1-2, 80%", 1, []Span{{From: 1, To: 2}}, "w1-2", ""},
		{WeeksKind, "w1-2, 3 people", 1, []Span{{From: 1, To: 2}}, "w1-2", ""},
		{WeeksKind, "by w3-4 x", 2, []Span{{From: 3, To: 4}}, "w3-4", ""},
		{ByWeeks, "w3-4", 1, []Span{{From: 3, To: 4}}, "by w3-4", ""},
		{WeeksKind, "by Friday", something, nil, "", ""},
		{WeeksKind, "by", something, nil, "", ""},
		{WeeksKind, "w3c", something, nil, "", ""},
		{WeeksKind, "weeks", something, nil, "", ""},
		{WeeksKind, "3-4", something, nil, "", ""},
		{WeeksKind, "w4-3", 1, nil, "", CodeRange},
		{WeeksKind, "w0", 1, nil, "", CodeRange},
		{WeeksKind, "w54", 1, nil, "", CodeRange},
		{WeeksKind, "inc0", 1, nil, "", CodeRange},
		{WeeksKind, "w3-", 1, nil, "", CodeShape},
		{WeeksKind, "w1-2,w", 1, nil, "", CodeShape},
		{WeeksKind, "w1234", 1, nil, "", CodeShape},

		{Percent, "80% x", 1, 80, "80%", ""},
		{Percent, "80 % x", 2, 80, "80%", ""},
		{Percent, "0%", 1, 0, "0%", ""},
		{Percent, "100%", 1, 100, "100%", ""},
		{Percent, "101%", 1, nil, "", CodeRange},
		{Percent, "99999999999%", 1, nil, "", CodeRange},
		{Percent, "-1%", 1, nil, "", CodeShape},
		{Percent, "80.5%", 1, nil, "", CodeShape},
		{Percent, "80", something, nil, "", ""},
		{Percent, "８０%", something, nil, "", ""},
		{Days, "5d", 1, 5, "5d", ""},
		{Days, "5D", 1, 5, "5d", ""},
		{Days, "5 days", 2, 5, "5d", ""},
		{Days, "1 day", 2, 1, "1d", ""},
		{Days, "0d", 1, nil, "", CodeRange},
		{Days, "5", something, nil, "", ""},
		{Days, "5dx", something, nil, "", ""},

		{Items, "1,2 x", 1, []Item{{N: 1}, {N: 2}}, "1,2", ""},
		{Items, "1, 2 , 3", 4, []Item{{N: 1}, {N: 2}, {N: 3}}, "1,2,3", ""},
		{Items, "1,2, x", 1, []Item{{N: 1}, {N: 2}}, "1,2", ""},
		{Items, "1 2", 1, []Item{{N: 1}}, "1", ""},
		{Items, `"API types","a \"b\" \\, c" x`, 1, []Item{{Text: "API types"}, {Text: `a "b" \, c`}}, `"API types","a \"b\" \\, c"`, ""},
		{Items, `"API types", 2`, 2, []Item{{Text: "API types"}, {N: 2}}, `"API types",2`, ""},
		{Items, "80 %", something, nil, "", ""},
		{Items, "API", something, nil, "", ""},
		{Items, `"API`, something, nil, "", ""},
		{Items, `"API"x`, something, nil, "", ""},
		{Items, ",1", something, nil, "", ""},
		{Items, "0", 1, nil, "", CodeRange},
		{Items, "10000", 1, nil, "", CodeRange},
		{Items, `""`, 1, nil, "", CodeShape},
		{Items, `"` + strings.Repeat("x", 301) + `"`, 1, nil, "", CodeTooLong},

		{OneRef, "#12 x", 1, Ref{Number: 12}, "#12", ""},
		{OneRef, "repo.x#12", 1, Ref{Repo: "repo.x", Number: 12}, "repo.x#12", ""},
		{OneRef, "org/repo#12", 1, Ref{Org: "org", Repo: "repo", Number: 12}, "org/repo#12", ""},
		{OneRef, "https://github.com/org/repo/issues/12", 1, Ref{Org: "org", Repo: "repo", Number: 12}, "org/repo#12", ""},
		{OneRef, "http://GitHub.com/org/repo/pull/12/files", 1, Ref{Org: "org", Repo: "repo", Number: 12}, "org/repo#12", ""},
		{OneRef, "https://github.com/org/repo/issues/12/", 1, Ref{Org: "org", Repo: "repo", Number: 12}, "org/repo#12", ""},
		{OneRef, "<https://github.com/org/repo/issues/12#issuecomment-99>", 1, Ref{Org: "org", Repo: "repo", Number: 12}, "org/repo#12", ""},
		{OneRef, "https://github.com/org/repo/issues/12?x=y#z", 1, Ref{Org: "org", Repo: "repo", Number: 12}, "org/repo#12", ""},
		{OneRef, "KEP-1234", 1, Ref{Number: 1234, KEP: true}, "KEP-1234", ""},
		{OneRef, "kep/1234", 1, Ref{Number: 1234, KEP: true}, "KEP-1234", ""},
		{OneRef, "org/repo/kep-7", 1, Ref{Org: "org", Repo: "repo", Number: 7, KEP: true}, "org/repo/KEP-7", ""},
		{OneRef, kepDir + "/README.md?plain=1", 1, Ref{Org: "kubernetes", Repo: "enhancements", Number: 4381, KEP: true, URL: kepDir}, kepDir, ""},
		{OneRef, "https://github.com/o/r/blob/a/b/keps/sig-x/5-y/kep.yaml", 1, Ref{Org: "o", Repo: "r", Number: 5, KEP: true, URL: "https://github.com/o/r/tree/a/b/keps/sig-x/5-y"}, "https://github.com/o/r/tree/a/b/keps/sig-x/5-y", ""},
		{OneRef, "#012", 1, nil, "", CodeShape},
		{OneRef, "#0", 1, nil, "", CodeShape},
		{OneRef, "#1000000000", 1, nil, "", CodeShape},
		{OneRef, "#12.", 1, nil, "", CodeShape},
		{OneRef, "KEP-0009", 1, nil, "", CodeShape},
		{OneRef, "a/b/c#1", 1, nil, "", CodeShape},
		{OneRef, "-a/b#1", 1, nil, "", CodeShape},
		{OneRef, "a/..#1", 1, nil, "", CodeShape},
		{OneRef, "https://example.com/org/repo/issues/12", 1, nil, "", CodeShape},
		{OneRef, "https://github.com/org/repo/issues/", 1, nil, "", CodeShape},
		{OneRef, "https://github.com/org/repo/tree/master/keps/sig-x", 1, nil, "", CodeShape},
		{OneRef, "https://github.com/org/repo/tree/master/keps/NNNN-kep-template/0-x", 1, nil, "", CodeShape},
		{OneRef, "12", something, nil, "", ""},
		{OneRef, "#1２", 1, nil, "", CodeShape},
		{OneRef, "#one", something, nil, "", ""},
		{BareRef, "1234", 1, Ref{Number: 1234, KEP: true}, "KEP-1234", ""},
		{BareRef, "0009", something, nil, "", ""},
		{BareRef, "#12", 1, Ref{Number: 12}, "#12", ""},
		{Refs, "#1,repo#2, o/r#3 KEP-4 and", 3, []Ref{{Number: 1}, {Repo: "repo", Number: 2}, {Org: "o", Repo: "r", Number: 3}, {Number: 4, KEP: true}}, "#1,repo#2,o/r#3,KEP-4", ""},
		{Refs, "#1 , #2", 3, []Ref{{Number: 1}, {Number: 2}}, "#1,#2", ""},
		{Refs, "#1, the API", 1, []Ref{{Number: 1}}, "#1", ""},
		{Refs, "#1 C#7", 2, []Ref{{Number: 1}, {Repo: "C", Number: 7}}, "#1,C#7", ""},
		{Refs, "#1 2", 1, []Ref{{Number: 1}}, "#1", ""},
		{Refs, "#1, 2", 2, nil, "", CodeShape},
		{Refs, "#1,#x2", something, nil, "", ""},
		{Refs, "the API", something, nil, "", ""},
		{Refs, strings.Repeat("#1,", 51), 1, nil, "", CodeTooLong},

		{SIG, "sig-node x", 1, "node", "sig-node", ""},
		{SIG, "SIG/API-Machinery", 1, "api-machinery", "sig-api-machinery", ""},
		{SIG, "node", something, nil, "", ""},
		{SIG, "sig-", something, nil, "", ""},
		{BareSIG, "Node", 1, "node", "sig-node", ""},
		{BareSIG, "sig-node", 1, "node", "sig-node", ""},
		{BareSIG, "#12", something, nil, "", ""},
		{User, "@octo-cat x", 1, "octo-cat", "octo-cat", ""},
		{User, "k8s-ci-robot", 1, "k8s-ci-robot", "k8s-ci-robot", ""},
		{User, "dependabot[bot]", 1, "dependabot[bot]", "dependabot[bot]", ""},
		{User, "@org/team", 1, nil, "", CodeShape},
		{User, "a.b", something, nil, "", ""},
		{Number(0, 5), "5 x", 1, 5, "5", ""},
		{Number(0, 5), "6", 1, nil, "", CodeRange},
		{Number(0, 5), "+3", 1, nil, "", CodeShape},
		{Number(0, 5), "3.5", 1, nil, "", CodeShape},
		{Number(0, 5), "five", something, nil, "", ""},
		{Number(0, 5), "４", something, nil, "", ""},
		{ID, "q1", 1, "Q1", "Q1", ""},
		{ID, "B12", 1, "B12", "B12", ""},
		{ID, "X1", something, nil, "", ""},
		{ID, "Q01", something, nil, "", ""},
		{ID, "Q", something, nil, "", ""},
		{Slug, "Code-Freeze x", 1, "code-freeze", "code-freeze", ""},
		{Slug, "5d", something, nil, "", ""},
		{Hash, "3F2A x", 1, "3f2a", "3f2a", ""},
		{Hash, "3f2", something, nil, "", ""},
		{URL, "https://youtu.be/x?t=1#y z", 1, "https://youtu.be/x?t=1#y", "https://youtu.be/x?t=1#y", ""},
		{URL, "ftp://x/y", 1, nil, "", CodeShape},
		{URL, "https://", 1, nil, "", CodeShape},
		{URL, "HTTPS://Prow.K8s.IO:443/view/gs/A?b=C#d", 1, "https://prow.k8s.io/view/gs/A?b=C#d", "https://prow.k8s.io/view/gs/A?b=C#d", ""},
		{URL, "http://localhost:8080", 1, "http://localhost:8080", "http://localhost:8080", ""},
		{URL, "https://testgrid.k8s.io/sig-node#kubelet (1)&width=90%25", 1, "https://testgrid.k8s.io/sig-node#kubelet", "https://testgrid.k8s.io/sig-node#kubelet", ""},
		{URL, "https://example.com/é?ü=|#日", 1, "https://example.com/%C3%A9?%C3%BC=|#%E6%97%A5", "https://example.com/%C3%A9?%C3%BC=|#%E6%97%A5", ""},
		{URL, "https://example.com:443?x", 1, "https://example.com?x", "https://example.com?x", ""},
		{URL, "https://me:secret@example.com/x", 1, nil, "", CodeShape},
		{URL, "https://@example.com/x", 1, nil, "", CodeShape},
		{URL, "https://example.com\\@evil.example/x", 1, nil, "", CodeShape},
		{URL, "https://exämple.com/x", 1, nil, "", CodeShape},
		{URL, "https://[::1]/x", 1, nil, "", CodeShape},
		{URL, "https://example..com/x", 1, nil, "", CodeShape},
		{URL, "https://example.com/%zz", 1, nil, "", CodeShape},
		{URL, "https://example.com/<b>", 1, nil, "", CodeShape},
		{URL, "javascript://example.com/%0aalert(1)", 1, nil, "", CodeShape},
		{URL, "data:text/html,x", something, nil, "", ""},
		{URL, "//example.com/x", something, nil, "", ""},
		{URL, "https://example.com/" + strings.Repeat("x", 280), 1, "https://example.com/" + strings.Repeat("x", 280), "https://example.com/" + strings.Repeat("x", 280), ""},
		{URL, "https://example.com/" + strings.Repeat("x", 281), 1, nil, "", CodeTooLong},
		{URL, "https://example.com/" + strings.Repeat("é", 50), 1, nil, "", CodeTooLong},
		{URL, "javascript:alert(1)", something, nil, "", ""},
		{Until, "Until Friday, noon", 3, "Friday, noon", "until Friday, noon", ""},
		{Until, "until", 1, nil, "", CodeMissing},
		{Until, "Friday", something, nil, "", ""},
		{Text, "all of it", 3, "all of it", "all of it", ""},
	} {
		t.Run(tc.words, func(t *testing.T) {
			words := splitWords(tc.words)
			took := tc.kind.Match(words)
			if took != tc.took {
				t.Fatalf("took %d words, want %d", took, tc.took)
			}
			if took == something {
				return
			}
			v, p := tc.kind.Parse(words[:took])
			if p != nil {
				if p.Code != tc.code || p.Word == "" && p.Code != CodeMissing || len(p.Allowed) == 0 {
					t.Errorf("Problem %+v, want code %q", *p, tc.code)
				}
				return
			}
			if diff := cmp.Diff(tc.value, v); diff != "" || tc.code != "" {
				t.Fatalf("want code %q, value (-want +got):\n%s", tc.code, diff)
			}
			if got := tc.kind.Print(v); got != tc.print {
				t.Errorf("printed %q, want %q", got, tc.print)
			}
			again := splitWords(tc.print)
			if n := tc.kind.Match(again); n != len(again) {
				t.Fatalf("of the printed %q took %d words", tc.print, n)
			}
			if w, p := tc.kind.Parse(again); p != nil || cmp.Diff(v, w) != "" {
				t.Errorf("printed %q reads as %v, %+v", tc.print, w, p)
			}
		})
	}
}

// TestKindsOfNothing holds that no kind panics on no or empty words, and that
// its example is good.
func TestKindsOfNothing(t *testing.T) {
	for _, f := range testForms {
		for _, a := range f.Args {
			if n := a.Kind.Match(nil); n != 0 {
				t.Errorf("%s %s matches nothing with %d words", f.Verb, a.Name, n)
			}
			if v, p := a.Kind.Parse(nil); p == nil {
				t.Errorf("%s %s reads %v from nothing", f.Verb, a.Name, v)
			}
			if s, ok := a.Kind.(suggester); ok {
				_ = s.suggest("")
			}
			words := splitWords(a.Kind.Example())
			if n := a.Kind.Match(words); n != len(words) {
				t.Errorf("%s %s: of its example %q took %d words", f.Verb, a.Name, a.Kind.Example(), n)
			}
			if _, p := a.Kind.Parse(words); p != nil {
				t.Errorf("%s %s: example %q gives %+v", f.Verb, a.Name, a.Kind.Example(), *p)
			}
		}
	}
}

func TestKey(t *testing.T) {
	for _, s := range []string{"org/repo#12", "a-b_c/.github#1", "o/r.x-y_z#999999999"} {
		k, err := ParseKey(s)
		if err != nil || k.String() != s || k.IsZero() {
			t.Errorf("ParseKey(%q) = %v, %v", s, k, err)
		}
	}
	for _, s := range []string{
		"", "#", "org/repo", "org/repo#", "org/repo#0", "org/repo#01", "org/repo#1000000000", "repo#1", "/repo#1", "org/#1",
		"org/..#1", "a/b/c#1", "org/repo#-1", "org/repo#1 ", "-o/r#1", "o\n/r#1", "org/repo#1#2",
	} {
		if k, err := ParseKey(s); err == nil || !k.IsZero() {
			t.Errorf("ParseKey(%q) = %v, no error", s, k)
		}
	}
	if got := (Key{"o", "r", 1}).Repository(); got != "o/r" {
		t.Errorf("Repository() = %q", got)
	}
}

func TestResolve(t *testing.T) {
	base := Key{"org", "repo", 1}
	for _, tc := range []struct {
		ref  Ref
		want Key
	}{
		{Ref{Number: 12}, Key{"org", "repo", 12}},
		{Ref{Repo: "other", Number: 12}, Key{"org", "other", 12}},
		{Ref{Org: "o", Repo: "r", Number: 12}, Key{"o", "r", 12}},
		{Ref{Number: 12, KEP: true}, Key{}},
		{Ref{Org: "o", Repo: "r", Number: 12, KEP: true}, Key{"o", "r", 12}},
	} {
		if got := tc.ref.Resolve(base); got != tc.want {
			t.Errorf("%+v resolves to %v, want %v", tc.ref, got, tc.want)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		" a \t\u00a0 b\r\nc ":        "a b c",
		"\ufeffa\u200b\u2060b\u00ad": "ab",
		"a\u200b \u200bb":            "a b",
		"\u0600x":                    "\u0600x", // an Arabic number sign has a glyph
		"\u202e/x\u2066":             "/x",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestOneEdit compares with the textbook distance over all short words.
func TestOneEdit(t *testing.T) {
	words := []string{""}
	for i := 0; i < len(words); i++ {
		if len(words[i]) < 4 {
			for _, c := range "abc" {
				words = append(words, words[i]+string(c))
			}
		}
	}
	for _, a := range words {
		for _, b := range words {
			if got, want := oneEdit(a, b), distance(a, b) == 1; got != want {
				t.Fatalf("oneEdit(%q, %q) = %v", a, b, got)
			}
		}
	}
}

// distance is Damerau's and Levenshtein's, in its restricted form.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
		for j := range d[i] {
			if i == 0 {
				d[i][j] = j
				continue
			}
			if j == 0 {
				continue
			}
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
