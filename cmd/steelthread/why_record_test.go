package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/checkout"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// record writes a signed record of v1.38 on an issue, as login, and gives the file with the public key.
func (s *story) record(repo string, number int, login string, commands ...string) string {
	s.Helper()
	return s.sealed(repo, number, login, nil, commands...)
}

// sealed writes one that has merge receipts, too.
func (s *story) sealed(repo string, number int, login string, merges []custody.Merge, commands ...string) string {
	s.Helper()
	private, public, err := custody.GenerateKey(rand.Reader, "steelthread")
	if err != nil {
		s.Fatal(err)
	}
	keys, err := custody.NewKeys(private)
	if err != nil {
		s.Fatal(err)
	}
	reader, err := (&githubFlags{endpoints: endpoints{s.url}}).reader(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	issue, err := reader.Issue(context.Background(), slash.Key{Org: "kubernetes", Repo: repo, Number: number})
	if err != nil {
		s.Fatal(err)
	}
	r, err := reader.Repository(context.Background(), "kubernetes/"+repo)
	if err != nil {
		s.Fatal(err)
	}
	log := custody.Log{Identity: custody.Identity{Repo: r.ID, Issue: issue.ID, Cycle: "v1.38"}, Seq: 1}
	for i, c := range commands {
		log.Add(custody.Receipt{Comment: int64(i + 1), Author: 1, Login: "ada", Said: s.g.Now(), Lines: []custody.Line{{N: 1, Command: c, Role: "facilitator", SIG: "node"}}})
	}
	for _, m := range merges {
		log.AddMerge(m)
	}
	blocks, err := keys.Seal(log, custody.KindRecord, custody.RecordRoom, custody.RecordRoom)
	if err != nil {
		s.Fatal(err)
	}
	s.g.Comment(login, "kubernetes", repo, number, custody.Marker{Kind: custody.KindRecord, Cycle: "v1.38"}.String()+"\n### v1.38\n\n"+strings.Join(blocks, "\n"))
	file := filepath.Join(s.TempDir(), "key.pub")
	if err := os.WriteFile(file, []byte(public+"\n"), 0o600); err != nil {
		s.Fatal(err)
	}
	return file
}

// keyless hides the hash of a key made for one test.
func keyless(text, keyFile string) string {
	data, _ := os.ReadFile(keyFile)
	parts := strings.Split(string(data), "+")
	return strings.ReplaceAll(text, parts[1], "HASH")
}

// What was recorded at merge counts, whatever is said later.
func TestWhyShowsTheMergeReceipt(t *testing.T) {
	s := newStory(t)
	at := time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC)
	item := s.g.OpenIssue("bob", "kubernetes", "kubernetes", "DRA in the scheduler", "")
	part := s.pull("Add the DRA plugin", "/part-of #"+itoa(item)+"\nFixes #9998", "a.go")
	exempt := s.pull("Move files", "/part-of #"+itoa(item), "b.go")
	closing := s.pull("Add more", "Fixes #"+itoa(item)+", fixes #9998", "c.go")
	other := s.pull("Add others", "/part-of #"+itoa(item), "d.go")
	receipt := func(n int, by, kep, verdict string) custody.Merge {
		return custody.Merge{Repo: "kubernetes/kubernetes", Number: n, At: at, By: by, KEP: kep, Verdict: verdict}
	}
	key := s.sealed("kubernetes", item, "steelthread", []custody.Merge{
		receipt(part, "/part-of", "kubernetes/enhancements#4381", custody.VerdictPlanned),
		receipt(exempt, "/part-of", "", custody.VerdictExempt),
		receipt(closing, "description", "kubernetes/enhancements#4381", custody.VerdictUnplanned),
	})
	for _, tt := range []struct {
		name  string
		pull  int
		later string
		want  []string
		not   string
		code  int
	}{
		{"planned", part, "", []string{"merge     recorded at merge: planned, by /part-of  v1.38 · 2027-02-01\n", "[`/part-of` in the description]",
			"KEP-4381  DRA structured parameters · sig-node · beta · implementable · v1.38  [the merge receipt in the work item's signed record]\n", "The thread is whole."}, "not checked", 0},
		{"another KEP is said later", part, "/kep 4742", []string{"recorded at merge: planned", "KEP-4381", "today the pull request leads to KEP-4742; what was recorded at merge counts"}, "KEP       KEP-4742", 0},
		{"exempt", exempt, "", []string{"merge     recorded at merge: exempt, by /part-of", "exempt    no KEP  recorded so at merge", "The thread ends in a reasoned exemption."}, "breaks", 0},
		{"by the description", closing, "", []string{"recorded at merge: unplanned, by description", "[its signed record holds the merge receipt]", "The thread is whole."}, "", 0},
		{"none of this one", other, "", []string{"The thread breaks here: nothing on kubernetes/kubernetes#100 says"}, "recorded", 1},
	} {
		if tt.later != "" {
			s.g.Comment("bob", "kubernetes", "kubernetes", tt.pull, tt.later)
		}
		code, out, diag := s.why("#"+itoa(tt.pull), "--public-key", key)
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s%s", tt.name, want, out, diag)
			}
		}
		if code != tt.code || tt.not != "" && strings.Contains(out, tt.not) {
			t.Errorf("%s: exit code %d, and %q in\n%s", tt.name, code, tt.not, out)
		}
	}

	// With the receipt nothing else is asked: no other issue that the description closes.
	s.g.ResetCalls()
	s.why("#"+itoa(closing), "--public-key", key)
	if n := s.g.Calls()["GET /repos/{owner}/{repo}/issues/{number} 404"]; n > 0 {
		t.Errorf("%d further issues were asked for: %v", n, s.g.Calls())
	}

	_, out, _ := s.why("--json", "#"+itoa(part), "--public-key", key)
	var thread checkout.Thread
	want := checkout.Merge{Cycle: "v1.38", Verdict: "planned", By: "/part-of", KEP: "kubernetes/enhancements#4381", At: at}
	if err := json.Unmarshal([]byte(out), &thread); err != nil || thread.Merge == nil || *thread.Merge != want {
		t.Errorf("as JSON: %v\n%s", err, out)
	}

	// A record that is not checked is not believed.
	if _, out, _ := s.why("#" + itoa(part)); strings.Contains(out, "recorded") {
		t.Errorf("without a key:\n%s", out)
	}
}
