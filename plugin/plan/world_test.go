package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

const peopleFile = "kubernetes/enhancements:OWNERS_ALIASES"

var planIssue = work.Key{Org: "kubernetes", Repo: "sig-release", Number: 2700}

// jan is a time in January 2027: "12 10:00" or "12 10:00:30".
func jan(s string) time.Time {
	for _, layout := range []string{"2006-01 2 15:04", "2006-01 2 15:04:05"} {
		if t, err := time.Parse(layout, "2027-01 "+s); err == nil {
			return t
		}
	}
	panic(s)
}

func planCycle() cycle.Cycle {
	start := cycle.Day{Year: 2027, Month: time.January, Day: 11}
	return cycle.Cycle{Name: "v1.38", Start: start, End: start.AddDays(100), Increments: cycle.DefaultIncrements(start)}
}

// Who holds what: the first-listed first. network has no facilitator; storage nobody.
const peopleThen = `aliases:
  sig-node-facilitators: [node-fac, node-two]
  sig-scheduling-facilitators: [sched-fac]
  sig-cli-facilitators: [two-hats]
  sig-apps-facilitators: [two-hats]
  sig-network-leads: [net-lead]
  sig-node-leads: [node-lead]
`

func planBook(changes ...func(*roles.Book)) *roles.Book {
	alias := func(name string) roles.Source { return roles.Source{File: peopleFile, Alias: name} }
	b := &roles.Book{
		Sources: roles.Sources{
			SIGs: []string{"node", "scheduling", "network", "storage", "cli", "apps"},
			Default: map[roles.Role]roles.Source{
				roles.Facilitator: alias("sig-{sig}-facilitators"), roles.Lead: alias("sig-{sig}-leads"),
				roles.ReleaseLead: {Logins: []string{"rel-lead"}}, roles.ReleaseTeam: {Logins: []string{"rel-team"}}, roles.PM: {Logins: []string{"pm"}},
			},
			Programme: map[string]roles.Source{"architecture": {Team: "kubernetes/architecture"}},
		},
		Files: map[string]roles.History{peopleFile: {roles.NewVersion("3f2a91c0", jan("1 00:00"), []byte(peopleThen))}},
		Teams: map[string]roles.TeamMembers{"kubernetes/architecture": roles.NewTeamMembers([]string{"arch-lead"})},
	}
	for _, f := range changes {
		f(b)
	}
	return b
}

// fileLost takes the aliases file away: it could not be read.
func fileLost(b *roles.Book) { delete(b.Files, peopleFile) }

// from adds a version of the aliases file.
func from(when, text string) func(*roles.Book) {
	return func(b *roles.Book) {
		b.Files[peopleFile] = append(b.Files[peopleFile], roles.NewVersion("77aa0011", jan(when), []byte(text)))
	}
}

// listed is the book's Holders, but in the order of the file, as the plan wants it.
func listed(b *roles.Book) Holders {
	return func(role roles.Role, of string, at time.Time) ([]string, bool, bool) {
		logins, standIn, ok := b.Holders(role, of, "v1.38", at)
		if v, stood := b.Files[peopleFile].At(at); ok && stood && role == roles.Facilitator && !standIn {
			logins = v.Aliases["sig-"+of+"-facilitators"]
		}
		return logins, standIn, ok
	}
}

// planCast is everybody in these tests.
var planCast = []string{"node-fac", "node-two", "sched-fac", "two-hats", "net-lead", "node-lead", "rel-lead", "rel-team", "pm", "arch-lead", "stranger"}

// speaking gives a context in which login speaks on the plan issue.
func speaking(login, when string, b *roles.Book) *work.Context {
	return &work.Context{
		Issue: work.Issue{Key: planIssue, Title: "Plan for v1.38", Author: "rel-lead"}, Said: jan(when), Author: int64(100 + slices.Index(planCast, login)),
		Login: login, Calendar: cycle.Calendar{planCycle()}, Cycle: planCycle(), Roles: b, KEPRepo: "kubernetes/enhancements",
		Repos: []string{"kubernetes/enhancements", "kubernetes/kubernetes", "kubernetes/sig-release"},
	}
}

// judgedAt judges one line.
func judgedAt(ctx *work.Context, text string) (Accepted, *slash.Problem) {
	line, ok := slash.LineOf(text)
	if !ok {
		panic(text)
	}
	return Judge(ctx, line)
}

// table is a plan issue as it grows: what was said, what was decided, what is so.
type table struct {
	t      testing.TB
	book   *roles.Book
	log    custody.Log
	posted []Posted
	items  []Item
	next   int64 // the next comment id
}

func newTable(t testing.TB, changes ...func(*roles.Book)) *table {
	t.Helper()
	tb := &table{t: t, book: planBook(changes...), next: 100}
	tb.log.Identity = custody.Identity{Cycle: "v1.38"}
	tb.items = []Item{
		workItem(1, "node", "/commit v1.38 w1-2 80%", "/readout ready v1.38"),
		workItem(2, "scheduling", "/commit v1.38 w3-4 60%", "/readout ready v1.38"),
		workItem(3, "network", "/commit v1.38 w3-4 60%"),
	}
	return tb
}

// say judges lines and keeps their receipts, one comment each: "12 10:00 pm: /vote 4".
func (tb *table) say(lines ...string) *table {
	tb.t.Helper()
	for _, text := range lines {
		who, line, _ := strings.Cut(text, ": ")
		when, login, _ := cutLast(who)
		a, p := judgedAt(speaking(login, when, tb.book), line)
		if p != nil {
			tb.t.Fatalf("%s is refused: %+v", text, *p)
		}
		tb.log.Add(custody.Receipt{Comment: tb.next, Author: a.Said.Author, Login: login, Said: jan(when),
			Lines: []custody.Line{{N: 1, Command: a.Said.Command, Role: a.Said.Role, SIG: a.Said.SIG, Source: a.Said.Source}}})
		tb.next++
	}
	return tb
}

func cutLast(s string) (before, after string, ok bool) {
	n := strings.LastIndex(s, " ")
	return s[:max(n, 0)], s[n+1:], n >= 0
}

func (tb *table) state() *State { return Fold(tb.log) }

func (tb *table) facts(now string) Facts {
	return Facts{Now: jan(now), Cycle: planCycle(), Items: tb.items, Holders: listed(tb.book), Programme: []string{"architecture"}}
}

func (tb *table) due(now string) []Due { return DueNow(tb.state(), tb.posted, tb.facts(now)) }

func (tb *table) assess(now string) Assessment { return Assess(tb.state(), tb.posted, tb.facts(now)) }

// post makes every decision that is due, one after the other, as the caller would.
func (tb *table) post(now string) *table {
	tb.t.Helper()
	for range 20 {
		due := tb.due(now)
		at := slices.IndexFunc(due, func(d Due) bool { return d.Decision != nil })
		if at < 0 {
			return tb
		}
		if due[at].After.After(jan(now)) || due[at].Key != due[at].Decision.Key() || due[at].Kind != due[at].Decision.Kind() {
			tb.t.Fatalf("%+v is not what it says", due[at])
		}
		tb.posted = append(tb.posted, Posted{Comment: tb.next, At: jan(now), Decision: due[at].Decision})
		tb.next++
	}
	tb.t.Fatal("decisions without end")
	return tb
}

// open opens a round on 12 January, 10:00 to 18:00 UTC.
func (tb *table) open() *table {
	tb.t.Helper()
	return tb.say("12 10:00 rel-lead: /plan vote open until 2027-01-12 18:00 UTC").post("12 10:01")
}

// pass opens a round and has it pass at 11:01.
func (tb *table) pass() *table {
	tb.t.Helper()
	return tb.open().say("12 10:10 node-fac: /vote 4", "12 10:10 sched-fac: /vote 3", "12 10:10 net-lead: /vote 5", "12 10:10 pm: /vote 4", "12 11:00 pm: /plan vote close").post("12 11:01")
}

// last is the last decision that was posted, of a kind.
func last[D Decision](tb *table) D {
	tb.t.Helper()
	for _, p := range slices.Backward(tb.posted) {
		if d, ok := p.Decision.(D); ok {
			return d
		}
	}
	var none D
	tb.t.Fatalf("no %T was posted", none)
	return none
}

func itemKeyOf(n int) work.Key { return work.Key{Org: "kubernetes", Repo: "kubernetes", Number: n} }

// workItem is an issue in the milestone with what was said on it on 9 January.
func workItem(n int, sig string, commands ...string) Item {
	return workItemOf(work.Issue{Key: itemKeyOf(n), Title: "Item", Milestone: "v1.38", Assignees: []string{"dev"}}, sig, commands...)
}

func workItemOf(issue work.Issue, sig string, commands ...string) Item {
	i := Item{Key: issue.Key}
	for n, c := range commands {
		i.Receipts = append(i.Receipts, saidOn(int64(n+1), "9 10:00", sig, c[strings.Index(c, "/"):]))
	}
	return reassessed(i, issue)
}

func saidOn(comment int64, when, sig, command string) custody.Receipt {
	line := custody.Line{N: 1, Command: command, Role: string(roles.Facilitator), SIG: sig}
	if strings.HasPrefix(command, "/block") {
		line.ID = "B1"
	}
	return custody.Receipt{Comment: comment, Login: sig + "-fac", Said: jan(when), Lines: []custody.Line{line}}
}

// reassessed folds an item's receipts again.
func reassessed(i Item, issue work.Issue) Item {
	fold := work.Fold(i.Key, custody.Log{Identity: custody.Identity{Cycle: "v1.38"}, Receipts: i.Receipts})
	i.Assessment = work.Assess(fold, work.Facts{Cycle: planCycle(), Issue: issue, OptedIn: i.OptedIn})
	return i
}

// later adds what is said on an item.
func (tb *table) later(n int, when, command string) *table {
	for k, i := range tb.items {
		if i.Key == itemKeyOf(n) {
			i.Receipts = append(slices.Clone(i.Receipts), saidOn(int64(len(i.Receipts)+1), when, i.Assessment.SIG, command))
			tb.items[k] = reassessed(i, i.Assessment.Issue)
		}
	}
	return tb
}

// seatsText shows seats with their votes: "sig-node 4 node-fac, ...".
func seatsText(seats []SeatVote) string {
	var out []string
	for _, s := range seats {
		text := s.Name + " -"
		if s.Vote != nil {
			text = s.Name + " " + string(rune('0'+s.Vote.Value)) + " " + s.Vote.Login
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func codesOf(findings []Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, string(f.Code))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
