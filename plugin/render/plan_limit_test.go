package render

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

var allSIGs = strings.Fields("api-machinery apps architecture auth autoscaling cli cloud-provider cluster-lifecycle contributor-experience docs etcd " +
	"instrumentation k8s-infra multicluster network node release scalability scheduling security storage testing ui windows")

// largePlan is 300 items of 24 SIGs, with an open round.
func largePlan() *planWorld {
	w := newPlanWorld()
	delete(w.holders, "sig-node")
	windows := []string{"w1-2 100%", "w3-4 70%", "w5-6 55%", "w7-8 40%"}
	for n := range 300 {
		sig := allSIGs[n*7%len(allSIGs)]
		w.holders["sig-"+sig] = []string{"fac-" + sig}
		k := w.item(1000+n, sig, fmt.Sprintf("Enhancement number %d with a title of the usual length", n))
		if n%25 == 7 {
			continue
		}
		w.says(k, "fac-"+sig, "9 14:02", "/commit v1.38 "+windows[n%4])
		if n%3 > 0 {
			w.says(k, "fac-"+sig, "13 09:30", "/readout ready v1.38")
		}
		if n%4 == 1 {
			w.says(k, "fac-"+sig, "10 10:00", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d by w3-4", 1000+(n*13+1)%300))
		}
		if n%20 == 3 {
			w.says(k, "arch-lead", "12 10:00", "B1 /block v1.38 the API is not reviewed", "Q1 /question v1.38 which feature gate is this behind?", "R1 /risk v1.38 there is only one reviewer")
		}
	}
	w.says(planIssue, "lead", "16 14:00", "/plan vote open until 2026-01-22 AoE")
	w.until("16 14:02")
	for n, sig := range allSIGs {
		if n%3 > 0 {
			w.says(planIssue, "fac-"+sig, "17 10:00", "/vote "+strconv.Itoa(2+n%4)+" for our part")
		}
	}
	w.until("18 10:00")
	return w
}

// TestUsualPlanHasTitles: a plan as large as Kubernetes' names its items by title and
// draws its dependencies.
func TestUsualPlanHasTitles(t *testing.T) {
	w := newPlanWorld()
	for n := range 83 {
		sig := allSIGs[n%14]
		w.holders["sig-"+sig] = []string{"fac-" + sig}
		k := w.item(1000+n, sig, fmt.Sprintf("Enhancement number %d with a title of the usual length", n))
		w.says(k, "fac-"+sig, "9 14:02", "/commit v1.38 "+[]string{"w1-2 100%", "w3-4 70%", "w5-6 55%", "w7-8 40%"}[n%4])
		if n%4 > 0 {
			w.says(k, "fac-"+sig, "13 09:30", "/readout ready v1.38")
		}
		if n%2 == 1 {
			w.says(k, "fac-"+sig, "10 10:00", fmt.Sprintf("/depends-on v1.38 kubernetes/enhancements#%d by w3-4", 1000+(n*13+1)%83))
		}
	}
	w.says(planIssue, "lead", "16 14:00", "/plan vote open until 2026-01-22 AoE")
	w.until("16 14:02")
	text := site.Plan(w.plan())
	t.Logf("%d characters", size(text))
	for n := range 83 {
		if !strings.Contains(text, fmt.Sprintf("Enhancement number %d ", n)) {
			t.Fatalf("item %d is without its title", n)
		}
	}
	if !strings.Contains(text, "|asked|") {
		t.Error("the dependencies are not drawn")
	}
}

func largeTexts() map[string]string {
	w := largePlan()
	in := w.plan()
	texts := map[string]string{
		"large":             site.Plan(in),
		"large-status":      site.PlanStatus(in, Query{Comment: 1, Record: 2}),
		"large-vote-opened": site.VoteOpened(planIssue, "v1.38", decisionOf[plan.VoteOpened](w)),
	}
	w.until("24 10:00")
	texts["large-vote-result"] = site.VoteResult(planIssue, "v1.38", decisionOf[plan.VoteResult](w), planHear())
	texts["large-tally"] = site.Tally(planIssue, plan.TallyOf(plan.Occasions(planCycle(), at("24 10:00"), at("24 12:00"))[0], plan.TallyFacts{Cycle: planCycle(), Items: w.items()}))
	return texts
}

func TestLargePlanGolden(t *testing.T) {
	for name, text := range largeTexts() {
		t.Logf("%s: %d characters", name, size(text))
		if size(text) > VisibleLimit {
			t.Errorf("%s: %d characters", name, size(text))
		}
		golden(t, "plan/"+name, text)
	}
}

// TestLargePlanCounts holds that what is shown and what is counted is all there is.
func TestLargePlanCounts(t *testing.T) {
	text := site.Plan(largePlan().plan())
	total, listed := 0, strings.Count(text, "enhancements/issues/1")
	for _, m := range regexp.MustCompile(`<summary>sig-\S+: (\d+) items`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		total += n
	}
	more := 0
	for _, m := range regexp.MustCompile(`and (\d+) more items? not listed here`).FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		more += n
	}
	shown := 0
	for _, section := range strings.Split(text, "<details>")[1:] {
		if strings.HasPrefix(section, "<summary>sig-") {
			shown += strings.Count(section, "](https://github.com/kubernetes/enhancements/issues/")
		}
	}
	if total != 300 || shown+more != 300 || shown == 0 {
		t.Errorf("%d items in the summaries, %d shown and %d counted (%d links)", total, shown, more, listed)
	}
}

// crowdedPlan has n of everything, in the longest words.
func crowdedPlan(n int) Plan {
	long := func(k, size int) string { return (fmt.Sprintf("%d ", k) + strings.Repeat("x`|", size))[:size] }
	login := func(k int) string { return fmt.Sprintf("a%d-%s", k, strings.Repeat("b", 30)) }
	key := func(k int) slash.Key {
		return slash.Key{Org: strings.Repeat("o", 39), Repo: strings.Repeat("r", 100), Number: 100000 + k}
	}
	said := func(k int) work.Said {
		return work.Said{Comment: 3000000000 + int64(k), At: at("9 10:00"), Login: login(k), Role: "facilitator", SIG: "multi-tenancy-and-more",
			Source: "OWNERS_ALIASES at 3f2a91c", Command: "/plan rework " + long(k, 290)}
	}
	var items []plan.Item
	in := Plan{Key: planIssue, Now: at("20 10:00"), Parts: 3}
	in.Assessment = plan.Assessment{Cycle: "v1.38", Phase: plan.PhaseOpen, Round: 1, Until: at("22 10:00")}
	opened := plan.VoteOpened{Round: 1, Until: at("22 10:00")}
	for k := range n {
		sig := fmt.Sprintf("multi-tenancy-and-more-%d", k%24)
		it := &work.Item{Key: key(k), Cycle: "v1.38", Ready: said(k)}
		for _, w := range []string{"w1-2", "w3-4", "w5-6", "w7-8"} {
			it.Commitments = append(it.Commitments, work.Commitment{Window: w, Percent: 33})
		}
		for _, kind := range []work.NoteKind{work.Block, work.Question, work.Risk} {
			it.Notes = append(it.Notes, work.Note{ID: fmt.Sprint(kind, k+1), Kind: kind, Text: long(k, 300), Raised: said(k)})
		}
		a := work.Assessment{Item: it, Issue: work.Issue{Key: key(k), Title: long(k, 256)}, Standing: work.Ready, SIG: sig, InPlan: true, Blocked: true, Blocks: it.OpenNotes(work.Block)}
		a.Edges = []work.Edge{{Ask: work.Ask{Target: key(n + k), By: "w1-2", Said: said(k)}, Target: work.Target{Readable: true, SIG: "node", Issue: work.Issue{Title: long(k, 256)}},
			Findings: []work.Finding{{Code: work.NotPromised}}}}
		a.Findings = []work.Finding{{Code: work.DependencyCycle, Path: []work.Key{key(k), key(k + 1), key(k)}}}
		items = append(items, plan.Item{Key: key(k), Assessment: a})
		vote := &plan.Ballot{Value: 1, Login: login(k), Comment: 3000000000 + int64(k), Said: at("17 10:00"), Text: long(k, 300)}
		if k < 24 {
			seat := plan.Seat{Name: "sig-" + sig, SIG: sig, Required: true, Holders: []string{login(k), login(k + 1), login(k + 2)}}
			in.Assessment.Seats = append(in.Assessment.Seats, plan.SeatVote{Seat: seat, Vote: vote})
			opened.Seats = append(opened.Seats, seat)
		}
		in.Assessment.Objections = append(in.Assessment.Objections, plan.Objection{ID: fmt.Sprint("O", k+1), Seat: "sig-" + sig, Login: login(k), Comment: 1, Value: 1, Text: long(k, 300)})
		in.Assessment.Findings = append(in.Assessment.Findings, plan.Finding{Code: plan.NoSeat, Said: said(k)})
		opened.Items = append(opened.Items, plan.SnapshotItem{Key: key(k), SIG: sig, Title: long(k, 120)})
		in.History = append(in.History, Line{Said: said(k)})
		in.Assessment.IfApproved.Losing = append(in.Assessment.IfApproved.Losing, key(k))
		in.Assessment.Rounds = append(in.Assessment.Rounds, plan.Round{N: k + 1, OpenedIn: 3000000000, Result: &plan.VoteResult{}, ResultIn: 3000000000, Rework: &plan.Rework{}, ReworkIn: 3000000000})
	}
	in.Assessment.Last = &plan.Round{N: 1, Opened: opened}
	in.Schedule, in.Graph = plan.ScheduleOf(planCycle(), items, nil, time.Time{}), plan.GraphOf(items)
	now := plan.TallyOf(plan.Occasion{At: at("26 12:00")}, plan.TallyFacts{Cycle: planCycle(), Items: items, Objections: n})
	in.Tally = &now
	return in
}

func TestPlanStaysWithinTheLimit(t *testing.T) {
	for _, n := range []int{0, 1, 5, 24, 100, 300, 600} {
		in := crowdedPlan(n)
		opened := in.Assessment.Last.Opened
		result := plan.VoteResult{Round: 1, Seats: in.Assessment.Seats, Objections: in.Assessment.Objections[:min(n, 24)], Items: opened.Items}
		for name, text := range map[string]string{
			"plan": site.Plan(in), "status": site.PlanStatus(in, Query{}), "status of a SIG": site.PlanStatus(in, Query{SIG: "multi-tenancy-and-more-0"}),
			"opened": site.VoteOpened(planIssue, "v1.38", opened), "result": site.VoteResult(planIssue, "v1.38", result, nil),
			"preview": site.PrunePreview(planIssue, "v1.38", plan.PrunePreview{Items: opened.Items}),
			"pruned":  site.Pruned(planIssue, "v1.38", plan.Pruned{Items: opened.Items, Spared: opened.Items}),
		} {
			if size(text) > VisibleLimit {
				t.Errorf("%s with %d of everything: %d characters", name, n, size(text))
			}
			if name == "plan" {
				t.Logf("%d of everything: %d characters", n, size(text))
			}
		}
	}
}

// TestPlanSameBytes holds that the same values give the same text.
func TestPlanSameBytes(t *testing.T) {
	first, second := largeTexts(), largeTexts()
	for name := range first {
		if first[name] != second[name] {
			t.Errorf("%s differs the second time", name)
		}
	}
}
