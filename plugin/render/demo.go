package render

import (
	"net/url"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// demoCell lists the demos that count, with who showed them and who confirmed them.
func (p *page) demoCell() string {
	demos := p.item.LastDemos()
	var cells []string
	rest := max(0, len(demos)-p.items)
	for _, d := range demos[rest:] {
		cell := demoLink(d.URL)
		if d.Text != "" {
			cell += " " + p.code(d.Text)
		}
		cell += " (" + person(d.Said.Login) + ", " + p.day(p.key, d.Said) + "), "
		if d.Confirmed.IsZero() {
			cell += "not confirmed"
		} else {
			cell += "confirmed by " + person(d.Confirmed.Login) + ", " + p.day(p.key, d.Confirmed)
		}
		cells = append(cells, cell)
	}
	if rest > 0 {
		cells = append(cells, digits(rest, "older one", "older ones"))
	}
	return strings.Join(cells, " · ")
}

// destination writes what could end the address of a link, or mean something else
// in it, in another way that means the same. What is left of it is the address.
var destination = strings.NewReplacer("(", "%28", ")", "%29", "|", "%7C", "$", "%24", "*", "%2A", "[", "%5B", "]", "%5D", "~", "%7E", "&", "&amp;")

// demoLink links to an address of somebody's, named by its host and path. What is no
// plain address of the web is shown and not linked.
func demoLink(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>\"`\\", r) }) {
		return Code(address)
	}
	return link(codeUpTo(u.Host+strings.TrimSuffix(u.EscapedPath(), "/"), 60), destination.Replace(address))
}

// demos says what is missing to show for what was delivered. Nothing waits for it.
func (p *page) demos() {
	if p.Assessment.Standing != work.Done {
		return
	}
	if len(p.item.Demos) == 0 {
		p.noDemo()
		return
	}
	for _, d := range p.item.LastDemos() {
		if !d.Confirmed.IsZero() {
			return
		}
	}
	line := "/done " + p.item.Cycle
	if d, ok := p.item.Delivery(""); ok && !d.Ref.IsZero() { // the last word counts, and should not lose it
		line += " " + short(p.key, d.Ref)
	}
	p.say("\nWhen ", p.owner(), " has seen the demo, `", line, "` confirms it.\n")
}

// noDemo offers the tests of the pull request that was merged last, the least that is
// accepted, as far as one is known.
func (p *page) noDemo() {
	for k := len(p.item.Merges) - 1; k >= 0; k-- {
		if key, ok := mergedKey(p.item.Merges[k]); ok {
			p.say("\n**No demo yet.** `/demo` with the link to a recording or a page shows what was delivered; a test that passes is enough, such as those of ",
				p.Site.pull(p.key, key), ":\n", block("", "/demo "+p.item.Cycle+" "+p.Site.Pull(key)+"/checks"))
			return
		}
	}
	p.say("\n**No demo yet.** `/demo ", p.item.Cycle, "` with the link to a recording or a page shows what was delivered; a test that passes is enough.\n")
}
