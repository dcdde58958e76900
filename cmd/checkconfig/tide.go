package main

import (
	"fmt"
	"slices"
	"strings"

	prowconfig "sigs.k8s.io/prow/pkg/config"

	"github.com/steelthread/steelthread/config"
)

// skipReview is the label by which Kubernetes' queries let bumps of images merge without a review.
const skipReview = "skip-review"

// checkTide finds the queries that would merge a pull request in spite of our label, hold one for ever, or write one of
// our labels otherwise. Every query counts: Tide merges what any one of them matches.
func checkTide(queries prowconfig.TideQueries, ours *config.Config) []finding {
	var found []finding
	covered, unlisted := map[string]bool{}, map[string]bool{}
	for _, query := range queries {
		c := newQueryCheck(query, ours)
		found = append(found, c.findings()...)
		if !c.bot {
			for _, repo := range c.repos {
				covered[repo.Name] = true
			}
			continue
		}
		asked := slices.ContainsFunc(c.repos, func(r config.Repo) bool { return len(r.Threads.Selectors()) > 0 })
		if author := query.Author; asked && !exempt(author, ours) && !unlisted[author] {
			unlisted[author] = true
			found = append(found, finding{
				file:  "configuration",
				what:  "repos.bots lacks " + author + ", whose pull requests a Tide query merges by themselves",
				why:   "the plugin would take it for a person and ask its pull requests for a KEP.",
				patch: append(lines(" ", "repos:", "  bots:"), lines("+", "  - "+author)...),
			})
		}
	}
	for _, repo := range ours.WorkRepos() {
		if repo.Threads.Gates() && !covered[repo.Name] {
			found = append(found, finding{
				file: "config.yaml",
				what: "no Tide query covers people's pull requests in " + repo.Name + ", whose threads are to block",
				why:  "Tide does not merge them, so the label cannot hold them; a required status or a rule of the repository could.",
			})
		}
	}
	return found
}

// queryCheck goes through one query. Each step notes what is wrong and corrects labels and missing, from which the
// patch is made in the end.
type queryCheck struct {
	query prowconfig.TideQuery
	ours  *config.Config
	// repos are those of repos.work that the query covers.
	repos []config.Repo
	// bot: the query is for the pull requests of a bot account alone.
	bot             bool
	labels, missing []string
	what, why       []string
}

func newQueryCheck(query prowconfig.TideQuery, ours *config.Config) *queryCheck {
	c := &queryCheck{query: query, ours: ours, labels: slices.Clone(query.Labels), missing: slices.Clone(query.MissingLabels)}
	for _, repo := range ours.WorkRepos() {
		if covers(query, repo.Name) {
			c.repos = append(c.repos, repo)
		}
	}
	author := strings.ToLower(query.Author)
	c.bot = author != "" && (exempt(author, ours) || strings.HasSuffix(author, "bot") || slices.Contains(query.Labels, skipReview))
	return c
}

func (c *queryCheck) findings() []finding {
	c.letterCase()
	c.wrongSide()
	c.required()
	c.held()
	if len(c.what) == 0 {
		return nil
	}
	patch := lines(" ", append([]string{"tide:", "  queries:"}, queryText(c.query)...)...)
	patch = append(patch, listPatch("labels", c.query.Labels, c.labels)...)
	patch = append(patch, listPatch("missingLabels", c.query.MissingLabels, c.missing)...)
	return []finding{{
		file:  "config.yaml",
		what:  "a Tide query for " + c.subject() + " " + strings.Join(c.what, "; "),
		why:   strings.Join(c.why, " "),
		patch: patch,
	}}
}

func (c *queryCheck) note(what, why string) {
	c.what, c.why = append(c.what, what), append(c.why, why)
}

// subject names the query by our repositories that it covers, else by its own words.
func (c *queryCheck) subject() string {
	if len(c.repos) == 0 {
		return shorten(slices.Concat(c.query.Orgs, c.query.Repos))
	}
	return strings.Join(names(c.repos), ", ")
}

// letterCase writes our labels as they are. In a required label, a comma means or.
func (c *queryCheck) letterCase() {
	var wrong []string
	correct := func(text string) string {
		parts := strings.Split(text, ",")
		for i, part := range parts {
			for _, label := range config.Labels() {
				if part != label.Name && strings.EqualFold(part, label.Name) {
					parts[i] = label.Name
					wrong = append(wrong, part+" for "+label.Name)
				}
			}
		}
		return strings.Join(parts, ",")
	}
	for _, list := range [][]string{c.labels, c.missing} {
		for i := range list {
			list[i] = correct(list[i])
		}
	}
	if len(wrong) > 0 {
		c.note("writes "+strings.Join(wrong, ", "),
			"Tide's status compares in exact case, so it would tell people wrongly what holds their pull request.")
	}
}

// wrongSide finds our two labels of pull requests where the other belongs.
func (c *queryCheck) wrongSide() {
	if without, had := remove(c.labels, config.LabelNeedsKEP); had {
		c.labels = without
		c.note("requires "+config.LabelNeedsKEP, "It would merge exactly what is to be held.")
	}
	if without, had := remove(c.missing, config.LabelKEPChecked); had {
		c.missing = without
		c.note("has "+config.LabelKEPChecked+" in missingLabels", "It would hold exactly what is in order.")
	}
}

// required finds pull requests that a required kep-checked would hold for ever, as nobody sets it on them.
func (c *queryCheck) required() {
	without, required := remove(c.labels, config.LabelKEPChecked)
	if !required {
		return
	}
	var why string
	switch {
	case c.bot || slices.Contains(c.labels, skipReview):
		why = "It is set only on pull requests that threads selects, and those of bots rarely bear such a label; they would wait for ever."
	default:
		why = c.neverSet()
	}
	if why != "" {
		c.labels = without
		c.note("requires "+config.LabelKEPChecked, why)
	}
}

// neverSet says where the query matches pull requests on which nobody sets kep-checked; empty if nowhere.
func (c *queryCheck) neverSet() string {
	var open, partly, why []string
	for _, repo := range c.repos {
		switch {
		case !repo.Threads.Gates():
			open = append(open, repo.Name)
		case !c.allGated(repo.Threads):
			partly = append(partly, repo.Name)
		}
	}
	for _, name := range c.query.Repos {
		if _, listed := c.ours.Repo(name); !listed {
			open = append(open, name)
		}
	}
	if len(open) > 0 {
		why = append(why, "In "+shorten(open)+" the threads do not block, so nobody sets it and nothing would merge.")
	}
	if len(c.query.Orgs) > 0 {
		why = append(why, "In repositories of "+shorten(c.query.Orgs)+" that repos.work does not list nobody sets it either; list repos in the query instead of orgs.")
	}
	if len(partly) > 0 {
		why = append(why, "In "+shorten(partly)+" it is set only on the pull requests that threads selects for block; the rest would wait for ever. With threads: {block: [\"*@*\"]} all get it.")
	}
	return strings.Join(why, " ")
}

// allGated tells whether each pull request that the query matches has a mode that blocks. Which branch is the default
// one is not in these files; main and master are taken for it.
func (c *queryCheck) allGated(threads config.Threads) bool {
	gated := func(on func(config.Selector) bool) bool {
		return slices.ContainsFunc(threads.Selectors(), func(s config.Selector) bool {
			return s.Mode.Gates() && (s.Label == config.EveryPull || slices.Contains(c.labels, s.Label)) && on(s)
		})
	}
	if len(c.query.IncludedBranches) == 0 {
		return gated(func(s config.Selector) bool { return s.Branch == config.EveryPull })
	}
	for _, branch := range c.query.IncludedBranches {
		usual := branch == "main" || branch == "master"
		if !gated(func(s config.Selector) bool { return s.OnBranch(branch, "") || s.Branch == "" && usual }) {
			return false
		}
	}
	return true
}

// held finds a query that merges people's pull requests without heeding our label. One that still requires kep-checked
// heeds it in its own way; a bot's pull requests never have it.
func (c *queryCheck) held() {
	gated := slices.DeleteFunc(slices.Clone(c.repos), func(r config.Repo) bool { return !r.Threads.Gates() })
	if c.bot || len(gated) == 0 || slices.Contains(c.missing, config.LabelNeedsKEP) || slices.Contains(c.labels, config.LabelKEPChecked) {
		return
	}
	c.missing = append(c.missing, config.LabelNeedsKEP)
	what := "lacks missingLabels " + config.LabelNeedsKEP
	if len(gated) < len(c.repos) {
		what += ", for " + strings.Join(names(gated), ", ")
	}
	c.note(what, "Tide merges what matches any of its queries; this one does not heed the label. "+
		"Where threads do not block the label is never set, so it does no harm to other repositories.")
}

// covers is Tide's own rule but for letter case: our file may spell a repository otherwise.
func covers(query prowconfig.TideQuery, repo string) bool {
	same := func(other string) bool { return strings.EqualFold(other, repo) }
	org, _, _ := strings.Cut(repo, "/")
	if slices.ContainsFunc(query.Orgs, func(o string) bool { return strings.EqualFold(o, org) }) {
		return !slices.ContainsFunc(query.ExcludedRepos, same)
	}
	return slices.ContainsFunc(query.Repos, same)
}

// exempt tells whether the plugin asks nothing of this author: listed in repos.bots, or a GitHub App's account, which a
// search names app/dependabot and a pull request dependabot[bot].
func exempt(author string, ours *config.Config) bool {
	app := strings.HasPrefix(author, "app/") || strings.HasSuffix(author, "[bot]")
	return app || ours.Bot(author)
}

// remove gives the list without the label, and whether it was there. A label with alternatives is not the label.
func remove(list []string, label string) ([]string, bool) {
	without := slices.DeleteFunc(slices.Clone(list), func(l string) bool { return l == label })
	return without, len(without) < len(list)
}

func names(repos []config.Repo) []string {
	var out []string
	for _, repo := range repos {
		out = append(out, repo.Name)
	}
	return out
}

// listPatch shows how a list of labels changes; nothing if it does not.
func listPatch(key string, before, after []string) []string {
	if slices.Equal(before, after) {
		return nil
	}
	var entries []string
	for _, label := range before {
		mark := " "
		if !slices.Contains(after, label) {
			mark = "-"
		}
		entries = append(entries, lines(mark, "    - "+label)...)
	}
	for _, label := range after {
		if !slices.Contains(before, label) {
			entries = append(entries, lines("+", "    - "+label)...)
		}
	}
	mark := " "
	switch {
	case len(before) == 0:
		mark = "+"
	case len(after) == 0:
		mark = "-"
	}
	return append(lines(mark, "    "+key+":"), entries...)
}

// queryText tells a query from the others: by what it selects, as its place in the file may have changed when Prow read
// it (queries that differ in repositories alone are merged).
func queryText(q prowconfig.TideQuery) []string {
	var out []string
	for _, part := range []struct {
		key    string
		values []string
	}{{"orgs", q.Orgs}, {"repos", q.Repos}, {"includedBranches", q.IncludedBranches}, {"excludedBranches", q.ExcludedBranches}} {
		if len(part.values) > 0 {
			out = append(out, "    "+part.key+": ["+shorten(part.values)+"]")
		}
	}
	if q.Milestone != "" {
		out = append(out, "    milestone: "+q.Milestone)
	}
	if q.Author != "" {
		out = append(out, "    author: "+q.Author)
	}
	if len(out) > 0 {
		out[0] = "  - " + strings.TrimLeft(out[0], " ")
	}
	return out
}

// shorten lists at most six values.
func shorten(values []string) string {
	const most = 6
	if len(values) > most {
		return strings.Join(values[:most], ", ") + fmt.Sprintf(", … %d more", len(values)-most)
	}
	return strings.Join(values, ", ")
}
