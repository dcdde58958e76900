package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
)

// Tables are what people read of a cycle: its plan as it stands, from GitHub or from a
// saved file. Both are made by the functions that a round over the plan issue calls.
type Tables struct {
	r     *Reconciler
	w     *world
	l     *ledger
	s     *state
	parts int // of the plan's record
}

// The names of the tables, in the order in which they are printed.
const (
	TablePlan        = "plan"
	TableTally       = "tally"
	TableExceptions  = "exceptions"
	TableCalibration = "calibration"
	TableSurvey      = "survey"
	TableClosing     = "closing"
	TableNotes       = "notes"
)

// TableNames lists them.
var TableNames = []string{TablePlan, TableTally, TableExceptions, TableCalibration, TableSurvey, TableClosing, TableNotes}

// lookup tells who held a role in a cycle at a time, as roles.Book.Listed does.
type lookup func(role roles.Role, of, cycle string, at time.Time) (logins []string, standIn, ok bool)

// holdersOf looks a role up in what was read, or in what was saved of it.
func (w *world) holdersOf(role roles.Role, of, cycle string, at time.Time) (logins []string, standIn, ok bool) {
	if w.lookup != nil {
		return w.lookup(role, of, cycle, at)
	}
	return w.roles.Listed(role, of, cycle, at)
}

// planCycleOf finds a cycle by name, and its plan issue.
func (r *Reconciler) planCycleOf(name string) (cycle.Cycle, Key, error) {
	c, ok := r.Config().Calendar().Find(name)
	if !ok {
		var names []string
		for _, have := range r.Config().Calendar() {
			names = append(names, have.Name)
		}
		return c, Key{}, fmt.Errorf("the configuration has no cycle %q; it has %s", name, strings.Join(names, ", "))
	}
	key, ok := planKey(c)
	if !ok {
		return c, key, fmt.Errorf("cycle %s has no plan issue in the configuration (cycles[].plan)", c.Name)
	}
	return c, key, nil
}

// Tables reads the plan issue of a cycle. What was said and has no receipt yet does not
// count: a round gives it one. It writes nothing.
func (r *Reconciler) Tables(ctx context.Context, name string) (*Tables, error) {
	c, key, err := r.planCycleOf(name)
	if err != nil {
		return nil, err
	}
	w, err := r.read(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case w == nil:
		return nil, fmt.Errorf("the repository of %s is not in the configuration", key)
	case !c.Kept(w.now):
		return nil, fmt.Errorf("cycle %s is not open, and ended too long ago for its records to be read", c.Name)
	case w.restoring() || w.rebuilt():
		return nil, fmt.Errorf("the record on %s is not whole; steelthread serve puts it back", key)
	}
	l, err := r.receipt(ctx, w)
	if err != nil {
		return nil, err
	}
	l.logs = w.logs()
	t := &Tables{r: r, w: w, l: l}
	if err := t.fold(ctx); err != nil {
		return nil, err
	}
	return t, t.countParts()
}

// fold holds what was said on the plan against the items.
func (t *Tables) fold(ctx context.Context) error {
	v, err := t.r.viewPlan(ctx, t.w, t.l)
	if err != nil {
		return err
	}
	t.s = &state{plan: v, cycles: []cycle.Cycle{t.cycle()}}
	return nil
}

// countParts says in how many further comments the plan's record goes on.
func (t *Tables) countParts() error {
	name := t.cycle().Name
	marker := custody.Marker{Kind: custody.KindRecord, Cycle: name}.String()
	_, _, err := t.r.sealRecord(func(parts int) string {
		t.parts = parts
		return t.r.planText(t.w, t.l, t.s, parts)
	}, t.l.logs[name], marker)
	return err
}

func (t *Tables) cycle() cycle.Cycle { return t.w.planning.cycle }

// Key is the plan issue.
func (t *Tables) Key() Key { return t.w.key }

// ErrNoTable is returned for a name that no table has.
var ErrNoTable = errors.New("no such table; there are " + strings.Join(TableNames, ", "))

// Table words one table as it is posted. at is the time of the tally and the
// calibration: zero, or later than the world was read, means then.
func (t *Tables) Table(name string, at time.Time) (string, error) {
	c, site := t.cycle(), t.r.Site
	if at.IsZero() || at.After(t.w.now) {
		at = t.w.now
	}
	switch name {
	case TablePlan:
		return t.r.planText(t.w, t.l, t.s, t.parts), nil
	case TableTally:
		if last, ok := t.occasion(at); ok {
			tally, err := t.r.tally(context.Background(), t.w, t.l, t.s, last) // nothing is asked of GitHub
			return site.Tally(t.w.key, tally), err
		}
		return site.NoTally(c.Name), nil
	case TableExceptions:
		text, err := t.Kept().YAML()
		return string(text), err
	case TableCalibration:
		if end, over := plan.ClosingDue(c, at); over {
			at = end
		}
		return site.Confidences(c.Name, plan.CalibrationOf(tallyFacts(c, t.s.plan.items, nil), at), at), nil
	case TableSurvey:
		return site.SurveyClosed(t.w.key, t.w.survey(t.s, t.s.plan.satisfied...)), nil
	case TableClosing:
		if due, over := plan.ClosingDue(c, t.w.now); !over {
			return site.NoClosing(c.Name, due), nil
		}
		return site.Closing(t.w.key, t.r.closing(t.w, t.l, t.s)), nil
	case TableNotes:
		return site.Notes(draft(t.w, t.s)), nil
	}
	return "", fmt.Errorf("%q: %w", name, ErrNoTable)
}

// occasion is the last one up to a time for which the plan had a record.
func (t *Tables) occasion(at time.Time) (plan.Occasion, bool) {
	h := t.w.records[t.cycle().Name]
	if h == nil || h.comment.ID == 0 {
		return plan.Occasion{}, false
	}
	past := plan.Occasions(t.cycle(), h.comment.Created, at)
	if len(past) == 0 {
		return plan.Occasion{}, false
	}
	return past[len(past)-1], true
}

// Print writes some tables, or all if none is named, with a line between them.
func (t *Tables) Print(names []string, at time.Time) (string, error) {
	if len(names) == 0 {
		names = TableNames
	}
	var b strings.Builder
	for n, name := range slices.Compact(slices.Clone(names)) {
		text, err := t.Table(name, at)
		if err != nil {
			return "", err
		}
		if n > 0 {
			b.WriteString("\n---\n\n")
		}
		b.WriteString(strings.TrimRight(text, "\n") + "\n")
	}
	return b.String(), nil
}
