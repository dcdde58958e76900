package config

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"testing"
)

// maxKeys is how many keys a person may have to learn.
const maxKeys = 30

// structs lists the types of the file, each once, in the order a reader meets them.
func structs(t reflect.Type, seen map[reflect.Type]bool) []reflect.Type {
	switch {
	case t == reflect.TypeFor[Source]() || t == reflect.TypeFor[Threads]() || seen[t]:
		return nil // the two have no keys of the file, only words of a value
	case t.Kind() == reflect.Struct:
		seen[t] = true
		all := []reflect.Type{t}
		for i := range t.NumField() {
			if !t.Field(i).IsExported() {
				continue
			}
			all = append(all, structs(t.Field(i).Type, seen)...)
		}
		return all
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice, t.Kind() == reflect.Map:
		return structs(t.Elem(), seen)
	}
	return nil
}

func TestKeysAreFew(t *testing.T) {
	var keys []string
	for _, s := range structs(reflect.TypeFor[Config](), map[reflect.Type]bool{}) {
		for i := range s.NumField() {
			if name := keyName(s.Field(i)); name != "" {
				keys = append(keys, s.Name()+"."+name)
			}
		}
	}
	if len(keys) > maxKeys {
		t.Errorf("the file has %d keys, want at most %d: %s", len(keys), maxKeys, strings.Join(keys, " "))
	}
}

// fieldDocs reads the doc comments of types.go: type and field name -> text on one line.
func fieldDocs(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "types.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]string{}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		spec := general.Specs[0].(*ast.TypeSpec)
		docs[spec.Name.Name] = oneLine(general.Doc.Text())
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			for _, name := range field.Names {
				docs[spec.Name.Name+"."+name.Name] = oneLine(field.Doc.Text())
			}
		}
	}
	return docs
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// kindWords says what a person writes for a value of this type.
func kindWords(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Source]():
		return "source"
	case t == reflect.TypeFor[Threads]():
		return "mode, or mode: list of selectors"
	case t.Kind() == reflect.Pointer:
		return kindWords(t.Elem())
	case t.Kind() == reflect.Slice:
		return "list of " + kindWords(t.Elem())
	case t.Kind() == reflect.Map:
		return "name: " + kindWords(t.Elem())
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "number"
	case t.Kind() == reflect.Struct:
		return "block"
	}
	return "text"
}

// TestReference keeps docs/config.md in step with the types. Every key has its doc comment, which begins with the
// field's name in Go; the reference begins with what follows.
func TestReference(t *testing.T) {
	docs := fieldDocs(t)
	var b strings.Builder
	b.WriteString("# Configuration reference\n\n" +
		"Generated from the Go types in `config/types.go`. One YAML file with four blocks; an unknown key is an error.\n" +
		"Examples: `config/examples`. Check a file with `checkconfig --config FILE`.\n")
	var rows func(path string, s reflect.Type)
	rows = func(path string, s reflect.Type) {
		for i := range s.NumField() {
			field := s.Field(i)
			if field.Anonymous {
				rows(path, field.Type)
				continue
			}
			name := keyName(field)
			if name == "" {
				continue
			}
			doc := docs[s.Name()+"."+field.Name]
			if !strings.HasPrefix(doc, field.Name+" ") {
				t.Errorf("%s.%s: the doc comment is %q, want one that begins with the name", s.Name(), field.Name, doc)
			}
			doc = strings.TrimPrefix(strings.TrimPrefix(doc, field.Name+" "), "is ")
			fmt.Fprintf(&b, "| `%s%s` | %s | %s |\n", path, name, kindWords(field.Type), strings.ReplaceAll(doc, "|", "\\|"))
		}
	}
	for _, section := range []struct {
		title, path, doc string
		t                reflect.Type
	}{
		{"The file", "", "Config", reflect.TypeFor[Config]()},
		{"repos", "repos.", "Repos", reflect.TypeFor[Repos]()},
		{"repos.work", "repos.work.ORG/REPO.", "WorkRepo", reflect.TypeFor[WorkRepo]()},
		{"roles", "roles.", "Roles", reflect.TypeFor[Roles]()},
		{"cycles", "cycles[].", "Cycle", reflect.TypeFor[Cycle]()},
		{"cycles[].freezes", "cycles[].freezes.NAME.", "Freeze", reflect.TypeFor[Freeze]()},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | value | meaning |\n|---|---|---|\n", section.title, docs[section.doc])
		rows(section.path, section.t)
	}
	golden(t, "../docs/config.md", b.String())
}
