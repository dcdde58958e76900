package render

import (
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// onAgenda reports whether an item is to be read out, or was: it is called ready and
// not over.
func onAgenda(e plan.Entry) bool {
	item := e.Item.Assessment.Item
	return e.Place != plan.Delivered && e.Place != plan.GivenUp && item != nil && !item.Ready.IsZero()
}

// agenda is the order of the readout: SIG by SIG, each in the order of its backlog. Once
// the plan is approved there is none.
func (p *planPage) agenda() {
	if p.Closing != 0 || p.Plan.Assessment.Phase == plan.PhaseApproved {
		return
	}
	all, held := 0, 0
	for _, lane := range p.Schedule.Lanes {
		for _, e := range lane.Backlog {
			if onAgenda(e) {
				all++
				if !e.Item.Assessment.Item.Held.IsZero() {
					held++
				}
			}
		}
	}
	if all == 0 {
		return
	}
	p.say("\n<details><summary>Readout agenda: ", digits(all, "item", "items"), ", ", digitsOf(held), " held</summary>\n\n")
	for _, lane := range p.Schedule.Lanes {
		if line := p.agendaOf(lane); line != "" {
			p.say("1. ", laneName(lane.SIG), ": ", line, "\n")
		}
	}
	p.say("\n</details>\n")
}

// agendaOf is one SIG's turn. Where there is no room only what is next.
func (p *planPage) agendaOf(lane plan.Lane) string {
	var list []string
	held, left := 0, 0
	for _, e := range lane.Backlog {
		if !onAgenda(e) {
			continue
		}
		at := e.Item.Assessment.Item.Held
		if !at.IsZero() {
			held++
		}
		if p.scale.next < wholeAgenda && (!at.IsZero() || len(list) == p.scale.next) {
			if at.IsZero() {
				left++
			}
			continue
		}
		list = append(list, p.turn(e, at))
	}
	if p.scale.next >= wholeAgenda {
		return strings.Join(list, " · ")
	}
	words := []string{}
	if held > 0 {
		words = append(words, digitsOf(held)+" held")
	}
	if rest := len(list) + left; rest > 0 {
		next := digitsOf(rest) + " to come"
		if len(list) > 0 {
			next += ", first " + strings.Join(list, ", ")
		}
		words = append(words, next)
	}
	return strings.Join(words, "; ")
}

// turn is one item of the agenda: what it is, and what came of it.
func (p *planPage) turn(e plan.Entry, held work.Said) string {
	text := p.issue(p.Plan.Key, e.Item.Key)
	if p.scale == scales[0] { // the backlogs have the titles
		text = p.titled(e.Item.Key, e.Item.Assessment.Issue.Title)
	}
	switch {
	case e.Place == plan.Stopped:
		return text + " (" + p.stopped(e) + ")"
	case !held.IsZero():
		return text + " (held " + p.day(e.Item.Key, held) + ")"
	}
	return text
}

// losing lists what a prune would take, or counts it by SIG where there is no room.
func (p *planPage) losing() {
	a := p.Plan.Assessment
	if len(a.IfApproved.Losing) == 0 {
		return
	}
	takes := map[work.Key]bool{}
	for _, key := range a.IfApproved.Losing {
		takes[key] = true
	}
	var items []plan.SnapshotItem
	for _, lane := range p.Schedule.Lanes {
		for _, e := range lane.Backlog {
			if takes[e.Item.Key] {
				items = append(items, plan.SnapshotItem{Key: e.Item.Key, SIG: lane.SIG, Title: e.Item.Assessment.Issue.Title})
			}
		}
	}
	p.say("\n<details><summary>What a prune would take: ", digits(len(items), "item", "items"), "</summary>\n\n")
	if len(items) <= p.scale.losing {
		p.say(p.bySIG(p.Plan.Key, items, portion{items: len(items), title: p.scale.title}))
	} else {
		counts := map[string]int{}
		for _, item := range items {
			counts[item.SIG]++
		}
		names := "`/plan prune`"
		if a.Approval.Round == 0 {
			names = "After the vote `/plan prune`"
		}
		var words []string
		for _, lane := range p.Schedule.Lanes {
			if n := counts[lane.SIG]; n > 0 {
				words = append(words, laneName(lane.SIG)+" "+digitsOf(n))
			}
		}
		p.say(strings.Join(words, " · "), ". ", names, " names each.\n")
	}
	p.say("\nIt takes the milestone only, of issues that the plan did not approve: no pull request, bug, flake, failing test, regression or critical-urgent issue, and nothing with an exception.\n\n</details>\n")
}

// roundsShown is how many rounds are told of, the last ones.
const roundsShown = 6

// rounds leads to what was decided in each round: the comments that anybody can count
// again.
func (p *planPage) rounds() {
	all := p.Plan.Assessment.Rounds
	if len(all) == 0 {
		return
	}
	var list []string
	if rest := len(all) - roundsShown; rest > 0 {
		list = append(list, digitsOf(rest)+" before")
		all = all[rest:]
	}
	at := func(words string, comment int64, when time.Time) string {
		return link(words+" "+DateOf(when), p.Comment(p.Plan.Key, comment))
	}
	for _, r := range all {
		words := []string{at("opened", r.OpenedIn, r.Opened.Asked.Said)}
		if r.Result != nil {
			ended := "not approved"
			if r.Result.Passed {
				ended = "approved"
			}
			words = append(words, at(ended, r.ResultIn, r.Result.CountedUpTo.At))
		}
		if r.Rework != nil {
			words = append(words, at("reworked", r.ReworkIn, r.Rework.Asked.Said))
		}
		list = append(list, digitsOf(r.N)+" "+strings.Join(words, ", "))
	}
	p.say("\n**Rounds:** ", strings.Join(list, " · "), "\n")
}
