package plugin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/render"
)

// Options are what a plugin is built from.
type Options struct {
	Config    func() *config.Config
	Client    *Client
	Self      Account
	Keys      *custody.Keys
	Site      render.Site
	Secrets   func() []byte // the HMAC secret file as it is now
	AllowSHA1 bool
	Metrics   *Metrics
	Log       logrus.FieldLogger
	Tick      time.Duration // between sweeps; 0: 5 minutes
	Lookback  time.Duration // how far back the first sweep looks; 0: 72 hours
	Keep      time.Duration // how long role and KEP lists are kept; 0: 5 minutes
	Workers   int           // rounds at the same time; 0: 4
	// Enqueue takes the issues that need a round instead of a queue of the
	// plugin's own; the caller then makes the rounds. For tests and explain.
	Enqueue func(Key)
}

// Plugin is the whole of it: a handler for deliveries, a queue of issues, a
// sweep, and the reconciler that all of them end in.
type Plugin struct {
	Reconciler *Reconciler
	Queue      *Queue // nil if Options.Enqueue was given
	Sweep      *Sweep
	Server     *Server
	options    Options
	ready      atomic.Bool

	mu    sync.Mutex
	repos map[string]bool // those of which everything tracked was read
}

// New builds a plugin. Nothing runs until Run.
func New(o Options) *Plugin {
	o.Tick = orElse(o.Tick, 5*time.Minute)
	o.Lookback = orElse(o.Lookback, 72*time.Hour)
	o.Keep = orElse(o.Keep, 5*time.Minute)
	if o.Workers == 0 {
		o.Workers = 4
	}
	p := &Plugin{options: o}
	index, remembered := NewIndex(), newMemory()
	p.Reconciler = &Reconciler{
		Config: o.Config, GitHub: o.Client, Pulls: o.Client, History: o.Client, Write: knowing{o.Client, remembered}, Stones: o.Client, Plans: NewPlans(),
		Rolebook: NewRolebook(o.Client, o.Client, o.Keep), Library: NewLibrary(o.Client, o.Keep, o.Log),
		Index: index, Keys: o.Keys, Breaker: &custody.Breaker{}, Self: o.Self, Site: o.Site,
		Metrics: o.Metrics, Log: o.Log, memory: remembered,
	}
	p.Reconciler.Boards = NewBoards(o.Config, index)
	enqueue := o.Enqueue
	if enqueue == nil {
		p.Queue = NewQueue(p.Reconciler.Reconcile, o.Metrics, o.Log)
		enqueue = p.Queue.Add
	}
	add := enqueue
	enqueue = func(key Key) {
		key = canonical(o.Config(), key)
		remembered.forgetListed(key) // something happened: read it
		add(key)
	}
	p.Reconciler.Enqueue = enqueue
	soon := enqueue
	if p.Queue != nil {
		soon = func(key Key) {
			key = canonical(o.Config(), key)
			remembered.forgetListed(key)
			p.Queue.AddAfter(key, burst)
		}
	}
	p.Reconciler.Calm = enqueue
	if p.Queue != nil {
		p.Reconciler.Calm = func(key Key) { p.Queue.AddAfter(canonical(o.Config(), key), calm) }
	}
	p.Sweep = &Sweep{Config: o.Config, List: o.Client, Pulls: o.Client, Index: index, Self: o.Self, Enqueue: enqueue, Later: p.later, Hand: remembered.keepListed,
		Metrics: o.Metrics, Log: o.Log, Lookback: o.Lookback, turn: make(chan struct{}, 1)}
	p.Reconciler.List = p.Sweep.Tick
	p.Server = &Server{Config: o.Config, Secrets: o.Secrets, AllowSHA1: o.AllowSHA1, Index: index, Enqueue: enqueue, Soon: soon,
		Pushed: p.pushed, Relabeled: p.lookAtAll, Self: o.Self, Metrics: o.Metrics, Log: o.Log, Plans: p.Reconciler.Plans, memory: remembered, large: make(chan struct{}, largeAtOnce)}
	return p
}

// burst is for how long a pull request gathers what happens to it before it is
// looked at: when one is opened, ten labels land at once, put on by as many plugins.
const burst = 2 * time.Second

// calm is for how long a plan gathers what changes on its items before its record is
// written anew.
const calm = time.Minute

// canonical spells the repository of a key as the configuration does: GitHub
// does not mind letter case, and one issue must not become two.
func canonical(cfg *config.Config, key Key) Key {
	if repo, ok := cfg.Repo(key.Repository()); ok {
		key.Org, key.Repo = splitRepo(repo.Name)
	}
	return key
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// Handler serves deliveries at / and help at /help.
func (p *Plugin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", p.Server)
	mux.Handle("/help", HelpHandler(p.options.Config))
	return mux
}

// Ready reports whether everything was read once and rounds are being made.
func (p *Plugin) Ready() bool { return p.ready.Load() }

// Run reads everything that is tracked, then makes rounds and sweeps until ctx
// ends; rounds being made are finished. Deliveries that arrive before it is
// ready wait in the queue.
func (p *Plugin) Run(ctx context.Context) error {
	if err := p.load(ctx); err != nil {
		return err
	}
	p.ready.Store(true)
	go func() {
		<-ctx.Done()
		p.Queue.Drain()
	}()
	go p.tick(ctx)
	p.Queue.Run(context.WithoutCancel(ctx), p.options.Workers)
	return ctx.Err()
}

// tick sweeps, and once a night has everything looked at again.
func (p *Plugin) tick(ctx context.Context) {
	sweep, night := time.NewTicker(p.options.Tick), time.NewTicker(24*time.Hour)
	defer sweep.Stop()
	defer night.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			err = p.Sweep.Tick(ctx)
		case <-night.C:
			err = p.Sweep.Everything(ctx)
		}
		if err != nil && ctx.Err() == nil {
			p.options.Log.WithError(err).Error("sweep")
		}
	}
}

// Reconfigured has everything looked at again after a new configuration. What
// the new one spells otherwise is known anew after its round. Of a repository that
// came in everything tracked is read first; no plan is decided before that.
func (p *Plugin) Reconfigured(ctx context.Context) {
	cfg, index := p.options.Config(), p.Reconciler.Index
	for _, key := range index.Keys() {
		now := canonical(cfg, key)
		if now != key {
			index.Remove(key)
		}
		p.later(now)
	}
	p.later(planKeys(cfg)...)
	came := p.cameIn(cfg)
	if len(came) == 0 {
		return
	}
	for _, repo := range came {
		index.Miss(wholeOf(repo))
	}
	if p.load(ctx) == nil {
		for _, repo := range came {
			index.Remove(wholeOf(repo))
		}
		p.later(planKeys(cfg)...)
	}
}

// wholeOf stands for all issues of a repository where the index notes what is missing.
func wholeOf(repo string) Key {
	var key Key
	key.Org, key.Repo = splitRepo(repo)
	return key
}

// cameIn lists the repositories that were not configured when everything was last
// read. Before the first time there are none: that reads them.
func (p *Plugin) cameIn(cfg *config.Config) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var came []string
	for _, repo := range cfg.WorkRepos() {
		if p.repos != nil && !p.repos[repo.Name] {
			came = append(came, repo.Name)
		}
	}
	if p.repos != nil {
		p.repos = readOf(cfg)
	}
	return came
}

func readOf(cfg *config.Config) map[string]bool {
	repos := map[string]bool{}
	for _, repo := range cfg.WorkRepos() {
		repos[repo.Name] = true
	}
	return repos
}

// pushed forgets what was read of a repository's files and has everything looked
// at again, if a file of roles or the metadata of a KEP is among what changed.
func (p *Plugin) pushed(push Push) {
	cfg := p.options.Config()
	concerns := false
	for _, repo := range cfg.KEPRepos() {
		if strings.EqualFold(repo, push.Repo) && (len(push.Paths) == 0 || slices.ContainsFunc(push.Paths, kep.IsKEPFile)) {
			p.Reconciler.Library.Forget(repo)
			concerns = true
		}
	}
	for _, file := range cfg.Sources().Files() {
		repo, path, _ := strings.Cut(file, ":")
		if strings.EqualFold(repo, push.Repo) && (len(push.Paths) == 0 || slices.Contains(push.Paths, path)) {
			p.Reconciler.Rolebook.Forget(repo)
			concerns = true
		}
	}
	if concerns {
		p.lookAtAll("")
	}
}

// lookAtAll enqueues every known issue of a repository, or of all.
func (p *Plugin) lookAtAll(repo string) {
	for _, key := range p.Reconciler.Index.Keys() {
		if repo == "" || key.Repository() == repo {
			p.later(key)
		}
	}
}

// later has issues looked at when nobody waits for an answer.
func (p *Plugin) later(keys ...Key) {
	if p.Queue != nil {
		p.Queue.Later(keys...)
		return
	}
	for _, key := range keys {
		p.options.Enqueue(key)
	}
}
