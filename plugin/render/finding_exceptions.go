package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/work"
)

// aboutExceptions are the findings that are shown of an item in no plan, too.
var aboutExceptions = map[work.FindingCode]bool{
	work.DraftException: true, work.WaitsForSupport: true, work.AfterDecision: true, work.NotCounted: true, work.ExpiredException: true,
}

// behind are the words of a finding about an exception, without the freeze.
func behind(f work.Finding) []string { return f.Words[min(1, len(f.Words)):] }

// lineMeanings says what each named line of a request is to tell.
var lineMeanings = map[string]string{
	"why": "why it did not make the freeze", "risk-late": "what taking it late risks",
	"risk-cut": "what leaving it out risks", "prs": "the pull requests that it is about",
}

// draftException offers the request with the lines that it lacks.
func draftException(p *page, f work.Finding, _ *work.Edge) point {
	freeze, ask := wordOf(f, 0), 0
	for _, e := range p.Assessment.Exceptions {
		if e.Freeze == freeze && e.State == work.ExceptionDraft {
			ask = e.Days
		}
	}
	var names, says []string
	paste := "/exception request " + p.item.Cycle + " " + freeze + " " + digitsOf(ask) + "d"
	for _, name := range behind(f) {
		names = append(names, Code(name+":"))
		says = append(says, Code(name+":")+" says "+firstOf(lineMeanings[name], "more"))
		paste += "\n" + name + ":"
	}
	pt := point{need: count(len(names), "line", "lines") + " of the request for the " + freezeName(freeze) + " (" + join(names, "and") + ")",
		text: "The request for an exception to the " + freezeName(freeze) + " is a draft until " + count(len(names), "more line is", "more lines are") + " there: " + strings.Join(says, "; ") + "."}
	if ask > 0 {
		pt.text += " To complete it, with your words behind the " + one(len(names), "colon", "colons") + ":"
		pt.paste = []string{paste}
	}
	return pt
}

func waitsForSupport(p *page, f work.Finding, _ *work.Edge) point {
	var names []string
	for _, sig := range behind(f) {
		names = append(names, owningName(sig))
	}
	who := some(names, p.items, "and")
	return point{need: who + " to support the exception to the " + freezeName(wordOf(f, 0)),
		text:  "The exception to the " + freezeName(wordOf(f, 0)) + " is not granted without the support of " + who + ". For a SIG lead or planning facilitator:",
		paste: []string{"/exception support " + p.item.Cycle}}
}

// spans shows lines of people.
func (p *page) spans(lines []string) string {
	var out []string
	for _, l := range lines {
		out = append(out, p.code(l))
	}
	return some(out, p.items, "and")
}

func afterDecision(p *page, f work.Finding, _ *work.Edge) point {
	return point{text: p.spans(behind(f)) + one(len(behind(f)), " changes nothing: when it was", " change nothing: when they were") + " said, the exception to the " + freezeName(wordOf(f, 0)) +
		" had been decided, or could not be changed any more without asking anew."}
}

func notCounted(p *page, f work.Finding, _ *work.Edge) point {
	return point{text: p.spans(behind(f)) + one(len(behind(f)), " was", " were") + " said before the decision about the exception to the " + freezeName(wordOf(f, 0)) +
		", and read after it was made. The decision stands; those who made it may want to look at it again."}
}

func expiredException(p *page, f work.Finding, _ *work.Edge) point {
	ended := word(wordOf(f, 1))
	if day, err := cycle.ParseDay(wordOf(f, 1)); err == nil {
		ended = dayOnEarth(day)
	}
	return point{need: "the work that was due " + ended,
		text:  "The exception to the " + freezeName(wordOf(f, 0)) + " ended " + ended + ", and this is not said to be done. If it is:",
		paste: []string{"/done " + p.item.Cycle}}
}
