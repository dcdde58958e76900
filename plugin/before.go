package plugin

import "time"

// fromBefore reports whether a comment is from a time that is nobody's business
// any more: said before the earliest configured cycle opened, and more than a
// day ago. An old issue that is seen for the first time is full of commands that
// were meant for other bots and other releases. What is said now is answered,
// also while no cycle is open.
func (w *world) fromBefore(s spoken) bool {
	var first time.Time
	for _, c := range w.config.Calendar() {
		if opens := c.OpensOn().StartUTC(); first.IsZero() || opens.Before(first) {
			first = opens
		}
	}
	return s.Created.Before(first) && w.now.Sub(s.Created) > 24*time.Hour
}

// refusedBefore reports whether a comment without a receipt was refused in an
// earlier round: in a quiet repository nothing but a reaction tells, as long as
// the issue has no record. With one, what was refused is in the record before
// the reaction. GitHub does not tell whose a reaction is: anybody's counts.
func (w *world) refusedBefore(s spoken) bool {
	return w.repo.Quiet && len(w.records) == 0 && s.Nays > 0
}
