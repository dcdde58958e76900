package render

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Site is where links point.
type Site struct {
	GitHub   string // "https://github.com", without a slash at the end
	Commands string // URL of the command reference, "" for no link
	Verify   string // URL of how to verify a record, "" for no link
	Board    string // URL of the web pages, without a slash at the end, "" for none
}

// Issue is the address of an issue or pull request; GitHub leads from one to
// the other.
func (s Site) Issue(k slash.Key) string {
	return s.GitHub + "/" + url.PathEscape(k.Org) + "/" + url.PathEscape(k.Repo) + "/issues/" + strconv.Itoa(k.Number)
}

// Pull is the address of what is known to be a pull request.
func (s Site) Pull(k slash.Key) string {
	return s.GitHub + "/" + url.PathEscape(k.Org) + "/" + url.PathEscape(k.Repo) + "/pull/" + strconv.Itoa(k.Number)
}

// OfPlan is the address of a page of a plan on the web, "" for its own: "notes",
// "exceptions". It is "" where there are no pages.
func (s Site) OfPlan(cycle, part string) string {
	if s.Board == "" {
		return ""
	}
	address := s.Board + "/plan/" + url.PathEscape(cycle)
	if part != "" {
		address += "/" + part
	}
	return address
}

// OfItem is the address of an item's page on the web, "" where there are no pages.
func (s Site) OfItem(k slash.Key) string {
	if s.Board == "" {
		return ""
	}
	return s.Board + "/item/" + url.PathEscape(k.Org) + "/" + url.PathEscape(k.Repo) + "/" + strconv.Itoa(k.Number)
}

// Comment is the address of a comment by its database id, of a review by its
// negative.
func (s Site) Comment(k slash.Key, id int64) string {
	if id < 0 {
		return s.Pull(k) + "#pullrequestreview-" + strconv.FormatInt(-id, 10)
	}
	return s.Issue(k) + "#issuecomment-" + strconv.FormatInt(id, 10)
}

// AnswerTo is a last line that says which comment is answered.
func (s Site) AnswerTo(k slash.Key, comment int64) string {
	return "<sub>Asked " + link("here", s.Comment(k, comment)) + ".</sub>"
}

// file is the address of a file at the head of the default branch.
func (s Site) file(repo, path string) string {
	parts := strings.Split(repo+"/blob/HEAD/"+path, "/")
	for k := range parts {
		parts[k] = url.PathEscape(parts[k])
	}
	return s.GitHub + "/" + strings.Join(parts, "/")
}

func link(text, address string) string { return "[" + text + "](" + address + ")" }

// linked is link, "" without an address.
func linked(text, address string) string {
	if address == "" {
		return ""
	}
	return link(text, address)
}

// aside is a link in brackets at the end of a line, "" without an address.
func aside(text, address string) string {
	if address == "" {
		return ""
	}
	return " (" + link(text, address) + ")"
}

// issue links to an issue, named as short as the reader's place allows: "#12",
// "kubernetes#12", "org/repo#12".
func (s Site) issue(base, k slash.Key) string { return link(plainKey(base, k), s.Issue(k)) }

// pull links to what is known to be a pull request, named as an issue is.
func (s Site) pull(base, k slash.Key) string { return link(plainKey(base, k), s.Pull(k)) }

var keyEscape = strings.NewReplacer(`\`, `\\`, "_", `\_`, "[", `\[`, "]", `\]`, "*", `\*`, "<", `\<`, "`", "\\`")

func plainKey(base, k slash.Key) string {
	return keyEscape.Replace(short(base, k))
}

// short is the shortest spelling of a key in a line that is said on base.
func short(base, k slash.Key) string {
	switch {
	case k.Repository() == base.Repository():
		return "#" + strconv.Itoa(k.Number)
	case k.Org == base.Org:
		return k.Repo + "#" + strconv.Itoa(k.Number)
	}
	return k.String()
}

// day links the day on which something was said to its comment.
func (s Site) day(on slash.Key, said work.Said) string {
	return link(DateOf(said.At), s.Comment(on, said.Comment))
}

// kepLink links to the tracking issue of a KEP, whose number is the KEP's.
func (s Site) kepLink(r kep.Ref) string {
	org, repo, _ := strings.Cut(r.Repo, "/")
	return link("KEP-"+strconv.Itoa(r.Number), s.Issue(slash.Key{Org: org, Repo: repo, Number: r.Number}))
}
