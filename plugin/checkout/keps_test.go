package checkout

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/kep"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
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
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// enhancements writes a checkout with every KEP of testdata/keps.tsv: kep.yaml of the usual size, README.md, and, for
// those with a stage since production readiness reviews began (v1.21), a file with an approver. change has the last word
// on each kep.yaml.
func enhancements(tb testing.TB, change func(path, text string) string) KEPFolder {
	tb.Helper()
	table, err := os.ReadFile(filepath.Join("testdata", "keps.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	write := func(name, text string) {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	for line := range strings.Lines(string(table)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 7 {
			continue
		}
		name := "keps/" + f[0] + "/kep.yaml"
		text := kepText(f)
		if change != nil {
			text = change(name, text)
		}
		write(name, text)
		write("keps/"+f[0]+"/README.md", "# A KEP\n")
		k := kep.ParseFile(kep.Kubernetes, name, []byte(text))
		if f[4] != "-" && f[5] != "-" && !strings.HasPrefix(f[5], "0.") && k.Ref.Number > 0 {
			write(kep.ReadinessPath(k), fmt.Sprintf("kep-number: %d\n%s:\n  approver: \"@ada\"\n", k.Ref.Number, k.Stage))
		}
	}
	return KEPFolder{Repo: kep.Kubernetes, Dir: dir}
}

// kepText is a kep.yaml with the facts of one line, padded to the 1.5 KB that Kubernetes' have.
func kepText(f []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: An enhancement\nkep-number: %s\nauthors:\n  - \"@octocat\"\nowning-sig: %s\nstatus: %s\n", f[1], f[2], f[3])
	if f[4] != "-" {
		fmt.Fprintf(&b, "stage: %s\n", f[4])
	}
	if f[5] != "-" {
		fmt.Fprintf(&b, "latest-milestone: %q\n", f[5])
	}
	if f[6] != "" {
		b.WriteString("milestone:\n")
		for one := range strings.SplitSeq(f[6], "|") {
			stage, release, _ := strings.Cut(one, "=")
			fmt.Fprintf(&b, "  %s: %q\n", stage, release)
		}
	}
	for b.Len() < 1500 {
		b.WriteString("# The following list is required where the stage is beta or stable, and may be left out otherwise.\n")
	}
	return b.String()
}

// Nearly all KEPs of a real release are in good order, and those that stay in their stage are: 15 of 85, and KEP-5075,
// whose creation-date is no date.
func TestRealCycle(t *testing.T) {
	folder := enhancements(t, nil)
	t.Run("enhancements freeze", func(t *testing.T) { alignRealCycle(t, folder) })
	t.Run("end", func(t *testing.T) { alignAtTheEnd(t, folder) })
	t.Run("one KEP", func(t *testing.T) { catalogueReadsOneFile(t, folder) })
}

func alignRealCycle(t *testing.T, folder KEPFolder) {
	got, err := folder.Align("v1.37", kep.FreezeEnhancements)
	if err != nil {
		t.Fatal(err)
	}
	stay := 0
	for _, k := range got.KEPs {
		if !k.Graduates && k.Status == "implementable" {
			stay++
		}
	}
	if got.Files != 655 || len(got.KEPs) != 94 || stay != 16 {
		t.Errorf("%d files, %d KEPs, %d stay, want 655, 94, 16", got.Files, len(got.KEPs), stay)
	}
	var b bytes.Buffer
	if err := got.Print(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "v1.37.golden", b.String())
	// No kep.yaml is passed over because its text does not hold the release's number.
	targets := 0
	paths, err := folder.paths()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range paths.files {
		data, err := folder.read(name)
		if err != nil {
			t.Fatal(err)
		}
		if kep.ParseFile(kep.Kubernetes, name, data).Targets("v1.37") {
			targets++
		}
	}
	if targets != len(got.KEPs) {
		t.Errorf("%d KEPs of %d that target the release", len(got.KEPs), targets)
	}
}

func TestAlignNamesWhatToMend(t *testing.T) {
	folder := enhancements(t, func(path, text string) string {
		if strings.Contains(path, "/3157-watch-list/") {
			return strings.NewReplacer("implementable", "imlpementable", `beta: "v1.32"`, `beta: "v1.39"`).Replace(text)
		}
		return text
	})
	if err := os.Remove(filepath.Join(folder.Dir, "keps/sig-api-machinery/3157-watch-list/README.md")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder.Dir, "keps/prod-readiness/sig-api-machinery/3157.yaml")); err != nil {
		t.Fatal(err)
	}
	got, err := folder.Align("v1.37", kep.FreezeCode)
	if err != nil {
		t.Fatal(err)
	}
	const dir = "keps/sig-api-machinery/3157-watch-list/"
	want := []Finding{
		{dir + "kep.yaml", "status", "imlpementable", "one of provisional, implementable, implemented, deferred, rejected, withdrawn, replaced"},
		{dir + "kep.yaml", "milestone.beta", "v1.39", "v1.37 or earlier, as the stage is beta in v1.37; or an earlier stage"},
		{"keps/prod-readiness/sig-api-machinery/3157.yaml", "", "", "this file, with kep-number 3157 and beta.approver"},
		{dir + "README.md", "", "", "this file, with the text of the KEP"},
	}
	for _, k := range got.KEPs {
		if k.Ref.Number == 3157 {
			if diff := cmp.Diff(want, k.Findings); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			return
		}
	}
	t.Error("KEP-3157 is not listed")
}

func alignAtTheEnd(t *testing.T, folder KEPFolder) {
	got, err := folder.Align("v1.37", kep.FreezeEnd)
	if err != nil {
		t.Fatal(err)
	}
	stable := 0
	for _, k := range got.KEPs {
		for _, f := range k.Findings {
			if f.Want == "implemented, as the stage is stable and v1.37 is released" {
				stable++
			}
		}
	}
	if stable != 15 {
		t.Errorf("%d stable KEPs that are not implemented at the end, want 15", stable)
	}
}

func TestKEPFolderThatIsNone(t *testing.T) {
	dir := t.TempDir()
	_, err := KEPFolder{Repo: kep.Kubernetes, Dir: dir}.Align("v1.37", kep.FreezeEnhancements)
	if err == nil || !strings.Contains(err.Error(), "has no folder keps/") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "keps"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = KEPFolder{Repo: kep.Kubernetes, Dir: dir}.Align("v1.37", kep.FreezeEnhancements)
	if err == nil || !strings.Contains(err.Error(), "has no KEP") {
		t.Errorf("no KEP: %v", err)
	}
}

func catalogueReadsOneFile(t *testing.T, folder KEPFolder) {
	c, err := folder.Catalogue(context.Background(), "Kubernetes/enhancements", 3157)
	if err != nil {
		t.Fatal(err)
	}
	if k := c.Find(3157); len(k) != 1 || k[0].Status != "implementable" {
		t.Errorf("Find(3157) = %+v", k)
	}
	if k := c.Near(3175); len(k) == 0 || k[0].Ref.Number != 3157 {
		t.Errorf("Near(3175) = %+v", k)
	}
	if _, err := folder.Catalogue(context.Background(), "kubernetes-sigs/kueue", 1); err == nil {
		t.Error("another repository's KEP was looked up in this one")
	}
	lost := errors.New("lost")
	if _, err := CatalogueOf("k/e", []string{"keps/sig-a/1-x/kep.yaml", "keps/sig-a/2-x/kep.yaml"}, 2, func(path string) ([]byte, error) {
		if path != "keps/sig-a/2-x/kep.yaml" {
			t.Errorf("%s was read", path)
		}
		return nil, lost
	}); !errors.Is(err, lost) {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

// BenchmarkAlign is the check of all files beside the plain reading of them, and beside parsing every one.
func BenchmarkAlign(b *testing.B) {
	folder := enhancements(b, nil)
	paths, err := folder.paths()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			for _, name := range paths.files {
				if _, err := folder.read(name); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("walk and read", func(b *testing.B) {
		for b.Loop() {
			p, err := folder.paths()
			if err != nil {
				b.Fatal(err)
			}
			for _, name := range p.files {
				if _, err := folder.read(name); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("align", func(b *testing.B) {
		for b.Loop() {
			if _, err := folder.Align("v1.37", kep.FreezeEnhancements); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse all", func(b *testing.B) {
		for b.Loop() {
			for _, name := range paths.files {
				data, err := folder.read(name)
				if err != nil {
					b.Fatal(err)
				}
				kep.ParseFile(folder.Repo, name, data)
			}
		}
	})
}
