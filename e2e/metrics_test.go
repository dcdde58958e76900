package e2e

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// sample is the sum of a metric's series whose labels contain all of the texts, such as outcome="done".
func (c *chain) sample(t *testing.T, name string, texts ...string) float64 {
	t.Helper()
	sum := 0.0
	for scan := bufio.NewScanner(strings.NewReader(fetch(t, local(c.metrics, "/metrics")))); scan.Scan(); {
		at := strings.LastIndexByte(scan.Text(), ' ')
		if at < 0 {
			continue
		}
		metric, labels, _ := strings.Cut(scan.Text()[:at], "{")
		if metric != name {
			continue
		}
		has := true
		for _, text := range texts {
			has = has && strings.Contains(labels, text)
		}
		if number, err := strconv.ParseFloat(scan.Text()[at+1:], 64); err == nil && has {
			sum += number
		}
	}
	return sum
}

// awaitRounds waits until the server has made n rounds and nothing waits.
func (c *chain) awaitRounds(t *testing.T, n int) {
	t.Helper()
	c.await(t, "rounds over all issues", func() bool {
		return c.sample(t, "steelthread_rounds_total") >= float64(n) && c.sample(t, "steelthread_queue_depth") == 0
	})
}

// TestMetrics: what an operator needs to see is on /metrics and /status, and no secret is, nor in the log.
func TestMetrics(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	server := c.serve(t, "--log-level=debug")
	openIssues(c.github)
	c.SetFault(failOnce("/labels")) // an error on the way is logged
	c.awaitAccepted(t, asking, c.says("node-fac", asking, "/commit w3-4"))
	if status := deliver(t, local(c.port, "/"), "issue_comment", "forged", []byte(payload), "another secret"); status != http.StatusForbidden {
		t.Errorf("a forged delivery: got %d, want 403", status)
	}
	for _, want := range []struct {
		name  string
		label string
		least float64
	}{
		{"steelthread_deliveries_total", `event="issue_comment",outcome="enqueued"`, 1},
		{"steelthread_deliveries_total", `event="issue_comment",outcome="refused"`, 1},
		{"steelthread_rounds_total", `outcome="done"`, 1},
		{"steelthread_rounds_total", `outcome="error"`, 1},
		{"steelthread_github_calls_total", `status="200"`, 1},
		{"steelthread_github_calls_total", `status="502"`, 1},
		{"steelthread_github_quota_remaining", `resource="core"`, 1},
		{"steelthread_queue_depth", "", 0},
		{"steelthread_queue_wait_seconds_count", "", 1},
		{"steelthread_writes_total", "", 3},
		{"steelthread_writes_stopped", "", 0},
		{"steelthread_config_age_seconds", "", 0},
		{"process_resident_memory_bytes", "", 1},
	} {
		if got := c.sample(t, want.name, want.label); got < want.least {
			t.Errorf("%s{%s}: got %v, want at least %v", want.name, want.label, got, want.least)
		}
		if !strings.Contains(fetch(t, local(c.metrics, "/metrics")), "# HELP "+want.name[:len(want.name)-len(suffix(want.name))]+" ") {
			t.Errorf("%s has no help", want.name)
		}
	}
	status := fetch(t, local(c.health, "/status"))
	for _, want := range []string{"configuration: ", "in force since: ", "issues known: 1", "issues waiting: "} {
		if !strings.Contains(status, want) {
			t.Errorf("/status lacks %q:\n%s", want, status)
		}
	}
	key, err := os.ReadFile(c.key)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.SplitN(strings.TrimSpace(string(key)), "+", 5) // the last is the secret, and may hold a "+"
	secrets := map[string]string{"the token": prowToken, "the webhook's secret": webhookSecret, "the signing key": fields[len(fields)-1]}
	metrics := fetch(t, local(c.metrics, "/metrics"))
	server.stop(t)
	for where, text := range map[string]string{"the log": server.output(), "/metrics": metrics, "/status": status} {
		for name, secret := range secrets {
			if len(secret) < 16 || strings.Contains(text, secret) {
				t.Errorf("%s is in %s", name, where)
			}
		}
	}
}

// suffix is what a histogram's series have behind the metric's name.
func suffix(name string) string {
	if strings.HasSuffix(name, "_count") {
		return "_count"
	}
	return ""
}

// failOnce answers the first write to a path that ends as given with 502.
func failOnce(path string) func(*http.Request) *githubsim.Fault {
	var once sync.Once
	return func(r *http.Request) (fault *githubsim.Fault) {
		if isWrite(r) && strings.HasSuffix(r.URL.Path, path) {
			once.Do(func() { fault = &githubsim.Fault{Status: http.StatusBadGateway, Body: "{}"} })
		}
		return fault
	}
}

// TestMemory prints what the server weighs and holds it to its budget: idle under 30 MB, stripped binary under 25 MB.
func TestMemory(t *testing.T) {
	c := startChain(t)
	binary := filepath.Join(t.TempDir(), "steelthread")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "./cmd/steelthread")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	server := start(t, binary, nil, append(c.flags(), "--github-token-path="+c.token)...)
	server.await(t, local(c.health, "/healthz/ready"))
	const mb = 1e6
	size, idle := float64(info.Size())/mb, float64(rss(t, server.cmd.Process.Pid))/mb
	t.Logf("stripped binary %.1f MB, resident after the start in an empty world %.1f MB", size, idle)
	if size >= 25 {
		t.Errorf("the stripped binary has %.1f MB, the budget is 25", size)
	}
	if idle >= 30 {
		t.Errorf("the idle server has %.1f MB, the budget is 30", idle)
	}
}

// rss is the resident memory of a process in bytes.
func rss(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		if fields[0] != "VmRSS:" {
			continue
		}
		kib, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return kib << 10
	}
	t.Fatalf("process %d has no VmRSS", pid)
	return 0
}
