package plugin

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// planLabels compares our labels with the state. A blocking label that goes
// because of what another issue says waits for a second look.
func (r *Reconciler) planLabels(w *world, l *ledger, s *state, p *writes) {
	settling, others := false, s.dependsOnOthers() && !w.endedOwnBlock(l)
	for _, label := range w.ourLabels() {
		if slices.Contains(s.keep, label) {
			continue
		}
		listed, has := labelAs(w.issue, label)
		want := slices.Contains(s.labels, label)
		switch {
		case want && !has && blocking(label):
			p.block = append(p.block, label)
		case want && !has:
			p.add = append(p.add, label)
		case !want && has && blocking(label) && others && r.memory.settled(w.key, w.now) < settleTime:
			settling = true
			p.wait = &Wait{For: settleTime, Why: "a second look before " + label + " goes"}
		case !want && has && blocking(label):
			p.unblock = append(p.unblock, listed)
		case !want && has:
			p.remove = append(p.remove, listed)
		}
	}
	if !settling {
		r.memory.unsettled(w.key)
	}
}

// labelsAfter are the labels as they are once the plan was applied: what others see
// must not be what a hand put there and the round takes off.
func (p *writes) labelsAfter(labels []string) []string {
	off := slices.Concat(p.remove, p.unblock)
	after := slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return slices.Contains(off, l) })
	return slices.Concat(after, p.block, p.add)
}

// labelAs finds a label of ours on the issue, and how the repository spells it: to
// GitHub letter case does not matter, so a label that was made by hand in another
// case is the one that is put on. Tide does mind; checkconfig and label_sync help.
func labelAs(i work.Issue, label string) (listed string, has bool) {
	for _, l := range i.Labels {
		if strings.EqualFold(l, label) {
			return l, true
		}
	}
	return label, false
}

// dependsOnOthers reports whether another issue has a say in the labels. A pull
// request that names another issue links to it itself; only where its plan counts
// has that issue a say.
func (s *state) dependsOnOthers() bool {
	if s.thread != nil {
		return s.thread.Mode == thread.BlockUnplanned && s.thread.For.Number > 0
	}
	for _, a := range s.views {
		if len(a.Edges) > 0 {
			return true
		}
	}
	return false
}
