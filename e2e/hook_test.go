package e2e

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/prow/pkg/pluginhelp"
	"sigs.k8s.io/prow/pkg/plugins"
	"sigs.k8s.io/yaml"
)

// webhookSecret signs GitHub's deliveries to hook, and so hook's to the plugin.
const webhookSecret = "a-secret-of-these-tests"

// pluginEvents are the events that hook is told to pass on to the plugin.
var pluginEvents = []string{"issues", "issue_comment", "pull_request", "pull_request_review", "push", "label", "milestone"}

// hookServer is the real hook.
type hookServer struct {
	*process
	URL      string // where GitHub would deliver
	HelpURL  string // plugin help, as Deck asks for it
	HMACFile string
}

// startHook starts the real hook against the stand-in at github, with external plugins for organisations or
// repositories, and inTree, plugins of hook's own, for the same. It needs no cluster: its kubeconfig names a server that
// nobody runs.
func startHook(t *testing.T, github string, external map[string][]plugins.ExternalPlugin, inTree ...string) *hookServer {
	t.Helper()
	dir := t.TempDir()
	conf := plugins.Configuration{ExternalPlugins: external, Plugins: plugins.Plugins{}}
	for where := range external {
		conf.Plugins[where] = plugins.OrgPlugins{Plugins: inTree}
	}
	pluginsYAML, err := yaml.Marshal(&conf)
	if err != nil {
		t.Fatal(err)
	}
	port, health, metrics, pprof := freePort(t), freePort(t), freePort(t), freePort(t)
	h := &hookServer{
		URL: local(port, "/hook"), HelpURL: local(port, "/plugin-help"),
		HMACFile: writeFile(t, dir, "hmac", webhookSecret+"\n"),
	}
	h.process = start(t, tool(t, "hook"), nil,
		"--dry-run=false",
		"--kubeconfig="+writeFile(t, dir, "kubeconfig", noCluster),
		"--config-path="+writeFile(t, dir, "config.yaml", prowConfig),
		"--plugin-config="+writeFile(t, dir, "plugins.yaml", string(pluginsYAML)),
		"--github-endpoint="+github,
		"--github-graphql-endpoint="+github+"/graphql",
		"--github-token-path="+writeFile(t, dir, "token", prowToken+"\n"),
		"--hmac-secret-file="+h.HMACFile,
		fmt.Sprintf("--port=%d", port), fmt.Sprintf("--health-port=%d", health),
		fmt.Sprintf("--metrics-port=%d", metrics), fmt.Sprintf("--pprof-port=%d", pprof),
		"--grace-period=2s",
	)
	h.await(t, local(health, "/healthz/ready"), local(port, "/"))
	return h
}

// prowLogin is the account that Prow, and the plugin beside it, act as.
const (
	prowLogin = "k8s-ci-robot"
	prowToken = "token-" + prowLogin
)

const prowConfig = `prowjob_namespace: default
pod_namespace: test-pods
`

// sign gives the value of X-Hub-Signature-256.
func sign(body []byte, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// deliver posts a webhook as GitHub does and returns the status of the answer.
func deliver(t *testing.T, to, event, id string, body []byte, secret string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "GitHub-Hookshot/e2e")
	req.Header.Set("X-GitHub-Event", event)
	req.Header.Set("X-GitHub-Delivery", id)
	req.Header.Set("X-GitHub-Hook-ID", "1")
	req.Header.Set("X-Hub-Signature-256", sign(body, secret))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// received is one request that came to a listener.
type received struct {
	Path   string
	Header http.Header
	Body   []byte
}

// listener is a plain external plugin: it keeps what it gets, and answers /help.
type listener struct {
	*httptest.Server
	got chan received
}

func startListener(t *testing.T, help pluginhelp.PluginHelp) *listener {
	t.Helper()
	l := &listener{got: make(chan received, 100)}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		l.got <- received{Path: r.URL.Path, Header: r.Header.Clone(), Body: body}
		if r.URL.Path == "/help" {
			_ = json.NewEncoder(w).Encode(help)
		}
	}))
	t.Cleanup(l.Close)
	return l
}

// next waits for the next request.
func (l *listener) next(t *testing.T) received {
	t.Helper()
	var out received
	waitFor(t, "a request to the plugin", readyLimit, func() (bool, error) {
		select {
		case out = <-l.got:
			return true, nil
		default:
			return false, nil
		}
	})
	return out
}

// externalPlugin is the entry of plugins.yaml for a plugin at endpoint.
func externalPlugin(endpoint string) plugins.ExternalPlugin {
	return plugins.ExternalPlugin{Name: "steelthread", Endpoint: endpoint, Events: pluginEvents}
}

// payload is an issue_comment payload with fields that Prow's own types do not know, odd spacing and characters that
// an encoder would write otherwise: passing it through any struct would change it.
const payload = `{ "action":"edited", "changes":{"body":{"from":"/vote 3"}},` +
	`"comment":{"id":9007199254740993,"body":"/vote 4 \u00e9 é <b>&amp;","user":{"login":"ann"}},` +
	`"issue":{"number":12,"pinned_comment":null,"state":"open"},"sender":{"login":"ann"},` +
	`"repository":{"name":"repo","full_name":"org/repo","owner":{"login":"org"}}}`

func TestHookForwardsUnchanged(t *testing.T) {
	plugin := startListener(t, pluginhelp.PluginHelp{})
	hook := startHook(t, startGitHub(t).URL, map[string][]plugins.ExternalPlugin{
		"org/repo": {externalPlugin(plugin.URL + "/from-hook")},
	})
	const id = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
	if status := deliver(t, hook.URL, "issue_comment", id, []byte(payload), webhookSecret); status != http.StatusOK {
		t.Fatalf("hook answered %d, want 200", status)
	}
	got := plugin.next(t)
	if got.Path != "/from-hook" {
		t.Errorf("path: got %q, want %q", got.Path, "/from-hook")
	}
	if diff := cmp.Diff(payload, string(got.Body)); diff != "" {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"Content-Type":        "application/json",
		"X-GitHub-Event":      "issue_comment",
		"X-GitHub-Delivery":   id,
		"X-GitHub-Hook-ID":    "1",
		"X-Hub-Signature-256": sign([]byte(payload), webhookSecret),
		"User-Agent":          "ProwHook",
	} {
		if value := got.Header.Get(name); value != want {
			t.Errorf("%s: got %q, want %q", name, value, want)
		}
	}
}

// TestHookForwardsEveryListedEvent says that the events of plugins.yaml decide, not hook's own list of events: label and
// milestone are unknown to Prow's own plugins.
func TestHookForwardsEveryListedEvent(t *testing.T) {
	plugin := startListener(t, pluginhelp.PluginHelp{})
	hook := startHook(t, startGitHub(t).URL, map[string][]plugins.ExternalPlugin{"org": {externalPlugin(plugin.URL)}})
	body := []byte(`{"action":"deleted","repository":{"name":"repo","full_name":"org/repo","owner":{"login":"org","name":"org"}}}`)
	want := map[string]bool{}
	for i, event := range pluginEvents {
		want[event] = true
		if status := deliver(t, hook.URL, event, fmt.Sprint("id-", i), body, webhookSecret); status != http.StatusOK {
			t.Fatalf("%s: hook answered %d, want 200", event, status)
		}
	}
	got := map[string]bool{}
	for range pluginEvents {
		got[plugin.next(t).Header.Get("X-GitHub-Event")] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestHookRefusesAWrongSignature(t *testing.T) {
	plugin := startListener(t, pluginhelp.PluginHelp{})
	hook := startHook(t, startGitHub(t).URL, map[string][]plugins.ExternalPlugin{"org": {externalPlugin(plugin.URL)}})
	if status := deliver(t, hook.URL, "issue_comment", "id", []byte(payload), "another"); status != http.StatusForbidden {
		t.Errorf("hook answered %d, want 403", status)
	}
	if status := deliver(t, hook.URL, "issue_comment", "good", []byte(payload), webhookSecret); status != http.StatusOK {
		t.Errorf("hook answered %d, want 200", status)
	}
	if got := plugin.next(t).Header.Get("X-GitHub-Delivery"); got != "good" {
		t.Errorf("forwarded %q, want only the delivery that was signed right", got)
	}
}

func TestHookAggregatesPluginHelp(t *testing.T) {
	help := pluginhelp.PluginHelp{
		Description: "Carries a release from plan to ship.",
		Commands: []pluginhelp.Command{{
			Usage: "/vote [0-5]", Description: "Vote on the plan.", WhoCanUse: "Electors", Examples: []string{"/vote 4"},
		}},
	}
	plugin := startListener(t, help)
	hook := startHook(t, startGitHub(t).URL, map[string][]plugins.ExternalPlugin{
		"org/repo": {externalPlugin(plugin.URL)}, "org/other": {externalPlugin(plugin.URL)},
	})
	resp, err := http.Get(hook.HelpURL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all pluginhelp.Help
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	asked := plugin.next(t)
	var repos []struct{ Org, Repo string }
	if err := json.Unmarshal(asked.Body, &repos); err != nil || asked.Path != "/help" {
		t.Fatalf("hook asked %s with %s: %v", asked.Path, asked.Body, err)
	}
	if len(repos) != 2 {
		t.Errorf("hook named %v, want both repositories", repos)
	}
	help.Events = pluginEvents // hook fills these in from plugins.yaml
	if diff := cmp.Diff(help, all.ExternalPluginHelp["steelthread"]); diff != "" {
		t.Errorf("help (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"steelthread"}, all.RepoExternalPlugins["org/repo"]); diff != "" {
		t.Errorf("plugins of org/repo (-want +got):\n%s", diff)
	}
}

// TestHookGivesUp is why the plugin sweeps: what comes while it is away is lost, and GitHub has heard 200.
func TestHookGivesUp(t *testing.T) {
	away := freePort(t)
	hook := startHook(t, startGitHub(t).URL, map[string][]plugins.ExternalPlugin{"org": {externalPlugin(local(away, "/"))}})
	if status := deliver(t, hook.URL, "issue_comment", "lost", []byte(payload), webhookSecret); status != http.StatusOK {
		t.Fatalf("hook answered %d, want 200", status)
	}
	waitFor(t, "hook's last word on the delivery", readyLimit, func() (bool, error) {
		return bytes.Contains([]byte(hook.output()), []byte("Error dispatching event to external plugin")), nil
	})
}
