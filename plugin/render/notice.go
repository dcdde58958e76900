package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// Asked is one dependency that is asked for on the giving issue.
type Asked struct {
	From         slash.Key // the issue that asks
	Title        string    // its title
	SIG          string    // the SIG that owns it, "" unknown
	By           string    // increment's name, "w3-4", "" if none was given
	ByTitle      string    // the same as people read it, "weeks 3–4"
	Text         string    // what is needed, in the asker's words
	Cycle        string    // "v1.38"
	Said         work.Said // the /depends-on
	Facilitators []string  // of the giving SIG; they must hear
}

// Asked gives the notice on the giving issue: who needs what by when, the line
// that promises it and the line that declines it.
func (s Site) Asked(target slash.Key, asks ...Asked) string {
	var b strings.Builder
	var hear []string
	for _, a := range asks {
		for _, f := range a.Facilitators {
			if !contains(hear, f) {
				hear = append(hear, f)
			}
		}
	}
	b.WriteString(address(hear))
	for k, a := range asks {
		if k == asksShown {
			var rest []string
			for _, more := range asks[k:] {
				rest = append(rest, s.issue(target, more.From))
			}
			b.WriteString("\nIt is also needed by " + some(rest, 4*asksShown, "and") + ".\n")
			break
		}
		if k > 0 {
			b.WriteString("\n")
		}
		b.WriteString(s.ask(target, a))
	}
	return b.String()
}

// asksShown is how many asks one notice spells out.
const asksShown = 10

func (s Site) ask(target slash.Key, a Asked) string {
	ref := a.From.String()
	window := ""
	if a.By != "" {
		window = " " + a.By
	}
	text := s.issue(target, a.From)
	if a.Title != "" {
		text += " " + Code(a.Title)
	}
	if a.SIG != "" {
		text += " (" + sigName(a.SIG) + ")"
	}
	text += " **needs this issue" + byTitle(a) + "**"
	if a.Text != "" {
		text += ", for " + Code(a.Text)
	}
	text += ". Asked by " + person(a.Said.Login)
	if a.Said.Role != "" {
		text += ", " + title(a.Said)
	}
	text += ", " + s.day(a.From, a.Said) + ".\n\nTo promise it:\n" +
		block("", "/provide "+a.Cycle+" "+ref+window) +
		"To decline it, with a reason behind if you like; that blocks the issue that asks until it finds another way:\n" +
		block("", "/provide "+ref+" decline "+a.Cycle)
	return text
}

// byTitle is " by weeks 3–4 of v1.38", or " in v1.38" if no weeks were named.
func byTitle(a Asked) string {
	switch {
	case a.By == "":
		return " in " + plain(a.Cycle)
	case a.ByTitle != "":
		return " by " + plain(a.ByTitle) + " of " + plain(a.Cycle)
	}
	return " by " + word(a.By) + " of " + plain(a.Cycle)
}

// address begins a notice with those who must hear it.
func address(logins []string) string {
	if m := mentions(logins); m != "" {
		return m + ":\n"
	}
	return ""
}

func contains(list []string, login string) bool {
	for _, l := range list {
		if strings.EqualFold(l, login) {
			return true
		}
	}
	return false
}

// Declined is a dependency that the giving side declined.
type Declined struct {
	Key          slash.Key // the issue that asked, on which the notice stands
	Target       slash.Key // the issue that was asked
	Title        string    // its title
	SIG          string    // of the giving side, "" unknown
	Cycle        string
	Reason       string    // in the words of who declined
	Said         work.Said // the /provide ... decline, a comment on Target
	Facilitators []string  // of the SIG that owns the asking issue; they must hear
}

// Declined gives the notice on the asking issue: who declined what and why, and
// what can be done now.
func (s Site) Declined(d Declined) string {
	text := address(d.Facilitators) + s.issue(d.Key, d.Target)
	if d.Title != "" {
		text += " " + Code(d.Title)
	}
	text += " **was declined for " + plain(d.Cycle) + "** by " + person(d.Said.Login)
	if d.Said.Role != "" {
		text += ", " + title(d.Said)
	} else if d.SIG != "" {
		text += ", " + sigName(d.SIG)
	}
	text += ", " + s.day(d.Target, d.Said)
	if d.Reason != "" {
		text += ": " + Code(d.Reason)
	}
	return text + ".\n\nUntil this is settled there is no readout and no approval for this issue in " + plain(d.Cycle) +
		"; pull requests merge as before. Talk to them on " + s.issue(d.Key, d.Target) + ": a promise there ends it. If it can be done without:\n" +
		block("", "/depends-on cancel "+d.Cycle+" "+d.Target.String()) +
		"If this issue has to wait for another release:\n" +
		block("", "/commit cancel "+d.Cycle)
}

// Blocked says that planning blocks were raised on an item.
type Blocked struct {
	Key     slash.Key
	Cycle   string
	Notes   []work.Note // the new ones
	SIG     string      // that owns the item, "" unknown
	Owners  []string    // its facilitators; they must hear
	StandIn bool        // SIG leads stand in
}

// Blocked gives the notice on the item: what blocks it, by whom, what that
// stops and who ends it how.
func (s Site) Blocked(b Blocked) string {
	text := address(b.Owners)
	for k, n := range b.Notes {
		if k == asksShown {
			text += "\nand " + digits(len(b.Notes)-k, "more block", "more blocks") + "; the record has them.\n"
			break
		}
		if k > 0 {
			text += "\n"
		}
		text += "**Planning block " + n.ID + " for " + plain(b.Cycle) + "**: " + Code(n.Text) + ", by " + person(n.Raised.Login)
		if n.Raised.Role != "" {
			text += ", " + title(n.Raised)
		}
		text += ", " + s.day(b.Key, n.Raised) + ".\n\nIt ends when " + person(n.Raised.Login) +
			", or the next holder of that role, says so; words may follow the number:\n" +
			block("", "/resolve "+n.ID+" "+b.Cycle)
	}
	if b.StandIn && b.SIG != "" {
		text += "\nNo planning facilitator is named for " + sigName(b.SIG) + "; its SIG leads stand in.\n"
	}
	return text + "\nUntil then there is no readout and no approval for this issue. Pull requests merge as before: a planning block never touches merges.\n"
}

// LabelTouched says once that a label of ours was changed by hand and changed
// back. put tells that it was put back after it had been taken off; why is a
// sentence without a full stop, see LabelReason, in which a user's text has
// gone through Code.
func (s Site) LabelTouched(_ slash.Key, label string, put bool, by, why string) string {
	did, undid := "put on", "is off again"
	if put {
		did, undid = "taken off", "is on again"
	}
	text := Code(label) + " was " + did + " by hand"
	if by != "" {
		text += " (" + person(by) + ")"
	}
	text += " and " + undid
	if why != "" {
		text += ": " + why
	}
	place := "issue"
	if label == thread.LabelNeedsKEP || label == thread.LabelChecked {
		place = "pull request"
	}
	text += ". This label follows from what is said on the " + place
	if s.Commands != "" {
		text += "; the " + link("commands", s.Commands) + " change it"
	}
	return text + ". Further changes of it by hand are put back without another word.\n"
}

// LabelReason says why an item has, or has not, a label of package work; ""
// for other labels.
func LabelReason(label string, has bool) string {
	switch {
	case label == work.LabelProposed && has:
		return "the issue is committed to an open release, or opted in by its milestone and label"
	case label == work.LabelProposed:
		return "nothing is committed to an open release, and the issue is not opted in"
	case label == work.LabelBlocked && has:
		return "a planning block is open, or a dependency was declined"
	case label == work.LabelBlocked:
		return "no planning block is open, and no dependency was declined"
	case label == work.LabelApproved && has:
		return "the vote on the plan approved it"
	case label == work.LabelApproved:
		return "no vote on the plan approved it"
	case label == work.LabelUnplanned && has:
		return "the approved plan does not contain it"
	case label == work.LabelUnplanned:
		return "the plan contains it, or is not approved yet"
	case label == work.LabelRequested && has:
		return "an exception is asked for and not decided"
	case label == work.LabelRequested:
		return "no exception waits for a decision"
	case label == work.LabelExcepted && has:
		return "an exception was granted"
	case label == work.LabelExcepted:
		return "no exception was granted"
	case label == thread.LabelNeedsKEP && has:
		return "no KEP is named that counts, and no reason for having none"
	case label == thread.LabelNeedsKEP:
		return "a KEP is named, none is needed, or none is asked for here"
	case label == thread.LabelChecked && has:
		return "a KEP is named, or none is needed"
	case label == thread.LabelChecked:
		return "no KEP is named that counts, or none is asked for here"
	}
	return ""
}

// SayItInAComment answers commands in a description, where only declarations
// (`/kep`, `/part-of`) are read.
func (s Site) SayItInAComment(_ slash.Key, verbs []string) string {
	var list []string
	for _, v := range verbs {
		if c := Code("/" + strings.TrimPrefix(v, "/")); !contains(list, c) {
			list = append(list, c)
		}
	}
	is := " is"
	if len(list) > 1 {
		is = " are"
	}
	return some(list, shown, "and") + " in the description" + is +
		" not read: a description has no time and anybody with write access may change it. Say it in a comment. `/kep` and `/part-of` are read in a description, as they stand there.\n"
}
