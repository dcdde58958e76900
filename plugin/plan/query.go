package plan

import (
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// sigArg is the SIG that a line is about, with or without "sig-".
var sigArg = slash.Arg{Name: "sig", Kind: slash.BareSIG, Optional: true}

var statusForm = Form{
	Form: work.Form{
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("status"), sigArg},
			Examples: []string{"/plan status", "/plan status sig-node"}},
		Who:     []work.Who{anyone},
		Summary: "How the plan stands, or one SIG's part of it.",
		Settle:  settleAbout,
	},
	Query: QueryStatus,
}

var whoForm = Form{
	Form: work.Form{
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("who"), sigArg},
			Examples: []string{"/plan who", "/plan who sig-node"}},
		Who:     []work.Who{anyone},
		Summary: "Who holds which role and seat; seats that nobody fills come first.",
		Settle:  settleAbout,
	},
	Query: QueryWho,
}

var notesForm = Form{
	Form: work.Form{
		Form:     slash.Form{Verb: "plan", Args: []slash.Arg{literal("notes")}, Examples: []string{"/plan notes"}},
		Who:      []work.Who{releaseTeam, facilitators},
		Speakers: "enhancements group of the release team, planning facilitator of any SIG",
		Summary:  "The release-notes draft, from the items' one-line descriptions.",
	},
	Query: QueryNotes,
}

// QueryOf tells whether a line asks something, what, and about which SIG, "" for all.
func QueryOf(line slash.Line) (about Query, sig string, ok bool) {
	c, ours := Commands.Find(line.Verb)
	if !ours {
		return "", "", false
	}
	n, v, p := slash.Parse(c.Grammar(), line)
	if p != nil || c.Forms[n].Query == "" {
		return "", "", false
	}
	sig, _ = v["sig"].(string)
	return c.Forms[n].Query, sig, true
}

// settleAbout holds the SIG that a query names against the SIGs that there are.
func settleAbout(ctx *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	if p := knownSIG(ctx, v, true); p != nil {
		return nil, p
	}
	return []slash.Values{v}, nil
}
