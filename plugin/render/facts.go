package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

func digitsOf(n int) string { return strconv.Itoa(n) }

// facts writes the table of KEP, facilitator, progress, readout, what is done and what shows it.
func (p *page) facts() {
	t := table{head: []string{"", ""}}
	if k := p.kepCell(); k != "" {
		t.add("KEP", k)
	}
	if p.Assessment.Standing != work.Noted || p.Assessment.SIG != "" {
		t.add("Facilitator", p.facilitatorCell())
	}
	if g := p.item.Progress; g != nil {
		t.add("Progress", p.progressCell(g))
	}
	if r := p.readoutCell(); r != "" {
		t.add("Readout", r)
	}
	if len(p.item.Done) > 0 {
		t.add("Done", p.doneCell())
	}
	if len(p.item.Demos) > 0 {
		t.add("Demo", p.demoCell())
	}
	p.say(t.String())
}

func (p *page) kepCell() string {
	a := p.Assessment
	if a.KEPRef.Number == 0 {
		return ""
	}
	cell := p.kepLink(a.KEPRef)
	if k := a.KEP; k != nil {
		if k.Title != "" {
			cell += " " + p.code(k.Title)
		}
		if k.SIG != "" {
			cell += " · " + sigName(k.SIG)
		}
		for _, w := range []string{k.Stage, k.Status} {
			if w != "" {
				cell += " · " + word(w)
			}
		}
	} else {
		cell += " · not in the catalogue"
	}
	switch a.KEPHow {
	case work.KEPByCommand:
		if !p.item.KEPSaid.IsZero() {
			cell += " · named " + p.day(p.key, p.item.KEPSaid)
		}
	case work.KEPByBody:
		cell += " · from the description"
	}
	return cell
}

func (p *page) facilitatorCell() string {
	sig := p.Assessment.SIG
	switch {
	case sig == "":
		return "not known: no KEP and nothing committed says which SIG owns it"
	case len(p.Facilitators) == 0:
		return "nobody is named for " + sigName(sig)
	case p.StandIn:
		return some(people(p.Facilitators), 6, "and") + " (" + leads(p.Facilitators) + " of " + sigName(sig) + ", standing in: no facilitator is named)"
	}
	return some(people(p.Facilitators), 6, "and") + " (" + sigName(sig) + ")"
}

func (p *page) progressCell(g *work.Progress) string {
	cell := map[string]string{work.OnTrack: "on track", work.AtRisk: "**at risk**", work.Slipped: "**slipped**"}[g.State]
	if cell == "" {
		cell = word(g.State)
	}
	if g.Text != "" {
		cell += " " + p.code(g.Text)
	}
	return cell + " (" + person(g.Said.Login) + ", " + p.day(p.key, g.Said) + ")"
}

func (p *page) readoutCell() string {
	ready, held := p.item.Ready, p.item.Held
	open := p.Assessment.Blocked && !p.closed()
	switch {
	case !ready.IsZero() && !held.IsZero() && open:
		return "ready since " + p.day(p.key, ready) + ", held " + p.day(p.key, held) + "; counts once the block has ended"
	case !ready.IsZero() && !held.IsZero():
		return "ready since " + p.day(p.key, ready) + ", held " + p.day(p.key, held)
	case !ready.IsZero():
		return "ready since " + p.day(p.key, ready) + ", not held"
	case !held.IsZero() && open:
		return "held " + p.day(p.key, held) + "; counts once the block has ended"
	case !held.IsZero():
		return "held " + p.day(p.key, held)
	case p.item.Committed() && !p.closed() && !p.Assessment.Delivered:
		return "not called ready"
	}
	return ""
}

// itemName is a checklist item as it is numbered in the issue now.
func (p *page) itemName(text string) string {
	if text == "" {
		return "whole issue"
	}
	if n := p.nth[text]; n > 0 {
		return digitsOf(n) + ". " + p.code(text)
	}
	return p.code(text) + " (left the checklist)"
}

// itemNumber is the short form of itemName, for a cell that has named it.
func (p *page) itemNumber(text string) string {
	if text == "" {
		return "whole issue"
	}
	if n := p.nth[text]; n > 0 {
		return digitsOf(n)
	}
	return codeUpTo(text, 20)
}

// increments writes what is committed, one row per increment in order.
func (p *page) increments() {
	t := table{head: []string{"increment", "dates", "items", "confidence"}}
	var known []string
	for _, inc := range p.Cycle.Increments {
		known = append(known, inc.Name())
		if cs := p.committedIn(inc.Name()); len(cs) > 0 {
			t.add(inc.Title(), Window(inc), p.itemsCell(cs), p.confidence(cs, inc))
		}
	}
	for _, c := range p.item.Commitments {
		if !slices.Contains(known, c.Window) {
			known = append(known, c.Window)
			cs := p.committedIn(c.Window)
			t.add(word(c.Window), "not in the calendar", p.itemsCell(cs), p.confidence(cs, cycle.Increment{}))
		}
	}
	shown := len(t.rows)
	t.rows = t.rows[:min(shown, p.rows)]
	p.say(t.String())
	p.more(shown, "increment", "increments")
}

func (p *page) committedIn(window string) []work.Commitment {
	var cs []work.Commitment
	for _, c := range p.item.Commitments {
		if c.Window == window {
			cs = append(cs, c)
		}
	}
	slices.SortStableFunc(cs, func(a, b work.Commitment) int { return p.place(a.Item) - p.place(b.Item) })
	return cs
}

// place is where an item stands in a list: the whole issue first, then as in the
// checklist, then what left it.
func (p *page) place(text string) int {
	if text == "" {
		return 0
	}
	if n := p.nth[text]; n > 0 {
		return n
	}
	return len(p.checklist) + 1
}

func (p *page) itemsCell(cs []work.Commitment) string {
	var names []string
	for _, c := range cs[:min(len(cs), p.items)] {
		name := p.itemName(c.Item)
		if p.done(c.Item) {
			name += " (done)"
		}
		names = append(names, name)
	}
	cell := strings.Join(names, ", ")
	if rest := len(cs) - p.items; rest > 0 {
		cell += " and " + digits(rest, "more item", "more items")
	}
	return cell
}

// confidence is the percentage of an increment, with its cap where it is not
// at the cap; several percentages say for which items.
func (p *page) confidence(cs []work.Commitment, inc cycle.Increment) string {
	type group struct {
		percent int
		said    work.Said
		items   []string
	}
	var groups []*group
	for _, c := range cs {
		k := slices.IndexFunc(groups, func(g *group) bool { return g.percent == c.Percent && g.said.Comment == c.Said.Comment })
		if k < 0 {
			groups = append(groups, &group{percent: c.Percent, said: c.Said})
			k = len(groups) - 1
		}
		groups[k].items = append(groups[k].items, p.itemNumber(c.Item))
	}
	var out []string
	for _, g := range groups[:min(len(groups), p.items)] {
		cell := link(percent(g.percent), p.Comment(p.key, g.said.Comment))
		if inc.Number > 0 && g.percent != inc.Cap {
			cell += " (cap " + digitsOf(inc.Cap) + ")"
		}
		if len(groups) > 1 {
			cell += " for " + some(g.items, p.items, "and")
		}
		out = append(out, cell)
	}
	if rest := len(groups) - p.items; rest > 0 {
		out = append(out, digits(rest, "more group", "more groups"))
	}
	return strings.Join(out, ", ")
}

// more says how many rows of a table or list are not shown, and where they are.
func (p *page) more(n int, one, many string) {
	if rest := n - p.rows; rest > 0 {
		p.say("\nand ", digits(rest, "more "+one, "more "+many), " in the receipts below\n")
	}
}
