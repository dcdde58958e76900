package work

import (
	"slices"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// demoCommand says where what was delivered can be seen. There is no cancel: a
// later word of the same person takes the place of the one before.
var demoCommand = Command{
	Verb:    "demo",
	Summary: "Show what was delivered, by a link.",
	Forms: []Form{{
		Form: slash.Form{Verb: "demo", Args: []slash.Arg{
			release,
			{Name: "url", Kind: slash.URL},
			{Name: "text", Kind: slash.Text, Optional: true},
		}, Examples: []string{"/demo https://testgrid.k8s.io/sig-node-containerd", "/demo https://youtu.be/abc a pod asks for two pools"}},
		Who:     []Who{{Role: roles.Member}},
		Summary: "A recording, a page, or at least a test that passes. The last word of each person counts, all are kept. `/done` by a facilitator after it confirms it.",
		Apply: func(i *Item, s Said, v slash.Values) {
			text, _ := v["text"].(string)
			i.Demos = append(i.Demos, Demo{URL: v["url"].(string), Text: text, Said: s})
		},
	}},
}

// LastDemos lists the demos that count, in the order said: the last of each person.
func (i *Item) LastDemos() []Demo {
	var last []Demo
	for _, d := range i.Demos {
		last = slices.DeleteFunc(last, func(o Demo) bool { return o.Said.Author == d.Said.Author })
		last = append(last, d)
	}
	return last
}

// confirmDemos notes that a facilitator, or the lead who stands in for one, said
// after the demos so far that it is done.
func (i *Item) confirmDemos(done Said) {
	if done.Role != string(roles.Facilitator) && done.Role != string(roles.Lead) {
		return
	}
	for k := range i.Demos {
		if i.Demos[k].Confirmed.IsZero() {
			i.Demos[k].Confirmed = done
		}
	}
}

// unconfirmDemos is for when nothing of the item is done after all.
func (i *Item) unconfirmDemos() {
	for k := range i.Demos {
		if len(i.Done) == 0 {
			i.Demos[k].Confirmed = Said{}
		}
	}
}

// WithoutDemo reports whether the item is delivered and nobody has shown it.
func (a Assessment) WithoutDemo() bool { return a.Standing == Done && len(a.Item.Demos) == 0 }
