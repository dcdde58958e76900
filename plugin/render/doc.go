// Package render holds every word that people read: records, replies and
// notices. It turns values of the other pure packages into GitHub Markdown.
//
// It promises: the same value gives the same bytes, so that a quiet round
// writes nothing; what a user wrote stands in a code span, on one line and with
// at most 200 characters, where it can neither ping, link, open HTML nor leave
// its table cell; a login has an @ only in the notices that must reach that
// person (Asked, Declined, Blocked); a record stays within VisibleLimit
// characters, and what is folded away is counted, never dropped silently; every
// line in a block of its own is accepted when the person named pastes it.
//
// It does not write the hidden parts of a comment (package custody does), read
// the clock, or decide anything: what is true comes in with the values.
package render
