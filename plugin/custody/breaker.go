package custody

import (
	"errors"
	"sync"
)

// breakerLimit is how many failures in a row, over all records, stop all writes.
const breakerLimit = 3

// Breaker stops all writes when checks fail in a row on whatever records: that is
// a wrong key, our fault, and not people who alter records. Its zero value is
// ready, and it is safe for concurrent use.
type Breaker struct {
	mu      sync.Mutex
	row     int // failures since the last success
	tripped bool
}

// Observe counts the outcome of a check: the error of Open, or nil. It reports
// whether the breaker is tripped. ErrSignature and ErrFormat (with ErrNewer) are
// failures, nil is a success and ends the row; all else (a record that is missing,
// pasted or in pieces, a failed read) says nothing about the key and is passed over.
func (b *Breaker) Observe(err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		b.row = 0
	case errors.Is(err, ErrSignature), errors.Is(err, ErrFormat):
		b.row++
		b.tripped = b.tripped || b.row >= breakerLimit
	}
	return b.tripped
}

// Tripped reports whether writes must stop. Successes alone do not end it.
func (b *Breaker) Tripped() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tripped
}

// Reset ends the stop, if the last check that counted was a success. It reports
// whether writes may go on.
func (b *Breaker) Reset() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.row == 0 {
		b.tripped = false
	}
	return !b.tripped
}
