package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func runTool(args ...string) (code int, out, diag string) {
	var o, d bytes.Buffer
	code = run(context.Background(), args, &o, &d)
	return code, o.String(), d.String()
}

// TestReplayCommand prints from a file that was written once; all tables, some, to a file.
func TestReplayCommand(t *testing.T) {
	const file = "testdata/v1.38.jsonl"
	code, all, diag := runTool("replay", file)
	if code != 0 || diag != "" {
		t.Fatalf("%d %s", code, diag)
	}
	for _, want := range []string{"### Plan for v1.38: closed, approved in round 1", "### v1.38 weekly tally (9 Apr)", "codeFreeze:", "### Confidences of v1.38",
		"### Survey for v1.38: score 0 (n = 2, weak)", "### v1.38 is over", "# v1.38: release notes, draft"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	path := filepath.Join(t.TempDir(), "out.md")
	code, out, diag := runTool("replay", "--at", "2027-01-22", file, "tally", "-o", path)
	text, err := os.ReadFile(path)
	if code != 0 || out != "" || err != nil || !strings.HasPrefix(string(text), "### v1.38 after weeks 1–2 (22 Jan)") {
		t.Errorf("%d %s %s %v %s", code, out, diag, err, text)
	}
}

// TestExportUsage: what is missing or not understood is told with a line that works.
func TestExportUsage(t *testing.T) {
	cut := filepath.Join(t.TempDir(), "cut.jsonl")
	whole, err := os.ReadFile("testdata/v1.38.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"steelthread export --cycle v1.38 -o v1.38.jsonl":                            {"export"},
		`"tallies": there is the whole cycle, or its exceptions: steelthread export`: {"export", "--cycle", "v1.38", "tallies"},
		"--format is for exceptions":                                                 {"export", "--cycle", "v1.38", "--format", "json"},
		`--format: "toml": yaml or json`:                                             {"export", "--cycle", "v1.38", "exceptions", "--format", "toml"},
		"--config:":                                                                  {"export", "--cycle", "v1.38", "--config", "no-such-file"},
		"steelthread replay v1.38.jsonl tally; the":                                  {"replay"},
		"no-such-file":                                                               {"replay", "no-such-file"},
		`--at: "Friday": a day is written like 2027`:                                 {"replay", "testdata/v1.38.jsonl", "--at", "Friday"},
		`"forecast": no such table; there are plan, tally`:                           {"replay", "testdata/v1.38.jsonl", "forecast"},
		"cut.jsonl: line ":                                                           {"replay", cut},
		"cut off here":                                                               {"replay", cut, "plan"},
		"line 1: an export begins with":                                              {"replay", "export_test.go"},
	} {
		if code, out, diag := runTool(args...); code != 1 || out != "" || !strings.Contains(diag, want) {
			t.Errorf("%v: %d %s %s", args, code, out, diag)
		}
	}
}
