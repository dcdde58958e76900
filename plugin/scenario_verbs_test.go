package plugin_test

import (
	"fmt"
	"slices"
	"strings"
)

// verb is one statement of the script language.
type verb struct {
	usage string // its words; those in capitals are for the writer to fill in
	run   func(*play, stmt, args) error
	said  bool // lines beginning with "> " follow
	some  bool // such lines may follow
}

// args are the words that a statement has where its usage has capitals. A last
// one that ends in "..." holds the rest.
type args map[string]string

func (a args) list(name string) []string { return strings.Fields(a[name]) }

// verbs lists all statements. A statement is the first whose words fit.
func verbs() []verb { return slices.Concat(worldVerbs, timeVerbs, peopleVerbs) }

// find looks for the verb of a statement.
func find(s stmt) (verb, args, error) {
	near := ""
	for _, v := range verbs() {
		a, fits := v.match(s.words)
		if fits {
			switch {
			case v.said && !s.hasBody:
				return v, nil, s.fault(`want: %s, then lines beginning with "> "`, v.usage)
			case s.hasBody && !v.said && !v.some:
				return v, nil, s.fault("no text belongs here")
			}
			return v, a, nil
		}
		if near == "" && v.sameVerb(s.words) {
			near = v.usage
		}
	}
	if near != "" {
		return verb{}, nil, s.fault("want: %s", near)
	}
	return verb{}, nil, s.fault("no such verb")
}

func (v verb) match(words []string) (args, bool) {
	a := args{}
	want := strings.Fields(v.usage)
	for k, w := range want {
		if name, rest := strings.CutSuffix(w, "..."); rest {
			a[name] = strings.Join(words[min(k, len(words)):], " ")
			return a, len(words) > k
		}
		if k >= len(words) {
			return nil, false
		}
		name, colon := strings.CutSuffix(w, ":")
		word := words[k]
		if colon {
			if word, colon = strings.CutSuffix(word, ":"); !colon {
				return nil, false
			}
		}
		switch {
		case name == strings.ToUpper(name):
			a[name] = word
		case name != word:
			return nil, false
		}
	}
	return a, len(words) == len(want)
}

// sameVerb tells whether the first fixed word of the usage is there.
func (v verb) sameVerb(words []string) bool {
	for k, w := range strings.Fields(v.usage) {
		if w != strings.ToUpper(w) {
			return k < len(words) && words[k] == w
		}
	}
	return false
}

// checkStatements tells what is wrong with a script before it is played.
func checkStatements(lines []stmt) error {
	for _, s := range lines {
		if _, _, err := find(s); err != nil {
			return err
		}
	}
	return nil
}

// do plays one statement.
func (p *play) do(s stmt) (err error) {
	v, a, err := find(s)
	if err != nil {
		return err
	}
	defer func() {
		if x := recover(); x != nil { // the stand-in's word for a wrong name
			err = s.fault("%s", fmt.Sprint(x))
		}
	}()
	if err := v.run(p, s, a); err != nil {
		return s.fault("%v", err)
	}
	if p.mode != shuffled && p.inst != nil {
		p.deliver()
	}
	return nil
}
