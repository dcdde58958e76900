package render

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with testdata/golden/<name>.md at the root of the module.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "golden", filepath.FromSlash(name)+".md")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

var site = Site{
	GitHub:   "https://github.com",
	Commands: "https://steelthread.example/commands",
	Verify:   "https://steelthread.example/verify",
}

const keps = "kubernetes/enhancements"

var (
	here   = slash.Key{Org: "kubernetes", Repo: "enhancements", Number: 4381}
	pools  = slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 130512}
	plugin = slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 129901}
	other  = slash.Key{Org: "etcd-io", Repo: "etcd", Number: 77}
)

func v138() cycle.Cycle {
	start := cycle.Day{Year: 2026, Month: time.January, Day: 12}
	return cycle.Cycle{Name: "v1.38", Start: start, End: start.AddDays(100), Increments: cycle.DefaultIncrements(start), Freezes: []cycle.Freeze{
		{Name: "code", Date: start.AddDays(56), AoE: true, Window: 3}, {Name: "docs", Date: start.AddDays(70), AoE: true},
	}}
}

// story is an issue with what was said on it and what is known of others.
type story struct {
	key      slash.Key
	facts    work.Facts
	receipts []custody.Receipt
	merges   []custody.Merge
	asked    work.ExceptionFacts // what exceptions are held against, beside the cycle
	posted   []work.PostedException
	standing map[int64]custody.Standing
	record   Record
}

const checklist = "### Work\n- [ ] API types\n- [ ] Scheduler plugin\n- [x] e2e tests\n"

func newStory() *story {
	s := &story{key: here, standing: map[int64]custody.Standing{}}
	s.facts = work.Facts{
		Cycle: v138(), KEPRepo: keps, Targets: map[work.Key]work.Target{},
		Issue: work.Issue{
			Key: here, Title: "DRA: structured parameters", Body: checklist, Author: "author",
			Assignees: []string{"author"}, Labels: []string{"sig/node", "stage/beta", "lead-opted-in"}, Milestone: "v1.38",
		},
	}
	s.kep(kep.KEP{
		Ref: kep.Ref{Repo: keps, Number: 4381}, Path: "keps/sig-node/4381-dra-structured-parameters/kep.yaml",
		Title: "DRA structured parameters", SIG: "node", Status: "implementable", Stage: "beta", LatestMilestone: "v1.38",
	})
	s.record = Record{Cycle: s.facts.Cycle, Facilitators: []string{"node-fac"}, Owners: map[string][]string{"scheduling": {"sched-fac"}}}
	return s
}

func (s *story) kep(k ...kep.KEP) {
	s.facts.KEPs = work.Catalogues{keps: kep.NewCatalogue(keps, "3f2a91c", k)}
}

// at is a time in January 2026: "9 14:02".
func at(t string) time.Time {
	parsed, err := time.Parse("2006-01 2 15:04", "2026-01 "+t)
	if err != nil {
		panic(err)
	}
	return parsed
}

var speakers = map[string]struct {
	role roles.Role
	sig  string
}{
	"node-fac":  {roles.Facilitator, "node"},
	"sched-fac": {roles.Facilitator, "scheduling"},
	"node-lead": {roles.Lead, "node"},
	"arch-lead": {roles.Programme, "architecture"},
	"lead":      {roles.ReleaseLead, ""},
	"author":    {roles.Author, ""},
	"pm":        {roles.PM, ""},
}

// says adds a comment whose lines were accepted. A line may begin with the
// number that it was given: "B1 /block ...".
func (s *story) says(login, when string, lines ...string) int64 {
	comment := int64(1000 + len(s.receipts))
	r := custody.Receipt{Comment: comment, Author: authorOf(login), Login: login, Said: at(when)}
	for n, l := range lines {
		id, command := "", l
		if l[0] != '/' {
			id, command, _ = strings.Cut(l, " ")
		}
		who := speakers[login]
		source := "OWNERS_ALIASES at 3f2a91c"
		if who.role == roles.Author {
			source = "this issue"
		}
		r.Lines = append(r.Lines, custody.Line{N: n + 1, Command: command, Role: string(who.role), SIG: who.sig, Source: source, ID: id})
	}
	s.receipts = append(s.receipts, r)
	return comment
}

// authorOf is an account by its login.
func authorOf(login string) int64 {
	n := int64(0)
	for _, r := range login {
		n = 31*n + int64(r)
	}
	return n
}

// target makes another issue known, with what its SIG said there.
func (s *story) target(k slash.Key, title, sig string, said *story) work.Target {
	t := work.Target{Readable: true, SIG: sig, Issue: work.Issue{Key: k, Title: title}, Item: &work.Item{Key: k, Cycle: "v1.38"}}
	if said != nil {
		t.Item = said.item(k)
	}
	s.facts.Targets[k] = t
	return t
}

func (s *story) log() custody.Log {
	return custody.Log{Identity: custody.Identity{Cycle: "v1.38"}, Receipts: s.receipts, Merges: s.merges}
}

func (s *story) item(k slash.Key) *work.Item { return work.Fold(k, s.log()) }

func (s *story) exceptionFacts() work.ExceptionFacts {
	f := s.asked
	f.Cycle, f.Owner = s.facts.Cycle, "node"
	if f.Now.IsZero() {
		f.Now = at("30 12:00")
	}
	return f
}

func (s *story) Record() Record {
	r := s.record
	facts := s.facts
	facts.Exceptions = work.Exceptions(s.item(s.key), s.posted, s.exceptionFacts())
	r.Assessment = work.Assess(s.item(s.key), facts)
	r.History = nil
	for _, said := range work.Lines(s.log()) {
		r.History = append(r.History, Line{Said: said, Standing: s.standing[said.Comment]})
	}
	for _, st := range s.standing {
		switch st {
		case custody.StandingEdited:
			r.Edited++
		case custody.StandingDeleted:
			r.Deleted++
		}
	}
	return r
}
