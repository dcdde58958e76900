package plugin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/prow/pkg/pluginhelp"

	"github.com/steelthread/steelthread/plugin/slash"
)

// TestHelp: hook asks by POST and gets pluginhelp's JSON; Deck writes it as
// HTML, so there are no angle brackets.
func TestHelp(t *testing.T) {
	s := newStand(t, nil)
	req := httptest.NewRequest(http.MethodPost, "/help", strings.NewReader(`[{"Org":"kubernetes","Repo":"enhancements"}]`))
	w := httptest.NewRecorder()
	s.plugin.Handler().ServeHTTP(w, req)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if strings.ContainsAny(w.Body.String(), "<>") || strings.Contains(w.Body.String(), `\u003c`) {
		t.Errorf("angle brackets: %s", w.Body)
	}
	decoder := json.NewDecoder(w.Body)
	decoder.DisallowUnknownFields()
	var help pluginhelp.PluginHelp
	must(t, decoder.Decode(&help))
	if d := cmp.Diff(Events, help.Events); d != "" || help.Description == "" {
		t.Errorf("%s%q", d, help.Description)
	}
	forms := 0
	for _, c := range Commands() {
		forms += len(c.Forms)
	}
	if len(help.Commands) != forms {
		t.Errorf("%d commands of %d forms", len(help.Commands), forms)
	}
	for _, c := range help.Commands {
		if !strings.HasPrefix(c.Usage, "/") || c.WhoCanUse == "" || c.Description == "" || len(c.Examples) == 0 {
			t.Errorf("%+v", c)
		}
	}
	if len(help.Config) != 2 {
		t.Errorf("%v", help.Config)
	}
}

func TestHelpIsAskedByPost(t *testing.T) {
	s := newStand(t, nil)
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		w := httptest.NewRecorder()
		s.plugin.Handler().ServeHTTP(w, httptest.NewRequest(method, "/help", nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != http.MethodPost {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

// TestExplainAndAudit say what a round would do, and what is whole; neither
// writes.
func TestExplainAndAudit(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	first := s.said("node-fac", key, "/commit w1-2\n/question Who?")
	s.said("stranger", key, "/commit w1-2")
	s.mail.Take()
	s.sim.Comment("node-fac", key.Org, key.Repo, key.Number, "/readout ready")
	s.sim.Unlabel("maintainer", key.Org, key.Repo, key.Number, "plan/proposed")
	s.sim.ResetCalls()

	var out bytes.Buffer
	must(t, s.plugin.Reconciler.Explain(t.Context(), key, &out))
	for _, want := range []string{
		"taken as /commit v1.38 w1-2 100% (facilitator node, OWNERS_ALIASES at ", "taken as /readout ready v1.38", "refused: role", "v1.38: ready, owned by node", "KEP kubernetes/enhancements#4381",
		"should have [plan/proposed]", "plan/proposed was touched by maintainer", "write the record of v1.38", "set the label plan/proposed", "react to comment",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("explain does not say %q:\n%s", want, out.String())
		}
	}
	if w := s.sim.WritesBy(standBot); len(w) > 0 {
		t.Errorf("explain wrote: %v", w)
	}
	if err := s.plugin.Reconciler.Explain(t.Context(), Key{Org: "kubernetes", Repo: "unlisted", Number: 1}, &out); err == nil || !strings.Contains(err.Error(), "not in the configuration") {
		t.Errorf("%v", err)
	}
	s.plugin.Reconciler.Enqueue(key)
	s.settle()
	out.Reset()
	must(t, s.plugin.Reconciler.Explain(t.Context(), key, &out))
	if !strings.Contains(out.String(), "would write nothing") {
		t.Errorf("%s", out.String())
	}

	audit := func() (string, error) {
		out.Reset()
		err := Audit(t.Context(), s.client, s.bot, standKeys(), key, &out)
		return out.String(), err
	}
	if text, err := audit(); err != nil || !strings.Contains(text, "whole, version ") || strings.Contains(text, "since") {
		t.Errorf("%v:\n%s", err, text)
	}
	must(t, s.sim.EditComment("node-fac", key.Org, key.Repo, first, "/commit w1-2 50%"))
	if text, err := audit(); err != nil || !strings.Contains(text, ", comment edited since") {
		t.Errorf("%v:\n%s", err, text)
	}
	record := s.record(key)
	for _, c := range s.issue(key).Comments {
		if c.ID == record {
			must(t, s.sim.EditComment("maintainer", key.Org, key.Repo, record, strings.Replace(c.Body, "w1-2 100%", "w1-2 99%", -1)))
		}
	}
	if text, err := audit(); err == nil {
		t.Errorf("a changed record is whole:\n%s", text)
	}
	other := s.open("kubernetes", "other", "")
	out.Reset()
	if err := Audit(t.Context(), s.client, s.bot, standKeys(), other, &out); err != nil || !strings.Contains(out.String(), "no record") {
		t.Errorf("%v %s", err, out.String())
	}
}

// TestPrivateAndUnlistedTargets are answered as if they did not exist: nothing
// is read of an unlisted one, nothing posted on either, both told alike.
func TestPrivateAndUnlistedTargets(t *testing.T) {
	s := newStand(t, nil)
	s.sim.AddRepo("kubernetes", "embargo", true)
	s.sim.SetPermission("kubernetes", "embargo", "dev", "write")
	s.configure(strings.Replace(standConfig, "    kubernetes/kubernetes: {}\n", "    kubernetes/kubernetes: {}\n    kubernetes/embargo: {}\n", 1))
	private, unlisted := s.open("embargo", "Secret plans", ""), s.open("unlisted", "Unlisted", "")
	key := s.openKEP()
	s.settle()
	s.sim.ResetCalls()
	var told []string
	for _, target := range []string{private.String(), unlisted.String(), "kubernetes/embargo#77", "kubernetes/none#1", "elsewhere/secret#1"} {
		s.sim.Advance(time.Minute)
		s.said("node-fac", key, "/depends-on "+target)
		e, _ := s.plugin.Reconciler.Index.Get(key)
		if n := len(e.Items["v1.38"].Asks); n != 1 {
			t.Errorf("%s: %d asks", target, n)
		}
		visible, _, _ := strings.Cut(s.ours(key)[0], "<details>")
		if strings.Contains(strings.Join(s.ours(key), ""), "Secret plans") {
			t.Errorf("%s: the title of a private issue is shown", target)
		}
		ref, _ := slash.ParseKey(target)
		visible = strings.NewReplacer(target, "X", strings.Replace(target, "#", "/issues/", 1), "X", ref.Repo+"#", "X#").Replace(visible)
		told = append(told, visible)
		s.said("node-fac", key, "/depends-on cancel "+target)
	}
	for _, w := range s.sim.WritesBy(standBot) {
		if !strings.Contains(w, "/repos/kubernetes/enhancements/") {
			t.Errorf("written: %s", w)
		}
	}
	if n := len(s.issue(private).Comments) + len(s.issue(unlisted).Comments); n > 0 {
		t.Errorf("%d comments elsewhere", n)
	}
	if strings.Count(told[0], "\n") != strings.Count(told[1], "\n") || strings.Count(told[0], "\n") != strings.Count(told[2], "\n") {
		t.Errorf("private and unlisted are told apart:\n%s\n%s\n%s", told[0], told[1], told[2])
	}
}

// TestReconfigured: a new configuration counts from the next round on, and has
// every known issue looked at.
func TestReconfigured(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	s.configure(strings.Replace(standConfig, "  start: 2027-01-11\n", "  start: 2027-01-11\n  caps: [90, 80, 60, 40]\n", 1))
	s.plugin.Reconfigured(t.Context())
	s.settle()
	if !strings.Contains(s.ours(key)[0], "90 %") {
		t.Errorf("the finding is not shown:\n%s", s.ours(key)[0])
	}
	s.configure(strings.Replace(standConfig, "    kubernetes/enhancements: {}\n", "", 1))
	s.plugin.Reconfigured(t.Context())
	s.sim.ResetCalls()
	s.settle()
	if _, _, calls := s.cost(); len(calls) > 0 {
		t.Errorf("a repository that left the configuration is asked: %v", calls)
	}
	if got := s.plugin.Reconciler.Index.Len(); got != 0 {
		t.Errorf("%d issues of it are still known", got)
	}
}

// TestMemoryIsBounded: what is only needed for a while goes.
func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	for n := range 20_000 {
		at := standTime.Add(time.Duration(n) * time.Second)
		m.wrote(number(1), int64(n), at)
		m.sawDeleted(int64(n))
		m.settled(number(n), at)
		m.unsettled(number(n))
	}
	if len(m.written) > 700 || len(m.gone) > 10_001 || len(m.pending) > 0 {
		t.Errorf("%d written, %d gone, %d pending", len(m.written), len(m.gone), len(m.pending))
	}
	m.saw(number(1), "v1.38", "edited delivery", "old")
	m.remember(number(1), "v1.38", remembered{})
	if n := len(m.earlierTexts(number(1), "v1.38")); n != 0 {
		t.Errorf("%d texts older than what was seen whole", n)
	}
}
