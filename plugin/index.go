package plugin

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// Index is what this process knows of the issues it has read: enough to say
// which issues refer to one, and what a giving issue says, without reading it
// again. It is built at start, before the first write, from GitHub alone, and
// every round renews the entry of its issue.
type Index struct {
	mu      sync.RWMutex
	entries map[Key]Entry
	missed  map[Key]bool // issues that could not be read at the start
	unheard map[Key]bool // issues that were read, and had no round since the start
	swept   time.Time    // what was said by then, by GitHub's Date, is in the entries or among unheard
}

// Entry is what is kept of one issue. Its issue has a body only if it has items:
// plans look into it.
type Entry struct {
	Issue  work.Issue
	SIG    string                       // owning SIG
	KEP    kep.Ref                      // parent KEP, zero if none
	OptsIn bool                         // it has the label that puts it into a plan
	Items  map[string]*work.Item        // by cycle, of signed records only
	Said   map[string][]custody.Receipt // by cycle, as signed
	// Excepted are the decisions on exceptions that hold, by cycle.
	Excepted map[string][]work.PostedException
	Notified map[string]int // comments of ours that told somebody something, by cycle
	Pull     *PullEntry     // nil for an issue
}

// NewIndex gives an empty index.
func NewIndex() *Index {
	return &Index{entries: map[Key]Entry{}, missed: map[Key]bool{}, unheard: map[Key]bool{}}
}

// Miss notes an issue that could not be read; Whole is false until it was.
func (x *Index) Miss(key Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.missed[key] = true
}

// Whole reports whether everything could be read: what is not in the index is then
// not there.
func (x *Index) Whole() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.missed) == 0
}

// Await notes issues whose comments nobody has judged since they were read: what was
// said while no process ran is not in their entries yet.
func (x *Index) Await(keys ...Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, key := range keys {
		x.unheard[key] = true
	}
}

// Hear notes that an issue had its round.
func (x *Index) Hear(key Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.unheard, key)
}

// Awaited reports whether an issue has had no round since it was awaited.
func (x *Index) Awaited(key Key) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.unheard[key]
}

// Heard reports whether everything was read and judged that was listed: only then is
// concluded, once and for good, what rests on all issues.
func (x *Index) Heard() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.missed)+len(x.unheard) == 0
}

// Sweep notes that every repository was listed at a time or later, by GitHub's Date.
func (x *Index) Sweep(at time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if at.After(x.swept) {
		x.swept = at
	}
}

// Swept reports whether everything was listed that was said by a time: what no delivery
// told of is known then.
func (x *Index) Swept(by time.Time) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return !x.swept.Before(by)
}

// Again is when it is worth to ask for Heard once more: rounds that are under way take
// seconds, what cannot be read takes longer.
func (x *Index) Again() time.Duration {
	if x.Whole() {
		return 3 * time.Second
	}
	return time.Minute
}

// Get gives the entry of an issue.
func (x *Index) Get(key Key) (Entry, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	e, ok := x.entries[key]
	return e, ok
}

// Len is the number of issues known.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.entries)
}

// Keys lists the issues known, sorted.
func (x *Index) Keys() []Key {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return slices.SortedFunc(maps.Keys(x.entries), compareKeys)
}

// Remove forgets an issue that is gone.
func (x *Index) Remove(key Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.entries, key)
	delete(x.missed, key)
}

// Put renews an entry and lists the issues that must be looked at again
// because of the change: who it asks and who asks it (along the whole chain,
// for dependency cycles), who it promises to, and who has the same KEP.
func (x *Index) Put(key Key, e Entry) []Key {
	if len(e.Items) == 0 {
		e.Issue.Body = ""
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	old, had := x.entries[key]
	x.entries[key] = e
	delete(x.missed, key)
	if had && sameEntry(old, e) {
		return nil
	}
	touched := map[Key]bool{}
	x.unrecorded(e, touched)
	x.pullsOf(key, touched)
	for _, one := range []Entry{old, e} {
		if e.Pull != nil { // it has no items, and shares its KEP with many
			break
		}
		for _, item := range one.Items {
			for _, a := range item.Asks {
				touched[a.Target] = true
			}
			for _, p := range item.Promises {
				touched[p.To] = true
			}
		}
		if one.KEP.Number != 0 {
			double := one.committed() // else it is nobody's, and naming a KEP is for anybody who opens an issue
			for other, o := range x.entries {
				if (o.Pull != nil || double && o.committed()) && work.SameKEP(o.KEP, one.KEP) {
					touched[other] = true
				}
			}
		}
	}
	x.ancestors(key, touched)
	delete(touched, key)
	return slices.SortedFunc(maps.Keys(touched), compareKeys)
}

// committed reports whether the issue is committed to any cycle.
func (e Entry) committed() bool {
	for _, item := range e.Items {
		if item.Committed() {
			return true
		}
	}
	return false
}

// maxChain bounds how many issues one change makes look again.
const maxChain = 200

// ancestors adds every issue from which a path of asks leads to key.
func (x *Index) ancestors(key Key, into map[Key]bool) {
	todo := []Key{key}
	for len(todo) > 0 && len(into) < maxChain {
		target := todo[0]
		todo = todo[1:]
		for other, e := range x.entries {
			if !into[other] && other != key && asksFor(e, target) {
				into[other] = true
				todo = append(todo, other)
			}
		}
	}
}

func asksFor(e Entry, target Key) bool {
	for _, item := range e.Items {
		if slices.ContainsFunc(item.Asks, func(a work.Ask) bool { return a.Target == target }) {
			return true
		}
	}
	return false
}

// Askers lists the issues whose items of the cycle ask something of key.
func (x *Index) Askers(key Key, cycle string) []Key {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []Key
	for other, e := range x.entries {
		item, ok := e.Items[cycle]
		if ok && other != key && !e.Issue.Closed && slices.ContainsFunc(item.Asks, func(a work.Ask) bool { return a.Target == key }) {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, compareKeys)
	return out
}

// SameKEP lists the other issues committed to the cycle with the same KEP. The
// KEP's own tracking issue is no double of its work items: it is their parent.
func (x *Index) SameKEP(key Key, ref kep.Ref, cycle string) []Key {
	if ref.Number == 0 || isKEPItself(key, ref) {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []Key
	for other, e := range x.entries {
		item, ok := e.Items[cycle]
		if ok && other != key && item.Committed() && !e.Issue.Closed && work.SameKEP(e.KEP, ref) && !isKEPItself(other, ref) {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, compareKeys)
	return out
}

func isKEPItself(key Key, ref kep.Ref) bool {
	return key.Number == ref.Number && strings.EqualFold(key.Repository(), ref.Repo)
}

// Loop finds the shortest path of asks from key back to it, nil if there is
// none. own are key's asks as of this round.
func (x *Index) Loop(key Key, cycle string, own []work.Ask) []Key {
	x.mu.RLock()
	defer x.mu.RUnlock()
	asks := func(k Key) []Key {
		list := own
		if k != key {
			list = nil
			if item, ok := x.entries[k].Items[cycle]; ok {
				list = item.Asks
			}
		}
		var out []Key
		for _, a := range list {
			out = append(out, a.Target)
		}
		slices.SortFunc(out, compareKeys)
		return out
	}
	from := map[Key]Key{}
	todo := []Key{key}
	for len(todo) > 0 {
		k := todo[0]
		todo = todo[1:]
		for _, next := range asks(k) {
			if next == key && k != key { // an ask of itself is a finding of its own
				path := []Key{key}
				for ; k != key; k = from[k] {
					path = append(path, k)
				}
				path = append(path, key)
				slices.Reverse(path)
				return path
			}
			if _, seen := from[next]; !seen && next != key {
				from[next] = k
				todo = append(todo, next)
			}
		}
	}
	return nil
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Org, b.Org), cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.Number, b.Number))
}
