package contract

import (
	"errors"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// flatten turns the tree of errors of the schema check into violations, one for each leaf. like carries subject
// and part, body is what pointers point into.
func flatten(out []Violation, like Violation, body any, err error) []Violation {
	if err == nil {
		return out
	}
	var many openapi3.MultiError
	if errors.As(err, &many) && isMulti(err) {
		for _, e := range many {
			out = flatten(out, like, body, e)
		}
		return out
	}
	switch e := err.(type) {
	case *openapi3filter.RequestError:
		if e.Parameter != nil {
			like.Part, like.Pointer = e.Parameter.In, e.Parameter.Name
		}
		return cause(out, like, body, e.Reason, e.Err)
	case *openapi3filter.ResponseError:
		return cause(out, like, body, e.Reason, e.Err)
	case *openapi3.SchemaError:
		return append(out, fromSchema(like, body, e)...)
	default:
		like.Want = firstLine(err.Error())
	}
	return append(out, like)
}

// cause goes on with the error inside of a request's or an answer's: into the schema check's, or, when the body could
// not even be read, to what the outer one said.
func cause(out []Violation, like Violation, body any, reason string, err error) []Violation {
	var inSchema *openapi3.SchemaError
	var many openapi3.MultiError
	if errors.As(err, &inSchema) || errors.As(err, &many) {
		return flatten(out, like, body, err)
	}
	like.Want, like.Got = reason, ""
	if err != nil {
		like.Want = strings.TrimPrefix(reason+": "+firstLine(err.Error()), ": ")
	}
	return append(out, like)
}

func isMulti(err error) bool { _, ok := err.(openapi3.MultiError); return ok }

// closest explains why a value is none of the forms that it may have: by the form that its discriminator names, or else
// by the one that it misses least.
func closest(like Violation, forms openapi3.SchemaRefs, e *openapi3.SchemaError) []Violation {
	named := discriminated(e.Schema, e.Value)
	var best []Violation
	for _, form := range forms {
		if named != "" && form.Ref != named {
			continue
		}
		err := form.Value.VisitJSON(e.Value, openapi3.MultiErrors(), openapi3.EnableFormatValidation())
		leaves := flatten(nil, Violation{Subject: like.Subject, Part: like.Part}, e.Value, err)
		if best == nil || len(leaves) < len(best) {
			best = leaves
		}
	}
	for i := range best {
		if named != "" {
			best[i].Want = "as " + strings.TrimPrefix(named, "#/components/schemas/") + ": " + best[i].Want
		}
		if like.Pointer != "" {
			best[i].Pointer = like.Pointer
			continue
		}
		for _, p := range slices.Backward(e.JSONPointer()) {
			best[i].Pointer = "/" + escapePointer(p) + best[i].Pointer
		}
	}
	return best
}

// discriminated returns the reference to the form that the value itself says it has, "" when it says nothing.
func discriminated(s *openapi3.Schema, value any) string {
	object, ok := value.(map[string]any)
	if s.Discriminator == nil || !ok {
		return ""
	}
	name, _ := object[s.Discriminator.PropertyName].(string)
	return s.Discriminator.Mapping[name].Ref
}

func fromSchema(like Violation, body any, e *openapi3.SchemaError) []Violation {
	var inner openapi3.MultiError
	switch {
	case e.SchemaField == "oneOf" && !errors.Is(e.Origin, openapi3.ErrOneOfConflict):
		return closest(like, e.Schema.OneOf, e)
	case e.SchemaField == "anyOf":
		return closest(like, e.Schema.AnyOf, e)
	case e.SchemaField == "allOf" && errors.As(e.Origin, &inner):
		return flatten(nil, like, body, inner)
	}
	return []Violation{leaf(like, body, e)}
}

func leaf(like Violation, body any, e *openapi3.SchemaError) Violation {
	parts := e.JSONPointer()
	if like.Pointer == "" {
		for _, p := range parts {
			like.Pointer += "/" + escapePointer(p)
		}
		like.Got = at(body, parts)
	} else {
		like.Got = brief(e.Value)
	}
	like.Want = firstLine(e.Reason)
	if like.Want == "" && e.Origin != nil {
		like.Want = firstLine(e.Origin.Error())
	}
	if e.SchemaField != "" {
		like.Want = e.SchemaField + ": " + like.Want
	}
	return like
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 300 {
		s = s[:300] + "…"
	}
	return s
}
