package render

import (
	"strings"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// VisibleLimit is how many characters the visible part of a comment may have.
// GitHub promises 65,536 for the whole; the rest is for the signed receipts.
const VisibleLimit = 40000

// Record is what the record of one item in one cycle shows.
type Record struct {
	Assessment   work.Assessment
	Cycle        cycle.Cycle
	Facilitators []string            // of the owning SIG
	StandIn      bool                // SIG leads stand in because no facilitator is named
	Owners       map[string][]string // facilitators of other SIGs, by SIG
	History      []Line              // every accepted line, in fold order
	Edited       int                 // comments edited after their receipt
	Deleted      int                 // comments deleted after their receipt
	Rebuilt      int                 // receipts made again from comments
	Parts        int                 // further signed comments that hold receipts
	AskedLater   int                 // asks that are told to the other side once the item is in the plan
	AskedNever   int                 // asks over the number that are told to the other side
	TakenOut     bool                // the plan took the issue out of the milestone
	TakenOutAt   slash.Key           // the plan issue, zero if it may not be named
	TakenOutBy   int64               // the comment there that confirmed it
	NoMilestone  bool                // an exception was granted, and the milestone that it sets is not there
}

// Line is one accepted line with what became of its comment.
type Line struct {
	Said     work.Said
	Standing custody.Standing
	Rebuilt  bool
}

// detail is how much of a record is spelled out; the rest is counted.
type detail struct {
	history int // newest lines of the history
	rows    int // of a table or list
	items   int // of the checklist, in one cell
	merges  int // newest merged pull requests
	text    int // characters of a user's text
}

// details go from what a normal item needs to what always fits.
var details = []detail{
	{history: 400, rows: 40, items: 20, merges: 5, text: textLimit},
	{history: 100, rows: 40, items: 20, merges: 5, text: textLimit},
	{history: 30, rows: 20, items: 10, merges: 5, text: textLimit},
	{history: 10, rows: 10, items: 6, merges: 4, text: 120},
	{history: 5, rows: 6, items: 4, merges: 3, text: 60},
}

// Record gives the visible Markdown of a record: first the state and what it
// needs from whom, then the facts, what does not fit, and the history, folded.
// It has at most VisibleLimit characters: the history is shortened first, then
// the tables; what is not shown is counted.
func (s Site) Record(r Record) string {
	text := ""
	for _, d := range details {
		text = s.record(r, d)
		if utf8.RuneCountInString(text) <= VisibleLimit {
			break
		}
	}
	return text
}

// page is one record being written.
type page struct {
	Site
	Record
	detail
	item      *work.Item
	key       slash.Key
	checklist []string       // its items as they stand now
	nth       map[string]int // number of each checklist item as it stands now, from 1
	gone      map[int64]bool // comments deleted since
	found     []point        // what points gave
	b         strings.Builder
}

func (s Site) record(r Record, d detail) string {
	p := &page{Site: s, Record: r, detail: d, item: r.Assessment.Item, key: r.Assessment.Item.Key}
	p.nth = map[string]int{}
	p.checklist = work.Checklist(r.Assessment.Issue.Body)
	for k, text := range p.checklist {
		if p.nth[text] == 0 {
			p.nth[text] = k + 1
		}
	}
	p.gone = map[int64]bool{}
	for _, l := range r.History {
		if l.Standing == custody.StandingDeleted {
			p.gone[l.Said.Comment] = true
		}
	}
	p.say("### ", p.item.Cycle, ": ", p.headline(), "\n")
	p.needs()
	p.takenOut()
	p.facts()
	p.increments()
	p.exceptions()
	p.dependencies()
	p.given()
	p.merged()
	p.demos()
	p.openNotes()
	p.misfits()
	p.endedNotes()
	p.custody()
	p.closing()
	return p.b.String()
}

func (p *page) say(words ...string) {
	for _, w := range words {
		p.b.WriteString(w)
	}
}

// day links the day on which something was said to its comment, as long as
// there is one.
func (p *page) day(on slash.Key, said work.Said) string {
	if on == p.key && p.gone[said.Comment] {
		return DateOf(said.At)
	}
	return p.Site.day(on, said)
}

// code is a user's text at this page's level of detail.
func (p *page) code(s string) string { return codeUpTo(s, p.text) }

var standingWords = map[work.Standing]string{
	work.Noted:     "not in the plan",
	work.OptedIn:   "opted in, not committed",
	work.Committed: "committed",
	work.Ready:     "ready for the readout",
	work.Read:      "read out",
	work.Done:      "done",
	work.Dropped:   "dropped, closed as not planned",
}

func (p *page) closed() bool {
	return p.Assessment.Issue.Closed || p.Assessment.Standing == work.Dropped
}

// headline is the state and, in a few words, what it waits for.
func (p *page) headline() string {
	a := p.Assessment
	state := standingWords[a.Standing]
	if state == "" {
		state = word(string(a.Standing))
	}
	switch {
	case a.Standing == work.Noted && p.closed():
		return state + ", closed"
	case p.closed() && a.Standing == work.Done:
		return state + ", closed as completed"
	case p.closed():
		return state
	}
	switch {
	case a.Plan.Approved && a.InPlan:
		state = "approved, " + state
	case a.Plan.Passed && a.InPlan:
		state += ", not in the approved plan"
	}
	state += p.exceptionHead() + p.doneCount()
	if by := p.blockedBy(); by != "" {
		return state + ", blocked by " + by
	}
	if n := len(p.unpromised()); n > 0 {
		return state + ", waiting for " + count(n, "promise", "promises")
	}
	switch n := len(p.points()); {
	case a.Standing == work.Noted && len(a.Asked) > 0 && !a.Delivered:
		return state + ", needed by " + count(len(a.Asked), "issue", "issues")
	case a.Standing == work.Noted || a.Standing == work.OptedIn:
		return state
	case n > 0:
		return state + ", " + count(n, "point", "points") + " open"
	case len(p.item.OpenNotes(work.Question)) > 0:
		return state + ", " + count(len(p.item.OpenNotes(work.Question)), "question", "questions") + " open"
	case len(p.unanswered()) > 0:
		return state + ", " + count(len(p.unanswered()), "answer", "answers") + " owed"
	case a.Standing == work.Done:
		return state
	}
	return state + ", nothing missing"
}

func (p *page) blockedBy() string {
	var by []string
	for _, n := range p.Assessment.Blocks {
		by = append(by, n.ID)
	}
	if len(by) > 3 {
		by = []string{count(len(by), "block", "blocks")}
	}
	if n := len(p.Assessment.Declined()); n > 0 {
		by = append(by, count(n, "declined dependency", "declined dependencies"))
	}
	return join(by, "and")
}

// unpromised lists the dependencies that nobody has answered.
func (p *page) unpromised() []work.Edge {
	var out []work.Edge
	for _, e := range p.Assessment.Edges {
		if has(e, work.NotPromised) {
			out = append(out, e)
		}
	}
	return out
}

func has(e work.Edge, code work.FindingCode) bool {
	for _, f := range e.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

// owner names who speaks for the item's SIG.
func (p *page) owner() string { return who(p.Assessment.SIG, p.Facilitators, p.StandIn) }

// who names the people who speak for a SIG, with the SIG beside them.
func who(sig string, logins []string, standIn bool) string {
	switch {
	case sig == "":
		return "a planning facilitator"
	case len(logins) == 0:
		return "the planning facilitator of " + sigName(sig)
	case standIn:
		return some(people(logins), 4, "or") + " (" + leads(logins) + " of " + sigName(sig) + ")"
	}
	return some(people(logins), 4, "or") + " (" + sigName(sig) + ")"
}

func leads(logins []string) string {
	if len(logins) == 1 {
		return "SIG lead"
	}
	return "SIG leads"
}

// speaker names who said something, with the SIG, seat or role beside it.
func speaker(s work.Said) string {
	switch {
	case s.Role == string(roles.Programme) && s.SIG != "":
		return person(s.Login) + ", " + word(s.SIG) + " seat"
	case s.SIG != "":
		return person(s.Login) + ", " + sigName(s.SIG)
	case s.Role == "":
		return person(s.Login)
	}
	return person(s.Login) + ", " + title(s)
}

// title is the role in which something was said, in full.
func title(s work.Said) string { return plain(roles.Role(s.Role).Title(s.SIG)) }

func (p *page) closing() {
	p.say("\n<sub>Kept by Steelthread from the comments on this issue; edits here are put back.")
	if p.Parts > 0 {
		p.say(" Receipts go on in ", count(p.Parts, "further comment", "further comments"), ".")
	}
	p.say(p.links(linked("On the web", p.OfItem(p.key))), "</sub>\n")
}

// Part gives the visible line of a comment in which the receipts of a record
// go on.
func (s Site) Part(cycle string, k, of int, recordURL string) string {
	return "<sub>Receipts of " + link("the record for "+plain(cycle), recordURL) + " go on here: part " +
		digitsOf(k) + " of " + digitsOf(of) + ". Kept by Steelthread; edits here are put back.</sub>\n"
}
