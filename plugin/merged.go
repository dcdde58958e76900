package plugin

import (
	"maps"
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
)

// merged adds the merged pull requests that belong to this issue to its record:
// what was merged stays merged, so each is written down once (design, section 4).
// An issue that nobody planned has no record, and gets none for it; what belongs to no
// item is in the plan's record.
func (r *Reconciler) merged(w *world, l *ledger) {
	if w.pull != nil {
		return
	}
	if p := w.planning; p != nil { // what belongs to no item
		log, has := l.logs[p.cycle.Name]
		if !has {
			log = custody.Log{Identity: w.identity(p.cycle.Name)}
		}
		for _, m := range r.Index.Merges(w.key) {
			if !w.hasMerge(l, m) && !r.Index.RecordedElsewhere(w.key, m) && log.AddMerge(m) {
				l.logs[p.cycle.Name] = log
			}
		}
		return
	}
	for _, m := range r.Index.Merges(w.key) {
		c, ok := w.cycleOfMerge(l, m)
		if !ok || w.hasMerge(l, m) || r.Index.RecordedElsewhere(w.key, m) {
			continue
		}
		log, has := l.logs[c.Name]
		if !has {
			log = custody.Log{Identity: w.identity(c.Name)}
		}
		log.AddMerge(m)
		l.logs[c.Name] = log
	}
}

// cycleOfMerge is the cycle in whose record a merge belongs: the one of the
// issue's milestone if that was open then, else the first open one in which the
// issue has a record.
func (w *world) cycleOfMerge(l *ledger, m custody.Merge) (cycle.Cycle, bool) {
	var found cycle.Cycle
	for _, c := range w.config.Calendar().Open(m.At) {
		_, has := l.logs[c.Name]
		switch {
		case !has && !w.optedIn(c):
		case c.Name == w.issue.Milestone:
			return c, true
		case found.Name == "":
			found = c
		}
	}
	return found, found.Name != ""
}

func (w *world) hasMerge(l *ledger, m custody.Merge) bool {
	for _, log := range slices.Concat(slices.Collect(maps.Values(l.logs)), slices.Collect(maps.Values(w.past))) {
		if slices.ContainsFunc(log.Merges, m.SamePull) {
			return true
		}
	}
	return false
}
