package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// checker collects errors; it never stops at the first.
type checker struct {
	errs []error
	// spoilt holds the paths whose value was dropped for its shape. What the meaning check says of them, or of
	// anything below them, would only follow from that.
	spoilt []string
}

// add notes one error. value is what stands in the file, empty if nothing does.
func (c *checker) add(path, value, want string) {
	for _, s := range c.spoilt {
		if rest, below := strings.CutPrefix(path, s); below && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return
		}
	}
	c.errs = append(c.errs, &FieldError{Path: path, Value: clip(value), Want: want})
}

// noted tells whether an error was added for exactly this path.
func (c *checker) noted(path string) bool {
	return slices.ContainsFunc(c.errs, func(err error) bool {
		field, ok := err.(*FieldError)
		return ok && field.Path == path
	})
}

// spoil adds an error about the shape and drops what stands at path. It gives nil, to be decoded as a zero value.
func (c *checker) spoil(path, value, want string) any {
	at := path
	if at == "" {
		at = "the file"
	}
	c.add(at, value, want)
	c.spoilt = append(c.spoilt, at)
	return nil
}

// walk compares a parsed tree with the Go type that describes it, so that unknown keys and wrong kinds are told with
// their path and all at once, which encoding/json does not do. It gives the tree without what does not fit, so that
// the rest can still be checked for its meaning.
func (c *checker) walk(path string, tree any, t reflect.Type) any {
	switch {
	case t.Kind() == reflect.Pointer:
		return c.walk(path, tree, t.Elem())
	case t == reflect.TypeFor[Source]():
		return c.walkSource(path, tree)
	case t == reflect.TypeFor[Threads]():
		return c.walkThreads(path, tree)
	case t.Kind() == reflect.Struct:
		return c.walkStruct(path, tree, t)
	case t.Kind() == reflect.Map:
		return c.walkMap(path, tree, t.Elem())
	case t.Kind() == reflect.Slice:
		return c.walkList(path, tree, t.Elem())
	default:
		return c.walkScalar(path, tree, t.Kind())
	}
}

func (c *checker) walkStruct(path string, tree any, t reflect.Type) any {
	mapping, ok := tree.(map[string]any)
	if !ok {
		return c.wrongKind(path, tree, "a block of keys: "+strings.Join(keyNames(t), ", "))
	}
	fields := keysOf(t)
	fitting := map[string]any{}
	for _, key := range sortedKeys(mapping) {
		if _, known := fields[key]; known {
			continue
		}
		if near := nearest(key, keyNames(t)); near != "" {
			c.add(join(path, key), "", fmt.Sprintf("there is no such key; did you mean %s?", near))
			if _, given := mapping[near]; !given {
				c.spoilt = append(c.spoilt, join(path, near))
			}
		} else {
			c.add(join(path, key), "", "there is no such key here; there are "+strings.Join(keyNames(t), ", "))
		}
	}
	for _, key := range keyNames(t) {
		if value, given := mapping[key]; given {
			fitting[key] = c.walk(join(path, key), value, fields[key])
		}
	}
	return fitting
}

// walkMap takes a name without a value for one with an empty block: "kubernetes/enhancements:".
func (c *checker) walkMap(path string, tree any, element reflect.Type) any {
	mapping, ok := tree.(map[string]any)
	if !ok {
		return c.wrongKind(path, tree, "a block with a name before each entry")
	}
	fitting := map[string]any{}
	for _, key := range sortedKeys(mapping) {
		value := mapping[key]
		if value == nil && element.Kind() == reflect.Struct && element != reflect.TypeFor[Source]() {
			value = map[string]any{}
		}
		fitting[key] = c.walk(join(path, key), value, element)
	}
	return fitting
}

// walkList drops the whole list where one of its scalars does not fit: what follows from the others' places would
// mislead.
func (c *checker) walkList(path string, tree any, element reflect.Type) any {
	list, ok := tree.([]any)
	if !ok {
		return c.wrongKind(path, tree, "a list")
	}
	before := len(c.errs)
	fitting := make([]any, len(list))
	for i, value := range list {
		fitting[i] = c.walk(fmt.Sprintf("%s[%d]", path, i), value, element)
	}
	if len(c.errs) > before && element.Kind() != reflect.Struct {
		c.spoilt = append(c.spoilt, path)
		return nil
	}
	return fitting
}

func (c *checker) walkSource(path string, tree any) any {
	switch value := tree.(type) {
	case string:
		return value
	case []any:
		if len(value) == 0 {
			return c.spoil(path, "[]", "an empty list holds nobody; "+wantSource)
		}
		return c.walkList(path, tree, reflect.TypeFor[string]())
	case nil:
		return c.spoil(path, "", "has no source; "+wantSource)
	default:
		return c.wrongKind(path, tree, strings.TrimPrefix(wantSource, "want "))
	}
}

func (c *checker) walkScalar(path string, tree any, kind reflect.Kind) any {
	_, number := tree.(json.Number)
	switch kind {
	case reflect.String:
		if _, ok := tree.(string); !ok && number {
			return c.wrongKind(path, tree, "a text; put it in quotes")
		} else if !ok {
			return c.wrongKind(path, tree, "a text")
		}
	case reflect.Bool:
		if _, ok := tree.(bool); !ok {
			return c.wrongKind(path, tree, "true or false")
		}
	case reflect.Int:
		if !number || !wholeNumber.MatchString(fmt.Sprint(tree)) {
			return c.wrongKind(path, tree, "a whole number")
		}
	default:
		panic("config: no check for a key of kind " + kind.String())
	}
	return tree
}

// wholeNumber is short enough for every int.
var wholeNumber = regexp.MustCompile(`^-?[0-9]{1,9}$`)

func (c *checker) wrongKind(path string, tree any, want string) any {
	value := ""
	switch tree := tree.(type) {
	case nil:
		return c.spoil(path, "", "has no value; want "+want)
	case map[string]any:
		value = "a block of keys"
	case []any:
		value = "a list"
	case string:
		value = fmt.Sprintf("%q", clip(tree))
	default:
		value = fmt.Sprint(tree)
	}
	return c.spoil(path, value, "want "+want)
}

// keyNames lists the keys of a struct in the order of its fields; an embedded struct's keys count as its own.
func keyNames(t reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(t) {
		if name := keyName(field); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func keysOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(t) {
		if name := keyName(field); name != "" {
			fields[name] = field.Type
		}
	}
	return fields
}

func keyName(field reflect.StructField) string {
	if field.Anonymous || !field.IsExported() {
		return ""
	}
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

func join(path, key string) string {
	if path == "" {
		return clip(key)
	}
	return path + "." + clip(key)
}

// clip keeps a value that is quoted back to one short line.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return s
}

func sortedKeys[K ~string, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// nearest finds the one name at most two edits away from word (one for a word under six letters), letter case aside; empty if none.
func nearest(word string, names []string) string {
	best, limit := "", min(2, max(1, len(word)/3))
	for _, name := range names {
		if d := edits(strings.ToLower(word), strings.ToLower(name)); d <= limit {
			best, limit = name, d-1
		}
	}
	return best
}

// edits counts insertions, deletions, replacements and swaps of neighbours that turn a into b.
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
