package e2e

import (
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

var mermaidBlock = regexp.MustCompile("(?ms)^```mermaid\n(.*?)^```$")

// drawings are the Mermaid blocks of all golden comments, by file.
func drawings(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	root := filepath.Join("..", "testdata", "golden")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		text, err := os.ReadFile(path)
		for _, block := range mermaidBlock.FindAllStringSubmatch(string(text), -1) {
			out[path] = append(out[path], block[1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMermaidDraws: the drawings in our comments are drawn by Mermaid as GitHub runs it: the dependencies of a plan, and
// the burndown of a tally.
func TestMermaidDraws(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(filepath.Join("node_modules", "@mermaid-js", "tiny", "dist", "mermaid.tiny.js"))
	if err != nil {
		t.Fatalf("%v: run `npm ci` in e2e first", err)
	}
	var body strings.Builder
	kinds := map[string]int{}
	for path, blocks := range drawings(t) {
		for _, block := range blocks {
			kind, _, _ := strings.Cut(strings.TrimSpace(block), "\n")
			kinds[kind]++
			body.WriteString(`<pre data-from="` + html.EscapeString(path) + `">` + html.EscapeString(block) + "</pre>\n")
		}
	}
	if kinds["flowchart LR"] == 0 || kinds["xychart-beta"] == 0 {
		t.Fatalf("got drawings %v, want dependencies and burndowns", kinds)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/mermaid.js":
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			_, _ = w.Write(script)
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(`<!doctype html><title>Drawings</title><script src="/mermaid.js"></script>` + body.String() + `<script>
(async () => {
	mermaid.initialize({ startOnLoad: false, securityLevel: "strict" })
	let n = 0
	for (const pre of document.querySelectorAll("pre")) {
		try {
			const out = await mermaid.render("drawing" + n++, pre.textContent)
			pre.innerHTML = out.svg
		} catch (e) {
			pre.dataset.wrong = String(e)
		}
	}
	document.title = "Drawn"
})()
</script>`))
		}
	}))
	t.Cleanup(server.Close)
	b := startBrowser(t)
	b.do(t, chromedp.Navigate(server.URL))
	waitFor(t, "all to be drawn", readyLimit, func() (bool, error) {
		return ask(t, b, chromedp.Title()) == "Drawn", nil
	})
	b.screenshot(t, "drawings")
	for _, wrong := range b.texts(t, `[...document.querySelectorAll("pre")].filter(e => !e.querySelector("svg")).map(e => e.dataset.from + ": " + e.dataset.wrong)`) {
		t.Errorf("not drawn: %s", wrong)
	}
}
