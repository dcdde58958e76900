package work

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
)

// dependsOnCommand states that this item needs others.
var dependsOnCommand = Command{
	Verb:    "depends-on",
	Summary: "Say that this issue needs another one.",
	Forms: []Form{{
		Form: slash.Form{Verb: "depends-on", Args: []slash.Arg{
			release,
			{Name: "ref", Kind: slash.Refs},
			{Name: "weeks", Kind: slash.WeeksKind, Optional: true},
			{Name: "text", Kind: slash.Text, Optional: true},
		}, Examples: []string{"/depends-on kubernetes#130512 by w3-4", "/depends-on #12, #13", "/depends-on kubernetes/kubernetes#130512 by w1-2 resource pools"}},
		Who:     plannersAndAuthor,
		Summary: "This needs that, by the weeks named. It is asked once on the other issue.",
		Settle:  settleDependsOn,
		Apply:   applyDependsOn,
	}, {
		Form: slash.Form{Verb: "depends-on", Args: []slash.Arg{
			{Name: "cancel", Kind: slash.Word("cancel")},
			release,
			{Name: "ref", Kind: slash.Refs},
		}, Examples: []string{"/depends-on cancel kubernetes#130512"}},
		Who:     plannersAndAuthor,
		Summary: "It is not needed any more.",
		Settle:  settleDependsOn,
		Apply: func(i *Item, _ Said, v slash.Values) {
			keys := refKeys(v["ref"], i.Key)
			i.Asks = slices.DeleteFunc(i.Asks, func(a Ask) bool { return slices.Contains(keys, a.Target) })
		},
	}},
}

// settleDependsOn writes every reference out in full and the weeks as one
// increment. A KEP reference means the tracking issue of that KEP: its number
// is the KEP's number.
func settleDependsOn(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	refs, _ := v["ref"].([]slash.Ref)
	var full []slash.Ref
	for _, r := range refs {
		key, ok := c.target(r)
		if !ok {
			return nil, c.problem(NotAKEP, "ref", "", nil)
		}
		ref := slash.Ref{Org: key.Org, Repo: key.Repo, Number: key.Number}
		if !slices.Contains(full, ref) {
			full = append(full, ref)
		}
	}
	v = v.With("ref", full)
	return c.settleBy(v)
}

// settleBy resolves an optional "by [weeks]" to the last increment named.
func (c *Context) settleBy(v slash.Values) ([]slash.Values, *slash.Problem) {
	if _, named := v["weeks"]; !named {
		return []slash.Values{v}, nil
	}
	increments, p := c.increments(v)
	if p != nil {
		return nil, p
	}
	return []slash.Values{v.With("weeks", spansOf(increments[len(increments)-1]))}, nil
}

// target resolves a reference to the issue that it means.
func (c *Context) target(r slash.Ref) (Key, bool) {
	if r.KEP && r.Org == "" {
		ref, ok := kepRef(r, c.KEPRepo)
		if !ok {
			return Key{}, false
		}
		return c.spelled(KEPIssue(ref)), true
	}
	return c.spelled(r.Resolve(c.Issue.Key)), true
}

// spelled gives a key the spelling of the configured repository: on GitHub
// letter case does not matter, for us one issue has one key.
func (c *Context) spelled(key Key) Key {
	for _, repo := range c.Repos {
		if strings.EqualFold(repo, key.Repository()) {
			key.Org, key.Repo, _ = strings.Cut(repo, "/")
		}
	}
	return key
}

func applyDependsOn(i *Item, s Said, v slash.Values) {
	text, _ := v["text"].(string)
	for _, target := range refKeys(v["ref"], i.Key) {
		ask := Ask{Target: target, By: window(v), Text: text, Said: s}
		k := slices.IndexFunc(i.Asks, func(a Ask) bool { return a.Target == target })
		if k >= 0 {
			i.Asks[k] = ask
		} else {
			i.Asks = append(i.Asks, ask)
		}
	}
}

// refKeys resolves canonical references, one or a list.
func refKeys(v any, base Key) []Key {
	var out []Key
	switch r := v.(type) {
	case slash.Ref:
		out = append(out, r.Resolve(base))
	case []slash.Ref:
		for _, one := range r {
			out = append(out, one.Resolve(base))
		}
	}
	return out
}
