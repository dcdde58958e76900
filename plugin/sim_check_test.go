package plugin_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

// judge plays a schedule with its faults, then the same words without any, and compares
// what stands on GitHub. Each is played in a bubble of its own, where the clock is ours.
func judge(t *testing.T, s schedule, keys *custody.Keys) *outcome {
	o := &outcome{tally: tally{faults: map[string]int{}, words: len(s.words)}}
	var r, calm *run
	var got, want []*ending
	synctest.Test(t, func(*testing.T) {
		r = newRun(s, keys, o)
		r.faulty = true
		got = r.play()
	})
	o.log = r.log.String()
	if s.servers > 1 {
		o.two = 1
	}
	synctest.Test(t, func(*testing.T) {
		calm = newRun(s, keys, &outcome{tally: tally{faults: map[string]int{}}})
		for _, w := range s.words {
			if (w.verb == "edits" || w.verb == "deletes") && !readBefore(got[w.on], w) {
				calm.unread[w.n] = true
				o.unsaid++
			}
		}
		want = calm.play()
	})
	o.problems = append(o.problems, prefixed("without any fault: ", calm.out.problems)...)
	for k := range simIssues {
		o.problems = append(o.problems, r.compare(k, want[k], got[k])...)
	}
	o.problems = append(o.problems, r.flapping(calm)...)
	return o
}

func prefixed(with string, list []string) (out []string) {
	for _, s := range list {
		out = append(out, with+s)
	}
	return out
}

// readBefore reports whether a comment was read before it was changed: then there is a
// verdict on what it said.
func readBefore(e *ending, w word) bool {
	for _, verdict := range e.receipts[wordName(w.to)] {
		if verdict != "refused "+work.Edited {
			return true
		}
	}
	return false
}

// play runs a schedule to its end and reads what stands there.
func (r *run) play() []*ending {
	r.sim.SetLag(lag)
	r.sim.SetWebhook(r.deliver)
	r.sim.SetUnlisted(func(login, body string) time.Duration {
		f, hidden := r.strikes(mix(r.schedule.seed, spell(login), spell(body)), 0, unlisted)
		if !hidden {
			return 0
		}
		return f.long
	})
	r.sim.SetDropped(func(req *http.Request) bool {
		_, drops := r.strikes(mix(r.schedule.seed, spell(req.URL.Path), uint64(time.Since(r.start))), 0, noLabels)
		return drops && req.Method == http.MethodPost
	})
	r.limitBodies()
	servers := 1
	if r.faulty {
		servers = r.schedule.servers
	}
	for n := range servers {
		r.begin(n+1, 1)
	}
	for _, w := range r.order() {
		time.Sleep(time.Until(r.start.Add(w.at)))
		r.act(w)
	}
	r.settle()
	r.logs = nil
	var all []*ending
	for _, at := range simIssues {
		all = append(all, r.ending(at))
	}
	before := len(r.sim.WritesBy(botLogin))
	r.everything()
	if w := r.sim.WritesBy(botLogin)[before:]; len(w) > 0 {
		r.fail("a further round wrote:\n  %s", strings.Join(w, "\n  "))
	}
	for _, p := range r.living() {
		p.kill(0)
	}
	r.ended.Wait()
	time.Sleep(time.Hour) // timers run out
	return all
}

// flapping lists the labels that were moved more often than without faults: then one was
// moved on what was not known. Somebody's hand is followed by one move more at most. Two
// servers are not held to it: each knows the plan as of its own last read of it.
func (r *run) flapping(calm *run) (problems []string) {
	if r.schedule.servers > 1 {
		return nil
	}
	for _, name := range keysOf(r.moved, nil) {
		most := calm.moved[name]
		for _, w := range r.schedule.words {
			if strings.HasSuffix(w.verb, "labels") && simIssues[w.on].String()+" "+w.text == name {
				most++
			}
		}
		if ofPull(name) {
			most = r.schedule.mostMoves()
		}
		if n := r.moved[name]; n > most {
			problems = append(problems, fmt.Sprintf("%s was moved %d times, without faults %d times", name, n, calm.moved[name]))
		}
	}
	return problems
}

// limitBodies has GitHub keep no edit for a while.
func (r *run) limitBodies() {
	if !r.faulty {
		return
	}
	for _, f := range r.schedule.faults {
		if f.kind != longDropped && f.kind != longRefused {
			continue
		}
		r.ended.Go(func() {
			time.Sleep(time.Until(r.start.Add(f.from)))
			r.sim.SetOverlong(100, f.kind == longDropped)
			r.struck(f.kind)
			time.Sleep(min(3*time.Minute, f.to-f.from))
			r.sim.SetOverlong(262_144, false)
		})
	}
}

// order lists the words as they are done. Those that change a comment which nobody has
// read come right after it.
func (r *run) order() []word {
	words := slices.Clone(r.schedule.words)
	for k, w := range words {
		if !r.unread[w.n] {
			continue
		}
		said := slices.IndexFunc(words, func(x word) bool { return x.n == w.to })
		if said >= 0 {
			words[k].at = words[said].at
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return int(a.at - b.at) })
	return words
}

// settle waits for the end of all faults, for a sweep, and for the nightly look, which
// finds deletions.
func (r *run) settle() {
	end := r.start
	for _, w := range r.schedule.words {
		end = later(end, r.start.Add(w.at))
	}
	for _, f := range r.schedule.faults {
		end = later(end, r.start.Add(f.to+f.long))
	}
	time.Sleep(time.Until(end.Add(12 * time.Minute))) // two sweeps
	var found []map[string]map[int]string
	for _, at := range simIssues {
		found = append(found, r.ending(at).receipts)
	}
	r.everything()
	for k, at := range simIssues {
		if d := cmp.Diff(found[k], r.ending(at).receipts); d != "" {
			r.fail("%s: what only the nightly look found (-before +after):\n%s", at, d)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// everything has every server look at every issue.
func (r *run) everything() {
	for _, p := range r.living() {
		if err := p.plugin.Sweep.Everything(context.Background()); err != nil {
			r.fail("sweep: %v", err)
		}
	}
	time.Sleep(6 * time.Minute)
}

// fail takes note of what must not be.
func (r *run) fail(format string, a ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed(format, a...)
}

func (r *run) failed(format string, a ...any) {
	r.out.problems = append(r.out.problems, fmt.Sprintf(format, a...))
}

// compare holds an issue's end against that of the run without faults.
func (r *run) compare(k int, want, got *ending) (problems []string) {
	differ := func(what string, a, b any) {
		if d := cmp.Diff(a, b); d != "" {
			problems = append(problems, fmt.Sprintf("%s: %s (-without faults +with):\n%s", simIssues[k], what, d))
		}
	}
	most := r.schedule.servers
	if got.records > 1 || got.records != want.records {
		differ("records", want.records, got.records)
	}
	differ("verdicts", want.receipts, got.receipts)
	for _, w := range r.schedule.words { // what was edited before it could be acknowledged is answered instead
		if name := wordName(w.to); w.verb == "edits" && got.reactions[name] == "" {
			delete(want.reactions, name)
		}
	}
	differ("reactions", want.reactions, got.reactions)
	for _, key := range keysOf(want.answered, got.answered) {
		if a, b := want.answered[key], got.answered[key]; a > 1 || b > most || (a > 0) != (b > 0) && !r.late(key, got) {
			differ("answers to "+key, a, b)
		}
	}
	for _, key := range keysOf(want.decisions, got.decisions) {
		a, b := want.decisions[key], got.decisions[key]
		if len(b) > most || len(a) != 1 || len(b) == 0 || a[0] != b[0] {
			differ("decision "+key, a, b)
		}
	}
	for _, key := range keysOf(want.notices, got.notices) {
		a, b := want.notices[key], got.notices[key]
		if a > 1 || b > most || (a > 0) != (b > 0) && !r.passing(k, key) {
			differ("notice "+key, a, b)
		}
	}
	differ("labels", want.labels, got.labels)
	differ("milestone", want.milestone, got.milestone)
	differ("record", want.text, got.text)
	return problems
}

// late reports whether an answer may be missing: its comment was deleted before it could
// be given, or edited, which is answered instead. Nothing is owed to what is gone.
func (r *run) late(key string, got *ending) bool {
	name, kind, _ := strings.Cut(key, " ")
	return got.answered[key] == 0 && slices.ContainsFunc(r.schedule.words, func(w word) bool {
		return wordName(w.to) == name && (w.verb == "deletes" || kind == "refused" && got.answered[name+" changed"] > 0)
	})
}

// passing reports whether a notice is about a state that was over in the end: whether
// anybody was told depends on whether it was read while it lasted. A block that was
// resolved, an ask that was answered or taken back or whose item is done, a label that was
// moved by hand.
func (r *run) passing(k int, key string) bool {
	kind, rest, _ := strings.Cut(key, "-v1.38-")
	fold := func(k int) *work.Item { return work.Fold(simIssues[k], r.logs[k]) }
	asks := func(from, of int) (asked, answered, declined bool) {
		asked = !fold(from).Delivered(work.Checklist(simBodies[from])) && slices.ContainsFunc(fold(from).Asks, func(a work.Ask) bool { return a.Target == simIssues[of] })
		at := slices.IndexFunc(fold(of).Promises, func(p work.Promise) bool { return p.To == simIssues[from] })
		return asked, at >= 0, at >= 0 && fold(of).Promises[at].Declined
	}
	switch kind {
	case "block":
		note, ok := fold(k).Note(rest)
		return ok && !note.Open()
	case "asked": // here by the other
		asked, answered, _ := asks(issueNamed(rest), k)
		return !asked || answered
	case "declined": // there by the other
		asked, _, declined := asks(k, issueNamed(rest))
		return !asked || !declined
	}
	return strings.HasPrefix(key, "label-")
}

func issueNamed(name string) int {
	return slices.IndexFunc(simIssues, func(k plugin.Key) bool { return k.String() == name })
}

// keysOf lists the keys of two maps.
func keysOf[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
