package custody

import (
	"crypto/ed25519"
	"encoding/base64"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

var update = flag.Bool("update", false, "rewrite golden files")

var (
	here = Identity{Repo: 101, Issue: 202, Cycle: "v1.38"}
	day  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// keyPair returns a fixed pair of keys: the same name and seed give the same pair.
func keyPair(t testing.TB, name string, seed byte) (private, public string) {
	t.Helper()
	raw := []byte(strings.Repeat(string(rune(seed)), ed25519.SeedSize))
	public, err := note.NewEd25519VerifierKey(name, ed25519.NewKeyFromSeed(raw).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Split(public, "+")[1]
	return fmt.Sprintf("PRIVATE+KEY+%s+%s+%s", name, hash, base64.StdEncoding.EncodeToString(append([]byte{1}, raw...))), public
}

// keysOf returns keys that sign with the given seed.
func keysOf(t testing.TB, seed byte, public ...string) *Keys {
	t.Helper()
	private, _ := keyPair(t, "steelthread", seed)
	k, err := NewKeys(private, public...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func seal(t testing.TB, k *Keys, l Log) []string {
	t.Helper()
	blocks, err := k.Seal(l, KindRecord, RecordRoom, RecordRoom)
	if err != nil {
		t.Fatal(err)
	}
	return blocks
}

// sample returns a small log of two receipts.
func sample() Log {
	l := Log{Identity: here, Seq: 3, Prev: strings.Repeat("ab", 32), Told: []string{"block-41-1"}}
	l.Add(Receipt{Comment: 42, Author: 8, Login: "grace", Said: day.Add(time.Hour), Words: Words("/block no test", "/kep 9"),
		Lines: []Line{
			{N: 1, Command: "/block no test", Role: "facilitator", SIG: "network", Source: "OWNERS_ALIASES@1a2b3c4", ID: "B1"},
			{N: 2, Refused: "role"},
		}})
	l.Add(Receipt{Comment: 41, Author: 7, Login: "ada", Said: day, Words: Words("/commit 80%"),
		Lines: []Line{{N: 1, Command: "/commit v1.38 inc2 80%", Role: "facilitator", SIG: "node", Source: "OWNERS_ALIASES@1a2b3c4"}}})
	return l
}

// withMerges returns the sample with two merge receipts.
func withMerges() Log {
	l := sample()
	l.AddMerge(Merge{Repo: "kubernetes/kubernetes", Number: 130700, Commit: strings.Repeat("1f", 20), At: day.Add(30 * time.Minute),
		Title: "Implement it", By: "/part-of", KEP: "kubernetes/enhancements#4381", Verdict: VerdictPlanned})
	l.AddMerge(Merge{Repo: "kubernetes/enhancements", Number: 5021, Commit: strings.Repeat("2e", 20), At: day.Add(48 * time.Hour),
		Title: "Fix a--b--->@c#1\u202e in the KEP", By: "description", Verdict: VerdictUnplanned})
	return l
}

// typical returns a log of n receipts such as planning makes.
func typical(n int) Log {
	r := rand.New(rand.NewPCG(1, 2))
	commands := []string{
		"/commit v1.38 inc2 80%",
		"/depends-on kubernetes/kubernetes#123456 by inc2 the new resource claim status",
		"/vote 4",
		"/vote 2 the dependency on storage has no owner in the second increment",
		"/readout ready",
		"/question is the e2e job already in the blocking board?",
	}
	l := Log{Identity: here, Seq: n, Prev: strings.Repeat("ab", 32)}
	var rs []Receipt
	for i := range n {
		c := commands[r.IntN(len(commands))]
		rs = append(rs, Receipt{
			Comment: 2711346213 + int64(i)*7919, Author: 10_000_000 + r.Int64N(90_000_000), Login: fmt.Sprintf("contributor-%02d", r.IntN(90)),
			Said: day.Add(time.Duration(i) * 7 * time.Minute), Words: Words(c),
			Lines: []Line{{N: 1 + r.IntN(3), Command: c, Role: "facilitator", SIG: "cluster-lifecycle", Source: "OWNERS_ALIASES@1a2b3c4"}},
		})
	}
	l.Receipts = rs
	l.Sort()
	return l
}
