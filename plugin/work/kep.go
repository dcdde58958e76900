package work

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// release is the optional first argument of every form on a work item; it says
// which cycle is meant when two are open.
var release = slash.Arg{Name: "release", Kind: slash.Release, Optional: true}

var planners = []Who{{Role: roles.Facilitator}, {Role: roles.Lead}}

var plannersAndAuthor = []Who{{Role: roles.Facilitator}, {Role: roles.Lead}, {Role: roles.Author}}

// kepCommand names the parent KEP of an issue.
var kepCommand = Command{
	Verb:    "kep",
	Summary: "Say which KEP this issue belongs to.",
	Forms: []Form{{
		Form: slash.Form{Verb: "kep", Args: []slash.Arg{release, {Name: "ref", Kind: slash.BareRef}},
			Examples: []string{"/kep 4381", "/kep KEP-4381", "/kep https://github.com/kubernetes/enhancements/issues/4381"}},
		Who:     plannersAndAuthor,
		Summary: "Name the parent KEP. It overrides what the description links to.",
		Settle:  settleKEP,
		Apply: func(i *Item, s Said, v slash.Values) {
			if ref, ok := kepRef(v["ref"].(slash.Ref), ""); ok {
				i.KEP, i.KEPSaid = &ref, s
			}
		},
	}, {
		Form: slash.Form{Verb: "kep", Args: []slash.Arg{{Name: "cancel", Kind: slash.Word("cancel")}, release},
			Examples: []string{"/kep cancel"}},
		Who:     plannersAndAuthor,
		Summary: "Take the named KEP back; the description counts again.",
		Apply: func(i *Item, s Said, _ slash.Values) {
			i.KEP, i.KEPSaid = nil, s
		},
	}},
}

// settleKEP writes the KEP's repository into the reference, so that the
// receipt says the same whatever the configuration says later.
func settleKEP(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	ref, ok := kepRef(v["ref"].(slash.Ref), c.KEPRepo)
	if !ok {
		return nil, c.problem(NotAKEP, "ref", "", nil)
	}
	org, repo, _ := strings.Cut(ref.Repo, "/")
	return []slash.Values{v.With("ref", slash.Ref{Org: org, Repo: repo, Number: ref.Number})}, nil
}

// SameKEP reports whether two references name one KEP.
func SameKEP(a, b kep.Ref) bool {
	return a.Number == b.Number && strings.EqualFold(a.Repo, b.Repo)
}
