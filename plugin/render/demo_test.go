package render

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

// demoStory is done and shown twice by one person and once by another, and nobody has
// confirmed what was shown.
func demoStory() *story {
	s := newStory()
	s.says("node-fac", "9 14:02", "/commit v1.38 w1-2 100%")
	s.says("author", "22 09:30", "/demo v1.38 https://testgrid.k8s.io/sig-node#e2e")
	s.says("author", "22 09:40", "/done v1.38 kubernetes/kubernetes#130700", "/demo v1.38 https://github.com/kubernetes/kubernetes/actions/runs/123456789/job/987654321?pr=130700&x=(1) the run that passes")
	s.says("node-fac", "22 10:00", "/demo v1.38 https://youtu.be/abc")
	return s
}

// demoConfirmed is shown first and called done then.
func demoConfirmed() *story {
	s := demoStory()
	s.says("node-fac", "23 09:30", "/done v1.38")
	return s
}

// demoNone is done, and its merged pull request has tests that pass.
func demoNone() *story {
	s := newStory()
	s.facts.Issue.Body = "As the KEP says."
	s.says("node-fac", "9 14:02", "/commit v1.38 w1-2 100%")
	s.merge(130650, "15 10:00", "Add the API types", "description", custody.VerdictPlanned)
	s.merge(130700, "28 10:00", "Implement it", "/part-of", custody.VerdictPlanned)
	s.says("author", "28 12:00", "/done v1.38 kubernetes/kubernetes#130700")
	return s
}

// TestDemoLinks: an address leads where it says and nowhere else.
func TestDemoLinks(t *testing.T) {
	for _, address := range []string{
		"https://youtu.be/abc", "http://localhost:8080", "https://a.example/(x)_[y]/*b*/~c~?q=a|b&copy;=&lt;&amp;d#e$f$", "https://a.example/@everyone/#1!(",
		"https://www.example.com/0123456789abcdef0123456789abcdef01234567", "https://a.example/):tada:", "https://a.example/" + strings.Repeat("x", 280),
	} {
		got := demoLink(address)
		if want := "Document\n Paragraph\n  Link "; !strings.HasPrefix(skeleton(got), want) || strings.Count(skeleton(got), "\n") != 4 {
			t.Errorf("%s gives %s, which reads as\n%s", address, got, skeleton(got))
		}
		if to := linkOf(t, got); unescaped(to) != address {
			t.Errorf("%s leads to %s", address, to)
		}
		if visible := strings.TrimSpace(withoutCode(got)); visible != "" {
			t.Errorf("%s leaves %q outside of code", address, visible)
		}
	}
	for _, address := range slices.Concat(hostile, []string{"javascript:alert(1)", "JavaScript://x/%0aalert(1)", "data:text/html,x", "https://", "https://me:secret@a.example", "ftp://a.example",
		"https://a.example/\\", "https://a.example/ x", "https://a.example/<b>", "https://a.example/日", "//a.example"}) {
		if got := demoLink(address); strings.Contains(skeleton(got), "Link") {
			t.Errorf("%q is linked: %s", address, got)
		}
	}
}

var href = regexp.MustCompile(`href="([^"]*)"`)

// linkOf is where the first link of a text leads, as a browser reads it.
func linkOf(t *testing.T, source string) string {
	t.Helper()
	var page bytes.Buffer
	if err := gfm.Convert([]byte(source), &page); err != nil {
		t.Fatal(err)
	}
	m := href.FindStringSubmatch(page.String())
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// unescaped undoes what means the same in an address.
func unescaped(address string) string {
	return strings.NewReplacer("%28", "(", "%29", ")", "%7C", "|", "%24", "$", "%2A", "*", "%5B", "[", "%5D", "]", "%7E", "~").Replace(address)
}

// TestNoDemoYet: who delivered something is told how to show it, once, and nobody else is.
func TestNoDemoYet(t *testing.T) {
	for name, tell := range records {
		s := tell()
		a := s.Record().Assessment
		text := site.Record(s.Record())
		want := 0
		if a.Standing == work.Done && len(a.Item.Demos) == 0 {
			want = 1
		}
		if got := strings.Count(text, "No demo yet"); got != want {
			t.Errorf("%s: %s with %d demos is told %d times, want %d", name, a.Standing, len(a.Item.Demos), got, want)
		}
	}
	got := pasted(site.Record(demoNone().Record()))
	if want := "/demo v1.38 https://github.com/kubernetes/kubernetes/pull/130700/checks"; !slices.Contains(got, want) {
		t.Errorf("lines to paste: %q, want %q among them", got, want)
	}
}
