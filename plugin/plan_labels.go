package plugin

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// planLabels compares our labels with the state. A blocking label waits for a
// second look before it goes, unless this round itself ended what it stood for.
func (r *Reconciler) planLabels(w *world, l *ledger, s *state, p *writes) {
	settling, settles := false, s.settles() && !w.endedOwnBlock(l)
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
		case !want && has && blocking(label) && settles && r.memory.settled(w.key, w.now) < settleTime:
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

// settles reports whether a blocking label goes only after a second look: another issue
// may have a say in it, a list may be older than the last record (after a restart nobody
// remembers that), and another process may just be writing one with a block. A pull
// request has no record, and who mends its thread should not have to wait; only where its
// plan counts has another issue a say.
func (s *state) settles() bool {
	return s.thread == nil || s.thread.Mode == thread.BlockUnplanned && s.thread.For.Number > 0
}
