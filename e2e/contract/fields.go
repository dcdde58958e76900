package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// unknownFields returns the JSON pointers of the object fields in value that no form of the schema names. The
// descriptions leave objects open, so a schema check alone lets an invented field pass: code could come to rely on
// something that GitHub never sends. A schema that names no field at all, or that declares additionalProperties,
// stays open.
func unknownFields(schema *openapi3.Schema, value any) []string {
	var found []string
	walkFields(forms(nil, schema), value, "", &found)
	slices.Sort(found)
	return found
}

// forms adds to out the schema and everything that it is put together from (allOf, anyOf, oneOf), each once.
func forms(out []*openapi3.Schema, schema *openapi3.Schema) []*openapi3.Schema {
	if schema == nil || slices.Contains(out, schema) {
		return out
	}
	out = append(out, schema)
	for _, refs := range []openapi3.SchemaRefs{schema.AllOf, schema.AnyOf, schema.OneOf} {
		for _, ref := range refs {
			out = forms(out, ref.Value)
		}
	}
	return out
}

func walkFields(schemas []*openapi3.Schema, value any, pointer string, found *[]string) {
	switch v := value.(type) {
	case map[string]any:
		if !closed(schemas) {
			return
		}
		for key, child := range v {
			at := pointer + "/" + escapePointer(key)
			children := fieldSchemas(schemas, key)
			if len(children) == 0 {
				*found = append(*found, at)
				continue
			}
			walkFields(children, child, at, found)
		}
	case []any:
		var items []*openapi3.Schema
		for _, s := range schemas {
			if s.Items != nil {
				items = forms(items, s.Items.Value)
			}
		}
		if len(items) == 0 {
			return
		}
		for i, child := range v {
			walkFields(items, child, pointer+"/"+strconv.Itoa(i), found)
		}
	}
}

// closed says whether an object of these forms has a known set of fields: one form at least names some, and none is an
// object, or anything at all, without naming any.
func closed(schemas []*openapi3.Schema) bool {
	named := false
	for _, s := range schemas {
		composed := len(s.AllOf)+len(s.AnyOf)+len(s.OneOf) > 0
		switch {
		case len(s.Properties) > 0:
			named = true
		case composed:
		case s.Type == nil || s.Type.Includes("object"):
			if len(s.Required) == 0 && !declaresAdditional(s) {
				return false
			}
		}
	}
	return named
}

func declaresAdditional(s *openapi3.Schema) bool {
	return s.AdditionalProperties.Schema != nil || (s.AdditionalProperties.Has != nil && *s.AdditionalProperties.Has)
}

func fieldSchemas(schemas []*openapi3.Schema, key string) []*openapi3.Schema {
	var out []*openapi3.Schema
	for _, s := range schemas {
		if ref := s.Properties[key]; ref != nil {
			out = forms(out, ref.Value)
		} else if declaresAdditional(s) {
			if ref := s.AdditionalProperties.Schema; ref != nil {
				out = forms(out, ref.Value)
			} else {
				out = forms(out, &openapi3.Schema{})
			}
		}
	}
	return out
}

func escapePointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// at returns the value at a JSON pointer's parts, in short, for a message; "nothing" when there is none.
func at(value any, parts []string) string {
	for _, p := range parts {
		switch v := value.(type) {
		case map[string]any:
			child, ok := v[p]
			if !ok {
				return "nothing"
			}
			value = child
		case []any:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(v) {
				return "nothing"
			}
			value = v[i]
		}
	}
	return brief(value)
}

// brief renders a value for a message: its kind, and the value if it is short.
func brief(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return fmt.Sprintf("an object of %d fields", len(v))
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	default:
		s := fmt.Sprintf("%#v", v)
		if len(s) > 80 {
			s = s[:80] + "…"
		}
		return s
	}
}
