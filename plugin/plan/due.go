package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/work"
)

// Due is a decision that is to be made.
type Due struct {
	Kind  Kind
	Key   string    // Decision.Key
	After time.Time // not before, by GitHub's Date
	// Decision is what to post. nil: it is not yet After, look again then; or Untold
	// lists seats whose holders could not be told, look again soon.
	Decision Decision
	Untold   []string
}

// DueNow says which decisions are to be posted now, or when to look again, the
// earliest first. It rests on the state, the decisions that exist and the facts
// alone: a decision that was posted and read back is due no more. What comes after a
// decision that is due becomes due only once that one was read back.
func DueNow(s *State, posted []Posted, f Facts) []Due {
	r := replay(s, posted, f)
	return r.due
}

// replayed is what the asks come to, given the decisions that exist.
type replayed struct {
	state    *State
	posted   []Posted // without what does not count any more
	slate    *Rework  // since which it does not
	facts    Facts
	lookups  *lookups
	rounds   []Round
	approval Approval
	previews []Posted // PrunePreview, by comment
	prunes   []Posted // Pruned, by comment
	due      []Due
	findings []Finding
}

func replay(s *State, all []Posted, f Facts) *replayed {
	posted, slate := Afresh(all)
	r := &replayed{state: s, posted: posted, slate: slate, facts: f, lookups: newLookups(f.Holders), rounds: Rounds(posted),
		previews: winners[PrunePreview](posted), prunes: winners[Pruned](posted)}
	if len(f.Missing) > 0 {
		r.missing(all)
		return r
	}
	r.approval = approvedBy(s, r.rounds)
	r.votes()
	r.pruning()
	slices.SortStableFunc(r.due, func(a, b Due) int { return cmp.Or(a.After.Compare(b.After), cmp.Compare(a.Key, b.Key)) })
	return r
}

// add notes what is due. decide gives the decision; it is asked only when it is time.
func (r *replayed) add(kind Kind, key string, after time.Time, decide func() Decision) {
	d := Due{Kind: kind, Key: key, After: after}
	if !after.After(r.facts.Now) {
		l := r.lookups
		r.lookups = newLookups(r.facts.Holders)
		decision := decide()
		if d.Untold = r.lookups.untold(); d.Untold == nil {
			d.Decision = decision
		}
		r.lookups = l
	}
	r.due = append(r.due, d)
}

// missing finds the one decision that can be made while others are missing: the rework
// that was asked for after all that is known to be decided, and goes on without them.
func (r *replayed) missing(all []Posted) {
	var last Mark
	for _, p := range all {
		if m := p.Decision.mark(); m.Compare(last) > 0 {
			last = m
		}
	}
	for _, ask := range r.state.Asks {
		if ask.Kind != AskRework || ask.mark().Compare(last) <= 0 {
			continue
		}
		rework := Rework{Asked: work.AskedBy(ask.Said), Reason: ask.Reason, Missing: r.facts.Missing}
		if cur := r.current(); cur != nil {
			rework.Round, rework.Opening = cur.N, cur.Opened.Asked
		} else if r.slate != nil {
			rework.Round = r.slate.Round
		}
		r.add(KindRework, rework.Key(), ask.Said.At.Add(Settling), func() Decision { return rework })
		return
	}
}

// current is the last round, nil before the first.
func (r *replayed) current() *Round {
	if len(r.rounds) == 0 {
		return nil
	}
	return &r.rounds[len(r.rounds)-1]
}

// votes walks the asks about the vote that come after all that is decided. Those
// before it were decided, came to nothing, or were read too late.
func (r *replayed) votes() {
	cur := r.current()
	for _, ask := range r.state.Asks {
		if cur != nil && ask.mark().Compare(cur.end()) <= 0 || r.slate != nil && ask.mark().Compare(r.slate.mark()) <= 0 {
			continue
		}
		if cur != nil && cur.Open() && ask.mark().Compare(cur.deadline()) > 0 {
			break
		}
		switch ask.Kind {
		case AskOpen:
			if r.open(cur, ask) {
				return
			}
		case AskClose:
			if cur == nil || !cur.Open() {
				r.find(Finding{Code: NothingOpen, Said: ask.Said})
				continue
			}
			r.result(*cur, &ask)
			return
		case AskRework:
			if cur == nil || cur.Rework != nil {
				r.find(Finding{Code: NothingToRework, Said: ask.Said})
				continue
			}
			r.add(KindRework, work.AskedBy(ask.Said).Key(), ask.Said.At.Add(Settling), func() Decision {
				return Rework{Round: cur.N, Opening: cur.Opened.Asked, Asked: work.AskedBy(ask.Said), Reason: ask.Reason}
			})
			return
		}
	}
	if cur != nil && cur.Open() {
		r.result(*cur, nil)
	}
}

// open makes an opening due, unless a round is open or its time is over before it
// could begin.
func (r *replayed) open(cur *Round, ask Ask) bool {
	asked := work.AskedBy(ask.Said)
	switch {
	case cur != nil && cur.Open():
		r.find(Finding{Code: AlreadyOpen, Said: ask.Said})
		return false
	case !ask.Until.After(r.facts.Now):
		r.find(Finding{Code: OverBeforeOpen, Said: ask.Said})
		return false
	}
	n := 1
	if r.slate != nil {
		n = r.slate.Round + 1
	}
	if cur != nil {
		n = cur.N + 1
	}
	r.add(KindVoteOpened, asked.Key(), ask.Said.At.Add(Settling), func() Decision {
		return VoteOpened{Round: n, Asked: asked, Until: ask.Until, Preset: cmp.Or(r.facts.Preset, PresetSeed), Quorum: QuorumSeed,
			Seats: seats(r.facts, ask.Said.At, r.lookups), Items: snapshot(r.facts, ask.Said.At), Increments: windows(r.facts.Cycle)}
	})
	return true
}

// result makes a round's result due, asked for by a line, or by the deadline.
func (r *replayed) result(round Round, ask *Ask) {
	v := VoteResult{Round: round.N, Opening: round.Opened.Asked, CountedUpTo: round.deadline(),
		Preset: round.Opened.Preset, Quorum: round.Opened.Quorum, Items: round.Opened.Items, Increments: round.Opened.Increments}
	if ask != nil {
		asked := work.AskedBy(ask.Said)
		v.Asked, v.CountedUpTo = &asked, asked.Mark()
	}
	r.add(KindVoteResult, v.Key(), v.CountedUpTo.At.Add(Settling), func() Decision {
		c := count(round.Opened.Seats, round.votes(r.state, v.CountedUpTo), v.CountedUpTo.At, r.lookups)
		v.Seats, v.Objections, v.Missing, v.Read, v.Passed = c.Seats, c.open(), c.missing(), c.Read, c.passed() && len(v.Items) > 0 // of nothing everything would be unplanned
		return v
	})
}
