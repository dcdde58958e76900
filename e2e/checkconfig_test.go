package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	prowconfig "sigs.k8s.io/prow/pkg/config"
	"sigs.k8s.io/prow/pkg/plugins"
	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/config"
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

// TestCheckconfigMendsTheQuery: where threads block and a Tide query does not heed the label, our checkconfig prints the
// change. With its lines put in, it has nothing more to say, and Prow takes the file.
func TestCheckconfigMendsTheQuery(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ours := writeFile(t, dir, "steelthread.yaml", strings.Replace(cycleConfig(time.Now()), "kubernetes/kubernetes: {}", "kubernetes/kubernetes: {threads: block}", 1))
	check := func(prow string) result {
		return run(t, own(t, "checkconfig"), "--config="+ours, "--prow-config="+writeFile(t, dir, "config.yaml", prow))
	}
	const labels = "    labels:\n    - lgtm\n    - approved\n"
	before := prowConfig + "tide:\n  queries:\n  - repos:\n    - kubernetes/kubernetes\n" + labels
	r := check(before)
	r.mustSay(t, 1, "a Tide query for kubernetes/kubernetes lacks missingLabels do-not-merge/needs-kep", "1 thing to change.")
	var added, taken []string
	for line := range strings.Lines(r.out) {
		switch diff, _ := strings.CutPrefix(line, "    "); {
		case strings.HasPrefix(diff, "+"):
			added = append(added, diff[1:])
		case strings.HasPrefix(diff, "-"):
			taken = append(taken, diff[1:])
		}
	}
	if len(added) == 0 || len(taken) > 0 {
		t.Fatalf("added %q, taken out %q; want only lines to add: %s", added, taken, r)
	}
	after := strings.Replace(before, labels, labels+strings.Join(added, ""), 1)
	r = check(after)
	r.mustSay(t, 0, "Nothing to change.")
	if strings.Contains(r.out, "tide") || strings.Contains(r.out, "query") {
		t.Errorf("there is still something said of the query: %s", r)
	}
	var mended struct{ Tide prowconfig.Tide }
	if err := yaml.UnmarshalStrict([]byte(after[len(prowConfig):]), &mended); err != nil {
		t.Fatalf("%v\n%s", err, after)
	}
	if got := mended.Tide.Queries[0].MissingLabels; !slices.Equal(got, []string{config.LabelNeedsKEP}) {
		t.Errorf("missingLabels: got %v in\n%s", got, after)
	}
}
