package render

// scale is how much of a plan is spelled out; the rest is counted.
type scale struct {
	backlog int // items in each SIG's backlog
	title   int // characters of an issue's title, 0 for none
	rows    int // of other tables and lists
	text    int // characters of what people wrote
	history int // newest lines of the history
	losing  int // items that a prune would take, named if they are no more
	next    int // items of each SIG's part of the agenda; below wholeAgenda only what is to come
	form    backlogForm
}

// wholeAgenda is for an agenda that lists every item.
const wholeAgenda = 60

// backlogForm is how the backlogs are written.
type backlogForm int

const (
	drawn   backlogForm = iota // as tables, and the dependencies are drawn
	tabled                     // as tables, and the dependencies are drawn by SIG
	inLines                    // as one line each
)

// scales go from what a normal plan needs to what always fits.
var scales = []scale{
	{60, 80, 40, textLimit, 100, 60, wholeAgenda, drawn},
	{60, 50, 40, 120, 30, 60, wholeAgenda, drawn},
	{60, 50, 12, 120, 10, 40, 2, drawn}, // who was not there needs titles more than all rows
	{60, 0, 20, 120, 30, 40, wholeAgenda, drawn},
	{60, 0, 12, 80, 10, 40, wholeAgenda, tabled}, // the backlogs are worth more than the drawing
	{60, 0, 12, 80, 10, 20, 2, inLines},
	{60, 0, 9, 60, 5, 12, 2, inLines},
	{60, 0, 6, 60, 5, 12, 1, inLines},
	{60, 0, 4, 60, 3, 12, 1, inLines}, // the last with a drawing
	{60, 0, 3, 40, 3, 6, 0, inLines},
	{20, 0, 3, 40, 3, 6, 0, inLines},
	{8, 0, 6, 60, 5, 6, 0, inLines},
	{3, 0, 6, 60, 5, 6, 0, inLines},
	{0, 0, 3, 40, 3, 6, 0, inLines},
}
