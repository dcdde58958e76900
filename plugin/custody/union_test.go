package custody

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// randomLog makes logs that often disagree: few comments, lines and ids.
func randomLog(r *rand.Rand) Log {
	l := Log{Identity: here, Seq: r.IntN(3), Prev: pick(r, "", "aa", "bb"), SignedBy: pick(r, "", "k1", "k2"), Resign: r.IntN(4) == 0, Merged: r.IntN(4) == 0}
	for range r.IntN(6) {
		rc := Receipt{
			Comment: int64(r.IntN(5)), Author: int64(r.IntN(2)), Login: pick(r, "ada", "Ada"),
			Said: day.Add(time.Duration(r.IntN(3)) * time.Second), Words: pick(r, "", "w"), Rebuilt: r.IntN(5) == 0,
		}
		for range r.IntN(4) {
			rc.Lines = append(rc.Lines, Line{
				N: 1 + r.IntN(3), Command: pick(r, "/question a", "/question b", ""), Role: pick(r, "", "f"), SIG: pick(r, "", "node"),
				ID: pick(r, "", "Q1", "Q2", "Q10", "R1", "x"), Refused: pick(r, "", "", "", "role", "form"),
			})
		}
		l.Receipts = append(l.Receipts, rc)
	}
	for range r.IntN(3) {
		l.Told = append(l.Told, pick(r, "a", "b", "c"))
	}
	for range r.IntN(4) {
		l.Merges = append(l.Merges, Merge{
			Repo: pick(r, "o/a", "o/b"), Number: 1 + r.IntN(3), Commit: pick(r, "c1", "c2"), At: day.Add(time.Duration(r.IntN(4)) * 700 * time.Millisecond),
			Title: pick(r, "one", "caf\xe9", strings.Repeat("é", TitleLimit)+pick(r, "x", "y")), By: pick(r, "/part-of", "title"), KEP: pick(r, "", "o/k#1"),
			Verdict: pick(r, VerdictPlanned, VerdictUnplanned),
		})
	}
	if r.IntN(3) == 0 {
		return Union(l, randomLog(r)) // has renamed ids
	}
	return l
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func TestUnionLaws(t *testing.T) {
	const rounds = 2000
	renamed, differing := 0, 0
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 7))
		a, b, c := randomLog(r), randomLog(r), randomLog(r)
		ab := Union(a, b)
		laws := []struct {
			name      string
			got, want Log
		}{
			{"Union(b, a) = Union(a, b)", Union(b, a), ab},
			{"Union(a, Union(b, c)) = Union(Union(a, b), c)", Union(a, Union(b, c)), Union(ab, c)},
			{"Union(x, x) = x", Union(ab, ab), ab},
			{"Union(Union(a, b), a) = Union(a, b)", Union(ab, a), ab},
			{"Union(Union(a, b), b) = Union(a, b)", Union(ab, b), ab},
		}
		for _, l := range laws {
			if d := cmp.Diff(l.want, l.got); d != "" {
				t.Fatalf("seed %d: %s does not hold (-want +got):\n%s", seed, l.name, d)
			}
		}
		ids := map[string]string{}
		for _, rc := range ab.Receipts {
			for _, x := range rc.Lines {
				at := fmt.Sprintf("comment %d line %d", rc.Comment, x.N)
				if was, ok := ids[x.ID]; ok && x.ID != "" {
					t.Fatalf("seed %d: %s stands for %s and %s", seed, x.ID, was, at)
				}
				ids[x.ID] = at
				if x.Given != "" {
					renamed++
				}
			}
		}
		differing += checkMerges(t, seed, a, b, ab)
		for _, in := range []Log{a, b} {
			for _, rc := range in.Receipts {
				if _, ok := ab.Receipt(rc.Comment); !ok {
					t.Fatalf("seed %d: receipt of comment %d lost", seed, rc.Comment)
				}
			}
		}
	}
	if renamed < rounds/10 || differing < rounds/10 {
		t.Errorf("only %d ids and %d merge receipts collided in %d rounds: the test tests too little", renamed, differing, rounds)
	}
}

// checkMerges holds that no merged pull request of a and b is lost in their union,
// none is in it twice, and of several receipts the earliest stays. It returns how
// many receipts gave way.
func checkMerges(t *testing.T, seed uint64, a, b, union Log) (gave int) {
	t.Helper()
	for i, m := range union.Merges {
		if i > 0 && compareMerges(union.Merges[i-1], m) >= 0 || slices.ContainsFunc(union.Merges[:i], m.SamePull) {
			t.Fatalf("seed %d: merge receipts out of order or doubled: %+v", seed, union.Merges)
		}
	}
	for _, m := range slices.Concat(a.Merges, b.Merges) {
		i := slices.IndexFunc(union.Merges, m.SamePull)
		if i < 0 {
			t.Fatalf("seed %d: the merge of %s#%d is lost", seed, m.Repo, m.Number)
		}
		if c := compareMerges(union.Merges[i], m.normal()); c > 0 {
			t.Fatalf("seed %d: %+v won over %+v", seed, union.Merges[i], m)
		} else if c < 0 {
			gave++
		}
	}
	return gave
}

func TestUnionRules(t *testing.T) {
	one := func(rc Receipt) Log { return Log{Identity: here, Receipts: []Receipt{rc}} }
	line := func(x Line) Log { x.N = 1; return one(Receipt{Comment: 5, Said: day, Lines: []Line{x}}) }
	for _, c := range []struct {
		name       string
		a, b, want Log
	}{
		{"accepted before refused", line(Line{Refused: "role"}), line(Line{Command: "/vote 4"}), line(Line{Command: "/vote 4"})},
		{"lower id, as a number", line(Line{Command: "/risk", ID: "R10"}), line(Line{Command: "/risk", ID: "R9"}), line(Line{Command: "/risk", ID: "R9"})},
		{"an id before none", line(Line{Command: "/risk"}), line(Line{Command: "/risk", ID: "R1"}), line(Line{Command: "/risk", ID: "R1"})},
		{"lines united",
			one(Receipt{Comment: 5, Said: day, Lines: []Line{{N: 1, Command: "/a"}}}),
			one(Receipt{Comment: 5, Said: day, Lines: []Line{{N: 2, Refused: "form"}}}),
			one(Receipt{Comment: 5, Said: day, Lines: []Line{{N: 1, Command: "/a"}, {N: 2, Refused: "form"}}})},
		{"first sight before rebuilt, whole",
			one(Receipt{Comment: 5, Said: day, Lines: []Line{{N: 1, Refused: "role"}}}),
			one(Receipt{Comment: 5, Said: day, Rebuilt: true, Lines: []Line{{N: 1, Command: "/a"}}}),
			one(Receipt{Comment: 5, Said: day, Lines: []Line{{N: 1, Refused: "role"}}})},
		{"the earlier of two merges",
			Log{Identity: here, Merges: []Merge{{Repo: "o/a", Number: 2, At: day}, {Repo: "o/a", Number: 1, At: day.Add(time.Hour), Commit: "aa"}}},
			Log{Identity: here, Merges: []Merge{{Repo: "o/a", Number: 1, At: day.Add(time.Minute), Commit: "bb"}}},
			Log{Identity: here, Merges: []Merge{{Repo: "o/a", Number: 2, At: day}, {Repo: "o/a", Number: 1, At: day.Add(time.Minute), Commit: "bb"}}}},
		{"other identity", one(Receipt{Comment: 5}), Log{Identity: Identity{Repo: 1}, Receipts: []Receipt{{Comment: 6}}}, one(Receipt{Comment: 5})},
	} {
		if d := cmp.Diff(c.want, Union(c.a, c.b)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestUnionNumbers: two writers gave Q1 to two questions; the first said keeps it.
func TestUnionNumbers(t *testing.T) {
	q := func(comment int64, id, given string) Receipt {
		return Receipt{Comment: comment, Said: day.Add(time.Duration(comment) * time.Second), Lines: []Line{{N: 1, Command: "/question", ID: id, Given: given}}}
	}
	a := Log{Identity: here, Receipts: []Receipt{q(2, "Q1", ""), q(4, "Q2", "")}}
	b := Log{Identity: here, Receipts: []Receipt{q(1, "Q1", "")}}
	want := Log{Identity: here, Receipts: []Receipt{q(1, "Q1", ""), q(2, "Q3", "Q1"), q(4, "Q2", "")}}
	got := Union(a, b)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("Union (-want +got):\n%s", d)
	}
	// What is asked later does not move the ids again.
	got.Add(q(5, got.NextID("Q"), ""))
	if d := cmp.Diff(append(want.Receipts, q(5, "Q4", "")), Union(got, b).Receipts); d != "" {
		t.Errorf("Union after a further question (-want +got):\n%s", d)
	}
}
