package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
)

// kubernetesMissing are the labels that hold a pull request in every one of Kubernetes' own queries, with ours among them.
const kubernetesMissing = "missingLabels: [do-not-merge, do-not-merge/hold, " + config.LabelNeedsKEP + ", do-not-merge/work-in-progress, needs-rebase]"

// kubernetesQuery is a query for kubernetes/kubernetes as Kubernetes has them. more goes before its labels.
func kubernetesQuery(more string) string {
	return `{repos: [kubernetes/kubernetes], ` + more + `labels: [lgtm, approved, "cncf-cla: yes"], ` + kubernetesMissing + "}"
}

// asks has the configuration ask something of the pull requests of kubernetes/kubernetes. The server must not run yet.
func (c *chain) asks(t *testing.T, threads string) {
	t.Helper()
	text := strings.Replace(cycleConfig(time.Now()), "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: "+threads+"}", 1)
	if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kind/feature", "kind/api-change", "kind/bug", "lgtm", "approved", "cncf-cla: yes", "skip-review"} {
		c.AddLabel("kubernetes", "kubernetes", name, "", "")
	}
	c.commits("main", "maintainer")
}

// startGate starts a chain that blocks what has no thread, its server, and the real tide with the queries.
func startGate(t *testing.T, queries ...string) (*chain, *tideServer) {
	t.Helper()
	c := startChain(t)
	c.asks(t, "block")
	c.serve(t)
	return c, startTide(t, c.github, queries...)
}

// commits adds a file to a branch of kubernetes/kubernetes.
func (c *chain) commits(branch, login string) {
	text := branch + "\n"
	c.Commit("kubernetes", "kubernetes", branch, login, "Write "+branch, time.Now(), map[string]*string{branch + ".txt": &text})
}

// opens opens a pull request into base from a branch of that name; Prow labels it.
func (c *chain) opens(login, base, branch, body string, labels ...string) address {
	c.commits(branch, login)
	where := address{"kubernetes", "kubernetes", c.OpenPull(login, "kubernetes", "kubernetes", "Work on "+branch, body, base, branch)}
	c.labels(where, labels...)
	return where
}

// labels puts labels on as Prow does: by the account that is also ours.
func (c *chain) labels(where address, names ...string) {
	c.Label(prowLogin, where.org, where.repo, where.number, names...)
}

// reviewed gives a pull request all that people have to give before it merges.
func (c *chain) reviewed(where address) { c.labels(where, "cncf-cla: yes", "lgtm", "approved") }

func (c *chain) awaitLabel(t *testing.T, where address, name string) {
	t.Helper()
	c.await(t, fmt.Sprintf("%s on %s", name, where), func() bool { return c.hasLabel(where, name) })
}

func (c *chain) awaitMerged(t *testing.T, where address) {
	t.Helper()
	c.await(t, "the merge of "+where.String(), func() bool { return c.issue(where).Merged })
}

// mustWait asserts that tide leaves pull requests alone: open, and in none of its pools.
func (c *chain) mustWait(t *testing.T, tide *tideServer, all ...address) {
	t.Helper()
	pool := tide.pool(t)
	for _, where := range all {
		if c.issue(where).State != "open" || slices.Contains(pool, where.number) {
			t.Errorf("%s: %s, tide's pool %v; want it open and not in there", where, c.issue(where).State, pool)
		}
	}
}

// gateStory is what a gate is for. Three pull requests are reviewed: one says from the start to which KEP it belongs, one is
// told so by its author, one is exempted by a lead. Each merges as soon as that is so, and not before; held is what tide
// says until then. ready gives a pull request its reviews.
func (c *chain) gateStory(t *testing.T, tide *tideServer, held string, ready func(address)) {
	t.Helper()
	linked := c.opens("dev", "main", "linked", "Part of https://github.com/kubernetes/enhancements/issues/4381", "kind/feature")
	bare := c.opens("dev", "main", "bare", "", "kind/feature")
	spared := c.opens("sched-dev", "main", "spared", "", "kind/api-change")
	for _, where := range []address{bare, spared} {
		c.awaitLabel(t, where, config.LabelNeedsKEP)
		c.await(t, "a word on what is missing", func() bool { return len(c.notices(where, "thread")) == 1 })
		ready(where)
		c.awaitTideSays(t, where, held)
	}
	c.awaitLabel(t, linked, config.LabelKEPChecked)
	ready(linked)
	c.awaitMerged(t, linked) // in this round tide saw all three
	c.mustWait(t, tide, bare, spared)

	c.awaitAccepted(t, bare, c.says("dev", bare, "/kep 4381"))
	c.awaitMerged(t, bare)
	c.mustWait(t, tide, spared)

	c.awaitAccepted(t, spared, c.says("sched-dev", spared, "/kep none generated code")) // its kind says otherwise: it does not count
	c.mustWait(t, tide, spared)
	if !c.hasLabel(spared, config.LabelNeedsKEP) {
		t.Error("the author exempted an API change")
	}
	c.awaitAccepted(t, spared, c.says("node-lead", spared, "/kep none generated code"))
	c.awaitMerged(t, spared)
	for _, where := range []address{linked, bare, spared} {
		if n := len(c.notices(where, "thread")); n != 0 || c.hasLabel(where, config.LabelNeedsKEP) || !c.hasLabel(where, config.LabelKEPChecked) {
			t.Errorf("%s: %d comments on what is missing, labels %v; want none, and only %s of ours", where, n, c.issue(where).Labels, config.LabelKEPChecked)
		}
	}
	if n := len(c.ours(linked, custody.KindNotice)) + len(c.ours(linked, custody.KindRecord)); n != 0 {
		t.Errorf("on a pull request that was fine from the start we commented %d times", n)
	}
}

// shouldNotHave is how tide says that a label of missingLabels holds a pull request.
const shouldNotHave = "pending: Not mergeable. Should not have " + config.LabelNeedsKEP + " label."

// TestTideHoldsWhatHasNoKEP: Kubernetes' query with our label among its missingLabels.
func TestTideHoldsWhatHasNoKEP(t *testing.T) {
	t.Parallel()
	c, tide := startGate(t, kubernetesQuery(""))
	c.gateStory(t, tide, shouldNotHave, c.reviewed)
}

// TestTideHoldsInCodeFreeze: the same with the queries of Kubernetes' own shape in code freeze. The main branch wants the
// milestone, other branches do not, and bumps by Prow's account merge without a review.
func TestTideHoldsInCodeFreeze(t *testing.T) {
	t.Parallel()
	c, tide := startGate(t,
		kubernetesQuery("milestone: "+cycleName+", includedBranches: [main, release-1.38], "),
		kubernetesQuery("excludedBranches: [main, release-1.38], "),
		`{repos: [kubernetes/kubernetes], author: `+prowLogin+`, labels: [skip-review, "cncf-cla: yes"], `+kubernetesMissing+`}`,
	)
	c.gateStory(t, tide, shouldNotHave, func(where address) {
		c.SetMilestone("maintainer", where.org, where.repo, where.number, cycleName)
		c.reviewed(where)
	})

	late := c.opens("dev", "main", "late", "KEP-4381", "kind/feature")
	c.awaitLabel(t, late, config.LabelKEPChecked)
	c.reviewed(late)
	c.awaitTideSays(t, late, "pending: Not mergeable. Must be in milestone "+cycleName+".") // the freeze holds, not we
	elsewhere := c.opens("dev", "release-1.37", "elsewhere", "", "kind/feature")            // there nothing is asked
	c.reviewed(elsewhere)
	bump := c.opens(prowLogin, "main", "bump", "", "skip-review", "cncf-cla: yes")
	c.awaitMerged(t, elsewhere)
	c.awaitMerged(t, bump)
	c.mustWait(t, tide, late)
	for _, where := range []address{elsewhere, bump} {
		if c.hasLabel(where, config.LabelNeedsKEP) || len(c.issue(where).Comments) > 0 {
			t.Errorf("%s was asked for a KEP: labels %v, %d comments", where, c.issue(where).Labels, len(c.issue(where).Comments))
		}
	}
}

// TestTideWantsKEPChecked: the gate that fails closed, a required label. What is of no kind that is asked for a KEP never
// gets the label, and so is not merged: who requires it must have all pull requests asked.
func TestTideWantsKEPChecked(t *testing.T) {
	t.Parallel()
	c, tide := startGate(t, `{repos: [kubernetes/kubernetes], labels: [lgtm, approved, "cncf-cla: yes", `+config.LabelKEPChecked+`]}`)
	const needs = "pending: Not mergeable. Needs " + config.LabelKEPChecked + " label."
	fix := c.opens("dev", "main", "fix", "Part of https://github.com/kubernetes/enhancements/issues/4381", "kind/bug")
	c.reviewed(fix)
	c.awaitTideSays(t, fix, needs)
	c.gateStory(t, tide, needs, c.reviewed)
	c.mustWait(t, tide, fix)
	if got := c.tideSays(t, fix); got != needs || c.hasLabel(fix, config.LabelKEPChecked) {
		t.Errorf("the fix: tide says %q, labels %v; want it to wait for %s, which nobody sets", got, c.issue(fix).Labels, config.LabelKEPChecked)
	}
}
