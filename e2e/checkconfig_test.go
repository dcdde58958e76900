package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/prow/pkg/plugins"
	"sigs.k8s.io/yaml"
)

// checkProwConfig runs Prow's own checkconfig, as its operators do before a change of plugins.yaml goes in, and returns
// what it printed and how it ended.
func checkProwConfig(t *testing.T, pluginsYAML string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	p := start(t, tool(t, "checkconfig"), nil,
		"--config-path="+writeFile(t, dir, "config.yaml", prowConfig),
		"--plugin-config="+writeFile(t, dir, "plugins.yaml", pluginsYAML),
		"--strict", "--warnings=unknown-fields", "--warnings=mismatched-tide", "--warnings=missing-trigger",
	)
	err := p.awaitExit(t, time.Minute)
	return p.output(), err
}

func TestProwAcceptsOurPluginsEntry(t *testing.T) {
	text, err := yaml.Marshal(&plugins.Configuration{
		ExternalPlugins: map[string][]plugins.ExternalPlugin{"org/repo": {externalPlugin("http://steelthread")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := checkProwConfig(t, string(text)); err != nil {
		t.Errorf("checkconfig: %v\n%s", err, out)
	}
	out, err := checkProwConfig(t, strings.Replace(string(text), "endpoint:", "endpiont:", 1))
	if err == nil || !strings.Contains(out, "endpiont") {
		t.Errorf("a field misspelt: got %v, want checkconfig to name it:\n%s", err, out)
	}
}

// TestOurCheckconfigAndProwsAgree: our checkconfig asks for an entry in plugins.yaml; with the entry it is content, and so
// is Prow's.
func TestOurCheckconfigAndProwsAgree(t *testing.T) {
	dir := t.TempDir()
	run := func(pluginsYAML string) (string, error) {
		p := start(t, own(t, "checkconfig"), nil,
			"--config="+filepath.Join("..", "config", "examples", "pilot.yaml"),
			"--prow-config="+writeFile(t, dir, "config.yaml", prowConfig),
			"--plugins="+writeFile(t, dir, "plugins.yaml", pluginsYAML),
			"--labels="+filepath.Join("..", "config", "labels.yaml"),
		)
		err := p.awaitExit(t, time.Minute)
		return p.output(), err
	}
	out, err := run("{}")
	if err == nil || !strings.Contains(out, "external_plugins has no steelthread") {
		t.Errorf("without an entry: got %v, want it asked for:\n%s", err, out)
	}
	wanted := plugins.Configuration{ExternalPlugins: map[string][]plugins.ExternalPlugin{
		"kubernetes/enhancements": {externalPlugin("http://steelthread")},
		"kubernetes/kubernetes":   {externalPlugin("http://steelthread")},
	}}
	_, ours := wantedLabels(t)
	restricted := []plugins.RestrictedLabel{}
	for _, l := range ours {
		restricted = append(restricted, plugins.RestrictedLabel{Label: l.Name})
	}
	wanted.Label.RestrictedLabels = map[string][]plugins.RestrictedLabel{"*": restricted}
	text, err := yaml.Marshal(&wanted)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := run(string(text)); err != nil {
		t.Errorf("with the entry, ours: %v\n%s", err, out)
	}
	if out, err := checkProwConfig(t, string(text)); err != nil {
		t.Errorf("with the entry, Prow's: %v\n%s", err, out)
	}
}
