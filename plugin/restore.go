package plugin

import (
	"context"
	"errors"
	"fmt"

	"github.com/steelthread/steelthread/plugin/custody"
)

// observe counts the outcome of a signature check. Three records in a row that
// fail stop all writes: a wrong key is our fault, not theirs.
func (r *Reconciler) observe(record custody.Identity, err error) {
	r.Metrics.tripped(r.Breaker.Observe(record, err))
}

// leftAlone is the error of a round over an issue whose record must not be
// overwritten now. It is about that issue only.
func leftAlone(format string, a ...any) *Wait {
	return &Wait{For: breakerWait, Why: fmt.Sprintf(format, a...), Record: true}
}

// formerly finds out whether a comment of ours without a marker is a record, or a part
// of one, that was overwritten whole: while this process looked on or, as GitHub's edit
// history tells, while nobody did. Under a shared account others write comments, too;
// about each of theirs that was edited it is asked once.
func (r *Reconciler) formerly(ctx context.Context, w *world, c Comment) (custody.Marker, bool, error) {
	if cycle, known := r.memory.recordIn(w.key, c.ID); known {
		return custody.Marker{Kind: custody.KindRecord, Cycle: cycle}, true, nil
	}
	if c.ID < 0 || c.Updated.Equal(c.Created) || r.memory.isOthers(c) {
		return custody.Marker{}, false, nil
	}
	texts, err := r.History.EditHistory(ctx, c.Node)
	if err != nil {
		return custody.Marker{}, false, err
	}
	for _, text := range texts {
		m, ok := custody.FindMarker(text)
		if !ok || m.Kind != custody.KindRecord && m.Kind != custody.KindPart {
			continue
		}
		if h, err := r.Keys.Verify(text); err == nil && h.Kind == m.Kind && h.Identity == w.identity(m.Cycle) {
			return m, true, nil
		}
	}
	r.memory.noteOthers(c)
	return custody.Marker{}, false, nil
}

// restore mends a record that fails its check, was rolled back or is gone, in
// the order of design section 4: own memory; the text before the edit or
// deletion from the delivery; GitHub's edit history; last, nothing is left, and
// the receipts are made anew from the comments.
func (r *Reconciler) restore(ctx context.Context, w *world, cycle string, h *held, bodies []string, failed error) (*held, error) {
	if errors.Is(failed, custody.ErrNewer) {
		return nil, leftAlone("the record of %s was written by a newer version; it is left alone: %v", cycle, failed)
	}
	id := w.identity(cycle)
	mine, _ := r.memory.record(w.key, cycle)
	candidates, unknown, err := r.candidates(ctx, w.key, cycle, h, bodies)
	if err != nil {
		return nil, err
	}
	log, from, err := r.Keys.Restore(id, mine.log.Seq, candidates)
	entry := r.Log.WithField("key", w.key.String()).WithField("cycle", cycle)
	c, _ := w.config.Calendar().Find(cycle)
	switch open := c.Open(w.now); {
	case err == nil || errors.Is(err, custody.ErrStale) && from.From != "":
		r.observe(id, nil) // what opens proves the key right
		h.log, h.mended = log, true
		r.Metrics.restored(from.From)
		entry.WithField("from", from.From).WithError(failed).Warn("record restored")
		return h, nil
	case errors.Is(err, custody.ErrNewer):
		return nil, leftAlone("%v", err)
	case h.comment.ID == 0:
		return nil, nil
	case !open: // perhaps its key is not mounted any more; nothing is made up for a cycle that is over
		w.blindTo(cycle, c.End.EndAoE())
		w.salvagePast(r.Keys, cycle, bodies)
		entry.WithError(err).Warn("the record of a closed cycle does not hold; it is left alone, and so is what was said before its end and has no other receipt")
		return nil, nil
	}
	r.observe(id, failed)
	if errors.Is(failed, custody.ErrUnknownKey) {
		unknown = failed
	}
	switch {
	case unknown != nil:
		entry.WithError(unknown).Error("the record was signed by a key that is not mounted; nothing is written in its place. Mount the public key; if nobody knows the key, delete the comment")
		return nil, leftAlone("the record of %s is left alone: %v", cycle, unknown)
	case r.Breaker.Tripped():
		return nil, leftAlone("all writes are stopped, signatures fail in a row: %v", failed)
	}
	h.log, h.mended, h.rebuilt = custody.Log{Identity: id}, true, true
	if some, ok := r.Keys.Salvage(bodies, id); ok { // a part was lost, not what the others hold
		h.log = some
	}
	r.Metrics.restored("comments")
	entry.WithError(err).Error("record rebuilt from the comments: nothing signed was left of what does not hold")
	return h, nil
}

// candidates lists what a record may be restored from, the best first. Of what
// stands on the issue only what passes its check by itself comes along: damage
// beside a good text would spoil the attempt. unknown is an ErrUnknownKey if a
// block that does not pass was signed by a key that we do not know.
func (r *Reconciler) candidates(ctx context.Context, key Key, cycle string, h *held, bodies []string) (list []custody.Candidate, unknown error, err error) {
	mine, _ := r.memory.record(key, cycle)
	list = append(list, custody.Candidate{From: "memory", Bodies: mine.bodies})
	beside, unknown := r.Keys.Intact(bodies)
	parts, note := r.Keys.Intact(partsOf(h))
	for _, p := range h.parts {
		if _, err := r.Keys.Verify(p.Body); err == nil {
			continue
		}
		texts, err := r.History.EditHistory(ctx, p.Node)
		if err != nil {
			return nil, nil, err
		}
		texts, _ = r.Keys.Intact(texts)
		beside, parts = append(beside, texts...), append(parts, texts...)
	}
	for _, d := range r.memory.earlierTexts(key, cycle) {
		list = append(list, custody.Candidate{From: d.from, Bodies: append([]string{d.body}, beside...)})
	}
	if h.comment.ID == 0 {
		return list, orError(unknown, note), nil
	}
	texts, err := r.History.EditHistory(ctx, h.comment.Node)
	if err != nil {
		return nil, nil, err
	}
	if _, err := r.Keys.Verify(h.comment.Body); err == nil { // only parts are damaged
		texts = append([]string{h.comment.Body}, texts...)
	}
	for _, t := range texts {
		list = append(list, custody.Candidate{From: "edit history", Bodies: append([]string{t}, parts...)})
	}
	_, old := r.Keys.Intact(texts)
	return list, orError(unknown, orError(note, old)), nil
}

func orError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func partsOf(h *held) []string {
	var bodies []string
	for _, p := range h.parts {
		bodies = append(bodies, p.Body)
	}
	return bodies
}
