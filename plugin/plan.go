package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// commentLimit is how many characters a comment of ours may have. GitHub
// promises 65,536; past 60,000 receipts go on in further comments.
const commentLimit = 60_000

// issueLabels are the labels of ours that belong on issues. One that stands
// where the state does not ask for it is taken off.
var issueLabels = func() []string {
	var names []string
	for _, l := range config.Labels() {
		if l.Target != "prs" {
			names = append(names, l.Name)
		}
	}
	return names
}()

// blocking labels hold something back: they are set first and removed last.
func blocking(label string) bool {
	return label == work.LabelBlocked || label == config.LabelNeedsKEP
}

// ourLabels are the labels of ours that may be on it; one that should not is
// taken off.
func (w *world) ourLabels() []string {
	if w.pull != nil {
		return slices.Concat(pullLabels, issueLabels)
	}
	return issueLabels
}

// writes is what one round wants written, in the order of design invariant 6:
// blocking labels on, receipts, labels, notices, blocking labels off. What was
// done by hand to a label is explained before the label is mended: afterwards
// nothing would tell that there is something to explain. For a blocking label
// it is the other way round: a crash between the two leaves the explanation to
// the next time that somebody touches the label.
type writes struct {
	block     []string
	records   []recordWrite
	explain   []notice
	add       []string
	remove    []string
	notices   []notice
	acks      []ack
	unblock   []string
	decide    [][]string // decisions to post: the bodies of each, its parts first
	prune     string     // key of the decision by which the issue loses its milestone
	milestone string     // that a granted exception sets
	gone      []int64    // comments of ours that are no longer needed
	entry     Entry      // for the index, once the receipts are written
	wait      *Wait      // look again, after everything else was applied
	list      bool       // list every repository, then look again: something is to be concluded
	stands    bool       // what was said is written: others may see it
}

// recordWrite is the record of one cycle as it should be.
type recordWrite struct {
	cycle  string
	log    custody.Log
	id     int64 // the comment to edit, 0 to create one
	body   string
	write  bool     // the comment says something else now
	parts  []string // bodies of further signed comments
	made   []int64  // comments that hold parts already, 0 where one must be made
	remove []int64  // doubled records and parts that are no longer named
}

// notice is one comment of ours that tells people something.
type notice struct {
	target Key
	key    string
	body   string
	edit   int64 // the comment to edit, 0 to create one
}

// ack is a reaction on somebody's comment or review.
type ack struct {
	to      Comment
	content string
}

// empty reports a quiet round: nothing to write.
func (p *writes) empty() bool {
	for _, rec := range p.records {
		if rec.write || len(rec.remove) > 0 || slices.Contains(rec.made, 0) {
			return false
		}
	}
	return len(p.block)+len(p.explain)+len(p.add)+len(p.remove)+len(p.notices)+len(p.acks)+len(p.unblock)+len(p.gone)+len(p.decide)+len(p.prune)+len(p.milestone) == 0
}

// plan turns state and facts into what should be on GitHub.
func (r *Reconciler) plan(ctx context.Context, w *world, l *ledger, s *state) (*writes, error) {
	switch {
	case w.pull != nil:
		return r.planPull(w, l, s)
	case w.restoring():
		return w.restoreWrites(), nil
	case w.planning != nil:
		return r.planPlanning(ctx, w, l, s)
	}
	p := &writes{}
	w.place(l, s)
	w.tell(l)
	w.tellDecisions(l)
	r.tellPruned(w, l)
	if err := r.planExceptions(w, l, s, p); err != nil {
		return nil, err
	}
	for _, c := range s.cycles {
		if err := r.planRecord(w, l, s, c, p); err != nil {
			return nil, err
		}
	}
	r.planLabels(w, l, s, p)
	if err := r.answers(w, l, p); err != nil {
		return nil, err
	}
	r.planNotices(w, l, s, p)
	r.planAcks(w, p)
	r.planPrune(w, l, s, p)
	w.wakeAtTheEnd(s, p)
	p.entry = w.entry(l.logs)
	p.entry.Issue.Labels = p.labelsAfter(w.issue.Labels)
	return p, nil
}

// wakeSpan is how far ahead an item's round sets its clock; a nightly look comes before.
const wakeSpan = 25 * time.Hour

// wakeAtTheEnd has an item that depends on others looked at when an increment ends: what
// was promised for it has slipped then. One that is in two cycles changes its labels when
// the first ends.
func (w *world) wakeAtTheEnd(s *state, p *writes) {
	for _, c := range s.cycles {
		var ends []time.Time
		if len(s.cycles) > 1 {
			ends = append(ends, c.End.EndAoE())
		}
		if a := s.views[c.Name]; len(a.Edges) > 0 && !a.Delivered {
			for _, i := range c.Increments {
				ends = append(ends, i.End.EndAoE())
			}
		}
		for _, at := range ends {
			if at.After(w.now) && at.Sub(w.now) < wakeSpan {
				p.soonest(w, at, "an increment or the cycle ends then")
			}
		}
	}
}

// place puts the refused lines of this round into the record of the issue, if
// it has or gets one: the first open cycle's. Otherwise the reply holds them.
func (w *world) place(l *ledger, s *state) {
	if len(s.cycles) == 0 {
		return
	}
	home := s.cycles[0].Name
	if k := slices.IndexFunc(s.cycles, func(c cycle.Cycle) bool { return c.Open(w.now) }); k >= 0 {
		home = s.cycles[k].Name
	}
	log, ok := l.logs[home]
	if !ok {
		log = custody.Log{Identity: w.identity(home)}
	}
	for _, receipt := range l.refused {
		log.Add(receipt)
	}
	l.logs[home] = log
}

// tell notes in the records which notices stand, so that one that is deleted
// later is not posted again.
func (w *world) tell(l *ledger) {
	for cycle, log := range l.logs {
		for key := range w.notices {
			if tellable(key, cycle, log) {
				log.Tell(key)
			}
		}
		l.logs[cycle] = log
	}
}

// tellable keeps each record to its own: the notices of its cycle, the replies
// to its receipts, and those of no cycle.
func tellable(key, cycle string, log custody.Log) bool {
	switch kind, rest, _ := strings.Cut(key, "-"); kind {
	case "reply", "asked":
		return false
	case "refused", "changed", "warned":
		return slices.ContainsFunc(log.Receipts, func(r custody.Receipt) bool {
			return key == refusedKey(r.Comment) && hasRefused(r) || key == changedKey(r.Comment) || key == warnedKey(r.Comment)
		})
	case "block", "declined", "ask", "expired", "ends", "prune", "reminder", "tally":
		return strings.HasPrefix(rest, cycle+"-")
	case "survey": // "survey-opened-v1.38", "survey-closed-v1.38-12"
		_, rest, _ = strings.Cut(rest, "-")
		return rest == cycle || strings.HasPrefix(rest, cycle+"-")
	case "closing", "planning":
		return rest == cycle
	}
	return true
}

func (r *Reconciler) planRecord(w *world, l *ledger, s *state, c cycle.Cycle, p *writes) error {
	h := w.records[c.Name]
	if h == nil {
		h = &held{log: custody.Log{Identity: w.identity(c.Name)}, parts: w.orphans[c.Name]}
	}
	log := h.log.Next(l.logs[c.Name])
	if log.Seq == 0 { // an item that nobody spoke of yet still has a first version
		log.Seq = 1
	}
	marker := custody.Marker{Kind: custody.KindRecord, Cycle: c.Name}.String()
	text := func(parts int) string {
		v := w.view(l, s, c)
		v.Parts = parts
		return r.missing(w, c) + r.site(w).Record(v)
	}
	if s.plan != nil {
		text = func(parts int) string { return r.planText(w, l, s, parts) }
	}
	visible, blocks, err := r.sealRecord(text, log, marker)
	if err != nil {
		return fmt.Errorf("seal the record of %s: %w", c.Name, err)
	}
	rec := recordWrite{cycle: c.Name, log: log, id: h.comment.ID, body: marker + "\n" + visible + "\n\n" + blocks[0]}
	rec.write = h.comment.ID == 0 || normal(h.comment.Body) != normal(rec.body)
	r.planParts(w, &rec, h, blocks[1:])
	if len(w.decisionsOf(c.Name).torn) > 0 { // what looks like a second record may be the decision that is missing
		rec.remove = nil
	} else {
		for _, double := range h.doubles {
			rec.remove = append(rec.remove, double.ID)
		}
	}
	p.records = append(p.records, rec)
	return nil
}

// sealRecord gives the text that people see and the signed blocks, the first of
// which stands below it. How many blocks there are depends on the room that the
// text leaves, and the text says how many there are: never fewer for more.
func (r *Reconciler) sealRecord(text func(parts int) string, log custody.Log, marker string) (visible string, blocks []string, err error) {
	for parts := 0; ; parts = len(blocks) - 1 {
		visible = text(parts)
		room := commentLimit - utf8.RuneCountInString(marker) - utf8.RuneCountInString(visible) - 4
		blocks, err = r.Keys.Seal(log, custody.KindRecord, room, commentLimit-200)
		if err != nil || len(blocks)-1 <= parts {
			return visible, blocks, err
		}
	}
}

// planParts matches the parts that are needed with those that stand. A part
// that changes is a new comment; the old one goes after the record was written.
func (r *Reconciler) planParts(w *world, rec *recordWrite, h *held, blocks []string) {
	used := map[int64]bool{}
	record := r.Site.Issue(w.key)
	if h.comment.ID != 0 {
		record = r.Site.Comment(w.key, h.comment.ID)
	}
	for k, block := range blocks {
		m := custody.Marker{Kind: custody.KindPart, Cycle: rec.cycle, Part: k + 2, Of: len(blocks) + 1}
		body := m.String() + "\n" + r.Site.Part(rec.cycle, k+2, len(blocks)+1, record) + "\n\n" + block
		rec.parts = append(rec.parts, body)
		stands := int64(0)
		for _, part := range h.parts {
			if !used[part.ID] && strings.Contains(normal(part.Body), block) {
				stands = part.ID
				used[part.ID] = true
				break
			}
		}
		rec.made = append(rec.made, stands)
	}
	for _, part := range h.parts {
		if !used[part.ID] {
			rec.remove = append(rec.remove, part.ID)
		}
	}
}

// normal ignores what the web editor does to line ends.
func normal(body string) string { return strings.ReplaceAll(body, "\r\n", "\n") }

// view is what the record of one cycle shows.
func (w *world) view(l *ledger, s *state, c cycle.Cycle) render.Record {
	a := s.views[c.Name]
	v := render.Record{Assessment: a, Cycle: c, Owners: map[string][]string{}}
	if a.SIG != "" {
		v.Facilitators, v.StandIn, _ = w.roles.Holders(roles.Facilitator, a.SIG, c.Name, w.now)
	}
	for _, e := range a.Edges {
		if sig := e.Target.SIG; sig != "" && v.Owners[sig] == nil {
			v.Owners[sig], _, _ = w.roles.Holders(roles.Facilitator, sig, c.Name, w.now)
		}
	}
	_, v.AskedLater, v.AskedNever = w.toTell(l, a, c.Name)
	log := l.logs[c.Name]
	w.showPruned(log, c, &v)
	v.NoMilestone = slices.ContainsFunc(a.Exceptions, func(e work.Exception) bool { return w.lacksMilestone(log, e) })
	standing := map[int64]custody.Standing{}
	rebuilt := map[int64]bool{}
	for _, receipt := range log.Receipts {
		words, present := w.present[receipt.Comment]
		standing[receipt.Comment] = receipt.Standing(present, words)
		rebuilt[receipt.Comment] = receipt.Rebuilt
		if !slices.ContainsFunc(receipt.Lines, func(x custody.Line) bool { return x.Refused == "" }) {
			continue // of refused lines nothing is shown
		}
		switch standing[receipt.Comment] {
		case custody.StandingEdited:
			v.Edited++
		case custody.StandingDeleted:
			v.Deleted++
		}
		if receipt.Rebuilt {
			v.Rebuilt++
		}
	}
	for _, said := range work.Lines(log) {
		v.History = append(v.History, render.Line{Said: said, Standing: standing[said.Comment], Rebuilt: rebuilt[said.Comment]})
	}
	return v
}

// endedOwnBlock reports whether a /resolve of this round ended a block that was
// open on this very issue: then no other issue is the reason.
func (w *world) endedOwnBlock(l *ledger) bool {
	for cycle, h := range w.records {
		before := work.Fold(w.key, h.log)
		if item := l.items[cycle]; item != nil && len(before.OpenNotes(work.Block)) > 0 && len(item.OpenNotes(work.Block)) == 0 {
			return true
		}
	}
	return false
}

// planAcks gives every comment whose lines were all taken its reaction. GitHub
// tells how many reactions there are, not whose: one of anybody's counts.
// Only what a record holds or is about to hold is acknowledged.
func (r *Reconciler) planAcks(w *world, p *writes) {
	kept := &ledger{logs: map[string]custody.Log{}}
	for cycle, h := range w.records {
		kept.logs[cycle] = h.log
	}
	for _, rec := range p.records {
		kept.logs[rec.cycle] = rec.log
	}
	var others []ack // anybody's answers to a survey wait for those of who has a role
	for _, c := range w.comments {
		if c.Acks == 0 && w.allTaken(kept, c) && !r.memory.tries.isMute(c.ID) {
			if kept.tookInRole(c.ID) {
				p.acks = append(p.acks, ack{c, "+1"})
			} else {
				others = append(others, ack{c, "+1"})
			}
		}
	}
	p.acks = append(p.acks, others...)
}
