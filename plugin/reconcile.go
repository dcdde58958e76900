package plugin

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/render"
)

// How long to wait before another look.
const (
	settleTime  = 30 * time.Second // before a blocking label goes, and for replicas of GitHub to have what was written
	retryGone   = 2 * time.Second  // after something vanished in the middle of a round, or another process wrote
	retryAbsent = 5 * time.Second  // after an issue that nobody knows yet was not there
	breakerWait = 10 * time.Minute // while signatures fail in a row
)

// Reconciler makes one round over one issue. Everything that it needs is in
// its fields; it starts no goroutine that outlives a round.
type Reconciler struct {
	Config   func() *config.Config
	GitHub   reader
	Pulls    pullReader
	Stones   milestones
	History  historian
	Write    writer
	Rolebook *Rolebook
	Library  *Library
	Index    *Index
	Keys     *custody.Keys
	Breaker  *custody.Breaker
	Self     Account
	Site     render.Site
	Metrics  *Metrics
	Log      logrus.FieldLogger
	// Enqueue makes another issue be looked at again.
	Enqueue func(Key)
	// List lists every repository and has those issues looked at that changed.
	List func(context.Context) error
	// Calm makes another issue be looked at a while later, once for many calls.
	Calm   func(Key)
	Plans  *Plans
	Boards *Boards
	memory *memory
	named  *namedKeys // set to gather what a start finds named, nil else
}

// Reconcile is the way of an event, and the table of contents of this package:
// read (read.go, restore.go) -> receipt (receipt.go) -> fold (fold.go) -> plan
// (plan.go, notices.go, answer.go) -> apply (apply.go). What comes out depends
// on what is on GitHub alone, so the same round twice writes nothing the second
// time. Errors: *Wait to come back at a known time; anything else is retried
// with backoff. What people got wrong is no error: it is answered.
func (r *Reconciler) Reconcile(ctx context.Context, key Key) error {
	w, err := r.read(ctx, key)
	if errors.Is(err, ErrGone) || err == nil && w == nil { // gone, or its repository left the configuration
		return r.absent(key, err)
	}
	if isForbidden(err) {
		r.Index.Hear(canonical(r.Config(), key)) // the start knows it as one that could not be read
		return &Wait{For: breakerWait, Why: "GitHub does not let us read " + key.String()}
	}
	if err != nil {
		return err
	}
	r.memory.tries.found(key)
	l, s, p, err := r.decide(ctx, w)
	if err != nil {
		return err
	}
	r.Boards.keep(w, l, s)
	if w.listed && (!p.empty() || p.list || p.wait != nil) { // lists decide nothing
		r.Enqueue(w.key)
		return nil
	}
	if w.listed {
		r.confirm(w.key, p.entry)
		r.Index.Hear(w.key)
		return nil
	}
	err = r.apply(ctx, w, p)
	if p.stands || errors.Is(err, ErrForbidden) { // one that takes no record must not hold up a plan for ever
		defer r.Index.Hear(w.key)
	}
	if p.stands && w.planning != nil {
		r.tellItems(w)
	}
	if p.stands { // also if a write after the receipts failed
		r.tellOthers(w.key, p.entry)
	}
	var wait *Wait
	if w.pull == nil && len(p.notices)+len(p.explain)+len(p.decide) > 0 && (err == nil || errors.As(err, &wait) && wait == p.wait) {
		r.Enqueue(w.key) // the record keeps which notices were seen to stand
	}
	return err
}

// decide judges, folds and plans what was read. It writes nothing.
func (r *Reconciler) decide(ctx context.Context, w *world) (*ledger, *state, *writes, error) {
	l, err := r.receipt(ctx, w)
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := r.fold(ctx, w, l)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := r.plan(ctx, w, l, s)
	if err == nil && r.memory.tries.isShut(w.key, w.now) { // nothing can be said here for now
		p.explain, p.decide = nil, nil
		p.notices = slices.DeleteFunc(p.notices, func(n notice) bool { return n.target == w.key && n.edit == 0 })
	}
	return l, s, p, err
}

// tellOthers renews the index and has the issues looked at again that see the
// change.
func (r *Reconciler) tellOthers(key Key, e Entry) {
	before, known := r.Index.Get(key)
	if !known && !e.matters() {
		return // an issue that is nobody's business is not kept
	}
	for _, other := range r.Index.Put(key, e) {
		r.Enqueue(other)
	}
	r.tellPlans(before, e)
	r.Index.dropPull(key)
	r.Index.dropRecorded(key)
}

// confirm holds an issue as listed against the index, which may know something
// newer: if they differ, the issue is read, and the index stays as it is.
func (r *Reconciler) confirm(key Key, e Entry) {
	known, ok := r.Index.Get(key)
	if (ok || e.matters()) && !sameEntry(known, e) {
		r.Enqueue(key)
	}
}

// absent looks a few times again for an issue that nobody knows yet: webhooks may
// come before the replica that answers has it. What was known is gone.
func (r *Reconciler) absent(key Key, err error) error {
	if _, known := r.Index.Get(key); err != nil && !known && r.memory.tries.missed(key) {
		return &Wait{For: retryAbsent, Why: key.String() + " is not there (yet)"}
	}
	r.forget(key)
	r.Index.Hear(canonical(r.Config(), key))
	return nil
}

// forget drops an issue that is gone and has those looked at again that asked
// something of it.
func (r *Reconciler) forget(key Key) {
	if _, ok := r.Index.Get(key); !ok {
		return
	}
	for _, other := range r.Index.PullsOf(key) {
		r.Enqueue(other)
	}
	r.Index.Remove(key)
	r.Boards.drop(key)
	for _, c := range r.Config().Calendar() {
		for _, other := range r.Index.Askers(key, c.Name) {
			r.Enqueue(other)
		}
	}
}
