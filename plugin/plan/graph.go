package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/steelthread/steelthread/plugin/work"
)

// GraphEdges is how many dependencies a graph shows. More cannot be read on one
// screen; GitHub's own limit is higher.
const GraphEdges = 60

// Graph is the dependencies between SIGs, drawn.
type Graph struct {
	Mermaid string // the text of a ```mermaid block; "" if there is nothing to draw
	Shown   int    // dependencies in it
	Left    int    // dependencies over GraphEdges that are not in it

	// SIGs draws the same with one arrow for each pair of SIGs; SIGsLeft counts the pairs
	// that are not in it.
	SIGs     string
	SIGsLeft int
}

// How the giving side stands to a dependency, for a graph.
const (
	linkDeclined = iota
	linkAsked
	linkPromised
)

type link struct {
	from, to       work.Key
	fromSIG, toSIG string
	title          map[work.Key]string
	kind           int
}

// GraphOf draws the dependencies of the plan between items of different SIGs as
// a Mermaid flowchart: from the item that needs to the item that gives, in one
// box for each SIG. A promise is a full line, an ask without answer a dotted
// one, a declined one has a cross; each says so in a word. Declined and asked
// ones are drawn first when there are more than GraphEdges.
//
// What the plan's items ask of issues that cannot be read is not drawn, nor what
// items ask that are done or dropped. Titles keep only letters, digits and plain
// punctuation, so that no title can change the drawing or leave its block.
func GraphOf(items []Item) Graph {
	var links []link
	for _, item := range items {
		if place, ok := placeOf(item); !ok || place == Delivered || place == GivenUp {
			continue
		}
		for _, e := range item.Assessment.Edges {
			if !e.Target.Readable || e.Target.SIG == "" || item.Assessment.SIG == "" || e.Target.SIG == item.Assessment.SIG {
				continue
			}
			links = append(links, link{
				from: item.Key, fromSIG: item.Assessment.SIG, to: e.Ask.Target, toSIG: e.Target.SIG, kind: linkKind(e),
				title: map[work.Key]string{item.Key: item.Assessment.Issue.Title, e.Ask.Target: e.Target.Issue.Title},
			})
		}
	}
	slices.SortFunc(links, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), CompareKeys(a.from, b.from), CompareKeys(a.to, b.to))
	})
	links = slices.CompactFunc(links, func(a, b link) bool { return a.from == b.from && a.to == b.to })
	g := Graph{Shown: min(len(links), GraphEdges)}
	g.Left = len(links) - g.Shown
	if g.Shown > 0 {
		g.Mermaid = draw(links[:g.Shown])
		g.SIGs, g.SIGsLeft = drawSIGs(links)
	}
	return g
}

// linkKind tells what was said of a dependency. What is delivered without a
// promise is as good as one.
func linkKind(e work.Edge) int {
	switch {
	case e.Promise != nil && e.Promise.Declined:
		return linkDeclined
	case e.Promise == nil && !e.Met():
		return linkAsked
	}
	return linkPromised
}

func draw(links []link) string {
	names := map[work.Key]string{}
	boxes := map[string][]work.Key{}
	titles := map[work.Key]string{}
	place := func(k work.Key, sig, title string) {
		if _, ok := titles[k]; !ok {
			titles[k] = title
			boxes[sig] = append(boxes[sig], k)
		}
	}
	for _, l := range links {
		place(l.from, l.fromSIG, l.title[l.from])
		place(l.to, l.toSIG, l.title[l.to])
	}
	var sigs []string
	for sig := range boxes {
		sigs = append(sigs, sig)
	}
	slices.Sort(sigs)
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for n, sig := range sigs {
		b.WriteString("  subgraph s" + strconv.Itoa(n+1) + "[\"sig-" + label(sig, 40) + "\"]\n")
		slices.SortFunc(boxes[sig], CompareKeys)
		for _, k := range boxes[sig] {
			names[k] = "i" + strconv.Itoa(len(names)+1)
			// The reference goes first: a label that begins with "1." or "-" would be read as a list.
			text := label(k.Repo, 60) + "#35;" + strconv.Itoa(k.Number)
			if t := label(titles[k], 40); t != "" {
				text += " " + t
			}
			b.WriteString("    " + names[k] + "[\"" + text + "\"]\n")
		}
		b.WriteString("  end\n")
	}
	arrows := []string{" --x|declined| ", " -.->|asked| ", " -->|promised| "}
	for _, l := range links {
		b.WriteString("  " + names[l.from] + arrows[l.kind] + names[l.to] + "\n")
	}
	return b.String()
}

// label makes a text safe within the quotes of a Mermaid label: letters, marks,
// digits and plain punctuation stay, everything else is one blank. There is no
// escape that every version of Mermaid reads alike.
func label(text string, limit int) string {
	var b strings.Builder
	n, blank := 0, false
	for _, r := range text {
		keep := r != unicode.ReplacementChar && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("-.,+", r))
		if !keep {
			blank = b.Len() > 0
			continue
		}
		if n >= limit {
			return b.String() + "…"
		}
		if blank {
			b.WriteByte(' ')
			n++
			blank = false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
