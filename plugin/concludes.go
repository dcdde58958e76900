package plugin

import "time"

// concludes reports whether all that was said by a time, on any issue, was read and
// judged: only then is concluded, once and for good, what rests on all issues. Deliveries
// get lost, so every repository must have been listed since, late enough for lists that
// lag. If something is missing the round sees to it and comes back.
func (r *Reconciler) concludes(w *world, by time.Time, p *writes) bool {
	listed := by.Add(settleTime)
	switch {
	case !r.Index.Heard():
		p.soonest(w, w.now.Add(r.Index.Again()), "not every issue was read and judged yet")
	case r.Index.Swept(listed):
		return true
	case w.now.Before(listed):
		p.soonest(w, listed, "every repository is listed then, before something is concluded")
	default:
		p.list = true
	}
	return false
}
