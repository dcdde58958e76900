package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
)

func load(t *testing.T, path string) *Config {
	t.Helper()
	c, err := LoadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(year int, month time.Month, d int) cycle.Day {
	return cycle.Day{Year: year, Month: month, Day: d}
}

func TestCalendar(t *testing.T) {
	calendar := load(t, data+"/good/short-cycle.yaml").Calendar()
	at := time.Date(2025, 11, 7, 12, 0, 0, 0, time.UTC)
	want := cycle.Cycle{
		Name: "v1.35", Plan: "kubernetes/enhancements#12",
		OpenFrom: day(2025, 6, 23), Planning: day(2025, 7, 21), Start: day(2025, 9, 15), End: day(2025, 12, 17),
		Increments: []cycle.Increment{
			{Number: 1, FromWeek: 1, ToWeek: 2, Start: day(2025, 9, 15), End: day(2025, 9, 26), Cap: 100},
			{Number: 2, FromWeek: 3, ToWeek: 5, Start: day(2025, 9, 29), End: day(2025, 10, 17), Cap: 70},
			{Number: 3, FromWeek: 6, ToWeek: 8, Start: day(2025, 10, 20), End: day(2025, 11, 6), Cap: 70},
		},
		Freezes: []cycle.Freeze{
			{Name: "enhancements", Date: day(2025, 10, 16), AoE: true, Window: 3},
			{Name: "code", At: at, Window: 0},
			{Name: "test", At: at, Window: 3},
		},
	}
	if len(calendar) != 2 {
		t.Fatalf("got %d cycles, want 2", len(calendar))
	}
	if diff := cmp.Diff(calendar[0], want); diff != "" {
		t.Errorf("first by start (-got +want)\n%s", diff)
	}
	if diff := cmp.Diff(calendar[1].Increments, cycle.DefaultIncrements(day(2026, 1, 12))); diff != "" {
		t.Errorf("increments left out (-got +want)\n%s", diff)
	}
	calendar[0].Name = "changed"
	if got := load(t, data+"/good/short-cycle.yaml").Calendar()[0].Name; got != "v1.35" {
		t.Errorf("a caller's change is seen by others: %s", got)
	}
}

func TestTwoCyclesOpen(t *testing.T) {
	calendar := load(t, "examples/kubernetes.yaml").Calendar()
	tests := []struct {
		at   time.Time
		want []string
	}{
		{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), []string{"v1.37"}},
		{time.Date(2026, 7, 23, 0, 0, 0, 0, time.UTC), []string{"v1.37", "v1.38"}},
		{time.Date(2026, 8, 27, 11, 59, 0, 0, time.UTC), []string{"v1.37", "v1.38"}},
		{time.Date(2026, 8, 27, 12, 1, 0, 0, time.UTC), []string{"v1.38"}},
	}
	for _, test := range tests {
		var got []string
		for _, open := range calendar.Open(test.at) {
			got = append(got, open.Name)
		}
		if diff := cmp.Diff(got, test.want); diff != "" {
			t.Errorf("open at %s (-got +want)\n%s", test.at, diff)
		}
	}
	first, _ := calendar.Find("v1.37")
	if got, want := first.Last().Name(), "w9-10"; got != want {
		t.Errorf("last increment of v1.37: got %s, want %s", got, want)
	}
}

func TestSources(t *testing.T) {
	got := load(t, data+"/good/short-cycle.yaml").Sources()
	want := roles.Sources{
		Default: map[roles.Role]roles.Source{
			roles.Facilitator: {Team: "kubernetes/sig-{sig}-facilitators"},
			roles.Lead:        {Team: "kubernetes/sig-{sig}-leads"},
			roles.ReleaseLead: {Logins: []string{"octocat"}},
			roles.ReleaseTeam: {Team: "kubernetes/release-team-enhancements"},
			roles.PM:          {Logins: []string{"pm"}},
		},
		PerCycle: map[string]map[roles.Role]roles.Source{
			"v1.36": {roles.Lead: {File: "kubernetes/enhancements:OWNERS_ALIASES", Alias: "sig-{sig}-leads-{cycle}"}},
		},
		Programme: map[string]roles.Source{"testing": {Logins: []string{"tester"}}},
		Other:     map[string]roles.Source{"note-taker": {File: "kubernetes/community:OWNERS_ALIASES", Alias: "{sig}-notes"}},
		SIGs:      []string{"network", "node"},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("sources (-got +want)\n%s", diff)
	}
}

func TestRepos(t *testing.T) {
	c := load(t, data+"/good/short-cycle.yaml")
	want := []Repo{
		{Name: "Kubernetes/Enhancements", KEPs: "kubernetes/enhancements"},
		{Name: "kubernetes-sigs/kueue", KEPs: "kubernetes-sigs/kueue", Quiet: true},
	}
	if diff := cmp.Diff(c.WorkRepos(), want); diff != "" {
		t.Errorf("repositories (-got +want)\n%s", diff)
	}
	if got, ok := c.Repo("kubernetes/enhancements"); !ok || !cmp.Equal(got, want[0]) {
		t.Errorf("in other letter case: got %v %v, want %v", got, ok, want[0])
	}
	if got, ok := c.Repo("kubernetes/kubernetes"); ok {
		t.Errorf("not listed: got %v", got)
	}
	if diff := cmp.Diff(c.KEPRepos(), []string{"kubernetes-sigs/kueue", "kubernetes/enhancements"}); diff != "" {
		t.Errorf("KEP repositories (-got +want)\n%s", diff)
	}
	for login, want := range map[string]bool{"dependabot[bot]": true, "Dependabot[bot]": true, "dependabot": false} {
		if got := c.Bot(login); got != want {
			t.Errorf("Bot(%s): got %v, want %v", login, got, want)
		}
	}
}

func TestDefaults(t *testing.T) {
	c := load(t, data+"/good/smallest.yaml")
	got := []string{c.Repos.KEPs, c.Repos.OptInLabel, c.Voting}
	if diff := cmp.Diff(got, []string{"kubernetes/enhancements", "lead-opted-in", "seed"}); diff != "" {
		t.Errorf("defaults (-got +want)\n%s", diff)
	}
	// printf 'x' | sha256sum is how an operator compares; so the hash is of the bytes, not of what they mean.
	other, err := Load(append(read(t, data+"/good/smallest.yaml"), '\n'))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Hash()) != 64 || c.Hash() == other.Hash() {
		t.Errorf("hashes of two files: %s and %s", c.Hash(), other.Hash())
	}
}

func TestKubernetesExample(t *testing.T) {
	c := load(t, "examples/kubernetes.yaml")
	if got := len(c.Roles.SIGs); got != 24 {
		t.Errorf("got %d SIGs, want 24", got)
	}
	for name, want := range map[string]bool{"kubernetes/kubernetes": true, "kubernetes/website": false} {
		if repo, ok := c.Repo(name); !ok || repo.Threads.Gates() != want {
			t.Errorf("%s gates: want %v, got the other", name, want)
		}
	}
	want := []string{"kubernetes/enhancements:OWNERS_ALIASES", "kubernetes/sig-release:OWNERS_ALIASES"}
	if diff := cmp.Diff(c.Sources().Files(), want); diff != "" {
		t.Errorf("files to read (-got +want)\n%s", diff)
	}
}
