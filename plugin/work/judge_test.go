package work

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/cycle"
)

// both opens two cycles; the later one's increments begin ten weeks after.
var both = calendar(v138(), planned("v1.39", 10))

// TestJudgeAccepts: what a line settles to, and in which role it was said.
func TestJudgeAccepts(t *testing.T) {
	type change = func(*Context)
	for _, tc := range []struct {
		name   string
		login  string
		world  []change
		line   string
		want   string // canonical lines
		as     string // role, SIG, ID
		source string
	}{
		{"last increment at its cap", "node-fac", nil, "/commit", "/commit v1.38 w7-8 40%", "facilitator node", "OWNERS_ALIASES at 3f2a91c"},
		{"each increment has its cap", "node-fac", nil, "/commit w3-4,w1-2", "/commit v1.38 w1-2 100%\n/commit v1.38 w3-4 80%", "facilitator node", ""},
		{"the same increment twice", "node-fac", nil, "/commit w1,w2,w1-2", "/commit v1.38 w1-2 100%", "facilitator node", ""},
		{"lower than the cap", "node-fac", nil, "/commit inc2 60%", "/commit v1.38 w3-4 60%", "facilitator node", ""},
		{"nothing is a confidence too", "node-fac", nil, "/commit w3-4 0%", "/commit v1.38 w3-4 0%", "facilitator node", ""},
		{"items by number are kept by text", "node-fac", nil, "/commit w1-2 2,1", `/commit v1.38 w1-2 100% "Scheduler plugin","API types"`, "facilitator node", ""},
		{"items by text, once each", "node-fac", nil, `/commit w1-2 "API types",1`, `/commit v1.38 w1-2 100% "API types"`, "facilitator node", ""},
		{"in any order", "node-fac", nil, "/commit 1 60% w3-4 1.38", `/commit v1.38 w3-4 60% "API types"`, "facilitator node", ""},
		{"a running increment", "node-fac", []change{said("22 10:00")}, "/commit w1-2", "/commit v1.38 w1-2 100%", "facilitator node", ""},
		{"until the end of its last day anywhere on earth", "node-fac", []change{said("23 11:59")}, "/commit w1-2", "/commit v1.38 w1-2 100%", "facilitator node", ""},
		{"a lead", "node-lead", nil, "/commit w1-2", "/commit v1.38 w1-2 100%", "lead node", ""},
		{"logins have no case", "Node-Fac", nil, "/commit w1-2", "/commit v1.38 w1-2 100%", "facilitator node", ""},
		{"a lead stands in for the facilitator there is none of", "net-lead", []change{elsewhere}, "/commit w1-2", "/commit v1.38 w1-2 100%", "lead network", ""},
		{"cancel all", "node-fac", nil, "/commit cancel", "/commit cancel v1.38", "facilitator node", ""},
		{"cancel a part", "node-fac", nil, "/commit cancel w3 1", `/commit cancel v1.38 w3-4 "API types"`, "facilitator node", ""},
		{"cancel what left the checklist", "node-fac", nil, `/commit cancel "no more"`, `/commit cancel v1.38 "no more"`, "facilitator node", ""},
		{"cancel what left the calendar", "node-fac", []change{before("node-fac facilitator node: /commit v1.38 w9-10 40%")}, "/commit cancel w9-10", "/commit cancel v1.38 w9-10", "facilitator node", ""},
		{"the milestone tells the cycle", "node-fac", []change{both, milestone("v1.39")}, "/commit w1-2", "/commit v1.39 w1-2 100%", "facilitator node", ""},
		{"what is committed tells the cycle", "node-fac", []change{both, before("node-fac facilitator node: /commit v1.38 w1-2 100%")}, "/readout ready", "/readout ready v1.38", "facilitator node", ""},
		{"the number tells the cycle", "sched-fac", []change{both, noted, milestone("v1.39")}, "/resolve Q1", "/resolve Q1 v1.38", "facilitator scheduling", "raised Q1"},
		{"the release named wins over both", "node-fac", []change{both, milestone("v1.38"), before("node-fac facilitator node: /commit v1.38 w1-2 100%")}, "/commit v1.39 w1-2", "/commit v1.39 w1-2 100%", "facilitator node", ""},
		{"a milestone that is no open cycle tells nothing", "node-fac", []change{milestone("v1.30")}, "/commit w1-2", "/commit v1.38 w1-2 100%", "facilitator node", ""},
		{"a label chooses between one's own SIGs", "two-hats", []change{elsewhere, labels("sig/scheduling", "sig/network")}, "/commit w1-2", "/commit v1.38 w1-2 100%", "facilitator scheduling", ""},
		{"the first commit tells the SIG, not the label", "sched-fac", []change{elsewhere, labels("sig/node"), before("sched-fac facilitator scheduling: /commit v1.38 w1-2 100%")}, "/commit w3-4", "/commit v1.38 w3-4 80%", "facilitator scheduling", ""},
		{"the KEP's SIG, not the label", "node-fac", []change{labels("sig/network")}, "/commit w1-2", "/commit v1.38 w1-2 100%", "facilitator node", ""},
		{"the SIG named", "two-hats", []change{elsewhere}, "/commit sig-scheduling w1-2", "/commit v1.38 sig-scheduling w1-2 100%", "facilitator scheduling", ""},
		{"the SIG named is the KEP's", "node-fac", nil, "/commit sig-node w1-2", "/commit v1.38 sig-node w1-2 100%", "facilitator node", ""},
		{"of two SIGs the first, where none is settled", "two-hats", []change{elsewhere}, "/progress on-track", "/progress on-track v1.38", "facilitator node", ""},
		{"KEP by number", "dev", nil, "/kep 4381", "/kep v1.38 kubernetes/enhancements#4381", "author ", "this issue"},
		{"KEP by issue", "helper", nil, "/kep https://github.com/kubernetes/enhancements/issues/5000", "/kep v1.38 kubernetes/enhancements#5000", "author ", ""},
		{"KEP of another repository", "dev", nil, "/kep kueue#693", "/kep v1.38 kubernetes/kueue#693", "author ", ""},
		{"KEP by its folder", "node-fac", nil, "/kep https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra", "/kep v1.38 kubernetes/enhancements#4381", "facilitator node", ""},
		{"KEP cancel", "dev", nil, "/kep cancel", "/kep cancel v1.38", "author ", ""},
		{"references in full, once each", "dev", nil, "/depends-on #12, kubernetes#13 #12", "/depends-on v1.38 kubernetes/enhancements#12,kubernetes/kubernetes#13", "author ", ""},
		{"spelled as configured", "dev", nil, "/depends-on KUBERNETES/Kubernetes#13", "/depends-on v1.38 kubernetes/kubernetes#13", "author ", ""},
		{"a KEP is its issue", "dev", nil, "/depends-on KEP-3063 by w3", "/depends-on v1.38 kubernetes/enhancements#3063 w3-4", "author ", ""},
		{"by the last of several", "dev", nil, "/depends-on #12 by w3-4,w1-2 pools, please", "/depends-on v1.38 kubernetes/enhancements#12 w3-4 pools, please", "author ", ""},
		{"dependency cancel", "dev", nil, "/depends-on cancel #12", "/depends-on cancel v1.38 kubernetes/enhancements#12", "author ", ""},
		{"promise", "node-fac", nil, "/provide kubernetes#13 w3-4 soon", "/provide v1.38 kubernetes/kubernetes#13 w3-4 soon", "facilitator node", ""},
		{"decline", "node-lead", nil, "/provide kubernetes#13 decline nobody", "/provide kubernetes/kubernetes#13 decline v1.38 nobody", "lead node", ""},
		{"promise cancel", "node-fac", nil, "/provide cancel kubernetes#13", "/provide cancel v1.38 kubernetes/kubernetes#13", "facilitator node", ""},
		{"first question", "sched-fac", nil, "/question Who reviews?", "/question v1.38 Who reviews?", "facilitator scheduling Q1", ""},
		{"next question", "net-lead", []change{noted}, "/question Who?", "/question v1.38 Who?", "lead network Q2", ""},
		{"numbers of blocks are their own and never used again", "node-fac", []change{noted}, "/block no", "/block v1.38 no", "facilitator node B4", ""},
		{"risk by the release lead", "rel-lead", []change{noted}, "/risk late", "/risk v1.38 late", "release-lead  R2", ""},
		{"question by a programme seat", "arch-lead", nil, "/question why", "/question v1.38 why", "programme architecture Q1", ""},
		{"block by a SIG that takes part in the KEP, its lead standing in", "net-lead", nil, "/block no", "/block v1.38 no", "lead network B1", ""},
		{"block by a SIG that gives or depends", "sched-fac", []change{affected("scheduling")}, "/block no", "/block v1.38 no", "facilitator scheduling B1", ""},
		{"block by a programme seat", "arch-lead", nil, "/block no", "/block v1.38 no", "programme architecture B1", ""},
		{"resolve one's own", "sched-fac", []change{noted}, "/resolve q1 in the KEP", "/resolve Q1 v1.38 in the KEP", "facilitator scheduling", "raised Q1"},
		{"resolve a risk as owning SIG", "node-fac", []change{noted}, "/resolve R1 owned @node-lead until then", "/resolve R1 owned node-lead v1.38 until then", "facilitator node", ""},
		{"ready", "node-fac", nil, "/readout ready", "/readout ready v1.38", "facilitator node", ""},
		{"held", "pm", nil, "/readout done", "/readout done v1.38", "product-management ", "the configuration"},
		{"progress", "node-lead", nil, "/progress AT-RISK no reviewer", "/progress at-risk v1.38 no reviewer", "lead node", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, p := judged(t, world(tc.login, tc.world...), tc.line)
			if p != nil {
				t.Fatalf("%s is refused: %+v", tc.line, *p)
			}
			if d := cmp.Diff(tc.want, strings.Join(v.Commands, "\n")); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			as := string(v.Grant.Role) + " " + v.Grant.SIG
			if v.ID != "" {
				as += " " + v.ID
			}
			if as != tc.as || tc.source != "" && tc.source != v.Grant.Source {
				t.Errorf("said as %q by %q, want %q by %q", as, v.Grant.Source, tc.as, tc.source)
			}
		})
	}
}

// TestJudgeRefuses: reason code and the line to paste.
func TestJudgeRefuses(t *testing.T) {
	type change = func(*Context)
	short := v138()
	short.Increments = nil
	for _, tc := range []struct {
		name  string
		login string
		world []change
		line  string
		code  string
		fix   string
	}{
		{"no cycle is open", "node-fac", []change{calendar()}, "/commit", NoCycle, ""},
		{"a cycle that ended", "node-fac", []change{calendar(planned("v1.37", -40))}, "/commit", NoCycle, ""},
		{"two are, nothing tells which", "node-fac", []change{both}, "/commit w1-2", WhichCycle, "/commit v1.39 w1-2"},
		{"committed to both", "node-fac", []change{both, before("node-fac facilitator node: /commit v1.38 w1-2 100%"), func(c *Context) { c.Items["v1.39"] = c.Items["v1.38"] }}, "/readout ready", WhichCycle, "/readout ready v1.39"},
		{"no such number in either", "sched-fac", []change{both, noted}, "/resolve Q7", WhichCycle, "/resolve Q1 v1.38"},
		{"a release that is not open", "node-fac", nil, "/commit v1.30 w1-2", NotOpen, "/commit v1.38 w1-2"},
		{"part of an increment", "node-fac", nil, "/commit w2-3", NoIncrement, "/commit w1-2"},
		{"no such week", "node-fac", []change{said("26 10:00")}, "/commit w20 90%", NoIncrement, "/commit w3-4 80%"},
		{"no such increment", "node-fac", nil, "/commit inc7", NoIncrement, "/commit w1-2"},
		{"a cycle without increments", "node-fac", []change{calendar(short)}, "/commit", NoIncrement, ""},
		{"a window in such a cycle", "node-fac", []change{calendar(short)}, "/commit w1-2", NoIncrement, ""},
		{"an increment that is over", "node-fac", []change{said("23 12:00")}, "/commit w1-2 100%", Finished, "/commit w3-4 80%"},
		{"all are over", "node-fac", []change{func(c *Context) { c.Said = v138().Last().End.EndAoE() }}, "/commit w1-2", Finished, ""},
		{"above the cap", "node-fac", nil, "/commit w3-4 90%", AboveCap, "/commit w3-4 80%"},
		{"above the lowest cap", "node-fac", nil, "/commit w1-2,w7-8 90%", AboveCap, "/commit w1-2,w7-8 40%"},
		{"no such item", "node-fac", nil, "/commit w1-2 4", NoSuchItem, "/commit w1-2 1"},
		{"no such text", "node-fac", nil, `/commit w1-2 "API"`, NoSuchItem, "/commit w1-2 1"},
		{"no checklist", "node-fac", []change{func(c *Context) { c.Issue.Body = "" }}, "/commit w1-2 1", NoSuchItem, "/commit w1-2"},
		{"cancel of no such item", "node-fac", nil, "/commit cancel 9", NoSuchItem, "/commit cancel 1"},
		{"dependency by no such week", "dev", nil, "/depends-on #12 by w9", NoIncrement, "/depends-on #12 w1-2"},
		{"a stranger", "stranger", nil, "/commit w1-2", WrongRole, "/commit w1-2"},
		{"another SIG's facilitator", "sched-fac", nil, "/commit w1-2", WrongRole, "/commit w1-2"},
		{"the author does not plan", "dev", nil, "/commit w1-2", WrongRole, "/commit w1-2"},
		{"a lead does not say ready while there is a facilitator", "node-lead", nil, "/readout ready", WrongRole, "/readout ready"},
		{"held is not the facilitator's", "node-fac", nil, "/readout done", WrongRole, "/readout done"},
		{"block of a SIG that has nothing to do with it", "sched-fac", nil, "/block no", WrongRole, "/block no"},
		{"a lead does not block beside a facilitator", "sched-lead", []change{affected("scheduling")}, "/block no", WrongRole, "/block no"},
		{"aliases not read", "node-fac", []change{lost}, "/commit w1-2", NotChecked, "/commit w1-2"},
		{"team not read", "arch-lead", []change{speechless}, "/block no", NotChecked, "/block no"},
		{"two SIGs, nothing tells which", "two-hats", []change{elsewhere}, "/commit w1-2", WhichSIG, "/commit sig-node w1-2"},
		{"two SIGs, labels of both", "two-hats", []change{elsewhere, labels("sig/node", "sig/scheduling")}, "/commit w1-2", WhichSIG, "/commit sig-node w1-2"},
		{"the SIG named is not the KEP's", "two-hats", nil, "/commit sig-scheduling w1-2", WrongRole, "/commit w1-2"},
		{"another's SIG named", "sched-fac", []change{elsewhere}, "/commit sig-node w1-2", WrongRole, "/commit w1-2"},
		{"no such SIG", "node-fac", []change{elsewhere}, "/commit sig-nobody w1-2", WrongRole, "/commit w1-2"},
		{"no such note", "sched-fac", []change{noted}, "/resolve Q7", NoSuchNote, "/resolve Q1"},
		{"nothing to resolve", "sched-fac", nil, "/resolve Q1", NoSuchNote, ""},
		{"ended", "sched-fac", []change{noted}, "/resolve B3", NoteEnded, "/resolve Q1"},
		{"a question is not accepted", "sched-fac", []change{noted}, "/resolve Q1 accepted", NotARisk, "/resolve R1 accepted"},
		{"another's", "node-fac", []change{noted}, "/resolve B1 fine", NotYours, "/resolve B1 fine"},
		{"on a pull request", "node-fac", []change{pull}, "/commit w1-2", WrongPlace, "/commit w1-2"},
		{"not a verb of work items", "node-fac", nil, "/vote 4", "unknown-form", ""},
		{"no words", "node-fac", nil, "/progress", "missing", "/progress on-track"},
		{"no percent sign", "node-fac", nil, "/commit w3-4 80", NoSuchItem, "/commit w3-4 1"},
		{"a KEP, but of no repository", "dev", []change{func(c *Context) { c.KEPRepo = "" }}, "/kep 4381", NotAKEP, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, p := judged(t, world(tc.login, tc.world...), tc.line)
			if p == nil {
				t.Fatalf("%s is accepted: %+v", tc.line, v)
			}
			if p.Code != tc.code || p.Fix != tc.fix {
				t.Errorf("%s: code %q, fix %q; want %q, %q", tc.line, p.Code, p.Fix, tc.code, tc.fix)
			}
			if p.Line != 1 || p.Saw != tc.line {
				t.Errorf("line %d %q", p.Line, p.Saw)
			}
		})
	}
}

// TestResolveRights: who raised it; a risk's owning SIG; the seat's holder once
// that person has left it.
func TestResolveRights(t *testing.T) {
	const leave = "aliases:\n  sig-node-facilitators: [node-fac]\n  sig-scheduling-facilitators: [new-sched]\n  sig-scheduling-leads: [sched-lead]\n  sig-node-leads: [node-lead]\n"
	left := func(c *Context) { c.Roles = book(); c.Roles.Files[aliases] = rewritten(leave) }
	for _, tc := range []struct {
		login, line, code string
		world             []func(*Context)
	}{
		{"sched-fac", "/resolve Q1", "", nil},
		{"sched-fac", "/resolve B1", "", []func(*Context){left}}, // raised it, whatever the roles are now
		{"new-sched", "/resolve B1", "", []func(*Context){left}},
		{"two-hats", "/resolve B1", NotYours, nil}, // holds the seat, but sched-fac still does
		{"sched-lead", "/resolve B1", NotYours, []func(*Context){left}},
		{"sched-fac", "/resolve R1", NotYours, nil},
		{"sched-lead", "/resolve R1 mitigated", "", nil},
		{"node-fac", "/resolve R1 accepted", "", nil},
		{"node-lead", "/resolve R1 accepted", NotYours, nil},
		{"arch-lead", "/resolve B2", "", nil},
		{"node-fac", "/resolve B2", NotYours, nil},
		{"node-fac", "/resolve B2", NotChecked, []func(*Context){speechless}},
		{"node-fac", "/resolve R1", NotChecked, []func(*Context){lost}},
	} {
		_, p := judged(t, world(tc.login, append([]func(*Context){noted}, tc.world...)...), tc.line)
		if got := codeOf(p); got != tc.code {
			t.Errorf("%s by %s: %q, want %q", tc.line, tc.login, got, tc.code)
		}
	}
}

// TestJudgeChangesNothing: the same question twice gives the same answer, and
// the world is as it was.
func TestJudgeChangesNothing(t *testing.T) {
	c := world("node-fac", noted)
	was := world("node-fac", noted)
	for _, line := range append(Commands.Examples(), "/commit w2-3", "/resolve R1 owned @x", "/commit 90% w3") {
		v1, p1 := judged(t, c, line)
		v2, p2 := judged(t, c, line)
		if d := cmp.Diff(v1, v2) + cmp.Diff(p1, p2); d != "" {
			t.Errorf("%s the second time (-first +second):\n%s", line, d)
		}
	}
	if d := cmp.Diff(was.Items, c.Items) + cmp.Diff(was.Issue, c.Issue) + cmp.Diff(was.Calendar, c.Calendar); d != "" {
		t.Errorf("the world changed:\n%s", d)
	}
}

// TestRefusalsSayWhoMay names the roles with those who hold them.
func TestRefusalsSayWhoMay(t *testing.T) {
	for _, tc := range []struct {
		line  string
		world []func(*Context)
		want  []string
	}{
		{"/commit w1-2", nil, []string{"planning facilitator of sig-node (node-fac, two-hats)", "SIG lead of sig-node (node-lead)"}},
		{"/commit w1-2", []func(*Context){elsewhere}, []string{"planning facilitator", "SIG lead"}},
		{"/readout done", nil, []string{"release lead (rel-lead)", "product-management representative (pm)"}},
		{"/block x", []func(*Context){affected("scheduling")}, []string{"planning facilitator of sig-network", "planning facilitator of sig-node", "planning facilitator of sig-scheduling", "programme-level voter"}},
		{"/resolve B1", []func(*Context){noted}, []string{"sched-fac", "planning facilitator of sig-scheduling"}},
	} {
		_, p := judged(t, world("stranger", tc.world...), tc.line)
		if p == nil {
			t.Fatalf("%s is accepted", tc.line)
		}
		if d := cmp.Diff(tc.want, p.Allowed); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.line, d)
		}
	}
}

// TestOpenCyclesAreOfferedByName: both for a line that says none.
func TestOpenCyclesAreOfferedByName(t *testing.T) {
	_, p := judged(t, world("node-fac", both), "/readout ready")
	if d := cmp.Diff([]string{"v1.38", "v1.39"}, p.Allowed); d != "" {
		t.Error(d)
	}
	late := v138()
	late.Name = "v1.40"
	late.OpenFrom = cycle.Day{Year: 2028, Month: 1, Day: 1}
	_, p = judged(t, world("node-fac", calendar(v138(), late)), "/readout ready v1.40")
	if d := cmp.Diff([]string{"v1.38"}, p.Allowed); d != "" {
		t.Error(d)
	}
}
