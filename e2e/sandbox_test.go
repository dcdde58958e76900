package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// sandboxIssue is an issue of the sandbox's seed that is in the release and to which nothing was committed yet.
const sandboxIssue = "/kubernetes/enhancements/issues/5677"

// TestBrowser uses the sandbox's page as a person without a mouse does: chooses who to be, begins a command, lets it be
// completed, sends it, and sees the record change. Then somebody else speaks, and the page shows it by itself.
func TestBrowser(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	address := local(port, sandboxIssue)
	sandbox := start(t, own(t, "sandbox"), nil, fmt.Sprintf("--listen=127.0.0.1:%d", port))
	sandbox.await(t, local(port, "/"))
	b := startBrowser(t)
	b.do(t, chromedp.Navigate(address))
	b.awaitPage(t, "the record", shows("thread", "v1.38: opted in, not committed"))

	b.tabTo(t, "as")
	b.pressUntil(t, kb.ArrowDown, `document.getElementById("as").value === "node-lead"`)
	b.tabTo(t, "body")
	b.do(t, chromedp.KeyEvent("/com"))
	b.awaitPage(t, "an offer", `!document.getElementById("options").hidden && document.querySelector("#options [aria-selected=true] code").innerText.startsWith("/commit")`)
	b.screenshot(t, "completion-1280")
	b.do(t, chromedp.KeyEvent(kb.Enter))
	b.awaitPage(t, "the verb", `document.getElementById("body").value === "/commit "`)
	b.awaitPage(t, "its usage", `!document.getElementById("hint").hidden && document.getElementById("hint").innerText.includes("planning facilitator")`)
	b.do(t, chromedp.KeyEvent("w1-2 80%"), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.awaitPage(t, "the commitment in the record", shows("thread", "v1.38: committed")+" && "+shows("facts", "plan/proposed"))

	// From here on the page must not be loaded anew: this mark would be gone.
	b.evaluate(t, `window.stays = true`)
	comment(t, address, "arch-voter", "/block the API needs a review")
	b.awaitPage(t, "the block, without a reload", "window.stays && "+shows("thread", "v1.38: committed, blocked by B1")+" && "+shows("facts", "plan/blocked"))

	for _, width := range []int64{1280, 360} {
		b.do(t, chromedp.EmulateViewport(width, 900))
		b.screenshot(t, fmt.Sprint("issue-", width))
		b.awaitPage(t, fmt.Sprintf("nothing wider than %d pixels", width), `document.documentElement.scrollWidth <= innerWidth`)
	}
	if out := sandbox.output(); !strings.Contains(out, local(port, "/")) {
		t.Errorf("the sandbox does not say where its page is:\n%s", out)
	}
}

// shows is the condition that an element of the page is there and holds a text.
func shows(id, text string) string {
	return fmt.Sprintf("document.getElementById(%q)?.innerText.includes(%q)", id, text)
}

// evaluate asks the page whether a condition holds.
func (b *browser) evaluate(t *testing.T, condition string) bool {
	t.Helper()
	return ask(t, b, chromedp.Evaluate[bool]("!!("+condition+")"))
}

func (b *browser) awaitPage(t *testing.T, what, condition string) {
	t.Helper()
	waitFor(t, what, readyLimit, func() (bool, error) { return b.evaluate(t, condition), nil })
}

// pressUntil presses a key until a condition holds.
func (b *browser) pressUntil(t *testing.T, key, condition string) {
	t.Helper()
	for range 300 {
		if b.evaluate(t, condition) {
			return
		}
		b.do(t, chromedp.KeyEvent(key))
	}
	t.Fatalf("not after 300 presses of the key: %s", condition)
}

// tabTo moves the focus to an element by the keyboard.
func (b *browser) tabTo(t *testing.T, id string) {
	t.Helper()
	b.pressUntil(t, kb.Tab, fmt.Sprintf("document.activeElement.id === %q", id))
}

// comment sends the page's form as another persona, from another browser.
func comment(t *testing.T, address, login, body string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(address, url.Values{"do": {"say"}, "as": {login}, "body": {body}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%s: %s, want a redirect to the issue", address, resp.Status)
	}
}
