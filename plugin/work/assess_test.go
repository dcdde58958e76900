package work

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/kep"
)

// known gives the facts around an item of KEP 4381 in which all is well.
func known(change ...func(*Facts)) Facts {
	c := world("dev")
	f := Facts{Now: at("12 10:00"), Cycle: v138(), Issue: c.Issue, KEPs: c.KEPs, KEPRepo: kepRepo, Targets: map[Key]Target{}}
	for _, g := range change {
		g(&f)
	}
	return f
}

// giving is a target that is committed to weeks and promises what is said.
func giving(change func(*Target), lines ...string) func(*Facts) {
	return func(f *Facts) {
		t := Target{Readable: true, Issue: Issue{Key: code}, Item: Fold(code, logOf(lines...)), SIG: "scheduling"}
		if change != nil {
			change(&t)
		}
		f.Targets[code] = t
	}
}

func now(when string) func(*Facts) { return func(f *Facts) { f.Now = at(when) } }

func keps(change func(*kep.KEP)) func(*Facts) {
	return func(f *Facts) {
		k := nodeKEP()
		change(&k)
		f.KEPs = Catalogues{kepRepo: kep.NewCatalogue(kepRepo, "", []kep.KEP{k})}
	}
}

const asks = "/depends-on v1.38 kubernetes/kubernetes#130512 w3-4 pools"

// TestFindings: each code, once, with its words; edges with the other issue.
func TestFindings(t *testing.T) {
	const commit, promised = "/commit v1.38 w1-2 100%", "/provide v1.38 kubernetes/enhancements#4381 w3-4"
	seen := map[FindingCode]bool{}
	for _, tc := range []struct {
		name  string
		lines []string
		facts []func(*Facts)
		want  string
	}{
		{"all is well", []string{commit}, nil, ""},
		{"no KEP", []string{commit}, []func(*Facts){func(f *Facts) { f.Issue.Key = code }}, "no-kep"},
		{"KEP unknown", []string{commit}, []func(*Facts){func(f *Facts) { f.Issue.Key.Number = 7 }}, "kep-unknown kubernetes/enhancements"},
		{"KEP unknown, another is near", []string{commit}, []func(*Facts){func(f *Facts) { f.Issue.Key.Number = 4318 }}, "kep-unknown kubernetes/enhancements, DRA structured parameters @kubernetes/enhancements#4381"},
		{"KEP not implementable", []string{commit}, []func(*Facts){keps(func(k *kep.KEP) { k.Status = "provisional" })}, "kep-status provisional"},
		{"KEP stage", []string{commit}, []func(*Facts){keps(func(k *kep.KEP) { k.Stage = "alpha" })}, "kep-stage alpha, beta"},
		{"KEP milestone", []string{commit}, []func(*Facts){keps(func(k *kep.KEP) { k.LatestMilestone = "v1.37" })}, "kep-milestone v1.37, v1.38"},
		{"nobody assigned", []string{commit}, []func(*Facts){func(f *Facts) { f.Issue.Assignees = nil }}, "no-assignee"},
		{"items without increment", []string{`/commit v1.38 w1-2 100% "API types"`}, nil, "unscheduled Scheduler plugin, e2e tests"},
		{"nothing committed: nothing is unscheduled", []string{"Q1 /question v1.38 x"}, nil, ""},
		{"whole and item", []string{commit, `/commit v1.38 w3-4 80% "API types"`}, nil, ""},
		{"item gone", []string{commit, `/commit v1.38 w1-2 100% "no more"`}, nil, "item-gone no more"},
		{"above a cap that changed", []string{commit}, []func(*Facts){func(f *Facts) { f.Cycle.Increments[0].Cap = 90 }}, "over-cap weeks 1–2, 100 %, 90 %"},
		{"window gone", []string{"/commit v1.38 w9-10 40%"}, nil, "no-window w9-10"},
		{"SIG label", []string{commit}, []func(*Facts){func(f *Facts) { f.Issue.Labels = []string{"sig/network", "sig/cli"} }}, "sig-label node, cli, network"},
		{"one of several SIG labels is enough", []string{commit}, []func(*Facts){func(f *Facts) { f.Issue.Labels = []string{"sig/network", "sig/node"} }}, ""},
		{"same KEP", []string{commit}, []func(*Facts){func(f *Facts) { f.SameKEP = []Key{third} }}, "same-kep @kubernetes/kubernetes#131000"},
		{"loop", []string{commit}, []func(*Facts){func(f *Facts) { f.Loop = []Key{here, code, here} }}, "dependency-cycle 3 long"},
		{"itself", []string{commit, "/depends-on v1.38 kubernetes/enhancements#4381"}, nil, "self-dependency @kubernetes/enhancements#4381"},
		{"unreadable", []string{commit, asks}, nil, "unreadable @kubernetes/kubernetes#130512"},
		{"closed unmerged", []string{commit, asks}, []func(*Facts){giving(func(t *Target) { t.Issue.Pull, t.Issue.Closed = true, true })}, "closed-unmerged @kubernetes/kubernetes#130512"},
		{"closed not planned", []string{commit, asks}, []func(*Facts){giving(func(t *Target) { t.Issue.Closed, t.Issue.StateReason = true, "not_planned" }, commit, promised)}, "closed-not-planned @kubernetes/kubernetes#130512"},
		{"delivered", []string{commit, asks}, []func(*Facts){giving(func(t *Target) { t.Issue.Closed, t.Issue.StateReason = true, "completed" })}, ""},
		{"merged", []string{commit, asks}, []func(*Facts){giving(func(t *Target) { t.Issue.Pull, t.Issue.Closed, t.Issue.Merged = true, true, true })}, ""},
		{"not promised", []string{commit, asks}, []func(*Facts){giving(nil, commit)}, "not-promised @kubernetes/kubernetes#130512"},
		{"neither committed nor promised", []string{commit, asks}, []func(*Facts){giving(nil)}, "target-not-committed @kubernetes/kubernetes#130512; not-promised @kubernetes/kubernetes#130512"},
		{"promised, not committed", []string{commit, asks}, []func(*Facts){giving(nil, promised)}, "target-not-committed @kubernetes/kubernetes#130512"},
		{"promised by a pull request", []string{commit, asks}, []func(*Facts){giving(func(t *Target) { t.Issue.Pull = true }, promised)}, ""},
		{"declined", []string{commit, asks}, []func(*Facts){giving(nil, commit, "/provide kubernetes/enhancements#4381 decline v1.38 nobody")}, "declined nobody @kubernetes/kubernetes#130512"},
		{"late", []string{commit, asks}, []func(*Facts){giving(nil, commit, "/provide v1.38 kubernetes/enhancements#4381 w5-6")}, "later-than-dependant weeks 5–6, weeks 3–4 @kubernetes/kubernetes#130512"},
		{"late by what is committed", []string{commit, "/depends-on v1.38 kubernetes/kubernetes#130512"}, []func(*Facts){giving(nil, "/commit v1.38 w5-6 60%", "/provide v1.38 kubernetes/enhancements#4381")}, "later-than-dependant weeks 5–6, weeks 1–2 @kubernetes/kubernetes#130512"},
		{"in order", []string{commit, asks}, []func(*Facts){giving(nil, commit, promised)}, ""},
		{"target said to be done", []string{commit, asks}, []func(*Facts){giving(nil, "/done v1.38")}, ""},
		{"target that declined, and is done", []string{commit, asks}, []func(*Facts){giving(nil, "/provide kubernetes/enhancements#4381 decline v1.38 no", "/done v1.38")}, ""},
		{"target done, closed as not planned", []string{commit, asks}, []func(*Facts){giving(func(t *Target) { t.Issue.Closed, t.Issue.StateReason = true, "not_planned" }, "/done v1.38")}, "closed-not-planned @kubernetes/kubernetes#130512"},
		{"a done item needs no increment", []string{`/commit v1.38 w1-2 100% "API types"`, `/done v1.38 "e2e tests"`}, nil, "unscheduled Scheduler plugin"},
		{"a done item may leave the list, its cap and the calendar", []string{commit, `/commit v1.38 w1-2 100% "no more"`, `/commit v1.38 w9-10 40% "API types"`, `/done v1.38 "API types"`, `/done v1.38 "no more"`}, nil, ""},
		{"the issue is held to its cap while an item is open", []string{commit, "/done v1.38", `/done cancel v1.38 "API types"`}, []func(*Facts){func(f *Facts) { f.Cycle.Increments[0].Cap = 90 }}, "over-cap weeks 1–2, 100 %, 90 %"},
		{"all done: nothing is asked of the plan or of others", []string{`/commit v1.38 w9-10 40% "API types"`, asks, "/depends-on v1.38 kubernetes/enhancements#4381", "/done v1.38"}, []func(*Facts){func(f *Facts) { f.Issue.Assignees, f.Loop = nil, []Key{here, code, here} }}, ""},
		{"all done: the thread to the KEP is still looked at", []string{commit, "/done v1.38"}, []func(*Facts){func(f *Facts) { f.Issue.Key, f.Issue.Labels = code, []string{"sig/network"} }}, "no-kep; sig-label node, network"},
		{"slipped, promised for later", []string{commit, asks}, []func(*Facts){giving(nil, commit, promised, "/progress slipped v1.38")}, "target-slipped weeks 3–4, , weeks 3–4, weeks 1–2, w5-6, late @kubernetes/kubernetes#130512"},
		{"slipped, and a new date since", []string{commit, asks}, []func(*Facts){giving(nil, commit, "/progress slipped v1.38", promised)}, ""},
		{"slipped, and committed again since", []string{commit, asks}, []func(*Facts){giving(nil, "/provide v1.38 kubernetes/enhancements#4381", "/progress slipped v1.38", "/commit v1.38 w3-4 60%")}, ""},
		{"slipped, and on track again", []string{commit, asks}, []func(*Facts){giving(nil, commit, promised, "/progress slipped v1.38", "/progress on-track v1.38")}, ""},
		{"slipped, no date on either side", []string{"/depends-on v1.38 kubernetes/kubernetes#130512"}, []func(*Facts){giving(nil, "/provide v1.38 kubernetes/enhancements#4381", "/progress slipped v1.38")}, "target-not-committed @kubernetes/kubernetes#130512; target-slipped , , , , w1-2, @kubernetes/kubernetes#130512"},
		{"promised for weeks that are over, others in time", []string{"/commit v1.38 w5-6 60%", asks}, []func(*Facts){now("23 13:00"), giving(nil, commit, "/provide v1.38 kubernetes/enhancements#4381 w1-2")}, "target-slipped weeks 1–2, over, weeks 3–4, weeks 5–6, w3-4, @kubernetes/kubernetes#130512"},
		{"not over anywhere on earth yet", []string{commit, asks}, []func(*Facts){now("23 11:59"), giving(nil, commit, "/provide v1.38 kubernetes/enhancements#4381 w1-2")}, ""},
		{"promised for weeks that are over, too late now", []string{commit, "/depends-on v1.38 kubernetes/kubernetes#130512"}, []func(*Facts){now("25 10:00"), giving(nil, commit, "/provide v1.38 kubernetes/enhancements#4381")}, "target-slipped weeks 1–2, over, weeks 1–2, weeks 1–2, w3-4, late @kubernetes/kubernetes#130512"},
		{"committed for later since", []string{commit, asks}, []func(*Facts){now("25 10:00"), giving(nil, "/provide v1.38 kubernetes/enhancements#4381 w1-2", "/commit v1.38 w7-8 40%")}, "target-slipped weeks 1–2, over, weeks 3–4, weeks 1–2, w7-8, late @kubernetes/kubernetes#130512"},
		{"not promised, and over", []string{commit, asks}, []func(*Facts){now("25 10:00"), giving(nil, commit)}, "not-promised @kubernetes/kubernetes#130512; target-slipped weeks 1–2, over, weeks 3–4, weeks 1–2, w3-4, @kubernetes/kubernetes#130512"},
		{"over, and no increment left", []string{commit, asks}, []func(*Facts){func(f *Facts) { f.Now = v138().Last().End.EndAoE() }, giving(nil, commit, promised)}, "target-slipped weeks 3–4, over, weeks 3–4, weeks 1–2, , late @kubernetes/kubernetes#130512"},
		{"over, and done", []string{commit, asks}, []func(*Facts){now("25 10:00"), giving(nil, commit, "/progress slipped v1.38", "/done v1.38")}, ""},
		{"over, and declined", []string{commit, asks}, []func(*Facts){now("25 10:00"), giving(nil, commit, "/provide kubernetes/enhancements#4381 decline v1.38 no")}, "declined no @kubernetes/kubernetes#130512"},
		{"nobody said when", []string{"/depends-on v1.38 kubernetes/kubernetes#130512"}, []func(*Facts){giving(nil, commit, promised)}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := known(tc.facts...)
			item := Fold(f.Issue.Key, logOf(tc.lines...))
			a := Assess(item, f)
			all := a.Findings
			for _, e := range a.Edges {
				all = append(all, e.Findings...)
			}
			var got []string
			for _, x := range all {
				seen[x.Code] = true
				s := strings.TrimSpace(string(x.Code) + " " + strings.Join(x.Words, ", "))
				if !x.Key.IsZero() {
					s += " @" + x.Key.String()
				}
				if len(x.Path) > 0 {
					s += " 3 long"
				}
				got = append(got, s)
			}
			if d := cmp.Diff(tc.want, strings.Join(got, "; ")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
	for _, code := range []FindingCode{NoKEP, UnknownKEP, KEPStatus, KEPStage, KEPMilestone, NoAssignee, Unscheduled, ItemGone, OverCap, NoWindow, SIGLabel,
		SameKEPTwice, SelfDependency, DependencyCycle, Unreadable, ClosedUnmerged, ClosedNotPlanned, NotCommitted, NotPromised, Declined, Late, TargetSlipped} {
		if !seen[code] {
			t.Errorf("no case has the finding %s", code)
		}
	}
}

// TestAssess: standing and labels.
func TestAssess(t *testing.T) {
	const commit = "/commit v1.38 w1-2 100%"
	optedIn := func(f *Facts) { f.OptedIn = true }
	closed := func(reason string) func(*Facts) {
		return func(f *Facts) { f.Issue.Closed, f.Issue.StateReason = true, reason }
	}
	for _, tc := range []struct {
		name     string
		lines    []string
		facts    []func(*Facts)
		standing Standing
		labels   string
	}{
		{"nothing", nil, nil, Noted, ""},
		{"a question only", []string{"Q1 /question v1.38 x"}, nil, Noted, ""},
		{"ready without commitment", []string{"/readout ready v1.38"}, nil, Noted, ""},
		{"opted in", nil, []func(*Facts){optedIn}, OptedIn, "plan/proposed"},
		{"committed", []string{commit}, nil, Committed, "plan/proposed"},
		{"commitment taken back", []string{commit, "/commit cancel v1.38"}, nil, Noted, ""},
		{"ready", []string{commit, "/readout ready v1.38"}, nil, Ready, "plan/proposed"},
		{"opted in and ready", []string{"/readout ready v1.38"}, []func(*Facts){optedIn}, Ready, "plan/proposed"},
		{"read", []string{commit, "/readout ready v1.38", "/readout done v1.38"}, nil, Read, "plan/proposed"},
		{"not read while a block is open", []string{commit, "/readout ready v1.38", "/readout done v1.38", "B1 /block v1.38 no"}, nil, Ready, "plan/proposed plan/blocked"},
		{"read once it is resolved", []string{commit, "/readout done v1.38", "B1 /block v1.38 no", "/resolve B1 v1.38"}, nil, Read, "plan/proposed"},
		{"blocked without commitment", []string{"B1 /block v1.38 no"}, nil, Noted, "plan/blocked"},
		{"declined is a block", []string{commit, asks}, []func(*Facts){giving(nil, "/provide kubernetes/enhancements#4381 decline v1.38 no")}, Committed, "plan/proposed plan/blocked"},
		{"an open dependency is none", []string{commit, asks}, []func(*Facts){giving(nil)}, Committed, "plan/proposed"},
		{"a risk is none", []string{commit, "R1 /risk v1.38 x"}, nil, Committed, "plan/proposed"},
		{"done", []string{commit, "B1 /block v1.38 no"}, []func(*Facts){closed("completed")}, Done, ""},
		{"dropped", []string{commit}, []func(*Facts){closed("not_planned")}, Dropped, ""},
		{"said to be done", []string{commit, "/readout ready v1.38", "/readout done v1.38", "/done v1.38"}, nil, Done, "plan/proposed"},
		{"every item said to be done", []string{`/commit v1.38 w1-2 100% "API types"`, `/done v1.38 "API types","Scheduler plugin","e2e tests"`}, nil, Done, "plan/proposed"},
		{"some items said to be done", []string{commit, `/done v1.38 "API types","Scheduler plugin"`}, nil, Committed, "plan/proposed"},
		{"done, and taken back", []string{commit, "/done v1.38", "/done cancel v1.38"}, nil, Committed, "plan/proposed"},
		{"done without a commitment", []string{"/done v1.38"}, nil, Noted, ""},
		{"opted in and done", []string{"/done v1.38"}, []func(*Facts){optedIn}, Done, "plan/proposed"},
		{"done does not end somebody's block", []string{commit, "B1 /block v1.38 no", "/done v1.38"}, nil, Done, "plan/proposed plan/blocked"},
		{"done without what was refused", []string{commit, asks, "/done v1.38"}, []func(*Facts){giving(nil, "/provide kubernetes/enhancements#4381 decline v1.38 no")}, Done, "plan/proposed"},
		{"said to be done, then closed", []string{commit, "/done v1.38"}, []func(*Facts){closed("completed")}, Done, ""},
		{"said to be done, then dropped", []string{commit, "/done v1.38"}, []func(*Facts){closed("not_planned")}, Dropped, ""},
		{"closed, never in the plan", nil, []func(*Facts){closed("completed")}, Noted, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := Assess(Fold(here, logOf(tc.lines...)), known(tc.facts...))
			if a.Standing != tc.standing || strings.Join(a.Labels(), " ") != tc.labels {
				t.Errorf("%s [%s], want %s [%s]", a.Standing, strings.Join(a.Labels(), " "), tc.standing, tc.labels)
			}
			if declined := slices.Contains(strings.Fields(tc.name), "declined"); declined != (len(a.Declined()) == 1) {
				t.Errorf("declined: %v", a.Declined())
			}
		})
	}
}

// TestAssessShows what the record needs beside findings.
func TestAssessShows(t *testing.T) {
	item := Fold(here, logOf("/commit v1.38 w1-2 100%", asks, "B1 /block v1.38 no", "Q1 /question v1.38 x"))
	a := Assess(item, known(giving(nil, "/commit v1.38 w1-2 100%", "/provide v1.38 kubernetes/enhancements#4381 w3-4 soon"), func(f *Facts) { f.Asked = []Key{third} }))
	if a.SIG != "node" || a.KEPHow != KEPItself || a.KEP == nil || a.KEPRef.Number != 4381 || len(a.Asked) != 1 || len(a.Blocks) != 1 || !a.InPlan || !a.Blocked {
		t.Errorf("%+v", a)
	}
	if len(a.Edges) != 1 || !a.Edges[0].Met() || a.Edges[0].Promise.Text != "soon" || a.Edges[0].Target.SIG != "scheduling" {
		t.Errorf("%+v", a.Edges)
	}
	if n := item.OpenNotes(Question); len(n) != 1 || n[0].ID != "Q1" {
		t.Errorf("%+v", n)
	}
}
