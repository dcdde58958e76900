package checkout

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func brought(t *testing.T, r *Repo, sha string) string {
	t.Helper()
	c, err := r.Commit(context.Background(), sha)
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Bring(context.Background(), c, "HEAD", nil)
	if err != nil {
		return strings.ReplaceAll(err.Error(), c.Short(), "C")
	}
	return fmt.Sprintf("#%d: %s", b.Number, strings.ReplaceAll(b.How, b.By.Short(), "M"))
}

func TestBring(t *testing.T) {
	w := newWorld(t)
	w.commit("a", "a", "first")
	squash := w.commit("a", "b", "Fix the thing (#11)")
	direct := w.commit("a", "c", "Pushed by hand")

	w.git("checkout", "-q", "-b", "one")
	first := w.commit("b", "1", "work")
	picked := w.commit("b", "2", "Work of elsewhere (#9999)")
	w.git("checkout", "-q", "main")
	w.commit("c", "x", "meanwhile (#12)")
	merge := w.merge("one", "Merge pull request #13 from ada/one\n\nThe title")

	// a branch with pull requests of its own, merged by hand
	w.git("checkout", "-q", "-b", "feature")
	w.git("checkout", "-q", "-b", "two")
	within := w.commit("d", "1", "deep work")
	w.git("checkout", "-q", "feature")
	w.merge("two", "Merge pull request #14 from ada/two")
	onFeature := w.commit("d", "2", "squashed there (#15)")
	lost := w.commit("d", "3", "no number there")
	w.git("checkout", "-q", "main")
	w.commit("c", "y", "meanwhile (#16)")
	byHand := w.merge("feature", "Merge branch 'feature'")

	w.git("checkout", "-q", "-b", "open")
	open := w.commit("e", "1", "not merged")
	w.git("checkout", "-q", "main")
	w.commit("c", "z", "Revert \"Fix the thing (#11)\" (#17)")
	revert := w.git("rev-parse", "HEAD")

	r := w.open()
	for _, tt := range []struct{ name, sha, want string }{
		{"squash", squash, "#11: the number at the end of the commit's title"},
		{"pushed by hand", direct, "commit C names no pull request"},
		{"of a branch", first, "#13: the title of the merge commit M"},
		{"of a branch, with another number", picked, "#13: the title of the merge commit M"},
		{"the merge", merge, "#13: the title of the merge commit"},
		{"of a branch within a branch", within, "#14: the title of the merge commit M"},
		{"squashed on a branch", onFeature, "#15: the number at the end of the commit's title"},
		{"by hand on a branch", lost, "commit C was merged by " + byHand[:12] + ", which names no pull request"},
		{"merged by hand", byHand, "commit C names no pull request"},
		{"not merged", open, "commit C is not in the history of HEAD"},
		{"revert", revert, "#17: the number at the end of the commit's title"},
	} {
		if got := brought(t, r, tt.sha); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	c, ok, err := r.MergeOf(context.Background(), 13, "HEAD", nil)
	if err != nil || !ok || c.SHA != merge {
		t.Errorf("MergeOf(13) = %s %t %v, want %s", c.SHA, ok, err, merge)
	}
	if c, ok, err := r.MergeOf(context.Background(), 1, "HEAD", nil); ok || err != nil { // not #11, #12 …
		t.Errorf("MergeOf(1) = %s %t %v", c.SHA, ok, err)
	}
	if _, err := r.Commit(context.Background(), "no-such"); err == nil || !strings.Contains(err.Error(), `"no-such" is no commit in `) {
		t.Errorf("a name that is no commit: %v", err)
	}
	if _, err := r.Commit(context.Background(), "--all"); err == nil {
		t.Error("a flag was taken for a commit")
	}
}

// The search by steps and halves finds what the definition says: the oldest commit of the first-parent line whose
// history has the commit.
func TestFirstMergeIsTheFirst(t *testing.T) {
	w := newWorld(t)
	middles := w.history(60)
	r := w.open()
	line := strings.Fields(w.git("rev-list", "--first-parent", "--reverse", "main"))
	pick := rand.New(rand.NewPCG(1, 2))
	for range 12 {
		sha := middles[pick.IntN(len(middles))]
		want := ""
		for _, m := range line {
			if ok, err := r.contains(context.Background(), m, sha); err != nil {
				t.Fatal(err)
			} else if ok {
				want = m
				break
			}
		}
		got, onLine, err := r.firstMerge(context.Background(), sha, "main")
		if err != nil || onLine || got != want {
			t.Errorf("firstMerge(%s) = %s %t %v, want %s", sha, got, onLine, err, want)
		}
	}
	if _, onLine, err := r.firstMerge(context.Background(), line[7], "main"); !onLine || err != nil {
		t.Errorf("a commit of the line: %t %v", onLine, err)
	}
	if _, onLine, err := r.firstMerge(context.Background(), line[len(line)-1], "main"); !onLine || err != nil {
		t.Errorf("the tip: %t %v", onLine, err)
	}
	if _, _, err := r.firstMerge(context.Background(), middles[59], line[10]); !errors.Is(err, ErrNotMerged) {
		t.Errorf("a commit newer than the tip: %v", err)
	}
}

// BenchmarkBring finds the merge of an old, a middle and a new commit among 20,000.
func BenchmarkBring(b *testing.B) {
	w := newWorld(b)
	middles := w.history(5000)
	r := &Repo{Dir: w.dir}
	for name, i := range map[string]int{"old": 100, "middle": 2500, "new": 4900} {
		c, err := r.Commit(context.Background(), middles[i])
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				got, err := r.Bring(context.Background(), c, "main", nil)
				if err != nil || got.Number != 100+i {
					b.Fatalf("#%d %v, want #%d", got.Number, err, 100+i)
				}
			}
		})
	}
}
