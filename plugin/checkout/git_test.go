package checkout

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is a git repository in a temporary folder, with a clock, so that its hashes are the same in every run.
type world struct {
	testing.TB
	dir  string
	tick int
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	for name, value := range map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_DIR": "", "GIT_WORK_TREE": "",
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"} {
		if value == "" {
			if old, set := os.LookupEnv(name); set {
				_ = os.Unsetenv(name)
				tb.Cleanup(func() { _ = os.Setenv(name, old) })
			}
			continue
		}
		tb.Setenv(name, value)
	}
	w := &world{TB: tb, dir: tb.TempDir()}
	w.git("init", "-q", "-b", "main")
	return w
}

func (w *world) git(args ...string) string {
	w.Helper()
	w.tick++
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	now := time.Date(2027, 1, 12, 9, 0, w.tick, 0, time.UTC).Format(time.RFC3339)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+now, "GIT_COMMITTER_DATE="+now)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *world) write(name, text string) {
	w.Helper()
	full := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		w.Fatal(err)
	}
}

// commit writes a file and commits it.
func (w *world) commit(name, text, message string) string {
	w.Helper()
	w.write(name, text)
	w.git("add", "-A")
	w.git("commit", "-q", "-m", message)
	return w.git("rev-parse", "HEAD")
}

// merge merges a branch into the one that is checked out.
func (w *world) merge(branch, message string) string {
	w.Helper()
	w.git("merge", "-q", "--no-ff", "-m", message, branch)
	return w.git("rev-parse", "HEAD")
}

func (w *world) open() *Repo {
	w.Helper()
	r, err := Open(context.Background(), w.dir)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// history makes a repository of merges, each of a branch of three commits that began up to 40 merges before, by
// git fast-import. It gives the hash of the middle commit of each branch.
func (w *world) history(merges int) (middles []string) {
	w.Helper()
	var b bytes.Buffer
	mark := 0
	commit := func(ref, message string, parents ...int) int {
		mark++
		at := 1_600_000_000 + 60*mark
		fmt.Fprintf(&b, "commit refs/heads/%s\nmark :%d\nauthor A <a@x> %d +0000\ncommitter A <a@x> %d +0000\ndata %d\n%s\n", ref, mark, at, at, len(message), message)
		for i, p := range parents {
			fmt.Fprintf(&b, "%s :%d\n", []string{"from", "merge"}[min(i, 1)], p)
		}
		fmt.Fprintf(&b, "M 644 inline d%d/f%d\ndata %d\n%s\n\n", mark%50, mark%500, len(message), message)
		return mark
	}
	line := []int{commit("main", "first")}
	var marks []string
	for i := range merges {
		tip := line[max(0, len(line)-1-(i*7)%40)]
		for j := range 3 {
			tip = commit("side", fmt.Sprintf("work %d %d", i, j), tip)
			if j == 1 {
				marks = append(marks, fmt.Sprintf(":%d", tip))
			}
		}
		line = append(line, commit("main", fmt.Sprintf("Merge pull request #%d from ada/b%d\n\nTitle %d", 100+i, i, i), line[len(line)-1], tip))
	}
	file := filepath.Join(w.dir, "marks")
	cmd := exec.Command("git", "fast-import", "--quiet", "--export-marks="+file)
	cmd.Dir, cmd.Stdin = w.dir, &b
	if out, err := cmd.CombinedOutput(); err != nil {
		w.Fatalf("git fast-import: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		w.Fatal(err)
	}
	hash := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
		hash[name] = sha
	}
	for _, m := range marks {
		middles = append(middles, hash[m])
	}
	return middles
}
