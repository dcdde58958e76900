package render

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/slash"
)

func TestCode(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "API types", "`API types`"},
		{"empty", "", "(no text)"},
		{"invisible only", "\u200b\u202e \n", "(no text)"},
		{"mention", "@node-fac", "`@node-fac`"},
		{"one backtick", "a`b", "``a`b``"},
		{"backticks at the ends", "`a`", "`` `a` ``"},
		{"pipe stays, tables escape it", "a|b", "`a|b`"},
		{"lines", "a\r\nb\u2028c\td", "`a b c d`"},
		{"direction and width", "a\u202eb\u200bc\ufeff", "`abc`"},
		{"comment opens", "<!-- x -->", "`<! -- x -- >`"},
		{"200 characters", strings.Repeat("é", 200), "`" + strings.Repeat("é", 200) + "`"},
		{"201 characters", strings.Repeat("é", 201), "`" + strings.Repeat("é", 200) + "…`"},
		{"not UTF-8", "a\xffb", "`a\uFFFDb`"},
		{"many backticks", strings.Repeat("`", 300), "````````` ````````… `````````"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.name == "many backticks" { // the end is "…", so that only the front needs a blank; both get one
				tc.want = strings.Repeat("`", 9) + " " + strings.Repeat("`", 8) + "… " + strings.Repeat("`", 9)
			}
			if d := cmp.Diff(tc.want, Code(tc.in)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"a|b": `a\|b`, `a\|b`: `a\ \|b`, `a\\|b`: `a\\ \|b`, "a\nb": "a b", `a\`: `a\`,
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	day := func(y int, m time.Month, d int) cycle.Day { return cycle.Day{Year: y, Month: m, Day: d} }
	at := time.Date(2027, 1, 9, 23, 2, 0, 0, time.FixedZone("", -5*3600))
	got := []string{
		DateOf(at), DateTime(at),
		Window(cycle.Increment{Start: day(2027, 1, 12), End: day(2027, 1, 23)}),
		Window(cycle.Increment{Start: day(2027, 1, 26), End: day(2027, 2, 6)}),
		Window(cycle.Increment{Start: day(2027, 1, 26), End: day(2027, 1, 26)}),
		Window(cycle.Increment{Start: day(2026, 12, 28), End: day(2027, 1, 8)}),
		Window(cycle.Increment{Start: day(2026, 1, 12), End: day(2027, 1, 23)}),
	}
	want := []string{"10 Jan", "10 Jan 04:02 UTC", "12–23 Jan", "26 Jan – 6 Feb", "26 Jan", "28 Dec – 8 Jan", "12 Jan – 23 Jan"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestCounts(t *testing.T) {
	got := []string{
		count(0, "line", "lines"), count(1, "line", "lines"), count(9, "line", "lines"), count(10, "line", "lines"), digits(1, "line", "lines"), digits(0, "line", "lines"),
		join(nil, "and"), join([]string{"a"}, "and"), join([]string{"a", "b"}, "or"), join([]string{"a", "b", "c"}, "and"),
		some([]string{"a", "b", "c"}, 2, "or"), some([]string{"a", "b"}, 2, "or"), some([]string{"a", "b"}, 0, "or"),
	}
	want := []string{"no lines", "one line", "nine lines", "10 lines", "1 line", "0 lines", "", "a", "a or b", "a, b and c", "a, b and 1 more", "a or b", "2"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestPeople(t *testing.T) {
	for in, want := range map[string]string{
		"node-fac": "node-fac", "k8s-ci-robot[bot]": `k8s-ci-robot\[bot\]`, "name_company": "name_company", "@x": "`@x`", "a b": "`a b`", "-x": "`-x`", "": "(no text)",
	} {
		if got := person(in); got != want {
			t.Errorf("person(%q) = %q, want %q", in, got, want)
		}
	}
	many := slices.Repeat([]string{"a", "b c", "@d"}, 9)
	if got, want := mentions(many), strings.TrimSuffix(strings.Repeat("@a ", 9), " "); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAddresses(t *testing.T) {
	odd := slash.Key{Org: "a", Repo: "b_(c)", Number: 7}
	got := []string{
		site.Issue(here), site.Comment(here, 42), site.Issue(odd), site.file("kubernetes/enhancements", "keps/sig-x/1-a (b)/kep.yaml"),
		site.issue(here, slash.Key{Org: here.Org, Repo: here.Repo, Number: 3}), site.issue(here, pools), site.issue(here, other),
	}
	want := []string{
		"https://github.com/kubernetes/enhancements/issues/4381",
		"https://github.com/kubernetes/enhancements/issues/4381#issuecomment-42",
		"https://github.com/a/b_%28c%29/issues/7",
		"https://github.com/kubernetes/enhancements/blob/HEAD/keps/sig-x/1-a%20%28b%29/kep.yaml",
		"[#3](https://github.com/kubernetes/enhancements/issues/3)",
		"[kubernetes#130512](https://github.com/kubernetes/kubernetes/issues/130512)",
		"[etcd-io/etcd#77](https://github.com/etcd-io/etcd/issues/77)",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func size(s string) int { return utf8.RuneCountInString(s) }
