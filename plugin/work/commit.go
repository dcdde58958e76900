package work

import (
	"slices"
	"strconv"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/slash"
)

// commitCommand commits an issue, or items of its checklist, to increments
// with a confidence that is at most the increment's cap (the proposal: 100, 80,
// 60, 40 %; "lower, but never higher").
var commitCommand = Command{
	Verb:    "commit",
	Summary: "Commit this issue, or items of its checklist, to increments of a release.",
	Forms: []Form{{
		Form: slash.Form{Verb: "commit", Args: []slash.Arg{
			release,
			{Name: "sig", Kind: slash.SIG, Optional: true},
			{Name: "weeks", Kind: slash.WeeksKind, Optional: true},
			{Name: "n", Kind: slash.Percent, Optional: true},
			{Name: "items", Kind: slash.Items, Optional: true},
		}, Examples: []string{"/commit", "/commit w3-4", "/commit w3-4 60%", "/commit w1-2,w3-4"}},
		Who:     planners,
		Summary: "Commit. No weeks: by the last increment. No %: the increment's cap. No items: the whole issue.",
		Settle:  settleCommit,
		Apply:   applyCommit,
	}, {
		Form: slash.Form{Verb: "commit", Args: []slash.Arg{
			{Name: "cancel", Kind: slash.Word("cancel")},
			release,
			{Name: "weeks", Kind: slash.WeeksKind, Optional: true},
			{Name: "items", Kind: slash.Items, Optional: true},
		}, Examples: []string{"/commit cancel", "/commit cancel w3-4"}},
		Who:     planners,
		Summary: "Take a commitment back: all of it, or of the increments and items named.",
		Settle:  settleCommitCancel,
		Apply:   applyCommitCancel,
	}},
}

func settleCommit(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	increments, p := c.increments(v)
	if p != nil {
		return nil, p
	}
	items, p := c.items(v)
	if p != nil {
		return nil, p
	}
	v = v.With("items", items)
	percent, given := v["n"].(int)
	var settled []slash.Values
	for _, inc := range increments {
		if inc.Finished(c.Said) {
			return nil, c.finished(v, inc)
		}
		n := inc.Cap
		if given {
			n = percent
		}
		if n > inc.Cap {
			return nil, c.problem(AboveCap, "n", strconv.Itoa(n)+"%", v.With("n", lowestCap(increments)), inc.Title(), strconv.Itoa(inc.Cap))
		}
		settled = append(settled, v.With("weeks", spansOf(inc)).With("n", n))
	}
	return settled, nil
}

func lowestCap(increments []cycle.Increment) int {
	lowest := 100
	for _, inc := range increments {
		lowest = min(lowest, inc.Cap)
	}
	return lowest
}

// finished refuses an increment that is over and offers the first that is not.
func (c *Context) finished(v slash.Values, inc cycle.Increment) *slash.Problem {
	var left []string
	var next *cycle.Increment
	for _, i := range c.Cycle.Increments {
		if i.Finished(c.Said) {
			continue
		}
		if next == nil {
			next = &i
		}
		left = append(left, i.Name())
	}
	if next == nil {
		return c.problem(Finished, "weeks", inc.Title(), nil)
	}
	fix := v.With("weeks", spansOf(*next))
	if n, ok := fix["n"].(int); ok {
		fix["n"] = min(n, next.Cap)
	}
	return c.problem(Finished, "weeks", inc.Title(), fix, left...)
}

// increments resolves the weeks that were named to increments of the cycle, in
// order; without any, the last.
func (c *Context) increments(v slash.Values) ([]cycle.Increment, *slash.Problem) {
	spans, ok := v["weeks"].([]slash.Span)
	if !ok || len(spans) == 0 {
		if len(c.Cycle.Increments) == 0 {
			return nil, c.problem(NoIncrement, "weeks", "", nil)
		}
		return []cycle.Increment{c.Cycle.Last()}, nil
	}
	var out []cycle.Increment
	for _, s := range spans {
		inc, ok := c.increment(s)
		if !ok {
			return nil, c.noIncrement(v, s)
		}
		if !slices.ContainsFunc(out, func(i cycle.Increment) bool { return i.Number == inc.Number }) {
			out = append(out, inc)
		}
	}
	slices.SortFunc(out, func(a, b cycle.Increment) int { return a.Number - b.Number })
	return out, nil
}

func (c *Context) increment(s slash.Span) (cycle.Increment, bool) {
	if s.Inc > 0 {
		return c.Cycle.Increment(s.Inc)
	}
	return c.Cycle.ByWeeks(s.From, s.To)
}

func (c *Context) noIncrement(v slash.Values, s slash.Span) *slash.Problem {
	var names []string
	for _, i := range c.Cycle.Increments {
		names = append(names, i.Name())
	}
	word := slash.WeeksKind.Print([]slash.Span{s})
	if len(names) == 0 {
		return c.problem(NoIncrement, "weeks", word, nil)
	}
	last := c.Cycle.Last()
	for _, i := range c.Cycle.Increments { // the first that is not over
		if !i.Finished(c.Said) {
			last = i
			break
		}
	}
	fix := v.With("weeks", spansOf(last))
	if n, ok := fix["n"].(int); ok {
		fix["n"] = min(n, last.Cap)
	}
	return c.problem(NoIncrement, "weeks", word, fix, names...)
}

func spansOf(inc cycle.Increment) []slash.Span {
	return []slash.Span{{From: inc.FromWeek, To: inc.ToWeek}}
}

// items turns the numbers that were typed into the texts of the checklist, so
// that a commitment survives a reordered list. nil is the whole issue.
func (c *Context) items(v slash.Values) (any, *slash.Problem) {
	typed, ok := v["items"].([]slash.Item)
	if !ok || len(typed) == 0 {
		return nil, nil
	}
	list := c.Checklist()
	var out []slash.Item
	for _, item := range typed {
		text, ok := "", false
		switch {
		case item.Text != "":
			text, ok = item.Text, slices.Contains(list, item.Text)
		case item.N >= 1 && item.N <= len(list):
			text, ok = list[item.N-1], true
		}
		if !ok {
			return nil, c.noSuchItem(v, item, list)
		}
		if !slices.ContainsFunc(out, func(o slash.Item) bool { return o.Text == text }) {
			out = append(out, slash.Item{Text: text})
		}
	}
	return out, nil
}

func (c *Context) noSuchItem(v slash.Values, item slash.Item, list []string) *slash.Problem {
	var allowed []string
	for n, text := range list {
		allowed = append(allowed, strconv.Itoa(n+1)+". "+text)
	}
	fix := v.With("items", nil)
	if len(list) > 0 {
		fix = v.With("items", []slash.Item{{N: 1}})
	}
	return c.problem(NoSuchItem, "items", slash.Items.Print([]slash.Item{item}), fix, allowed...)
}

func applyCommit(i *Item, s Said, v slash.Values) {
	n, ok := v["n"].(int)
	if !ok {
		return
	}
	if i.FirstSIG == "" {
		i.FirstSIG = s.SIG
	}
	for _, window := range windows(v) {
		for _, item := range itemTexts(v) {
			c := Commitment{Window: window, Item: item, Percent: n, Said: s}
			k := slices.IndexFunc(i.Commitments, func(o Commitment) bool { return o.Window == window && o.Item == item })
			if k >= 0 {
				i.Commitments[k] = c
			} else {
				i.Commitments = append(i.Commitments, c)
			}
		}
	}
}

func settleCommitCancel(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	if _, named := v["weeks"]; named && !c.committedTo(windows(v)) {
		increments, p := c.increments(v)
		if p != nil {
			return nil, p
		}
		var spans []slash.Span
		for _, inc := range increments {
			spans = append(spans, spansOf(inc)...)
		}
		v = v.With("weeks", spans)
	}
	if typed, ok := v["items"].([]slash.Item); ok { // what was committed may have left the checklist
		list, out := c.Checklist(), []slash.Item{}
		for _, item := range typed {
			if item.Text == "" {
				if item.N < 1 || item.N > len(list) {
					return nil, c.noSuchItem(v, item, list)
				}
				item = slash.Item{Text: list[item.N-1]}
			}
			out = append(out, item)
		}
		v = v.With("items", out)
	}
	return []slash.Values{v}, nil
}

// committedTo reports whether the item is committed to every one of the
// increments as they were typed. Such a commitment can be taken back even if
// the increment has left the calendar.
func (c *Context) committedTo(windows []string) bool {
	for _, w := range windows {
		if !slices.ContainsFunc(c.Item().Commitments, func(o Commitment) bool { return o.Window == w }) {
			return false
		}
	}
	return true
}

func applyCommitCancel(i *Item, _ Said, v slash.Values) {
	weeks, items := windows(v), itemTexts(v)
	_, someItems := v["items"].([]slash.Item)
	i.Commitments = slices.DeleteFunc(i.Commitments, func(c Commitment) bool {
		return (len(weeks) == 0 || slices.Contains(weeks, c.Window)) && (!someItems || slices.Contains(items, c.Item))
	})
}

// windows gives the increment names in canonical values.
func windows(v slash.Values) []string {
	spans, _ := v["weeks"].([]slash.Span)
	var out []string
	for _, s := range spans {
		out = append(out, slash.WeeksKind.Print([]slash.Span{s}))
	}
	return out
}

// itemTexts gives the checklist texts in canonical values; "" alone is the
// whole issue.
func itemTexts(v slash.Values) []string {
	items, ok := v["items"].([]slash.Item)
	if !ok || len(items) == 0 {
		return []string{""}
	}
	var out []string
	for _, item := range items {
		out = append(out, item.Text)
	}
	return out
}

// window gives the one increment name after "by", or "".
func window(v slash.Values) string {
	if w := windows(v); len(w) > 0 {
		return w[len(w)-1]
	}
	return ""
}
