package render

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Notes gives the release-notes draft as a Markdown file. Its shape:
//
//	# v1.38: release notes, draft            one, the title
//	(a paragraph: from what, as of when, how many)
//	## sig-node                              one for each SIG with notes, by name
//	- The note, one paragraph. (KEP-4381, beta, kubernetes/enhancements#4381)
//	- **No note yet:** the title. (...)      where only the title is known
//	- ... (...) *Not delivered yet.*         planned, and the cycle goes on
//	- ... (...) *Not in the approved plan.*  delivered without having been planned
//	## Not delivered                         planned, and dropped or not done at the end
//	## No note wanted                        release-note: NONE
//
// Each list item is one line. In parentheses stand the KEP as a link, its stage,
// and the issue as a link. Code spans of a note stay; all other Markdown in it is
// escaped, so that a note can neither link nor end its list item.
func (s Site) Notes(d plan.Draft) string {
	var b strings.Builder
	say := func(words ...string) { b.WriteString(strings.Join(words, "")) }
	say("# ", plain(d.Cycle), ": release notes, draft\n\n", notesCount(d), "\n")
	for _, section := range d.Sections {
		var list string
		for _, n := range section.Notes {
			if n.Source != plan.NoteNone && n.Fate != plan.FateMissed {
				list += s.note(n) + noteFate(n, d) + "\n"
			}
		}
		if list != "" {
			say("\n## ", laneName(section.SIG), "\n\n", list)
		}
	}
	rest := func(title, intro string, of func(plan.DraftNote) bool) {
		list := ""
		for _, section := range d.Sections {
			for _, n := range section.Notes {
				if of(n) {
					n.Source = plan.NoteNone // by its title
					list += s.note(n) + " " + laneName(section.SIG) + "\n"
				}
			}
		}
		if list != "" {
			say("\n## ", title, "\n\n", intro, "\n\n", list)
		}
	}
	rest("Not delivered", "Planned, and not part of the release.", func(n plan.DraftNote) bool { return n.Fate == plan.FateMissed })
	rest("No note wanted", "The issue says so.", func(n plan.DraftNote) bool { return n.Source == plan.NoteNone && n.Fate != plan.FateMissed })
	return b.String()
}

func noteFate(n plan.DraftNote, d plan.Draft) string {
	switch {
	case n.Fate == plan.FateUnplanned:
		return " *Not in the approved plan.*"
	case n.Fate == plan.FatePlanned && d.Approved:
		return " *Not delivered yet.*"
	}
	return ""
}

// notesCount says where the draft comes from and what is in it.
func notesCount(d plan.Draft) string {
	counts := map[plan.Fate]int{}
	missing, all := 0, 0
	for _, section := range d.Sections {
		for _, n := range section.Notes {
			counts[n.Fate]++
			all++
			if n.Source == plan.NoteTitle && n.Fate != plan.FateMissed {
				missing++
			}
		}
	}
	from := "Written from the items of the plan, which is not approved yet."
	if d.Approved {
		from = "Written from the items of the approved plan, held against what was delivered."
	}
	if all == 0 {
		return from + " No item is in it yet."
	}
	var fates []string
	for _, f := range []struct {
		fate plan.Fate
		word string
	}{{plan.FateDelivered, "delivered"}, {plan.FatePlanned, "planned and not delivered yet"}, {plan.FateMissed, "not delivered"}, {plan.FateUnplanned, "merged or delivered without being planned"}} {
		if n := counts[f.fate]; n > 0 {
			fates = append(fates, digitsOf(n)+" "+f.word)
		}
	}
	text := from + " " + digits(all, "item", "items") + ": " + strings.Join(fates, ", ") + "."
	if missing > 0 {
		text += " " + digits(missing, "item has", "items have") + " no note yet: a one-line description in the issue, or a release-note block, is taken up here."
	}
	return text
}

// note is one list item, without the line end.
func (s Site) note(n plan.DraftNote) string {
	var refs []string
	if n.KEP.Number != 0 {
		if k, err := slash.ParseKey(n.KEP.String()); err == nil {
			refs = append(refs, link("KEP-"+strconv.Itoa(n.KEP.Number), s.Issue(k)))
		}
	}
	if n.Stage != "" {
		refs = append(refs, word(n.Stage))
	}
	refs = append(refs, s.issue(slash.Key{}, n.Key))
	text := noteProse(n.Text)
	switch n.Source {
	case plan.NoteTitle:
		text = "**No note yet:** " + text
	case plan.NoteNone:
		text = noteProse(n.Title)
	}
	return "- " + text + " (" + strings.Join(refs, ", ") + ")"
}

// codeInNote is a code span with one backtick at each end, as people write it.
var codeInNote = regexp.MustCompile("`[^`]+`")

// noteProse writes a note for a file: code spans stay, everything else reads as
// text.
func noteProse(s string) string {
	s = hidden.Replace(oneLine(s))
	if s == "" {
		return "(no text)"
	}
	var b strings.Builder
	from := 0
	for _, at := range codeInNote.FindAllStringIndex(s, -1) {
		b.WriteString(escapeNote(s[from:at[0]]))
		b.WriteString(s[at[0]:at[1]])
		from = at[1]
	}
	b.WriteString(escapeNote(s[from:]))
	text := b.String()
	// At the head of a list item these would open a list, a heading or a quote.
	if strings.ContainsRune("-+#>=|", rune(text[0])) {
		return "\\" + text
	}
	return numbered.ReplaceAllString(text, `$1\$2`)
}

var numbered = regexp.MustCompile(`^([0-9]{1,9})([.)])`)

var (
	closingWord = regexp.MustCompile(`(?i)\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? +\S*)#`)
	emojiCode   = regexp.MustCompile(`:([a-z0-9_+-]+:)`)
)

// escapeNote escapes what means something in Markdown, and breaks up mentions,
// bare links and closing keywords, should the file be pasted into a comment.
// References such as kubernetes#12 stay: they are of use in a note.
func escapeNote(s string) string {
	s = strings.ReplaceAll(s, "://", ":"+apart+"//")
	s = wwwDomain.ReplaceAllString(s, "www"+apart+".")
	s = closingWord.ReplaceAllString(s, "$1#"+apart)
	s = emojiCode.ReplaceAllString(s, ":"+apart+"$1")
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>~&$!|", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '@':
			b.WriteString("@" + apart)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// NotesReady answers /plan notes: how far the draft is and where it is. address is
// of the file, "" for not on the web.
func (s Site) NotesReady(on slash.Key, d plan.Draft, address string, asked int64) string {
	text := "**Release-notes draft for " + plain(d.Cycle) + "**"
	if address != "" {
		text = "**" + link("Release-notes draft for "+plain(d.Cycle), address) + "**"
	}
	return text + ": " + notesCount(d) + "\n\n" + s.AnswerTo(on, asked) + "\n"
}
