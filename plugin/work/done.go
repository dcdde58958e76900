package work

import (
	"slices"
	"time"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

var facilitatorAndAuthor = []Who{{Role: roles.Facilitator}, {Role: roles.Author}}

// doneCommand says that something is delivered. Whether it was ever committed
// does not matter: that it is there is a fact.
var doneCommand = Command{
	Verb:    "done",
	Summary: "Say that this issue, or an item of its checklist, is delivered.",
	Forms: []Form{{
		Form: slash.Form{Verb: "done", Args: []slash.Arg{
			release,
			{Name: "items", Kind: slash.Items, Optional: true},
			{Name: "ref", Kind: slash.OneRef, Optional: true},
		}, Examples: []string{"/done", "/done kubernetes#130700", "/done https://github.com/kubernetes/kubernetes/pull/130700"}},
		Who:     facilitatorAndAuthor,
		Summary: "Delivered, and by which pull request or issue. No items: the whole issue. The last word on an item counts.",
		Settle:  settleDone,
		Apply:   applyDone,
	}, {
		Form: slash.Form{Verb: "done", Args: []slash.Arg{
			{Name: "cancel", Kind: slash.Word("cancel")},
			release,
			{Name: "items", Kind: slash.Items, Optional: true},
		}, Examples: []string{"/done cancel"}},
		Who:     facilitatorAndAuthor,
		Summary: "Not done after all: nothing of it, or not the items named.",
		Settle:  settleCommitCancel, // items by number as they stand now, or by a text that may have left the checklist
		Apply:   applyDoneCancel,
	}},
}

// settleDone keeps items by their text and writes the reference out in full.
func settleDone(c *Context, v slash.Values) ([]slash.Values, *slash.Problem) {
	items, p := c.items(v)
	if p != nil {
		return nil, p
	}
	v = v.With("items", items)
	if r, ok := v["ref"].(slash.Ref); ok {
		key, ok := c.target(r)
		if !ok {
			return nil, c.problem(NotAKEP, "ref", "", nil)
		}
		v = v.With("ref", slash.Ref{Org: key.Org, Repo: key.Repo, Number: key.Number})
	}
	return []slash.Values{v}, nil
}

func applyDone(i *Item, s Said, v slash.Values) {
	i.DoneSaid = s
	i.confirmDemos(s)
	var ref Key
	if keys := refKeys(v["ref"], i.Key); len(keys) > 0 {
		ref = keys[0]
	}
	for _, text := range itemTexts(v) {
		d := Delivery{Item: text, Ref: ref, Said: s, Since: s.At}
		if before, done := i.Delivery(text); done && (before.Item != text || len(before.But) == 0) { // else some of it was taken back
			d.Since = before.Since
		}
		k := slices.IndexFunc(i.Done, func(o Delivery) bool { return o.Item == text })
		if k >= 0 {
			i.Done[k] = d
		} else {
			i.Done = append(i.Done, d)
		}
		for k := range i.Done { // it is no exception any more
			i.Done[k].But = slices.DeleteFunc(slices.Clone(i.Done[k].But), func(but string) bool { return but == text })
		}
	}
}

func applyDoneCancel(i *Item, s Said, v slash.Values) {
	i.DoneSaid = s
	defer i.unconfirmDemos()
	if _, some := v["items"].([]slash.Item); !some {
		i.Done = nil
		return
	}
	texts := itemTexts(v)
	i.Done = slices.DeleteFunc(i.Done, func(d Delivery) bool { return d.Item != "" && slices.Contains(texts, d.Item) })
	for k, d := range i.Done {
		if d.Item != "" {
			continue
		}
		for _, text := range texts { // the word about the whole issue stands for all others
			if !slices.Contains(i.Done[k].But, text) {
				i.Done[k].But = append(slices.Clone(i.Done[k].But), text)
			}
		}
	}
}

// Delivery finds what says that an item of the checklist, by its text, is done:
// the word about it, else the word about the whole issue, from which it may have
// been taken out. "" asks for the word about the whole issue.
func (i *Item) Delivery(text string) (Delivery, bool) {
	var whole Delivery
	found := false
	for _, d := range i.Done {
		if d.Item == text {
			return d, true
		}
		if d.Item == "" && !slices.Contains(d.But, text) {
			whole, found = d, true
		}
	}
	return whole, found
}

// Delivered reports whether all of it is said to be done: every item of the
// checklist as it stands now, or the issue if it has none.
func (i *Item) Delivered(checklist []string) bool {
	if len(checklist) == 0 {
		_, ok := i.Delivery("")
		return ok
	}
	return i.DoneOf(checklist) == len(checklist)
}

// DeliveredAt is Delivered with when the last of it was first said to be done.
func (i *Item) DeliveredAt(checklist []string) (done bool, at time.Time) {
	if !i.Delivered(checklist) {
		return false, time.Time{}
	}
	if len(checklist) == 0 {
		checklist = []string{""}
	}
	for _, text := range checklist {
		if d, _ := i.Delivery(text); d.Since.After(at) {
			at = d.Since
		}
	}
	return true, at
}

// DoneOf counts the items of the checklist that are said to be done.
func (i *Item) DoneOf(checklist []string) int {
	n := 0
	for _, text := range checklist {
		if _, ok := i.Delivery(text); ok {
			n++
		}
	}
	return n
}

// Delivered reports whether what is asked of the target is there: a merged pull
// request, an issue closed as completed, or one that is open and said to be done.
// Closing as anything else is the later word.
func (t Target) Delivered() bool {
	switch {
	case !t.Readable:
		return false
	case t.Issue.Pull:
		return t.Issue.Merged
	case t.Issue.Closed:
		return t.Issue.StateReason == "completed"
	}
	return t.Item != nil && t.Item.Delivered(Checklist(t.Issue.Body))
}
