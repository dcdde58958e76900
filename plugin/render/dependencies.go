package render

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// dependencies writes what the item needs of others, one row per ask.
func (p *page) dependencies() {
	t := table{head: []string{"depends on", "SIG", "by", "state"}}
	for _, e := range p.Assessment.Edges[:min(len(p.Assessment.Edges), p.rows)] {
		what := p.target(p.key, e)
		if e.Target.Readable && e.Target.Issue.Title != "" {
			what += " " + p.code(e.Target.Issue.Title)
		}
		if e.Ask.Text != "" {
			what += ", for " + p.code(e.Ask.Text)
		}
		sig := "not known"
		if e.Target.SIG != "" {
			sig = word(e.Target.SIG)
		}
		by := "no weeks named"
		if e.Ask.By != "" {
			by = p.windowTitle(e.Ask.By)
		}
		t.add(what, sig, by, p.edgeState(e))
	}
	p.say(t.String())
	p.more(len(p.Assessment.Edges), "dependency", "dependencies")
	if n := p.AskedLater; n > 0 {
		p.say("\nOnce this issue is in the plan, ", digits(n, "other issue is", "other issues are"), " told of it.\n")
	}
	if n := p.AskedNever; n > 0 {
		p.say("\n", digits(n, "more issue is", "more issues are"), " not told of it: that many are not asked for one issue.\n")
	}
}

// target links to what a dependency is on, to a pull request at its own address.
func (s Site) target(base work.Key, e work.Edge) string {
	if e.Target.Readable && e.Target.Issue.Pull {
		return s.pull(base, e.Ask.Target)
	}
	return s.issue(base, e.Ask.Target)
}

// issue links to an issue, or to a pull request that the item depends on.
func (p *page) issue(base, k work.Key) string {
	for _, e := range p.Assessment.Edges {
		if e.Ask.Target == k {
			return p.target(base, e)
		}
	}
	return p.Site.issue(base, k)
}

// edgeState says in words where a dependency stands; what is open is bold.
func (p *page) edgeState(e work.Edge) string {
	promised := ""
	if e.Promise != nil {
		if promised = person(e.Promise.Said.Login) + ", " + p.day(e.Ask.Target, e.Promise.Said); e.Promise.By != "" {
			promised += ", for " + p.windowTitle(e.Promise.By)
		}
	}
	asked := "asked " + p.day(p.key, e.Ask.Said)
	switch {
	case p.Assessment.Delivered && !e.Target.Delivered():
		return "no longer needed: this is done"
	case has(e, work.SelfDependency):
		return "**this issue itself**"
	case has(e, work.Unreadable):
		return "**cannot be read**"
	case has(e, work.ClosedUnmerged):
		return "**closed, not merged**"
	case has(e, work.ClosedNotPlanned):
		return "**closed as not planned**"
	case has(e, work.Declined):
		return "**declined** by " + promised
	case has(e, work.NotPromised) && has(e, work.TargetSlipped):
		return asked + ", **not promised, slipped**"
	case has(e, work.TargetSlipped):
		return "**slipped**: promised by " + promised
	case has(e, work.NotPromised) && has(e, work.NotCommitted):
		return asked + ", **not committed, not promised**"
	case has(e, work.NotPromised):
		return asked + ", **not promised**"
	case has(e, work.Late):
		return "**too late**: promised by " + promised
	case has(e, work.NotCommitted):
		return "promised by " + promised + ", **not committed**"
	case e.Target.Issue.Merged:
		return "delivered: merged"
	case e.Target.Issue.Closed:
		return "delivered: closed as completed"
	case e.Target.Delivered():
		return "delivered: done, not closed"
	case promised != "":
		return "promised by " + promised
	}
	return asked
}

// given writes what others need of this item and what it answered, also to
// those that have not asked.
func (p *page) given() {
	keys := slices.Clone(p.Assessment.Asked)
	for _, q := range p.item.Promises {
		keys = append(keys, q.To)
	}
	t := table{head: []string{"needed by", "answer"}}
	var seen []work.Key
	for _, k := range keys {
		if slices.Contains(seen, k) {
			continue
		}
		seen = append(seen, k)
		if len(seen) <= p.rows {
			t.add(p.issue(p.key, k), p.answer(k))
		}
	}
	p.say(t.String())
	p.more(len(seen), "issue", "issues")
	if open := p.unanswered(); len(open) > 0 && !p.closed() {
		p.say("\nTo promise it to ", p.issue(p.key, open[0]), ":\n",
			block("", "/provide "+p.item.Cycle+" "+open[0].String()))
	}
}

func (p *page) answer(k work.Key) string {
	promise, ok := p.item.Promise(k)
	switch {
	case !ok && p.Assessment.Delivered:
		return "delivered"
	case !ok:
		return "**not answered**"
	}
	answer := "promised by "
	if promise.Declined {
		answer = "**declined** by "
	}
	answer += person(promise.Said.Login) + ", " + p.day(p.key, promise.Said)
	if promise.By != "" {
		answer += ", for " + p.windowTitle(promise.By)
	}
	if promise.Text != "" {
		answer += ": " + p.code(promise.Text)
	}
	if !slices.Contains(p.Assessment.Asked, k) {
		answer += " (not asked now)"
	}
	return answer
}

var noteWords = map[work.NoteKind]string{work.Block: "block", work.Question: "question", work.Risk: "risk"}

// openNotes writes the blocks, questions and risks that still wait.
func (p *page) openNotes() {
	var notes []string
	for _, kind := range []work.NoteKind{work.Block, work.Question, work.Risk} {
		for _, n := range p.item.OpenNotes(kind) {
			words := n.ID + " " + noteWords[kind] + " " + p.code(n.Text) + " (" + speaker(n.Raised) + ", " + p.day(p.key, n.Raised) + ")"
			if n.Ended == work.Owned {
				words += ", owned by " + person(n.Owner) + " since " + p.day(p.key, n.Closed)
				if n.Answer != "" {
					words += ": " + p.code(n.Answer)
				}
			}
			notes = append(notes, words)
		}
	}
	p.list3("**Open:**", notes)
}

// list3 writes up to three entries on one line and more as a list.
func (p *page) list3(head string, entries []string) {
	switch {
	case len(entries) == 0:
		return
	case len(entries) <= 3:
		p.say("\n", head, " ", strings.Join(entries, " · "), "\n")
		return
	}
	p.say("\n", head, "\n")
	for _, e := range entries[:min(len(entries), p.rows)] {
		p.say("- ", e, "\n")
	}
	p.more(len(entries), "note", "notes")
}

// endedNotes writes how questions, blocks and risks ended, folded.
func (p *page) endedNotes() {
	var ids, entries []string
	for _, n := range p.item.Notes {
		if n.Open() {
			continue
		}
		ids = append(ids, n.ID)
		words := n.ID + " " + noteWords[n.Kind] + " " + p.code(n.Text) + ": " + word(n.Ended) + " by " +
			person(n.Closed.Login) + ", " + p.day(p.key, n.Closed)
		if n.Answer != "" {
			words += ": " + p.code(n.Answer)
		}
		entries = append(entries, words)
	}
	if len(ids) == 0 {
		return
	}
	p.say("\n<details><summary>Ended: ", some(ids, 8, "and"), "</summary>\n\n")
	for _, e := range entries[:min(len(entries), p.rows)] {
		p.say("- ", e, "\n")
	}
	p.more(len(entries), "note", "notes")
	p.say("\n</details>\n")
}
