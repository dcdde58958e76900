package render

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// merged writes the pull requests that were merged as part of the item, newest
// first, and which items of the checklist refer to one.
func (p *page) merged() {
	ms := slices.Clone(p.item.Merges)
	slices.Reverse(ms)
	t := table{head: []string{"merged", "on", "part of this by", "plan"}}
	for _, m := range ms[:min(len(ms), p.merges)] {
		what := p.pull(m)
		if m.Title != "" {
			what += " " + p.code(m.Title)
		}
		t.add(what, p.mergedOn(m), p.belongs(m), verdict(m.Verdict))
	}
	p.say(t.String())
	if rest := len(ms) - p.merges; rest > 0 {
		p.say("\nand ", digits(rest, "more merged pull request", "more merged pull requests"), unplannedOf(ms[p.merges:]), " in the receipts below\n")
	}
	if unplanned(ms) > 0 {
		p.say("\nUnplanned: when it was merged, the work was not approved for an open cycle and had no exception.\n")
	}
	p.offers()
}

// pull links to a merged pull request.
func (p *page) pull(m custody.Merge) string {
	name := m.Repo + "#" + strconv.Itoa(m.Number)
	k, err := slash.ParseKey(name)
	if err != nil {
		return p.code(name)
	}
	return p.issue(p.key, k)
}

var commitForm = regexp.MustCompile(`^[0-9a-f]{40}(?:[0-9a-f]{24})?$`)

// mergedOn is the day of the merge, linked to its commit.
func (p *page) mergedOn(m custody.Merge) string {
	org, repo, ok := strings.Cut(m.Repo, "/")
	if !ok || !commitForm.MatchString(m.Commit) {
		return DateOf(m.At)
	}
	return link(DateOf(m.At), p.GitHub+"/"+url.PathEscape(org)+"/"+url.PathEscape(repo)+"/commit/"+m.Commit)
}

// belongs says what made the pull request part of the item, and names its KEP
// where that is not the item's.
func (p *page) belongs(m custody.Merge) string {
	cell := ""
	switch m.By {
	case "":
		cell = "not known"
	case "description", "title":
		cell = "its " + m.By
	default:
		cell = word(m.By)
	}
	if m.KEP == "" || m.KEP == p.Assessment.KEPRef.String() {
		return cell
	}
	if k, err := slash.ParseKey(m.KEP); err == nil {
		return cell + " · " + p.kepLink(kep.Ref{Repo: k.Repository(), Number: k.Number})
	}
	return cell + " · " + p.code(m.KEP)
}

// verdict says what a merged pull request was to the plan.
func verdict(v string) string {
	switch v {
	case custody.VerdictUnplanned:
		return "**unplanned**"
	case "":
		return "not known"
	}
	return word(v)
}

func unplanned(ms []custody.Merge) int {
	n := 0
	for _, m := range ms {
		if m.Verdict == custody.VerdictUnplanned {
			n++
		}
	}
	return n
}

// unplannedOf counts the unplanned among those that are not shown.
func unplannedOf(ms []custody.Merge) string {
	n := unplanned(ms)
	if n == 0 {
		return ""
	}
	return " (" + digitsOf(n) + " unplanned)"
}

// offers says which open items of the checklist refer to a merged pull request.
// Whether such an item is done is for people to say.
func (p *page) offers() {
	if p.closed() {
		return
	}
	ticked := work.Ticked(p.Assessment.Issue.Body)
	var entries []string
	for _, o := range work.Offered(p.item, work.Checklist(p.Assessment.Issue.Body)) {
		if !ticked[o.Text] {
			entries = append(entries, p.offer(o))
		}
	}
	if len(entries) <= 1 {
		for _, e := range entries {
			p.say("\n**Checklist:** ", e, "\n")
		}
		return
	}
	p.say("\n**Checklist:**\n")
	for _, e := range entries[:min(len(entries), p.items)] {
		p.say("- ", e, "\n")
	}
	if rest := len(entries) - p.items; rest > 0 {
		p.say("\nand ", digits(rest, "more item", "more items"), " with a merged pull request\n")
	}
}

// offer is "2. `Scheduler plugin kubernetes#12`: its pull request kubernetes#12 is
// merged".
func (p *page) offer(o work.Offer) string {
	var pulls []string
	for _, m := range o.Merges {
		pulls = append(pulls, p.pull(m))
	}
	its, are := "its pull request ", " is merged"
	if len(pulls) > 1 {
		its, are = "its pull requests ", " are merged"
	}
	if len(o.Others) > 0 {
		its = "of what it refers to, "
	}
	return p.itemName(o.Text) + ": " + its + some(pulls, p.items, "and") + are
}
