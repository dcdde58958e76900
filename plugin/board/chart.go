package board

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// chart is the drawing of the dependencies in the grid SIG by increment: a mark for each
// item in each of its cells, a line with an arrow head from the mark that gives to the
// mark that needs. It is made of numbers and words; the template writes the SVG.
//
// Marks stand in straight rows and columns. A line leaves its mark sideways, runs in the
// free bands between rows of marks, and changes its height in the gutters between
// columns: so no line goes over a mark that is not its own.
type chart struct {
	Width, Height int
	Label         int // width of the SIGs' names
	Columns       []chartColumn
	Rows          []chartRow
	Cells         []box
	Marks         []*mark
	Lines         []*line
	Legend        []legend
	Items         int // in the plan
	Without       int // of these: not drawn, as no dependency that is drawn leads there
	NotDrawn      int // dependencies
}

type box struct{ X, Y, W, H int }

type chartColumn struct {
	box
	Title, Days string
}

type chartRow struct {
	box
	Label string // cut off
	SIG   string // in full
}

// mark is one item in one cell.
type mark struct {
	box
	Label, Words string
	Page, URL    string
	Beside       bool // not in the plan
	spot         spot
	place        int // in its line of marks, from the left
}

// MidX and TextY place the words of a mark.
func (m mark) MidX() int  { return m.X + m.W/2 }
func (m mark) TextY() int { return m.Y + m.H/2 + 4 }

// spot is where an item is in the grid. The column after the increments is for what has
// none.
type spot struct {
	key    work.Key
	column int
}

// What a drawing holds. A plan with more items shows those that have a dependency; what
// goes beyond the other two is in the tables alone.
const (
	allItems  = 120
	mostMarks = 400
	mostLines = 400
)

// drawing lays out a chart.
type drawing struct {
	*planning
	chart
	entries map[work.Key]plan.Entry
	sigs    map[work.Key]string // rows of what is drawn
	order   []work.Key          // in which marks are placed
	spots   map[work.Key][]int  // columns of each item, rising
	beside  map[work.Key]work.Target
	marks   map[spot]*mark
	gutters []int // where each begins; the first is left of all columns
}

// chart draws dependencies, nil if there are none. They come with what stops most first,
// which is what remains where not all can be drawn.
func (w *planning) chart(all []plan.Dependency) *chart {
	d := &drawing{planning: w, entries: map[work.Key]plan.Entry{}, sigs: map[work.Key]string{}, spots: map[work.Key][]int{},
		beside: map[work.Key]work.Target{}, marks: map[spot]*mark{}}
	for _, lane := range w.schedule.Lanes {
		for _, e := range lane.Backlog {
			d.entries[e.Item.Key] = e
		}
	}
	drawn := d.choose(all)
	if len(drawn) == 0 {
		return nil
	}
	d.place()
	for n, one := range drawn {
		d.connect(n, one)
	}
	d.set()
	d.spread()
	for _, l := range d.Lines {
		d.route(l)
		l.write()
	}
	d.legend()
	return &d.chart
}

// choose takes the dependencies that are drawn, and the items.
func (d *drawing) choose(all []plan.Dependency) []plan.Dependency {
	ends := map[work.Key]bool{}
	var drawn []plan.Dependency
	marks := 0
	for _, one := range all {
		more := 0
		for _, k := range []work.Key{one.From, one.Edge.Ask.Target} {
			if !ends[k] {
				more += max(1, len(d.entries[k].Slots))
			}
		}
		if one.From == one.Edge.Ask.Target || len(drawn) == mostLines || marks+more > mostMarks {
			d.NotDrawn++
			continue
		}
		marks += more
		ends[one.From], ends[one.Edge.Ask.Target] = true, true
		if _, ok := d.entries[one.Edge.Ask.Target]; !ok {
			d.beside[one.Edge.Ask.Target] = one.Edge.Target
		}
		drawn = append(drawn, one)
	}
	for _, lane := range d.schedule.Lanes {
		for _, e := range lane.Backlog {
			inPlan := e.Place != plan.GivenUp
			if inPlan {
				d.Items++
			}
			if ends[e.Item.Key] || inPlan && d.schedule.Count.Items <= allItems && (len(e.Slots) > 0 || e.Place != plan.Delivered) {
				d.take(e.Item.Key, lane.SIG, e.Slots)
			} else if inPlan {
				d.Without++
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(d.beside), plan.CompareKeys) {
		d.take(k, d.beside[k].SIG, nil)
	}
	return drawn
}

func (d *drawing) take(k work.Key, sig string, slots []plan.Slot) {
	d.order = append(d.order, k)
	d.sigs[k] = sig
	for _, s := range slots {
		d.spots[k] = append(d.spots[k], d.columnOf(s.Increment.Name()))
	}
	if len(slots) == 0 {
		d.spots[k] = []int{len(d.Cycle.Increments)}
	}
}

// columnOf finds an increment by its name, -1 where there is none.
func (d *drawing) columnOf(window string) int {
	for n, i := range d.Cycle.Increments {
		if i.Name() == window {
			return n
		}
	}
	return -1
}

// ends are the marks that a line joins. It is given in the increment that was promised,
// else in the last of the giving item; it is needed for the first work that comes no
// earlier than the increment asked for, else for the last of it.
func (d *drawing) ends(one plan.Dependency) (gives, needs *mark) {
	giving, needing := d.spots[one.Edge.Ask.Target], d.spots[one.From]
	from, to := giving[len(giving)-1], needing[len(needing)-1]
	if p := one.Edge.Promise; p != nil {
		if c := d.columnOf(p.By); slices.Contains(giving, c) {
			from = c
		}
	}
	if by := d.columnOf(one.Edge.Ask.By); by >= 0 {
		for _, c := range needing {
			if c >= by {
				to = c
				break
			}
		}
	}
	return d.marks[spot{one.Edge.Ask.Target, from}], d.marks[spot{one.From, to}]
}

// words say what a mark is, in full.
func (d *drawing) words(m *mark) {
	k := m.spot.key
	m.Label = fmt.Sprintf("#%d", k.Number)
	e, ok := d.entries[k]
	if !ok {
		t := d.beside[k]
		ref := d.issue(k, "")
		m.URL, m.Beside = ref.URL, true
		m.Words = ref.Key + ", " + sigWords(t.SIG) + ", not in the plan"
		if title := short(t.Issue.Title); t.Readable && title != "" {
			m.Words += ": " + title
		}
		if _, ok := d.items[k]; ok {
			m.Page = d.item(k, "").Page
		}
		return
	}
	ref := d.item(k, e.Item.Assessment.Issue.Title)
	m.Page, m.URL, m.Beside = ref.Page, ref.URL, e.Place == plan.GivenUp
	when := "no increment"
	for _, s := range e.Slots {
		if d.columnOf(s.Increment.Name()) == m.spot.column {
			when = fmt.Sprintf("%s (%d %%)", s.Increment.Title(), s.Percent)
		}
	}
	m.Words = ref.Key + ", " + sigWords(d.sigs[k]) + ", " + when + ", " + d.state(e)
	if ref.Title != "" {
		m.Words += ": " + ref.Title
	}
}

// cut shortens a label to what its place holds.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// bySIG orders rows by name, with what is not known last.
func bySIG(a, b string) int {
	if (a == "") != (b == "") {
		return cmp.Compare(len(b), len(a))
	}
	return cmp.Compare(a, b)
}
