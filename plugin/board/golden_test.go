package board

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

func get(t testing.TB, s Source, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	New(site, s).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://board.test"+path, nil))
	return w
}

// TestGolden pins the pages and their JSON.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		file, path string
		source     Source
	}{
		{"plan-not-opened.html", "/plan/v1.38", threeSIGs()},
		{"plan-open.html", "/plan/v1.38", votesOpen()},
		{"plan-open.json", "/plan/v1.38.json", votesOpen()},
		{"plan-approved.html", "/plan/v1.38", approvedPlan()},
		{"plan-approved.json", "/plan/v1.38.json", approvedPlan()},
		{"plan-empty.html", "/plan/v1.38", newWorld()},
		{"list.html", "/plan/", votesOpen()},
		{"list.json", "/plan.json", votesOpen()},
		{"notes.html", "/plan/v1.38/notes", approvedPlan()},
		{"notes.json", "/plan/v1.38/notes.json", approvedPlan()},
		{"demos.html", "/plan/v1.38/demos", lateJanuary()},
		{"demos.json", "/plan/v1.38/demos.json", lateJanuary()},
		{"demos-none.html", "/plan/v1.38/demos", threeSIGs()},
		{"exceptions.html", "/plan/v1.38/exceptions", lateJanuary()},
		{"exceptions.json", "/plan/v1.38/exceptions.json", lateJanuary()},
		{"exceptions-none.html", "/plan/v1.38/exceptions", threeSIGs()},
		{"survey.html", "/plan/v1.38/survey", march()},
		{"survey.json", "/plan/v1.38/survey.json", march()},
		{"survey-open.html", "/plan/v1.38/survey", surveyOpen()},
		{"survey-none.html", "/plan/v1.38/survey", threeSIGs()},
		{"calibration.html", "/plan/v1.38/calibration", march()},
		{"calibration.json", "/plan/v1.38/calibration.json", march()},
		{"calibration-none.html", "/plan/v1.38/calibration", threeSIGs()},
		{"calibration-empty.html", "/plan/v1.38/calibration", newWorld()},
		{"item.html", "/item/kubernetes/enhancements/3751", votesOpen()},
		{"item.json", "/item/kubernetes/enhancements/3751.json", votesOpen()},
		{"missing.html", "/plan/v1.39", votesOpen()},
		{"missing.json", "/plan/v1.39.json", votesOpen()},
	} {
		t.Run(c.file, func(t *testing.T) {
			got := get(t, c.source, c.path).Body.String()
			path := filepath.Join("../../testdata/golden/board", c.file)
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got; -update writes it):\n%s", c.path, diff)
			}
		})
	}
}
