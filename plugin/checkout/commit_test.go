package checkout

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBlame(t *testing.T) {
	w := newWorld(t)
	first := w.commit("dir/file.go", "one\n\ttwo\nthree\n", "first")
	second := w.commit("dir/file.go", "one\n\ttwo \x1b[31mred\nthree\n", "second")
	w.write("dir/file.go", "one\n\ttwo \x1b[31mred\nthree\nfour\n")
	w.write("new.go", "new\n")
	r, file := w.open(), filepath.Join(w.dir, "dir", "file.go")
	ctx := context.Background()
	for _, tt := range []struct {
		number int
		sha    string
		want   Line
	}{
		{1, first, Line{"dir/file.go", 1, "one"}},
		{2, second, Line{"dir/file.go", 2, "two [31mred"}}, // no escape sequence reaches the terminal
	} {
		line, sha, err := r.Blame(ctx, file, tt.number)
		if err != nil || sha != tt.sha {
			t.Errorf("line %d is from %s, %v, want %s", tt.number, sha, err, tt.sha)
		}
		if diff := cmp.Diff(tt.want, line); diff != "" {
			t.Errorf("line %d (-want +got):\n%s", tt.number, diff)
		}
	}
	for _, tt := range []struct {
		file   string
		number int
		want   string
	}{
		{file, 4, "dir/file.go:4 is not committed yet"},
		{file, 9, "dir/file.go has 4 lines, there is no line 9"},
		{filepath.Join(w.dir, "new.go"), 1, "new.go is not committed yet"},
		{filepath.Join(t.TempDir(), "x.go"), 1, "is not in the checkout"},
	} {
		if _, _, err := r.Blame(ctx, tt.file, tt.number); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:%d: %v, want %s", tt.file, tt.number, err, tt.want)
		}
	}
	if _, c, err := r.Last(ctx, file); err != nil || c.SHA != second || c.Title != "second" || c.Author != "Ada" {
		t.Errorf("Last = %+v, %v", c, err)
	}
	if _, _, err := r.Last(ctx, filepath.Join(w.dir, "new.go")); !errors.Is(err, ErrUncommitted) {
		t.Errorf("a new file: %v", err)
	}
}

func TestBlamePassesOverReformatting(t *testing.T) {
	w := newWorld(t)
	first := w.commit("f", "a  =  1\n", "first")
	format := w.commit("f", "a = 1\n", "format")
	file := filepath.Join(w.dir, "f")
	if _, sha, err := w.open().Blame(context.Background(), file, 1); err != nil || sha != format {
		t.Errorf("without a list: %s, %v, want %s", sha, err, format)
	}
	w.commit(".git-blame-ignore-revs", format+"\n", "list")
	if _, sha, err := w.open().Blame(context.Background(), file, 1); err != nil || sha != first {
		t.Errorf("with a list: %s, %v, want %s", sha, err, first)
	}
}

func TestOpen(t *testing.T) {
	w := newWorld(t)
	w.commit("dir/file", "x", "first")
	real, err := filepath.EvalSymlinks(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{w.dir, filepath.Join(w.dir, "dir"), filepath.Join(w.dir, "dir", "file")} {
		if r, err := Open(context.Background(), path); err != nil || r.Dir != real {
			t.Errorf("Open(%s) = %v, %v", path, r, err)
		}
	}
	if _, err := Open(context.Background(), t.TempDir()); !errors.Is(err, ErrNoCheckout) {
		t.Errorf("no checkout: %v", err)
	}
}

func TestShallowIsSaid(t *testing.T) {
	w := newWorld(t)
	w.commit("f", "1\n", "first (#1)")
	w.commit("f", "2\n", "second (#2)")
	dir := filepath.Join(t.TempDir(), "clone")
	if out, err := exec.Command("git", "clone", "-q", "--depth", "1", "file://"+w.dir, dir).CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s", err, out)
	}
	r, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	f := &Follower{Repo: r, Name: "k/k", KEPRepo: "k/e"}
	thread, err := f.FollowLine(context.Background(), filepath.Join(dir, "f"), 1)
	if err != nil || len(thread.Notes) != 1 || !strings.Contains(thread.Notes[0], "shallow") || thread.Pull == nil || thread.Pull.Key != "k/k#2" {
		t.Errorf("%+v, %v", thread, err)
	}
}

func TestRemote(t *testing.T) {
	w := newWorld(t)
	ctx, r := context.Background(), w.open()
	want := func(name, repo, problem string) {
		t.Helper()
		got, err := r.Remote(ctx, name)
		if got != repo || (err == nil) != (problem == "") || err != nil && !strings.Contains(err.Error(), problem) {
			t.Errorf("Remote(%q) = %q, %v; want %q, %q", name, got, err, repo, problem)
		}
	}
	want("", "", "no remote")
	w.git("remote", "add", "mine", "git@github.com:ada/kubernetes.git")
	want("", "ada/kubernetes", "")
	w.git("remote", "add", "other", "https://github.com/bob/kubernetes")
	want("", "", "remotes mine, other, and none is called upstream or origin")
	w.git("remote", "add", "origin", "https://token:secret@github.com/ada/kubernetes.git")
	want("", "ada/kubernetes", "")
	w.git("remote", "add", "upstream", "https://github.com/kubernetes/kubernetes")
	want("", "kubernetes/kubernetes", "")
	want("mine", "ada/kubernetes", "")
	want("nope", "", `no remote "nope"; it has mine, origin, other, upstream`)
	w.git("config", "url.ssh://git@github.com/.insteadOf", "gh:")
	w.git("remote", "set-url", "upstream", "gh:kubernetes/kubernetes")
	want("", "kubernetes/kubernetes", "")
}

func TestRepoOfURL(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/kubernetes/kubernetes":            "kubernetes/kubernetes",
		"https://github.com/kubernetes/kubernetes.git/":       "kubernetes/kubernetes",
		"https://ada:secret@github.com/kubernetes/kubernetes": "kubernetes/kubernetes",
		"git@github.com:kubernetes/kubernetes.git":            "kubernetes/kubernetes",
		"github.com:kubernetes/kubernetes":                    "kubernetes/kubernetes",
		"ssh://git@ssh.github.com:443/kubernetes/kubernetes":  "kubernetes/kubernetes",
		"git://ghe.example.org/kubernetes/kubernetes.io.git":  "kubernetes/kubernetes.io",
		"https://github.com/kubernetes":                       "",
		"https://go.googlesource.com/go":                      "",
		"https://gitlab.com/a/b/c":                            "",
		"/srv/git/kubernetes/kubernetes.git":                  "",
		"../kubernetes":                                       "",
		`C:\src\kubernetes`:                                   "",
		"file:///srv/kubernetes/kubernetes":                   "",
		"https://%zz:secret@github.com/kubernetes/kubernetes": "",
	} {
		got, err := RepoOfURL(address)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("RepoOfURL(%s) = %q, %v; want %q", address, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("RepoOfURL(%s) shows the password: %v", address, err)
		}
	}
}

func TestNamedIn(t *testing.T) {
	tide, err := NewMergeTemplate("[{{ .Org }}/{{.Repo}}] {{ .Title }} [PR {{- .Number -}} ]")
	if err != nil {
		t.Fatal(err)
	}
	body, err := NewMergeTemplate("Pull-Request: {{ .Number }}")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		message  string
		template *MergeTemplate
		want     int
		title    string
	}{
		{"Merge pull request #130512 from ada/branch\n\nThe title", nil, 130512, "The title"},
		{"Merge pull request #12 from ada/automated-cherry-pick-of-#11-#10\r\n\r\nThe title\r\n", nil, 12, "The title"},
		{"Merge PR #12: The title", nil, 12, ""},
		{"The title (#12)", nil, 12, "The title"},
		{"The title (#12)  \n\nbody (#13)", nil, 12, "The title"},
		{"Cherry pick of (#11) (#12)", nil, 12, "Cherry pick of (#11)"},
		{"Revert \"The title (#12)\"", nil, 0, `Revert "The title (#12)"`},
		{"The title (#12) more", nil, 0, "The title (#12) more"},
		{"The title #12", nil, 0, "The title #12"},
		{"Fix Merge pull request #12 from x", nil, 0, "Fix Merge pull request #12 from x"},
		{"Merge pull request #012 from x", nil, 0, "Merge pull request #012 from x"},
		{"Merge branch 'main' into x", nil, 0, "Merge branch 'main' into x"},
		{"(#99999999999)", nil, 0, "(#99999999999)"},
		{"", nil, 0, ""},
		{"[k/k] The title [PR12]", tide, 12, "[k/k] The title [PR12]"},
		{"The title (#12)", tide, 12, "The title"},
		{"The title\n\nPull-Request: 12\nReviewed-by: x", body, 12, "The title"},
		{"The title\n\nPull-Request: 12 or 13", body, 0, "The title"},
	} {
		got, ok := NamedIn(tt.message, tt.template)
		if got.Number != tt.want || ok != (tt.want != 0) {
			t.Errorf("NamedIn(%q) = %d, want %d", tt.message, got.Number, tt.want)
		}
		if title := pullTitle(tt.message); title != tt.title {
			t.Errorf("pullTitle(%q) = %q, want %q", tt.message, title, tt.title)
		}
	}
	for _, text := range []string{"", "{{ .Title }}", "{{ .Number }} {{ .Number }}"} {
		if _, err := NewMergeTemplate(text); err == nil {
			t.Errorf("the template %q was taken", text)
		}
	}
	if os.Getenv("GIT_DIR") != "" {
		t.Error("a test left the environment changed")
	}
}
