package work

import (
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/slash"
)

// chooseCycle finds the cycle that the line is about and writes it into the
// values: the release that was named; else the one that has the note of the
// number named; else, for words about an exception, the one in which it was asked for;
// else the open cycle of the issue's milestone; else the one in which the issue is
// committed; else the only one that is open.
func (c *Context) chooseCycle(v slash.Values) *slash.Problem {
	open := c.Calendar.Open(c.Said)
	names := make([]string, 0, len(open))
	for _, o := range open {
		names = append(names, o.Name)
	}
	if len(open) == 0 {
		return c.problem(NoCycle, "release", "", nil)
	}
	if named, ok := v["release"].(string); ok {
		for _, o := range open {
			if o.Name == named {
				c.Cycle = o
				return nil
			}
		}
		return c.problem(NotOpen, "release", named, v.With("release", names[0]), names...)
	}
	fit := c.fittingCycles(open, v)
	if len(fit) != 1 {
		offered := names[len(names)-1]
		for _, name := range names { // where something was said already, else the last
			if item, ok := c.Items[name]; ok && item.Accepted > 0 {
				offered = name
			}
		}
		return c.problem(WhichCycle, "release", "", v.With("release", offered), names...)
	}
	c.Cycle = fit[0]
	v["release"] = c.Cycle.Name
	return nil
}

func (c *Context) fittingCycles(open []cycle.Cycle, v slash.Values) []cycle.Cycle {
	var noted, asked, committed []cycle.Cycle
	for _, o := range open {
		if id, ok := v["id"].(string); ok && c.Items[o.Name] != nil {
			if _, has := c.Items[o.Name].Note(id); has {
				noted = append(noted, o)
			}
		}
	}
	if len(noted) == 1 {
		return noted
	}
	for _, o := range open {
		if item := c.Items[o.Name]; c.form.Verb == exceptionVerb && len(c.form.Named) == 0 && item != nil && len(item.Exceptions) > 0 {
			asked = append(asked, o)
		}
	}
	if len(asked) == 1 {
		return asked
	}
	for _, o := range open {
		if o.Name == c.Issue.Milestone {
			return []cycle.Cycle{o}
		}
		if item, ok := c.Items[o.Name]; ok && item.Committed() {
			committed = append(committed, o)
		}
	}
	if len(committed) == 1 {
		return committed
	}
	return open
}
