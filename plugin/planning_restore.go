package plugin

import (
	"context"
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
)

// Decisions are never changed by us, so the text in which one was posted is the one
// that stands. One that was edited is edited back, one that was deleted is posted
// again with the same signed content, from what this process knows, or else from
// GitHub's edit history. Until it was read back nothing is concluded from the rest.

// decisionText is one comment of a decision as it was posted.
type decisionText struct {
	id   int64
	key  string // Decision.Key
	part int    // of a further comment, 0 for the one that names them
	body string
}

// decisionPost is a comment that bears a decision's marker.
type decisionPost struct {
	Comment
	marker custody.Marker
}

// maxSuspects is how many comments are looked at for a decision that is missing: under
// an account that is shared there may be many that were edited.
const maxSuspects = 20

// watchDecisions holds the comments of decisions against what is known of them. read
// has the keys of those that are whole.
func (r *Reconciler) watchDecisions(w *world, read map[string]bool) {
	p := w.planning
	there := map[int64]Comment{}
	for _, c := range w.comments {
		if c.Author.ID == r.Self.ID {
			there[c.ID] = c
		}
	}
	r.learnHeard(w)
	known := r.Plans.texts(w.key)
	for _, t := range known {
		c, stands := there[t.id]
		switch {
		case stands && normal(c.Body) != normal(t.body):
			p.mends = append(p.mends, notice{target: w.key, key: t.key, body: t.body, edit: t.id})
		case !stands && !read[t.key]:
			p.lost = append(p.lost, t)
		}
		if !read[t.key] && !slices.Contains(p.torn, t.key) { // deleted before the record had it
			p.torn = append(p.torn, t.key)
		}
	}
	for _, post := range p.posts {
		double := func(t decisionText) bool {
			return t.key == post.marker.Key && t.part == post.marker.Part && there[t.id].ID != 0
		}
		switch {
		case slices.ContainsFunc(known, double):
		case post.Updated.Equal(post.Created) && read[post.marker.Key]:
			r.Plans.keep(w.key, decisionText{post.ID, post.marker.Key, post.marker.Part, post.Body})
		case !post.Updated.Equal(post.Created):
			p.suspects = append(p.suspects, post)
		}
	}
	for _, c := range w.comments { // overwritten, marker and all
		m, _ := custody.FindMarker(c.Body)
		named := slices.ContainsFunc(known, func(t decisionText) bool { return t.id == c.ID })
		if len(p.torn) > 0 && len(p.suspects) < maxSuspects && c.Author.ID == r.Self.ID && m.Kind == "" && !c.Updated.Equal(c.Created) && !named {
			p.suspects = append(p.suspects, decisionPost{Comment: c})
		}
	}
}

// mendDecisions looks in GitHub's edit history for what decisions said that were
// edited before this process read them.
func (r *Reconciler) mendDecisions(ctx context.Context, w *world) error {
	p := w.planning
	for _, s := range p.suspects {
		texts, err := r.History.EditHistory(ctx, s.Node)
		if err != nil {
			return err
		}
		text, m, ok := r.original(w, texts, s.marker)
		switch {
		case ok:
			r.Plans.keep(w.key, decisionText{s.ID, m.Key, m.Part, text})
			if normal(text) != normal(s.Body) {
				p.mends = append(p.mends, notice{target: w.key, key: m.Key, body: text, edit: s.ID})
			}
		case s.marker.Key != "" && !slices.Contains(p.torn, s.marker.Key): // what is signed holds
			r.Plans.keep(w.key, decisionText{s.ID, s.marker.Key, s.marker.Part, s.Body})
		}
	}
	for _, n := range p.mends {
		r.Log.WithField("key", w.key.String()).WithField("comment", n.edit).Warn("a decision was edited; it is edited back")
	}
	for _, t := range p.lost {
		r.Log.WithField("key", w.key.String()).WithField("decision", t.key).Warn("a decision was deleted; it is posted again")
	}
	return nil
}

// original is the oldest text of a comment that is a signed part of a decision on this
// issue: of the decision that the marker names, or of any that is missing.
func (r *Reconciler) original(w *world, texts []string, now custody.Marker) (string, custody.Marker, bool) {
	for _, text := range slices.Backward(texts) {
		m, ok := r.signedDecision(w, text)
		if !ok {
			continue
		}
		if now.Key != "" && (m.Key != now.Key || m.Part != now.Part) || now.Key == "" && !slices.Contains(w.planning.torn, m.Key) {
			continue
		}
		return text, m, true
	}
	return "", custody.Marker{}, false
}

// signedDecision gives the marker of a text that is a signed part of a decision on this
// issue.
func (r *Reconciler) signedDecision(w *world, text string) (custody.Marker, bool) {
	c := w.planning.cycle.Name
	m, ok := custody.FindMarker(text)
	if !ok || m.Kind != custody.KindDecision || m.Cycle != c {
		return m, false
	}
	kind := custody.KindDecision
	if m.Part > 0 {
		kind = custody.KindPart
	}
	h, err := r.Keys.Verify(text)
	return m, err == nil && h.Kind == kind && h.Identity == w.identity(c)
}

// learnHeard takes over what deliveries told of comments that this process had not
// read. It knows better of those that it had.
func (r *Reconciler) learnHeard(w *world) {
	for _, t := range r.Plans.takeHeard(w.key) {
		known := slices.ContainsFunc(r.Plans.texts(w.key), func(o decisionText) bool { return o.key == t.key && o.part == t.part })
		if _, ok := r.signedDecision(w, t.body); ok && !known {
			r.Plans.keep(w.key, t)
		}
	}
}

// restoring reports whether decisions are to be put back first.
func (p *planning) restoring() bool { return len(p.mends)+len(p.lost) > 0 }

// restoreWrites puts back what was edited or deleted, parts first. Everything else
// waits for the round that reads it.
func (w *world) restoreWrites() *writes {
	p := w.planning
	lost := slices.Clone(p.lost)
	slices.SortStableFunc(lost, func(a, b decisionText) int { return b.part - a.part })
	out := &writes{notices: p.mends, entry: w.entry(w.logs())}
	for _, t := range lost {
		out.decide = append(out.decide, []string{t.body})
	}
	return out
}
