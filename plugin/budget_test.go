package plugin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The budgets of the design, section 9, in counted calls.

// TestBudgetAcceptedCommand: in steady state at most 3 reads that cost quota
// and 3 writes.
func TestBudgetAcceptedCommand(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	for n, body := range []string{"/commit w1-2", "/commit w3-4 60%", "/question Who reviews?\n/progress on-track", "/readout ready", "/resolve Q1 we do"} {
		s.sim.Advance(time.Minute)
		s.sim.ResetCalls()
		before := s.rounds
		s.said("node-fac", key, body)
		reads, writes, calls := s.cost()
		if n == 0 {
			continue // the first one reads roles and KEPs, and makes the record
		}
		if reads > 3 || writes > 3 {
			t.Errorf("%q: %d reads, %d writes in %d rounds: %v", body, reads, writes, s.rounds-before, calls)
		}
	}
}

// TestFirstCommand: the label that the first command leads to is no news when
// GitHub tells of it, so there is one round.
func TestFirstCommand(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.settle()
	s.sim.ResetCalls()
	before := s.rounds
	s.said("node-fac", key, "/commit w1-2")
	reads, writes, calls := s.cost()
	if n := s.rounds - before; n != 1 || writes != 3 {
		t.Errorf("%d rounds, %d reads, %d writes: %v", n, reads, writes, calls)
	}
	t.Logf("%d reads: %v", reads, calls)
	before = s.rounds
	s.sim.Unlabel("maintainer", key.Org, key.Repo, key.Number, "plan/proposed")
	s.settle()
	if n := s.rounds - before; n == 0 || !slices.Contains(s.issue(key).Labels, "plan/proposed") {
		t.Errorf("a label that a person took off is put back: %d rounds, %v", n, s.issue(key).Labels)
	}
}

// TestBudgetRefusedCommand: no more, and the second refusal of an author edits
// the first reply.
func TestBudgetRefusedCommand(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	for range 10 {
		s.sim.Advance(20 * time.Second)
		s.sim.ResetCalls()
		s.said("stranger", key, "/commit w3-4 90%")
		if reads, writes, calls := s.cost(); reads > 6 || writes > 4 {
			t.Errorf("%d reads, %d writes: %v", reads, writes, calls)
		}
	}
	if n := len(s.ours(key)); n != 2 {
		t.Errorf("%d comments of ours, want the record and one reply", n)
	}
}

// TestQuietRoundIsFree: nothing changed, so nothing costs and nothing is
// written.
func TestQuietRoundIsFree(t *testing.T) {
	s := newStand(t, nil)
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2\n/question x")
	s.said("stranger", key, "/commit w1-2")
	s.round(key)
	s.sim.ResetCalls()
	for range 3 {
		s.round(key)
	}
	if reads, writes, calls := s.cost(); reads > 0 || writes > 0 {
		t.Errorf("%v", calls)
	}
}

// newComment is how the stand-in counts a comment that was made.
const newComment = "POST /repos/{owner}/{repo}/issues/{number}/comments 201"

// slow lets every call to GitHub take a while.
func (s *stand) slow(d time.Duration) {
	s.intercept = func(*http.Request) *http.Response {
		time.Sleep(d)
		return nil
	}
}

// crowd plays people on one issue in a bubble, with the real queue and a
// GitHub that answers in 100 ms.
func crowd(t *testing.T, facilitators int, play func(s *stand, key Key)) *stand {
	time.Sleep(time.Until(standTime))
	s := newStand(t, time.Now)
	var names []string
	for n := range facilitators {
		names = append(names, fmt.Sprintf("fac-%d", n))
		s.sim.AddUser(names[n])
	}
	s.commit("OWNERS_ALIASES", standAliases+"  sig-network-facilitators: ["+strings.Join(names, ", ")+"]\n")
	s.configure(strings.Replace(standConfig, "sigs: [node, scheduling]", "sigs: [node, scheduling, network]", 1))
	key := s.openKEP()
	s.said("node-fac", key, "/commit w1-2")
	s.slow(100 * time.Millisecond)
	reconcile := s.plugin.Reconciler.Reconcile
	q := NewQueue(func(ctx context.Context, key Key) error {
		s.rounds++
		return reconcile(ctx, key)
	}, nil, s.plugin.options.Log)
	s.plugin.Server.Enqueue, s.plugin.Reconciler.Enqueue = q.Add, q.Add
	s.rounds = 0
	ended := make(chan struct{})
	go func() {
		q.Run(context.Background(), 1)
		close(ended)
	}()
	s.sim.ResetCalls()
	play(s, key)
	time.Sleep(30 * time.Second)
	q.Drain()
	<-ended
	return s
}

// TestFortyPeople: forty questions and a thousand junk commands by strangers
// within ten minutes: everybody is acknowledged within 30 s, at most 5 new
// comments, far fewer rounds than comments.
func TestFortyPeople(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []int64
		s := crowd(t, 40, func(s *stand, key Key) {
			for n := range 20 {
				for _, k := range []int{2 * n, 2*n + 1} {
					asked = append(asked, s.sim.Comment(fmt.Sprintf("fac-%d", k), key.Org, key.Repo, key.Number, "/question Who?"))
				}
				for _, who := range []string{"stranger", "sched-lead", "stranger"} {
					s.sim.Comment(who, key.Org, key.Repo, key.Number, strings.Repeat("/commit w3-4 90%\n", 17))
					s.deliver()
				}
				time.Sleep(30 * time.Second)
				s.wantAcknowledged(key, asked)
			}
		})
		s.wantHeard(Key{Org: "kubernetes", Repo: "enhancements", Number: 4381})
	})
}

// wantAcknowledged checks that every one of the comments was acknowledged once.
func (s *stand) wantAcknowledged(key Key, asked []int64) {
	s.t.Helper()
	for _, c := range s.issue(key).Comments {
		if slices.Contains(asked, c.ID) && len(c.Reactions["+1"]) != 1 {
			s.t.Errorf("not acknowledged after 30 s: %s", c.Author)
		}
	}
}

// wantHeard checks that forty electors were heard beside a flood, in few comments and
// rounds.
func (s *stand) wantHeard(key Key) {
	s.t.Helper()
	created := s.sim.Calls()[newComment]
	if created > 5 || created == 0 {
		s.t.Errorf("%d new comments", created)
	}
	if s.rounds > 60 {
		s.t.Errorf("%d rounds", s.rounds)
	}
	e, _ := s.plugin.Reconciler.Index.Get(key)
	if n := len(e.Items["v1.38"].Notes); n != 40 {
		s.t.Errorf("%d questions", n)
	}
	s.t.Logf("%d rounds, %d new comments, %v", s.rounds, created, s.sim.Calls())
}

// TestOneStrangerCannotStopAnIssue: hundreds of comments of one person in ten
// minutes, more than one reply can hold; others are still heard.
func TestOneStrangerCannotStopAnIssue(t *testing.T) {
	for _, first := range []string{"/commit w1-2", "Hello"} { // with a record, and without
		s := newStand(t, nil)
		key := s.openKEP()
		s.said("node-fac", key, first)
		for range 4 {
			s.sim.Advance(20 * time.Second)
			for range 150 {
				s.sim.Comment("stranger", key.Org, key.Repo, key.Number, "/commit w3-4 90%")
			}
			s.settle()
		}
		id := s.said("node-fac", key, "/progress on-track")
		for _, c := range s.issue(key).Comments {
			if c.ID == id && len(c.Reactions["+1"]) != 1 {
				t.Errorf("%s: not heard", first)
			}
		}
		if n := s.sim.Calls()[newComment]; n > 4 || n < 2 { // the rest is answered later
			t.Errorf("%s: %d new comments of ours", first, n)
		}
	}
}
