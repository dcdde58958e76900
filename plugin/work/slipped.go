package work

import "github.com/steelthread/steelthread/plugin/cycle"

// Slip is the last word on how the work goes, if that is that it slipped.
func (i *Item) Slip() (Said, bool) {
	if i == nil || i.Progress == nil || i.Progress.State != Slipped {
		return Said{}, false
	}
	return i.Progress.Said, true
}

// Words of a TargetSlipped finding, by place. Increments are titles, but for
// SlipNext, which is a name; "" is none.
const (
	SlipGiven  = iota // the increment in which it was to be there
	SlipOver          // "over" if that is over
	SlipNeeded        // the increment by which it is needed
	SlipOwn           // the last increment of the item that needs it
	SlipNext          // the earliest increment in which it may still be there
	SlipLate          // "late" if that is after the one by which it is needed
	slipWords
)

// slipped tells whether what a dependency needs is known not to come as it was
// said: the increment of the promise, or of what the target is committed to, is
// over everywhere on earth, or somebody said that the target slipped and no date
// was given since. The words say where both sides stand now.
func slipped(item *Item, e Edge, f Facts) ([]string, bool) {
	given, said, dated := e.given(f.Cycle)
	over := dated && given.Finished(f.Now)
	slip, told := e.Target.Item.Slip()
	if !over && (!told || said.Mark().Compare(slip.Mark()) > 0) {
		return nil, false
	}
	words := make([]string, slipWords)
	if dated {
		words[SlipGiven] = given.Title()
	}
	if over {
		words[SlipOver] = "over"
	}
	needed, due := needed(item, e.Ask, f.Cycle)
	if due {
		words[SlipNeeded] = needed.Title()
	}
	if own, ok := lastOf(item, f.Cycle); ok {
		words[SlipOwn] = own.Title()
	}
	next, left := nextAfter(given, e.Target.Item, f)
	if left {
		words[SlipNext] = next.Name()
	}
	if due && (!left || next.Number > needed.Number) {
		words[SlipLate] = "late"
	}
	return words, true
}

// given is the increment in which the target is to be there: that of the promise,
// else the last that the target is committed to; and the newest word that says so.
func (e Edge) given(c cycle.Cycle) (inc cycle.Increment, said Said, ok bool) {
	if e.Promise != nil {
		said = e.Promise.Said
		if inc, ok = incrementOf(c, e.Promise.By); ok {
			return inc, said, true
		}
	}
	for _, one := range e.Target.Item.Commitments {
		if one.Said.Mark().Compare(said.Mark()) > 0 {
			said = one.Said
		}
	}
	inc, ok = lastOf(e.Target.Item, c)
	return inc, said, ok
}

// needed is the increment by which the item needs what it asks for: the one that it
// named, else the last that it is committed to.
func needed(item *Item, ask Ask, c cycle.Cycle) (cycle.Increment, bool) {
	if inc, ok := incrementOf(c, ask.By); ok {
		return inc, true
	}
	return lastOf(item, c)
}

// nextAfter is the earliest increment behind the one given that is not over; a later
// one if the target is committed to that.
func nextAfter(given cycle.Increment, target *Item, f Facts) (next cycle.Increment, ok bool) {
	if last, committed := lastOf(target, f.Cycle); committed && last.Number > given.Number && !last.Finished(f.Now) {
		return last, true
	}
	for _, inc := range f.Cycle.Increments {
		if inc.Number > given.Number && !inc.Finished(f.Now) && (!ok || inc.Number < next.Number) {
			next, ok = inc, true
		}
	}
	return next, ok
}
