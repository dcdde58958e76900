package plugin_test

import (
	"fmt"
	"slices"
	"strings"
)

// shrink leaves out words and faults, one at a time, for as long as the schedule fails.
func shrink(s schedule, fails func(schedule) bool) schedule {
	try := func(c schedule) bool {
		if !fails(c) {
			return false
		}
		s = c
		return true
	}
	if s.servers > 1 {
		c := s
		c.servers = 1
		try(c)
	}
	for again := true; again; {
		again = false
		for k := len(s.faults) - 1; k >= 0; k-- {
			c := s
			c.faults = slices.Delete(slices.Clone(s.faults), k, k+1)
			again = try(c) || again
		}
		for k := len(s.words) - 1; k >= 0; k-- {
			if k >= len(s.words) { // more than one went
				continue
			}
			c, gone := s, s.words[k].n
			c.words = slices.DeleteFunc(slices.Clone(s.words), func(w word) bool { return w.n == gone || w.to == gone })
			again = len(c.words) > 0 && try(c) || again
		}
	}
	return s
}

// script is the schedule in the language of testdata/scenarios. What that cannot say
// stands in remarks: which delivery or call is hit.
func (s schedule) script() string {
	var b strings.Builder
	names := map[int]string{}
	for _, f := range s.faults {
		fmt.Fprintf(&b, "# %s\n", f)
	}
	b.WriteString("config plan.yaml                      # with plan: kubernetes/enhancements#5000\nmaintainer opens enhancements#5000 \"Plan\"\n")
	issues := []string{"enhancements#5000", "enhancements#4381", "kubernetes#130512", "kubernetes#130600", "kubernetes#130700"}
	for _, w := range s.words {
		at, body := issues[w.on], "> "+strings.ReplaceAll(w.text, "\n", "\n> ")
		for k, key := range simIssues {
			_, name, _ := strings.Cut(issues[k], "#")
			body = strings.ReplaceAll(body, key.String(), fmt.Sprintf("%s/%s#%s", key.Org, key.Repo, name))
		}
		fmt.Fprintf(&b, "now %s\n", simStart.Add(w.at).Format("2006-01-02 15:04"))
		switch w.verb {
		case "says":
			names[w.n] = fmt.Sprintf("c%d", len(names)+1)
			fmt.Fprintf(&b, "%s: %s\n%s\n", w.who, at, body)
		case "edits":
			fmt.Fprintf(&b, "%s edits %s\n%s\n", w.who, names[w.to], body)
		case "deletes":
			fmt.Fprintf(&b, "%s deletes %s\n", w.who, names[w.to])
		case "labels", "unlabels":
			fmt.Fprintf(&b, "%s %s %s %s\n", w.who, w.verb, at, w.text)
		case "spoils":
			fmt.Fprintf(&b, "%s edits the record of %s\n> I tidied this up.\n", w.who, at)
		case "erases":
			fmt.Fprintf(&b, "%s deletes the record of %s\n", w.who, at)
		default:
			fmt.Fprintf(&b, "# %s %s %s %s\n", w.who, w.verb, at, w.text)
		}
	}
	b.WriteString("tick\n")
	for _, at := range issues {
		fmt.Fprintf(&b, "show %s\n", at)
	}
	return b.String()
}
