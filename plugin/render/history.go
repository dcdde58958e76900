package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
)

// custody writes every accepted line with who said it in which role, folded.
// The newest lines are kept when not all fit; where the others are is said.
func (p *page) custody() {
	if len(p.History)+p.Edited+p.Deleted == 0 {
		return
	}
	p.say("\n<details><summary>Custody: ", digits(len(p.History), "command", "commands"))
	if n := len(p.item.Merges); n > 0 {
		p.say(", ", digits(n, "merge", "merges"))
	}
	p.say(", ", digitsOf(p.Edited), " edited, ", digitsOf(p.Deleted), " deleted")
	if p.Rebuilt > 0 {
		p.say(", ", digitsOf(p.Rebuilt), " rebuilt")
	}
	p.say("</summary>\n")
	shown := p.History
	if rest := len(shown) - p.detail.history; rest > 0 {
		shown = shown[rest:]
		p.say("\nThe newest ", digitsOf(len(shown)), " of ", digitsOf(len(p.History)), "; the ",
			digits(rest, "older one is", "older ones are"), " in the signed receipts, hidden in this comment", p.elsewhere(), ".\n")
	}
	t := table{head: []string{"said (UTC)", "by, as", "line"}}
	for _, l := range shown {
		t.add(p.when(l), p.as(l), p.code(l.Said.Command)+fate(l))
	}
	p.say(t.String())
	p.say(p.fates())
	p.say("\n</details>\n")
}

func (p *page) elsewhere() string {
	if p.Parts == 0 {
		return ""
	}
	return " and in " + count(p.Parts, "further comment", "further comments") + " below"
}

// when links the time to the comment, as long as there is one.
func (p *page) when(l Line) string {
	at := strings.TrimSuffix(DateTime(l.Said.At), " UTC")
	if p.gone[l.Said.Comment] {
		return at
	}
	return link(at, p.Comment(p.key, l.Said.Comment))
}

// as names the speaker with the role and where the role is written down.
func (p *page) as(l Line) string {
	s := person(l.Said.Login)
	if l.Said.Role != "" {
		s += ", " + title(l.Said)
	}
	if l.Said.Source != "" {
		s += " (" + plain(l.Said.Source) + ")"
	}
	return s
}

func fate(l Line) string {
	s := ""
	if l.Said.ID != "" {
		s += " → " + l.Said.ID
	}
	switch l.Standing {
	case custody.StandingEdited:
		s += ", comment edited since"
	case custody.StandingDeleted:
		s += ", comment deleted since"
	}
	if l.Rebuilt {
		s += ", receipt rebuilt"
	}
	return s
}

// fates explains what edited, deleted and rebuilt mean, if there are any.
func (p *page) fates() string {
	var says []string
	if p.Edited+p.Deleted > 0 {
		says = append(says, "What was read stands, also when its comment is edited or deleted later.")
	}
	if p.Rebuilt > 0 {
		says = append(says, "A rebuilt receipt was made again from its comment after the record had been lost.")
	}
	if len(says) == 0 {
		return ""
	}
	return "\n" + strings.Join(says, " ") + "\n"
}
