package plugin

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/plugin/saved"
	"github.com/steelthread/steelthread/plugin/work"
)

// goldens compares with a file below testdata/golden/export, or writes it.
func goldens(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "../testdata/golden/export/" + name
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		must(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	must(t, err)
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: %s", name, d)
	}
}

// TestKeptExceptions: the fields that Kubernetes keeps by hand, of a granted exception and
// of others beside it; YAML and JSON say the same.
func TestKeptExceptions(t *testing.T) {
	s, _, _ := season(t)
	s.start()
	live, err := s.plugin.Tables(t.Context(), "v1.38")
	must(t, err)
	items := live.s.plan.items
	for n := range items { // each as it would be: only what is kept is looked at
		a := &items[n].Assessment
		if len(a.Exceptions) > 0 {
			one := a.Exceptions[0]
			more := func(f func(e *work.Exception)) {
				e := one
				e.Decided = nil
				f(&e)
				a.Exceptions = append(a.Exceptions, e)
			}
			more(func(e *work.Exception) {
				e.State, e.PRs, e.Freeze = work.ExceptionRequested, "none yet", "enhancements"
			})
			more(func(e *work.Exception) {
				e.State, e.PRs, e.Withdrawn = work.ExceptionWithdrawn, "https://github.com/a/b/pull/1, kubernetes#2", e.Requested
			})
			more(func(e *work.Exception) { e.State = work.ExceptionDraft })
			more(func(e *work.Exception) {
				e.State, e.Missing, e.Withdrawn = work.ExceptionWithdrawn, []string{"why"}, e.Requested
			})
			more(func(e *work.Exception) {
				denied := *one.Decided
				denied.Granted = false
				e.State, e.Decided, e.PRs, e.Freeze = work.ExceptionDenied, &denied, "", "docs: \"late\" #1"
			})
			a.Issue.Title = "DRA: \"structured\" # parameters <b> & \u2028 more\nand 'more'"
		}
	}
	asYAML, err := live.Kept().YAML()
	must(t, err)
	asJSON, err := live.Kept().JSON()
	must(t, err)
	goldens(t, "exceptions.yaml", asYAML)
	goldens(t, "exceptions.json", asJSON)
	read, err := yaml.YAMLToJSON(asYAML)
	must(t, err)
	plain, err := yaml.YAMLToJSON(asJSON)
	must(t, err)
	if d := cmp.Diff(string(plain), string(read)); d != "" {
		t.Error(d)
	}
	empty, err := KeptExceptions{}.YAML()
	must(t, err)
	if string(empty) != "{}\n" {
		t.Errorf("%q", empty)
	}
}

// TestReplayTables: names, the day of a tally, and what stands where there is nothing yet.
func TestReplayTables(t *testing.T) {
	s, at := planStand(t, nil)
	item := s.openKEP()
	s.said("node-fac", item, "/commit w1-2 90% 1\n/commit w3-4 70% 2")
	early := s.export("v1.38")
	s.later(30*24*time.Hour, at)
	young, err := Replay(bytes.NewReader(early))
	must(t, err)
	old, err := Replay(bytes.NewReader(s.export("v1.38")))
	must(t, err)
	text, err := young.Print(nil, time.Time{})
	must(t, err)
	goldens(t, "tables.md", []byte(text))
	for day, want := range map[string]string{"2027-01-23": "weeks 1–2 (22 Jan)", "2027-01-14": "No tally of v1.38 yet", "2027-02-06": "weeks 3–4 (5 Feb)"} {
		d, err := time.Parse("2006-01-02", day)
		must(t, err)
		if text, err := old.Table(TableTally, d.Add(12*time.Hour)); err != nil || !strings.Contains(text, want) {
			t.Errorf("%s: %v %s", day, err, text)
		}
	}
	if _, err := old.Table("forecast", time.Time{}); !errors.Is(err, ErrNoTable) {
		t.Error(err)
	}
	if err := s.plugin.Export(t.Context(), "v1.40", &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "it has v1.38") {
		t.Error(err)
	}
	s.sim.Advance(400 * 24 * time.Hour)
	if err := s.plugin.Export(t.Context(), "v1.38", &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "ended too long ago") {
		t.Error(err)
	}
}

// TestReplayRefuses: lines that are well formed and do not fit together.
func TestReplayRefuses(t *testing.T) {
	s, _, _ := season(t)
	data := s.export("v1.38")
	names := map[string]string{ // what stands on the line that is named
		"#4000 is the plan of two cycles":                                 `{"type":"plan","cycle":"v1.37"`,
		"no line for the repository of kubernetes/kubernetes#1":           `{"type":"issue","key":"kubernetes/kubernetes#1"`,
		"no line for the issue kubernetes/kubernetes#3":                   `{"type":"record","key":"kubernetes/kubernetes#3"`,
		"on kubernetes/enhancements#4381: not a decision about an except": `{"type":"decision","key":"kubernetes/enhancements#4381"`,
		"on kubernetes/enhancements#4000: not a decision that is known":   `{"type":"decision","key":"kubernetes/enhancements#4000"`,
	}
	for want, change := range map[string]func(f *saved.File){
		`no line for the cycle "v1.38"`:                                   func(f *saved.File) { f.Cycles = nil },
		"is not in it whole":                                              func(f *saved.File) { f.Plans = nil },
		"#4000 is the plan of two cycles":                                 func(f *saved.File) { f.Plans = append(f.Plans, f.Plans[0]); f.Plans[1].Cycle = "v1.37" },
		"no line for the repository of kubernetes/kubernetes#1":           func(f *saved.File) { f.Repos = f.Repos[:1] },
		"no line for the issue kubernetes/kubernetes#3":                   func(f *saved.File) { f.Issues = f.Issues[:len(f.Issues)-1] },
		"on kubernetes/enhancements#4381: not a decision about an except": func(f *saved.File) { f.Decisions[0].Values = nil },
		"on kubernetes/enhancements#4000: not a decision that is known":   func(f *saved.File) { f.Decisions[1].Values = f.Decisions[0].Values },
	} {
		f, err := saved.Read(bytes.NewReader(data))
		must(t, err)
		change(&f)
		var b bytes.Buffer
		must(t, f.Write(&b))
		text := b.String()
		_, err = Replay(&b)
		if !errors.Is(err, ErrSaved) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if names[want] == "" {
			continue
		}
		_, at, _ := strings.Cut(err.Error(), "line ")
		n, _, _ := strings.Cut(at, ":")
		k, err := strconv.Atoi(n)
		must(t, err)
		if line := strings.Split(text, "\n")[k-1]; !strings.HasPrefix(line, names[want]) {
			t.Errorf("%s: line %d is %s", want, k, line)
		}
	}
}

// FuzzReplay: a line that was tampered with gives tables or an error, never a panic.
func FuzzReplay(f *testing.F) {
	s, _, _ := season(f)
	file, err := saved.Read(bytes.NewReader(s.export("v1.38")))
	must(f, err)
	file.Signed = nil
	var b bytes.Buffer
	must(f, file.Write(&b))
	lines := strings.SplitAfter(b.String(), "\n")
	for n, line := range lines {
		f.Add(uint(n), "2027", "0001")
		f.Add(uint(n), line, "")
		f.Add(uint(n), `"v1.38"`, `""`)
		f.Add(uint(n), "enhancements#4", "kubernetes#4")
		f.Add(uint(n), "w1-2 90%", "w99 -1%")
	}
	f.Fuzz(func(t *testing.T, n uint, from, to string) {
		changed := slices.Clone(lines)
		changed[n%uint(len(lines))] = strings.Replace(changed[n%uint(len(lines))], from, to, 1)
		text := strings.Join(changed, "")
		if to == "" { // a line may be gone
			text = strings.Replace(text, fmt.Sprintf(`"lines":%d`, len(lines)-1), fmt.Sprintf(`"lines":%d`, strings.Count(text, "\n")), 1)
		}
		tables, err := Replay(strings.NewReader(text))
		if err != nil {
			return
		}
		if _, err := tables.Print(nil, time.Time{}); err != nil {
			t.Error(err)
		}
	})
}
