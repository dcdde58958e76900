package board

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// busyWorld has n items of 20 SIGs, some over several increments, some in none; every third
// asks another, in and against the order of time, within its cell and beyond the plan.
func busyWorld(n int) *world {
	w := newWorld()
	for i := range n {
		sig := fmt.Sprintf("s%c", 'a'+rune(i%20))
		k := kepKey(1000 + i)
		w.add(k, sig, fmt.Sprintf("An enhancement with a believable title, number %d", i))
		for from := i % 5; from < min(4, i%5+1+i%2); from++ {
			w.says(k, sig+"-fac", "9 14:02", fmt.Sprintf("/commit v1.38 w%d-%d %d%%", from*2+1, from*2+2, 100-from*20))
		}
	}
	for i := 0; i < n; i += 3 {
		other, by := 1000+(i*7+20)%n, i%4*2+1
		if i%30 == 0 {
			other = 9000 + i // nobody committed it
		}
		w.says(kepKey(1000+i), "x-fac", "10 09:30", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d by w%d-%d", other, by, by+1))
		if w.stories[kepKey(other)] == nil {
			continue
		}
		switch i % 4 {
		case 1:
			w.says(kepKey(other), "x-fac", "10 10:30", fmt.Sprintf("/provide v1.38 kubernetes/enhancements#%d w%d-%d", 1000+i, by, by+1))
		case 2:
			w.says(kepKey(other), "x-fac", "10 10:30", fmt.Sprintf("/provide v1.38 kubernetes/enhancements#%d w7-8", 1000+i))
		case 3:
			w.says(kepKey(other), "x-fac", "10 10:30", fmt.Sprintf("/provide kubernetes/enhancements#%d decline v1.38 no", 1000+i))
		}
	}
	return w
}

// charted is a world with what was drawn of it.
type charted struct {
	*world
	chart *chart
	all   []plan.Dependency
}

// charts are drawn once for all tests: folding 300 items takes a while.
var charts = sync.OnceValue(func() map[string]charted {
	out := map[string]charted{}
	for name, w := range map[string]*world{"open": votesOpen(), "approved": approvedPlan(), "hostile": hostileWorld(), "40": busyWorld(40), "120": busyWorld(120), "300": busyWorld(300)} {
		c, all := drawn(w)
		out[name] = charted{w, c, all}
	}
	return out
})

// drawn gives the chart of a world, with the lines that it is made from.
func drawn(w *world) (*chart, []plan.Dependency) {
	v := look(w)
	p := v.plans()[0]
	d := planning{links: links{site}, Plan: p, schedule: schedule(p), items: map[work.Key]plan.Item{}}
	for _, i := range p.Items {
		d.items[i.Key] = i
	}
	all := d.asks()
	return d.chart(all), all
}

func inside(b box, x, y int) bool { return x >= b.X && x <= b.right() && y >= b.Y && y <= b.bottom() }

func overlap(a, b box) bool {
	return a.X < b.right() && b.X < a.right() && a.Y < b.bottom() && b.Y < a.bottom()
}

// TestMarksStandInTheirCells: each mark is in the cell of its SIG and increment, no two
// are over each other, words fit what they stand in, and all is within the drawing.
func TestMarksStandInTheirCells(t *testing.T) {
	for name, w := range charts() {
		c := w.chart
		seen := map[spot]bool{}
		for n, m := range c.Marks {
			if seen[m.spot] {
				t.Errorf("%s: %s is there twice", name, m.Words)
			}
			seen[m.spot] = true
			column := c.Columns[m.spot.column]
			row := slices.IndexFunc(c.Rows, func(r chartRow) bool { return r.Y < m.Y && m.bottom() < r.bottom() })
			if m.X < column.X || m.right() > column.right() || row < 0 {
				t.Fatalf("%s: %s is not in its cell", name, m.Words)
			}
			if s := w.stories[m.spot.key]; s != nil && c.Rows[row].SIG != "sig-"+s.sig || s == nil && c.Rows[row].SIG != "SIG not known" {
				t.Errorf("%s: %s is in the row of %s", name, m.Words, c.Rows[row].SIG)
			}
			if len(m.Label)*letterW > m.W {
				t.Errorf("%s: %s is too narrow", name, m.Label)
			}
			for _, other := range c.Marks[:n] {
				if overlap(m.box, other.box) {
					t.Errorf("%s: %s is over %s", name, m.Words, other.Words)
				}
			}
		}
		for n, column := range c.Columns {
			if column.right() > c.Width || n > 0 && column.X <= c.Columns[n-1].right() || len([]rune(column.Days))*letterW > column.W {
				t.Errorf("%s: column %q at %v of %d", name, column.Title, column.box, c.Width)
			}
		}
		for n, row := range c.Rows {
			if row.bottom() > c.Height || n > 0 && row.Y <= c.Rows[n-1].bottom() || len([]rune(row.Label))*letterW > c.Label {
				t.Errorf("%s: row %q at %v of %d", name, row.Label, row.box, c.Height)
			}
		}
	}
}

// TestLinesJoinTheirMarks: a line begins at the mark that gives and its arrow head ends at
// the mark that needs; on its way it goes over no mark and leaves the drawing nowhere.
func TestLinesJoinTheirMarks(t *testing.T) {
	for name, w := range charts() {
		c := w.chart
		for _, l := range c.Lines {
			first, last := l.points[0], l.points[len(l.points)-1]
			if first.x1 != l.out.of(l.gives) || !inside(l.gives.box, first.x1, first.y1) {
				t.Errorf("%s: %s begins at %d,%d", name, l.Words, first.x1, first.y1)
			}
			if tip := last.x2 - int(l.in)*headLong; tip != l.in.of(l.needs) || !inside(l.needs.box, tip, last.y2) || !strings.HasPrefix(l.Head, fmt.Sprintf("M%d %d", tip, last.y2)) {
				t.Errorf("%s: %s ends at %d,%d", name, l.Words, tip, last.y2)
			}
			for n, p := range l.points {
				if n > 0 && (p.x1 != l.points[n-1].x2 || p.y1 != l.points[n-1].y2) {
					t.Errorf("%s: %s is torn", name, l.Words)
				}
				along(p, func(x, y int) {
					if x < c.Label || y < headH || x > c.Width || y > c.Height {
						t.Fatalf("%s: %s leaves the drawing at %d,%d", name, l.Words, x, y)
					}
					for _, m := range c.Marks {
						if x > m.X && x < m.right() && y > m.Y && y < m.bottom() {
							t.Fatalf("%s: %s goes over %s at %d,%d", name, l.Words, m.Words, x, y)
						}
					}
				})
			}
		}
	}
}

// along gives points of a curve, close to each other.
func along(p curve, see func(x, y int)) {
	const steps = 64
	for n := range steps + 1 {
		s, r := float64(n)/steps, float64(steps-n)/steps
		a, b, c, d := r*r*r, 3*r*r*s, 3*r*s*s, s*s*s
		x := a*float64(p.x1) + b*float64(p.ax) + c*float64(p.bx) + d*float64(p.x2)
		y := a*float64(p.y1) + b*float64(p.ay) + c*float64(p.by) + d*float64(p.y2)
		see(int(x+.5), int(y+.5))
	}
}

// TestChartCounts: every dependency is a line or is counted as not drawn; every item of
// the plan has a mark or is counted as left out; lines lead from who gives to who needs.
func TestChartCounts(t *testing.T) {
	for name, w := range charts() {
		c, all := w.chart, w.all
		if len(c.Lines)+c.NotDrawn != len(all) || len(c.Lines) > mostLines || len(c.Marks) > mostMarks+allItems*len(c.Columns) {
			t.Errorf("%s: %d lines, %d not drawn, of %d; %d marks", name, len(c.Lines), c.NotDrawn, len(all), len(c.Marks))
		}
		items, told := map[work.Key]bool{}, 0
		for _, m := range c.Marks {
			if !m.Beside {
				items[m.spot.key] = true
			}
		}
		for _, l := range c.Legend {
			told += l.Lines
		}
		if len(items)+c.Without != len(w.keys) || c.Items != len(w.keys) || told != len(c.Lines) {
			t.Errorf("%s: %d drawn, %d left out, of %d; the legend tells of %d lines", name, len(items), c.Without, c.Items, told)
		}
		if (c.Without > 0) != (len(w.keys) > allItems) {
			t.Errorf("%s: %d of %d items are left out", name, c.Without, len(w.keys))
		}
		for n, l := range c.Lines {
			if want := all[n]; c.NotDrawn == 0 && (l.gives.spot.key != want.Edge.Ask.Target || l.needs.spot.key != want.From) {
				t.Errorf("%s: %s from %v to %v", name, l.Words, l.gives.spot, l.needs.spot)
			}
		}
	}
}

// TestChartIsBounded: more dependencies than can be drawn leave the worst, and are counted.
func TestChartIsBounded(t *testing.T) {
	w := busyWorld(60)
	for i := range 60 {
		for n := range 12 {
			w.says(kepKey(1000+i), "x-fac", "11 09:30", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d by w1-2", 1000+(i+n*5)%60))
		}
	}
	c, all := drawn(w)
	if len(c.Lines) != mostLines || len(c.Lines)+c.NotDrawn != len(all) {
		t.Errorf("%d lines, %d not drawn, of %d", len(c.Lines), c.NotDrawn, len(all))
	}
	if body := get(t, w, "/plan/v1.38").Body.String(); !strings.Contains(body, fmt.Sprintf("%d dependencies are not drawn", c.NotDrawn)) {
		t.Error("the page does not say how many are not drawn")
	}
	far := newWorld()
	k := kepKey(1)
	far.add(k, "node", "asks for all")
	for n := range 2 * mostMarks {
		far.says(k, "node-fac", "11 09:30", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d", 10+n))
	}
	if c, _ := drawn(far); len(c.Marks) > mostMarks || c.NotDrawn == 0 {
		t.Errorf("%d marks, %d not drawn", len(c.Marks), c.NotDrawn)
	}
}

// TestLineKinds: what people said decides how a line is drawn, and where it ends.
func TestLineKinds(t *testing.T) {
	w := newWorld()
	for n, weeks := range []string{"w1-2", "w3-4", "w5-6", ""} {
		w.add(kepKey(1+n), "node", "x")
		if weeks != "" {
			w.says(kepKey(1+n), "node-fac", "9 10:00", "/commit v1.38 "+weeks+" 40%")
		}
	}
	w.says(kepKey(1), "node-fac", "9 11:00", "/commit v1.38 w5-6 40%")
	ask := func(from, to int, by string) {
		w.says(kepKey(from), "node-fac", "10 10:00", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d by %s", to, by))
	}
	ask(1, 2, "w1-2")
	w.says(kepKey(2), "node-fac", "10 11:00", "/provide v1.38 kubernetes/enhancements#1 w5-6")
	ask(1, 3, "w3-4")
	ask(2, 1, "w3-4")
	w.says(kepKey(1), "node-fac", "10 11:00", "/provide v1.38 kubernetes/enhancements#2 w1-2")
	ask(3, 1, "w5-6")
	w.says(kepKey(1), "node-fac", "10 11:00", "/provide kubernetes/enhancements#3 decline v1.38 no")
	ask(3, 4, "w5-6")
	w.says(kepKey(4), "node-fac", "10 11:00", "/provide v1.38 kubernetes/enhancements#3 w5-6")
	ask(2, 99, "w3-4")
	ask(4, 4, "w1-2")
	c, _ := drawn(w)
	got := map[string]string{}
	for _, l := range c.Lines {
		got[fmt.Sprintf("%d to %d", l.gives.spot.key.Number, l.needs.spot.key.Number)] = fmt.Sprintf("%s, %d to %d", l.Kind, l.gives.spot.column, l.needs.spot.column)
	}
	want := map[string]string{"2 to 1": "late, 1 to 0", "3 to 1": "asked, 2 to 2", "1 to 2": "promised, 0 to 1", "1 to 3": "declined, 2 to 2", "4 to 3": "uncommitted, 4 to 2", "99 to 2": "lost, 4 to 1"}
	for line, kind := range want {
		if got[line] != kind {
			t.Errorf("%s: %q, want %q", line, got[line], kind)
		}
	}
	if len(got) != len(want) || c.NotDrawn != 1 {
		t.Errorf("%v, %d not drawn", got, c.NotDrawn)
	}
	for _, l := range c.Legend {
		if l.Lines != 1 {
			t.Errorf("%s: %d lines", l.Words, l.Lines)
		}
	}
}

// TestChartSaysWhatTheTableSays: each line has its words, its kind is that of the JSON, and
// each mark has a title and leads somewhere.
func TestChartSaysWhatTheTableSays(t *testing.T) {
	w := busyWorld(40)
	var d planDoc
	if err := json.Unmarshal(get(t, w, "/plan/v1.38.json").Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, one := range d.Depends {
		if one.From.Key != one.To.Key {
			want = append(want, fmt.Sprintf("%s gives to %s, by %s: %s (line %s)", one.To.Key, one.From.Key, titleOf(v138(), one.By), one.State, one.Kind))
		}
	}
	root, err := html.Parse(bytes.NewReader(get(t, w, "/plan/v1.38").Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	marks := 0
	for n := range root.Descendants() {
		switch {
		case n.Namespace != "svg":
		case n.Data == "g" && n.FirstChild.NextSibling.Data == "path":
			got = append(got, heard(n.FirstChild)+" ("+attr(n.FirstChild.NextSibling, "class")+")")
		case n.Data == "rect" && strings.HasPrefix(attr(n, "class"), "mark"):
			marks++
			if n.Parent.Data != "a" || attr(n.Parent, "href") == "" || n.Parent.FirstChild.Data != "title" || heard(n.Parent.FirstChild) == "" {
				t.Errorf("a mark without a title or a link: %v", n.Parent.Attr)
			}
		}
	}
	if !slices.Equal(want, got) || len(got) == 0 || marks == 0 {
		t.Errorf("%d marks; lines\n%s\nwant\n%s", marks, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestChartSaysWhatIsLeftOut: how much, and where it is.
func TestChartSaysWhatIsLeftOut(t *testing.T) {
	w := newWorld()
	for n := range allItems + 1 {
		w.add(kepKey(1+n), "node", "x")
	}
	w.says(kepKey(1), "node-fac", "10 10:00", "/depends-on v1.38 kubernetes/enhancements#1", "/depends-on v1.38 kubernetes/enhancements#2")
	body := get(t, w, "/plan/v1.38").Body.String()
	for _, want := range []string{
		` 119 items of 121, without a dependency that is drawn, are left out: see the <a href="#agenda">readout agenda</a> and <a href="#others">the list below it</a>.`,
		` 1 dependency is not drawn, being beyond what fits or on the item itself: see <a href="#dependencies">the table</a>.`,
		`<svg class="chart" role="group" aria-label="Items by SIG and increment, with 1 line from items that give to items that need them. The table under Dependencies says the same."`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("not there: %s", want)
		}
	}
	for _, id := range []string{"agenda", "others", "dependencies"} {
		if !strings.Contains(body, ` id="`+id+`"`) {
			t.Errorf("there is no %s to go to", id)
		}
	}
}

func BenchmarkChart(b *testing.B) {
	f := freeze(busyWorld(300))
	p := look(f).plans()[0]
	d := planning{links: links{site}, Plan: p, schedule: schedule(p), items: map[work.Key]plan.Item{}}
	all := d.asks()
	for b.Loop() {
		if c := d.chart(all); len(c.Lines) == 0 {
			b.Fatal("nothing is drawn")
		}
	}
}
