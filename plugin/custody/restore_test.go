package custody

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRestore(t *testing.T) {
	k := keysOf(t, 'a')
	version := func(n int) Log { l := sample(); l.Seq = n; l.SignedBy = k.Current(); return l }
	from := func(name string, bodies ...string) Candidate { return Candidate{From: name, Bodies: bodies} }
	whole := func(name string, n int) Candidate { return from(name, seal(t, k, version(n))...) }
	broken := from("record", spoil(seal(t, k, version(5))[0]))
	newer := from("record", signedAs(t, k, "steelthread/2 {}\n"))
	for _, c := range []struct {
		name    string
		atLeast int
		cs      []Candidate
		want    Log
		from    string
		errs    []error
	}{
		{"the first that opens", 0, []Candidate{broken, whole("memory", 4), whole("edit history", 5)}, version(4), "memory", nil},
		{"old ones are passed over", 5, []Candidate{broken, whole("memory", 4), whole("edit history", 5)}, version(5), "edit history", nil},
		{"nothing else: the highest old one", 9, []Candidate{broken, whole("memory", 4), whole("edited delivery", 6), whole("edit history", 6)}, version(6), "edited delivery", []error{ErrStale, ErrSignature}},
		{"none opens", 0, []Candidate{broken, from("edited delivery", "hello")}, Log{}, "", []error{ErrSignature, ErrNoBlock}},
		{"no candidate", 0, nil, Log{}, "", []error{ErrNoBlock}},
		{"newer software at work", 0, []Candidate{newer, whole("memory", 4)}, Log{}, "", []error{ErrNewer, ErrFormat}},
		{"newer software at work, found last", 0, []Candidate{whole("memory", 4), newer}, Log{}, "", []error{ErrNewer}},
	} {
		got, by, err := k.Restore(here, c.atLeast, c.cs)
		if d := cmp.Diff(c.want, got); d != "" || by.From != c.from {
			t.Errorf("%s: from %q, want %q (-want +got):\n%s", c.name, by.From, c.from, d)
		}
		if len(c.errs) == 0 && err != nil {
			t.Errorf("%s: error %v", c.name, err)
		}
		for _, want := range c.errs {
			if !errors.Is(err, want) {
				t.Errorf("%s: error %v, want %v", c.name, err, want)
			}
		}
	}
}

func TestRestoreErrorExplains(t *testing.T) {
	k := keysOf(t, 'a')
	_, _, err := k.Restore(here, 9, []Candidate{
		{From: "record", Bodies: []string{spoil(seal(t, k, sample())[0])}},
		{From: "memory"},
		{From: "edit history", Bodies: seal(t, k, sample())},
	})
	want := `restore record of issue id 202, cycle "v1.38": ` +
		`record: the signature does not match: altered after ` + k.Current() + ` signed it; ` +
		`memory: no signed block found; ` +
		`edit history: older than the version known to exist: version 3, known is 9`
	if err == nil || err.Error() != want {
		t.Errorf("error\n%v, want\n%s", err, want)
	}
	_, _, err = k.Restore(here, 0, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "nothing to restore from") {
		t.Errorf("no candidate: error %v", err)
	}
}

func TestBreaker(t *testing.T) {
	var b Breaker
	steps := []struct {
		record int64
		err    error
		want   bool
	}{
		{1, ErrSignature, false}, {2, ErrSignature, false}, {3, nil, false}, // a success ends the row
		{1, ErrSignature, false}, {1, ErrSignature, false}, {1, ErrSignature, false}, // a record counts once
		{2, ErrIdentity, false}, {3, ErrParts, false}, {4, ErrNoBlock, false}, {5, errors.New("timeout"), false},
		{2, ErrFormat, false}, {3, ErrUnknownKey, true},
		{4, nil, true}, {5, nil, true}, {2, ErrSignature, true}, // not three in a row
		{4, nil, true}, {1, nil, true}, {5, nil, true}, {6, nil, false}, // one of the row does not count
		{1, ErrSignature, false}, {2, ErrSignature, false}, {3, ErrSignature, true},
	}
	for i, s := range steps {
		if got := b.Observe(Identity{Issue: s.record}, s.err); got != s.want || b.Tripped() != s.want {
			t.Fatalf("step %d: Observe(%v) = %v, Tripped() = %v, want %v", i, s.err, got, b.Tripped(), s.want)
		}
	}
}

func TestBreakerConcurrent(t *testing.T) {
	var b Breaker
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() { b.Observe(Identity{Issue: int64(n)}, ErrSignature) })
	}
	wg.Wait()
	if !b.Tripped() || len(b.failed) != 50 {
		t.Errorf("tripped %v after %d failures, want true after 50", b.Tripped(), len(b.failed))
	}
}
