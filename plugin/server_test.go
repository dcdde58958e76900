package plugin

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the old signature is what is tested
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// post sends a delivery as it is.
func (s *stand) post(event string, body []byte, header map[string]string) *httptest.ResponseRecorder {
	s.t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	req.Header.Set("X-GitHub-Event", event)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.plugin.Handler().ServeHTTP(w, req)
	return w
}

func sum256(secret string, body []byte) string {
	return "sha256=" + hex.EncodeToString(sign(sha256.New, secret, body))
}

func TestServerSignatures(t *testing.T) {
	body := []byte(`{"action":"created","repository":{"full_name":"kubernetes/enhancements"},"issue":{"number":7},"comment":{"id":1,"body":"/commit"}}`)
	sum1 := "sha1=" + hex.EncodeToString(sign(sha1.New, "a", body))
	const byRepo = "\"*\":\n- value: a\n  created_at: 2020-10-02T15:00:00Z\nkubernetes:\n- value: b\n- value: c\nkubernetes/enhancements:\n- value: d\n"
	for _, tc := range []struct {
		name   string
		file   string
		sha1   bool
		header map[string]string
		want   int
	}{
		{"256", "a", false, map[string]string{"X-Hub-Signature-256": sum256("a", body)}, 200},
		{"the file ends in a new line", "a\n", false, map[string]string{"X-Hub-Signature-256": sum256("a", body)}, 200},
		{"another secret", "a", false, map[string]string{"X-Hub-Signature-256": sum256("b", body)}, 403},
		{"another body", "a", false, map[string]string{"X-Hub-Signature-256": sum256("a", append([]byte(" "), body...))}, 403},
		{"none", "a", true, nil, 403},
		{"not hex", "a", false, map[string]string{"X-Hub-Signature-256": "sha256=hello"}, 403},
		{"half", "a", false, map[string]string{"X-Hub-Signature-256": sum256("a", body)[:39]}, 403},
		{"without its name", "a", false, map[string]string{"X-Hub-Signature-256": sum256("a", body)[7:]}, 403},
		{"sha1 is not taken", "a", false, map[string]string{"X-Hub-Signature": sum1}, 403},
		{"sha1 behind the flag", "a", true, map[string]string{"X-Hub-Signature": sum1}, 200},
		{"a good sha1 does not mend a bad 256", "a", true, map[string]string{"X-Hub-Signature": sum1, "X-Hub-Signature-256": sum256("b", body)}, 403},
		{"map: of all", byRepo, false, map[string]string{"X-Hub-Signature-256": sum256("a", body)}, 200},
		{"map: second of the org", byRepo, false, map[string]string{"X-Hub-Signature-256": sum256("c", body)}, 200},
		{"map: of the repository", byRepo, false, map[string]string{"X-Hub-Signature-256": sum256("d", body)}, 200},
		{"map: of none", byRepo, false, map[string]string{"X-Hub-Signature-256": sum256("e", body)}, 403},
		{"map: the file itself is no secret", byRepo, false, map[string]string{"X-Hub-Signature-256": sum256(strings.TrimSpace(byRepo), body)}, 403},
		{"map with an empty value", "\"*\":\n- value: \"\"\n", false, map[string]string{"X-Hub-Signature-256": sum256("", body)}, 403},
		{"an empty file", "\n", false, map[string]string{"X-Hub-Signature-256": sum256("", body)}, 403},
		{"no file", "", false, map[string]string{"X-Hub-Signature-256": sum256("", body)}, 403},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newStand(t, nil)
			s.plugin.Server.Secrets = func() []byte { return []byte(tc.file) }
			s.plugin.Server.AllowSHA1 = tc.sha1
			w := s.post("issue_comment", body, tc.header)
			if w.Code != tc.want || (len(s.queue) == 1) != (tc.want == 200) {
				t.Errorf("%d %s, enqueued %v; want %d", w.Code, w.Body, s.queue, tc.want)
			}
			if strings.Contains(strings.ToLower(w.Body.String()), "invalid") {
				t.Errorf("%s", w.Body)
			}
		})
	}
}

// TestServerRotation: a secret file that changed is read anew.
func TestServerRotation(t *testing.T) {
	s := newStand(t, nil)
	file, body := "old", []byte(`{}`)
	s.plugin.Server.Secrets = func() []byte { return []byte(file) }
	for _, secret := range []string{"old", "new", "old"} {
		file = secret
		for _, tried := range []string{"old", "new"} {
			want := http.StatusForbidden
			if tried == secret {
				want = http.StatusOK
			}
			if w := s.post("ping", body, map[string]string{"X-Hub-Signature-256": sum256(tried, body)}); w.Code != want {
				t.Errorf("%s while the file says %s: %d", tried, secret, w.Code)
			}
		}
	}
}

// TestServerTakesWhatItDoesNotKnow: 200, and nothing is enqueued. Hook drops
// what is not 2xx, GitHub redelivers nothing.
func TestServerTakesWhatItDoesNotKnow(t *testing.T) {
	s := newStand(t, nil)
	for _, tc := range []struct{ event, body string }{
		{"ping", `{"zen":"x"}`},
		{"star", `{"action":"created"}`},
		{"", `{}`},
		{"issues", `not JSON`},
		{"issues", ``},
		{"issue_comment", `{"action":"created","comment":`},
		{"issue_comment", `{"issue":{"number":"seven"}}`},
		{"issue_comment", `[]`},
		{"issue_comment", `{}`},
		{"issues", `{"action":"opened","repository":{"full_name":"kubernetes"},"issue":{"number":7,"body":"/commit"}}`},
		{"issues", `{"action":"opened","repository":{"full_name":"kubernetes/enhancements"},"issue":{"number":-7,"body":"/commit"}}`},
		{"issues", `{"action":"to be invented","repository":{"full_name":"kubernetes/enhancements"},"issue":{"number":7},"new":{"field":[]}}`},
	} {
		w := s.post(tc.event, []byte(tc.body), map[string]string{"X-Hub-Signature-256": sum256(standSecret, []byte(tc.body))})
		if w.Code != http.StatusOK || len(s.queue) > 0 {
			t.Errorf("%s %s: %d, enqueued %v", tc.event, tc.body, w.Code, s.queue)
		}
	}
	if _, _, calls := s.cost(); len(calls) > 0 {
		t.Errorf("GitHub was asked: %v", calls)
	}
}

func TestServerMethodsAndSize(t *testing.T) {
	s := newStand(t, nil)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete} {
		w := httptest.NewRecorder()
		s.plugin.Handler().ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	big := bytes.Repeat([]byte(" "), maxDelivery+1)
	if w := s.post("issues", big, map[string]string{"X-Hub-Signature-256": sum256(standSecret, big)}); w.Code/100 == 2 {
		t.Errorf("a delivery above GitHub's cap: %d", w.Code)
	}
}

// deliveries gives the signed webhooks that an act caused.
func (s *stand) deliveries(act func()) []githubsim.Delivery {
	s.mail.Take()
	act()
	return s.mail.Take()
}

// TestKeys: what each webhook makes be looked at, with payloads as GitHub
// sends them.
func TestKeys(t *testing.T) {
	s := newStand(t, nil)
	known := s.openKEP()
	s.said("node-fac", known, "/commit w1-2")
	plain := s.open("kubernetes", "A plain issue", "nothing")
	pull := Key{Org: "kubernetes", Repo: "kubernetes", Number: s.sim.OpenPull("dev", "kubernetes", "kubernetes", "A change", "text", "main", "topic")}
	var spoken, chat int64
	for _, label := range []string{"kind/feature", "size/XL"} {
		s.sim.AddLabel("kubernetes", "kubernetes", label, "ededed", "")
	}
	edit := func(text string) *string { return &text }
	for _, tc := range []struct {
		name string
		act  func()
		want string
	}{
		{"a command", func() { spoken = s.sim.Comment("node-fac", "kubernetes", "kubernetes", plain.Number, "/commit") }, plain.String()},
		{"talk", func() { chat = s.sim.Comment("dev", "kubernetes", "enhancements", known.Number, "I like it") }, ""},
		{"other plugins' commands", func() { s.sim.Comment("dev", "kubernetes", "enhancements", known.Number, "/lgtm\n/hold") }, ""},
		{"a near miss", func() { s.sim.Comment("dev", "kubernetes", "kubernetes", plain.Number, "/comit w1-2") }, plain.String()},
		{"a command in a fence", func() { s.sim.Comment("dev", "kubernetes", "kubernetes", plain.Number, "```\n/commit\n```") }, ""},
		{"talk edited", func() { must(t, s.sim.EditComment("dev", "kubernetes", "enhancements", chat, "I love it")) }, ""},
		{"talk becomes a command", func() { must(t, s.sim.EditComment("dev", "kubernetes", "enhancements", chat, "/commit")) }, known.String()},
		{"a command becomes talk", func() { must(t, s.sim.EditComment("node-fac", "kubernetes", "kubernetes", spoken, "sorry")) }, plain.String()},
		{"talk deleted", func() { must(t, s.sim.DeleteComment("node-fac", "kubernetes", "kubernetes", spoken)) }, ""},
		{"a command deleted", func() { must(t, s.sim.DeleteComment("dev", "kubernetes", "enhancements", chat)) }, known.String()},
		{"a known issue edited", func() { s.sim.EditIssue("dev", "kubernetes", "enhancements", known.Number, edit("New title"), nil) }, known.String()},
		{"a plain issue edited", func() { s.sim.EditIssue("dev", "kubernetes", "kubernetes", plain.Number, edit("New title"), nil) }, ""},
		{"a command in a description", func() { s.sim.EditIssue("dev", "kubernetes", "kubernetes", plain.Number, nil, edit("/commit")) }, plain.String()},
		{"no more", func() { s.sim.EditIssue("dev", "kubernetes", "kubernetes", plain.Number, nil, edit("text")) }, ""},
		{"a label of others", func() { s.sim.Label("dev", "kubernetes", "kubernetes", plain.Number, "kind/bug") }, ""},
		{"a label of ours", func() { s.sim.Label("maintainer", "kubernetes", "kubernetes", plain.Number, "plan/blocked") }, plain.String()},
		{"the same taken off", func() { s.sim.Unlabel("maintainer", "kubernetes", "kubernetes", plain.Number, "plan/blocked") }, plain.String()},
		{"a milestone alone", func() { s.sim.SetMilestone("maintainer", "kubernetes", "kubernetes", plain.Number, "v1.38") }, ""},
		{"opted in", func() { s.sim.Label("maintainer", "kubernetes", "kubernetes", plain.Number, "lead-opted-in") }, plain.String()},
		{"a known issue closed", func() { s.sim.Close("dev", "kubernetes", "enhancements", known.Number, "completed") }, known.String()},
		{"reopened", func() { s.sim.Reopen("dev", "kubernetes", "enhancements", known.Number) }, known.String()},
		{"assigned", func() { s.sim.Assign("dev", "kubernetes", "enhancements", known.Number, "node-lead") }, known.String()},
		{"a command on a pull request", func() { s.sim.Comment("dev", "kubernetes", "kubernetes", pull.Number, "/commit") }, pull.String()},
		{"a pull request of no kind that is asked, edited", func() { s.sim.EditIssue("dev", "kubernetes", "kubernetes", pull.Number, edit("New"), nil) }, ""},
		{"a pull request labelled by hand", func() { s.sim.Label("maintainer", "kubernetes", "kubernetes", pull.Number, "plan/proposed") }, pull.String()},
		{"a pull request gets a kind", func() { s.sim.Label("maintainer", "kubernetes", "kubernetes", pull.Number, "kind/feature") }, pull.String()},
		{"and another label", func() { s.sim.Label("maintainer", "kubernetes", "kubernetes", pull.Number, "size/XL") }, ""},
		{"edited", func() { s.sim.EditIssue("dev", "kubernetes", "kubernetes", pull.Number, edit("Newer"), nil) }, pull.String()},
		{"work pushed to it", func() {
			s.sim.Commit("kubernetes", "kubernetes", "topic", "dev", "more", standTime, map[string]*string{"a": edit("c")})
		}, ""},
		{"a review that says nothing to us", func() { s.sim.Review("dev", "kubernetes", "kubernetes", pull.Number, "Nice!\n/lgtm", "COMMENTED") }, ""},
		{"a command in a review", func() { s.sim.Review("dev", "kubernetes", "kubernetes", pull.Number, "/kep 4381", "COMMENTED") }, pull.String()},
		{"a pull request merged", func() { s.sim.MergePull("maintainer", "kubernetes", "kubernetes", pull.Number) }, pull.String()},
		{"a push to roles and KEPs", func() { s.commit("OWNERS_ALIASES", standAliases+"  more: [dev]\n") }, known.String()},
		{"a push elsewhere", func() {
			s.sim.Commit("kubernetes", "unlisted", "main", "dev", "x", standTime, map[string]*string{"a": edit("b")})
		}, ""},
		{"a label renamed", func() { s.sim.RenameLabel("maintainer", "kubernetes", "enhancements", "kind/bug", "kind/worse") }, known.String()},
		{"a milestone closed", func() { s.sim.CloseMilestone("maintainer", "kubernetes", "enhancements", "v1.38") }, known.String()},
		{"deleted", func() { s.sim.DeleteIssue("maintainer", "kubernetes", "enhancements", known.Number) }, known.String()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.queue = nil
			list := s.deliveries(tc.act)
			if len(list) == 0 {
				t.Fatal("no webhook")
			}
			for _, d := range list {
				if w := s.post(d.Event, d.Body, map[string]string{"X-Hub-Signature-256": sum256(standSecret, d.Body)}); w.Code != http.StatusOK {
					t.Errorf("%s: %d", d.Event, w.Code)
				}
			}
			var got []string
			for _, key := range s.queue {
				got = append(got, key.String())
			}
			if d := cmp.Diff(tc.want, strings.Join(got, " ")); d != "" {
				t.Errorf("after %s (-want +got):\n%s", eventsOf(list), d)
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventsOf(list []githubsim.Delivery) (names []string) {
	for _, d := range list {
		names = append(names, d.Event)
	}
	return names
}

// TestEventsAreSubscribed: hook sends only what is listed in Events; every
// event that leads to a key is there.
func TestEventsAreSubscribed(t *testing.T) {
	want := []string{"issues", "issue_comment", "pull_request", "pull_request_review", "push", "label", "milestone"}
	if d := cmp.Diff(want, Events); d != "" {
		t.Error(d)
	}
	s := newStand(t, nil)
	if h, err := readHint("star", []byte(`not JSON`), s.plugin.Server.repo, s.plugin.Server.concerns); err != nil || h != (hint{}) {
		t.Errorf("an event that was not asked for: %+v, %v", h, err)
	}
}

// TestServerRemembersRecords: the text of a record before a hand changed it is
// kept for the restore; our own edits and other comments are not.
func TestServerRemembersRecords(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	talk := s.said("node-fac", key, "/commit w1-2")
	record := s.record(key)
	texts := func() int { return len(s.plugin.Reconciler.memory.earlierTexts(key, "v1.38")) }
	s.said("node-fac", key, "/commit w3-4") // we edit the record ourselves
	if texts() != 0 {
		t.Errorf("our own edit is kept: %d texts", texts())
	}
	before := s.ours(key)[0]
	must(t, s.sim.EditComment("maintainer", "kubernetes", "enhancements", talk, "/commit w1-2 50%"))
	must(t, s.sim.EditComment("maintainer", "kubernetes", "enhancements", record, "gone"))
	s.deliver()
	if texts() != 1 || s.plugin.Reconciler.memory.earlierTexts(key, "v1.38")[0].body != before {
		t.Fatalf("the text before the edit is not kept: %d texts", texts())
	}
	s.settle()
	if record = s.record(key); record == 0 {
		t.Fatal("the record did not come back")
	}
	must(t, s.sim.DeleteComment("maintainer", "kubernetes", "enhancements", record))
	s.deliver()
	list := s.plugin.Reconciler.memory.earlierTexts(key, "v1.38")
	if len(list) != 1 || list[0].from != "deleted delivery" {
		t.Fatalf("the text before the deletion is not kept: %+v", list)
	}
	s.settle()
	if s.record(key) == 0 {
		t.Error("the record did not come back after its deletion")
	}
	for range 20 {
		s.plugin.Reconciler.memory.saw(key, "v1.38", "edited delivery", "x")
	}
	if texts() > 5 {
		t.Errorf("%d texts are kept of one record", texts())
	}
}

// TestHelpWhileConfigured lists the configured repositories only.
func TestHelpWhileConfigured(t *testing.T) {
	s := newStand(t, nil)
	help := Help(s.config)
	var repos []string
	for repo := range help.Config {
		repos = append(repos, repo)
	}
	slices.Sort(repos)
	if d := cmp.Diff("[kubernetes/enhancements kubernetes/kubernetes]", fmt.Sprint(repos)); d != "" {
		t.Error(d)
	}
}
