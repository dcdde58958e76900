package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Survey is what the satisfaction survey of a cycle shows.
type Survey struct {
	Satisfaction plan.Satisfaction
	Trend        plan.Trend          // with the cycles before, and this one
	Facilitators map[string][]string // of the SIGs with answers, by bare name
}

// SurveyQuestion is what the survey asks, SurveyNotes how to read what came of it.
const (
	SurveyQuestion = "How likely are you to recommend planning a release like this?"
	SurveyNotes    = "The score is the percentage of 9 and 10 minus that of 0 to 6, from -100 to 100. Answers are public, and who answers has chosen to: they stand for those who answered. " +
		"Under 10 answers a score is weak."
	surveyAnswer = "To answer, 0 not at all to 10 certainly, a SIG and words may follow"
)

// scored are "score 21 (n = 34)" and "no answers".
func scored(n plan.NPS) string {
	if n.N() == 0 {
		return NPS(n)
	}
	return "score " + NPS(n)
}

// NPS words a score: "21 (n = 34)", "50 (n = 4, weak)", "no answers".
func NPS(n plan.NPS) string {
	score, ok := n.Score()
	switch {
	case !ok:
		return "no answers"
	case n.Weak():
		return digitsOf(score) + " (n = " + digitsOf(n.N()) + ", weak)"
	}
	return digitsOf(score) + " (n = " + digitsOf(n.N()) + ")"
}

// answersOf is the SIG at the head of its answers.
func answersOf(sig string) string {
	if sig == "" {
		return "no SIG"
	}
	return sigName(sig)
}

// trendShown is how many cycles a table of satisfaction has room for.
const trendShown = 4

// trend is satisfaction by SIG, and over cycles if there are several.
func trend(t plan.Trend, rows int) string {
	from := max(0, len(t.Cycles)-trendShown)
	out := table{head: []string{"score (n)"}}
	for _, c := range t.Cycles[from:] {
		out.head = append(out.head, plain(c))
	}
	row := func(name string, cells []plan.NPS) {
		list := []string{name}
		for _, n := range cells[from:] {
			list = append(list, NPS(n))
		}
		out.add(list...)
	}
	row("all", t.All)
	for _, s := range t.SIGs[:min(len(t.SIGs), rows)] {
		row(answersOf(s.SIG), s.Cycles)
	}
	return out.String() + restOfSIGs(len(t.SIGs), rows)
}

// texts are the answers in words, grouped by SIG for those who facilitate it: of
// each SIG the newest, each cut to limit characters.
func (s Site) surveyTexts(on slash.Key, v Survey, each, limit int) string {
	var b strings.Builder
	say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
	for _, sig := range v.Satisfaction.SIGs {
		if len(sig.Texts) == 0 {
			continue
		}
		say("\n**", answersOf(sig.SIG), "**")
		if names := v.Facilitators[sig.SIG]; sig.SIG != "" && len(names) > 0 {
			say(", for ", some(people(names), 6, "and"))
		}
		say(": ", digits(len(sig.Texts), "answer", "answers"), " in words\n")
		for _, a := range sig.Texts[max(0, len(sig.Texts)-each):] {
			say("- ", digitsOf(a.Value), ": ", codeUpTo(a.Text, limit), " (", person(a.Said.Login), ", ", s.day(on, a.Said), ")\n")
		}
		if rest := len(sig.Texts) - each; rest > 0 {
			say("- and ", digitsOf(rest), " earlier\n")
		}
	}
	return b.String()
}

// survey is the survey in the plan's record.
func (p *planPage) survey() {
	v := p.Plan.Survey
	s := v.Satisfaction
	if !s.Survey.Asked() {
		return
	}
	if s.Survey.Open() {
		p.say("\n**Survey:** open since ", p.Site.day(p.Plan.Key, s.Survey.Opened()), ", ", scored(s.All), " so far. ", surveyAnswer, ":\n", block("", "/nps 9"))
	} else {
		p.say("\n**Survey:** ", scored(s.All), ", closed ", p.Site.day(p.Plan.Key, s.Survey.Closed()), aside("on the web", p.OfPlan(s.Cycle, "survey")), ".\n")
	}
	if s.All.N() == 0 {
		return
	}
	p.say("\n<details><summary>Survey by SIG: ", digits(s.All.N(), "answer", "answers"), "</summary>\n", trend(v.Trend, 40))
	if p.form == inLines {
		p.say("\nThe answers in words are in the comments below.\n")
	} else {
		p.say(p.surveyTexts(p.Plan.Key, v, max(1, p.scale.rows/max(1, len(s.SIGs))), p.scale.text))
	}
	p.say("\n*", SurveyNotes, "*\n\n</details>\n")
}

// SurveyOpened says on the plan issue that answers are taken. It calls nobody.
func (s Site) SurveyOpened(on slash.Key, cycle string, said work.Said) string {
	return "### Survey for " + plain(cycle) + ": open\n" + SurveyQuestion + " Everybody may answer, as often as they like; the last answer counts, until product management closes the survey. " +
		surveyAnswer + ":\n" + block("", "/nps 9") + "\nOpened by " + speaker(said) + ", " + s.day(on, said) + ".\n"
}

// SurveyClosed gives what the survey came to: the score by SIG and over cycles, and
// the answers in words for the facilitators of each SIG, who are named and not called.
func (s Site) SurveyClosed(on slash.Key, v Survey) string {
	r := v.Satisfaction
	closed := r.Survey.Closed()
	return fit(func(l portion) string {
		var b strings.Builder
		say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
		say("### Survey for ", plain(r.Cycle), ": ", scored(r.All), "\n", SurveyQuestion, " ")
		if r.All.N() == 0 {
			say("Nobody has answered.\n")
		} else {
			say(digits(r.All.Promoters, "answer", "answers"), " of 9 or 10, ", digitsOf(r.All.Passives), " of 7 or 8, ", digitsOf(r.All.Detractors), " of 0 to 6.\n")
			say(trend(v.Trend, l.items), s.surveyTexts(on, v, max(1, l.items/max(1, len(r.SIGs))), l.text), "\n*", SurveyNotes, "*\n")
		}
		if !closed.IsZero() {
			say("\nClosed by ", speaker(closed), ", ", s.day(on, closed), ". To take more answers, product management opens it again:\n", block("", "/plan survey open"))
		}
		return b.String()
	})
}
