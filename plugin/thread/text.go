package thread

import (
	"regexp"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// reference is an issue that a text names.
type reference struct {
	key    work.Key
	closes bool // behind one of GitHub's closing words
}

// referenceForm is #12, repo#12, org/repo#12 or the address of an issue or pull request, and the closing word before it,
// as GitHub lists them.
var referenceForm = regexp.MustCompile(`(?i)(?:(close[sd]?|fix(?:e[sd])?|resolve[sd]?):?[ \t]+[\[#]?)?(?:https?://(?:www\.)?github\.com/([\w-]+/[\w.-]+)/(?:issues|pull)/([0-9]+)|((?:[\w-]+/)?[\w.-]*)#([0-9]+))`)

// maxReferences bounds how many references of one text are kept.
const maxReferences = 50

// references lists the issues that a text names, in order, each once for every way of naming it. Quoted lines, HTML
// comments and code are left out.
func references(text string, base work.Key) []reference {
	text = visible(capped(text))
	var out []reference
	for _, m := range referenceForm.FindAllStringSubmatchIndex(text, -1) {
		group := func(n int) string {
			if m[2*n] < 0 {
				return ""
			}
			return text[m[2*n]:m[2*n+1]]
		}
		closes := m[2] >= 0 && !joined(text, m[2])
		if m[1] < len(text) && isWord(text[m[1]]) || m[8] >= 0 && (joined(text, m[8]) || kepBefore(text[:m[8]])) {
			continue // a part of something longer, or the number of a KEP
		}
		place, number := group(2), group(3)
		if place == "" {
			place, number = group(4), group(5)
		}
		switch {
		case place == "":
			place = base.Repository()
		case !strings.Contains(place, "/"):
			place = base.Org + "/" + place
		}
		key, err := slash.ParseKey(place + "#" + number)
		if err != nil || strings.Contains(strings.ToLower(text[m[0]:m[1]]), "/pull/") {
			continue // the address of a pull request is no issue's
		}
		if strings.EqualFold(place, base.Repository()) {
			key.Org, key.Repo = base.Org, base.Repo
		}
		r := reference{key: key, closes: closes}
		if !slices.Contains(out, r) && len(out) < maxReferences {
			out = append(out, r)
		}
	}
	return out
}

// joined reports whether what begins at start is only a part of something longer.
func joined(text string, start int) bool {
	return start > 0 && (isWord(text[start-1]) || strings.IndexByte("/#&@.-", text[start-1]) >= 0)
}

// kepBefore reports whether "KEP" stands right before a number: KEP #4381 is no issue of this repository.
func kepBefore(text string) bool {
	word := strings.TrimRight(text[max(0, len(text)-8):], " *:")
	return len(word) >= 3 && strings.EqualFold(word[len(word)-3:], "kep")
}

// capped is as much of a text as is read, cut where no reference is cut.
func capped(text string) string {
	if len(text) <= slash.MaxBody {
		return text
	}
	text = text[:slash.MaxBody]
	return text[:strings.LastIndexAny(text, " \t\r\n")+1]
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_'
}

var (
	fenceForm = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})")
	codeForm  = regexp.MustCompile("`+[^`\n]*`+")
)

// visible is text without quoted lines, HTML comments (an unclosed one hides the rest) and code.
func visible(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	fence, comment := "", false
	for line := range strings.SplitSeq(text, "\n") {
		if fence != "" {
			if end := strings.TrimRight(strings.TrimLeft(line, " "), " \t"); len(end) >= len(fence) && strings.Trim(end, fence[:1]) == "" {
				fence = ""
			}
			continue
		}
		line, comment = uncommented(line, comment)
		if m := fenceForm.FindStringSubmatch(line); m != nil {
			fence = m[1]
			continue
		}
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), ">") {
			continue
		}
		b.WriteString(codeForm.ReplaceAllString(line, " "))
		b.WriteByte('\n')
	}
	return b.String()
}

// uncommented is a line without its HTML comments; in says whether one is open at its beginning, open at its end.
func uncommented(line string, in bool) (out string, open bool) {
	for {
		if in {
			_, after, closed := strings.Cut(line, "-->")
			if !closed {
				return out, true
			}
			line, in = after, false
		}
		before, after, opened := strings.Cut(line, "<!--")
		out += before + " "
		if !opened {
			return out, false
		}
		line, in = after, true
	}
}
