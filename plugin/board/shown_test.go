package board

import (
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// spoke is what somebody said on an item at a time in January.
func (w *world) spoke(login, when string) work.Said {
	w.comment++
	role, sig := roles.Author, ""
	if name, fac := strings.CutSuffix(login, "-fac"); fac {
		role, sig = roles.Facilitator, name
	} else if login == "lead" {
		role = roles.ReleaseLead
	} else if login == "pm" {
		role = roles.PM
	}
	return work.Said{Comment: w.comment, Line: 1, At: jan(when), Author: 1, Login: login, Role: string(role), SIG: sig}
}

func (w *world) shows(n int, url, text string, confirmed work.Said) {
	k := kepKey(n)
	w.demos = append(w.demos, Demo{Key: k, Title: w.stories[k].issue.Title, SIG: w.stories[k].sig, URL: url, Text: text, Said: w.spoke("author", "20 10:00"), Confirmed: confirmed})
}

func (w *world) requests(n int, e work.Exception) {
	k := kepKey(n)
	e.Freeze, e.Requested = "Code Freeze", w.spoke("author", "21 10:00")
	e.Latest = e.Requested
	w.exceptions = append(w.exceptions, ItemException{Key: k, Title: w.stories[k].issue.Title, SIG: w.stories[k].sig, Exception: e})
}

// lateJanuary is a plan towards its end: demos were shown, exceptions asked for.
func lateJanuary() *world {
	w := approvedPlan()
	w.shows(4381, "https://youtu.be/abc", "devices asked for with parameters", w.spoke("node-fac", "21 10:00"))
	w.shows(1287, "https://prow.k8s.io/view/gs/logs/ci-resize/17", "", work.Said{})
	w.shows(1790, "", "shown at the SIG’s meeting", work.Said{})
	w.noDemo = []work.Key{kepKey(4444), kepKey(2433)}
	support := func(sig string) work.Support {
		return work.Support{SIG: sig, Asked: work.AskedBy(w.spoke(sig+"-fac", "21 12:00"))}
	}
	yes := func(login string, days int) work.ExceptionVote {
		return work.ExceptionVote{Asked: work.AskedBy(w.spoke(login, "22 09:00")), Approve: true, Days: days}
	}
	w.requests(3866, work.Exception{State: work.ExceptionDraft, Days: 3, ExceptionText: work.ExceptionText{Reason: "the last review"}, Missing: []string{"why", "risk-cut"}, Needed: []string{"network"}, Waiting: []string{"network"}})
	w.requests(4033, work.Exception{State: work.ExceptionRequested, Days: 5, ExceptionText: work.ExceptionText{Reason: "the API review ended late", Why: "two rounds", RiskLate: "low", RiskCut: "users wait for a release", PRs: "kubernetes#130001"},
		Needed: []string{"node", "storage"}, Waiting: []string{"storage"}, Supports: []work.Support{support("node")}, Votes: []work.ExceptionVote{yes("lead", 4)}})
	w.requests(3751, work.Exception{State: work.ExceptionGranted, Days: 5, ExceptionText: work.ExceptionText{Reason: "one driver is behind"}, Needed: []string{"storage"}, Supports: []work.Support{support("storage")},
		Votes: []work.ExceptionVote{yes("lead", 5), yes("pm", 4)}, DecidedIn: 1997, DecidedAt: jan("22 10:00"), Decided: &work.ExceptionDecided{Granted: true, Days: 4, Due: cycle.Day{Year: 2026, Month: time.January, Day: 27}}})
	no := work.ExceptionVote{Asked: work.AskedBy(w.spoke("pm", "22 11:00")), Text: "not worth the risk"}
	w.requests(3314, work.Exception{State: work.ExceptionDenied, Days: 9, Needed: []string{"storage"}, Waiting: []string{"storage"}, Votes: []work.ExceptionVote{no}, DecidedIn: 1996, DecidedAt: jan("22 12:00"), Decided: &work.ExceptionDecided{}})
	w.requests(2400, work.Exception{State: work.ExceptionWithdrawn, Days: 2, Needed: []string{"node"}, Waiting: []string{"node"}, Withdrawn: w.spoke("author", "22 13:00")})
	return w
}

// TestDemos: by SIG, with those that are not confirmed and what was delivered without one;
// an item is in one of the two lists.
func TestDemos(t *testing.T) {
	w := lateJanuary()
	w.noDemo = append(w.noDemo, kepKey(4381), kepKey(2433))
	d := links{site}.demosDoc(look(w).plans()[0])
	if len(d.Demos) != 3 || d.Confirmed != 1 || d.Demos[0].Issue.Key != "kubernetes/enhancements#1287" || d.Demos[2].SIG != "storage" || d.Demos[0].Confirmed != nil || d.Demos[1].Confirmed == nil {
		t.Errorf("%+v", d.Demos)
	}
	if len(d.Without) != 2 || d.Without[0].Issue.Key != "kubernetes/enhancements#2433" || d.Without[0].Issue.Title == "" || d.Without[0].SIG != "network" {
		t.Errorf("without: %+v", d.Without)
	}
}

// TestOutside: where a page may lead that is not ours.
func TestOutside(t *testing.T) {
	for address, want := range map[string]bool{
		"https://youtu.be/abc?t=3&x=%20#y": true, "http://example.com/": true,
		"javascript:alert(1)": false, "data:text/html,x": false, "https:opaque": false, "https://": false, "//example.com/": false, "": false, "example.com/x": false,
		"https://github.com@evil.example/": false, "https://e\u0445ample.com/": false, "https://example.com/\u202egnp": false, "https://example.com/a b": false, "https://example.com/\"x": false, "https://example.com/<b>": false,
		"https://example.com/\x00": false, "https://example.com/" + strings.Repeat("x", addressLimit): false,
	} {
		if got := outside(address); got != "" && got != address || (got != "") != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}

// TestExceptions: those that wait come first, and each says what it waits for.
func TestExceptions(t *testing.T) {
	d := links{site}.exceptionsDoc(look(lateJanuary()).plans()[0])
	var states []string
	for _, e := range d.Exceptions {
		states = append(states, e.State)
	}
	if got := strings.Join(states, " "); got != "requested draft granted denied withdrawn" || len(d.States) != 5 {
		t.Errorf("%s; %v", got, d.States)
	}
	one := d.Exceptions[0]
	if one.Given != 1 || one.Lead == nil || one.Lead.Days != 4 || one.PM != nil || !one.Open || one.Lead.Said.Login != "lead" {
		t.Errorf("%+v", one)
	}
	if granted := d.Exceptions[2]; granted.DueText != "Tue 27 Jan, anywhere on earth" || granted.Granted != 4 || granted.Decided.URL == "" || granted.PM.Days != 4 {
		t.Errorf("%+v", granted)
	}
	if denied := d.Exceptions[3]; denied.DueText != "" || denied.PM.Approve || denied.Lead != nil {
		t.Errorf("%+v", denied)
	}
}
