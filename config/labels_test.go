package config

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// labels.yaml is Labels in label_sync's format, key by key in the order its own file has.
func TestLabelsFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("# The labels that Steelthread sets, in the format of label_sync (k8s.io/test-infra). Paste the entries under\n" +
		"# default.labels of its labels.yaml, or list the repositories under repos. Generated; a test compares it with the code.\n" +
		"default:\n  labels:\n")
	for _, l := range Labels() {
		b.WriteString(l.YAML("    "))
	}
	golden(t, "labels.yaml", b.String())
}

// The file says the same to a strict reader of label_sync's shape.
func TestLabelsFileReads(t *testing.T) {
	var file struct {
		Default struct {
			Labels []Label `json:"labels"`
		} `json:"default"`
	}
	if err := yaml.UnmarshalStrict(read(t, "labels.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(file.Default.Labels, Labels()); diff != "" {
		t.Errorf("labels.yaml and Labels (-file +code)\n%s", diff)
	}
}

func TestLabels(t *testing.T) {
	color := regexp.MustCompile(`^[0-9a-f]{6}$`)
	var names []string
	for _, l := range Labels() {
		names = append(names, l.Name)
		if !labelPattern.MatchString(l.Name) {
			t.Errorf("%s: a label has 1 to 50 plain characters", l.Name)
		}
		if n := len([]rune(l.Description)); n == 0 || n > 100 {
			t.Errorf("%s: the description has %d characters, want 1 to 100", l.Name, n)
		}
		if !color.MatchString(l.Color) {
			t.Errorf("%s: colour %q, want six hex digits", l.Name, l.Color)
		}
		if !slices.Contains([]string{"issues", "prs", "both"}, l.Target) || l.ProwPlugin != PluginName || l.AddedBy == "" {
			t.Errorf("%s: target %q, plugin %q, added by %q", l.Name, l.Target, l.ProwPlugin, l.AddedBy)
		}
	}
	want := []string{"do-not-merge/needs-kep", "exception/approved", "exception/requested", "kep-checked",
		"milestone-approved", "plan/blocked", "plan/proposed", "plan/unplanned"}
	if diff := cmp.Diff(names, want); diff != "" {
		t.Errorf("names (-got +want)\n%s", diff)
	}
}
