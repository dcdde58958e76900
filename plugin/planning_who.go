package plugin

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
)

// seatHolders lists who holds which role in a cycle, for all SIGs or for one, and
// where that is written down.
func (w *world) seatHolders(sig string) []render.Holder {
	c, sources := w.planning.cycle.Name, w.config.Sources()
	var out []render.Holder
	add := func(role roles.Role, name string, source roles.Source, seat bool) {
		h := render.Holder{Role: role, Name: name, Seat: seat}
		of := name
		if !role.PerSIG() && role != roles.Programme {
			of = ""
		}
		names, standIn, ok := w.roles.Holders(role, of, c, w.now)
		h.Logins, h.StandIn, h.Unread = names, standIn, !ok
		w.sourceOf(&h, source)
		out = append(out, h)
	}
	sigs := []string{sig}
	if sig == "" {
		sigs, _ = w.roles.SIGs(c, w.now)
		for _, role := range []roles.Role{roles.ReleaseLead, roles.PM, roles.ReleaseTeam} {
			add(role, "", sourceIn(sources, role, c), role == roles.PM)
		}
		for _, name := range programme(w) {
			add(roles.Programme, name, sources.Programme[name], true)
		}
	}
	for _, one := range sigs {
		add(roles.Facilitator, one, sourceIn(sources, roles.Facilitator, c), true)
		add(roles.Lead, one, sourceIn(sources, roles.Lead, c), false)
	}
	return append(out, w.otherHolders(sources, sigs)...)
}

// otherHolders lists the further facilitation roles, which give no right.
func (w *world) otherHolders(sources roles.Sources, sigs []string) []render.Holder {
	c := w.planning.cycle.Name
	var names []string
	for name := range sources.Other {
		names = append(names, name)
	}
	slices.Sort(names)
	var out []render.Holder
	for _, name := range names {
		source := sources.Other[name]
		of := []string{""}
		if strings.Contains(source.Alias+source.Team, "{sig}") {
			of = sigs
		}
		for _, one := range of {
			logins, ok := w.roles.OtherHolders(name, one, c, w.now)
			h := render.Holder{Name: name, SIG: one, Logins: logins, Unread: !ok}
			w.sourceOf(&h, source)
			out = append(out, h)
		}
	}
	return out
}

// sourceIn is where a role is written down in a cycle.
func sourceIn(s roles.Sources, role roles.Role, c string) roles.Source {
	if source, ok := s.PerCycle[c][role]; ok {
		return source
	}
	return s.Default[role]
}

// sourceOf says where a role is written down.
func (w *world) sourceOf(h *render.Holder, s roles.Source) {
	switch {
	case s.File != "":
		h.Repo, h.Path, _ = strings.Cut(s.File, ":")
		if !slices.Contains(w.speakable, h.Repo) {
			h.Repo, h.Source = "", h.Path+" in a private repository"
		}
	case s.Team != "":
		h.Source = "team " + s.Team
	case len(s.Logins) > 0:
		h.Source = "the configuration"
	}
}
