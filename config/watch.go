package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// Watcher keeps the configuration of one file up to date. It reads the content at each look and compares that, because a
// ConfigMap volume swaps symbolic links: the time of the file says nothing, and a notice on the file itself is lost.
// A file that cannot be read or used leaves the last good one in force.
type Watcher struct {
	path     string
	now      func() time.Time
	onChange func(c *Config, hash string)
	onError  func(error)

	poll sync.Mutex // one look at a time, so that callbacks come in order

	mu     sync.Mutex
	status Status
}

// Status is what the status page shows of the configuration.
type Status struct {
	// Config is the configuration in force; never nil.
	Config *Config
	// Hash is its Config.Hash.
	Hash string
	// LoadedAt is when it was read first.
	LoadedAt time.Time
	// Err is what is wrong with the file as it stands now; nil if it is the one in force.
	Err error
	// ErrSince is when Err was seen first; zero without one.
	ErrSince time.Time
}

// NewWatcher loads path for the first time; an error there is the caller's to act on, there is nothing to fall back to.
// now gives the time for Status (nil: time.Now). onChange is called with each later configuration that differs,
// onError once for each new error; either may be nil. Neither is called before NewWatcher returned, and never two at once.
func NewWatcher(path string, now func() time.Time, onChange func(*Config, string), onError func(error)) (*Watcher, error) {
	if now == nil {
		now = time.Now
	}
	c, err := loadLimited(path)
	if err != nil {
		return nil, err
	}
	w := &Watcher{path: path, now: now, onChange: onChange, onError: onError}
	w.status = Status{Config: c, Hash: c.Hash(), LoadedAt: now()}
	return w, nil
}

// Watch is NewWatcher with the wall clock and a goroutine that runs it until ctx ends.
func Watch(ctx context.Context, path string, every time.Duration, onChange func(*Config, string),
	onError func(error)) (*Watcher, error) {
	w, err := NewWatcher(path, nil, onChange, onError)
	if err != nil {
		return nil, err
	}
	go w.Run(ctx, every)
	return w, nil
}

// Run looks at the file again and again, every so often, until ctx ends.
func (w *Watcher) Run(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.Poll()
		}
	}
}

// Poll looks at the file once and calls back if something is new.
func (w *Watcher) Poll() {
	w.poll.Lock()
	defer w.poll.Unlock()
	c, err := loadLimited(w.path)
	if changed, fresh := w.take(c, err); changed {
		if w.onChange != nil {
			w.onChange(c, c.Hash())
		}
	} else if fresh && w.onError != nil {
		w.onError(err)
	}
}

// take notes what one look found: whether the configuration changed, or whether its error is a new one.
func (w *Watcher) take(c *Config, err error) (changed, fresh bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		fresh = w.status.Err == nil || w.status.Err.Error() != err.Error()
		if fresh {
			w.status.Err, w.status.ErrSince = err, w.now()
		}
		return false, fresh
	}
	w.status.Err, w.status.ErrSince = nil, time.Time{}
	if c.Hash() == w.status.Hash {
		return false, false
	}
	w.status = Status{Config: c, Hash: c.Hash(), LoadedAt: w.now()}
	return true, false
}

// Status gives the configuration in force and what is known about it.
func (w *Watcher) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status
}

// Config gives the configuration in force; never nil.
func (w *Watcher) Config() *Config { return w.Status().Config }

// loadLimited is LoadFile, but does not read a file into memory that Load would refuse for its size.
func loadLimited(path string) (*Config, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("look at the configuration: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("the configuration is not a regular file")
	}
	if info.Size() > MaxBytes {
		return nil, fmt.Errorf("the file has %d bytes; a ConfigMap holds at most %d", info.Size(), MaxBytes)
	}
	return LoadFile(path)
}
