package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// NeverPruned reports whether a prune leaves an issue alone, whatever the plan says: it
// is closed, a pull request, or bears a label of work that no plan takes out.
func NeverPruned(i work.Issue) bool {
	return i.Closed || i.Pull || slices.ContainsFunc(neverPruned, i.HasLabel)
}

// neverPruned are the labels of work that no plan takes out of a release.
var neverPruned = []string{"kind/bug", "kind/flake", "kind/failing-test", "kind/regression", "priority/critical-urgent"}

// prunable lists the items that would lose the milestone: proposed, in the cycle's
// milestone, and not kept. Never pull requests, bugs, flakes, failing tests,
// regressions, critical work, exceptions, or what is closed. sig "" is every SIG.
func prunable(f Facts, sig string, kept func(work.Key) bool) []SnapshotItem {
	var out []SnapshotItem
	for _, i := range f.Items {
		issue := i.Assessment.Issue
		switch {
		case !i.InPlan(), issue.Closed, issue.Pull, i.Excepted(), issue.Milestone != f.Cycle.Name:
		case sig != "" && i.Assessment.SIG != sig:
		case slices.ContainsFunc(neverPruned, issue.HasLabel), kept(i.Key):
		default:
			out = append(out, named(i))
		}
	}
	return byKey(out)
}

// hashOf is what a confirmation names: 8 hex digits over all that the preview says.
func hashOf(cycle string, round int, sig string, items []SnapshotItem) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %d %q\n", cycle, round, sig)
	for _, key := range keysOf(items) {
		fmt.Fprintln(&b, key)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:4])
}

// pruning walks the asks to prune. Each one said after the approval gets its preview,
// an empty one too, so that none comes to life later; each confirmation of a preview
// that stands clears it once.
func (r *replayed) pruning() {
	for _, ask := range r.state.Asks {
		switch ask.Kind {
		case AskPrune:
			r.preview(ask)
		case AskConfirm:
			r.confirm(ask)
		}
	}
}

func (r *replayed) preview(ask Ask) {
	asked := work.AskedBy(ask.Said)
	done := slices.ContainsFunc(r.previews, func(p Posted) bool { return p.Decision.Key() == asked.Key() })
	switch {
	case done:
		return
	case r.approval.Round == 0:
		r.find(Finding{Code: NothingApproved, Said: ask.Said})
		return
	case ask.mark().Compare(r.approval.cut) <= 0: // said of an earlier plan
		return
	}
	r.add(KindPrunePreview, asked.Key(), ask.Said.At.Add(Settling), func() Decision {
		items := prunable(r.facts, ask.SIG, r.approval.Has)
		p := PrunePreview{Hash: hashOf(r.facts.Cycle.Name, r.approval.Round, ask.SIG, items), Asked: asked, Round: r.approval.Round,
			SIG: ask.SIG, GraceUntil: r.facts.Now.UTC().Truncate(time.Second).Add(Grace), Items: items}
		if before, ok := r.standing(ask.SIG); ok && before.Hash == p.Hash {
			p.GraceUntil = before.GraceUntil // people were told then
		}
		return p
	})
}

// standing is the last preview of a scope, if it is of the round that is approved and
// was not carried out.
func (r *replayed) standing(sig string) (PrunePreview, bool) {
	for _, p := range slices.Backward(r.previews) {
		d := p.Decision.(PrunePreview)
		if d.SIG == sig {
			return d, d.Round == r.approval.Round && r.approval.Round > 0 && !r.carriedOut(d)
		}
	}
	return PrunePreview{}, false
}

// Standing lists the prune previews that stand: of each scope the last, if it is of the
// approved round and was not carried out, by comment.
func Standing(s *State, posted []Posted) []Posted {
	posted, _ = Afresh(posted)
	r := &replayed{state: s, posted: posted, rounds: Rounds(posted), previews: winners[PrunePreview](posted), prunes: winners[Pruned](posted)}
	r.approval = approvedBy(s, r.rounds)
	return r.standingAll()
}

func (r *replayed) standingAll() []Posted {
	var out []Posted
	seen := map[string]bool{}
	for _, p := range slices.Backward(r.previews) {
		d := p.Decision.(PrunePreview)
		if _, stands := r.standing(d.SIG); !seen[d.SIG] && stands && len(d.Items) > 0 {
			out = append(out, p)
		}
		seen[d.SIG] = true
	}
	slices.Reverse(out)
	return out
}

func (r *replayed) carriedOut(p PrunePreview) bool {
	return slices.ContainsFunc(r.prunes, func(q Posted) bool { return q.Decision.(Pruned).Preview.Same(p.Asked) })
}

func (r *replayed) confirm(ask Ask) {
	asked := work.AskedBy(ask.Said)
	if slices.ContainsFunc(r.prunes, func(p Posted) bool { return p.Decision.Key() == asked.Key() }) {
		return
	}
	switch {
	case r.approval.Round == 0:
		r.find(Finding{Code: NothingApproved, Said: ask.Said})
		return
	case ask.mark().Compare(r.approval.cut) <= 0: // said of an earlier plan
		return
	}
	var found *Posted
	for _, p := range slices.Backward(r.previews) {
		// The preview must have been there to be read: its grace began when it was made. Its
		// comment does not tell; one that was deleted is posted again.
		d := p.Decision.(PrunePreview)
		if d.Hash == ask.Hash && d.Asked.Mark().Compare(ask.mark()) < 0 && !d.GraceUntil.Add(-Grace).After(asked.Said) {
			found = &p
			break
		}
	}
	if found == nil {
		r.find(Finding{Code: NoSuchPreview, Said: ask.Said, Words: []string{ask.Hash}})
		return
	}
	p := found.Decision.(PrunePreview)
	if r.carriedOut(p) {
		return
	}
	last, ok := r.standing(p.SIG)
	switch {
	case !ok || last.Hash != p.Hash:
		r.find(Finding{Code: PreviewOutdated, Said: ask.Said, Words: []string{ask.Hash}})
		return
	case len(last.Items) == 0:
		return
	case slices.ContainsFunc(r.due, func(d Due) bool { return d.Kind == KindPruned && r.confirms(d, last) }):
		return
	}
	l := newLookups(r.facts.Holders)
	may := mayConfirm(ask.Said, p.SIG, l)
	if untold := l.untold(); !may && untold != nil {
		r.due = append(r.due, Due{Kind: KindPruned, Key: asked.Key(), After: ask.Said.At.Add(Settling), Untold: untold})
		return
	}
	if !may {
		r.find(Finding{Code: OtherScope, Said: ask.Said, Words: []string{ask.Hash}})
		return
	}
	after := ask.Said.At.Add(Settling)
	after = later(after, last.GraceUntil)
	if r.undecided() {
		after = later(after, r.facts.Now.Add(time.Second))
	}
	r.add(KindPruned, asked.Key(), after, func() Decision { return r.pruned(asked, last) })
}

// undecided reports whether a result or a rework was asked for and is not made yet: it
// may spare what a prune would take.
func (r *replayed) undecided() bool {
	return slices.ContainsFunc(r.due, func(d Due) bool {
		return (d.Kind == KindRework || d.Kind == KindVoteResult) && !d.After.After(r.facts.Now.Add(Settling))
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// confirms tells whether what is due carries out this preview already: the first
// confirmation counts.
func (r *replayed) confirms(d Due, p PrunePreview) bool {
	for _, ask := range r.state.Asks {
		if ask.Kind == AskConfirm && work.AskedBy(ask.Said).Key() == d.Key {
			return ask.Hash == p.Hash
		}
	}
	return false
}

// pruned is what a confirmation does now: of the items that people were told of,
// those that are still to be pruned.
func (r *replayed) pruned(asked Asked, p PrunePreview) Pruned {
	out := Pruned{Hash: p.Hash, Asked: asked, Preview: p.Asked, Round: p.Round, SIG: p.SIG}
	still := keysOf(prunable(r.facts, p.SIG, r.approval.Has))
	for _, i := range p.Items {
		if slices.Contains(still, i.Key) {
			out.Items = append(out.Items, i)
		} else {
			out.Spared = append(out.Spared, i)
		}
	}
	return out
}

// mayConfirm tells whether the speaker may clear items of a scope: a facilitator
// those of the own SIG only.
func mayConfirm(s work.Said, sig string, l *lookups) bool {
	switch roles.Role(s.Role) {
	case roles.ReleaseLead, roles.ReleaseTeam:
		return true
	case roles.Facilitator, roles.Lead:
		return sig != "" && (s.SIG == sig || l.of(Seat{Name: "sig-" + sig, Role: roles.Facilitator, SIG: sig}, s.At).has(s.Login))
	}
	return false
}
