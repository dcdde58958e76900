package render

import (
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Closing gives the report that closes the plan of a cycle. It calls nobody.
func (s Site) Closing(on slash.Key, c plan.Closing) string {
	return fit(func(l portion) string {
		p := &closingPage{Site: s, Closing: c, on: on, l: l}
		p.lead()
		p.decided()
		p.lines()
		p.sigs()
		p.list("Planned and not delivered", c.Slipped)
		p.list("Not planned, delivered or merged in part", c.Added)
		p.say(calibrationFold("Confidences against what was delivered", c.Calibration, min(40, l.items)))
		p.say("\n<sub>Counted as of ", DateTime(c.At), " from what was said on the items and decided here; the records of ", plain(c.Cycle.Name), " stay as they are.", s.links(s.planOnWeb(c.Cycle.Name)), "</sub>\n")
		return p.b.String()
	})
}

type closingPage struct {
	Site
	plan.Closing
	on slash.Key
	l  portion
	b  strings.Builder
}

func (p *closingPage) say(words ...string) {
	for _, w := range words {
		p.b.WriteString(w)
	}
}

// lead is what came of the items.
func (p *closingPage) lead() {
	p.say("### ", plain(p.Cycle.Name), " is over: ")
	o := p.All
	if o.Planned == 0 {
		p.say("nothing was planned\n")
	} else {
		p.say(digitsOf(o.Delivered), " of ", digits(o.Planned, "planned item", "planned items"), " delivered, ", percent(perCent(float64(o.Delivered)/float64(o.Planned))), "\n")
	}
	if o.Planned+o.Unplanned == 0 {
		return
	}
	if p.Approved {
		p.say("Planned is what was approved.")
	} else {
		p.say("No plan was approved; planned is what was proposed.")
	}
	p.say(" Slipped is what was open at the end, dropped what was closed as not planned.\n")
	t := table{head: []string{"planned", "delivered", "slipped", "dropped", "unplanned"}}
	t.add(digitsOf(o.Planned), digitsOf(o.Delivered), digitsOf(o.Slipped), digitsOf(o.Dropped), digitsOf(o.Unplanned))
	p.say(t.String())
}

var timingWords = map[plan.TimingKind]string{
	plan.VoteTime:      "a vote, from its opening to the result",
	plan.ExceptionTime: "an exception, from the request to the decision",
	plan.PromiseTime:   "a dependency, from the ask to the answer",
}

// decided is how long people waited.
func (p *closingPage) decided() {
	t := table{head: []string{"how long it took", "n", "median", "longest"}}
	for _, d := range p.Times {
		t.add(timingWords[d.Kind], digitsOf(d.N), lasted(d.Median), lasted(d.Longest))
	}
	p.say(t.String())
}

// lasted is a time that something took: "40 minutes", "17 hours", "2.5 days".
func lasted(d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return digits(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return digits(int(d.Round(time.Hour)/time.Hour), "hour", "hours")
	}
	return strconv.FormatFloat(d.Hours()/24, 'f', 1, 64) + " days"
}

// lines are the facts that fit on one line each.
func (p *closingPage) lines() {
	var lines []string
	add := func(words ...string) { lines = append(lines, strings.Join(words, "")) }
	if v := p.Votes; v.Rounds > 0 {
		text := "**Vote:** " + digits(v.Rounds, "round", "rounds") + ", " + digitsOf(v.Passed) + " passed"
		if v.Reworked > 0 {
			text += ", " + digitsOf(v.Reworked) + " reworked"
		}
		add(text)
	} else {
		add("**Vote:** none")
	}
	add("**Exceptions:** ", exceptionWords(p.Exceptions, true), aside("all", p.onWeb("exceptions", p.Exceptions.Asked)))
	if f := p.Pieces; f.Committed > 0 {
		add("**Pieces of work:** ", digitsOf(f.Done), " of ", digitsOf(f.Committed), " committed ", isAre(f.Done, "is", "are"), " done; ", oneDecimal(f.Expected), " were expected, from the confidences")
	}
	if p.Merged != (plan.MergeCount{}) {
		add("**Merged pull requests:** ", mergeWords(p.Merged))
	}
	if p.Notified >= 0 {
		add("**Comments that notified people:** ", digitsOf(p.Notified), ", decisions and notices on the plan and its items")
	}
	if s := p.Satisfaction; s.Survey.Asked() {
		add("**Survey:** ", scored(s.All), aside("by SIG", p.onWeb("survey", s.All.N())))
	}
	if p.Calibration.All.N > 0 {
		add("**Confidences:** ", scoreWords(p.Calibration.All), ": ", reading(p.Calibration.All), aside("all", p.onWeb("calibration", p.Calibration.All.N)))
	}
	for _, line := range lines {
		p.say("\n", line, "\n")
	}
}

// onWeb is the address of a page of the plan that has n of something to show.
func (p *closingPage) onWeb(part string, n int) string {
	if n == 0 {
		return ""
	}
	return p.OfPlan(p.Cycle.Name, part)
}

func (p *closingPage) sigs() {
	t := table{head: []string{"SIG", "planned", "delivered", "slipped", "unplanned"}}
	for _, s := range p.SIGs[:min(len(p.SIGs), 2*p.l.items)] {
		t.add(laneName(s.SIG), digitsOf(s.Planned), digitsOf(s.Delivered), digitsOf(s.Slipped), digitsOf(s.Unplanned))
	}
	if len(t.rows) > 0 {
		p.say("\n<details><summary>By SIG</summary>\n", t.String(), restOfSIGs(len(p.SIGs), 2*p.l.items), "\n</details>\n")
	}
	p.say(exceptionsFold(p.ByException, 2*p.l.items))
}

// restOfSIGs counts what a table of n SIGs with room for shown leaves out.
func restOfSIGs(n, shown int) string {
	if n <= shown {
		return ""
	}
	return "\nand " + digits(n-shown, "more SIG", "more SIGs") + "\n"
}

// exceptionsFold is exceptions by SIG behind a line to unfold, "" for none.
func exceptionsFold(sigs []plan.SIGExceptions, rows int) string {
	t := table{head: []string{"SIG", "asked", "granted", "denied", "expired"}}
	for _, s := range sigs[:min(len(sigs), rows)] {
		t.add(laneName(s.SIG), digitsOf(s.Asked), digitsOf(s.Granted), digitsOf(s.Denied), digitsOf(s.Expired))
	}
	if len(t.rows) == 0 {
		return ""
	}
	return "\n<details><summary>Exceptions by SIG</summary>\n" + t.String() + "\n*Expired: granted, and the item was not done by the end of the due day.*\n" + restOfSIGs(len(sigs), rows) + "\n</details>\n"
}

// list names items behind a line to unfold.
func (p *closingPage) list(title string, items []plan.SnapshotItem) {
	if len(items) == 0 {
		return
	}
	p.say("\n<details><summary>", title, ": ", digits(len(items), "item", "items"), "</summary>\n\n")
	for _, i := range items[:min(len(items), p.l.items)] {
		p.say("- ", p.issue(p.on, i.Key))
		if i.Title != "" && p.l.title > 0 {
			p.say(" ", codeUpTo(i.Title, p.l.title))
		}
		p.say(" (", laneName(i.SIG), ")\n")
	}
	if rest := len(items) - p.l.items; rest > 0 {
		p.say("- and ", digitsOf(rest), " more\n")
	}
	p.say("\n</details>\n")
}

// exceptionWords are "5 asked, 2 granted (1 expired), 1 denied, 1 withdrawn, 1 waits",
// or, where the cycle is over, "1 never decided".
func exceptionWords(c plan.ExceptionCount, over bool) string {
	if c.Asked == 0 {
		return "none asked"
	}
	text := digitsOf(c.Asked) + " asked, " + digitsOf(c.Granted) + " granted"
	if c.Expired > 0 {
		text += " (" + digitsOf(c.Expired) + " expired)"
	}
	if c.Denied > 0 {
		text += ", " + digitsOf(c.Denied) + " denied"
	}
	if c.Withdrawn > 0 {
		text += ", " + digitsOf(c.Withdrawn) + " withdrawn"
	}
	switch n := c.Waiting(); {
	case n > 0 && over:
		text += ", " + digitsOf(n) + " never decided"
	case n > 0:
		text += ", " + digitsOf(n) + isAre(n, " waits", " wait") + " for a decision"
	}
	return text
}

func mergeWords(m plan.MergeCount) string {
	text := digitsOf(m.Planned) + " planned, " + digitsOf(m.Unplanned) + " unplanned, " + digitsOf(m.Exempt) + " exempt"
	if m.Unknown > 0 {
		text += "; " + digitsOf(m.Unknown) + " without a thread to a KEP"
	}
	return text
}
