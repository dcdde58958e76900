package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const nobody = "The thread breaks here: neither title nor description nor a comment names a work item or a KEP"

// kueue adds a repository with KEPs of its own, and issues: a KEP's, a flake, one of the KEP's work items.
func (s *story) kueue() (kep, flake, item int) {
	s.g.AddOrg("kubernetes-sigs", "ada", "bob")
	s.g.SetOrgRole("kubernetes-sigs", "ada", "admin")
	s.g.AddRepo("kubernetes-sigs", "kueue", false)
	text := "title: MultiKueue\nkep-number: 693\nauthors: [\"@ada\"]\nstatus: implementable\nstage: beta\nlatest-milestone: \"v0.9\"\n"
	s.g.Commit("kubernetes-sigs", "kueue", "main", "ada", "Add a KEP", s.g.Now(), map[string]*string{"keps/693-multikueue/kep.yaml": &text})
	s.g.NextNumber("kubernetes-sigs", "kueue", 693)
	kep = s.g.OpenIssue("ada", "kubernetes-sigs", "kueue", "MultiKueue", "")
	flake = s.g.OpenIssue("ada", "kubernetes-sigs", "kueue", "A flaky test", "As in kueue#12.")
	item = s.g.OpenIssue("ada", "kubernetes-sigs", "kueue", "Workers of MultiKueue", "Of KEP-693, see kueue#694.")
	return kep, flake, item
}

// In a repository with keps/ of its own the number of an issue may be a KEP's or not.
func TestWhyWhereIssuesAreNoKEPs(t *testing.T) {
	s := newStory(t)
	kep, flake, item := s.kueue()
	const address = "https://github.com/kubernetes-sigs/kueue/issues/"
	const multi = "KEP       kubernetes-sigs/kueue#693  MultiKueue"
	for _, tt := range []struct {
		name, title, body string
		want              []string
	}{
		{"a flake that it closes", "", "Fixes #" + itoa(flake), []string{nobody}},
		{"its address", "", "Fixes " + address + itoa(flake), []string{nobody}},
		{"its short form", "kueue#" + itoa(flake), "see kueue#" + itoa(flake), []string{nobody}},
		{"a KEP that it closes", "", "Fixes #" + itoa(kep), []string{multi, "[the description says that it closes it]"}},
		{"its address in passing", "", "See " + address + itoa(kep), []string{multi, "[the link in the description]"}},
		{"its directory", "", "keps/693-multikueue", []string{multi}},
		{"a work item", "", "Fixes #" + itoa(item), []string{multi, "[the work item's description]"}},
		{"part of one", "", "/part-of #" + itoa(item), []string{multi, "Workers of MultiKueue"}},
		{"part of the flake", "", "/part-of #" + itoa(flake), []string{"The thread breaks here: kubernetes-sigs/kueue#694 is no KEP's own issue, and nothing on it says"}},
		{"another pull request of its own", "", "follows https://github.com/kubernetes-sigs/kueue/pull/12", []string{nobody}},
	} {
		if tt.title == "" {
			tt.title = "A change"
		}
		n := s.g.OpenPull("ada", "kubernetes-sigs", "kueue", tt.title, tt.body, "main", "b")
		_, out, diag := s.why("--kep-repo", "kubernetes-sigs/kueue", "kubernetes-sigs/kueue#"+itoa(n))
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s%s", tt.name, want, out, diag)
			}
		}
	}
	for n, want := range map[int]string{kep: multi, item: multi, flake: "is no KEP's own issue"} {
		if _, out, _ := s.why("--kep-repo", "kubernetes-sigs/kueue", "kubernetes-sigs/kueue#"+itoa(n)); !strings.Contains(out, want) {
			t.Errorf("of issue %d: no %q in\n%s", n, want, out)
		}
	}
}

// What thread believes is told in words.
func TestWhyTellsWhatThreadFound(t *testing.T) {
	s := newStory(t)
	readme := "# DRA, better\n"
	s.g.Commit("kubernetes", "enhancements", "dra", "ada", "Better DRA", s.g.Now(), map[string]*string{"keps/sig-node/4381-dra/README.md": &readme})
	other := s.g.OpenPull("ada", "kubernetes", "enhancements", "Better DRA", "", "main", "dra")
	pull := "https://github.com/kubernetes/enhancements/pull/" + itoa(other)
	hint := "kubernetes/enhancements#" + itoa(other) + " is a pull request and no KEP; its KEP is KEP-4381, and `/kep 4381` says so."
	plain := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "An issue", "nothing")
	with := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "An issue", "KEP-4381")
	with2 := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "An issue", "KEP-4742")
	item := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "A work item", "/kep 4381")
	closed, closed2 := "Fixes #"+itoa(with), "Fixes #"+itoa(with2)
	for _, tt := range []struct {
		name, title, body string
		comments, labels  []string
		want              string
	}{
		{"in a quote, a comment, code", "", "> " + closed + "\n<!-- " + closed + " -->\n```\n" + closed + "\n```\n`" + closed + "`", nil, nil, nobody},
		{"several that it closes", "", closed + ", " + closed2, nil, nil, "breaks here: the issues that the description closes belong to 2 KEPs (KEP-4381, KEP-4742); `/kep` says which one counts."},
		{"a work item in passing", "", "For #" + itoa(item), nil, nil, "[the description names it]"},
		{"any issue in passing", "", "For #" + itoa(with), nil, nil, nobody},
		{"a pull request for a KEP", "", "See " + pull, nil, nil, "breaks here: " + hint},
		{"in short", "", "See enhancements#" + itoa(other), nil, nil, "breaks here: " + hint},
		{"by /kep", "", "", []string{"/kep " + pull}, nil, "breaks here: " + hint},
		{"beside a KEP", "KEP-4381", "See " + pull, nil, nil, "The thread is whole."},
		{"part of a pull request", "", "/part-of enhancements#" + itoa(other), nil, nil, "enhancements#" + itoa(other) + ", which `/part-of` names, is a pull request and no work item; its KEP is KEP-4381, and `/kep 4381` says so."},
		{"that by a comment", "", "", []string{"/part-of enhancements#" + itoa(other)}, nil, "is a pull request and no work item; its KEP is KEP-4381"},
		{"part of an issue of no KEP, and a link", "", "/part-of #" + itoa(plain) + "\nKEP-4381", nil, nil, "note      nothing on kubernetes/kubernetes#" + itoa(plain) + " says to which KEP it belongs\nThe thread is whole."},
		{"of several one is a KEP", "", "KEP-4381 and KEP-9999", nil, nil, "The thread is whole."},
		{"the title says otherwise", "KEP-4742", "KEP-4381", nil, nil, "note      the title names KEP-4742, which does not count beside that\n"},
		{"an exemption in the description", "", "/kep none trust me", nil, nil, "breaks here: the description says `/kep none`, which counts from the author only beside a label such as kind/bug."},
		{"of a bug", "", "/kep none a typo", nil, []string{"kind/bug"}, "exempt    no KEP  a typo  [`/kep` in the description]\nThe thread ends in a reasoned exemption."},
		{"a bug", "", "", nil, []string{"kind/bug"}, nobody + "; it is labelled kind/bug, and such a change often has none."},
		{"a revert", `Revert "A change"`, "Reverts kubernetes/kubernetes#1", nil, nil, "exempt    no KEP  a revert  [the title]\nThe thread ends here: no KEP is asked of a revert."},
		{"a revert with a KEP", `Revert "A change"`, "Reverts kubernetes/kubernetes#1 of KEP-4381", nil, nil, "The thread is whole."},
		{"words about cherry-picks", "Mend the cherry-pick script", "", nil, nil, nobody},
	} {
		if tt.title == "" {
			tt.title = "A change"
		}
		n := s.g.OpenPull("ada", "kubernetes", "kubernetes", tt.title, tt.body, "main", "b")
		s.g.Label("ada", "kubernetes", "kubernetes", n, tt.labels...)
		for _, c := range tt.comments {
			s.g.Comment("bob", "kubernetes", "kubernetes", n, c)
		}
		if _, out, diag := s.why("#" + itoa(n)); !strings.Contains(out, tt.want) {
			t.Errorf("%s: no %q in\n%s%s", tt.name, tt.want, out, diag)
		}
	}
	n := s.g.OpenPull("ada", "kubernetes", "kubernetes", "A change", "", "main", "b")
	s.g.Comment("bob", "kubernetes", "kubernetes", n, "/part-of #"+itoa(n))
	if _, out, _ := s.why("#" + itoa(n)); !strings.Contains(out, "breaks here: `/part-of` names the pull request itself.") || strings.Contains(out, "item ") {
		t.Errorf("part of itself:\n%s", out)
	}
}

// A thread that is whole costs no more questions than its steps.
func TestWhyAsksNoMoreThanNeeded(t *testing.T) {
	s := newStory(t)
	plain := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "An issue", "nothing")
	links := "Before it came KEP-4742."
	s.g.EditIssue("ada", "kubernetes", "enhancements", 4381, nil, &links)
	steps := map[string]int{
		"GET /repos/{owner}/{repo}/issues/{number} 200":          2,
		"GET /repos/{owner}/{repo}/issues/{number}/comments 200": 2,
		"GET /repos/{owner}/{repo}/pulls/{number}/reviews 200":   1,
		"GET /repos/{owner}/{repo}/git/trees/{ref...} 200":       1,
		"GET /repos/{owner}/{repo}/contents/{path...} 200":       1,
	}
	for _, body := range []string{"KEP-4381", "KEP-4381. Fixes #" + itoa(plain) + ", see https://github.com/kubernetes/enhancements/pull/9", "/part-of KEP-4381\nSee #" + itoa(plain), "/kep 4381\nKEP-4742"} {
		n := s.g.OpenPull("ada", "kubernetes", "kubernetes", "KEP-4742: a change", body, "main", "b")
		s.g.ResetCalls()
		if _, out, _ := s.why("#" + itoa(n)); !strings.Contains(out, "KEP-4381") {
			t.Errorf("%q:\n%s", body, out)
		}
		if diff := cmp.Diff(steps, s.g.Calls()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", body, diff)
		}
	}
}
