package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/work"
)

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// dueText shows what is due: "vote-result/1 18:01 now".
func dueText(due []Due) string {
	var out []string
	for _, d := range due {
		text := string(d.Kind) + " " + d.After.Format("2 15:04:05")
		if d.Decision != nil {
			text += " now"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestDueInTime(t *testing.T) {
	tb := newTable(t).say("12 10:00 rel-lead: /plan vote open until 2027-01-12 18:00 UTC")
	want := func(now, text string) {
		t.Helper()
		if got := dueText(tb.due(now)); got != text {
			t.Errorf("at %s due is %q, want %q", now, got, text)
		}
	}
	want("12 10:00:59", "vote-opened/1 12 10:01:00")
	want("12 10:01", "vote-opened/1 12 10:01:00 now")
	tb.post("12 10:01")
	want("12 10:01", "vote-result/1 12 18:01:00")
	tb.say("12 12:00 pm: /plan vote close")
	want("12 12:00:10", "vote-result/1 12 12:01:00")
	want("12 12:01", "vote-result/1 12 12:01:00 now")
	tb.post("12 12:01")
	want("12 12:01", "")
	tb.say("12 13:00 pm: /plan vote close")
	want("12 20:00", "") // a second close of a decided round
	tb.say("12 13:01 pm: /plan rework")
	want("12 13:01", "rework/1 12 13:02:00")
	tb.post("12 13:02")
	want("12 20:00", "")
	tb.say("12 14:00 pm: /plan rework", "12 15:00 pm: /plan vote open until friday")
	want("12 15:00", "vote-opened/1 12 15:01:00")
	if v := last[Rework](tb); v.Round != 1 {
		t.Errorf("%+v", v)
	}
	if v := last[VoteOpened](tb.post("12 15:01")); v.Round != 2 {
		t.Errorf("round %d", v.Round)
	}
}

func TestOpened(t *testing.T) {
	tb := newTable(t)
	tb.items = append(tb.items,
		workItem(4, "storage", "/commit v1.38 w1-2 50%", "/readout ready v1.38", "/block v1.38 no"),
		workItemOf(workItem(5, "", "/commit v1.38 w1-2 50%").Assessment.Issue, "cli", "/question v1.38 why?"))
	tb.later(3, "12 10:00:30", "/readout ready v1.38") // after the asking
	tb.open()
	got := last[VoteOpened](tb)
	var names []string
	for _, s := range got.Seats {
		names = append(names, fmt.Sprintf("%s %v %v %v", s.Name, s.Holders, s.StandIn, s.Required))
	}
	want := []string{"sig-network [net-lead] true true", "sig-node [node-fac node-two] false true", "sig-scheduling [sched-fac] false true",
		"sig-storage [] true true", "product-management [pm] false true", "programme/architecture [arch-lead] false false"}
	if d := cmp.Diff(want, names); d != "" {
		t.Error(d)
	}
	if keys := keysOf(got.Items); len(keys) != 2 || keys[0] != itemKeyOf(1) || keys[1] != itemKeyOf(2) || got.Round != 1 || got.Asked.Login != "rel-lead" {
		t.Errorf("%+v", got)
	}
	if w := got.Increments; len(w) != 4 || w[1].Name != "w3-4" || w[1].Cap != 80 || w[1].Start.IsZero() {
		t.Errorf("the windows and caps that were counted: %+v", w)
	}
	if a := tb.assess("12 10:02"); a.Words() != "round 1 open until Tue 12 Jan 18:00 UTC" || !strings.Contains(codesOf(a.Findings), string(SeatUnfilled)) {
		t.Errorf("%s, %s", a.Words(), codesOf(a.Findings))
	}
	private := workItem(9, "node", "/commit v1.38 w1-2 50%", "/readout ready v1.38")
	private.Assessment.Issue.Private = true
	if s := snapshot(Facts{Items: []Item{private}}, jan("12 10:00")); s[0].Title != "" {
		t.Error("the title of a private issue is in a decision")
	}
}

// TestSeatsAsAsked: who has a seat is decided by the work that was in the plan when the
// vote was asked for, however late the decision is made.
func TestSeatsAsAsked(t *testing.T) {
	tb := newTable(t)
	tb.items = append(tb.items, workItem(6, "cli", "/commit v1.38 w1-2 50%", "/commit cancel v1.38"), workItem(7, "storage", "/commit v1.38 w1-2 50%"))
	tb.later(6, "12 10:00:30", "/commit v1.38 w1-2 50%")
	tb.later(7, "12 10:00:30", "/commit cancel v1.38")
	tb.say("12 10:00 rel-lead: /plan vote open until 2027-01-12 18:00 UTC").post("12 10:20")
	var names []string
	for _, s := range last[VoteOpened](tb).Seats {
		names = append(names, s.Name)
	}
	if d := cmp.Diff([]string{"sig-network", "sig-node", "sig-scheduling", "sig-storage", "product-management", "programme/architecture"}, names); d != "" {
		t.Error(d)
	}
}

// TestHistories: what was decided, how the plan stands, what does not fit.
func TestHistories(t *testing.T) {
	const votes = "12 10:10 node-fac: /vote 4|12 10:10 sched-fac: /vote 4|12 10:10 net-lead: /vote 4|12 10:10 pm: /vote 4|"
	const opening = "12 10:00 pm: /plan vote open until 2027-01-12 18:00 UTC|post 12 10:01|"
	again := strings.ReplaceAll(strings.ReplaceAll(opening+votes, "12 1", "13 1"), "01-12", "01-13")
	for _, tc := range []struct{ name, lines, now, decided, words, approved, findings string }{
		{"nothing", "", "12 10:00", "", "vote not opened", "", ""},
		{"close without a vote", "12 10:00 pm: /plan vote close", "12 11:00", "", "vote not opened", "", "nothing-open"},
		{"rework without a vote", "12 10:00 pm: /plan rework", "12 11:00", "", "vote not opened", "", "nothing-to-rework"},
		{"vote without a vote", "12 10:00 pm: /vote 4", "12 11:00", "", "vote not opened", "", "vote-outside"},
		{"vote as it opens", "12 10:00 pm: /plan vote open until friday|12 10:00:01 pm: /vote 4", "12 10:00:59", "", "vote not opened", "", ""},
		{"open", opening + "12 10:10 pm: /vote 4", "12 17:59", "opened 1", "round 1 open until Tue 12 Jan 18:00 UTC", "", ""},
		{"open twice", opening + "12 11:00 rel-lead: /plan vote open until friday", "12 12:00", "opened 1", "round 1 open until Tue 12 Jan 18:00 UTC", "", "already-open"},
		{"deadline over, not yet counted", opening, "12 18:00:59", "opened 1", "round 1 closed, being counted", "", ""},
		{"close, not yet counted", opening + "12 11:00 pm: /plan vote close", "12 11:00:59", "opened 1", "round 1 closed, being counted", "", ""},
		{"deadline", opening + votes + "post 12 18:01", "12 19:00", "opened 1, result 1 true", "approved in round 1", "1", ""},
		{"silence", opening + "post 12 18:01", "12 19:00", "opened 1, result 1 false", "not approved in round 1", "", ""},
		{"an outage over the close", opening + votes + "12 11:00 pm: /plan vote close|12 12:00 net-lead: /vote 1 no|post 14 10:00", "14 10:00", "opened 1, result 1 true", "approved in round 1", "1", "vote-outside"},
		{"an outage over the whole vote", strings.Replace(opening, "post 12 10:01|", "", 1) + "post 14 10:00", "14 10:00", "", "vote not opened", "", "over-before-open"},
		{"rework while open", opening + votes + "12 11:00 pm: /plan rework weeks|post 12 11:01|post 12 18:01", "12 19:00", "opened 1, rework 1", "rework after round 1", "", ""},
		{"rework takes the approval back", opening + votes + "post 12 18:01|12 19:00 rel-lead: /plan rework|post 12 19:01", "12 20:00", "opened 1, result 1 true, rework 1", "rework after round 1", "", ""},
		{"votes of an earlier round do not count", opening + votes + "12 11:00 pm: /plan rework|post 12 11:01|" + strings.Replace(again, "13 10:10 pm: /vote 4|", "", 1) + "post 13 18:01", "13 19:00",
			"opened 1, rework 1, opened 2, result 2 false", "not approved in round 2", "", ""},
		{"a round without rework keeps the approval", opening + votes + "post 12 18:01|" + again + "13 11:00 pm: /vote 2|post 13 18:01", "13 19:00",
			"opened 1, result 1 true, opened 2, result 2 false", "not approved in round 2; the approval of round 1 stands", "1", "text-asked"},
		{"the last approval counts", opening + votes + "post 12 18:01|" + again + "post 13 18:01", "13 19:00", "opened 1, result 1 true, opened 2, result 2 true", "approved in round 2", "2", ""},
		{"rework takes every approval back", opening + votes + "post 12 18:01|" + again + "post 13 18:01|13 19:00 pm: /plan rework|post 13 19:01", "13 20:00",
			"opened 1, result 1 true, opened 2, result 2 true, rework 2", "rework after round 2", "", ""},
		{"close and rework in one breath", opening + votes + "12 11:00 pm: /plan vote close|12 11:00:10 pm: /plan rework|post 12 11:02", "12 12:00",
			"opened 1, result 1 true, rework 1", "rework after round 1", "", ""},
		{"close and open in one breath", opening + votes + "12 11:00 pm: /plan vote close|12 11:00:10 pm: /plan vote open until friday|post 12 11:02", "12 12:00",
			"opened 1, result 1 true, opened 2", "round 2 open until Fri 15 Jan, anywhere on earth", "1", ""},
		{"an answer after the result", opening + votes + "12 10:20 net-lead: /vote 2 no|post 12 18:01|12 19:00 net-lead: /vote 4 better", "12 20:00",
			"opened 1, result 1 false", "not approved in round 1", "", ""},
		{"a vote read after the close, before the count", opening + votes + "12 11:00 pm: /plan vote close|12 10:59 net-lead: /vote 1 no|post 12 11:01", "12 12:00",
			"opened 1, result 1 false", "not approved in round 1", "", ""},
		{"an outage over the deadline and a rework after it", opening + votes + "12 19:00 pm: /plan rework|post 12 20:00", "12 20:00", "opened 1, result 1 true, rework 1", "rework after round 1", "", ""},
		{"only what was asked last is a finding", "12 10:00 pm: /plan vote close|12 10:01 pm: /plan rework", "12 11:00", "", "vote not opened", "", "nothing-to-rework"},
		{"a straggler", opening + votes + "post 12 18:01|12 17:00 net-lead: /vote 1 no", "12 20:00", "opened 1, result 1 true", "approved in round 1, contested", "1", "contested"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tb := newTable(t)
			for line := range strings.SplitSeq(tc.lines, "|") {
				if now, ok := strings.CutPrefix(line, "post "); ok {
					tb.post(now)
				} else if line != "" {
					tb.say(line)
				}
			}
			var decided []string
			for _, p := range tb.posted {
				switch d := p.Decision.(type) {
				case VoteOpened:
					decided = append(decided, fmt.Sprintf("opened %d", d.Round))
				case VoteResult:
					decided = append(decided, fmt.Sprintf("result %d %t", d.Round, d.Passed))
				case Rework:
					decided = append(decided, fmt.Sprintf("rework %d", d.Round))
				}
			}
			a := tb.assess(tc.now)
			approved := ""
			if a.Approval.Round > 0 {
				approved = fmt.Sprint(a.Approval.Round)
			}
			if got := strings.Join(decided, ", "); got != tc.decided || a.Words() != tc.words || approved != tc.approved || codesOf(a.Findings) != tc.findings {
				t.Errorf("decided %q\n%q, approved %q, findings %q", got, a.Words(), approved, codesOf(a.Findings))
			}
			if approval := Approved(tb.state(), tb.posted); approval.Round != a.Approval.Round || approval.Round > 0 && (!approval.Has(itemKeyOf(1)) || approval.Has(itemKeyOf(3))) {
				t.Errorf("%+v", approval)
			}
		})
	}
}

// TestAnswerAfterResult: the objection is shown as answered, the result stands.
func TestAnswerAfterResult(t *testing.T) {
	tb := newTable(t).open().say("12 10:10 net-lead: /vote 2 weeks 3-4").post("12 18:01").say("12 19:00 net-lead: /vote 4")
	a := tb.assess("12 20:00")
	if len(a.Objections) != 1 || a.Objections[0].Ended == nil || a.Objections[0].Ended.Value != 4 || len(a.Standing()) != 0 || a.Phase != PhaseNotApproved || len(a.Due) > 0 {
		t.Errorf("%+v", a.Objections)
	}
}

// TestAnswerBeforeResult: what was said in the round and read too late answers nothing.
func TestAnswerBeforeResult(t *testing.T) {
	tb := newTable(t).open().say("12 10:10 net-lead: /vote 2 weeks 3-4").post("12 18:01").say("12 17:00 net-lead: /vote 4")
	if a := tb.assess("12 20:00"); len(a.Standing()) != 1 || len(a.Late) != 1 || a.Words() != "not approved in round 1, contested" {
		t.Errorf("%+v, %q", a.Objections, a.Words())
	}
}

// TestDoubledDecisions: of two for one asking, and of two results of one round, the
// lowest comment counts, whatever order they are read in.
func TestDoubledDecisions(t *testing.T) {
	tb := newTable(t).pass()
	result := last[VoteResult](tb)
	result.Passed = false
	twice := last[VoteOpened](tb)
	twice.Items = nil
	deadline := result
	deadline.Asked = nil
	overlapping := twice
	overlapping.Asked.Comment, overlapping.Asked.Said = 999, jan("12 10:30")
	tb.posted = append(tb.posted, Posted{Comment: 900, Decision: result}, Posted{Comment: 901, Decision: twice}, Posted{Comment: 902, Decision: deadline}, Posted{Comment: 903, Decision: overlapping})
	for range 2 {
		a := Approved(tb.state(), tb.posted)
		if rounds := Rounds(tb.posted); a.Round != 1 || len(a.Items) != 2 || len(rounds) != 1 {
			t.Errorf("%+v, %d rounds", a, len(rounds))
		}
		slices.Reverse(tb.posted)
	}
	if due := tb.due("13 10:00"); len(due) > 0 {
		t.Errorf("%+v", due)
	}
}

// TestReadyBeforeTheVote: a /readout ready of before the vote affirms nothing, though
// the item is again as it was then.
func TestReadyBeforeTheVote(t *testing.T) {
	tb := newTable(t).later(1, "12 09:00", "/commit v1.38 w1-2 50%").pass().later(1, "13 10:00", "/commit v1.38 w1-2 80%")
	if a := tb.assess("13 12:00"); len(a.Changed) != 1 || a.Changed[0].Reaffirmed {
		t.Errorf("%+v", a.Changed)
	}
}

// TestDeclined: a dependency that was declined blocks like a block, from when it was.
func TestDeclined(t *testing.T) {
	i := workItem(1, "node", "/commit v1.38 w1-2 50%", "/depends-on v1.38 kubernetes/kubernetes#7", "/readout ready v1.38")
	if !i.ReadyToVote() || !i.ReadyBy(jan("12 10:00")) || i.ReadyBy(jan("8 10:00")) {
		t.Fatalf("not ready: %+v", i.Assessment)
	}
	i.Assessment.Edges[0].Promise = &work.Promise{To: i.Key, Declined: true, Said: work.Said{Comment: 5, At: jan("12 11:00")}}
	if i.ReadyToVote() || !i.ReadyBy(jan("12 10:59")) || i.ReadyBy(jan("12 11:00")) {
		t.Error("a declined dependency does not count from when it was declined")
	}
}

// TestChanged: what is said after the vote and changes its object.
func TestChanged(t *testing.T) {
	for _, tc := range []struct {
		name, lines         string
		changed, reaffirmed bool
	}{
		{"nothing", "", false, false},
		{"progress, questions, risks", "/progress v1.38 slipped late|/question v1.38 why?|/risk v1.38 one reviewer|/readout ready v1.38", false, false},
		{"another confidence", "/commit v1.38 w1-2 50%", true, false},
		{"and back again", "/commit v1.38 w1-2 50%|/commit v1.38 w1-2 80%", false, false},
		{"another increment", "/commit v1.38 w3-4 50%", true, false},
		{"a dependency", "/depends-on v1.38 kubernetes/kubernetes#7", true, false},
		{"affirmed again", "/commit v1.38 w1-2 50%|/readout ready v1.38", true, true},
		{"affirmed, then changed", "/readout ready v1.38|/commit v1.38 w1-2 50%", true, false},
	} {
		tb := newTable(t).pass()
		for n, line := range strings.Split(tc.lines, "|") {
			if line != "" {
				tb.later(1, jan("13 10:00").Add(minutes(n)).Format("2 15:04"), line)
			}
		}
		a := tb.assess("13 12:00")
		if got := len(a.Changed) == 1; got != tc.changed || got && (a.Changed[0].Reaffirmed != tc.reaffirmed || a.Changed[0].Key != itemKeyOf(1)) {
			t.Errorf("%s: %+v", tc.name, a.Changed)
		}
	}
}
