package kep

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite golden files")

// odd parses testdata/odd.txtar: the odd values of Kubernetes' own files.
func odd(t testing.TB) *Catalogue {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/odd.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var keps []KEP
	for _, f := range archive.Files {
		if !IsKEPFile(f.Name) {
			t.Errorf("IsKEPFile(%q) = false", f.Name)
		}
		keps = append(keps, ParseFile(Kubernetes, f.Name, f.Data))
	}
	return NewCatalogue(Kubernetes, "64765b4b", keps)
}

// describe is a KEP in a form that a reader of the golden file can judge.
func describe(k KEP) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  %s declared %d, sig %q, participating %v\n", k.Path, k.Ref.Name(), k.Declared, k.SIG, k.Participating)
	fmt.Fprintf(&b, "  status %q stage %q workable %v latest %q milestones %v gates %v\n", k.Status, k.Stage, k.Workable(), k.LatestMilestone, k.Milestones, k.FeatureGates)
	return b.String()
}

func TestOddFilesGolden(t *testing.T) {
	c := odd(t)
	var b strings.Builder
	for _, k := range c.All() {
		b.WriteString(describe(k))
		for _, p := range k.Problems {
			fmt.Fprintf(&b, "  ! %s: %q: want %s\n", p.Field, p.Value, p.Want)
		}
	}
	golden(t, "testdata/odd.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update rewrites it:\n%s", name, diff)
	}
}

const (
	nodePath = "keps/sig-node/4381-dra/kep.yaml"
	whole    = `title: DRA
kep-number: 4381
authors: ["@octocat", "@hubot"]
owning-sig: sig-node
participating-sigs: [sig-scheduling, SIG-Autoscaling, wg-batch, sig-scheduling, TBD, ""]
status: implementable
creation-date: 2023-14-05
approvers: ["@octocat", sig-node-leads]
stage: beta
latest-milestone: "v1.38"
milestone: {alpha: "v1.30", beta: "v1.38", stable: TBD}
feature-gates: [{name: DRA, components: [kubelet]}, {name: DRAExtra}, plain]
`
)

func TestParseFile(t *testing.T) {
	got := ParseFile(Kubernetes, nodePath, []byte(whole))
	want := KEP{Ref: Ref{Kubernetes, 4381}, Declared: 4381, Path: nodePath, Title: "DRA", SIG: "node",
		Participating: []string{"scheduling", "autoscaling", "wg-batch"}, Status: "implementable", Stage: "beta", LatestMilestone: "v1.38",
		Milestones: map[string]string{"alpha": "v1.30", "beta": "v1.38"}, Authors: []string{"octocat", "hubot"},
		Approvers: []string{"octocat", "sig-node-leads"}, FeatureGates: []string{"DRA", "DRAExtra", "plain"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// with is the whole file with one field replaced by lines of YAML, or taken out.
func with(field, lines string) string {
	var out []string
	for _, line := range strings.Split(whole, "\n") {
		if strings.HasPrefix(line, field+":") {
			line = lines
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestFieldProblems(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"nothing", whole, ""},
		{"quoted number", with("kep-number", `kep-number: "4381"`), ""},
		{"other number", with("kep-number", "kep-number: 1884"), `kep-number "1884" the number of the directory, 4381`},
		{"no number", with("kep-number", ""), `kep-number "" the number of the tracking issue`},
		{"number in words", with("kep-number", "kep-number: NNNN"), `kep-number "NNNN" a number, that of the tracking issue`},
		{"list for a number", with("kep-number", "kep-number: [1]"), `kep-number "" a text; put it in quotes|kep-number "" the number of the tracking issue`},
		{"imlpemented", with("status", "status: imlpemented"), `status "imlpemented" one of provisional, implementable, implemented, deferred, rejected, withdrawn, replaced`},
		{"upper case", with("status", "status: Implementable"), ""},
		{"template", with("stage", "stage: alpha|beta|stable"), `stage "alpha|beta|stable" one of alpha, beta, stable, deprecated, disabled, removed`},
		{"no stage", with("stage", ""), `stage "" one of alpha, beta, stable, deprecated, disabled, removed`},
		{"implemented and beta", with("status", "status: implemented"), `stage "beta" stable, as the status is implemented`},
		{"other SIG", with("owning-sig", "owning-sig: sig-windows"), `owning-sig "sig-windows" the SIG of the directory, sig-node`},
		{"no SIG", with("owning-sig", ""), `owning-sig "" the owning SIG, like sig-node`},
		{"no authors", with("authors", "authors:"), `authors "" at least one GitHub handle, like "@octocat"`},
		{"bare author", with("authors", "authors: [octocat, \"@hubot\"]"), `authors[0] "octocat" a GitHub handle, like "@octocat"`},
		{"one author as text", with("authors", `authors: "@octocat"`), `authors "@octocat" a list`},
		{"author unquoted", with("authors", "authors: [{name: x}]"), `authors[0] "" a text; put it in quotes|authors "" at least one GitHub handle, like "@octocat"`},
		{"participating as a mapping", with("participating-sigs", "participating-sigs: {a: b}"), `participating-sigs "" a list`},
		{"0.0", with("latest-milestone", `latest-milestone: "0.0"`), ""},
		{"TBD", with("latest-milestone", "latest-milestone: TBD"), ""},
		{"no milestone", with("latest-milestone", ""), ""},
		{"without v", with("latest-milestone", "latest-milestone: 1.38"), `latest-milestone "1.38" v1.38`},
		{"two milestones", with("milestone", `milestone: {alpha: "v1.21, v1.37"}`), `milestone.alpha "v1.21, v1.37" one release, like v1.38`},
		{"milestone as text", with("milestone", "milestone: v1.38"), "milestone \"v1.38\" a release for each stage, like `beta: \"v1.38\"`"},
		{"other stage", with("milestone", "milestone: {ga: v1.38}"), `milestone.ga "v1.38" one of the stages alpha, beta, stable, deprecated, disabled, removed`},
		{"nested milestone", with("milestone", "milestone: {beta: [v1.38]}"), `milestone.beta "" a release, like v1.38`},
		{"gate as text", with("feature-gates", "feature-gates: DRA"), `feature-gates "DRA" a list of gates with name and components`},
		{"gate without name", with("feature-gates", "feature-gates: [{components: [kubelet]}]"), `feature-gates[0] "" a gate with name and components`},
		{"no title", with("title", "title:"), `title "" a title`},
		{"key twice", whole + "status: provisional\n", ""},
		{"anchor", with("status", "status: &s implementable") + "x: *s\n", ""},
		{"no mapping", "- a\n", ` "" the file is a mapping of fields, title to feature-gates`},
		{"empty", "", ` "" the file is a mapping of fields, title to feature-gates`},
		{"not YAML", "title: [", ` "line 1: did not find expected node content" the file is YAML`},
		{"large", strings.Repeat("#", maxFile+1), ` "" a kep.yaml is smaller than 64 KB`},
		{"long value", with("status", "status: "+strings.Repeat("ü", 300)), `status "` + strings.Repeat("ü", 100) + `…" one of provisional, implementable, implemented, deferred, rejected, withdrawn, replaced`},
	} {
		k := ParseFile(Kubernetes, nodePath, []byte(tt.data))
		var got []string
		for _, p := range k.Problems {
			if p.Path != nodePath {
				t.Errorf("%s: the problem is at %q", tt.name, p.Path)
			}
			got = append(got, fmt.Sprintf("%s %q %s", p.Field, p.Value, p.Want))
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if k.Ref != (Ref{Kubernetes, 4381}) || k.SIG == "" {
			t.Errorf("%s: %v of %q, want number and SIG to stay", tt.name, k.Ref, k.SIG)
		}
	}
}

// Of a key written twice the last one counts.
func TestKeyTwice(t *testing.T) {
	if got := ParseFile(Kubernetes, nodePath, []byte(whole+"status: provisional\n")).Status; got != "provisional" {
		t.Errorf("status = %q", got)
	}
}

func TestIsKEPFile(t *testing.T) {
	for path, want := range map[string]bool{
		"keps/sig-node/4381-dra/kep.yaml":                                     true,
		"keps/sig-network/0752-endpointslices/kep.yaml":                       true,
		"keps/provider-aws/423-network-load-balancer/kep.yaml":                true,
		"keps/sig-cluster-lifecycle/kubeadm/995-kubeadm-windows/kep.yaml":     true,
		"keps/sig-cluster-lifecycle/kubeadm/2915-replace-config-x.y/kep.yaml": true,
		"keps/693-multikueue/kep.yaml":                                        true, // kubernetes-sigs/kueue
		"keps/NNNN-kep-template/kep.yaml":                                     false,
		"keps/NNNN-template/kep.yaml":                                         false,
		"keps/0000-kep-template/kep.yaml":                                     false,
		"keps/sig-node/NNNN-kep-template/kep.yaml":                            false,
		"keps/sig-node/4381-dra/README.md":                                    false,
		"keps/sig-node/4381-dra/old/more/kep.yaml":                            false,
		"keps/sig-node/kubelet/deep/4381-dra/kep.yaml":                        false,
		"keps/sig-node/4381-dra/alpha/kep.yaml":                               false,
		"keps/sig-node/20190103-windows/kep.yaml":                             false,
		"keps/sig-node/kep.yaml":                                              false,
		"keps/prod-readiness/sig-node/4381.yaml":                              false,
		"vendor/keps/sig-node/4381-dra/kep.yaml":                              false,
		"keps/kep.yaml":                                                       false, "kep.yaml": false, "": false, "keps//4381-x/kep.yaml": true,
	} {
		if got := IsKEPFile(path); got != want {
			t.Errorf("IsKEPFile(%q) = %v, want %v", path, got, want)
		}
	}
}

func TestWorkable(t *testing.T) {
	for _, tt := range []struct {
		k    KEP
		want bool
	}{
		{KEP{Status: "implementable", Stage: "alpha"}, true},
		{KEP{Status: "implementable"}, true},
		{KEP{Status: "implemented", Stage: "stable"}, true},
		{KEP{Status: "implemented", Stage: "beta"}, false},
		{KEP{Status: "implemented"}, false},
		{KEP{Status: "provisional", Stage: "alpha"}, false},
		{KEP{Status: "withdrawn", Stage: "alpha"}, false},
		{KEP{Status: "withdrawn", Stage: "removed"}, true},
		{KEP{Status: "withdrawn", Stage: "beta", Milestones: map[string]string{"removed": "v1.38"}}, true},
		{KEP{Status: "imlpemented", Stage: "stable"}, false},
		{KEP{}, false},
	} {
		if got := tt.k.Workable(); got != tt.want {
			t.Errorf("%q %q: Workable() = %v, want %v", tt.k.Status, tt.k.Stage, got, tt.want)
		}
	}
}

func TestNormalMilestone(t *testing.T) {
	for in, want := range map[string]string{"v1.38": "v1.38", "1.38": "v1.38", "v1.38 ": "v1.38", "V1.9": "v1.9", "0.0": "", "v0.0": "",
		"TBD": "", "": "", "x.y": "", "never": "", "v1.21, v1.37": "", "1": "", "v1.38.0": "", "v1.": "", "None": ""} {
		got, ok := NormalMilestone(in)
		if got != want || ok != (want != "") {
			t.Errorf("NormalMilestone(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add(nodePath, []byte(whole))
	f.Add("keps/0000-kep-template/kep.yaml", []byte("a: &a [*a]\nauthors: *a\n<<: {status: x}"))
	f.Add(nodePath, []byte("milestone: {? [a]: b}\nfeature-gates: [[[x]]]\n"))
	f.Fuzz(func(t *testing.T, path string, data []byte) {
		k := ParseFile(Kubernetes, path, data)
		if dir, ok := readPath(path); ok && k.Ref.Number != dir.number {
			t.Errorf("%q: number %d, want that of the directory", path, k.Ref.Number)
		}
		if k.Path != path || k.Ref.Repo != Kubernetes {
			t.Errorf("identity lost: %v %q", k.Ref, k.Path)
		}
		if k.Workable() && k.Status == "" {
			t.Error("workable without a status")
		}
		if diff := cmp.Diff(k, ParseFile(Kubernetes, path, data)); diff != "" {
			t.Errorf("not the same twice:\n%s", diff)
		}
	})
}
