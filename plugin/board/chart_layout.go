package board

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// Sizes of the drawing, in its own units: pixels on a screen of usual width. A letter is
// at most letterW wide; text is cut to fit.
const (
	letterW    = 8
	markH      = 24 // a finger finds it
	gapX       = 18 // beside each mark, where lines come to it
	band       = 16 // above and below each row of marks, where lines run
	gutter     = 28 // between columns, where lines change their height
	rowGap     = 6
	headH      = 44
	labelMost  = 18 // characters of a SIG's name
	labelW     = labelMost*letterW + 12
	narrowMost = 960 // a wider drawing may be made smaller to fit a screen
)

// Wide reports whether the drawing may be made smaller on a screen.
func (c chart) Wide() bool { return c.Width > narrowMost }

// Middle is where the words of a row stand.
func (b box) Middle() int { return b.Y + b.H/2 + 4 }

// Centre is where the words of a column stand.
func (b box) Centre() int { return b.X + b.W/2 }

func (b box) right() int  { return b.X + b.W }
func (b box) bottom() int { return b.Y + b.H }

// place puts the marks into their cells, line by line, and the cells side by side.
func (d *drawing) place() {
	cells := map[string]map[int][]*mark{}
	columns, longest, most := len(d.Cycle.Increments), 2, 1
	for _, k := range d.order {
		sig := d.sigs[k]
		if cells[sig] == nil {
			cells[sig] = map[int][]*mark{}
		}
		for _, column := range d.spots[k] {
			m := &mark{spot: spot{k, column}}
			d.words(m)
			cells[sig][column] = append(cells[sig][column], m)
			d.marks[m.spot] = m
			columns, longest, most = max(columns, column+1), max(longest, utf8.RuneCountInString(m.Label)), max(most, len(cells[sig][column]))
		}
	}
	across := 3
	if most <= 6 {
		across = (most + 2) / 3
	}
	w := longest*letterW + 10
	d.columns(columns, gapX+across*(w+gapX))
	y := headH
	for _, sig := range slices.SortedFunc(maps.Keys(cells), bySIG) {
		deep := 1
		for _, list := range cells[sig] {
			deep = max(deep, (len(list)+across-1)/across)
		}
		row := chartRow{box: box{0, y, labelW, band + deep*(markH+band)}, SIG: sigWords(sig)}
		row.Label = cut(row.SIG, labelMost)
		d.Rows = append(d.Rows, row)
		for n, column := range d.Columns {
			d.Cells = append(d.Cells, box{column.X, y, column.W, row.H})
			for i, m := range cells[sig][n] {
				m.line, m.place = i/across, i%across
				m.box = box{column.X + gapX + m.place*(w+gapX), y + band + m.line*(markH+band), w, markH}
				d.Marks = append(d.Marks, m)
			}
		}
		y += row.H + rowGap
	}
	d.Height = y
}

// columns sets out the increments, and one more for what has none where it is needed.
func (d *drawing) columns(n, w int) {
	for _, i := range d.Cycle.Increments {
		one := incrementOf(i)
		d.Columns = append(d.Columns, chartColumn{Title: one.Title, Days: one.Days})
	}
	if n > len(d.Columns) {
		d.Columns = append(d.Columns, chartColumn{Title: "no increment"})
	}
	for _, c := range d.Columns {
		w = max(w, letterW*max(utf8.RuneCountInString(c.Title), utf8.RuneCountInString(c.Days)))
	}
	x := labelW + gutter
	for i := range d.Columns {
		d.Columns[i].box = box{x, 0, w, headH}
		x += w + gutter
	}
	d.Width = x
}
