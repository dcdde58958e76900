package render

import (
	"github.com/steelthread/steelthread/plugin/plan"
)

// planFindingWords has a sentence for every finding of the plan.
var planFindingWords = map[plan.FindingCode]func(*planPage, plan.Finding) string{
	plan.AlreadyOpen: func(p *planPage, f plan.Finding) string {
		return "The vote was to be opened while a round is open already (" + p.saidBy(f) + "); nothing came of it. `/plan vote close` ends the round."
	},
	plan.NothingOpen: func(p *planPage, f plan.Finding) string {
		return "The vote was to be closed, and no round is open (" + p.saidBy(f) + ")."
	},
	plan.NothingToRework: func(p *planPage, f plan.Finding) string {
		return "A rework was asked for, and there is no vote that it could void (" + p.saidBy(f) + ")."
	},
	plan.OverBeforeOpen: func(p *planPage, f plan.Finding) string {
		return "The time of the vote was over before it could be opened (" + p.saidBy(f) + "). A later time in a new line opens it."
	},
	plan.NothingApproved: func(p *planPage, f plan.Finding) string {
		return "A prune was asked for, and no plan is approved: everything would go (" + p.saidBy(f) + "). It is for after the vote."
	},
	plan.NoSuchPreview: func(p *planPage, f plan.Finding) string {
		return "No prune preview here has the number " + p.words(f) + " (" + p.saidBy(f) + "). `/plan prune` makes one."
	},
	plan.PreviewOutdated: func(p *planPage, f plan.Finding) string {
		return "The prune preview " + p.words(f) + " is out of date (" + p.saidBy(f) + "). `/plan prune` makes a new one."
	},
	plan.OtherScope: func(p *planPage, f plan.Finding) string {
		return "The prune preview " + p.words(f) + " holds items of other SIGs; a release lead or the enhancements group confirms it (" + p.saidBy(f) +
			"). For the own SIG `/plan prune` makes one."
	},
	plan.VoteOutside: func(p *planPage, f plan.Finding) string {
		return "A vote was said while no round is open, and does not count (" + p.saidBy(f) + ")."
	},
	plan.NoSeat: func(p *planPage, f plan.Finding) string {
		return "A vote was said without a seat in this round, and does not count (" + p.saidBy(f) + "): seats go to SIGs with work in the plan when the vote is opened."
	},
	plan.TextAsked: func(p *planPage, f plan.Finding) string {
		return "Objection " + p.words(f) + " of " + seatWords(f.Seat) + " came without words. Voting again with the reason behind the number adds them."
	},
	plan.SeatUnfilled: func(_ *planPage, f plan.Finding) string {
		return "Nobody is named for " + seatWords(f.Seat) + ", and its vote is needed. `/plan who` says where people are named."
	},
	plan.SeatUnknown: func(_ *planPage, f plan.Finding) string {
		return "Who votes for " + seatWords(f.Seat) + " could not be read just now. Nothing is decided until it can be."
	},
	plan.Contested: func(p *planPage, f plan.Finding) string {
		return "A vote was said in time and read after the result was made (" + p.saidBy(f) + "): the result is contested. It stands; a rework and a new round count it."
	},
	plan.OrderedNotInPlan: func(p *planPage, f plan.Finding) string {
		return p.issue(p.Plan.Key, f.Key) + " is in the backlog order of " + sigName(f.Said.SIG) + " and not in the plan (" + p.saidBy(f) + ")."
	},
}

// saidBy names who said the line that a finding is about, and when.
func (p *planPage) saidBy(f plan.Finding) string {
	return speaker(f.Said) + ", " + p.day(p.Plan.Key, f.Said)
}

func (p *planPage) words(f plan.Finding) string {
	if len(f.Words) == 0 {
		return "that was named"
	}
	return Code(f.Words[0])
}

// misfits lists what does not fit about the plan itself.
func (p *planPage) misfits() {
	var list []string
	var unowned []string
	for _, f := range p.Plan.Assessment.Findings {
		if f.Code == plan.ItemWithoutSIG {
			unowned = append(unowned, p.issue(p.Plan.Key, f.Key))
			continue
		}
		say, ok := planFindingWords[f.Code]
		if !ok {
			list = append(list, "Something does not fit: "+word(string(f.Code))+".")
			continue
		}
		list = append(list, say(p, f))
	}
	if n := len(unowned); n > 0 {
		list = append(list, upper(count(n, "item is", "items are"))+" in the plan, and no KEP and no commitment says which SIG owns "+object(n)+", so nobody votes for "+object(n)+": "+some(unowned, 4, "and")+".")
	}
	if n := p.Schedule.Count.Unscheduled; n > 0 {
		list = append(list, upper(count(n, "item has", "items have"))+" no increment: "+p.unscheduled()+". A facilitator commits "+isAre(n, "it", "each")+" to one, or takes it out.")
	}
	if len(list) == 0 {
		return
	}
	p.say("\n**What does not fit:**\n")
	for _, text := range list[:min(len(list), p.scale.rows)] {
		p.say("- ", text, "\n")
	}
	if rest := len(list) - p.scale.rows; rest > 0 {
		p.say("- and ", digits(rest, "more point", "more points"), "\n")
	}
}

// unscheduled names the items without an increment.
func (p *planPage) unscheduled() string {
	var names []string
	for _, lane := range p.Schedule.Lanes {
		for _, e := range lane.Backlog {
			if len(e.Slots) == 0 && e.Place != plan.Delivered && e.Place != plan.GivenUp {
				names = append(names, p.issue(p.Plan.Key, e.Item.Key))
			}
		}
	}
	return some(names, 4, "and")
}
