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
	y1, y2       int // where it leaves and arrives
	track        int // within a band
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

// curve is a piece of a line: from one point to the other, level at both ends.
type curve struct{ x1, y1, c1, c2, x2, y2 int }

// Cross is the path of a cross.
func (l line) Cross() string {
	return fmt.Sprintf("M%d %dl10 10m0 -10l-10 10", l.CX-5, l.CY-5)
}

// connect makes a line of a dependency.
func (d *drawing) connect(n int, one plan.Dependency) {
	gives, needs := d.ends(one)
	l := &line{Kind: edgeKind(one.Edge), gives: gives, needs: needs, out: 1, in: -1, track: (n%3 - 1) * 4}
	l.Words = one.Edge.Ask.Target.String() + " gives to " + one.From.String()
	if by := titleOf(d.Cycle, one.Edge.Ask.By); by != "" {
		l.Words += ", by " + by
	}
	l.Words += ": " + edgeWords(one.Edge, d.Cycle)
	switch from, to := gives.spot.column, needs.spot.column; {
	case from > to, from == to && gives.Y == needs.Y && gives.X > needs.X:
		l.out, l.in = -1, 1
	case from == to && gives.Y != needs.Y:
		l.in = 1
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
	for _, l := range d.Lines {
		d.route(l)
		l.write()
	}
}

// route leads a line from mark to mark: into the band beside the row of marks, along it
// to a gutter, there to the height of the other band, along that to the other mark.
func (d *drawing) route(l *line) {
	out, in := int(l.out), int(l.in)
	x1, x2 := l.out.of(l.gives), l.in.of(l.needs)+in*headLong
	sameColumn := l.gives.spot.column == l.needs.spot.column
	if sameColumn && l.gives.Y == l.needs.Y && l.needs.place-l.gives.place == out {
		l.curve(x1, l.y1, x2, l.y2) // neighbours
		return
	}
	below := l.needs.Y > l.gives.Y
	y1, y2 := l.gives.Y-band/2+l.track, l.needs.bottom()+band/2+l.track
	if below {
		y1, y2 = l.gives.bottom()+band/2+l.track, l.needs.Y-band/2+l.track
	} else if l.gives.Y == l.needs.Y {
		y2 = y1
	}
	a, b := x1+out*(gapX-2), x2+in*(gapX-2-headLong)
	l.curve(x1, l.y1, a, y1)
	switch cell := d.Columns[l.gives.spot.column].box; {
	case y1 == y2 && !(sameColumn && l.out == l.in):
		l.curve(a, y1, b, y2)
	case sameColumn && l.out == l.in: // out into the gutter, and back
		edge := cell.right()
		l.curve(a, y1, edge, y1)
		l.points = append(l.points, curve{edge, y1, edge + gutter - 2, edge + gutter - 2, edge, y2})
		l.curve(edge, y2, b, y2)
	default:
		from, to := cell.right(), cell.right()+gutter
		if out < 0 {
			from, to = cell.X, cell.X-gutter
		}
		l.curve(a, y1, from, y1)
		l.curve(from, y1, to, y2)
		l.curve(to, y2, b, y2)
	}
	l.curve(b, y2, x2, l.y2)
}

// curve adds a piece that is level at both ends; of no length it is none.
func (l *line) curve(x1, y1, x2, y2 int) {
	if x1 == x2 && y1 == y2 {
		return
	}
	mid := (x1 + x2) / 2
	l.points = append(l.points, curve{x1, y1, mid, mid, x2, y2})
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
		if p.y1 == p.y2 {
			fmt.Fprintf(&b, "H%d", p.x2)
		} else {
			fmt.Fprintf(&b, "C%d %d %d %d %d %d", p.c1, p.y1, p.c2, p.y2, p.x2, p.y2)
		}
		if abs(p.x2-p.x1)+abs(p.y2-p.y1) > abs(longest.x2-longest.x1)+abs(longest.y2-longest.y1) {
			longest = p
		}
	}
	l.D = b.String()
	// The point of a curve at its half: level at both ends, so each end weighs the same.
	l.CX, l.CY = (longest.x1+3*longest.c1+3*longest.c2+longest.x2)/8, (longest.y1+longest.y2)/2
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
