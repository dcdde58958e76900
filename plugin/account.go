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
