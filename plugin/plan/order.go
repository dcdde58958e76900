package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Order is the backlog of one SIG in its order of priority, as the last /plan order
// has it. Items that it does not name come behind.
type Order struct {
	SIG  string // bare name
	Keys []work.Key
	Said work.Said
}

var orderForm = Form{
	Form: work.Form{
		Form: slash.Form{Verb: "plan", Args: []slash.Arg{literal("order"), sigArg, {Name: "refs", Kind: slash.Refs}},
			Examples: []string{"/plan order sig-node kubernetes#130512, kubernetes#129901"}},
		Settle: settleOrder,
		Allow: func(ctx *work.Context, v slash.Values) (roles.Grant, *slash.Problem) {
			return allowSIG(ctx, v, roles.Facilitator, roles.Lead)
		},
		Speakers: "planning facilitator or lead of that SIG",
		Summary:  "Order the SIG's backlog, most important first. The last one counts.",
	},
	Apply: func(s *State, said work.Said, v slash.Values) {
		sig, _ := v["sig"].(string)
		refs, _ := v["refs"].([]slash.Ref)
		o := Order{SIG: sig, Said: said}
		for _, r := range refs {
			key := r.Resolve(work.Key{})
			if key.Org != "" && key.Repo != "" && !slices.Contains(o.Keys, key) {
				o.Keys = append(o.Keys, key)
			}
		}
		if sig == "" || len(o.Keys) == 0 {
			return
		}
		at, found := slices.BinarySearchFunc(s.Orders, sig, func(o Order, sig string) int { return strings.Compare(o.SIG, sig) })
		if found {
			s.Orders[at] = o
			return
		}
		s.Orders = slices.Insert(s.Orders, at, o)
	},
}

// settleOrder fills in the SIG and writes the references in full. A KEP is its
// tracking issue. It changes v, which Allow sees next.
func settleOrder(ctx *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	refs := slices.Clone(v["refs"].([]slash.Ref))
	if sig, _ := v["sig"].(string); strings.HasPrefix(sig, "kep-") { // no SIG: the first reference
		if n, err := strconv.Atoi(strings.TrimPrefix(sig, "kep-")); err == nil && n > 0 {
			refs = slices.Insert(refs, 0, slash.Ref{Number: n, KEP: true})
			delete(v, "sig")
		}
	}
	full := make([]slash.Ref, 0, len(refs))
	for _, r := range refs {
		key, ok := itemKey(r, ctx)
		if !ok {
			return nil, ctx.Refuse(work.NotAKEP, "refs", r.String(), nil)
		}
		if one := (slash.Ref{Org: key.Org, Repo: key.Repo, Number: key.Number}); !slices.Contains(full, one) {
			full = append(full, one)
		}
	}
	v["refs"] = full
	if p := knownSIG(ctx, v, false); p != nil {
		return nil, p
	}
	if p := settleSIG(ctx, v, roles.Facilitator, roles.Lead); p != nil {
		return nil, p
	}
	return []slash.Values{v}, nil
}

// itemKey is the issue that a reference on the plan issue means, in the configured
// spelling of its repository.
func itemKey(r slash.Ref, ctx *work.Context) (work.Key, bool) {
	key := r.Resolve(ctx.Issue.Key)
	if r.KEP && r.Org == "" {
		org, repo, _ := strings.Cut(ctx.KEPRepo, "/")
		key = work.Key{Org: org, Repo: repo, Number: r.Number}
	}
	for _, repo := range ctx.Repos {
		if strings.EqualFold(repo, key.Repository()) {
			key.Org, key.Repo, _ = strings.Cut(repo, "/")
		}
	}
	return key, key.Number > 0 && key.Org != "" && key.Repo != ""
}
