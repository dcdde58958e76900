package render

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Plan is what the record of a plan issue shows.
type Plan struct {
	Key        slash.Key // the plan issue
	Assessment plan.Assessment
	Schedule   plan.Schedule
	Graph      plan.Graph
	Now        time.Time // what is open for too long is told from it
	Notes      string    // address of the release-notes draft, "" for not on the web
	History    []Line    // every accepted line on the plan issue, in fold order
	Edited     int       // comments edited after their receipt
	Deleted    int       // comments deleted after their receipt
	Rebuilt    int       // receipts made again from comments
	Parts      int       // further signed comments that hold receipts
	Spreading  bool      // not every approved issue bears its label yet
	Labelled   int       // while it spreads: at least so many do
	Survey     Survey
	OptIn      string      // the label that proposes an issue, with the milestone
	Before     *Before     // the cycle before, nil for not known
	Closing    int64       // the comment with the closing report, 0 before the end
	Tally      *plan.Tally // how it goes now, for /plan status; nil for not asked
}

// Before is the cycle before, as the next plan shows it.
type Before struct {
	Cycle       string
	Plan        slash.Key // its plan issue
	Closing     int64     // the comment with its closing report, 0 for none
	Calibration plan.Calibration
}

// planPage is one plan being written. The page is lent for its words on edges,
// notes and history; it has no item.
type planPage struct {
	*page
	Plan
	scale
}

func (s Site) planPage(in Plan, sc scale) *planPage {
	p := &page{
		Site: s, key: in.Key, item: &work.Item{Key: in.Key, Cycle: in.Schedule.Cycle.Name}, gone: map[int64]bool{},
		Record: Record{Cycle: in.Schedule.Cycle, History: in.History, Edited: in.Edited, Deleted: in.Deleted, Rebuilt: in.Rebuilt, Parts: in.Parts},
		detail: detail{history: sc.history, rows: sc.rows, items: 6, text: sc.text},
	}
	for _, l := range in.History {
		if l.Standing == custody.StandingDeleted {
			p.gone[l.Said.Comment] = true
		}
	}
	return &planPage{page: p, Plan: in, scale: sc}
}

// Plan gives the visible Markdown of a plan's record: where the vote stands and
// what it needs from whom, the schedule by SIG, what stands in the way, what an
// approval would do; each SIG's backlog and the history folded. It has at most
// VisibleLimit characters; what is not shown is counted.
func (s Site) Plan(in Plan) string {
	text := ""
	for _, sc := range scales {
		p := s.planPage(in, sc)
		p.whole()
		if text = p.b.String(); utf8.RuneCountInString(text) <= VisibleLimit {
			break
		}
	}
	return text
}

func (p *planPage) whole() {
	p.first()
	p.table("")
	p.otherSeats()
	p.objections()
	p.rounds()
	if p.Closing == 0 {
		p.outcome()
		p.losing()
		p.previews()
	}
	p.dates()
	p.survey()
	p.misfits()
	p.agenda()
	if p.form == inLines {
		p.say("\n*Below: each SIG's items in its order, with the confidence of the last increment.*\n")
	}
	for _, lane := range p.Schedule.Lanes {
		p.backlog(lane, true)
	}
	p.dependencies()
	p.graphOf()
	p.open()
	p.risks()
	p.before()
	p.custody()
	p.end()
}

// first is the headline, the needs and the counts.
func (p *planPage) first() {
	p.say("### Plan for ", plain(p.Schedule.Cycle.Name), ": ")
	if p.Closing != 0 {
		p.say("closed, ", plan.Assessment.Words(p.Plan.Assessment), "\n**The cycle is over:** ", link("closing report", p.Comment(p.Plan.Key, p.Closing)), ". This record stays as it is.\n")
		p.counts()
		return
	}
	p.say(plan.Assessment.Words(p.Plan.Assessment), "\n")
	list, intro, paste := p.planNeeds()
	if len(list) == 0 {
		list = []string{"nothing now"}
	}
	p.say("**Needs:** ", strings.Join(list, " · "), "\n")
	p.counts()
	if paste != "" {
		p.say("\n", intro, ":\n", block("", paste))
	}
}

// planNeeds lists what the plan waits for, and the one line to paste, if there is
// one for the phase.
func (p *planPage) planNeeds() (list []string, intro, paste string) {
	a := p.Plan.Assessment
	ready := len(a.IfApproved.Labelled)
	if a.Torn > 0 {
		return []string{"what is missing to be put back, or a rework by a release lead or product management (`/plan rework`)"}, "", ""
	}
	switch a.Phase {
	case plan.PhaseNotOpened, plan.PhaseRework:
		if a.Unheld > 0 {
			list = append(list, "the readout of "+count(a.Unheld, "item", "items")+", then `/readout done` on each by a release lead or product management")
		}
		if ready == 0 && a.Unheld == 0 {
			return []string{"facilitators to call their items ready (`/readout ready` on each)"}, "", ""
		}
		if ready == 0 {
			return list, "", ""
		}
		list = append(list, "a release lead or product management to open the vote on "+count(ready, "ready item", "ready items"))
		return append(list, p.unfilled()...), "To open it", "/plan vote open until 3 days"
	case plan.PhaseOpen:
		if a.Last != nil && len(a.Last.Opened.Items) == 0 {
			return append(p.unfilled(), "another round: no item was ready when this one was opened, so it approves nothing"), "To end it, before the next is opened", "/plan vote close"
		}
		if len(a.Missing) > 0 {
			list = append(list, voteOf(len(a.Missing))+seatList(a.Missing))
		} else {
			list = append(list, "no further vote; it ends at the deadline, or a release lead or product management closes it (`/plan vote close`)")
		}
		list = append(list, p.answers()...)
		return append(list, p.unfilled()...), "To vote, 0 to 5, words may follow", "/vote 4"
	case plan.PhaseCounting:
		list = []string{"nothing now; the result comes about a minute after the end"}
	case plan.PhaseNotApproved:
		list = p.answers()
		list = append(list, "a release lead or product management to open round "+digitsOf(a.Round+1)+", or to have the plan reworked (`/plan rework`)")
		return append(list, p.unfilled()...), "To open it", "/plan vote open until 3 days"
	case plan.PhaseApproved:
		list = p.sinceApproved()
	}
	return list, "", ""
}

// sinceApproved is what came up on approved items after the vote.
func (p *planPage) sinceApproved() (list []string) {
	changed, blocked := 0, 0
	for _, c := range p.Plan.Assessment.Changed {
		if !c.Reaffirmed {
			changed++
		}
	}
	for _, lane := range p.Schedule.Lanes {
		for _, e := range lane.Backlog {
			if e.Place == plan.Stopped && p.Plan.Assessment.Approval.Has(e.Item.Key) {
				blocked++
			}
		}
	}
	if blocked > 0 {
		list = append(list, "an end to what blocks "+count(blocked, "approved item", "approved items"))
	}
	if changed > 0 {
		list = append(list, "`/readout ready` on "+count(changed, "item that has", "items that have")+" changed since the vote, or the change taken back")
	}
	return list
}

func voteOf(n int) string {
	if n == 1 {
		return "the vote of "
	}
	return "the votes of "
}

func seatList(names []string) string {
	out := make([]string, 0, len(names))
	for _, n := range names {
		out = append(out, seatWords(n))
	}
	return some(out, needsShown, "and")
}

// answers lists the objections that wait.
func (p *planPage) answers() []string {
	var list []string
	for _, o := range p.Plan.Assessment.Standing() {
		list = append(list, plain(o.ID)+" ("+seatWords(o.Seat)+")")
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return []string{"an answer to objection " + list[0]}
	}
	return []string{"answers to objections " + some(list, needsShown, "and")}
}

// unfilled lists the seats that nobody holds and whose vote is needed.
func (p *planPage) unfilled() []string {
	var names []string
	for _, f := range p.Plan.Assessment.Findings {
		if f.Code == plan.SeatUnfilled {
			names = append(names, f.Seat)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"somebody to be named for " + seatList(names)}
}

func (p *planPage) counts() {
	c := p.Schedule.Count
	if c.Items+c.Dropped == 0 {
		p.say("\nNo item is in the plan yet. ", p.enters(), "\n")
		return
	}
	sigs := 0
	for _, lane := range p.Schedule.Lanes {
		if lane.SIG != "" && lane.Count.Items > 0 {
			sigs++
		}
	}
	p.say("\n", digits(sigs, "SIG", "SIGs"), " · ", digits(c.Items, "item", "items"), " · ", places(c))
	if e := p.Schedule.Expected; c.Items > 0 && p.Closing == 0 {
		p.say(" · expected to ship: ", estimate(e), fromConfidences(c))
	}
	p.say("\n")
}

// places is "61 ready, 17 proposed, 5 blocked". What is dropped is no item of the
// plan any more.
func places(c plan.Count) string {
	var words []string
	for _, w := range []struct {
		n    int
		word string
	}{{c.Ready, "ready"}, {c.Proposed, "proposed"}, {c.Blocked, "blocked"}, {c.Done, "done"}} {
		if w.n > 0 {
			words = append(words, digitsOf(w.n)+" "+w.word)
		}
	}
	if c.Dropped > 0 {
		words = append(words, "beside them "+digitsOf(c.Dropped)+" dropped")
	}
	return strings.Join(words, ", ")
}

// enters says how an issue gets into the plan.
func (p *planPage) enters() string {
	label := "the opt-in label"
	if p.OptIn != "" {
		label = "the label " + Code(p.OptIn)
	}
	return "An issue enters the plan with `/commit` on it, by the SIG's facilitator or a lead, or with the milestone and " + label + "."
}

// fromConfidences says what an estimate is made of, and what is not in it.
func fromConfidences(c plan.Count) string {
	if c.Overdue == 0 {
		return " (from the confidences)"
	}
	return " (from the confidences; " + digitsOf(c.Overdue) + isAre(c.Overdue, " is", " are") + " overdue and not counted until committed again)"
}

// estimate is "58 ± 6", in whole items, "1.7 ± 0.5" where whole ones would hide the
// spread, "3" where there is none.
func estimate(e plan.Estimate) string { return Estimate(e.Mean, e.Spread()) }

// Estimate words a number of items that is expected, with its spread.
func Estimate(mean, spread float64) string {
	switch {
	case spread < 0.05:
		return digitsOf(int(mean + 0.5))
	case spread < 0.95:
		return oneDecimal(mean) + " ± " + oneDecimal(spread)
	}
	return digitsOf(int(mean+0.5)) + " ± " + digitsOf(int(spread+0.5))
}

// seatOf finds the seat of a SIG.
func (p *planPage) seatOf(sig string) (plan.SeatVote, bool) {
	seats := p.Plan.Assessment.Seats
	n := slices.IndexFunc(seats, func(s plan.SeatVote) bool { return s.SIG == sig && s.Name == "sig-"+sig })
	if n < 0 || sig == "" {
		return plan.SeatVote{}, false
	}
	return seats[n], true
}

// voted reports whether there is a round whose votes can be shown.
func (p *planPage) voted() bool {
	a := p.Plan.Assessment
	return a.Phase != plan.PhaseNotOpened && a.Phase != plan.PhaseRework
}

// ballot is a seat's vote in a cell.
func (p *planPage) ballot(s plan.SeatVote) string {
	if s.Vote == nil {
		if len(s.Holders) == 0 {
			return notVoted(s.Seat) + ", nobody is named"
		}
		return notVoted(s.Seat)
	}
	vote := link(digitsOf(s.Vote.Value), p.Comment(p.Plan.Key, s.Vote.Comment))
	if s.Vote.Value < 3 {
		vote = "**" + vote + "** " + objectionOf(p.Plan.Assessment.Objections, s.Name)
	}
	return strings.TrimSpace(vote)
}

// table is the schedule: SIG by increment. Of one SIG, if it is named.
func (p *planPage) table(only string) {
	t := table{head: []string{"SIG"}}
	for _, inc := range p.Schedule.Cycle.Increments {
		t.head = append(t.head, inc.Title()+" (cap "+digitsOf(inc.Cap)+")")
	}
	if p.voted() {
		t.head = append(t.head, "vote")
	}
	for _, lane := range p.Schedule.Lanes {
		if only != "" && lane.SIG != only || lane.Count.Items == 0 {
			continue
		}
		row := []string{laneName(lane.SIG)}
		for _, c := range lane.Cells {
			cell := digitsOf(c.Items)
			if c.Items > 0 {
				cell += " (" + digitsOf(c.Mean) + ")"
			}
			row = append(row, cell)
		}
		if seat, ok := p.seatOf(lane.SIG); p.voted() && ok {
			row = append(row, p.ballot(seat))
		} else if p.voted() {
			row = append(row, "no seat")
		}
		t.add(row...)
	}
	p.say(t.String())
	if len(t.rows) > 0 {
		p.say("\n*Items at work in each increment, with their mean confidence in percent and its cap; an item over several increments is in each.*\n")
	}
}

// otherSeats are the votes of seats that have no row in the table.
func (p *planPage) otherSeats() {
	if !p.voted() {
		return
	}
	var list []string
	for _, s := range p.Plan.Assessment.Seats {
		n := slices.IndexFunc(p.Schedule.Lanes, func(l plan.Lane) bool { return "sig-"+l.SIG == s.Name && l.Count.Items > 0 })
		if n < 0 {
			list = append(list, seatWords(s.Name)+": "+p.ballot(s))
		}
	}
	if len(list) > 0 {
		p.say("\n**Other votes:** ", strings.Join(list, " · "), "\n")
	}
}
