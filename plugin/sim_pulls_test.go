package plugin_test

import (
	"slices"
	"strings"
	"time"
)

// simPull is the place of the pull request among simIssues.
const simPull = 4

// pullLines are what people say on the pull request. Words there are judged in every round,
// so nobody speaks who gets another login meanwhile.
var pullLines = []line{
	{4, "dev", simPull, "/kep 4381"},
	{2, "dev", simPull, "/kep cancel"},
	{1, "dev", simPull, "/kep 9999"},
	{2, "sched-lead", simPull, "/kep none it moves files only"},
	{1, "stranger", simPull, "/kep none because"},
	{2, "dev", simPull, "/part-of kubernetes/enhancements#4381"},
	{1, "dev", simPull, "/part-of cancel"},
	{2, "node-fac", simPull, "/part-of kubernetes/kubernetes#2"},
}

// descriptions are what its description is changed to.
var descriptions = []string{"", "KEP: kubernetes/enhancements#4381", "Fixes #2", "Part of kubernetes/enhancements#4381", "This is about pools."}

// onPull has something said or done on the pull request, while it is open. Its words are
// judged anew in every round, so which of them were edited and when is not drawn here.
func (a *author) onPull() {
	switch a.random.IntN(5) {
	case 0:
		a.does("dev", "describes", descriptions[a.random.IntN(len(descriptions))])
	case 1:
		verb := []string{"labels", "labels", "unlabels"}[a.random.IntN(3)]
		text := []string{"kind/feature", "kind/feature", "do-not-merge/needs-kep", "kep-checked"}[a.random.IntN(4)]
		a.does("maintainer", verb, text)
	default:
		a.say(pick(a.random, pullLines))
	}
}

// does adds what somebody does to the pull request.
func (a *author) does(who, verb, text string) {
	a.clock += time.Duration(2+a.random.IntN(60)) * time.Second
	a.add(word{at: a.clock, who: who, verb: verb, on: simPull, text: text})
}

// merge merges the pull request, at a time when everything said before was read: what its
// receipt holds is what was known when the merge was first seen.
func (a *author) merge(at time.Duration) {
	a.pulls = false
	a.add(word{at: at, who: "maintainer", verb: "merges", on: simPull})
}

// mostMoves is how often a gate label may move: once for each change of what it follows.
// Without faults some changes are seen together.
func (s schedule) mostMoves() int {
	n := 1
	for _, w := range s.words {
		if w.on == simPull || strings.HasPrefix(w.verb, "edits") || strings.HasPrefix(w.verb, "deletes") {
			n++
		}
	}
	return n
}

// ofPull reports whether a name of flapping is about the pull request.
func ofPull(name string) bool {
	return slices.ContainsFunc([]string{"do-not-merge/needs-kep", "kep-checked"}, func(l string) bool { return strings.HasSuffix(name, " "+l) })
}
