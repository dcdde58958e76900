package plugin

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/steelthread/steelthread/plugin/custody"
)

// Decisions are never changed by us, so the text in which one was posted is the one
// that stands. One that was edited is edited back, one that was deleted is posted
// again with the same signed content, from what this process knows, or else from
// GitHub's edit history. Until it was read back nothing is concluded from the rest.

// decisionText is one comment of a decision as it was posted.
type decisionText struct {
	id    int64
	cycle string
	key   string // of the decision
	part  int    // of a further comment, 0 for the one that names them
	body  string
}

func (t decisionText) same(o decisionText) bool {
	return t.cycle == o.cycle && t.key == o.key && t.part == o.part
}

// decisionPost is a comment that bears a decision's marker.
type decisionPost struct {
	Comment
	marker custody.Marker
}

// decisionTexts is what this process knows of the comments of decisions.
type decisionTexts struct {
	mu    sync.Mutex
	kept  map[Key][]decisionText // as they were posted
	heard map[Key][]decisionText // as they were before an edit or deletion that was delivered
}

// list gives those on an issue as they were posted.
func (d *decisionTexts) list(key Key) []decisionText {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.kept[key])
}

// keep notes how a comment was posted. It takes the place of the one kept before.
func (d *decisionTexts) keep(key Key, t decisionText) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[Key][]decisionText{}
	}
	d.kept[key] = append(slices.DeleteFunc(d.kept[key], t.same), t)
}

// maxHeard bounds what deliveries tell of decisions on one issue between two rounds.
const maxHeard = 100

// saw keeps the text of a decision's comment from before an edit or deletion that was
// delivered, for a process that has not read the comment yet.
func (d *decisionTexts) saw(key Key, comment int64, before string) {
	m, ok := custody.FindMarker(before)
	if !ok || m.Kind != custody.KindDecision {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.heard == nil {
		d.heard = map[Key][]decisionText{}
	}
	if len(d.heard) > maxEarlier {
		d.heard = map[Key][]decisionText{}
	}
	if len(d.heard[key]) < maxHeard {
		d.heard[key] = append(d.heard[key], decisionText{comment, m.Cycle, m.Key, m.Part, before})
	}
}

// takeHeard gives what deliveries told, once: the earliest first.
func (d *decisionTexts) takeHeard(key Key) []decisionText {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.heard[key]
	delete(d.heard, key)
	return list
}

// maxSuspects is how many comments are looked at for a decision that is missing: under
// an account that is shared there may be many that were edited.
const maxSuspects = 20

// watchDecisions holds the comments of decisions against what is known of them. read
// has the keys of those that are whole.
func (r *Reconciler) watchDecisions(w *world, d *decisions, read map[string]bool) {
	there := map[int64]Comment{}
	for _, c := range w.comments {
		if c.Author.ID == r.Self.ID {
			there[c.ID] = c
		}
	}
	known := slices.DeleteFunc(r.memory.decided.list(w.key), func(t decisionText) bool { return t.cycle != d.cycle })
	for _, t := range known {
		c, stands := there[t.id]
		switch {
		case stands && normal(c.Body) != normal(t.body):
			d.mends = append(d.mends, notice{target: w.key, key: t.key, body: t.body, edit: t.id})
		case !stands && !read[t.key]:
			d.lost = append(d.lost, t)
		}
		if !read[t.key] { // deleted before the record had it
			d.tear(t.key)
		}
	}
	for _, post := range d.posts {
		double := func(t decisionText) bool {
			return t.key == post.marker.Key && t.part == post.marker.Part && there[t.id].ID != 0
		}
		switch {
		case slices.ContainsFunc(known, double):
		case post.Updated.Equal(post.Created) && read[post.marker.Key]:
			r.memory.decided.keep(w.key, decisionText{post.ID, d.cycle, post.marker.Key, post.marker.Part, post.Body})
		case !post.Updated.Equal(post.Created):
			d.suspects = append(d.suspects, post)
		}
	}
	d.suspectOthers(w, known, there)
}

// decisionInDisguise reports whether a comment whose marker somebody edited to that of a
// record holds a decision: it must not be taken for a second record, which is deleted.
func (r *Reconciler) decisionInDisguise(c Comment, m custody.Marker) bool {
	if m.Kind != custody.KindRecord && m.Kind != custody.KindPart || c.Updated.Equal(c.Created) {
		return false
	}
	h, err := r.Keys.Verify(c.Body)
	return err == nil && h.Kind == custody.KindDecision
}

// suspectOthers looks for a missing decision among comments of ours that were edited
// and look like something else now.
func (d *decisions) suspectOthers(w *world, known []decisionText, ours map[int64]Comment) {
	for _, c := range w.comments {
		m, _ := custody.FindMarker(c.Body)
		named := slices.ContainsFunc(known, func(t decisionText) bool { return t.id == c.ID })
		edited := ours[c.ID].ID != 0 && !c.Updated.Equal(c.Created)
		record := slices.ContainsFunc(slices.Collect(maps.Values(w.records)), func(h *held) bool { return h.comment.ID == c.ID })
		same := m.Kind == custody.KindDecision && m.Cycle == d.cycle
		if len(d.torn) > 0 && len(d.suspects) < maxSuspects && edited && !record && !same && !named {
			d.suspects = append(d.suspects, decisionPost{c, m})
		}
	}
}

// mendDecisions looks in GitHub's edit history for what decisions said that were
// edited before this process read them.
func (r *Reconciler) mendDecisions(ctx context.Context, w *world) error {
	for _, d := range w.decided {
		for _, s := range d.suspects {
			texts, err := r.History.EditHistory(ctx, s.Node)
			if err != nil {
				return err
			}
			r.mendDecision(w, d, s, texts)
		}
		for _, n := range d.mends {
			r.Log.WithField("key", w.key.String()).WithField("comment", n.edit).Warn("a decision was edited; it is edited back")
		}
		for _, t := range d.lost {
			r.Log.WithField("key", w.key.String()).WithField("decision", t.key).Warn("a decision was deleted; it is posted again")
		}
	}
	return nil
}

// mendDecision takes the oldest text of a comment that is signed as a decision on this
// issue for what was posted, whatever the comment looks like now. A comment that never
// was one is none, but where the record knows of the decision that it claims to be.
func (r *Reconciler) mendDecision(w *world, d *decisions, s decisionPost, texts []string) {
	for _, text := range slices.Backward(texts) {
		m, ok := r.signedDecision(w, d.cycle, text)
		if !ok {
			continue
		}
		r.memory.decided.keep(w.key, decisionText{s.ID, d.cycle, m.Key, m.Part, text})
		if normal(text) != normal(s.Body) {
			d.mends = append(d.mends, notice{target: w.key, key: m.Key, body: text, edit: s.ID})
		}
		return
	}
	holds := slices.ContainsFunc(d.whole, func(o wholeDecision) bool { return o.key == s.marker.Key })
	if s.marker.Kind == custody.KindDecision && !holds && !w.knowsDecision(d.cycle, s.marker.Key) {
		d.torn = slices.DeleteFunc(d.torn, func(key string) bool { return key == s.marker.Key })
	}
}

// signedDecision gives the marker of a text that is a signed part of a decision on this
// issue for a cycle.
func (r *Reconciler) signedDecision(w *world, cycle, text string) (custody.Marker, bool) {
	m, ok := custody.FindMarker(text)
	if !ok || m.Kind != custody.KindDecision || m.Cycle != cycle {
		return m, false
	}
	kind := custody.KindDecision
	if m.Part > 0 {
		kind = custody.KindPart
	}
	h, err := r.Keys.Verify(text)
	return m, err == nil && h.Kind == kind && h.Identity == w.identity(cycle)
}

// learnHeard takes over what deliveries told of comments that this process had not
// read. It knows better of those that it had.
func (r *Reconciler) learnHeard(w *world) {
	for _, t := range r.memory.decided.takeHeard(w.key) {
		known := slices.ContainsFunc(r.memory.decided.list(w.key), t.same)
		if _, ok := r.signedDecision(w, t.cycle, t.body); ok && !known {
			r.memory.decided.keep(w.key, t)
		}
	}
}

// restoring reports whether decisions are to be put back first.
func (w *world) restoring() bool {
	for _, d := range w.decided {
		if len(d.mends)+len(d.lost) > 0 {
			return true
		}
	}
	return false
}

// restoreWrites puts back what was edited or deleted, parts first. Everything else
// waits for the round that reads it.
func (w *world) restoreWrites() *writes {
	out := &writes{entry: w.entry(w.logs())}
	var lost []decisionText
	for _, d := range w.decided {
		out.notices = append(out.notices, d.mends...)
		lost = append(lost, d.lost...)
	}
	slices.SortStableFunc(lost, func(a, b decisionText) int { return b.part - a.part })
	for _, t := range lost {
		out.decide = append(out.decide, []string{t.body})
	}
	return out
}
