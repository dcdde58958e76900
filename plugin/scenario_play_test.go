package plugin_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"hash/fnv"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/render"
)

// mode is how a scenario is played.
type mode string

const (
	plain    mode = "plain"    // every webhook once, in order
	shuffled mode = "shuffled" // every webhook twice, in a random order
	deaf     mode = "deaf"     // no webhook; the sweep finds what changed
	crash    mode = "crash"    // the process dies right after every write
)

const (
	appSlug  = "steelthread"
	botLogin = appSlug + "[bot]"
	secret   = "not so secret"
	tickTime = time.Minute // what a tick takes
	maxRound = 3000        // rounds in one tick; more never come to rest
	maxTries = 10          // failed rounds of one issue in a row
)

// signing makes one key pair for the whole test: signatures are not compared.
var signing = sync.OnceValues(func() (*custody.Keys, error) {
	private, _, err := custody.GenerateKey(rand.Reader, "steelthread-test")
	if err != nil {
		return nil, err
	}
	return custody.NewKeys(private)
})

// play is one scenario on stage.
type play struct {
	t      *testing.T
	mode   mode
	random *mathrand.Rand
	script *script
	sim    *githubsim.GitHub
	bot    plugin.Account
	keys   *custody.Keys
	other  *custody.Keys // mounted instead of keys, nil as a rule
	log    bytes.Buffer
	config *config.Config
	inst   *instance

	clock    time.Time            // the script's time; the fake clock is never ahead of it
	webhooks []githubsim.Delivery // not delivered yet
	said     []remark             // c1 is the first
	names    map[int64]string     // of all comments ever seen
	shown    map[plugin.Key]string
	copied   string
	faults   []*mishap
	lag      time.Duration
	checked  int // writes already asserted
	read     int // reads already asserted
	out      strings.Builder

	stageMu sync.Mutex
	costly  []string // requests that cost quota and write nothing
}

// remark is a comment of a person.
type remark struct {
	id  int64
	key plugin.Key
}

// instance is one process of the plugin with what it has to do.
type instance struct {
	plugin *plugin.Plugin
	dead   bool
	queue  []plugin.Key
	due    map[plugin.Key]time.Time
	tries  map[plugin.Key]int
}

// act plays the scenario and gives what the shows printed.
func act(t *testing.T, m mode, world, s *script) string {
	seed := fnv.New64a()
	_, _ = seed.Write([]byte(s.name))
	p := &play{t: t, mode: m, script: s, names: map[int64]string{}, shown: map[plugin.Key]string{}, random: mathrand.New(mathrand.NewPCG(1, seed.Sum64()))}
	defer func() {
		time.Sleep(time.Minute) // the HTTP client's timers of failed requests run out
		if t.Failed() {
			t.Logf("log of the plugin:\n%s", p.log.String())
		}
	}()
	for _, lines := range [][]stmt{world.lines, s.lines} {
		if err := checkStatements(lines); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if p.keys, err = signing(); err != nil {
		t.Fatal(err)
	}
	o := githubsim.Options{Now: time.Now, BaseURL: "https://github.com"}
	if m == plain { // what is said to GitHub and by it, for the contract check
		if o.Record, err = githubsim.RecordTo(os.Getenv("STEELTHREAD_CONTRACT_DIR"), "scenarios"); err != nil {
			t.Fatal(err)
		}
	}
	p.sim = githubsim.New(o)
	bot, _ := p.sim.AddApp(appSlug)
	p.bot = plugin.Account{ID: bot.ID, Login: bot.Login}
	p.sim.SetFault(p.happen)
	p.sim.SetWebhook(func(d githubsim.Delivery) { p.webhooks = append(p.webhooks, d) })
	p.clock = time.Now()
	p.doAll(world.lines)
	if err := p.configure("config.yaml"); err != nil {
		t.Fatal(err)
	}
	p.webhooks = nil
	p.start()
	p.doAll(s.lines)
	p.quiet()
	if m == plain {
		p.replayed()
		p.discreet()
	}
	return p.out.String()
}

func (p *play) doAll(lines []stmt) {
	for _, line := range lines {
		if err := p.do(line); err != nil {
			p.t.Fatal(err)
		}
	}
}

// configure reads a configuration out of the scenario's files.
func (p *play) configure(name string) error {
	c, err := config.Load([]byte(p.script.files[name]))
	if err != nil {
		return err
	}
	p.config = c
	return nil
}

// start begins a process with an empty memory. It reads everything before it
// makes a round, as plugin.Run does, however often that fails.
func (p *play) start() {
	i := p.process()
	p.inst = i
	var err error
	for range maxTries {
		if err = i.plugin.Load(p.t.Context()); err == nil {
			return
		}
		time.Sleep(time.Second)
	}
	p.t.Fatalf("the start does not come to an end: %v", err)
}

// process is a process that has read nothing yet.
func (p *play) process() *instance {
	i := &instance{due: map[plugin.Key]time.Time{}, tries: map[plugin.Key]int{}}
	rt := &plugin.Transport{Base: &stage{play: p, inst: i}, Cache: plugin.NewETagCache(1 << 24)}
	client, err := plugin.NewClient(rt, "https://api.github.com/", "https://api.github.com/graphql")
	if err != nil {
		p.t.Fatal(err)
	}
	log := logrus.New()
	log.SetOutput(&p.log)
	log.SetLevel(logrus.InfoLevel)
	i.plugin = plugin.New(plugin.Options{
		Config: func() *config.Config { return p.config }, Client: client, Self: p.bot, Keys: cmp.Or(p.other, p.keys),
		Site:    render.Site{GitHub: "https://github.com"},
		Secrets: func() []byte { return []byte(secret) }, Log: log, Enqueue: i.enqueue,
	})
	return i
}

func (i *instance) enqueue(key plugin.Key) {
	if !slices.Contains(i.queue, key) {
		i.queue = append(i.queue, key)
	}
}

// pop takes the next issue that wants a round: in the order in which they came,
// or in any.
func (p *play) pop() (plugin.Key, bool) {
	i := p.inst
	for _, key := range sortedKeys(i.due) {
		if !i.due[key].After(time.Now()) {
			delete(i.due, key)
			i.enqueue(key)
		}
	}
	if len(i.queue) == 0 {
		return plugin.Key{}, false
	}
	n := 0
	if p.mode == shuffled {
		n = p.random.IntN(len(i.queue))
	}
	key := i.queue[n]
	i.queue = slices.Delete(i.queue, n, n+1)
	return key, true
}

// work makes rounds until the time given: all that are due, and those that
// become due.
func (p *play) work(until time.Time) {
	for range maxRound {
		p.deliver()
		if key, ok := p.pop(); ok {
			p.round(key)
			continue
		}
		next := until
		for _, at := range p.inst.due {
			if at.Before(next) {
				next = at
			}
		}
		time.Sleep(time.Until(next))
		if !next.Before(until) {
			break
		}
	}
	if len(p.inst.queue) > 0 {
		p.t.Fatalf("after %d rounds %v still wait", maxRound, p.inst.queue)
	}
	if time.Now().After(until) {
		p.t.Fatalf("the plugin needed until %s; give it more time with wait", time.Now().Format(time.TimeOnly))
	}
	p.clock = until
}

// round makes one round, and decides by the kind of its error as Queue does.
func (p *play) round(key plugin.Key) {
	i := p.inst
	err := i.plugin.Reconciler.Reconcile(p.t.Context(), key)
	var wait *plugin.Wait
	switch {
	case i.dead:
		p.webhooks = nil  // of the last write; nobody was there to take them
		time.Sleep(p.lag) // a process takes longer to start than replicas lag
		p.start()
	case err == nil:
		delete(i.tries, key)
	case errors.As(err, &wait):
		delete(i.tries, key)
		i.due[key] = time.Now().Add(wait.For)
	default:
		if i.tries[key]++; i.tries[key] >= maxTries {
			p.t.Fatalf("round of %s failed %d times: %v", key, maxTries, err)
		}
		i.due[key] = time.Now().Add(time.Second << (i.tries[key] - 1))
	}
}

// deliver hands the webhooks over, signed as GitHub signs them.
func (p *play) deliver() {
	list := p.webhooks
	p.webhooks = nil
	switch p.mode {
	case deaf:
		return
	case shuffled:
		list = slices.Concat(list, list)
		p.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	for _, d := range list {
		req := httptest.NewRequestWithContext(p.t.Context(), http.MethodPost, "/", bytes.NewReader(d.Body))
		req.Header = d.Signed(secret)
		w := httptest.NewRecorder()
		p.inst.plugin.Handler().ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			p.t.Fatalf("delivery of %s: %d %s", d.Event, w.Code, w.Body)
		}
	}
}

// quiet makes a last round for every issue there is and requires that it
// writes nothing (design, invariant 7).
func (p *play) quiet() {
	before := len(p.sim.WritesBy(botLogin))
	for _, repo := range p.config.WorkRepos() {
		org, name, _ := strings.Cut(repo.Name, "/")
		for _, issue := range p.sim.Issues(org, name) {
			key := plugin.Key{Org: org, Repo: name, Number: issue.Number}
			err := p.inst.plugin.Reconciler.Reconcile(context.WithoutCancel(p.t.Context()), key)
			var wait *plugin.Wait
			if err != nil && !errors.As(err, &wait) {
				p.t.Errorf("quiet round of %s: %v", key, err)
			}
		}
	}
	if w := p.sim.WritesBy(botLogin)[before:]; len(w) > 0 {
		p.t.Errorf("rounds without any change wrote:\n%s", strings.Join(w, "\n"))
	}
	if len(p.inst.queue) > 0 {
		p.t.Errorf("rounds without any change want others to be looked at: %v", p.inst.queue)
	}
}
