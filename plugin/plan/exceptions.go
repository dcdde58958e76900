package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/work"
)

// ExceptionCount counts requests for exceptions. What is not granted, denied or
// withdrawn waits for its decision. A draft has not been asked for yet.
type ExceptionCount struct {
	Asked     int
	Granted   int
	Denied    int
	Withdrawn int
	Expired   int // of Granted: the item was not done when the due day was over
}

// Waiting is how many wait for their decision.
func (c ExceptionCount) Waiting() int { return c.Asked - c.Granted - c.Denied - c.Withdrawn }

// SIGExceptions are those of one SIG.
type SIGExceptions struct {
	SIG string // without "sig-", "" not known
	ExceptionCount
}

// take counts one as it stood at a time.
func (c *ExceptionCount) take(e work.Exception, at time.Time) {
	c.Asked++
	switch {
	case e.Decided != nil && !e.DecidedAt.After(at):
		if !e.Decided.Granted {
			c.Denied++
			return
		}
		c.Granted++
		if e.State == work.ExceptionExpired && !at.Before(e.Decided.Due.EndAoE()) {
			c.Expired++
		}
	case e.State == work.ExceptionWithdrawn && !e.Withdrawn.At.After(at):
		c.Withdrawn++
	}
}

func (c *ExceptionCount) add(o ExceptionCount) {
	c.Asked += o.Asked
	c.Granted += o.Granted
	c.Denied += o.Denied
	c.Withdrawn += o.Withdrawn
	c.Expired += o.Expired
}

// askedBy reports whether a request had been made by a time. A draft is none, also where
// it was withdrawn.
func askedBy(e work.Exception, at time.Time) bool {
	draft := e.State == work.ExceptionDraft || e.State == work.ExceptionWithdrawn && len(e.Missing) > 0
	return !draft && !e.Requested.At.After(at)
}

// exceptionsOf counts the requests of all items, over all and by owning SIG, those
// with most requests first.
func exceptionsOf(items []Item, at time.Time) (all ExceptionCount, sigs []SIGExceptions) {
	for _, i := range items {
		for _, e := range i.Assessment.Exceptions {
			if !askedBy(e, at) {
				continue
			}
			n := slices.IndexFunc(sigs, func(s SIGExceptions) bool { return s.SIG == i.Assessment.SIG })
			if n < 0 {
				n = len(sigs)
				sigs = append(sigs, SIGExceptions{SIG: i.Assessment.SIG})
			}
			sigs[n].take(e, at)
		}
	}
	slices.SortFunc(sigs, func(a, b SIGExceptions) int {
		return cmp.Or(cmp.Compare(b.Asked, a.Asked), compareSIGs(a.SIG, b.SIG))
	})
	for _, s := range sigs {
		all.add(s.ExceptionCount)
	}
	return all, sigs
}
