package render

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/plan"
)

// sigs are the figures of each SIG, and below it those of its increments.
func (p *tallyPage) sigs() {
	t := table{head: []string{"SIG, increment", "committed", "done", "slipped", "expected", "due so far"}}
	for _, s := range p.SIGs {
		due := "nothing due"
		if s.Due.Committed > 0 {
			due = digitsOf(s.Due.Done) + " of " + digitsOf(s.Due.Committed) + ", " + percentDone(s.Due)
		}
		t.add("**"+laneName(s.SIG)+"**", digitsOf(s.All.Committed), digitsOf(s.All.Done), slipped(s.All), oneDecimal(s.All.Expected), due)
		for n, f := range s.Increments {
			if f.Committed > 0 && p.l.items > 30 {
				t.add(p.increment(n, f)...)
			}
		}
	}
	if len(t.rows) > 0 {
		p.say("\n<details><summary>By SIG and increment</summary>\n", t.String(), "\n</details>\n")
	}
}

// increment is one row: what is committed to an increment, over all SIGs or of one.
func (p *tallyPage) increment(n int, f plan.Figures) []string {
	i := p.Increments[n].Increment
	far := "not begun"
	if i.Started(p.Occasion.At) {
		far = percentDone(f)
	}
	return []string{i.Title(), digitsOf(f.Committed), digitsOf(f.Done), slipped(f), oneDecimal(f.Expected), far}
}

// tallyNow is the tally in a reply to /plan status: what stands now, without the picture.
func (p *planPage) tallyNow(sig string) string {
	if p.Plan.Tally == nil {
		return ""
	}
	t := &tallyPage{Site: p.Site, Tally: *p.Plan.Tally, on: p.Plan.Key, l: portion{p.scale.rows, p.scale.title, p.scale.text}}
	if sig != "" {
		t.ofSIG(sig)
		return t.b.String()
	}
	t.Objections = 0 // they are listed above
	switch {
	case !t.begun():
		t.All = plan.Figures{} // the schedule above says what is expected
	case t.All.Committed > 0:
		t.say("\n**The tally now:** ")
		t.lead()
		t.increments()
		t.sigs()
	}
	t.lines()
	t.waiting()
	t.say(exceptionsFold(t.ByException, 2*t.l.items))
	return t.b.String()
}

// begun reports whether the first increment has.
func (p *tallyPage) begun() bool {
	return len(p.Increments) > 0 && p.Increments[0].Increment.Started(p.Occasion.At)
}

// ofSIG is one SIG's part. What it waits for is told elsewhere in the reply.
func (p *tallyPage) ofSIG(sig string) {
	n := slices.IndexFunc(p.SIGs, func(s plan.SIGTally) bool { return s.SIG == sig })
	if n >= 0 && p.begun() {
		one := p.SIGs[n]
		t := table{head: []string{"", "committed", "done", "slipped", "expected", "so far"}}
		for n, f := range one.Increments {
			if f.Committed > 0 {
				t.add(p.increment(n, f)...)
			}
		}
		p.say("\n**The tally now:** ", digitsOf(one.All.Done), " of ", digits(one.All.Committed, "piece", "pieces"), " of work ", isAre(one.All.Done, "is", "are"), " done\n", t.String())
	}
	old := func(what string, list []plan.Raised) {
		list = slices.DeleteFunc(slices.Clone(list), func(r plan.Raised) bool { return r.SIG != sig })
		if len(list) > 0 {
			p.say("\n**", what, " open for more than ", ageLimit, ":** ", p.raised(list), "\n")
		}
	}
	old("Blocks", p.OldBlocks)
	old("Questions", p.OldQuestions)
	for _, e := range p.ByException {
		if e.SIG == sig {
			p.say("\n**Exceptions:** ", exceptionWords(e.ExceptionCount, false), "\n")
		}
	}
}
