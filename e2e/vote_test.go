package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/plan"
)

// The plan issue, and an item that is in the plan and in nobody's vote.
var (
	planning = address{"kubernetes", "enhancements", 5000}
	unasked  = address{"kubernetes", "kubernetes", 130600}
)

// startVote starts a chain whose cycle has a plan issue, with hook's own label plugin beside the server, and opens the
// issues: two that are called ready, and unasked. more are flags of the server.
func startVote(t *testing.T, more ...string) (*chain, *process) {
	t.Helper()
	c := startChain(t, "label")
	text := cycleConfig(time.Now()) + "  plan: " + planning.String() + "\n"
	if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, repo := range []string{"enhancements", "kubernetes"} {
		for _, name := range []string{"sig/node", "sig/scheduling", "kind/feature"} {
			c.AddLabel("kubernetes", repo, name, "", "")
		}
	}
	openIssues(c.github)
	c.NextNumber("kubernetes", "enhancements", planning.number)
	c.OpenIssue("rel-lead", "kubernetes", "enhancements", "Plan for "+cycleName, "")
	c.NextNumber("kubernetes", "kubernetes", unasked.number)
	c.OpenIssue("sched-dev", "kubernetes", "kubernetes", "Count devices", "")
	server := c.serve(t, more...)
	for _, one := range []struct {
		who   string
		where address
		lines []string
	}{
		{"node-fac", asking, []string{"/sig node", "/kind feature", "/commit w1-2 1,2,3", "/readout ready"}},
		{"sched-fac", giving, []string{"/sig scheduling", "/commit w3-4", "/readout ready"}},
		{"sched-fac", unasked, []string{"/sig scheduling", "/commit sig-scheduling w3-4"}},
	} {
		c.awaitAccepted(t, one.where, c.says(one.who, one.where, one.lines...))
		c.awaitLabel(t, one.where, config.LabelProposed)
		c.awaitLabel(t, one.where, "sig/"+strings.TrimPrefix(one.lines[0], "/sig ")) // hook's own
	}
	c.awaitLabel(t, asking, "kind/feature")
	c.awaitPlan(t, "3 items", "2 ready, 1 proposed")
	return c, server
}

// awaitPlan waits until the record of the plan holds all of the texts.
func (c *chain) awaitPlan(t *testing.T, texts ...string) {
	t.Helper()
	c.awaitLooking(t, fmt.Sprintf("a plan with %q", texts), func() bool {
		record := c.record(planning)
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(record, text) })
	})
}

// awaitLooking waits for what the server does on the plan issue by and by: a minute after something was asked, and a
// minute after an item changed, by timers on this machine's clock. Whatever happens on the plan issue has it look at once;
// here somebody writes the description anew each second.
func (c *chain) awaitLooking(t *testing.T, what string, there func() bool) {
	t.Helper()
	var looked time.Time
	c.await(t, what, func() bool {
		if time.Since(looked) > time.Second {
			looked = time.Now()
			body := "The plan, as of " + looked.Format(time.RFC3339Nano)
			c.EditIssue("rel-lead", planning.org, planning.repo, planning.number, nil, &body)
		}
		return there()
	})
}

// decisions lists the decisions on the plan issue whose visible text has a text in it.
func (c *chain) decisions(text string) []githubsim.CommentSnapshot {
	return slices.DeleteFunc(c.ours(planning, custody.KindDecision), func(one githubsim.CommentSnapshot) bool {
		return !strings.Contains(visible(one.Body), text)
	})
}

// awaitDecision waits for a decision that was asked for, once its minute is over, and returns what people read of it.
func (c *chain) awaitDecision(t *testing.T, text string) string {
	t.Helper()
	c.Advance(plan.Settling + time.Second)
	c.awaitLooking(t, "the decision "+text, func() bool { return len(c.decisions(text)) > 0 })
	return visible(c.decisions(text)[0].Body)
}

// openedVote and approvedVote are how the decisions begin.
const (
	openedVote   = "Plan for " + cycleName + ": round 1 is open until"
	approvedVote = "Plan for " + cycleName + ": approved in round 1"
)

// vote opens the vote and has the seats of both SIGs and of product management vote, one of them with an objection that it
// takes back.
func (c *chain) vote(t *testing.T) {
	t.Helper()
	c.awaitAccepted(t, planning, c.says("rel-lead", planning, "/plan vote open until 3 days"))
	if n := len(c.ours(planning, custody.KindDecision)); n != 0 {
		t.Errorf("decisions before the minute was over: got %d, want 0", n)
	}
	opened := c.awaitDecision(t, openedVote)
	for _, want := range []string{"@node-fac", "@sched-fac", "@pm", "What is voted on: 2 items", "/vote 4"} {
		if !strings.Contains(opened, want) {
			t.Errorf("the decision that opens the vote lacks %q:\n%s", want, opened)
		}
	}
	c.awaitPlan(t, "round 1 open until", "the votes of sig-node, sig-scheduling and product management")
	for _, one := range []struct{ who, says string }{
		{"node-fac", "/vote 4"}, {"sched-fac", "/vote 2 the pools are not reviewed"}, {"pm", "/vote 4 both themes are in"},
	} {
		c.awaitAccepted(t, planning, c.says(one.who, planning, one.says))
	}
	c.awaitPlan(t, "O1 `the pools are not reviewed`", "an answer to objection O1")
	c.awaitAccepted(t, planning, c.says("sched-fac", planning, "/vote 4"))
}

// TestVote is the planning event: the vote is opened on a plan issue, the seats vote, the release lead closes it. What was
// ready when it was opened is approved, and nothing else; what hook put on stays on.
func TestVote(t *testing.T) {
	t.Parallel()
	c, server := startVote(t)
	c.vote(t)
	refused := c.says("stranger", planning, "/vote 0 not for me to say")
	c.await(t, "a reply to the stranger", func() bool { return len(c.notices(planning, "reply-")) == 1 })
	if c.accepted(planning, refused) {
		t.Error("the vote of somebody without a seat got the reaction of an accepted comment")
	}
	c.awaitAccepted(t, unasked, c.says("sched-fac", unasked, "/readout ready")) // after the snapshot
	c.awaitAccepted(t, planning, c.says("rel-lead", planning, "/plan vote close"))
	if n := len(c.decisions(approvedVote)); n != 0 || c.hasLabel(asking, config.LabelApproved) {
		t.Errorf("before the minute was over: %d results, labels %v", n, c.issue(asking).Labels)
	}
	result := c.awaitDecision(t, approvedVote)
	for _, want := range []string{"Two items get `milestone-approved`", "What is approved: 2 items", asking.String()[len("kubernetes/enhancements"):], "kubernetes#130512"} {
		if !strings.Contains(result, want) {
			t.Errorf("the result lacks %q:\n%s", want, result)
		}
	}
	c.awaitPlan(t, "approved in round 1", "2 issues have `milestone-approved`")
	c.awaitApproved(t)
	c.settle(t, planning, unasked)
	c.mustHaveVoted(t)
	c.tool(t, "audit", planning.String(), "--public-key="+c.key+".pub").mustSay(t, 0, "whole", "7 comments with commands")
	server.stop(t)
	c.mustBeQuiet(t, 4)
}

// awaitApproved waits until the labels say what the vote decided. That takes a while, for GitHub likes few writes in a
// minute; settle asks it so often that its quota would not last until then.
func (c *chain) awaitApproved(t *testing.T) {
	t.Helper()
	for where, label := range map[address]string{asking: config.LabelApproved, giving: config.LabelApproved, unasked: config.LabelUnplanned} {
		c.awaitLabel(t, where, label)
	}
}

// mustHaveVoted asserts all that a vote leaves behind: two decisions, each once, and these labels, no others.
func (c *chain) mustHaveVoted(t *testing.T) {
	t.Helper()
	for _, text := range []string{openedVote, approvedVote} {
		if n := len(c.decisions(text)); n != 1 {
			t.Errorf("decisions %q: got %d, want 1", text, n)
		}
	}
	if n := len(c.ours(planning, custody.KindDecision)); n != 2 {
		t.Errorf("decisions: got %d, want 2", n)
	}
	want := map[address][]string{
		asking:   {"kind/feature", config.LabelApproved, config.LabelProposed, "sig/node"},
		giving:   {config.LabelApproved, config.LabelProposed, "sig/scheduling"},
		unasked:  {config.LabelProposed, config.LabelUnplanned, "sig/scheduling"},
		planning: nil,
	}
	got := map[address][]string{}
	for _, repo := range []string{"enhancements", "kubernetes"} {
		for _, i := range c.Issues("kubernetes", repo) {
			got[address{"kubernetes", repo, i.Number}] = slices.Sorted(slices.Values(i.Labels))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	for where := range want {
		if n := len(c.ours(where, custody.KindRecord)); n != 1 {
			t.Errorf("records on %s: got %d, want 1", where, n)
		}
	}
}

// TestKilledAtTheResult kills the server with each single write that follows from the end of a vote, the result itself
// among them, and starts it anew, until all is done. Every approved item has its label, and nothing is there twice.
func TestKilledAtTheResult(t *testing.T) {
	t.Parallel()
	c, server := startVote(t)
	c.vote(t)
	c.awaitAccepted(t, planning, c.says("rel-lead", planning, "/plan vote close"))
	c.settle(t, unasked)
	server.kill()
	before := map[address]int{}
	for _, where := range []address{asking, giving, unasked} {
		before[where] = c.LabelEvents(where.org, where.repo, where.number)
	}
	c.Advance(plan.Settling + time.Second)
	reaper := &reaper{}
	c.SetFault(reaper.fault)
	for done := false; !done; {
		if len(reaper.killed) == 40 {
			t.Fatalf("still not done after 40 writes: %q", reaper.killed)
		}
		server := start(t, own(t, "steelthread"), nil, append(c.flags(), "--github-token-path="+c.token, "--dry-run=false")...)
		reaper.watch(server)
		c.await(t, "the server to write and be killed, or to be done", func() bool {
			done = c.hasLabel(asking, config.LabelApproved) && c.hasLabel(giving, config.LabelApproved) &&
				c.hasLabel(unasked, config.LabelUnplanned) && strings.Contains(c.record(planning), "2 issues have `milestone-approved`")
			return done || ended(server)
		})
		reaper.watch(nil)
		server.kill()
	}
	t.Logf("killed after %d writes:\n%s", len(reaper.killed), strings.Join(reaper.killed, "\n"))
	if result := fmt.Sprintf("POST /repos/%s/%s/issues/%d/comments", planning.org, planning.repo, planning.number); !slices.Contains(reaper.killed, result) {
		t.Errorf("it was not killed with the result: %q", reaper.killed)
	}
	server = c.serve(t)
	c.settle(t, planning, unasked)
	server.stop(t)
	c.mustBeQuiet(t, 4)
	c.mustHaveVoted(t)
	for where, n := range before { // approved or unplanned on; proposed stays
		if got := c.LabelEvents(where.org, where.repo, where.number) - n; got != 1 {
			t.Errorf("label events on %s since the end of the vote: got %d, want 1", where, got)
		}
	}
}
