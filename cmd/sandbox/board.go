package main

import (
	"net/http"
	"strings"

	"github.com/steelthread/steelthread/plugin/board"
	"github.com/steelthread/steelthread/plugin/slash"
)

// boardPath is what the board's own addresses stand below.
const boardPath = "/sandbox/board"

// withBoard sends what is below boardPath to the board, if the plugin runs here, and the rest to pages. It is no pattern
// beside theirs: an address of the board can look like one of a repository, and neither pattern is the narrower one.
func (s *site) withBoard(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		below, on := strings.CutPrefix(r.URL.Path, boardPath)
		switch {
		case s.plugin == nil || !on || below != "" && below[0] != '/':
			pages.ServeHTTP(w, r)
		case below == "" || below == "/":
			http.Redirect(w, r, boardPath+"/plan/", http.StatusFound)
		default:
			http.StripPrefix(boardPath, board.New(s.plugin.Reconciler.Site, s.plugin.Reconciler.Boards)).ServeHTTP(w, r)
		}
	})
}

// boardOf is where the board shows an issue, "" if it does not.
func (s *site) boardOf(key slash.Key) string {
	if s.plugin == nil {
		return ""
	}
	boards := s.plugin.Reconciler.Boards
	for _, p := range boards.Plans() {
		if p.Key.Same(key) {
			return boardPath + "/plan/" + p.Cycle.Name
		}
	}
	if i, ok := boards.Item(key); ok && !i.Issue.Private {
		return boardPath + "/item/" + strings.Replace(key.String(), "#", "/", 1)
	}
	return ""
}
