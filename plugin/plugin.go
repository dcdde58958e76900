package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
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
		Config: o.Config, GitHub: o.Client, History: o.Client, Write: o.Client,
		Rolebook: NewRolebook(o.Client, o.Client, o.Keep), Library: NewLibrary(o.Client, o.Keep, o.Log),
		Index: index, Keys: o.Keys, Breaker: &custody.Breaker{}, Self: o.Self, Site: o.Site,
		Metrics: o.Metrics, Log: o.Log, memory: remembered,
	}
	enqueue := o.Enqueue
	if enqueue == nil {
		p.Queue = NewQueue(p.Reconciler.Reconcile, o.Metrics, o.Log)
		enqueue = p.Queue.Add
	}
	add := enqueue
	enqueue = func(key Key) {
		remembered.forgetListed(key) // something happened: read it
		add(key)
	}
	p.Reconciler.Enqueue = enqueue
	p.Sweep = &Sweep{Config: o.Config, List: o.Client, Index: index, Self: o.Self, Enqueue: enqueue, Later: p.later, Hand: remembered.keepListed,
		Metrics: o.Metrics, Log: o.Log, Lookback: o.Lookback}
	p.Server = &Server{Config: o.Config, Secrets: o.Secrets, AllowSHA1: o.AllowSHA1, Index: index, Enqueue: enqueue,
		Pushed: p.pushed, Relabeled: p.lookAtAll, Self: o.Self, Metrics: o.Metrics, Log: o.Log, memory: remembered}
	return p
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

// load builds the index: every tracked issue is read before the first write,
// because labels and notices depend on what issues say of each other. It goes
// on trying for as long as GitHub does not answer.
func (p *Plugin) load(ctx context.Context) error {
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := p.Load(ctx)
		if err == nil {
			return nil
		}
		p.options.Log.WithError(err).Error("start: not everything could be read; nothing is written before that")
		var wait *Wait
		if errors.As(err, &wait) {
			pause = max(pause, wait.For)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// Load reads every tracked issue into the index and enqueues it.
func (p *Plugin) Load(ctx context.Context) error {
	cfg := p.options.Config()
	keys, err := p.Sweep.Tracked(ctx)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, ok := p.Reconciler.Index.Get(key); ok {
			continue
		}
		if _, _, err := p.Reconciler.look(ctx, cfg, key); err != nil {
			return fmt.Errorf("start: %w", err)
		}
	}
	p.later(keys...)
	p.options.Log.WithField("issues", len(keys)).Info("everything was read")
	return nil
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

// Reconfigured has everything looked at again after a new configuration.
func (p *Plugin) Reconfigured() { p.lookAtAll("") }

// pushed forgets what was read of a repository's files. If roles or KEPs are
// kept there, everything is looked at again.
func (p *Plugin) pushed(repo string) {
	cfg := p.options.Config()
	concerns := false
	for _, keps := range cfg.KEPRepos() {
		concerns = concerns || keps == repo
	}
	for _, file := range cfg.Sources().Files() {
		concerns = concerns || len(file) > len(repo) && file[:len(repo)+1] == repo+":"
	}
	if concerns {
		p.Reconciler.Rolebook.Forget(repo)
		p.Reconciler.Library.Forget(repo)
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
		p.Reconciler.Enqueue(key)
	}
}
