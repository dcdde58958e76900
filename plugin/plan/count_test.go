package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/roles"
)

const empty = "sig-network -, sig-node -, sig-scheduling -, product-management -, programme/architecture -"

// TestCount: round 1 is asked for at 10:00 on 12 January and closed at 11:00 by the
// line "close", which stands where it was said; else the deadline is at 18:00.
func TestCount(t *testing.T) {
	for _, tc := range []struct {
		name       string
		change     func(*roles.Book)
		lines      string // "login: line" a minute apart from 10:10 on, or "at 10:30 login: line"
		seats      string
		passed     bool
		objections string
		missing    string
	}{
		{name: "nobody votes", lines: "pm: /plan vote close", seats: empty, missing: "sig-network sig-node sig-scheduling product-management"},
		{name: "all at 3", lines: "net-lead: /vote 3|node-fac: /vote 3|sched-fac: /vote 3|pm: /vote 3|pm: /plan vote close",
			seats: "sig-network 3 net-lead, sig-node 3 node-fac, sig-scheduling 3 sched-fac, product-management 3 pm, programme/architecture -", passed: true},
		{name: "product management is needed", lines: "net-lead: /vote 5|node-fac: /vote 5|sched-fac: /vote 5|arch-lead: /vote 5|pm: /plan vote close",
			seats: "sig-network 5 net-lead, sig-node 5 node-fac, sig-scheduling 5 sched-fac, product-management -, programme/architecture 5 arch-lead", missing: "product-management"},
		{name: "one seat of a SIG is silent", lines: "net-lead: /vote 5|node-fac: /vote 5|pm: /vote 5|pm: /plan vote close",
			seats: "sig-network 5 net-lead, sig-node 5 node-fac, sig-scheduling -, product-management 5 pm, programme/architecture -", missing: "sig-scheduling"},
		{name: "a programme-level voter objects", lines: "net-lead: /vote 3|node-fac: /vote 3|sched-fac: /vote 3|pm: /vote 3|arch-lead: /vote 2 in-tree|pm: /plan vote close",
			seats:      "sig-network 3 net-lead, sig-node 3 node-fac, sig-scheduling 3 sched-fac, product-management 3 pm, programme/architecture 2 arch-lead",
			objections: "O1 programme/architecture arch-lead 2 in-tree"},
		{name: "an objection is ended by the same seat", lines: "net-lead: /vote 1 no|node-fac: /vote 3|sched-fac: /vote 3|pm: /vote 3|net-lead: /vote 3 thanks|pm: /plan vote close",
			seats: "sig-network 3 net-lead, sig-node 3 node-fac, sig-scheduling 3 sched-fac, product-management 3 pm, programme/architecture -", passed: true},
		{name: "ended and raised again it is another", lines: "net-lead: /vote 1 no|net-lead: /vote 3|net-lead: /vote 2 still no|pm: /plan vote close",
			seats:      "sig-network 2 net-lead, sig-node -, sig-scheduling -, product-management -, programme/architecture -",
			objections: "O2 sig-network net-lead 2 still no", missing: "sig-node sig-scheduling product-management"},
		{name: "the same objection with other words", lines: "net-lead: /vote 1 no|node-fac: /vote 2 never|net-lead: /vote 2|pm: /plan vote close",
			seats:      "sig-network 2 net-lead, sig-node 2 node-fac, sig-scheduling -, product-management -, programme/architecture -",
			objections: "O1 sig-network net-lead 2 no, O2 sig-node node-fac 2 never", missing: "sig-scheduling product-management"},
		{name: "the last vote counts", lines: "node-fac: /vote 5|node-fac: /vote 3|pm: /plan vote close",
			seats: "sig-network -, sig-node 3 node-fac, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "a backup counts where the first is silent", lines: "node-two: /vote 4|pm: /plan vote close",
			seats: "sig-network -, sig-node 4 node-two, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "the first-listed goes before a later backup", lines: "node-fac: /vote 4|node-two: /vote 1 no|pm: /plan vote close",
			seats: "sig-network -, sig-node 4 node-fac, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "the first-listed ends what the backup raised", lines: "node-two: /vote 1 no|node-fac: /vote 4|pm: /plan vote close",
			seats: "sig-network -, sig-node 4 node-fac, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "votes before the opening and after the close do not count", lines: "at 9:59 node-fac: /vote 5|pm: /plan vote close|net-lead: /vote 5",
			seats: empty, missing: "sig-network sig-node sig-scheduling product-management"},
		{name: "a vote between the asking and the opening counts", lines: "at 10:00:30 node-fac: /vote 5|pm: /plan vote close",
			seats: "sig-network -, sig-node 5 node-fac, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "votes at the deadline are late, a second before they are not", lines: "at 17:59:59 node-fac: /vote 5|at 18:00 net-lead: /vote 5",
			seats: "sig-network -, sig-node 5 node-fac, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "a close at the deadline is late", lines: "at 17:59 node-fac: /vote 5|at 18:00 pm: /plan vote close",
			seats: "sig-network -, sig-node 5 node-fac, sig-scheduling -, product-management -, programme/architecture -", missing: "sig-network sig-scheduling product-management"},
		{name: "a SIG without work has no seat", lines: "two-hats: /vote 0 no|pm: /plan vote close",
			seats: empty, missing: "sig-network sig-node sig-scheduling product-management"},
		{name: "who holds several seats votes for all", change: from("11 00:00", "aliases: {sig-node-facilitators: [two-hats], sig-scheduling-facilitators: [two-hats], sig-apps-facilitators: [two-hats], sig-network-leads: [net-lead]}"),
			lines: "two-hats: /vote 2 no|pm: /plan vote close", missing: "sig-network product-management",
			seats:      "sig-network -, sig-node 2 two-hats, sig-scheduling 2 two-hats, product-management -, programme/architecture -",
			objections: "O1 sig-node two-hats 2 no, O2 sig-scheduling two-hats 2 no"},
		{name: "a resigned objector's objection stands", change: from("12 10:30", "aliases: {sig-node-facilitators: [sched-fac]}"),
			lines: "node-fac: /vote 1 no|at 11:00 pm: /plan vote close", missing: "sig-network sig-scheduling product-management",
			seats:      "sig-network -, sig-node 1 node-fac, sig-scheduling -, product-management -, programme/architecture -",
			objections: "O1 sig-node node-fac 1 no"},
		{name: "until the next holder votes", change: from("12 10:30", "aliases: {sig-node-facilitators: [sched-fac]}"),
			lines: "node-fac: /vote 1 no|at 10:40 sched-fac: /vote 4|at 11:00 pm: /plan vote close", missing: "sig-network sig-scheduling product-management",
			seats: "sig-network -, sig-node 4 sched-fac, sig-scheduling -, product-management -, programme/architecture -"},
		{name: "who holds a seat only after voting has not voted for it", change: from("12 10:30", "aliases: {sig-node-facilitators: [sched-fac], sig-scheduling-facilitators: [sched-fac]}"),
			lines: "sched-fac: /vote 4|at 11:00 pm: /plan vote close", missing: "sig-network sig-node product-management",
			seats: "sig-network -, sig-node -, sig-scheduling 4 sched-fac, product-management -, programme/architecture -"},
		{name: "a lead who stands in loses the seat to a facilitator", change: from("12 10:30", peopleThen+"  sig-network-facilitators: [two-hats]\n"),
			lines: "net-lead: /vote 1 no|at 10:40 two-hats: /vote 4|at 11:00 pm: /plan vote close", missing: "sig-node sig-scheduling product-management",
			seats: "sig-network 4 two-hats, sig-node -, sig-scheduling -, product-management -, programme/architecture -"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tb := newTable(t)
			if tc.change != nil {
				tb = newTable(t, tc.change)
			}
			tb.open()
			for n, line := range strings.Split(tc.lines, "|") {
				if rest, ok := strings.CutPrefix(line, "at "); ok {
					tb.say("12 " + rest)
				} else {
					tb.say(jan("12 10:10").Add(minutes(n)).Format("2 15:04") + " " + line)
				}
			}
			tb.post("12 18:01")
			got := last[VoteResult](tb)
			var objections []string
			for _, o := range got.Objections {
				objections = append(objections, o.ID+" "+o.Seat+" "+o.Login+" "+string(rune('0'+o.Value))+" "+o.Text)
			}
			if s := seatsText(got.Seats); s != tc.seats {
				t.Errorf("seats:\n%s\nwant\n%s", s, tc.seats)
			}
			if o := strings.Join(objections, ", "); o != tc.objections || got.Passed != tc.passed || strings.Join(got.Missing, " ") != tc.missing {
				t.Errorf("passed %t, missing %q, objections %q", got.Passed, got.Missing, o)
			}
			if len(got.Items) != 2 || got.Items[0].Digest != tb.items[0].Digest(jan("12 10:00")) || got.Preset != PresetSeed || got.Quorum != QuorumSeed {
				t.Errorf("voted on %+v", got.Items)
			}
			if a := tb.assess("12 19:00"); seatsText(a.Seats) != tc.seats || len(a.Standing()) != len(got.Objections) || len(a.Late) > 0 {
				t.Errorf("the record shows %s, %+v, late %+v", seatsText(a.Seats), a.Standing(), a.Late)
			}
		})
	}
}

// TestLookupsUnknown: what rests on a file that could not be read is not decided.
func TestLookupsUnknown(t *testing.T) {
	tb := newTable(t).open().say("12 10:10 node-fac: /vote 4", "12 11:00 pm: /plan vote close")
	f := tb.facts("12 11:01")
	f.Holders = func(roles.Role, string, time.Time) ([]string, bool, bool) { return nil, false, false }
	due := DueNow(tb.state(), tb.posted, f)
	if len(due) != 1 || due[0].Decision != nil || !slices.Contains(due[0].Untold, "sig-node") {
		t.Errorf("%+v", due)
	}
	if a := Assess(tb.state(), tb.posted, f); !strings.Contains(codesOf(a.Findings), string(SeatUnknown)) {
		t.Errorf("%+v", a.Findings)
	}
	tb2 := newTable(t).say("12 10:00 pm: /plan vote open until friday")
	f = tb2.facts("12 10:01")
	f.Holders = nil
	if due := DueNow(tb2.state(), nil, f); len(due) != 1 || due[0].Decision != nil || len(due[0].Untold) == 0 {
		t.Errorf("a vote opens with seats of nobody: %+v", due)
	}
}
