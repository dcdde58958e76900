package saved

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
)

var update = flag.Bool("update", false, "rewrite golden files")

func key(n int) Key { return Key{slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: n}} }

// small has one of every line.
func small() File {
	at := time.Date(2027, 1, 12, 10, 0, 0, 0, time.UTC)
	day := func(s string) cycle.Day { d, _ := cycle.ParseDay(s); return d }
	return File{
		Header: Header{Version: Version, Cycle: "v1.38", Plan: key(1), Read: at, Site: Site{GitHub: "https://github.com"}, KEPs: kep.Kubernetes,
			OptInLabel: "lead-opted-in", Programme: []string{"testing"}},
		Cycles:     []cycle.Cycle{{Name: "v1.38", Start: day("2027-01-11"), End: day("2027-04-14"), Plan: key(1).String()}},
		Repos:      []Repo{{Name: "kubernetes/kubernetes", KEPs: kep.Kubernetes}},
		Catalogues: []Catalogue{{Repo: kep.Kubernetes}},
		KEPs:       []KEP{{Repo: kep.Kubernetes, Number: 4381, Path: "keps/sig-node/4381-dra/kep.yaml", Title: "DRA", SIG: "node", Milestones: map[string]string{"beta": "v1.38"}}},
		Plans:      []Plan{{Cycle: "v1.38", Key: key(1), Comment: 7, Created: at, Missing: []string{"12-1"}}},
		Holders:    []Holders{{Role: "facilitator", Of: "node", Cycle: "v1.38", At: at, Logins: []string{"node-fac"}, Known: true}},
		Issues:     []Issue{{Key: key(2), ID: 20, Title: "Pools & <b>", Body: "line\nline\u2028", KEP: kep.Ref{Repo: kep.Kubernetes, Number: 4381}}},
		Records: []Record{{Key: key(2), Cycle: "v1.38", Seq: 3, Told: []string{"refused-9"},
			Receipts: []Receipt{{Receipt: custody.Receipt{Comment: 8, Author: 3, Login: "node-fac", Said: at, Lines: []custody.Line{{N: 1, Command: "/commit w1-2"}}}, Standing: custody.StandingDeleted}},
			Merges:   []custody.Merge{{Repo: "kubernetes/kubernetes", Number: 5, At: at, Verdict: custody.VerdictPlanned}}}},
		Decisions: []Decision{{Key: key(1), Cycle: "v1.38", Comment: 11, At: at, Values: []Value{json.RawMessage(`{"decision":"rework/1","head":{}}`)}}},
		Signed:    []Signed{{Key: key(2), Cycle: "v1.38", Block: "<!-- steelthread:signed\nx\n-->"}},
	}
}

func written(t testing.TB, f File) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLines pins the form of each line: a file that was written once can be read for good.
func TestLines(t *testing.T) {
	const golden = "testdata/small.jsonl"
	got := written(t, small())
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
	back, err := Read(strings.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(small(), back, cmpopts.IgnoreUnexported(File{})); d != "" {
		t.Error(d)
	}
}

// TestReadRefuses: nothing is taken in part, and the line is named.
func TestReadRefuses(t *testing.T) {
	whole := written(t, small())
	lines := strings.SplitAfter(whole, "\n")
	line := func(n int, with string) string {
		copied := append([]string(nil), lines...)
		copied[n-1] = with
		return strings.Join(copied, "")
	}
	for name, c := range map[string]struct {
		text, want string
		is         error
	}{
		"empty":          {"", "line 1: the file is empty", ErrHeader},
		"something else": {"# Read me\n", "line 1: an export begins", ErrHeader},
		"no header":      {lines[1] + lines[2], "line 1: an export begins", ErrHeader},
		"newer":          {line(1, `{"type":"export","version":2,"more":1}`+"\n"), "line 1: version 2, this steelthread reads 1", ErrNewer},
		"unknown type":   {line(3, `{"type":"forecast"}`+"\n"), `line 3: a line of type "forecast": a newer`, ErrNewer},
		"unknown field":  {line(3, `{"type":"repo","name":"a/b","keps":"a/b","color":"red"}`+"\n"), "line 3: a newer", ErrNewer},
		"no JSON":        {line(3, "{\n"), "line 3: this line is not as export writes it", ErrLine},
		"blank":          {line(3, "\n"), "line 3: this line is not as export writes it", ErrLine},
		"two on a line":  {line(3, strings.TrimSpace(lines[2])+lines[2]), "line 3: this line", ErrLine},
		"a second head":  {line(3, lines[0]), "line 3: this line is not as export writes it: a second header", ErrLine},
		"twice":          {line(4, lines[2]), "line 4: this line is not as export writes it: it is there twice", ErrLine},
		"no record":      {line(9, `{"type":"repo","name":"a/b","keps":"a/b"}`+"\n"), `line 10: this line is not as export writes it: no record of kubernetes/kubernetes#2 for "v1.38"`, ErrLine},
		"one too few":    {strings.Join(append(append([]string(nil), lines[:2]...), lines[3:]...), ""), "it counts 14 lines, and is line 13", ErrLine},
		"behind the end": {whole + lines[2], "line 15: this line is not as export writes it: it stands behind the last line", ErrLine},
		"key":            {line(8, `{"type":"issue","key":"kubernetes#2","id":1}`+"\n"), "line 8: this line is not as export writes it", ErrLine},
	} {
		_, err := Read(strings.NewReader(c.text))
		if err == nil || !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReadCut: wherever a file is cut off, that is said.
func TestReadCut(t *testing.T) {
	whole := written(t, small())
	for n := range len(whole) - 1 { // without its last line end it is whole
		if _, err := Read(strings.NewReader(whole[:n])); err == nil {
			t.Errorf("cut to %q", whole[:n])
		}
	}
	if _, err := Read(strings.NewReader(strings.ReplaceAll(whole, "\n", "\r\n"))); err != nil {
		t.Errorf("with CRLF: %v", err)
	}
}

// FuzzRead: what can be read is read whole; written again it gives the same.
func FuzzRead(f *testing.F) {
	whole := written(f, small())
	f.Add(whole)
	for _, line := range strings.SplitAfter(whole, "\n") {
		f.Add(strings.Split(whole, "\n")[0] + "\n" + line + `{"type":"end","lines":3}`)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read(strings.NewReader(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("no line is named: %v", err)
			}
			return
		}
		var once, twice bytes.Buffer
		if err := file.Write(&once); err != nil {
			t.Skip(err) // a year that JSON has no form for
		}
		again, err := Read(&once)
		if err != nil {
			t.Fatalf("written again it cannot be read: %v", err)
		}
		if err := again.Write(&twice); err != nil {
			t.Fatal(err)
		}
		var first bytes.Buffer
		_ = file.Write(&first)
		if first.String() != twice.String() {
			t.Error(cmp.Diff(first.String(), twice.String()))
		}
	})
}
