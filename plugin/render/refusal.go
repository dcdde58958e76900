package render

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Refusal is what one comment gets to hear: lines that were not taken, words
// that may have been meant as commands, and what an edit did not change.
type Refusal struct {
	Comment  int64
	Author   string
	Taken    int // lines that were accepted
	Problems []*slash.Problem
	Near     []slash.Near
	Eaten    []slash.Line // taken by us; Prow takes them for an argument
	Dropped  int          // commands after the twentieth
	TooLong  bool
	Changed  []Change
}

// Change is a comment whose words no longer are those of its receipt.
type Change struct {
	Comment int64
	Deleted bool
	Took    []string // canonical lines that stand
	Now     []string // command lines that the comment has now
	Refused bool     // it had lines that were not taken, and was edited after that
}

// fullProblems is how many lines of one reply get their whole explanation. More
// lines than that have one cause, and the reply must stay readable.
const fullProblems = 20

// Refusals gives one reply to one or several comments of one author, or of several
// who share it, on an issue: what was seen, what is allowed, the line to paste. It names nobody
// with @: who wrote a comment follows the issue anyway.
func (s Site) Refusals(key slash.Key, rs []Refusal) string {
	w := &reply{Site: s, key: key, left: fullProblems}
	shared := slices.ContainsFunc(rs, func(r Refusal) bool { return r.Author != rs[0].Author })
	if shared {
		w.say("Several people are answered here together.\n\n---\n\n")
	}
	for k, r := range rs {
		if k > 0 {
			w.say("\n---\n\n")
		}
		if utf8.RuneCountInString(w.b.String()) > VisibleLimit/2 {
			w.say("Lines of ", digits(len(rs)-k, "more comment", "more comments"), " were not taken: ",
				some(w.comments(rs[k:]), 50, "and"), ". Post them again, a few at a time, to read why.\n")
			break
		}
		one := &reply{Site: s, key: key, left: w.left, your: "your"}
		if shared {
			one.your = possessive(r.Author)
		}
		one.comment(r)
		w.left = one.left
		w.say(strings.TrimLeft(one.b.String(), "\n"))
	}
	return w.b.String()
}

type reply struct {
	Site
	key  slash.Key
	left int // problems that still get their whole explanation
	your string
	b    strings.Builder
}

// upperYour begins a sentence. A login is spelled as it is.
func (w *reply) upperYour() string {
	if w.your == "your" {
		return "Your"
	}
	return w.your
}

// possessive says whose a comment is where several people are answered.
func possessive(login string) string {
	if login == "" {
		return "somebody's"
	}
	return person(login) + "'s"
}

func (w *reply) say(words ...string) {
	for _, s := range words {
		w.b.WriteString(s)
	}
}

func (w *reply) comments(rs []Refusal) []string {
	var links []string
	for _, r := range rs {
		links = append(links, link("comment", w.Comment(w.key, r.Comment)))
	}
	return links
}

func (w *reply) comment(r Refusal) {
	yours := w.Comment(w.key, r.Comment)
	edited, problems := split(r.Problems)
	if head := refusalHead(r.Taken, len(problems), link(w.your+" comment", yours)); head != "" {
		w.say(head, "\n")
	}
	w.edited(edited, yours)
	for k, p := range problems {
		if w.left == 0 {
			w.rest(problems[k:])
			break
		}
		w.left--
		w.problem(p)
	}
	w.asides(r, len(problems)+len(edited) == 0, yours)
	for _, c := range r.Changed {
		w.change(c)
	}
}

// OnPull is the Arg of a problem work.Edited on a pull request, where a comment may
// have counted before it was edited.
const OnPull = "pull request"

// split takes the lines out that were not read because their comment had been
// edited: they have one reason together.
func split(all []*slash.Problem) (edited, problems []*slash.Problem) {
	for _, p := range all {
		switch {
		case p == nil:
		case p.Code == work.Edited:
			edited = append(edited, p)
		default:
			problems = append(problems, p)
		}
	}
	return edited, problems
}

// refusalHead says how much was taken: "Two lines of your comment were taken,
// one was not:".
func refusalHead(taken, not int, yours string) string {
	switch {
	case not == 0:
		return ""
	case taken == 0 && not == 1:
		return "One line of " + yours + " was not taken:"
	case taken == 0:
		return upper(count(not, "line", "lines")) + " of " + yours + " were not taken:"
	}
	return upper(count(taken, "line", "lines")) + " of " + yours + was(taken) + "taken, " + number(not) + was(not) + "not:"
}

func was(n int) string {
	if n == 1 {
		return " was "
	}
	return " were "
}

func (w *reply) edited(problems []*slash.Problem, yours string) {
	if len(problems) == 0 {
		return
	}
	if problems[0].Arg == OnPull {
		w.say(link(w.upperYour()+" comment", yours), " was edited, so its commands do not count: on a pull request nothing keeps what it said before, by whom and when. ")
	} else {
		w.say(link(w.upperYour()+" comment", yours), " had been edited before I read it, so its commands were not read: they could be of another time or another hand. ")
	}
	var lines []string
	for _, p := range problems {
		if line := firstOf(p.Fix, p.Saw); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		w.say("Post them again as a new comment.\n")
		return
	}
	w.say("Post them again as a new comment:\n", block("", lines...))
}

func firstOf(words ...string) string {
	for _, s := range words {
		if s != "" {
			return s
		}
	}
	return ""
}

// problem writes one line that was not taken: what was seen, why, what is
// allowed, and the line to paste.
func (w *reply) problem(p *slash.Problem) {
	r := reasonOf(p.Code)
	w.say("\n", Code(firstOf(p.Saw, "this line")), ": ", r.say(p))
	if r.usage {
		w.say(usage(p.Usage))
	}
	if p.Fix == "" {
		w.say("\n")
		return
	}
	paste := r.paste
	if p.Code == slash.CodeExtra && strings.Contains(p.Fix, p.Word) { // another reading, not the word left out
		paste = "Perhaps this is meant"
	}
	if p.Code == slash.CodeTooLong && !strings.Contains(p.Fix, p.Word) { // an address that is cut leads nowhere
		paste = "For example"
	}
	w.say(" ", paste, ":\n", block("", p.Fix))
}

func usage(forms []string) string {
	if len(forms) == 0 {
		return ""
	}
	var all []string
	for _, f := range forms {
		all = append(all, Code(f))
	}
	if len(all) == 1 {
		return " The form is " + all[0] + "."
	}
	return " The forms are " + some(all, 8, "and") + "."
}

// rest counts lines that do not get their whole explanation, with the reason of
// each kind.
func (w *reply) rest(problems []*slash.Problem) {
	w.say("\n", upper(count(len(problems), "more line was", "more lines were")), " not taken: ")
	var lines []string
	for _, p := range problems {
		lines = append(lines, codeUpTo(firstOf(p.Saw, "this line"), 60)+" ("+reasonOf(p.Code).short+")")
	}
	w.say(some(lines, 40, "and"), ". Post them again, a few at a time, to read more.\n")
}

// asides say what else was seen in a comment.
func (w *reply) asides(r Refusal, alone bool, yours string) {
	in := ""
	if alone {
		in = " in " + link(w.your+" comment", yours)
	}
	for k, n := range r.Near {
		if k == fullProblems {
			w.say("\nand ", digits(len(r.Near)-k, "more word", "more words"), " like a command.\n")
			break
		}
		w.say("\n", codeUpTo("/"+strings.TrimPrefix(n.Word, "/"), 60), in, " is not a command that I know. If ", Code("/"+n.Verb),
			" is meant, post the line again with it; else there is nothing to do.\n")
	}
	for k, l := range r.Eaten {
		if k == fullProblems {
			w.say("\nand ", digits(len(r.Eaten)-k, "more line", "more lines"), " likewise.\n")
			break
		}
		w.say("\n", Code(l.Raw), in, " was taken. It stands below a bare `/sig` or `/milestone`, and there Prow also reads it as the SIG or the milestone. Write those on the line of their command.\n")
	}
	if r.Dropped > 0 {
		w.say("\n", upper(count(r.Dropped, "command", "commands")), in, " after the twentieth", was(r.Dropped), "not read. Post the rest as another comment.\n")
	}
	if r.TooLong {
		w.say("\n", link(w.upperYour()+" comment", yours), " is longer than 64 KB; what comes after that was not read. Post commands from there as another comment.\n")
	}
}

// change tells an editor that what was read stands, and how to change it.
func (w *reply) change(c Change) {
	theirs := link(w.upperYour()+" comment", w.Comment(w.key, c.Comment)) + " was edited"
	if c.Deleted {
		theirs = "A comment of yours was deleted"
	}
	w.say("\n", theirs, " after it had been read.")
	if len(c.Took) > 0 {
		var took []string
		for _, l := range c.Took {
			took = append(took, Code(l))
		}
		w.say(" What was read stands: ", some(took, 10, "and"), ".")
	} else if c.Refused {
		w.say(" What it said then was not taken.")
	}
	if c.Deleted || len(c.Now) == 0 {
		if len(c.Took) > 0 {
			w.say(" To take it back, say so in a new comment, with `cancel` where the command has it.")
		}
		w.say("\n")
		return
	}
	w.say(" Edits are not read, so that everybody can see who said what and when. To say what it says now, post it as a new comment:\n",
		block("", c.Now[:min(len(c.Now), fullProblems)]...))
	if rest := len(c.Now) - fullProblems; rest > 0 {
		w.say("and ", digits(rest, "more line", "more lines"), " of it.\n")
	}
}
