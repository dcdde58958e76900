package slash

import (
	"strconv"
	"strings"
)

// Ref is a reference as somebody wrote it.
//
//	written                                   Org, Repo    Number  KEP
//	#12                                       "", ""       12
//	repo#12                                   "", repo     12
//	org/repo#12, URL of an issue or pull      org, repo    12
//	KEP-1234, kep/1234                        "", ""       1234    true
//	org/repo/KEP-1234                         org, repo    1234    true
//	URL of keps/sig-x/1234-name in a tree     org, repo    1234    true
type Ref struct {
	Org, Repo string
	Number    int
	KEP       bool
	// URL is set for the URL of a KEP directory only, without what follows the
	// directory: "https://github.com/org/repo/tree/master/keps/sig-x/1234-name".
	URL string
}

// Resolve names the issue that a reference in a comment on base means. A KEP
// without a repository resolves to no Key: which repository holds the KEPs is
// not known here.
func (r Ref) Resolve(base Key) Key {
	if r.KEP && r.Org == "" {
		return Key{}
	}
	k := Key{Org: r.Org, Repo: r.Repo, Number: r.Number}
	if k.Org == "" {
		k.Org = base.Org
	}
	if k.Repo == "" {
		k.Repo = base.Repo
	}
	return k
}

// String gives the shortest spelling that reads back equal: "org/repo#12",
// "repo#12", "#12", "KEP-1234", "org/repo/KEP-1234" or the URL.
func (r Ref) String() string {
	n := strconv.Itoa(r.Number)
	switch {
	case r.URL != "":
		return r.URL
	case r.KEP && r.Org != "":
		return r.Org + "/" + r.Repo + "/KEP-" + n
	case r.KEP:
		return "KEP-" + n
	case r.Org != "":
		return r.Org + "/" + r.Repo + "#" + n
	}
	return r.Repo + "#" + n
}

// readRef reads one reference of any spelling but the bare number.
func readRef(w string) (Ref, bool) {
	if len(w) > 2000 {
		return Ref{}, false
	}
	w = strings.TrimSuffix(strings.TrimPrefix(w, "<"), ">")
	if rest, ok := githubPath(w); ok {
		return readGitHubURL(rest)
	}
	if place, num, ok := strings.Cut(w, "#"); ok {
		n, ok := issueNumber(num)
		org, repo, slash := strings.Cut(place, "/")
		switch {
		case !ok:
			return Ref{}, false
		case place == "":
			return Ref{Number: n}, true
		case !slash:
			return Ref{Repo: place, Number: n}, isRepo(place)
		}
		return Ref{Org: org, Repo: repo, Number: n}, isOrg(org) && isRepo(repo)
	}
	return readKEP(w)
}

// readKEP reads "KEP-1234", "kep/1234" and "org/repo/KEP-1234".
func readKEP(w string) (Ref, bool) {
	low := lowerASCII(w)
	at := max(strings.LastIndex(low, "kep-"), strings.LastIndex(low, "kep/"))
	if at < 0 {
		return Ref{}, false
	}
	n, ok := issueNumber(w[at+4:])
	if !ok || at == 0 {
		return Ref{Number: n, KEP: ok}, ok
	}
	org, repo, slash := strings.Cut(strings.TrimSuffix(w[:at], "/"), "/")
	if !slash || w[at-1] != '/' || !isOrg(org) || !isRepo(repo) {
		return Ref{}, false
	}
	return Ref{Org: org, Repo: repo, Number: n, KEP: true}, true
}

// githubPath gives what stands behind github.com/, the scheme being optional.
func githubPath(w string) (string, bool) {
	low := lowerASCII(w)
	cut := 0
	for _, prefix := range []string{"https://", "http://", "www."} {
		if strings.HasPrefix(low[cut:], prefix) {
			cut += len(prefix)
		}
	}
	if !strings.HasPrefix(low[cut:], "github.com/") {
		return "", false
	}
	return w[cut+len("github.com/"):], true
}

// readGitHubURL reads org/repo/issues/12, org/repo/pull/12 and
// org/repo/tree/master/keps/sig-node/1234-name, and ignores what follows.
func readGitHubURL(path string) (Ref, bool) {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	parts := strings.Split(path, "/")
	if len(parts) < 4 || !isOrg(parts[0]) || !isRepo(parts[1]) {
		return Ref{}, false
	}
	r := Ref{Org: parts[0], Repo: parts[1]}
	switch parts[2] {
	case "issues", "pull":
		n, ok := issueNumber(parts[3])
		r.Number = n
		return r, ok
	case "tree", "blob":
		return readKEPDirectory(r, parts)
	}
	return Ref{}, false
}

// readKEPDirectory finds keps/sig-x/1234-name behind the branch, which may
// hold slashes itself.
func readKEPDirectory(r Ref, parts []string) (Ref, bool) {
	for i := 4; i+2 < len(parts); i++ {
		if parts[i] != "keps" {
			continue
		}
		num, _, dash := strings.Cut(parts[i+2], "-")
		n, ok := issueNumber(num)
		if !ok || !dash {
			continue
		}
		branch := strings.Join(parts[3:i+3], "/")
		if strings.ContainsAny(branch, "<>\"`\\ ,") {
			return Ref{}, false
		}
		r.Number, r.KEP = n, true
		r.URL = "https://github.com/" + r.Org + "/" + r.Repo + "/tree/" + branch
		return r, true
	}
	return Ref{}, false
}

// looksRef is true for words that can be meant for nothing but a reference.
func looksRef(w string) bool {
	low := lowerASCII(w)
	hash := strings.IndexByte(w, '#')
	return hash >= 0 && hash+1 < len(w) && isDigit(w[hash+1]) ||
		strings.Contains(low, "://") || strings.HasPrefix(low, "github.com/") ||
		(strings.HasPrefix(low, "kep-") || strings.HasPrefix(low, "kep/")) && len(low) > 4 && isDigit(low[4])
}

// guessRef trims what people put round a reference, and takes a bare number
// for an issue of this repository.
func guessRef(w string) string {
	w = strings.Trim(w, "<>()[]`'\",;:.!?")
	if n, ok := number(w); ok && n > 0 {
		return "#" + strconv.Itoa(n)
	}
	if i := strings.Index(w, "]("); i >= 0 { // [text](url)
		w = w[i+2:]
	}
	if low := lowerASCII(w); strings.HasPrefix(low, "kep") {
		if n, ok := issueNumber(strings.TrimLeft(low[3:], "-_#:")); ok {
			return "KEP-" + strconv.Itoa(n)
		}
	}
	if r, ok := readRef(w); ok {
		return r.String()
	}
	return ""
}

var refForms = []string{"#12", "repo#12", "org/repo#12", "https://github.com/org/repo/issues/12", "KEP-1234"}

// OneRef is one reference, value Ref.
var OneRef Kind = &pattern{
	read:    func(w string) (any, bool) { r, ok := readRef(w); return r, ok },
	looks:   looksRef,
	guess:   guessRef,
	print:   func(v any) string { return v.(Ref).String() },
	holder:  "[%s]",
	example: "#12",
	allowed: refForms,
}

// BareRef is OneRef, and a bare number is a KEP: `/kep 1234`.
var BareRef Kind = &pattern{
	read: func(w string) (any, bool) {
		if n, ok := issueNumber(w); ok {
			return Ref{Number: n, KEP: true}, true
		}
		r, ok := readRef(w)
		return r, ok
	},
	looks:   looksRef,
	guess:   guessBareRef,
	print:   func(v any) string { return v.(Ref).String() },
	holder:  "[%s]",
	example: "KEP-1234",
	allowed: append([]string{"1234"}, refForms...),
}

func guessBareRef(w string) string {
	if n, ok := issueNumber(trimPunctuation(w)); ok {
		return "KEP-" + strconv.Itoa(n)
	}
	return guessRef(w)
}

type refsKind struct{}

// Refs is a list of references by comma or blank, value []Ref.
var Refs Kind = refsKind{}

func (refsKind) Match(words []string) int {
	behind := false
	n := listWords(words, func(part string) entry {
		_, ok := readRef(part)
		switch {
		case ok:
			behind = true
			return good
		case looksRef(part), behind && isDigits(part):
			return meant
		}
		return foreign
	}, true)
	return n
}

func (refsKind) Parse(words []string) (any, *Problem) {
	saw := joined(words)
	var refs []Ref
	for _, part := range splitCommas(saw) {
		r, ok := readRef(part)
		if !ok {
			return nil, shape(part, refForms...)
		}
		refs = append(refs, r)
	}
	if len(refs) == 0 {
		return nil, shape(saw, refForms...)
	}
	if len(refs) > MaxList {
		return nil, longList(saw)
	}
	return refs, nil
}

func (refsKind) Print(v any) string {
	var parts []string
	for _, r := range v.([]Ref) {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, ",")
}

// Placeholder shows a name in the singular as a list: "[ref], [ref]".
func (refsKind) Placeholder(name string) string {
	if strings.HasSuffix(name, "s") {
		return "[" + name + "]"
	}
	return "[" + name + "], [" + name + "]"
}

func (refsKind) Example() string { return "#12" }

// suggest repairs each reference of a list.
func (refsKind) suggest(w string) string {
	var out []string
	for _, part := range splitCommas(w) {
		g := guessRef(part)
		if g == "" {
			return ""
		}
		out = append(out, g)
	}
	return strings.Join(out, ",")
}
