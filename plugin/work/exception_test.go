package work

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
)

const whole = "\nwhy: long review\nrisk-late: little\nrisk-cut: a release\nprs: #1, #2"

// Lines with which a request for the code freeze stands.
var (
	askingDraft = "dev author: /exception request v1.38 code 5d late"
	asking      = askingDraft + whole
	nodeIn      = "node-lead lead node: /exception support v1.38"
	leadFor     = "rel-lead release-lead: /exception approve v1.38 5d"
	pmFor       = "pm product-management: /exception approve v1.38 3d"
)

// bothRoles makes somebody release lead and product management at once.
func bothRoles(login string) func(*Context) {
	return func(c *Context) {
		c.Roles.Sources.Default[roles.ReleaseLead] = roles.Source{Logins: []string{login, "rel-lead"}}
		c.Roles.Sources.Default[roles.PM] = roles.Source{Logins: []string{login, "pm"}}
	}
}

// granted is the decision on the first line that asks.
func granted(c *Context) {
	item := c.Items["v1.38"]
	f := ExceptionFacts{Cycle: v138(), Owner: "node", Now: c.Said.AddDate(1, 0, 0)}
	c.Decided = map[string][]PostedException{"v1.38": {{Comment: 90, At: at("11 20:00"), Decision: *DueExceptions(item, nil, f)[0].Decision}}}
}

// march is a time in March 2027: "9 14:02".
func march(t string) time.Time { return at(t).AddDate(0, 2, 0) }

func inMarch(t string) func(*Context) { return func(c *Context) { c.Said = march(t) } }

func dependants(sigs ...string) func(*Context) {
	return func(c *Context) { c.Affected, c.Dependants = sigs, map[string][]string{"v1.38": sigs} }
}

// TestExceptionLines: what a line settles to and in which role, or why it is refused
// and what to paste.
func TestExceptionLines(t *testing.T) {
	type change = func(*Context)
	is := func(lines ...string) change { return before(lines...) }
	for _, tc := range []struct {
		name  string
		login string
		world []change
		line  string
		want  string // canonical line, or reason code and line to paste
		as    string
	}{
		{"the freeze just passed", "dev", nil, "/exception request 5d late", "/exception request v1.38 enhancements 5d late", "author "},
		{"in short", "node-fac", nil, "/exception 5 days", "/exception request v1.38 enhancements 5d", "facilitator node"},
		{"with its lines", "dev", nil, "/exception 5d late" + whole, "/exception request v1.38 enhancements 5d late" + whole, "author "},
		{"its window is over: the next one", "dev", []change{said("16 12:00")}, "/exception 5d", "/exception request v1.38 code 5d", "author "},
		{"until the end of the window", "dev", []change{said("16 11:59")}, "/exception 5d", "/exception request v1.38 enhancements 5d", "author "},
		{"one is named, before it", "node-lead", nil, "/exception request Docs 60d", "/exception request v1.38 docs 60d", "lead node"},
		{"the one that was asked for", "dev", []change{is(askingDraft)}, "/exception 6d", "/exception request v1.38 code 6d", "author "},
		{"by another one than asked first", "node-fac", []change{is(askingDraft)}, "/exception request 5d\nwhy: x", "/exception request v1.38 code 5d\nwhy: x", "facilitator node"},
		{"complete and nobody has spoken", "dev", []change{is(asking)}, "/exception 6d", "/exception request v1.38 code 6d", "author "},
		{"a draft on which somebody has", "dev", []change{is(askingDraft, nodeIn)}, "/exception 6d", "/exception request v1.38 code 6d", "author "},
		{"after it was withdrawn", "dev", []change{is(asking, "dev author: /exception withdraw v1.38")}, "/exception request docs 6d", "/exception request v1.38 docs 6d", "author "},
		{"after all was said", "dev", []change{is(asking, nodeIn, leadFor, pmFor)}, "/exception request docs 6d", "/exception request v1.38 docs 6d", "author "},
		{"support by the owner", "node-fac", []change{is(asking)}, "/exception support", "/exception support v1.38", "facilitator node"},
		{"support by a lead", "node-lead", []change{is(asking)}, "/exception support", "/exception support v1.38", "lead node"},
		{"support by who depends on it", "sched-lead", []change{is(asking), dependants("scheduling")}, "/exception support", "/exception support v1.38", "lead scheduling"},
		{"for two: the owner first", "two-hats", []change{is(asking), dependants("scheduling")}, "/exception support", "/exception support v1.38", "facilitator node"},
		{"for two: then the other", "two-hats", []change{is(asking, nodeIn), dependants("scheduling")}, "/exception support", "/exception support v1.38", "facilitator scheduling"},
		{"needed before giving", "two-hats", []change{elsewhere, affected("node", "scheduling"), func(c *Context) { c.Dependants = map[string][]string{"v1.38": {"scheduling"}} },
			is(asking, "net-lead lead network: /exception support v1.38")}, "/exception support", "/exception support v1.38", "facilitator scheduling"},
		{"no owner known: any SIG", "store-lead", []change{elsewhere, is(asking)}, "/exception support", "/exception support v1.38", "lead storage"},
		{"the release lead", "rel-lead", []change{is(asking)}, "/exception approve 5d fine", "/exception approve v1.38 5d fine", "release-lead "},
		{"product management, fewer days", "pm", []change{is(asking)}, "/exception approve 2d", "/exception approve v1.38 2d", "product-management "},
		{"deny", "pm", []change{is(asking, leadFor)}, "/exception deny no", "/exception deny v1.38 no", "product-management "},
		{"both roles: as release lead", "boss", []change{bothRoles("boss"), is(asking)}, "/exception approve 5d", "/exception approve v1.38 5d", "release-lead "},
		{"both roles: in the free one", "boss", []change{bothRoles("boss"), is(asking, leadFor)}, "/exception approve 5d", "/exception approve v1.38 5d", "product-management "},
		{"both roles: another word in the same", "boss", []change{bothRoles("boss"), is(asking, "boss release-lead: /exception approve v1.38 5d")}, "/exception deny no", "/exception deny v1.38 no", "release-lead "},
		{"both roles: other days in the same", "boss", []change{bothRoles("boss"), is(asking, "boss release-lead: /exception approve v1.38 5d")}, "/exception approve 4d", "/exception approve v1.38 4d", "release-lead "},
		{"withdrawn by who asked", "dev", []change{is(asking)}, "/exception withdraw", "/exception withdraw v1.38", "author "},
		{"the cycle in which it was asked for", "rel-lead", []change{both, milestone("v1.39"), is(asking)}, "/exception approve 5d", "/exception approve v1.38 5d", "release-lead "},
		{"a request goes by the milestone", "dev", []change{both, milestone("v1.39"), is(asking)}, "/exception request code 5d", "/exception request v1.39 code 5d", "author "},

		{"a freeze that is over", "dev", nil, "/exception request enhancements 5d", "/exception request v1.38 enhancements 5d", "author "},
		{"a freeze and its window that are over", "dev", []change{said("20 12:00")}, "/exception request enhancements 5d late", FreezeOver + " /exception request code 5d late", ""},
		{"all are over", "dev", []change{inMarch("31 12:00")}, "/exception 5d", FreezeOver, ""},
		{"no such freeze", "dev", nil, "/exception request test 5d", NoFreeze + " /exception request enhancements 5d", ""},
		{"its lines stay in what is to be pasted", "dev", nil, "/exception request test 5d x" + whole, NoFreeze + " /exception request enhancements 5d x" + whole, ""},
		{"too many days", "dev", nil, "/exception 61d", "range /exception 5d", ""},
		{"another freeze", "dev", []change{is(asking)}, "/exception request docs 5d", OneRequest + " /exception withdraw", ""},
		{"somebody has agreed", "dev", []change{is(asking, nodeIn)}, "/exception 6d", AgreedTo + " /exception withdraw", ""},
		{"all was said", "dev", []change{is(asking, nodeIn, leadFor, pmFor)}, "/exception request code 6d", Settled, ""},
		{"it was decided", "pm", []change{is(asking, nodeIn, leadFor, pmFor), granted}, "/exception deny", Settled, ""},
		{"it was decided, whatever is needed by now", "dev", []change{is(asking, nodeIn, leadFor, pmFor), granted, dependants("network")}, "/exception request code 6d", Settled, ""},
		{"support, of nothing", "node-fac", nil, "/exception support", NoRequest + " /exception request 5d", ""},
		{"support, of what was withdrawn", "node-fac", []change{is(asking, "dev author: /exception withdraw v1.38")}, "/exception support", NoRequest + " /exception request 5d", ""},
		{"approve nothing, of two releases", "pm", []change{both}, "/exception approve v1.38 5d", NoRequest + " /exception request v1.38 5d", ""},
		{"deny nothing", "pm", nil, "/exception deny", NoRequest + " /exception request 5d", ""},
		{"withdraw nothing", "dev", nil, "/exception withdraw", NoRequest + " /exception request 5d", ""},
		{"nothing, and all is over", "pm", []change{inMarch("31 12:00")}, "/exception deny", NoRequest, ""},
		{"more days than asked for", "rel-lead", []change{is(asking)}, "/exception approve 6d yes", AboveAsked + " /exception approve 5d yes", ""},
		{"support by others", "store-lead", []change{is(asking)}, "/exception support", WrongRole + " /exception support", ""},
		{"approve by others", "node-fac", []change{is(asking)}, "/exception approve 5d", WrongRole + " /exception approve 5d", ""},
		{"ask as a stranger", "stranger", nil, "/exception 5d", WrongRole + " /exception 5d", ""},
		{"the second role", "boss", []change{bothRoles("boss"), is(asking, "boss release-lead: /exception approve v1.38 5d")}, "/exception approve 5d", SecondRole + " /exception approve 5d", ""},
		{"the second role, the first one gone", "pm", []change{is(asking, "pm release-lead: /exception approve v1.38 5d")}, "/exception approve 5d", SecondRole + " /exception approve 5d", ""},
		{"withdrawn by another", "node-fac", []change{is(asking)}, "/exception withdraw", NotYours + " /exception withdraw", ""},
		{"roles not read", "node-fac", []change{is(asking), lost}, "/exception support", NotChecked + " /exception support", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, p := judged(t, world(tc.login, tc.world...), tc.line)
			got, as := strings.Join(v.Commands, "\n"), string(v.Grant.Role)+" "+v.Grant.SIG
			if p != nil {
				got, as = strings.TrimSpace(p.Code+" "+p.Fix), ""
			}
			if got != tc.want || as != tc.as {
				t.Errorf("got %q as %q, want %q as %q", got, as, tc.want, tc.as)
			}
		})
	}
}

// TestFreezeRefusals: the days of the freeze that is over, then those still open.
func TestFreezeRefusals(t *testing.T) {
	_, p := judged(t, world("dev", said("20 12:00")), "/exception request enhancements 5d")
	if d := cmp.Diff([]string{"enhancements 2027-01-08 2027-01-16T12:00:00Z", "code 2027-03-08 2027-03-12T12:00:00Z", "docs 2027-03-22 2027-03-23T12:00:00Z"}, p.Allowed); d != "" {
		t.Error(d)
	}
}

// exceptionLog is what people said, an hour apart from 11 January on.
func exceptionItem(t *testing.T, lines ...string) *Item {
	t.Helper()
	log := custody.Log{Identity: custody.Identity{Cycle: "v1.38"}}
	for n, text := range lines {
		who, command, _ := strings.Cut(text, ": ")
		parts := append(strings.Fields(who), "", "")
		log.Receipts = append(log.Receipts, custody.Receipt{Comment: int64(n + 1), Author: idOf(parts[0]), Login: parts[0], Said: at("11 00:00").Add(time.Duration(n) * time.Hour),
			Lines: []custody.Line{{N: 1, Command: command, Role: parts[1], SIG: parts[2]}}})
	}
	item := Fold(here, log)
	if item.Accepted != len(lines) {
		t.Fatalf("%d of %d lines folded", item.Accepted, len(lines))
	}
	return item
}

// story is exceptions in short.
func story(all []Exception, due []ExceptionDue) string {
	var out []string
	for _, e := range all {
		s := string(e.State) + " " + e.Freeze + " " + exceptionDays.Kind.Print(e.Days)
		for _, part := range []struct {
			name string
			list []string
		}{{"missing", e.Missing}, {"waiting", e.Waiting}, {"late", commands(e.Late)}, {"uncounted", commands(e.Uncounted)}} {
			if len(part.list) > 0 && e.State != ExceptionWithdrawn {
				s += ", " + part.name + " " + strings.Join(part.list, " ")
			}
		}
		out = append(out, s)
	}
	for _, d := range due {
		s := "due " + d.After.Format("2 15:04")
		if d.Decision != nil && d.Decision.Granted {
			s += " granted until " + d.Decision.Due.String()
		} else if d.Decision != nil {
			s += " denied"
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

const (
	approveRole = ": /exception approve v1.38 "
	denies      = "pm product-management: /exception deny v1.38 no"
	takesBack   = "dev author: /exception withdraw v1.38"
)

// TestExceptions replays what was said. Where decided is set the decision that is due
// after so many lines was posted.
func TestExceptions(t *testing.T) {
	askingDocs := strings.Replace(asking, " code ", " docs ", 1)
	for _, tc := range []struct {
		name    string
		lines   []string
		decided int
		facts   ExceptionFacts
		want    string
	}{
		{"nothing", nil, 0, ExceptionFacts{}, ""},
		{"a draft", []string{askingDraft}, 0, ExceptionFacts{}, "draft code 5d, missing why risk-late risk-cut prs, waiting node"},
		{"completed in two", []string{askingDraft, "dev author: /exception request v1.38 code 7d\nwhy: a\nrisk-late: b", "dev author: /exception request v1.38 code 7d\nrisk-cut: c\nprs: d"}, 0, ExceptionFacts{}, "requested code 7d, waiting node"},
		{"who depends on it", []string{asking, nodeIn}, 0, ExceptionFacts{Dependants: []string{"scheduling", "node", "apps", "scheduling"}}, "requested code 5d, waiting apps scheduling"},
		{"everything there", []string{asking, nodeIn, leadFor, pmFor}, 0, ExceptionFacts{}, "requested code 5d; due 11 03:01 granted until 2027-03-11"},
		{"past the release", []string{strings.Replace(asking, " 5d", " 60d", 1), nodeIn, strings.Replace(leadFor, "5d", "60d", 1), strings.Replace(pmFor, "3d", "50d", 1)}, 0, ExceptionFacts{}, "requested code 60d; due 11 03:01 granted until 2027-04-21"},
		{"not yet", []string{asking, nodeIn, leadFor, pmFor}, 0, ExceptionFacts{Now: at("11 03:00")}, "requested code 5d; due 11 03:01"},
		{"votes before support", []string{leadFor, asking, leadFor, pmFor, nodeIn}, 0, ExceptionFacts{}, "requested code 5d; due 11 04:01 granted until 2027-03-11"},
		{"without support", []string{asking, leadFor, pmFor}, 0, ExceptionFacts{}, "requested code 5d, waiting node"},
		{"a draft is not granted", []string{askingDraft, nodeIn, leadFor, pmFor}, 0, ExceptionFacts{}, "draft code 5d, missing why risk-late risk-cut prs"},
		{"one person in two roles", []string{asking, nodeIn, leadFor, "rel-lead product-management" + approveRole + "5d"}, 0, ExceptionFacts{}, "requested code 5d"},
		{"from the day of the decision, if that is later", []string{strings.Replace(asking, " code ", " enhancements ", 1), nodeIn, leadFor, pmFor}, 0, ExceptionFacts{}, "requested enhancements 5d; due 11 03:01 granted until 2027-01-14"},
		{"never above what is asked", []string{askingDraft, "rel-lead release-lead" + approveRole + "9d", "pm product-management" + approveRole + "8d", asking, nodeIn}, 0, ExceptionFacts{}, "requested code 5d; due 11 04:01 granted until 2027-03-13"},
		{"denied", []string{asking, leadFor, denies}, 0, ExceptionFacts{}, "requested code 5d, waiting node; due 11 02:01 denied"},
		{"a draft denied", []string{askingDraft, denies}, 0, ExceptionFacts{}, "draft code 5d, missing why risk-late risk-cut prs, waiting node; due 11 01:01 denied"},
		{"denied and then not", []string{asking, denies, pmFor}, 0, ExceptionFacts{}, "requested code 5d, waiting node"},
		{"withdrawn", []string{asking, nodeIn, takesBack, leadFor}, 0, ExceptionFacts{}, "withdrawn code 5d"},
		{"withdrawn, and asked for again", []string{asking, takesBack, asking}, 0, ExceptionFacts{}, "withdrawn code 5d; requested code 5d, waiting node"},
		{"a change that would move what they agreed to", []string{asking, nodeIn, "dev author: /exception request v1.38 code 9d"}, 0, ExceptionFacts{}, "requested code 5d, late /exception request v1.38 code 9d"},
		{"another freeze meanwhile", []string{asking, "dev author: /exception request v1.38 docs 9d"}, 0, ExceptionFacts{}, "requested code 5d, waiting node, late /exception request v1.38 docs 9d"},
		{"another freeze when all was said", []string{asking, nodeIn, leadFor, pmFor, askingDocs, leadFor}, 0, ExceptionFacts{}, "requested code 5d; requested docs 5d, waiting node; due 11 03:01 granted until 2027-03-11"},
		{"no owner: the first SIG that supports it", []string{asking, "store-lead lead storage: /exception support v1.38", leadFor, pmFor}, 0, ExceptionFacts{Owner: "-"}, "requested code 5d; due 11 03:01 granted until 2027-03-11"},
		{"no owner: not one that depends on it", []string{asking, nodeIn, leadFor, pmFor}, 0, ExceptionFacts{Owner: "-", Dependants: []string{"node"}}, "requested code 5d, waiting "},

		{"granted", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{}, "granted code 5d"},
		{"expired", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{Now: march("12 12:00")}, "expired code 5d"},
		{"on its last day", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{Now: march("12 11:59")}, "granted code 5d"},
		{"delivered, nobody knows when", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{Now: march("21 12:00"), Delivered: true}, "granted code 5d"},
		{"delivered in time", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{Now: march("21 12:00"), Delivered: true, DeliveredAt: march("12 11:59")}, "granted code 5d"},
		{"delivered late", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{Now: march("21 12:00"), Delivered: true, DeliveredAt: march("12 12:00")}, "expired code 5d"},
		{"said after it", []string{asking, nodeIn, leadFor, pmFor, denies, takesBack, "sched-lead lead scheduling: /exception support v1.38"}, 4, ExceptionFacts{}, "granted code 5d, late /exception deny v1.38 no /exception withdraw v1.38"},
		{"asked for again", []string{asking, nodeIn, leadFor, pmFor, asking}, 4, ExceptionFacts{}, "granted code 5d, late " + strings.TrimPrefix(asking, "dev author: ")},
		{"another freeze after it", []string{asking, nodeIn, leadFor, pmFor, askingDocs, nodeIn}, 4, ExceptionFacts{}, "granted code 5d; requested docs 5d"},
		{"asked for again, after another", []string{asking, denies, askingDocs, asking}, 2, ExceptionFacts{}, "denied code 5d, late " + strings.TrimPrefix(asking, "dev author: ") + "; requested docs 5d, waiting node"},
		{"needed by more SIGs since", []string{asking, nodeIn, leadFor, pmFor}, 4, ExceptionFacts{Dependants: []string{"apps"}}, "granted code 5d"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := tc.facts
			f.Cycle = v138()
			switch f.Owner {
			case "":
				f.Owner = "node"
			case "-":
				f.Owner = ""
			}
			if f.Now.IsZero() {
				f.Now = at("12 00:00")
			}
			var posted []PostedException
			if tc.decided > 0 {
				then := ExceptionFacts{Cycle: f.Cycle, Owner: "node", Now: f.Now}
				due := DueExceptions(exceptionItem(t, tc.lines[:tc.decided]...), nil, then)
				later := *due[0].Decision
				later.Granted, later.Due = false, cycle.Day{}
				posted = []PostedException{{Comment: 51, Decision: later}, {Comment: 50, At: at("11 20:00"), Decision: *due[0].Decision}}
			}
			item := exceptionItem(t, tc.lines...)
			got := story(Exceptions(item, posted, f), DueExceptions(item, posted, f))
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			slices.Reverse(posted)
			if again := story(Exceptions(item, posted, f), DueExceptions(item, posted, f)); again != got {
				t.Errorf("in another order: %s", again)
			}
		})
	}
}

// TestDecidedException: a decision lists its inputs, and tells of its request also when
// lines were read after it, or are gone.
func TestDecidedException(t *testing.T) {
	f := ExceptionFacts{Cycle: v138(), Owner: "node", Dependants: []string{"scheduling"}, Now: at("12 00:00")}
	lines := []string{asking, "store-lead lead storage: /exception support v1.38", leadFor, nodeIn, "sched-lead lead scheduling: /exception support v1.38", pmFor + " fine", "net-lead lead network: /exception support v1.38"}
	d := *DueExceptions(exceptionItem(t, lines...), nil, f)[0].Decision
	asked := func(n int, login, role string) Asked {
		return Asked{Comment: int64(n), Line: 1, Login: login, Role: role, Said: at("11 00:00").Add(time.Duration(n-1) * time.Hour)}
	}
	want := ExceptionDecided{
		ExceptionText: ExceptionText{Reason: "late", Why: "long review", RiskLate: "little", RiskCut: "a release", PRs: "#1, #2"},
		Granted:       true, Freeze: "code", Request: asked(1, "dev", "author"), Asked: asked(6, "pm", "product-management"),
		DaysAsked: 5, Days: 3, Due: cycle.Day{Year: 2027, Month: time.March, Day: 11}, Needed: []string{"node", "scheduling"}, SIG: "node",
		Supports: []Support{{"storage", asked(2, "store-lead", "lead")}, {"node", asked(4, "node-lead", "lead")}, {"scheduling", asked(5, "sched-lead", "lead")}},
		Votes:    []ExceptionVote{{Asked: asked(3, "rel-lead", "release-lead"), Approve: true, Days: 5}, {Asked: asked(6, "pm", "product-management"), Approve: true, Days: 3, Text: "fine"}},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	posted := []PostedException{{Comment: 50, At: at("11 20:00"), Decision: d}}
	gone := Exceptions(&Item{}, posted, f)
	if len(gone) != 1 || gone[0].State != ExceptionGranted || gone[0].Requested.Mark() != d.Request.Mark() || gone[0].DecidedIn != 50 {
		t.Errorf("without its lines: %+v", gone)
	}
	if got := story(Exceptions(exceptionItem(t, lines[1:]...), posted, f), nil); got != "granted code 5d" {
		t.Errorf("without its first line: %s", got)
	}
	e := gone[0]
	if !e.Expires().Equal(march("12 12:00")) || !e.RemindAt().Equal(march("11 12:00")) || !e.Granted() || e.Undecided() {
		t.Errorf("expires %s, reminder %s", e.Expires(), e.RemindAt())
	}
	for n, part := range []string{"uncounted /exception deny", "uncounted /exception withdraw"} {
		item := exceptionItem(t, lines...)
		late := ExceptionSaid{Word: []string{saysDeny, saysWithdraw}[n], Said: Said{Comment: 3, Line: 2, At: at("11 02:00"), Role: "release-lead", Login: "rel-lead",
			Command: []string{"/exception deny", "/exception withdraw"}[n]}}
		item.Exceptions = slices.Insert(item.Exceptions, 3, late)
		if got := story(Exceptions(item, posted, f), nil); !strings.Contains(got, part) || !strings.HasPrefix(got, "granted") {
			t.Errorf("read late: %s", got)
		}
	}
}

func TestExceptionEncoding(t *testing.T) {
	f := ExceptionFacts{Cycle: v138(), Owner: "node", Now: at("12 00:00")}
	for _, lines := range [][]string{{asking, nodeIn, leadFor, pmFor}, {asking, denies}} {
		d := *DueExceptions(exceptionItem(t, lines...), nil, f)[0].Decision
		values, err := EncodeException(d)
		if err != nil || len(values) != 1 {
			t.Fatal(err, len(values))
		}
		back, err := DecodeException(values)
		if diff := cmp.Diff(d, back); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		text := string(values[0])
		for name, other := range map[string][]json.RawMessage{
			"nothing": nil, "two": {values[0], values[0]}, "not JSON": {json.RawMessage(`{`)}, "no head": {json.RawMessage(`{"decision":"exception/1"}`)},
			"newer kind":      {json.RawMessage(strings.Replace(text, "exception/1", "exception/2", 1))},
			"newer field":     {json.RawMessage(strings.Replace(text, `"head":{`, `"head":{"new":1,`, 1))},
			"newer value":     {json.RawMessage(strings.Replace(text, `{`, `{"new":1,`, 1))},
			"more behind":     {json.RawMessage(text + "{}")},
			"no freeze":       {json.RawMessage(strings.Replace(text, `"freeze":"code"`, `"freeze":""`, 1))},
			"due and denied":  {json.RawMessage(strings.Replace(text, `"granted":true`, `"granted":false`, 1))},
			"granted, no due": {json.RawMessage(strings.Replace(text, `"granted":false`, `"granted":true`, 1))},
		} {
			if len(other) == 1 && string(other[0]) == text {
				continue // the other of the two
			}
			if _, err := DecodeException(other); !errors.Is(err, ErrException) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestExceptionLabels: what an exception does to labels and findings.
func TestExceptionLabels(t *testing.T) {
	item := &Item{Key: here, Cycle: "v1.38", Commitments: []Commitment{{Window: "w1-2", Percent: 10}}}
	day := cycle.Day{Year: 2027, Month: time.March, Day: 11}
	decided := &ExceptionDecided{Granted: true, Due: day}
	late := []Said{{Login: "pm", Command: "/exception deny"}}
	for _, tc := range []struct {
		name string
		all  []Exception
		want string
	}{
		{"none", nil, "plan/proposed plan/unplanned"},
		{"draft", []Exception{{State: ExceptionDraft, Freeze: "code", Missing: []string{"why", "prs"}}}, "plan/proposed plan/unplanned; exception-draft code why prs"},
		{"requested", []Exception{{State: ExceptionRequested, Freeze: "code", Waiting: []string{"node"}}}, "plan/proposed plan/unplanned exception/requested; exception-support code node"},
		{"nothing waits", []Exception{{State: ExceptionRequested, Freeze: "code"}}, "plan/proposed plan/unplanned exception/requested"},
		{"granted", []Exception{{State: ExceptionGranted, Freeze: "code", Decided: decided, Late: late}}, "plan/proposed exception/approved; exception-late-words code /exception deny"},
		{"not counted", []Exception{{State: ExceptionGranted, Freeze: "code", Decided: decided, Uncounted: late}}, "plan/proposed exception/approved; exception-not-counted code /exception deny"},
		{"expired", []Exception{{State: ExceptionExpired, Freeze: "code", Decided: decided}}, "plan/proposed plan/unplanned exception/approved; exception-expired code 2027-03-11"},
		{"denied", []Exception{{State: ExceptionDenied, Freeze: "code", Decided: &ExceptionDecided{}}}, "plan/proposed plan/unplanned"},
		{"withdrawn", []Exception{{State: ExceptionWithdrawn, Freeze: "code"}}, "plan/proposed plan/unplanned"},
		{"granted, and asked for another", []Exception{{State: ExceptionGranted, Freeze: "code", Decided: decided}, {State: ExceptionRequested, Freeze: "docs"}}, "plan/proposed exception/requested exception/approved"},
	} {
		a := Assess(item, Facts{Cycle: v138(), Issue: world("dev").Issue, KEPs: world("dev").KEPs, KEPRepo: kepRepo, Plan: PlanFact{Passed: true}, Exceptions: tc.all})
		got := strings.Join(a.Labels(), " ")
		for _, f := range a.Findings {
			if strings.HasPrefix(string(f.Code), "exception-") {
				got += "; " + string(f.Code) + " " + strings.Join(f.Words, " ")
			}
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		if a.Plan.Approved = true; !slices.Contains(a.Labels(), LabelApproved) {
			t.Errorf("%s: approved by the vote all the same", tc.name)
		}
	}
}
