package main

import (
	"fmt"
	"slices"
	"strings"

	prowconfig "sigs.k8s.io/prow/pkg/config"

	"github.com/steelthread/steelthread/config"
)

// checkGates finds --gate values that the configuration does not list: the plugin never looks at them.
func checkGates(gate []string, ours *config.Config) []finding {
	var found []finding
	for _, repo := range gate {
		if _, listed := ours.Repo(repo); !listed {
			found = append(found, finding{
				file:  "configuration",
				what:  repo + " is to be gated (--gate) and is not in repos.work",
				why:   "the plugin does not read its pull requests, so none would get the label.",
				patch: append(lines(" ", "repos:", "  work:"), lines("+", "    "+repo+": {}")...),
			})
		}
	}
	return found
}

// checkTide finds, for gated repositories, the queries that would merge a pull request in spite of our label. Every
// query counts: Tide merges what any one of them matches. A query that wants kep-checked is gated as well.
func checkTide(queries prowconfig.TideQueries, gate []string) []finding {
	var found []finding
	covered := map[string]bool{}
	for _, query := range queries {
		var repos []string
		for _, repo := range gate {
			org, short, _ := strings.Cut(repo, "/")
			if query.ForRepo(prowconfig.OrgRepo{Org: org, Repo: short}) {
				repos = append(repos, repo)
				covered[repo] = true
			}
		}
		if len(repos) == 0 || slices.Contains(query.MissingLabels, config.LabelNeedsKEP) ||
			slices.Contains(query.Labels, config.LabelKEPChecked) {
			continue
		}
		head := append([]string{"tide:", "  queries:"}, queryText(query)...)
		patch := append(lines(" ", head...), lines(" ", "    missingLabels:")...)
		for _, label := range query.MissingLabels {
			if strings.EqualFold(label, config.LabelNeedsKEP) {
				patch = append(patch, lines("-", "    - "+label)...)
				continue
			}
			patch = append(patch, lines(" ", "    - "+label)...)
		}
		found = append(found, finding{
			file: "config.yaml",
			what: fmt.Sprintf("a Tide query for %s lacks missingLabels %s", strings.Join(repos, ", "), config.LabelNeedsKEP),
			why: "Tide merges what matches any of its queries, in exact case; this one does not heed the label. " +
				"Where the plugin is not in use the label is never set, so it does no harm to other repositories.",
			patch: append(patch, lines("+", "    - "+config.LabelNeedsKEP)...),
		})
	}
	for _, repo := range gate {
		if !covered[repo] {
			found = append(found, finding{
				file: "config.yaml",
				what: "no Tide query covers " + repo,
				why:  "its pull requests are not merged by Tide, so the label cannot hold them; a required status or a rule of the repository could.",
			})
		}
	}
	return found
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
