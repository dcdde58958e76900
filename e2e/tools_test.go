package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
)

// tool runs a tool of the server's binary against the stand-in.
func (c *chain) tool(t *testing.T, args ...string) result {
	t.Helper()
	return run(t, own(t, "steelthread"), append(args, "--github-endpoint="+c.URL, "--github-graphql-endpoint="+c.URL+"/graphql",
		"--github-token-path="+c.token)...)
}

func (c *chain) explain(t *testing.T, what string) result {
	t.Helper()
	return c.tool(t, "explain", what, "--config="+c.config, "--signing-key-path="+c.key)
}

// mustSay asserts exit code and texts.
func (r result) mustSay(t *testing.T, code int, texts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("got %s, want exit code %d", r, code)
	}
	for _, text := range texts {
		if !strings.Contains(r.out+r.diag, text) {
			t.Errorf("the output lacks %q: %s", text, r)
		}
	}
}

func TestExplainAndAudit(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	openIssues(c.github)
	id := c.says("node-fac", asking, "/commit w3-4")
	c.says("stranger", asking, "/commit w1-2")
	c.awaitDropped(t, 2)

	c.explain(t, asking.String()).mustSay(t, 0,
		"line 1: /commit w3-4", "taken as /commit "+cycleName+" w3-4 80%", "refused: role",
		"a round would:", "write the record of "+cycleName, "set the label plan/proposed", "react to comment")
	if got := c.WritesBy(prowLogin); len(got) != 0 {
		t.Errorf("explain wrote %v", got)
	}
	c.audit(t).mustSay(t, 0, "no record")
	c.explain(t, "kubernetes/website#1").mustSay(t, 1, "kubernetes/website is not in the configuration")
	c.explain(t, "not an issue").mustSay(t, 1, "org/repo#number")

	server := c.serve(t)
	c.awaitAccepted(t, asking, id)
	c.await(t, "the reply", func() bool { return len(c.notices(asking, "reply-")) == 1 })
	c.settle(t)
	server.stop(t)
	c.audit(t).mustSay(t, 0, "whole", "2 comments with commands", "taken as /commit "+cycleName+" w3-4 80%", "refused: role")
	c.auditOffline(t)

	record := c.ours(asking, custody.KindRecord)[0]
	edited := strings.Replace(record.Body, "w3-4", "w1-2", -1)
	if err := c.EditComment("maintainer", asking.org, asking.repo, record.ID, edited); err != nil {
		t.Fatal(err)
	}
	c.audit(t).mustSay(t, 1, "1 of 1 records do not hold")
	c.explain(t, asking.String()).mustSay(t, 0, "write the record of "+cycleName)
}

func (c *chain) audit(t *testing.T) result {
	t.Helper()
	return c.tool(t, "audit", asking.String(), "--public-key="+c.key+".pub")
}

// auditOffline checks a saved comment with a public key alone.
func (c *chain) auditOffline(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	c.ResetCalls()
	audit := func(body, key string) result {
		return run(t, own(t, "steelthread"), "audit", "--comment="+writeFile(t, dir, "record.md", body), "--public-key="+key)
	}
	audit(c.record(asking), c.key+".pub").mustSay(t, 0, "signature holds: record", "taken as /commit "+cycleName+" w3-4 80%")
	// The summary is for people; what is signed is the hidden part.
	log := c.record(asking)
	at := strings.LastIndex(log, "w3-4")
	audit(log[:at]+"w5-6"+log[at+4:], c.key+".pub").mustSay(t, 1, "does not hold")

	other := filepath.Join(dir, "other")
	run(t, own(t, "steelthread"), "keygen", "--out", other, "--name", "another").mustSay(t, 0, "another+")
	audit(log, other+".pub").mustSay(t, 1, "does not hold")
	if calls := c.Calls(); len(calls) != 0 {
		t.Errorf("an audit of a saved comment asked GitHub: %v", calls)
	}
}
