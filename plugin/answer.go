package plugin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// replyWindow is how long a reply to one author is edited instead of posting
// another (design, section 7).
const replyWindow = 10 * time.Minute

// open questions to people: what must be answered to one comment.
type owed struct {
	comment int64
	author  Account
	refused *custody.Receipt // its refused lines, without an answer yet
	changed *custody.Receipt // its receipt, when the words no longer match
	warn    bool             // all lines were taken, but not all that was written was read as meant
}

// owed lists what is not answered yet, by comment: refused lines, comments whose
// words were changed after their receipt, and warnings. Nothing is owed to a
// comment that is gone.
func (w *world) owed(l *ledger) []owed {
	byComment := map[int64]*owed{}
	at := func(r custody.Receipt) *owed {
		if byComment[r.Comment] == nil {
			byComment[r.Comment] = &owed{comment: r.Comment, author: Account{r.Author, r.Login}}
		}
		return byComment[r.Comment]
	}
	told := func(key string) bool { _, there := w.notices[key]; return there || w.told(l, key) }
	consider := func(r custody.Receipt) {
		words, present := w.present[r.Comment]
		if !present {
			return
		}
		if words != r.Words && !told(changedKey(r.Comment)) {
			at(r).changed = &r
		}
		if hasRefused(r) && words == r.Words && !told(refusedKey(r.Comment)) {
			at(r).refused = &r
		}
	}
	for _, log := range l.logs {
		for _, r := range log.Receipts {
			consider(r)
		}
	}
	for _, one := range w.replies {
		for _, r := range one.log.Refused {
			consider(r)
		}
	}
	for _, r := range l.refused {
		at(r).refused = &r
	}
	for _, s := range w.spoken {
		if s.warns() && !told(warnedKey(s.ID)) && w.allTaken(l, s.Comment) {
			at(custody.Receipt{Comment: s.ID, Author: s.Author.ID, Login: s.Author.Login}).warn = true
		}
	}
	return slices.SortedFunc(func(yield func(owed) bool) {
		for _, o := range byComment {
			if !yield(*o) {
				return
			}
		}
	}, func(a, b owed) int { return cmp.Compare(a.comment, b.comment) })
}

// warns reports whether a comment was read otherwise than its author may think:
// a line that Prow takes for the argument of the one above it, commands after
// the twentieth, text after the first 64 KB. A refusal says so, too.
func (s *spoken) warns() bool {
	return len(s.found.Eaten) > 0 || s.found.Dropped > 0 || s.found.TooLong
}

func hasRefused(r custody.Receipt) bool {
	return slices.ContainsFunc(r.Lines, func(l custody.Line) bool { return l.Refused != "" })
}

// told looks for a notice key in the records.
func (w *world) told(l *ledger, key string) bool {
	for _, log := range l.logs {
		if log.WasTold(key) {
			return true
		}
	}
	return false
}

// answers plans the replies: one for each author, or the reply of the last ten
// minutes edited; strangers in numbers share one (crowd.go). In a quiet repository a refused comment gets a reaction.
func (r *Reconciler) answers(w *world, l *ledger, p *writes) error {
	byAuthor := map[int64][]owed{}
	for _, o := range w.owed(l) {
		byAuthor[o.author.ID] = append(byAuthor[o.author.ID], o)
	}
	if l.later {
		p.soonest(w, w.windowEnds(), "strangers wrote more than is answered at once")
	}
	if together := w.strangers(l, byAuthor); len(together) > 0 {
		byAuthor[everybody] = together
	}
	for _, author := range slices.Sorted(maps.Keys(byAuthor)) {
		list := byAuthor[author]
		if w.repo.Quiet {
			r.reactTo(w, p, list)
			continue
		}
		if err := r.answerOne(w, l, p, author, list); err != nil {
			return err
		}
	}
	return nil
}

// reactTo answers by a reaction where comments are not wanted.
func (r *Reconciler) reactTo(w *world, p *writes, list []owed) {
	for _, o := range list {
		if o.refused == nil && o.changed == nil {
			continue
		}
		for _, c := range w.comments {
			if c.ID == o.comment && c.Nays == 0 && !r.memory.tries.isMute(c.ID) {
				p.acks = append(p.acks, ack{c, "confused"})
			}
		}
	}
}

// answerOne plans the reply to one author: the last one edited while it is young
// and has room, else a new one. What does not fit into that waits for the next
// round.
func (r *Reconciler) answerOne(w *world, l *ledger, p *writes, author int64, list []owed) error {
	n, err := r.compose(w, l, author, list, w.youngReply(author))
	for all := false; errors.Is(err, errFull); all = true {
		if all {
			list = list[:len(list)/2]
		}
		if len(list) == 0 {
			break
		}
		n, err = r.compose(w, l, author, list, nil)
	}
	if err != nil {
		return err
	}
	p.notices = append(p.notices, n)
	return nil
}

// youngReply is the last reply to an author, nil if that is older than the
// window.
func (w *world) youngReply(author int64) *reply {
	for k := len(w.replies) - 1; k >= 0; k-- {
		if old := &w.replies[k]; old.author == author && w.now.Sub(old.Created) < replyWindow {
			return old
		}
	}
	return nil
}

// compose words and signs one reply, which goes on from an old one if there is
// one. The error is errFull if it has no room for all.
func (r *Reconciler) compose(w *world, l *ledger, author int64, list []owed, old *reply) (notice, error) {
	n := notice{target: w.key, key: replyKey(author, list[0].comment)}
	var log replyLog
	refused, changed, warned := map[int64]custody.Receipt{}, map[int64]custody.Receipt{}, map[int64]bool{}
	if old != nil {
		m, _ := custody.FindMarker(old.Body)
		n.edit, n.key = old.ID, m.Key
		for _, one := range old.log.Refused {
			refused[one.Comment] = one
		}
		for _, id := range old.log.Changed {
			changed[id] = w.receiptOf(l, id)
		}
		for _, id := range old.log.Warned {
			warned[id] = true
		}
	}
	for _, o := range list {
		if o.refused != nil {
			refused[o.comment] = *o.refused
		}
		if o.changed != nil {
			changed[o.comment] = *o.changed
		}
		if o.warn {
			warned[o.comment] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(refused)) {
		log.Refused = append(log.Refused, onlyRefused(refused[id]))
	}
	log.Changed, log.Warned = slices.Sorted(maps.Keys(changed)), slices.Sorted(maps.Keys(warned))
	text := r.Site.Refusals(w.key, r.refusals(w, l, refused, changed, warned))
	var err error
	n.body, err = r.sealReply(w, n.key, text, log)
	return n, err
}

func (w *world) receiptOf(l *ledger, comment int64) custody.Receipt {
	for _, log := range l.logs {
		if receipt, ok := log.Receipt(comment); ok {
			return receipt
		}
	}
	return custody.Receipt{Comment: comment}
}

func onlyRefused(r custody.Receipt) custody.Receipt {
	r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l custody.Line) bool { return l.Refused == "" })
	return r
}

// refusals words what is refused. A receipt keeps no words of a refused line, so
// the comment is read again, with the same eyes. Of a comment that is gone or
// says something else by now there is nothing left to explain.
func (r *Reconciler) refusals(w *world, l *ledger, refused, changed map[int64]custody.Receipt, warned map[int64]bool) []render.Refusal {
	ids := slices.Concat(slices.Collect(maps.Keys(refused)), slices.Collect(maps.Keys(changed)), slices.Collect(maps.Keys(warned)))
	slices.Sort(ids)
	var out []render.Refusal
	for _, id := range slices.Compact(ids) {
		one := render.Refusal{Comment: id}
		words, present := w.present[id]
		if !present {
			continue
		}
		receipt, was := refused[id]
		switch {
		case was && receipt.Words == words:
			one.Author = receipt.Login
			r.wordAgain(w, l, receipt, &one)
		case warned[id]:
			w.warn(&one)
		}
		if receipt, ok := changed[id]; ok {
			one.Author = cmp.Or(one.Author, receipt.Login)
			one.Changed = append(one.Changed, w.change(receipt))
		}
		out = append(out, one)
	}
	return out
}

// warn words what was read otherwise than its author may think.
func (w *world) warn(one *render.Refusal) {
	for _, s := range w.spoken {
		if s.ID == one.Comment {
			one.Author, one.Taken = s.Author.Login, len(s.found.Lines)
			one.Eaten, one.Dropped, one.TooLong = s.found.Eaten, s.found.Dropped, s.found.TooLong
		}
	}
}

func (r *Reconciler) wordAgain(w *world, l *ledger, receipt custody.Receipt, one *render.Refusal) {
	k := slices.IndexFunc(w.spoken, func(s spoken) bool { return s.ID == receipt.Comment })
	if k < 0 {
		return
	}
	s := w.spoken[k]
	ctx := w.context(l, &s, r.Index)
	w.warn(one)
	for _, line := range receipt.Lines {
		if line.Refused == "" {
			continue
		}
		if near := slices.IndexFunc(s.found.Near, func(n slash.Near) bool { return n.N == line.N }); near >= 0 {
			one.Near = append(one.Near, s.found.Near[near])
			continue
		}
		problem := &slash.Problem{Line: line.N, Code: line.Refused}
		if at := slices.IndexFunc(s.found.Lines, func(x slash.Line) bool { return x.N == line.N }); at >= 0 {
			one.Taken--
			problem.Saw = s.found.Lines[at].Raw
			if line.Refused == work.Edited || line.Refused == work.Answered {
				problem.Fix = problem.Saw
				if w.pull != nil {
					problem.Arg = render.OnPull
				}
			} else {
				ctx.Items = w.foldBefore(l, receipt, line.N)
				if again := w.judgeAgain(ctx, l, s, s.found.Lines[at]); again != nil {
					problem = again
				}
			}
		}
		one.Problems = append(one.Problems, problem)
	}
}

// judgeAgain gives the words of a refusal.
func (w *world) judgeAgain(ctx *work.Context, l *ledger, s spoken, line slash.Line) *slash.Problem {
	if w.pull != nil {
		_, problem := verdictOnPull(w, ctx, s, line)
		return problem
	}
	if w.planning != nil {
		ctx.Cycle = w.planning.cycle
		_, problem := verdictOnPlan(ctx, w.saidOnPlan(l), s, line)
		return problem
	}
	if p := elsewhere(ctx, line); p != nil {
		return p
	}
	_, problem := work.Judge(ctx, line)
	return problem
}

// foldBefore folds what had been said before a line of a comment, by cycle: with
// these eyes the line was judged.
func (w *world) foldBefore(l *ledger, of custody.Receipt, line int) map[string]*work.Item {
	items := map[string]*work.Item{}
	for cycle, log := range l.logs {
		earlier := custody.Log{Identity: log.Identity}
		for _, r := range log.Receipts {
			if r.Comment == of.Comment {
				r.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(x custody.Line) bool { return x.N >= line })
			} else if r.Said.After(of.Said) || r.Said.Equal(of.Said) && r.Comment > of.Comment {
				continue
			}
			earlier.Receipts = append(earlier.Receipts, r)
		}
		items[cycle] = work.Fold(w.key, earlier)
	}
	return items
}

// change words what was taken of a comment that says something else now.
func (w *world) change(r custody.Receipt) render.Change {
	c := render.Change{Comment: r.Comment, Refused: true}
	for _, line := range r.Lines {
		if line.Refused == "" && line.Command != "" {
			c.Took = append(c.Took, line.Command)
			c.Refused = false
		}
	}
	for _, s := range w.spoken {
		if s.ID == r.Comment {
			for _, line := range s.found.Lines {
				c.Now = append(c.Now, line.Text())
			}
		}
	}
	return c
}

// errFull is a reply that would not fit into one comment.
var errFull = errors.New("one reply does not hold this much")

// sealReply puts marker, text and the signed block of refused lines together.
func (r *Reconciler) sealReply(w *world, key, text string, log replyLog) (string, error) {
	value, err := json.Marshal(log)
	if err != nil {
		return "", err
	}
	marker := custody.Marker{Kind: custody.KindNotice, Key: key}.String()
	room := commentLimit - utf8.RuneCountInString(marker+text) - 4
	blocks, err := r.Keys.SealJSON(custody.KindNotice, w.identity(""), 0, "", []json.RawMessage{value}, room, commentLimit)
	switch {
	case errors.Is(err, custody.ErrRoom) || len(blocks) > 1:
		return "", fmt.Errorf("seal reply on %s: %w", w.key, errFull)
	case err != nil:
		return "", fmt.Errorf("seal reply on %s: %w", w.key, err)
	}
	return marker + "\n" + text + "\n\n" + blocks[0], nil
}
