package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

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

// looksAtOnce is how many issues are read at the same time at the start.
const looksAtOnce = 4

// Load reads every tracked issue into the index and enqueues it. What was read
// stays read, so another try goes on where this one ended.
func (p *Plugin) Load(ctx context.Context) error {
	cfg := p.options.Config()
	keys, listed, date, err := p.Sweep.tracked(ctx)
	if err != nil {
		return err
	}
	keys = append(keys, planKeys(p.options.Config())...)
	slices.SortFunc(keys, compareKeys)
	keys, pulls := apart(slices.Compact(keys), listed)
	p.hand(keys, listed)
	l := loading{plugin: p, config: p.options.Config(), all: len(keys), todo: make(chan Key)}
	var group sync.WaitGroup
	for range looksAtOnce {
		group.Go(func() {
			for key := range l.todo {
				l.look(ctx, key)
			}
		})
	}
	for _, key := range keys {
		if ctx.Err() != nil || l.waits() {
			break
		}
		l.todo <- key
	}
	close(l.todo)
	group.Wait()
	if err := errors.Join(l.failed, ctx.Err()); err != nil {
		return fmt.Errorf("start: %d of %d issues were read: %w", l.done, l.all, err)
	}
	p.mu.Lock()
	p.repos = readOf(cfg)
	p.mu.Unlock()
	for _, key := range keys {
		if _, plan := planCycle(cfg, key); !plan { // it would wait for itself
			p.Reconciler.Index.Await(canonical(cfg, key))
		}
	}
	p.Reconciler.Index.Sweep(date)
	p.later(keys...)
	p.later(slices.DeleteFunc(pulls, p.Reconciler.Index.Recorded)...)
	p.options.Log.WithField("issues", len(keys)).WithField("skipped", l.skipped).Info("everything was read")
	return nil
}

// apart tells pull requests from issues: nothing depends on what they say, so they
// need not be read first.
func apart(keys []Key, listed []work.Issue) (issues, pulls []Key) {
	isPull := map[Key]bool{}
	for _, i := range listed {
		isPull[i.Key] = i.Pull
	}
	for _, key := range keys {
		if isPull[key] {
			pulls = append(pulls, key)
		} else {
			issues = append(issues, key)
		}
	}
	return issues, pulls
}

// hand keeps issues as listed, for the look and for the first round: neither
// need read them again, unless something happens meanwhile.
func (p *Plugin) hand(keys []Key, listed []work.Issue) {
	for _, i := range listed {
		if _, wanted := slices.BinarySearchFunc(keys, i.Key, compareKeys); !wanted {
			continue
		}
		times := 2
		if _, known := p.Reconciler.Index.Get(i.Key); known {
			times = 1
		}
		p.Reconciler.memory.keepListedFor(i, times)
	}
}

// loading is the state of one Load.
type loading struct {
	plugin *Plugin
	config *config.Config
	all    int
	todo   chan Key

	mu            sync.Mutex
	done, skipped int
	failed        error // the first, or what says to come back later
}

// waits reports whether it is of no use to go on: GitHub wants to be left alone.
func (l *loading) waits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var wait *Wait
	return errors.As(l.failed, &wait)
}

// look reads one issue into the index. An issue that will not be readable for a
// long time must not keep all others from being worked on: it is left out.
func (l *loading) look(ctx context.Context, key Key) {
	var err error
	if _, known := l.plugin.Reconciler.Index.Get(key); !known {
		_, _, err = l.plugin.Reconciler.glance(ctx, l.config, key)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	log := l.plugin.options.Log.WithField("key", key.String())
	var wait *Wait
	switch {
	case err == nil:
	case errors.As(err, &wait) && wait.Record || errors.Is(err, custody.ErrNewer) || isForbidden(err):
		log.WithError(err).Error("start: left out, others do not see what this issue says")
		l.skipped++
		l.plugin.Reconciler.Index.Miss(key)
	case l.failed == nil || errors.As(err, &wait):
		l.failed = err
		return
	default:
		return
	}
	if l.done++; l.done%100 == 0 {
		log.WithField("read", l.done).WithField("of", l.all).Info("start: reading")
	}
}

// isForbidden reports whether GitHub refuses for good; limits are a Wait.
func isForbidden(err error) bool {
	var refused *github.ErrorResponse
	return errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode == http.StatusForbidden
}
