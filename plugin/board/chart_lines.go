package board

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
)

// lineKind tells dependencies apart by what stops them.
type lineKind string

const (
	linePromised    lineKind = "promised" // and in order in time; delivered, or needed no more
	lineAsked       lineKind = "asked"
	lineDeclined    lineKind = "declined"
	lineLate        lineKind = "late"
	lineUncommitted lineKind = "uncommitted"
	lineLost        lineKind = "lost"
)

// legend is one kind of line in words.
type legend struct {
	Kind  lineKind
	Words string
	Lines int
}

// Crossed reports whether lines of a kind bear a cross: nothing comes along them.
func (k lineKind) Crossed() bool { return k == lineDeclined || k == lineLost }

var legends = []legend{
	{Kind: linePromised, Words: "holds: promised or delivered"}, {Kind: lineAsked, Words: "asked, not promised"}, {Kind: lineDeclined, Words: "declined"},
	{Kind: lineLate, Words: "out of order: promised for later than it is needed"}, {Kind: lineUncommitted, Words: "promised, not committed to an increment"},
	{Kind: lineLost, Words: "closed or not to be read"},
}

// line is one dependency, drawn from the mark that gives to the mark that needs.
type line struct {
	Kind   lineKind
	Words  string
	D      string // path data
	Head   string // path data of the arrow head
	CX, CY int    // where a cross stands

	gives, needs *mark
	out, in      side
	band1, band2 int // the heights at which it runs beside each of them
	gutter       int // in which it changes from one to the other, -1: they are the same
	lane         int // in the gutter, from the left
	y1, y2       int // where it leaves and arrives
	points       []curve
}

// side of a mark: 1 right, -1 left.
type side int

func (s side) of(m *mark) int {
	if s > 0 {
		return m.right()
	}
	return m.X
}

// curve is a piece of a line: a Bézier curve by its ends and what pulls it.
type curve struct{ x1, y1, ax, ay, bx, by, x2, y2 int }

// Cross is the path of a cross.
func (l line) Cross() string {
	return fmt.Sprintf("M%d %dl10 10m0 -10l-10 10", l.CX-5, l.CY-5)
}

// connect makes a line of a dependency.
func (d *drawing) connect(n int, one plan.Dependency) {
	gives, needs := d.ends(one)
	l := &line{Kind: edgeKind(one.Edge), gives: gives, needs: needs, out: 1, in: -1, gutter: -1}
	l.Words = one.Edge.Ask.Target.String() + " gives to " + one.From.String()
	if by := titleOf(d.Cycle, one.Edge.Ask.By); by != "" {
		l.Words += ", by " + by
	}
	l.Words += ": " + edgeWords(one.Edge, d.Cycle)
	track := (n%3 - 1) * 4
	switch {
	case gives.Y < needs.Y:
		l.band1, l.band2 = gives.bottom()+band/2+track, needs.Y-band/2+track
	case gives.Y > needs.Y:
		l.band1, l.band2 = gives.Y-band/2+track, needs.bottom()+band/2+track
	default:
		l.band1 = gives.Y - band/2 + track
		l.band2 = l.band1
	}
	from, to := gives.spot.column, needs.spot.column
	switch near := l.band1 == l.band2; {
	case from > to, from == to && near && gives.place > needs.place:
		l.out, l.in = -1, 1
	case from == to && (!near || gives.place == needs.place):
		l.in = 1
	}
	if l.band1 != l.band2 {
		l.gutter = from + (int(l.out)+1)/2
	}
	d.Lines = append(d.Lines, l)
}

// spread lets lines that meet at one side of a mark arrive beside each other, those to
// what is higher up above, and writes their paths.
func (d *drawing) spread() {
	type end struct {
		at    *int
		other *mark
		n     int
	}
	type place struct {
		m *mark
		s side
	}
	ends := map[place][]end{}
	for n, l := range d.Lines {
		ends[place{l.gives, l.out}] = append(ends[place{l.gives, l.out}], end{&l.y1, l.needs, n})
		ends[place{l.needs, l.in}] = append(ends[place{l.needs, l.in}], end{&l.y2, l.gives, n})
	}
	for p, list := range ends {
		slices.SortFunc(list, func(a, b end) int {
			return cmp.Or(cmp.Compare(a.other.Y, b.other.Y), cmp.Compare(a.other.X, b.other.X), cmp.Compare(a.n, b.n))
		})
		for i, e := range list {
			*e.at = p.m.Y + markH*(i+1)/(len(list)+1)
		}
	}
}

// route leads a line from mark to mark: into the band beside the row of marks, along it
// to a gutter, there to the height of the other band, along that to the other mark.
func (d *drawing) route(l *line) {
	out, in := int(l.out), int(l.in)
	x1, x2 := l.out.of(l.gives), l.in.of(l.needs)+in*headLong
	if l.gives.Y == l.needs.Y && l.gives.spot.column == l.needs.spot.column && l.needs.place-l.gives.place == out {
		l.bend(x1, l.y1, x2, l.y2) // neighbours
		return
	}
	a, b := x1+out*(gapX-2), x2+in*(gapX-2-headLong)
	l.bend(x1, l.y1, a, l.band1)
	if l.gutter < 0 {
		l.bend(a, l.band1, b, l.band2)
	} else {
		x := d.gutters[l.gutter] + gutter/2 + l.lane%mostTracks*trackW
		round := min(gutter/2-2, abs(l.band2-l.band1)/2)
		down := round
		if l.band2 < l.band1 {
			down = -round
		}
		l.bend(a, l.band1, x-out*round, l.band1)
		l.corner(x-out*round, l.band1, x, l.band1, x, l.band1+down)
		l.corner(x, l.band1+down, x, l.band2-down, x, l.band2-down)
		l.corner(x, l.band2-down, x, l.band2, x-in*round, l.band2)
		// What enters from the left goes on to the right, and the other way round.
		l.bend(x-in*round, l.band2, b, l.band2)
	}
	l.bend(b, l.band2, x2, l.y2)
}

// bend adds a piece that is level at both ends; of no length it is none.
func (l *line) bend(x1, y1, x2, y2 int) {
	mid := (x1 + x2) / 2
	l.add(curve{x1, y1, mid, y1, mid, y2, x2, y2})
}

// corner adds a piece that is pulled to one point.
func (l *line) corner(x1, y1, cx, cy, x2, y2 int) {
	l.add(curve{x1, y1, cx, cy, cx, cy, x2, y2})
}

func (l *line) add(c curve) {
	if c.x1 != c.x2 || c.y1 != c.y2 {
		l.points = append(l.points, c)
	}
}

// headLong is the length of an arrow head.
const headLong = 7

// write gives the paths of what was routed.
func (l *line) write() {
	var b strings.Builder
	longest := l.points[0]
	for n, p := range l.points {
		if n == 0 {
			fmt.Fprintf(&b, "M%d %d", p.x1, p.y1)
		}
		switch {
		case p.y1 == p.y2:
			fmt.Fprintf(&b, "H%d", p.x2)
		case p.x1 == p.x2 && p.ax == p.x1:
			fmt.Fprintf(&b, "V%d", p.y2)
		default:
			fmt.Fprintf(&b, "C%d %d %d %d %d %d", p.ax, p.ay, p.bx, p.by, p.x2, p.y2)
		}
		if abs(p.x2-p.x1)+abs(p.y2-p.y1) > abs(longest.x2-longest.x1)+abs(longest.y2-longest.y1) {
			longest = p
		}
	}
	l.D = b.String()
	l.CX, l.CY = (longest.x1+longest.x2)/2, (longest.y1+longest.y2)/2
	tip := l.in.of(l.needs)
	l.Head = fmt.Sprintf("M%d %dl%d -4v8z", tip, l.y2, int(l.in)*headLong)
}

func abs(n int) int { return max(n, -n) }

// legend lists the kinds of lines that are drawn.
func (d *drawing) legend() {
	for _, one := range legends {
		for _, l := range d.Lines {
			if l.Kind == one.Kind {
				one.Lines++
			}
		}
		if one.Lines > 0 {
			d.Legend = append(d.Legend, one)
		}
	}
}
