package slash

import (
	"maps"
	"strings"
)

// Kind is one kind of argument. Kinds hold no state: many forms may share one.
type Kind interface {
	// Match tells how many leading words look like this kind, by shape only; 0
	// means that they are something else.
	Match(words []string) int
	// Parse reads the words that Match took. The Problem has Code, Word and
	// Allowed; in Fix it may hold the words that were probably meant.
	Parse(words []string) (any, *Problem)
	// Print gives the canonical words: Parse(Print(v)) == v.
	Print(v any) string
	// Placeholder stands for the argument in a usage: "[release]", "[n]%".
	Placeholder(name string) string
	// Example is one good word, or a few.
	Example() string
}

// Arg is one place of a Form.
type Arg struct {
	Name     string // key in Values; a Word may leave it empty
	Kind     Kind
	Optional bool
}

func (a Arg) key() string {
	if w, ok := a.Kind.(word); ok && a.Name == "" {
		return string(w)
	}
	return a.Name
}

// Form is one way to write a command. Text and Until take the rest of the line
// and must be the last Arg.
type Form struct {
	Verb string // lower case, without the slash
	Args []Arg
	// Examples are whole lines of this form. Their words are also used to
	// correct other lines of the form.
	Examples []string
	// Named are the names of the lines that may stand directly below a line of this
	// form ("why: ..."). Their texts are values under these names.
	Named []string
}

// Values are what Parse read, by Arg.Name. An optional argument that was left
// out has no entry.
type Values map[string]any

// With gives the values with one of them replaced; nil leaves it out. v stays as it is.
func (v Values) With(name string, value any) Values {
	w := make(Values, len(v)+1)
	maps.Copy(w, v)
	if value == nil {
		delete(w, name)
	} else {
		w[name] = value
	}
	return w
}

// Usage gives "/commit [release] [weeks] [n]% [items]": square brackets are
// placeholders, for optional and required arguments alike.
func (f Form) Usage() string {
	parts := []string{"/" + f.Verb}
	for _, a := range f.Args {
		parts = append(parts, a.Kind.Placeholder(a.Name))
	}
	return strings.Join(parts, " ")
}

// Print gives the canonical line of values: `/commit v1.38 w3-4 80% "API types"`.
// It is one line whatever the texts contain, with one more for each named line
// that has a text. Parse reads values of Parse back as they were; of values made
// by hand an optional argument must not be left out if the text behind it looks
// like one.
func (f Form) Print(v Values) string {
	parts := []string{"/" + f.Verb}
	for _, a := range f.Args {
		value, ok := v[a.key()]
		if w, literal := a.Kind.(word); literal && (ok || !a.Optional) {
			parts = append(parts, string(w))
		} else if ok {
			parts = append(parts, a.Kind.Print(value))
		}
	}
	return Clean(strings.Join(parts, " ")) + f.below(v)
}

// below gives the named lines of values, each behind a line break.
func (f Form) below(v Values) string {
	lines := ""
	for _, name := range f.Named {
		if text, ok := v[name].(string); ok && Clean(text) != "" {
			lines += "\n" + name + ": " + Clean(text)
		}
	}
	return lines
}

// named gives the texts of the named lines that the form takes, as values. A line
// without a text counts as not there.
func (f Form) named(line Line) Values {
	v := Values{}
	for _, name := range f.Named {
		if text := line.Named[name]; text != "" {
			v[name] = text
		}
	}
	return v
}
