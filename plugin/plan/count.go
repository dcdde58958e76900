package plan

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/roles"
)

// counted is how the votes of a round stand at a time.
type counted struct {
	Seats      []SeatVote
	Objections []Objection // all, those that were ended too, by number
	Unseated   []Vote      // of people who hold no seat of this round
	Read       []int64     // comments of all votes in the round, sorted
}

// count gives each seat its vote. votes are those of the round, in order; at is when
// it is counted up to.
//
// A vote is cast for the seat in which it was accepted, and for every other seat that
// the speaker held when it was said. A seat's vote is the last one of its first-listed
// holder, else that of the next; of those who hold it no more only where no holder has
// voted, and of those as they were listed at the last vote. So an objection outlives
// the one who raised it until the next holder votes.
func count(all []Seat, votes []Vote, at time.Time, l *lookups) counted {
	var c counted
	cast := make([][]Vote, len(all)) // by seat, in order
	standing := make([]int, len(all))
	for _, v := range votes {
		c.Read = append(c.Read, v.Said.Comment)
		seated := false
		for k, s := range all {
			if !votesFor(v, s, l) {
				continue
			}
			seated = true
			cast[k] = append(cast[k], v)
			c.object(s, k, standing, effective(s, cast[k], v.Said.At, l))
		}
		if !seated {
			c.Unseated = append(c.Unseated, v)
		}
	}
	for k, s := range all {
		sv := SeatVote{Seat: s}
		if v := effective(s, cast[k], at, l); v != nil {
			b := v.ballot()
			sv.Vote = &b
			c.object(s, k, standing, v)
		}
		c.Seats = append(c.Seats, sv)
	}
	slices.Sort(c.Read)
	c.Read = slices.Compact(c.Read)
	return c
}

// votesFor tells whether a vote is cast for a seat.
func votesFor(v Vote, s Seat, l *lookups) bool {
	if accepted(v, s) {
		return true
	}
	return l.of(s, v.Said.At).has(v.Said.Login)
}

// accepted tells whether the receipt itself says that the speaker holds the seat.
func accepted(v Vote, s Seat) bool {
	switch roles.Role(v.Said.Role) {
	case roles.Facilitator, roles.Lead: // a lead may vote only where it stands in
		return s.Role == roles.Facilitator && s.SIG == v.Said.SIG
	case roles.PM:
		return s.Role == roles.PM
	case roles.Programme:
		return s.Role == roles.Programme && s.SIG == v.Said.SIG
	}
	return false
}

// effective is the vote that counts for a seat at a time, nil if it has none.
func effective(s Seat, cast []Vote, at time.Time, l *lookups) *Vote {
	if len(cast) == 0 {
		return nil
	}
	last := &cast[len(cast)-1]
	// If none of those who hold it by now has voted, it is as it was when the last vote
	// was said: a seat that is passed on must not turn a vote.
	for _, then := range []time.Time{at, last.Said.At} {
		for _, login := range l.of(s, then).logins {
			for k := range slices.Backward(cast) {
				if strings.EqualFold(cast[k].Said.Login, login) {
					return &cast[k]
				}
			}
		}
	}
	return last
}

// object keeps the book of objections as a seat's vote changes. standing has, by
// seat, the number of its objection that stands, 0 for none.
func (c *counted) object(s Seat, k int, standing []int, v *Vote) {
	switch b := v.ballot(); {
	case b.Value >= passMark:
		if n := standing[k]; n > 0 {
			c.Objections[n-1].Ended, standing[k] = &b, 0
		}
	default:
		if standing[k] == 0 {
			c.Objections = append(c.Objections, Objection{ID: "O" + strconv.Itoa(len(c.Objections)+1), Seat: s.Name})
			standing[k] = len(c.Objections)
		}
		o := &c.Objections[standing[k]-1]
		text := b.Text
		if text == "" && o.Login == b.Login {
			text = o.Text // said again without repeating why
		}
		o.Login, o.Comment, o.Said, o.Value, o.Text = b.Login, b.Comment, b.Said, b.Value, text
	}
}

// open are the objections that stand.
func (c counted) open() []Objection {
	var out []Objection
	for _, o := range c.Objections {
		if o.Ended == nil {
			out = append(out, o)
		}
	}
	return out
}

// missing are the required seats without a vote.
func (c counted) missing() []string {
	var out []string
	for _, s := range c.Seats {
		if s.Required && s.Vote == nil {
			out = append(out, s.Name)
		}
	}
	return out
}

// passed: the quorum is in and nobody is under 3.
func (c counted) passed() bool {
	return len(c.missing()) == 0 && len(c.open()) == 0
}
