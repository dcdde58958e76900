package board

import (
	"cmp"
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
	gutter     = 20 // at least between columns, where lines change their height
	trackW     = 5  // and what each line there takes
	mostTracks = 40 // beside each other; more share a track
	rowGap     = 6
	headH      = 44
	labelMost  = 18 // characters of a SIG's name
)

// Middle is where the words of a row stand.
func (b box) Middle() int { return b.Y + b.H/2 + 4 }

// Centre is where the words of a column stand.
func (b box) Centre() int { return b.X + b.W/2 }

func (b box) right() int  { return b.X + b.W }
func (b box) bottom() int { return b.Y + b.H }

// place puts the marks into their cells, line by line, and the rows under each other.
// Where they are from left to right is for set to say.
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
		row := chartRow{box: box{0, y, 0, band + deep*(markH+band)}, SIG: sigWords(sig)}
		row.Label = cut(row.SIG, labelMost)
		d.Rows = append(d.Rows, row)
		for n := range d.Columns {
			for i, m := range cells[sig][n] {
				m.place = i % across
				m.box = box{0, y + band + i/across*(markH+band), w, markH}
				d.Marks = append(d.Marks, m)
			}
		}
		y += row.H + rowGap
	}
	d.Height = y
	for _, row := range d.Rows {
		d.Label = max(d.Label, utf8.RuneCountInString(row.Label)*letterW+12)
	}
}

// columns are the increments, and one more for what has none where it is needed.
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
	for i := range d.Columns {
		d.Columns[i].box = box{0, 0, w, headH}
	}
}

// set gives every gutter the width that its lines take, and all their place from left to
// right.
func (d *drawing) set() {
	d.gutters = make([]int, len(d.Columns)+1)
	x := d.Label
	for n, tracks := range d.tracks() {
		d.gutters[n] = x
		x += gutter + min(tracks, mostTracks)*trackW
		if n < len(d.Columns) {
			d.Columns[n].X = x
			x += d.Columns[n].W
		}
	}
	d.Width = x
	for _, m := range d.Marks {
		m.X = d.Columns[m.spot.column].X + gapX + m.place*(m.W+gapX)
	}
	for _, row := range d.Rows {
		for _, column := range d.Columns {
			d.Cells = append(d.Cells, box{column.X, row.Y, column.W, row.H})
		}
	}
}

// tracks leads the lines that change their height in one gutter beside each other, and
// counts how many there are beside each other in each gutter.
func (d *drawing) tracks() []int {
	lowest := make([][]int, len(d.Columns)+1) // in each track, how far down it is taken
	lines := slices.Clone(d.Lines)
	slices.SortStableFunc(lines, func(a, b *line) int { return cmp.Compare(min(a.band1, a.band2), min(b.band1, b.band2)) })
	for _, l := range lines {
		if l.gutter < 0 {
			continue
		}
		taken := lowest[l.gutter]
		from, to := min(l.band1, l.band2), max(l.band1, l.band2)
		l.lane = slices.IndexFunc(taken, func(end int) bool { return end < from-2 })
		if l.lane < 0 {
			l.lane, taken = len(taken), append(taken, to)
		}
		taken[l.lane] = to
		lowest[l.gutter] = taken
	}
	out := make([]int, len(lowest))
	for n, taken := range lowest {
		out[n] = len(taken)
	}
	return out
}
