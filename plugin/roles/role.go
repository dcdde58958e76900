// Package roles answers who held which role at a time. Roles are written down in OWNERS_ALIASES files, changed by
// reviewed pull request, or in GitHub teams; which of them counts is configuration.
//
// It promises: each role of each SIG has one source, never a union of two; roles from a file are those of the version
// that stood at the time asked for, so that every reader gets the same answer; logins compare without regard to case, as
// GitHub's do; what could not be read is Unknown, which is never Yes and never No.
//
// It does not: read files or teams (the caller fills the Book), know authors, assignees and members of an organisation
// (they are facts of an issue or of GitHub, Holds says Unknown of them), or decide which command needs which role.
package roles

import "strings"

// Role is a kind of speaker. Facilitator and Lead are held for one SIG, Programme for one seat, the others for all.
type Role string

// The roles that commands name.
const (
	Facilitator Role = "facilitator"        // planning facilitator of a SIG
	Lead        Role = "lead"               // SIG lead: chair or technical lead
	ReleaseLead Role = "release-lead"       // release lead and shadows
	ReleaseTeam Role = "release-team"       // enhancements group of the release team
	PM          Role = "product-management" // product-management representative, the "features lead" of old
	Programme   Role = "programme"          // programme-level voters: architecture, testing
	Author      Role = "author"             // author or assignee of the issue
	Member      Role = "member"             // member of the organisation
	Anyone      Role = "anyone"
)

// PerSIG says whether the role is held for one SIG.
func (r Role) PerSIG() bool { return r == Facilitator || r == Lead }

// Title is the role as people read it: "planning facilitator of sig-node". sig may be "node" or "sig-node"; for
// Programme it is the name of the seat. Without it the title stands alone.
func (r Role) Title(sig string) string {
	of := ""
	if sig != "" {
		of = " of sig-" + SIGName(sig)
	}
	switch r {
	case Facilitator:
		return "planning facilitator" + of
	case Lead:
		return "SIG lead" + of
	case ReleaseLead:
		return "release lead"
	case ReleaseTeam:
		return "enhancements group of the release team"
	case PM:
		return "product-management representative"
	case Programme:
		if sig != "" {
			return "programme-level voter (" + sig + ")"
		}
		return "programme-level voter"
	case Author:
		return "author or assignee"
	case Member:
		return "member of the organisation"
	case Anyone:
		return "anyone"
	}
	return string(r)
}

// SIGName is the bare name of a SIG, in lower case: "node" for "sig-node", "sig/node", "SIG-Node" and "node".
func SIGName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if rest, ok := strings.CutPrefix(s, "sig-"); ok {
		return rest
	}
	return strings.TrimPrefix(s, "sig/")
}

// Answer is what is known of a question about a role. Only Yes grants anything.
type Answer int

// The zero Answer is No.
const (
	No Answer = iota
	Yes
	Unknown // the source answered but could not tell: say "could not check, post it again"
)

func (a Answer) String() string {
	switch a {
	case No:
		return "no"
	case Yes:
		return "yes"
	}
	return "unknown"
}

// Grant is in which role, and by which source, somebody holds what was asked for.
type Grant struct {
	// Role is the role really held: Lead, where a SIG lead stands in for a missing facilitator.
	Role Role `json:"role"`
	// SIG is the bare name of the SIG, or the name of the programme seat; else empty.
	SIG string `json:"sig,omitempty"`
	// Source is where it is written: "OWNERS_ALIASES at 3f2a91c", "team kubernetes/release-team-enhancements".
	Source string `json:"source,omitempty"`
	// StandIn is set when Facilitator was asked for and a SIG lead stands in.
	StandIn bool `json:"standIn,omitempty"`
}
