package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/work"
)

// Round is one vote from its opening to its end, as the decisions have it.
type Round struct {
	N        int
	Opened   VoteOpened
	OpenedIn int64 // the decision comment
	Result   *VoteResult
	ResultIn int64
	Rework   *Rework
	ReworkIn int64
}

// Open reports whether the round has no result and was not reworked.
func (r Round) Open() bool { return r.Result == nil && r.Rework == nil }

// deadline is the place at which the round ends if nobody ends it before.
func (r Round) deadline() Mark { return Mark{At: r.Opened.Until} }

// end is the last place that a decision has settled.
func (r Round) end() Mark {
	end := r.Opened.Asked.Mark()
	if r.Result != nil && r.Result.CountedUpTo.Compare(end) > 0 {
		end = r.Result.CountedUpTo
	}
	if r.Rework != nil && r.Rework.Asked.Mark().Compare(end) > 0 {
		end = r.Rework.Asked.Mark()
	}
	return end
}

// votes are those said between the line that asked for the round and a place.
func (r Round) votes(s *State, cut Mark) []Vote {
	from := r.Opened.Asked.Mark()
	var out []Vote
	for _, v := range s.Votes {
		if v.mark().Compare(from) > 0 && v.mark().Compare(cut) < 0 {
			out = append(out, v)
		}
	}
	return out
}

// winners gives the decisions of one kind: of those with one key the lowest comment
// counts. They are in the order of what they settle: one that was deleted and posted
// again is no newer for it.
func winners[D Decision](posted []Posted) []Posted {
	var out []Posted
	seen := map[string]bool{}
	for _, p := range slices.SortedFunc(slices.Values(posted), func(a, b Posted) int { return cmp.Compare(a.Comment, b.Comment) }) {
		d, ok := p.Decision.(D)
		if !ok || seen[d.Key()] {
			continue
		}
		seen[d.Key()] = true
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Posted) int { return a.Decision.mark().Compare(b.Decision.mark()) })
	return out
}

// Afresh leaves out what does not count any more since a rework that was decided while
// decisions were missing. slate is that rework, nil if there was none.
func Afresh(posted []Posted) (counting []Posted, slate *Rework) {
	for _, p := range winners[Rework](posted) {
		if d := p.Decision.(Rework); len(d.Missing) > 0 {
			slate = &d
		}
	}
	if slate == nil {
		return posted, nil
	}
	for _, p := range posted {
		if p.Decision.mark().Compare(slate.mark()) > 0 {
			counting = append(counting, p)
		}
	}
	return counting, slate
}

// Rounds lists the rounds that the decisions tell of, first to last, whatever order
// they come in. Of two results, or reworks, of one round the lowest comment counts. An
// opening that was asked for while another round was open is none.
func Rounds(posted []Posted) []Round {
	results, reworks := winners[VoteResult](posted), winners[Rework](posted)
	openings := winners[VoteOpened](posted)
	var rounds []Round
	for _, p := range openings {
		opened := p.Decision.(VoteOpened)
		if n := len(rounds); n > 0 && (rounds[n-1].Open() || opened.Asked.Mark().Compare(rounds[n-1].end()) <= 0) {
			continue
		}
		r := Round{N: opened.Round, Opened: opened, OpenedIn: p.Comment}
		for _, q := range results {
			if d := q.Decision.(VoteResult); d.Opening.Same(opened.Asked) {
				r.Result, r.ResultIn = &d, q.Comment
				break
			}
		}
		for _, q := range reworks {
			if d := q.Decision.(Rework); d.Opening.Same(opened.Asked) {
				r.Rework, r.ReworkIn = &d, q.Comment
				break
			}
		}
		rounds = append(rounds, r)
	}
	return rounds
}

// Approval is what stands approved.
type Approval struct {
	Round  int                 // 0: nothing is approved
	Items  map[work.Key]string // with the digest that was voted on; nil if nothing is approved
	Asked  time.Time           // of the snapshot: its items stand as they stood then
	Result int64               // the comment of the result
	// Stragglers are votes said in the round and before its end, which were read after
	// the result was made: the result is contested. It stands.
	Stragglers []Vote

	cut Mark
}

// Contested reports that votes were read too late to be counted.
func (a Approval) Contested() bool { return len(a.Stragglers) > 0 }

// Has reports whether an item is approved.
func (a Approval) Has(key work.Key) bool {
	_, ok := a.Items[key]
	return ok
}

// Approved is what the last passing result approved. A rework takes back every
// approval before it; a later round that does not pass takes back nothing. s tells
// the stragglers; nil leaves them out.
func Approved(s *State, posted []Posted) Approval {
	posted, _ = Afresh(posted)
	return approvedBy(s, Rounds(posted))
}

func approvedBy(s *State, rounds []Round) Approval {
	for _, r := range slices.Backward(rounds) {
		if r.Rework != nil {
			return Approval{}
		}
		if r.Result == nil || !r.Result.Passed {
			continue
		}
		a := Approval{Round: r.N, Items: make(map[work.Key]string, len(r.Result.Items)), Asked: r.Opened.Asked.Said,
			Result: r.ResultIn, Stragglers: r.Stragglers(s), cut: r.Result.CountedUpTo}
		for _, i := range r.Result.Items {
			a.Items[i.Key] = i.Digest
		}
		return a
	}
	return Approval{}
}

// Stragglers are the votes said in a decided round that its result did not read. They
// make it contested and change nothing.
func (r Round) Stragglers(s *State) []Vote {
	if r.Result == nil || s == nil {
		return nil
	}
	var out []Vote
	for _, v := range r.votes(s, r.Result.CountedUpTo) {
		if !slices.Contains(r.Result.Read, v.Said.Comment) {
			out = append(out, v)
		}
	}
	return out
}
