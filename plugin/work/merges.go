package work

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Offer is an item of the checklist that is ready to be marked done, because its
// text refers to a pull request that was merged as part of this work item.
type Offer struct {
	N      int             // its number in the checklist, from 1
	Text   string          // of the item, as Checklist gives it
	Merges []custody.Merge // what it refers to and was merged, in the order of its text
	Others []Key           // further issues and pull requests that it refers to
}

// Offered lists the items of a checklist whose text refers to a merged pull
// request, in order: "#12" in the same repository, "repo#12" in the same
// organisation, "org/repo#12", or a full URL. Titles are not compared, and what
// stands in a code span is no reference, as on GitHub.
func Offered(item *Item, checklist []string) []Offer {
	if len(item.Merges) == 0 {
		return nil
	}
	var offers []Offer
	seen := map[string]bool{}
	for n, text := range checklist {
		if seen[text] {
			continue // items are kept by text: it is the same one
		}
		seen[text] = true
		o := Offer{N: n + 1, Text: text}
		for _, k := range references(text, item.Key) {
			at := slices.IndexFunc(item.Merges, func(m custody.Merge) bool {
				return m.Number == k.Number && strings.EqualFold(m.Repo, k.Repository())
			})
			switch {
			case at >= 0:
				o.Merges = append(o.Merges, item.Merges[at])
			case !k.Same(item.Key):
				o.Others = append(o.Others, k)
			}
		}
		if len(o.Merges) > 0 {
			offers = append(offers, o)
		}
	}
	return offers
}

// Ticked tells which items of a description's task list are ticked, by text as
// Checklist gives it. Of two with the same text both must be.
func Ticked(body string) map[string]bool {
	ticked := map[string]bool{}
	for _, line := range visibleLines(body) {
		m := task.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, text := range Checklist("- [ ] " + m[3]) {
			before, seen := ticked[text]
			ticked[text] = m[2] != " " && (before || !seen)
		}
	}
	return ticked
}

var (
	codeSpan = regexp.MustCompile("``[^`]*``|`[^`]*`")
	// A URL is taken whole, so that nothing within one reads as a short reference.
	reference = regexp.MustCompile("(?i)(?:https?://|\\bgithub\\.com/|\\bwww\\.)[^\\s<>()\\[\\]\"'`|\\\\]+|(?:[a-z0-9_-]+/)?[a-z0-9._-]*#[0-9]+")
)

// noRepositories are words that people put before #12 and that are no repository.
var noRepositories = []string{"bug", "issue", "kep", "pr", "pull"}

// checklistRunes is where Checklist cuts a text. A reference at the cut may have
// lost its last digits.
const checklistRunes = 200

// references lists the issues and pull requests that a text on base refers to, in
// order, each once. KEPs are not among them.
func references(text string, base Key) []Key {
	whole := utf8.RuneCountInString(text) < checklistRunes
	text = codeSpan.ReplaceAllStringFunc(text, func(code string) string { return strings.Repeat(" ", len(code)) })
	var keys []Key
	for _, at := range reference.FindAllStringIndex(text, -1) {
		if !standsAlone(text, at[0], at[1]) || at[1] == len(text) && !whole {
			continue
		}
		value, p := slash.OneRef.Parse([]string{strings.TrimRight(text[at[0]:at[1]], ".,;:!?*_~")})
		if p != nil {
			continue
		}
		ref, _ := value.(slash.Ref)
		if ref.KEP || ref.Org == "" && slices.Contains(noRepositories, strings.ToLower(ref.Repo)) {
			continue
		}
		if k := ref.Resolve(base); !slices.ContainsFunc(keys, func(have Key) bool { return have.Same(k) }) {
			keys = append(keys, k)
		}
	}
	return keys
}

// standsAlone tells whether text[from:to] is not a piece of something longer: a
// word, a path, an address, a character code.
func standsAlone(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return (from == 0 || !partOfWord(before) && !strings.ContainsRune("/.-#@&\\", before)) &&
		(to == len(text) || !partOfWord(after))
}

func partOfWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
