package plugin

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/roles"
)

// wasAnother reports whether somebody spoke here before, in a role, under the same
// login from another account. GitHub gives a login that was given up to whoever
// asks first; a receipt has the number of the account, which is never given again.
func (w *world) wasAnother(l *ledger, s *spoken) bool {
	for _, logs := range []map[string]custody.Log{l.logs, w.past} {
		for _, log := range logs {
			for _, r := range log.Receipts {
				if r.Author != s.Author.ID && r.Said.Before(s.Created) && strings.EqualFold(r.Login, s.Author.Login) && slices.ContainsFunc(r.Lines, inRole) {
					return true
				}
			}
		}
	}
	return false
}

// inRole reports whether a line was accepted from somebody with a role that others
// gave.
func inRole(l custody.Line) bool {
	switch roles.Role(l.Role) {
	case "", roles.Anyone, roles.Author, roles.Member:
		return false
	}
	return l.Refused == ""
}

// tookInRole reports whether a line of a comment was accepted from somebody in a role.
func (l *ledger) tookInRole(comment int64) bool {
	for _, log := range l.logs {
		if receipt, ok := log.Receipt(comment); ok && slices.ContainsFunc(receipt.Lines, inRole) {
			return true
		}
	}
	return false
}

// allTaken reports whether every line of a comment of somebody's was taken, and
// there was one. What was refused before a record was lost stands in the reply alone.
func (w *world) allTaken(l *ledger, c Comment) bool {
	words, theirs := w.present[c.ID]
	taken, refused := false, false
	for _, log := range l.logs {
		if receipt, ok := log.Receipt(c.ID); ok && receipt.Words == words {
			refused = refused || hasRefused(receipt)
			taken = taken || slices.ContainsFunc(receipt.Lines, func(x custody.Line) bool { return x.Refused == "" })
		}
	}
	for _, one := range w.replies {
		for _, receipt := range one.log.Refused {
			refused = refused || receipt.Comment == c.ID && receipt.Words == words
		}
	}
	return theirs && taken && !refused
}
