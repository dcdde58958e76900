package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/steelthread/steelthread/e2e/contract"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// github is the stand-in for GitHub, served on the loopback interface.
type github struct {
	*githubsim.GitHub
	URL string // root of the REST API; GraphQL is at URL + "/graphql"
}

// startGitHub starts an empty stand-in that knows Prow's account. Everything that is asked of it in the test is recorded
// and judged at the end by GitHub's published descriptions: the real Prow binaries as well as the stand-in.
func startGitHub(t *testing.T) *github {
	t.Helper()
	recording := &recorder{}
	world := githubsim.New(githubsim.Options{Record: recording})
	world.AddUser(prowLogin)
	server := httptest.NewServer(world)
	t.Cleanup(func() {
		server.Close()
		recording.judge(t)
	})
	return &github{GitHub: world, URL: server.URL}
}

// get reads path of the REST API as login into out.
func (g *github) get(t *testing.T, login, path string, out any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, g.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+githubsim.TokenFor(login))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", path, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
}

// count says how many requests of one kind there were, whatever they were answered. call is "METHOD route".
func (g *github) count(call string) int {
	n := 0
	for key, times := range g.Calls() {
		if strings.HasPrefix(key, call+" ") {
			n += times
		}
	}
	return n
}

// recorder keeps what the stand-in records.
type recorder struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.data.Write(p)
}

var descriptions = sync.OnceValues(func() (*contract.Checker, error) { return contract.Load("node_modules") })

// judge fails the test for every kind of difference between the recording and GitHub's descriptions.
func (r *recorder) judge(t *testing.T) {
	t.Helper()
	checker, err := descriptions()
	if err != nil {
		t.Error(err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var report contract.Report
	err = contract.Read(&r.data, "recording", func(rec contract.Record) { report.Add(checker.Check(rec)...) })
	if err != nil {
		t.Error(err)
	}
	for _, line := range report.Lines() {
		t.Errorf("not as GitHub does: %s", line)
	}
}
