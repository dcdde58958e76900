package main

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
)

func TestFirstDayIsAMondayFourToTenDaysOn(t *testing.T) {
	tests := []struct{ now, want string }{
		{"2026-11-18T00:00:00Z", "2026-11-23"}, // Wednesday
		{"2026-11-19T23:59:59Z", "2026-11-23"},
		{"2026-11-20T00:00:00Z", "2026-11-30"}, // Friday: the Monday after next
		{"2026-11-22T23:00:00Z", "2026-11-30"},
		{"2026-12-28T12:00:00Z", "2027-01-04"},
	}
	for _, test := range tests {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		if got := firstDay(now).String(); got != test.want {
			t.Errorf("%s: got %s, want %s", test.now, got, test.want)
		}
	}
}

// TestTheDemoIsInItsPlanningWeeks holds for every day of a year.
func TestTheDemoIsInItsPlanningWeeks(t *testing.T) {
	raw, err := fs.ReadFile(embeddedSeed(), configFile)
	if err != nil {
		t.Fatal(err)
	}
	for day := range 366 {
		now := time.Date(2026, 1, 1, 17, 0, 0, 0, time.UTC).AddDate(0, 0, day)
		filled, err := (&seed{now: now}).fill(configFile, raw)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(filled)
		if err != nil {
			t.Fatalf("%s: %v", now, err)
		}
		open := cfg.Calendar().Open(now.AddDate(0, 0, -15)) // the oldest command of the seed is nine days old
		if len(open) != 1 || !now.Before(open[0].Start.StartUTC()) {
			t.Fatalf("%s: open are %v, want one cycle that has not begun", now, open)
		}
		next, ok := nextIncrement(cfg.Calendar(), now)
		if !ok || next.Sub(now) > 11*24*time.Hour {
			t.Fatalf("%s: the next increment begins %v", now, next)
		}
		first := open[0].Start.StartUTC()
		if next, ok := nextIncrement(cfg.Calendar(), first.AddDate(0, 0, 50)); ok {
			t.Fatalf("%s: in the last increment of the first cycle the next begins %v, past its end", now, next)
		}
		if next, ok := nextIncrement(cfg.Calendar(), first.AddDate(0, 0, 100)); !ok || next.Before(first.AddDate(0, 0, 119)) {
			t.Fatalf("%s: after the first cycle the next increment begins %v %v, want one of the second", now, next, ok)
		}
	}
}

func TestASeedIsFilledIn(t *testing.T) {
	now := time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	s, err := readSeed(small(), now)
	if err != nil {
		t.Fatal(err)
	}
	issues := string(s.rewritten["repos/k/e/issues.yaml"])
	if want := `"at":"2026-11-13T10:00:00Z"`; !strings.Contains(issues, want) {
		t.Errorf("issues.yaml lacks %s:\n%s", want, issues)
	}
	if got := strings.Count(issues, "not in this sandbox"); got != 6 || len(s.skipped["k/e"]) != 6 {
		t.Errorf("before issue 7 stand %d others, %v to be deleted; want 6", got, s.skipped)
	}
	if got, want := string(s.rewritten["repos/k/e/repo.yaml"]), "due: 2027-02-28T12:00:00Z"; !strings.Contains(got, want) {
		t.Errorf("repo.yaml lacks %s:\n%s", want, got)
	}
	if got := string(s.rewritten[configFile]); !strings.Contains(got, "planning: 2026-11-26, start: 2026-11-30") {
		t.Errorf("the configuration: got\n%s", got)
	}
}

func TestASeedThatCannotBeUsedNamesTheFile(t *testing.T) {
	tests := []struct{ name, file, content, want string }{
		{"no template", "users.yaml", "users: {{", "users.yaml"},
		{"a time of day", "repos/k/e/issues.yaml", `issues: [{as: ann, title: x, at: {{ago 1 "late"}}}]`, "the time is written like 14:02"},
		{"numbers that fall", "repos/k/e/issues.yaml", "issues: [{number: 3, as: ann, title: x}, {number: 2, as: ann, title: y}]", "issues[1].number"},
		{"an unknown field", "repos/k/e/issues.yaml", "issues: [{as: ann, titel: x}]", "titel"},
		{"an unknown login", "repos/k/e/issues.yaml", "issues: [{as: nobody, title: x}]", `"nobody"`},
		{"no configuration", configFile, "", "seed: steelthread.yaml"},
		{"a story elsewhere", storyFile, "steps: [{as: ann, issue: somewhere, say: hello}]", "steps[0].issue"},
		{"a story that does what nobody can", storyFile, "steps: [{as: ann, issue: k/e#7, do: close}]", "steps[0].do"},
		{"a story that goes on to no time", storyFile, "steps: [{tell: x, until: tomorrow}]", storyFile},
		{"a story in which time does not pass", storyFile, "steps: [{tell: x, pass: soon}]", "steps[0].pass"},
		{"files that are none", "repos/k/e/issues.yaml", "issues: [{as: ann, title: x, pull: {base: main, head: b, files: [a]}}]", "issues[0].pull: files"},
		{"a pull request into nothing", "repos/k/f/issues.yaml", "issues: [{as: ann, title: x, pull: {base: main, head: b}}]", "needs a file"},
	}
	for _, test := range tests {
		dir := small()
		dir[test.file] = &fstest.MapFile{Data: []byte(test.content)}
		_, err := newSandbox(options{base: testBase, seed: dir, wall: time.Now, log: quietLog()})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.want)
		}
	}
}

// TestTheSeedHasAllLabelsOfOurs: on GitHub label_sync makes them.
func TestTheSeedHasAllLabelsOfOurs(t *testing.T) {
	s := open(t, embeddedSeed(), false)
	for _, repo := range []string{"kubernetes/enhancements", "kubernetes/kubernetes"} {
		have, _ := s.labels(t.Context(), repo)
		for _, want := range config.Labels() {
			got := have[want.Name]
			if diff := cmp.Diff([]string{want.Name, want.Color, want.Description}, []string{got.Name, got.Color, got.Description}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", repo, diff)
			}
		}
	}
}

// TestWhatWasSaidIsTaken runs the plugin over the seed's history: all is accepted but what is there to be refused.
func TestWhatWasSaidIsTaken(t *testing.T) {
	s := open(t, embeddedSeed(), true)
	titles := map[string]string{
		"kubernetes/enhancements#5328": "v1.38: ready for the readout",
		"kubernetes/enhancements#5710": "v1.38: committed, blocked by B1",
		"kubernetes/enhancements#5677": "v1.38: opted in, not committed",
		"kubernetes/enhancements#1432": "v1.38: committed, waiting for one promise",
		"kubernetes/kubernetes#302":    "v1.38: committed",
	}
	for key, want := range titles {
		s.waitFor(t, key+" "+want, func() bool { return strings.HasPrefix(recordTitle(s.at(t, key)), want) })
	}
	s.waitFor(t, "two replies", func() bool { return len(s.replies(t)) == 2 })
	s.waitFor(t, "calm", func() bool { return s.quiet(calm) })
	want := []string{"kubernetes/enhancements#3314", "kubernetes/enhancements#4188"} // no role; above the cap
	if diff := cmp.Diff(want, s.replies(t)); diff != "" {
		t.Errorf("issues with a refusal (-want +got):\n%s", diff)
	}
	page := s.get(t, "/kubernetes/enhancements/issues/5732").Body.String()
	for _, not := range []string{"is not in the catalogue", "not listed as such"} {
		if strings.Contains(page, not) {
			t.Errorf("the record says %q", not)
		}
	}
}

// replies lists the issues on which the bot refused something.
func (s *site) replies(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, repo := range s.repos {
		for _, i := range s.issues(repo) {
			for _, c := range i.Comments {
				if m, ok := custody.FindMarker(c.Body); ok && strings.HasPrefix(m.Key, "reply-") {
					out = append(out, repo+"#"+itoa(i.Number))
				}
			}
		}
	}
	return out
}
