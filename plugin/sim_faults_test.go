package plugin_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// fault is one thing that goes wrong for a while: of all that it could hit, it hits some.
type fault struct {
	kind   string
	span                 // when
	server int           // whom it hits, from 1; 0 all
	rate   uint64        // how many of a hundred
	long   time.Duration // how long it holds something up
	after  int           // of a crash: how many calls later
}

// String is a line for people.
func (f fault) String() string {
	return fmt.Sprintf("%-12s %s-%s server %d, %d%%, %s, after %d", f.kind, f.from, f.to, f.server, f.rate, f.long, f.after)
}

// The kinds of faults. Those of deliveries, of calls, of reads, and crashes.
const (
	lost, doubled, late                  = "lost", "doubled", "late"
	failed, failedAfter                  = "5xx", "5xx after"
	retryAfter, untilReset, bareLimit    = "retry-after", "reset", "bare 429"
	cutOff, cutAfter, slowAnswer, noMore = "cut", "cut after", "slow", "timeout"
	staleRead, unlisted                  = "stale", "unlisted"
	noLabels, longDropped, longRefused   = "labels dropped", "edits dropped", "edits refused"
	crashes                              = "crash"
)

var faultKinds = []string{lost, doubled, late, failed, failedAfter, retryAfter, untilReset, bareLimit, cutOff, cutAfter, slowAnswer, noMore, staleRead, unlisted,
	noLabels, longDropped, longRefused, crashes}

// often are the kinds that are chosen more often: the five of the README.
var often = []string{lost, doubled, failedAfter, staleRead, crashes, crashes}

// longestLate is the longest that a fault of each kind holds something up.
var longestLate = map[string]time.Duration{late: 3 * time.Minute, retryAfter: 40 * time.Second, untilReset: 2 * time.Minute, slowAnswer: 20 * time.Second,
	staleRead: 25 * time.Second, unlisted: 15 * time.Second, crashes: 4 * time.Minute}

// newFaults chooses what goes wrong until the last word and a little longer, outside of
// the lulls.
func newFaults(random *rand.Rand, words []word, lulls []span, servers int) []fault {
	end := words[len(words)-1].at + 5*time.Minute
	var list []fault
	many := 2 + random.IntN(7)
	if random.IntN(5) == 0 { // a storm
		many *= 3
	}
	for range many {
		from := time.Duration(random.Int64N(int64(end)))
		kinds := [][]string{faultKinds, often}[random.IntN(2)]
		f := fault{kind: kinds[random.IntN(len(kinds))], span: span{from, min(end, from+time.Duration(1+random.IntN(30))*time.Minute)},
			rate: []uint64{5, 20, 50, 100}[random.IntN(4)]}
		if random.IntN(2) == 0 {
			f.server = 1 + random.IntN(servers)
		}
		if longest := longestLate[f.kind]; longest > 0 {
			f.long = time.Second + time.Duration(random.Int64N(int64(longest))).Truncate(time.Second)
		}
		if f.kind == crashes { // soon after something was said
			f.server, f.after = 1+random.IntN(servers), random.IntN(40)
			f.from = words[random.IntN(len(words))].at
			f.to = f.from + 2*time.Minute
		} else if f.kind != lost && f.kind != doubled && f.kind != late {
			f.rate = min(f.rate, 50)
		}
		list = append(list, f.outside(lulls)...)
	}
	return list
}

// outside leaves the lulls out.
func (f fault) outside(lulls []span) []fault {
	for _, l := range lulls {
		if f.to <= l.from || f.from >= l.to {
			continue
		}
		if f.kind == crashes && f.from < l.from { // who is down for a while is up again before the end
			continue
		}
		before, behind := f, f
		before.to, behind.from = l.from, l.to
		return slices.Concat(before.outside(lulls), behind.outside(lulls))
	}
	if f.from >= f.to {
		return nil
	}
	return []fault{f}
}

// strikes finds the first fault of the kinds given that hits now. The hash decides, so
// that what is left out of a schedule does not change what else it hits.
func (r *run) strikes(hash uint64, server int, kinds ...string) (fault, bool) {
	if !r.faulty {
		return fault{}, false
	}
	now := time.Since(r.start)
	for n, f := range r.schedule.faults {
		if slices.Contains(kinds, f.kind) && now >= f.from && now < f.to && (f.server == 0 || f.server == server) && mix(hash, uint64(n))%100 < f.rate {
			r.struck(f.kind)
			return f, true
		}
	}
	return fault{}, false
}

func (r *run) struck(kind string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.faults[kind]++
}

// mix stirs numbers (splitmix64).
func mix(list ...uint64) uint64 {
	x := uint64(0x9e3779b97f4a7c15)
	for _, n := range list {
		x ^= n
		x *= 0xbf58476d1ce4e5b9
		x ^= x >> 27
		x *= 0x94d049bb133111eb
		x ^= x >> 31
	}
	return x
}

// spell makes a number of a text (FNV-1a).
func spell(text string) uint64 {
	x := uint64(14695981039346656037)
	for k := range len(text) {
		x ^= uint64(text[k])
		x *= 1099511628211
	}
	return x
}

// answerTo is the fault as the stand-in gives it.
func answerTo(f fault) *githubsim.Fault {
	switch f.kind {
	case failed:
		return &githubsim.Fault{Status: http.StatusBadGateway, Body: "{}"}
	case failedAfter:
		return &githubsim.Fault{Status: http.StatusBadGateway, Body: "{}", AfterEffect: true}
	case retryAfter:
		return githubsim.RetryAfter(f.long)
	case untilReset:
		return githubsim.PrimaryLimit(time.Now().Add(f.long))
	case bareLimit:
		return githubsim.BareLimit()
	case cutOff:
		return &githubsim.Fault{Drop: true}
	case cutAfter:
		return &githubsim.Fault{Drop: true, AfterEffect: true}
	case slowAnswer:
		return &githubsim.Fault{Delay: f.long}
	case noMore:
		return &githubsim.Fault{Delay: time.Minute}
	}
	return nil
}
