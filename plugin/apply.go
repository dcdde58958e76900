package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// apply writes the plan in the order of design invariant 6. A crash or an
// error between any two writes is healed by the next round: every step is
// derived again from what then stands on GitHub.
func (r *Reconciler) apply(ctx context.Context, w *world, p *writes) error {
	if r.Breaker.Tripped() && !p.empty() {
		return &Wait{For: breakerWait, Why: "all writes are stopped: signatures fail in a row"}
	}
	for _, label := range p.block {
		if err := r.Write.AddLabel(asBlocking(ctx), w.key, label); err != nil {
			return err
		}
	}
	for _, rec := range p.records {
		if err := r.writeRecord(ctx, w, rec); err != nil {
			return err
		}
	}
	p.stands = true
	if err := r.writeDecisions(ctx, w, p.decide); err != nil && !r.takesNoComment(w, err) {
		return err
	}
	if err := r.writeNotices(ctx, p.explain); err != nil {
		return err
	}
	if err := r.writeLabels(ctx, w, p); err != nil {
		return err
	}
	milestone := r.writeMilestone(ctx, w, p) // what is said and acknowledged does not wait for it
	replies, notices := takeReplies(w.onlyHere(p.notices))
	if err := r.writeNotices(ctx, notices); err != nil && !r.takesNoComment(w, err) {
		return err
	}
	others := r.writeOthers(ctx, w, p.notices)
	for _, a := range p.acks {
		if err := r.react(ctx, w, a); err != nil {
			return err
		}
	}
	for _, label := range p.unblock {
		if err := r.Write.RemoveLabel(ctx, w.key, label); err != nil {
			return err
		}
	}
	if err := r.writeGone(ctx, w, p.gone); err != nil {
		return err
	}
	if err := r.writeNotices(asReply(ctx), replies); err != nil && !r.takesNoComment(w, err) { // nobody's acknowledgement waits for them
		return err
	}
	if err := errors.Join(milestone, others); err != nil {
		return err
	}
	if p.list {
		if err := r.List(ctx); err != nil {
			return err
		}
		r.Enqueue(w.key)
	}
	if p.wait != nil {
		return p.wait
	}
	return nil
}

// writeGone deletes comments of ours that nothing needs any more.
func (r *Reconciler) writeGone(ctx context.Context, w *world, ids []int64) error {
	for _, id := range ids {
		if err := r.Write.DeleteComment(ctx, w.key, id); err != nil {
			return err
		}
		r.memory.sawDeleted(id)
	}
	return nil
}

// takeReplies tells replies to what was not taken from all else that is posted.
func takeReplies(list []notice) (replies, others []notice) {
	for _, n := range list {
		if _, is := replyTo(n.key); is {
			replies = append(replies, n)
		} else {
			others = append(others, n)
		}
	}
	return replies, others
}

// writeMilestone sets the milestone that an exception grants, or clears the one that a
// prune takes. Its record keeps that it was done. A repository without a milestone of
// that title goes without.
func (r *Reconciler) writeMilestone(ctx context.Context, w *world, p *writes) error {
	var err error
	switch {
	case p.milestone != "":
		err = r.Stones.SetMilestone(ctx, w.key, p.milestone)
	case p.prune != "":
		err = r.Stones.ClearMilestone(ctx, w.key)
	default:
		return nil
	}
	if errors.Is(err, ErrGone) && p.milestone != "" {
		r.Log.WithField("key", w.key.String()).WithError(err).Warn("the milestone of an exception that was granted is not there")
		return nil
	}
	if err == nil {
		r.Enqueue(w.key)
	}
	return err
}

// takesNoComment notes an issue on which GitHub lets us say nothing (locked,
// archived). What was to be said waits for a day; what is held back by a label must
// not wait for it.
func (r *Reconciler) takesNoComment(w *world, err error) bool {
	if !errors.Is(err, ErrForbidden) {
		return false
	}
	r.memory.tries.shuts(w.key, w.now)
	r.Log.WithField("key", w.key.String()).WithError(err).Warn("GitHub lets us say nothing here; what was to be said waits")
	return true
}

// react acknowledges. Where we may not (a locked issue, a review without write access
// to pull requests) it goes without: what was said shows in record and labels.
func (r *Reconciler) react(ctx context.Context, w *world, a ack) error {
	err := r.Write.React(ctx, w.key, a.to, a.content)
	if errors.Is(err, ErrForbidden) {
		r.memory.tries.mutes(a.to.ID)
		r.Log.WithField("key", w.key.String()).WithError(err).Warn("a comment stays without a reaction: the issue is locked, or the App may not react (for reviews it needs write access to pull requests)")
		return nil
	}
	return err
}

// writeRecord writes what changed of one record: parts first, then the record
// that names them, then what nothing names any more goes. Until the record is
// written its old version stays readable.
func (r *Reconciler) writeRecord(ctx context.Context, w *world, rec recordWrite) error {
	for k, body := range rec.parts {
		if rec.made[k] != 0 {
			continue
		}
		c, err := r.Write.CreateComment(ctx, w.key, body)
		if err != nil {
			return err
		}
		r.memory.wrote(w.key, c.ID, c.Created)
	}
	if rec.write {
		var c Comment
		var err error
		if rec.id == 0 {
			if c, err = r.Write.CreateComment(ctx, w.key, rec.body); err == nil {
				r.memory.wrote(w.key, c.ID, c.Created)
			}
		} else if c, err = r.Write.EditComment(ctx, w.key, rec.id, rec.body); errors.Is(err, ErrGone) {
			return &Wait{For: retryGone, Why: "the record was deleted while it was being written"}
		}
		if err != nil {
			return err
		}
		if normal(c.Body) != normal(rec.body) {
			return fmt.Errorf("record of %s on %s: GitHub did not keep what was written", rec.cycle, w.key)
		}
		r.memory.remember(w.key, rec.cycle, remembered{log: rec.log, bodies: append(slices.Clone(rec.parts), rec.body), id: c.ID, updated: c.Updated})
	}
	for _, id := range rec.remove {
		if err := r.Write.DeleteComment(ctx, w.key, id); err != nil {
			return err
		}
		r.memory.sawDeleted(id) // else its absence looks like a replica that lags
	}
	return nil
}

func (r *Reconciler) writeLabels(ctx context.Context, w *world, p *writes) error {
	for _, label := range p.add {
		if err := r.Write.AddLabel(ctx, w.key, label); err != nil {
			return err
		}
	}
	for _, label := range p.remove {
		if err := r.Write.RemoveLabel(ctx, w.key, label); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reconciler) writeNotices(ctx context.Context, list []notice) error {
	for _, n := range list {
		if err := r.writeNotice(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// writeNotice posts or edits a notice, here or on the issue that is asked.
func (r *Reconciler) writeNotice(ctx context.Context, n notice) error {
	if n.edit != 0 {
		_, err := r.Write.EditComment(ctx, n.target, n.edit, n.body)
		if errors.Is(err, ErrGone) {
			return &Wait{For: retryGone, Why: "a reply was deleted while it was being edited"}
		}
		return err
	}
	c, err := r.Write.CreateComment(ctx, n.target, n.body)
	if err != nil {
		return err
	}
	r.memory.wrote(n.target, c.ID, c.Created)
	return nil
}
