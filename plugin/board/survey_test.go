package board

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
)

// surveyOpen is an approved plan whose survey takes answers.
func surveyOpen() *world {
	w := approvedPlan()
	w.says(planIssue, "pm", "24 11:00", "/plan survey open")
	w.says(planIssue, "node-fac", "24 12:00", "/nps 9 sig-node fewer meetings than before")
	w.says(planIssue, "network-fac", "24 13:00", "/nps 4 sig-network the vote came too late")
	w.says(planIssue, "network-fac", "25 12:00", "/nps 6 sig-network the vote came too late, and was mended")
	w.says(planIssue, "passer-by", "25 13:00", "/nps 8")
	w.says(planIssue, "author", "25 14:00", "/nps 10 sig-node who to ask was clear")
	return w
}

// march is that plan when all increments are over: some of it is done, the survey is
// closed, and there was one in the cycle before.
func march() *world {
	w := surveyOpen()
	w.says(planIssue, "pm", "30 10:00", "/plan survey close")
	w.before = plan.Satisfaction{Cycle: "v1.37", Survey: plan.Survey{Turns: []plan.Turn{{Open: true}}}, All: plan.NPS{Promoters: 5, Passives: 2, Detractors: 5},
		SIGs: []plan.SIGAnswers{{SIG: "node", NPS: plan.NPS{Promoters: 3, Passives: 2, Detractors: 5}}, {SIG: "storage", NPS: plan.NPS{Promoters: 2}}}}
	w.says(kepKey(1287), "node-fac", "22 10:00", "/done v1.38")
	w.says(kepKey(1790), "storage-fac", "30 10:00", "/done v1.38")
	w.says(kepKey(3751), "storage-fac", "30 11:00", "/done v1.38")
	for n := range 9 { // so that there is enough of one confidence to say something
		k := kepKey(6000 + n)
		w.add(k, "node", "One of many")
		w.says(k, "node-fac", "9 14:02", "/commit v1.38 w1-2 100%")
		if n%3 == 0 {
			w.says(k, "node-fac", "20 10:00", "/done v1.38")
		}
	}
	w.now, w.closing = time.Date(2026, time.March, 10, 10, 0, 0, 0, time.UTC), 4999
	return w
}

// TestSurvey: of each author the last answer counts, and the page says the words of the
// record.
func TestSurvey(t *testing.T) {
	var d struct {
		State  string
		Closed *saidBy
		All    struct{ N, Score, Promoters int }
		Trend  []struct {
			Cycle string
			N     int
		}
		SIGs []struct {
			SIG          string
			N            int
			Weak         bool
			Facilitators []string
			Trend        []struct{ N int }
			Answers      []struct {
				Value int
				Text  string
				Said  saidBy
			}
		}
	}
	if err := json.Unmarshal(get(t, march(), "/plan/v1.38/survey.json").Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.State != "closed" || d.Closed == nil || d.All.N != 4 || d.All.Score != 25 || len(d.Trend) != 2 || d.Trend[0].N != 12 || len(d.SIGs) != 3 {
		t.Fatalf("%+v", d)
	}
	if network := d.SIGs[0]; network.SIG != "network" || network.N != 1 || !network.Weak || len(network.Answers) != 1 || network.Answers[0].Value != 6 || network.Answers[0].Said.URL == "" || network.Trend[0].N != 0 {
		t.Errorf("%+v", network)
	}
	if none := d.SIGs[2]; none.SIG != "" || len(none.Answers) != 0 || len(none.Facilitators) != 0 {
		t.Errorf("%+v", none)
	}
	page := get(t, march(), "/plan/v1.38/survey").Body.String()
	for _, want := range []string{"score 25 (n = 4, weak)", "-20 (n = 10)", "For node-fac, node-two"} {
		if !strings.Contains(page, want) {
			t.Errorf("without %q", want)
		}
	}
}

// TestCalibration: what is counted is what the lists hold, and as of the end of the cycle
// once that is over.
func TestCalibration(t *testing.T) {
	w := march()
	d := links{site}.calibrationDoc(look(w).plans()[0])
	levels, increments, sigs := 0, 0, 0
	for _, l := range d.Levels {
		levels += l.N
	}
	for _, i := range d.Increments {
		increments += i.N
	}
	for _, s := range d.SIGs {
		sigs += s.N
	}
	if d.All.N != 20 || levels != 20 || increments != 20 || sigs != 20 || d.Open != 0 || d.Forecast.Overdue != 14 || !strings.HasPrefix(d.Expected, "no more than what is done") {
		t.Errorf("%+v", d)
	}
	if top := d.Levels[0]; top.From != 100 || top.N != 11 || top.Reading != "too high" || !strings.HasSuffix(top.Lesson, "means about 36 %") {
		t.Errorf("%+v", top)
	}
	w.now = time.Date(2026, time.June, 1, 0, 0, 0, 0, time.UTC)
	late := links{site}.calibrationDoc(look(w).plans()[0])
	if !late.AsOf.Equal(v138().End.EndAoE()) || late.Expected != "" || late.All != d.All {
		t.Errorf("%+v", late)
	}
}

// TestItemLeadsToItsPlan in its head, where the plan has a page.
func TestItemLeadsToItsPlan(t *testing.T) {
	f := freeze(votesOpen())
	const link = `<li><a href="../../../plan/v1.38">Plan for v1.38</a></li>`
	if body := get(t, f, "/item/kubernetes/enhancements/4381").Body.String(); strings.Count(body, link) != 1 {
		t.Error(body)
	}
	f.plans[0].Private = true
	if body := get(t, f, "/item/kubernetes/enhancements/4381").Body.String(); strings.Contains(body, "plan/v1.38") {
		t.Error(body)
	}
}

// TestUnbroken: names of increments stand apart, and nothing is lost.
func TestUnbroken(t *testing.T) {
	for text, want := range map[string]int{"": 0, "by weeks 5–6 (asked), not weeks 7–8": 2, "weeks 1–2": 1, "week 5": 1, "six weeks": 0} {
		n := 0
		nodes := unbroken(text)
		for _, one := range nodes {
			if one.Kind == "weeks" {
				n++
			}
		}
		if got := plainText(nodes); got != text || n != want {
			t.Errorf("%q: %q, %d", text, got, n)
		}
	}
}
