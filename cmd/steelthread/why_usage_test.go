package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestWhyUsage(t *testing.T) {
	s := newStory(t)
	for want, args := range map[string][]string{
		"Say what to follow":            {},
		"Say what to follow, one":       {"a", "b"},
		"Say what to follow, one at":    {"--write-notes", "a..b", "c"},
		"flag provided but not defined": {"--nope"},
	} {
		if code, _, diag := s.why(args...); code != 2 || !strings.Contains(diag, want) {
			t.Errorf("why %v: exit code %d, %s", args, code, diag)
		}
	}
	for want, args := range map[string][]string{
		"lines are counted from 1":          {filepath.Join(s.dir, "README") + ":0"},
		"README has 1 lines, there is no":   {filepath.Join(s.dir, "README") + ":7"},
		`"no-such" is no file and no pull`:  {"no-such"},
		"names .Number 0 times":             {"--merge-template", "{{ .Title }}", "HEAD"},
		"say it with --repo org/repo":       {"--remote", "nope", "--write-notes", "HEAD"},
		"#12: of which repository? the che": {"--remote", "nope", "#12"},
		"as a commit":                       {"--checkout", s.dir, "--", "v1.2.3"},
	} {
		if code, _, diag := s.why(args...); code != 1 || !strings.Contains(diag, want) {
			t.Errorf("why %v: exit code %d, %s", args, code, diag)
		}
	}
}
