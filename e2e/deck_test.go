package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/prow/pkg/pluginhelp"
	"sigs.k8s.io/prow/pkg/plugins"
)

// deckURL is where the real deck listens: it has no flag for its port, so only one can run at a time.
const deckURL = "http://127.0.0.1:8080"

// startDeck starts the real deck beside hook. Its templates are read from Prow's source; the scripts of its pages are
// TypeScript there and are not built, so pages come without what scripts would fill in.
func startDeck(t *testing.T, hook *hookServer) *process {
	t.Helper()
	source, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/prow").Output()
	if err != nil {
		t.Fatal(err)
	}
	deck := filepath.Join(strings.TrimSpace(string(source)), "cmd", "deck")
	dir := t.TempDir()
	health, metrics, pprof := freePort(t), freePort(t), freePort(t)
	p := start(t, tool(t, "deck"), nil,
		"--hook-url="+hook.HelpURL,
		"--kubeconfig="+writeFile(t, dir, "kubeconfig", startCluster(t)),
		"--config-path="+writeFile(t, dir, "config.yaml", prowConfig),
		"--template-files-location="+filepath.Join(deck, "template"),
		"--static-files-location="+filepath.Join(deck, "static"),
		fmt.Sprintf("--health-port=%d", health), fmt.Sprintf("--metrics-port=%d", metrics), fmt.Sprintf("--pprof-port=%d", pprof),
	)
	p.await(t, local(health, "/healthz/ready"), deckURL+"/command-help")
	return p
}

// deckHelp asks deck for the help that its page of commands shows.
func deckHelp(t *testing.T) pluginhelp.Help {
	t.Helper()
	resp, err := http.Get(deckURL + "/plugin-help.js")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var all pluginhelp.Help
	if err := json.Unmarshal(body, &all); err != nil {
		t.Fatalf("%s: %v\n%.300s", resp.Status, err, body)
	}
	return all
}

func TestDeckShowsPluginHelp(t *testing.T) {
	help := pluginhelp.PluginHelp{
		Description: "Carries a release from plan to ship.",
		Commands: []pluginhelp.Command{{
			Usage: "/commit [sig] [percent]", Description: "Commit to deliver.", WhoCanUse: "Leads", Examples: []string{"/commit node 80"},
		}},
	}
	plugin := startListener(t, help)
	hook := startHook(t, startGitHub(t).URL, map[string][]plugins.ExternalPlugin{"org/repo": {externalPlugin(plugin.URL)}})
	startDeck(t, hook)
	help.Events = pluginEvents
	if diff := cmp.Diff(help, deckHelp(t).ExternalPluginHelp["steelthread"]); diff != "" {
		t.Errorf("help in deck (-want +got):\n%s", diff)
	}
}
