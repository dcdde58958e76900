package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/custody"
)

// TestStory is a week of a release on two issues: people speak, hook passes it on, the server answers on GitHub.
func TestStory(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	server := c.serve(t)
	openIssues(c.github)
	c.storyCommit(t)
	c.storyRefusals(t)
	c.storySeveralLines(t)
	c.storyBlock(t)
	c.storyDependency(t)
	c.storyReadout(t)
	c.storyHandsOnALabel(t)
	c.storyHandsOnTheRecord(t)
	c.settle(t)
	server.stop(t)
	c.mustBeQuiet(t, 2)
}

func (c *chain) storyCommit(t *testing.T) {
	t.Helper()
	id := c.says("node-fac", asking, "/commit w3-4 70%")
	c.awaitAccepted(t, asking, id)
	c.awaitRecord(t, asking, "### "+cycleName+": committed", "sig-node", "whole issue", "70 %", "`/commit "+cycleName+" w3-4 70%`")
	if !c.hasLabel(asking, "plan/proposed") {
		t.Errorf("labels: got %v, want plan/proposed", c.issue(asking).Labels)
	}
	if notices := c.ours(asking, custody.KindNotice); len(notices) != 0 {
		t.Errorf("an accepted command was answered with %q, want only the reaction", notices[0].Body)
	}
}

// refusedByRole and refusedByCap are replies as people read them; %s stands for the address of the comment.
const (
	refusedByRole = "One line of [your comment](%s) was not taken:\n\n" +
		"`/commit w3-4`: this is for the planning facilitator of sig-node (node-fac) or the SIG lead of sig-node (node-lead). " +
		"stranger was not listed as such when this was said. For them to paste:\n```\n/commit w3-4\n```"
	refusedByCap = "One line of [your comment](%s) was not taken:\n\n" +
		"`/commit w5-6 90%%`: the cap for weeks 5–6 is 60 %%. Lower is fine. To commit at the cap:\n```\n/commit w5-6 60%%\n```"
)

func (c *chain) storyRefusals(t *testing.T) {
	t.Helper()
	for _, one := range []struct{ who, says, want string }{
		{"stranger", "/commit w3-4", refusedByRole},
		{"node-lead", "/commit w5-6 90%", refusedByCap},
	} {
		before := len(c.notices(asking, "reply-"))
		id := c.says(one.who, asking, one.says)
		c.await(t, "a reply to "+one.who, func() bool { return len(c.notices(asking, "reply-")) > before })
		replies := c.notices(asking, "reply-")
		want := fmt.Sprintf(one.want, fmt.Sprintf("https://github.com/%s/%s/issues/%d#issuecomment-%d", asking.org, asking.repo, asking.number, id))
		// The release may be named in the line to paste, or not: with one open cycle both mean the same.
		got := strings.ReplaceAll(visible(replies[len(replies)-1].Body), "/commit "+cycleName+" ", "/commit ")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("reply to %s (-want +got):\n%s", one.who, diff)
		}
		if c.accepted(asking, id) {
			t.Errorf("%s: %q got the reaction of an accepted comment", one.who, one.says)
		}
	}
}

func (c *chain) storySeveralLines(t *testing.T) {
	t.Helper()
	id := c.says("node-fac", asking, "Three things:", "/question who reviews the API?", "/risk the reviewer is away",
		"/progress on-track as planned", "and /commit in the middle of a line is only talk")
	c.awaitAccepted(t, asking, id)
	c.awaitRecord(t, asking, "Q1", "`who reviews the API?`", "R1", "`the reviewer is away`", "on track")
	if record := c.record(asking); !strings.Contains(record, "70 %") {
		t.Errorf("the commitment is gone from the record:\n%s", visible(record))
	}
}

func (c *chain) storyBlock(t *testing.T) {
	t.Helper()
	c.awaitAccepted(t, asking, c.says("arch-lead", asking, "/block the pool field needs an API review"))
	c.await(t, "plan/blocked", func() bool { return c.hasLabel(asking, "plan/blocked") })
	c.await(t, "a notice of the block", func() bool { return len(c.notices(asking, "block-"+cycleName+"-B1")) == 1 })
	if text := c.notices(asking, "block-")[0].Body; !strings.Contains(text, "@node-fac") {
		t.Errorf("the notice names nobody of SIG Node:\n%s", visible(text))
	}
	c.awaitAccepted(t, asking, c.says("arch-lead", asking, "/resolve B1 reviewed"))
	c.await(t, "plan/blocked to go", func() bool { return !c.hasLabel(asking, "plan/blocked") })
}

func (c *chain) storyDependency(t *testing.T) {
	t.Helper()
	c.awaitAccepted(t, asking, c.says("dev", asking, "/depends-on kubernetes#130512 by w3-4 the pool field"))
	c.awaitRecord(t, asking, "not promised**")
	c.await(t, "the question on the other issue", func() bool { return len(c.notices(giving, "asked-")) == 1 })
	notice := c.notices(giving, "asked-")[0].Body
	for _, want := range []string{"@sched-fac", "enhancements#4381", "weeks 3–4", "/provide " + cycleName + " kubernetes/enhancements#4381 w3-4"} {
		if !strings.Contains(notice, want) {
			t.Errorf("the question lacks %q:\n%s", want, visible(notice))
		}
	}
	c.awaitAccepted(t, giving, c.says("sched-fac", giving, "/provide kubernetes/enhancements#4381 w3-4"))
	c.awaitRecord(t, asking, "promised by sched-fac")
	c.awaitRecord(t, giving, "enhancements#4381", "promised")
}

func (c *chain) storyReadout(t *testing.T) {
	t.Helper()
	c.awaitAccepted(t, asking, c.says("node-fac", asking, "/readout ready"))
	c.awaitRecord(t, asking, "ready since")
	c.awaitAccepted(t, asking, c.says("rel-lead", asking, "/readout done")) // by a team, not by a file
	c.awaitRecord(t, asking, "rel-lead, release lead")
}

// storyHandsOnALabel: a label of ours that somebody takes off comes back each time, and is explained once.
func (c *chain) storyHandsOnALabel(t *testing.T) {
	t.Helper()
	const label = "plan/proposed"
	for range 2 {
		events := c.LabelEvents(asking.org, asking.repo, asking.number)
		c.Unlabel("maintainer", asking.org, asking.repo, asking.number, label)
		c.await(t, "the label back", func() bool { return c.hasLabel(asking, label) })
		if got := c.LabelEvents(asking.org, asking.repo, asking.number) - events; got != 2 {
			t.Errorf("label events: got %d, want 2: off by hand, on again", got)
		}
		c.await(t, "the explanation", func() bool { return len(c.notices(asking, "label-")) > 0 })
	}
	if n := len(c.notices(asking, "label-"+label)); n != 1 {
		t.Errorf("explanations: got %d, want 1", n)
	}
}

// storyHandsOnTheRecord: the record is put back when it is edited, and when it is deleted.
func (c *chain) storyHandsOnTheRecord(t *testing.T) {
	t.Helper()
	edit := func(what string, change func(body string) string) {
		record := c.ours(asking, custody.KindRecord)[0]
		if err := c.EditComment("maintainer", asking.org, asking.repo, record.ID, change(record.Body)); err != nil {
			t.Fatal(err)
		}
		c.await(t, "the record back after "+what, func() bool { return c.record(asking) == record.Body })
	}
	edit("a visible edit", func(body string) string { return strings.Replace(body, "70 %", "100 %", 1) })
	edit("all of it", func(string) string { return "nothing to see here" })
	record := c.ours(asking, custody.KindRecord)[0]
	if err := c.DeleteComment("maintainer", asking.org, asking.repo, record.ID); err != nil {
		t.Fatal(err)
	}
	c.await(t, "the record after its deletion", func() bool { return c.record(asking) == record.Body })
	if n := len(c.ours(asking, custody.KindRecord)); n != 1 {
		t.Errorf("records: got %d, want 1", n)
	}
}

// settle waits until a round over either issue, and over more of them, would write nothing.
func (c *chain) settle(t *testing.T, more ...address) {
	t.Helper()
	for _, where := range append([]address{asking, giving}, more...) {
		c.await(t, "nothing left to write on "+where.String(), func() bool {
			return strings.Contains(c.explain(t, where.String()).out, "a round would write nothing")
		})
	}
}

// mustBeQuiet starts the server anew and holds it to invariant 7: it reads everything, looks at everything once, which
// takes so many rounds, and writes nothing.
func (c *chain) mustBeQuiet(t *testing.T, rounds int) {
	t.Helper()
	c.ResetCalls()
	server := c.serve(t)
	c.awaitRounds(t, rounds)
	if got := c.WritesBy(c.as); len(got) != 0 {
		t.Errorf("a server that finds all in order wrote %v", got)
	}
	server.stop(t)
}
