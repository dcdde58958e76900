package kep

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func numbers(keps []KEP) []int {
	var out []int
	for _, k := range keps {
		out = append(out, k.Ref.Number)
	}
	return out
}

func TestFind(t *testing.T) {
	c := odd(t)
	for _, tt := range []struct {
		number int
		want   []string
	}{
		{4355, []string{"keps/sig-api-machinery/4355-coordinated-leader-election/kep.yaml"}},
		{752, []string{"keps/sig-network/0752-endpointslices/kep.yaml"}},
		{2133, []string{ // used twice: both, in path order
			"keps/sig-cloud-provider/2133-out-of-tree-credential-provider/kep.yaml",
			"keps/sig-node/2133-kubelet-credential-providers/kep.yaml"}},
		{2043, []string{"keps/sig-node/2043-pod-resource-concrete-assigments/kep.yaml"}},
		{1884, []string{"keps/sig-node/2043-pod-resource-concrete-assigments/kep.yaml"}}, // says so in the file
		{0, nil}, {-1, nil}, {9, nil}, {4724, nil},
	} {
		var got []string
		for _, k := range c.Find(tt.number) {
			got = append(got, k.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Find(%d) (-want +got):\n%s", tt.number, diff)
		}
	}
}

// A directory's number goes before what another file declares.
func TestFindPrefersTheDirectory(t *testing.T) {
	c := NewCatalogue("o/r", "", []KEP{
		{Ref: Ref{"o/r", 7}, Declared: 8, Path: "keps/sig-a/7-x/kep.yaml"},
		{Ref: Ref{"o/r", 8}, Declared: 8, Path: "keps/sig-b/8-y/kep.yaml"},
	})
	if diff := cmp.Diff([]int{8}, numbers(c.Find(8))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNear(t *testing.T) {
	var keps []KEP
	for _, n := range []int{4742, 3619, 4369, 474, 47, 48, 5000, 14742, 7, 4743, 9742} {
		keps = append(keps, KEP{Ref: Ref{"o/r", n}, Path: fmt.Sprintf("keps/sig-x/%d-x/kep.yaml", n)})
	}
	c := NewCatalogue("o/r", "", keps)
	for _, tt := range []struct {
		number int
		want   []int
	}{
		{4724, []int{4742, 474}}, // kubernetes/enhancements#5146
		{3169, []int{3619}},      // #3620
		{4396, []int{4369}},      // three pull requests
		{4742, []int{474, 4743, 9742, 14742}},
		{4744, []int{474, 4742, 4743}},
		{4752, []int{4742}},
		{47442, []int{4742}},
		{500, []int{5000}},
		{84, []int{48}},
		{1, nil}, {7, nil}, {0, nil}, {-4742, nil}, {999999, nil},
	} {
		if diff := cmp.Diff(tt.want, numbers(c.Near(tt.number))); diff != "" {
			t.Errorf("Near(%d) (-want +got):\n%s", tt.number, diff)
		}
	}
}

func TestCatalogueProblems(t *testing.T) {
	c := odd(t)
	var twice []string
	total := 0
	for _, p := range c.Problems() {
		total++
		if p.Field == "kep-number" && p.Value == "2133" {
			twice = append(twice, p.Path+": "+p.Want)
		}
	}
	want := []string{
		"keps/sig-cloud-provider/2133-out-of-tree-credential-provider/kep.yaml: a number of its own; also used by keps/sig-node/2133-kubelet-credential-providers/kep.yaml",
		"keps/sig-node/2133-kubelet-credential-providers/kep.yaml: a number of its own; also used by keps/sig-cloud-provider/2133-out-of-tree-credential-provider/kep.yaml",
	}
	if diff := cmp.Diff(want, twice); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	own := 0
	for _, k := range c.All() {
		own += len(k.Problems)
	}
	if got := total - own; got != 2+4 { // 2133 twice, 0 four times
		t.Errorf("%d problems of the catalogue beside those of the files, want 6", got)
	}
	if !slices.IsSortedFunc(c.Problems(), func(a, b FieldProblem) int { return cmpText(a.Path, b.Path) }) {
		t.Error("problems are not in path order")
	}
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestOrderDoesNotMatter(t *testing.T) {
	keps := slices.Clone(odd(t).All())
	a := NewCatalogue(Kubernetes, "", keps)
	slices.Reverse(keps)
	b := NewCatalogue(Kubernetes, "", keps)
	if diff := cmp.Diff(a.All(), b.All()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(a.Find(2133), b.Find(2133)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNilCatalogue(t *testing.T) {
	var c *Catalogue
	if c.Find(1) != nil || c.Near(1) != nil || c.All() != nil || c.Problems() != nil {
		t.Error("a nil catalogue holds something")
	}
}
