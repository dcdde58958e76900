package custody

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAddMerge(t *testing.T) {
	l := withMerges()
	before := withMerges()
	copied := l
	first := Merge{Repo: "o/b", Number: 7, At: day.In(time.FixedZone("east", 3600)).Add(300 * time.Millisecond), Title: "caf\xe9 " + strings.Repeat("é", TitleLimit), By: "title"}
	if !l.AddMerge(first) {
		t.Error("the first receipt of a pull request is not taken")
	}
	want := withMerges()
	want.Merges = append([]Merge{{Repo: "o/b", Number: 7, At: day, Title: "caf\ufffd " + strings.Repeat("é", TitleLimit-5), By: "title"}}, want.Merges...)
	for name, m := range map[string]Merge{
		"again":            first,
		"told otherwise":   {Repo: "o/b", Number: 7, At: day.Add(-time.Hour), Verdict: VerdictExempt},
		"of no repository": {Number: 8, At: day},
		"of no number":     {Repo: "o/b", At: day},
	} {
		if l.AddMerge(m) {
			t.Errorf("a receipt %s is taken", name)
		}
	}
	if d := cmp.Diff(want, l); d != "" {
		t.Errorf("AddMerge (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, copied); d != "" {
		t.Errorf("AddMerge changed a copy made before (-want +got):\n%s", d)
	}
}

func TestSortMerges(t *testing.T) {
	m := func(repo string, n int, minute int, by string) Merge {
		return Merge{Repo: repo, Number: n, At: day.Add(time.Duration(minute) * time.Minute), By: by}
	}
	in := []Merge{m("o/b", 1, 5, ""), m("o/a", 10, 5, ""), m("o/a", 9, 5, "title"), m("o/a", 2, 9, "late"), m("o/a", 9, 5, "description"), m("o/a", 2, 1, "early")}
	want := []Merge{m("o/a", 2, 1, "early"), m("o/a", 9, 5, "description"), m("o/a", 10, 5, ""), m("o/b", 1, 5, "")}
	l := Log{Merges: in}
	kept := append([]Merge(nil), in...)
	l.Sort()
	if d := cmp.Diff(want, l.Merges); d != "" {
		t.Errorf("Sort (-want +got):\n%s", d)
	}
	if d := cmp.Diff(kept, in); d != "" {
		t.Errorf("Sort changed its input (-want +got):\n%s", d)
	}
	empty := Log{Merges: []Merge{}}
	empty.Sort()
	if empty.Merges != nil {
		t.Error("no merge receipts are not nil")
	}
}

// TestMergesAreContent: a merge receipt more is another version, with another hash.
func TestMergesAreContent(t *testing.T) {
	first := Log{Identity: here}.Next(sample())
	content := first
	content.AddMerge(withMerges().Merges[0])
	if first.SameContent(content) || content.SameContent(first) {
		t.Error("a merge receipt more is the same content")
	}
	second := first.Next(content)
	if second.Seq != 2 || second.Prev != first.Hash() || len(second.Merges) != 1 {
		t.Errorf("second version: seq %d, prev %q, %d merge receipts, want 2, %q and 1", second.Seq, second.Prev, len(second.Merges), first.Hash())
	}
	if first.Hash() == content.Hash() {
		t.Error("a merge receipt more has the same hash")
	}
	if d := cmp.Diff(second, second.Next(second)); d != "" {
		t.Errorf("same content made a new version (-want +got):\n%s", d)
	}
}

// TestMergesInParts: merge receipts come back from parts, and from what is left of
// the parts when the record is gone.
func TestMergesInParts(t *testing.T) {
	k, l := keysOf(t, 'a'), typical(40)
	for i, r := range l.Receipts {
		l.AddMerge(Merge{Repo: "o/a", Number: i + 1, At: r.Said, Title: "Part of it", By: "/kep", Verdict: VerdictPlanned})
	}
	blocks, err := k.Seal(l, KindRecord, 4000, 6000)
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) < 4 {
		t.Fatalf("%d blocks, want several", len(blocks))
	}
	got, err := k.Open(blocks, here)
	if err != nil {
		t.Fatal(err)
	}
	want := l
	want.SignedBy = k.Current()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Open (-want +got):\n%s", d)
	}
	left, ok := k.Salvage(append([]string{spoil(blocks[0])}, blocks[1:]...), here)
	if !ok || len(left.Merges) == 0 || len(left.Merges) >= len(l.Merges) {
		t.Fatalf("salvaged %v: %d merge receipts of %d", ok, len(left.Merges), len(l.Merges))
	}
	if d := cmp.Diff(l.Merges[:len(left.Merges)], left.Merges); d != "" {
		t.Errorf("Salvage (-want +got):\n%s", d)
	}
}

func TestJSONLOfMerges(t *testing.T) {
	var b bytes.Buffer
	if err := withMerges().JSONL(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 4 {
		t.Fatalf("JSONL wrote %d lines, want 4:\n%s", len(lines), b.String())
	}
	want := `{"repo":101,"issue":202,"cycle":"v1.38","merge":{"repo":"kubernetes/kubernetes","number":130700,"commit":"` + strings.Repeat("1f", 20) +
		`","at":"2026-01-02T03:34:05Z","title":"Implement it","by":"/part-of","kep":"kubernetes/enhancements\u00234381","verdict":"planned"}}`
	if d := cmp.Diff(want, lines[1]); d != "" {
		t.Errorf("the second line, between two comments in time (-want +got):\n%s", d)
	}
}
