package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// point is one thing that does not fit, in words.
type point struct {
	need   string   // how the first lines name it, "" if they only count it
	listed bool     // the first lines name it from the dependency itself
	text   string   // the sentence; ends with ":" if there is a line to paste
	paste  []string // lines, each in a block of its own
}

// points lists what does not fit, findings of one cause together. Closed items
// have none; an item that is not in the plan has only those of its
// dependencies and exceptions.
func (p *page) points() []point {
	if p.closed() {
		return nil
	}
	if p.found == nil {
		p.found = p.findPoints()
	}
	return p.found
}

func (p *page) findPoints() []point {
	points := []point{}
	noted, seen := p.Assessment.Standing == work.Noted, map[string]bool{}
	for _, f := range p.Assessment.Findings {
		if noted && f.Code != work.DependencyCycle && !aboutExceptions[f.Code] {
			continue // what a plan asks for is not asked of what is in none
		}
		id := string(f.Code) + "\x00" + f.Key.String()
		if len(f.Words) > 0 {
			id += "\x00" + f.Words[0]
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		points = append(points, p.point(f, nil))
	}
	for k := range p.Assessment.Edges {
		e := &p.Assessment.Edges[k]
		for _, f := range e.Findings {
			if f.Code == work.NotCommitted && has(*e, work.NotPromised) {
				continue // said together with the promise
			}
			points = append(points, p.point(f, e))
		}
	}
	return points
}

// misfits writes the points with the lines to paste.
func (p *page) misfits() {
	points := p.points()
	if len(points) == 0 {
		return
	}
	p.say("\n**What does not fit:**\n")
	for _, pt := range points[:min(len(points), p.rows)] {
		p.say("- ", pt.text, "\n")
		for _, line := range pt.paste {
			p.say(block("  ", line))
		}
	}
	if rest := len(points) - p.rows; rest > 0 {
		p.say("\nand ", digits(rest, "more point", "more points"), " of the same kinds\n")
	}
}

// findingWords has a sentence for every finding.
var findingWords = map[work.FindingCode]func(*page, work.Finding, *work.Edge) point{
	work.NoKEP:            noKEP,
	work.UnknownKEP:       unknownKEP,
	work.KEPStatus:        kepStatus,
	work.KEPStage:         kepStage,
	work.KEPMilestone:     kepMilestone,
	work.NoAssignee:       noAssignee,
	work.Unscheduled:      unscheduled,
	work.ItemGone:         itemGone,
	work.OverCap:          overCap,
	work.NoWindow:         noWindow,
	work.SIGLabel:         sigLabel,
	work.SameKEPTwice:     sameKEP,
	work.ChangedSinceVote: changedSinceVote,
	work.SelfDependency:   selfDependency,
	work.DependencyCycle:  dependencyCycle,
	work.Unreadable:       unreadable,
	work.ClosedUnmerged:   closedTarget("was closed without being merged"),
	work.ClosedNotPlanned: closedTarget("was closed as not planned"),
	work.NotCommitted:     notCommitted,
	work.NotPromised:      notPromised,
	work.Declined:         declined,
	work.Late:             late,
	work.TargetSlipped:    targetSlipped,
	work.DraftException:   draftException,
	work.WaitsForSupport:  waitsForSupport,
	work.AfterDecision:    afterDecision,
	work.NotCounted:       notCounted,
	work.ExpiredException: expiredException,
}

func (p *page) point(f work.Finding, e *work.Edge) point {
	if say, ok := findingWords[f.Code]; ok {
		return say(p, f, e)
	}
	text := "Something does not fit: " + word(string(f.Code))
	if len(f.Words) > 0 {
		var words []string
		for _, w := range f.Words {
			words = append(words, p.code(w))
		}
		text += ", " + some(words, p.items, "and")
	}
	return point{text: text + "."}
}

// wordOf is a word of a finding, "" if it has not that many.
func wordOf(f work.Finding, n int) string {
	if n < len(f.Words) {
		return f.Words[n]
	}
	return ""
}

func changedSinceVote(p *page, _ work.Finding, _ *work.Edge) point {
	return point{need: p.owner() + " to stand by what changed since the vote",
		text:  "It is not what the vote approved any more: its KEP, its commitments or what it depends on changed. To stand by it as it is now:",
		paste: []string{"/readout ready " + p.item.Cycle}}
}

func noKEP(*page, work.Finding, *work.Edge) point {
	return point{need: "a KEP", text: "No KEP is named, and the description links to none or to several. `/kep` with its number names one, in a comment or in the description."}
}

func unknownKEP(p *page, f work.Finding, _ *work.Edge) point {
	pt := point{need: "a KEP that is in the catalogue"}
	pt.text = p.kepLink(p.Assessment.KEPRef) + " is not in the catalogue of " + plain(wordOf(f, 0)) + "."
	if f.Key.Number != 0 {
		pt.text += " There is KEP-" + digitsOf(f.Key.Number)
		if t := wordOf(f, 1); t != "" {
			pt.text += " " + p.code(t)
		}
		pt.text += ". If that is meant:"
		pt.paste = []string{"/kep " + p.item.Cycle + " " + f.Key.String()}
	}
	return pt
}

func (p *page) kepFile() string {
	if k := p.Assessment.KEP; k != nil && k.Path != "" {
		return link("kep.yaml", p.file(p.Assessment.KEPRef.Repo, k.Path))
	}
	return "kep.yaml"
}

func kepStatus(p *page, f work.Finding, _ *work.Edge) point {
	status := "no status"
	if s := wordOf(f, 0); s != "" {
		status = "the status " + p.code(s)
	}
	return point{need: "the KEP to be implementable", text: "The KEP has " + status + " in its " + p.kepFile() +
		"; for a release it is implementable. A change of that file is seen here by itself."}
}

func kepStage(p *page, f work.Finding, _ *work.Edge) point {
	var labels []string
	for _, l := range strings.Split(wordOf(f, 1), ", ") {
		labels = append(labels, p.code("stage/"+l))
	}
	return point{text: "The stage is " + word(wordOf(f, 0)) + " in " + p.kepFile() + ", the label here says " +
		some(labels, p.items, "and") + ". One of them is out of date."}
}

func kepMilestone(p *page, f work.Finding, _ *work.Edge) point {
	return point{text: "The latest milestone in " + p.kepFile() + " is " + p.code(wordOf(f, 0)) + ", this is planned for " +
		plain(wordOf(f, 1)) + ". One of them is out of date."}
}

func noAssignee(*page, work.Finding, *work.Edge) point {
	return point{need: "an assignee (is this work funded?)", text: "Nobody is assigned. Whoever does the work says `/assign`; if nobody can, it is not funded."}
}

// unscheduled offers the line that commits what is left by the last increment.
func unscheduled(p *page, f work.Finding, _ *work.Edge) point {
	var names, numbers []string
	for _, text := range f.Words {
		if n := p.nth[text]; n > 0 {
			numbers = append(numbers, digitsOf(n))
		}
		names = append(names, p.itemName(text))
	}
	n := len(f.Words)
	verb := " have"
	if n == 1 {
		verb = " has"
	}
	items := count(n, "checklist item", "checklist items")
	pt := point{need: "an increment for " + items, text: upper(items) + verb + " no increment: " + some(names, p.items, "and") + "."}
	const most = 50 // entries that one line may list
	if last := p.Cycle.Last(); len(numbers) > 0 && last.Number > 0 {
		pt.text += " To commit by " + last.Title() + " at " + percent(last.Cap) + ":"
		for rest := numbers; len(rest) > 0; rest = rest[min(most, len(rest)):] {
			pt.paste = append(pt.paste, "/commit "+p.item.Cycle+" "+strings.Join(rest[:min(most, len(rest))], ","))
		}
	}
	return pt
}

func itemGone(p *page, f work.Finding, _ *work.Edge) point {
	text := wordOf(f, 0)
	return point{text: p.code(text) + " is committed and is no longer in the checklist. To take it back:",
		paste: []string{"/commit cancel " + p.item.Cycle + " " + slash.Items.Print([]slash.Item{{Text: text}})}}
}

// overCap offers the line that commits the same items at the cap.
func overCap(p *page, f work.Finding, _ *work.Edge) point {
	pt := point{text: "The commitment for " + plain(wordOf(f, 0)) + " is at " + plain(wordOf(f, 1)) + ", the cap is now " +
		plain(wordOf(f, 2)) + ". To commit at the cap:"}
	for _, inc := range p.Cycle.Increments {
		if inc.Title() != wordOf(f, 0) {
			continue
		}
		var items []string
		at := "/commit " + p.item.Cycle + " " + inc.Name() + " " + digitsOf(inc.Cap) + "%"
		for _, c := range p.committedIn(inc.Name()) {
			switch {
			case c.Percent <= inc.Cap, p.done(c.Item):
			case c.Item == "":
				pt.paste = append(pt.paste, at)
			case p.nth[c.Item] > 0:
				items = append(items, digitsOf(p.nth[c.Item]))
			}
		}
		if len(items) > 0 {
			pt.paste = append(pt.paste, at+" "+strings.Join(items, ","))
		}
	}
	if len(pt.paste) == 0 {
		pt.text = strings.TrimSuffix(pt.text, " To commit at the cap:")
	}
	return pt
}

func noWindow(p *page, f work.Finding, _ *work.Edge) point {
	var names []string
	for _, inc := range p.Cycle.Increments {
		names = append(names, "`"+inc.Name()+"`")
	}
	text := "Something is committed to " + word(wordOf(f, 0)) + ", which is no longer in the calendar of " + plain(p.item.Cycle) + "."
	if len(names) > 0 {
		text += " The increments are " + some(names, p.items, "and") + "."
	}
	return point{text: text}
}

func sigLabel(p *page, f work.Finding, _ *work.Edge) point {
	var labels []string
	for _, l := range strings.Split(wordOf(f, 1), ", ") {
		labels = append(labels, p.code("sig/"+l))
	}
	owner := sigName(wordOf(f, 0))
	return point{text: "The item belongs to " + owner + ", the label here says " + some(labels, p.items, "and") +
		". Labels do not change who owns it; `/sig` and `/remove-sig` mend them."}
}

func sameKEP(p *page, f work.Finding, _ *work.Edge) point {
	return point{text: p.issue(p.key, f.Key) + " is committed to " + plain(p.item.Cycle) + " with the same KEP. If they are one piece of work, one of the two is taken back."}
}
