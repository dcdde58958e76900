package render

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Query is the comment that a reply answers.
type Query struct {
	SIG     string // what it asks about, bare; "" for all
	Comment int64  // the comment that asks
	Record  int64  // the comment with the plan's record, 0 not known
}

// PlanStatus answers /plan status: the first screen of the plan, or one SIG's part
// of it with its backlog and its dependencies that do not hold.
func (s Site) PlanStatus(in Plan, q Query) string {
	text := ""
	for _, sc := range scales {
		p := s.planPage(in, sc)
		if q.SIG == "" {
			p.first()
			p.table("")
			p.otherSeats()
			p.outcome()
			p.objections()
		} else {
			p.sig(q.SIG)
		}
		p.say(p.tallyNow(q.SIG))
		if q.Record != 0 {
			p.say("\nAll of it: ", link("the plan's record", s.Comment(in.Key, q.Record)), ".\n")
		}
		p.say("\n", s.AnswerTo(in.Key, q.Comment), "\n")
		if text = p.b.String(); utf8.RuneCountInString(text) <= VisibleLimit {
			break
		}
	}
	return text
}

// sig is one SIG's part of the plan.
func (p *planPage) sig(sig string) {
	cycle := plain(p.Schedule.Cycle.Name)
	n := slices.IndexFunc(p.Schedule.Lanes, func(l plan.Lane) bool { return l.SIG == sig })
	if n < 0 {
		p.say("### ", sigName(sig), " in the plan for ", cycle, ": nothing yet\n", p.enters(), "\n")
		return
	}
	lane := p.Schedule.Lanes[n]
	p.say("### ", sigName(sig), " in the plan for ", cycle, ": ", digits(lane.Count.Items, "item", "items"), ", ", places(lane.Count), "\n")
	p.say("Vote: ", plan.Assessment.Words(p.Plan.Assessment))
	if seat, ok := p.seatOf(sig); ok && p.voted() {
		p.say("; ", sigName(sig), ": ", p.ballot(seat))
	}
	if lane.Count.Items > 0 {
		p.say(" · expected to ship: ", estimate(lane.Expected), fromConfidences(lane.Count))
	}
	p.say("\n")
	if a := p.Plan.Assessment; a.Approval.Round > 0 {
		n := 0
		for _, e := range lane.Backlog {
			if a.Approval.Has(e.Item.Key) {
				n++
			}
		}
		p.say("**Approved in round ", digitsOf(a.Approval.Round), ":** ", digitsOf(n), " of ", digits(lane.Count.Items, "item", "items"), "\n")
	}
	p.table(sig)
	p.backlog(lane, false)
	var mine, theirs []plan.Dependency
	for _, d := range p.Schedule.Unmet {
		switch sig {
		case d.SIG:
			mine = append(mine, d)
		case d.Edge.Target.SIG:
			theirs = append(theirs, d)
		}
	}
	if len(mine) > 0 {
		p.say("\n**What its items need and does not hold:** ", digitsOf(len(mine)), "\n")
		p.dependencyTable(mine)
	}
	if len(theirs) > 0 {
		p.say("\n**What others need of it and does not hold:** ", digitsOf(len(theirs)), "\n")
		p.dependencyTable(theirs)
	}
}

// Holder is who holds one role, for /plan who.
type Holder struct {
	Role    roles.Role // "" for a display-only role
	Name    string     // of the SIG or the programme-level seat; of a display-only role, such as note-taker
	SIG     string     // of a display-only role that each SIG has
	Logins  []string   // nobody: the role is not filled
	StandIn bool       // SIG leads stand in
	Unread  bool       // who holds it could not be read
	Seat    bool       // it votes on the plan
	Repo    string     // of the file that names them, "org/repo"; "" for another source
	Path    string     // of that file in the repository
	Source  string     // another source in words: "team kubernetes/release-team-leads"
}

// PlanWho answers /plan who: who holds which role in the cycle, those that nobody
// holds first, and where they are named.
func (s Site) PlanWho(on slash.Key, cycle string, holders []Holder, q Query) string {
	all := slices.Clone(holders)
	rank := func(h Holder) int {
		switch {
		case len(h.Logins) == 0 && !h.Unread && h.Seat:
			return 0
		case len(h.Logins) == 0 && !h.Unread:
			return 1
		case h.Unread:
			return 2
		case h.StandIn:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(all, func(a, b Holder) int { return rank(a) - rank(b) })
	var empty, standIns []string
	for _, h := range all {
		switch rank(h) {
		case 0, 1:
			empty = append(empty, holderTitle(h))
		case 3:
			standIns = append(standIns, sigName(h.Name))
		}
	}
	return fit(func(l portion) string {
		var b strings.Builder
		say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
		say("### Who plans ", plain(cycle))
		if q.SIG != "" {
			say(" for ", sigName(q.SIG))
		}
		switch len(empty) {
		case 0:
			say(": every role is filled\n")
		default:
			say(": nobody is named for ", count(len(empty), "role", "roles"), "\n**Needs:** ", someOf(empty, needsShown), "\n")
		}
		if len(standIns) > 0 {
			say("\nNo planning facilitator is named for ", some(standIns, 12, "and"), "; SIG leads stand in there.\n")
		}
		t := table{head: []string{"role", "who", "votes", "named in"}}
		for _, h := range all[:min(len(all), l.items)] {
			votes := "no"
			if h.Seat {
				votes = "yes"
			}
			t.add(holderTitle(h), holderNames(h), votes, s.source(h))
		}
		say(t.String())
		if rest := len(all) - l.items; rest > 0 {
			say("\nand ", digits(rest, "more role", "more roles"), "; `/plan who` with a SIG behind it lists that SIG's\n")
		}
		say("\nA change is a reviewed pull request to that file, or a change of the team; it counts from when it is merged.\n\n", s.AnswerTo(on, q.Comment), "\n")
		return b.String()
	})
}

func holderTitle(h Holder) string {
	switch {
	case h.Role == "" && h.SIG != "":
		return word(h.Name) + " of " + sigName(h.SIG)
	case h.Role == "":
		return word(h.Name)
	case h.Role.PerSIG():
		return strings.TrimSuffix(h.Role.Title(""), " ") + " of " + sigName(h.Name)
	case h.Role == roles.Programme:
		return "programme-level voter (" + word(h.Name) + ")"
	}
	return plain(h.Role.Title(""))
}

func holderNames(h Holder) string {
	switch {
	case h.Unread:
		return "could not be read just now"
	case len(h.Logins) == 0:
		return "**nobody**"
	}
	names := some(people(h.Logins), 12, "and")
	if h.StandIn {
		names += " (" + leads(h.Logins) + ", standing in)"
	}
	return names
}

// source links to the file that names the holders.
func (s Site) source(h Holder) string {
	switch {
	case h.Repo != "":
		return link(plain(h.Path), s.file(h.Repo, h.Path)) + " in " + plain(h.Repo)
	case h.Source != "":
		return plain(h.Source)
	}
	return "nowhere: the configuration names no source"
}

// someOf is a list of needs: at most limit of them, the others counted.
func someOf(list []string, limit int) string {
	if rest := len(list) - limit; rest > 0 {
		list = append(slices.Clone(list[:limit]), digitsOf(rest)+" more below")
	}
	return strings.Join(list, " · ")
}
