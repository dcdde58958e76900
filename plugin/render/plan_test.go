package render

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

func planHear() []string { return []string{"lead", "pm"} }

func planHolders() []Holder {
	const repo, path = "kubernetes/enhancements", "OWNERS_ALIASES"
	return []Holder{
		{Role: roles.Facilitator, Name: "node", Logins: []string{"node-fac", "node-two"}, Seat: true, Repo: repo, Path: path},
		{Role: roles.Facilitator, Name: "network", Logins: []string{"net-fac"}, Seat: true, Repo: repo, Path: path},
		{Role: roles.Facilitator, Name: "storage", Logins: []string{"storage-lead"}, StandIn: true, Seat: true, Repo: repo, Path: path},
		{Role: roles.Facilitator, Name: "cli", Seat: true, Repo: repo, Path: path},
		{Role: roles.ReleaseLead, Logins: []string{"lead"}, Source: "team kubernetes/release-team-leads"},
		{Role: roles.PM, Logins: []string{"pm"}, Seat: true, Repo: "kubernetes/sig-release", Path: path},
		{Role: roles.Programme, Name: "architecture", Logins: []string{"arch-lead"}, Seat: true, Repo: repo, Path: path},
		{Role: roles.ReleaseTeam, Unread: true, Source: "team kubernetes/release-team-enhancements"},
		{Name: "note-taker"},
	}
}

// planTexts are the golden texts of the plan, by name.
func planTexts() map[string]string {
	planned := planCycle()
	planned.Planning = cycle.Day{Year: 2025, Month: time.December, Day: 2}
	start, open, closed, approved := threeSIGs(), votesOpen(), votesClosed(), approvedPlan()
	rework := votesClosed()
	rework.says(planIssue, "lead", "19 15:00", "/plan rework node's weeks 3-4 move to weeks 5-6")
	rework.until("19 15:02")
	pruned := approvedPlan()
	pruned.says(planIssue, "lead", "25 11:00", "/plan prune confirm "+decisionOf[plan.PrunePreview](pruned).Hash)
	pruned.stories[kepKey(2400)].issue.Milestone = "v1.39"
	pruned.until("25 12:00")
	nobody := threeSIGs()
	nobody.holders["sig-storage"], nobody.holders["programme/architecture"] = nil, nil
	nobody.says(planIssue, "net-fac", "15 12:00", "/vote 5")
	nobody.says(planIssue, "lead", "16 14:00", "/plan vote open until 2026-01-22 AoE", "/plan vote open until 2026-01-20 AoE")
	nobody.until("16 14:02")
	nobody.says(planIssue, "net-fac", "16 15:00", "/vote 1")
	nobody.until("16 15:02")
	readout := threeSIGs()
	readout.says(kepKey(1287), "pm", "14 11:00", "/readout done v1.38")
	readout.says(kepKey(3751), "lead", "14 11:30", "/readout done v1.38")
	pool := slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 130512}
	readout.stories[pool] = &planStory{issue: work.Issue{Key: pool, Title: "Pools", Pull: true}, sig: "node"}
	readout.says(kepKey(4444), "net-fac", "14 12:00", "/depends-on v1.38 kubernetes/kubernetes#130512 by w1-2")
	blocked := approvedPlan()
	blocked.says(kepKey(1790), "arch-lead", "24 12:00", "B1 /block v1.38 the resize is not safe")
	preview := decisionOf[plan.PrunePreview](approved)
	q := Query{Comment: 5001, Record: 4001}
	ofNode, ofCLI := q, q
	ofNode.SIG, ofCLI.SIG = "node", "cli"
	return map[string]string{
		"not-opened":           site.Plan(start.plan()),
		"planning-soon":        site.PlanningSoon(planned, []Holder{{Role: roles.ReleaseLead, Logins: []string{"lead"}}, {Role: roles.PM}}),
		"empty":                site.Plan(newPlanWorld().plan()),
		"readout":              site.Plan(readout.plan()),
		"approved-blocked":     site.Plan(blocked.plan()),
		"open":                 site.Plan(open.plan()),
		"nobody-named":         site.Plan(nobody.plan()),
		"not-approved":         site.Plan(closed.plan()),
		"rework":               site.Plan(rework.plan()),
		"approved":             site.Plan(approved.plan()),
		"vote-opened":          site.VoteOpened(planIssue, "v1.38", decisionOf[plan.VoteOpened](open)),
		"vote-reminder":        site.VoteReminder(planIssue, "v1.38", decisionOf[plan.VoteOpened](open), decisionOf[plan.VoteOpened](open).Seats[2:4]),
		"vote-not-approved":    site.VoteResult(planIssue, "v1.38", decisionOf[plan.VoteResult](closed), planHear()),
		"vote-approved":        site.VoteResult(planIssue, "v1.38", decisionOf[plan.VoteResult](approved), planHear()),
		"reworked":             site.Reworked(planIssue, "v1.38", decisionOf[plan.Rework](rework), 0, planHear()),
		"reworked-approved":    site.Reworked(planIssue, "v1.38", decisionOf[plan.Rework](rework), 9, planHear()),
		"prune-preview":        site.PrunePreview(planIssue, "v1.38", preview),
		"prune-nothing":        site.PrunePreview(planIssue, "v1.38", plan.PrunePreview{Asked: preview.Asked, Round: 2, SIG: "node"}),
		"prune-notice":         site.PruneNotice(PruneNotice{Cycle: "v1.38", Plan: planIssue, Comment: 4003, Preview: preview, Owners: []string{"node-fac"}, SIG: "node", Committed: true}),
		"prune-notice-opted":   site.PruneNotice(PruneNotice{Cycle: "v1.38", Plan: planIssue, Preview: preview}),
		"pruned":               site.Pruned(planIssue, "v1.38", decisionOf[plan.Pruned](pruned)),
		"status":               site.PlanStatus(open.plan(), q),
		"status-node":          site.PlanStatus(approved.plan(), ofNode),
		"status-nothing":       site.PlanStatus(open.plan(), ofCLI),
		"who":                  site.PlanWho(planIssue, "v1.38", planHolders(), q),
		"who-node":             site.PlanWho(planIssue, "v1.38", planHolders()[:1], ofNode),
		"status-underway":      site.PlanStatus(later(underway(), "30 14:00").plan(), q),
		"status-underway-node": site.PlanStatus(later(underway(), "30 14:00").plan(), ofNode),
	}
}

// later is a plan when no more is decided on it.
func later(w *planWorld, now string) *planWorld {
	w.now = at(now)
	return w
}

func TestPlanGolden(t *testing.T) {
	for name, got := range planTexts() {
		t.Run(name, func(t *testing.T) { golden(t, "plan/"+name, got) })
	}
}

// TestPlanMentions holds who may be called by what.
func TestPlanMentions(t *testing.T) {
	allowed := map[string]string{
		"vote-opened":       "@arch-lead @net-fac @node-fac @node-two @pm @storage-fac",
		"vote-reminder":     "@pm @storage-fac",
		"vote-not-approved": "@lead @pm",
		"vote-approved":     "@lead @pm",
		"reworked":          "@lead @pm",
		"reworked-approved": "@lead @pm",
		"prune-notice":      "@node-fac",
	}
	for name, text := range planTexts() {
		got := strings.Join(mentioned(text), " ")
		if got != allowed[name] {
			t.Errorf("%s calls %q, want %q", name, got, allowed[name])
		}
	}
}

// TestMostMentions holds that no more are called than GitHub tells, and that the
// first-listed of each seat come before others.
func TestMostMentions(t *testing.T) {
	v := plan.VoteOpened{Round: 1, Until: at("22 10:00")}
	for n := range 40 {
		v.Seats = append(v.Seats, plan.Seat{Name: fmt.Sprint("sig-s", n), Holders: []string{fmt.Sprint("first-", n), fmt.Sprint("second-", n)}})
	}
	called := mentioned(site.VoteOpened(planIssue, "v1.38", v))
	first := 0
	for _, login := range called {
		if strings.HasPrefix(login, "@first-") {
			first++
		}
	}
	if len(called) != mentionsMost || first != 40 {
		t.Errorf("%d called, %d of them first", len(called), first)
	}
	if n := len(mentioned(site.VoteReminder(planIssue, "v1.38", v, v.Seats))); n != mentionsMost {
		t.Errorf("the reminder calls %d", n)
	}
}

var mention = regexp.MustCompile(`@[A-Za-z0-9][A-Za-z0-9-]*`)

// mentioned lists who is called outside of code, each once, sorted.
func mentioned(text string) []string {
	all := mention.FindAllString(withoutCode(text), -1)
	slices.Sort(all)
	return slices.Compact(all)
}
