package config

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// volume is a directory that changes as a ConfigMap volume does: config.yaml -> ..data/config.yaml, ..data -> a
// directory, and only ..data is replaced.
type volume struct {
	t   *testing.T
	dir string
	n   int
}

func newVolume(t *testing.T, content string) *volume {
	t.Helper()
	v := &volume{t: t, dir: t.TempDir()}
	v.put(content)
	if err := os.Symlink(filepath.Join("..data", "config.yaml"), v.path()); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *volume) path() string { return filepath.Join(v.dir, "config.yaml") }

// put writes content with an old time of change and swaps ..data over to it.
func (v *volume) put(content string) {
	v.t.Helper()
	v.n++
	name := "..version" + strings.Repeat("i", v.n)
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	file := filepath.Join(v.dir, name, "config.yaml")
	for _, err := range []error{
		os.Mkdir(filepath.Join(v.dir, name), 0o755),
		os.WriteFile(file, []byte(content), 0o644),
		os.Chtimes(file, old, old),
		os.Symlink(name, filepath.Join(v.dir, "..data_tmp")),
		os.Rename(filepath.Join(v.dir, "..data_tmp"), filepath.Join(v.dir, "..data")),
	} {
		if err != nil {
			v.t.Fatal(err)
		}
	}
}

// heard notes what a Watcher called back.
type heard struct {
	mu    sync.Mutex
	lines []string
}

func (h *heard) change(c *Config, hash string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if hash != c.Hash() {
		h.lines = append(h.lines, "another hash than the configuration's")
	}
	h.lines = append(h.lines, "change "+c.Cycles[0].Name)
}

func (h *heard) err(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first, _, _ := strings.Cut(err.Error(), "\n")
	h.lines = append(h.lines, first)
}

// take gives what was heard since the last take.
func (h *heard) take() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	lines := h.lines
	h.lines = nil
	return lines
}

func TestWatcher(t *testing.T) {
	content := string(read(t, data+"/good/smallest.yaml"))
	next := strings.Replace(content, "v1.38", "v1.39", 1)
	v := newVolume(t, content)
	clock := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	start := clock
	var h heard
	w, err := NewWatcher(v.path(), func() time.Time { return clock }, h.change, h.err)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name           string
		do             func()
		want           []string
		cycle          string
		loaded, failed int // minutes after the start; failed 0 = no error
	}{
		{"nothing new", func() {}, nil, "v1.38", 0, 0},
		{"swapped in", func() { v.put(next) }, []string{"change v1.39"}, "v1.39", 2, 0},
		{"one bad key", func() { v.put(next + "vote: x\n") }, []string{"vote: there is no such key here; there are repos, roles, cycles, voting"}, "v1.39", 2, 3},
		{"still bad", func() {}, nil, "v1.39", 2, 3},
		{"bad in another way", func() { v.put("") }, []string{"the file is empty; it has the blocks repos, roles and cycles, see docs/config.md"}, "v1.39", 2, 5},
		{"back to what was in force", func() { v.put(next) }, nil, "v1.39", 2, 0},
		{"a comment more", func() { v.put(next + "# more\n") }, []string{"change v1.39"}, "v1.39", 7, 0},
	}
	for _, step := range steps {
		clock = clock.Add(time.Minute)
		step.do()
		w.Poll()
		if diff := cmp.Diff(h.take(), step.want); diff != "" {
			t.Errorf("%s: heard (-got +want)\n%s", step.name, diff)
		}
		status := w.Status()
		if got := status.Config.Cycles[0].Name; got != step.cycle || status.Hash != w.Config().Hash() {
			t.Errorf("%s: in force is %s with hash %s", step.name, got, status.Hash)
		}
		if got, want := status.LoadedAt, start.Add(time.Duration(step.loaded)*time.Minute); !got.Equal(want) {
			t.Errorf("%s: loaded at %s, want %s", step.name, got, want)
		}
		want := time.Time{}
		if step.failed > 0 {
			want = start.Add(time.Duration(step.failed) * time.Minute)
		}
		if (status.Err != nil) != (step.failed > 0) || !status.ErrSince.Equal(want) {
			t.Errorf("%s: error %v since %s, want since %s", step.name, status.Err, status.ErrSince, want)
		}
	}
}

func TestWatcherFileGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if _, err := NewWatcher(path, nil, nil, nil); err == nil {
		t.Error("no file at the start: got no error")
	}
	if err := os.WriteFile(path, read(t, data+"/good/smallest.yaml"), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := NewWatcher(path, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	w.Poll()
	if w.Status().Err == nil || w.Config() == nil {
		t.Errorf("file gone: got error %v and configuration %v, want both", w.Status().Err, w.Config())
	}
	if err := os.WriteFile(path, make([]byte, MaxBytes+1), 0o644); err != nil {
		t.Fatal(err)
	}
	w.Poll()
	if err := w.Status().Err; err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("huge file: got %v, want an error that says the size", err)
	}
}

// Run looks once per interval and ends with its context.
func TestWatcherRun(t *testing.T) {
	content := string(read(t, data+"/good/smallest.yaml"))
	v := newVolume(t, content)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var h heard
		if _, err := Watch(ctx, v.path(), time.Minute, h.change, h.err); err != nil {
			t.Fatal(err)
		}
		v.put(strings.Replace(content, "v1.38", "v1.39", 1))
		time.Sleep(59 * time.Second) // the bubble's clock: no time passes
		synctest.Wait()
		if got := h.take(); got != nil {
			t.Errorf("before the interval: heard %v", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff(h.take(), []string{"change v1.39"}); diff != "" {
			t.Errorf("after it (-got +want)\n%s", diff)
		}
		cancel()
		synctest.Wait()
		v.put(content)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := h.take(); got != nil {
			t.Errorf("after the end of its context: heard %v", got)
		}
	})
}
