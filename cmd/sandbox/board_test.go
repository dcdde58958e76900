package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var href = regexp.MustCompile(`\shref="([^"]*)"`)

// mustLeadOn follows every link of the sandbox from the pages given, over the board and back, to where it ends: each
// page is there, and on it the comment that the link names. It gives the pages read, by their addresses.
func (s *site) mustLeadOn(t *testing.T, from ...string) map[string]string {
	t.Helper()
	read := map[string]string{}
	for len(from) > 0 {
		at, err := url.Parse(from[0])
		if err != nil {
			t.Fatal(err)
		}
		from = from[1:]
		fragment := at.Fragment
		at.Fragment = ""
		page, known := read[at.String()]
		if !known {
			got := s.get(t, at.String())
			for got.Code/100 == 3 {
				at = at.ResolveReference(must(t, got.Header().Get("Location")))
				got = s.get(t, at.String())
			}
			if got.Code != http.StatusOK {
				t.Errorf("%s: got %d, want 200", at, got.Code)
				continue
			}
			page = got.Body.String()
			read[at.String()] = page
		}
		if fragment != "" && !strings.Contains(page, ` id="`+fragment+`"`) {
			t.Errorf("%s has no #%s", at, fragment)
		}
		if known || !strings.HasPrefix(at.Path, boardPath) && !strings.Contains(at.Path, "/sig-release/issues/") {
			continue // what people can see from the board, and from the plan, is far enough
		}
		for _, m := range href.FindAllStringSubmatch(page, -1) {
			to := at.ResolveReference(must(t, html.UnescapeString(m[1])))
			if rest, home := strings.CutPrefix(to.String(), s.base); home {
				to = must(t, rest)
			}
			if to.Host == "" && to.Scheme == "" {
				from = append(from, to.String())
			}
		}
	}
	return read
}

func must(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// mustStandOnTheBoard asserts that what the story came to can be read on the board, from the plan issue on.
func (s *site) mustStandOnTheBoard(t *testing.T) {
	t.Helper()
	read := s.mustLeadOn(t, "/kubernetes/sig-release/issues/2950", "/kubernetes/sig-release/issues/2990", boardPath)
	merged := false
	for path, page := range read {
		merged = merged || strings.Contains(path, "/commit/") && strings.Contains(page, "Merge pull request #307")
	}
	if !merged {
		t.Error("the commit that merged #307 is not to be found from the board")
	}
	for path, want := range map[string]string{
		"/kubernetes/sig-release/issues/2950":                 `href="` + boardPath + `/plan/v1.38/notes"`,
		boardPath + "/plan/":                                  "v1.38",
		boardPath + "/plan/v1.38":                             "Plan for v1.38: ",
		boardPath + "/plan/v1.38.json":                        `"approved": `,
		boardPath + "/plan/v1.38/notes":                       "As Markdown text, to copy",
		boardPath + "/plan/v1.38/notes.md":                    "DRA",
		boardPath + "/plan/v1.38/demos":                       "the types and their validation",
		boardPath + "/plan/v1.38/exceptions":                  "image builders wait another release",
		boardPath + "/plan/v1.39":                             "Plan for v1.39: vote not opened",
		boardPath + "/item/kubernetes/enhancements/5677":      "DRA Resource Availability Visibility",
		boardPath + "/item/kubernetes/enhancements/5677.json": `"verdict": "planned"`,
		"/kubernetes/enhancements/issues/5677":                `href="` + boardPath + `/item/kubernetes/enhancements/5677"`,
	} {
		if page, there := read[path]; !there || !strings.Contains(page, want) {
			t.Errorf("%s: read %v, want %q in it", path, there, want)
		}
	}
}

func TestTheBoardNeedsThePlugin(t *testing.T) {
	s := open(t, small(), false)
	for _, path := range []string{boardPath + "/plan/", boardPath} {
		if got := s.get(t, path); got.Code != http.StatusNotFound {
			t.Errorf("%s without the plugin: got %d, want 404", path, got.Code)
		}
	}
	if page := s.get(t, "/k/e/issues/7").Body.String(); strings.Contains(page, boardPath) {
		t.Error("the page of an issue links to a board that is not there")
	}
}
