package roles

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilesAndTeams(t *testing.T) {
	s := Sources{
		Default: map[Role]Source{
			Facilitator: {File: "o/r:OWNERS_ALIASES", Alias: "sig-{sig}-facilitators"},
			Lead:        {Team: "o/sig-{sig}-leads"},
			ReleaseLead: {Team: "o/old-leads"},
			PM:          {Logins: []string{"pam"}},
		},
		PerCycle: map[string]map[Role]Source{
			"v1.38": {ReleaseLead: {Team: "o/leads-{cycle}"}, Facilitator: {File: "o/other:roles/v1.38", Alias: "{sig}"}},
			"v1.37": {PM: {Team: "o/pm"}},
		},
		Programme: map[string]Source{"architecture": {Team: "o/arch"}},
		Other:     map[string]Source{"note-taker": {File: "o/notes:OWNERS_ALIASES", Alias: "x"}, "docs": {Team: "o/docs-{cycle}"}},
		SIGs:      []string{"node", "cli"},
	}
	if diff := cmp.Diff([]string{"o/notes:OWNERS_ALIASES", "o/other:roles/v1.38", "o/r:OWNERS_ALIASES"}, s.Files()); diff != "" {
		t.Errorf("Files (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		cycles []string
		want   []string
	}{
		{nil, []string{"o/arch", "o/old-leads", "o/sig-cli-leads", "o/sig-node-leads"}},
		{[]string{"v1.38"}, []string{"o/arch", "o/docs-v1.38", "o/leads-v1.38", "o/sig-cli-leads", "o/sig-node-leads"}},
		{[]string{"v1.37", "v1.38"}, []string{"o/arch", "o/docs-v1.37", "o/docs-v1.38", "o/leads-v1.38", "o/old-leads", "o/pm", "o/sig-cli-leads", "o/sig-node-leads"}},
	} {
		if diff := cmp.Diff(tt.want, s.Teams(tt.cycles)); diff != "" {
			t.Errorf("Teams(%v) (-want +got):\n%s", tt.cycles, diff)
		}
	}
	s.SIGs = nil
	if diff := cmp.Diff([]string{"o/arch", "o/old-leads"}, s.Teams(nil)); diff != "" {
		t.Errorf("Teams without SIGs (-want +got):\n%s", diff)
	}
}

func TestValidate(t *testing.T) {
	if errs := book().Sources.Validate(); len(errs) > 0 {
		t.Errorf("the good one: %v", errs)
	}
	s := Sources{
		Default: map[Role]Source{
			Facilitator: {File: file, Alias: "facilitators"},
			Lead:        {File: "OWNERS_ALIASES", Alias: "sig-{sig}-leads"},
			PM:          {},
			ReleaseLead: {File: file, Alias: "x", Team: "o/t"},
			ReleaseTeam: {Team: "release-team"},
		},
		PerCycle:  map[string]map[Role]Source{"v1.38": {PM: {Alias: "x"}, ReleaseLead: {Team: "o/leads-{release}"}}},
		Programme: map[string]Source{"architecture": {File: file}},
		Other:     map[string]Source{"note-taker": {Logins: []string{"a"}, Team: "o/t"}},
		SIGs:      []string{"node", "sig-cli", "Apps", "node", "a b"},
	}
	want := []string{
		"sigs[1]: sig-cli: a SIG is named without sig-, in lower case, like node",
		"sigs[2]: Apps: a SIG is named without sig-, in lower case, like node",
		"sigs[3]: node: this SIG is listed twice",
		"sigs[4]: a b: a SIG is named in lower-case letters, digits and dashes, like node",
		"facilitator: facilitators: {sig} is needed, or the same people would speak for every SIG",
		"lead.file: OWNERS_ALIASES: a file is written org/repo:path",
		"product-management: one source is needed: file with alias, team, or logins",
		"release-lead: one source is needed: file with alias, team, or logins",
		"release-team.team: release-team: a team is written org/slug",
		"v1.38.product-management.file: the file of the alias is needed, like kubernetes/enhancements:OWNERS_ALIASES",
		"v1.38.release-lead: o/leads-{release}: only {sig} and {cycle} are filled in",
		"programme.architecture.alias: the alias in the file is needed, like sig-{sig}-leads",
		"other.note-taker: one source is needed: file with alias, team, or logins",
	}
	var got []string
	for _, err := range s.Validate() {
		got = append(got, err.Error())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	one := Sources{SIGs: []string{"node"}, Default: map[Role]Source{Facilitator: {File: file, Alias: "facilitators"}}}
	if errs := one.Validate(); len(errs) > 0 {
		t.Errorf("a pilot with one SIG needs no {sig}: %v", errs)
	}
}
