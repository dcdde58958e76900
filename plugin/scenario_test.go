package plugin_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin"
)

var update = flag.Bool("update", false, "rewrite the golden texts of the scenarios")

const scenarios = "../testdata/scenarios"

// TestScenarios plays every file below testdata/scenarios four times: with all
// webhooks in order, with each twice and out of order, with none at all, and
// with a crash after every write. What is on GitHub in the end must be what the
// file says, each time, byte for byte.
func TestScenarios(t *testing.T) {
	world, err := readScript(filepath.Join(scenarios, "world.txtar"), nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(scenarios, "*", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios found: %v", err)
	}
	for _, file := range files {
		s, err := readScript(file, world)
		if err != nil {
			t.Error(err)
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			playAll(t, world, s)
		})
	}
}

// playAll plays one scenario in every mode. Only the plain one rewrites it. Under the race
// detector, which makes it ten times slower, it is played in one.
func playAll(t *testing.T, world, s *script) {
	want, modes := s.want, []mode{plain, shuffled, deaf, crash}
	if plugin.UnderRace {
		modes = []mode{shuffled}
	}
	for _, m := range modes {
		t.Run(string(m), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := act(t, m, world, s)
				if m == plain && *update && got != want {
					if err := s.rewrite(got); err != nil {
						t.Fatal(err)
					}
					want = got
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s (-want +got):\n%s", s.name, d)
				}
			})
		})
	}
}

// TestScenarioScripts: what a script gets wrong is told with file and line.
func TestScenarioScripts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"> /commit", "x.txtar:1: text without anybody who says it"},
		{"now 2027-01-12 10:00\n\n> /commit", "x.txtar:3: text without anybody who says it"},
		{"issue #1 by dev \"DRA", "x.txtar:1: a quote that does not end: \"DRA"},
		{"tick now", "x.txtar:1: tick now: want: tick"},
		{"tack", "x.txtar:1: tack: no such verb"},
		{"dev dances kubernetes#1", "x.txtar:1: dev dances kubernetes#1: no such verb"},
		{"dev edits c1", "x.txtar:1: dev edits c1: want: WHO edits COMMENT, then lines beginning with \"> \""},
		{"wait 6m\n> hello", "x.txtar:1: wait 6m: no text belongs here"},
	} {
		lines, err := parseStatements("x.txtar", c.text)
		if err == nil {
			err = checkStatements(lines)
		}
		got := ""
		if err != nil {
			got = err.Error()
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, d)
		}
	}
}

// TestScenarioVerbs: README.md names every verb, and no other.
func TestScenarioVerbs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(scenarios, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs() {
		if !strings.Contains(string(data), "`"+v.usage+"`") {
			t.Errorf("README.md does not have `%s`", v.usage)
		}
	}
}
