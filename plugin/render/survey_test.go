package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// surveyed is the plan underway, with a survey that has answers.
func surveyed() *planWorld {
	w := underway()
	w.says(planIssue, "pm", "26 10:00", "/plan survey open")
	w.says(planIssue, "node-fac", "26 11:00", "/nps 9 sig-node fewer meetings than before")
	w.says(planIssue, "net-fac", "26 12:00", "/nps 4 sig-network the vote came too late")
	w.says(planIssue, "net-fac", "27 12:00", "/nps 6 sig-network the vote came too late, and was mended")
	w.says(planIssue, "passer-by", "27 13:00", "/nps 8")
	w.says(planIssue, "author", "27 14:00", "/nps 10 sig-node who to ask was clear")
	w.until("28 10:00")
	return w
}

// earlierSurvey has twelve answers, all but two for sig-node.
func earlierSurvey() plan.Satisfaction {
	w := newPlanWorld()
	w.says(planIssue, "pm", "5 10:00", "/plan survey open")
	for n := range 12 {
		line := fmt.Sprintf("/nps %d sig-node", 5+n%6)
		if n > 9 {
			line = "/nps 10 sig-storage"
		}
		w.says(planIssue, fmt.Sprint("somebody-", n), "5 11:00", line)
	}
	w.says(planIssue, "pm", "6 10:00", "/plan survey close")
	return plan.SatisfactionOf("v1.37", plan.Fold(w.log).Survey)
}

func (w *planWorld) survey(before ...plan.Satisfaction) Survey {
	v := Survey{Satisfaction: plan.SatisfactionOf("v1.38", plan.Fold(w.log).Survey), Facilitators: map[string][]string{"node": {"node-fac", "node-two"}, "network": {"net-fac"}}}
	v.Trend = plan.TrendOf(append(before, v.Satisfaction)...)
	return v
}

func surveyTexts() map[string]string {
	w := surveyed()
	open := w.plan()
	open.Survey = w.survey(earlierSurvey())
	w.says(planIssue, "pm", "30 10:00", "/plan survey close")
	w.until("30 10:02")
	closed := w.plan()
	closed.Survey = w.survey()
	asked := newPlanWorld()
	asked.says(planIssue, "pm", "26 10:00", "/plan survey open")
	asked.until("26 10:02")
	unanswered := asked.plan()
	unanswered.Survey = asked.survey()
	asked.says(planIssue, "pm", "27 10:00", "/plan survey close")
	said := work.Said{Comment: 2077, At: at("26 10:00"), Login: "pm", Role: "product-management"}
	return map[string]string{
		"survey-record-open":       site.Plan(open),
		"survey-record-closed":     site.Plan(closed),
		"survey-record-unanswered": site.Plan(unanswered),
		"survey-opened":            site.SurveyOpened(planIssue, "v1.38", said),
		"survey-closed":            site.SurveyClosed(planIssue, w.survey(earlierSurvey())),
		"survey-closed-unanswered": site.SurveyClosed(planIssue, asked.survey()),
	}
}

func TestSurveyGolden(t *testing.T) {
	for name, text := range surveyTexts() {
		t.Run(name, func(t *testing.T) { golden(t, "plan/"+name, text) })
		if m := mentioned(text); len(m) > 0 {
			t.Errorf("%s calls %v", name, m)
		}
	}
}

// crowdedSurvey has n answers with a text, for 40 SIGs, over eight cycles.
func crowdedSurvey(n int) Survey {
	v := Survey{Facilitators: map[string][]string{}}
	s := plan.Survey{Turns: []plan.Turn{{Open: true, Said: work.Said{Comment: 1}}}}
	for k := range n {
		sig := fmt.Sprintf("multi-tenancy-and-more-%d", k%40)
		login := fmt.Sprintf("a%d-%s", k, strings.Repeat("b", 30))
		v.Facilitators[sig] = []string{login, login + "c"}
		s.Answers = append(s.Answers, plan.Answer{Value: k % 11, SIG: sig, Text: strings.Repeat("x`|", 100), Said: work.Said{Comment: 3000000000 + int64(k), Author: int64(k), Login: login}})
	}
	v.Satisfaction = plan.SatisfactionOf("v1.38", s)
	var cycles []plan.Satisfaction
	for c := range 8 {
		cycles = append(cycles, plan.SatisfactionOf(fmt.Sprint("v1.", 31+c), s))
	}
	v.Trend = plan.TrendOf(cycles...)
	return v
}

func TestSurveyStaysWithinTheLimit(t *testing.T) {
	for _, n := range []int{1, 10, 40, 200, 1000, 5000} {
		v := crowdedSurvey(n)
		in := crowdedPlan(300)
		in.Survey = v
		in.Before = &Before{Cycle: "v1.37", Plan: planIssue, Closing: 5, Calibration: crowdedCalibration(300)}
		v.Satisfaction.Survey.Turns = append(v.Satisfaction.Survey.Turns, plan.Turn{Said: work.Said{Comment: 2}})
		for name, text := range map[string]string{"plan": site.Plan(in), "closed": site.SurveyClosed(planIssue, v)} {
			t.Logf("%s with %d answers: %d characters", name, n, size(text))
			if size(text) > VisibleLimit {
				t.Errorf("%s with %d answers: %d characters", name, n, size(text))
			}
			if name == "closed" && n >= 40 && !strings.Contains(text, "sig-multi-tenancy-and-more-39") {
				t.Errorf("%d answers: a SIG is not told", n)
			}
		}
	}
}
