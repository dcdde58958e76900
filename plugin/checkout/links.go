package checkout

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// The declarations of a pull request (the command reference, "Pull requests"), and /kep on an issue.
var (
	declarations = slash.NewScanner(slash.Verbs{Names: []string{"kep", "part-of"}})
	release      = slash.Arg{Name: "release", Kind: slash.Release, Optional: true}
	kepForms     = []slash.Form{
		{Verb: "kep", Args: []slash.Arg{release, {Name: "ref", Kind: slash.BareRef}}},
		{Verb: "kep", Args: []slash.Arg{{Name: "none", Kind: slash.Word("none")}, {Name: "reason", Kind: slash.Text}}},
		{Verb: "kep", Args: []slash.Arg{{Name: "cancel", Kind: slash.Word("cancel")}, release}},
	}
	partOfForms = []slash.Form{
		{Verb: "part-of", Args: []slash.Arg{{Name: "ref", Kind: slash.OneRef}}},
		{Verb: "part-of", Args: []slash.Arg{{Name: "cancel", Kind: slash.Word("cancel")}, {Name: "ref", Kind: slash.OneRef, Optional: true}}},
	}
)

// declared is what texts say a pull request or an issue belongs to. Each field has in How by what.
type declared struct {
	kep    kep.Ref // zero: none
	exempt string  // reason of /kep none
	kepHow string

	item    work.Key // zero: none
	itemHow string

	linked []kep.Ref // KEPs that the body links to
	titled []kep.Ref // KEPs that the title names
	fixes  []work.Key
	spoken bool // a comment counted, whose author's role is not known here
}

// source is where declared reads: a pull request, an issue, or the message of a commit.
type source struct {
	key         work.Key // what a short reference is relative to
	title, body string
	bodyName    string // "description", "commit message"
	comments    []Comment
	kepRepo     string
}

// read sorts out what the texts say. In each text, and then in order of time, the last word counts; a comment overrides
// the description.
func (s source) read() declared {
	var d declared
	for _, line := range declarations.Scan(s.body).Lines {
		s.apply(&d, line, "in the "+s.bodyName)
	}
	comments := slices.Clone(s.comments)
	slices.SortStableFunc(comments, func(a, b Comment) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range comments {
		if _, ours := custody.FindMarker(c.Body); ours || strings.HasSuffix(c.Author, "[bot]") {
			continue
		}
		for _, line := range declarations.Scan(c.Body).Lines {
			if s.apply(&d, line, fmt.Sprintf("by %s, %s", plain(c.Author, 50), c.Created.UTC().Format("2 Jan 2006"))) {
				d.spoken = true
			}
		}
	}
	d.linked = distinct(kep.Links(s.body, s.kepRepo))
	d.titled = distinct(kep.Links(s.title, s.kepRepo))
	d.fixes = fixes(s.body, s.key)
	return d
}

// apply takes one line into account and says whether it counted.
func (s source) apply(d *declared, line slash.Line, where string) bool {
	how := "`/" + line.Verb + "` " + where
	if line.Verb == "part-of" {
		form, v, p := slash.Parse(partOfForms, line)
		if p != nil {
			return false
		}
		ref, _ := v["ref"].(slash.Ref)
		key := s.resolve(ref)
		switch {
		case form == 0 && key.Number > 0:
			d.item, d.itemHow = key, how
		case form == 1 && (ref == slash.Ref{} || key == d.item):
			d.item, d.itemHow = work.Key{}, ""
		}
		return true
	}
	form, v, p := slash.Parse(kepForms, line)
	if p != nil || form < 0 {
		return false // other forms, such as /kep check, declare nothing
	}
	d.kep, d.exempt, d.kepHow = kep.Ref{}, "", ""
	switch form {
	case 0:
		ref, _ := v["ref"].(slash.Ref)
		d.kep, d.kepHow = s.kepOf(ref), how
	case 1:
		reason, _ := v["reason"].(string)
		d.exempt, d.kepHow = plain(reason, maxShown), how
	}
	return true
}

// kepOf is the KEP that a reference after /kep means: a bare number, KEP-1234 and repo#1234 are of the KEP repository's.
func (s source) kepOf(r slash.Ref) kep.Ref {
	org, repo, _ := strings.Cut(s.kepRepo, "/")
	return kep.Ref{Repo: cmp.Or(r.Org, org) + "/" + cmp.Or(r.Repo, repo), Number: r.Number}
}

// resolve is the issue that a reference means; a KEP is its tracking issue.
func (s source) resolve(r slash.Ref) work.Key {
	if r.KEP {
		return keyOf(s.kepOf(r))
	}
	return r.Resolve(s.key)
}

// keyOf is the tracking issue of a KEP: its number is the KEP's number.
func keyOf(r kep.Ref) work.Key {
	org, repo, _ := strings.Cut(r.Repo, "/")
	return work.Key{Org: org, Repo: repo, Number: r.Number}
}

// distinct is the KEPs that links lead to, each once. Pull requests of the KEP repository are none.
func distinct(links []kep.Link) []kep.Ref {
	var out []kep.Ref
	for _, l := range links {
		if !l.Pull && !slices.Contains(out, l.Ref) {
			out = append(out, l.Ref)
		}
	}
	return out
}

// closing is GitHub's list of words that link an issue to a pull request, before a reference or a URL.
var closing = regexp.MustCompile(`(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+(https://github\.com/[^\s<>()\[\]]+|[\w.-]*(?:/[\w.-]+)?#[0-9]+)`)

// maxFixes is how many issues that a pull request closes are looked at.
const maxFixes = 3

// fixes is the issues that a description says it closes.
func fixes(body string, base work.Key) []work.Key {
	var out []work.Key
	for _, m := range closing.FindAllStringSubmatch(body, -1) {
		key, _, err := ParseRef(m[1], base)
		if err == nil && !slices.Contains(out, key) && len(out) < maxFixes {
			out = append(out, key)
		}
	}
	return out
}

// Kind is what a reference says of itself.
type Kind string

// The kinds. A short reference does not tell pull requests from issues.
const (
	KindEither Kind = ""
	KindPull   Kind = "pull request"
	KindIssue  Kind = "issue"
)

var githubURL = regexp.MustCompile(`^(?:https?://)?(?:www\.)?github\.com/([\w.-]+)/([\w.-]+)/(pull|issues)/([1-9][0-9]{0,8})(?:[/?#].*)?$`)

// ParseRef reads #N, repo#N, org/repo#N and the URL of an issue or pull request. base gives what a short form leaves out.
func ParseRef(text string, base work.Key) (work.Key, Kind, error) {
	if m := githubURL.FindStringSubmatch(text); m != nil {
		kind := KindIssue
		if m[3] == "pull" {
			kind = KindPull
		}
		key, err := slash.ParseKey(m[1] + "/" + m[2] + "#" + m[4])
		return key, kind, err
	}
	place, number, ok := strings.Cut(text, "#")
	if !ok {
		return work.Key{}, "", fmt.Errorf("%q: write it as org/repo#number", plain(text, 100))
	}
	switch {
	case place == "":
		place = base.Org + "/" + base.Repo
	case !strings.Contains(place, "/"):
		place = base.Org + "/" + place
	}
	key, err := slash.ParseKey(place + "#" + number)
	return key, KindEither, err
}
