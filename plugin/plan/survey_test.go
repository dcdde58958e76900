package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

func TestAnswerOfWhichSIG(t *testing.T) {
	for _, tc := range []struct{ login, line, want, as string }{
		{"node-fac", "/nps 9", "/nps 9 sig-node", "facilitator node"},
		{"node-lead", "/nps 10 better than last time", "/nps 10 sig-node better than last time", "lead node"},
		{"node-fac", "/nps 3 sig-cli too late", "/nps 3 sig-cli too late", "anyone "},
		{"two-hats", "/nps 7", "/nps 7", "anyone "}, // of two SIGs
		{"two-hats", "/nps 7 sig/cli", "/nps 7 sig-cli", "facilitator cli"},
		{"stranger", "/nps 0 I was not asked", "/nps 0 I was not asked", "anyone "},
		{"stranger", "/nps 8 sig-node", "/nps 8 sig-node", "anyone "},
		{"stranger", "/NPS 8 10 meetings", "/nps 8 10 meetings", "anyone "},
		{"pm", "/plan survey open", "/plan survey open", "product-management "},
		{"pm", "/plan Survey close", "/plan survey close", "product-management "},
	} {
		a, p := judgedAt(speaking(tc.login, "12 10:00", planBook()), tc.line)
		if p != nil {
			t.Errorf("%s: %s is refused: %+v", tc.login, tc.line, *p)
			continue
		}
		if a.Said.Command != tc.want || a.Said.Role+" "+a.Said.SIG != tc.as {
			t.Errorf("%s: %s gives %q as %q %q; want %q as %q", tc.login, tc.line, a.Said.Command, a.Said.Role, a.Said.SIG, tc.want, tc.as)
		}
	}
	if a, p := judgedAt(speaking("node-fac", "12 10:00", planBook(fileLost)), "/nps 9"); p != nil || a.Said.Command != "/nps 9" || a.Said.SIG != "" {
		t.Errorf("roles that cannot be read: %+v %v", a, p)
	}
	for line, want := range map[string]string{"/nps": slash.CodeMissing, "/nps 11": slash.CodeRange, "/nps ten": slash.CodeShape, "/nps 9 sig-nod": NoSuchSIG, "/plan survey": slash.CodeMissing} {
		_, p := judgedAt(speaking("stranger", "12 10:00", planBook()), line)
		if p == nil || p.Code != want {
			t.Errorf("%s: %+v, want %s", line, p, want)
		}
	}
	for _, login := range []string{"rel-lead", "node-fac", "stranger"} {
		if _, p := judgedAt(speaking(login, "12 10:00", planBook()), "/plan survey open"); p == nil || p.Code != work.WrongRole {
			t.Errorf("%s opens a survey: %+v", login, p)
		}
	}
}

// TestSurveyIsOpenOrNot holds lines against what was said before them, and only that.
func TestSurveyIsOpenOrNot(t *testing.T) {
	tb := newTable(t).say("12 10:00 pm: /plan survey open", "13 10:00 pm: /plan survey close") // comments 100 and 101
	for _, tc := range []struct {
		comment     int64
		when, line  string
		code, paste string
	}{
		{99, "12 10:00", "/nps 9", NoSurvey, "/plan survey open"}, // the same second, the earlier comment
		{101, "12 10:00", "/nps 9", "", ""},
		{150, "13 09:59:59", "/nps 9", "", ""}, // read late
		{150, "13 10:00", "/nps 9", NoSurvey, "/plan survey open"},
		{150, "14 10:00", "/plan survey close", NoSurvey, "/plan survey open"},
		{150, "14 10:00", "/plan survey open", "", ""},
		{150, "12 11:00", "/plan survey open", SurveyOpen, "/plan survey close"},
		{150, "12 11:00", "/plan survey close", "", ""},
		{150, "14 10:00", "/nps 99", slash.CodeRange, "/nps 9"},
		{150, "14 10:00", "/plan vote close", "", ""},
	} {
		line, _ := slash.LineOf(tc.line)
		asked := false
		_, p := JudgeOn(speaking("pm", tc.when, tb.book), func() *State { asked = true; return tb.state() }, tc.comment, line)
		switch {
		case p == nil && tc.code != "" || p != nil && (p.Code != tc.code || p.Fix != tc.paste || p.Saw != tc.line):
			t.Errorf("%d %s %s: %+v, want %q", tc.comment, tc.when, tc.line, p, tc.code)
		case asked == (tc.line == "/plan vote close" || tc.code == slash.CodeRange):
			t.Errorf("%s: state asked for: %t", tc.line, asked)
		}
	}
	l, _ := slash.LineOf("/nps 9")
	if p := Elsewhere(speaking("stranger", "12 10:00", tb.book), l); p.Code != ForPlan || p.Fix != "/nps 9" {
		t.Errorf("elsewhere: %+v", p)
	}
}

func TestSurveyFolds(t *testing.T) {
	tb := newTable(t).say("11 10:00 stranger: /nps 0 too early", "12 10:00 pm: /plan survey open", "12 10:30 pm: /plan survey open",
		"12 11:00 node-fac: /nps 3 at first", "12 12:00 node-fac: /nps 9", "12 12:00 sched-fac: /nps 7 fine",
		"13 10:00 pm: /plan survey close", "13 11:00 stranger: /nps 10 too late", "14 10:00 pm: /plan survey open", "14 11:00 stranger: /nps 6")
	s := tb.state().Survey
	text := func(answers []Answer) string {
		var out []string
		for _, a := range answers {
			out = append(out, fmt.Sprint(a.Said.Login, " ", a.Value, " ", a.SIG, " ", a.Text))
		}
		return strings.Join(out, ", ")
	}
	if got, want := text(s.Answers), "node-fac 3 node at first, node-fac 9 node , sched-fac 7 scheduling fine, stranger 6  "; got != want {
		t.Errorf("answers: %s, want %s", got, want)
	}
	if got, want := text(s.Counted()), "node-fac 9 node , sched-fac 7 scheduling fine, stranger 6  "; got != want {
		t.Errorf("counted: %s, want %s", got, want)
	}
	if !s.Open() || !s.Asked() || len(s.Turns) != 3 || !s.Opened().At.Equal(jan("12 10:00")) || !s.Closed().IsZero() {
		t.Errorf("%+v", s.Turns)
	}
	if s := tb.say("15 10:00 pm: /plan survey close").state().Survey; s.Open() || !s.Closed().At.Equal(jan("15 10:00")) {
		t.Errorf("%+v", s.Turns)
	}
	if none := newTable(t).state().Survey; none.Open() || none.Asked() || !none.Opened().IsZero() || !none.Closed().IsZero() {
		t.Error("nobody asked")
	}
	// Receipts in any order fold to the same survey.
	r := rand.New(rand.NewPCG(1, 38))
	for range 20 {
		log := custody.Log{Identity: tb.log.Identity, Receipts: slices.Clone(tb.log.Receipts)}
		r.Shuffle(len(log.Receipts), func(a, b int) { log.Receipts[a], log.Receipts[b] = log.Receipts[b], log.Receipts[a] })
		if d := cmp.Diff(tb.state().Survey, Fold(log).Survey); d != "" {
			t.Fatal(d)
		}
	}
}

func TestNPS(t *testing.T) {
	for _, tc := range []struct {
		values []int
		score  int
		ok     bool
		weak   bool
	}{
		{nil, 0, false, true},
		{[]int{10}, 100, true, true},
		{[]int{0, 6}, -100, true, true},
		{[]int{7, 8}, 0, true, true},
		{[]int{9, 10, 7, 8, 6, 0, 10, 9, 9, 5}, 20, true, false}, // 5 of 10 minus 3 of 10
		{[]int{9, 9, 6}, 33, true, true},
		{[]int{6, 6, 9}, -33, true, true},
		{[]int{9, 9, 8}, 67, true, true},
		{[]int{6, 6, 8}, -67, true, true},
		{slices.Concat(slices.Repeat([]int{9}, 9), slices.Repeat([]int{7}, 191)), 5, true, false},  // 4.5
		{slices.Concat(slices.Repeat([]int{1}, 9), slices.Repeat([]int{7}, 191)), -5, true, false}, // -4.5
	} {
		var n NPS
		for _, v := range tc.values {
			n.add(v)
		}
		if score, ok := n.Score(); score != tc.score || ok != tc.ok || n.Weak() != tc.weak || n.N() != len(tc.values) {
			t.Errorf("%v: %d %t, weak %t", tc.values, score, ok, n.Weak())
		}
	}
}

func TestSatisfactionAndTrend(t *testing.T) {
	now := SatisfactionOf("v1.38", newTable(t).say("12 10:00 pm: /plan survey open", "12 11:00 node-fac: /nps 9 good", "12 11:00 node-two: /nps 2 hurried",
		"12 11:00 stranger: /nps 10", "12 11:00 rel-lead: /nps 8 sig-cli", "12 12:00 node-two: /nps 7 less hurried", "12 12:00 pm: /nps 0 nothing").state().Survey)
	var rows []string
	for _, s := range now.SIGs {
		rows = append(rows, fmt.Sprintf("%s %d/%d/%d %d texts", s.SIG, s.Promoters, s.Passives, s.Detractors, len(s.Texts)))
	}
	if d := cmp.Diff([]string{"cli 0/1/0 0 texts", "node 1/1/0 2 texts", " 1/0/1 1 texts"}, rows); d != "" {
		t.Error(d)
	}
	if now.All != (NPS{2, 2, 1}) || now.SIGs[1].Texts[1].Text != "less hurried" {
		t.Errorf("%+v", now)
	}
	before := SatisfactionOf("v1.37", newTable(t).say("12 10:00 pm: /plan survey open", "12 11:00 sched-fac: /nps 4", "12 11:00 node-fac: /nps 6").state().Survey)
	got := TrendOf(before, SatisfactionOf("v1.36", Survey{}), now)
	want := Trend{Cycles: []string{"v1.37", "v1.38"}, All: []NPS{{0, 0, 2}, {2, 2, 1}}, SIGs: []SIGTrend{
		{"cli", []NPS{{}, {0, 1, 0}}}, {"node", []NPS{{0, 0, 1}, {1, 1, 0}}}, {"scheduling", []NPS{{0, 0, 1}, {}}}, {"", []NPS{{}, {1, 0, 1}}},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("trend (-want +got):\n%s", d)
	}
}
