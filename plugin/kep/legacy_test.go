package kep

import (
	"regexp"
	"strings"
	"testing"
)

func TestLinksOfOldPaths(t *testing.T) {
	const at = "https://github.com/kubernetes/enhancements/blob/master/"
	checkLinks(t, []linkCase{
		{at + "keps/sig-node/0009-node-heartbeat.md", "589"},
		{at + "keps/0009-node-heartbeat.md", "589"},
		{at + "keps/sig-node/0009-node-heartbeat.md#summary.", "589"},
		{at + "keps/sig-storage/1234-20190129-csi-migration.md", "625"},
		{at + "keps/sig-api-machinery/20180415-crds-to-ga.md", "95"},
		{at + "keps/sig-api-machinery/20180415-crds-to-ga/README.md", "95"},
		{at + "keps/sig-cluster-lifecycle/kubeadm/0023-kubeadm-config.md", "970"},
		{at + "keps/sig-scheduling/34-20180703-coscheduling.md", "583"}, // not KEP 34
		{at + "keps/sig-node/runtime-class.md", "585"},
		{at + "keps/sig-node/585-runtime-class/runtime-class.md", "585"},
		{at + "keps/sig-network/0007-pod-ready%2B%2B.md", "580"},
		{at + "keps/sig-network/0007-pod-ready++.md", "580"},
		{at + "keps/sig-cluster-lifecycle/kubeadm/20190722-Advanced-configurations-with-kubeadm-(Kustomize).md", "1177"},
		{at + "keps/sig-cluster-lifecycle/kubeadm/20190722-Advanced-configurations-with-kubeadm-%28Kustomize%29.md", "1177"},
		{at + "keps/sig-api-machinery/NNNN-kep-template/README.md", "4020"},
		// any ref, any fork, any host
		{"https://github.com/octocat/enhancements/tree/feature/x/keps/sig-node/0009-node-heartbeat.md", "589"},
		{"https://github.com/kubernetes/enhancements/raw/64765b4b/keps/sig-node/0009-node-heartbeat.md", "589"},
		{"https://raw.githubusercontent.com/kubernetes/enhancements/v1/keps/sig-node/0009-node-heartbeat.md", "589"},
		{"https://git.k8s.io/enhancements/keps/sig-node/0009-node-heartbeat.md", "589"},
		{"git.k8s.io/community/keps/sig-node/0009-node-heartbeat.md", "589"},
		{"https://github.com/kubernetes/community/blob/master/keps/sig-node/0009-node-heartbeat.md", "589"},
		{"https://github.com/kubernetes-sigs/kueue/blob/main/keps/0009-node-heartbeat.md", ""},
		// had no number then, and has none now
		{at + "keps/0001-kubernetes-enhancement-proposal-process.md", ""},
		{at + "keps/sig-contributor-experience/0007-20180403-community-forum.md", ""},
		{at + "keps/sig-node/README.md", ""},
		// old counters
		{"KEP-0009 KEP-0014 KEP 0009 kep/0009 KEP: 0009", ""},
	})
}

func TestLinksOfBarePaths(t *testing.T) {
	checkLinks(t, []linkCase{
		{"see keps/sig-node/4381-dra/README.md#risks, and keps/sig-node/0009-node-heartbeat.md.", "4381, 589"},
		{"[KEP](/keps/sig-node/4381-dra) `keps/sig-node/4382-x`", "4381, 4382"},
		{"/keps/sig-node/4381-dra", "4381"},
		{"keps/prod-readiness/sig-node/4381.yaml", "4381"},
		{"x/keps/sig-node/4381-dra mykeps/sig-node/4381-dra KEPS/sig-node/4381-dra", ""},
		{"keps/sig-node keps/ keps/NNNN-kep-template", ""},
		{"https://example.org/keps/sig-node/4381-dra", ""},
	})
	if got := shown(Links("keps/693-multikueue keps/0009-node-heartbeat.md", kueue)); got != "kubernetes-sigs/kueue#693" {
		t.Errorf("bare paths of another repository = %s", got)
	}
}

func TestLinksAfterAColon(t *testing.T) {
	checkLinks(t, []linkCase{
		{"KEP: #4381", "4381"},
		{"kep:#4381, KEP: 4382", "4381, 4382"},
		{"**KEP:** #4381\n**KEP**: #4382", "4381, 4382"},
		{"KEP: #9", "9"},
		{"KEP: 2 of 5, KEP: 2024-05-12, KEP: 1.30, KEP:\n#4381, KEP: none, KEP: ##1", ""},
		{"KEP: kubernetes/enhancements#4381", "4381"},
		{"KEP: https://github.com/kubernetes/enhancements/issues/4381", "4381"},
	})
}

// The table holds what the history says: every line is read, none leads nowhere, and no name means two KEPs.
func TestLegacyTable(t *testing.T) {
	files := len(regexp.MustCompile(`(?m)^[1-9][0-9]* [^ ]+$`).FindAllString(legacyText, -1))
	folders := strings.Count(legacyText, "/\n")
	if lines := strings.Count(legacyText, "\n"); files != 279 || files+folders+3 != lines {
		t.Errorf("%d files, %d folders, %d lines", files, folders, lines)
	}
	l := legacy()
	if len(l.path) != files+1 { // one name with a bracket is kept cut short, too
		t.Errorf("%d paths of %d lines", len(l.path), files)
	}
	for name, n := range l.name {
		if n == 0 {
			t.Errorf("%s means two KEPs", name)
		}
	}
}
