package plugin_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/steelthread/steelthread/"

// pure packages decide and word things. They may not reach for the world: what
// they need comes in as data, so that they can be tested, replayed and trusted.
var pure = []string{"slash", "cycle", "work", "custody", "kep", "roles", "thread", "plan", "render", "saved"}

// forbidden in pure packages, with the reason.
var forbidden = map[string]string{
	"net/http":                               "no network",
	"net":                                    "no network",
	"os":                                     "no files, no environment",
	"log":                                    "logging is the worker's",
	"github.com/sirupsen/logrus":             "logging is the worker's",
	"github.com/google/go-github/v88/github": "no GitHub client",
}

// mayImport is the one direction of imports among our packages (the layout of
// the design): what a package may import of ours.
var mayImport = map[string][]string{
	"plugin/slash": {}, "plugin/cycle": {}, "plugin/roles": {}, "plugin/kep": {}, "plugin/custody": {},
	"plugin/work":      {"plugin/slash", "plugin/cycle", "plugin/roles", "plugin/kep", "plugin/custody"},
	"plugin/thread":    {"plugin/work", "plugin/slash", "plugin/cycle", "plugin/roles", "plugin/kep", "plugin/custody"},
	"plugin/plan":      {"plugin/work", "plugin/slash", "plugin/cycle", "plugin/roles", "plugin/kep", "plugin/custody"},
	"plugin/render":    {"plugin/thread", "plugin/plan", "plugin/work", "plugin/slash", "plugin/cycle", "plugin/roles", "plugin/kep", "plugin/custody"},
	"plugin/board":     {"plugin/render", "plugin/thread", "plugin/plan", "plugin/work", "plugin/slash", "plugin/cycle", "plugin/roles", "plugin/kep", "plugin/custody"},
	"plugin":           {"config", "plugin/board", "plugin/saved", "plugin/render", "plugin/thread", "plugin/plan", "plugin/work", "plugin/slash", "plugin/cycle", "plugin/roles", "plugin/kep", "plugin/custody"},
	"plugin/saved":     {"plugin/work", "plugin/slash", "plugin/cycle", "plugin/kep", "plugin/custody"},
	"plugin/githubsim": {},
	"plugin/checkout":  {"plugin/thread", "plugin/work", "plugin/slash", "plugin/kep", "plugin/custody"},
	"config":           {"plugin/cycle", "plugin/kep", "plugin/roles"},
}

func TestImportsPointOneWay(t *testing.T) {
	for pkg, allowed := range mayImport {
		eachFile(t, pkg, func(path string, _ *token.FileSet, f *ast.File) {
			for _, spec := range f.Imports {
				name, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				ours, is := strings.CutPrefix(name, module)
				if is && !slices.Contains(allowed, ours) {
					t.Errorf("%s imports %s, which %s may not", path, ours, pkg)
				}
			}
		})
	}
}

func TestPurePackagesArePure(t *testing.T) {
	for _, name := range pure {
		eachFile(t, "plugin/"+name, func(path string, set *token.FileSet, f *ast.File) {
			for _, spec := range f.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				if why, no := forbidden[imported]; no {
					t.Errorf("%s imports %s: %s", path, imported, why)
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := call.X.(*ast.Ident); ok && x.Name == "time" && (call.Sel.Name == "Now" || call.Sel.Name == "Since" || call.Sel.Name == "Sleep") {
					t.Errorf("%s: time.%s: a pure package never reads the clock", set.Position(call.Pos()), call.Sel.Name)
				}
				return true
			})
		})
	}
}

// TestProductionDoesNotImportTheStandIn: githubsim is for the sandbox and tests.
func TestProductionDoesNotImportTheStandIn(t *testing.T) {
	for _, pkg := range []string{"plugin", "plugin/checkout", "config", "cmd/steelthread", "cmd/checkconfig"} {
		eachFile(t, pkg, func(path string, _ *token.FileSet, f *ast.File) {
			for _, spec := range f.Imports {
				if strings.Contains(spec.Path.Value, "plugin/githubsim") {
					t.Errorf("%s imports the stand-in", path)
				}
			}
		})
	}
}

// TestRoomsStaySmall: a file of at most 400 lines, a function of at most 60;
// reconcile.go is the table of contents.
func TestRoomsStaySmall(t *testing.T) {
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		if lines := set.File(f.Pos()).LineCount(); lines > 400 {
			t.Errorf("%s has %d lines; do two things live in one room?", path, lines)
		}
		if strings.HasSuffix(path, "_test.go") {
			return nil
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				if lines := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line + 1; lines > 60 {
					t.Errorf("%s: %s has %d lines", path, fn.Name.Name, lines)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachFile parses the production files of a package.
func eachFile(t *testing.T, pkg string, do func(path string, set *token.FileSet, f *ast.File)) {
	t.Helper()
	dir := filepath.Join("..", filepath.FromSlash(pkg))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		seen++
		set := token.NewFileSet()
		path := filepath.Join(dir, e.Name())
		f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		do(path, set, f)
	}
	if seen == 0 {
		t.Fatalf("no files in %s: has the package moved?", pkg)
	}
}
