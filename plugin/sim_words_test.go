package plugin_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// schedule is what a seed stands for: who says and does what, when, and what goes wrong.
type schedule struct {
	seed    uint64
	words   []word
	faults  []fault
	servers int
	hourly  bool // each server's token ends after an hour
	wild    bool // a vote is opened while items are still being read
}

// word is one thing that somebody does.
type word struct {
	n    int           // its name, w3
	at   time.Duration // since the start
	who  string
	verb string // says, edits, deletes, labels, unlabels, describes, merges, spoils or erases the record, scratches or tears a decision, renames
	on   int    // the issue: 0 is the plan
	text string // what is said, or the label
	to   int    // the word whose comment is edited or deleted
}

// String is a line for people.
func (w word) String() string {
	text := strings.ReplaceAll(w.text, "\n", " ⏎ ")
	if w.to != 0 {
		text = fmt.Sprintf("w%d %s", w.to, text)
	}
	return fmt.Sprintf("w%-3d %-8s %s %s %s %s", w.n, w.at, w.who, w.verb, simIssues[w.on], text)
}

// String is the schedule for people.
func (s schedule) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %d servers, tokens of an hour %t, wild %t\n", s.seed, s.servers, s.hourly, s.wild)
	for _, w := range s.words {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	for _, f := range s.faults {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	return b.String()
}

// line is a kind of comment, with how often it is chosen.
type line struct {
	weight int
	who    string
	on     int
	text   string
}

// itemLines are what people say on items before and after the vote. A number of a note
// is given in the order in which notes are raised, so that each is raised once at most:
// which of two is Q1 is decided by the first read.
var itemLines = []line{
	{6, "node-fac", 1, "/commit w1-2"},
	{3, "node-fac", 1, "/commit w3-4 50%\n/readout ready"},
	{2, "node-lead", 1, "/commit w5-6 1,2"},
	{2, "node-fac", 1, "/commit cancel w1-2"},
	{2, "node-fac", 1, "/commit w9-10 banana\n/commit w7-8"},
	{4, "node-fac", 1, "/depends-on kubernetes/kubernetes#1 by w3-4"},
	{1, "node-fac", 1, "/depends-on cancel kubernetes/kubernetes#1"},
	{5, "node-fac", 1, "/readout ready"},
	{1, "node-fac", 1, "/readout cancel"},
	{2, "stranger", 1, "/commit w1-2"},
	{1, "dev", 1, "/comit w1-2"},
	{2, "node-fac", 1, "/progress at-risk one reviewer is away"},
	{1, "node-fac", 1, "/done 1"},
	{1, "dev", 1, "Looks good to me.\n\n> /commit w1-2\n"},
	{6, "sched-fac", 2, "/commit w3-4"},
	{3, "sched-fac", 2, "/readout ready"},
	{3, "sched-fac", 2, "/provide kubernetes/enhancements#4381 w3-4"},
	{1, "sched-fac", 2, "/provide kubernetes/enhancements#4381 decline no reviewers"},
	{1, "sched-fac", 2, "/commit cancel"},
	{2, "sched-lead", 2, "/depends-on kubernetes/kubernetes#2"},
	{1, "sched-fac", 2, "/done"},
	{4, "node-fac", 3, "/commit sig-node w5-6\n/readout ready"},
	{1, "node-lead", 3, "/commit sig-node w7-8"},
	{2, "node-fac", 3, "/depends-on kubernetes/kubernetes#1"},
	{1, "node-fac", 3, "/commit cancel"},
	{1, "pm", 3, "/commit sig-node w5-6"},
}

// stories are lines that belong together, in their order.
var stories = [][]line{
	{{4, "node-fac", 1, "/block the API review is open"}, {0, "node-fac", 1, "/resolve B1 it was held"}},
	{{2, "node-fac", 3, "/block nobody tests this"}},
	{{2, "sched-fac", 2, "/block no owner"}, {0, "sched-fac", 2, "/resolve B1 found one"}},
	{{2, "dev", 1, "/commit w1-2"}},
	{{2, "node-lead", 1, "/question who writes the docs?"}, {0, "node-lead", 1, "/resolve Q1 dev does"}},
	{{1, "node-fac", 3, "/risk the kubelet freeze is early"}, {0, "node-fac", 3, "/resolve R1 accepted we ship without"}},
}

// rounds are what is said on the plan, in order: a vote, its votes, its end.
var voteLines = []line{
	{8, "node-fac", 0, "/vote 4"},
	{2, "node-fac", 0, "/vote 2 the pools are not reviewed"},
	{8, "sched-fac", 0, "/vote 5"},
	{2, "sched-fac", 0, "/vote 3 fine"},
	{8, "pm", 0, "/vote 3"},
	{1, "pm", 0, "/vote 1 too much"},
	{1, "stranger", 0, "/vote 0"},
	{1, "pm", 0, "/vote 9"},
	{1, "dev", 0, "/plan status"},
	{1, "sched-lead", 0, "/plan who node"},
}

// exceptionLines ask for an exception and decide about it.
var exceptionWords = []line{
	{1, "node-fac", 3, "/exception request code 5d the review took longer\nwhy: two reviewers were ill\nrisk-late: behind a gate\nrisk-cut: none\nprs: kubernetes/kubernetes#9"},
	{1, "node-lead", 3, "/exception support"},
	{1, "rel-lead", 3, "/exception approve 5d"},
	{1, "pm", 3, "/exception approve 4d small"},
}

// handLabels are moved by hand.
var handLabels = []string{"plan/proposed", "plan/blocked", "milestone-approved", "plan/unplanned"}

// author makes the words of a schedule.
type author struct {
	random *rand.Rand
	clock  time.Duration
	words  []word
	wild   bool // what is said on the plan follows at once on what is said on items
	pulls  bool // the pull request is open and spoken on
}

// newSchedule makes the schedule of a seed.
func newSchedule(seed uint64) schedule {
	a := &author{random: rand.New(rand.NewPCG(seed, 0x5eed)), clock: time.Minute}
	a.wild = a.random.IntN(4) == 0
	a.pulls = a.random.IntN(2) == 0
	a.items(3 + a.random.IntN(6))
	lulls := []span{a.lull()}
	if a.random.IntN(2) > 0 {
		a.vote()
		lulls = append(lulls, a.lull())
		a.items(a.random.IntN(4))
		if a.random.IntN(4) == 0 {
			a.say(line{0, "rel-lead", 0, "/plan rework the scope changed"})
			lulls = append(lulls, a.lull())
			a.vote()
			lulls = append(lulls, a.lull())
		}
	}
	if a.random.IntN(3) == 0 {
		for _, l := range exceptionWords {
			if a.random.IntN(8) > 0 {
				a.say(l)
				a.hand()
			}
		}
	}
	if a.pulls && !a.wild && a.random.IntN(3) == 0 {
		lulls = append(lulls, a.lull())
	}
	if a.pulls && !a.wild && a.random.IntN(2) == 0 {
		a.merge(a.clock + time.Second)
	}
	slices.SortStableFunc(a.words, func(x, y word) int { return cmp.Compare(x.at, y.at) })
	s := schedule{seed: seed, words: a.words, servers: 1, wild: a.wild}
	if a.random.IntN(4) == 0 {
		s.servers = 2
	}
	if a.wild {
		lulls = nil
	}
	s.hourly = a.random.IntN(3) == 0
	s.faults = newFaults(a.random, a.words, lulls, s.servers)
	s.words = s.restorable()
	return s
}

// restorable leaves out what no server can mend, and docs/custody.md says so: a record that
// is deleted while none runs is made again from the comments, so what a comment said that
// was deleted or edited meanwhile is gone, and what somebody said under another login.
func (s schedule) restorable() []word {
	dies := slices.ContainsFunc(s.faults, func(f fault) bool { return f.kind == crashes })
	return slices.DeleteFunc(slices.Clone(s.words), func(w word) bool {
		return dies && w.verb == "tears" || dies && w.verb == "erases" && slices.ContainsFunc(s.words, func(x word) bool {
			return x.on == w.on && x.to != 0 || x.verb == "renames"
		})
	})
}

// span is a stretch of time.
type span struct{ from, to time.Duration }

// lull is a time in which nothing is said and nothing goes wrong, long enough for a
// sweep. Wild schedules have none: what a vote counts then is what was said on all items
// before it was asked for, whatever has been read of it.
func (a *author) lull() span {
	from := a.clock
	if a.wild {
		a.clock += time.Minute
		return span{}
	}
	a.clock += 13 * time.Minute
	if a.random.IntN(10) == 0 { // whatever was said under the old name was read
		a.add(word{at: a.clock - time.Second, who: "node-lead", verb: "renames", text: "node-lead-" + strconv.Itoa(len(a.words))})
	}
	if a.pulls && a.random.IntN(4) == 0 {
		a.merge(from + 7*time.Minute)
	}
	return span{from, a.clock}
}

func (a *author) say(l line) int {
	gaps := []time.Duration{0, 20 * time.Second, time.Minute, 3 * time.Minute}
	a.clock += gaps[a.random.IntN(len(gaps))] + time.Duration(2+a.random.IntN(28))*time.Second
	return a.add(word{at: a.clock, who: l.who, verb: "says", on: l.on, text: l.text})
}

func (a *author) add(w word) int {
	w.n = len(a.words) + 1
	a.words = append(a.words, w)
	return w.n
}

// items has people speak on items, stories woven in.
func (a *author) items(n int) {
	var open [][]line
	for range n {
		switch k := a.random.IntN(6); {
		case k == 0 && len(open) == 0 && len(stories) > 0:
			open = append(open, a.story())
			fallthrough
		case k <= 1 && len(open) > 0:
			a.say(open[0][0])
			if open[0] = open[0][1:]; len(open[0]) == 0 {
				open = open[1:]
			}
		case k == 2 && a.pulls:
			a.onPull()
			continue
		default:
			a.say(pick(a.random, itemLines))
		}
		a.hand()
	}
}

// story takes one that was not told yet.
func (a *author) story() []line {
	told := func(s []line) bool {
		return slices.ContainsFunc(a.words, func(w word) bool { return w.on == s[0].on && w.text == s[0].text })
	}
	left := slices.DeleteFunc(slices.Clone(stories), told)
	if len(left) == 0 {
		return []line{pick(a.random, itemLines)}
	}
	return left[a.random.IntN(len(left))]
}

func pick(random *rand.Rand, from []line) line {
	all := 0
	for _, l := range from {
		all += l.weight
	}
	n := random.IntN(all)
	for _, l := range from {
		if n -= l.weight; n < 0 {
			return l
		}
	}
	return from[0]
}

// hand lets a comment be edited or deleted, or a label be moved, now and then.
func (a *author) hand() {
	said := a.words[len(a.words)-1]
	if strings.HasPrefix(said.text, "/plan") { // what asks has no receipt to tell by whether it was read
		return
	}
	switch soon := time.Duration(1+a.random.IntN(90)) * time.Second; a.random.IntN(28) {
	case 0:
		a.add(word{at: said.at + soon, who: said.who, verb: "deletes", on: said.on, to: said.n})
	case 1:
		a.add(word{at: said.at + soon, who: said.who, verb: "edits", on: said.on, to: said.n, text: strings.Replace(said.text, "w1-2", "w3-4", 1) + "\nas I said"})
	case 2:
		who := []string{"maintainer", "maintainer", botLogin}[a.random.IntN(3)] // a shared account: what others do comes as ours
		a.add(word{at: said.at + soon, who: who, verb: "labels", on: 1 + a.random.IntN(3), text: handLabels[a.random.IntN(len(handLabels))]})
	case 4, 5, 6:
		verb := []string{"spoils", "erases", "scratches", "tears"}[a.random.IntN(4)]
		a.add(word{at: said.at + soon, who: "maintainer", verb: verb, on: said.on})
	case 3:
		a.add(word{at: said.at + soon, who: "maintainer", verb: "unlabels", on: 1 + a.random.IntN(3), text: handLabels[a.random.IntN(len(handLabels))]})
	}
}

// vote is a round from its opening to its end.
func (a *author) vote() {
	a.say(line{0, "rel-lead", 0, "/plan vote open until 2027-01-20"})
	a.clock += 3 * time.Minute
	for range 1 + a.random.IntN(4) {
		a.say(pick(a.random, voteLines))
		a.hand()
	}
	a.say(line{0, "rel-lead", 0, "/plan vote close"})
}
