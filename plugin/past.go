package plugin

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// The records of cycles that left the configuration, or that are over and do not
// hold, are read and never written: what they say was judged is not judged again,
// into whatever cycle is open now.

// blindness is a time of which it is not known what was judged.
type blindness struct {
	cycle string
	until time.Time
}

// blindTo notes that the record of a cycle cannot be read: comments from before a
// time may have their verdict in it. Nothing is answered about them.
func (w *world) blindTo(cycle string, until time.Time) {
	w.blind = append(w.blind, blindness{cycle, until})
}

// mayBeJudged reports whether a record that cannot be read may hold the verdict on
// what was said at a time.
func (w *world) mayBeJudged(said time.Time) bool {
	return slices.ContainsFunc(w.blind, func(b blindness) bool { return !said.After(b.until) })
}

// salvagePast keeps what can still be read of a record in pieces.
func (w *world) salvagePast(keys *custody.Keys, cycle string, bodies []string) {
	if log, ok := keys.Salvage(bodies, w.identity(cycle)); ok {
		w.past[cycle] = log
	}
}

// readPast opens the records of cycles that are not in the calendar.
func (r *Reconciler) readPast(ctx context.Context, w *world, ours map[string][]Comment) error {
	for _, cycle := range slices.Sorted(maps.Keys(ours)) {
		if w.inCalendar(cycle) {
			continue
		}
		if err := r.openPast(ctx, w, cycle, ours[cycle]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reconciler) openPast(ctx context.Context, w *world, cycle string, comments []Comment) error {
	h, bodies := sortHeld(comments)
	log, err := r.Keys.Open(bodies, w.identity(cycle))
	if err == nil {
		w.past[cycle] = log
		return nil
	}
	candidates, _, readErr := r.candidates(ctx, w.key, cycle, h, bodies)
	if readErr != nil {
		return readErr
	}
	if log, _, restoreErr := r.Keys.Restore(w.identity(cycle), 0, candidates); restoreErr == nil {
		w.past[cycle] = log
		return nil
	}
	w.salvagePast(r.Keys, cycle, bodies)
	last := slices.MaxFunc(comments, func(a, b Comment) int { return a.Updated.Compare(b.Updated) })
	w.blindTo(cycle, last.Updated)
	r.Log.WithField("key", w.key.String()).WithField("cycle", cycle).WithError(err).
		Warn("the record of a cycle that left the configuration does not hold; what was said before its last change and has no other receipt is left alone")
	return nil
}

// inCalendar reports whether a cycle is configured under this very name.
func (w *world) inCalendar(cycle string) bool {
	for _, c := range w.config.Calendar() {
		if c.Name == cycle {
			return true
		}
	}
	return false
}

// cycleOf is the cycle that a record or a part belongs to: that of its marker. The
// marker is not signed; one with a cycle that is not configured is not believed if
// the signed text or our memory knows better.
func (r *Reconciler) cycleOf(w *world, c Comment, m custody.Marker) string {
	if w.inCalendar(m.Cycle) {
		return m.Cycle
	}
	if cycle, known := r.memory.recordIn(w.key, c.ID); known {
		return cycle
	}
	if h, err := r.Keys.Verify(c.Body); err == nil && h.Identity == w.identity(h.Cycle) {
		return h.Cycle
	}
	return m.Cycle
}
