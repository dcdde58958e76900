package contract

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// sample makes the smallest value that fits a schema: required fields only. It knows the parts of JSON Schema that
// GitHub's descriptions use. It gives the tests of the checker a right answer for any operation and webhook, from the
// description itself, so that no copy of GitHub's answers has to be kept.
func sample(s *openapi3.Schema) any {
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AllOf) > 0:
		merged := map[string]any{}
		for _, ref := range s.AllOf {
			part, _ := sample(ref.Value).(map[string]any)
			for k, v := range part {
				merged[k] = v
			}
		}
		return merged
	case len(s.OneOf) > 0:
		return sample(s.OneOf[0].Value)
	case len(s.AnyOf) > 0:
		return sample(s.AnyOf[0].Value)
	case s.Type == nil || s.Type.Includes("object") || len(s.Properties) > 0:
		return sampleObject(s)
	case s.Type.Includes("array"):
		if s.Items == nil {
			return []any{}
		}
		return []any{sample(s.Items.Value)}
	case s.Type.Includes("integer"), s.Type.Includes("number"):
		return 1.0
	case s.Type.Includes("boolean"):
		return true
	case s.Type.Includes("string"):
		return sampleString(s)
	}
	return nil
}

func sampleObject(s *openapi3.Schema) map[string]any {
	object := map[string]any{}
	for name, ref := range s.Properties {
		if slices.Contains(s.Required, name) {
			object[name] = sample(ref.Value)
		}
	}
	return object
}

func sampleString(s *openapi3.Schema) string {
	switch s.Format {
	case "date-time":
		return "2027-01-11T09:00:00Z"
	case "uri", "uri-template", "url":
		return "https://github.example/x"
	case "email":
		return "a@b.example"
	}
	return "text"
}
