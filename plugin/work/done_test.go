package work

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDoneSince: to say it again makes it no later; to take it back does.
func TestDoneSince(t *testing.T) {
	for _, tc := range []struct {
		lines []string
		want  int64 // the comment since which "API types" is done
	}{
		{[]string{"/done v1.38", "/done v1.38 o/r#1"}, 1},
		{[]string{"/done v1.38", `/done v1.38 "API types" o/r#1`}, 1},
		{[]string{`/done v1.38 "API types"`, "/done v1.38", `/done v1.38 "API types"`}, 1},
		{[]string{"/done v1.38", "/done cancel v1.38", "/done v1.38"}, 3},
		{[]string{"/done v1.38", `/done cancel v1.38 "API types"`, `/done v1.38 "API types"`}, 3},
		{[]string{"/done v1.38", `/done cancel v1.38 "API types"`, "/done v1.38"}, 3},
	} {
		log := logOf(tc.lines...)
		d, ok := Fold(here, log).Delivery("API types")
		if want := log.Receipts[tc.want-1].Said; !ok || !d.Since.Equal(want) {
			t.Errorf("%q: done since %v, want %v", tc.lines, d.Since, want)
		}
	}
}

// TestDone: the last word on each item, what stands of the word about the whole,
// and whether that is all.
func TestDone(t *testing.T) {
	list := Checklist(checklist) // API types, Scheduler plugin, e2e tests
	for _, tc := range []struct {
		name  string
		lines []string
		list  []string
		want  string // what stands
		of    int    // items of the list that are done
		all   bool
	}{
		{"nothing", nil, list, "", 0, false},
		{"nothing, and nothing to do", nil, nil, "", 0, false},
		{"the whole", []string{"/done v1.38"}, list, "whole", 3, true},
		{"the whole, no list", []string{"/done v1.38 o/r#1"}, nil, "whole by o/r#1", 0, true},
		{"an item", []string{`/done v1.38 "API types" o/r#1`}, list, "API types by o/r#1", 1, false},
		{"items", []string{`/done v1.38 "e2e tests","API types"`}, list, "e2e tests; API types", 2, false},
		{"every item", []string{`/done v1.38 "e2e tests","API types"`, `/done v1.38 "Scheduler plugin"`}, list, "e2e tests; API types; Scheduler plugin", 3, true},
		{"said again: the last word", []string{`/done v1.38 "API types" o/r#1`, `/done v1.38 "API types" o/r#2`}, list, "API types by o/r#2", 1, false},
		{"said again without a reference", []string{`/done v1.38 "API types" o/r#1`, `/done v1.38 "API types"`}, list, "API types", 1, false},
		{"what is no item does not make the list done", []string{`/done v1.38 "gone"`}, list, "gone", 0, false},
		{"an item alone is not the issue", []string{`/done v1.38 "gone"`}, nil, "gone", 0, false},
		{"the list may shrink to what is done", []string{`/done v1.38 "API types"`}, list[:1], "API types", 1, true},
		{"or grow past it", []string{`/done v1.38 "API types"`}, append(slices.Clone(list), "docs"), "API types", 1, false},
		{"cancel all", []string{`/done v1.38 "API types"`, "/done v1.38", "/done cancel v1.38"}, list, "", 0, false},
		{"cancel an item", []string{`/done v1.38 "API types","e2e tests"`, `/done cancel v1.38 "API types"`}, list, "e2e tests", 1, false},
		{"cancel of what nobody said", []string{`/done cancel v1.38 "API types"`, "/done cancel v1.38"}, list, "", 0, false},
		{"cancel before", []string{"/done cancel v1.38", "/done v1.38"}, list, "whole", 3, true},
		{"the whole but an item", []string{"/done v1.38", `/done cancel v1.38 "API types"`, `/done cancel v1.38 "API types"`}, list, "whole but API types", 2, false},
		{"the whole but an item that was said before", []string{`/done v1.38 "API types" o/r#1`, "/done v1.38", `/done cancel v1.38 "API types"`}, list, "whole but API types", 2, false},
		{"the exception done", []string{"/done v1.38", `/done cancel v1.38 "API types","e2e tests"`, `/done v1.38 "API types" o/r#1`}, list, "whole but e2e tests; API types by o/r#1", 2, false},
		{"the exception left the list", []string{"/done v1.38", `/done cancel v1.38 "gone"`}, list, "whole but gone", 3, true},
		{"the whole again", []string{"/done v1.38", `/done cancel v1.38 "API types"`, "/done v1.38 o/r#1"}, list, "whole by o/r#1", 3, true},
		{"an item keeps its reference under the whole", []string{`/done v1.38 "API types" o/r#1`, "/done v1.38"}, list, "API types by o/r#1; whole", 3, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			item := Fold(here, logOf(tc.lines...))
			if d := cmp.Diff(tc.want, delivered(item)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if of, all := item.DoneOf(tc.list), item.Delivered(tc.list); of != tc.of || all != tc.all {
				t.Errorf("%d done, all %v; want %d, %v", of, all, tc.of, tc.all)
			}
			if said := len(tc.lines) > 0; said == item.DoneSaid.IsZero() || said && item.DoneSaid.Comment != int64(len(tc.lines)) {
				t.Errorf("last said in %d of %d lines", item.DoneSaid.Comment, len(tc.lines))
			}
		})
	}
}

// delivered is what is done in short: "API types by o/r#1; whole but e2e tests".
func delivered(i *Item) string {
	var out []string
	for _, d := range i.Done {
		s := d.Item
		if s == "" {
			s = "whole"
		}
		if len(d.But) > 0 {
			s += " but " + strings.Join(d.But, ", ")
		}
		if !d.Ref.IsZero() {
			s += " by " + d.Ref.String()
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// TestDelivery: the word about an item comes before that about the whole.
func TestDelivery(t *testing.T) {
	item := Fold(here, logOf(`/done v1.38 "API types"`, "/done v1.38", `/done cancel v1.38 "e2e tests"`))
	for text, comment := range map[string]int64{"API types": 1, "Scheduler plugin": 2, "": 2, "e2e tests": 0} {
		d, ok := item.Delivery(text)
		if ok != (comment > 0) || d.Said.Comment != comment {
			t.Errorf("%q: said in comment %d (%v), want %d", text, d.Said.Comment, ok, comment)
		}
	}
}

// TestTargetDelivered: what others wait for is there.
func TestTargetDelivered(t *testing.T) {
	done := Fold(code, logOf("/done v1.38"))
	half := Fold(code, logOf(`/done v1.38 "API types"`))
	for _, tc := range []struct {
		name   string
		target Target
		want   bool
	}{
		{"cannot be read", Target{Item: done, Issue: Issue{Closed: true, StateReason: "completed"}}, false},
		{"open", Target{Readable: true, Item: &Item{}}, false},
		{"nothing known", Target{Readable: true}, false},
		{"closed as completed", Target{Readable: true, Item: &Item{}, Issue: Issue{Closed: true, StateReason: "completed"}}, true},
		{"closed as not planned", Target{Readable: true, Item: done, Issue: Issue{Closed: true, StateReason: "not_planned"}}, false},
		{"said to be done", Target{Readable: true, Item: done, Issue: Issue{Body: checklist}}, true},
		{"a part of it", Target{Readable: true, Item: half, Issue: Issue{Body: checklist}}, false},
		{"a pull request", Target{Readable: true, Item: done, Issue: Issue{Pull: true}}, false},
		{"merged", Target{Readable: true, Item: &Item{}, Issue: Issue{Pull: true, Closed: true, Merged: true}}, true},
		{"closed unmerged", Target{Readable: true, Item: &Item{}, Issue: Issue{Pull: true, Closed: true, StateReason: "completed"}}, false},
	} {
		if got := tc.target.Delivered(); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestJudgeDone: who may say it, what it settles to, what mends it.
func TestJudgeDone(t *testing.T) {
	type change = func(*Context)
	for _, tc := range []struct {
		name  string
		login string
		world []change
		line  string
		want  string // the canonical line and the role, or the reason code and the line to paste
	}{
		{"the whole", "node-fac", nil, "/done", "/done v1.38 as facilitator"},
		{"by the author", "dev", nil, "/done", "/done v1.38 as author"},
		{"by an assignee", "helper", nil, "/done 1", `/done v1.38 "API types" as author`},
		{"by a lead who stands in", "net-lead", []change{elsewhere}, "/done", "/done v1.38 as lead"},
		{"items and a reference", "node-fac", nil, "/done 2, 1 kubernetes#13", `/done v1.38 "Scheduler plugin","API types" kubernetes/kubernetes#13 as facilitator`},
		{"in any order", "node-fac", nil, "/done #12 1,1 1.38", `/done v1.38 "API types" kubernetes/enhancements#12 as facilitator`},
		{"by text, a URL", "node-fac", nil, `/done "API types" https://github.com/KUBERNETES/kubernetes/pull/13/files`, `/done v1.38 "API types" kubernetes/kubernetes#13 as facilitator`},
		{"a KEP is its issue", "node-fac", nil, "/done KEP-3063", "/done v1.38 kubernetes/enhancements#3063 as facilitator"},
		{"never committed, cycle not begun", "node-fac", []change{said("5 10:00")}, "/done", "/done v1.38 as facilitator"},
		{"after the last increment", "node-fac", []change{func(c *Context) { c.Said = v138().Last().End.EndAoE() }}, "/done", "/done v1.38 as facilitator"},
		{"the milestone tells the cycle", "node-fac", []change{both, milestone("v1.39")}, "/done", "/done v1.39 as facilitator"},
		{"cancel", "dev", nil, "/done cancel", "/done cancel v1.38 as author"},
		{"cancel of items", "node-fac", nil, "/done cancel 2", `/done cancel v1.38 "Scheduler plugin" as facilitator`},
		{"cancel of what left the list", "node-fac", nil, `/done cancel "no more"`, `/done cancel v1.38 "no more" as facilitator`},

		{"a lead beside a facilitator", "node-lead", nil, "/done 1", "role: /done 1"},
		{"another SIG", "sched-fac", nil, "/done", "role: /done"},
		{"another SIG takes back", "sched-fac", nil, "/done cancel 1", "role: /done cancel 1"},
		{"no such item", "node-fac", nil, "/done 7 #12", "no-such-item: /done 1 #12"},
		{"no such text", "node-fac", nil, `/done "API"`, "no-such-item: /done 1"},
		{"no list", "node-fac", []change{func(c *Context) { c.Issue.Body = "" }}, "/done 1 #12", "no-such-item: /done #12"},
		{"cancel of no such item", "node-fac", nil, "/done cancel 7", "no-such-item: /done cancel 1"},
		{"no KEP repository", "node-fac", []change{func(c *Context) { c.KEPRepo = "" }}, "/done KEP-1", "not-a-kep: "},
		{"words", "node-fac", nil, "/done 1 at last", "extra: /done 1"},
		{"two references", "node-fac", nil, "/done #12 #13", "extra: /done 1 #12"},
		{"a number meant as a reference", "node-fac", nil, "/done 130700", "range: /done 1,2"},
		{"weeks", "node-fac", nil, "/done w1-2", "extra: /done"},
		{"on a pull request", "node-fac", []change{pull}, "/done", "place: /done"},
		{"no cycle", "node-fac", []change{calendar()}, "/done", "no-cycle: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, p := judged(t, world(tc.login, tc.world...), tc.line)
			got := ""
			if p != nil {
				got = p.Code + ": " + p.Fix
			} else {
				got = strings.Join(v.Commands, "\n") + " as " + string(v.Grant.Role)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
