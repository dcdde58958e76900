package plugin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/roles"
)

// body gives a comment as it stands.
func (s *stand) body(key Key, id int64) string {
	for _, c := range s.issue(key).Comments {
		if c.ID == id {
			return c.Body
		}
	}
	return ""
}

// private adds a private repository that the configuration lists, with the
// configuration's own line for it.
func (s *stand) private(repo, line string) {
	s.sim.AddRepo("kubernetes", repo, true)
	s.sim.SetPermission("kubernetes", repo, "maintainer", "write")
	for _, l := range config.Labels() {
		s.sim.AddLabel("kubernetes", repo, l.Name, l.Color, l.Description)
	}
	s.configure(strings.Replace(standConfig, "    kubernetes/kubernetes: {}\n", "    kubernetes/kubernetes: {}\n    kubernetes/"+line+"\n", 1))
}

// TestRolesAfterAPush: just after a push GitHub may say that the new commit has
// no such file. Nobody's command is refused for want of a role by that, and once
// the file is there it counts; one that stays away was removed.
func TestRolesAfterAPush(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	missing := true
	s.intercept = func(r *http.Request) *http.Response {
		if missing && strings.Contains(r.URL.Path, "/contents/") {
			return answer(404, nil, `{"message":"Not Found"}`)
		}
		return nil
	}
	s.said("node-fac", key, "/commit w1-2")
	if ours := strings.Join(s.ours(key), "\n"); !strings.Contains(ours, "could not") {
		t.Errorf("refused for good:\n%s", ours)
	}
	rb := NewRolebook(s.client, s.client, time.Hour)
	now := func() string { return holders(s.bookOf(rb), roles.Facilitator, "node", s.sim.Now()) }
	if got := now(); got != "cannot tell" {
		t.Errorf("at once: %q", got)
	}
	s.sim.Advance(removedAfter - time.Second)
	if got := now(); got != "cannot tell" {
		t.Errorf("shortly after: %q", got)
	}
	missing = false
	if got := now(); got != "node-fac" {
		t.Errorf("once it is there: %q", got)
	}
	s.sim.Advance(time.Hour)
	s.said("node-fac", key, "/commit w3-4")
	if !slices.Contains(s.issue(key).Labels, "plan/proposed") {
		t.Error("the second commit was not taken")
	}

	missing, rb = true, NewRolebook(s.client, s.client, time.Hour)
	now()
	s.sim.Advance(removedAfter)
	if got := now(); got != "" {
		t.Errorf("in the end: %q", got)
	}
}

// TestHistoryNotThere: a roles repository that answers 404 says nothing of who
// holds a role, and is asked again.
func TestHistoryNotThere(t *testing.T) {
	s := newStand(t, nil)
	rb := NewRolebook(s.client, s.client, time.Hour)
	s.intercept = func(r *http.Request) *http.Response {
		if strings.HasSuffix(r.URL.Path, "/commits") {
			return answer(404, nil, `{"message":"Not Found"}`)
		}
		return nil
	}
	if got := holders(s.bookOf(rb), roles.Facilitator, "node", standTime); got != "cannot tell" {
		t.Errorf("%q", got)
	}
	s.intercept = nil
	if got := holders(s.bookOf(rb), roles.Facilitator, "node", standTime); got != "node-fac" {
		t.Errorf("%q", got)
	}
}

// TestSIGWithoutKEP: an item without a KEP belongs to the SIG that committed to
// it, in every cycle, and to others too.
func TestSIGWithoutKEP(t *testing.T) {
	s := newStand(t, nil)
	s.configure(standConfig + "- name: v1.39\n  planning: 2027-01-04\n  start: 2027-05-03\n  end: 2027-08-04\n")
	giver := s.open("kubernetes", "giver", "")
	s.said("sched-fac", giver, "/commit v1.38 sig-scheduling w3-4")
	s.said("dev", giver, "/question v1.39 who tests this?")
	e, _ := s.plugin.Reconciler.Index.Get(giver)
	if len(e.Items) == 0 || e.SIG != "scheduling" {
		t.Errorf("SIG %q in %d cycles", e.SIG, len(e.Items))
	}
	asker := s.openKEP()
	s.said("node-fac", asker, fmt.Sprintf("/commit v1.38 w3-4\n/depends-on v1.38 %s", giver))
	s.said("sched-fac", asker, "/block v1.38 we give to this and object")
	if !slices.Contains(s.issue(asker).Labels, "plan/blocked") {
		t.Errorf("the giving SIG may not block:\n%s", strings.Join(s.ours(asker), "\n"))
	}
}

// TestAskerAfterARestart: an issue that only asks bears no label, and is quiet
// for longer than a start looks back. The one that it asks still knows it.
func TestAskerAfterARestart(t *testing.T) {
	s := newStand(t, nil)
	giver := s.openKEP()
	s.said("node-fac", giver, "/commit w3-4")
	asker := s.open("kubernetes", "asker", "")
	s.said("dev", asker, fmt.Sprintf("/depends-on %s by w3-4", giver))
	promised := s.open("kubernetes", "promised", "")
	s.said("dev", promised, fmt.Sprintf("/depends-on %s by w3-4", giver))
	s.said("node-fac", giver, fmt.Sprintf("/provide %s by w3-4", promised))
	for _, c := range s.issue(giver).Comments { // of it, the promise alone is left
		if m, ok := custody.FindMarker(c.Body); ok && m.Key == askedKey("v1.38", promised) {
			s.sim.DeleteComment("maintainer", "kubernetes", "enhancements", c.ID)
		}
	}
	s.settle()
	before := s.body(giver, s.record(giver))
	for _, key := range []Key{asker, promised} {
		if !strings.Contains(before, fmt.Sprintf("#%d", key.Number)) {
			t.Fatalf("%s is not named:\n%s", key, before)
		}
	}
	s.sim.Advance(5 * 24 * time.Hour)
	s.start()
	s.plugin.Sweep.Lookback = time.Since(s.sim.Now().Add(-72 * time.Hour))
	must(t, s.plugin.Load(t.Context()))
	if _, known := s.plugin.Reconciler.Index.Get(asker); known {
		t.Fatal("the start finds the asker by itself")
	}
	s.settle()
	if after := s.body(giver, s.record(giver)); after != before {
		t.Errorf("the record changed to\n%s", after)
	}
}

// TestLookBackIsBounded: names of issues that are not there are looked for once
// in a while, and never more than a number of them in a round.
func TestLookBackIsBounded(t *testing.T) {
	s := newStand(t, nil)
	giver := s.openKEP()
	s.said("node-fac", giver, "/commit w3-4")
	for n := range maxLookBack + 10 {
		key := askedKey("v1.38", Key{Org: "kubernetes", Repo: "kubernetes", Number: 9000 + n})
		s.sim.Comment(s.bot.Login, "kubernetes", "enhancements", giver.Number, noticeBody(key, "asked"))
	}
	s.mail.Take()
	looked := func() int {
		s.sim.ResetCalls()
		s.round(giver)
		_, _, what := s.cost()
		return what["GET /repos/{owner}/{repo}/issues/{number} 404"]
	}
	s.waits = nil
	for round, want := range []int{maxLookBack, 10, 0} {
		if got := looked(); got != want {
			t.Errorf("round %d looked for %d issues, want %d", round+1, got, want)
		}
	}
	if len(s.waits) != 1 {
		t.Errorf("%d waits, want one", len(s.waits))
	}
}

// TestPrivateKEP: a KEP of a private repository is answered on a public issue
// like one that does not exist, and by its name on a private one.
func TestPrivateKEP(t *testing.T) {
	s := newStand(t, nil)
	s.private("secret-work", "secret-work: {keps: kubernetes/secret-keps}")
	s.sim.AddRepo("kubernetes", "secret-keps", true)
	text := strings.ReplaceAll(kepFile(77, "node"), "KEP number 77", "The acquisition")
	s.sim.Commit("kubernetes", "secret-keps", "main", "maintainer", "c", s.sim.Now().Add(-time.Hour), map[string]*string{"keps/sig-node/77-x/kep.yaml": &text})
	said := func(repo string, number int) string {
		key := Key{Org: "kubernetes", Repo: repo, Number: s.sim.OpenIssue("maintainer", "kubernetes", repo, "hello", "")}
		s.said("maintainer", key, fmt.Sprintf("/kep kubernetes/secret-keps#%d", number))
		s.said("maintainer", key, fmt.Sprintf("/depends-on kubernetes/%s#1", repo)) // looked at from elsewhere too
		if e, _ := s.plugin.Reconciler.Index.Get(key); repo == "kubernetes" && e.SIG != "" {
			t.Errorf("the index has the SIG %q of it", e.SIG)
		}
		visible, _, _ := strings.Cut(s.body(key, s.record(key)), "<details>")
		return strings.NewReplacer(fmt.Sprint(number), "N", fmt.Sprint("#", key.Number), "#K").Replace(visible)
	}
	if got := said("secret-work", 77); !strings.Contains(got, "The acquisition") {
		t.Errorf("not even the private issue knows it:\n%s", got)
	}
	for _, number := range []int{77, 78} { // 78 is near: its title would be proposed
		if got := said("kubernetes", number); strings.Contains(got, "acquisition") || !strings.Contains(got, "not in the catalogue") {
			t.Errorf("%d:\n%s", number, got)
		}
	}
}

// TestPrivateSIG: whose word would count is not told of issues that may not be
// spoken of.
func TestPrivateSIG(t *testing.T) {
	s := newStand(t, nil)
	s.private("secret-work", "secret-work: {}")
	hidden := Key{Org: "kubernetes", Repo: "secret-work", Number: s.sim.OpenIssue("maintainer", "kubernetes", "secret-work", "hidden", "/kep 4381")}
	s.said("node-fac", hidden, "/commit w1-2")
	if e, _ := s.plugin.Reconciler.Index.Get(hidden); e.SIG != "node" {
		t.Fatalf("SIG %q", e.SIG)
	}
	key := s.open("kubernetes", "hello", "")
	s.said("dev", key, "/depends-on "+hidden.String())
	s.said("dev", key, "/block probing")
	if ours := strings.Join(s.ours(key), "\n"); strings.Contains(strings.ToLower(ours), "node") || !strings.Contains(ours, "/block") {
		t.Errorf("%s", ours)
	}
}

// TestRepositoryLeavesWhileRead: a configuration that changes in the middle of
// a start is no crash.
func TestRepositoryLeavesWhileRead(t *testing.T) {
	s := newStand(t, nil)
	key := s.open("kubernetes", "item", "")
	s.said("node-fac", key, "/commit sig-node w1-2")
	s.start()
	before := s.config
	s.configure(strings.Replace(standConfig, "    kubernetes/kubernetes: {}\n", "", 1))
	if _, ok, err := s.plugin.Reconciler.look(t.Context(), before, key); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestListsDoNotReachTheIndex: what a list says is older than what was read
// since; it is a reason to read again, no more.
func TestListsDoNotReachTheIndex(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w3-4")
	_, listed, _, err := s.plugin.Sweep.tracked(t.Context())
	must(t, err)
	title := "Another title"
	s.sim.EditIssue("dev", "kubernetes", "enhancements", key.Number, &title, nil)
	s.settle()
	for _, i := range listed {
		s.plugin.Sweep.Hand(i)
	}
	s.round(key)
	if e, _ := s.plugin.Reconciler.Index.Get(key); e.Issue.Title != title {
		t.Errorf("the index has the title %q of the list", e.Issue.Title)
	}
	if len(s.queue) != 1 {
		t.Errorf("%v is read again", s.queue)
	}
	s.settle()
	if e, _ := s.plugin.Reconciler.Index.Get(key); e.Issue.Title != title {
		t.Errorf("in the end: %q", e.Issue.Title)
	}
}
