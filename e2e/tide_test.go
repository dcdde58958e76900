package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tideServer is the real tide.
type tideServer struct {
	*process
	URL string // its pools as JSON, as Deck asks for them
}

// tidePool is what these tests read of a pool: the numbers of the pull requests that tide would merge.
type tidePool struct {
	Org, Repo, Branch string
	SuccessPRs        []struct{ Number int }
	Target            []struct{ Number int }
	Action            string
}

// startTide starts the real tide against the stand-in; it merges there. query is one entry of tide.queries, in YAML's flow
// style. Its loops run once a second.
func startTide(t *testing.T, gh *github, query string) *tideServer {
	t.Helper()
	dir := t.TempDir()
	port, metrics, pprof, health := freePort(t), freePort(t), freePort(t), freePort(t)
	s := &tideServer{URL: local(port, "/")}
	s.process = start(t, tool(t, "tide"), nil,
		"--dry-run=false",
		"--kubeconfig="+writeFile(t, dir, "kubeconfig", startCluster(t)),
		"--config-path="+writeFile(t, dir, "config.yaml", prowConfig+
			"tide:\n  sync_period: 1s\n  status_update_period: 1s\n  queries:\n  - "+query+"\n"),
		"--github-endpoint="+gh.URL, "--github-graphql-endpoint="+gh.URL+"/graphql",
		"--github-token-path="+writeFile(t, dir, "token", prowToken+"\n"),
		"--sync-hourly-tokens=0", "--status-hourly-tokens=0",
		fmt.Sprintf("--port=%d", port), fmt.Sprintf("--metrics-port=%d", metrics),
		fmt.Sprintf("--pprof-port=%d", pprof), fmt.Sprintf("--health-port=%d", health),
	)
	s.await(t, s.URL)
	return s
}

// pools asks tide for its pools.
func (s *tideServer) pools(t *testing.T) []tidePool {
	t.Helper()
	resp, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out []tidePool
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTideHeedsOurLabel: a pull request that carries do-not-merge/needs-kep is not merged, its neighbour is.
func TestTideHeedsOurLabel(t *testing.T) {
	gh := startGitHub(t)
	gh.AddUser("ann")
	gh.AddOrg("org", prowLogin, "ann")
	gh.AddRepo("org", "repo", false)
	gh.SetPermission("org", "repo", prowLogin, "admin")
	gh.SetPermission("org", "repo", "ann", "write")
	gh.AddLabel("org", "repo", "lgtm", "00ff00", "")
	gh.AddLabel("org", "repo", "do-not-merge/needs-kep", "e11d21", "")
	file := func(text string) map[string]*string { return map[string]*string{text + ".txt": &text} }
	gh.Commit("org", "repo", "main", "ann", "first", time.Now(), file("first"))
	open := func(name string, labels ...string) int {
		gh.Commit("org", "repo", name, "ann", name, time.Now(), file(name))
		n := gh.OpenPull("ann", "org", "repo", name, "", "main", name)
		for _, l := range labels {
			gh.Label(prowLogin, "org", "repo", n, l)
		}
		return n
	}
	good := open("good", "lgtm")
	held := open("held", "lgtm", "do-not-merge/needs-kep")
	tide := startTide(t, gh, `{repos: ["org/repo"], labels: [lgtm], missingLabels: [do-not-merge/needs-kep]}`)
	merged := func(n int) func() (bool, error) {
		return func() (bool, error) { return gh.Issue("org", "repo", n).State == "closed", nil }
	}
	waitFor(t, "tide to merge the good pull request", readyLimit, merged(good))
	asked := gh.count("POST /graphql")
	waitFor(t, "three more rounds of tide", readyLimit, func() (bool, error) {
		return gh.count("POST /graphql") >= asked+6, nil // each of its two loops asks once a round
	})
	if diff := cmp.Diff("open", gh.Issue("org", "repo", held).State); diff != "" {
		t.Errorf("the pull request without a KEP (-want +got):\n%s", diff)
	}
	for _, p := range tide.pools(t) {
		if len(p.SuccessPRs)+len(p.Target) != 0 {
			t.Errorf("tide's pool: got %+v, want none", p)
		}
	}
	gh.Unlabel(prowLogin, "org", "repo", held, "do-not-merge/needs-kep")
	waitFor(t, "tide to merge it once the label is off", readyLimit, merged(held))
}
