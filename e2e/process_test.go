package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The limits of a wait. They are reached only when something is broken, so they are generous.
const (
	readyLimit = 60 * time.Second
	stopLimit  = 20 * time.Second
	pollEvery  = 20 * time.Millisecond
)

// process is a program that a test has started. Its output goes to a file below artifacts/.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    string        // file with stdout and stderr
	exited chan struct{} // closed when the process has ended
	err    error         // how it ended; read after exited
}

// start runs a program and returns at once; await says when it is ready. At the end of the test it is stopped with
// SIGTERM, by its own pid. env is added to the environment, from which everything that looks like a GitHub or proxy
// setting is taken out.
func start(t *testing.T, path string, env []string, args ...string) *process {
	t.Helper()
	p := &process{name: filepath.Base(path), cmd: exec.Command(path, args...), exited: make(chan struct{})}
	p.log = filepath.Join(artifacts(t), p.name+nth(t, p.name)+".log")
	out, err := os.Create(p.log)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.Env = append(cleanEnv(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", p.name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.stop(t)
		if t.Failed() {
			t.Logf("the end of %s:\n%s", p.log, p.tail(15))
		}
	})
	return p
}

var starts = struct {
	sync.Mutex
	of map[string]int
}{of: map[string]int{}}

// nth is "" for the first start of a program in a test, then "-2", "-3".
func nth(t *testing.T, name string) string {
	starts.Lock()
	defer starts.Unlock()
	key := t.Name() + " " + name
	starts.of[key]++
	if n := starts.of[key]; n > 1 {
		return fmt.Sprintf("-%d", n)
	}
	return ""
}

// cleanEnv is the environment without what could lead a program to another server than the test's.
func cleanEnv() []string {
	var out []string
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		upper := strings.ToUpper(name)
		if strings.HasPrefix(upper, "GITHUB_") || strings.HasSuffix(upper, "_PROXY") || upper == "KUBECONFIG" {
			continue
		}
		out = append(out, pair)
	}
	return out
}

// await waits until each URL answers 200. A process that ends before is a failure at once.
func (p *process) await(t *testing.T, urls ...string) {
	t.Helper()
	client := &http.Client{Timeout: time.Second}
	for _, u := range urls {
		waitFor(t, p.name+" at "+u, readyLimit, func() (bool, error) {
			select {
			case <-p.exited:
				return false, fmt.Errorf("%s ended: %v", p.name, p.err)
			default:
			}
			resp, err := client.Get(u)
			if err != nil {
				return false, nil
			}
			resp.Body.Close()
			return resp.StatusCode == http.StatusOK, nil
		})
	}
}

// awaitExit waits until the process has ended and returns how: nil for exit code 0.
func (p *process) awaitExit(t *testing.T, limit time.Duration) error {
	t.Helper()
	select {
	case <-p.exited:
		return p.err
	case <-time.After(limit):
		t.Fatalf("%s still runs after %v", p.name, limit)
		return nil
	}
}

// stop ends the process with SIGTERM; one that does not go is killed, and the test fails.
func (p *process) stop(t *testing.T) {
	t.Helper()
	select {
	case <-p.exited:
		return
	default:
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("stop %s: %v", p.name, err)
	}
	select {
	case <-p.exited:
	case <-time.After(stopLimit):
		t.Errorf("%s did not end within %v of SIGTERM", p.name, stopLimit)
		p.kill()
	}
}

// kill ends the process without warning, as a lost node would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// output returns everything that the process has printed so far.
func (p *process) output() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// tail returns the last n lines, each cut to what is read at a glance.
func (p *process) tail(n int) string {
	lines := strings.Split(strings.TrimSpace(p.output()), "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		if len(line) > 600 {
			lines[i] = line[:600] + "…"
		}
	}
	return strings.Join(lines, "\n")
}

// waitFor polls until done says so, fails the test when it returns an error or the limit has passed.
func waitFor(t *testing.T, what string, limit time.Duration, done func() (bool, error)) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ok, err := done()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if ok {
			return
		}
		select {
		case <-deadline.C:
			t.Fatalf("%s: not within %v", what, limit)
		case <-tick.C:
		}
	}
}

var ports = struct {
	sync.Mutex
	given map[int]bool
}{given: map[int]bool{}}

// freePort returns a TCP port of the loopback interface that nobody listens on, never the same twice.
func freePort(t *testing.T) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close()
		if !ports.given[port] {
			ports.given[port] = true
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func local(port int, path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", port, path) }

// artifacts returns the folder for what this test leaves behind.
func artifacts(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("artifacts", strings.ReplaceAll(t.Name(), "/", "_")))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// writeFile writes a file that one of the processes reads, and returns its path.
func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool returns the path of one of the Prow binaries in bin/.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is missing: run `go build -o bin/ tool` in e2e first", path)
	}
	return path
}

var built sync.Map // name of a command -> func() (path string, err error), run once

// own builds a command of the root module, with the root module's own dependencies, and returns its path: below bin/own,
// for our checkconfig is not Prow's.
func own(t *testing.T, name string) string {
	t.Helper()
	once, _ := built.LoadOrStore(name, sync.OnceValues(func() (string, error) {
		path, err := filepath.Abs(filepath.Join("bin", "own", name))
		if err != nil {
			return "", err
		}
		cmd := exec.Command("go", "build", "-o", path, "./cmd/"+name)
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
		return path, nil
	}))
	path, err := once.(func() (string, error))()
	if err != nil {
		t.Fatalf("build cmd/%s: %v", name, err)
	}
	return path
}
