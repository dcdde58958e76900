package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestDeployOverlay: the overlay that docs/deploy.md shows turns off the dry run, and nothing else.
func TestDeployOverlay(t *testing.T) {
	page, err := os.ReadFile("../../docs/deploy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	var overlay struct {
		APIVersion         string   `json:"apiVersion"`
		Kind               string   `json:"kind"`
		Namespace          string   `json:"namespace"`
		Resources          []string `json:"resources"`
		ConfigMapGenerator []struct {
			Name     string   `json:"name"`
			Behavior string   `json:"behavior"`
			Files    []string `json:"files"`
		} `json:"configMapGenerator"`
		GeneratorOptions struct {
			DisableNameSuffixHash bool `json:"disableNameSuffixHash"`
		} `json:"generatorOptions"`
		Patches []struct {
			Target struct {
				Kind string `json:"kind"`
				Name string `json:"name"`
			} `json:"target"`
			Patch string `json:"patch"`
		} `json:"patches"`
	}
	if err := yaml.UnmarshalStrict([]byte(block), &overlay); err != nil {
		t.Fatalf("%v in\n%s", err, block)
	}
	b := readBase(t)
	if len(overlay.Patches) != 1 || overlay.Patches[0].Target.Kind != b.set.Kind || overlay.Patches[0].Target.Name != b.set.Name ||
		len(overlay.ConfigMapGenerator) != 1 || overlay.ConfigMapGenerator[0].Name != b.kustomization.ConfigMapGenerator[0].Name || !overlay.GeneratorOptions.DisableNameSuffixHash {
		t.Fatalf("the overlay does not fit the base: %+v", overlay)
	}
	var ops []struct{ Op, Path, Value string }
	if err := yaml.UnmarshalStrict([]byte(overlay.Patches[0].Patch), &ops); err != nil || len(ops) != 1 || ops[0].Op != "replace" {
		t.Fatalf("%v: %+v", err, ops)
	}
	before := b.served(t)
	args := b.set.Spec.Template.Spec.Containers[0].Args
	var at int
	if _, err := fmt.Sscanf(ops[0].Path, "/spec/template/spec/containers/0/args/%d", &at); err != nil || at >= len(args) {
		t.Fatalf("%s: %v", ops[0].Path, err)
	}
	args[at] = ops[0].Value
	after := b.served(t)
	if !before.dryRun || after.dryRun {
		t.Errorf("dry run %v, with the overlay %v", before.dryRun, after.dryRun)
	}
	if after.dryRun = true; fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the overlay changes more:\n%v\n%v", before, after)
	}
}

// koConfig is what we use of ko's file, by ko's names.
type koConfig struct {
	Builds []struct {
		ID      string   `json:"id"`
		Dir     string   `json:"dir"`
		Main    string   `json:"main"`
		Env     []string `json:"env"`
		Flags   []string `json:"flags"`
		Ldflags []string `json:"ldflags"`
	} `json:"builds"`
	DefaultPlatforms []string `json:"defaultPlatforms"`
}

func TestKoBuildsTheCommand(t *testing.T) {
	var ko koConfig
	strict(t, "../../.ko.yaml", &ko)
	if len(ko.Builds) != 1 || len(ko.DefaultPlatforms) == 0 {
		t.Fatalf("%+v", ko)
	}
	b := ko.Builds[0]
	dir, err := filepath.Abs(filepath.Join("../..", b.Dir, b.Main))
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	if dir != here || path.Clean(b.Main) != strings.TrimPrefix(importPath, "github.com/steelthread/steelthread/") {
		t.Errorf("ko builds %s, this command is in %s", dir, here)
	}
	if !slices.Equal(b.Env, []string{"CGO_ENABLED=0"}) || !slices.Equal(b.Flags, []string{"-trimpath"}) || !slices.Equal(b.Ldflags, []string{"-s -w"}) {
		t.Errorf("a static, stripped binary without paths of this machine: %+v", b)
	}
}
