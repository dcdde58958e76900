package custody

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSort(t *testing.T) {
	east := time.FixedZone("east", 3600)
	l := Log{
		Receipts: []Receipt{
			{Comment: 9, Said: day, Lines: []Line{{N: 2, Command: "/b"}, {N: 1, Command: "/a"}}},
			{Comment: 3, Said: day.In(east).Add(400 * time.Millisecond), Login: "caf\xe9", Lines: []Line{{N: 1, Command: "/kept?", Role: "x", Refused: "role"}}},
			{Comment: 10, Said: day.Add(-time.Second), Lines: []Line{}},
		},
		Told: []string{"b", "a", "b"},
	}
	l.Sort()
	want := Log{
		Receipts: []Receipt{
			{Comment: 10, Said: day.Add(-time.Second)},
			{Comment: 3, Said: day, Login: "caf\ufffd", Lines: []Line{{N: 1, Refused: "role"}}},
			{Comment: 9, Said: day, Lines: []Line{{N: 1, Command: "/a"}, {N: 2, Command: "/b"}}},
		},
		Told: []string{"a", "b"},
	}
	if d := cmp.Diff(want, l); d != "" {
		t.Errorf("Sort (-want +got):\n%s", d)
	}
}

func TestAddNeverReplaces(t *testing.T) {
	l := sample()
	before := sample()
	copied := l
	l.Add(Receipt{Comment: 42, Author: 99, Login: "mallory", Said: day, Words: "else", Lines: []Line{
		{N: 1, Command: "/resolve B1"}, {N: 2, Command: "/kep 9"}, {N: 3, Command: "/risk late", ID: "R1"},
	}})
	want := sample()
	want.Receipts[1].Lines = append(want.Receipts[1].Lines, Line{N: 3, Command: "/risk late", ID: "R1"})
	if d := cmp.Diff(want, l); d != "" {
		t.Errorf("Add (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, copied); d != "" {
		t.Errorf("Add changed a copy made before (-want +got):\n%s", d)
	}
}

func TestJudged(t *testing.T) {
	l := sample()
	for _, c := range []struct {
		comment int64
		line    int
		want    bool
	}{{42, 1, true}, {42, 2, true}, {42, 3, false}, {41, 1, true}, {40, 1, false}} {
		if got := l.Judged(c.comment, c.line); got != c.want {
			t.Errorf("Judged(%d, %d) = %v, want %v", c.comment, c.line, got, c.want)
		}
	}
	if _, ok := l.Receipt(40); ok {
		t.Error("Receipt(40) found, want none")
	}
}

func TestNextID(t *testing.T) {
	l := Log{Receipts: []Receipt{{Comment: 1, Lines: []Line{
		{N: 1, ID: "Q9"}, {N: 2, ID: "Q10"}, {N: 3, ID: "R2", Given: "R7"}, {N: 4, ID: "Bx"}, {N: 5, ID: "3"},
	}}}}
	for prefix, want := range map[string]string{"Q": "Q11", "R": "R8", "B": "B1"} {
		if got := l.NextID(prefix); got != want {
			t.Errorf("NextID(%q) = %q, want %q", prefix, got, want)
		}
	}
}

func TestTell(t *testing.T) {
	var l Log
	l.Tell("b", "a")
	l.Tell("a", "c")
	if d := cmp.Diff([]string{"a", "b", "c"}, l.Told); d != "" {
		t.Errorf("Told (-want +got):\n%s", d)
	}
	if !l.WasTold("b") || l.WasTold("d") {
		t.Errorf("WasTold(b), WasTold(d) = %v, %v, want true, false", l.WasTold("b"), l.WasTold("d"))
	}
}

func TestNext(t *testing.T) {
	first := Log{Identity: here}.Next(Log{Identity: here, Receipts: sample().Receipts})
	if first.Seq != 1 || first.Prev != "" {
		t.Errorf("first version: seq %d, prev %q, want 1 and none", first.Seq, first.Prev)
	}
	shuffled := first
	shuffled.Receipts = []Receipt{first.Receipts[1], first.Receipts[0]}
	if d := cmp.Diff(first, first.Next(shuffled)); d != "" {
		t.Errorf("same content made a new version (-want +got):\n%s", d)
	}
	content := first
	content.Tell("a")
	second := first.Next(content)
	if second.Seq != 2 || second.Prev != first.Hash() || len(second.Prev) != 64 {
		t.Errorf("second version: seq %d, prev %q, want 2 and %q", second.Seq, second.Prev, first.Hash())
	}
	if second.SameContent(first) {
		t.Error("a notice more is the same content")
	}
	merged := first
	merged.Merged = true
	if got := merged.Next(merged); got.Seq != 2 || got.Merged {
		t.Errorf("after a merge: seq %d, merged %v, want 2 and false", got.Seq, got.Merged)
	}
}

// TestHash: the hash is that of the text in the sealed block.
func TestHash(t *testing.T) {
	k, l := keysOf(t, 'a'), sample()
	h, err := k.Verify(seal(t, k, l)[0])
	if err != nil {
		t.Fatal(err)
	}
	if h.Hash() != l.Hash() {
		t.Errorf("Header.Hash %s, Log.Hash %s, want the same", h.Hash(), l.Hash())
	}
	other := l
	other.Seq++
	if other.Hash() == l.Hash() {
		t.Error("another version has the same hash")
	}
}

func TestStanding(t *testing.T) {
	r := Receipt{Words: Words("/vote 4")}
	for _, c := range []struct {
		present bool
		words   string
		want    Standing
	}{
		{true, Words("/vote 4 \r"), StandingKept},
		{true, Words("/vote 5"), StandingEdited},
		{true, Words(), StandingEdited},
		{false, "", StandingDeleted},
	} {
		if got := r.Standing(c.present, c.words); got != c.want {
			t.Errorf("Standing(%v, %q) = %q, want %q", c.present, c.words, got, c.want)
		}
	}
	if Words("/a", "/b") == Words("/a/b") || Words("/a", "") == Words("/a") {
		t.Error("Words does not tell lines apart")
	}
}

func TestJSONL(t *testing.T) {
	var b bytes.Buffer
	if err := sample().JSONL(&b); err != nil {
		t.Fatal(err)
	}
	want := `{"repo":101,"issue":202,"cycle":"v1.38","comment":41,"author":7,"login":"ada","said":"2026-01-02T03:04:05Z","words":"` + Words("/commit 80%") +
		`","lines":[{"n":1,"command":"/commit v1.38 inc2 80%","role":"facilitator","sig":"node","source":"OWNERS_ALIASES\u00401a2b3c4"}]}`
	got, _, _ := strings.Cut(b.String(), "\n")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("JSONL (-want +got):\n%s", d)
	}
	if n := strings.Count(b.String(), "\n"); n != 2 {
		t.Errorf("JSONL wrote %d lines, want 2", n)
	}
}
