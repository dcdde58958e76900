package roles

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Book is everything that is known of roles at the moment: files with their history, teams with their active members.
// A file or team that Sources names and the Book lacks was not read: answers that need it are Unknown. A file that was
// read and does not exist is an empty History.
type Book struct {
	Sources Sources
	Files   map[string]History     // by Source.File
	Teams   map[string]TeamMembers // by Source.Team with its templates filled in

	doubted string // a login of which a list of logins does not tell whose it is
}

// Doubting is the book for what somebody says whose login was another account's when it spoke before. A login that was
// given up can be registered by anybody: a file or list that names it does not tell the two apart, so its answer is
// Unknown. A team can, GitHub keeps its members by account.
func (b *Book) Doubting(login string) *Book {
	c := *b
	c.doubted = strings.ToLower(login)
	return &c
}

// Doubts reports whether the book is one that doubts the login.
func (b *Book) Doubts(login string) bool {
	return b != nil && b.doubted != "" && b.doubted == strings.ToLower(login)
}

// list is the people that one source names at a time.
type list struct {
	logins []string // display spelling
	source string   // for Grant.Source
	known  bool
	byName bool // it lists logins, not accounts
}

// read looks a source up. at counts for files only: teams are as seen now.
func (b *Book) read(src Source, sig, cycle string, at time.Time) list {
	src = src.expand(sig, cycle)
	switch {
	case src.File != "":
		return b.readFile(src, at)
	case src.Team != "":
		return b.readTeam(src.Team)
	default:
		return list{logins: slices.Clone(src.Logins), source: "the configuration", known: true, byName: true}
	}
}

func (b *Book) readFile(src Source, at time.Time) list {
	_, path, _ := strings.Cut(src.File, ":")
	history, read := b.Files[src.File]
	if !read {
		return list{source: path}
	}
	v, ok := history.At(at)
	if !ok {
		return list{source: path, known: true}
	}
	l := list{source: path, known: v.Err == nil, byName: true}
	if v.Commit != "" {
		l.source += " at " + shortCommit(v.Commit)
	}
	if v.Err != nil {
		return l
	}
	for _, login := range v.Aliases.members(src.Alias) {
		l.logins = append(l.logins, spelled(login, v.Spelling))
	}
	return l
}

func (b *Book) readTeam(team string) list {
	l := list{source: "team " + team}
	members, read := b.Teams[team]
	if !read || members.Unknown {
		return l
	}
	l.known = true
	for _, login := range slices.Sorted(maps.Keys(members.Logins)) {
		if members.Logins[login] {
			l.logins = append(l.logins, spelled(login, members.Spelling))
		}
	}
	return l
}

func spelled(login string, spelling map[string]string) string {
	if s, ok := spelling[strings.ToLower(login)]; ok {
		return s
	}
	return login
}

// people is who holds the role and under which grant. For Facilitator without one the leads stand in: only when the
// source of facilitators is known to name nobody, never when it could not be read.
func (b *Book) people(role Role, sig, cycle string, at time.Time) (list, Grant) {
	g := Grant{Role: role}
	var l list
	switch {
	case role == Programme:
		g.SIG = sig
		src, ok := b.Sources.Programme[sig]
		if !ok {
			return list{known: true}, g
		}
		l = b.read(src, "", cycle, at)
	case role.PerSIG():
		g.SIG = SIGName(sig)
		if !b.known(g.SIG) {
			return list{known: true}, g
		}
		l = list{known: true} // no source at all: nobody
		if src, ok := b.Sources.of(role, cycle); ok {
			l = b.read(src, g.SIG, cycle, at)
		}
		if role == Facilitator && l.known && len(l.logins) == 0 {
			l, g = b.people(Lead, sig, cycle, at)
			g.StandIn = true
		}
	default:
		src, ok := b.Sources.of(role, cycle)
		if !ok {
			return list{known: role == ReleaseLead || role == ReleaseTeam || role == PM}, g
		}
		l = b.read(src, "", cycle, at)
	}
	g.Source = l.source
	return l, g
}

// known says whether there can be such a SIG: it is listed, or nothing is listed.
func (b *Book) known(sig string) bool {
	if sig == "" {
		return false
	}
	return len(b.Sources.SIGs) == 0 || slices.ContainsFunc(b.Sources.SIGs, func(s string) bool { return SIGName(s) == sig })
}

// Holds says whether login held the role at that time, and by which grant; the grant counts with Yes only. sig is the
// SIG for Facilitator and Lead, where empty means none and gives No, and the seat for Programme, where empty means any
// seat; other roles ignore it. Anyone is always Yes. Author and Member are not written down in any source: Unknown.
func (b *Book) Holds(role Role, sig, cycle, login string, at time.Time) (Grant, Answer) {
	switch {
	case role == Anyone:
		return Grant{Role: Anyone}, Yes
	case login == "":
		return Grant{Role: role}, No
	case role == Programme && sig == "":
		return b.holdsAnyOf(role, slices.Sorted(maps.Keys(b.Sources.Programme)), cycle, login, at)
	}
	l, g := b.people(role, sig, cycle, at)
	switch {
	case !l.known:
		return g, Unknown
	case !slices.ContainsFunc(l.logins, func(s string) bool { return strings.EqualFold(s, login) }):
		return g, No
	case l.byName && b.Doubts(login):
		return g, Unknown
	}
	return g, Yes
}

// HoldsAny is Holds for Facilitator and Lead of any SIG, the first in order of name. Unknown when no SIG says Yes and
// one could not tell.
func (b *Book) HoldsAny(role Role, cycle, login string, at time.Time) (Grant, Answer) {
	if !role.PerSIG() {
		return b.Holds(role, "", cycle, login, at)
	}
	sigs, ok := b.SIGs(cycle, at)
	g, answer := b.holdsAnyOf(role, sigs, cycle, login, at)
	if answer == No && !ok {
		answer = Unknown
	}
	return g, answer
}

func (b *Book) holdsAnyOf(role Role, of []string, cycle, login string, at time.Time) (Grant, Answer) {
	out := No
	for _, sig := range of {
		g, answer := b.Holds(role, sig, cycle, login, at)
		switch answer {
		case Yes:
			return g, Yes
		case Unknown:
			out = Unknown
		}
	}
	return Grant{Role: role}, out
}

// Holders is who held the role at that time, in display spelling, sorted. standIn: a SIG without facilitator, its leads
// stand in. ok is false when it could not be told, and then nobody is listed. For Programme an empty sig means all
// seats.
func (b *Book) Holders(role Role, sig, cycle string, at time.Time) (logins []string, standIn bool, ok bool) {
	logins, standIn, ok = b.Listed(role, sig, cycle, at)
	if !ok {
		return nil, false, false
	}
	return sortLogins(logins), standIn, true
}

// Listed is Holders in the order of the source: the first before a backup. A team has
// no order; its members are sorted.
func (b *Book) Listed(role Role, sig, cycle string, at time.Time) (logins []string, standIn bool, ok bool) {
	if role == Programme && sig == "" {
		for _, seat := range slices.Sorted(maps.Keys(b.Sources.Programme)) {
			some, _, known := b.Listed(role, seat, cycle, at)
			if !known {
				return nil, false, false
			}
			logins = append(logins, some...)
		}
		return logins, false, true
	}
	l, g := b.people(role, sig, cycle, at)
	if !l.known {
		return nil, false, false
	}
	return slices.Clone(l.logins), g.StandIn, true
}

// OtherHolders is who holds a display-only role (note-taker, retrospective, ...), in display spelling, sorted. ok is
// false when it could not be told or no such role is configured.
func (b *Book) OtherHolders(name, sig, cycle string, at time.Time) (logins []string, ok bool) {
	src, configured := b.Sources.Other[name]
	if !configured {
		return nil, false
	}
	l := b.read(src, sig, cycle, at)
	if !l.known {
		return nil, false
	}
	return sortLogins(l.logins), true
}

// SIGsOf is the SIGs, by bare name, sorted, in which login held the role at that time, with stand-in for Facilitator.
// SIGs whose source could not be read are not among them. Roles that are not held for a SIG give nothing.
func (b *Book) SIGsOf(role Role, cycle, login string, at time.Time) []string {
	if !role.PerSIG() {
		return nil
	}
	var out []string
	sigs, _ := b.SIGs(cycle, at)
	for _, sig := range sigs {
		if _, answer := b.Holds(role, sig, cycle, login, at); answer == Yes {
			out = append(out, sig)
		}
	}
	return out
}

// SIGs is every SIG by bare name, sorted: those of Sources, or, where none are listed, those that the aliases of
// facilitators and leads name at that time. ok is false when a file that would name them could not be read.
func (b *Book) SIGs(cycle string, at time.Time) (sigs []string, ok bool) {
	found := map[string]bool{}
	for _, sig := range b.Sources.SIGs {
		found[SIGName(sig)] = true
	}
	if len(found) > 0 {
		return slices.Sorted(maps.Keys(found)), true
	}
	ok = true
	for _, role := range []Role{Facilitator, Lead} {
		src, configured := b.Sources.of(role, cycle)
		if !configured {
			continue
		}
		before, after, templated := strings.Cut(strings.ToLower(strings.ReplaceAll(src.Alias, "{cycle}", cycle)), "{sig}")
		if src.File == "" || !templated {
			continue
		}
		history, read := b.Files[src.File]
		v, stood := history.At(at)
		if !read || stood && v.Err != nil {
			ok = false
			continue
		}
		for name := range v.Aliases {
			name = strings.ToLower(name)
			if len(name) > len(before)+len(after) && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) {
				found[SIGName(name[len(before):len(name)-len(after)])] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), ok
}
