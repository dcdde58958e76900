package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/checkout"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/slash"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// story is a GitHub with kubernetes/kubernetes and kubernetes/enhancements, and a checkout of the former.
type story struct {
	*testing.T
	g    *githubsim.GitHub
	url  string
	dir  string
	tick int
}

const dra = "keps/sig-node/4381-dra/kep.yaml"

func newStory(t *testing.T) *story {
	t.Helper()
	for name, value := range map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"} {
		t.Setenv(name, value)
	}
	g := githubsim.New(githubsim.Options{BaseURL: "http://github.test"})
	g.SetClock(time.Date(2027, 2, 3, 10, 0, 0, 0, time.UTC))
	g.AddOrg("kubernetes", "ada", "bob", "steelthread")
	g.SetOrgRole("kubernetes", "ada", "admin")
	g.AddRepo("kubernetes", "kubernetes", false)
	g.AddRepo("kubernetes", "enhancements", false)
	text := "title: DRA structured parameters\nkep-number: 4381\nauthors: [\"@ada\"]\nowning-sig: sig-node\nstatus: implementable\nstage: beta\nlatest-milestone: \"v1.38\"\n"
	readme := "# DRA\n"
	g.Commit("kubernetes", "enhancements", "main", "ada", "Add KEPs", g.Now(), map[string]*string{
		dra: &text, "keps/sig-node/4381-dra/README.md": &readme, "keps/sig-node/4742-other/kep.yaml": &readme})
	g.AddMilestone("kubernetes", "enhancements", "v1.38", "open", nil)
	for _, repo := range []string{"kubernetes", "enhancements"} {
		for _, label := range []string{"kind/bug", "kind/feature", "milestone-approved"} {
			g.AddLabel("kubernetes", repo, label, "", "")
		}
	}
	g.NextNumber("kubernetes", "enhancements", 4381)
	g.OpenIssue("ada", "kubernetes", "enhancements", "DRA: structured parameters", "The KEP's issue.")
	g.SetMilestone("ada", "kubernetes", "enhancements", 4381, "v1.38")
	g.NextNumber("kubernetes", "kubernetes", 100)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	s := &story{T: t, g: g, url: server.URL, dir: t.TempDir()}
	s.git("init", "-q", "-b", "main")
	s.git("remote", "add", "upstream", "git@github.com:kubernetes/kubernetes.git")
	s.commit("README", "read me\n", "first")
	return s
}

func (s *story) git(args ...string) string {
	s.Helper()
	s.tick++
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	now := time.Date(2027, 2, 3, 9, 0, s.tick, 0, time.UTC).Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+now, "GIT_COMMITTER_DATE="+now)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (s *story) commit(name, text, message string) string {
	s.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	s.git("add", "-A")
	s.git("commit", "-q", "-m", message)
	return s.git("rev-parse", "HEAD")
}

// pull opens a pull request on GitHub and merges its like in the checkout: a branch with one commit to file, merged in
// GitHub's form. It gives the number.
func (s *story) pull(title, body, file string) int {
	s.Helper()
	n := s.g.OpenPull("ada", "kubernetes", "kubernetes", title, body, "main", "b"+file)
	s.g.MergePull("ada", "kubernetes", "kubernetes", n)
	s.git("checkout", "-q", "-b", file)
	s.commit(file, "package x\n\nfunc X() {}\n", "Write "+file)
	s.git("checkout", "-q", "main")
	s.git("merge", "-q", "--no-ff", "-m", "Merge pull request #"+itoa(n)+" from ada/"+file+"\n\n"+title, file)
	return n
}

func (s *story) write(file, text string) {
	s.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

func itoa(n int) string { return strings.TrimPrefix(slash.Key{Number: n}.String(), "/#") }

// why runs the command and gives its exit code and what it wrote.
func (s *story) why(args ...string) (int, string, string) {
	s.Helper()
	var out, diag bytes.Buffer
	code := run(context.Background(), append([]string{"why", "--checkout", s.dir, "--github-endpoint", s.url}, args...), &out, &diag)
	return code, strings.ReplaceAll(out.String(), s.dir+"/", ""), diag.String()
}

// From a line to its KEP, through a work item with a signed record.
func TestWhyTellsTheWholeThread(t *testing.T) {
	s := newStory(t)
	item := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "DRA in the scheduler", "- [ ] plugin")
	n := s.pull("Add the DRA plugin", "Adds a plugin.\n\n/part-of #"+itoa(item), "dra.go")
	s.g.Label("ada", "kubernetes", "kubernetes", n, "kind/feature")
	key := s.record("kubernetes", item, "steelthread", "/kep v1.38 kubernetes/enhancements#4381", "/commit v1.38 w3-4 80%")
	code, out, diag := s.why(filepath.Join(s.dir, "dra.go")+":3", "--public-key", key)
	if code != 0 || diag != "" {
		t.Errorf("exit code %d, %s", code, diag)
	}
	golden(t, "why-whole.golden", keyless(out, key))

	s.g.Label("ada", "kubernetes", "enhancements", 4381, "milestone-approved")
	code, out, diag = s.why("kubernetes/enhancements#4381")
	if code != 0 || !strings.Contains(out, "approved  yes, for v1.38 (milestone-approved)\n") {
		t.Errorf("an issue: exit code %d\n%s%s", code, out, diag)
	}
	code, out, _ = s.why("--json", "--public-key", key, "#"+itoa(n))
	var thread checkout.Thread
	if err := json.Unmarshal([]byte(out), &thread); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v\n%s", code, err, out)
	}
	if !thread.Whole || thread.KEP == nil || thread.KEP.Ref.Number != 4381 || thread.Records[0].Signature != "holds" || thread.Pull.State != "merged" {
		t.Errorf("as JSON: %s", out)
	}
	golden(t, "why-whole.json.golden", keyless(out, key))
}

// Another's record, or one that was altered, is not believed, and does not hide one that holds.
func TestWhyBelievesNoForgedRecord(t *testing.T) {
	s := newStory(t)
	item := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "DRA in the scheduler", "KEP-4381")
	s.g.AddUser("zed") // an account older than the bot's, and one younger
	s.record("kubernetes", item, "bob", "/kep v1.38 kubernetes/enhancements#4742")
	s.record("kubernetes", item, "zed", "/kep v1.38 kubernetes/enhancements#4742")
	key := s.record("kubernetes", item, "steelthread", "/commit v1.38 w3-4 80%")
	_, out, _ := s.why("#"+itoa(item), "--public-key", key)
	if !strings.Contains(out, "1 command, signature holds") || !strings.Contains(out, "KEP       KEP-4381") {
		t.Errorf("beside a forged one:\n%s", out)
	}
	_, out, _ = s.why("#"+itoa(item), "--public-key", key, "--account", "bob")
	if !strings.Contains(out, "record    v1.38  not believed: the signature does not match") {
		t.Errorf("a forged one alone:\n%s", out)
	}
	_, out, _ = s.why("#" + itoa(item))
	if !strings.Contains(out, "signature not checked, so not believed") {
		t.Errorf("without a key:\n%s", out)
	}
}

// What counts on a pull request, from what is believed first to what is believed last.
func TestWhyOrderOfBelief(t *testing.T) {
	s := newStory(t)
	issue := func(body string) int { return s.g.OpenIssue("bob", "kubernetes", "kubernetes", "An issue", body) }
	with, without, itself := issue("https://github.com/kubernetes/enhancements/issues/4381"), issue("nothing"), issue("/kep 4381")
	for _, tt := range []struct {
		name, title, body string
		comments          []string // by bob
		want              string   // a line of the output
		code              int
	}{
		{"a command", "KEP-4742", "KEP-4742", []string{"/kep 4742", "thanks\r\n/KEP 4381"}, "KEP-4381  DRA structured parameters · sig-node · beta · implementable · v1.38  [`/kep` by bob, 3 Feb 2027]", 0},
		{"a command taken back", "", "KEP-4381", []string{"/kep 4742", "/kep cancel"}, "[the link in the description]", 0},
		{"a command in the description", "", "/kep 4381\nKEP-4742", nil, "[`/kep` in the description]", 0},
		{"in a quote it is none", "", "> /kep 4742\n\nKEP-4381", nil, "[the link in the description]", 0},
		{"of the work item", "KEP-4742", "/part-of #" + itoa(with) + "\nKEP-4742", nil, "[the work item's description]", 0},
		{"of the work item, by a command", "", "/part-of #" + itoa(itself), nil, "[`/kep` in the work item's description, on the work item]", 0},
		{"part of the KEP's issue", "", "/part-of enhancements#4381", nil, "[the work item is its tracking issue]", 0},
		{"a command beside the work item", "", "/part-of #" + itoa(without) + "\n/kep 4381", nil, "[`/kep` in the description]", 0},
		{"another than the work item's", "", "/part-of #" + itoa(with), []string{"/kep 4742"}, "note      the work item belongs to KEP-4381; the pull request says otherwise, and counts", 0},
		{"a link", "KEP-4742", "See https://github.com/kubernetes/enhancements/issues/4381", nil, "[the link in the description]", 0},
		{"an old path", "", "keps/sig-node/4381-dra", nil, "[the link in the description]", 0},
		{"an issue that it closes", "KEP-4742", "Fixes #" + itoa(with), nil, "[the work item's description]", 0},
		{"the title", "KEP-4381: a thing", "Fixes #" + itoa(without), nil, "[the title]", 0},
		{"an exemption", "", "KEP-4381", []string{"/kep none a typo in a comment"}, "exempt    no KEP  a typo in a comment  [`/kep` by bob, 3 Feb 2027]", 0},
		{"several", "", "KEP-4381 and KEP-4742", nil, "The thread breaks here: the description links to 2 KEPs (KEP-4381, KEP-4742), which does not say to which one it belongs; `/kep` does.", 1},
		{"a slip", "", "/kep 4831", nil, "The thread breaks here: there is no KEP-4831 in kubernetes/enhancements; there is KEP-4381.", 1},
		{"nothing", "A fix", "It fixes a thing.", nil, "The thread breaks here: neither title nor description nor a comment names a work item or a KEP.", 1},
		{"an item that leads nowhere", "", "/part-of #" + itoa(without), nil, "The thread breaks here: nothing on kubernetes/kubernetes#" + itoa(without) + " says to which KEP it belongs.", 1},
		{"no such item", "", "/part-of #9999", nil, "The thread breaks here: GitHub knows no kubernetes/kubernetes#9999.", 1},
	} {
		title := tt.title
		if title == "" {
			title = "A change"
		}
		n := s.g.OpenPull("ada", "kubernetes", "kubernetes", title, tt.body, "main", "b")
		for _, c := range tt.comments {
			s.g.Comment("bob", "kubernetes", "kubernetes", n, c)
		}
		code, out, diag := s.why("https://github.com/kubernetes/kubernetes/pull/" + itoa(n))
		if !strings.Contains(out, tt.want) || code != tt.code {
			t.Errorf("%s: exit code %d, want %d, and want %q\n%s%s", tt.name, code, tt.code, tt.want, out, diag)
		}
	}
}

// The words of a review count as a comment's do; the bot's own comments do not.
func TestWhyReadsReviewsAndPassesOverTheBot(t *testing.T) {
	s := newStory(t)
	n := s.g.OpenPull("ada", "kubernetes", "kubernetes", "A change", "", "main", "b")
	s.g.Comment("steelthread", "kubernetes", "kubernetes", n, custody.Marker{Kind: custody.KindReply}.String()+"\n/kep 4742\n")
	_, out, _ := s.why("#" + itoa(n))
	if !strings.Contains(out, "The thread breaks here") {
		t.Errorf("the bot's own comment counted:\n%s", out)
	}
	s.g.Review("bob", "kubernetes", "kubernetes", n, "looks good\n/kep 4381", "APPROVED")
	_, out, _ = s.why("#" + itoa(n))
	if !strings.Contains(out, "KEP-4381") {
		t.Errorf("a review:\n%s", out)
	}
}

// A commit whose text names no pull request, or the number of an issue.
func TestWhyAsksGitHubForThePullRequest(t *testing.T) {
	s := newStory(t)
	n := s.g.OpenPull("ada", "kubernetes", "kubernetes", "A change", "KEP-4381", "main", "b")
	issue := s.g.OpenIssue("ada", "kubernetes", "kubernetes", "An issue", "")
	local := s.commit("x", "x\n", "no number")
	wrong := s.commit("x", "y\n", "an issue's number (#"+itoa(issue)+")")
	code, out, _ := s.why(local)
	if code != 1 || !strings.Contains(out, "names no pull request, and GitHub knows no pull request that brought it.") {
		t.Errorf("a commit that GitHub does not know: %d\n%s", code, out)
	}
	code, out, _ = s.why(wrong)
	if code != 1 || !strings.Contains(out, "names kubernetes/kubernetes#"+itoa(issue)+", which is no pull request, and GitHub knows no") {
		t.Errorf("an issue's number: %d\n%s", code, out)
	}
	// A commit that GitHub has and the checkout as well: take GitHub's hash of the merge.
	reader, err := (&githubFlags{endpoints: endpoints{s.url}}).reader(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sha := s.g.MergePull("ada", "kubernetes", "kubernetes", n)
	if got, err := reader.PullsOf(context.Background(), "kubernetes/kubernetes", sha); err != nil || !cmp.Equal(got, []int{n}) {
		t.Errorf("PullsOf = %v, %v, want %d", got, err, n)
	}
}

func TestWhyWithoutGitHub(t *testing.T) {
	s := newStory(t)
	n := s.pull("KEP-4381: add the plugin", "unread", "dra.go")
	kept := t.TempDir()
	if err := os.MkdirAll(filepath.Join(kept, filepath.Dir(dra)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(kept, dra), []byte("title: DRA\nkep-number: 4381\nowning-sig: sig-node\nstatus: implementable\nstage: beta\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.g.ResetCalls()
	code, out, diag := s.why("--offline", "gone.go")
	if code != 1 || !strings.Contains(diag, `"gone.go" is no file`) {
		t.Errorf("a file that is not there: %d %s%s", code, out, diag)
	}
	code, out, _ = s.why("--offline", "--kep-checkout", kept, filepath.Join(s.dir, "dra.go"))
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
	golden(t, "why-offline.golden", out)
	code, out, _ = s.why("--offline", "#"+itoa(n))
	if code != 0 || !strings.Contains(out, "Not looked further: the KEP repository was not read") {
		t.Errorf("a pull request: %d\n%s", code, out)
	}
	code, out, _ = s.why("--offline", "kubernetes/test-infra#12")
	if code != 0 || !strings.Contains(out, "the checkout is not of kubernetes/test-infra") {
		t.Errorf("of another repository: %d\n%s", code, out)
	}
	if calls := s.g.Calls(); len(calls) > 0 {
		t.Errorf("GitHub was asked: %v", calls)
	}
}

// A GitHub that fails says nothing about the thread: what is known is shown, and the exit code is not 0.
func TestWhyWhenGitHubFails(t *testing.T) {
	s := newStory(t)
	s.pull("KEP-4381: add the plugin", "unread", "dra.go")
	server := httptest.NewServer(nil)
	server.Close()
	var out, diag bytes.Buffer
	code := run(context.Background(), []string{"why", "--github-endpoint", server.URL, filepath.Join(s.dir, "dra.go")}, &out, &diag)
	if code != 1 || !strings.Contains(out.String(), "Not looked further: GitHub did not answer: ") || strings.Contains(out.String(), "breaks") ||
		!strings.Contains(out.String(), "pull      kubernetes/kubernetes#100") {
		t.Errorf("exit code %d\n%s%s", code, out.String(), diag.String())
	}
}
