package e2e

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sigs.k8s.io/prow/pkg/plugins"
	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

var peers = flag.Bool("peers", false, "compare what an irrelevant delivery costs with Prow's own external plugins (a minute)")

// The load of TestPeers. 13 kB is what GitHub's deliveries of comments weigh.
const (
	peerDeliveries = 20_000
	peerWorkers    = 16
	peerSize       = 13_000
)

// clockTicks is USER_HZ, the unit of times in /proc, on every Linux that Go runs on.
const clockTicks = 100

// TestPeers sends the same signed deliveries, a long comment without a command on an issue that nobody tracks, to the
// server and to two of Prow's external plugins in turn. The server must take less CPU than either, and ask GitHub nothing.
func TestPeers(t *testing.T) {
	if !*peers {
		t.Skip("a benchmark: go test -run TestPeers -peers -v .")
	}
	c := startChain(t)
	body := c.irrelevant(t)
	rows := []peer{
		c.measure(t, "steelthread", c.serve(t), c.port, body),
		c.measurePeer(t, "refresh", body, "--prow-url=http://127.0.0.1:1",
			"--config-path="+writeFile(t, t.TempDir(), "config.yaml", prowConfig)),
		c.measurePeer(t, "needs-rebase", body, "--log-level=info",
			"--plugin-config="+writeFile(t, t.TempDir(), "plugins.yaml", c.noPlugins(t))),
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d deliveries of %d bytes, %d at a time\n%-14s %15s %12s %12s %12s\n",
		peerDeliveries, len(body), peerWorkers, "", "CPU/delivery", "wall", "RSS before", "RSS after")
	for _, r := range rows {
		fmt.Fprintf(&b, "%-14s %12d us %12s %9.1f MB %9.1f MB\n", r.name, r.cpu.Microseconds(),
			r.wall.Round(time.Millisecond), float64(r.before)/1e6, float64(r.after)/1e6)
	}
	t.Log("\n" + b.String())
	if err := os.WriteFile(filepath.Join(artifacts(t), "table.txt"), []byte(b.String()), 0o600); err != nil {
		t.Error(err)
	}
	best := slices.MinFunc(rows[1:], func(a, b peer) int { return cmp.Compare(a.cpu, b.cpu) })
	if rows[0].cpu >= best.cpu {
		t.Errorf("an irrelevant delivery costs %v, and %v in %s", rows[0].cpu, best.cpu, best.name)
	}
}

// irrelevant is GitHub's delivery of a long comment without a command.
func (c *chain) irrelevant(t *testing.T) []byte {
	t.Helper()
	var box githubsim.Mailbox
	c.SetWebhook(box.Receive)
	n := c.OpenIssue("dev", "kubernetes", "kubernetes", "A flake", "It fails now and then.")
	box.Take()
	const line = "The job failed again: see /var/log/kubelet.log, and the \"events\" of the pod; nothing new.\n"
	comment := func(lines int) []byte {
		c.Comment("dev", "kubernetes", "kubernetes", n, strings.Repeat(line, lines))
		return box.Take()[0].Body
	}
	small := len(comment(1))
	body := comment(1 + (peerSize-small)/len(line))
	if len(body) < peerSize-1000 || len(body) > peerSize+1000 {
		t.Fatalf("the delivery has %d bytes, want about %d", len(body), peerSize)
	}
	return body
}

func (c *chain) noPlugins(t *testing.T) string {
	t.Helper()
	text, err := yaml.Marshal(&plugins.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// peer is what one server took: CPU per delivery, resident bytes before and after.
type peer struct {
	name          string
	cpu, wall     time.Duration
	before, after int64
}

// measurePeer starts one of Prow's external plugins and measures it.
func (c *chain) measurePeer(t *testing.T, name string, body []byte, args ...string) peer {
	t.Helper()
	port, health := freePort(t), freePort(t)
	p := start(t, tool(t, name), nil, append(args, "--dry-run=false",
		"--github-endpoint="+c.URL, "--github-graphql-endpoint="+c.URL+"/graphql", "--github-token-path="+c.token,
		"--hmac-secret-file="+c.hook.HMACFile, fmt.Sprintf("--port=%d", port), fmt.Sprintf("--health-port=%d", health),
		fmt.Sprintf("--metrics-port=%d", freePort(t)), fmt.Sprintf("--pprof-port=%d", freePort(t)))...)
	p.await(t, local(health, "/healthz/ready"))
	return c.measure(t, name, p, port, body)
}

// measure sends the load to a server and stops it.
func (c *chain) measure(t *testing.T, name string, p *process, port int, body []byte) peer {
	t.Helper()
	c.ResetCalls()
	pid := p.cmd.Process.Pid
	one := peer{name: name, before: rss(t, pid)}
	cpu, began := cpuTime(t, pid), time.Now()
	flood(t, local(port, "/"), body)
	one.wall = time.Since(began)
	one.cpu = (cpuTime(t, pid) - cpu) / peerDeliveries
	one.after = rss(t, pid)
	if calls := c.Calls(); len(calls) != 0 {
		t.Errorf("%s asked GitHub: %v", name, calls)
	}
	p.stop(t)
	return one
}

// flood posts the deliveries; each must be answered 200.
func flood(t *testing.T, url string, body []byte) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: peerWorkers}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	signature := sign(body, webhookSecret)
	var sent, refused atomic.Int64
	var group sync.WaitGroup
	for range peerWorkers {
		group.Go(func() {
			for n := sent.Add(1); n <= peerDeliveries; n = sent.Add(1) {
				req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
				if err != nil {
					refused.Add(1)
					return
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("X-GitHub-Event", "issue_comment")
				req.Header.Set("X-GitHub-Delivery", fmt.Sprint("load-", n))
				req.Header.Set("X-Hub-Signature-256", signature)
				resp, err := client.Do(req)
				if err != nil {
					refused.Add(1)
					continue
				}
				var answer bytes.Buffer
				_, _ = answer.ReadFrom(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					refused.Add(1)
				}
			}
		})
	}
	group.Wait()
	if n := refused.Load(); n != 0 {
		t.Errorf("%s: %d of %d deliveries were not answered 200", url, n, peerDeliveries)
	}
}

// cpuTime is the CPU time that a process has taken, in user and in kernel mode.
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	// The second field is the program's name in brackets; utime and stime are the 14th and 15th.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	ticks := 0
	for _, field := range fields[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / clockTicks
}
