package board

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParts: what is found in a record, and that nothing of it is lost or leads astray.
func TestParts(t *testing.T) {
	l := links{site}
	p := parts(l.tree("### v1.38: done\n" +
		"**Needs:** an end to B1 `a · b` · [x](https://github.com/a/b/issues/1) · [y](https://evil.example/) \\[z\\](https://evil.example)\n\n" +
		"| | |\n|---|---|\n| KEP | `a \\| b` |\n\n" +
		"**What does not fit:**\n- one:\n  ```\n  /done v1.38\n  ```\n- two <b>\n\n" +
		"Other:\n- three\n\n" +
		"<details><summary>Custody: 1 command</summary>\n\n| said (UTC) | line |\n|---|---|\n| now | `</details>` |\n\n</details>\n\n" +
		"<sub>Kept by Steelthread from the comments on this issue; edits here are put back.</sub>\n"))
	if got := plainText(p.Headline); got != "v1.38: done" {
		t.Errorf("headline %q", got)
	}
	if diff := cmp.Diff([]string{"an end to B1 a · b", "x", "y [z](https://evil.example)"}, texts(p.Needs)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"one: /done v1.38", "two"}, texts(p.Misfits)); diff != "" {
		t.Error(diff)
	}
	var kinds []string
	if len(p.Rest) != 1 || len(p.After) != 3 {
		t.Fatalf("%d parts before and %d after what does not fit", len(p.Rest), len(p.After))
	}
	for _, n := range slices.Concat(p.Rest, p.After) {
		kinds = append(kinds, n.Kind+" "+n.Text)
	}
	if diff := cmp.Diff([]string{"table Facts", "p ", "ul ", "details Custody: 1 command"}, kinds); diff != "" {
		t.Error(diff)
	}
	if row := p.Rest[0].Rows[0]; !p.Rest[0].Facts || plainText(row[1]) != "a | b" {
		t.Errorf("facts %v", p.Rest[0])
	}
	if inner := p.After[2].Kids[0]; inner.Kind != "table" || inner.Text != "Custody: 1 command" || plainText(inner.Rows[0][1]) != "</details>" {
		t.Errorf("folded %v", p.After[2])
	}
	hrefs := map[string]bool{}
	var collect func([]node)
	collect = func(nodes []node) {
		for _, n := range nodes {
			if n.Kind == "a" {
				hrefs[n.Href] = true
			}
			collect(n.Kids)
		}
	}
	for _, need := range p.Needs {
		collect(need)
	}
	if diff := cmp.Diff(map[string]bool{"https://github.com/a/b/issues/1": true}, hrefs); diff != "" {
		t.Error(diff)
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 5, ""}, {" a\r\n\tb ", 5, "a b"}, {"abcdef", 5, "abcde…"}, {"abcde", 5, "abcde"}, {"a\u202e\u200bb\x00", 5, "ab"}, {"ab\xff", 5, "ab\uFFFD"}, {"ääääää", 5, "äääää…"}, {"abcd e", 5, "abcd e"}, {"abcde f", 5, "abcde…"},
	} {
		if got := clean(c.in, c.limit); got != c.want {
			t.Errorf("clean(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}
