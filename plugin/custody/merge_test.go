package custody

import (
	"fmt"
	"math/rand/v2"
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
	if r.IntN(3) == 0 {
		return Merge(l, randomLog(r)) // has renamed ids
	}
	return l
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

func TestMergeLaws(t *testing.T) {
	const rounds = 2000
	renamed := 0
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 7))
		a, b, c := randomLog(r), randomLog(r), randomLog(r)
		ab := Merge(a, b)
		laws := []struct {
			name      string
			got, want Log
		}{
			{"Merge(b, a) = Merge(a, b)", Merge(b, a), ab},
			{"Merge(a, Merge(b, c)) = Merge(Merge(a, b), c)", Merge(a, Merge(b, c)), Merge(ab, c)},
			{"Merge(x, x) = x", Merge(ab, ab), ab},
			{"Merge(Merge(a, b), a) = Merge(a, b)", Merge(ab, a), ab},
			{"Merge(Merge(a, b), b) = Merge(a, b)", Merge(ab, b), ab},
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
		for _, in := range []Log{a, b} {
			for _, rc := range in.Receipts {
				if _, ok := ab.Receipt(rc.Comment); !ok {
					t.Fatalf("seed %d: receipt of comment %d lost", seed, rc.Comment)
				}
			}
		}
	}
	if renamed < rounds/10 {
		t.Errorf("only %d ids collided in %d rounds: the test tests too little", renamed, rounds)
	}
}

func TestMergeRules(t *testing.T) {
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
		{"other identity", one(Receipt{Comment: 5}), Log{Identity: Identity{Repo: 1}, Receipts: []Receipt{{Comment: 6}}}, one(Receipt{Comment: 5})},
	} {
		if d := cmp.Diff(c.want, Merge(c.a, c.b)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestMergeNumbers: two writers gave Q1 to two questions; the first said keeps it.
func TestMergeNumbers(t *testing.T) {
	q := func(comment int64, id, given string) Receipt {
		return Receipt{Comment: comment, Said: day.Add(time.Duration(comment) * time.Second), Lines: []Line{{N: 1, Command: "/question", ID: id, Given: given}}}
	}
	a := Log{Identity: here, Receipts: []Receipt{q(2, "Q1", ""), q(4, "Q2", "")}}
	b := Log{Identity: here, Receipts: []Receipt{q(1, "Q1", "")}}
	want := Log{Identity: here, Receipts: []Receipt{q(1, "Q1", ""), q(2, "Q3", "Q1"), q(4, "Q2", "")}}
	got := Merge(a, b)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("Merge (-want +got):\n%s", d)
	}
	// What is asked later does not move the ids again.
	got.Add(q(5, got.NextID("Q"), ""))
	if d := cmp.Diff(append(want.Receipts, q(5, "Q4", "")), Merge(got, b).Receipts); d != "" {
		t.Errorf("Merge after a further question (-want +got):\n%s", d)
	}
}
