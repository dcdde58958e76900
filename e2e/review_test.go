package e2e

import (
	"slices"
	"testing"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// review gives one review of a pull request.
func (c *chain) review(where address, id int64) githubsim.CommentSnapshot {
	all := c.issue(where).Reviews
	return all[slices.IndexFunc(all, func(one githubsim.CommentSnapshot) bool { return one.ID == id })]
}

// TestCommandInAReview: the body of a review is read like a comment. It comes as another event, and GitHub has another way
// to react to it.
func TestCommandInAReview(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	c.asks(t, "block")
	c.serve(t)
	pull := c.opens("dev", "main", "pool", "", "kind/feature")
	c.awaitLabel(t, pull, config.LabelNeedsKEP)
	reviews := func(login, state, body string) int64 {
		return c.Review(login, pull.org, pull.repo, pull.number, body, state)
	}
	only := reviews("sched-lead", "COMMENTED", "Which KEP is it? I would expect a /kep line.")
	refused := reviews("stranger", "COMMENTED", "/kep 4816")
	c.await(t, "a reply to the stranger", func() bool { return len(c.notices(pull, "reply-")) == 1 })
	if !c.hasLabel(pull, config.LabelNeedsKEP) {
		t.Errorf("labels: got %v, want %s still", c.issue(pull).Labels, config.LabelNeedsKEP)
	}

	taken := reviews("node-lead", "APPROVED", "This is DRA.\n\n/kep 4381\n")
	c.await(t, "the reaction on the review", func() bool {
		return slices.Equal(c.review(pull, taken).Reactions["+1"], []string{prowLogin})
	})
	c.awaitLabel(t, pull, config.LabelKEPChecked)
	c.await(t, "the label to go", func() bool { return !c.hasLabel(pull, config.LabelNeedsKEP) })
	for _, id := range []int64{only, refused} {
		if got := c.review(pull, id).Reactions; len(got) != 0 {
			t.Errorf("the review %q got %v", c.review(pull, id).Body, got)
		}
	}
	c.await(t, "nothing left to say", func() bool { return len(c.notices(pull, "thread")) == 0 })
}
