package slash

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// Parse chooses the form of a line and reads its words.
//
// A literal (Word) at its place selects a form; among the selected the one
// with most literals wins; a form without literals is the default. Neighbouring
// optional arguments may come in any order, each word going to the first that
// it looks like. Words that no argument takes are a Problem.
//
// form is the index of the chosen form, -1 if the words begin none. Values are
// nil if there is a Problem. Forms of other verbs are passed over.
func Parse(forms []Form, line Line) (form int, v Values, p *Problem) {
	t := pick(forms, line)
	if t.p == nil {
		if p := longName(line); p != nil {
			q := complete(p, forms, line)
			q.Fix = withNamed(forms, line, q.Fix)
			return t.form, nil, q
		}
		maps.Copy(t.values, forms[t.form].named(line))
		return t.form, t.values, nil
	}
	form = t.form
	if t.missed() && t.wanted > 0 {
		form = -1
	}
	p = complete(t.p, forms, line)
	f := fixer{forms: forms, line: line}
	p.Fix = withNamed(forms, line, f.fix(t))
	return form, nil, p
}

// withNamed puts the named lines below a corrected line, as far as its form takes
// them, each shortened to what may be kept.
func withNamed(forms []Form, line Line, fix string) string {
	l, ok := LineOf(fix)
	if !ok || len(line.Named) == 0 {
		return fix
	}
	t := pick(forms, l)
	if t.p != nil {
		return fix
	}
	values := forms[t.form].named(line)
	for name, text := range values {
		values[name] = cutText(text.(string), MaxText)
	}
	return fix + forms[t.form].below(values)
}

// complete adds to a Problem what every Problem has; the Fix is the line
// without its named lines until a better one is put in.
func complete(p *Problem, forms []Form, line Line) *Problem {
	q := *p
	q.Line, q.Saw, q.Fix = line.N, line.Raw, render(line.Verb, line.Words)
	for _, f := range forms {
		if f.Verb == line.Verb {
			q.Usage = append(q.Usage, f.Usage())
		}
	}
	return &q
}

// longName finds a named line over MaxText characters.
func longName(line Line) *Problem {
	var names []string
	for name, value := range line.Named {
		if utf8.RuneCountInString(value) > MaxText {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	p := tooLong(line.Named[slices.Min(names)])
	p.Arg = slices.Min(names)
	return p
}

// attempt is the reading of a line by one form.
type attempt struct {
	form     int
	args     []Arg
	words    []string
	i        int // the next word
	values   Values
	literals int // literals found at their place
	wanted   int // literals of the form

	p    *Problem // the first one
	at   int      // the word that it is about
	n    int      // how many words it is about; 0: something is missing there
	arg  int      // the argument that it is about, -1: none
	loud bool     // the words did look like the argument
}

// missed tells whether a literal of the form was not found.
func (t *attempt) missed() bool { return t.literals < t.wanted }

// pick reads the line by every form and gives the best reading. If there is no
// form of the verb, form is -1.
func pick(forms []Form, line Line) *attempt {
	best := &attempt{form: -1, arg: -1, p: &Problem{Code: CodeUnknownForm, Word: line.Verb}}
	var all []*attempt
	for i, f := range forms {
		if f.Verb != line.Verb {
			continue
		}
		t := read(i, f, line.Words)
		if len(all) == 0 || t.better(best) {
			best = t
		}
		all = append(all, t)
	}
	if best.p != nil {
		best.p = best.withLiterals(all)
	}
	return best
}

// better ranks readings: all literals found, then no literals wanted, then
// some found; among those more literals, no Problem, the later Problem.
func (t *attempt) better(u *attempt) bool {
	rank := func(a *attempt) []int {
		tier := 1
		switch {
		case a.missed():
			tier = 0
		case a.wanted > 0:
			tier = 2
		}
		fine, at := 1, 0
		if a.p != nil {
			fine, at = 0, a.at
		}
		return []int{tier, a.literals, fine, at}
	}
	return slices.Compare(rank(t), rank(u)) > 0
}

// withLiterals adds to the best Problem the literals by which other forms
// would have gone on at the same word.
func (t *attempt) withLiterals(all []*attempt) *Problem {
	p := *t.p
	if t.loud {
		return &p
	}
	p.Allowed = slices.Clone(p.Allowed)
	for _, u := range all {
		if u == t || !u.missed() || u.at != t.at || u.literals < t.literals || u.arg < 0 {
			continue
		}
		if w, ok := u.args[u.arg].Kind.(word); ok && !slices.Contains(p.Allowed, string(w)) {
			p.Allowed = append(p.Allowed, string(w))
		}
	}
	return &p
}

// read reads words by one form as far as it goes.
func read(index int, f Form, words []string) *attempt {
	t := &attempt{form: index, args: f.Args, words: words, values: Values{}, arg: -1}
	for _, a := range f.Args {
		if _, ok := a.Kind.(word); ok && !a.Optional {
			t.wanted++
		}
	}
	for a := 0; a < len(f.Args); {
		if f.Args[a].Optional {
			a = t.optional(a)
			continue
		}
		if !t.required(a) {
			return t
		}
		a++
	}
	if t.i < len(words) {
		p := &Problem{Code: CodeExtra, Word: words[t.i]}
		for _, a := range f.Args {
			if _, filled := t.values[a.key()]; !filled && a.Optional {
				p.Allowed = append(p.Allowed, a.Kind.Example())
			}
		}
		t.fail(p, -1, len(words)-t.i)
	}
	return t
}

// optional reads the optional arguments from a on, in any order, and gives the
// index of the first argument behind them.
func (t *attempt) optional(a int) int {
	end := a
	for end < len(t.args) && t.args[end].Optional {
		end++
	}
	filled := make([]bool, end-a)
	for t.i < len(t.words) {
		took := false
		for b := a; b < end && !took; b++ {
			if filled[b-a] {
				continue
			}
			if n := t.args[b].Kind.Match(t.words[t.i:]); n > 0 {
				t.take(b, n)
				filled[b-a], took = true, true
			}
		}
		if !took {
			break
		}
	}
	return end
}

// required reads one argument. It reports false if that was a literal which is
// not there: the line is not of this form.
func (t *attempt) required(a int) bool {
	arg := t.args[a]
	_, literal := arg.Kind.(word)
	rest := t.words[t.i:]
	if n := arg.Kind.Match(rest); n > 0 {
		t.take(a, n)
		if literal {
			t.literals++
		}
		return true
	}
	switch {
	case len(rest) == 0:
		t.fail(&Problem{Code: CodeMissing, Allowed: allowedOf(arg.Kind)}, a, 0)
	case literal:
		t.fail(&Problem{Code: CodeUnknownForm, Word: rest[0], Allowed: allowedOf(arg.Kind)}, a, 1)
	case t.belongsLater(a, rest):
		t.fail(&Problem{Code: CodeMissing, Allowed: allowedOf(arg.Kind)}, a, 0)
	default:
		_, p := arg.Kind.Parse(rest[:1])
		if p == nil {
			p = shape(rest[0], arg.Kind.Example())
		}
		t.fail(p, a, 1)
		t.i++
	}
	return !literal
}

// belongsLater tells whether the next word is that of an argument behind a.
func (t *attempt) belongsLater(a int, rest []string) bool {
	for _, later := range t.args[a+1:] {
		if later.Kind != Text && later.Kind.Match(rest) > 0 {
			return true
		}
		if !later.Optional {
			return false
		}
	}
	return false
}

// allowedOf gives what a kind lists when it sees nothing.
func allowedOf(k Kind) []string {
	if _, p := k.Parse(nil); p != nil && len(p.Allowed) > 0 {
		return p.Allowed
	}
	return []string{k.Example()}
}

// take reads n words for argument a.
func (t *attempt) take(a, n int) {
	arg := t.args[a]
	v, p := arg.Kind.Parse(t.words[t.i : t.i+n])
	if p != nil {
		t.fail(p, a, n)
		t.loud = t.loud || t.arg == a
	} else {
		t.values[arg.key()] = v
	}
	t.i += n
}

// fail keeps the first Problem.
func (t *attempt) fail(p *Problem, arg, n int) {
	if t.p != nil {
		return
	}
	q := *p
	if arg >= 0 {
		if _, literal := t.args[arg].Kind.(word); !literal {
			q.Arg = t.args[arg].key()
		}
	}
	t.p, t.arg, t.at, t.n = &q, arg, t.i, n
}
