package githubsim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// term is one part of a search: -name:"value","other". A term without a name is free text.
type term struct {
	not    bool
	name   string
	values []string
}

// parseSearch cuts a search string into terms; quotes keep blanks and commas together.
func parseSearch(s string) []term {
	var out []term
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		end, quoted := 0, false
		for end < len(s) && (quoted || s[end] != ' ') {
			quoted = quoted != (s[end] == '"')
			end++
		}
		out = append(out, parseTerm(s[:end]))
		s = s[end:]
	}
	return out
}

func parseTerm(word string) (t term) {
	rest, not := strings.CutPrefix(word, "-")
	name, value, ok := strings.Cut(rest, ":")
	if !ok || strings.HasPrefix(rest, `"`) {
		return term{values: []string{strings.Trim(word, `"`)}}
	}
	t = term{not: not, name: strings.ToLower(name)}
	quoted := false
	for _, v := range strings.FieldsFunc(value, func(r rune) bool {
		quoted = quoted != (r == '"')
		return r == ',' && !quoted
	}) {
		t.values = append(t.values, strings.Trim(v, `"`))
	}
	return t
}

// filter says whether an issue fits one value of a qualifier.
type filter func(g *GitHub, i *issue, value string) bool

// qualifiers are the search qualifiers known here. Any other is refused: one that were ignored would widen the result.
var qualifiers = map[string]filter{
	"is":       func(_ *GitHub, i *issue, v string) bool { return i.is(v) },
	"type":     func(_ *GitHub, i *issue, v string) bool { return i.is(v) },
	"state":    func(_ *GitHub, i *issue, v string) bool { return i.State == v },
	"archived": func(_ *GitHub, i *issue, v string) bool { return i.repo.Archived == (v == "true") },
	"repo":     func(_ *GitHub, i *issue, v string) bool { return strings.EqualFold(i.repo.full(), v) },
	"org":      func(_ *GitHub, i *issue, v string) bool { return strings.EqualFold(i.repo.Owner, v) },
	"user":     func(_ *GitHub, i *issue, v string) bool { return strings.EqualFold(i.repo.Owner, v) },
	"author": func(_ *GitHub, i *issue, v string) bool {
		return strings.EqualFold(i.author.Login, strings.TrimPrefix(v, "app/"))
	},
	"assignee": func(_ *GitHub, i *issue, v string) bool { return i.assignedTo(v) },
	"label":    func(_ *GitHub, i *issue, v string) bool { return i.has(v) },
	"milestone": func(_ *GitHub, i *issue, v string) bool {
		return i.milestone != nil && strings.EqualFold(i.milestone.Title, v)
	},
	"base":    func(_ *GitHub, i *issue, v string) bool { return i.pull != nil && i.pull.BaseRef == v },
	"head":    func(_ *GitHub, i *issue, v string) bool { return i.pull != nil && i.pull.HeadRef == v },
	"draft":   func(_ *GitHub, i *issue, v string) bool { return i.pull != nil && i.pull.Draft == (v == "true") },
	"review":  func(g *GitHub, i *issue, v string) bool { return i.pull != nil && reviewWord(g.reviewDecision(i)) == v },
	"no":      func(_ *GitHub, i *issue, v string) bool { return i.lacks(v) },
	"updated": func(_ *GitHub, i *issue, v string) bool { return inRange(i.updated, v) },
	"created": func(_ *GitHub, i *issue, v string) bool { return inRange(i.created, v) },
	"closed":  func(_ *GitHub, i *issue, v string) bool { return i.closed != nil && inRange(*i.closed, v) },
	"merged": func(_ *GitHub, i *issue, v string) bool {
		return i.pull != nil && i.pull.Merged && inRange(*i.pull.mergedAt, v)
	},
	"sort": nil,
}

var (
	isWords = []string{"pr", "issue", "pull-request", "open", "closed", "merged", "unmerged", "public", "private", "draft", "locked"}
	noWords = []string{"label", "milestone", "assignee"}
	sorts   = []string{"updated", "updated-asc", "updated-desc", "created", "created-asc", "created-desc"}
)

func (i *issue) is(word string) bool {
	switch word {
	case "pr", "pull-request":
		return i.pull != nil
	case "issue":
		return i.pull == nil
	case "open", "closed":
		return i.State == word
	case "merged":
		return i.pull != nil && i.pull.Merged
	case "unmerged":
		return i.pull != nil && !i.pull.Merged
	case "public", "private":
		return i.repo.Private == (word == "private")
	case "draft":
		return i.pull != nil && i.pull.Draft
	case "locked":
		return i.Locked
	}
	return false
}

func (i *issue) lacks(word string) bool {
	switch word {
	case "label":
		return len(i.labels) == 0
	case "milestone":
		return i.milestone == nil
	}
	return len(i.assignees) == 0
}

func reviewWord(decision string) string {
	switch decision {
	case "APPROVED":
		return "approved"
	case "CHANGES_REQUESTED":
		return "changes_requested"
	}
	return "none"
}

// inRange knows a..b, with * or nothing for no bound, >t, >=t, <t, <=t and a single day or time.
func inRange(t time.Time, v string) bool {
	if from, to, ok := strings.Cut(v, ".."); ok {
		a, b := day(from), day(to)
		return (a.IsZero() || !t.Before(a)) && (b.IsZero() || !t.After(b))
	}
	for _, op := range []string{">=", "<=", ">", "<"} {
		if rest, ok := strings.CutPrefix(v, op); ok {
			at := day(rest)
			return op == ">" && t.After(at) || op == "<" && t.Before(at) || op == ">=" && !t.Before(at) || op == "<=" && !t.After(at)
		}
	}
	at := day(v)
	return t.Equal(at) || len(v) == 10 && !t.Before(at) && t.Before(at.AddDate(0, 0, 1))
}

// day reads a date or a time; the zero time is "no bound".
func day(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// check refuses what is not known.
func (t term) check() error {
	_, known := qualifiers[t.name]
	switch {
	case t.name == "":
	case !known:
		return fmt.Errorf("unknown search qualifier %q", t.name)
	case len(t.values) == 0:
		return fmt.Errorf("search qualifier %q has no value", t.name)
	}
	for _, v := range t.values {
		words := map[string][]string{"is": isWords, "type": isWords, "no": noWords, "sort": sorts,
			"state": {"open", "closed"}, "archived": {"true", "false"}}[t.name]
		if words != nil && !slices.Contains(words, v) {
			return fmt.Errorf("unknown value %q of search qualifier %q", v, t.name)
		}
	}
	return nil
}

// search finds issues and pull requests that viewer may see. repo, org and user with several values, or given several
// times, mean any of them; every other qualifier must hold. Default order: newest first.
func (g *GitHub) search(viewer *User, query string) ([]*issue, error) {
	terms := parseSearch(query)
	order := "created-desc"
	for _, t := range terms {
		if err := t.check(); err != nil {
			return nil, err
		}
		if t.name == "sort" {
			order = t.values[0]
		}
	}
	var out []*issue
	for _, r := range g.repos {
		if g.role(viewer, r) == "none" {
			continue
		}
		for _, i := range r.issues {
			if g.matches(i, terms) {
				out = append(out, i)
			}
		}
	}
	slices.SortFunc(out, func(a, b *issue) int {
		by := a.created.Compare(b.created)
		if strings.HasPrefix(order, "updated") {
			by = a.updated.Compare(b.updated)
		}
		by = cmp.Or(by, cmp.Compare(a.ID, b.ID))
		if strings.HasSuffix(order, "-asc") {
			return by
		}
		return -by
	})
	return out, nil
}

func (g *GitHub) matches(i *issue, terms []term) bool {
	scoped, inScope := false, false
	based, onBase := false, false
	for _, t := range terms {
		f := qualifiers[t.name]
		switch {
		case t.name == "":
			if !strings.Contains(strings.ToLower(i.Title+"\n"+text(i.Body)), strings.ToLower(t.values[0])) {
				return false
			}
			continue
		case f == nil:
			continue
		}
		hit := slices.ContainsFunc(t.values, func(v string) bool { return f(g, i, v) })
		if scope := t.name == "repo" || t.name == "org" || t.name == "user"; scope && !t.not {
			scoped, inScope = true, inScope || hit
			continue
		}
		if t.name == "base" && !t.not { // several mean any of them: Tide's includedBranches rests on it
			based, onBase = true, onBase || hit
			continue
		}
		if hit == t.not {
			return false
		}
	}
	return (inScope || !scoped) && (onBase || !based)
}

// maxFound is how many results a search gives at most, whatever the total.
const maxFound = 1000

// searchIssues is REST's search. Repositories that the asker cannot see are refused, as GitHub does.
func searchIssues(c *call) answer {
	q := c.query.Get("q")
	if strings.TrimSpace(q) == "" {
		return c.failed("Search", "q", "missing", "")
	}
	out, err := c.g.search(c.viewer, q)
	if err != nil {
		return c.failed("Search", "q", "invalid", err.Error())
	}
	for _, t := range parseSearch(q) {
		for _, v := range t.values {
			if r := c.g.repos[key(v)]; t.name == "repo" && (r == nil || c.g.role(c.viewer, r) == "none") {
				return c.failed("Search", "q", "invalid", "The listed users and repositories cannot be searched either "+
					"because the resources do not exist or you do not have permission to view them.")
			}
		}
	}
	if s := c.query.Get("sort"); s != "" {
		c.sortIssues(out)
	}
	total := len(out)
	if number(c.query.Get("page"), 1)*number(c.query.Get("per_page"), 30) > maxFound {
		return answer{status: http.StatusUnprocessableEntity,
			body: message(422, "Only the first 1000 search results are available", docs+"/search/search")}
	}
	out = out[:min(total, maxFound)]
	return c.pageOf(len(out), func(from, to int) any {
		return obj{"total_count": total, "incomplete_results": false, "search_type": "lexical",
			"items": list(out[from:to], c.found)}
	})
}

// found is an issue among the results: with a score, without who closed it.
func (c *call) found(i *issue) obj {
	o := merge(c.view.issue(i), obj{"score": 1.0})
	delete(o, "closed_by")
	return o
}
