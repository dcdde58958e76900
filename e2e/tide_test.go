package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tideServer is the real tide.
type tideServer struct {
	*process
	URL string // its pools as JSON, as Deck asks for them
}

// tidePool is what these tests read of a pool: the numbers of the pull requests that tide would merge, now or after their
// jobs.
type tidePool struct {
	Org, Repo, Branch                                        string
	SuccessPRs, PendingPRs, MissingPRs, BatchPending, Target []struct{ Number int }
	Action                                                   string
}

// startTide starts the real tide against the stand-in; it merges there. queries are the entries of tide.queries, in YAML's
// flow style. Its loops run once a second.
func startTide(t *testing.T, gh *github, queries ...string) *tideServer {
	t.Helper()
	dir := t.TempDir()
	port, metrics, pprof, health := freePort(t), freePort(t), freePort(t), freePort(t)
	s := &tideServer{URL: local(port, "/")}
	s.process = start(t, tool(t, "tide"), nil,
		"--dry-run=false",
		"--kubeconfig="+writeFile(t, dir, "kubeconfig", startCluster(t)),
		"--config-path="+writeFile(t, dir, "config.yaml", prowConfig+
			"tide:\n  sync_period: 1s\n  status_update_period: 1s\n  queries:\n  - "+strings.Join(queries, "\n  - ")+"\n"),
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

// pool lists the numbers of the pull requests in any of tide's pools, in whatever state.
func (s *tideServer) pool(t *testing.T) (out []int) {
	t.Helper()
	for _, p := range s.pools(t) {
		for _, one := range slices.Concat(p.SuccessPRs, p.PendingPRs, p.MissingPRs, p.BatchPending, p.Target) {
			out = append(out, one.Number)
		}
	}
	return out
}

// tideSays gives tide's status on the head commit of a pull request, as "pending: Not mergeable. …"; "" before there is one.
func (g *github) tideSays(t *testing.T, where address) string {
	t.Helper()
	var all struct {
		Statuses []struct{ Context, State, Description string }
	}
	head := g.Issue(where.org, where.repo, where.number).HeadSHA
	g.get(t, prowLogin, fmt.Sprintf("/repos/%s/%s/commits/%s/status", where.org, where.repo, head), &all)
	for _, one := range all.Statuses {
		if one.Context == "tide" {
			return one.State + ": " + one.Description
		}
	}
	return ""
}

// awaitTideSays waits until tide has said of a pull request what is wanted.
func (g *github) awaitTideSays(t *testing.T, where address, want string) {
	t.Helper()
	waitFor(t, fmt.Sprintf("tide to say %q of %s", want, where), readyLimit, func() (bool, error) {
		return g.tideSays(t, where) == want, nil
	})
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
	if pool := tide.pool(t); len(pool) != 0 {
		t.Errorf("tide's pool: got %v, want none", pool)
	}
	gh.Unlabel(prowLogin, "org", "repo", held, "do-not-merge/needs-kep")
	waitFor(t, "tide to merge it once the label is off", readyLimit, merged(held))
}

// TestTideTellsLabelsByCase is why our labels have one spelling: GitHub's search, which decides, minds no letter case, but
// the reason that tide gives to people does. The label is there and is said to be missing.
func TestTideTellsLabelsByCase(t *testing.T) {
	t.Parallel()
	gh := startGitHub(t)
	gh.AddUser("ann")
	gh.AddOrg("org", prowLogin, "ann")
	gh.AddRepo("org", "repo", false)
	gh.SetPermission("org", "repo", prowLogin, "write")
	for _, name := range []string{"lgtm", "Kep-Checked"} {
		gh.AddLabel("org", "repo", name, "", "")
	}
	text := "first"
	gh.Commit("org", "repo", "main", prowLogin, "first", time.Now(), map[string]*string{"first.txt": &text})
	pull := address{"org", "repo", gh.OpenPull("ann", "org", "repo", "Add a pool", "", "main", "pool")}
	gh.Label(prowLogin, "org", "repo", pull.number, "Kep-Checked")
	startTide(t, gh, `{repos: ["org/repo"], labels: [lgtm, kep-checked]}`)
	gh.awaitTideSays(t, pull, "pending: Not mergeable. Needs kep-checked, lgtm labels.")
	gh.Label(prowLogin, "org", "repo", pull.number, "lgtm")
	waitFor(t, "tide to merge it all the same", readyLimit, func() (bool, error) {
		return gh.Issue("org", "repo", pull.number).Merged, nil
	})
}
