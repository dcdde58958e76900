package plugin

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/slash"
)

// behind is a GitHub that tells whether comments were edited from a replica which
// still has them as they were posted.
type behind struct {
	reader
	posted string
	lags   bool
}

func (b *behind) Standings(ctx context.Context, nodes []string) (map[string]Standing, error) {
	out, err := b.reader.Standings(ctx, nodes)
	if b.lags && err == nil {
		for node := range out {
			out[node] = Standing{Words: slash.Fingerprint(Scanner.Scan(b.posted).Lines)}
		}
	}
	return out, err
}

// TestEditedOnOneReplicaOnly: somebody with write access turns a vote the moment that it
// was posted. The text is read as edited, and the replica that tells of edits lags: the
// round waits until both say the same, and then does not obey.
func TestEditedOnOneReplicaOnly(t *testing.T) {
	for _, c := range []struct {
		place string
		say   func(*stand) (Key, func(body string))
	}{
		{"comment", func(s *stand) (Key, func(string)) {
			key := s.openKEP()
			id := s.sim.Comment("node-fac", key.Org, key.Repo, key.Number, "/commit w1-2 50%")
			return key, func(body string) { must(t, s.sim.EditComment("maintainer", key.Org, key.Repo, id, body)) }
		}},
		{"review", func(s *stand) (Key, func(string)) {
			key := s.openKEP()
			key.Number = s.sim.OpenPull("dev", key.Org, key.Repo, "A change", "", "main", "change")
			id := s.sim.Review("node-lead", key.Org, key.Repo, key.Number, "/kep 4381", "COMMENTED")
			return key, func(body string) { s.sim.EditReview("maintainer", key.Org, key.Repo, key.Number, id, body) }
		}},
	} {
		t.Run(c.place, func(t *testing.T) {
			s := newStand(t, nil)
			key, edit := c.say(s)
			posted := map[string]string{"comment": "/commit w1-2 50%", "review": "/kep 4381"}[c.place]
			lagging := &behind{s.plugin.Reconciler.GitHub, posted, true}
			s.plugin.Reconciler.GitHub = lagging
			s.sim.Advance(100 * time.Millisecond)
			edit(map[string]string{"comment": "/commit w1-2 100%", "review": "/kep none of it matters"}[c.place])
			s.settle()
			if len(s.waits) == 0 || len(s.ours(key)) > 0 {
				t.Fatalf("%d waits; %q", len(s.waits), s.ours(key))
			}
			lagging.lags = false
			s.sim.Advance(2 * time.Second)
			s.round(key)
			if ours := strings.Join(s.ours(key), "\n"); !strings.Contains(ours, `"refused":"edited"`) || strings.Contains(ours, "steelthread:record") {
				t.Errorf("%q", ours)
			}
		})
	}
}
