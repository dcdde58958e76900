package plugin

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// The keys of notices. Each stands at most once on its issue: it is in the
// marker of the comment, and in the record once it was seen posted.
func blockKey(cycle, id string) string           { return "block-" + cycle + "-" + id }
func declinedKey(cycle string, by Key) string    { return "declined-" + cycle + "-" + by.String() }
func askedKey(cycle string, from Key) string     { return askedPrefix(cycle) + from.String() }
func askedPrefix(cycle string) string            { return "asked-" + cycle + "-" }
func askedOfKey(cycle string, target Key) string { return "ask-" + cycle + "-" + target.String() }
func labelKey(label string) string               { return "label-" + label }

const bodyKey = "body"

// planNotices plans what people must be told beside replies (design, section
// 7). In a quiet repository that is nothing; decisions come later.
func (r *Reconciler) planNotices(w *world, l *ledger, s *state, p *writes) {
	if w.repo.Quiet {
		return
	}
	for _, c := range s.cycles {
		if !c.Open(w.now) { // its record is completed or mended; nobody is called to act
			continue
		}
		a := s.views[c.Name]
		owners, standIn, told := w.roles.Holders(roles.Facilitator, a.SIG, c.Name, w.now)
		for _, b := range a.Blocks {
			w.onceHeard(l, p, told, blockKey(c.Name, b.ID), func() string {
				return r.Site.Blocked(render.Blocked{Key: w.key, Cycle: c.Name, Notes: []work.Note{b}, SIG: a.SIG, Owners: owners, StandIn: standIn})
			})
		}
		for _, e := range a.Declined() {
			w.onceHeard(l, p, told, declinedKey(c.Name, e.Ask.Target), func() string {
				return r.Site.Declined(render.Declined{Key: w.key, Target: e.Ask.Target, Title: e.Target.Issue.Title, SIG: e.Target.SIG,
					Cycle: c.Name, Reason: e.Promise.Text, Said: e.Promise.Said, Facilitators: owners})
			})
		}
		r.planAsked(w, l, a, c, p)
	}
	r.planTouched(w, l, s, p)
	if verbs := otherVerbs(w.issue.Body); len(verbs) > 0 && !w.issue.Pull && !w.issue.Closed {
		w.once(l, &p.notices, bodyKey, func() string { return r.Site.SayItInAComment(w.key, verbs) })
	}
}

// once plans a notice here that does not stand yet.
func (w *world) once(l *ledger, into *[]notice, key string, text func() string) {
	if _, stands := w.notices[key]; !stands && !w.told(l, key) {
		*into = append(*into, notice{target: w.key, key: key, body: noticeBody(key, text())})
	}
}

// onceHeard is once for a notice that calls people: it waits while it could not be told
// who they are.
func (w *world) onceHeard(l *ledger, p *writes, told bool, key string, text func() string) {
	if _, stands := w.notices[key]; !told && !stands && !w.told(l, key) {
		p.unheard(w)
		return
	}
	w.once(l, &p.notices, key, text)
}

// planTouched explains, once for each label, that it is the bot's.
func (r *Reconciler) planTouched(w *world, l *ledger, s *state, p *writes) {
	for _, e := range s.touched {
		if w.repo.Quiet {
			return
		}
		w.once(l, &p.explain, labelKey(e.Label), func() string {
			return r.Site.LabelTouched(w.key, e.Label, !e.On, e.Actor.Login, render.LabelReason(e.Label, !e.On))
		})
	}
}

func noticeBody(key, text string) string {
	return custody.Marker{Kind: custody.KindNotice, Key: key}.String() + "\n" + text
}

// bodyVerbs may stand in a description: they are declarations.
var bodyVerbs = []string{"kep", "part-of"}

// otherVerbs lists our verbs in a description that only count in comments.
func otherVerbs(body string) []string {
	var verbs []string
	for _, line := range Scanner.Scan(body).Lines {
		if !slices.Contains(bodyVerbs, line.Verb) && !slices.Contains(verbs, line.Verb) {
			verbs = append(verbs, line.Verb)
		}
	}
	return verbs
}
