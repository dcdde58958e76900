package plugin

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// WriteBudget keeps within 60 writes a minute and 300 new comments an hour
// (GitHub's own limit is 80 and 500, web included), with some writes kept back
// for blocking labels, and not all of it for replies to what was not taken: who opens
// issues with commands that mean nothing must not hold up what a record has to say.
type WriteBudget struct {
	writes, blocking, comments *rate.Limiter
	replies, newReplies        *rate.Limiter

	mu    sync.Mutex
	turns map[*rate.Limiter]time.Time // when the last of those who were sent away may come back
}

// NewWriteBudget gives a full budget. In any minute at most 15 + 36 ordinary
// writes and 4 + 5 blocking labels pass, in any hour 60 + 240 comments; of these 8 + 18
// and 30 + 120 may be replies.
func NewWriteBudget() *WriteBudget {
	return &WriteBudget{
		writes:     rate.NewLimiter(rate.Limit(0.6), 15),
		blocking:   rate.NewLimiter(rate.Limit(5.0/60), 4),
		comments:   rate.NewLimiter(rate.Limit(240.0/3600), 60),
		replies:    rate.NewLimiter(rate.Limit(0.3), 8),
		newReplies: rate.NewLimiter(rate.Limit(120.0/3600), 30),
		turns:      map[*rate.Limiter]time.Time{},
	}
}

type blockingWrite struct{}

type replyWrite struct{}

// asReply marks the writes of a context as replies, of which half the budget is the most.
func asReply(ctx context.Context) context.Context {
	return context.WithValue(ctx, replyWrite{}, true)
}

// asBlocking marks the writes of a context as blocking labels, which go first.
func asBlocking(ctx context.Context) context.Context {
	return context.WithValue(ctx, blockingWrite{}, true)
}

// patience is how long a write waits for its turn while its round stands still.
// Longer, and the round ends and comes back: what it read would be old by then,
// and a worker is for others.
const patience = 5 * time.Second

// maxTurn bounds how long a round is sent away: what people say meanwhile goes
// on, so the budget may be free long before.
const maxTurn = 15 * time.Minute

// take takes a write out of the budget, after a short sleep if need be. If its
// turn is farther away nothing is taken, and the error is a *Wait.
func (b *WriteBudget) take(req *http.Request) error {
	ctx := req.Context()
	if ctx.Value(blockingWrite{}) != nil && b.blocking.Allow() {
		return nil
	}
	limits := []*rate.Limiter{b.writes}
	reply := ctx.Value(replyWrite{}) != nil
	if reply {
		limits = append(limits, b.replies)
	}
	if isNewComment(req) {
		limits = append(limits, b.comments)
		if reply {
			limits = append(limits, b.newReplies)
		}
	}
	taken, delay, wait := b.reserve(limits)
	if wait != nil {
		return wait
	}
	if err := sleep(ctx, delay); err != nil {
		giveBack(taken)
		return err
	}
	return nil
}

// reserve takes a turn of every limit, or of none. One caller at a time: a
// reservation that is given back after a later one was made is lost in part,
// and hundreds that come and go at once would starve the budget.
func (b *WriteBudget) reserve(limits []*rate.Limiter) (taken []*rate.Reservation, delay time.Duration, wait *Wait) {
	b.mu.Lock()
	defer b.mu.Unlock()
	slowest := limits[0]
	for _, l := range limits {
		r := l.Reserve()
		taken = append(taken, r)
		if d := r.Delay(); d > delay {
			delay, slowest = d, l
		}
	}
	if delay <= patience {
		return taken, delay, nil
	}
	giveBack(taken)
	return nil, 0, &Wait{For: b.turn(slowest, delay), Why: "as much was written as GitHub likes, the rest later"}
}

func giveBack(taken []*rate.Reservation) {
	for _, r := range taken {
		r.Cancel()
	}
}

// turn spreads those who are sent away, so that they do not all come back, and
// read everything again, at the same time. The caller holds the lock.
func (b *WriteBudget) turn(l *rate.Limiter, delay time.Duration) time.Duration {
	now := time.Now()
	at := now.Add(delay)
	if next := b.turns[l].Add(time.Duration(float64(time.Second) / float64(l.Limit()))); next.After(at) {
		at = next
	}
	if last := now.Add(maxTurn); at.After(last) {
		return maxTurn
	}
	b.turns[l] = at
	return at.Sub(now)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isNewComment(req *http.Request) bool {
	return req.Method == http.MethodPost && strings.Contains(req.URL.Path, "/issues/") && strings.HasSuffix(req.URL.Path, "/comments")
}
