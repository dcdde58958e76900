package plugin

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"k8s.io/client-go/util/workqueue"
)

// Queue holds the issues that wait for a round. A key is in it once however
// often it is added, and is never worked on twice at once; forty votes in a
// minute are a round or two.
type Queue struct {
	queue   workqueue.TypedRateLimitingInterface[Key]
	round   func(context.Context, Key) error
	metrics *Metrics
	log     logrus.FieldLogger

	draining atomic.Bool

	mu      sync.Mutex
	since   map[Key]time.Time // when it was added
	later   []Key             // what can wait, in order, each once
	waiting map[Key]bool      // what is in later
	feeding Key               // the one of it that is in the queue
}

// roundTimeout bounds one round; GitHub's slowest answers and the write budget
// are well within it.
const roundTimeout = 15 * time.Minute

// NewQueue gives a queue that makes rounds by calling round.
func NewQueue(round func(context.Context, Key) error, m *Metrics, log logrus.FieldLogger) *Queue {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[Key](time.Second, 5*time.Minute)
	return &Queue{queue: workqueue.NewTypedRateLimitingQueue(limiter), round: round, metrics: m, log: log, since: map[Key]time.Time{}, waiting: map[Key]bool{}}
}

// Add makes an issue be looked at soon.
func (q *Queue) Add(key Key) {
	q.mu.Lock()
	if _, waits := q.since[key]; !waits {
		q.since[key] = time.Now()
	}
	q.mu.Unlock()
	q.queue.Add(key)
	q.depth()
}

// Later has issues looked at one after the other, so that what people say
// meanwhile goes first: at a first start hundreds of records may have to be
// written, some in a minute.
func (q *Queue) Later(keys ...Key) {
	q.mu.Lock()
	for _, key := range keys {
		if !q.waiting[key] {
			q.waiting[key] = true
			q.later = append(q.later, key)
		}
	}
	idle := q.feeding.IsZero()
	q.mu.Unlock()
	if idle {
		q.feed()
	}
}

// feed puts the next of what can wait into the queue.
func (q *Queue) feed() {
	q.mu.Lock()
	q.feeding = Key{}
	if len(q.later) > 0 {
		q.feeding, q.later = q.later[0], q.later[1:]
		delete(q.waiting, q.feeding)
	}
	key := q.feeding
	q.mu.Unlock()
	if !key.IsZero() {
		q.Add(key)
	}
}

// AddAfter makes an issue be looked at again after a while.
func (q *Queue) AddAfter(key Key, d time.Duration) { q.queue.AddAfter(key, d) }

// Len is the number of issues that wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.queue.Len() + len(q.later)
}

// Run works on the queue until Drain; ctx ends rounds in the middle.
func (q *Queue) Run(ctx context.Context, workers int) {
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for q.next(ctx) {
			}
		})
	}
	group.Wait()
}

// Drain ends Run after the rounds that are being made. What waits is not begun:
// the sweep finds it again at the next start, and the time to end is short.
func (q *Queue) Drain() {
	q.draining.Store(true) // the queue alone would have all that waits worked off
	q.queue.ShutDown()
}

func (q *Queue) next(ctx context.Context) bool {
	key, down := q.queue.Get()
	if down {
		return false
	}
	defer q.queue.Done(key)
	if q.draining.Load() {
		return false
	}
	q.began(key)
	ctx, cancel := context.WithTimeout(ctx, roundTimeout)
	defer cancel()
	q.settle(key, q.round(ctx, key))
	q.mu.Lock()
	fed := key == q.feeding
	q.mu.Unlock()
	if fed {
		q.feed()
	}
	return true
}

// settle is the one place where the kind of an error decides: a Wait comes back
// at its time, anything else after a growing pause. What people got wrong never
// gets here: it was answered.
func (q *Queue) settle(key Key, err error) {
	log := q.log.WithField("key", key.String())
	var wait *Wait
	switch {
	case err == nil:
		q.queue.Forget(key)
		q.metrics.round("done")
	case errors.Is(err, ErrDryRun):
		q.queue.Forget(key)
		q.metrics.round("dry-run")
		log.Info("dry run: the round would write")
	case errors.As(err, &wait):
		q.queue.Forget(key)
		q.queue.AddAfter(key, wait.For)
		q.metrics.round("wait")
		log.WithField("for", wait.For.String()).Info(wait.Why)
	default:
		q.queue.AddRateLimited(key)
		q.metrics.round("error")
		log.WithError(err).Error("round failed, it will be made again")
	}
}

func (q *Queue) began(key Key) {
	q.mu.Lock()
	since, ok := q.since[key]
	delete(q.since, key)
	q.mu.Unlock()
	if ok && q.metrics != nil {
		q.metrics.QueueAge.Observe(time.Since(since).Seconds())
	}
	q.depth()
}

func (q *Queue) depth() {
	if q.metrics != nil {
		q.metrics.QueueDepth.Set(float64(q.Len()))
	}
}
