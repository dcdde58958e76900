package plugin

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/render"
)

// The tests of this package that need a GitHub stand on a small one: two
// repositories, a KEP, roles, and an App; nothing goes over a network.

const (
	standBot    = "steelthread[bot]"
	standSecret = "not so secret"
	kepRepoName = "kubernetes/enhancements"
)

const standConfig = `repos:
  work:
    kubernetes/enhancements: {}
    kubernetes/kubernetes: {}
  bots: [k8s-ci-robot]
roles:
  sigs: [node, scheduling]
  facilitator: kubernetes/enhancements:OWNERS_ALIASES#sig-{sig}-facilitators
  lead: kubernetes/enhancements:OWNERS_ALIASES#sig-{sig}-leads
  releaseLead: kubernetes/release-team-leads
  productManagement: [pm]
cycles:
- name: v1.38
  start: 2027-01-11
  end: 2027-04-14
`

const standAliases = `aliases:
  sig-node-facilitators: [node-fac]
  sig-node-leads: [node-lead]
  sig-scheduling-facilitators: [sched-fac]
  sig-scheduling-leads: [sched-lead]
`

// kepFile is a kep.yaml of a SIG.
func kepFile(number int, sig string) string {
	return fmt.Sprintf("title: KEP number %d\nkep-number: %d\nowning-sig: sig-%s\nstatus: implementable\nstage: beta\nlatest-milestone: \"v1.38\"\n", number, number, sig)
}

// standPrivate makes one private key for all tests, standKeys its keys.
var standPrivate = sync.OnceValue(func() string {
	private, _, err := custody.GenerateKey(rand.Reader, "steelthread-test")
	if err != nil {
		panic(err)
	}
	return private
})

var standKeys = sync.OnceValue(func() *custody.Keys {
	keys, err := custody.NewKeys(standPrivate())
	if err != nil {
		panic(err)
	}
	return keys
})

// stand is the plugin beside a stand-in for GitHub.
type stand struct {
	t         testing.TB
	sim       *githubsim.GitHub
	bot       Account
	as        string // whose token is used
	config    *config.Config
	transport *Transport
	client    *Client
	plugin    *Plugin
	mail      githubsim.Mailbox
	log       bytes.Buffer
	queue     []Key // what wants a round, in order, each once
	rounds    int
	waits     []*Wait
	intercept func(*http.Request) *http.Response // answers instead of the stand-in
}

// standTime is when the tests play: in the first week of the cycle.
var standTime = time.Date(2027, 1, 12, 10, 0, 0, 0, time.UTC)

// newStand makes the world. Its clock stands at standTime and moves when told,
// but in a synctest bubble, where it is the bubble's.
func newStand(t testing.TB, now func() time.Time) *stand {
	t.Helper()
	s := &stand{t: t, sim: githubsim.New(githubsim.Options{Now: now, BaseURL: "https://github.com"})}
	if now == nil {
		s.sim.SetClock(standTime)
	}
	for _, login := range []string{"node-fac", "node-lead", "sched-fac", "sched-lead", "rel-lead", "pm", "dev", "maintainer", "stranger", "k8s-ci-robot"} {
		s.sim.AddUser(login)
	}
	s.sim.AddOrg("kubernetes", "node-fac", "node-lead", "sched-fac", "sched-lead", "rel-lead", "pm", "dev", "maintainer")
	s.sim.AddTeam("kubernetes", "release-team-leads", "rel-lead")
	for _, repo := range []string{"enhancements", "kubernetes", "unlisted"} {
		s.sim.AddRepo("kubernetes", repo, false)
		s.sim.SetPermission("kubernetes", repo, "maintainer", "write")
		s.sim.AddMilestone("kubernetes", repo, "v1.38", "open", nil)
		for _, l := range config.Labels() {
			s.sim.AddLabel("kubernetes", repo, l.Name, l.Color, l.Description)
		}
		s.sim.AddLabel("kubernetes", repo, config.DefaultOptInLabel, "", "")
		s.sim.AddLabel("kubernetes", repo, "kind/bug", "", "")
	}
	s.commit("OWNERS_ALIASES", standAliases)
	s.commit("keps/sig-node/4381-dra/kep.yaml", kepFile(4381, "node"))
	bot, _ := s.sim.AddApp("steelthread", "kubernetes")
	s.bot, s.as = Account{bot.ID, bot.Login}, bot.Login
	s.sim.SetWebhook(s.mail.Receive)
	s.configure(standConfig)
	s.start()
	return s
}

// commit puts a file into kubernetes/enhancements, ten days ago.
func (s *stand) commit(path, text string) {
	s.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "Change "+path, s.sim.Now().Add(-240*time.Hour), map[string]*string{path: &text})
}

func (s *stand) configure(text string) {
	s.t.Helper()
	c, err := config.Load([]byte(text))
	if err != nil {
		s.t.Fatal(err)
	}
	s.config = c
}

// start begins a process with an empty memory.
func (s *stand) start() {
	s.t.Helper()
	s.transport = &Transport{Base: roundTripper(s.roundTrip), Cache: NewETagCache(32 << 20)}
	client, err := NewClient(s.transport, "https://api.github.com", "https://api.github.com/graphql")
	if err != nil {
		s.t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(&s.log)
	s.client, s.queue = client, nil
	s.plugin = New(Options{
		Config: func() *config.Config { return s.config }, Client: client, Self: s.bot, Keys: standKeys(), Log: log,
		Site: render.Site{GitHub: "https://github.com"}, Secrets: func() []byte { return []byte(standSecret + "\n") }, Enqueue: s.enqueue,
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (s *stand) roundTrip(req *http.Request) (*http.Response, error) {
	if s.intercept != nil {
		if resp := s.intercept(req); resp != nil {
			return resp, nil
		}
	}
	return s.direct(req)
}

// direct asks the stand-in, whatever intercept would say.
func (s *stand) direct(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+githubsim.TokenFor(s.as))
	return s.sim.Transport().RoundTrip(req)
}

// answer makes an answer of GitHub's for intercept.
func answer(status int, header map[string]string, body string) *http.Response {
	h := http.Header{"Date": {standTime.Format(http.TimeFormat)}, "Content-Type": {"application/json"}}
	for k, v := range header {
		h.Set(k, v)
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: h, Body: io.NopCloser(strings.NewReader(body)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
}

func (s *stand) enqueue(key Key) {
	if !slices.Contains(s.queue, key) {
		s.queue = append(s.queue, key)
	}
}

// deliver hands over what webhooks came, signed.
func (s *stand) deliver() {
	s.t.Helper()
	for _, d := range s.mail.Take() {
		req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(d.Body))
		req.Header = d.Signed(standSecret)
		w := httptest.NewRecorder()
		s.plugin.Handler().ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			s.t.Fatalf("delivery of %s: %d %s", d.Event, w.Code, w.Body)
		}
	}
}

// settle delivers and makes rounds until nothing wants one. Waits are noted,
// not waited for.
func (s *stand) settle() {
	s.t.Helper()
	for s.deliver(); len(s.queue) > 0; s.deliver() {
		key := s.queue[0]
		s.queue = s.queue[1:]
		s.round(key)
		if s.rounds > 20_000 {
			s.t.Fatalf("no end of rounds; last %s\n%s", key, s.log.String())
		}
	}
}

func (s *stand) round(key Key) {
	s.t.Helper()
	s.rounds++
	err := s.plugin.Reconciler.Reconcile(context.Background(), key)
	var wait *Wait
	switch {
	case errors.As(err, &wait):
		s.waits = append(s.waits, wait)
	case err != nil:
		s.t.Fatalf("round of %s: %v", key, err)
	}
}

// said comments, lets a second pass and settles.
func (s *stand) said(login string, key Key, body string) int64 {
	s.t.Helper()
	id := s.sim.Comment(login, key.Org, key.Repo, key.Number, body)
	s.settle()
	return id
}

func (s *stand) issue(key Key) githubsim.IssueSnapshot {
	return s.sim.Issue(key.Org, key.Repo, key.Number)
}

// open opens an issue with a body.
func (s *stand) open(repo, title, body string) Key {
	return Key{Org: "kubernetes", Repo: repo, Number: s.sim.OpenIssue("dev", "kubernetes", repo, title, body)}
}

// openKEP opens the tracking issue of the KEP that the stand has.
func (s *stand) openKEP() Key {
	s.sim.NextNumber("kubernetes", "enhancements", 4381)
	key := s.open("enhancements", "DRA: structured parameters", "- [ ] API types\n- [ ] e2e tests\n")
	s.sim.Assign("dev", "kubernetes", "enhancements", key.Number, "dev")
	return key
}

// ours lists the comments of the bot on an issue.
func (s *stand) ours(key Key) (bodies []string) {
	for _, c := range s.issue(key).Comments {
		if c.Author == standBot {
			bodies = append(bodies, c.Body)
		}
	}
	return bodies
}

// cost counts calls since the last reset: reads that cost quota (not 304),
// and writes.
func (s *stand) cost() (reads, writes int, what map[string]int) {
	what = s.sim.Calls()
	for call, n := range what {
		method, rest, _ := strings.Cut(call, " ")
		switch {
		case strings.HasSuffix(rest, " 304"):
		case method == http.MethodGet || strings.HasPrefix(rest, "/graphql"):
			reads += n
		default:
			writes += n
		}
	}
	return reads, writes, what
}

// record finds the comment that holds the record of an issue, 0 if there is
// none or several.
func (s *stand) record(key Key) (id int64) {
	n := 0
	for _, c := range s.issue(key).Comments {
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == standBot && m.Kind == custody.KindRecord {
			id = c.ID
			n++
		}
	}
	if n != 1 {
		return 0
	}
	return id
}
