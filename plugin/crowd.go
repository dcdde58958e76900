package plugin

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/roles"
)

// What one account may cause is bounded by its reply, which is edited; but accounts
// cost nothing. People who are not known here (no member or collaborator, no role) and
// write in numbers are answered in one reply that they share, so many comments of
// theirs in ten minutes; what is over that is judged and answered later. Whoever has a
// role, or belongs to the organisation, waits for none of them.
const (
	ownReplies = 2   // strangers who get a reply of their own within replyWindow
	crowdMost  = 150 // refused comments of strangers that are answered within it
	everybody  = 0   // the author in the key of a reply that strangers share
)

// refuse takes note of refused lines. Those of a stranger may have to wait.
func (r *Reconciler) refuse(w *world, l *ledger, s *spoken, refused custody.Receipt, all bool) {
	if all && w.stranger(l, s.Comment) {
		if l.crowd++; l.crowd > crowdMost-w.answeredLately() {
			l.later = true
			return
		}
	}
	l.refused = append(l.refused, refused)
}

// answeredLately is how many refused comments were answered within replyWindow.
func (w *world) answeredLately() (n int) {
	for _, one := range w.replies {
		if w.now.Sub(one.Created) < replyWindow {
			n += len(one.log.Refused)
		}
	}
	return n
}

// windowEnds is when the oldest of the replies of the last replyWindow leaves it.
func (w *world) windowEnds() time.Time {
	at := w.now.Add(replyWindow)
	for _, one := range w.replies {
		if end := one.Created.Add(replyWindow); end.After(w.now) && end.Before(at) {
			at = end
		}
	}
	return at
}

// stranger reports whether nothing is known of the author of a comment: GitHub does not
// show a membership, nothing was ever taken from the account in a role, and no list
// names it for one.
func (w *world) stranger(l *ledger, c Comment) bool {
	if c.Member == roles.Yes {
		return false
	}
	if l.inRole == nil {
		l.inRole = map[int64]bool{}
		for _, log := range l.logs {
			for _, receipt := range log.Receipts {
				if slices.ContainsFunc(receipt.Lines, inRole) {
					l.inRole[receipt.Author] = true
				}
			}
		}
	}
	return !l.inRole[c.Author.ID] && !w.isNamed(c.Author.Login)
}

// isNamed reports whether a login is listed for a role in an open cycle.
func (w *world) isNamed(login string) bool {
	if w.roles == nil {
		return false
	}
	for _, cycle := range w.config.Calendar().Open(w.now) {
		for _, role := range []roles.Role{roles.Facilitator, roles.Lead, roles.ReleaseLead, roles.ReleaseTeam, roles.PM, roles.Programme} {
			if _, answer := w.roles.HoldsAny(role, cycle.Name, login, w.now); answer == roles.Yes {
				return true
			}
		}
	}
	return false
}

// strangers takes those out who are answered together: of a few, nobody.
func (w *world) strangers(l *ledger, byAuthor map[int64][]owed) (together []owed) {
	var authors []int64
	for author, list := range byAuthor {
		k := slices.IndexFunc(w.comments, func(c Comment) bool { return c.ID == list[0].comment })
		if k >= 0 && w.youngReply(author) == nil && w.stranger(l, w.comments[k]) {
			authors = append(authors, author)
		}
	}
	own := ownReplies
	for _, one := range w.replies {
		if w.now.Sub(one.Created) < replyWindow {
			own--
		}
	}
	if len(authors) <= own {
		return nil
	}
	for _, author := range authors {
		together = append(together, byAuthor[author]...)
		delete(byAuthor, author)
	}
	slices.SortFunc(together, func(a, b owed) int { return int(min(1, max(-1, a.comment-b.comment))) })
	return together
}
