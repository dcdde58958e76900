package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Tally gives the comment that says how the plan goes at an occasion. It calls
// nobody.
func (s Site) Tally(on slash.Key, t plan.Tally) string {
	return fit(func(l portion) string {
		p := &tallyPage{Site: s, Tally: t, on: on, l: l}
		p.say("### ", plain(t.Cycle.Name), " ", plain(t.Occasion.Title), " (", t.Occasion.Day.StartUTC().Format("2 Jan"), "): ")
		p.lead()
		p.increments()
		p.lines()
		p.sigs()
		p.burndown()
		p.waiting()
		p.say(exceptionsFold(p.ByException, 2*l.items))
		p.say(calibrationFold("Confidences so far against what was delivered", p.Calibration, min(40, l.items)))
		p.say("\n<sub>Counted ", DateTime(t.Occasion.At), " from what was said on the items; nothing is asked of anybody here.", s.links(s.planOnWeb(t.Cycle.Name)), "</sub>\n")
		return p.b.String()
	})
}

// ageLimit is how long blocks and questions may stay open, in words.
var ageLimit = digits(int(plan.AgeLimit.Hours()/24), "day", "days")

type tallyPage struct {
	Site
	plan.Tally
	on slash.Key
	l  portion
	b  strings.Builder
}

func (p *tallyPage) say(words ...string) {
	for _, w := range words {
		p.b.WriteString(w)
	}
}

// due is what the increments that are over held.
func (p *tallyPage) due() plan.Figures {
	var due plan.Figures
	for _, s := range p.SIGs {
		due.Committed += s.Due.Committed
		due.Done += s.Due.Done
		due.Slipped += s.Due.Slipped
		due.Dropped += s.Due.Dropped
	}
	return due
}

// lead is the end of the headline, how much of what was due is there, and the line
// below it.
func (p *tallyPage) lead() {
	if p.All.Committed == 0 {
		p.say("nothing is committed yet\nNo piece of work is committed to an increment of ", plain(p.Cycle.Name), ".\n")
		return
	}
	due := p.due()
	switch {
	case due.Committed > 0:
		p.say(digitsOf(due.Done), " of ", digits(due.Committed, "piece", "pieces"), " of work that ", isAre(due.Committed, "was", "were"), " due ", isAre(due.Done, "is", "are"), " done\n")
	case p.anyOver():
		p.say("nothing was due yet\n")
	default:
		p.say("no increment is over yet\n")
	}
	var words []string
	add := func(n int, what string) {
		if n > 0 {
			words = append(words, digitsOf(n)+" "+what)
		}
	}
	add(due.Slipped, "slipped")
	add(due.Dropped, isAre(due.Dropped, "was dropped", "were dropped"))
	if len(words) > 0 {
		p.say("**Of what was due, ", join(words, "and"), "**; of")
	} else {
		p.say("Of")
	}
	p.say(" all ", digitsOf(p.All.Committed), " committed, ", digitsOf(p.All.Done), " ", isAre(p.All.Done, "is", "are"), " done")
	if p.All.AtRisk > 0 {
		p.say(" and ", digitsOf(p.All.AtRisk), isAre(p.All.AtRisk, " is", " are"), " said to be at risk")
	}
	p.say(".\n")
}

// anyOver reports whether an increment is over.
func (p *tallyPage) anyOver() bool {
	return slices.ContainsFunc(p.Increments, func(i plan.IncrementTally) bool { return i.Increment.Finished(p.Occasion.At) })
}

func isAre(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (p *tallyPage) increments() {
	t := table{head: []string{"", "committed", "done", "slipped", "expected", "so far"}}
	for n, i := range p.Increments {
		if p.All.Committed == 0 {
			break
		}
		t.add(p.increment(n, i.Figures)...)
	}
	p.say(t.String())
	if len(t.rows) > 0 {
		p.say("\n*A piece of work is a checklist item, or an issue committed as a whole; it counts in the last increment that it is committed to. Slipped: said so, or not done when that increment was over. Expected: the sum of the confidences.*\n")
	}
}

func percentDone(f plan.Figures) string {
	if n, ok := f.DonePercent(); ok {
		return percent(n)
	}
	return "nothing due"
}

// slipped is "3", with what is dropped and what is at risk beside it.
func slipped(f plan.Figures) string {
	text := digitsOf(f.Slipped)
	if f.Dropped > 0 {
		text += "; " + digitsOf(f.Dropped) + " dropped"
	}
	if f.AtRisk > 0 {
		text += "; " + digitsOf(f.AtRisk) + " at risk"
	}
	return text
}

func oneDecimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// lines are the facts that fit on one line each.
func (p *tallyPage) lines() {
	var lines []string
	add := func(words ...string) { lines = append(lines, strings.Join(words, "")) }
	if p.All.Committed > 0 {
		add("**Expected in the end:** ", Forecast(p.Tally.Forecast))
	}
	if behind := p.mostBehind(); len(behind) > 0 {
		add("**Most behind:** ", join(behind, "and"))
	}
	if n := len(p.Waiting); n > 0 {
		sig, most := p.waitedFor()
		text := "**Waiting on others:** " + digits(n, "dependency is", "dependencies are") + " not promised"
		if declined := p.declined(); declined > 0 {
			text += " (" + digitsOf(declined) + " declined)"
		}
		switch {
		case sig != "" && n == 1:
			text += ", on " + sigName(sig)
		case sig != "":
			text += ", " + digitsOf(most) + " of them on " + sigName(sig)
		}
		add(text)
	}
	if n := len(p.OldBlocks); n > 0 {
		add("**Blocks open for more than "+ageLimit+":** ", p.raised(p.OldBlocks))
	}
	if n := len(p.OldQuestions); n > 0 {
		add("**Questions open for more than "+ageLimit+":** ", p.raised(p.OldQuestions))
	}
	if p.Exceptions.Asked > 0 {
		add("**Exceptions:** ", exceptionWords(p.Exceptions, false), aside("all", p.OfPlan(p.Cycle.Name, "exceptions")))
	}
	if n := len(p.Demos.Missing); n > 0 {
		add("**Done and not shown yet:** ", digitsOf(n), " of ", digits(p.Demos.Done, "item", "items"), ", ", p.undemonstrated(), aside("demos", p.OfPlan(p.Cycle.Name, "demos")))
	}
	if p.Objections > 0 {
		add("**Objections that stand:** ", digitsOf(p.Objections))
	}
	if p.Merged != (plan.MergeCount{}) {
		add("**Merged pull requests:** ", mergeWords(p.Merged))
	}
	if len(p.Unplanned) > 0 {
		add("**KEPs with merged work that no item of the plan has:** ", p.keps())
	}
	for _, line := range lines {
		p.say("\n", line, "\n")
	}
}

// Forecast words what may be expected in the end: "58 ± 6 pieces of work, from the confidences: 20 are done, 38 to
// come; 3 are overdue and not counted until committed again". Where nothing is to come
// nothing is expected, and there is no number.
func Forecast(f plan.Forecast) string {
	text := "no more than what is done, " + digits(f.Done, "piece", "pieces") + " of work: nothing is committed to an increment to come"
	switch {
	case f.Open == 0 && f.Done == 0:
		text = "nothing: nothing is done, and nothing is committed to an increment to come"
	case f.Open > 0:
		text = estimate(f.Estimate) + " of " + digits(f.Done+f.Open+f.Overdue, "piece", "pieces") + " of work, from the confidences: " + digitsOf(f.Done) + isAre(f.Done, " is", " are") + " done, " + digitsOf(f.Open) + " to come"
	}
	if f.Overdue > 0 {
		text += "; " + digitsOf(f.Overdue) + isAre(f.Overdue, " is", " are") + " overdue and not counted until committed again"
	}
	return text
}

func (p *tallyPage) undemonstrated() string {
	var out []string
	for _, key := range p.Demos.Missing {
		out = append(out, p.issue(p.on, key))
	}
	return some(out, min(12, p.l.items), "and")
}

// mostBehind names the up to three SIGs with most work behind.
func (p *tallyPage) mostBehind() []string {
	sigs := slices.DeleteFunc(slices.Clone(p.SIGs), func(s plan.SIGTally) bool { return s.All.Slipped == 0 })
	slices.SortStableFunc(sigs, func(a, b plan.SIGTally) int { return b.All.Slipped - a.All.Slipped })
	var out []string
	for _, s := range sigs[:min(3, len(sigs))] {
		out = append(out, laneName(s.SIG)+" ("+digitsOf(s.All.Slipped)+" of "+digitsOf(s.All.Committed)+" slipped)")
	}
	return out
}

// declined counts the dependencies that were refused.
func (p *tallyPage) declined() int {
	n := 0
	for _, d := range p.Waiting {
		if has(d.Edge, work.Declined) {
			n++
		}
	}
	return n
}

// waitedFor is the SIG on which most dependencies wait, "" if none is known.
func (p *tallyPage) waitedFor() (sig string, n int) {
	counts := map[string]int{}
	for _, d := range p.Waiting {
		if owner := d.Edge.Target.SIG; owner != "" {
			if counts[owner]++; counts[owner] > n || counts[owner] == n && owner < sig {
				sig, n = owner, counts[owner]
			}
		}
	}
	return sig, n
}

func (p *tallyPage) raised(list []plan.Raised) string {
	var out []string
	for _, r := range list {
		out = append(out, p.issue(p.on, r.Key)+" "+plain(r.Note.ID)+" since "+p.day(r.Key, r.Note.Raised))
	}
	return some(out, min(12, p.l.items), "and")
}

func (p *tallyPage) keps() string {
	var out []string
	for _, k := range p.Unplanned {
		name := Code(k.KEP)
		if key, err := slash.ParseKey(k.KEP); err == nil {
			name = link("KEP-"+strconv.Itoa(key.Number), p.Issue(key))
		}
		out = append(out, name+" ("+digits(k.Merges, "pull request", "pull requests")+")")
	}
	return some(out, min(12, p.l.items), "and")
}

// laneName is the SIG at the head of a row.
func laneName(sig string) string {
	if sig == "" {
		return "SIG not known"
	}
	return sigName(sig)
}

// burndown draws what is left; the table says the same.
func (p *tallyPage) burndown() {
	if len(p.Burndown) == 0 {
		return
	}
	p.say("\n<details><summary>Burndown</summary>\n\n```mermaid\n", p.Chart(), "```\n")
	t := table{head: []string{"at the end of", "left", "left if all goes as committed"}}
	for _, l := range p.Burndown {
		left := "not known yet"
		if l.Known {
			left = digitsOf(l.Left)
		}
		t.add(l.Title, left, digitsOf(l.Planned))
	}
	p.say(t.String(), "\nBars: what is left; there is none where it is not known yet. Line: as committed.\n\n</details>\n")
}

// waiting lists what has not been promised.
func (p *tallyPage) waiting() {
	if len(p.Waiting) == 0 {
		return
	}
	t := table{head: []string{"item", "needs", "of", "state"}}
	for _, d := range p.Waiting[:min(len(p.Waiting), p.l.items)] {
		t.add(p.issue(p.on, d.From), p.target(p.on, d.Edge), laneName(d.Edge.Target.SIG), p.Site.edge(d, p.Cycle))
	}
	p.say("\n<details><summary>Not promised: ", digits(len(p.Waiting), "dependency", "dependencies"), "</summary>\n", t.String(), restOf(len(p.Waiting), p.l.items), "\n</details>\n")
}

// restOf counts what a list of n with room for shown leaves out.
func restOf(n, shown int) string {
	if n <= shown {
		return ""
	}
	return "\nand " + digitsOf(n-shown) + " more, on their items' records\n"
}

// edge says where a dependency stands, in the words of the item's record.
func (s Site) edge(d plan.Dependency, c cycle.Cycle) string {
	p := &page{Site: s, key: d.From, Record: Record{Cycle: c}, detail: details[0], item: &work.Item{Key: d.From, Cycle: c.Name}}
	return p.edgeState(d.Edge)
}
