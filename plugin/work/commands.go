package work

import "github.com/steelthread/steelthread/plugin/slash"

// Spoken is a form of a command wherever it may be said: a Form, or what embeds one.
type Spoken interface {
	// Base is the form without what is only of the place.
	Base() Form
}

// Base implements Spoken.
func (f Form) Base() Form { return f }

// CommandOf is one verb that may be said at a place, with its forms there. Parser,
// usage, refusals, permission check, Prow's plugin help and the reference in docs/
// all derive from it.
type CommandOf[F Spoken] struct {
	Verb    string
	Summary string
	Forms   []F
}

// Command is one verb that may be said on a work item.
type Command = CommandOf[Form]

// Grammar lists what may be written, form by form.
func (c CommandOf[F]) Grammar() []slash.Form { return grammar(c.Forms) }

func grammar[F Spoken](forms []F) []slash.Form {
	out := make([]slash.Form, 0, len(forms))
	for _, f := range forms {
		out = append(out, f.Base().Form)
	}
	return out
}

// Usage lists the usage of all forms of the command.
func (c CommandOf[F]) Usage() []string { return usage(c.Grammar()) }

func usage(forms []slash.Form) []string {
	out := make([]string, 0, len(forms))
	for _, f := range forms {
		out = append(out, f.Usage())
	}
	return out
}

// CommandSet is the verbs of a place, in the order in which help lists them.
type CommandSet[F Spoken] []CommandOf[F]

// Find gives the command of a verb.
func (s CommandSet[F]) Find(verb string) (CommandOf[F], bool) {
	for _, c := range s {
		if c.Verb == verb {
			return c, true
		}
	}
	return CommandOf[F]{}, false
}

// Verbs lists the verbs.
func (s CommandSet[F]) Verbs() []string {
	verbs := make([]string, 0, len(s))
	for _, c := range s {
		verbs = append(verbs, c.Verb)
	}
	return verbs
}

// Examples lists every example line of every form. Each is accepted when pasted by
// somebody with the role, while the cycle and the dates it names are to come.
func (s CommandSet[F]) Examples() []string {
	var lines []string
	for _, c := range s {
		for _, f := range c.Forms {
			lines = append(lines, f.Base().Examples...)
		}
	}
	return lines
}
