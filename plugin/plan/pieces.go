package plan

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// piece is one piece of work: see Tally.
type piece struct {
	sig     string
	due     int // index of its increment
	percent int // the confidence that stands for that increment
	figures Figures
	at      time.Time // when it was done, zero for not known
}

// allPieces are the pieces of all items, by the items' keys.
func allPieces(f TallyFacts, now time.Time) []piece {
	var pieces []piece
	for _, item := range slices.SortedFunc(slices.Values(f.Items), func(a, b Item) int { return CompareKeys(a.Key, b.Key) }) {
		pieces = append(pieces, piecesOf(item, f, now)...)
	}
	return pieces
}

// piecesOf are the pieces of one item as they stand, held against a time: what was
// done after it is not done yet, where that is known.
func piecesOf(item Item, f TallyFacts, now time.Time) []piece {
	due := map[string]int{}
	percent := map[string]int{}
	var texts []string
	for _, c := range foldOf(item).Commitments {
		n := slices.IndexFunc(f.Cycle.Increments, func(i cycle.Increment) bool { return i.Name() == c.Window })
		if n < 0 {
			continue // the increment left the calendar; the item's record says so
		}
		at, seen := due[c.Item]
		if !seen {
			texts = append(texts, c.Item)
		}
		if !seen || n >= at {
			due[c.Item], percent[c.Item] = n, c.Percent
		}
	}
	var pieces []piece
	for _, text := range texts {
		p := piece{sig: item.Assessment.SIG, due: due[text], percent: percent[text], figures: Figures{Committed: 1, Expected: float64(percent[text]) / 100}}
		done, at := deliveredAt(item, text, f.Closed)
		p.at = at
		over := f.Cycle.Increments[p.due].Finished(now)
		said := ""
		if g := foldOf(item).Progress; g != nil {
			said = g.State
		}
		switch {
		case done && !at.After(now):
			p.figures.Done = 1
		case item.Assessment.Standing == work.Dropped:
			p.figures.Dropped = 1
		case over || said == work.Slipped:
			p.figures.Slipped = 1
		case said == work.AtRisk:
			p.figures.AtRisk = 1
		}
		pieces = append(pieces, p)
	}
	return pieces
}

// deliveredAt says whether a piece of an item is done, and when, as far as known:
// when it was first said, or when the issue was closed as completed, if that was before.
func deliveredAt(item Item, text string, closed map[work.Key]time.Time) (done bool, at time.Time) {
	if item.Assessment.Standing == work.Done {
		done, at = true, closed[item.Key]
	}
	if d, ok := foldOf(item).Delivery(text); ok && (at.IsZero() || d.Since.Before(at)) {
		return true, d.Since
	}
	return done, at
}

// doneAfter reports whether an item that is done was so only after a time: neither
// said to be done nor closed by then. Where neither is known it was done in time.
func doneAfter(item Item, at time.Time, closed map[work.Key]time.Time) bool {
	var days []time.Time
	if fold := foldOf(item); item.Assessment.Delivered {
		last := time.Time{}
		for _, d := range fold.Done {
			if d.Since.After(last) {
				last = d.Since
			}
		}
		days = append(days, last)
	}
	if day, known := closed[item.Key]; known {
		days = append(days, day)
	}
	return len(days) > 0 && !slices.ContainsFunc(days, func(day time.Time) bool { return !day.After(at) })
}
