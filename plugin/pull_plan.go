package plugin

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/thread"
)

// The keys of what is said on a pull request: the one comment that says what is
// missing, and replies to /kep check.
const threadKey = "thread"

func checkKey(comment int64) string { return "check-" + commentName(comment) }

// planPull turns the thread into what should be on the pull request.
func (r *Reconciler) planPull(w *world, l *ledger, s *state) (*writes, error) {
	p := &writes{}
	if !s.thread.Gate.Keep {
		r.planLabels(w, l, s, p)
		if p.wait == nil { // else it is held for a second look, and so is what says why
			r.planThread(w, s, p)
		} else {
			p.add = slices.DeleteFunc(p.add, func(label string) bool { return label == config.LabelKEPChecked })
		}
	}
	if err := r.answers(w, l, p); err != nil {
		return nil, err
	}
	r.planTouched(w, l, s, p)
	r.planChecks(w, l, s, p)
	r.planPullAcks(w, l, p)
	if p.entry = r.pullEntry(w, s); p.entry.Pull.Merge != nil && r.awaitItem(w, s.thread) {
		p.entry.Pull.Merge = nil
		p.soonest(w, w.now.Add(r.Index.Again()), "what was said on the issue that this was merged for is read first")
	}
	return p, nil
}

// planThread plans the one comment on a pull request that lacks something: made
// once, edited in place, gone when all is well. A quiet repository is not told
// what merely could be better, but never held up without a word.
func (r *Reconciler) planThread(w *world, s *state, p *writes) {
	var stands int64 // of several the oldest
	for _, c := range w.comments {
		if m, ok := custody.FindMarker(c.Body); !ok || c.Author.ID != r.Self.ID || m.Key != threadKey {
			continue
		}
		if stands == 0 {
			stands = c.ID
		} else {
			p.gone = append(p.gone, c.ID)
		}
	}
	switch {
	case s.thread.Comment() && (s.thread.Gate.NeedsKEP || !w.repo.Quiet && !(stands == 0 && r.memory.isHushed(w.key))):
	case stands != 0:
		p.gone = append(p.gone, stands)
		return
	default:
		return
	}
	body := noticeBody(threadKey, r.Site.NeedsKEP(*s.thread))
	if k := slices.IndexFunc(w.comments, func(c Comment) bool { return c.ID == stands }); k >= 0 && normal(w.comments[k].Body) == normal(body) {
		return
	}
	p.notices = append(p.notices, notice{target: w.key, key: threadKey, body: body, edit: stands})
}

// planChecks answers those who asked what is checked: at most one reply in ten
// minutes, which later askers find edited.
func (r *Reconciler) planChecks(w *world, l *ledger, s *state, p *writes) {
	var asking, last Comment
	for _, c := range l.queries { // in the order in which they were said
		asking = c
	}
	for _, c := range w.comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author.ID == r.Self.ID && m.Key != "" && isCheck(m.Key) {
			last = c
		}
	}
	if asking.ID == 0 || w.answered(asking, last) || r.memory.wasAnswered(w.key, asking.ID) {
		return
	}
	n := notice{target: w.key, key: checkKey(asking.ID)}
	if w.now.Sub(last.Created) < replyWindow {
		m, _ := custody.FindMarker(last.Body)
		n.edit, n.key = last.ID, m.Key
	}
	n.body = noticeBody(n.key, r.Site.ThreadChecks(*s.thread)+"\n"+r.Site.AnswerTo(w.key, asking.ID))
	p.notices = append(p.notices, n)
}

// answered reports whether the last reply to /kep check names this asking comment,
// or one that came after it.
func (w *world) answered(asking, last Comment) bool {
	if askedIn(last.Body) == 0 {
		return false
	}
	named := askedIn(last.Body)
	if named == asking.ID {
		return true
	}
	k := slices.IndexFunc(w.comments, func(c Comment) bool { return c.ID == named })
	if k < 0 { // deleted since
		return last.Updated.After(asking.Created)
	}
	return w.comments[k].Created.After(asking.Created)
}

// askedIn is the comment that a reply to /kep check names, 0 for none.
func askedIn(reply string) int64 {
	m := askedHere.FindStringSubmatch(reply)
	if m == nil {
		return 0
	}
	named, err := strconv.ParseInt(m[2], 10, 64)
	if err != nil {
		return 0
	}
	if m[1] == "pullrequestreview" {
		return -named
	}
	return named
}

// askedHere is the link to the asking comment in a reply.
var askedHere = regexp.MustCompile(`Asked \[here\]\([^)]*#(issuecomment|pullrequestreview)-([0-9]+)\)`)

func isCheck(key string) bool { return len(key) > 6 && key[:6] == "check-" }

// acksAtOnce is how many reactions one round gives: they share the write budget with
// what holds and lets go.
const acksAtOnce = 20

// planPullAcks gives every comment whose lines were all taken its reaction.
func (r *Reconciler) planPullAcks(w *world, l *ledger, p *writes) {
	taken := map[int64]int{}
	for _, s := range l.said {
		taken[s.Comment]++
	}
	for _, s := range slices.Backward(w.spoken) { // the last words first
		if len(p.acks) == acksAtOnce {
			p.wait = cmp.Or(p.wait, &Wait{For: settleTime, Why: "more reactions are due"})
			return
		}
		if taken[s.ID] == 0 || taken[s.ID] < len(s.found.Lines)+len(s.found.Near) || r.memory.tries.isMute(s.ID) {
			continue
		}
		k := slices.IndexFunc(w.comments, func(c Comment) bool { return c.ID == s.ID })
		if c := w.comments[k]; c.Acks == 0 {
			p.acks = append(p.acks, ack{c, "+1"})
		}
	}
}

// pullEntry is what the index keeps of a pull request: where its thread leads, and,
// once merged, what its item's record is to say of it.
func (r *Reconciler) pullEntry(w *world, s *state) Entry {
	a := s.thread
	e := Entry{Issue: w.issue, KEP: a.Thread.KEP, Pull: &PullEntry{Verdict: a.Verdict, Mode: a.Mode}}
	for _, key := range s.wanted {
		e.Pull.Watch = append(e.Pull.Watch, w.spelled(key))
	}
	for _, key := range w.leads(a) {
		if there, ok := r.Index.Get(key); !ok || w.issue.Private && !there.Issue.Private { // its record is public
			continue
		}
		if !slices.Contains(e.Pull.Items, key) {
			e.Pull.Items = append(e.Pull.Items, key)
		}
	}
	slices.SortStableFunc(e.Pull.Items, func(a, b Key) int { // the record that gets the merge: of an issue that has one
		return cmp.Compare(r.Index.hasRecord(b), r.Index.hasRecord(a))
	})
	if !w.issue.Merged || a.Unsure {
		return e
	}
	if key, ok := r.planOf(w, a); ok && (len(e.Pull.Items) == 0 || r.Index.hasRecord(e.Pull.Items[0]) == 0) {
		e.Pull.Items = []Key{key}
	}
	if a.Verdict != thread.Unknown || len(e.Pull.Items) > 0 {
		e.Pull.Merge = merge(w, a)
	}
	return e
}

// leads lists the issues to which a thread leads, some of them zero.
func (w *world) leads(a *thread.Assessment) []Key {
	return []Key{w.spelled(a.Item), w.spelled(a.For), w.spelled(a.Thread.Item)}
}

// awaitItem reports whether a merge has to wait for the issues that it leads to: none has
// a record as far as is known, so the merge would go into the plan's, but what was said on
// them before it may not have been read yet. Each gets one round for it.
func (r *Reconciler) awaitItem(w *world, a *thread.Assessment) bool {
	var leads []Key
	for _, key := range w.leads(a) {
		if _, ok := w.config.Repo(key.Repository()); ok && key.Number > 0 {
			leads = append(leads, key)
		}
	}
	if slices.ContainsFunc(leads, func(key Key) bool { return r.Index.hasRecord(key) > 0 }) {
		return false
	}
	if r.memory.tries.awaits(w.key) {
		for _, key := range leads {
			r.Index.Await(key)
			r.Enqueue(key)
		}
	}
	return slices.ContainsFunc(leads, r.Index.Awaited)
}

// planOf is the plan whose record gets a merge that belongs to no work item: if the
// pull request was asked for a KEP, or has one.
func (r *Reconciler) planOf(w *world, a *thread.Assessment) (Key, bool) {
	if !a.Linked() && !a.Mode.AtLeast(thread.Warn) || w.issue.Private {
		return Key{}, false
	}
	for _, c := range w.config.Calendar().Open(w.pull.MergedAt) {
		if key, ok := planKey(c); ok && c.Open(w.now) {
			return w.spelled(key), true
		}
	}
	return Key{}, false
}

// merge is the merge receipt of a pull request.
func merge(w *world, a *thread.Assessment) *custody.Merge {
	m := &custody.Merge{Repo: w.key.Repository(), Number: w.key.Number, Commit: w.pull.MergeCommit, At: w.pull.MergedAt,
		Title: w.issue.Title, By: byWords(a), Verdict: string(a.Verdict)}
	if a.Linked() {
		m.KEP = a.Thread.KEP.String()
	}
	return m
}

// byWords says by what a pull request belongs to its item.
func byWords(a *thread.Assessment) string {
	switch {
	case a.Item.Number > 0:
		return "/part-of"
	case a.Thread.How == thread.ByCommand:
		return "/kep"
	case a.Thread.How == thread.ByTitle:
		return "title"
	}
	return "description"
}

// pullLabels are the labels of ours that belong on pull requests.
var pullLabels = []string{config.LabelNeedsKEP, config.LabelKEPChecked}
