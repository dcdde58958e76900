package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

func itoa(n int) string { return strconv.Itoa(n) }

// printed runs the command until the test ends and gives the address that it printed.
func printed(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, args, in, io.Discard); in.Close() }()
	address := make(chan string, 1)
	go func() {
		text := make([]byte, 4096)
		n, _ := out.Read(text)
		_, rest, _ := strings.Cut(string(text[:n]), " is at ")
		base, _, _ := strings.Cut(rest, "/ ")
		address <- base
		_, _ = io.Copy(io.Discard, out)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the command ended: %v", err)
		}
	})
	select {
	case base := <-address:
		return base
	case err := <-done:
		done <- err
		t.Fatalf("the command ended: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("no address was printed")
	}
	return ""
}

func body(t *testing.T, method, address, token, accept, send string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(send))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Accept", accept)
	if strings.Contains(address, "/sandbox/") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestGitHubOnlyServesTheAPIAndSendsWebhooks(t *testing.T) {
	delivered := make(chan *http.Request, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { delivered <- r }))
	defer hook.Close()
	dir := t.TempDir()
	secret, out := filepath.Join(dir, "hmac"), filepath.Join(dir, "steelthread.yaml")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := printed(t, "--github-only", "--listen", "127.0.0.1:0", "--webhook-url", hook.URL, "--hmac-secret-file", secret, "--config-out", out)
	const issue = "/repos/kubernetes/enhancements/issues/5677"
	for _, prefix := range []string{"", "/api/v3"} {
		if code, got := body(t, "GET", base+prefix+issue, "", "application/json", ""); code != 200 || !strings.Contains(got, `"title":"DRA Resource Availability Visibility"`) {
			t.Errorf("%s: got %d %.200s", prefix+issue, code, got)
		}
	}
	query := `{"query":"query($ids:[ID!]!){nodes(ids:$ids){id}}","variables":{"ids":[]}}`
	for _, path := range []string{"/graphql", "/api/graphql"} {
		if code, got := body(t, "POST", base+path, githubsim.TokenFor("node-fac"), "application/json", query); code != 200 {
			t.Errorf("%s: got %d %.200s", path, code, got)
		}
	}
	if code, got := body(t, "POST", base+issue+"/comments", githubsim.TokenFor("node-fac"), "application/json", `{"body":"/commit"}`); code != 201 {
		t.Fatalf("comment: got %d %.200s", code, got)
	}
	select {
	case r := <-delivered:
		if r.Header.Get("X-GitHub-Event") != "issue_comment" || !strings.HasPrefix(r.Header.Get("X-Hub-Signature-256"), "sha256=") {
			t.Errorf("webhook: got %v", r.Header)
		}
	case <-time.After(time.Minute):
		t.Fatal("no webhook came")
	}
	if code, got := body(t, "GET", base+"/kubernetes/enhancements/issues/5677", "", "text/html", ""); code != 200 || !strings.Contains(got, "<title>") {
		t.Errorf("the page: got %d %.200s", code, got)
	}
	if cfg, err := config.LoadFile(out); err != nil || cfg.Cycles[0].Name != "v1.38" {
		t.Errorf("--config-out: %v", err)
	}
}

func TestControlsOverHTTP(t *testing.T) {
	base := printed(t, "--github-only", "--listen", "localhost:0")
	state := func(method, path, form string) (out struct {
		Now    time.Time
		Stage  string
		ToLose int `json:"deliveriesToLose"`
		Tokens []struct{ Login, Token string }
	}) {
		t.Helper()
		code, raw := body(t, method, base+path, "", "application/json", form)
		if err := json.Unmarshal([]byte(raw), &out); code != 200 || err != nil {
			t.Fatalf("%s %s: got %d %s", method, path, code, raw)
		}
		return out
	}
	before := state("GET", "/sandbox/state", "")
	if before.Stage != "v1.38, planning weeks" || len(before.Tokens) != 15 || before.Tokens[0].Token != "token-steelthread[bot]" {
		t.Errorf("state: got %+v", before)
	}
	if after := state("POST", "/sandbox/clock", "by=increment"); after.Stage != "v1.38, weeks 1–2" {
		t.Errorf("on to the next increment: got %q", after.Stage)
	}
	if after := state("POST", "/sandbox/lose", "deliveries=3"); after.ToLose != 3 {
		t.Errorf("lose: got %d", after.ToLose)
	}
	if code, raw := body(t, "POST", base+"/sandbox/calls", "", "application/json", ""); code != 200 || !strings.Contains(raw, `"calls":{}`) {
		t.Errorf("calls forgotten: got %d %s", code, raw)
	}
	body(t, "GET", base+"/repos/kubernetes/enhancements", "", "application/json", "")
	if _, raw := body(t, "GET", base+"/sandbox/calls", "", "application/json", ""); !strings.Contains(raw, `"GET /repos/{owner}/{repo} 200":1`) {
		t.Errorf("calls: got %s", raw)
	}
}

func TestFlagsThatDoNotGoTogether(t *testing.T) {
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"--listen", "0.0.0.0:0"}, "loopback only"},
		{[]string{"--listen", "192.0.2.1:0"}, "loopback only"},
		{[]string{"--listen", "8080"}, "such as 127.0.0.1:8080"},
		{[]string{"--webhook-url", "http://127.0.0.1:1/"}, "go with --github-only"},
		{[]string{"--github-only", "--webhook-url", "http://127.0.0.1:1/"}, "go together"},
		{[]string{"--github-only", "--script"}, "needs the plugin"},
		{[]string{"--speed", "0"}, "above 0"},
		{[]string{"--listen", "127.0.0.1:0", "--seed", "testdata/none"}, "steelthread.yaml"},
		{[]string{"now"}, `"now"`},
	}
	for _, test := range tests {
		if err := run(t.Context(), test.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: got %v, want an error with %q", test.args, err, test.want)
		}
	}
}

func TestTheSecretOfBothForms(t *testing.T) {
	tests := map[string]string{
		"abc\n":                                  "abc",
		"'*':\n- value: one\nk:\n- value: two\n": "one",
		"b:\n- value: two\na:\n- value: one\n":   "one",
		"":                                       "",
	}
	for file, want := range tests {
		if got := secretOf([]byte(file)); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
}
