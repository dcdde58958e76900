package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/steelthread/steelthread/config"
)

var update = flag.Bool("update", false, "rewrite the files want in testdata")

// Each archive holds the files, the arguments, and in want the output, stderr marked with !, and the exit code.
func TestRun(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			path, err := filepath.Abs(path)
			if err != nil {
				t.Fatal(err)
			}
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			var args []string
			want := -1
			for i, file := range archive.Files {
				switch file.Name {
				case "args":
					args = strings.Fields(string(file.Data))
				case "want":
					want = i
				default:
					if err := os.WriteFile(file.Name, file.Data, 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			if want < 0 {
				t.Fatal("the archive has no file want")
			}
			got := output(args)
			if *update {
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(got, string(archive.Files[want].Data)); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}

func output(args []string) string {
	var stdout, stderr bytes.Buffer
	code := run(args, &stdout, &stderr)
	var b strings.Builder
	b.Write(stdout.Bytes())
	for line := range strings.Lines(stderr.String()) {
		b.WriteString("! " + line)
	}
	fmt.Fprintf(&b, "exit %d\n", code)
	return b.String()
}

// What checkconfig says to paste for the labels is what config/labels.yaml has.
func TestLabelsFileIsEnough(t *testing.T) {
	prow, err := readProw(options{labels: "../../config/labels.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	if found := checkLabels(prow.labels, []string{"kubernetes/kubernetes"}); len(found) > 0 {
		t.Errorf("config/labels.yaml leaves %d things to change: %v", len(found), found)
	}
}

// The plugin's own events are ones that GitHub has.
func TestEventsExist(t *testing.T) {
	for _, event := range events {
		if !eventExists(event) {
			t.Errorf("%s: no such event", event)
		}
	}
}

// Every example is one line that begins with its command; a trigger check with anything else would find nothing.
func TestExamples(t *testing.T) {
	seen := map[string]bool{}
	for _, example := range examples() {
		if !strings.HasPrefix(example, "/") || strings.ContainsAny(example, "\r\n") || seen[example] {
			t.Errorf("%q: not one command on one line, or listed twice", example)
		}
		seen[example] = true
	}
}

func TestWantedEvents(t *testing.T) {
	ours, err := config.LoadFile("../../config/examples/kubernetes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, repo := range ours.WorkRepos() {
		want[repo.Name] = events
	}
	if diff := cmp.Diff(wantedEvents(ours), want); diff != "" {
		t.Errorf("all of these are read for commands (-got +want)\n%s", diff)
	}
}
