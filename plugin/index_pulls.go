package plugin

import (
	"maps"
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// PullEntry is what is kept of a pull request. It is lost at a restart: the sweep
// finds open ones by their labels and changes, and merged ones for as long as it
// looks back.
type PullEntry struct {
	Items   []Key // issues that it belongs to
	Watch   []Key // issues that it names
	Verdict thread.Verdict
	Mode    thread.Mode
	Merge   *custody.Merge // for the record of the first of Items; nil while it is open
}

func (p *PullEntry) same(q *PullEntry) bool {
	if p == nil || q == nil {
		return p == q
	}
	return slices.Equal(p.Items, q.Items) && slices.Equal(p.Watch, q.Watch) && p.Verdict == q.Verdict && p.Mode == q.Mode && sameMerge(p.Merge, q.Merge)
}

func sameMerge(a, b *custody.Merge) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// matters reports whether an entry is worth keeping: an issue with a record, a
// pull request that leads somewhere or is asked to.
func (e Entry) matters() bool {
	if e.Pull == nil {
		return len(e.Items) > 0
	}
	if e.Issue.Closed { // its item may come to be known later
		return e.Pull.Merge != nil && (len(e.Pull.Items) > 0 || e.KEP.Number != 0)
	}
	return len(e.Pull.Items) > 0 || e.KEP.Number != 0 || e.Pull.Mode.AtLeast(thread.Warn)
}

// unrecorded adds the issue whose record lacks a merged pull request that no other record
// has.
func (x *Index) unrecorded(e Entry, into map[Key]bool) {
	if e.Pull != nil && e.Pull.Merge != nil && len(e.Pull.Items) > 0 && !x.recorded(*e.Pull.Merge) {
		into[e.Pull.Items[0]] = true
	}
}

// recorded reports whether some record has a merge.
func (x *Index) recorded(m custody.Merge) bool {
	for _, e := range x.entries {
		if e.merged(m) {
			return true
		}
	}
	return false
}

// merged reports whether a record of the issue has the pull request.
func (e Entry) merged(m custody.Merge) bool {
	for _, item := range e.Items {
		if slices.ContainsFunc(item.Merges, m.SamePull) {
			return true
		}
	}
	return false
}

// pullsOf adds the pull requests whose thread leads to an issue.
func (x *Index) pullsOf(key Key, into map[Key]bool) {
	for other, e := range x.entries {
		if e.Pull != nil && (!e.Issue.Closed || e.Pull.Merge != nil) && (slices.Contains(e.Pull.Items, key) || slices.Contains(e.Pull.Watch, key)) {
			into[other] = true
		}
	}
}

// Merges lists the merged pull requests that belong to an issue, as far as this
// process saw them.
func (x *Index) Merges(key Key) []custody.Merge {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []custody.Merge
	for _, e := range x.entries {
		if e.Pull != nil && e.Pull.Merge != nil && len(e.Pull.Items) > 0 && e.Pull.Items[0] == key {
			out = append(out, *e.Pull.Merge)
		}
	}
	return out
}

// Recorded reports whether some record has a merged pull request.
func (x *Index) Recorded(pull Key) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.recorded(custody.Merge{Repo: pull.Repository(), Number: pull.Number})
}

// RecordedElsewhere reports whether the record of another issue has a merge already:
// who says later that it belongs here does not get it written down twice.
func (x *Index) RecordedElsewhere(item Key, m custody.Merge) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for key, e := range x.entries {
		if key != item && e.merged(m) {
			return true
		}
	}
	return false
}

// ItemsOf lists the issues that belong to a KEP, its own tracking issue included.
func (x *Index) ItemsOf(ref kep.Ref) []Key {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []Key
	for key, e := range x.entries {
		if e.Pull == nil && (work.SameKEP(e.KEP, ref) || isKEPItself(key, ref)) {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, compareKeys)
	return out
}

// Verdicts counts pull requests by verdict: the open ones that are known, and the
// merged ones that the records of open cycles hold.
func (x *Index) Verdicts() (open, merged map[thread.Verdict]int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	open, merged = map[thread.Verdict]int{}, map[thread.Verdict]int{}
	for _, e := range x.entries {
		if e.Pull != nil && !e.Issue.Closed && e.Pull.Verdict != "" {
			open[e.Pull.Verdict]++
		}
		for _, item := range e.Items {
			for _, m := range item.Merges {
				merged[thread.Verdict(m.Verdict)]++
			}
		}
	}
	return open, merged
}

// dropPull forgets a pull request of which nothing more is to be told and of which
// nobody asks anything.
func (x *Index) dropPull(key Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e := x.entries[key]
	done := e.Pull != nil && e.Pull.Merge != nil && len(e.Pull.Items) > 0 && x.recorded(*e.Pull.Merge)
	if e.Pull == nil || !e.Issue.Closed || e.matters() && !done || x.isAsked(key) {
		return
	}
	delete(x.entries, key)
}

// IsAsked reports whether an item asks something of an issue.
func (x *Index) IsAsked(key Key) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.isAsked(key)
}

func (x *Index) isAsked(key Key) bool {
	for _, other := range x.entries {
		if asksFor(other, key) {
			return true
		}
	}
	return false
}

// dropRecorded forgets the merged pull requests that an issue's record has by now.
func (x *Index) dropRecorded(item Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for key, e := range x.entries {
		if e.Pull != nil && e.Pull.Merge != nil && len(e.Pull.Items) > 0 && e.Pull.Items[0] == item && x.entries[item].merged(*e.Pull.Merge) && !x.isAsked(key) {
			delete(x.entries, key)
		}
	}
}

// PullsOf lists the pull requests that name an issue.
func (x *Index) PullsOf(key Key) []Key {
	x.mu.RLock()
	defer x.mu.RUnlock()
	found := map[Key]bool{}
	x.pullsOf(key, found)
	return slices.SortedFunc(maps.Keys(found), compareKeys)
}

// hasRecord is 1 for an issue that has a record.
func (x *Index) hasRecord(key Key) int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return min(1, len(x.entries[key].Items))
}
