package plugin_test

import (
	"flag"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"
)

// The simulation (issue 6): a seed drives people, GitHub's faults, crashes, and one or
// two servers; what is on GitHub in the end must be what a run without any fault gives
// for the same words. `make sim SEEDS=500` plays five hundred new ones, and
// `go test ./plugin -run TestSimulation -sim.from=17 -sim.seeds=1 -v` the 17th again.
var (
	simSeeds  = flag.Int("sim.seeds", 24, "how many schedules are simulated")
	simShrink = flag.Bool("sim.shrink", true, "look for the smallest schedule that still fails")
	simFrom   = flag.Uint64("sim.from", 1, "the first seed; those after it follow")
)

// maxFound is how many failing seeds are shrunk and shown.
const maxFound = 3

// TestSimulation plays the schedules of the seeds given.
func TestSimulation(t *testing.T) {
	keys, err := signing()
	if err != nil {
		t.Fatal(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	began, all, found := time.Now(), &tally{}, 0
	for n := range *simSeeds {
		s := newSchedule(*simFrom + uint64(n))
		one := judge(t, s, keys)
		all.add(one)
		if len(one.problems) == 0 {
			continue
		}
		found++
		if found > maxFound {
			t.Errorf("seed %d fails, too: %s", s.seed, one.problems[0])
			continue
		}
		t.Errorf("seed %d fails:\n%s", s.seed, strings.Join(one.problems, "\n"))
		if !*simShrink {
			t.Logf("%s%s", s, one.log)
			continue
		}
		small := shrink(s, func(c schedule) bool { return len(judge(t, c, keys).problems) > 0 })
		last := judge(t, small, keys)
		t.Errorf("what is left of seed %d fails so:\n%s%s", s.seed, small, strings.Join(last.problems, "\n"))
		if testing.Verbose() {
			t.Logf("log of the servers:\n%s", last.log)
		}
	}
	took := time.Since(began)
	t.Logf("%s; %.1f schedules a second", all, float64(*simSeeds)/took.Seconds())
}

// outcome is what became of one schedule.
type outcome struct {
	problems []string
	log      string
	tally
}

// tally counts what schedules had in them.
type tally struct {
	mu                              sync.Mutex
	schedules, words, unsaid, calls int
	crashes, two                    int
	faults                          map[string]int // by kind: how often one struck
}

func (a *tally) add(o *outcome) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.schedules++
	a.words, a.unsaid, a.calls, a.crashes, a.two = a.words+o.words, a.unsaid+o.unsaid, a.calls+o.calls, a.crashes+o.crashes, a.two+o.two
	if a.faults == nil {
		a.faults = map[string]int{}
	}
	for kind, n := range o.faults {
		a.faults[kind] += n
	}
}

// String implements fmt.Stringer.
func (a *tally) String() string {
	var parts []string
	for _, kind := range faultKinds {
		if n := a.faults[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", kind, n))
		}
	}
	return fmt.Sprintf("%d schedules (%d with two servers), %d words of which %d were changed before their first read, %d calls, %d crashes; faults that struck: %s",
		a.schedules, a.two, a.words, a.unsaid, a.calls, a.crashes, strings.Join(parts, ", "))
}
