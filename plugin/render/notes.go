package render

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// Notes gives the release-notes draft as a Markdown file. Its shape:
//
//	# v1.38: release notes, draft            one, the title
//	(a paragraph: from what, how many)
//	## sig-node                              one for each SIG with notes, by name
//	- The note, one paragraph. (KEP-4381, beta, kubernetes/enhancements#4381; merged: kubernetes/kubernetes#130700)
//	- **No note yet:** the title. (...)      where only the title is known
//	- ... (...) *Not delivered yet.*         planned, and the cycle goes on
//	- ... (...) *Not in the approved plan.*  delivered without having been planned
//	## Not delivered                         planned, and dropped or not done at the end
//	## No note wanted                        release-note: NONE
//	## Merged as part of no item             pull requests, by KEP
//
// Each list item is one line. In parentheses stand the KEP as a link, its stage, the
// issue as a link, and links to the pull requests that were merged for it. Code spans
// of a note stay; all other Markdown in it is escaped, so that a note can neither link
// nor end its list item. docs/release-team.md describes the shape for programs.
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
	rest("Not delivered", "Planned, and not done as a whole. Pull requests that are named here were merged all the same.", func(n plan.DraftNote) bool { return n.Fate == plan.FateMissed })
	rest("No note wanted", "The issue says so.", func(n plan.DraftNote) bool { return n.Source == plan.NoteNone && n.Fate != plan.FateMissed })
	if len(d.Loose) > 0 {
		say("\n## Merged as part of no item\n\nWhen they were merged no item had them. Their notes are in the pull requests.\n\n")
		for _, m := range d.Loose {
			say(s.looseNote(m), "\n")
		}
	}
	return b.String()
}

// looseNote is a pull request that was merged as part of no item.
func (s Site) looseNote(m custody.Merge) string {
	refs := ""
	if k, err := slash.ParseKey(m.KEP); err == nil {
		refs = link("KEP-"+strconv.Itoa(k.Number), s.Issue(k)) + "; "
	}
	return "- " + noteProse(m.Title) + " (" + refs + s.mergedAs([]custody.Merge{m}) + ")"
}

// mergedAs names merged pull requests, "" for none.
func (s Site) mergedAs(merges []custody.Merge) string {
	var out []string
	for _, m := range merges {
		if k, ok := mergedKey(m); ok {
			out = append(out, s.pull(slash.Key{}, k))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "merged: " + strings.Join(out, ", ")
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
	loose := ""
	if n := len(d.Loose); n > 0 {
		loose = " " + digits(n, "merged pull request is", "merged pull requests are") + " part of no item."
	}
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
		return from + " No item is in it yet." + loose
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
	text += loose
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
	all := strings.Join(refs, ", ")
	if merged := s.mergedAs(n.Merges); merged != "" {
		all += "; " + merged
	}
	return "- " + text + " (" + all + ")"
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

// NotesReady answers /plan notes: how far the draft is, where it is, and the draft itself
// where it fits into a comment. address is of its page, "" for not on the web.
func (s Site) NotesReady(on slash.Key, d plan.Draft, address string, asked int64) string {
	title := "Release-notes draft for " + plain(d.Cycle)
	if address != "" {
		title = link(title, address)
	}
	head, foot := "**"+title+"**: "+notesCount(d)+"\n", "\n"+s.AnswerTo(on, asked)+"\n"
	_, list, any := strings.Cut(s.Notes(d), "\n## ")
	if !any {
		return head + foot
	}
	text := head + "\n<details><summary>The draft, by SIG</summary>\n\n## " + list + "\n</details>\n" + foot
	if utf8.RuneCountInString(text) <= VisibleLimit {
		return text
	}
	if address == "" {
		return head + "\nIt is too long for a comment. Who runs Steelthread gets it as a file by `steelthread notes --cycle " + plain(d.Cycle) + " -o notes.md`.\n" + foot
	}
	return head + "\nIt is too long for a comment: it is " + link("on the web", address) + ", and as a Markdown file.\n" + foot
}
