package plugin

import (
	"slices"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/thread"
)

// The keys of what is said on a pull request: the one comment that says what is
// missing, and replies to /kep check.
const threadKey = "thread"

func checkKey(comment int64) string { return "check-" + commentName(comment) }

// planPull turns the thread into what should be on the pull request.
func (r *Reconciler) planPull(w *world, l *ledger, s *state) (*plan, error) {
	p := &plan{}
	if !s.thread.Gate.Keep {
		r.planLabels(w, l, s, p)
		r.planThread(w, s, p)
	}
	if err := r.answers(w, l, p); err != nil {
		return nil, err
	}
	r.planTouched(w, l, s, p)
	r.planChecks(w, l, s, p)
	r.planPullAcks(w, l, p)
	p.entry = r.pullEntry(w, s)
	return p, nil
}

// planThread plans the one comment on a pull request that lacks something: made
// once, edited in place, gone when all is well. A quiet repository is not told
// what merely could be better, but never held up without a word.
func (r *Reconciler) planThread(w *world, s *state, p *plan) {
	stands, there := w.notices[threadKey]
	if !s.thread.Comment() || w.repo.Quiet && !s.thread.Gate.NeedsKEP {
		if there {
			p.gone = append(p.gone, stands)
		}
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
func (r *Reconciler) planChecks(w *world, l *ledger, s *state, p *plan) {
	var asking, last Comment
	for _, c := range l.queries {
		if c.Created.After(asking.Created) {
			asking = c
		}
	}
	for _, c := range w.comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author.ID == r.Self.ID && m.Key != "" && isCheck(m.Key) {
			last = c
		}
	}
	if asking.ID == 0 || !last.Updated.IsZero() && !last.Updated.Before(asking.Created) {
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

func isCheck(key string) bool { return len(key) > 6 && key[:6] == "check-" }

// planPullAcks gives every comment whose lines were all taken its reaction.
func (r *Reconciler) planPullAcks(w *world, l *ledger, p *plan) {
	taken := map[int64]int{}
	for _, s := range l.said {
		taken[s.Comment]++
	}
	for _, s := range w.spoken {
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
	for _, key := range []Key{a.Item, a.For, a.Thread.Item} {
		if there, ok := r.Index.Get(key); !ok || w.issue.Private && !there.Issue.Private { // its record is public
			continue
		}
		if !slices.Contains(e.Pull.Items, key) {
			e.Pull.Items = append(e.Pull.Items, key)
		}
	}
	if w.issue.Merged && a.Verdict != thread.Unknown {
		e.Pull.Merge = merge(w, a)
	}
	return e
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
