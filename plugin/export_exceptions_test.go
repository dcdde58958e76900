package plugin

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/render"
)

// TestKeptHostile: whatever a title holds, both forms can be read, say the same, and have
// the fields of the file that is kept by hand and no others.
func TestKeptHostile(t *testing.T) {
	day := cycle.Day{Year: 2027, Month: 3, Day: 12}
	for _, title := range []string{"a\x7fb", "a\u0085b", "a\u0080b", "a\ufeffb", "\ufeff", "a\u2028b", "a\x00b", "😀", "a\ufffe", "\U000e0001 tag", "- x: y", "\u202eabc",
		"\u00a0", "", "~", "null", "2027-01-01", "<b>&'\"\\", "a\tb\r\nc", "]: {", "\U0010ffff", "# no", "{{ .Values }}", "!!binary x"} {
		k := KeptExceptions{{Name: "codeFreeze", Exceptions: []KeptException{{Name: title, Issue: KeptIssue{Address: title}, DateRequested: day, DateReviewed: day, Thread: title,
			PullRequests: []string{title}, Status: "denied"}}}}
		asYAML, err := k.YAML()
		must(t, err)
		asJSON, err := k.JSON()
		must(t, err)
		read, err := yaml.YAMLToJSON(asYAML)
		if err != nil {
			t.Errorf("%q: %v\n%s", title, err, asYAML)
			continue
		}
		var one, two any
		must(t, json.Unmarshal(read, &one))
		must(t, json.Unmarshal(asJSON, &two))
		want := map[string]any{"codeFreeze": []any{map[string]any{"name": title, "issue": title, "date_requested": "2027-03-12", "date_reviewed": "2027-03-12",
			"thread": title, "pull_requests": []any{title}, "status": "denied"}}}
		if d := cmp.Diff(want, one); d != "" {
			t.Errorf("%q as YAML: %s", title, d)
		}
		if d := cmp.Diff(want, two); d != "" {
			t.Errorf("%q as JSON: %s", title, d)
		}
	}
}

// TestKeptPulls: pull requests as people write them.
func TestKeptPulls(t *testing.T) {
	tables := &Tables{r: &Reconciler{Site: render.Site{GitHub: "https://github.com"}}}
	const here, k = "https://github.com/kubernetes/enhancements/pull/", "https://github.com/kubernetes/kubernetes/pull/"
	for text, want := range map[string][]string{
		"":                          {},
		"#77, #78.":                 {here + "77", here + "78"},
		"#1 #1":                     {here + "1"},
		"(#77) and `kubernetes#5`!": {here + "77", k + "5"},
		"[the API](" + k + "1)":     {k + "1"},
		k + "1/files#diff-2, " + k:  {k + "1", k},
		"see " + k + "1.":           {k + "1"},
		"<" + k + "1>":              {k + "1"},
		"kubernetes/kubernetes#3":   {k + "3"},
		"github.com/kubernetes/kubernetes/pull/4": {k + "4"},
		"https://review.example.com/c/12":         {"https://review.example.com/c/12"},
		"none yet":                                {"none yet"},
		"KEP-12":                                  {"KEP-12"},
		"javascript:alert(1)":                     {"javascript:alert(1)"},
		"#9, and one for tests":                   {here + "9"},
	} {
		if d := cmp.Diff(want, tables.pulls(Key{Org: "kubernetes", Repo: "enhancements", Number: 1}, text)); d != "" {
			t.Errorf("%q: %s", strings.TrimSpace(text), d)
		}
	}
}
