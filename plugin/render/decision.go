package render

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// mentionsMost is how many people one comment may call: GitHub tells nobody of a
// comment that names more than fifty.
const mentionsMost = 50

// portion is how much of a list is spelled out; the rest is counted.
type portion struct {
	items int // in all
	title int // characters of an item's title, 0 for none
	text  int // characters of what people wrote
}

// portions go from what a normal plan needs to what always fits.
var portions = []portion{{400, 80, textLimit}, {400, 0, textLimit}, {400, 0, 80}, {100, 0, 80}, {30, 0, 40}, {5, 0, 40}}

// fit gives the fullest text that stays within VisibleLimit.
func fit(write func(portion) string) string {
	text := ""
	for _, l := range portions {
		if text = write(l); utf8.RuneCountInString(text) <= VisibleLimit {
			break
		}
	}
	return text
}

// seatWords names a seat as people do: "sig-node", "product management",
// "architecture seat".
func seatWords(name string) string {
	if seat, ok := strings.CutPrefix(name, "programme/"); ok {
		return word(seat) + " seat"
	}
	if name == string(roles.PM) {
		return "product management"
	}
	return word(name)
}

// asker is "node-lead, release lead, 16 Jan 14:00 UTC", linked to the comment.
func (s Site) asker(on slash.Key, a plan.Asked) string {
	text := person(a.Login)
	if a.Role != "" {
		text += ", " + plain(roles.Role(a.Role).Title(""))
	}
	return text + ", " + link(DateTime(a.Said), s.Comment(on, a.Comment))
}

// VoteOpened gives the comment that opens a round: on what, until when, by whom,
// the line to paste. Everybody who holds a seat is called, up to fifty.
func (s Site) VoteOpened(on slash.Key, cycle string, v plan.VoteOpened) string {
	return fit(func(l portion) string {
		var b strings.Builder
		say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
		say("### Plan for ", plain(cycle), ": round ", digitsOf(v.Round), " is open until ", plan.UntilWords(v.Until), "\n",
			"**Needs:** the votes of ", count(required(v.Seats), "seat", "seats"))
		if rest := len(v.Seats) - required(v.Seats); rest > 0 {
			say("; ", count(rest, "more seat", "more seats"), " may vote")
		}
		if len(v.Items) == 0 {
			say(". **No item was ready when it was opened** (", s.asker(on, v.Asked), "), so this round approves nothing. When items are called ready, `/plan vote close` ends it, and the next `/plan vote open` has them.\n")
		} else {
			say(". They vote on ", count(len(v.Items), "item", "items"), one(len(v.Items), " as it stood", " as they stood"), " when it was opened (", s.asker(on, v.Asked), ").\n")
		}
		say("\nFist to five, in a comment here; words may follow the number:\n", block("", "/vote 4"),
			"3 or more carries the plan. 2 or less is an objection, and says why. The last vote of a seat counts; who says nothing has not voted and is listed. ",
			"The plan passes when the quorum is in and nobody is under 3. Quorum: ", plain(v.Quorum), ".\n")
		say(s.seats(v.Seats))
		say(s.snapshot(on, "What is voted on", v.Items, l))
		say(s.counted(cycle, "Counted at the end: what is said here after "+link("this comment", s.Comment(on, v.Asked.Comment))+" and before the end. Preset "+word(v.Preset)+".", len(v.Items)))
		return b.String()
	})
}

func required(seats []plan.Seat) int {
	n := 0
	for _, seat := range seats {
		if seat.Required {
			n++
		}
	}
	return n
}

// seats is the table of who may vote. First-listed holders are called before
// others, should there be more people than may be called.
func (s Site) seats(seats []plan.Seat) string {
	called := map[string]bool{}
	most := 0
	for _, seat := range seats {
		most = max(most, len(seat.Holders))
	}
	for n := range most {
		for _, seat := range seats {
			if n < len(seat.Holders) && len(called) < mentionsMost && loginForm.MatchString(seat.Holders[n]) {
				called[strings.ToLower(seat.Holders[n])] = true
			}
		}
	}
	t := table{head: []string{"seat", "who votes", "vote needed"}}
	for _, seat := range seats {
		var names []string
		for _, login := range seat.Holders {
			if called[strings.ToLower(login)] {
				login = "@" + login
			} else {
				login = person(login)
			}
			names = append(names, login)
		}
		who := some(names, 6, "or")
		if len(names) > 6 { // all that are called must be there
			who = join(names, "or")
		}
		switch {
		case len(names) == 0:
			who = "**nobody is named**"
		case seat.StandIn:
			who += " (" + leads(seat.Holders) + ", standing in: no facilitator is named)"
		}
		needed := "no"
		if seat.Required {
			needed = "yes"
		}
		t.add(seatWords(seat.Name), who, needed)
	}
	text := t.String()
	if slices.ContainsFunc(seats, func(seat plan.Seat) bool { return len(seat.Holders) > 1 }) {
		text += "\nOf several for one seat the first-listed counts; another one counts as long as those before have not voted.\n"
	}
	return text
}

// snapshot is the folded list of items by SIG, in the order given.
func (s Site) snapshot(on slash.Key, title string, items []plan.SnapshotItem, l portion) string {
	if len(items) == 0 {
		return ""
	}
	return "\n<details><summary>" + title + ": " + digits(len(items), "item", "items") + "</summary>\n\n" + s.bySIG(on, items, l) + "\n</details>\n"
}

func (s Site) bySIG(on slash.Key, items []plan.SnapshotItem, l portion) string {
	bySIG := map[string][]plan.SnapshotItem{}
	var sigs []string
	for _, item := range items {
		if bySIG[item.SIG] == nil {
			sigs = append(sigs, item.SIG)
		}
		bySIG[item.SIG] = append(bySIG[item.SIG], item)
	}
	slices.SortFunc(sigs, func(a, b string) int { return cmp.Or(cmp.Compare(last(a), last(b)), strings.Compare(a, b)) })
	var b strings.Builder
	left := l.items
	for _, sig := range sigs {
		name := sigName(sig)
		if sig == "" {
			name = "SIG not known"
		}
		var names []string
		for _, item := range bySIG[sig][:min(left, len(bySIG[sig]))] {
			text := s.issue(on, item.Key)
			if item.Title != "" && l.title > 0 {
				text += " " + codeUpTo(item.Title, l.title)
			}
			names = append(names, text)
		}
		left -= len(names)
		line := strings.Join(names, ", ")
		if rest := len(bySIG[sig]) - len(names); rest > 0 && len(names) > 0 {
			line += " and " + digitsOf(rest) + " more"
		} else if rest > 0 {
			line = "not listed here"
		}
		b.WriteString("- " + name + " (" + digitsOf(len(bySIG[sig])) + "): " + line + "\n")
	}
	return b.String()
}

// last sorts what has no name behind what has one.
func last(name string) int {
	if name == "" {
		return 1
	}
	return 0
}

// counted is the last line of a decision.
func (s Site) counted(cycle, text string, items int) string {
	if items > 0 {
		text += " The signed part of this comment lists every seat, every item with its digest, and the increments with their caps."
	} else {
		text += " The signed part of this comment lists every seat."
	}
	return "\n<sub>" + text + " Kept by Steelthread; edits here are put back." + s.links(s.planOnWeb(cycle)) + "</sub>\n"
}

// links leads to pages of the board, to the commands and to how to verify, as far as
// they are known.
func (s Site) links(pages ...string) string {
	links := slices.DeleteFunc(slices.Clone(pages), func(page string) bool { return page == "" })
	if s.Commands != "" {
		links = append(links, link("Commands", s.Commands))
	}
	if s.Verify != "" {
		links = append(links, link("verify", s.Verify))
	}
	if len(links) == 0 {
		return ""
	}
	return " " + strings.Join(links, " · ")
}

// planOnWeb leads to the plan on the board.
func (s Site) planOnWeb(cycle string) string { return linked("Plan on the web", s.OfPlan(cycle, "")) }

// VoteReminder gives the comment for the last day of a round: which seats have
// not voted. Those who hold them are called.
func (s Site) VoteReminder(on slash.Key, cycle string, v plan.VoteOpened, missing []plan.Seat) string {
	var names, hear []string
	for _, seat := range missing {
		names = append(names, seatWords(seat.Name))
		for _, login := range seat.Holders {
			if !contains(hear, login) {
				hear = append(hear, login)
			}
		}
	}
	call := ""
	for n, login := range hear {
		if loginForm.MatchString(login) && n < mentionsMost {
			call += "@" + login + " "
		}
	}
	if call != "" {
		call = strings.TrimSpace(call) + ":\n"
	}
	after := ""
	if required(missing) > 0 {
		after = "\nThe plan does not pass without the votes that are needed.\n"
	}
	return call + "**Round " + digitsOf(v.Round) + " of the vote on the plan for " + plain(cycle) + " ends " + plan.UntilWords(v.Until) + "**, and " +
		count(len(missing), "seat has", "seats have") + " not voted: " + join(names, "and") + ".\n\nWords may follow the number, 0 to 5:\n" + block("", "/vote 4") + after
}

// VoteResult gives the comment that ends a round: how it ended, each seat's vote,
// the objections with their words, and what comes next. hear are the release
// leads and the product-management representative.
func (s Site) VoteResult(on slash.Key, cycle string, v plan.VoteResult, hear []string) string {
	return fit(func(l portion) string {
		voted, below := 0, 0
		for _, seat := range v.Seats {
			if seat.Vote != nil {
				voted++
				if seat.Vote.Value < 3 {
					below++
				}
			}
		}
		var b strings.Builder
		say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
		say(address(hear))
		if v.Passed {
			say("### Plan for ", plain(cycle), ": approved in round ", digitsOf(v.Round), "\n")
		} else {
			say("### Plan for ", plain(cycle), ": round ", digitsOf(v.Round), " did not approve it\n")
		}
		say(digitsOf(voted), " of ", digits(len(v.Seats), "seat", "seats"), " voted; ")
		switch {
		case v.Passed:
			say("nobody is under 3. ", upper(count(len(v.Items), "item gets", "items get")), " `milestone-approved`.\n")
		case below == 0 && len(v.Missing) == 0 && len(v.Items) == 0:
			say("nobody is under 3. Nothing was voted on: no item was ready when the round was opened. No label changes.\n")
		case below > 0:
			say(digitsOf(below), " below 3", s.missing(v.Missing), ". No label changes.\n")
		default:
			say("nobody is under 3", s.missing(v.Missing), ". No label changes.\n")
		}
		say(s.ballots(on, v, l))
		say(s.next(v))
		end := "at the deadline"
		if v.Asked != nil {
			end = "when " + s.asker(on, *v.Asked) + ", closed it"
		}
		say("\nThe round ended ", end, ". What was said before counts: up to ", DateTime(v.CountedUpTo.At), ", ",
			digits(len(v.Items), "item", "items"), " as of ", link(DateTime(v.Opening.Said), s.Comment(on, v.Opening.Comment)), ".\n")
		title := "What was voted on"
		if v.Passed {
			title = "What is approved"
		}
		say(s.snapshot(on, title, v.Items, l))
		say(s.counted(cycle, "Quorum: "+plain(v.Quorum)+". Preset "+word(v.Preset)+".", len(v.Items)))
		return b.String()
	})
}

func (s Site) missing(seats []string) string {
	if len(seats) == 0 {
		return ""
	}
	var names []string
	for _, name := range seats {
		names = append(names, seatWords(name))
	}
	if len(names) == 1 {
		return "; the vote of " + names[0] + " is missing"
	}
	return "; the votes of " + some(names, 8, "and") + " are missing"
}
