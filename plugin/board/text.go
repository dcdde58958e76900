package board

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// textLimit is how many characters of what somebody wrote are shown.
const textLimit = 200

// clean writes a user's text on one line: white space is one blank, what cannot be
// seen is dropped, what goes over the limit is cut off. Escaping is html/template's
// and JSON's.
func clean(s string, limit int) string {
	var b strings.Builder
	n, blank := 0, false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			continue
		}
		if n >= limit {
			return b.String() + "…"
		}
		if blank {
			b.WriteByte(' ')
			n, blank = n+1, false
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

func short(s string) string { return clean(s, textLimit) }

func shortAll(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, short(s))
	}
	return out
}

// links are the addresses that a page may link to.
type links struct{ render.Site }

// ours reports whether an address of the configuration can be linked to: https, or
// http on this machine, as a sandbox has it.
func ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	host := u.Hostname()
	return u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || host == "127.0.0.1" || host == "::1")
}

// only gives an address back if it is one to link to, else "".
func (l links) only(address string) string {
	if strings.HasPrefix(address, l.GitHub+"/") && ours(l.GitHub) ||
		address != "" && (address == l.Commands || address == l.Verify) && ours(address) {
		return address
	}
	return ""
}

// issueRef names an issue or pull request.
type issueRef struct {
	Key   string `json:"key"` // "org/repo#n"
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`  // on GitHub
	Page  string `json:"page,omitempty"` // here, "item/org/repo/n"
}

// Short is the key without the organisation, for narrow places.
func (r issueRef) Short() string {
	_, short, ok := strings.Cut(r.Key, "/")
	if !ok {
		return r.Key
	}
	return short
}

func (l links) issue(k work.Key, title string) issueRef {
	return issueRef{Key: k.String(), Title: short(title), URL: l.only(l.Issue(k))}
}

// item is an issue that has a page here.
func (l links) item(k work.Key, title string) issueRef {
	r := l.issue(k, title)
	r.Page = "item/" + strings.Replace(k.String(), "#", "/", 1)
	return r
}

func (l links) kep(r kep.Ref) *issueRef {
	org, repo, ok := strings.Cut(r.Repo, "/")
	if !ok || r.IsZero() {
		return nil
	}
	ref := l.issue(work.Key{Org: org, Repo: repo, Number: r.Number}, "")
	return &ref
}

// saidBy is who said something, in which role, when and where.
type saidBy struct {
	Login string    `json:"login"`
	As    string    `json:"as,omitempty"`
	At    time.Time `json:"at"`
	URL   string    `json:"url,omitempty"`
}

func (l links) said(on work.Key, s work.Said) *saidBy {
	if s.IsZero() {
		return nil
	}
	return &saidBy{Login: short(s.Login), As: roleWords(s), At: s.At.UTC(), URL: l.comment(on, s.Comment)}
}

func (l links) comment(on work.Key, id int64) string {
	if id == 0 {
		return ""
	}
	return l.only(l.Comment(on, id))
}

// roleWords is the SIG, the seat or the role of somebody.
func roleWords(s work.Said) string {
	switch {
	case s.Role == string(roles.Programme) && s.SIG != "":
		return short(s.SIG) + " seat"
	case s.SIG != "":
		return sigWords(s.SIG)
	case s.Role == "":
		return ""
	}
	return short(roles.Role(s.Role).Title(""))
}

func sigWords(sig string) string {
	if sig == "" {
		return "SIG not known"
	}
	return short("sig-" + roles.SIGName(sig))
}

// seatWords names a seat as people do.
func seatWords(name string) string {
	if seat, ok := strings.CutPrefix(name, "programme/"); ok {
		return short(seat) + " seat"
	}
	if name == string(roles.PM) {
		return "product management"
	}
	return short(name)
}

// merged names a merged pull request, nil if its receipt cannot be read.
func (l links) merged(repo string, number int, title string) *issueRef {
	k, err := slash.ParseKey(repo + "#" + strconv.Itoa(number))
	if err != nil {
		return nil
	}
	ref := l.issue(k, title)
	ref.URL = l.only(l.Pull(k))
	return &ref
}
