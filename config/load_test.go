package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files and docs/config.md")

const data = "../testdata/config"

// golden compares got with the file and rewrites it under -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test ./config -update", err)
	}
	if diff := cmp.Diff(got, string(want)); diff != "" {
		t.Errorf("%s differs (-got +want); run go test ./config -update and review\n%s", path, diff)
	}
}

func files(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files at %s: %v", pattern, err)
	}
	return paths
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Each file in bad has all its errors beside it, in the words a person gets.
func TestLoadBad(t *testing.T) {
	for _, path := range files(t, data+"/bad/*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			c, err := Load(read(t, path))
			if err == nil || c != nil {
				t.Fatalf("loaded, want an error")
			}
			if strings.Contains(strings.ToLower(err.Error()), "invalid") {
				t.Errorf("blames: %v", err)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".err", err.Error()+"\n")
		})
	}
}

func TestLoadGood(t *testing.T) {
	paths := append(files(t, data+"/good/*.yaml"), files(t, "examples/*.yaml")...)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			c, err := Load(read(t, path))
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range c.Sources().Validate() {
				t.Errorf("package roles would refuse: %v", err)
			}
			for _, err := range c.Calendar().Validate() {
				t.Errorf("package cycle would refuse: %v", err)
			}
		})
	}
}

func TestLoadHuge(t *testing.T) {
	fits := append(read(t, data+"/good/smallest.yaml"), '#')
	fits = append(fits, bytes.Repeat([]byte("x"), MaxBytes-len(fits))...)
	if _, err := Load(fits); err != nil {
		t.Errorf("%d bytes: %v", len(fits), err)
	}
	_, err := Load(append(fits, 'x'))
	if err == nil || !strings.Contains(err.Error(), "1048577 bytes") {
		t.Errorf("%d bytes: got %v, want an error that says the size", len(fits)+1, err)
	}
}

func TestLoadNotText(t *testing.T) {
	_, err := Load([]byte("voting: \xff\n"))
	if err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("got %v, want an error that names UTF-8", err)
	}
}

func TestPilotIsShort(t *testing.T) {
	if lines := bytes.Count(read(t, "examples/pilot.yaml"), []byte("\n")); lines > 25 {
		t.Errorf("the pilot's configuration has %d lines, want at most 25", lines)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"work", "keps", "optInLabel", "bots", "releaseLead"}
	tests := []struct{ word, want string }{
		{"kesp", "keps"},
		{"KEPs", "keps"},
		{"optinlabel", "optInLabel"},
		{"opt-in-label", "optInLabel"},
		{"release_lead", "releaseLead"},
		{"releaselaed", "releaseLead"},
		{"boat", ""},
		{"x", ""},
		{"", ""},
		{"something", ""},
	}
	for _, test := range tests {
		if got := nearest(test.word, names); got != test.want {
			t.Errorf("nearest(%q): got %q, want %q", test.word, got, test.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{data + "/good/*.yaml", data + "/bad/*.yaml", "examples/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c, err := Load(content)
		if (c == nil) == (err == nil) {
			t.Fatalf("got %v and %v, want one of the two", c, err)
		}
		if err == nil && len(c.Calendar()) == 0 {
			t.Errorf("loaded without a cycle")
		}
	})
}
