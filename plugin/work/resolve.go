package work

import (
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// resolveCommand ends a question, a block or a risk.
var resolveCommand = Command{
	Verb:    "resolve",
	Summary: "End a question, a block or a risk.",
	Forms: []Form{
		resolveForm(Resolved, nil, "/resolve Q1 answered in the KEP", "End it. Said by who raised it; a risk also by the owning SIG's facilitator."),
		resolveForm(Owned, &slash.Arg{Name: "user", Kind: slash.User}, "/resolve R1 owned @node-fac until 30 January", "The risk is in somebody's hands."),
		resolveForm(Accepted, nil, "/resolve R1 accepted we can ship without it", "The risk is accepted."),
		resolveForm(Mitigated, nil, "/resolve R1 mitigated by a feature gate", "The risk is dealt with."),
	},
}

func resolveForm(how string, extra *slash.Arg, example, summary string) Form {
	args := []slash.Arg{{Name: "id", Kind: slash.ID}}
	if how != Resolved {
		args = append(args, slash.Arg{Name: how, Kind: slash.Word(how)})
	}
	if extra != nil {
		args = append(args, *extra)
	}
	args = append(args, release, slash.Arg{Name: "text", Kind: slash.Text, Optional: true})
	return Form{
		Form:     slash.Form{Verb: "resolve", Args: args, Examples: []string{example}},
		Summary:  summary,
		Settle:   func(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) { return settleResolve(c, v, how) },
		Allow:    allowResolve,
		Speakers: "who raised it; for a risk also the planning facilitator of the owning SIG; the holder of the seat if that person left it",
		Apply: func(i *Item, s Said, v slash.Values) {
			note, ok := i.Note(v["id"].(string))
			if !ok || !note.Open() || how != Resolved && note.Kind != Risk {
				return
			}
			note.Ended, note.Closed = how, s
			note.Answer, _ = v["text"].(string)
			note.Owner, _ = v["user"].(string)
		},
	}
}

// settleResolve looks the number up on this item.
func settleResolve(c *Context, v slash.Values, how string) ([]slash.Values, *slash.Problem) {
	id := v["id"].(string)
	var open []string
	for _, n := range c.Item().Notes {
		if n.Open() && (how == Resolved || n.Kind == Risk) {
			open = append(open, n.ID)
		}
	}
	fix := func() slash.Values {
		if len(open) == 0 {
			return nil
		}
		return v.With("id", open[0])
	}
	note, ok := c.Item().Note(id)
	switch {
	case !ok:
		return nil, c.problem(NoSuchNote, "id", id, fix(), open...)
	case !note.Open():
		return nil, c.problem(NoteEnded, "id", id, fix(), open...)
	case how != Resolved && note.Kind != Risk:
		return nil, c.problem(NotARisk, "id", id, fix(), open...)
	}
	return []slash.Values{v}, nil
}

// allowResolve lets the one who raised the note end it, for a risk also the
// owning SIG's facilitator, and whoever holds the seat now if that person does
// not hold it any more (commands.md, section 3).
func allowResolve(c *Context, v slash.Values) (roles.Grant, *slash.Problem) {
	note, ok := c.Item().Note(v["id"].(string))
	if !ok {
		return roles.Grant{}, c.problem(NoSuchNote, "id", v["id"].(string), nil)
	}
	role := roles.Role(note.Raised.Role)
	if note.Raised.Author == c.Author {
		return roles.Grant{Role: role, SIG: note.Raised.SIG, Source: "raised " + note.ID}, nil
	}
	unknown := false
	if note.Kind == Risk {
		grant, answer := c.Roles.Holds(roles.Facilitator, c.OwningSIG(), c.Cycle.Name, c.Login, c.Said)
		if answer == roles.Yes {
			return grant, nil
		}
		unknown = answer == roles.Unknown
	}
	_, still := c.Roles.Holds(role, note.Raised.SIG, c.Cycle.Name, note.Raised.Login, c.Said)
	grant, mine := c.Roles.Holds(role, note.Raised.SIG, c.Cycle.Name, c.Login, c.Said)
	if still == roles.No && mine == roles.Yes {
		return grant, nil
	}
	if unknown || still == roles.Unknown || mine == roles.Unknown {
		return grant, c.problem(NotChecked, "", "", v)
	}
	return grant, c.problem(NotYours, "id", note.ID, v, note.Raised.Login, role.Title(note.Raised.SIG))
}
