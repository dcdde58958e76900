package config

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
)

// Source is where one role is written down: exactly one of an alias in a file, a team or a list of logins.
type Source struct {
	// Text is the source as written: `org/repo:path#alias` or `org/team`; empty for a list of logins.
	Text string
	// Logins is the fixed list, as written.
	Logins []string
}

// wantSource is told wherever a source cannot be read.
const wantSource = "want org/repo:OWNERS_ALIASES#alias, org/team or a list of logins, [login, login]"

var (
	repoPattern  = regexp.MustCompile(`^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}$`)
	teamPattern  = regexp.MustCompile(`^[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/(?:[a-z0-9_-]|\{sig\}|\{cycle\})+$`)
	aliasPattern = regexp.MustCompile(`^(?:[A-Za-z0-9._-]|\{sig\}|\{cycle\})+$`)
	loginPattern = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9]|[-_][A-Za-z0-9_])*(?:\[bot\])?$`)
	sigPattern   = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
)

// UnmarshalJSON takes a text or a list of texts. Load has checked the shape before; this repeats only what is needed to
// decode.
func (s *Source) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &s.Logins)
	}
	return json.Unmarshal(data, &s.Text)
}

// MarshalJSON writes the source back as it was read.
func (s Source) MarshalJSON() ([]byte, error) {
	if len(s.Logins) > 0 {
		return json.Marshal(s.Logins)
	}
	return json.Marshal(s.Text)
}

// IsZero tells whether no source was given.
func (s Source) IsZero() bool { return s.Text == "" && len(s.Logins) == 0 }

// String is the source on one line, for messages.
func (s Source) String() string {
	if len(s.Logins) > 0 {
		return "[" + strings.Join(s.Logins, ", ") + "]"
	}
	return s.Text
}

// resolve turns the text into the shape package roles wants; ok is false where check would have an error.
func (s Source) resolve() (roles.Source, bool) {
	if len(s.Logins) > 0 {
		logins := make([]string, len(s.Logins))
		for i, login := range s.Logins {
			logins[i] = strings.TrimPrefix(login, "@")
		}
		return roles.Source{Logins: logins}, s.Text == ""
	}
	if file, alias, found := strings.Cut(s.Text, "#"); found {
		repo, path, hasPath := strings.Cut(file, ":")
		ok := hasPath && repoPattern.MatchString(repo) && cleanPath(path) && aliasPattern.MatchString(alias)
		return roles.Source{File: file, Alias: alias}, ok
	}
	team := strings.TrimPrefix(s.Text, "@")
	return roles.Source{Team: team}, teamPattern.MatchString(team)
}

// hasSIG tells whether the source differs from SIG to SIG.
func (s Source) hasSIG() bool { return strings.Contains(s.Text, "{sig}") }

// cleanPath tells whether p is a plain path inside a repository.
func cleanPath(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return true
}

// want says what to write instead of a source that could not be read; empty if it could.
func (s Source) want(repos map[string]bool) string {
	if s.IsZero() {
		return wantSource
	}
	for _, login := range s.Logins {
		if strings.ContainsAny(strings.TrimPrefix(login, "@"), "/:#{") {
			return fmt.Sprintf("%s in a list is not a login; a role has one source, never several; %s", login, wantSource)
		}
		if !loginPattern.MatchString(strings.TrimPrefix(login, "@")) {
			return fmt.Sprintf("%q is no GitHub login", login)
		}
	}
	src, ok := s.resolve()
	switch {
	case !ok && !strings.Contains(s.Text, "/") && strings.ContainsAny(s.Text, "{"):
		return "which file is this alias in? Say org/repo:OWNERS_ALIASES#" + s.Text
	case !ok && loginPattern.MatchString(s.Text):
		return "a login stands in a list: [" + s.Text + "]"
	case !ok && strings.Contains(s.Text, ":") && !strings.Contains(s.Text, "#"):
		return "which alias of the file? Say " + s.Text + "#alias"
	case !ok:
		return wantSource
	case src.Team != "" && repos[strings.ToLower(src.Team)]:
		return "this is a repository; an alias in it is " + src.Team + ":OWNERS_ALIASES#alias, a team is org/team"
	}
	return ""
}
