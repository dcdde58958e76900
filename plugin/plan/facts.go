package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// Holders tells who held a role at a time, in the order in which they are listed:
// the first counts before a backup. of is the bare name of the SIG, or the name of the
// programme-level seat, "" for other roles. standIn: SIG leads stand in for a missing
// facilitator. ok is false when it could not be told.
type Holders func(role roles.Role, of string, at time.Time) (logins []string, standIn, ok bool)

// Facts are what decisions look at beside what was said on the plan issue. They are
// complete: a part that could not be read ended the round before.
type Facts struct {
	Now     time.Time // GitHub's Date
	Cycle   cycle.Cycle
	Items   []Item  // every work item of the cycle that may be told of on the plan issue
	Holders Holders // nil: nothing can be told
	// Missing are the keys of decisions that were made and cannot be read any more.
	// Nothing but a rework is decided until they are back.
	Missing   []string
	Preset    string   // PresetSeed or PresetReadout; "" is PresetSeed
	Programme []string // names of the programme-level seats: "architecture", "testing"
}

// lookups asks Holders once for each question, and notes what could not be told.
type lookups struct {
	holders Holders
	known   map[lookup]held
	unknown map[string]bool // names of seats
}

type lookup struct {
	role roles.Role
	of   string
	at   int64
}

type held struct {
	logins  []string
	standIn bool
}

func newLookups(h Holders) *lookups {
	return &lookups{holders: h, known: map[lookup]held{}, unknown: map[string]bool{}}
}

// of gives the holders of a seat at a time. Nobody, where it could not be told: the
// seat is then in unknown, and what rests on it may not be decided.
func (l *lookups) of(s Seat, at time.Time) held {
	q := lookup{s.Role, s.SIG, at.Unix()}
	if h, ok := l.known[q]; ok {
		return h
	}
	var h held
	ok := false
	if l.holders != nil {
		h.logins, h.standIn, ok = l.holders(s.Role, s.SIG, at)
	}
	if !ok {
		l.unknown[s.Name] = true
		return held{}
	}
	l.known[q] = h
	return h
}

// untold lists the seats whose holders could not be told, sorted.
func (l *lookups) untold() []string {
	var names []string
	for name := range l.unknown {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (h held) has(login string) bool {
	return slices.ContainsFunc(h.logins, func(s string) bool { return strings.EqualFold(s, login) })
}

// seats are those of a round that is asked for at a time: one for each SIG with an
// item in the plan then, product management, and the programme-level ones.
func seats(f Facts, at time.Time, l *lookups) []Seat {
	var sigs []string
	for _, i := range f.Items {
		if i.Assessment.SIG != "" && i.inPlanBy(at) {
			sigs = append(sigs, i.Assessment.SIG)
		}
	}
	slices.Sort(sigs)
	var out []Seat
	for _, sig := range slices.Compact(sigs) {
		out = append(out, Seat{Name: "sig-" + sig, Role: roles.Facilitator, SIG: sig, Required: true})
	}
	out = append(out, Seat{Name: string(roles.PM), Role: roles.PM, Required: true})
	programme := slices.Sorted(slices.Values(f.Programme))
	for _, name := range slices.Compact(programme) {
		out = append(out, Seat{Name: "programme/" + name, Role: roles.Programme, SIG: name})
	}
	for k := range out {
		h := l.of(out[k], at)
		out[k].Holders, out[k].StandIn = slices.Clone(h.logins), h.standIn
	}
	return out
}

// snapshot lists the items that are voted on when the vote is asked for at a time, by
// key.
func snapshot(f Facts, at time.Time) []SnapshotItem {
	var out []SnapshotItem
	for _, i := range f.Items {
		if i.ReadyBy(at) && (f.Preset != PresetReadout || i.heldBy(at)) {
			s := named(i)
			s.Digest = i.Digest(at)
			out = append(out, s)
		}
	}
	return byKey(out)
}

// named is an item without its digest.
func named(i Item) SnapshotItem {
	s := SnapshotItem{Key: i.Key, SIG: i.Assessment.SIG}
	if !i.Assessment.Issue.Private {
		s.Title = i.Assessment.Issue.Title
		if runes := []rune(s.Title); len(runes) > titleRunes {
			s.Title = string(runes[:titleRunes-1]) + "…"
		}
	}
	return s
}

func byKey(items []SnapshotItem) []SnapshotItem {
	slices.SortFunc(items, func(a, b SnapshotItem) int { return cmp.Or(CompareKeys(a.Key, b.Key), cmp.Compare(a.Digest, b.Digest)) })
	return slices.CompactFunc(items, func(a, b SnapshotItem) bool { return a.Key == b.Key })
}

func keysOf(items []SnapshotItem) []work.Key {
	keys := make([]work.Key, 0, len(items))
	for _, i := range items {
		keys = append(keys, i.Key)
	}
	return keys
}
