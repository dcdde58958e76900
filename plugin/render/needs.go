package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// needsShown is how many needs the first lines spell out.
const needsShown = 6

// needs writes what the item waits for and from whom, with the line to paste
// where there is just one thing to say.
func (p *page) needs() {
	if p.closed() {
		return
	}
	list, rest := p.needList()
	paste, intro := "", ""
	if p.Assessment.Standing == work.OptedIn {
		last := p.Cycle.Last()
		list = append([]string{p.owner() + " to commit it"}, list...)
		intro, paste = "To commit the whole issue", "/commit "+p.item.Cycle
		if last.Number > 0 {
			intro += " by " + last.Title() + " at " + percent(last.Cap)
		}
	}
	if len(list)+rest == 0 {
		switch p.Assessment.Standing {
		case work.Committed:
			list = []string{p.owner() + " to call it ready for the readout"}
			intro, paste = "When it is", "/readout ready "+p.item.Cycle
		case work.Ready:
			if p.item.Held.IsZero() && !p.Assessment.Plan.Approved {
				list = []string{"the readout, held by a release lead or the product-management representative"}
				intro, paste = "When it was held", "/readout done "+p.item.Cycle
			}
		case work.Noted, work.Done:
			return
		}
	}
	p.say("**Needs:** ", needLine(list, rest), "\n")
	if paste != "" {
		p.say("\n", intro, ":\n", block("", paste))
	}
}

// needLine spells the first needs out and counts the others, with the points
// that are only listed below.
func needLine(list []string, rest int) string {
	if len(list) > needsShown {
		rest += len(list) - needsShown
		list = list[:needsShown]
	}
	switch {
	case len(list)+rest == 0:
		return "nothing now"
	case len(list) == 0:
		return "a look at " + count(rest, "point", "points") + " below"
	case rest > 0:
		list = append(slices.Clone(list), count(rest, "more point", "more points")+" below")
	}
	return strings.Join(list, " · ")
}

// needList lists what is missing, what stops most first, and counts what is
// only listed below.
func (p *page) needList() (list []string, rest int) {
	a := p.Assessment
	for _, n := range a.Blocks {
		list = append(list, "an end to "+n.ID+" ("+speaker(n.Raised)+")")
	}
	for _, e := range a.Declined() {
		list = append(list, "another way without "+p.issue(p.key, e.Ask.Target)+", which "+giver(e)+" declined")
	}
	for _, e := range p.unpromised() {
		list = append(list, giver(e)+" to promise "+p.issue(p.key, e.Ask.Target)+p.by(e.Ask.By)+
			" (asked "+p.day(p.key, e.Ask.Said)+")")
	}
	for _, pt := range p.points() {
		switch {
		case pt.need != "":
			list = append(list, pt.need)
		case !pt.listed:
			rest++
		}
	}
	list = append(list, p.exceptionNeeds()...)
	switch questions := p.item.OpenNotes(work.Question); len(questions) {
	case 0:
	case 1:
		list = append(list, "an answer to "+questions[0].ID+" ("+speaker(questions[0].Raised)+")")
	default:
		var ids []string
		for _, n := range questions {
			ids = append(ids, n.ID)
		}
		list = append(list, "answers to "+some(ids, needsShown, "and"))
	}
	if open := p.unanswered(); len(open) > 0 {
		var names []string
		for _, k := range open {
			names = append(names, p.issue(p.key, k))
		}
		list = append(list, p.owner()+" to answer "+some(names, 4, "and"))
	}
	return list, rest
}

// giver names the SIG of the giving side.
func giver(e work.Edge) string {
	switch {
	case e.Promise != nil && e.Promise.Said.SIG != "":
		return sigName(e.Promise.Said.SIG)
	case e.Target.SIG != "":
		return sigName(e.Target.SIG)
	case e.Promise != nil:
		return person(e.Promise.Said.Login)
	}
	return "its SIG"
}

// by is " by weeks 3–4" for an increment's name, or nothing.
func (p *page) by(window string) string {
	if window == "" {
		return ""
	}
	return " by " + p.windowTitle(window)
}

// windowTitle is the title of an increment by its name; a window that left the
// calendar keeps its name.
func (p *page) windowTitle(window string) string {
	for _, i := range p.Cycle.Increments {
		if i.Name() == window {
			return i.Title()
		}
	}
	return word(window)
}

// unanswered lists the issues that ask for this one and have no answer. What is
// done is answer enough.
func (p *page) unanswered() []work.Key {
	if p.Assessment.Delivered {
		return nil
	}
	var open []work.Key
	for _, k := range p.Assessment.Asked {
		if _, ok := p.item.Promise(k); !ok && !slices.Contains(open, k) {
			open = append(open, k)
		}
	}
	return open
}
