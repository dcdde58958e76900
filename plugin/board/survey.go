package board

import (
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
)

// surveyDoc is what the survey of a cycle came to, as its page and its JSON show it
// (package doc).
type surveyDoc struct {
	Cycle  string      `json:"cycle"`
	AsOf   time.Time   `json:"asOf"`
	State  string      `json:"state"`
	Opened *saidBy     `json:"opened,omitempty"`
	Closed *saidBy     `json:"closed,omitempty"`
	Report string      `json:"report,omitempty"`
	All    answers     `json:"all"`
	Trend  []cycleDoc  `json:"trend,omitempty"`
	SIGs   []sigSurvey `json:"sigs,omitempty"`

	Rows []trendRow `json:"-"`
}

// answers are counted answers. Score is left out where there is none.
type answers struct {
	N          int  `json:"n"`
	Score      *int `json:"score,omitempty"`
	Weak       bool `json:"weak,omitempty"`
	Promoters  int  `json:"promoters"`
	Passives   int  `json:"passives"`
	Detractors int  `json:"detractors"`

	Words string `json:"-"`
}

type cycleDoc struct {
	Cycle string `json:"cycle"`
	answers
}

type sigSurvey struct {
	SIG string `json:"sig"`
	answers
	Facilitators []string    `json:"facilitators,omitempty"`
	Trend        []cycleDoc  `json:"trend,omitempty"`
	Answers      []answerOne `json:"answers,omitempty"`
}

// answerOne is one answer with words.
type answerOne struct {
	Value int     `json:"value"`
	Text  string  `json:"text"`
	Said  *saidBy `json:"said"`
}

// trendRow is one row of the page's table: all answers, or those for one SIG.
type trendRow struct {
	Name  string
	Cells []cycleDoc
}

func answersOf(n plan.NPS) answers {
	a := answers{N: n.N(), Promoters: n.Promoters, Passives: n.Passives, Detractors: n.Detractors, Words: render.NPS(n)}
	if score, ok := n.Score(); ok {
		a.Score, a.Weak = &score, n.Weak()
	}
	return a
}

func cyclesOf(cycles []string, list []plan.NPS) []cycleDoc {
	var out []cycleDoc
	for n, c := range cycles {
		out = append(out, cycleDoc{short(c), answersOf(list[n])})
	}
	return out
}

// answeredFor is the SIG of answers as people read it.
func answeredFor(sig string) string {
	if sig == "" {
		return "no SIG"
	}
	return sigWords(sig)
}

// surveyDoc takes a plan from which what is private was taken out. Of each SIG the
// answers are in the order in which they were said.
func (l links) surveyDoc(p Plan) surveyDoc {
	s := p.Survey
	d := surveyDoc{Cycle: p.Cycle.Name, AsOf: p.Read.UTC(), State: "not opened", All: answersOf(s.All), Report: l.comment(p.Key, p.Closing)}
	switch {
	case s.Survey.Open():
		d.State = "open"
	case s.Survey.Asked():
		d.State = "closed"
	}
	d.Opened, d.Closed = l.said(p.Key, s.Survey.Opened()), l.said(p.Key, s.Survey.Closed())
	d.Trend = cyclesOf(p.Trend.Cycles, p.Trend.All)
	d.Rows = append(d.Rows, trendRow{"all", d.Trend})
	trends := map[string][]cycleDoc{}
	for _, t := range p.Trend.SIGs {
		trends[t.SIG] = cyclesOf(p.Trend.Cycles, t.Cycles)
		d.Rows = append(d.Rows, trendRow{answeredFor(t.SIG), trends[t.SIG]})
	}
	for _, sig := range s.SIGs {
		one := sigSurvey{SIG: sig.SIG, answers: answersOf(sig.NPS), Facilitators: shortAll(p.Facilitators[sig.SIG]), Trend: trends[sig.SIG]}
		for _, a := range sig.Texts {
			one.Answers = append(one.Answers, answerOne{a.Value, short(a.Text), l.said(p.Key, a.Said)})
		}
		d.SIGs = append(d.SIGs, one)
	}
	return d
}
