package render

import (
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// records are the stories of the golden records, by name.
var records = map[string]func() *story{
	"opted-in":           optedIn,
	"nothing-missing":    nothingMissing,
	"ready":              ready,
	"read-out":           readOut,
	"waiting":            waiting,
	"declined":           declinedStory,
	"around":             around,
	"done":               done,
	"dropped":            dropped,
	"noted":              noted,
	"giving":             giving,
	"asked-only":         askedOnly,
	"stand-in":           standIn,
	"edited-and-deleted": editedAndDeleted,
	"every-finding":      everyFinding,
	"kep-unknown":        kepUnknown,
	"no-kep":             noKEPStory,
	"notes-ended":        notesEnded,
	"merged":             mergedStory,
	"changed":            changedSince,
	"merged-many":        mergedMany,
	"merged-done":        mergedDone,
	"merged-whole":       mergedWhole,
	"done-items":         doneItems,
	"done-whole":         doneWhole,
	"done-blocked":       doneBlocked,
	"done-but":           doneBut,
	"done-noted":         doneNoted,
	"done-closed":        doneClosed,
	"done-no-kep":        doneNoKEP,
	"demo":               demoStory,
	"demo-confirmed":     demoConfirmed,
	"demo-none":          demoNone,
	"slipped":            slippedStory,

	"exception-draft":     draftedException,
	"exception-requested": requestedException,
	"exception-granted":   grantedException,
	"exception-expired":   expiredStory,
	"exception-former":    formerExceptions,
	"exception-contested": contestedException,
}

func TestRecordGolden(t *testing.T) {
	for name, tell := range records {
		t.Run(name, func(t *testing.T) {
			golden(t, "record/"+name, site.Record(tell().Record()))
		})
	}
}

func optedIn() *story {
	s := newStory()
	s.facts.OptedIn = true
	return s
}

func nothingMissing() *story {
	s := optedIn()
	s.says("node-fac", "9 14:02", `/commit v1.38 w1-2 100% "API types"`, `/commit v1.38 w3-4 60% "Scheduler plugin","e2e tests"`)
	return s
}

func ready() *story {
	s := nothingMissing()
	s.says("node-fac", "13 09:30", "/readout ready v1.38")
	s.says("node-fac", "14 09:30", "/progress on-track v1.38 API review booked")
	return s
}

func changedSince() *story {
	s := ready()
	s.facts.Plan = work.PlanFact{Passed: true, Approved: true, Changed: true}
	return s
}

func readOut() *story {
	s := ready()
	s.says("lead", "20 16:00", "/readout done v1.38")
	return s
}

// waiting is the example of the design: one promise is missing, a block is
// open, a risk is owned.
func waiting() *story {
	s := optedIn()
	s.facts.Issue.Assignees = nil
	s.says("node-fac", "9 14:02",
		`/commit v1.38 w1-2 100% "API types"`,
		`/commit v1.38 w3-4 80% "API types","Scheduler plugin"`,
		`/commit v1.38 w5-6 50% "e2e tests"`)
	s.says("author", "9 15:10", "/depends-on v1.38 kubernetes/kubernetes#130512 by w3-4 resource pools", "/depends-on v1.38 kubernetes/kubernetes#129901 by w1-2")
	s.says("node-fac", "13 08:00", "/readout ready v1.38")
	s.says("arch-lead", "14 10:00", "B1 /block v1.38 needs API review of the pool field")
	s.says("arch-lead", "14 10:01", "R1 /risk v1.38 the only API reviewer is away in weeks 3-4")
	s.says("node-fac", "15 10:00", "/resolve R1 owned node-fac v1.38 until 30 January")
	their := newStory()
	their.says("sched-fac", "8 10:00", "/commit v1.38 w3-4 80%")
	s.target(pools, "Expose resource pools", "scheduling", their)
	node := newStory()
	node.says("node-fac", "8 09:00", "/commit v1.38 w1-2 100%")
	node.says("node-fac", "9 16:00", "/provide v1.38 kubernetes/enhancements#4381 w1-2")
	s.target(plugin, "Kubelet plugin API", "node", node)
	return s
}

func declinedStory() *story {
	s := nothingMissing()
	s.says("author", "10 15:10", "/depends-on v1.38 kubernetes/kubernetes#130512 by w3-4")
	their := newStory()
	their.says("sched-fac", "14 10:00", "/provide kubernetes/enhancements#4381 decline v1.38 no reviewers before March")
	s.target(pools, "Expose resource pools", "scheduling", their)
	return s
}

func around() *story {
	s := nothingMissing()
	s.says("author", "10 15:10", "/depends-on v1.38 kubernetes/kubernetes#130512 by w3-4")
	their := newStory()
	their.says("sched-fac", "8 10:00", "/commit v1.38 w3-4 80%", "/provide v1.38 kubernetes/enhancements#4381 w3-4")
	s.target(pools, "Expose resource pools", "scheduling", their)
	s.facts.Loop = []work.Key{here, pools, other, here}
	return s
}

func done() *story {
	s := readOut()
	s.facts.Issue.Closed, s.facts.Issue.StateReason = true, "completed"
	return s
}

func dropped() *story {
	s := nothingMissing()
	s.facts.Issue.Closed, s.facts.Issue.StateReason = true, "not_planned"
	return s
}

func noted() *story {
	s := newStory()
	s.facts.Issue.Assignees = nil
	s.says("node-lead", "9 14:02", "Q1 /question v1.38 Is this meant for v1.38?")
	return s
}

// giving is an issue in another repository that others need.
func giving() *story {
	s := newStory()
	s.key = pools
	s.facts.Issue = work.Issue{Key: pools, Title: "Expose resource pools", Body: "Part of KEP-4381", Assignees: []string{"author"}, Labels: []string{"sig/node"}}
	s.facts.Asked = []work.Key{here, other}
	s.says("node-fac", "9 14:02", "/commit v1.38 w1-2 90%", "/provide v1.38 kubernetes/enhancements#4381 w1-2 behind a feature gate")
	return s
}

// askedOnly is an issue that others need and nobody has planned.
func askedOnly() *story {
	s := giving()
	s.receipts = nil
	return s
}

func standIn() *story {
	s := nothingMissing()
	s.record.Facilitators, s.record.StandIn = []string{"node-lead", "node-tl"}, true
	return s
}

func editedAndDeleted() *story {
	s := nothingMissing()
	s.standing[s.says("node-fac", "10 09:00", "/progress at-risk v1.38 waiting for API review")] = custody.StandingEdited
	s.standing[s.says("author", "11 09:00", "/kep https://github.com/kubernetes/enhancements/issues/4381 v1.38")] = custody.StandingDeleted
	s.record.Parts = 2
	s.record.Rebuilt = 1
	return s
}

func kepUnknown() *story {
	s := nothingMissing()
	s.key.Number = 4318
	s.facts.Issue.Key.Number = 4318
	return s
}

func noKEPStory() *story {
	s := newStory()
	s.key = pools
	s.facts.Issue = work.Issue{Key: pools, Title: "Expose resource pools"}
	s.record.Facilitators = nil
	s.facts.OptedIn = true
	return s
}

func notesEnded() *story {
	s := ready()
	s.says("node-lead", "14 11:00", "Q1 /question v1.38 Who reviews the API change?", "R1 /risk v1.38 no room in CI")
	s.says("node-lead", "15 11:00", "/resolve Q1 v1.38 answered in the KEP")
	s.says("node-fac", "15 12:00", "/resolve R1 mitigated v1.38 by a feature gate")
	for _, text := range []string{"is the test plan done?", "who writes the docs?", "is the gate on by default?", "what of Windows?"} {
		s.says("node-lead", "16 11:00", "Q"+string(rune('2'+len(s.receipts)-6))+" /question v1.38 "+text)
	}
	return s
}

// everyFinding has every finding that can stand beside the others; the two
// that cannot are in kep-unknown and no-kep.
func everyFinding() *story {
	s := newStory()
	s.kep(kep.KEP{
		Ref: kep.Ref{Repo: keps, Number: 4381}, Path: "keps/sig-node/4381-dra-structured-parameters/kep.yaml",
		Title: "DRA structured parameters", SIG: "node", Status: "provisional", Stage: "alpha", LatestMilestone: "v1.37",
	})
	s.facts.Issue.Assignees = nil
	s.facts.Issue.Labels = []string{"sig/storage", "sig/apps", "stage/beta"}
	s.says("node-fac", "9 14:02", `/commit v1.38 w3-4 90% "API types","left it"`, `/commit v1.38 w9-10 10% "API types"`)
	keys := map[string]slash.Key{}
	for k, name := range []string{"self", "unreadable", "unmerged", "not-planned", "nothing", "late", "promised", "merged"} {
		keys[name] = slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 200 + k}
	}
	keys["self"] = here
	for _, name := range []string{"self", "unreadable", "unmerged", "not-planned", "nothing", "late", "promised", "merged"} {
		s.says("author", "10 10:00", "/depends-on v1.38 "+keys[name].String()+" by w3-4 "+name)
	}
	target := func(name string, change func(*work.Issue), lines ...string) {
		their := newStory()
		if len(lines) > 0 {
			their.says("sched-fac", "11 10:00", lines...)
		}
		t := s.target(keys[name], "Title of "+name, "scheduling", their)
		if change != nil {
			change(&t.Issue)
		}
		s.facts.Targets[keys[name]] = t
	}
	target("unmerged", func(i *work.Issue) { i.Pull, i.Closed = true, true })
	target("not-planned", func(i *work.Issue) { i.Closed, i.StateReason = true, "not_planned" })
	target("nothing", nil)
	target("late", nil, "/commit v1.38 w5-6 60%", "/provide v1.38 kubernetes/enhancements#4381 w5-6")
	target("promised", nil, "/provide v1.38 kubernetes/enhancements#4381 w3-4")
	target("merged", func(i *work.Issue) { i.Pull, i.Closed, i.Merged = true, true, true })
	s.facts.SameKEP = []work.Key{plugin}
	s.facts.Loop = []work.Key{here, pools, here}
	return s
}
