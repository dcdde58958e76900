package thread

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// kepCommand names the KEP of a pull request, or says that it needs none.
var kepCommand = Command{
	Verb:    "kep",
	Summary: "Say to which KEP this pull request belongs, or that it needs none.",
	Forms: []Form{{
		Form: work.Form{
			Form: slash.Form{Verb: "kep", Args: []slash.Arg{{Name: "ref", Kind: slash.BareRef}},
				Examples: []string{"/kep 4381", "/kep KEP-4381", "/kep https://github.com/kubernetes/enhancements/issues/4381"}},
			Who:     []work.Who{author, facilitators, leads},
			Summary: "Name the KEP. It counts before every link that was found.",
			Settle:  settleKEP,
		},
		Apply: func(s *State, said work.Said, v slash.Values) {
			r, _ := v["ref"].(slash.Ref)
			if ref, ok := kepRef(r, s.KEPRepo); ok {
				s.declared(said).KEP = &KEPWord{Ref: ref, Said: said}
			}
		},
		declares: true,
	}, {
		Form: work.Form{
			Form: slash.Form{Verb: "kep", Args: []slash.Arg{{Name: "none", Kind: slash.Word("none")}, {Name: "reason", Kind: slash.Text}},
				Examples: []string{"/kep none cleanup of the old client"}},
			Who:      []work.Who{facilitators, leads, author},
			Speakers: "planning facilitator or SIG lead of any SIG; the author or assignee of a pull request labelled " + kinds(),
			Summary:  "It needs no KEP, and why. The reason is kept and counted; it locks nothing.",
		},
		Apply: func(s *State, said work.Said, v slash.Values) {
			if (said.IsZero() || said.Role == string(roles.Author)) && KindLabel(s.Pull.Issue) == "" {
				s.NoneHere = true // labels come and go: it is taken, and counts while one of them is there
				return
			}
			reason, _ := v["reason"].(string)
			s.declared(said).KEP = &KEPWord{None: true, Reason: reason, Said: said}
		},
		declares:  true,
		smallOnly: true,
	}, {
		Form: work.Form{
			Form:    slash.Form{Verb: "kep", Args: []slash.Arg{{Name: "check", Kind: slash.Word("check")}}, Examples: []string{"/kep check"}},
			Who:     []work.Who{{Role: roles.Anyone}},
			Summary: "Ask what is checked and what would mend it. A reply says it.",
		},
	}, {
		Form: work.Form{
			Form:    slash.Form{Verb: "kep", Args: []slash.Arg{{Name: "cancel", Kind: slash.Word("cancel")}}, Examples: []string{"/kep cancel"}},
			Who:     []work.Who{author, facilitators, leads},
			Summary: "Take the last /kep or /kep none back; what was found counts again.",
		},
		Apply: func(s *State, said work.Said, _ slash.Values) { s.declared(said).KEP = nil },
	}},
}

// settleKEP writes the KEP's repository into the reference, so that the line says the same whatever the configuration
// says later.
func settleKEP(c *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	r, _ := v["ref"].(slash.Ref)
	ref, ok := kepRef(r, c.KEPRepo)
	if !ok {
		return nil, c.Refuse(work.NotAKEP, "ref", "", nil)
	}
	return []slash.Values{v.With("ref", refOf(spelled(ref.Repo, c.Repos), ref.Number))}, nil
}

func kinds() string {
	last := len(KindLabels) - 1
	return strings.Join(KindLabels[:last], ", ") + " or " + KindLabels[last]
}
