package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/board"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/slash"
)

// TestRecordsLeadToTheirPages: where there are pages, and never from a private issue.
func TestRecordsLeadToTheirPages(t *testing.T) {
	const board = "https://plans.example.com"
	s, at := planStand(t, nil)
	s.private("secret-work", "secret-work: {}")
	s.configure(strings.Replace(standConfig, "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {}\n    kubernetes/secret-work: {}", 1) + "  plan: kubernetes/enhancements#4000\n")
	s.plugin.Reconciler.Site.Board = board
	item, secret := s.openKEP(), s.open("secret-work", "Secret plans", "")
	for _, key := range []Key{item, secret} {
		s.said("node-fac", key, "/commit sig-node w1-2")
	}
	s.enqueue(at)
	s.settle()
	for key, want := range map[Key]string{item: "[On the web](" + board + "/item/kubernetes/enhancements/4381)", at: "[Plan on the web](" + board + "/plan/v1.38)", secret: ""} {
		text := strings.Join(s.ours(key), "\n")
		if text == "" || strings.Contains(text, board) != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%s, want %q:\n%s", key, want, text)
		}
	}
}

// TestIssueLink: issues and pull requests that a record links are found, comments and
// pages on the web are not.
func TestIssueLink(t *testing.T) {
	site := render.Site{GitHub: "https://github.com", Board: "https://plans.example.com"}
	key := slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 12}
	for address, want := range map[string]string{
		site.Issue(key): "kubernetes/kubernetes 12", site.Pull(key): "kubernetes/kubernetes 12",
		site.Comment(key, 7): "", site.Comment(key, -7): "", site.OfItem(key): "", site.OfPlan("v1.38", "demos"): "", site.Pull(key) + "/checks": "",
	} {
		got := ""
		if m := issueLink.FindStringSubmatch("| [x](" + address + ") |"); m != nil {
			got = m[1] + " " + m[2]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// TestSurveyAndConfidencesOnTheWeb: the pages show what a round on the plan folded.
func TestSurveyAndConfidencesOnTheWeb(t *testing.T) {
	s, at, _ := approved(t)
	pages := board.New(s.plugin.Reconciler.Site, s.plugin.Reconciler.Boards)
	get := func(part string, into any) {
		t.Helper()
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/plan/v1.38/"+part+".json", nil))
		if err := json.Unmarshal(w.Body.Bytes(), into); w.Code != http.StatusOK || err != nil {
			t.Fatalf("%s: %d, %v", part, w.Code, err)
		}
	}
	var survey struct {
		State string
		All   struct{ N, Score int }
		SIGs  []struct {
			SIG          string
			Facilitators []string
			Answers      []struct{ Text string }
		}
	}
	get("survey", &survey)
	if survey.State != "not opened" || survey.All.N != 0 {
		t.Errorf("before: %+v", survey)
	}
	s.said("pm", at, "/plan survey open")
	s.said("dev", at, "/nps 9 sig-node who to ask was clear")
	get("survey", &survey)
	if survey.State != "open" || survey.All.N != 1 || survey.All.Score != 100 || len(survey.SIGs) != 1 || survey.SIGs[0].Answers[0].Text != "who to ask was clear" ||
		!slices.Equal(survey.SIGs[0].Facilitators, []string{"node-fac"}) {
		t.Errorf("%+v", survey)
	}
	var calibration struct {
		Open     int
		Forecast struct{ Open int }
	}
	if get("calibration", &calibration); calibration.Open != 1 || calibration.Forecast.Open != 1 {
		t.Errorf("%+v", calibration)
	}
}
