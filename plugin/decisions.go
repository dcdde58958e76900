package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// What is decided stands in signed comments of its own, on the plan issue and on
// items alike. They are read back before anything follows from them (design,
// section 4).

// decisions are those on one issue for one cycle, as they stand.
type decisions struct {
	cycle string
	heads []Comment // ascending by id
	parts map[string][]string
	posts []decisionPost  // heads and parts
	whole []wholeDecision // those that hold, ascending by comment id
	torn  []string        // keys of those that are known to have been made and do not hold

	suspects []decisionPost // edited before this process read them
	mends    []notice       // those that were edited, as they were
	lost     []decisionText // those that were deleted, as they were
}

// wholeDecision is a decision that holds: a plan.Decision or a work.ExceptionDecided.
type wholeDecision struct {
	key     string
	comment int64
	at      time.Time
	value   any
}

// decisionsOf gives those of a cycle. They are never nil.
func (w *world) decisionsOf(cycle string) *decisions {
	d, ok := w.decided[cycle]
	if !ok {
		d = &decisions{cycle: cycle, parts: map[string][]string{}}
		w.decided[cycle] = d
	}
	return d
}

// sortDecision sets a decision of ours aside until the record was read.
func (w *world) sortDecision(c Comment, m custody.Marker) {
	d := w.decisionsOf(m.Cycle)
	d.posts = append(d.posts, decisionPost{c, m})
	if m.Part > 0 {
		d.parts[m.Key] = append(d.parts[m.Key], c.Body)
		return
	}
	d.heads = append(d.heads, c)
}

// decisionPrefix begins the keys under which a record knows what was decided.
const decisionPrefix = "decision-"

// knowsDecision reports whether the record was told of a decision.
func (w *world) knowsDecision(cycle, key string) bool {
	h := w.records[cycle]
	return h != nil && h.log.WasTold(decisionPrefix+key)
}

// decodeDecision reads what was signed.
func (w *world) decodeDecision(values []json.RawMessage) (any, error) {
	if w.planning != nil {
		return plan.Decode(values)
	}
	return work.DecodeException(values)
}

// openDecisions checks what was decided in the cycles of the calendar: on a plan issue
// in its own.
func (r *Reconciler) openDecisions(w *world) {
	r.learnHeard(w)
	if w.planning != nil {
		w.planning.private = w.issue.Private
		r.openDecided(w, w.decisionsOf(w.planning.cycle.Name))
		w.openPlanning()
		w.dropAnswered()
		return
	}
	for _, c := range w.config.Calendar() {
		if w.pull == nil && (w.decided[c.Name] != nil || w.records[c.Name] != nil) {
			r.openDecided(w, w.decisionsOf(c.Name))
		}
	}
}

// openDecided checks what was decided in one cycle. A decision that the record knows
// and that is not there any more, or does not hold, is torn: nothing is concluded from
// the rest (design invariant 5).
func (r *Reconciler) openDecided(w *world, d *decisions) {
	read := map[string]bool{}
	for _, c := range d.heads { // ascending by id: of two for one asking the lowest counts
		m, _ := custody.FindMarker(c.Body)
		_, values, err := r.Keys.OpenJSON(append([]string{c.Body}, d.parts[m.Key]...), custody.KindDecision, w.identity(d.cycle))
		newer := errors.Is(err, custody.ErrNewer)
		var value any
		if err == nil {
			value, err = w.decodeDecision(values)
			newer = err != nil // what we signed and do not know
		}
		if newer {
			w.newer = append(w.newer, c.ID)
		}
		if err == nil && value.(interface{ Key() string }).Key() != m.Key {
			err = fmt.Errorf("the decision under the key %s is another one", m.Key)
		}
		if errors.Is(err, custody.ErrIdentity) && !w.knowsDecision(d.cycle, m.Key) {
			continue // of another cycle, or of the issue that this one was before a transfer
		}
		if err != nil {
			r.Log.WithField("key", w.key.String()).WithField("comment", c.ID).WithError(err).Error("a decision does not hold")
			d.tear(m.Key)
			continue
		}
		read[m.Key] = true
		d.whole = append(d.whole, wholeDecision{m.Key, c.ID, c.Created, value})
	}
	if h := w.records[d.cycle]; h != nil {
		for _, told := range h.log.Told {
			if key, ok := strings.CutPrefix(told, decisionPrefix); ok && !read[key] {
				d.tear(key)
			}
		}
	}
	d.torn = slices.DeleteFunc(d.torn, func(key string) bool { return read[key] }) // a whole one stands beside it
	r.watchDecisions(w, d, read)
}

// tear notes that a decision does not hold.
func (d *decisions) tear(key string) {
	if !slices.Contains(d.torn, key) {
		d.torn = append(d.torn, key)
	}
}

// tellDecisions notes in the records which decisions were read back, so that one that
// is deleted later is missed.
func (w *world) tellDecisions(l *ledger) {
	for name, d := range w.decided {
		log, has := l.logs[name]
		for _, whole := range d.whole {
			if key := decisionPrefix + whole.key; has && !log.WasTold(key) {
				log.Tell(key)
			}
		}
		if has {
			l.logs[name] = log
		}
	}
}

// sealDecision words and signs a decision: the comment, and further ones for what
// one has no room for.
func (r *Reconciler) sealDecision(w *world, cycle, key string, values []json.RawMessage, text string) (bodies []string, err error) {
	m := custody.Marker{Kind: custody.KindDecision, Cycle: cycle, Key: key}
	room := commentLimit - len([]rune(m.String()+text)) - 4
	blocks, err := r.Keys.SealJSON(custody.KindDecision, w.identity(cycle), 0, "", values, room, commentLimit-200)
	if err != nil {
		return nil, fmt.Errorf("seal decision %s on %s: %w", key, w.key, err)
	}
	for n, block := range blocks[1:] { // first, so that the comment which names them is whole when it stands
		m.Part, m.Of = n+2, len(blocks)
		bodies = append(bodies, m.String()+"\n"+r.Site.Part(cycle, n+2, len(blocks), r.Site.Issue(w.key))+"\n\n"+block)
	}
	m.Part, m.Of = 0, 0
	return append(bodies, m.String()+"\n"+text+"\n\n"+blocks[0]), nil
}
