package kep

import (
	"regexp"
	"strconv"
	"strings"
)

// Kubernetes is the repository of Kubernetes' KEPs. Full links to it are read everywhere, also where another repository
// is the default; kep.k8s.io and the like lead to it.
const Kubernetes = "kubernetes/enhancements"

// renamed is the repositories that GitHub redirects.
var renamed = map[string]string{"kubernetes/features": Kubernetes}

// Link is a reference to a KEP in a text.
type Link struct {
	Ref    Ref
	Text   string // as written
	Offset int    // in bytes
	// Pull: a link to a pull request of the KEP repository. Its number is never that of a KEP.
	Pull bool
}

// Links is the references to KEPs in a text, in order, each KEP once. defaultRepo is the repository that short forms
// mean ("org/repo"). Read are
//
//   - issue URLs of defaultRepo and of kubernetes/enhancements (also /issue/, the old name kubernetes/features, with or
//     without scheme), and their pull request URLs, marked Pull;
//   - URLs of keps/<sig>/NNNN-slug at any branch or commit, in those, in their forks and in any other repository, and
//     of the production readiness file keps/prod-readiness/<sig>/N.yaml;
//   - kep.k8s.io/N, features.k8s.io/N, git.k8s.io/enhancements/keps/..., kubernetes.dev or k8s.dev/resources/keps/N;
//   - kubernetes/enhancements#N and the like for defaultRepo, enhancements#N, k/enhancements#N;
//   - KEP-N, KEP N, KEP #N, KEP: #N, kep/N, KEPN (from three digits on), and a bare path keps/<sig>/NNNN-slug, of
//     defaultRepo.
//
// Where defaultRepo has issues that are no KEPs (kueue), a link by the number of an issue is a KEP only if the catalogue
// has it: the text does not tell.
//
// A path of kubernetes/enhancements from before KEPs had the number of their tracking issue leads to the KEP of today,
// in any fork, at any commit, and in kubernetes/community, where KEPs were first: keps/sig-node/0009-node-heartbeat.md
// is KEP-589, keps/sig-auth/20180415-crds-to-ga.md is KEP-95.
//
// Quoted lines, HTML comments and fenced code are left out, other than docs fences. A bare number with a leading zero
// (KEP-0009) is an old counter and left out: a counter was often given twice (0014 three times), and the history knows
// only those that were renamed, so even one that seems to be single may have meant another KEP.
func Links(text, defaultRepo string) []Link {
	s := linkScan{text: visible(text), repo: defaultRepo, seen: map[seenLink]bool{}}
	for at := 0; at < len(s.text); {
		if !begins(s.text[at:]) {
			at++
			continue
		}
		loc := tokenForm.FindStringIndex(s.text[at:])
		if loc == nil {
			at++
			continue
		}
		s.token(at, at+loc[1])
		at += loc[1]
	}
	return s.links
}

// beginnings is how a reference may begin, other than with #. It spares nearly every byte of a text the look by
// tokenForm.
var beginnings = []string{"kep", "http", "github.com/", "www.", "features.k8s.io/", "git.k8s.io/", "raw.githubusercontent.com/",
	"kubernetes.dev/", "k8s.dev/"}

func begins(s string) bool {
	switch s[0] | 0x20 {
	case '#' | 0x20:
		return true
	case 'k', 'h', 'g', 'w', 'f', 'r':
		for _, b := range beginnings {
			if len(s) >= len(b) && strings.EqualFold(s[:len(b)], b) {
				return true
			}
		}
	}
	return false
}

// tokenForm is what may be a reference: a URL, whole, so that nothing within one is taken for a short form; KEP-N or KEPN;
// or #N, before which short looks for a repository. Each alternative either fails at once or is consumed whole: the scan
// stays linear in the text.
var tokenForm = regexp.MustCompile(`(?i)^(?:https?://` + urlRest +
	`|(?:www\.)?(?:github\.com|raw\.githubusercontent\.com|kep\.k8s\.io|features\.k8s\.io|git\.k8s\.io|(?:kubernetes|k8s)\.dev)/` + urlRest +
	`|keps/` + urlRest + `|kep[0-9]{3,}|kep(?:[-/#]|[ \t]#?|\*{0,2}:\*{0,2}[ \t]{0,3}#?)[0-9]+|#[0-9]+)`)

// urlRest is the rest of a URL as people write it in Markdown.
const urlRest = `[^\s<>()\[\]"'` + "`" + `|\\]+`

// linkScan is one reading of a text.
type linkScan struct {
	text  string // visible text, byte for byte as long as the original
	repo  string
	links []Link
	seen  map[seenLink]bool
}

type seenLink struct {
	ref  Ref
	pull bool
}

// token reads the candidate at [start, end).
func (s *linkScan) token(start, end int) {
	raw := s.text[start:end]
	switch {
	case raw[0] == '#':
		s.short(start, end)
	case strings.HasPrefix(raw, "keps/"):
		s.path(start, strings.TrimRight(raw, ".,;:!?*_~"))
	case s.joined(start) && !s.marked(start, raw):
	case len(raw) > 3 && strings.EqualFold(raw[:3], "kep") && raw[3] != '.':
		s.named(start, end)
	default:
		s.url(start, strings.TrimRight(raw, ".,;:!?*_~"))
	}
}

// joined says whether what begins at start is only a part of something longer: a word, a path, a command like /kep.
// KEP-1/KEP-2 is two.
func (s *linkScan) joined(start int) bool {
	if start == 0 {
		return false
	}
	before := s.text[start-1]
	if before == '/' && start > 1 && s.text[start-2] >= '0' && s.text[start-2] <= '9' {
		return false
	}
	return strings.IndexByte("/-.#@", before) >= 0 || isAlnum(before)
}

// marked says whether what begins at start is a URL with its scheme and only a mark before it: people put # or a list
// dash right before one (Fixes #https://...). No other token begins with h.
func (s *linkScan) marked(start int, raw string) bool {
	return raw[0]|0x20 == 'h' && strings.IndexByte("#-.", s.text[start-1]) >= 0
}

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// otherForm is what follows when KEP 2024-05-12 is a date and KEP 1.30 a version.
var otherForm = regexp.MustCompile(`^(?:-[0-9]{1,2}-[0-9]{1,2}|[.,][0-9])`)

// named reads KEP-N and its kin. After a blank a single digit is more likely a count ("KEP 2 of 5").
func (s *linkScan) named(start, end int) {
	if end < len(s.text) && (isAlnum(s.text[end]) || otherForm.MatchString(s.text[end:])) {
		return
	}
	raw := s.text[start:end]
	digits := raw[strings.IndexAny(raw, "0123456789"):]
	n, ok := number(digits)
	if !ok || len(digits) < 2 && strings.ContainsAny(raw, " \t:") && !strings.Contains(raw, "#") {
		return
	}
	s.add(Ref{s.repo, n}, raw, start, false)
}

// short reads org/repo#N, repo#N and k/repo#N, for the default repository and kubernetes/enhancements only: elsewhere it
// is a plain issue. [hash, end) is #N.
func (s *linkScan) short(hash, end int) {
	if end < len(s.text) && isAlnum(s.text[end]) {
		return
	}
	n, ok := number(s.text[hash+1 : end])
	start := s.wordBefore(hash)
	name, org, full := s.text[start:hash], "", false
	if start > 0 && s.text[start-1] == '/' {
		first := s.wordBefore(start - 1)
		org, full = s.text[first:start-1], true
		start = first
	}
	if !ok || name == "" || s.joined(start) {
		return
	}
	if !full || org == "k" { // k/ is kubernetes/ in Kubernetes' speech
		org, _, _ = strings.Cut(s.repo, "/")
		if full {
			org = "kubernetes"
		}
	}
	if repo, home := s.home(org, name); home {
		s.add(Ref{repo, n}, s.text[start:end], start, false)
	}
}

// maxName bounds the names of organisations and repositories; GitHub allows 39 and 100 characters.
const maxName = 100

// wordBefore is where the name that ends at end begins; end where there is none.
func (s *linkScan) wordBefore(end int) int {
	start := end
	for start > 0 && end-start < maxName && (isAlnum(s.text[start-1]) || strings.IndexByte("-._", s.text[start-1]) >= 0) {
		start--
	}
	return start
}

// home says whether org/repo is a KEP repository whose issues are KEPs, in its canonical spelling.
func (s *linkScan) home(org, repo string) (string, bool) {
	full := strings.ToLower(org + "/" + repo)
	if to, ok := renamed[full]; ok {
		full = to
	}
	switch {
	case strings.EqualFold(full, s.repo):
		return s.repo, true
	case full == Kubernetes:
		return Kubernetes, true
	}
	return "", false
}

// url reads a URL, with or without its scheme.
func (s *linkScan) url(start int, raw string) {
	rest := raw
	if _, after, ok := strings.Cut(rest, "://"); ok {
		rest = after
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	parts := strings.Split(rest, "/")
	host := strings.TrimPrefix(strings.ToLower(parts[0]), "www.")
	parts = parts[1:]
	switch host {
	case "github.com":
		s.github(start, raw, parts)
	case "raw.githubusercontent.com":
		if len(parts) > 3 {
			s.tree(start, raw, parts[0], parts[1], parts[2:])
		}
	case "git.k8s.io":
		if len(parts) > 1 && (parts[0] == "enhancements" || parts[0] == "community") {
			s.tree(start, raw, "kubernetes", parts[0], parts[1:])
		}
	case "kep.k8s.io", "features.k8s.io":
		if len(parts) > 0 {
			if n, ok := segment(parts[0]); ok {
				s.add(Ref{Kubernetes, n}, raw, start, false)
			}
		}
	case "kubernetes.dev", "k8s.dev":
		if len(parts) > 2 && parts[0] == "resources" && parts[1] == "keps" {
			if n, ok := segment(parts[2]); ok {
				s.add(Ref{Kubernetes, n}, raw, start, false)
			}
		}
	}
}

func (s *linkScan) github(start int, raw string, parts []string) {
	if len(parts) < 4 {
		return
	}
	switch kind := strings.ToLower(parts[2]); kind {
	case "issues", "issue", "pull", "pulls":
		n, ok := segment(parts[3])
		repo, home := s.home(parts[0], parts[1])
		if ok && home {
			s.add(Ref{repo, n}, raw, start, strings.HasPrefix(kind, "pull"))
		}
	case "tree", "blob", "raw", "edit", "blame", "commits":
		s.tree(start, raw, parts[0], parts[1], parts[3:])
	}
}

// tree reads the path of a file or folder in a repository; what comes before keps/ is a branch or commit, which may hold
// slashes.
func (s *linkScan) tree(start int, raw, org, repo string, parts []string) {
	for i, part := range parts {
		if part == "keps" {
			s.below(start, raw, s.upstream(org, repo), parts[i+1:])
			return
		}
	}
}

// path reads a bare path of the default repository, with or without a slash before it.
func (s *linkScan) path(start int, raw string) {
	if s.joined(start) && !(s.text[start-1] == '/' && (start == 1 || strings.IndexByte(" \t\r\n([`'\"|", s.text[start-2]) >= 0)) {
		return
	}
	rest, _, _ := strings.Cut(raw, "#")
	s.below(start, raw, s.repo, strings.Split(rest, "/")[1:])
}

// below reads a path below keps/ in a repository.
func (s *linkScan) below(start int, raw, repo string, parts []string) {
	if repo == Kubernetes || strings.EqualFold(repo[strings.IndexByte(repo, '/')+1:], "community") {
		if n, ok := legacyNumber(parts); ok {
			s.add(Ref{Kubernetes, n}, raw, start, false)
			return
		}
	}
	if n, ok := pathNumber(parts); ok {
		s.add(Ref{repo, n}, raw, start, false)
	}
}

// pathNumber is the KEP of a path below keps/: NNNN-slug as a folder at most two folders down, or
// prod-readiness/<sig>/N.yaml.
func pathNumber(parts []string) (int, bool) {
	if len(parts) == 3 && parts[0] == "prod-readiness" {
		name, ok := strings.CutSuffix(parts[2], ".yaml")
		n, isNumber := number(name)
		return n, ok && isNumber
	}
	for i, part := range parts {
		if i > 2 || strings.HasSuffix(part, ".md") {
			break
		}
		if n, ok := dirNumber(part); ok && n > 0 {
			return n, true
		}
	}
	return 0, false
}

// upstream is the KEP repository that org/repo is, or is a fork of: forks keep the name.
func (s *linkScan) upstream(org, repo string) string {
	if full, ok := s.home(org, repo); ok {
		return full
	}
	_, own, _ := strings.Cut(s.repo, "/")
	switch {
	case strings.EqualFold(repo, own):
		return s.repo
	case strings.EqualFold(repo, "enhancements"), strings.EqualFold(repo, "features"):
		return Kubernetes
	}
	return org + "/" + repo
}

// number reads a KEP or pull request number: digits only, no leading zero.
func number(s string) (int, bool) {
	if s == "" || len(s) > 6 || s[0] == '0' {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// segment reads the number at the head of a URL's path segment. Stray punctuation may follow, as text often does after
// a URL, but no letter, digit or dash.
func segment(s string) (int, bool) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end < len(s) && (isAlnum(s[end]) || s[end] == '-' || s[end] == '_') {
		return 0, false
	}
	return number(s[:end])
}

func (s *linkScan) add(ref Ref, text string, offset int, pull bool) {
	if key := (seenLink{ref, pull}); !s.seen[key] {
		s.seen[key] = true
		s.links = append(s.links, Link{Ref: ref, Text: text, Offset: offset, Pull: pull})
	}
}
