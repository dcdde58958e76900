package render

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
)

// textLimit is how many characters of a user's text are shown.
const textLimit = 200

// hidden breaks up what could open or close an HTML comment, for readers that
// look for markers in the raw text.
var hidden = strings.NewReplacer("<!--", "<! --", "-->", "-- >", "--!>", "-- !>")

// manyTicks is shortened: GitHub's parser takes very long runs of backticks for
// text, not for the fence of a code span (cmark's MAXBACKTICKS is 80).
var manyTicks = regexp.MustCompile("`{9,}")

// Code puts a user's text into a code span: one line, at most 200 characters
// (then "…"), invisible characters dropped, fenced by more backticks than it
// holds. Nothing in a code span pings or links. Text that is empty gives
// "(no text)". Table cells escape the pipe on their own.
func Code(s string) string { return codeUpTo(s, textLimit) }

func codeUpTo(s string, limit int) string {
	s = cut(manyTicks.ReplaceAllString(hidden.Replace(oneLine(s)), "````````…"), limit)
	if s == "" {
		return "(no text)"
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	if s[0] == '`' || s[len(s)-1] == '`' {
		s = " " + s + " "
	}
	return fence + s + fence
}

// block puts one line or several that are to be pasted into a fenced block,
// which GitHub shows with a copy button. The text is not shortened.
func block(indent string, lines ...string) string {
	run, text := 2, ""
	for _, paste := range lines {
		for _, l := range pasteLines(paste) {
			l = hidden.Replace(oneLine(l))
			run = max(run, longestRun(l))
			text += indent + l + "\n"
		}
	}
	fence := indent + strings.Repeat("`", run+1) + "\n"
	return fence + text + fence
}

// pasteLines is a command with the named lines below it; any other text is one line.
func pasteLines(s string) []string {
	if l, ok := slash.LineOf(s); ok && l.Named != nil {
		return strings.Split(s, "\n")
	}
	return []string{s}
}

// oneLine drops what cannot be seen and makes all white space one blank.
func oneLine(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

func cut(s string, limit int) string {
	n := 0
	for k := range s {
		if n == limit {
			return strings.TrimRight(s[:k], " ") + "…"
		}
		n++
	}
	return s
}

func longestRun(s string) int {
	longest, run := 0, 0
	for k := range len(s) {
		if s[k] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// apart is put where two characters together would mean something to GitHub.
// A backslash does not help there: mentions, references and emoji are found in
// the text after the Markdown was read.
const apart = "\u200b"

var (
	wwwDomain = regexp.MustCompile(`(?i)www\.`)
	oldIssue  = regexp.MustCompile(`(?i)\b(gh)-([0-9])`)
	commitID  = regexp.MustCompile(`\b[0-9a-fA-F]{7,}\b`)
	sixDigits = regexp.MustCompile(`.{6}`)
)

// Prose writes a user's text so that it reads as text: no mention, link, image,
// HTML, reference, closing keyword or emoji code of it survives. It is one line
// of at most 200 characters. Code is preferred wherever a code span will do.
func Prose(s string) string {
	s = plain(cut(oneLine(s), textLimit))
	return commitID.ReplaceAllStringFunc(s, func(id string) string { return sixDigits.ReplaceAllString(id, "$0"+apart) })
}

// plain is Prose for words of ours or of the configuration, which may name a
// commit.
func plain(s string) string {
	s = oneLine(s)
	s = strings.ReplaceAll(s, "://", ":"+apart+"//")
	s = wwwDomain.ReplaceAllString(s, "www"+apart+".")
	s = oldIssue.ReplaceAllString(s, "$1"+apart+"-$2")
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>~&$!", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '@' || r == '#' || r == ':':
			b.WriteRune(r)
			b.WriteString(apart)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var loginForm = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?$`)

// person names somebody without pinging.
func person(login string) string {
	if bot, ok := strings.CutSuffix(login, "[bot]"); ok && loginForm.MatchString(bot) {
		return bot + `\[bot\]`
	}
	if !loginForm.MatchString(login) {
		return Code(login)
	}
	return login
}

func people(logins []string) []string {
	out := make([]string, 0, len(logins))
	for _, l := range logins {
		out = append(out, person(l))
	}
	return out
}

// mentions names people who must hear, at most ten of them.
func mentions(logins []string) string {
	var out []string
	for _, l := range logins {
		if loginForm.MatchString(l) && len(out) < 10 {
			out = append(out, "@"+l)
		}
	}
	return strings.Join(out, " ")
}

var wordForm = regexp.MustCompile(`^[a-z]+(?:-[a-z0-9]+)*$`)

// word shows a name from a file, such as a stage, without ornament if it is
// plainly a name, else as a user's text.
func word(s string) string {
	if wordForm.MatchString(s) {
		return s
	}
	return Code(s)
}

// sigName is "sig-node" for "node".
func sigName(sig string) string {
	if sig == "" {
		return "a SIG not known yet"
	}
	name := "sig-" + roles.SIGName(sig)
	if wordForm.MatchString(name) {
		return name
	}
	return Code(name)
}
