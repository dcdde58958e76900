package board

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/work"
)

// demosDoc is what was shown in a cycle, as its page and its JSON show it (package doc).
type demosDoc struct {
	Cycle     string        `json:"cycle"`
	AsOf      time.Time     `json:"asOf"`
	Confirmed int           `json:"confirmed"`
	Demos     []demoDoc     `json:"demos,omitempty"`
	Without   []withoutDemo `json:"withoutDemo,omitempty"`
}

type demoDoc struct {
	Issue     issueRef `json:"issue"`
	SIG       string   `json:"sig"`
	URL       string   `json:"url,omitempty"`
	Text      string   `json:"text,omitempty"`
	Said      *saidBy  `json:"said,omitempty"`
	Confirmed *saidBy  `json:"confirmed,omitempty"`

	Given string `json:"-"` // the address, where it cannot be linked to
	Shown string `json:"-"` // of the address, where it can
}

type withoutDemo struct {
	Issue issueRef `json:"issue"`
	SIG   string   `json:"sig"`
}

// addressLimit is how long an address may be that a page links to.
const addressLimit = 500

// outside gives back an address that somebody gave if a page may link to it: on the web,
// without a user's name, and of characters that show where it leads. Else it is "".
func outside(address string) string {
	if len(address) > addressLimit || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'<>\\`", r) }) {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	return address
}

// demosDoc takes a plan from which what is private was taken out. Demos are in the order
// of a meeting: by SIG, then by item, the first shown first.
func (l links) demosDoc(p Plan) demosDoc {
	d := demosDoc{Cycle: p.Cycle.Name, AsOf: p.Read.UTC()}
	shown := map[work.Key]bool{}
	list := slices.SortedStableFunc(slices.Values(p.Demos), func(a, b Demo) int {
		return cmp.Or(bySIG(a.SIG, b.SIG), plan.CompareKeys(a.Key, b.Key), a.Said.Mark().Compare(b.Said.Mark()))
	})
	for _, one := range list {
		shown[one.Key] = true
		doc := demoDoc{Issue: l.item(one.Key, one.Title), SIG: one.SIG, URL: outside(one.URL), Text: short(one.Text),
			Said: l.said(one.Key, one.Said), Confirmed: l.said(one.Key, one.Confirmed)}
		if doc.Shown = short(doc.URL); doc.URL == "" {
			doc.Given = short(one.URL)
		}
		if doc.Confirmed != nil {
			d.Confirmed++
		}
		d.Demos = append(d.Demos, doc)
	}
	items := map[work.Key]plan.Item{}
	for _, i := range p.Items {
		items[i.Key] = i
	}
	for _, k := range slices.SortedFunc(slices.Values(p.NoDemo), plan.CompareKeys) {
		if !shown[k] {
			shown[k] = true
			a := items[k].Assessment
			d.Without = append(d.Without, withoutDemo{l.item(k, a.Issue.Title), a.SIG})
		}
	}
	slices.SortStableFunc(d.Without, func(a, b withoutDemo) int { return bySIG(a.SIG, b.SIG) })
	return d
}
