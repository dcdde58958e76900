package e2e

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// label is what label_sync makes of an entry of labels.yaml, and how GitHub lists it.
type label struct{ Name, Color, Description string }

// wantedLabels reads config/labels.yaml, the file that operators hand to label_sync.
func wantedLabels(t *testing.T) (path string, labels []label) {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "config", "labels.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Default struct{ Labels []label } }
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Default.Labels) == 0 {
		t.Fatalf("%s names no label", path)
	}
	slices.SortFunc(file.Default.Labels, byName)
	return path, file.Default.Labels
}

func byName(a, b label) int { return cmp.Compare(a.Name, b.Name) }

// syncLabels runs the real label_sync against the stand-in. which is "--only=org/repo" or "--orgs=org".
func syncLabels(t *testing.T, gh *github, labels, which string) {
	t.Helper()
	p := start(t, tool(t, "label_sync"), nil,
		"--confirm=true", "--config="+labels, which,
		"--github-endpoint="+gh.URL, "--github-graphql-endpoint="+gh.URL+"/graphql",
		"--github-token-path="+writeFile(t, t.TempDir(), "token", prowToken+"\n"),
		"--github-hourly-tokens=0", "--github-allowed-burst=0",
	)
	if err := p.awaitExit(t, time.Minute); err != nil {
		t.Fatalf("label_sync: %v\n%s", err, p.tail(20))
	}
}

func (g *github) labels(t *testing.T, repository string) []label {
	t.Helper()
	var out []label
	g.get(t, prowLogin, "/repos/"+repository+"/labels?per_page=100", &out)
	slices.SortFunc(out, byName)
	return out
}

func TestLabelSyncMakesOurLabels(t *testing.T) {
	file, want := wantedLabels(t)
	for _, which := range []string{"--only=org/repo", "--orgs=org"} {
		t.Run(which, func(t *testing.T) {
			gh := startGitHub(t)
			gh.AddOrg("org", prowLogin)
			gh.AddRepo("org", "repo", false)
			gh.SetPermission("org", "repo", prowLogin, "admin")
			syncLabels(t, gh, file, which)
			if diff := gocmp.Diff(want, gh.labels(t, "org/repo")); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
			// A second run finds all as it should be.
			gh.ResetCalls()
			syncLabels(t, gh, file, which)
			if writes := gh.WritesBy(prowLogin); len(writes) != 0 {
				t.Errorf("the second run wrote %v, want nothing", writes)
			}
		})
	}
}

// TestLabelSyncMendsALabel says that a label of ours that someone made by hand, in another colour and spelling, becomes
// the one that Tide compares in exact case.
func TestLabelSyncMendsALabel(t *testing.T) {
	file, want := wantedLabels(t)
	gh := startGitHub(t)
	gh.AddOrg("org", prowLogin)
	gh.AddRepo("org", "repo", false)
	gh.SetPermission("org", "repo", prowLogin, "admin")
	gh.AddLabel("org", "repo", "Milestone-Approved", "ffffff", "by hand")
	syncLabels(t, gh, file, "--only=org/repo")
	if diff := gocmp.Diff(want, gh.labels(t, "org/repo")); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}
