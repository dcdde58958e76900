package checkout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
)

// KEPFolder is a checkout of a KEP repository.
type KEPFolder struct {
	Repo string // "org/repo" of its KEPs
	Dir  string // the folder that holds keps/
}

// kepPaths is what lies below keps/, by names alone; no file was opened.
type kepPaths struct {
	files     []string         // kep.yaml files, by path
	readiness map[int][]string // KEP -> production readiness files
	readme    map[string]bool  // folders that have a README.md
}

// paths lists the files below keps/. Folders of KEPs are at most three deep.
func (f KEPFolder) paths() (kepPaths, error) {
	out := kepPaths{readiness: map[int][]string{}, readme: map[string]bool{}}
	top := filepath.Join(f.Dir, "keps")
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(f.Dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if strings.Count(rel, "/") > 4 {
				return fs.SkipDir
			}
			return nil
		}
		if n, ok := kep.IsReadinessFile(rel); ok {
			out.readiness[n] = append(out.readiness[n], rel)
			return nil
		}
		switch d.Name() {
		case "README.md":
			out.readme[path.Dir(rel)] = true
		case "kep.yaml":
			if kep.IsKEPFile(rel) {
				out.files = append(out.files, rel)
			}
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return out, fmt.Errorf("%s has no folder keps/: is it a checkout of the KEP repository?", f.Dir)
	}
	if err == nil && len(out.files) == 0 {
		return out, fmt.Errorf("%s has no KEP: no keps/<sig>/<number>-<name>/kep.yaml", top)
	}
	return out, err
}

func (f KEPFolder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(f.Dir, filepath.FromSlash(name)))
}

// Catalogue implements Library for the one repository.
func (f KEPFolder) Catalogue(_ context.Context, repo string, number int) (*kep.Catalogue, error) {
	if !strings.EqualFold(repo, f.Repo) {
		return nil, fmt.Errorf("%s is of %s, not of %s", f.Dir, f.Repo, repo)
	}
	p, err := f.paths()
	if err != nil {
		return nil, err
	}
	return CatalogueOf(f.Repo, p.files, number, f.read)
}

// CatalogueOf makes a catalogue of paths in which the files of one KEP are read and the others are known by their
// folder's name alone.
func CatalogueOf(repo string, paths []string, number int, read func(path string) ([]byte, error)) (*kep.Catalogue, error) {
	keps := make([]kep.KEP, 0, len(paths))
	for _, p := range paths {
		k := kep.ParseFile(repo, p, nil)
		if k.Ref.Number == number {
			data, err := read(p)
			if err != nil {
				return nil, err
			}
			k = kep.ParseFile(repo, p, data)
		}
		keps = append(keps, k)
	}
	return kep.NewCatalogue(repo, "", keps), nil
}

// Aligned is one KEP that targets the cycle.
type Aligned struct {
	kep.Ref
	Path      string    `json:"path"`
	Title     string    `json:"title"`
	SIG       string    `json:"sig"`
	Stage     string    `json:"stage"`
	Status    string    `json:"status"`
	Graduates bool      `json:"graduates"`
	Findings  []Finding `json:"findings,omitempty"`
}

// Finding is one value that does not fit.
type Finding struct {
	Path  string `json:"path"`
	Field string `json:"field,omitempty"` // empty: the whole file
	Value string `json:"value,omitempty"` // empty: missing
	Want  string `json:"want"`
}

// Alignment is every KEP of a checkout that targets a cycle, by path.
type Alignment struct {
	Cycle    string     `json:"cycle"`
	Freeze   kep.Freeze `json:"freeze"`
	Files    int        `json:"files"` // kep.yaml files looked at
	KEPs     []Aligned  `json:"keps"`
	Findings int        `json:"findings"`
}

// Mend is how many KEPs have a finding.
func (a Alignment) Mend() int {
	n := 0
	for _, k := range a.KEPs {
		if len(k.Findings) > 0 {
			n++
		}
	}
	return n
}

// Align holds the KEPs of the checkout that target the cycle ("v1.38") against a freeze.
//
// Most files are of other cycles. A file that names this one has its number in it as it is written ("1.38"), so only such
// files are parsed: the time is that of reading them.
func (f KEPFolder) Align(cycle string, freeze kep.Freeze) (Alignment, error) {
	p, err := f.paths()
	if err != nil {
		return Alignment{}, err
	}
	out := Alignment{Cycle: cycle, Freeze: freeze, Files: len(p.files), KEPs: []Aligned{}}
	number := []byte(strings.TrimPrefix(cycle, "v"))
	for _, name := range p.files {
		data, err := f.read(name)
		if err != nil {
			return Alignment{}, err
		}
		if !bytes.Contains(data, number) {
			continue
		}
		k := kep.ParseFile(f.Repo, name, data)
		if !k.Targets(cycle) {
			continue
		}
		in := kep.AlignInput{Cycle: cycle, Freeze: freeze, HasReadme: p.readme[path.Dir(name)]}
		if in.Readiness, err = f.readiness(k, p); err != nil {
			return Alignment{}, err
		}
		one := aligned(k, in)
		out.Findings += len(one.Findings)
		out.KEPs = append(out.KEPs, one)
	}
	return out, nil
}

// readiness reads the production readiness file of a KEP: the one where it belongs, else one with its number in the
// folder of another SIG, as KEPs change hands.
func (f KEPFolder) readiness(k kep.KEP, p kepPaths) (*kep.ProductionReadiness, error) {
	have := p.readiness[k.Ref.Number]
	if len(have) == 0 {
		return nil, nil
	}
	name := have[0]
	for _, one := range have {
		if one == kep.ReadinessPath(k) {
			name = one
		}
	}
	data, err := f.read(name)
	if err != nil {
		return nil, err
	}
	return kep.ParseReadiness(name, data), nil
}

func aligned(k kep.KEP, in kep.AlignInput) Aligned {
	out := Aligned{Ref: k.Ref, Path: plain(k.Path, maxShown), Title: plain(k.Title, maxShown), SIG: plain(k.SIG, 50),
		Stage: plain(k.Stage, 50), Status: plain(k.Status, 50), Graduates: k.Graduates(in.Cycle)}
	for _, p := range kep.Align(k, in) {
		out.Findings = append(out.Findings, Finding{Path: plain(p.Path, maxShown), Field: plain(p.Field, 100), Value: plain(p.Value, maxShown), Want: plain(p.Want, 400)})
	}
	return out
}
