package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// dependencies lists those that do not hold, those that go round, and those that hold.
func (p *planPage) dependencies() {
	s := p.Schedule
	if n := len(s.Unmet); n > 0 {
		p.say("\n<details><summary>Dependencies that do not hold: ", digitsOf(n), " of ", digitsOf(s.Dependencies), ", ", brokenWords(s.Unmet), "</summary>\n")
		p.dependencyTable(s.Unmet)
		p.say("\n</details>\n")
	}
	for n, loop := range s.Loops {
		if n == p.scale.rows {
			p.say("\nand ", digits(len(s.Loops)-n, "more loop", "more loops"), "\n")
			break
		}
		var path []string
		for _, k := range loop[:min(len(loop), 12)] {
			path = append(path, p.issue(p.Plan.Key, k))
		}
		text := strings.Join(path, " → ")
		if rest := len(loop) - len(path); rest > 0 {
			text += " → and " + digitsOf(rest) + " more"
		}
		p.say("\n**Dependencies that go round:** ", text, ". One of them has to give way.\n")
	}
	if n := len(s.Met); n > 0 {
		p.say("\n<details><summary>Dependencies that hold: ", digitsOf(n), " of ", digitsOf(s.Dependencies), "</summary>\n")
		p.dependencyTable(s.Met)
		p.say("\n</details>\n")
	}
}

// brokenWords counts dependencies by what is wrong with them: "2 declined, 1 too late".
func brokenWords(list []plan.Dependency) string {
	kinds := []struct {
		word  string
		codes []work.FindingCode
	}{
		{"declined", []work.FindingCode{work.Declined}},
		{"closed or not to be read", []work.FindingCode{work.Unreadable, work.ClosedUnmerged, work.ClosedNotPlanned}},
		{"slipped", []work.FindingCode{work.TargetSlipped}},
		{"too late", []work.FindingCode{work.Late}},
		{"not promised", []work.FindingCode{work.NotPromised}},
		{"not committed", []work.FindingCode{work.NotCommitted}},
		{"other", nil},
	}
	counts := make([]int, len(kinds))
	for _, d := range list {
		k := slices.IndexFunc(kinds, func(k struct {
			word  string
			codes []work.FindingCode
		}) bool {
			return k.codes == nil || slices.ContainsFunc(k.codes, func(code work.FindingCode) bool { return has(d.Edge, code) })
		})
		counts[k]++
	}
	var words []string
	for k, n := range counts {
		if n > 0 {
			words = append(words, digitsOf(n)+" "+kinds[k].word)
		}
	}
	return strings.Join(words, ", ")
}

func (p *planPage) dependencyTable(list []plan.Dependency) {
	t := table{head: []string{"item", "needs", "of", "by", "state"}}
	for _, d := range list[:min(len(list), p.scale.rows)] {
		by := "no weeks named"
		if d.Edge.Ask.By != "" {
			by = p.windowTitle(d.Edge.Ask.By)
		}
		needs := p.target(p.Plan.Key, d.Edge)
		if d.Edge.Target.Readable {
			needs = p.withTitle(needs, d.Edge.Target.Issue.Title)
		}
		t.add(p.issue(p.Plan.Key, d.From)+" ("+laneName(d.SIG)+")", needs, laneName(d.Edge.Target.SIG), by, p.edge(d, p.Schedule.Cycle))
	}
	p.say(t.String(), p.rest(len(list), p.scale.rows))
}

// rest counts what is not in a list, and says where it is.
func (p *planPage) rest(n, shown int) string {
	web := p.planOnWeb(p.Schedule.Cycle.Name)
	if n <= shown || web == "" {
		return restOf(n, shown)
	}
	return "\nand " + digitsOf(n-shown) + " more: " + web + "\n"
}

func (p *planPage) graphOf() {
	g := p.Graph
	if g.Shown == 0 {
		return
	}
	if p.form != drawn || g.Left > 0 && g.SIGs != "" {
		p.graphOfSIGs()
		return
	}
	p.say("\n<details><summary>Dependencies between SIGs, drawn: ", digitsOf(g.Shown), "</summary>\n\n```mermaid\n", g.Mermaid, "```\n")
	if g.Left > 0 {
		p.say("\n", digits(g.Left, "more is", "more are"), " not drawn; what is declined or not answered comes first.\n")
	}
	p.say("\n</details>\n")
}

// graphOfSIGs draws who waits for whom, where there are too many dependencies to draw
// each, or no room.
func (p *planPage) graphOfSIGs() {
	g := p.Graph
	all := digits(g.Shown+g.Left, "dependency", "dependencies")
	if p.form == inLines && p.scale.rows < 4 || g.SIGs == "" {
		p.say("\nThe ", all, " between SIGs are not drawn here: there is no room for it", aside("the plan on the web", p.OfPlan(p.Schedule.Cycle.Name, "")), ".\n")
		return
	}
	p.say("\n<details><summary>Which SIG waits for which, drawn: ", all, "</summary>\n\n```mermaid\n", g.SIGs, "```\n")
	if g.SIGsLeft > 0 {
		p.say("\n", digits(g.SIGsLeft, "more pair of SIGs is", "more pairs of SIGs are"), " not drawn; what is declined or not answered comes first.\n")
	}
	p.say("\n</details>\n")
}
