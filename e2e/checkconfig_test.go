package e2e

import (
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
