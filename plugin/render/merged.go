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
	if k, ok := mergedKey(m); ok {
		return p.Site.pull(p.key, k)
	}
	return p.code(m.Repo + "#" + strconv.Itoa(m.Number))
}

// named links to what somebody named: a pull request where one was merged by that name.
func (p *page) named(k slash.Key) string {
	if slices.ContainsFunc(p.item.Merges, custody.Merge{Repo: k.Repository(), Number: k.Number}.SamePull) {
		return p.Site.pull(p.key, k)
	}
	return p.issue(p.key, k)
}

// mergedKey names a merged pull request, if its receipt can be read.
func mergedKey(m custody.Merge) (slash.Key, bool) {
	k, err := slash.ParseKey(m.Repo + "#" + strconv.Itoa(m.Number))
	return k, err == nil
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
