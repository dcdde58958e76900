package plugin_test

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
)

// act does what a word says. What has gone meanwhile is left alone.
func (r *run) act(w word) {
	at, who := simIssues[w.on], w.who
	if now, renamed := r.logins[who]; renamed {
		who = now
	}
	switch w.verb {
	case "says":
		id := r.sim.Comment(who, at.Org, at.Repo, at.Number, w.text)
		r.mu.Lock()
		r.comments[w.n], r.names[id] = id, wordName(w.n)
		r.mu.Unlock()
	case "edits":
		_ = r.sim.EditComment(who, at.Org, at.Repo, r.comments[w.to], w.text)
	case "deletes":
		_ = r.sim.DeleteComment(who, at.Org, at.Repo, r.comments[w.to])
	case "labels":
		r.sim.Label(who, at.Org, at.Repo, at.Number, w.text)
	case "unlabels":
		if has := slices.Contains(r.sim.Issue(at.Org, at.Repo, at.Number).Labels, w.text); has && strings.HasSuffix(w.text, "/blocked") {
			r.mu.Lock()
			r.byHand[at] = true
			r.mu.Unlock()
		}
		r.sim.Unlabel(who, at.Org, at.Repo, at.Number, w.text)
	case "spoils":
		if id := r.own(at, custody.KindRecord); id != 0 {
			_ = r.sim.EditComment(who, at.Org, at.Repo, id, "I tidied this up.")
		}
	case "erases":
		if id := r.own(at, custody.KindRecord); id != 0 {
			_ = r.sim.DeleteComment(who, at.Org, at.Repo, id)
		}
	case "scratches":
		if id := r.own(at, custody.KindDecision); id != 0 {
			_ = r.sim.EditComment(who, at.Org, at.Repo, id, "Decided otherwise.")
		}
	case "tears":
		if id := r.own(at, custody.KindDecision); id != 0 {
			_ = r.sim.DeleteComment(who, at.Org, at.Repo, id)
		}
	case "describes":
		r.sim.EditIssue(who, at.Org, at.Repo, at.Number, nil, &w.text)
	case "merges":
		r.sim.MergePull(who, at.Org, at.Repo, at.Number)
	case "renames":
		r.sim.RenameUser(who, w.text)
		r.logins[w.who] = w.text
	}
}

// own finds the first comment of the bot's of a kind, 0 for none.
func (r *run) own(at plugin.Key, kind custody.Kind) int64 {
	for _, c := range r.sim.Issue(at.Org, at.Repo, at.Number).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin && m.Kind == kind {
			return c.ID
		}
	}
	return 0
}
