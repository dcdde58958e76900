package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// crowded is a record with n of everything, in the longest words that GitHub
// and the grammar allow.
func crowded(n int) Record {
	long := func(k, size int) string { return (fmt.Sprintf("%d ", k) + strings.Repeat("x`|", size))[:size] }
	login := func(k int) string { return fmt.Sprintf("a%d-%s", k, strings.Repeat("b", 30)) }
	key := func(k int) slash.Key {
		return slash.Key{Org: strings.Repeat("o", 39), Repo: strings.Repeat("r", 100), Number: 100000 + k}
	}
	said := func(k int) work.Said {
		return work.Said{Comment: 3000000000 + int64(k), At: at("9 10:00"), Login: login(k), Role: "facilitator", SIG: "multi-tenancy-and-more",
			Source: "OWNERS_ALIASES at 3f2a91c", Command: "/commit v1.38 " + long(k, 300)}
	}
	item := &work.Item{Key: key(0), Cycle: "v1.38", Ready: said(0)}
	a := work.Assessment{Item: item, Standing: work.Ready, SIG: "node", InPlan: true, Blocked: true,
		KEPRef: kep.Ref{Repo: keps, Number: 1}, KEP: &kep.KEP{Title: long(0, 300)}}
	r := Record{Cycle: v138(), Facilitators: []string{login(1)}, Owners: map[string][]string{}, Parts: 7}
	var body strings.Builder
	for k := range n {
		text := long(k, 200)
		fmt.Fprintf(&body, "- [ ] %s\n", text)
		window := fmt.Sprintf("w%d-%d", k%8+1, k%8+2)
		item.Commitments = append(item.Commitments, work.Commitment{Window: window, Item: text, Percent: k % 100, Said: said(k)})
		item.Done = append(item.Done, work.Delivery{Item: text, Ref: key(k), But: []string{text, long(k+1, 200), long(k+2, 200), long(k+3, 200), long(k+4, 200)}, Said: said(k)})
		item.Demos = append(item.Demos, work.Demo{URL: ("https://a.example/" + strings.Repeat("x(", 150))[:300], Text: long(k, 300),
			Said: work.Said{Comment: 3000000000 + int64(k), At: at("9 10:00"), Author: int64(k), Login: login(k)}, Confirmed: said(k)})
		for _, kind := range []work.NoteKind{work.Block, work.Question, work.Risk} {
			note := work.Note{ID: fmt.Sprint(kind, k+1), Kind: kind, Text: long(k, 300), Raised: said(k)}
			item.Notes = append(item.Notes, note)
			note.ID, note.Ended, note.Closed, note.Answer = fmt.Sprint(kind, n+k+1), work.Resolved, said(k), long(k, 300)
			item.Notes = append(item.Notes, note)
		}
		item.Promises = append(item.Promises, work.Promise{To: key(k + 1), By: "w1-2", Text: long(k, 300), Said: said(k)})
		text300 := long(k, 300)
		words := work.ExceptionText{Reason: text300, Why: text300, RiskLate: text300, RiskCut: text300, PRs: text300}
		asked := work.Exception{ExceptionText: words, State: work.ExceptionRequested, Freeze: "freeze-of-a-long-name", Days: 60, Requested: said(k), Latest: said(k + 1)}
		for n := range n {
			asked.Waiting = append(asked.Waiting, fmt.Sprintf("long-name-of-a-sig-%d", n))
			asked.Supports = append(asked.Supports, work.Support{SIG: fmt.Sprintf("long-name-of-a-sig-%d", n), Asked: work.AskedBy(said(n))})
		}
		a.Exceptions = append(a.Exceptions, asked)
		a.Findings = append(a.Findings, work.Finding{Code: work.WaitsForSupport, Words: append([]string{fmt.Sprint("freeze", k)}, asked.Waiting...)})
		a.Asked = append(a.Asked, key(k+1), key(n+k+1))
		e := work.Edge{Ask: work.Ask{Target: key(k + 1), By: "w1-2", Text: long(k, 300), Said: said(k)}}
		e.Target = work.Target{Readable: true, SIG: "node", Issue: work.Issue{Title: long(k, 256)}}
		for _, code := range []work.FindingCode{work.NotCommitted, work.NotPromised, work.Late} {
			e.Findings = append(e.Findings, work.Finding{Code: code, Key: key(k + 1), Words: []string{"weeks 5–6", "weeks 3–4"}})
		}
		a.Edges = append(a.Edges, e)
		a.Findings = append(a.Findings, work.Finding{Code: work.ItemGone, Words: []string{text}}, work.Finding{Code: work.SameKEPTwice, Key: key(k)})
		r.History = append(r.History, Line{Said: said(k)}, Line{Said: said(k)}, Line{Said: said(k)})
		pull := key(n + k)
		item.Merges = append(item.Merges, custody.Merge{Repo: pull.Repository(), Number: pull.Number, At: at("9 10:00"), Commit: strings.Repeat("1f", 20),
			Title: long(k, 120), By: "description", KEP: keps + "#1234", Verdict: custody.VerdictUnplanned})
		fmt.Fprintf(&body, "- [ ] %s %s\n", pull, long(k, 40))
	}
	var path []work.Key
	for k := range n {
		path = append(path, key(k))
	}
	a.Findings = append(a.Findings, work.Finding{Code: work.DependencyCycle, Path: path})
	a.Issue = work.Issue{Key: key(0), Body: body.String()}
	a.Findings = append(a.Findings, work.Finding{Code: work.Unscheduled, Words: work.Checklist(a.Issue.Body)})
	a.Blocks = item.OpenNotes(work.Block)
	r.Assessment = a
	return r
}

func TestRecordStaysWithinTheLimit(t *testing.T) {
	for _, n := range []int{1, 5, 20, 60, 300} {
		text := site.Record(crowded(n))
		t.Logf("%d of everything: %d characters", n, size(text))
		if size(text) > VisibleLimit {
			t.Errorf("%d of everything: %d characters, the limit is %d", n, size(text), VisibleLimit)
		}
		if n < 300 {
			continue
		}
		for _, want := range []string{
			fmt.Sprintf("of %d; the %d older ones are in the signed receipts, hidden in this comment and in seven further comments below.", 3*n, 3*n-details[len(details)-1].history),
			fmt.Sprintf("and %d more merged pull requests (%[1]d unplanned) in the receipts below", n-details[len(details)-1].merges),
			fmt.Sprintf("and %d more items with a merged pull request", n-details[len(details)-1].items),
			"more dependencies in the receipts below", "more issues in the receipts below", "more notes in the receipts below",
			"more increments in the receipts below", "more points of the same kinds", "more items", "**Former exceptions:**", "<summary>Custody: " + fmt.Sprint(3*n) + " commands",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%d of everything: folded without saying %q", n, want)
			}
		}
	}
}

// TestCountsAddUp holds that what is shown and what is counted is all there is.
func TestCountsAddUp(t *testing.T) {
	const n = 300
	text := site.Record(crowded(n))
	rows := strings.Count(text, "| weeks 1–2 | ")
	more := regexp.MustCompile(`and (\d+) more dependencies`).FindStringSubmatch(text)
	if len(more) != 2 || fmt.Sprint(n-details[len(details)-1].rows) != more[1] {
		t.Errorf("%d rows, %v more", rows, more)
	}
}

func TestHistoryKeepsTheNewest(t *testing.T) {
	s := nothingMissing()
	r := s.Record()
	for k := range 500 {
		r.History = append(r.History, Line{Said: work.Said{Comment: int64(k), At: at("20 10:00"), Login: "node-fac", Command: fmt.Sprintf("/progress on-track v1.38 line %d", k)}})
	}
	text := site.Record(r)
	if size(text) > VisibleLimit {
		t.Errorf("%d characters", size(text))
	}
	if !strings.Contains(text, "line 499`") || strings.Contains(text, "line 0`") || !strings.Contains(text, "| weeks 1–2 |") {
		t.Errorf("the history is not shortened from the old end:\n%s", text)
	}
	if want := "of 502; the "; !strings.Contains(text, want) {
		t.Errorf("no %q", want)
	}
}

// TestSameBytes holds that the same value gives the same text, and that
// nothing that comes in is changed.
func TestSameBytes(t *testing.T) {
	for name, tell := range records {
		r := tell().Record()
		first := site.Record(r)
		if second := site.Record(r); first != second {
			t.Errorf("record %s differs the second time:\n%s", name, cmp.Diff(first, second))
		}
		if d := cmp.Diff(tell().Record(), r); d != "" {
			t.Errorf("record %s changed its input:\n%s", name, d)
		}
	}
	r := crowded(40)
	if first, second := site.Record(r), site.Record(r); first != second {
		t.Error("a crowded record differs the second time")
	}
}

// TestRepliesStayWithinTheLimit has ten comments of twenty lines each, all in
// the longest words.
func TestRepliesStayWithinTheLimit(t *testing.T) {
	long := "/risk " + strings.Repeat("`x|", 100)
	var rs []Refusal
	for k := range 300 {
		r := Refusal{Comment: int64(k), Taken: 1, Near: make([]slash.Near, 50), Eaten: make([]slash.Line, 20)}
		for n := range r.Eaten {
			r.Eaten[n].Raw = long
		}
		for code := range refusals {
			p := problem(code)
			p.Saw, p.Fix = long, long
			p.Allowed = []string{long, long, long, long, long, long, long, long, long}
			r.Problems = append(r.Problems, p)
		}
		sortProblems(r.Problems)
		r.Changed = []Change{{Comment: int64(k), Took: []string{long, long}, Now: []string{long, long}}}
		rs = append(rs, r)
	}
	text := site.Refusals(here, rs)
	t.Logf("%d characters", size(text))
	if size(text) > 60000 {
		t.Errorf("%d characters", size(text))
	}
	if !strings.Contains(text, "more comments were not taken") {
		t.Error("the comments that are left out are not counted")
	}
}
