package render

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark/ast"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// hostilePlan has s wherever users, files or the configuration put words.
func hostilePlan(s string) Plan {
	name := "Z " + s                // never plainly a name
	ours := cut(oneLine(name), 300) // numbers are given by us
	said := work.Said{Comment: 1, At: at("9 10:00"), Login: name, Role: "facilitator", SIG: name, Source: name, Command: "/plan rework " + s}
	var items []plan.Item
	for n, place := range []work.Standing{work.Ready, work.Committed, work.Done, work.Dropped} {
		it := &work.Item{Key: kepKey(n + 1), Cycle: "v1.38", Commitments: []work.Commitment{{Window: "w1-2", Item: s, Percent: 50}}}
		for _, ended := range []string{"", work.Owned, work.Mitigated} {
			for _, kind := range []work.NoteKind{work.Block, work.Question, work.Risk} {
				it.Notes = append(it.Notes, work.Note{ID: ours, Kind: kind, Text: s, Raised: said, Ended: ended, Owner: name, Answer: s, Closed: said})
			}
		}
		a := work.Assessment{Item: it, Issue: work.Issue{Key: it.Key, Title: s, Body: "```release-note\n" + oneLine(s) + "\n```"}, Standing: place, SIG: name, InPlan: place != work.Dropped, Blocked: n == 1, Blocks: it.OpenNotes(work.Block),
			KEPRef: kep.Ref{Repo: keps, Number: n + 1}, KEP: &kep.KEP{Title: s, SIG: name, Stage: name}}
		for _, code := range []work.FindingCode{work.NotPromised, work.Declined, work.Late} {
			e := work.Edge{Ask: work.Ask{Target: kepKey(50 + n), By: name, Text: s, Said: said}, Findings: []work.Finding{{Code: code, Words: []string{s}}},
				Target: work.Target{Readable: true, SIG: "y " + name, Issue: work.Issue{Title: s}}}
			if code != work.NotPromised {
				e.Promise = &work.Promise{By: name, Text: s, Declined: code == work.Declined, Said: said}
			}
			a.Edges = append(a.Edges, e)
		}
		items = append(items, plan.Item{Key: it.Key, Assessment: a})
	}
	items[3].Assessment.Item.Merges = []custody.Merge{{Repo: name, Number: 1, KEP: name, Verdict: custody.VerdictUnplanned}, {Repo: name, Number: 2, Verdict: ours}}
	in := Plan{Key: planIssue, Now: at("20 10:00"), Schedule: plan.ScheduleOf(planCycle(), items, nil, time.Time{}), Graph: plan.GraphOf(items),
		History: []Line{{Said: said, Standing: custody.StandingEdited}}, Edited: 1}
	ballot := &plan.Ballot{Value: 1, Login: name, Comment: 1, Text: s}
	in.Assessment = plan.Assessment{Cycle: "v1.38", Phase: plan.PhaseOpen, Round: 1, Until: at("22 10:00"),
		Seats: []plan.SeatVote{
			{Seat: plan.Seat{Name: "sig-" + name, SIG: name, Role: roles.Facilitator, Holders: []string{name}, Required: true}, Vote: ballot},
			{Seat: plan.Seat{Name: "programme/" + name, SIG: name, Role: roles.Programme, Holders: []string{name, name}}},
		},
		Missing:    []string{"programme/" + name},
		Objections: []plan.Objection{{ID: ours, Seat: "sig-" + name, Login: name, Text: s}, {ID: "O2", Seat: name, Login: name, Text: s, Ended: ballot}},
		Previews:   []plan.Preview{{PrunePreview: plan.PrunePreview{Hash: "3f2a91c0", SIG: name}}},
	}
	survey := plan.Survey{Turns: []plan.Turn{{Open: true, Said: said}}}
	for n := range 12 {
		survey.Answers = append(survey.Answers, plan.Answer{Value: n % 11, SIG: name, Text: s, Said: work.Said{Comment: 1, Author: int64(n), Login: name}})
	}
	in.Survey = Survey{Satisfaction: plan.SatisfactionOf(ours, survey), Facilitators: map[string][]string{name: {name, name}}}
	in.Survey.Trend = plan.TrendOf(in.Survey.Satisfaction, in.Survey.Satisfaction)
	in.Before = &Before{Cycle: ours, Plan: planIssue, Closing: 1, Calibration: plan.CalibrationOf(plan.TallyFacts{Cycle: planCycle(), Items: items}, planCycle().End.EndAoE())}
	for code := range planFindingWords {
		in.Assessment.Findings = append(in.Assessment.Findings, plan.Finding{Code: code, Said: said, Seat: name, Key: kepKey(1), Words: []string{name}})
	}
	in.Assessment.Findings = append(in.Assessment.Findings, plan.Finding{Code: plan.ItemWithoutSIG, Key: kepKey(1)})
	slices.SortFunc(in.Assessment.Findings, func(a, b plan.Finding) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return in
}

func planEverywhere(s string) map[string]string {
	name := "Z " + s
	ours := cut(oneLine(name), 300) // what the configuration and we say is not long
	in := hostilePlan(s)
	p := site.planPage(in, scales[0])
	p.whole()
	lines := site.planPage(in, scales[5])
	lines.whole()
	asked := plan.Asked{Comment: 1, Login: name, Role: string(roles.ReleaseLead)}
	snapshot := []plan.SnapshotItem{{Key: kepKey(1), SIG: name, Title: s}, {Key: kepKey(2), Title: s}}
	var seats []plan.Seat
	for _, seat := range in.Assessment.Seats {
		seats = append(seats, seat.Seat)
	}
	var items []plan.Item
	for _, lane := range in.Schedule.Lanes {
		for _, e := range lane.Backlog {
			items = append(items, e.Item)
		}
	}
	draft := plan.DraftOf(plan.DraftFacts{Cycle: ours, Items: items})
	for k := range draft.Sections {
		for n := range draft.Sections[k].Notes {
			draft.Sections[k].Notes[n].Source, draft.Sections[k].Notes[n].Text = plan.NoteNone, s // with their text in FuzzNote
		}
	}
	o := plan.Occasion{Title: ours, At: at("24 12:00"), Day: planCycle().Start}
	preview := plan.PrunePreview{Hash: "3f2a91c0", Asked: asked, SIG: name, Items: snapshot}
	said := work.Said{Comment: 1, At: at("9 10:00"), Login: name, Role: name, SIG: name}
	closed := in.Survey
	closed.Satisfaction.Survey.Turns = append(closed.Satisfaction.Survey.Turns, plan.Turn{Said: said})
	excepted := slices.Clone(items)
	excepted[0].Assessment.Exceptions = []work.Exception{{State: work.ExceptionRequested, Freeze: s, ExceptionText: work.ExceptionText{Reason: s}, Requested: said}}
	over := plan.ClosingOf(plan.ClosingFacts{State: &plan.State{}, TallyFacts: plan.TallyFacts{Cycle: planCycle(), Items: excepted}})
	over.Satisfaction, over.Added = closed.Satisfaction, snapshot
	return map[string]string{
		"plan": p.b.String(), "plan in lines": lines.b.String(),
		"status": site.PlanStatus(in, Query{SIG: name, Record: 1}), "status of nobody": site.PlanStatus(in, Query{SIG: "x" + name}),
		"opened":   site.VoteOpened(planIssue, ours, plan.VoteOpened{Asked: asked, Preset: ours, Quorum: ours, Seats: seats, Items: snapshot}),
		"reminder": site.VoteReminder(planIssue, ours, plan.VoteOpened{}, seats),
		"result": site.VoteResult(planIssue, ours, plan.VoteResult{Asked: &asked, Missing: []string{name}, Preset: ours, Quorum: ours, Seats: in.Assessment.Seats,
			Objections: in.Assessment.Objections, Items: snapshot}, []string{name}),
		"reworked":              site.Reworked(planIssue, ours, plan.Rework{Asked: asked, Reason: s}, 1, []string{name}),
		"preview":               site.PrunePreview(planIssue, "v1.38", preview),
		"notice":                site.PruneNotice(PruneNotice{Cycle: "v1.38", Plan: planIssue, Preview: preview, Owners: []string{name}, SIG: name, Committed: true}),
		"pruned":                site.Pruned(planIssue, ours, plan.Pruned{Hash: name, Asked: asked, SIG: name, Items: snapshot, Spared: snapshot}),
		"tally":                 site.Tally(planIssue, plan.TallyOf(o, plan.TallyFacts{Cycle: planCycle(), Items: items, Objections: 1})),
		"tally with exceptions": site.Tally(planIssue, plan.TallyOf(o, plan.TallyFacts{Cycle: planCycle(), Items: excepted, Demo: func(plan.Item) bool { return false }})),
		"closing":               site.Closing(planIssue, over), "survey opened": site.SurveyOpened(planIssue, ours, said), "survey closed": site.SurveyClosed(planIssue, closed),
		"notes":  site.Notes(draft),
		"soon":   site.PlanningSoon(cycle.Cycle{Name: ours, Planning: planCycle().Start}, []Holder{{Name: name, Logins: []string{name, name}}, {Role: roles.ReleaseLead}}),
		"before": site.Confidences(ours, in.Before.Calibration, at("9 10:00")), "no tally": site.NoTally(ours), "no closing": site.NoClosing(ours, at("9 10:00")),
		"who": site.PlanWho(planIssue, ours, []Holder{{Name: name, Logins: []string{name}, Repo: "a/b", Path: "c"}, {Role: roles.Facilitator, Name: name, StandIn: true, Logins: []string{name}},
			{Role: roles.Programme, Name: name, Source: ours, Seat: true}}, Query{SIG: name}),
	}
}

// plainPlan is the shape of everything with plain words.
var plainPlan = sync.OnceValue(func() map[string]string {
	shapes := map[string]string{}
	for place, text := range planEverywhere("b b") {
		shapes[place] = skeleton(text)
	}
	shapes["notes"] = codeSpans.ReplaceAllString(shapes["notes"], "")
	return shapes
})

// folded is what may stand where GitHub reads HTML and no Markdown.
var folded = regexp.MustCompile(`^(<details><summary>[\pL\pM\pN ,.:'-]*</summary>|</details>|<sub>.*|)$`)

func planHarmless(t *testing.T, s string) {
	t.Helper()
	if oneLine(s) == "" {
		return
	}
	for place, got := range planEverywhere(s) {
		if !utf8.ValidString(got) || strings.Contains(got, comment) || strings.Contains(got, "-->") && !strings.Contains(got, "```mermaid") {
			t.Errorf("%s: %q leaves what it should not", place, s)
		}
		shape := skeleton(got)
		if place == "notes" {
			shape = codeSpans.ReplaceAllString(shape, "") // a note keeps its own
		}
		if d := cmp.Diff(plainPlan()[place], shape); d != "" {
			t.Errorf("%s: %q changes the shape (-plain +got):\n%s", place, s, d)
		}
		for _, line := range htmlLines(got) {
			if !folded.MatchString(line) {
				t.Errorf("%s: %q gives the HTML line %q", place, s, line)
			}
		}
		visible := withoutCode(got)
		for _, bad := range []*regexp.Regexp{pinged, closes, emoji} {
			if m := bad.FindString(visible); m != "" {
				t.Errorf("%s: %q leaves %q outside of code", place, s, m)
			}
		}
	}
}

// htmlLines are the lines of HTML blocks.
func htmlLines(source string) []string {
	root, src := parse(source)
	var out []string
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.HTMLBlock); ok && entering {
			for k := range h.Lines().Len() {
				line := h.Lines().At(k)
				out = append(out, strings.TrimSpace(string(line.Value(src))))
			}
		}
		return ast.WalkContinue, nil
	})
	return out
}

func TestHostilePlan(t *testing.T) {
	for _, s := range hostile {
		planHarmless(t, s)
	}
}

func FuzzHostilePlan(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 2000 {
			planHarmless(t, s)
		}
	})
}

// allPlanTexts are all golden texts of the plan.
func allPlanTexts() map[string]string {
	all := planTexts()
	for _, more := range []map[string]string{tallyTexts(), noteTexts(), surveyTexts(), closingTexts()} {
		for name, text := range more {
			all[name] = text
		}
	}
	return all
}

// TestPlanLinesAreRead holds that every line in a block of its own is a line of
// one of the forms.
func TestPlanLinesAreRead(t *testing.T) {
	n := 0
	for name, text := range allPlanTexts() {
		for _, line := range pasted(regexp.MustCompile("(?s)```mermaid.*?```").ReplaceAllString(text, "")) {
			n++
			l, ok := slash.LineOf(line)
			if !ok {
				t.Errorf("%s: %q is no command line", name, line)
				continue
			}
			var forms []slash.Form
			c, _ := plan.Commands.Find(l.Verb)
			for _, f := range c.Forms {
				forms = append(forms, f.Form.Form)
			}
			d, _ := work.Commands.Find(l.Verb)
			for _, f := range d.Forms {
				forms = append(forms, f.Form)
			}
			if _, _, p := slash.Parse(forms, l); p != nil {
				t.Errorf("%s: %q is refused: %s %s", name, line, p.Code, p.Word)
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d lines to paste", n)
	}
}

// TestPlanTone holds words that no reader is to see, and dates that move.
func TestPlanTone(t *testing.T) {
	bad := regexp.MustCompile(`(?i)\b(invalid|illegal|wrongly|you must|please|sorry|error|oops|should have|colour|organis)|\d+ \w+ ago`)
	for name, text := range allPlanTexts() {
		if m := bad.FindString(strings.ReplaceAll(text, "example.invalid", "")); m != "" && !strings.HasPrefix(name, "notes-") {
			t.Errorf("%s says %q", name, m)
		}
	}
}

// TestEveryPlanFindingHasWords reads the codes from the source, so that a new one
// is not forgotten.
func TestEveryPlanFindingHasWords(t *testing.T) {
	for _, code := range constants(t, "../plan/findings.go", regexp.MustCompile(`FindingCode = "([a-z-]+)"`)) {
		if plan.FindingCode(code) == plan.ItemWithoutSIG {
			continue // one line for all of them, see misfits
		}
		if planFindingWords[plan.FindingCode(code)] == nil {
			t.Errorf("no words for %s", code)
		}
	}
}
