package work

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
)

func mergeOf(repo string, number int, when string) custody.Merge {
	return custody.Merge{Repo: repo, Number: number, At: at(when), Title: "Implement it", By: "/part-of", Verdict: custody.VerdictPlanned}
}

// TestFoldKeepsMerges: an item's merges are in order, each pull request once,
// however the log holds them, and the log is left as it is.
func TestFoldKeepsMerges(t *testing.T) {
	log := logOf("/commit v1.38 w1-2 100%")
	first, second, again := mergeOf("o/b", 7, "12 09:00"), mergeOf("o/a", 9, "13 09:00"), mergeOf("o/b", 7, "14 09:00")
	log.Merges = []custody.Merge{again, second, first}
	item := Fold(here, log)
	if d := cmp.Diff([]custody.Merge{first, second}, item.Merges); d != "" {
		t.Errorf("Merges (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]custody.Merge{again, second, first}, log.Merges); d != "" {
		t.Errorf("Fold changed the log (-want +got):\n%s", d)
	}
	if item.Accepted != 1 || len(item.Commitments) != 1 {
		t.Errorf("%d lines accepted, %d commitments, want 1 and 1", item.Accepted, len(item.Commitments))
	}
	if none := Fold(here, logOf()).Merges; none != nil {
		t.Errorf("Merges of an empty log: %v", none)
	}
}

// mergedItem is an item of kubernetes/enhancements with merges in three places.
func mergedItem() *Item {
	return &Item{Key: here, Cycle: "v1.38", Merges: []custody.Merge{
		mergeOf("kubernetes/kubernetes", 130700, "12 09:00"), mergeOf("kubernetes/enhancements", 5021, "12 10:00"), mergeOf("etcd-io/etcd", 77, "13 09:00"),
	}}
}

func TestOffered(t *testing.T) {
	for text, want := range map[string]string{
		"Scheduler plugin kubernetes#130700":              "1: kubernetes/kubernetes#130700",
		"Scheduler plugin (kubernetes/kubernetes#130700)": "1: kubernetes/kubernetes#130700",
		"Scheduler plugin Kubernetes/KUBERNETES#130700":   "1: kubernetes/kubernetes#130700",
		"#5021: the KEP":  "1: kubernetes/enhancements#5021",
		"the KEP, #5021.": "1: kubernetes/enhancements#5021",
		"**#5021**":       "1: kubernetes/enhancements#5021",
		"etcd-io/etcd#77": "1: etcd-io/etcd#77",
		"https://github.com/kubernetes/kubernetes/pull/130700":                     "1: kubernetes/kubernetes#130700",
		"see https://github.com/kubernetes/kubernetes/pull/130700/files#r1, there": "1: kubernetes/kubernetes#130700",
		"[plugin](https://github.com/kubernetes/kubernetes/pull/130700)":           "1: kubernetes/kubernetes#130700",
		"<http://www.github.com/kubernetes/kubernetes/issues/130700>.":             "1: kubernetes/kubernetes#130700",
		"github.com/kubernetes/kubernetes/pull/130700":                             "1: kubernetes/kubernetes#130700",
		"kubernetes#130700 and #5021, kubernetes#130700":                           "1: kubernetes/kubernetes#130700 kubernetes/enhancements#5021",
		"kubernetes#130700, kubernetes#130701":                                     "1: kubernetes/kubernetes#130700 beside kubernetes/kubernetes#130701",
		"kubernetes#130700 for #4381 and KEP-4381":                                 "1: kubernetes/kubernetes#130700",
		"kubernetes#130700 (KEP#12, PR#13)":                                        "1: kubernetes/kubernetes#130700",

		"Scheduler plugin":              "",
		"Implement it":                  "", // the title, which is no reference
		"130700":                        "",
		"#130700":                       "", // of another repository
		"etcd#77":                       "", // of another organisation
		"kubernetes#1307000":            "",
		"kubernetes#130700a":            "",
		"kubernetes#130700é":            "",
		"kubernetes#0130700":            "",
		"a-kubernetes#130700":           "",
		"x/y/kubernetes#130700":         "",
		"PR#5021":                       "",
		"KEP-5021":                      "",
		"&#5021;":                       "",
		"##5021":                        "",
		"a#5021":                        "",
		"the `#5021` column, ``#5021``": "",
		"https://example.org/kubernetes/kubernetes/pull/130700":                   "",
		"https://example.org/#5021":                                               "",
		"https://example.org/?u=github.com/kubernetes/kubernetes/pull/130700":     "",
		"https://api.github.com/repos/kubernetes/kubernetes/pull/130700":          "",
		"https://github.com/kubernetes/kubernetes/commit/130700":                  "",
		"https://github.com/kubernetes/kubernetes/tree/master/keps/sig-a/5021-it": "",
	} {
		if got := inShort(Offered(mergedItem(), []string{text})); got != want {
			t.Errorf("%q: offered %q, want %q", text, got, want)
		}
	}
}

// inShort is "2: org/repo#1 org/repo#2 beside org/repo#3; 4: ...".
func inShort(offers []Offer) string {
	var out []string
	for _, o := range offers {
		s := strconv.Itoa(o.N) + ":"
		for _, m := range o.Merges {
			s += " " + m.Repo + "#" + strconv.Itoa(m.Number)
		}
		for n, k := range o.Others {
			if n == 0 {
				s += " beside"
			}
			s += " " + k.String()
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestOfferedNumbers(t *testing.T) {
	list := Checklist("### Work\n- [ ] API types\n- [ ] Later\n  - [ ] Scheduler plugin kubernetes#130700\n- [x] #5021\n- [ ] #5021\n- [ ] twice #5021\n")
	if got, want := inShort(Offered(mergedItem(), list)), "2: kubernetes/kubernetes#130700; 3: kubernetes/enhancements#5021; 5: kubernetes/enhancements#5021"; got != want {
		t.Errorf("offered %q, want %q", got, want)
	}
	if got := Offered(&Item{Key: here}, list); got != nil {
		t.Errorf("offered %v without a merge", got)
	}
}

// TestCutReferences: a text that Checklist cut in the middle of a number names
// no pull request.
func TestCutReferences(t *testing.T) {
	item := &Item{Key: here, Merges: []custody.Merge{mergeOf("kubernetes/enhancements", 50, "12 09:00")}}
	for fill := range 60 {
		list := Checklist("- [ ] " + strings.Repeat("x", 150+fill) + " #5021")
		if len(list) != 1 {
			t.Fatalf("%d items", len(list))
		}
		if got := Offered(item, list); len(got) > 0 {
			t.Errorf("%q: offered %s", list[0], inShort(got))
		}
	}
	whole := Checklist("- [ ] " + strings.Repeat("x", 196) + " #50 and more")
	if got := Offered(item, whole); len(got) != 0 { // "#50" ends at the cut: it may go on
		t.Errorf("%q: offered %s", whole[0], inShort(got))
	}
	early := Checklist("- [ ] " + strings.Repeat("x", 190) + " #50 and more")
	if got := Offered(item, early); len(got) != 1 {
		t.Errorf("%q: offered %s", early[0], inShort(got))
	}
}

func TestTicked(t *testing.T) {
	body := "- [ ] API types\n- [x] Scheduler\u00a0plugin \n* [X] e2e tests\n1. [x] twice\n2. [ ] twice\n- [x] both\n- [x] both\n```\n- [x] in a fence\n```\n- [x] " + strings.Repeat("long ", 60)
	got := Ticked(body)
	var ticked []string
	for _, text := range Checklist(body) {
		if got[text] && !slices.Contains(ticked, text) {
			ticked = append(ticked, text)
		}
	}
	want := []string{"Scheduler plugin", "e2e tests", "both", strings.TrimSpace(strings.Repeat("long ", 40))}
	if d := cmp.Diff(want, ticked); d != "" {
		t.Errorf("ticked (-want +got):\n%s", d)
	}
	if got["in a fence"] {
		t.Error("a fence is read")
	}
}

// FuzzOffered: nothing panics, and what is offered has the pull request's number
// in its text.
func FuzzOffered(f *testing.F) {
	for _, s := range []string{"- [ ] kubernetes#130700", "- [x] #5021 https://github.com/etcd-io/etcd/pull/77", "- [ ] `#5021`", "- [ ] \xff#5021\xff", "- [ ] ``#5021`"} {
		f.Add(s)
	}
	item := mergedItem()
	f.Fuzz(func(t *testing.T, body string) {
		list := Checklist(body)
		ticked := Ticked(body)
		for _, o := range Offered(item, list) {
			if o.N < 1 || o.N > len(list) || list[o.N-1] != o.Text || len(o.Merges) == 0 {
				t.Errorf("%q: offered %+v", body, o)
			}
			if _, known := ticked[o.Text]; !known && !strings.Contains(body, "<!") {
				t.Errorf("%q: not known whether %q is ticked", body, o.Text)
			}
			for _, m := range o.Merges {
				n := strconv.Itoa(m.Number)
				if !strings.Contains(o.Text, "#"+n) && !strings.Contains(o.Text, "/"+n) {
					t.Errorf("%q: %q has no %s", body, o.Text, n)
				}
			}
		}
	})
}
