package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/prow/pkg/pluginhelp"

	"github.com/steelthread/steelthread/plugin"
)

// TestHelp: hook's /plugin-help lists every form of every command as the code declares it. Deck writes these texts as
// HTML, so nothing in them may stand in angle brackets.
func TestHelp(t *testing.T) {
	t.Parallel()
	c := startChain(t)
	c.serve(t)
	var all pluginhelp.Help
	if err := json.Unmarshal([]byte(fetch(t, c.hook.HelpURL)), &all); err != nil {
		t.Fatal(err)
	}
	help, ok := all.ExternalPluginHelp["steelthread"]
	if !ok {
		t.Fatalf("hook knows no help of ours: %v", all.ExternalPluginHelp)
	}
	type form struct {
		Usage, Who string
		Examples   []string
	}
	var want, got []form
	for _, command := range plugin.Commands() {
		for _, f := range command.Forms {
			want = append(want, form{f.Usage, f.Who, f.Examples})
		}
	}
	for _, command := range help.Commands {
		got = append(got, form{command.Usage, command.WhoCanUse, command.Examples})
		for _, text := range append([]string{command.Usage, command.Description, command.WhoCanUse}, command.Examples...) {
			if strings.ContainsAny(text, "<>") || strings.TrimSpace(text) == "" {
				t.Errorf("%s: %q would vanish on Deck's page", command.Usage, text)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("forms (-declared +in hook's help):\n%s", diff)
	}
	if len(got) < 10 {
		t.Errorf("forms: got %d, want those of ten commands", len(got))
	}
	// These are said on pull requests alone. /kep is said on issues too, by others.
	for usage, who := range map[string]string{"/part-of [ref]": "author", "/part-of cancel [ref]": "author", "/kep [ref]": "author",
		"/kep none [reason]": "SIG lead", "/kep check": "anyone", "/kep cancel": "author"} {
		if !slices.ContainsFunc(got, func(f form) bool { return f.Usage == usage && strings.Contains(f.Who, who) }) {
			t.Errorf("%s, to be said by %s, is not in hook's help", usage, who)
		}
	}
	if diff := cmp.Diff(plugin.Events, help.Events); diff != "" {
		t.Errorf("events (-those that the plugin wants +those of these tests' plugins.yaml):\n%s", diff)
	}
	for _, repo := range []string{"kubernetes/enhancements", "kubernetes/kubernetes"} {
		if help.Config[repo] == "" {
			t.Errorf("the help says nothing of %s: %v", repo, help.Config)
		}
	}
	c.mustAnswer(t, http.MethodGet, "/help", http.StatusMethodNotAllowed)
	c.mustAnswer(t, http.MethodGet, "/", http.StatusMethodNotAllowed)
	c.mustAnswer(t, http.MethodPost, "/", http.StatusForbidden) // not signed
}

func (c *chain) mustAnswer(t *testing.T, method, path string, want int) {
	t.Helper()
	req, err := http.NewRequest(method, local(c.port, path), strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != want {
		t.Errorf("%s %s: got %d, want %d", method, path, resp.StatusCode, want)
	}
}
