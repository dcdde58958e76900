package main

import (
	"strings"
	"testing"
)

func TestWhyWritesNotes(t *testing.T) {
	s := newStory(t)
	start := s.git("rev-parse", "HEAD")
	first := s.pull("Add the plugin", "KEP-4381", "a.go")
	s.pull("Fix a typo", "", "b.go")
	s.commit("x", "x\n", "by hand")
	ref := func() string { return s.git("for-each-ref", "--format=%(objectname)", "refs/notes/steelthread") }

	code, out, diag := s.why("--write-notes", start+"..HEAD", "--dry-run")
	if code != 0 || ref() != "" {
		t.Errorf("a dry run: exit code %d, %s, notes %q", code, diag, ref())
	}
	golden(t, "why-notes.golden", out)

	code, out, diag = s.why("--write-notes", start+"..HEAD")
	if code != 0 || out != "5 commits in the range, 4 with a thread, 4 notes written; of 1 commit the pull request is not known.\n" {
		t.Errorf("exit code %d, %s%s", code, out, diag)
	}
	const want = "Pull-Request: kubernetes/kubernetes#100\nWork-Item: kubernetes/enhancements#4381\n" +
		"KEP: kubernetes/enhancements#4381 (DRA structured parameters)\nKEP-By: the link in the description"
	merge := s.git("log", "-1", "--format=%H", "--grep", "#"+itoa(first)+" from")
	for _, commit := range []string{merge, merge + "^2"} {
		if got := s.git("notes", "--ref=steelthread", "show", commit); got != want {
			t.Errorf("the note on %s:\n%s\nwant:\n%s", commit, got, want)
		}
	}

	before := ref()
	if _, out, _ = s.why("--write-notes", start+"..HEAD"); !strings.Contains(out, " 0 notes written") || ref() != before {
		t.Errorf("again: %s", out)
	}
	if _, out, _ = s.why("--write-notes", start+"..HEAD", "--offline"); !strings.Contains(out, " 0 notes written") || ref() != before {
		t.Errorf("without GitHub less is known, and the notes were changed: %s", out)
	}
	s.g.Label("ada", "kubernetes", "enhancements", 4381, "milestone-approved")
	if _, out, _ = s.why("--write-notes", start+"..HEAD"); !strings.Contains(out, " 2 notes written") {
		t.Errorf("after the approval: %s", out)
	}
	if got := s.git("notes", "--ref=steelthread", "show", merge); got != want+"\nApproved-For: v1.38" {
		t.Errorf("after the approval:\n%s", got)
	}
	if got := s.git("rev-parse", "refs/notes/steelthread^"); got != before {
		t.Errorf("the notes before are not kept: parent %s, want %s", got, before)
	}
	if got := s.git("fsck", "--no-progress"); strings.Contains(got, "error") {
		t.Error(got)
	}
	if code, _, diag := s.why("--write-notes", "no-such..HEAD"); code != 1 || !strings.Contains(diag, "no-such") {
		t.Errorf("a range that is none: %d %s", code, diag)
	}
	if code, _, diag := s.why("--write-notes", "--output=x"); code != 1 || !strings.Contains(diag, "is no range") {
		t.Errorf("a flag for a range: %d %s", code, diag)
	}
}

// Notes are pushed with the repository: what is in a private repository stays out of them.
func TestWhyNotesKeepSecrets(t *testing.T) {
	s := newStory(t)
	s.g.AddRepo("kubernetes", "secret", true)
	n := s.g.OpenIssue("ada", "kubernetes", "secret", "Embargoed", "KEP-4381")
	start := s.git("rev-parse", "HEAD")
	s.pull("Add the plugin", "/part-of secret#"+itoa(n), "a.go")
	token := s.TempDir() + "/token"
	s.write(token, "token-ada")
	code, out, diag := s.why("--write-notes", start+"..HEAD", "--github-token-path", token)
	if code != 0 || !strings.Contains(out, "2 notes written") {
		t.Fatalf("exit code %d\n%s%s", code, out, diag)
	}
	if got := s.git("notes", "--ref=steelthread", "show", "HEAD"); got != "Pull-Request: kubernetes/kubernetes#100" {
		t.Errorf("the note:\n%s", got)
	}
	// The same thread for somebody who may read it.
	if _, out, _ := s.why("#100", "--github-token-path", token); !strings.Contains(out, "Embargoed") {
		t.Errorf("for a reader:\n%s", out)
	}
	if _, out, _ := s.why("#100"); strings.Contains(out, "Embargoed") || !strings.Contains(out, "GitHub knows no kubernetes/secret#1") {
		t.Errorf("for nobody:\n%s", out)
	}
}
