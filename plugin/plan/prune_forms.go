package plan

import (
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

var pruneForm = Form{
	Form: work.Form{
		// The SIG has its prefix here: "/plan prune confrim" is a slip, no SIG.
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("prune"), {Name: "sig", Kind: slash.SIG, Optional: true}},
			Examples: []string{"/plan prune", "/plan prune sig-node"}},
		Settle:   settlePrune,
		Allow:    allowPrune,
		Speakers: "release lead, enhancements group of the release team; planning facilitator for the own SIG",
		Summary: "Show which items of the plan's proposed set would lose the milestone because they are not approved. " +
			"Pull requests, bugs and critical work are never among them.",
	},
	Apply: func(s *State, said work.Said, v slash.Values) {
		sig, _ := v["sig"].(string)
		s.Asks = append(s.Asks, Ask{Kind: AskPrune, Said: said, SIG: sig})
	},
}

var confirmForm = Form{
	Form: work.Form{
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("prune"), literal("confirm"), {Name: "hash", Kind: slash.Hash}},
			Examples: []string{"/plan prune confirm 3f2a91c0"}},
		Who:      []work.Who{releaseLeads, releaseTeam, facilitators},
		Speakers: "release lead, enhancements group of the release team; planning facilitator for the own SIG",
		Summary:  "Clear the milestone of the items in that preview, once its grace period is over. Those approved since keep it.",
	},
	Apply: func(s *State, said work.Said, v slash.Values) {
		hash, _ := v["hash"].(string)
		s.Asks = append(s.Asks, Ask{Kind: AskConfirm, Said: said, Hash: hash})
	},
}

// mayPruneAll tells whether the speaker may prune the items of every SIG.
func mayPruneAll(ctx *work.Context) (roles.Grant, roles.Answer) {
	return ctx.Holds([]work.Who{releaseLeads, releaseTeam})
}

// settlePrune fills in the SIG of a facilitator who may prune that SIG's items only.
func settlePrune(ctx *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	if p := knownSIG(ctx, v, false); p != nil {
		return nil, p
	}
	if _, all := mayPruneAll(ctx); all == roles.Yes {
		return []slash.Values{v}, nil
	}
	if p := settleSIG(ctx, v, roles.Facilitator); p != nil {
		return nil, p
	}
	return []slash.Values{v}, nil
}

func allowPrune(ctx *work.Context, v slash.Values) (roles.Grant, *slash.Problem) {
	all, answer := mayPruneAll(ctx)
	if answer == roles.Yes {
		return all, nil
	}
	grant, p := allowSIG(ctx, v, roles.Facilitator)
	switch {
	case p == nil:
		return grant, nil
	case answer == roles.Unknown && p.Code == work.WrongRole:
		return grant, ctx.Refuse(work.NotChecked, "", "", v)
	case p.Code == work.WrongRole:
		p.Allowed = append([]string{titled(ctx, roles.ReleaseLead, ""), titled(ctx, roles.ReleaseTeam, "")}, p.Allowed...)
	}
	return grant, p
}
