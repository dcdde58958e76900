package main

import (
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// clock is the time of the sandbox: the wall clock, moved forward by hand. It never goes back once the seed is loaded.
type clock struct {
	wall func() time.Time

	mu    sync.Mutex
	moved time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall().Add(c.moved).UTC()
}

// advance moves the clock forward by d; d under zero does nothing.
func (c *clock) advance(d time.Duration) {
	if d > 0 {
		c.shift(d)
	}
}

func (c *clock) shift(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
}

// firstDay is the first day of the sandbox's cycle: the first Monday that is at least four days after now. So the demo
// is always in the planning weeks, and no increment is over.
func firstDay(now time.Time) cycle.Day {
	d := cycle.DayOf(now).AddDays(4)
	for d.Weekday() != time.Monday {
		d = d.AddDays(1)
	}
	return d
}

// nextIncrement is the instant at which the next increment begins, of the open cycle that ends first, or false if it has
// none any more: the cycle after it must not take the clock past its freezes and its end.
func nextIncrement(calendar cycle.Calendar, now time.Time) (time.Time, bool) {
	open := calendar.Open(now)
	if len(open) == 0 {
		return time.Time{}, false
	}
	first := slices.MinFunc(open, func(a, b cycle.Cycle) int { return a.End.EndAoE().Compare(b.End.EndAoE()) })
	for _, i := range first.Increments {
		if start := i.Start.StartUTC().Add(9 * time.Hour); start.After(now) {
			return start, true
		}
	}
	return time.Time{}, false
}
