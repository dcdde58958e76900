package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// cancelAsk is the line that takes a dependency back.
func (p *page) cancelAsk(target work.Key) string {
	return "/depends-on cancel " + p.item.Cycle + " " + target.String()
}

func selfDependency(p *page, _ work.Finding, _ *work.Edge) point {
	return point{text: "This issue is said to depend on itself. To take that back:", paste: []string{p.cancelAsk(p.key)}}
}

func dependencyCycle(p *page, f work.Finding, _ *work.Edge) point {
	var names []string
	for _, k := range f.Path {
		names = append(names, p.issue(p.key, k))
	}
	if len(names) > 2*p.items {
		rest := len(names) - 2*p.items
		names = append(append(names[:2*p.items-1:2*p.items-1], digits(rest, "more issue", "more issues")), names[len(names)-1])
	}
	pt := point{need: "dependencies that do not go around", text: "The dependencies go around: "}
	for k, n := range names {
		if k > 0 {
			pt.text += " needs "
		}
		pt.text += n
	}
	if len(f.Path) > 1 {
		pt.text += ". To open the circle here:"
		pt.paste = []string{p.cancelAsk(f.Path[1])}
	} else {
		pt.text += "."
	}
	return pt
}

// unreadable says the same whether the issue is private, gone, not configured
// or never was.
func unreadable(p *page, f work.Finding, _ *work.Edge) point {
	return point{text: p.issue(p.key, f.Key) + " cannot be read: it does not exist, is not public, or its repository is not one of those looked at. To take the dependency back:",
		paste: []string{p.cancelAsk(f.Key)}}
}

func closedTarget(how string) func(*page, work.Finding, *work.Edge) point {
	return func(p *page, f work.Finding, _ *work.Edge) point {
		return point{text: p.issue(p.key, f.Key) + " " + how + ". If it is not needed any more:", paste: []string{p.cancelAsk(f.Key)}}
	}
}

// giverWho names who promises for the giving side.
func (p *page) giverWho(e *work.Edge) string {
	if e == nil || e.Target.SIG == "" {
		return "its planning facilitator"
	}
	return who(e.Target.SIG, p.Owners[e.Target.SIG], false)
}

// knownWindow is a window's name with a blank before it, "" if it is not in the
// calendar.
func (p *page) knownWindow(window string) string {
	for _, i := range p.Cycle.Increments {
		if i.Name() == window {
			return " " + window
		}
	}
	return ""
}

func notCommitted(p *page, f work.Finding, e *work.Edge) point {
	line := "/commit " + p.item.Cycle
	if e != nil && e.Promise != nil {
		line += p.knownWindow(e.Promise.By)
	}
	return point{text: p.issue(p.key, f.Key) + " is promised, but it is not committed to " + plain(p.item.Cycle) + ". For " +
		p.giverWho(e) + ", on that issue:", paste: []string{line}}
}

func notPromised(p *page, f work.Finding, e *work.Edge) point {
	text, line := " is asked for and not promised", "/provide "+p.item.Cycle+" "+p.key.String()
	if e != nil {
		if has(*e, work.NotCommitted) {
			text = " is asked for, but neither promised nor committed to " + plain(p.item.Cycle)
		}
		line += p.knownWindow(e.Ask.By)
	}
	return point{listed: true, text: p.issue(p.key, f.Key) + text + ". For " + p.giverWho(e) + ", on that issue:", paste: []string{line}}
}

func declined(p *page, f work.Finding, e *work.Edge) point {
	text := p.issue(p.key, f.Key) + " was declined"
	if e != nil && e.Promise != nil {
		text += " by " + person(e.Promise.Said.Login) + ", " + p.day(f.Key, e.Promise.Said)
	}
	if reason := wordOf(f, 0); reason != "" {
		text += ": " + p.code(reason)
	}
	return point{listed: true, text: text + ". No readout and no approval while it is needed. If it can be done without:",
		paste: []string{p.cancelAsk(f.Key)}}
}

// late offers to take the later date, if this item can.
func late(p *page, f work.Finding, e *work.Edge) point {
	pt := point{need: p.issue(p.key, f.Key) + " in time", text: p.issue(p.key, f.Key) + " is promised for " +
		plain(wordOf(f, 0)) + " and needed by " + plain(wordOf(f, 1)) + "."}
	k := slices.IndexFunc(p.Cycle.Increments, func(i increment) bool { return i.Title() == wordOf(f, 0) })
	if k >= 0 && e != nil {
		line := "/depends-on " + p.item.Cycle + " " + f.Key.String() + " by " + p.Cycle.Increments[k].Name()
		if e.Ask.Text != "" {
			line += " " + e.Ask.Text
		}
		pt.text += " If the later date will do:"
		pt.paste = []string{line}
	}
	return pt
}

// targetSlipped says where both sides stand now, and who gives a new date. What
// nobody promised is listed for its promise.
func targetSlipped(p *page, f work.Finding, e *work.Edge) point {
	pt := point{text: p.issue(p.key, f.Key) + " slipped" + p.slipSaid(f.Key, e)}
	given := "promised for "
	switch {
	case e == nil:
	case e.Promise == nil:
		given, pt.listed = "committed to ", true
	default:
		pt.need = giver(*e) + " to say when " + p.issue(p.key, f.Key) + " comes now"
		if e.Promise.By == "" {
			given = "promised, and committed to "
		}
	}
	var stand []string
	if title := wordOf(f, work.SlipGiven); title != "" {
		over := ""
		if wordOf(f, work.SlipOver) != "" {
			over = " (over)"
		}
		stand = append(stand, given+plain(title)+over)
	}
	needed, own := wordOf(f, work.SlipNeeded), wordOf(f, work.SlipOwn)
	if needed != "" {
		stand = append(stand, "needed by "+plain(needed))
	}
	switch {
	case own == "":
	case own == needed:
		stand = append(stand, "when this issue itself is due")
	default:
		stand = append(stand, "this issue itself in "+plain(own))
	}
	if len(stand) > 0 {
		pt.text += ": " + strings.Join(stand, ", ")
	}
	pt.text += "."
	next := wordOf(f, work.SlipNext)
	if p.knownWindow(next) == "" {
		pt.text += " No increment is left for it. If it can be done without:"
		pt.paste = []string{p.cancelAsk(f.Key)}
		return pt
	}
	pt.text += " The earliest now is " + p.windowTitle(next)
	if wordOf(f, work.SlipLate) != "" {
		pt.text += ", **too late**"
	}
	if pt.listed {
		pt.text += "."
		return pt
	}
	pt.text += ". For " + p.giverWho(e) + ", on that issue:"
	pt.paste = []string{"/provide " + p.item.Cycle + " " + p.key.String() + " " + next}
	return pt
}

// slipSaid names who said that the target slipped, and in which words, if somebody did.
func (p *page) slipSaid(target work.Key, e *work.Edge) string {
	if e == nil {
		return ""
	}
	said, told := e.Target.Item.Slip()
	if !told {
		return ""
	}
	text := ""
	if words := e.Target.Item.Progress.Text; words != "" {
		text = " " + p.code(words)
	}
	return text + " (" + person(said.Login) + ", " + p.day(target, said) + ")"
}
