package kep

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Catalogue is every KEP of a repository at one commit. It does not change; a nil Catalogue is empty.
type Catalogue struct {
	Repo   string // "org/repo"
	Commit string

	keps   []KEP         // by path
	number map[int][]int // Ref.Number -> indices into keps
	other  map[int][]int // Declared, where it differs from Ref.Number
}

// NewCatalogue makes a catalogue. The order of keps does not matter; keps is not kept.
func NewCatalogue(repo, commit string, keps []KEP) *Catalogue {
	c := &Catalogue{Repo: repo, Commit: commit, keps: slices.Clone(keps), number: map[int][]int{}, other: map[int][]int{}}
	slices.SortStableFunc(c.keps, func(a, b KEP) int { return cmp.Compare(a.Path, b.Path) })
	for n, k := range c.keps {
		c.number[k.Ref.Number] = append(c.number[k.Ref.Number], n)
		if k.Declared != 0 && k.Declared != k.Ref.Number {
			c.other[k.Declared] = append(c.other[k.Declared], n)
		}
	}
	return c
}

// All is every KEP, by path. The caller does not change it.
func (c *Catalogue) All() []KEP {
	if c == nil {
		return nil
	}
	return c.keps
}

// Find is the KEPs with that number, by path; more than one where a number is used twice. Where no directory has the
// number, it is the KEPs whose kep-number says so. 0 is a placeholder and finds nothing.
func (c *Catalogue) Find(number int) []KEP {
	if c == nil || number == 0 {
		return nil
	}
	if found := c.pick(c.number[number]); found != nil {
		return found
	}
	return c.pick(c.other[number])
}

func (c *Catalogue) pick(indices []int) []KEP {
	var out []KEP
	for _, n := range indices {
		out = append(out, c.keps[n])
	}
	return out
}

// Near is the KEPs whose number is one slip of the hand away from number: two neighbouring digits transposed (4724 for
// 4742), then one digit wrong, left out or too many; within these by number. Not number itself.
func (c *Catalogue) Near(number int) []KEP {
	if c == nil || number <= 0 {
		return nil
	}
	var swapped, off []int
	typed := strconv.Itoa(number)
	for _, have := range slices.Sorted(maps.Keys(c.number)) {
		switch slip(typed, strconv.Itoa(have)) {
		case transposed:
			swapped = append(swapped, c.number[have]...)
		case digitOff:
			off = append(off, c.number[have]...)
		}
	}
	return c.pick(append(swapped, off...))
}

// Kinds of slip; farther apart is none.
const (
	none = iota
	transposed
	digitOff
)

// minDigits is how long a number is for a missing or extra digit to be a likely slip: 47 is not near 474.
const minDigits = 3

// slip says how a and b, numbers as text, differ.
func slip(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	ra, rb := a[i:], b[i:] // what follows the common beginning
	switch {
	case len(a) == len(b):
		if len(ra) >= 2 && ra[0] == rb[1] && ra[1] == rb[0] && ra[2:] == rb[2:] {
			return transposed
		}
		if len(ra) >= 1 && ra[1:] == rb[1:] && len(a) > 1 {
			return digitOff
		}
	case len(a)+1 == len(b) && len(a) >= minDigits && ra == rb[1:]:
		return digitOff
	case len(b)+1 == len(a) && len(b) >= minDigits && ra[1:] == rb:
		return digitOff
	}
	return none
}

// Problems is everything in the catalogue that cannot be used as it stands, by path: those of each file, and numbers
// that are used twice.
func (c *Catalogue) Problems() []FieldProblem {
	var out []FieldProblem
	for n, k := range c.All() {
		out = append(out, k.Problems...)
		if same := c.number[k.Ref.Number]; len(same) > 1 {
			var others []string
			for _, m := range same {
				if m != n {
					others = append(others, c.keps[m].Path)
				}
			}
			out = append(out, FieldProblem{Path: k.Path, Field: "kep-number", Value: strconv.Itoa(k.Ref.Number),
				Want: fmt.Sprintf("a number of its own; also used by %s", strings.Join(others, ", "))})
		}
	}
	return out
}
