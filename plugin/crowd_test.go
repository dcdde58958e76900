package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestManyStrangers: forty questions beside a thousand junk commands by a thousand
// accounts. What one account could not do, many cannot.
func TestManyStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []int64
		s := crowd(t, 40, func(s *stand, key Key) {
			for n := range 20 {
				for _, k := range []int{2 * n, 2*n + 1} {
					asked = append(asked, s.sim.Comment(fmt.Sprintf("fac-%d", k), key.Org, key.Repo, key.Number, "/question Who?"))
				}
				for k := range 50 {
					login := fmt.Sprintf("stranger-%d", 50*n+k)
					s.sim.AddUser(login)
					s.sim.Comment(login, key.Org, key.Repo, key.Number, "/commit w3-4 90%")
				}
				s.deliver()
				time.Sleep(30 * time.Second)
				s.wantAcknowledged(key, asked)
			}
		})
		s.wantHeard(Key{Org: "kubernetes", Repo: "enhancements", Number: 4381})
	})
}

// answered is how many comments the replies on an issue hold, and who has one.
func (s *stand) answered(key Key) (comments map[int64]bool, replies int) {
	s.t.Helper()
	w, err := s.plugin.Reconciler.read(s.t.Context(), key)
	must(s.t, err)
	comments = map[int64]bool{}
	for _, one := range w.replies {
		for _, receipt := range one.log.Refused {
			comments[receipt.Comment] = true
		}
	}
	return comments, len(w.replies)
}

// TestCrowdIsAnsweredInTheEnd: strangers in numbers share a reply and wait for one
// another; a member of the organisation and a stranger on a quiet day do not. With a
// record and without, on a plan and on a pull request nobody stays without an answer.
func TestCrowdIsAnsweredInTheEnd(t *testing.T) {
	for _, place := range []string{"with a record", "without", "on a pull request"} {
		t.Run(place, func(t *testing.T) {
			s := newStand(t, nil)
			key := s.openKEP()
			line := "/commit w3-4 90%"
			switch place {
			case "with a record":
				s.said("node-fac", key, "/commit w1-2")
			case "on a pull request":
				key.Number = s.sim.OpenPull("dev", key.Org, key.Repo, "A change", "", "main", "change")
				line = "/kep none of your business"
			}
			for k := range ownReplies {
				s.sim.AddUser(fmt.Sprint("early-", k))
				s.said(fmt.Sprint("early-", k), key, line)
			}
			if _, n := s.answered(key); n != ownReplies {
				t.Errorf("%d replies to %d strangers", n, ownReplies)
			}
			var all []int64
			for k := range 400 {
				login := fmt.Sprint("stranger-", k)
				s.sim.AddUser(login)
				all = append(all, s.sim.Comment(login, key.Org, key.Repo, key.Number, line))
			}
			s.settle()
			answered, n := s.answered(key)
			if len(answered) != crowdMost || n != ownReplies+1 || len(s.waits) == 0 {
				t.Errorf("%d comments answered in %d replies, %d waits", len(answered), n, len(s.waits))
			}
			late := s.said("maintainer", key, line) // a member waits for nobody
			if answered, _ := s.answered(key); !answered[late] {
				t.Error("a member is not answered")
			}
			for range 3 {
				s.sim.Advance(replyWindow + time.Second)
				s.round(key)
				s.settle()
			}
			answered, n = s.answered(key)
			for _, id := range all {
				if !answered[id] {
					t.Fatalf("%d is not answered; %d are", id, len(answered))
				}
			}
			if n > 8 {
				t.Errorf("%d replies", n)
			}
			if text := strings.Join(s.ours(key), "\n"); !strings.Contains(text, "Several people are answered here together") || !strings.Contains(text, "stranger-0's comment") {
				t.Error("who is answered is not said")
			}
		})
	}
}

// TestRepliesLeaveRoom: while hundreds of replies wait for their turn, what records and
// decisions have to say passes at once, and so do a hundred new comments within the hour.
func TestRepliesLeaveRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &Transport{Writes: NewWriteBudget(), Base: roundTripper(func(*http.Request) (*http.Response, error) { return answer(200, nil, "{}"), nil })}
		ctx, cancel := context.WithCancel(context.Background())
		var group sync.WaitGroup
		passed := 0
		var mu sync.Mutex
		for range 400 {
			group.Go(func() {
				for ctx.Err() == nil {
					_, err := tr.RoundTrip(request(t, asReply(ctx), "POST", "/repos/o/r/issues/1/comments", ""))
					var wait *Wait
					if errors.As(err, &wait) {
						_ = sleep(ctx, wait.For)
						continue
					}
					mu.Lock()
					passed++
					mu.Unlock()
					return
				}
			})
		}
		time.Sleep(time.Minute)
		start, slowest := time.Now(), time.Duration(0)
		for range 100 {
			at := time.Now()
			for {
				_, err := tr.RoundTrip(request(t, ctx, "POST", "/repos/o/r/issues/1/comments", ""))
				var wait *Wait
				if !errors.As(err, &wait) {
					break
				}
				time.Sleep(wait.For)
			}
			slowest = max(slowest, time.Since(at))
			time.Sleep(30 * time.Second)
		}
		if slowest > 10*time.Second || time.Since(start) > time.Hour {
			t.Errorf("one took %s, all %s", slowest, time.Since(start))
		}
		cancel()
		group.Wait()
		if passed < 100 || passed > 160 {
			t.Errorf("%d replies in %s", passed, time.Since(start))
		}
	})
}
