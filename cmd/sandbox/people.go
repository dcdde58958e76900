package main

import (
	"context"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/roles"
)

// persona is one person of the seed.
type persona struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

// persona finds a person by login.
func (s *sandbox) persona(login string) (persona, bool) {
	k := slices.IndexFunc(s.people, func(p persona) bool { return strings.EqualFold(p.Login, login) })
	if k < 0 {
		return persona{}, false
	}
	return s.people[k], true
}

// book reads who holds which role now, by the configuration's sources.
func (s *sandbox) book(ctx context.Context) (*roles.Book, error) {
	now := s.clock.now()
	var cycles []string
	for _, c := range s.config.Calendar().Open(now) {
		cycles = append(cycles, c.Name)
	}
	return s.rolebook.Book(ctx, s.config.Sources(), cycles, now, nil)
}

// titles lists in words what a login is now, in the first open cycle; nothing if the login holds no role.
func (s *sandbox) titles(book *roles.Book, login string) []string {
	if book == nil {
		return nil
	}
	now, cycle := s.clock.now(), ""
	if open := s.config.Calendar().Open(now); len(open) > 0 {
		cycle = open[0].Name
	}
	var out []string
	for _, role := range []roles.Role{roles.ReleaseLead, roles.ReleaseTeam, roles.PM, roles.Programme} {
		if grant, answer := book.Holds(role, "", cycle, login, now); answer == roles.Yes {
			out = append(out, role.Title(grant.SIG))
		}
	}
	for _, role := range []roles.Role{roles.Facilitator, roles.Lead} {
		for _, sig := range book.SIGsOf(role, cycle, login, now) {
			if grant, _ := book.Holds(role, sig, cycle, login, now); !grant.StandIn {
				out = append(out, role.Title(sig))
			}
		}
	}
	return out
}

// badges lists what somebody is on one issue: roles, and author or assignee.
func (s *sandbox) badges(book *roles.Book, login string, issue githubsim.IssueSnapshot) []string {
	if login == botLogin {
		return []string{"bot"}
	}
	out := s.titles(book, login)
	switch {
	case login == issue.Author:
		out = append(out, "author")
	case slices.Contains(issue.Assignees, login):
		out = append(out, "assignee")
	}
	if len(out) == 0 {
		out = []string{"no role"}
	}
	return out
}
