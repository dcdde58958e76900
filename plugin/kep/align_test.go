package kep

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const alignPath = "keps/sig-node/4381-dra/kep.yaml"

// alignFile is a kep.yaml in good order for v1.38, with fields replaced.
func alignFile(changes ...string) string {
	text := `title: DRA
kep-number: 4381
authors: ["@octocat"]
owning-sig: sig-node
status: implementable
approvers: ["@octocat"]
stage: beta
latest-milestone: "v1.38"
milestone:
  alpha: "v1.37"
  beta: "v1.38"
  stable: "v1.40"
`
	return strings.NewReplacer(changes...).Replace(text)
}

const goodReadiness = "kep-number: 4381\nalpha:\n  approver: \"@ada\"\nbeta:\n  approver: \"@ada\"\nstable:\n  approver: \"@ada\"\n"

func aligned(yaml, readiness string, freeze Freeze, readme bool) string {
	in := AlignInput{Cycle: "v1.38", Freeze: freeze, HasReadme: readme}
	if readiness != "" {
		in.Readiness = ParseReadiness("keps/prod-readiness/sig-node/4381.yaml", []byte(readiness))
	}
	var out []string
	for _, p := range Align(ParseFile(Kubernetes, alignPath, []byte(yaml)), in) {
		out = append(out, fmt.Sprintf("%s: %s %q: %s", p.Path[strings.LastIndex(p.Path, "/")+1:], p.Field, p.Value, p.Want))
	}
	return strings.Join(out, "\n")
}

func TestAlign(t *testing.T) {
	for _, tt := range []struct {
		name, yaml, readiness string
		freeze                Freeze
		noReadme              bool
		want                  string
	}{
		{name: "in good order", yaml: alignFile()},
		{name: "not for this cycle", yaml: alignFile("v1.38", "v1.39"), readiness: "-"},
		{name: "a plan for some day", yaml: alignFile(`latest-milestone: "v1.38"`, `latest-milestone: "v1.37"`, `beta: "v1.38"`, "", `"v1.40"`, `"v1.38"`)},
		{name: "moved on", yaml: alignFile(`latest-milestone: "v1.38"`, `latest-milestone: "v1.39"`)},
		{name: "does not graduate", yaml: alignFile(`beta: "v1.38"`, `beta: "v1.38"`, `"v1.37"`, `"v1.30"`, `beta: "v1.38"`, `beta: "v1.31"`)},
		{name: "milestone of its stage missing", yaml: alignFile(`  beta: "v1.38"`+"\n", "")},
		{name: "without milestones", yaml: alignFile("milestone:\n  alpha: \"v1.37\"\n  beta: \"v1.38\"\n  stable: \"v1.40\"\n", "")},
		{name: "provisional", yaml: alignFile("status: implementable", "status: provisional"),
			want: `kep.yaml: status "provisional": implementable`},
		{name: "provisional before", yaml: alignFile("status: implementable", "status: provisional"), freeze: FreezePRR},
		{name: "a slip of the hand", yaml: alignFile("status: implementable", "status: imlpementable"),
			want: `kep.yaml: status "imlpementable": one of provisional, implementable, implemented, deferred, rejected, withdrawn, replaced`},
		{name: "stable done early", yaml: alignFile("status: implementable", "status: implemented", "stage: beta", "stage: stable", `"v1.40"`, `"v1.38"`, `beta: "v1.38"`, "")},
		{name: "stable at the end", yaml: alignFile("stage: beta", "stage: stable", `beta: "v1.38"`, "", `"v1.40"`, `"v1.38"`), freeze: FreezeEnd,
			want: `kep.yaml: status "implementable": implemented, as the stage is stable and v1.38 is released`},
		{name: "beta at the end", yaml: alignFile(), freeze: FreezeEnd},
		{name: "withdrawn without removal", yaml: alignFile("status: implementable", "status: withdrawn"),
			want: `kep.yaml: status "withdrawn": implementable`},
		{name: "removal", yaml: alignFile("status: implementable", "status: withdrawn", "stage: beta", "stage: removed"), readiness: "-"},
		{name: "no stage", yaml: alignFile("stage: beta\n", ""),
			want: `kep.yaml: stage "": one of alpha, beta, stable, deprecated, disabled, removed`},
		{name: "latest-milestone is behind", yaml: alignFile(`latest-milestone: "v1.38"`, `latest-milestone: "v1.37"`),
			want: `kep.yaml: latest-milestone "v1.37": v1.38, as milestone.beta says`},
		{name: "latest-milestone is missing", yaml: alignFile("latest-milestone: \"v1.38\"\n", ""),
			want: `kep.yaml: latest-milestone "": v1.38, as milestone.beta says`},
		{name: "without v", yaml: alignFile(`latest-milestone: "v1.38"`, `latest-milestone: "1.38"`),
			want: `kep.yaml: latest-milestone "1.38": v1.38`},
		{name: "stage comes later", yaml: alignFile(`  beta: "v1.38"`, `  beta: "v1.39"`),
			want: `kep.yaml: milestone.beta "v1.39": v1.38 or earlier, as the stage is beta in v1.38; or an earlier stage`},
		{name: "out of order", yaml: alignFile(`alpha: "v1.37"`, `alpha: "v1.38"`),
			want: `kep.yaml: milestone.beta "v1.38": a release after milestone.alpha, v1.38`},
		{name: "no readiness file", yaml: alignFile(), readiness: "-",
			want: `4381.yaml:  "": this file, with kep-number 4381 and beta.approver`},
		{name: "no approver", yaml: alignFile(), readiness: "kep-number: 4381\nalpha:\n  approver: \"@ada\"\nbeta:\n  approver: TBD\n",
			want: `4381.yaml: beta.approver "": who approved the production readiness of the stage, like "@octocat"`},
		{name: "another KEP's", yaml: alignFile(), readiness: "kep-number: 4382\nbeta:\n  approver: ada\n",
			want: `4381.yaml: kep-number "4382": 4381`},
		{name: "not YAML", yaml: alignFile(), readiness: "a: [",
			want: `4381.yaml:  "line 1: did not find expected node content": the file is YAML` + "\n" +
				`4381.yaml: beta.approver "": who approved the production readiness of the stage, like "@octocat"`},
		{name: "no README", yaml: alignFile(), noReadme: true, want: `README.md:  "": this file, with the text of the KEP`},
		{name: "authors can wait", yaml: alignFile(`authors: ["@octocat"]`, "authors: [Ada Lovelace]")},
	} {
		readiness := map[string]string{"": goodReadiness, "-": ""}
		text, special := readiness[tt.readiness]
		if !special {
			text = tt.readiness
		}
		if diff := cmp.Diff(tt.want, aligned(tt.yaml, text, tt.freeze, !tt.noReadme)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestReadinessPath(t *testing.T) {
	for path, want := range map[string]string{
		"keps/sig-node/4381-dra/kep.yaml":                      "keps/prod-readiness/sig-node/4381.yaml",
		"keps/sig-cluster-lifecycle/kubeadm/995-win/kep.yaml":  "keps/prod-readiness/sig-cluster-lifecycle/995.yaml",
		"keps/sig-network/0752-endpointslices/kep.yaml":        "keps/prod-readiness/sig-network/752.yaml",
		"keps/provider-aws/423-network-load-balancer/kep.yaml": "keps/prod-readiness/provider-aws/423.yaml",
	} {
		k := ParseFile(Kubernetes, path, nil)
		if got := ReadinessPath(k); got != want {
			t.Errorf("ReadinessPath(%s) = %s, want %s", path, got, want)
		}
	}
	moved := ParseFile(Kubernetes, "keps/provider-aws/423-nlb/kep.yaml", []byte("owning-sig: sig-cloud-provider\n"))
	if got := ReadinessPath(moved); got != "keps/prod-readiness/sig-cloud-provider/423.yaml" {
		t.Errorf("with an owning-sig of its own: %s", got)
	}
	for path, want := range map[string]int{"keps/prod-readiness/sig-node/4381.yaml": 4381, "keps/prod-readiness/template/nnnn.yaml": 0,
		"keps/prod-readiness/4381.yaml": 0, "keps/sig-node/x/4381.yaml": 0, "keps/prod-readiness/sig-node/4381.md": 0} {
		if got, ok := IsReadinessFile(path); ok != (want != 0) || ok && got != want {
			t.Errorf("IsReadinessFile(%s) = %d, %t", path, got, ok)
		}
	}
}
