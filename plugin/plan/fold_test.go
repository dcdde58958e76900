package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

func TestFold(t *testing.T) {
	tb := newTable(t).say("9 10:00 node-fac: /plan order kubernetes#1, kubernetes#2", "9 10:01 node-lead: /plan order sig-node kubernetes#2",
		"9 10:02 net-lead: /plan order #7", "10 10:00 node-fac: /vote 2 why", "10 10:01 pm: /plan rework it does not fit", "10 10:02 net-lead: /plan prune")
	tb.log.Add(custody.Receipt{Comment: 1, Said: jan("1 10:00"), Lines: []custody.Line{{N: 1, Refused: "role"}, {N: 2, Command: "/commit v1.38 w1-2"},
		{N: 3, Command: "/plan status"}, {N: 4, Command: "/vote 9"}, {N: 5, Command: "/plan vote open until 2020-01-01 AoE"}, {N: 6, Command: "/plan order sig-x #1"}, {N: 7}}})
	s := tb.state()
	if d := cmp.Diff(map[string][]work.Key{"node": {itemKeyOf(2)}, "network": {{Org: "kubernetes", Repo: "sig-release", Number: 7}}}, s.Backlogs()); d != "" {
		t.Error(d)
	}
	if len(s.Votes) != 1 || s.Votes[0].Value != 2 || s.Votes[0].Text != "why" || s.Votes[0].Said.SIG != "node" || s.Cycle != "v1.38" {
		t.Errorf("%+v", s.Votes)
	}
	if len(s.Asks) != 2 || s.Asks[0].Reason != "it does not fit" || s.Asks[1].SIG != "network" || s.Accepted != 8 {
		t.Errorf("%+v, %d accepted", s.Asks, s.Accepted)
	}
	twice := tb.log
	twice.Receipts = slices.Concat(tb.log.Receipts, tb.log.Receipts) // two writers, not yet merged
	if d := cmp.Diff(s, Fold(twice)); d != "" {
		t.Errorf("a doubled receipt counts twice:\n%s", d)
	}
	if a := tb.assess("11 10:00"); !strings.Contains(codesOf(a.Findings), string(OrderedNotInPlan)) {
		t.Errorf("an order of what is not in the plan: %s", codesOf(a.Findings))
	}
}

// randomTable plays a plan at random: votes, rounds, prunes, people who come and go,
// decisions made at odd times.
func randomTable(t testing.TB, r *rand.Rand) *table {
	tb := newTable(t, from("12 15:00", "aliases: {sig-node-facilitators: [node-two, sched-fac], sig-scheduling-facilitators: [two-hats], sig-apps-facilitators: [two-hats], sig-network-leads: [net-lead]}"))
	now := jan("12 10:00")
	if r.IntN(3) > 0 {
		tb.pass()
		now = jan("12 11:02")
	}
	who := func(of ...string) string { return of[r.IntN(len(of))] }
	for range 40 {
		now = now.Add(time.Duration(r.IntN(40)) * time.Minute)
		at := now.Format("2 15:04") + " "
		var line string
		switch r.IntN(12) {
		case 0:
			line = who("pm", "rel-lead") + ": /plan vote open until " + now.Add(time.Duration(1+r.IntN(300))*time.Minute).Format("2006-01-02 15:04 UTC")
		case 1:
			line = who("pm", "rel-lead") + ": /plan vote close"
		case 2:
			line = "pm: /plan rework"
			if r.IntN(3) > 0 {
				continue
			}
		case 3:
			line = who("rel-team", "rel-lead", "net-lead") + ": /plan prune"
		case 4:
			hash := "0000dead"
			for _, p := range tb.posted {
				if d, ok := p.Decision.(PrunePreview); ok {
					hash = d.Hash
				}
			}
			line = who("rel-team", "net-lead") + ": /plan prune confirm " + hash
		case 5, 6:
			tb.post(now.Format("2 15:04"))
			continue
		default:
			line = who("node-two", "net-lead", "two-hats", "pm", "arch-lead", "sched-fac") + fmt.Sprintf(": /vote %d", 2+r.IntN(4))
		}
		tb.say(at + line)
	}
	return tb.post("30 10:00")
}

// TestProperties holds for any history: nothing is due twice; the order in which
// receipts and decisions are read does not matter; a straggler changes no decision and
// no approval.
func TestProperties(t *testing.T) {
	seen := map[Kind]int{}
	passed, contested := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 7))
		tb := randomTable(t, r)
		for _, p := range tb.posted {
			seen[p.Decision.Kind()]++
		}
		want := tb.assess("30 10:00")
		if due := tb.due("30 10:00"); len(due) > 0 {
			t.Fatalf("seed %d: still due: %+v", seed, due)
		}
		shuffled := *tb
		shuffled.log.Receipts, shuffled.posted = slices.Clone(tb.log.Receipts), slices.Clone(tb.posted)
		r.Shuffle(len(shuffled.log.Receipts), func(a, b int) {
			shuffled.log.Receipts[a], shuffled.log.Receipts[b] = shuffled.log.Receipts[b], shuffled.log.Receipts[a]
		})
		r.Shuffle(len(shuffled.posted), func(a, b int) {
			shuffled.posted[a], shuffled.posted[b] = shuffled.posted[b], shuffled.posted[a]
		})
		if d := cmp.Diff(want, shuffled.assess("30 10:00"), cmp.AllowUnexported(Assessment{}, Approval{})); d != "" {
			t.Fatalf("seed %d: the order matters:\n%s", seed, d)
		}
		rounds := Rounds(tb.posted)
		for n, round := range rounds {
			if round.N != n+1 || n > 0 && rounds[n-1].Open() {
				t.Errorf("seed %d: round %d is the %d.", seed, round.N, n+1)
			}
			if v := round.Result; v != nil {
				checkResult(t, seed, *v)
				if v.Passed {
					passed++
				}
			}
		}
		if len(rounds) == 0 {
			continue
		}
		// A vote of every round's very middle, read last.
		before := Approved(tb.state(), tb.posted)
		for _, round := range rounds {
			if round.Result != nil {
				tb.say(round.Opened.Asked.Said.Add(time.Second).Format("2 15:04:05") + " net-lead: /vote 1 no")
			}
		}
		after := tb.assess("30 10:00")
		if len(after.Due) > 0 || after.Approval.Round != before.Round || cmp.Diff(before.Items, after.Approval.Items) != "" || after.Phase != want.Phase {
			t.Fatalf("seed %d: a straggler changes something: %+v", seed, after)
		}
		if after.Approval.Round > 0 {
			contested++
			if !after.Approval.Contested() {
				t.Errorf("seed %d: a straggler is not shown", seed)
			}
		}
	}
	if len(seen) != 5 || passed == 0 || contested == 0 {
		t.Errorf("the histories do not reach all: %v, %d passed, %d contested", seen, passed, contested)
	}
}

// checkResult holds a result against what it lists.
func checkResult(t *testing.T, seed uint64, v VoteResult) {
	t.Helper()
	pass := true
	objecting := map[string]bool{}
	for _, o := range v.Objections {
		objecting[o.Seat] = true
	}
	for _, s := range v.Seats {
		switch {
		case s.Vote == nil:
			pass = pass && !s.Required
			if s.Required != slices.Contains(v.Missing, s.Name) {
				t.Errorf("seed %d: %s is missing and not listed", seed, s.Name)
			}
		case s.Vote.Value < passMark:
			pass = false
			if !objecting[s.Name] {
				t.Errorf("seed %d: %s objects and is not listed", seed, s.Name)
			}
			fallthrough
		default:
			place := Mark{At: s.Vote.Said, Comment: s.Vote.Comment, Line: s.Vote.Line}
			if place.Compare(v.CountedUpTo) >= 0 || place.Compare(v.Opening.Mark()) <= 0 || !slices.Contains(v.Read, s.Vote.Comment) {
				t.Errorf("seed %d: a vote of another round: %+v", seed, s.Vote)
			}
			if s.Vote.Value >= passMark && objecting[s.Name] {
				t.Errorf("seed %d: %s is at %d and objects", seed, s.Name, s.Vote.Value)
			}
		}
	}
	if pass != v.Passed {
		t.Errorf("seed %d: passed %t, but the seats say %t", seed, v.Passed, pass)
	}
}

// FuzzFold: whatever the receipts hold, it folds, and everything after it stands.
func FuzzFold(f *testing.F) {
	f.Add("/plan vote open until 2027-01-12 18:00 UTC\n/vote 4", "facilitator", "node", int64(5), int64(-1))
	f.Add("/plan prune\n/plan prune confirm ffff\n/plan rework", "lead", "", int64(0), int64(9))
	f.Add("/plan order sig-node KEP-1,#2,a/b#3\n/plan vote close\n/vote", "product-management", "x", int64(1), int64(1))
	f.Fuzz(func(t *testing.T, commands, role, sig string, comment, offset int64) {
		tb := newTable(t).pass()
		at := jan("12 10:30").Add(time.Duration(offset%100000) * time.Second)
		for n, c := range strings.Split(commands, "\n") {
			tb.log.Receipts = append(tb.log.Receipts, custody.Receipt{Comment: comment + int64(n%3), Login: role, Said: at,
				Lines: []custody.Line{{N: n % 2, Command: c, Role: role, SIG: sig}}})
		}
		before := Approved(nil, tb.posted)
		a := tb.assess("14 10:00")
		if a.Approval.Round != before.Round || len(a.Approval.Items) != len(before.Items) {
			t.Errorf("receipts alone change an approval: %+v", a.Approval)
		}
		slices.Reverse(tb.log.Receipts)
		if d := cmp.Diff(a, tb.assess("14 10:00"), cmp.AllowUnexported(Assessment{}, Approval{})); d != "" {
			t.Errorf("the order of receipts matters:\n%s", d)
		}
	})
}
