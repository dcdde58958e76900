package thread

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// partOfCommand leads from a pull request to its work item.
var partOfCommand = Command{
	Verb:    "part-of",
	Summary: "Say to which work item this pull request belongs.",
	Forms: []Form{{
		Form: work.Form{
			Form: slash.Form{Verb: "part-of", Args: []slash.Arg{{Name: "ref", Kind: slash.OneRef}},
				Examples: []string{"/part-of kubernetes#130512", "/part-of #12", "/part-of KEP-4381"}},
			Who:     []work.Who{author, facilitators, member},
			Summary: "It is part of that issue. A KEP means its tracking issue.",
			Settle:  settlePartOf,
		},
		Apply: func(s *State, said work.Said, v slash.Values) {
			if key, ok := s.item(v); ok {
				s.declared(said).Item = &ItemWord{Key: key, Said: said}
			}
		},
		declares: true,
	}, {
		Form: work.Form{
			Form: slash.Form{Verb: "part-of", Args: []slash.Arg{{Name: "cancel", Kind: slash.Word("cancel")}, {Name: "ref", Kind: slash.OneRef, Optional: true}},
				Examples: []string{"/part-of cancel", "/part-of cancel kubernetes#130512"}},
			Who:     []work.Who{author, facilitators, member},
			Summary: "It is not, after all; the description counts again.",
			Settle:  settlePartOf,
		},
		Apply: func(s *State, said work.Said, v slash.Values) {
			d := s.declared(said)
			key, named := s.item(v)
			if d.Item != nil && (!named || key.Same(d.Item.Key)) {
				d.Item = nil
			}
		},
	}},
}

// settlePartOf writes the reference out in full, if there is one.
func settlePartOf(c *work.Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	r, named := v["ref"].(slash.Ref)
	if !named {
		return []slash.Values{v}, nil
	}
	key, ok := itemKey(r, c.Issue.Key, c.KEPRepo)
	if !ok {
		return nil, c.Refuse(work.NotAKEP, "ref", "", nil)
	}
	return []slash.Values{v.With("ref", refOf(spelled(key.Repository(), c.Repos), key.Number))}, nil
}

// item is the issue that the words of a line name, if they do.
func (s *State) item(v slash.Values) (work.Key, bool) {
	r, named := v["ref"].(slash.Ref)
	if !named {
		return work.Key{}, false
	}
	key, ok := itemKey(r, s.Pull.Key, s.KEPRepo)
	if ok && strings.EqualFold(key.Repository(), s.Pull.Key.Repository()) {
		key.Org, key.Repo = s.Pull.Key.Org, s.Pull.Key.Repo
	}
	return key, ok
}
