package plan

import (
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Vote is one accepted /vote. All are kept; which of them counts for which seat of
// which round is derived.
type Vote struct {
	Value int // 0 to 5
	Text  string
	Said  work.Said // Role and SIG are one seat of the speaker's; there may be more
}

// mark is the vote's place in the order of what was said.
func (v Vote) mark() Mark { return v.Said.Mark() }

func (v Vote) ballot() Ballot {
	return Ballot{Value: v.Value, Login: v.Said.Login, Comment: v.Said.Comment, Line: v.Said.Line, Said: v.Said.At.UTC(), Text: v.Text}
}

var voteCommand = Command{
	Verb:    "vote",
	Summary: "Vote on the plan, fist to five.",
	Forms: []Form{{
		Form: work.Form{
			Form: slash.Form{Verb: "vote", Args: []slash.Arg{
				{Name: "value", Kind: slash.Number(0, 5)},
				{Name: "text", Kind: slash.Text, Optional: true},
			}, Examples: []string{"/vote 4", "/vote 2 our weeks 3-4 need a reviewer first"}},
			Who:      []work.Who{facilitators, productPM, programme},
			Speakers: "holders of a seat: planning facilitator of a SIG (its leads where it has none), product-management representative, programme-level voter",
			Summary: "Vote for every seat that you hold; the last vote counts. 3 or more is confidence. 2 or less is an objection by name: " +
				"say why. It ends with a vote of 3 or more of the same seat, or by a rework.",
		},
		Apply: func(s *State, said work.Said, v slash.Values) {
			value, ok := v["value"].(int)
			if !ok {
				return
			}
			text, _ := v["text"].(string)
			s.Votes = append(s.Votes, Vote{Value: value, Text: text, Said: said})
		},
	}},
}
