package slash

import (
	"slices"
	"strings"
)

// maxTries bounds how many lines are tried for one Fix, fewTries those for a
// line over longLine bytes, which nobody writes by hand.
const (
	maxTries = 200
	fewTries = 20
	longLine = 4 << 10
)

// maxDepth bounds how many places of a line are corrected.
const maxDepth = 6

// fixer looks for a line near to a given one that Parse accepts.
type fixer struct {
	forms  []Form
	line   Line
	budget int // lines that may still be tried
}

// render gives the line of a verb and its words.
func render(verb string, words []string) string {
	return strings.Join(append([]string{"/" + verb}, words...), " ")
}

// fix gives the corrected line: what the writer meant as far as it can be
// guessed, else an example of the form, else of the verb; "" if the forms have
// no example that they accept themselves.
func (f *fixer) fix(t *attempt) string {
	keep := []int{-1}
	if t.wanted > 0 && !t.missed() { // "decline" was said: stay with it if possible
		keep = []int{t.form, -1}
	}
	for _, form := range keep {
		f.budget = maxTries
		if len(f.line.Raw) > longLine {
			f.budget = fewTries
		}
		if words, ok := f.search(t, form, maxDepth); ok {
			return render(f.line.Verb, words)
		}
	}
	var lines []string
	if t.form >= 0 {
		lines = append(lines, f.forms[t.form].Examples...)
		lines = append(lines, f.forms[t.form].plain())
	}
	for _, form := range f.forms {
		lines = append(lines, form.Examples...)
		lines = append(lines, form.plain())
	}
	for _, s := range lines {
		if l, ok := LineOf(s); ok && l.Verb == f.line.Verb && pick(f.forms, l).p == nil {
			return l.Raw
		}
	}
	return ""
}

// plain is the form with an example word at each place that needs one.
func (f Form) plain() string {
	parts := []string{"/" + f.Verb}
	for _, a := range f.Args {
		if !a.Optional {
			parts = append(parts, a.Kind.Example())
		}
	}
	return strings.Join(parts, " ")
}

// search corrects the first Problem of a reading in one way after the other,
// and the next Problem of what comes out of it.
// A form of -1 is any form.
func (f *fixer) search(t *attempt, form, depth int) ([]string, bool) {
	for _, words := range f.candidates(t) {
		if f.budget--; f.budget < 0 {
			return nil, false
		}
		// A word more or less can open or close a quote: split again.
		words = splitWords(Clean(strings.Join(words, " ")))
		u := pick(f.forms, Line{Verb: f.line.Verb, Words: words})
		if u.p == nil {
			if form < 0 || u.form == form {
				return words, true
			}
			continue
		}
		if depth > 0 && (u.at > t.at || len(u.words)-u.at < len(t.words)-t.at) {
			if found, ok := f.search(u, form, depth-1); ok {
				return found, true
			}
		}
	}
	return nil, false
}

// ways collects corrected lines for one reading, the likeliest first.
type ways struct {
	t   *attempt
	out [][]string
}

// put adds the line with other words in place of n words at the Problem.
func (w *ways) put(n int, words ...string) {
	w.out = append(w.out, slices.Concat(w.t.words[:w.t.at], words, w.t.words[w.t.at+n:]))
}

// guess adds the line with what a kind takes n words for.
func (w *ways) guess(k Kind, n int) {
	s, ok := k.(suggester)
	if n == 0 || !ok {
		return
	}
	saw := joined(w.t.words[w.t.at : w.t.at+n])
	if g := s.suggest(saw); g != "" && g != saw {
		w.put(n, g)
	}
}

// candidates gives the ways to correct the first Problem of a reading.
func (f *fixer) candidates(t *attempt) [][]string {
	w := &ways{t: t}
	f.guessLiterals(w)
	if t.form < 0 {
		return w.out
	}
	if t.arg < 0 {
		w.extra()
		return w.out
	}
	k := t.args[t.arg].Kind
	if t.p.Fix != "" {
		w.put(t.n, t.p.Fix)
	}
	w.guess(k, t.n)
	example := f.example(t)
	_, literal := k.(word)
	if t.n == 0 || literal || !t.loud && t.args[len(t.args)-1].Kind == Text {
		w.put(0, example) // keeps all words
	}
	if t.n > 0 {
		w.put(t.n, example)
		w.put(t.n)
	}
	return w.out
}

// guessLiterals tries the literals that other forms have at the same word:
// "/plan statsu".
func (f *fixer) guessLiterals(w *ways) {
	t := w.t
	if t.at >= len(t.words) || t.loud {
		return
	}
	for i, form := range f.forms {
		if form.Verb != f.line.Verb {
			continue
		}
		u := read(i, form, t.words)
		if u.missed() && u.at == t.at && u.arg >= 0 {
			w.guess(u.args[u.arg].Kind, 1)
		}
	}
}

// extra corrects words that no argument took: they may be meant for one that
// is still free, or go into the list before them; else they are left out.
func (w *ways) extra() {
	t := w.t
	extra := t.words[t.at:][:1]
	if t.at > 0 { // "1,2 3" and "w1-2 w3-4" become lists
		before := t.words[t.at-1 : t.at]
		for _, a := range t.args {
			if a.Kind.Match(before) == 1 && a.Kind.Match(extra) == 1 {
				list := strings.TrimRight(before[0], ",") + "," + extra[0]
				w.out = append(w.out, slices.Concat(t.words[:t.at-1], []string{list}, t.words[t.at+1:]))
			}
		}
	}
	for _, a := range t.args {
		if _, filled := t.values[a.key()]; !filled {
			w.guess(a.Kind, 1)
		}
	}
	if short := strings.TrimRight(extra[0], ",;:.!?"); short != "" && short != extra[0] {
		w.put(1, short)
	}
	w.put(1)
	w.put(t.n)
}

// example gives a good value for the argument that a reading failed at, as the
// form's own examples have it.
func (f *fixer) example(t *attempt) string {
	form, arg := f.forms[t.form], t.args[t.arg]
	for _, s := range form.Examples {
		l, ok := LineOf(s)
		if !ok {
			continue
		}
		u := read(t.form, form, l.Words)
		if v, ok := u.values[arg.key()]; ok && u.p == nil {
			return arg.Kind.Print(v)
		}
	}
	return arg.Kind.Example()
}
