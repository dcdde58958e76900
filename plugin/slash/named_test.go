package slash

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNamed: the named lines of a form are values, and read back as they are printed.
// Other forms and other names do not take them; a mended line keeps them.
func TestNamed(t *testing.T) {
	line := mustLine(t, "/exception request 5d late")
	line.Named = map[string]string{"prs": "#1, #2", "why": "a: b", "risk-cut": "", "other": "x"}
	form, v, p := Parse(testForms, line)
	want := Values{"request": "request", "days": 5, "reason": "late", "why": "a: b", "prs": "#1, #2"}
	if d := cmp.Diff(want, v); d != "" || p != nil {
		t.Fatalf("%+v (-want +got):\n%s", p, d)
	}
	printed := testForms[form].Print(v)
	if printed != "/exception request 5d late\nwhy: a: b\nprs: #1, #2" {
		t.Errorf("printed %q", printed)
	}
	roundTrip(t, form, v)
	line.Words = []string{"request", "5", "late"}
	if _, _, p := Parse(testForms, line); p == nil || p.Fix != printed {
		t.Errorf("mended: %+v", p)
	}
	line.Words = []string{"5d", "late"}
	if _, v, p := Parse(testForms, line); p != nil || v["why"] != nil {
		t.Errorf("a form without named lines: %v %+v", v, p)
	}
	if again := mustLine(t, line.Text()); again.Raw != line.Raw || cmp.Diff(again.Named, line.Named) != "" {
		t.Errorf("%q reads as %+v", line.Text(), again)
	}
	for _, text := range []string{"/exception 5d\nno name", "/exception 5d\nwhy: a\n/done: 1", "/exception 5d\n", "/exception 5d\n: x"} {
		if l, ok := LineOf(text); !ok || l.Named != nil || l.Raw != Clean(text) {
			t.Errorf("%q: %+v", text, l)
		}
	}
}
