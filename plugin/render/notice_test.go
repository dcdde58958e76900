package render

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// constants reads the values of the first block of constants that the pattern
// finds in a source file.
func constants(t *testing.T, path string, pattern *regexp.Regexp) []string {
	t.Helper()
	source, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, m := range pattern.FindAllStringSubmatch(string(source), -1) {
		values = append(values, m[1])
	}
	if len(values) == 0 {
		t.Fatalf("no constants in %s", path)
	}
	return values
}

func said(login string, comment int64, when string) work.Said {
	who := speakers[login]
	return work.Said{Comment: comment, Login: login, Role: string(who.role), SIG: who.sig, At: at(when)}
}

func firstAsk() Asked {
	return Asked{From: here, Title: "DRA: structured parameters", SIG: "node", By: "w3-4", ByTitle: "weeks 3–4", Text: "resource pools",
		Cycle: "v1.38", Said: said("node-fac", 3001, "9 15:10"), Facilitators: []string{"sched-fac", "sched-two"}}
}

func declinedNotice() Declined {
	return Declined{Key: here, Target: pools, Title: "Expose resource pools", SIG: "scheduling", Cycle: "v1.38",
		Reason: "no reviewers before March", Said: said("sched-fac", 3002, "14 10:00"), Facilitators: []string{"node-fac"}}
}

func blockNote(id, text string) work.Note {
	return work.Note{ID: id, Kind: work.Block, Text: text, Raised: said("arch-lead", 3003, "14 10:00")}
}

// notices are the golden notices by name.
func notices() map[string]string {
	second := firstAsk()
	second.From, second.Title, second.SIG, second.By, second.ByTitle, second.Text = other, "", "", "", "", ""
	second.Said = work.Said{Comment: 3009, Login: "somebody", At: at("10 08:00")}
	second.Facilitators = []string{"Sched-Fac"}
	nobody := firstAsk()
	nobody.Facilitators = nil
	many := []Asked{}
	for k := range 14 {
		a := firstAsk()
		a.From.Number = 5000 + k
		many = append(many, a)
	}
	standIn := Blocked{Key: here, Cycle: "v1.38", SIG: "node", Owners: []string{"node-lead"}, StandIn: true,
		Notes: []work.Note{blockNote("B1", "needs API review of the pool field"), blockNote("B2", "no test plan")}}
	decided := grantedException().posted[0].Decision
	denied := formerExceptions().posted[0].Decision
	return map[string]string{
		"exception-granted":  site.ExceptionDecided(here, "v1.38", decided, []string{"node-fac", "node-lead"}),
		"exception-denied":   site.ExceptionDecided(here, "v1.38", denied, nil),
		"exception-reminder": site.ExceptionReminder(here, "v1.38", decided, []string{"node-fac"}),
		"exception-expired":  site.ExceptionExpired(here, "v1.38", decided, []string{"node-lead", "node-fac"}),
		"label-excepted":     site.LabelTouched(here, work.LabelExcepted, false, "passer-by", LabelReason(work.LabelExcepted, false)),
		"label-requested":    site.LabelTouched(here, work.LabelRequested, true, "passer-by", LabelReason(work.LabelRequested, true)),
		"asked":              site.Asked(pools, firstAsk()),
		"asked-two":          site.Asked(pools, firstAsk(), second),
		"asked-nobody":       site.Asked(pools, nobody),
		"asked-many":         site.Asked(pools, many...),
		"declined":           site.Declined(declinedNotice()),
		"blocked":            site.Blocked(Blocked{Key: here, Cycle: "v1.38", SIG: "node", Owners: []string{"node-fac"}, Notes: []work.Note{blockNote("B1", "needs API review of the pool field")}}),
		"blocked-stand-in":   site.Blocked(standIn),
		"label-put-back":     site.LabelTouched(here, work.LabelProposed, true, "passer-by", LabelReason(work.LabelProposed, true)),
		"label-taken-off":    site.LabelTouched(here, work.LabelBlocked, false, "passer-by", LabelReason(work.LabelBlocked, false)),
		"say-in-comment":     site.SayItInAComment(here, []string{"commit"}),
		"say-in-comment-2":   site.SayItInAComment(here, []string{"commit", "/readout", "commit"}),
		"part":               site.Part("v1.38", 2, 3, site.Comment(here, 4000)),
		"asked-of-the-same":  site.Asked(slash.Key{Org: here.Org, Repo: here.Repo, Number: 12}, firstAsk()),
	}
}

func TestNoticeGolden(t *testing.T) {
	for name, got := range notices() {
		t.Run(name, func(t *testing.T) { golden(t, "notice/"+name, got) })
	}
}

// TestMentions holds that only those named may be pinged, and only in notices.
func TestMentions(t *testing.T) {
	allowed := regexp.MustCompile(`^@(sched-fac|sched-two|node-fac|node-lead)\b`)
	mention := regexp.MustCompile(`@[A-Za-z0-9]\S*`)
	for name, text := range notices() {
		for _, m := range mention.FindAllString(text, -1) {
			if !allowed.MatchString(m) {
				t.Errorf("notice %s pings %s", name, m)
			}
		}
	}
	for name, tell := range records {
		if m := mention.FindString(withoutCode(site.Record(tell().Record()))); m != "" {
			t.Errorf("record %s pings %s", name, m)
		}
	}
	for name, rs := range replies {
		if m := mention.FindString(withoutCode(site.Refusals(here, rs))); m != "" {
			t.Errorf("reply %s pings %s", name, m)
		}
	}
}

// TestTone holds words that no reader is to see, in whatever is written.
func TestTone(t *testing.T) {
	bad := regexp.MustCompile(`(?i)\b(invalid|illegal|wrongly|you must|please|sorry|error|failed|oops|should have|colour|organis)`)
	check := func(name, text string) {
		if m := bad.FindString(text); m != "" {
			t.Errorf("%s says %q", name, m)
		}
		if strings.Contains(text, "ago") && regexp.MustCompile(`\d+ \w+ ago`).MatchString(text) {
			t.Errorf("%s has a date that moves", name)
		}
	}
	for name, text := range notices() {
		check(name, text)
	}
	for name, tell := range records {
		check(name, site.Record(tell().Record()))
	}
	for name, rs := range replies {
		check(name, site.Refusals(here, rs))
	}
	for code := range refusals {
		check(code, site.Refusals(here, []Refusal{{Comment: 1, Problems: []*slash.Problem{problem(code)}}}))
	}
}
