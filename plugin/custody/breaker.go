package custody

import (
	"errors"
	"sync"
)

// breakerLimit is how many records in a row that fail stop all writes, and how many
// successes in a row let them go on.
const breakerLimit = 3

// Breaker stops all writes when checks fail in a row on several records: that is
// a wrong key, our fault, and not people who alter records. Its zero value is
// ready, and it is safe for concurrent use.
type Breaker struct {
	mu      sync.Mutex
	failed  map[Identity]bool // records that failed since the last success, or since it tripped
	good    int               // successes of other records since the last failure
	tripped bool
}

// Observe counts the outcome of a check of a record, after everything that it could
// be restored from was tried: nil if any of that opened, which proves the key right,
// else the error of Open. It reports whether the breaker is tripped.
//
// ErrSignature and ErrFormat (with ErrNewer) are failures; a record counts once,
// however often it is looked at. nil is a success and ends the row. Once tripped,
// three successes in a row of records that are not in the row end the stop: what fails
// then was altered. All else (a record that is missing, pasted or in pieces, a failed
// read) says nothing about the key and is passed over.
func (b *Breaker) Observe(record Identity, err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil && !b.tripped:
		b.failed = nil
	case err == nil && b.failed[record]: // mended since; proves nothing about the rest
	case err == nil:
		if b.good++; b.good >= breakerLimit {
			b.failed, b.good, b.tripped = nil, 0, false
		}
	case errors.Is(err, ErrSignature), errors.Is(err, ErrFormat):
		if b.failed == nil {
			b.failed = map[Identity]bool{}
		}
		b.failed[record], b.good = true, 0
		b.tripped = b.tripped || len(b.failed) >= breakerLimit
	}
	return b.tripped
}

// Tripped reports whether writes must stop.
func (b *Breaker) Tripped() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tripped
}
