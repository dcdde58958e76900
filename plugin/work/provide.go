package work

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/slash"
)

// provideCommand is the giving side of a dependency.
var provideCommand = Command{
	Verb:    "provide",
	Summary: "Promise, or decline, what another issue needs from this one.",
	Forms: []Form{{
		Form: slash.Form{Verb: "provide", Args: []slash.Arg{
			release,
			{Name: "ref", Kind: slash.OneRef},
			{Name: "weeks", Kind: slash.WeeksKind, Optional: true},
			{Name: "text", Kind: slash.Text, Optional: true},
		}, Examples: []string{"/provide kubernetes/enhancements#4381 w3-4", "/provide #12"}},
		Who:     planners,
		Summary: "Promise it, by the weeks named. It may be said before it is asked.",
		Settle:  settleProvide,
		Apply:   func(i *Item, s Said, v slash.Values) { applyProvide(i, s, v, false) },
	}, {
		Form: slash.Form{Verb: "provide", Args: []slash.Arg{
			{Name: "ref", Kind: slash.OneRef},
			{Name: "decline", Kind: slash.Word("decline")},
			release,
			{Name: "reason", Kind: slash.Text, Optional: true},
		}, Examples: []string{"/provide kubernetes/enhancements#4381 decline no reviewers before March"}},
		Who:     planners,
		Summary: "Decline it. That is a planning block on the issue that asks.",
		Settle:  settleProvide,
		Apply:   func(i *Item, s Said, v slash.Values) { applyProvide(i, s, v, true) },
	}, {
		Form: slash.Form{Verb: "provide", Args: []slash.Arg{
			{Name: "cancel", Kind: slash.Word("cancel")},
			release,
			{Name: "ref", Kind: slash.OneRef},
		}, Examples: []string{"/provide cancel kubernetes/enhancements#4381"}},
		Who:     planners,
		Summary: "Take the promise, or the refusal, back.",
		Settle:  settleProvide,
		Apply: func(i *Item, _ Said, v slash.Values) {
			keys := refKeys(v["ref"], i.Key)
			i.Promises = slices.DeleteFunc(i.Promises, func(p Promise) bool { return slices.Contains(keys, p.To) })
		},
	}},
}

func settleProvide(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	key, ok := c.target(v["ref"].(slash.Ref))
	if !ok {
		return nil, c.problem(NotAKEP, "ref", "", nil)
	}
	return c.settleBy(v.With("ref", slash.Ref{Org: key.Org, Repo: key.Repo, Number: key.Number}))
}

func applyProvide(i *Item, s Said, v slash.Values, declined bool) {
	text, _ := v["text"].(string)
	if declined {
		text, _ = v["reason"].(string)
	}
	for _, to := range refKeys(v["ref"], i.Key) {
		promise := Promise{To: to, By: window(v), Text: text, Declined: declined, Said: s}
		k := slices.IndexFunc(i.Promises, func(p Promise) bool { return p.To == to })
		if k >= 0 {
			i.Promises[k] = promise
		} else {
			i.Promises = append(i.Promises, promise)
		}
	}
}
