package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// ballots is the table of votes: objections first, then who has not voted, then
// the others as they were listed.
func (s Site) ballots(on slash.Key, v plan.VoteResult, l portion) string {
	seats := slices.Clone(v.Seats)
	rank := func(seat plan.SeatVote) int {
		switch {
		case seat.Vote == nil && seat.Required:
			return 1
		case seat.Vote == nil:
			return 3
		case seat.Vote.Value < 3:
			return 0
		}
		return 2
	}
	slices.SortStableFunc(seats, func(a, b plan.SeatVote) int { return rank(a) - rank(b) })
	t := table{head: []string{"seat", "who", "vote", "words"}}
	for _, seat := range seats {
		name := seatWords(seat.Name)
		if seat.Vote == nil {
			t.add(name, holders(seat.Seat), notVoted(seat.Seat), "")
			continue
		}
		vote := link(digitsOf(seat.Vote.Value), s.Comment(on, seat.Vote.Comment))
		words := ""
		if seat.Vote.Text != "" {
			words = codeUpTo(seat.Vote.Text, l.text)
		}
		if seat.Vote.Value < 3 {
			vote = "**" + vote + "**"
			if words == "" {
				words = "no reason given"
			}
			words = strings.TrimSpace(objectionOf(v.Objections, seat.Name) + " " + words)
		}
		t.add(name, person(seat.Vote.Login), vote, words)
	}
	return t.String()
}

func notVoted(seat plan.Seat) string {
	if seat.Required {
		return "**not voted**"
	}
	return "not voted, not needed"
}

// holders names who could vote for a seat.
func holders(seat plan.Seat) string {
	if len(seat.Holders) == 0 {
		return "nobody is named"
	}
	return some(people(seat.Holders), 4, "or")
}

func objectionOf(list []plan.Objection, seat string) string {
	for _, o := range list {
		if o.Seat == seat {
			return plain(o.ID)
		}
	}
	return ""
}

// next says what ends a round that did not pass.
func (s Site) next(v plan.VoteResult) string {
	if v.Passed {
		return "\nWhat changes on an item from here on shows on its record, and its facilitator says `/readout ready` again. What is new from here on is unplanned and takes an exception.\n"
	}
	var b strings.Builder
	b.WriteString("\n")
	for _, o := range v.Objections {
		b.WriteString("**" + plain(o.ID) + "** ends when " + seatWords(o.Seat) + " votes 3 or more, or with a rework of the plan.")
		if o.Text == "" {
			b.WriteString(" It came without words: " + person(o.Login) + " is asked to say what would make it a 3.")
		}
		b.WriteString("\n")
	}
	b.WriteString("To vote on the plan again, objections talked over or not:\n" + block("", "/plan vote open until 3 days") +
		"To void the votes and change the plan first; a reason may follow:\n" + block("", "/plan rework"))
	return b.String()
}

// Reworked gives the comment that voids a round: why, what no longer counts, and
// what comes next. approved is how many items lose their approval by it, 0 if the
// plan was not approved. hear are the release leads and the product-management
// representative.
func (s Site) Reworked(on slash.Key, cycle string, r plan.Rework, approved int, hear []string) string {
	void := "round " + digitsOf(r.Round)
	if r.Round == 0 {
		void = "what was decided before"
	}
	text := address(hear) + "### Plan for " + plain(cycle) + ": to be reworked, " + void + " is void\n"
	text += "Asked for by " + s.asker(on, r.Asked)
	if r.Reason != "" {
		text += ": " + Code(r.Reason)
	}
	text += ". The votes and objections of " + void + " no longer count; they stay where they were said.\n"
	if n := len(r.Missing); n > 0 {
		text += "\n" + upper(count(n, "decision", "decisions")) + " that had been made could not be read any more. The plan goes on without " + object(n) + ": every vote, approval and prune before this comment is void.\n"
	}
	if approved > 0 {
		text += "\n**The approval is taken back:** `milestone-approved` comes off " + count(approved, "item", "items") + " until the plan is approved again.\n"
	}
	text += "\nItems are changed on their own issues, as before. When the plan is ready for round " + digitsOf(r.Round+1) + ":\n" +
		block("", "/plan vote open until 3 days")
	return text + "\n<sub>Kept by Steelthread; edits here are put back." + s.links(s.planOnWeb(cycle)) + "</sub>\n"
}
