package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// dayLong is "Tue 6 Apr 2027", dayShort "Tue 6 Apr".
func dayLong(d cycle.Day) string  { return d.StartUTC().Format("Mon 2 Jan 2006") }
func dayShort(d cycle.Day) string { return d.StartUTC().Format("Mon 2 Jan") }

// dates folds the cycle's days: the planning event, increments, freezes with the end of
// their windows for exceptions, the release.
func (p *planPage) dates() {
	c := p.Schedule.Cycle
	if c.Start.IsZero() || c.End.IsZero() {
		return
	}
	p.say("\n<details><summary>Dates: ", dayShort(c.Start), " to ", dayLong(c.End))
	if n := len(c.Freezes); n > 0 {
		p.say(", ", digits(n, "freeze", "freezes"))
	}
	p.say("</summary>\n\n| what | when |\n|---|---|\n")
	row := func(what, when string) { p.say("| ", what, " | ", when, " |\n") }
	if !c.Planning.IsZero() {
		row("planning event", dayLong(c.Planning))
	}
	for _, i := range c.Increments {
		row(i.Title(), dayShort(i.Start)+" to "+dayLong(i.End))
	}
	for _, f := range c.Freezes {
		when := dayOnEarth(f.Day())
		if f.Window > 0 {
			when += "; exceptions until " + dayOnEarth(f.Day().AddDays(f.Window))
		}
		row(freezeName(f.Name), when)
	}
	row("release", dayLong(c.End))
	p.say("\n</details>\n")
}

// PlanningSoon gives the notice two weeks before the planning event: when it is, and who
// must be there (product management and the release lead). It calls nobody.
func (s Site) PlanningSoon(c cycle.Cycle, must []Holder) string {
	var there, missing []string
	for _, h := range must {
		if len(h.Logins) == 0 {
			missing = append(missing, holderTitle(h))
			continue
		}
		people := make([]string, 0, len(h.Logins))
		for _, login := range h.Logins {
			people = append(people, person(login))
		}
		there = append(there, holderTitle(h)+": "+some(people, 5, "and"))
	}
	if rest := len(there) - 20; rest > 0 {
		there = append(there[:20:20], digitsOf(rest)+" more roles")
	}
	text := "### Planning for " + plain(c.Name) + " is on " + dayLong(c.Planning) + "\n"
	text += "**Must be there:** " + firstOf(strings.Join(there, " · "), "nobody holds these roles yet") + "\n"
	if len(missing) > 0 {
		text += "\n**Nobody yet:** " + some(missing, 5, "and") + ".\n"
	}
	return text + "\nUntil then each SIG puts its work into the plan with `/commit` on the issues, and says of what is ready `/readout ready`. How it stands, and who speaks for each SIG:\n" +
		block("", "/plan status") + block("", "/plan who") + "\n<sub>Said once, two weeks before." + s.links() + "</sub>\n"
}
