package custody

import (
	"errors"
	"fmt"
	"strings"
)

// Candidate is one source that a damaged record can be restored from.
type Candidate struct {
	From   string   // "record", "memory", "edited delivery", "deleted delivery", "edit history"
	Bodies []string // the comments' bodies, or the blocks alone
}

// Attempt is what came of opening a candidate: Log, or Err.
type Attempt struct {
	Candidate
	Log Log
	Err error
}

// Try opens every candidate, in order, for a log or an audit.
func (k *Keys) Try(want Identity, cs []Candidate) []Attempt {
	out := make([]Attempt, 0, len(cs))
	for _, c := range cs {
		l, err := k.Open(c.Bodies, want)
		out = append(out, Attempt{Candidate: c, Log: l, Err: err})
	}
	return out
}

// Restore returns the log from the first candidate, in the order given, that opens
// and is not below version atLeast, the highest that is known to exist (0 if none).
//
// If those that open are all below it, Restore returns the highest of them, the
// first among equals, together with an error that is ErrStale: the caller decides.
// If none opens the log is empty. If any candidate is ErrNewer the error is, too,
// and nothing is restored: newer software is at work on this record.
// The error is a *RestoreError in all these cases.
func (k *Keys) Restore(want Identity, atLeast int, cs []Candidate) (Log, Candidate, error) {
	attempts := k.Try(want, cs)
	failed := &RestoreError{Want: want, AtLeast: atLeast}
	best := -1
	for i, a := range attempts {
		switch {
		case a.Err == nil && a.Log.Seq < atLeast:
			a.Err = fmt.Errorf("%w: version %d, known is %d", ErrStale, a.Log.Seq, atLeast)
			if best < 0 || a.Log.Seq > attempts[best].Log.Seq {
				best = i
			}
		case a.Err == nil:
			if !anyNewer(attempts) {
				return a.Log, a.Candidate, nil
			}
			continue
		}
		failed.Attempts = append(failed.Attempts, a)
	}
	if best < 0 || anyNewer(attempts) {
		return Log{}, Candidate{}, failed
	}
	return attempts[best].Log, attempts[best].Candidate, failed
}

// Intact returns the bodies that hold one block that passes its check by itself, or
// is ErrNewer, in order. unknown is an ErrUnknownKey if one of the others is. Damage
// beside the text that a record is restored from would spoil the attempt.
func (k *Keys) Intact(bodies []string) (intact []string, unknown error) {
	for _, body := range bodies {
		_, err := k.Verify(body)
		switch {
		case err == nil, errors.Is(err, ErrNewer):
			intact = append(intact, body)
		case errors.Is(err, ErrUnknownKey) && unknown == nil:
			unknown = err
		}
	}
	return intact, unknown
}

// Salvage returns what the blocks of one record that pass their check say, each by
// itself, when the record as a whole cannot be had: receipts that we signed, perhaps
// not all. The log is Merged, as something has to be written. It reports whether
// there was such a block.
func (k *Keys) Salvage(bodies []string, want Identity) (Log, bool) {
	out := Log{Identity: want, Merged: true}
	some := false
	for _, body := range bodies {
		for _, raw := range findBlocks(body) {
			b, err := k.verify(raw)
			if err != nil || b.Identity != want || b.Kind != KindRecord && b.Kind != KindPart {
				continue
			}
			if l, err := k.log(b); err == nil {
				out, some = Union(out, l), true
			}
		}
	}
	return out, some
}

func anyNewer(as []Attempt) bool {
	for _, a := range as {
		if errors.Is(a.Err, ErrNewer) {
			return true
		}
	}
	return false
}

// RestoreError says of every candidate why it was not taken.
type RestoreError struct {
	Want     Identity
	AtLeast  int
	Attempts []Attempt // the failed ones, each with its Err
}

func (e *RestoreError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "restore record of issue id %d, cycle %q", e.Want.Issue, e.Want.Cycle)
	if len(e.Attempts) == 0 {
		b.WriteString(": nothing to restore from")
	}
	for i, a := range e.Attempts {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(&b, "%s%s: %v", sep, a.From, a.Err)
	}
	return b.String()
}

// Unwrap returns why each candidate failed, for errors.Is; ErrNoBlock if there was none.
func (e *RestoreError) Unwrap() []error {
	if len(e.Attempts) == 0 {
		return []error{ErrNoBlock}
	}
	out := make([]error, 0, len(e.Attempts))
	for _, a := range e.Attempts {
		out = append(out, a.Err)
	}
	return out
}
