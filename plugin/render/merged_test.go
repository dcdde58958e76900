package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
)

// merge adds a merge receipt of kubernetes/kubernetes.
func (s *story) merge(number int, when, title, by, verdict string, change ...func(*custody.Merge)) {
	m := custody.Merge{
		Repo: "kubernetes/kubernetes", Number: number, Commit: strings.Repeat(fmt.Sprintf("%04x", number%65536), 10), At: at(when),
		Title: title, By: by, KEP: keps + "#4381", Verdict: verdict,
	}
	for _, f := range change {
		f(&m)
	}
	s.merges = append(s.merges, m)
}

// mergedStory is an item on which work has begun: one pull request as planned,
// and an open item of the checklist that names it.
func mergedStory() *story {
	s := readOut()
	s.facts.Issue.Body = "### Work\n- [x] API types kubernetes#130650\n- [ ] Scheduler plugin (https://github.com/kubernetes/kubernetes/pull/130700)\n- [ ] e2e tests\n"
	s.receipts = nil
	s.says("node-fac", "9 14:02", `/commit v1.38 w1-2 100% "API types kubernetes#130650"`, `/commit v1.38 w3-4 60% "e2e tests"`)
	s.merge(130650, "15 10:00", "Add the API types", "description", custody.VerdictPlanned)
	s.merge(130700, "28 10:00", "Implement it", "/part-of", custody.VerdictPlanned)
	return s
}

// mergedMany is an item with more merged pull requests than are shown, of every
// kind, and items that name several.
func mergedMany() *story {
	s := nothingMissing()
	s.facts.Issue.Body = checklist + "- [ ] Metrics kubernetes#130003 kubernetes#130004\n- [ ] Docs #5021, kubernetes/website#49000\n"
	for k := range 9 {
		s.merge(130000+k, fmt.Sprintf("%d 10:00", 12+k), fmt.Sprintf("Part %d of it", k), "/part-of", custody.VerdictPlanned)
	}
	s.merges[2].Verdict = custody.VerdictUnplanned
	s.merge(131000, "24 10:00", "Mention @node-fac | and `code`, fixes #1", "title", custody.VerdictUnplanned, func(m *custody.Merge) { m.KEP = keps + "#693" })
	s.merge(5021, "25 10:00", "Bring the KEP up to date", "", custody.VerdictExempt, func(m *custody.Merge) { m.Repo, m.KEP = keps, "" })
	s.merge(77, "26 10:00", "", "/kep", "", func(m *custody.Merge) { m.Repo, m.Commit = "etcd-io/etcd", "" })
	return s
}

// mergedDone is a closed item: what was merged stays, nothing is asked.
func mergedDone() *story {
	s := mergedStory()
	s.facts.Issue.Closed, s.facts.Issue.StateReason = true, "completed"
	return s
}

// TestMergedCountsAddUp holds that what is shown and what is counted is all that
// was merged, at every level of detail.
func TestMergedCountsAddUp(t *testing.T) {
	for _, n := range []int{1, 4, 5, 6, 40} {
		s := nothingMissing()
		for k := range n {
			s.merge(130000+k, "12 10:00", "Part of it", "/part-of", custody.VerdictPlanned)
		}
		for _, d := range details {
			text := site.record(s.Record(), d)
			shown := strings.Count(text, "| planned |")
			if want := min(n, d.merges); shown != want {
				t.Errorf("%d merged: %d shown, want %d", n, shown, want)
			}
			if more := fmt.Sprintf("and %d more merged pull request", n-shown); (n > shown) != strings.Contains(text, more) {
				t.Errorf("%d merged, %d shown: %q is there: %v", n, shown, more, n <= shown)
			}
			if newest := fmt.Sprintf("/pull/%d)", 130000+n-1); !strings.Contains(text, newest) {
				t.Errorf("%d merged: the newest is not shown", n)
			}
		}
	}
}
