package render

import (
	"slices"
	"strings"
	"unicode"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// titled is an issue's reference with its title, as far as there is room.
func (p *planPage) titled(k work.Key, title string) string {
	return p.withTitle(p.issue(p.Plan.Key, k), title)
}

func (p *planPage) withTitle(text, title string) string {
	if title != "" && p.title > 0 {
		text += " " + codeUpTo(title, p.title)
	}
	return text
}

// outcome says what an approval does.
func (p *planPage) outcome() {
	a := p.Plan.Assessment
	n, losing := len(a.IfApproved.Labelled), len(a.IfApproved.Losing)
	cycle := plain(p.Schedule.Cycle.Name)
	if a.Phase == plan.PhaseApproved {
		p.say("\n**Approved:** ")
		if p.Spreading {
			so := "at least " + digitsOf(p.Labelled)
			if p.Labelled == 0 {
				so = "0"
			}
			p.say(digits(n, "issue", "issues"), "; `milestone-approved` is on ", so, " of ", digitsOf(n), " so far, and comes to the rest")
		} else {
			p.say(digits(n, "issue has", "issues have"), " `milestone-approved`")
		}
		if losing > 0 {
			p.say("; ", digitsOf(losing), " in the milestone ", cycle, " ", isAre(losing, "is", "are"), " not approved, and `/plan prune` shows which")
		}
		p.say(".")
		if len(a.Changed) > 0 {
			p.say(" ", digitsOf(len(a.Changed)), " changed since the vote.")
		}
		p.say("\n")
		return
	}
	if n+losing == 0 {
		return
	}
	p.say("\n**If approved now:** ", digits(n, "issue gets", "issues get"), " `milestone-approved`; ", digitsOf(losing),
		" may lose the milestone ", cycle, " by a prune after that")
	if losing > 0 && !p.voted() {
		p.say(", unless they are ready when the vote is opened")
	}
	p.say(".\n")
}

// previews are prunes that were shown and not carried out.
func (p *planPage) previews() {
	for _, v := range p.Plan.Assessment.Previews {
		p.say("\n**Prune", scope(v.SIG), ":** ", link("preview", p.Comment(p.Plan.Key, v.Comment)), " ", Code(v.Hash), " of ", digits(len(v.Items), "item", "items"))
		if v.Confirmed {
			p.say(", confirmed; ", one(len(v.Items), "it is", "they are"), " cleared ", plan.UntilWords(v.GraceUntil), ".\n")
			continue
		}
		p.say(". From ", plan.UntilWords(v.GraceUntil), " on it can be confirmed:\n", block("", "/plan prune confirm "+v.Hash))
	}
}

// backlog is one SIG's items in its order.
func (p *planPage) backlog(lane plan.Lane, folded bool) {
	summary := ": " + digits(lane.Count.Items, "item", "items") + ", " + places(lane.Count)
	if folded {
		p.say("\n<details><summary>", laneHTML(lane.SIG), summary, "</summary>\n")
	} else {
		p.say("\n**", laneName(lane.SIG), summary, "**\n")
	}
	shown := min(len(lane.Backlog), p.scale.backlog)
	if p.form == inLines {
		p.backlogLine(lane.Backlog[:shown], shown == len(lane.Backlog))
	} else {
		p.backlogTable(lane.Backlog, shown)
	}
	if rest := len(lane.Backlog) - shown; rest > 0 && shown > 0 {
		p.say("\nand ", digits(rest, "more item", "more items"), " not listed here\n")
	} else if rest > 0 {
		p.say("\n", upper(count(rest, "item is", "items are")), " not listed here: there is no room for them. Each has its own record.\n")
	}
	if folded {
		p.say("\n</details>\n")
	}
}

// backlogTable has a row for each item; the first ones are shown.
func (p *planPage) backlogTable(backlog []plan.Entry, shown int) {
	t := table{head: []string{"order", "item", "increments (confidence)", "state"}}
	ordered := false
	for _, e := range backlog {
		ordered = ordered || e.Ordered > 0
	}
	if !ordered {
		t.head = t.head[1:]
	}
	for _, e := range backlog[:shown] {
		row := []string{p.titled(e.Item.Key, e.Item.Assessment.Issue.Title), p.slots(e), p.state(e)}
		switch {
		case ordered && e.Ordered > 0:
			row = append([]string{digitsOf(e.Ordered)}, row...)
		case ordered:
			row = append([]string{""}, row...)
		}
		t.add(row...)
	}
	p.say(t.String())
}

// backlogLine names each item with its state and the confidence of its last increment.
// What is the same as of the item before is not said again: the repository, and the
// state where all have one.
func (p *planPage) backlogLine(backlog []plan.Entry, whole bool) {
	one := whole && !slices.ContainsFunc(backlog, func(e plan.Entry) bool { return p.state(e) != p.state(backlog[0]) })
	var list []string
	base := p.Plan.Key
	for _, e := range backlog {
		text := p.issue(base, e.Item.Key)
		base = e.Item.Key
		if !one {
			text += " " + p.state(e)
		}
		if n, ok := e.Confidence(); ok {
			text += " (" + digitsOf(n) + ")"
		}
		list = append(list, text)
	}
	if one && len(list) > 0 {
		list[0] = "All " + p.state(backlog[0]) + ": " + list[0]
	}
	if len(list) > 0 {
		p.say("\n", strings.Join(list, " · "), "\n")
	}
}

func (p *planPage) slots(e plan.Entry) string {
	var out []string
	for _, s := range e.Slots {
		out = append(out, s.Increment.Title()+" ("+digitsOf(s.Percent)+")")
	}
	if len(out) == 0 {
		if e.Place == plan.Delivered || e.Place == plan.GivenUp {
			return "none"
		}
		return "**no increment**"
	}
	return strings.Join(out, ", ")
}

// stopped says what blocks an item.
func (p *planPage) stopped(e plan.Entry) string {
	var by []string
	for _, n := range e.Item.Assessment.Blocks {
		by = append(by, plain(n.ID))
	}
	if n := len(e.Item.Assessment.Declined()); n > 0 {
		by = append(by, count(n, "declined dependency", "declined dependencies"))
	}
	if len(by) == 0 {
		return "**blocked**"
	}
	return "**blocked** by " + some(by, 3, "and")
}

func (p *planPage) state(e plan.Entry) string {
	text := string(e.Place)
	if e.Place == plan.Stopped {
		text = p.stopped(e)
	}
	a := p.Plan.Assessment
	if a.Approval.Round == 0 || e.Place == plan.GivenUp {
		return text
	}
	if !a.Approval.Has(e.Item.Key) {
		return text + ", not approved"
	}
	text += ", approved"
	for _, c := range a.Changed {
		switch {
		case c.Key != e.Item.Key:
		case c.Reaffirmed:
			text += ", changed since and affirmed"
		default:
			text += ", **changed since**"
		}
	}
	return text
}

// open lists the blocks and the questions.
func (p *planPage) open() {
	p.raised("Blocks", p.Schedule.Blocks)
	p.raised("Questions", p.Schedule.Questions)
}

func (p *planPage) raised(title string, list []plan.Raised) {
	if len(list) == 0 {
		return
	}
	p.say("\n<details><summary>", title, ": ", digitsOf(len(list)), ", oldest of ", DateOf(list[0].Note.Raised.At))
	if n := len(plan.Over(list, p.Now)); n > 0 {
		p.say(", ", digitsOf(n), " open for more than ", ageLimit)
	}
	p.say("</summary>\n\n")
	for _, r := range list[:min(len(list), p.scale.rows)] {
		p.say("- ", p.issue(p.Plan.Key, r.Key), " ", plain(r.Note.ID), " ", codeUpTo(r.Note.Text, p.scale.text), " (", speaker(r.Note.Raised), ", ", p.Site.day(r.Key, r.Note.Raised), ")\n")
	}
	p.say(p.rest(len(list), p.scale.rows), "\n</details>\n")
}

var roamWords = map[string]string{"": "**nobody's yet**", work.Owned: "owned", work.Accepted: "accepted", work.Mitigated: "mitigated", work.Resolved: "resolved"}

// risks are told by how they ended: resolved, owned, accepted, mitigated.
func (p *planPage) risks() {
	list := p.Schedule.Risks
	if len(list) == 0 {
		return
	}
	counts := map[string]int{}
	for _, r := range list {
		counts[r.Note.Ended]++
	}
	var words []string
	for _, ended := range []string{"", work.Owned, work.Accepted, work.Mitigated, work.Resolved} {
		if n := counts[ended]; n > 0 {
			words = append(words, digitsOf(n)+" "+strings.Trim(roamWords[ended], "*"))
		}
	}
	p.say("\n<details><summary>Risks: ", strings.Join(words, ", "), "</summary>\n")
	t := table{head: []string{"item", "risk", "raised by", "state"}}
	for _, r := range list[:min(len(list), p.scale.rows)] {
		state := roamWords[r.Note.Ended]
		if r.Note.Ended != "" {
			by := r.Note.Closed.Login
			if r.Note.Ended == work.Owned {
				by = r.Note.Owner
			}
			state += " by " + person(by) + ", " + p.Site.day(r.Key, r.Note.Closed)
			if r.Note.Answer != "" {
				state += ": " + codeUpTo(r.Note.Answer, p.scale.text)
			}
		}
		t.add(p.issue(p.Plan.Key, r.Key), plain(r.Note.ID)+" "+codeUpTo(r.Note.Text, p.scale.text), speaker(r.Note.Raised)+", "+p.Site.day(r.Key, r.Note.Raised), state)
	}
	p.say(t.String(), p.rest(len(list), p.scale.rows), "\n</details>\n")
}

// objections lists those of the last round, those that were ended too.
func (p *planPage) objections() {
	list := p.Plan.Assessment.Objections
	if len(list) == 0 || !p.voted() {
		return
	}
	p.say("\n**Objections of round ", digitsOf(p.Plan.Assessment.Round), ":**\n")
	shown := max(p.scale.rows, objectionsShown)
	for _, o := range list[:min(len(list), shown)] {
		text := "no reason given"
		if o.Text != "" {
			text = codeUpTo(o.Text, p.scale.text)
		}
		p.say("- ", plain(o.ID), " ", text, " (", person(o.Login), ", ", seatWords(o.Seat), ", voted ", link(digitsOf(o.Value), p.Comment(p.Plan.Key, o.Comment)), ")")
		if o.Ended != nil {
			p.say(", ended: ", person(o.Ended.Login), " voted ", link(digitsOf(o.Ended.Value), p.Comment(p.Plan.Key, o.Ended.Comment)))
		}
		p.say("\n")
	}
	p.say(restOfObjections(len(list), shown))
}

// objectionsShown is how many objections are spelled out where there is no room: they
// are what stands between the plan and its approval.
const objectionsShown = 12

func restOfObjections(n, shown int) string {
	if n <= shown {
		return ""
	}
	return "- and " + digits(n-shown, "more objection", "more objections") + "\n"
}

// before is what the confidences of the cycle before came to, and its report.
func (p *planPage) before() {
	b := p.Before
	if b == nil {
		return
	}
	if s := b.Calibration.All; s.N > 0 {
		p.say("\n**Confidences of ", plain(b.Cycle), ":** ", scoreWords(s), ": ", reading(s), ".\n")
	}
	if b.Closing != 0 {
		p.say("\n**The cycle before:** ", link("closing report of "+plain(b.Cycle), p.Comment(b.Plan, b.Closing)), ".\n")
	}
	p.say(calibrationFold("Confidences of the cycle before against what was delivered", b.Calibration, p.scale.rows))
}

// end is the last line.
func (p *planPage) end() {
	p.say("\n<sub>Kept by Steelthread from the comments here and on the items; edits here are put back.")
	if p.Plan.Parts > 0 {
		p.say(" Receipts go on in ", count(p.Plan.Parts, "further comment", "further comments"), ".")
	}
	if p.Notes != "" {
		p.say(" ", link("Release-notes draft", p.Notes), ".")
	}
	p.say(p.links(p.planOnWeb(p.Schedule.Cycle.Name)), "</sub>\n")
}

// laneHTML is the SIG at the head of a folded section. Markdown is not read there,
// so a name that is none keeps its letters and digits only.
func laneHTML(sig string) string {
	name := "sig-" + roles.SIGName(sig)
	switch {
	case sig == "":
		return "SIG not known"
	case wordForm.MatchString(name):
		return name
	}
	return strings.Join(strings.FieldsFunc(cut(oneLine(name), 60), func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
