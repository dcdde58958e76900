package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// ExceptionDecided gives the comment that ends a request: how, until when, what
// happens now, and its inputs. mention are the release leads, product management and
// who owns the item.
func (s Site) ExceptionDecided(on slash.Key, cycle string, d work.ExceptionDecided, mention []string) string {
	text := address(mention) + "### Exception to the " + freezeName(d.Freeze) + " of " + plain(cycle) + ": "
	if d.Granted {
		text += "granted until " + dayOnEarth(d.Due) + "\n"
	} else {
		text += "denied\n"
	}
	text += "**" + upper(days(d.DaysAsked)) + "** asked for by " + s.asker(on, d.Request)
	if d.Reason != "" {
		text += ": " + Code(d.Reason)
	}
	if d.Granted {
		text += "; **" + days(d.Days) + "** granted"
		if !slices.ContainsFunc(d.Votes, func(v work.ExceptionVote) bool { return v.Days <= d.Days }) {
			text += ", as many as are left to the release"
		}
	}
	text += ".\n"
	t := table{head: []string{"", ""}}
	for _, l := range textLines(d.ExceptionText) {
		t.add(l.title, Code(l.text))
	}
	for _, v := range d.Votes {
		said := voteWords(v)
		if v.Text != "" {
			said += " " + Code(v.Text)
		}
		t.add(upper(firstOf(deciders[roles.Role(v.Role)], word(v.Role))), said+" ("+person(v.Login)+")")
	}
	text += t.String()
	if d.Granted {
		text += "\n**What happens now:** the issue gets `exception/approved`, and the milestone " + plain(cycle) +
			" if it has none. The work is due by the end of " + dayOnEarth(d.Due) + "; a reminder comes a day before. When it is done:\n" +
			block("", "/done "+cycle)
	} else {
		text += "\n**What happens now:** no label and no milestone changes. For this freeze that is final.\n"
	}
	return text + s.exceptionInputs(on, d)
}

// inputsShown is how many SIGs of a decision are spelled out; all are signed.
const inputsShown = 50

// exceptionInputs is the folded list of what a decision counted.
func (s Site) exceptionInputs(on slash.Key, d work.ExceptionDecided) string {
	text := "\n<details><summary>What was counted</summary>\n"
	t := table{head: []string{"what", "by, as"}}
	t.add("request", s.asker(on, d.Request))
	for _, o := range d.Supports[:min(len(d.Supports), inputsShown)] {
		t.add("support of "+sigName(o.SIG), s.asker(on, o.Asked))
	}
	if rest := len(d.Supports) - inputsShown; rest > 0 {
		t.add("support of "+digits(rest, "more SIG", "more SIGs"), "in the signed part of this comment")
	}
	for _, v := range d.Votes {
		t.add(strings.Trim(voteWords(v), "*"), s.asker(on, v.Asked))
	}
	text += t.String() + "\nSupport was needed of "
	var needed []string
	for _, sig := range d.Needed {
		needed = append(needed, sigName(sig))
	}
	if len(needed) == 0 {
		needed = []string{"no SIG: nothing says which one owns the issue"}
	}
	text += some(needed, inputsShown, "and")
	if d.SIG != "" {
		text += "; the issue belonged to " + sigName(d.SIG)
	}
	return text + ". Everything was there with " + link("this comment", s.Comment(on, d.Asked.Comment)) + ", " + DateTime(d.Asked.Said) +
		"; what was said later changes nothing.\n\n</details>\n"
}

// ExceptionReminder gives the notice a day before an exception ends. owner are those
// who must hear.
func (s Site) ExceptionReminder(_ slash.Key, cycle string, d work.ExceptionDecided, owner []string) string {
	return address(owner) + "**The exception to the " + freezeName(d.Freeze) + " of " + plain(cycle) + " ends " + dayOnEarth(d.Due) +
		"** (" + d.Due.EndAoE().Format("Mon 2 Jan 15:04 UTC") + "), and this issue is not said to be done. When it is:\n" + block("", "/done "+cycle)
}

// ExceptionExpired gives the notice when an exception has ended and the item is not
// done. mention are the release leads, product management and who owns the item.
func (s Site) ExceptionExpired(on slash.Key, cycle string, d work.ExceptionDecided, mention []string) string {
	return address(mention) + "**The exception to the " + freezeName(d.Freeze) + " of " + plain(cycle) + " has expired**: it ended " + dayOnEarth(d.Due) +
		", and this issue is not said to be done. It was asked for by " + s.asker(on, d.Request) + " and granted for " + days(d.Days) +
		". Nothing is taken away: `exception/approved` and the milestone stay, and the record says that it has expired.\n\nIf the work is done:\n" +
		block("", "/done "+cycle) + "If it has to wait for another release:\n" + block("", "/commit cancel "+cycle)
}
