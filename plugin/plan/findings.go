package plan

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/work"
)

// FindingCode names a finding.
type FindingCode string

// Findings are derived every time and shown; they refuse nothing.
const (
	// Of the last ask about the vote.
	AlreadyOpen     FindingCode = "already-open"      // vote open, while a round is open
	NothingOpen     FindingCode = "nothing-open"      // vote close, and no round is open
	NothingToRework FindingCode = "nothing-to-rework" // no round yet, or the last one was reworked
	OverBeforeOpen  FindingCode = "over-before-open"  // the time was over before the vote could open

	// Of the last ask to prune.
	NothingApproved FindingCode = "nothing-approved" // no plan is approved: everything would go
	NoSuchPreview   FindingCode = "no-such-preview"  // Words: the hash
	PreviewOutdated FindingCode = "preview-outdated" // a newer preview, or another approval; Words: the hash
	OtherScope      FindingCode = "other-scope"      // it holds items of other SIGs; Words: the hash

	// Of the plan as it stands.
	VoteOutside      FindingCode = "vote-outside"      // said while no round is open
	NoSeat           FindingCode = "no-seat"           // the speaker's SIG has no work in the plan
	TextAsked        FindingCode = "text-asked"        // an objection without a reason; Words: its number
	SeatUnfilled     FindingCode = "seat-unfilled"     // nobody holds a required seat
	SeatUnknown      FindingCode = "seat-unknown"      // who holds the seat could not be told
	Contested        FindingCode = "contested"         // a vote was read after the result was made
	ItemWithoutSIG   FindingCode = "no-owning-sig"     // nobody votes for it
	OrderedNotInPlan FindingCode = "order-not-in-plan" // a backlog order names it; it is not in the plan
)

// Finding is one thing that does not fit.
type Finding struct {
	Code  FindingCode
	Said  work.Said // the line that it is about, zero for none
	Seat  string    // Seat.Name, "" for none
	Key   work.Key  // the item, zero for none
	Words []string
}

// find notes what came of an ask, if it is the last one of its sort: what was asked
// before it is history.
func (r *replayed) find(f Finding) {
	asked := f.Said.Mark()
	var kind AskKind
	for _, a := range r.state.Asks {
		if a.mark() == asked {
			kind = a.Kind
		}
	}
	for _, a := range r.state.Asks {
		if aboutVote(a.Kind) == aboutVote(kind) && a.mark().Compare(asked) > 0 {
			return
		}
	}
	r.findings = append(r.findings, f)
}

func aboutVote(k AskKind) bool { return k == AskOpen || k == AskClose || k == AskRework }

// derive adds the findings of the plan as it stands.
func (a *Assessment) derive(s *State, f Facts, unseated []Vote, untold []string) {
	add := func(one Finding) { a.Findings = append(a.Findings, one) }
	for _, v := range unseated {
		add(Finding{Code: NoSeat, Said: v.Said})
	}
	for _, v := range s.Votes {
		if a.Phase != PhaseOpen && a.Phase != PhaseCounting && v.mark().Compare(a.after) > 0 && !a.answers(v) && !a.opening(s, v) {
			add(Finding{Code: VoteOutside, Said: v.Said})
		}
	}
	for _, o := range a.Objections {
		if o.Ended == nil && o.Text == "" {
			add(Finding{Code: TextAsked, Seat: o.Seat, Words: []string{o.ID}})
		}
	}
	for _, seat := range a.Seats {
		switch {
		case slices.Contains(untold, seat.Name):
			add(Finding{Code: SeatUnknown, Seat: seat.Name})
		case seat.Required && seat.Vote == nil && len(seat.Holders) == 0:
			add(Finding{Code: SeatUnfilled, Seat: seat.Name})
		}
	}
	for _, v := range a.Late {
		add(Finding{Code: Contested, Said: v.Said})
	}
	if a.Approval.Round != a.Round {
		for _, v := range a.Approval.Stragglers {
			add(Finding{Code: Contested, Said: v.Said})
		}
	}
	inPlan := map[work.Key]bool{} // or was, and is closed
	for _, i := range f.Items {
		inPlan[i.Key] = i.InPlan() || i.Assessment.Issue.Closed
		if i.InPlan() && i.Assessment.SIG == "" {
			add(Finding{Code: ItemWithoutSIG, Key: i.Key})
		}
	}
	for _, o := range s.Orders {
		for _, key := range o.Keys {
			if !inPlan[key] {
				add(Finding{Code: OrderedNotInPlan, Said: o.Said, Key: key})
			}
		}
	}
}

// answers tells whether a vote ends an objection that stood when the round ended.
func (a *Assessment) answers(v Vote) bool {
	return slices.ContainsFunc(a.Objections, func(o Objection) bool {
		return o.Ended != nil && o.Ended.Comment == v.Said.Comment && o.Ended.Line == v.Said.Line
	})
}

// opening tells whether a vote was said after a line that is about to open a round:
// it will count.
func (a *Assessment) opening(s *State, v Vote) bool {
	return slices.ContainsFunc(a.Due, func(d Due) bool {
		return d.Kind == KindVoteOpened && slices.ContainsFunc(s.Asks, func(ask Ask) bool {
			return work.AskedBy(ask.Said).Key() == d.Key && ask.mark().Compare(v.mark()) < 0
		})
	})
}
