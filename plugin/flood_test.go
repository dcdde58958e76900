package plugin

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// awkward are bodies of 64 KB with which a parser might spend long.
func awkward() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, (64<<10)/len(s)) }
	steps := func(line func(n int) string) string {
		var b strings.Builder
		for n := 1; b.Len() < 64<<10; n++ {
			b.WriteString(line(n))
		}
		return b.String()
	}
	texts := map[string]string{
		"nested quotes":     steps(func(n int) string { return strings.Repeat("> ", n%500) + "x\n" }),
		"nested lists":      steps(func(n int) string { return strings.Repeat("- ", n%500) + "x\n" }),
		"indented lists":    steps(func(n int) string { return strings.Repeat("  ", n) + "- x\n" }),
		"runs of backticks": steps(func(n int) string { return strings.Repeat("`", n) + " " }),
		"commands":          fill("/vote 5\n"),
		"one long line":     strings.Repeat("a", 64<<10),
	}
	for _, s := range []string{"> > > > x\n", "- - - - x\n", "1. ", "`a", "<!-- ", "<!---->", "<a ", "<a b=\"c ", " b", "<? ", "<![CDATA[ ", "<!A ", "[", "[a](", "[a]: b\n", "![](x", "*a _b ", "```\n", "~~~ a\n", "|a",
		"<http://a", "&amp;", "<div>\n", "- [ ] a\n", ">\n", "\\", "\r", "KEP-1234 ", "https://github.com/kubernetes/enhancements/issues/1 ", "```release-note\n", "o/r#1 "} {
		texts[s] = fill(s)
	}
	for name, text := range texts {
		texts[name] = "/vote 5\n```x\n```\n<!-- -->\n" + text
	}
	return texts
}

// TestAwkwardBodies: a body of 64 KB takes well under a second, however deep it is
// nested. The bound is a hundred times what was measured: it finds what grows with the
// square, and does not measure the machine.
func TestAwkwardBodies(t *testing.T) {
	const bound = 8 * time.Second
	for name, text := range awkward() {
		start := time.Now()
		found := Scanner.Scan(text)
		kep.Links(text, kepRepoName)
		work.Checklist(text)
		plan.NoteText(work.Issue{Body: text})
		otherVerbs(text)
		if took := time.Since(start); took > bound {
			t.Errorf("%q takes %s", name, took)
		}
		if len(found.Lines) == 0 || len(found.Lines) > 20 {
			t.Errorf("%q: %d commands", name, len(found.Lines))
		}
	}
}

// TestTwentyThousandComments: an issue with so many comments costs one reading of all of
// them, after that what changed; and what is kept of them is small.
func TestTwentyThousandComments(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	for k := range 20_000 {
		s.sim.Comment("dev", key.Org, key.Repo, key.Number, fmt.Sprintf("Comment %d. %s", k, strings.Repeat("So it is said, at some length. ", 10)))
	}
	s.mail.Take()
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	s.sim.ResetCalls()
	s.round(key)
	reads, writes, _ := s.cost()
	if reads > 205 || writes > 0 {
		t.Errorf("first: %d reads, %d writes", reads, writes)
	}
	for range 3 {
		s.sim.ResetCalls()
		s.said("node-fac", key, "/question Who?")
		if reads, writes, what := s.cost(); reads > 5 || writes > 3 {
			t.Errorf("then: %d reads, %d writes: %v", reads, writes, what)
		}
	}
	if kept := (heap() - before) >> 20; kept > 16 {
		t.Errorf("%d MB are kept", kept)
	}
}

// TestGitHubIsAway: for an hour GitHub answers nothing but 503. It is not asked without
// end, and when it is back all that was said meanwhile is heard within minutes, once.
func TestGitHubIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []int64
		var calls atomic.Int64
		var away atomic.Bool
		away.Store(true)
		s := crowd(t, 40, func(s *stand, key Key) {
			s.intercept = func(*http.Request) *http.Response {
				if !away.Load() {
					time.Sleep(100 * time.Millisecond)
					return nil
				}
				calls.Add(1)
				return answer(503, nil, `{"message":"Service unavailable"}`)
			}
			for n := range 40 {
				asked = append(asked, s.sim.Comment(fmt.Sprintf("fac-%d", n), key.Org, key.Repo, key.Number, "/question Who?"))
				s.deliver()
				time.Sleep(90 * time.Second)
			}
			away.Store(false)
			time.Sleep(6 * time.Minute) // the longest pause is five
		})
		key := Key{Org: "kubernetes", Repo: "enhancements", Number: 4381}
		for _, c := range s.issue(key).Comments {
			if slices.Contains(asked, c.ID) && len(c.Reactions["+1"]) != 1 {
				t.Errorf("not acknowledged: %s", c.Author)
			}
		}
		e, _ := s.plugin.Reconciler.Index.Get(key)
		if n := len(e.Items["v1.38"].Notes); n != 40 {
			t.Errorf("%d questions", n)
		}
		if n := calls.Load(); n > 300 {
			t.Errorf("%d calls to a GitHub that is away", n)
		}
	})
}
