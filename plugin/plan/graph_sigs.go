package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// pair is what the items of one SIG ask of those of another, by linkDeclined and so on.
type pair struct {
	from, to string
	counts   [linkPromised + 1]int
}

// worst is the kind that stops most.
func (p pair) worst() int {
	for kind, n := range p.counts {
		if n > 0 {
			return kind
		}
	}
	return linkPromised
}

// drawSIGs draws dependencies as one arrow for each pair of SIGs, with their number. It
// is what can still be read of a plan with hundreds of them. left counts the pairs over
// GraphEdges.
func drawSIGs(links []link) (mermaid string, left int) {
	var pairs []pair
	for _, l := range links {
		at := slices.IndexFunc(pairs, func(p pair) bool { return p.from == l.fromSIG && p.to == l.toSIG })
		if at < 0 {
			at, pairs = len(pairs), append(pairs, pair{from: l.fromSIG, to: l.toSIG})
		}
		pairs[at].counts[l.kind]++
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.worst(), b.worst()), strings.Compare(a.from, b.from), strings.Compare(a.to, b.to))
	})
	left = max(0, len(pairs)-GraphEdges)
	pairs = pairs[:len(pairs)-left]
	var sigs []string
	for _, p := range pairs {
		sigs = append(sigs, p.from, p.to)
	}
	slices.Sort(sigs)
	sigs = slices.Compact(sigs)
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for n, sig := range sigs {
		b.WriteString("  s" + strconv.Itoa(n+1) + "[\"sig-" + label(sig, 40) + "\"]\n")
	}
	arrows := []string{" --x|", " -.->|", " -->|"}
	words := []string{" declined", " asked", " promised"}
	for _, p := range pairs {
		var said []string
		for kind, n := range p.counts {
			if n > 0 {
				said = append(said, strconv.Itoa(n)+words[kind])
			}
		}
		from, _ := slices.BinarySearch(sigs, p.from)
		to, _ := slices.BinarySearch(sigs, p.to)
		b.WriteString("  s" + strconv.Itoa(from+1) + arrows[p.worst()] + strings.Join(said, ", ") + "| s" + strconv.Itoa(to+1) + "\n")
	}
	return b.String(), left
}
