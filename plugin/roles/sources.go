package roles

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Source says where a role is written down: exactly one of File with Alias, Team, or Logins.
type Source struct {
	File  string // "org/repo:path", read at the head of the default branch and through its history
	Alias string // name of the alias in File; may contain {sig} and {cycle}
	Team  string // "org/slug" of a GitHub team; may contain {sig} and {cycle}
	// Logins is a fixed list, for the embedded sandbox and for pilots. It holds for every SIG.
	Logins []string
}

// IsZero says whether the source is not given at all.
func (s Source) IsZero() bool {
	return s.File == "" && s.Alias == "" && s.Team == "" && len(s.Logins) == 0
}

// expand fills the templates. {sig} becomes the bare name of the SIG, {cycle} the name of the cycle.
func (s Source) expand(sig, cycle string) Source {
	r := strings.NewReplacer("{sig}", SIGName(sig), "{cycle}", cycle)
	s.Alias, s.Team = r.Replace(s.Alias), r.Replace(s.Team)
	return s
}

// Sources says, for every role, where it is written down. The source of a role in a cycle is the one in PerCycle, else
// the one in Default: one, never both.
type Sources struct {
	Default  map[Role]Source
	PerCycle map[string]map[Role]Source // by the name of the cycle, "v1.38"
	// Programme is the programme-level voters by seat: "architecture", "testing".
	Programme map[string]Source
	// Other is further facilitation roles, for display only: note-taker, retrospective, release-testing, release-docs.
	Other map[string]Source
	// SIGs is the bare names of the SIGs. Where it is empty the SIGs are those that the aliases name.
	SIGs []string
}

// of is the source of a role in a cycle.
func (s Sources) of(role Role, cycle string) (Source, bool) {
	if src, ok := s.PerCycle[cycle][role]; ok && cycle != "" {
		return src, true
	}
	src, ok := s.Default[role]
	return src, ok
}

// all calls yield for every source with the cycles that it can be asked for.
func (s Sources) all(cycles []string, yield func(src Source, cycle string)) {
	for _, cycle := range cycles {
		for _, role := range slices.Sorted(maps.Keys(s.PerCycle[cycle])) {
			yield(s.PerCycle[cycle][role], cycle)
		}
		for _, role := range slices.Sorted(maps.Keys(s.Default)) {
			if _, own := s.PerCycle[cycle][role]; !own {
				yield(s.Default[role], cycle)
			}
		}
	}
	if len(cycles) == 0 {
		for _, role := range slices.Sorted(maps.Keys(s.Default)) {
			yield(s.Default[role], "")
		}
	}
	for _, named := range []map[string]Source{s.Programme, s.Other} {
		for _, name := range slices.Sorted(maps.Keys(named)) {
			if len(cycles) == 0 {
				yield(named[name], "")
			}
			for _, cycle := range cycles {
				yield(named[name], cycle)
			}
		}
	}
}

// Files is every file that must be read with its history, "org/repo:path", sorted. A file's path has no templates.
func (s Sources) Files() []string {
	files := map[string]bool{}
	add := func(src Source, _ string) {
		if src.File != "" {
			files[src.File] = true
		}
	}
	s.all(slices.Sorted(maps.Keys(s.PerCycle)), add)
	s.all(nil, add) // also what every cycle of today overrides
	return slices.Sorted(maps.Keys(files))
}

// Teams is every team that must be read for these cycles, "org/slug", sorted, with the templates filled in for each
// SIG and cycle. A {sig} cannot be filled in where SIGs is empty, nor a {cycle} without cycles: such a team is left out.
func (s Sources) Teams(cycles []string) []string {
	teams := map[string]bool{}
	s.all(cycles, func(src Source, cycle string) {
		if src.Team == "" || cycle == "" && strings.Contains(src.Team, "{cycle}") {
			return
		}
		if !strings.Contains(src.Team, "{sig}") {
			teams[src.expand("", cycle).Team] = true
			return
		}
		for _, sig := range s.SIGs {
			teams[src.expand(sig, cycle).Team] = true
		}
	})
	return slices.Sorted(maps.Keys(teams))
}

// FieldError is one thing in Sources that cannot be used. It prints as "facilitator.file: x: ...".
type FieldError struct {
	Path  string // "facilitator.alias", "v1.38.lead.team", "programme.architecture", "sigs[2]"
	Value string
	Want  string
}

func (e *FieldError) Error() string {
	if e.Value == "" {
		return e.Path + ": " + e.Want
	}
	return e.Path + ": " + e.Value + ": " + e.Want
}

var (
	fileForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+:[^\s:]+$`)
	teamForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._{}-]+$`)
	sigForm  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	holeForm = regexp.MustCompile(`\{[^}]*\}?|\}`)
)

// Validate gives everything in the sources that cannot be used, at once, in a fixed order; each is a *FieldError.
func (s Sources) Validate() []error {
	var errs []error
	add := func(path, value, want string) { errs = append(errs, &FieldError{path, value, want}) }
	for n, sig := range s.SIGs {
		path := fmt.Sprintf("sigs[%d]", n)
		switch {
		case sig != SIGName(sig):
			add(path, sig, "a SIG is named without sig-, in lower case, like node")
		case !sigForm.MatchString(sig):
			add(path, sig, "a SIG is named in lower-case letters, digits and dashes, like node")
		case slices.Index(s.SIGs, sig) < n:
			add(path, sig, "this SIG is listed twice")
		}
	}
	roles := func(prefix string, m map[Role]Source) {
		for _, role := range slices.Sorted(maps.Keys(m)) {
			errs = append(errs, m[role].validate(prefix+string(role), role.PerSIG() && len(s.SIGs) != 1)...)
		}
	}
	roles("", s.Default)
	for _, cycle := range slices.Sorted(maps.Keys(s.PerCycle)) {
		roles(cycle+".", s.PerCycle[cycle])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Programme)) {
		errs = append(errs, s.Programme[name].validate("programme."+name, false)...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Other)) {
		errs = append(errs, s.Other[name].validate("other."+name, false)...)
	}
	return errs
}

// validate checks one source. perSIG: without {sig} one alias would give the rights of every SIG to the same people.
func (s Source) validate(path string, perSIG bool) []error {
	var errs []error
	add := func(field, value, want string) { errs = append(errs, &FieldError{path + field, value, want}) }
	kinds := 0
	for _, given := range []bool{s.File != "" || s.Alias != "", s.Team != "", len(s.Logins) > 0} {
		if given {
			kinds++
		}
	}
	if kinds != 1 {
		add("", "", "one source is needed: file with alias, team, or logins")
		return errs
	}
	template := s.Alias + s.Team
	for _, hole := range holeForm.FindAllString(template, -1) {
		if hole != "{sig}" && hole != "{cycle}" {
			add("", template, "only {sig} and {cycle} are filled in")
		}
	}
	switch {
	case len(s.Logins) > 0:
		return errs
	case s.Team != "" && !teamForm.MatchString(s.Team):
		add(".team", s.Team, "a team is written org/slug")
	case s.Team == "" && s.File == "":
		add(".file", "", "the file of the alias is needed, like kubernetes/enhancements:OWNERS_ALIASES")
	case s.Team == "" && !fileForm.MatchString(s.File):
		add(".file", s.File, "a file is written org/repo:path")
	case s.Team == "" && s.Alias == "":
		add(".alias", "", "the alias in the file is needed, like sig-{sig}-leads")
	}
	if perSIG && !strings.Contains(template, "{sig}") {
		add("", template, "{sig} is needed, or the same people would speak for every SIG")
	}
	return errs
}
