package roles

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const file = "kubernetes/enhancements:OWNERS_ALIASES"

// at is noon UTC of a day, or panics.
func at(day string) time.Time {
	t, err := time.Parse("2006-01-02", day)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

// book is three versions of a file, a team that could be read and one that could not.
func book() *Book {
	return &Book{
		Sources: Sources{
			Default: map[Role]Source{
				Facilitator: {File: file, Alias: "sig-{sig}-facilitators"},
				Lead:        {File: file, Alias: "sig-{sig}-leads"},
				ReleaseLead: {File: file, Alias: "release-leads"},
				ReleaseTeam: {Team: "kubernetes/release-team-enhancements"},
				PM:          {Logins: []string{"Pam"}},
			},
			PerCycle: map[string]map[Role]Source{"v1.38": {
				ReleaseLead: {File: file, Alias: "release-leads-{cycle}"},
				PM:          {Team: "kubernetes/secret"},
			}},
			Programme: map[string]Source{
				"architecture": {Team: "kubernetes/sig-architecture-leads"},
				"testing":      {File: file, Alias: "sig-testing-leads"},
			},
			Other: map[string]Source{"note-taker": {File: file, Alias: "sig-{sig}-notes"}},
			SIGs:  []string{"node", "network", "storage"},
		},
		Files: map[string]History{file: {
			NewVersion("aaaaaaa111111111", at("2027-01-01"), []byte(`aliases:
  sig-node-leads: [NodeLead]
  sig-network-leads: [net-lead, node-fac]
  sig-testing-leads: [testa]
  sig-node-notes: [scribe]
  release-leads: [old-lead]
  release-leads-v1.38: [rel-lead]
`)),
			NewVersion("bbbbbbb222222222", at("2027-02-01"), []byte(`aliases:
  sig-node-leads: [NodeLead]
  sig-node-facilitators: [Node-Fac]
  sig-network-leads: [net-lead, node-fac]
  sig-network-facilitators:
`)),
			{Commit: "ccccccc333333333", Since: at("2027-03-01"), Err: errors.New("line 3: not YAML")},
		}},
		Teams: map[string]TeamMembers{
			"kubernetes/release-team-enhancements": NewTeamMembers([]string{"Enhancer", "shadow"}),
			"kubernetes/sig-architecture-leads":    {Unknown: true},
			"kubernetes/secret":                    {Unknown: true, Logins: map[string]bool{"pam": true}},
		},
	}
}

func TestHolds(t *testing.T) {
	const before, january, february, broken = "2026-12-01", "2027-01-15", "2027-02-15", "2027-03-15"
	a, b := "OWNERS_ALIASES at aaaaaaa", "OWNERS_ALIASES at bbbbbbb"
	for _, tt := range []struct {
		name             string
		role             Role
		sig, cycle, user string
		at               string
		want             Answer
		grant            Grant // checked with Yes only
	}{
		{"facilitator", Facilitator, "node", "", "node-fac", february, Yes, Grant{Facilitator, "node", b, false}},
		{"in any case, with the prefix", Facilitator, "SIG-Node", "", "NODE-FAC", february, Yes, Grant{Facilitator, "node", b, false}},
		{"not before the file said so", Facilitator, "node", "", "node-fac", january, No, Grant{}},
		{"not of another SIG", Facilitator, "storage", "", "node-fac", february, No, Grant{}},
		{"lead", Lead, "node", "", "nodelead", february, Yes, Grant{Lead, "node", b, false}},
		{"a lead does not stand in beside a facilitator", Facilitator, "node", "", "nodelead", february, No, Grant{}},
		{"a lead stands in, alias absent", Facilitator, "node", "", "nodelead", january, Yes, Grant{Lead, "node", a, true}},
		{"a lead stands in, alias empty", Facilitator, "network", "", "net-lead", february, Yes, Grant{Lead, "network", b, true}},
		{"a facilitator elsewhere stands in as lead here", Facilitator, "network", "", "node-fac", february, Yes, Grant{Lead, "network", b, true}},
		{"before the first version", Lead, "node", "", "nodelead", before, No, Grant{}},
		{"a version that does not parse", Lead, "node", "", "nodelead", broken, Unknown, Grant{}},
		{"nobody stands in for what cannot be read", Facilitator, "network", "", "net-lead", broken, Unknown, Grant{}},
		{"a SIG that is not listed", Lead, "testing", "", "testa", january, No, Grant{}},
		{"no SIG", Lead, "", "", "nodelead", january, No, Grant{}},
		{"no login", Lead, "node", "", "", january, No, Grant{}},
		{"release lead", ReleaseLead, "", "v1.37", "old-lead", january, Yes, Grant{ReleaseLead, "", a, false}},
		{"per cycle instead of the default", ReleaseLead, "", "v1.38", "rel-lead", january, Yes, Grant{ReleaseLead, "", a, false}},
		{"never a union of both", ReleaseLead, "", "v1.38", "old-lead", january, No, Grant{}},
		{"team", ReleaseTeam, "ignored", "", "enhancer", before, Yes, Grant{ReleaseTeam, "", "team kubernetes/release-team-enhancements", false}},
		{"not in the team", ReleaseTeam, "", "", "nodelead", january, No, Grant{}},
		{"fixed list", PM, "", "v1.37", "pam", before, Yes, Grant{PM, "", "the configuration", false}},
		{"a team that could not tell, though it lists the login", PM, "", "v1.38", "pam", january, Unknown, Grant{}},
		{"programme seat", Programme, "testing", "", "testa", january, Yes, Grant{Programme, "testing", a, false}},
		{"programme, any seat", Programme, "", "", "testa", january, Yes, Grant{Programme, "testing", a, false}},
		{"programme, one seat unknown", Programme, "", "", "nobody", january, Unknown, Grant{}},
		{"programme, another seat", Programme, "architecture", "", "testa", january, Unknown, Grant{}},
		{"programme, no such seat", Programme, "docs", "", "testa", january, No, Grant{}},
		{"anyone", Anyone, "", "", "whoever", before, Yes, Grant{Role: Anyone}},
		{"author is not in any source", Author, "node", "", "nodelead", january, Unknown, Grant{}},
		{"member is not in any source", Member, "", "", "nodelead", january, Unknown, Grant{}},
	} {
		g, got := book().Holds(tt.role, tt.sig, tt.cycle, tt.user, at(tt.at))
		if got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if diff := cmp.Diff(tt.grant, g); got == Yes && diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// What was not read is not empty: a missing key of the Book is Unknown, an empty History is a file that is not there.
func TestNotRead(t *testing.T) {
	b := book()
	delete(b.Files, file)
	delete(b.Teams, "kubernetes/release-team-enhancements")
	for _, role := range []Role{Facilitator, Lead, ReleaseLead, ReleaseTeam} {
		if _, got := b.Holds(role, "node", "", "nodelead", at("2027-01-15")); got != Unknown {
			t.Errorf("%s: %v, want unknown", role, got)
		}
		if logins, _, ok := b.Holders(role, "node", "", at("2027-01-15")); ok || logins != nil {
			t.Errorf("%s: holders %v, %v, want not known", role, logins, ok)
		}
	}
	b.Files[file] = History{}
	if _, got := b.Holds(Facilitator, "node", "", "nodelead", at("2027-01-15")); got != No {
		t.Errorf("a file that does not exist: %v, want no", got)
	}
}

// A role without a source is held by nobody; without facilitators' source the leads stand in.
func TestNoSource(t *testing.T) {
	b := book()
	delete(b.Sources.Default, Facilitator)
	delete(b.Sources.Default, PM)
	if g, got := b.Holds(Facilitator, "node", "", "nodelead", at("2027-02-15")); got != Yes || !g.StandIn {
		t.Errorf("stand-in: %v, %+v", got, g)
	}
	if _, got := b.Holds(PM, "", "", "pam", at("2027-02-15")); got != No {
		t.Errorf("PM: %v, want no", got)
	}
}

func TestHoldsAny(t *testing.T) {
	b := book()
	if g, got := b.HoldsAny(Facilitator, "", "node-fac", at("2027-02-15")); got != Yes || g.SIG != "network" || !g.StandIn {
		t.Errorf("%v, %+v, want yes, for the first SIG by name", got, g)
	}
	if _, got := b.HoldsAny(Lead, "", "pam", at("2027-02-15")); got != No {
		t.Errorf("%v, want no", got)
	}
	if _, got := b.HoldsAny(Lead, "", "pam", at("2027-03-15")); got != Unknown {
		t.Errorf("%v, want unknown", got)
	}
	b.Sources.SIGs = nil // then the file would name them, and it cannot
	if _, got := b.HoldsAny(Lead, "", "pam", at("2027-03-15")); got != Unknown {
		t.Errorf("without a list of SIGs: %v, want unknown", got)
	}
	if _, got := b.HoldsAny(ReleaseTeam, "", "shadow", at("2027-02-15")); got != Yes {
		t.Errorf("a role without SIG: %v, want yes", got)
	}
}

func TestHolders(t *testing.T) {
	type result struct {
		Logins  []string
		StandIn bool
		OK      bool
	}
	b := book()
	b.Sources.Default[PM] = Source{Logins: []string{"zoe", "Adam", "adam"}}
	for _, tt := range []struct {
		role       Role
		sig, cycle string
		at         string
		want       result
	}{
		{Facilitator, "node", "", "2027-02-15", result{[]string{"Node-Fac"}, false, true}},
		{Facilitator, "network", "", "2027-02-15", result{[]string{"net-lead", "Node-Fac"}, true, true}},
		{Facilitator, "storage", "", "2027-02-15", result{nil, true, true}},
		{Lead, "node", "", "2027-01-15", result{[]string{"NodeLead"}, false, true}},
		{Lead, "node", "", "2027-03-15", result{nil, false, false}},
		{Lead, "cli", "", "2027-01-15", result{nil, false, true}},
		{ReleaseTeam, "", "", "2027-01-15", result{[]string{"Enhancer", "shadow"}, false, true}},
		{PM, "", "", "2027-01-15", result{[]string{"Adam", "zoe"}, false, true}},
		{PM, "", "v1.38", "2027-01-15", result{nil, false, false}},
		{Programme, "testing", "", "2027-01-15", result{[]string{"testa"}, false, true}},
		{Programme, "", "", "2027-01-15", result{nil, false, false}},
	} {
		var got result
		got.Logins, got.StandIn, got.OK = b.Holders(tt.role, tt.sig, tt.cycle, at(tt.at))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s %s at %s (-want +got):\n%s", tt.role, tt.sig, tt.cycle, tt.at, diff)
		}
	}
	b.Teams["kubernetes/sig-architecture-leads"] = NewTeamMembers([]string{"Archie", "testa"})
	if got, _, _ := b.Holders(Programme, "", "", at("2027-01-15")); cmp.Diff([]string{"Archie", "testa"}, got) != "" {
		t.Errorf("all seats: %v", got)
	}
	if got, ok := b.OtherHolders("note-taker", "node", "", at("2027-01-15")); !ok || cmp.Diff([]string{"scribe"}, got) != "" {
		t.Errorf("note-taker: %v, %v", got, ok)
	}
	if _, ok := b.OtherHolders("note-taker", "node", "", at("2027-03-15")); ok {
		t.Error("a note-taker from a file that does not parse")
	}
	if _, ok := b.OtherHolders("cook", "node", "", at("2027-01-15")); ok {
		t.Error("a role that is not configured")
	}
}

func TestSIGsOf(t *testing.T) {
	b := book()
	for _, tt := range []struct {
		role    Role
		user    string
		at      string
		want    []string
		derived bool // no list of SIGs: those that the aliases name
	}{
		{Facilitator, "Node-FAC", "2027-02-15", []string{"network", "node"}, false},
		{Lead, "node-fac", "2027-02-15", []string{"network"}, false},
		{Facilitator, "nodelead", "2027-01-15", []string{"node"}, false},
		{Facilitator, "nodelead", "2027-02-15", nil, false},
		{Lead, "nodelead", "2027-03-15", nil, false},
		{Lead, "testa", "2027-01-15", nil, false},
		{Lead, "testa", "2027-01-15", []string{"testing"}, true},
		{PM, "pam", "2027-01-15", nil, false},
	} {
		b.Sources.SIGs = book().Sources.SIGs
		if tt.derived {
			b.Sources.SIGs = nil
		}
		if diff := cmp.Diff(tt.want, b.SIGsOf(tt.role, "", tt.user, at(tt.at))); diff != "" {
			t.Errorf("%s %s at %s (-want +got):\n%s", tt.role, tt.user, tt.at, diff)
		}
	}
}

func TestSIGs(t *testing.T) {
	b := book()
	if got, ok := b.SIGs("", at("2027-03-15")); !ok || cmp.Diff([]string{"network", "node", "storage"}, got) != "" {
		t.Errorf("listed: %v, %v", got, ok)
	}
	b.Sources.SIGs = nil
	if got, ok := b.SIGs("", at("2027-01-15")); !ok || cmp.Diff([]string{"network", "node", "testing"}, got) != "" {
		t.Errorf("from the aliases: %v, %v", got, ok)
	}
	if got, ok := b.SIGs("", at("2027-03-15")); ok || len(got) > 0 {
		t.Errorf("from a file that does not parse: %v, %v", got, ok)
	}
}

// Aliases and teams that a test or a cache wrote in another case still compare.
func TestCaseOfHandWrittenBooks(t *testing.T) {
	b := &Book{
		Sources: Sources{Default: map[Role]Source{Lead: {File: file, Alias: "SIG-{sig}-leads"}}},
		Files:   map[string]History{file: {{Since: at("2027-01-01"), Aliases: Aliases{"sig-Node-leads": {"NodeLead"}}}}},
	}
	if g, got := b.Holds(Lead, "node", "", "nodelead", at("2027-01-15")); got != Yes || g.Source != "OWNERS_ALIASES" {
		t.Errorf("%v, %+v", got, g)
	}
	if got := b.SIGsOf(Lead, "", "nodelead", at("2027-01-15")); cmp.Diff([]string{"node"}, got) != "" {
		t.Errorf("SIGsOf: %v", got)
	}
}

func TestTitles(t *testing.T) {
	for _, tt := range []struct {
		role      Role
		sig, want string
	}{
		{Facilitator, "node", "planning facilitator of sig-node"},
		{Facilitator, "sig-node", "planning facilitator of sig-node"},
		{Facilitator, "", "planning facilitator"},
		{Lead, "sig/node", "SIG lead of sig-node"},
		{ReleaseLead, "", "release lead"},
		{ReleaseTeam, "", "enhancements group of the release team"},
		{PM, "node", "product-management representative"},
		{Programme, "architecture", "programme-level voter (architecture)"},
		{Programme, "", "programme-level voter"},
		{Author, "", "author or assignee"},
		{Member, "", "member of the organisation"},
		{Anyone, "", "anyone"},
		{Role("cook"), "", "cook"},
	} {
		if got := tt.role.Title(tt.sig); got != tt.want {
			t.Errorf("%s.Title(%q) = %q, want %q", tt.role, tt.sig, got, tt.want)
		}
	}
	if got := [3]string{No.String(), Yes.String(), Unknown.String()}; got != [3]string{"no", "yes", "unknown"} {
		t.Errorf("answers: %v", got)
	}
	var zero Answer
	if zero != No {
		t.Error("the zero Answer grants")
	}
}
