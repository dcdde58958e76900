package plugin_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/render"
)

// simIssues are the issues that are spoken on: the plan, an item of SIG Node with a KEP,
// one of SIG Scheduling, one of SIG Node without a KEP, and a pull request.
var simIssues = []plugin.Key{
	{Org: "kubernetes", Repo: "enhancements", Number: 4000},
	{Org: "kubernetes", Repo: "enhancements", Number: 4381},
	{Org: "kubernetes", Repo: "kubernetes", Number: 1},
	{Org: "kubernetes", Repo: "kubernetes", Number: 2},
	{Org: "kubernetes", Repo: "kubernetes", Number: 3},
}

// simBodies are their descriptions.
var simBodies = []string{"", "- [ ] API types\n- [ ] e2e tests\n", "", "", ""}

const simConfig = `repos:
  work:
    kubernetes/enhancements: {}
    kubernetes/kubernetes: {threads: {block: [kind/feature]}}
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
  plan: kubernetes/enhancements#4000
  freezes:
    code: {at: 2027-03-11}
`

var simFiles = map[string]string{
	"OWNERS_ALIASES": `aliases:
  sig-node-facilitators: [node-fac]
  sig-node-leads: [node-lead]
  sig-scheduling-facilitators: [sched-fac]
  sig-scheduling-leads: [sched-lead]
`,
	"keps/sig-node/4381-dra/kep.yaml": "title: DRA\nkep-number: 4381\nowning-sig: sig-node\nstatus: implementable\nstage: beta\nlatest-milestone: \"v1.38\"\n",
}

// simStart is when the words begin, in the first week of the cycle.
var simStart = time.Date(2027, 1, 12, 10, 0, 0, 0, time.UTC)

// run is a schedule being played.
type run struct {
	schedule schedule
	faulty   bool
	unread   map[int]bool // words that are changed before anybody reads them
	keys     *custody.Keys
	config   *config.Config
	sim      *githubsim.GitHub
	bot      plugin.Account
	start    time.Time
	log      bytes.Buffer
	logs     []custody.Log // of the issues, at the end
	out      *outcome

	mu        sync.Mutex
	processes []*process
	comments  map[int]int64       // by word
	names     map[int64]string    // of comments
	hooks     uint64              // deliveries so far
	logins    map[string]string   // new by old
	moved     map[string]int      // by issue and label, how often the bot moved it
	crashed   map[int]bool        // which crashes have struck
	byHand    map[plugin.Key]bool // somebody took plan/blocked off
	ended     sync.WaitGroup
}

// newRun makes the world.
func newRun(s schedule, keys *custody.Keys, out *outcome) *run {
	r := &run{schedule: s, keys: keys, out: out, comments: map[int]int64{}, names: map[int64]string{}, unread: map[int]bool{},
		moved: map[string]int{}, crashed: map[int]bool{}, logins: map[string]string{}, byHand: map[plugin.Key]bool{}}
	time.Sleep(time.Until(simStart))
	r.start = simStart
	r.sim = githubsim.New(githubsim.Options{Now: time.Now, BaseURL: "https://github.com"})
	for _, login := range []string{"node-fac", "node-lead", "sched-fac", "sched-lead", "rel-lead", "pm", "dev", "maintainer", "stranger"} {
		r.sim.AddUser(login)
	}
	r.sim.AddOrg("kubernetes", "node-fac", "node-lead", "sched-fac", "sched-lead", "rel-lead", "pm", "dev", "maintainer")
	r.sim.AddTeam("kubernetes", "release-team-leads", "rel-lead")
	for _, repo := range []string{"enhancements", "kubernetes"} {
		r.sim.AddRepo("kubernetes", repo, false)
		r.sim.SetPermission("kubernetes", repo, "maintainer", "write")
		r.sim.AddMilestone("kubernetes", repo, "v1.38", "open", nil)
		r.sim.AddLabel("kubernetes", repo, "kind/feature", "ededed", "")
		for _, l := range config.Labels() {
			r.sim.AddLabel("kubernetes", repo, l.Name, l.Color, l.Description)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(simFiles)) {
		text := simFiles[path]
		r.sim.Commit("kubernetes", "enhancements", "main", "maintainer", "Change "+path, simStart.Add(-240*time.Hour), map[string]*string{path: &text})
	}
	bot, _ := r.sim.AddApp(appSlug, "kubernetes")
	r.bot = plugin.Account{ID: bot.ID, Login: bot.Login}
	for k, at := range simIssues {
		r.sim.NextNumber(at.Org, at.Repo, at.Number)
		if k == simPull {
			r.sim.OpenPull("dev", at.Org, at.Repo, "Wire the pools", simBodies[k], "main", "pools")
			continue
		}
		r.sim.OpenIssue("dev", at.Org, at.Repo, []string{"Plan", "DRA", "Pools", "Plumbing"}[k], simBodies[k])
		r.sim.Assign("dev", at.Org, at.Repo, at.Number, "dev")
	}
	var err error
	if r.config, err = config.Load([]byte(simConfig)); err != nil {
		panic(err)
	}
	return r
}

// process is one server's life.
type process struct {
	run    *run
	server int // from 1
	life   int
	plugin *plugin.Plugin
	end    context.CancelFunc

	mu    sync.Mutex
	dead  bool
	calls map[string]uint64
	all   int
	doom  map[int]int // crashes that wait: at which call, by fault
	token string
	until time.Time // when the token ends
}

// begin starts a server with an empty memory.
func (r *run) begin(server, life int) {
	p := &process{run: r, server: server, life: life, calls: map[string]uint64{}, doom: map[int]int{}}
	rt := &plugin.Transport{Base: p, Cache: plugin.NewETagCache(1 << 20), Writes: plugin.NewWriteBudget()}
	client, err := plugin.NewClient(rt, "https://api.github.com/", "https://api.github.com/graphql")
	if err != nil {
		panic(err)
	}
	log := logrus.New()
	log.SetOutput(p)
	log.SetLevel(logrus.WarnLevel)
	log.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true})
	p.plugin = plugin.New(plugin.Options{
		Config: func() *config.Config { return r.config }, Client: client, Self: r.bot, Keys: r.keys,
		Site: render.Site{GitHub: "https://github.com"}, Secrets: func() []byte { return []byte(secret) }, Log: log, Workers: 2,
	})
	ctx, end := context.WithCancel(context.Background())
	p.end = end
	r.mu.Lock()
	r.processes = append(r.processes, p)
	r.mu.Unlock()
	r.ended.Go(func() {
		_ = p.plugin.Run(ctx)
		p.plugin.Queue.Drain() // who dies while it reads everything has not begun to work
	})
}

// Write takes the log.
func (p *process) Write(line []byte) (int, error) {
	p.run.mu.Lock()
	defer p.run.mu.Unlock()
	p.run.log.WriteString(time.Since(p.run.start).String() + " server " + string(rune('0'+p.server)) + " ")
	return p.run.log.Write(line)
}

func (p *process) isDead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead
}

// kill ends a process as it is; another one starts after a while.
func (p *process) kill(again time.Duration) {
	p.mu.Lock()
	was := p.dead
	p.dead = true
	p.mu.Unlock()
	if was {
		return
	}
	p.end()
	if again == 0 {
		return
	}
	r := p.run
	r.struck(crashes)
	r.mu.Lock()
	r.out.crashes++
	r.mu.Unlock()
	r.ended.Go(func() {
		time.Sleep(again)
		r.begin(p.server, p.life+1)
	})
}

// living gives the process of each server that runs.
func (r *run) living() (list []*process) {
	r.mu.Lock()
	all := slices.Clone(r.processes)
	r.mu.Unlock()
	for _, p := range all {
		if !p.isDead() {
			list = append(list, p)
		}
	}
	return list
}

// deliver is GitHub's webhook: hook passes it on to one server, which may be down.
func (r *run) deliver(d githubsim.Delivery) {
	r.mu.Lock()
	r.hooks++
	hash := mix(r.schedule.seed, r.hooks, spell(d.Event))
	r.mu.Unlock()
	if _, gone := r.strikes(hash, 0, lost); gone {
		return
	}
	soon := func(n uint64) time.Duration {
		return 100*time.Millisecond + time.Duration(mix(hash, n)%uint64(400*time.Millisecond))
	}
	delays := []time.Duration{soon(1)}
	if _, twice := r.strikes(hash, 0, doubled); twice {
		delays = append(delays, soon(2)+time.Duration(mix(hash, 3)%40)*time.Second)
	}
	if f, held := r.strikes(hash, 0, late); held {
		delays[0] += time.Duration(mix(hash, 4) % uint64(f.long))
	}
	for k, delay := range delays {
		r.ended.Go(func() {
			time.Sleep(delay)
			if all := r.living(); len(all) > 0 {
				all[mix(hash, uint64(k), 5)%uint64(len(all))].take(d)
			}
		})
	}
}

// take serves one delivery.
func (p *process) take(d githubsim.Delivery) {
	req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(d.Body))
	req.Header = d.Signed(secret)
	w := httptest.NewRecorder()
	p.plugin.Handler().ServeHTTP(w, req)
	if w.Code != http.StatusOK {
		p.run.fail("delivery of %s: %d %s", d.Event, w.Code, w.Body)
	}
}
