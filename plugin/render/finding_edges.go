package render

import (
	"slices"

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
