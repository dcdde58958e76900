package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
)

// merges reads the merge receipts out of the record of an issue, with the public key alone.
func (c *chain) merges(t *testing.T, where address) []custody.Merge {
	t.Helper()
	public, err := os.ReadFile(c.key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := custody.NewVerifier(string(public))
	if err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, kind := range []custody.Kind{custody.KindRecord, custody.KindPart} {
		for _, one := range c.ours(where, kind) {
			bodies = append(bodies, one.Body)
		}
	}
	var repo struct{ ID int64 }
	c.get(t, prowLogin, "/repos/"+where.org+"/"+where.repo, &repo)
	log, err := keys.Open(bodies, custody.Identity{Repo: repo.ID, Issue: c.issue(where).ID, Cycle: cycleName})
	if err != nil {
		t.Fatalf("the record of %s: %v", where, err)
	}
	return log.Merges
}

// merged is the receipt that a merge should have, but for when and as which commit.
func (c *chain) merged(where address, by string) custody.Merge {
	return custody.Merge{Repo: "kubernetes/kubernetes", Number: where.number, Title: c.issue(where).Title, By: by,
		KEP: "kubernetes/enhancements#4381", Verdict: custody.VerdictUnplanned}
}

// mustHaveMerges asserts the merge receipts in the record of the asking issue, and that each names the commit that GitHub
// says merged it.
func (c *chain) mustHaveMerges(t *testing.T, want ...custody.Merge) {
	t.Helper()
	got := c.merges(t, asking)
	slices.SortFunc(got, func(a, b custody.Merge) int { return a.Number - b.Number })
	for _, m := range got {
		var pull struct {
			SHA string    `json:"merge_commit_sha"`
			At  time.Time `json:"merged_at"`
		}
		c.get(t, prowLogin, fmt.Sprintf("/repos/%s/pulls/%d", m.Repo, m.Number), &pull)
		if pull.SHA == "" || m.Commit != pull.SHA || !m.At.Equal(pull.At) {
			t.Errorf("%s#%d: got commit %q at %v, want %q at %v", m.Repo, m.Number, m.Commit, m.At, pull.SHA, pull.At)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(custody.Merge{}, "Commit", "At")); diff != "" {
		t.Errorf("merge receipts (-want +got):\n%s", diff)
	}
}

// awaitMergesShown waits until the record says how many merges it holds, and shows each of them.
func (c *chain) awaitMergesShown(t *testing.T, merges string, all ...address) {
	t.Helper()
	texts := []string{", " + merges + ","}
	for _, where := range all {
		texts = append(texts, fmt.Sprintf("%s#%d", where.repo, where.number))
	}
	c.awaitRecord(t, asking, texts...)
}

// TestMergeReceipts: what tide merges for a work item is written into the item's record, signed: anyone with the public key
// can tell. What belongs to no work item is in no record.
func TestMergeReceipts(t *testing.T) {
	t.Parallel()
	c, _ := startGate(t, kubernetesQuery(""))
	openIssues(c.github)
	c.awaitAccepted(t, asking, c.says("node-fac", asking, "/commit w3-4"))
	linked := c.opens("dev", "main", "linked", "Part of https://github.com/kubernetes/enhancements/issues/4381", "kind/feature")
	named := c.opens("dev", "main", "named", "", "kind/feature")
	spared := c.opens("dev", "main", "spared", "", "kind/feature")
	c.awaitLabel(t, named, config.LabelNeedsKEP)
	c.awaitLabel(t, spared, config.LabelNeedsKEP)
	c.awaitAccepted(t, named, c.says("dev", named, "/kep 4381"))
	c.awaitAccepted(t, spared, c.says("node-lead", spared, "/kep none only a comment"))
	for _, where := range []address{linked, named, spared} {
		c.awaitLabel(t, where, config.LabelKEPChecked)
		c.reviewed(where)
	}
	for _, where := range []address{linked, named, spared} {
		c.awaitMerged(t, where)
	}
	c.awaitMergesShown(t, "2 merges", linked, named)
	c.settle(t)
	c.mustHaveMerges(t, c.merged(linked, "description"), c.merged(named, "/kep"))

	c.audit(t).mustSay(t, 0, "whole", "1 comments with commands")
	c.auditSavedMerge(t)
	c.explain(t, asking.String()).mustSay(t, 0, "a round would write nothing")
	for _, where := range []address{linked, named} {
		c.explain(t, where.String()).mustSay(t, 0, "belongs to "+asking.String(), "a round would write nothing")
	}
}

// auditSavedMerge: a merge receipt cannot be changed without the key.
func (c *chain) auditSavedMerge(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	audit := func(body string) result {
		return run(t, own(t, "steelthread"), "audit", "--comment="+writeFile(t, dir, "record.md", body), "--public-key="+c.key+".pub")
	}
	log := c.record(asking)
	audit(log).mustSay(t, 0, "signature holds: record")
	at := strings.LastIndex(log, `"verdict":"`+custody.VerdictUnplanned)
	if at < 0 {
		t.Fatalf("no verdict in the record:\n%s", log)
	}
	forged := log[:at] + strings.Replace(log[at:], custody.VerdictUnplanned, custody.VerdictPlanned, 1)
	audit(forged).mustSay(t, 1, "does not hold")
}

// TestMergedUnseen: the server is killed, and pull requests are opened, told their KEP and merged while it is away; hook has
// dropped it all. It is killed again with each of its first writes. In the end each merge is in the record, once.
func TestMergedUnseen(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	c.asks(t, "block")
	openIssues(c.github)
	server := c.serve(t)
	c.awaitAccepted(t, asking, c.says("node-fac", asking, "/commit w3-4"))
	known := c.opens("dev", "main", "known", "Part of https://github.com/kubernetes/enhancements/issues/4381", "kind/feature")
	c.awaitLabel(t, known, config.LabelKEPChecked)
	server.kill()

	c.MergePull("maintainer", known.org, known.repo, known.number)
	unseen := c.opens("sched-dev", "main", "unseen", "", "kind/feature")
	c.says("sched-dev", unseen, "/part-of enhancements#4381")
	c.MergePull("maintainer", unseen.org, unseen.repo, unseen.number)
	reaper := &reaper{}
	c.SetFault(reaper.fault)
	for kills := 0; kills < 2 && len(c.merges(t, asking)) < 2; kills++ {
		server = start(t, own(t, "steelthread"), nil, append(c.flags(), "--github-token-path="+c.token, "--dry-run=false")...)
		reaper.watch(server)
		c.await(t, "the server to write and be killed", func() bool { return ended(server) })
		reaper.watch(nil)
	}
	t.Logf("killed with %q", reaper.killed)

	server = c.serve(t)
	c.awaitMergesShown(t, "2 merges", known, unseen)
	c.settle(t)
	server.stop(t)
	c.mustBeQuiet(t, 1) // what is recorded needs no round
	c.mustHaveMerges(t, c.merged(known, "description"), c.merged(unseen, "/part-of"))
	if n := len(c.ours(asking, custody.KindRecord)); n != 1 {
		t.Errorf("records: got %d, want 1", n)
	}
	c.audit(t).mustSay(t, 0, "whole")
}
