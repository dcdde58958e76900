package main

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/slash"
)

const testBase = "http://127.0.0.1:8080"

// small is a seed of one repository, one KEP and three people.
func small() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"users.yaml": file("users: [{login: ann, name: Ann}, {login: lea}, {login: sam}]\n"),
		"orgs.yaml":  file("orgs: [{login: k, members: [ann, lea]}]\n"),
		"repos/k/e/repo.yaml": file(`permissions: {lea: triage}
labels: [{name: sig/node, color: d2b48c}, {name: plan/proposed, color: fbca04}, {name: plan/blocked}, {name: plan/unplanned}, {name: lead-opted-in}]
milestones: [{title: v1.38, due: {{instant 90}}}]
`),
		"repos/k/e/issues.yaml": file(`issues:
- {number: 7, as: sam, title: Pool status, at: {{ago 9 "10:00"}}, labels: [sig/node], milestone: v1.38, assignees: [sam], body: "- [ ] API\n- [ ] Docs\n"}
`),
		"repos/k/e/files/OWNERS_ALIASES":                file("aliases:\n  sig-node-facilitators: [ann]\n  sig-node-leads: [lea]\n"),
		"repos/k/e/files/keps/sig-node/7-pool/kep.yaml": file("title: Pool status\nkep-number: 7\nauthors: ['@sam']\nowning-sig: sig-node\nstatus: implementable\nstage: alpha\nlatest-milestone: v1.38\n"),
		"steelthread.yaml": file(`repos:
  work: {k/e: {}}
  keps: k/e
roles:
  sigs: [node]
  facilitator: k/e:OWNERS_ALIASES#sig-{sig}-facilitators
  lead: k/e:OWNERS_ALIASES#sig-{sig}-leads
  releaseLead: [lea]
  productManagement: [lea]
cycles:
- {name: v1.38, planning: {{day -4}}, start: {{day 0}}, end: {{day 95}}}
`),
	}
}

func quietLog() logrus.FieldLogger {
	log := logrus.New()
	log.SetOutput(io.Discard)
	return log
}

// recorder records nothing of the seed, whose thousands of numbers taken up would be a gigabyte.
type recorder struct{ to io.Writer }

func (r *recorder) Write(line []byte) (int, error) {
	if r.to == nil {
		return len(line), nil
	}
	return r.to.Write(line)
}

// open builds a sandbox and its page; with runs the plugin works until the test ends.
func open(t *testing.T, seed fs.FS, runs bool) *site {
	t.Helper()
	o, record := options{base: testBase, seed: seed, wall: time.Now, log: quietLog()}, &recorder{}
	dir := os.Getenv("STEELTHREAD_CONTRACT_DIR")
	if dir != "" {
		o.record = record
	}
	s, err := newSandbox(o)
	if err != nil {
		t.Fatal(err)
	}
	if record.to, err = githubsim.RecordTo(dir, "sandbox"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	if runs {
		if err := s.addPlugin(ctx); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- s.run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("the plugin ended: %v", err)
			}
		})
	}
	return newSite(s, ctx.Done())
}

// waitFor waits for something to be so, looking after each change, a minute at most.
func (s *site) waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	changes, stop := s.hub.listen()
	defer stop()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if so() {
			return
		}
		select {
		case <-changes:
		case <-again.C:
		}
	}
	t.Fatalf("waited a minute for %s", what)
}

func (s *site) get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	return s.send(t, httptest.NewRequest(http.MethodGet, testBase+path, nil))
}

func (s *site) send(t *testing.T, req *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.handler(false).ServeHTTP(w, req)
	return w
}

func (s *site) post(t *testing.T, path string, form ...string) *httptest.ResponseRecorder {
	t.Helper()
	values := url.Values{}
	for k := 0; k < len(form); k += 2 {
		values.Set(form[k], form[k+1])
	}
	req := httptest.NewRequest(http.MethodPost, testBase+path, strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(t, req)
}

func (s *site) at(t *testing.T, key string) githubsim.IssueSnapshot {
	t.Helper()
	k, err := slash.ParseKey(key)
	if err != nil {
		t.Fatal(err)
	}
	i, ok := s.snapshot(k)
	if !ok {
		t.Fatalf("no issue %s", key)
	}
	return i
}

func TestACommentOfAPersonaLeadsToARecord(t *testing.T) {
	s := open(t, small(), true)
	w := s.post(t, "/k/e/issues/7", "do", "say", "as", "ann", "body", "Here we go.\r\n\r\n/commit w1-2 100% 1\r\n")
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(got, "/k/e/issues/7#issuecomment-") {
		t.Fatalf("got %d to %q, want 303 to the comment", w.Code, got)
	}
	s.waitFor(t, "the record", func() bool { return recordTitle(s.at(t, "k/e#7")) != "" })
	s.waitFor(t, "plan/proposed", func() bool { return slices.Contains(s.at(t, "k/e#7").Labels, "plan/proposed") })
	s.waitFor(t, "the reaction", func() bool { return len(s.at(t, "k/e#7").Comments[0].Reactions["+1"]) == 1 })

	page := s.get(t, "/k/e/issues/7").Body.String()
	for _, want := range []string{"planning facilitator of sig-node", "the record", "weeks 1–2", `id="issuecomment-`, "plan/proposed", `<option value="ann" `} {
		if !strings.Contains(page, want) {
			t.Errorf("the issue's page lacks %q", want)
		}
	}
	if strings.Contains(page, "steelthread:record") && !strings.Contains(page, "&lt;!-- steelthread:record") {
		t.Error("the hidden marker of the record is shown")
	}
	if home := s.get(t, "/").Body.String(); !strings.Contains(home, "v1.38: committed") {
		t.Error("the first page does not say that the issue is committed")
	}
	writes := "" // what was done is listed a moment after it shows
	s.waitFor(t, "the list of writes", func() bool {
		writes = s.get(t, "/sandbox/writes").Body.String()
		return strings.Contains(writes, "reacted to a comment")
	})
	for _, want := range []string{"wrote the record", "set the label", "reacted to a comment"} {
		if !strings.Contains(writes, want) {
			t.Errorf("what the bot did lacks %q", want)
		}
	}
}

func TestALostWebhookIsFoundWhenEverythingIsLookedAt(t *testing.T) {
	s := open(t, small(), true)
	s.waitFor(t, "the plugin", func() bool { return s.plugin.Ready() })
	s.post(t, "/k/e/issues/7", "do", "say", "as", "ann", "body", "/commit w1-2 100% 1")
	s.waitFor(t, "the record", func() bool { return recordTitle(s.at(t, "k/e#7")) != "" })
	s.waitFor(t, "calm", func() bool { return s.quiet(calm) })
	if w := s.post(t, "/sandbox/lose", "deliveries", "1", "to", "/k/e/issues/7"); w.Header().Get("Location") != "/k/e/issues/7" {
		t.Fatalf("got %d to %q, want back to the issue", w.Code, w.Header().Get("Location"))
	}
	s.post(t, "/k/e/issues/7", "do", "say", "as", "ann", "body", "/commit w3-4 80% 2")
	if _, lost, left := s.hook.counts(); lost != 1 || left != 0 {
		t.Fatalf("got %d lost and %d to lose, want 1 and 0", lost, left)
	}
	s.waitFor(t, "calm", func() bool { return s.quiet(calm) })
	if strings.Contains(s.get(t, "/k/e/issues/7").Body.String(), "<td>weeks 3–4</td>") {
		t.Error("the record has what the plugin was not told")
	}
	before := s.clock.now()
	s.post(t, "/sandbox/clock", "by", "24h")
	if got := s.clock.now().Sub(before); got < 24*time.Hour || got > 25*time.Hour {
		t.Errorf("the clock moved by %v, want a day", got)
	}
	s.waitFor(t, "both commitments", func() bool {
		return strings.Contains(s.get(t, "/k/e/issues/7").Body.String(), "<td>weeks 3–4</td>")
	})
}

func TestByHandGoesByPermission(t *testing.T) {
	s := open(t, small(), false)
	tests := []struct {
		name, as string
		form     []string
		want     func(githubsim.IssueSnapshot) bool
		refused  bool
	}{
		{"a stranger's label", "sam", []string{"do", "label", "label", "lead-opted-in"}, func(i githubsim.IssueSnapshot) bool { return !slices.Contains(i.Labels, "lead-opted-in") }, true},
		{"a lead's label", "lea", []string{"do", "label", "label", "lead-opted-in"}, func(i githubsim.IssueSnapshot) bool { return slices.Contains(i.Labels, "lead-opted-in") }, false},
		{"a label taken off", "lea", []string{"do", "unlabel", "label", "sig/node"}, func(i githubsim.IssueSnapshot) bool { return !slices.Contains(i.Labels, "sig/node") }, false},
		{"an author's milestone, which GitHub drops in silence", "sam", []string{"do", "milestone", "milestone", ""}, func(i githubsim.IssueSnapshot) bool { return i.Milestone == "v1.38" }, true},
		{"the milestone cleared", "lea", []string{"do", "milestone", "milestone", ""}, func(i githubsim.IssueSnapshot) bool { return i.Milestone == "" }, false},
		{"the milestone set", "lea", []string{"do", "milestone", "milestone", "v1.38"}, func(i githubsim.IssueSnapshot) bool { return i.Milestone == "v1.38" }, false},
		{"an author closes", "sam", []string{"do", "close", "reason", "not_planned"}, func(i githubsim.IssueSnapshot) bool { return i.State == "closed" && i.StateReason == "not_planned" }, false},
		{"a lead reopens", "lea", []string{"do", "reopen"}, func(i githubsim.IssueSnapshot) bool { return i.State == "open" }, false},
		{"somebody assigned", "lea", []string{"do", "assign", "who", "ann"}, func(i githubsim.IssueSnapshot) bool { return slices.Contains(i.Assignees, "ann") }, false},
		{"a member without triage", "ann", []string{"do", "close"}, func(i githubsim.IssueSnapshot) bool { return i.State == "open" }, true},
	}
	for _, test := range tests {
		w := s.post(t, "/k/e/issues/7", append([]string{"as", test.as}, test.form...)...)
		if got := strings.Contains(w.Header().Get("Location"), "told="); got != test.refused || w.Code != http.StatusSeeOther {
			t.Errorf("%s: got %d to %s, want refused %v", test.name, w.Code, w.Header().Get("Location"), test.refused)
		}
		if !test.want(s.at(t, "k/e#7")) {
			t.Errorf("%s: the issue is %+v", test.name, s.at(t, "k/e#7"))
		}
	}
}

func TestOnesOwnCommentIsEditedAndDeleted(t *testing.T) {
	s := open(t, small(), false)
	to := s.post(t, "/k/e/issues/7", "do", "say", "as", "sam", "body", "one").Header().Get("Location")
	_, id, _ := strings.Cut(to, "#issuecomment-")
	s.post(t, "/k/e/issues/7", "do", "edit", "as", "sam", "comment", id, "body", "two")
	if got := s.at(t, "k/e#7").Comments[0]; got.Body != "two" || got.Editor != "sam" {
		t.Errorf("got %+v, want the text two, edited by sam", got)
	}
	if got := s.get(t, "/k/e/issues/7/raw/"+id); got.Body.String() != "two" || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("as written: got %q as %s", got.Body, got.Header().Get("Content-Type"))
	}
	if w := s.post(t, "/k/e/issues/7", "do", "delete", "as", "ann", "comment", id); !strings.Contains(w.Header().Get("Location"), "told=") {
		t.Errorf("somebody else's deletion: got %q, want it refused", w.Header().Get("Location"))
	}
	s.post(t, "/k/e/issues/7", "do", "delete", "as", "sam", "comment", id)
	if got := s.at(t, "k/e#7").Comments; len(got) != 0 {
		t.Errorf("got %+v, want no comment", got)
	}
}
