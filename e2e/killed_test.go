package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// reaper kills the server as soon as one of its writes has arrived: the write still has its effect, and nobody hears the
// answer.
type reaper struct {
	mu     sync.Mutex
	victim *process
	killed []string // the writes, "METHOD path"
}

func (r *reaper) watch(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.victim = p
}

func (r *reaper) fault(req *http.Request) *githubsim.Fault {
	if !isWrite(req) {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.victim == nil {
		return nil
	}
	_ = r.victim.cmd.Process.Kill()
	r.killed = append(r.killed, req.Method+" "+req.URL.Path)
	return &githubsim.Fault{AfterEffect: true, Drop: true}
}

// said is a comment that must be accepted once.
type said struct {
	where address
	id    int64
	line  string // its line as the record prints it
}

func (c *chain) say(login string, where address, line, printed string) said {
	return said{where, c.says(login, where, line), printed}
}

// TestKilledInTheMiddle kills the server after each single write and starts it anew, until it has nothing more to write.
// All that was said was said while it was away, so hook has dropped it. Nothing is lost, nothing is doubled.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	openIssues(c.github)
	third := address{"kubernetes", "kubernetes", c.OpenIssue("sched-dev", "kubernetes", "kubernetes", "Count devices", "")}
	all := []said{
		c.say("node-fac", asking, "/commit w1-2", "/commit "+cycleName+" w1-2 100%"),
		c.say("arch-lead", asking, "/block no reviewer", "/block "+cycleName+" no reviewer"),
		c.say("dev", asking, "/depends-on kubernetes#130512 by w1-2", "/depends-on "+cycleName+" kubernetes/kubernetes#130512 w1-2"),
		c.say("sched-fac", giving, "/provide enhancements#4381", "/provide "+cycleName+" kubernetes/enhancements#4381"),
		c.say("node-fac", asking, "/depends-on "+third.String(), "/depends-on "+cycleName+" "+third.String()),
	}
	refused := c.says("stranger", asking, "/commit w3-4")
	c.awaitDropped(t, 6)
	reaper := &reaper{}
	c.SetFault(reaper.fault)
	complete := func() bool {
		for _, one := range all {
			if !c.accepted(one.where, one.id) {
				return false
			}
		}
		return len(c.notices(asking, "reply-")) > 0 && len(c.notices(asking, "block-")) > 0 &&
			len(c.notices(third, "asked-")) > 0 && c.hasLabel(asking, "plan/blocked") &&
			strings.Contains(c.record(asking), "promised by sched-fac")
	}
	for kills := 0; !complete(); kills++ {
		if kills == 3 { // more is said while it is away
			all = append(all, c.say("node-fac", asking, "/question who reviews?", "/question "+cycleName+" who reviews?"))
		}
		if kills == 40 {
			t.Fatalf("still not done after 40 writes: %q", reaper.killed)
		}
		server := start(t, own(t, "steelthread"), nil, append(c.flags(), "--github-token-path="+c.token, "--dry-run=false")...)
		reaper.watch(server)
		c.await(t, "the server to write and be killed", func() bool { return ended(server) || complete() })
		if ended(server) && server.cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("the server ended by itself: %v\n%s", server.err, server.tail(20))
		}
		reaper.watch(nil)
		server.stop(t)
	}
	t.Logf("killed after %d writes:\n%s", len(reaper.killed), strings.Join(reaper.killed, "\n"))
	server := c.serve(t)
	c.settle(t)
	server.stop(t)
	c.mustBeQuiet(t, 2)
	c.mustHaveOnce(t, all)
	if replies := c.notices(asking, "reply-"); len(replies) != 1 || !strings.Contains(replies[0].Body, fmt.Sprint(refused)) {
		t.Errorf("replies: got %d, want one, to comment %d", len(replies), refused)
	}
	for where, key := range map[address]string{asking: "block-", third: "asked-"} {
		if n := len(c.notices(where, key)); n != 1 {
			t.Errorf("notices %s on %s: got %d, want 1", key, where, n)
		}
	}
}

func ended(p *process) bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// awaitDropped waits until hook has given up n deliveries.
func (c *chain) awaitDropped(t *testing.T, n int) {
	t.Helper()
	c.await(t, "hook to give up", func() bool {
		return strings.Count(c.hook.output(), "Error dispatching event to external plugin") >= n
	})
}

// mustHaveOnce asserts that each comment has its reaction and one line in the one record of its issue.
func (c *chain) mustHaveOnce(t *testing.T, all []said) {
	t.Helper()
	lines := map[address]int{}
	for _, one := range all {
		lines[one.where]++
		if !c.accepted(one.where, one.id) {
			t.Errorf("comment %d, %q, has no reaction", one.id, one.line)
		}
		if n := strings.Count(c.record(one.where), "| `"+one.line+"`"); n != 1 {
			t.Errorf("the record of %s has %d lines %q, want 1", one.where, n, one.line)
		}
	}
	for where, n := range lines {
		if records := c.ours(where, custody.KindRecord); len(records) != 1 {
			t.Errorf("records on %s: got %d, want 1", where, len(records))
		}
		if want := fmt.Sprintf("Custody: %d command", n); !strings.Contains(c.record(where), want) {
			t.Errorf("the record of %s lacks %q:\n%s", where, want, visible(c.record(where)))
		}
	}
}

// TestTermInABurst: twenty comments, SIGTERM at once, a start: each comment is accepted once. What the server had taken
// it finishes; what hook could not deliver any more, the next start finds.
func TestTermInABurst(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	openIssues(c.github)
	server := c.serve(t)
	var all []said
	for i := range 10 {
		text := fmt.Sprintf("question %c?", 'a'+i)
		all = append(all,
			c.say("node-fac", asking, "/question "+text, "/question "+cycleName+" "+text),
			c.say("sched-fac", giving, "/question "+text, "/question "+cycleName+" "+text))
	}
	if err := server.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.awaitExit(t, 2*time.Minute); err != nil {
		t.Errorf("SIGTERM: got %v, want exit code 0\n%s", err, server.tail(20))
	}
	taken := len(slices.DeleteFunc(slices.Clone(all), func(one said) bool { return !c.accepted(one.where, one.id) }))
	t.Logf("%d of %d comments were answered before the end", taken, len(all))
	server = c.serve(t)
	for _, one := range all {
		c.awaitAccepted(t, one.where, one.id)
	}
	c.settle(t)
	server.stop(t)
	c.mustBeQuiet(t, 2)
	c.mustHaveOnce(t, all)
}
