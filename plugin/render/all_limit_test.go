package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// TestEveryCommentStaysWithinTheLimit: what is posted beside records, plans, replies and
// surveys, with 300 of everything in the longest words that GitHub and the grammar allow.
func TestEveryCommentStaysWithinTheLimit(t *testing.T) {
	const n = 300
	long := strings.Repeat("x`|", 100)
	key := func(k int) slash.Key {
		return slash.Key{Org: strings.Repeat("o", 39), Repo: strings.Repeat("r", 100), Number: 100000 + k}
	}
	said := work.Said{Comment: 3000000000, At: at("9 10:00"), Login: strings.Repeat("b", 39), Role: "facilitator", SIG: "multi-tenancy-and-more", Source: long, Command: "/x " + long}
	var logins, sigs []string
	var asks []Asked
	var notes []work.Note
	var holders []Holder
	var seats []plan.Seat
	var supports []work.Support
	var votes []work.ExceptionVote
	var items []plan.Item
	var found []thread.Finding
	var near []kep.KEP
	var keys []work.Key
	crowd := crowded(n).Assessment
	for k := range n {
		login, sig := fmt.Sprintf("a%d-%s", k, strings.Repeat("b", 30)), fmt.Sprintf("long-name-of-a-sig-%d", k)
		logins, sigs, keys = append(logins, login), append(sigs, sig), append(keys, key(k))
		asks = append(asks, Asked{From: key(k), Title: long, SIG: sig, By: "w1-2", ByTitle: "weeks 1–2", Text: long, Cycle: "v1.38", Said: said, Facilitators: []string{login}})
		notes = append(notes, work.Note{ID: fmt.Sprint("B", k), Kind: work.Block, Text: long, Raised: said})
	}
	asked := work.Asked{Comment: 1, Login: said.Login, Role: "facilitator", Said: said.At}
	for k := range n {
		holders = append(holders, Holder{Role: roles.Facilitator, Name: sigs[k], Logins: logins, Repo: key(k).Repository(), Path: long, Seat: true})
		seats = append(seats, plan.Seat{Name: "sig-" + sigs[k], SIG: sigs[k], Role: roles.Facilitator, Holders: logins, Required: true})
		supports = append(supports, work.Support{SIG: sigs[k], Asked: asked})
		votes = append(votes, work.ExceptionVote{Asked: asked, Text: long, Approve: true, Days: 60})
		near = append(near, kep.KEP{Ref: kep.Ref{Repo: key(k).Repository(), Number: k}, Title: long, SIG: sigs[k], Status: long, Stage: long, Path: long})
		one := crowd
		one.SIG, one.Issue.Key, one.Issue.Title = sigs[k], key(k), long
		items = append(items, plan.Item{Key: key(k), Assessment: one})
	}
	for range 20 { // more are not looked at
		found = append(found, thread.Finding{Code: thread.NoSuchKEP, How: thread.ByLink, KEPs: []kep.Ref{near[0].Ref, near[1].Ref}, Near: near[:3], Key: key(1)})
	}
	decided := work.ExceptionDecided{ExceptionText: work.ExceptionText{Reason: long, Why: long, RiskLate: long, RiskCut: long, PRs: long}, Granted: true, Freeze: "code", Request: asked, Asked: asked,
		DaysAsked: 60, Days: 60, Due: v138().Start, Needed: sigs, Supports: supports, Votes: votes[:2], SIG: sigs[0]}
	pull := newPullStory("KEP-4318").assess()
	pull.Notes, pull.Looked = found, keys
	checked := pull
	checked.KEP = &near[0]
	facts := plan.TallyFacts{Cycle: planCycle(), Items: items, Demo: func(plan.Item) bool { return false }}
	texts := map[string]string{
		"asked": site.Asked(key(0), asks...), "declined": site.Declined(Declined{Key: key(0), Target: key(1), Title: long, SIG: sigs[0], Cycle: "v1.38", Reason: long, Said: said, Facilitators: logins}),
		"blocked":   site.Blocked(Blocked{Key: key(0), Cycle: "v1.38", Notes: notes, SIG: sigs[0], Owners: logins}),
		"exception": site.ExceptionDecided(key(0), "v1.38", decided, logins), "due": site.ExceptionReminder(key(0), "v1.38", decided, logins), "expired": site.ExceptionExpired(key(0), "v1.38", decided, logins),
		"label": site.LabelTouched(key(0), long, true, said.Login, Code(long)), "say": site.SayItInAComment(key(0), sigs),
		"pull": site.NeedsKEP(pull), "checks": site.ThreadChecks(checked),
		"who": site.PlanWho(planIssue, "v1.38", holders, Query{}), "soon": site.PlanningSoon(cycle.Cycle{Name: "v1.38", Planning: planCycle().Start}, holders),
		"reminder": site.VoteReminder(planIssue, "v1.38", plan.VoteOpened{Seats: seats}, seats),
		"reworked": site.Reworked(planIssue, "v1.38", plan.Rework{Reason: long, Missing: sigs}, n, logins),
		"prune":    site.PruneNotice(PruneNotice{Cycle: "v1.38", Plan: planIssue, Owners: logins, SIG: sigs[0]}),
		"tally":    site.Tally(planIssue, plan.TallyOf(plan.Occasion{Title: "w", At: at("24 12:00"), Day: planCycle().Start}, facts)),
		"closing":  site.Closing(planIssue, plan.ClosingOf(plan.ClosingFacts{State: &plan.State{}, TallyFacts: facts})),
	}
	for name, text := range texts {
		if t.Logf("%s: %d characters", name, size(text)); size(text) > VisibleLimit {
			t.Errorf("%s has %d characters", name, size(text))
		}
	}
}
