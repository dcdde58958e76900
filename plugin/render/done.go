package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// doneCount says in the headline how much of it is done, where the state alone
// does not: ", 2 of 3 items done", or nothing.
func (p *page) doneCount() string {
	a := p.Assessment
	done := p.item.DoneOf(p.checklist)
	switch {
	case a.Standing == work.Done:
		return ""
	case a.Delivered:
		return ", done"
	case done > 0:
		return ", " + digitsOf(done) + " of " + digits(len(p.checklist), "item", "items") + " done"
	}
	return ""
}

// doneCell lists what is said to be done, the whole issue first, with what
// delivered it and who said so.
func (p *page) doneCell() string {
	said := slices.Clone(p.item.Done)
	slices.SortStableFunc(said, func(a, b work.Delivery) int { return p.place(a.Item) - p.place(b.Item) })
	var cells []string
	for _, d := range said[:min(len(said), p.items)] {
		cell := p.itemName(d.Item)
		if !d.Ref.IsZero() {
			cell += " by " + p.named(d.Ref)
		}
		cell += " (" + person(d.Said.Login) + ", " + p.day(p.key, d.Said) + ")"
		if but := p.names(d.But); len(but) > 0 {
			cell += ", but not " + some(but, p.items, "and")
		}
		cells = append(cells, cell)
	}
	if rest := len(said) - p.items; rest > 0 {
		cells = append(cells, digits(rest, "more item", "more items"))
	}
	return strings.Join(cells, " · ")
}

func (p *page) names(texts []string) []string {
	var names []string
	for _, text := range texts {
		names = append(names, p.itemName(text))
	}
	return names
}

// done tells whether what is committed, an item or the whole issue, is said to be
// done.
func (p *page) done(text string) bool {
	if text == "" {
		return p.Assessment.Delivered
	}
	_, ok := p.item.Delivery(text)
	return ok
}

// offers says which open items of the checklist refer to a merged pull request,
// with the line that calls them done. Whether such an item is done is for people
// to say.
func (p *page) offers() {
	if p.closed() || p.Assessment.Delivered {
		return
	}
	if len(p.checklist) == 0 {
		p.offerWhole()
		return
	}
	ticked := work.Ticked(p.Assessment.Issue.Body)
	var offers []work.Offer
	for _, o := range work.Offered(p.item, p.checklist) {
		if !ticked[o.Text] && !p.done(o.Text) {
			offers = append(offers, o)
		}
	}
	if len(offers) == 1 {
		p.say("\n**Checklist:** ", p.offer(offers[0]), ":\n", block("", p.doneLine(offers[0])))
		return
	}
	if len(offers) > 0 {
		p.say("\n**Checklist:**\n")
	}
	for _, o := range offers[:min(len(offers), p.items)] {
		p.say("- ", p.offer(o), ":\n", block("  ", p.doneLine(o)))
	}
	if rest := len(offers) - p.items; rest > 0 {
		p.say("\nand ", digits(rest, "more item", "more items"), " with a merged pull request\n")
	}
}

// offer is "2. `Scheduler plugin kubernetes#12`: its pull request kubernetes#12 is
// merged. To call it done".
func (p *page) offer(o work.Offer) string {
	var pulls []string
	for _, m := range o.Merges {
		pulls = append(pulls, p.pull(m))
	}
	its, are, then := "its pull request ", " is merged", "To call it done"
	if len(pulls) > 1 {
		its, are = "its pull requests ", " are merged"
	}
	if len(o.Others) > 0 {
		its, then = "of what it refers to, ", "If that was all of it"
	}
	return p.itemName(o.Text) + ": " + its + some(pulls, p.items, "and") + are + ". " + then
}

// doneLine names the pull request that was merged last.
func (p *page) doneLine(o work.Offer) string {
	last := o.Merges[0]
	for _, m := range o.Merges {
		if m.At.After(last.At) {
			last = m
		}
	}
	line := "/done " + p.item.Cycle + " " + digitsOf(o.N)
	if k, ok := mergedKey(last); ok {
		line += " " + short(p.key, k)
	}
	return line
}

// offerWhole offers the line for an issue without a checklist, quietly and only
// until somebody has said something about it: one merged pull request is often
// not all.
func (p *page) offerWhole() {
	if len(p.item.Merges) == 0 || !p.item.DoneSaid.IsZero() {
		return
	}
	if k, ok := mergedKey(p.item.Merges[len(p.item.Merges)-1]); ok {
		p.say("\nIf that is all of it, `/done ", p.item.Cycle, " ", short(p.key, k), "` says so.\n")
	}
}
