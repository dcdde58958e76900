package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestBoard: the server shows the plan and its items on its board port, and the plan's record leads there.
func TestBoard(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	c, _ := startVote(t, fmt.Sprintf("--board-port=%d", port), "--external-url="+local(port, "/"))
	c.awaitPlan(t, "[Release-notes draft]("+local(port, "/plan/"+cycleName+"/notes")+")")
	var plan struct {
		Cycle  string
		Counts struct{ Items, Ready, Proposed int }
	}
	c.await(t, "the plan on the board", func() bool {
		if err := json.Unmarshal([]byte(fetch(t, local(port, "/plan/"+cycleName+".json"))), &plan); err != nil {
			t.Fatal(err)
		}
		return plan.Counts.Items == 3 && plan.Counts.Ready == 2
	})
	if plan.Cycle != cycleName || plan.Counts.Proposed != 1 {
		t.Errorf("the plan as JSON: got %+v, want %s with 2 ready and 1 proposed item", plan, cycleName)
	}
	for path, want := range map[string]string{
		"/plan/":                                  cycleName,
		"/plan/" + cycleName:                      "DRA: structured parameters",
		"/plan/" + cycleName + "/notes":           "release notes",
		"/plan/" + cycleName + "/notes.md":        "DRA: structured parameters",
		"/item/kubernetes/kubernetes/130512":      "Expose resource pools",
		"/item/kubernetes/enhancements/4381":      "DRA: structured parameters",
		"/item/kubernetes/enhancements/4381.json": `"readout": {`,
	} {
		if page := fetch(t, local(port, path)); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, page)
		}
	}
	c.notesAsFile(t, fetch(t, local(port, "/plan/"+cycleName+"/notes.md")))
}

// notesAsFile asserts that `steelthread notes` writes the draft that is on the web.
func (c *chain) notesAsFile(t *testing.T, want string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "notes.md")
	c.tool(t, "notes", "--cycle="+cycleName, "-o="+file, "--config="+c.config, "--signing-key-path="+c.key).mustSay(t, 0)
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("the draft as a file:\n%s\non the web:\n%s", got, want)
	}
}

// TestBoardInBrowser holds the pages of the board, with a release on them that was voted on, to what a meeting needs:
// on a wide screen, on a phone, by the keyboard alone, and on paper.
func TestBoardInBrowser(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	sandbox := start(t, own(t, "sandbox"), nil, fmt.Sprintf("--listen=127.0.0.1:%d", port), "--script", "--speed=1e6")
	waitFor(t, "the end of the story", 2*readyLimit, func() (bool, error) {
		return strings.Contains(sandbox.output(), "The end."), nil
	})
	b := startBrowser(t)
	answers := map[string]int{}
	const root = "/sandbox/board"
	b.do(t, chromedp.Navigate(local(port, root+"/plan/v1.38")))
	pages := b.texts(t, `[...document.querySelectorAll("header nav a")].map(a => a.href)`)
	if len(pages) < 3 {
		t.Errorf("the head of the plan leads to %q, want the list of plans, itself and the release notes", pages)
	}
	for _, at := range append(pages, local(port, root+"/item/kubernetes/enhancements/5677")) {
		name := strings.ReplaceAll(strings.Trim(strings.TrimPrefix(at, local(port, root)), "/"), "/", "-")
		b.do(t, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(at))
		b.screenshot(t, name+"-1280")
		b.mustBeInOrder(t, at)
		b.mustLeadSomewhere(t, at, answers)
		b.mustTab(t, at)
		for _, width := range []int64{1280, 360} {
			b.do(t, chromedp.EmulateViewport(width, 900), chromedp.Navigate(at))
			b.mustFit(t, at, width)
		}
		b.screenshot(t, name+"-360")
		b.mustPrint(t, name, at)
	}
	if len(answers) < 50 {
		t.Errorf("links followed: got %d, want those of two dozen items and what was said on them", len(answers))
	}
}

// texts asks the page for a list of texts.
func (b *browser) texts(t *testing.T, expression string) []string {
	t.Helper()
	return ask(t, b, chromedp.Evaluate[[]string](expression))
}

// mustBeInOrder asserts that the page has one heading of the first level, which comes first, and that no level is left out.
func (b *browser) mustBeInOrder(t *testing.T, at string) {
	t.Helper()
	headings := b.texts(t, `[...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map(h => h.tagName[1] + " " + h.textContent.trim())`)
	level, first := 0, 0
	for _, h := range headings {
		now := int(h[0] - '0')
		if now > level+1 || level == 0 && now != 1 {
			t.Errorf("%s: heading %q follows one of level %d", at, h, level)
		}
		if now == 1 {
			first++
		}
		if level = now; len(h) < 3 {
			t.Errorf("%s: an empty heading of level %d", at, now)
		}
	}
	if first != 1 {
		t.Errorf("%s: headings of the first level: got %d, want 1: %q", at, first, headings)
	}
}

// mustLeadSomewhere asserts that each link to the same site is answered, and that what it names there is there. answers
// keeps what was asked before.
func (b *browser) mustLeadSomewhere(t *testing.T, at string, answers map[string]int) {
	t.Helper()
	for _, to := range b.texts(t, `[...new Set([...document.querySelectorAll("[href]")].map(a => new URL(a.getAttribute("href"), location)).filter(to => to.origin === location.origin).map(to => to.href))]`) {
		if page, fragment, _ := strings.Cut(to, "#"); page == at {
			if fragment != "" && !b.evaluate(t, fmt.Sprintf("document.getElementById(%q)", fragment)) {
				t.Errorf("%s: nothing is at #%s", at, fragment)
			}
			continue
		}
		if _, asked := answers[to]; !asked {
			resp, err := http.Get(to)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			answers[to] = resp.StatusCode
		}
		if answers[to] != http.StatusOK {
			t.Errorf("%s: the link to %s is answered %d", at, to, answers[to])
		}
	}
}

// focusable are all elements that the Tab key must come to.
const focusable = `[...document.querySelectorAll("a[href], summary, [tabindex='0']")].filter(e => e.checkVisibility())`

// focused is what is wrong with the element that has the focus: it cannot be seen, or not that it has the focus. "" is
// nothing, "end" that no element has it.
const focused = `(() => {
	const e = document.activeElement
	if (!e || e === document.body) return "end"
	e.setAttribute("data-came-by", "")
	const r = e.getClientRects()[0], s = getComputedStyle(e)
	if (!r || r.bottom <= 0 || r.right <= 0 || r.top >= innerHeight || r.left >= innerWidth) return "the focus is out of sight: " + e.outerHTML.slice(0, 200)
	const mark = e.closest("svg") && e.querySelector(".mark") // a drawing shows it by the line around the mark
	if (mark && parseFloat(getComputedStyle(mark).strokeWidth) >= 3) return ""
	if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 1) return "one does not see that it has the focus: " + e.outerHTML.slice(0, 200)
	return ""
})()`

// mustTab goes through the page with the Tab key and asserts that it comes to everything that can be followed or
// unfolded, and that one sees where it is.
func (b *browser) mustTab(t *testing.T, at string) {
	t.Helper()
	all := ask(t, b, chromedp.Evaluate[int](focusable+".length"))
	for n := 0; ; n++ {
		b.do(t, chromedp.KeyEvent(kb.Tab))
		wrong := ask(t, b, chromedp.Evaluate[string](focused))
		if wrong == "end" || n > all {
			break
		}
		if wrong != "" {
			t.Errorf("%s: at press %d of Tab: %s", at, n+1, wrong)
		}
	}
	for _, one := range b.texts(t, focusable+`.filter(e => !e.hasAttribute("data-came-by")).map(e => e.outerHTML.slice(0, 200))`) {
		t.Errorf("%s: the Tab key never comes to %s", at, one)
	}
	if all < 3 {
		t.Errorf("%s: got %d elements to come to, want some", at, all)
	}
}

// mustFit asserts that the page need not be moved sideways; tables may, within their frame.
func (b *browser) mustFit(t *testing.T, at string, width int64) {
	t.Helper()
	if !b.evaluate(t, `document.documentElement.scrollWidth <= innerWidth`) {
		t.Errorf("%s: wider than %d pixels: %q", at, width, b.texts(t, `[...document.querySelectorAll("main *")].filter(e =>
			!e.closest(".scroll") && e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 120))`))
	}
}

// paper is how wide A4 is between margins of 12 mm, in pixels.
const paper = 703

// mustPrint applies what the stylesheet says for paper to the page, and asserts that it fits and that nothing of the
// content is left out but the copy of the Markdown. What is folded stays so, under its summary. The sheets themselves are kept as a PDF.
func (b *browser) mustPrint(t *testing.T, name, at string) {
	t.Helper()
	pdf := ask(t, b, chromedp.PrintToPDF())
	if err := os.WriteFile(filepath.Join(artifacts(t), name+".pdf"), pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(t, chromedp.EmulateViewport(paper, 1000))
	n := ask(t, b, chromedp.Evaluate[int](`(() => {
		const print = [...document.styleSheets].flatMap(s => [...s.cssRules]).filter(r => r.media && r.media.mediaText === "print")
		print.forEach(r => { r.media.mediaText = "all" })
		return print.length
	})()`))
	if n == 0 {
		t.Fatalf("%s: no rules for paper", at)
	}
	b.mustFit(t, at+" on paper", paper)
	for _, one := range b.texts(t, `[...document.querySelectorAll("main *")].filter(e => !e.closest(".source, nav, title, details:not([open]) > :not(summary)") &&
		[...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && !e.checkVisibility()).map(e => e.outerHTML.slice(0, 200))`) {
		t.Errorf("%s: not on paper: %s", at, one)
	}
	if b.evaluate(t, `[...document.querySelectorAll("header, footer, nav")].some(e => e.checkVisibility())`) {
		t.Errorf("%s: what leads elsewhere is on paper", at)
	}
	b.screenshot(t, name+"-paper")
}
