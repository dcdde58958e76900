package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/board"
	"github.com/steelthread/steelthread/plugin/render"
)

// TestBoards: after the rounds the pages show what was folded; what is private, gone
// or was never spoken of is not there.
func TestBoards(t *testing.T) {
	s, at, item := approved(t)
	pages := board.New(render.Site{GitHub: "https://github.com"}, s.plugin.Reconciler.Boards)
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Code, w.Body.String()
	}
	for path, want := range map[string]string{
		"/plan/": "v1.38", "/plan/v1.38": "approved in round 1", "/plan/v1.38/notes": item.String()[strings.LastIndex(item.String(), "#"):],
		"/item/" + item.Repository() + "/" + strings.TrimPrefix(item.String()[strings.LastIndex(item.String(), "#"):], "#"): "approved",
	} {
		if code, body := get(path); code != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, without %q", path, code, want)
		}
	}
	var plan struct {
		Cycle    string
		Approval struct{ Round, Approved int }
	}
	if _, body := get("/plan/v1.38.json"); json.Unmarshal([]byte(body), &plan) != nil || plan.Cycle != "v1.38" || plan.Approval.Round != 1 || plan.Approval.Approved != 1 {
		t.Errorf("%+v", plan)
	}
	if code, _ := get("/item/kubernetes/kubernetes/99999"); code != http.StatusNotFound {
		t.Errorf("an issue that nobody spoke of: %d", code)
	}
	if _, ok := s.plugin.Reconciler.Boards.Item(at); ok {
		t.Error("the plan issue is no item")
	}
	s.sim.DeleteIssue("maintainer", item.Org, item.Repo, item.Number)
	s.settle()
	if _, ok := s.plugin.Reconciler.Boards.Item(item); ok {
		t.Error("the item is gone")
	}
}
