package plugin_test

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
)

// The simulation: a seed drives people, GitHub's faults, crashes, and one or two servers;
// what is on GitHub in the end must be what a run without any fault gives for the same
// words. `make sim SEEDS=500` plays five hundred that were never played, and
// `make sim SEEDS=1 FROM=17` the 17th again.
var (
	simSeeds  = flag.Int("sim.seeds", 10, "how many schedules are simulated")
	simFrom   = flag.Uint64("sim.from", 1, "the first seed; those after it follow")
	simTime   = flag.Duration("sim.time", 0, "begin no more after so long; 0 for as long as it takes")
	simShrink = flag.Bool("sim.shrink", true, "look for the smallest schedule that still fails")
)

// TestSimulation plays the schedules of the seeds given, as many at a time as there are
// processors.
func TestSimulation(t *testing.T) {
	keys, err := signing()
	if err != nil {
		t.Fatal(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // what one schedule makes is gone with the next
	s := &simulation{keys: keys, began: time.Now(), next: *simFrom, end: *simFrom + uint64(*simSeeds)}
	t.Run("seeds", func(t *testing.T) {
		for n := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint(n+1), func(t *testing.T) {
				t.Parallel()
				for seed, more := s.seed(); more; seed, more = s.seed() {
					s.play(t, seed)
				}
			})
		}
	})
	t.Logf("%s; %.1f schedules a second", &s.all, float64(s.all.schedules)/time.Since(s.began).Seconds())
}

// simulation is what the workers share.
type simulation struct {
	keys  *custody.Keys
	began time.Time

	mu        sync.Mutex
	next, end uint64
	failed    int
	all       tally
}

// seed gives the next one to play.
func (s *simulation) seed() (uint64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next >= s.end || *simTime > 0 && time.Since(s.began) > *simTime {
		return 0, false
	}
	s.next++
	return s.next - 1, true
}

// maxFound is how many failing seeds are shrunk and shown.
const maxFound = 3

// play plays one schedule. One that fails is made as small as it still fails.
func (s *simulation) play(t *testing.T, seed uint64) {
	c := newSchedule(seed)
	one := judge(t, c, s.keys)
	s.mu.Lock()
	s.all.add(one)
	if len(one.problems) > 0 {
		s.failed++
	}
	many := s.failed > maxFound
	s.mu.Unlock()
	switch {
	case len(one.problems) == 0:
	case many:
		t.Errorf("seed %d fails, too: %s", seed, one.problems[0])
	case !*simShrink:
		t.Errorf("seed %d fails:\n%s\n%s%s", seed, strings.Join(one.problems, "\n"), c, one.log)
	default:
		t.Errorf("seed %d fails:\n%s", seed, strings.Join(one.problems, "\n"))
		small := shrink(c, func(c schedule) bool { return len(judge(t, c, s.keys).problems) > 0 })
		last := judge(t, small, s.keys)
		t.Errorf("what is left of seed %d fails so:\n%s\n%s\nas a scenario, as far as their language can say it:\n%s", seed, strings.Join(last.problems, "\n"), small, small.script())
		t.Logf("log of the servers:\n%s", last.log)
	}
}

// TestSimulationRepeats: a seed gives the same run again, call by call.
func TestSimulationRepeats(t *testing.T) {
	keys, err := signing()
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(3) {
		var runs [2]*outcome
		for n := range runs {
			runs[n] = judge(t, newSchedule(seed+50), keys)
		}
		if runs[0].calls != runs[1].calls || runs[0].tally.String() != runs[1].tally.String() || runs[0].log != runs[1].log {
			t.Errorf("seed %d differs from itself:\n%s\n%s", seed+50, &runs[0].tally, &runs[1].tally)
		}
	}
}

// outcome is what became of one schedule.
type outcome struct {
	problems []string
	log      string
	tally
}

// tally counts what schedules had in them.
type tally struct {
	schedules, words, unsaid, calls int
	crashes, two                    int
	faults                          map[string]int // by kind: how often one struck
	in                              map[string]int // by kind: in how many schedules
}

func (a *tally) add(o *outcome) {
	a.schedules++
	a.words, a.unsaid, a.calls, a.crashes, a.two = a.words+o.words, a.unsaid+o.unsaid, a.calls+o.calls, a.crashes+o.crashes, a.two+o.two
	if a.faults == nil {
		a.faults, a.in = map[string]int{}, map[string]int{}
	}
	for kind, n := range o.faults {
		a.faults[kind] += n
		a.in[kind]++
	}
}

// String implements fmt.Stringer.
func (a *tally) String() string {
	var parts []string
	for _, kind := range faultKinds {
		if n := a.faults[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d in %d", kind, n, a.in[kind]))
		}
	}
	return fmt.Sprintf("%d schedules (%d with two servers), %d words of which %d were changed before their first read, %d calls, %d crashes; faults that struck: %s",
		a.schedules, a.two, a.words, a.unsaid, a.calls, a.crashes, strings.Join(parts, ", "))
}
