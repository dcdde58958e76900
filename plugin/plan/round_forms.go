package plan

import (
	"time"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// AskKind is what a line asks for that takes a decision.
type AskKind string

// The asks.
const (
	AskOpen    AskKind = "vote open"
	AskClose   AskKind = "vote close"
	AskRework  AskKind = "rework"
	AskPrune   AskKind = "prune"
	AskConfirm AskKind = "prune confirm"
)

// Ask is an accepted line that asks for a decision.
type Ask struct {
	Kind   AskKind
	Said   work.Said
	Until  time.Time // of AskOpen, UTC
	Reason string    // of AskRework, "" for none
	SIG    string    // of AskPrune: items of this SIG only, "" for all
	Hash   string    // of AskConfirm, in lower case
}

func (a Ask) mark() Mark { return a.Said.Mark() }

var openForm = Form{
	Form: work.Form{
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("vote"), literal("open"), {Name: "time", Kind: slash.Until}},
			Examples: []string{"/plan vote open until 3 days", "/plan vote open until 2027-01-22", "/plan vote open until 2027-01-22 18:00 UTC"}},
		Who: []work.Who{releaseLeads, productPM},
		Summary: "Open the vote on the items that are ready and not blocked, until the end of a day anywhere on earth, or a time in UTC. " +
			"Each SIG with work in the plan has a seat, and product management, and the programme-level voters.",
		Settle: settleUntil,
	},
	Apply: func(s *State, said work.Said, v slash.Values) {
		text, _ := v["time"].(string)
		at, _, ok := parseUntil(text, said.At)
		if ok && at.After(said.At) {
			s.Asks = append(s.Asks, Ask{Kind: AskOpen, Said: said, Until: at})
		}
	},
}

var closeForm = Form{
	Form: work.Form{
		Form:    slash.Form{Verb: "plan", Args: []slash.Arg{literal("vote"), literal("close")}, Examples: []string{"/plan vote close"}},
		Who:     []work.Who{releaseLeads, productPM},
		Summary: "Close the vote: the result is what was voted up to this line.",
	},
	Apply: func(s *State, said work.Said, _ slash.Values) {
		s.Asks = append(s.Asks, Ask{Kind: AskClose, Said: said})
	},
}

var reworkForm = Form{
	Form: work.Form{
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("rework"), {Name: "reason", Kind: slash.Text, Optional: true}},
			Examples: []string{"/plan rework the network items move to weeks 5-6"}},
		Who:     []work.Who{releaseLeads, productPM},
		Summary: "Rework the plan: the votes are void, an approval is taken back, the next vote is a new round.",
	},
	Apply: func(s *State, said work.Said, v slash.Values) {
		reason, _ := v["reason"].(string)
		s.Asks = append(s.Asks, Ask{Kind: AskRework, Said: said, Reason: reason})
	},
}
