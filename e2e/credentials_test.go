package e2e

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
)

// TestDryRun: as long as --dry-run=false is not given, nothing is written, whatever is said.
func TestDryRun(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	c.serveWith(t, append(c.flags(), "--github-token-path="+c.token))
	openIssues(c.github)
	c.says("node-fac", asking, "/commit w3-4")
	c.says("stranger", asking, "/commit w3-4")
	c.says("sched-fac", giving, "/risk nobody has time")
	c.await(t, "rounds over both issues", func() bool {
		return c.sample(t, "steelthread_rounds_total", `outcome="dry-run"`) >= 2 && c.sample(t, "steelthread_queue_depth") == 0
	})
	for call := range c.Calls() {
		if method, _, _ := strings.Cut(call, " "); method != "GET" && !strings.HasPrefix(call, "POST /graphql ") {
			t.Errorf("a dry run asked %s", call)
		}
	}
	if got := c.WritesBy(prowLogin); len(got) != 0 {
		t.Errorf("a dry run wrote %v", got)
	}
}

// TestApp: the server acts as a GitHub App. The stand-in checks the App's tokens against its public key.
func TestApp(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	bot, id := c.AddApp("steelthread", "kubernetes")
	c.as = bot.Login
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c.SetAppKey("steelthread", &private.PublicKey)
	file := writeFile(t, t.TempDir(), "app.pem",
		string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})))
	as := []string{fmt.Sprintf("--github-app-id=%d", id), "--github-app-private-key-path=" + file}
	openIssues(c.github)

	server := c.serveWith(t, append(append(c.flags(), "--dry-run=false"), as...))
	c.awaitAccepted(t, asking, c.says("node-fac", asking, "/commit w3-4"))
	c.awaitRecord(t, asking, "committed")
	c.await(t, "the label", func() bool { return c.hasLabel(asking, "plan/proposed") })
	if got := c.WritesBy(prowLogin); len(got) != 0 {
		t.Errorf("Prow's account wrote %v", got)
	}
	server.stop(t)

	// A key that is not the App's does not get in, and the message says which file to look at.
	strange, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	wrong := writeFile(t, t.TempDir(), "wrong.pem",
		string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(strange)})))
	as[1] = "--github-app-private-key-path=" + wrong
	run(t, own(t, "steelthread"), append(c.flags(), as...)...).mustSay(t, 1, "App")
	run(t, own(t, "steelthread"), append(append(c.flags(), as...), "--github-token-path="+c.token)...).mustSay(t, 1, "exclude each other")
	run(t, own(t, "steelthread"), c.flags()...).mustSay(t, 1, "say who to be on GitHub")
}
