package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// pruneTable is an approved plan (items 1, 2) with work that was not voted on.
func pruneTable(t testing.TB) *table {
	tb := newTable(t)
	issue := func(n int, change func(*work.Issue)) work.Issue {
		i := workItem(n, "node").Assessment.Issue
		change(&i)
		return i
	}
	add := func(n int, sig string, change func(*work.Issue)) {
		tb.items = append(tb.items, workItemOf(issue(n, change), sig, "/commit v1.38 w1-2 50%"))
	}
	add(10, "node", func(*work.Issue) {})
	add(11, "node", func(i *work.Issue) { i.Pull = true })
	for n, label := range neverPruned {
		add(20+n, "node", func(i *work.Issue) { i.Labels = []string{"sig/node", label} })
	}
	add(12, "node", func(i *work.Issue) { i.Closed = true })
	add(13, "node", func(i *work.Issue) { i.Milestone = "v1.37" })
	add(14, "node", func(i *work.Issue) { i.Milestone = "" })
	excepted := workItem(15, "node", "/commit v1.38 w1-2 50%")
	excepted.Assessment.Exceptions = []work.Exception{{State: work.ExceptionRequested}}
	opted := reassessed(Item{Key: itemKeyOf(16), OptedIn: true}, issue(16, func(*work.Issue) {}))
	tb.items = append(tb.items, excepted, opted, workItem(17, "node", "/question v1.38 why?"))
	return tb.pass()
}

func numbers(items []SnapshotItem) string {
	var out []string
	for _, i := range items {
		out = append(out, fmt.Sprint(i.Key.Number))
	}
	return strings.Join(out, " ")
}

// askCodes leaves out that the item which was only opted in has no SIG.
func askCodes(a Assessment) string {
	return codesOf(slices.DeleteFunc(slices.Clone(a.Findings), func(f Finding) bool { return f.Code == ItemWithoutSIG }))
}

func TestPrune(t *testing.T) {
	tb := pruneTable(t).say("12 12:00 rel-team: /plan prune").post("12 12:01")
	p := last[PrunePreview](tb)
	if numbers(p.Items) != "3 10 16" || len(p.Hash) != 8 || !p.GraceUntil.Equal(jan("13 12:01")) || p.Round != 1 || p.SIG != "" {
		t.Fatalf("%+v", p)
	}
	a := tb.assess("12 12:02")
	if len(a.IfApproved.Labelled) != 2 || len(a.IfApproved.Losing) != 3 || len(a.Previews) != 1 || a.Previews[0].Confirmed {
		t.Errorf("%+v %+v", a.IfApproved, a.Previews)
	}
	// A confirmation within the grace period waits for its end.
	tb.say("12 13:00 rel-lead: /plan prune confirm " + p.Hash)
	if got := dueText(tb.due("12 14:00")); got != "pruned/1 13 12:01:00" {
		t.Errorf("due is %q", got)
	}
	if a := tb.assess("12 14:00"); len(a.Previews) != 1 || !a.Previews[0].Confirmed {
		t.Errorf("%+v", a.Previews)
	}
	// What was closed since keeps the milestone; what is new loses nothing: nobody was told.
	for n, i := range tb.items {
		if i.Key == itemKeyOf(10) {
			issue := i.Assessment.Issue
			issue.Closed = true
			tb.items[n] = reassessed(i, issue)
		}
	}
	tb.items = append(tb.items, workItem(30, "node", "/commit v1.38 w1-2 50%"))
	tb.post("13 12:01")
	if d := last[Pruned](tb); numbers(d.Items) != "3 16" || numbers(d.Spared) != "10" || d.Hash != p.Hash || d.Asked.Login != "rel-lead" {
		t.Errorf("%+v", d)
	}
	tb.say("13 13:00 rel-lead: /plan prune confirm " + p.Hash)
	if due := tb.due("14 13:00"); len(due) > 0 || len(tb.assess("14 13:00").Previews) > 0 {
		t.Errorf("pruned twice: %+v", due)
	}
}

// TestPruneHistories: what comes of asks to prune.
func TestPruneHistories(t *testing.T) {
	const ask = "12 12:00 rel-lead: /plan prune|post 12 12:01|"
	for _, tc := range []struct{ name, lines, now, previews, pruned, findings string }{
		{"a SIG's own", "12 12:00 net-lead: /plan prune|post 12 12:01|12 13:00 net-lead: /plan prune confirm HASH|post 13 13:00", "13 13:00", "network:3", "3", ""},
		{"a SIG without unapproved work", "12 12:00 sched-fac: /plan prune|post 12 12:01", "12 13:00", "scheduling:", "", ""},
		{"asked twice, the same grace", ask + "12 20:00 rel-lead: /plan prune|post 12 20:01", "12 21:00", ":3 10 16, :3 10 16", "", ""},
		{"a facilitator may not clear all SIGs' items", ask + "13 13:00 node-fac: /plan prune confirm HASH|post 13 14:00", "13 14:00", ":3 10 16", "", "other-scope"},
		{"nor another SIG's", "12 12:00 net-lead: /plan prune|post 12 12:01|12 13:00 node-fac: /plan prune confirm HASH|post 13 13:00", "13 13:00", "network:3", "", "other-scope"},
		{"the release lead may clear a SIG's", "12 12:00 net-lead: /plan prune|post 12 12:01|12 13:00 rel-team: /plan prune confirm HASH|post 13 13:00", "13 13:00", "network:3", "3", ""},
		{"a hash of nothing", ask + "13 13:00 rel-lead: /plan prune confirm 0000dead|post 13 14:00", "13 14:00", ":3 10 16", "", "no-such-preview"},
		{"confirmed before there was a preview", "12 12:00 rel-lead: /plan prune|12 12:00:30 rel-lead: /plan prune confirm HASH|post 12 12:01|post 13 13:00", "13 13:00", ":3 10 16", "", "no-such-preview"},
		{"two confirmations", ask + "12 13:00 rel-lead: /plan prune confirm HASH|12 13:01 rel-team: /plan prune confirm HASH|post 13 13:00", "13 13:00", ":3 10 16", "3 10 16", ""},
		{"a preview of a plan that is reworked", ask + "12 13:00 pm: /plan rework|post 12 13:01|13 13:00 rel-lead: /plan prune confirm HASH|post 13 14:00", "13 14:00", ":3 10 16", "", "nothing-approved"},
		{"a rework is said before the grace ends", ask + "12 13:00 rel-lead: /plan prune confirm HASH|13 12:00:40 pm: /plan rework|post 13 12:01:10|post 13 12:01:40|post 13 12:03", "13 12:03", ":3 10 16", "", "nothing-approved"},
		{"nothing is approved", "12 11:30 pm: /plan rework|post 12 11:31|12 12:00 rel-lead: /plan prune|post 12 12:01", "12 13:00", "", "", "nothing-approved"},
		{"an ask of before the approval stays dead", "12 11:30 pm: /plan rework|post 12 11:31|12 12:00 rel-lead: /plan prune|" +
			"12 13:00 pm: /plan vote open until 2027-01-12 18:00 UTC|post 12 13:01|12 13:10 node-fac: /vote 4|12 13:10 sched-fac: /vote 4|12 13:10 net-lead: /vote 4|12 13:10 pm: /vote 4|post 12 18:01", "12 19:00", "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tb := pruneTable(t)
			hash := hashOf("v1.38", 1, "", prunable(tb.facts("12 12:00"), "", Approved(nil, tb.posted).Has))
			for line := range strings.SplitSeq(tc.lines, "|") {
				if now, ok := strings.CutPrefix(line, "post "); ok {
					tb.post(now)
				} else if line != "" {
					for _, p := range tb.posted {
						if d, ok := p.Decision.(PrunePreview); ok {
							hash = d.Hash
						}
					}
					tb.say(strings.ReplaceAll(line, "HASH", hash))
				}
			}
			var previews, pruned []string
			for _, p := range tb.posted {
				switch d := p.Decision.(type) {
				case PrunePreview:
					previews = append(previews, d.SIG+":"+numbers(d.Items))
					if !d.GraceUntil.Equal(jan("13 12:01")) {
						t.Errorf("grace until %s", d.GraceUntil)
					}
				case Pruned:
					pruned = append(pruned, numbers(d.Items))
				}
			}
			if got := strings.Join(previews, ", "); got != tc.previews || strings.Join(pruned, ", ") != tc.pruned || askCodes(tb.assess(tc.now)) != tc.findings {
				t.Errorf("previews %q, pruned %q, findings %q", got, pruned, askCodes(tb.assess(tc.now)))
			}
		})
	}
}

// TestPreviewOutdated: a confirmation names the preview that stands, not an older one.
func TestPreviewOutdated(t *testing.T) {
	tb := pruneTable(t).say("12 12:00 rel-lead: /plan prune").post("12 12:01")
	old := last[PrunePreview](tb)
	tb.items = append(tb.items, workItem(30, "node", "/commit v1.38 w1-2 50%"))
	tb.say("12 13:00 rel-lead: /plan prune").post("12 13:01")
	if p := last[PrunePreview](tb); p.Hash == old.Hash || numbers(p.Items) != "3 10 16 30" {
		t.Fatalf("%+v", p)
	}
	tb.say("13 14:00 rel-lead: /plan prune confirm " + old.Hash)
	if a := tb.assess("13 15:00"); len(a.Due) > 0 || askCodes(a) != string(PreviewOutdated) {
		t.Errorf("due %+v, %s", a.Due, askCodes(a))
	}
}

// TestPreviewPostedAgain: an older preview that was deleted and put back is no newer for
// it, though its comment is.
func TestPreviewPostedAgain(t *testing.T) {
	tb := pruneTable(t).say("12 12:00 rel-lead: /plan prune").post("12 12:01")
	at := len(tb.posted) - 1
	tb.items = append(tb.items, workItem(30, "node", "/commit v1.38 w1-2 50%"))
	tb.say("12 13:00 rel-lead: /plan prune").post("12 13:01")
	newer := last[PrunePreview](tb)
	again := tb.posted[at]
	again.Comment, again.At = 9000, jan("12 14:00")
	tb.posted = append(slices.Delete(tb.posted, at, at+1), again)
	if a := tb.assess("12 15:00"); len(a.Previews) != 1 || a.Previews[0].Hash != newer.Hash {
		t.Errorf("%+v", a.Previews)
	}
	if standing := Standing(tb.state(), tb.posted); len(standing) != 1 || standing[0].Decision.(PrunePreview).Hash != newer.Hash {
		t.Errorf("%+v", standing)
	}
	tb.say("13 14:00 rel-lead: /plan prune confirm " + newer.Hash).post("13 14:01")
	if d := last[Pruned](tb); d.Hash != newer.Hash {
		t.Errorf("%+v", d)
	}
}

// TestConfirmOfSeveralSIGs: who has several SIGs may clear each.
func TestConfirmOfSeveralSIGs(t *testing.T) {
	l := newLookups(listed(planBook()))
	said := work.Said{Login: "two-hats", Role: string(roles.Facilitator), SIG: "apps", At: jan("12 10:00")}
	if !mayConfirm(said, "cli", l) || !mayConfirm(said, "apps", l) || mayConfirm(said, "node", l) || mayConfirm(said, "", l) {
		t.Error("the scope of a facilitator of two SIGs")
	}
}
