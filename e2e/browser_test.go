package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium is where Debian puts the browser.
const chromium = "/usr/bin/chromium"

// browser is one tab of a real browser. Its context goes to chromedp.Do and chromedp.Run.
type browser struct {
	context.Context

	mu       sync.Mutex
	problems []string // errors that pages wrote to the console, and exceptions that nothing caught
}

// startBrowser starts a browser with a profile of its own, which ends with the test. An error on a page's console fails
// the test, unless it was taken with takeProblems.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v: run `apt-get install chromium` first", err)
	}
	log, err := os.Create(filepath.Join(artifacts(t), "chromium.log"))
	if err != nil {
		t.Fatal(err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()), chromedp.CombinedOutput(log),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	limit, stopLimit := context.WithTimeout(context.Background(), 5*time.Minute)
	alloc, stopAlloc := chromedp.NewExecAllocator(limit, options...)
	tab, stopTab := chromedp.NewContext(alloc)
	b := &browser{Context: tab}
	messages := chromedp.Console(tab) // starts the browser
	read := make(chan struct{})
	go func() {
		defer close(read)
		for m, err := range messages {
			if err != nil {
				return
			}
			b.note(m)
		}
	}()
	t.Cleanup(func() {
		if t.Failed() {
			b.lastLook(t)
		}
		if err := chromedp.Cancel(tab); err != nil {
			t.Errorf("close the browser: %v", err)
		}
		stopTab()
		stopAlloc()
		stopLimit()
		<-read
		log.Close()
		for _, p := range b.takeProblems() {
			t.Errorf("the page reported: %s", p)
		}
	})
	if err := chromedp.Do(tab); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return b
}

func (b *browser) note(m chromedp.ConsoleMessage) {
	if m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleException {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, strings.TrimSpace(m.Text+" "+m.URL))
}

// takeProblems returns what pages reported so far and forgets it.
func (b *browser) takeProblems() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.problems
	b.problems = nil
	return out
}

// do carries out actions in the tab and fails the test when one of them fails.
func (b *browser) do(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		t.Fatal(err)
	}
}

// ask carries out an action that returns something, and fails the test when the action fails.
func ask[T any](t *testing.T, b *browser, action chromedp.Action[T]) T {
	t.Helper()
	out, err := chromedp.Run(b, action)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// text returns the visible text of the first element that matches a CSS selector, as soon as it is there.
func (b *browser) text(t *testing.T, selector string) string {
	t.Helper()
	return ask(t, b, chromedp.Text(chromedp.CSS(selector), chromedp.NodeVisible))
}

// screenshot keeps the whole page as a picture below artifacts/ and returns the file's path.
func (b *browser) screenshot(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(artifacts(t), name+".png")
	if err := os.WriteFile(path, ask(t, b, chromedp.FullScreenshot(100)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// lastLook keeps a picture of what a failed test saw last.
func (b *browser) lastLook(t *testing.T) {
	picture, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(artifacts(t), "failed.png"), picture, 0o600)
	}
	if err != nil {
		t.Logf("no picture of the end: %v", err)
	}
}

// page serves one HTML page on the loopback interface and returns its address.
func page(t *testing.T, html string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			_, _ = w.Write([]byte(html))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestBrowserShowsAPage(t *testing.T) {
	address := page(t, `<!doctype html><title>A plan</title><h1>v1.38</h1><p id=p></p>
<script>document.getElementById("p").textContent = "run by " + "a script"</script>`)
	b := startBrowser(t)
	b.do(t, chromedp.Navigate(address))
	if got := ask(t, b, chromedp.Title()); got != "A plan" {
		t.Errorf("title: got %q, want %q", got, "A plan")
	}
	if got := b.text(t, "#p"); got != "run by a script" {
		t.Errorf("text: got %q, want %q", got, "run by a script")
	}
	info, err := os.Stat(b.screenshot(t, "plan"))
	if err != nil || info.Size() < 1000 {
		t.Errorf("the picture: got %v, %v; want some kilobytes", info, err)
	}
}

func TestBrowserReportsErrorsOfAPage(t *testing.T) {
	address := page(t, `<!doctype html><title>x</title><script>console.error("told"); missing()</script>`)
	b := startBrowser(t)
	b.do(t, chromedp.Navigate(address))
	var got []string
	waitFor(t, "two reports of the page", readyLimit, func() (bool, error) {
		got = append(got, b.takeProblems()...)
		return len(got) >= 2, nil
	})
	all := strings.Join(got, "\n")
	for _, want := range []string{"told", "missing is not defined"} {
		if !strings.Contains(all, want) {
			t.Errorf("reports: got %q, want %q among them", all, want)
		}
	}
}
