package plugin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/render"
)

// TestRun plays a process from its start to SIGTERM, with several workers:
// nothing is written before everything was read; deliveries that came before
// that, and what no delivery told, are found; the round being made at the end
// is finished.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(standTime))
		s := newStand(t, time.Now)
		s.slow(50 * time.Millisecond)
		s.plugin = New(Options{
			Config: func() *config.Config { return s.config }, Client: s.client, Self: s.bot, Keys: standKeys(), Log: s.plugin.options.Log,
			Site: render.Site{GitHub: "https://github.com"}, Secrets: func() []byte { return []byte(standSecret) }, Workers: 4, Tick: time.Minute,
		})
		s.sim.SetFault(func(r *http.Request) *githubsim.Fault {
			if strings.HasSuffix(r.URL.Path, "/issues") {
				return &githubsim.Fault{Status: 502, Body: "{}"}
			}
			return nil
		})
		var keys []Key
		for range 12 {
			keys = append(keys, s.open("kubernetes", "Plumbing", ""))
		}
		say := func(key Key, body string) { s.sim.Comment("node-lead", key.Org, key.Repo, key.Number, body) }
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.plugin.Run(ctx) }()

		say(keys[0], "/commit w1-2")
		s.deliver()
		time.Sleep(20 * time.Second)
		if w := s.sim.WritesBy(standBot); s.plugin.Ready() || len(w) > 0 {
			t.Errorf("ready %t before everything was read; written: %v", s.plugin.Ready(), w)
		}
		s.sim.SetFault(nil)
		time.Sleep(time.Minute)
		if !s.plugin.Ready() || s.record(keys[0]) == 0 {
			t.Error("what came before the start was lost")
		}

		for _, key := range keys[1:11] {
			for range 3 {
				say(key, "/commit w1-2\n/progress on-track")
				s.deliver()
			}
		}
		say(keys[11], "/commit w1-2")
		s.mail.Take() // this one is lost
		time.Sleep(30 * time.Second)
		for _, key := range keys[1:11] {
			if s.record(key) == 0 || len(s.issue(key).Labels) != 1 {
				t.Errorf("%s has no record, or several, or labels %v", key, s.issue(key).Labels)
			}
		}
		time.Sleep(2 * time.Minute)
		if s.record(keys[11]) == 0 {
			t.Error("the sweep did not find what was not delivered")
		}

		say(keys[1], "/commit w3-4")
		s.deliver()
		time.Sleep(10 * time.Millisecond) // in the middle of the round
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if !strings.Contains(strings.Join(s.ours(keys[1]), ""), "/commit v1.38 w3-4 80%") {
			t.Error("the round being made was not finished")
		}
		time.Sleep(time.Minute) // for the ticker to end
	})
}
