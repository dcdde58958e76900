package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// observe counts the outcome of a signature check. Three failures in a row
// stop all writes: a wrong key is our fault, not theirs.
func (r *Reconciler) observe(err error) {
	r.Metrics.tripped(r.Breaker.Observe(err))
}

// restore mends a record that fails its check, was rolled back or is gone, in
// the order of design section 4: own memory; the text before the edit or
// deletion from the delivery; GitHub's edit history; last, nothing is left, and
// the receipts are made anew from the comments.
func (r *Reconciler) restore(ctx context.Context, w *world, cycle string, h *held, bodies []string, failed error) (*held, error) {
	if errors.Is(failed, custody.ErrNewer) {
		return nil, &Wait{For: 10 * time.Minute, Why: fmt.Sprintf("the record of %s was written by a newer version; it is left alone: %v", cycle, failed)}
	}
	c, _ := w.config.Calendar().Find(cycle)
	open := c.Open(w.now)
	if h.comment.ID != 0 && open {
		r.observe(failed)
	}
	if r.Breaker.Tripped() {
		return nil, &Wait{For: 10 * time.Minute, Why: fmt.Sprintf("all writes are stopped, signatures fail in a row: %v", failed)}
	}
	mine, _ := r.memory.record(w.key, cycle)
	candidates := []custody.Candidate{{From: "memory", Bodies: mine.bodies}}
	for _, d := range r.memory.earlierTexts(w.key, cycle) {
		candidates = append(candidates, custody.Candidate{From: d.from, Bodies: append([]string{d.body}, bodies...)})
	}
	if h.comment.ID != 0 {
		texts, err := r.History.EditHistory(ctx, h.comment.Node)
		if err != nil {
			return nil, err
		}
		for _, t := range texts {
			candidates = append(candidates, custody.Candidate{From: "edit history", Bodies: append([]string{t}, partsOf(h)...)})
		}
	}
	log, from, err := r.Keys.Restore(w.identity(cycle), mine.log.Seq, candidates)
	switch {
	case err == nil || errors.Is(err, custody.ErrStale) && from.From != "":
		h.log, h.mended = log, true
		r.Metrics.restored(from.From)
		r.Log.WithField("key", w.key.String()).WithField("from", from.From).WithError(failed).Warn("record restored")
		return h, nil
	case errors.Is(err, custody.ErrNewer):
		return nil, &Wait{For: 10 * time.Minute, Why: err.Error()}
	case h.comment.ID == 0:
		return nil, nil
	case !open: // perhaps its key is not mounted any more; nothing is made up for a cycle that is over
		r.Log.WithField("key", w.key.String()).WithField("cycle", cycle).WithError(err).Warn("the record of a closed cycle does not hold; it is left alone")
		return nil, nil
	}
	h.log, h.mended, h.rebuilt = custody.Log{Identity: w.identity(cycle)}, true, true
	r.Metrics.restored("comments")
	r.Log.WithField("key", w.key.String()).WithError(err).Error("record rebuilt from the comments: nothing signed was left")
	return h, nil
}

func partsOf(h *held) []string {
	var bodies []string
	for _, p := range h.parts {
		bodies = append(bodies, p.Body)
	}
	return bodies
}
