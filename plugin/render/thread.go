package render

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// likelyShown is how many KEPs that may have been meant get a line to paste.
const likelyShown = 5

// NeedsKEP gives the one comment on a pull request of which something is asked (Assessment.Comment), edited in place
// while that changes: what is missing, the lines that mend it, where was looked. It is empty for one that is fine.
func (s Site) NeedsKEP(a thread.Assessment) string {
	switch a.Need {
	case thread.NeedNothing:
		return ""
	case thread.NeedPlan:
		return s.UnplannedPull(a)
	}
	w := &threadPage{Site: s, a: a}
	w.head(heads[a.Need])
	w.trouble()
	w.enhancement()
	w.noKEP()
	w.looked()
	return w.b.String()
}

var heads = map[thread.Need]string{
	thread.NeedKEP: "This pull request has no KEP yet", thread.NeedChoice: "This pull request leads to several KEPs",
	thread.NeedRealKEP: "The KEP of this pull request was not found",
}

// UnplannedPull is that comment where the KEP is known and its work is in no plan, in the mode that asks for one.
func (s Site) UnplannedPull(a thread.Assessment) string {
	w := &threadPage{Site: s, a: a}
	w.head("The work of this pull request is in no plan yet")
	w.say("\nIt belongs to ", w.kep(), ": ", w.how(), ". ", w.missing(), "\n")
	w.noKEP()
	return w.b.String()
}

// ThreadChecks gives the reply to /kep check: the verdict, what counted and why, then each check with what mends it.
func (s Site) ThreadChecks(a thread.Assessment) string {
	w := &threadPage{Site: s, a: a}
	w.say(w.verdict(), "\n")
	t := table{head: []string{"check", "", "seen", "what mends it"}}
	for _, c := range a.Checks {
		if !a.Linked() && (c.Code != thread.CheckKEP || c.State == thread.NotApplicable) {
			continue // without a KEP there is nothing to look at
		}
		seen, mend := w.check(c)
		t.add(checkNames[c.Code], checkStates[c.State], seen, mend)
	}
	w.say(t.String())
	if notes := w.notes(); len(notes) > 0 {
		w.say("\n- ", strings.Join(notes, "\n- "), "\n")
	}
	return w.b.String()
}

type threadPage struct {
	Site
	a thread.Assessment
	b strings.Builder
}

func (w *threadPage) say(words ...string) {
	w.b.WriteString(strings.Join(words, ""))
}

// head says what is missing and what that means here.
func (w *threadPage) head(what string) {
	if w.a.Mode.AtLeast(thread.Block) {
		w.say("**", what, "**, so `", thread.LabelNeedsKEP, "` is on it. One of these mends it.\n")
		return
	}
	w.say("**", what, ".** This is a note: no label is on it and nothing is blocked. One of these mends it.\n")
}

// enhancement offers the lines that name the KEP.
func (w *threadPage) enhancement() {
	likely := w.a.Likely()
	if len(likely) == 0 {
		w.say("\nIf it is part of an enhancement, with the number of its KEP in place of the example's:\n", block("", thread.KEPLine(exampleKEP(w.a.KEPRepo), w.a.KEPRepo)),
			"or `/part-of` with the work item. A link to the KEP in the description counts too.\n")
		return
	}
	for _, r := range likely[:min(len(likely), likelyShown)] {
		w.say("\nIf it is part of ", w.kepLink(r), ":\n", block("", thread.KEPLine(r, w.a.KEPRepo)))
	}
	w.say("\nIf it is part of another one: `/kep` with its number.\n")
}

// reasons of a change that has no KEP, by its label. They are true as they stand.
var kindReasons = map[string]string{
	"kind/bug": "bug fix", "kind/cleanup": "cleanup", "kind/documentation": "documentation", "kind/failing-test": "fix of a failing test",
	"kind/flake": "fix of a flaky test", "kind/regression": "fix of a regression",
}

// noKEP offers /kep none to those who may say it.
func (w *threadPage) noKEP() {
	if label := thread.KindLabel(w.a.Pull.Issue); label != "" {
		w.say("\nIf it needs no KEP: it is labelled `", label, "`, so its author may say so, with this reason or a better one:\n",
			block("", "/kep none "+kindReasons[label]))
		return
	}
	w.say("\nIf it needs no KEP, a SIG lead or planning facilitator says why; its author may, once it is labelled ",
		join(codes(thread.KindLabels), "or"), ":\n", block("", "/kep none cleanup of the old client"))
}

// exampleKEP is a KEP to show the form of the line with.
func exampleKEP(repo string) kep.Ref { return kep.Ref{Repo: repo, Number: 4381} }

// trouble says why what was named leads to no KEP.
func (w *threadPage) trouble() {
	if f := w.a.Trouble(); f != nil {
		w.say("\n", w.note(*f), "\n")
	}
}

// looked says where was looked and what else was seen there.
func (w *threadPage) looked() {
	places := "\nLooked in: comments, description, title"
	if len(w.a.Looked) > 0 {
		var keys []string
		for _, k := range w.a.Looked {
			keys = append(keys, w.issue(w.a.Pull.Key, k))
		}
		places += ", linked issues (" + some(keys, likelyShown, "and") + ")"
	}
	w.say(places, ".")
	for k := range w.a.Notes {
		if f := &w.a.Notes[k]; f != w.a.Trouble() {
			w.say(" ", w.note(*f))
		}
	}
	w.say("\n")
}

// kep names the KEP that counted.
func (w *threadPage) kep() string {
	return w.kepLink(w.a.KEP.Ref) + " " + Code(w.a.KEP.Title)
}

// how says by what the KEP is known.
func (w *threadPage) how() string {
	t, here := w.a.Thread, w.a.Pull.Key
	switch t.How {
	case thread.ByCommand:
		return "`/kep` " + w.speaker(t.Said) + " says so"
	case thread.ByPartOf:
		return "it is part of " + w.issue(here, t.Item) + " (`/part-of` " + w.speaker(t.Said) + "), which belongs to it"
	case thread.ByLink:
		return "the description links to it"
	case thread.ByCloses:
		return "the description says that it closes " + w.issue(here, t.Item) + ", which belongs to it"
	case thread.ByMention:
		return "the description names " + w.issue(here, t.Item) + ", which belongs to it"
	case thread.ByTitle:
		return "the title names it"
	}
	return "it was found"
}

// speaker says who said a word, and where.
func (w *threadPage) speaker(s work.Said) string {
	if s.IsZero() {
		return "in the description"
	}
	return "by " + person(s.Login) + " on " + w.day(w.a.Pull.Key, s)
}

// verdict is the first line of the reply to /kep check.
func (w *threadPage) verdict() string {
	a := w.a
	switch {
	case a.Exempt != nil:
		text := "**No KEP is asked of this pull request:** " + w.exemption(*a.Exempt) + "."
		if a.Linked() {
			text += " It belongs to " + w.kep() + " all the same: " + w.how() + "."
		}
		return text
	case a.Linked() && a.Verdict == thread.Planned:
		by := "committed and approved"
		if a.By == thread.ByException {
			by = "by exception"
		}
		return "**Planned for " + plain(a.Cycle) + "**, " + by + ". It belongs to " + w.kep() + ": " + w.how() + "."
	case a.Linked() && a.Verdict == thread.Unplanned:
		return "**In no plan yet.** It belongs to " + w.kep() + ": " + w.how() + ". " + w.missing()
	case a.Linked():
		return "**Not known yet whether it is planned.** It belongs to " + w.kep() + ": " + w.how() + ". " + w.unread()
	case a.Unsure:
		return "**Not known yet.** " + w.unread()
	}
	text := "**No KEP yet.**"
	if a.Gate.NeedsKEP {
		text += " `" + thread.LabelNeedsKEP + "` is on it until there is one, or it is said that it needs none."
	}
	return text
}

func (w *threadPage) exemption(e thread.Exemption) string {
	switch e.Nature {
	case thread.BySaying:
		return Code(e.Reason) + " (`/kep none` " + w.speaker(e.Said) + ")"
	case thread.Bot:
		return "its author, " + person(e.Seen) + ", is a bot account"
	case thread.CherryPick:
		return "it is a cherry-pick (" + Code(e.Seen) + ")"
	case thread.Revert:
		return "it is a revert (" + Code(e.Seen) + ")"
	}
	return word(string(e.Nature))
}

// unread says what could not be told.
func (w *threadPage) unread() string {
	var what []string
	for _, u := range w.a.Unread {
		switch {
		case u.Repo != "":
			what = append(what, "the KEPs of "+plain(u.Repo))
		case u.Item.Number > 0:
			what = append(what, w.issue(w.a.Pull.Key, u.Item))
		default:
			what = append(what, "the work items of "+w.kepLink(u.ItemsOf))
		}
	}
	return "Not read just now: " + some(what, likelyShown, "and") + ". Ask again in a few minutes."
}

// missing says why the work is in no plan, and who mends that.
func (w *threadPage) missing() string {
	for _, c := range w.a.Checks {
		if c.State != thread.Wrong || c.Code != thread.CheckCommitted && c.Code != thread.CheckApproved {
			continue
		}
		seen, mend := w.check(c)
		return strings.TrimSuffix(upper(seen)+". To mend that: "+mend+".", " To mend that: .")
	}
	return "No release is open for planning."
}

var checkNames = map[thread.CheckCode]string{
	thread.CheckKEP: "it has a KEP", thread.CheckStatus: "the KEP's status allows work", thread.CheckTarget: "the KEP is for an open release",
	thread.CheckCommitted: "the work is committed", thread.CheckApproved: "the work is approved",
}

var checkStates = map[thread.CheckState]string{
	thread.OK: "yes", thread.Wrong: "**no**", thread.NotKnown: "not known", thread.NotApplicable: "not asked",
}

// check says what was seen and what would mend it.
func (w *threadPage) check(c thread.Check) (seen, mend string) {
	if !w.a.Linked() {
		if c.Code != thread.CheckKEP || c.State != thread.Wrong {
			return "", ""
		}
		if c.Paste != "" {
			return "", Code(c.Paste) + ", if that is meant"
		}
		return "", "`/kep` with its number, or `/part-of` with the work item; if it needs none, `/kep none` with the reason"
	}
	switch c.Code {
	case thread.CheckKEP:
		return w.kep() + " · " + sigName(w.a.KEP.SIG), ""
	case thread.CheckStatus:
		if c.State == thread.Wrong {
			mend = "a pull request to " + w.kepYAML(*w.a.KEP)
		}
		return word(c.Seen), mend
	case thread.CheckTarget:
		return w.target(c)
	case thread.CheckCommitted:
		return w.committed(c)
	}
	return w.approved(c)
}

func (w *threadPage) kepYAML(k kep.KEP) string {
	if k.Path == "" {
		return "its `kep.yaml`"
	}
	return link("its kep.yaml", w.file(k.Ref.Repo, k.Path))
}

func (w *threadPage) target(c thread.Check) (seen, mend string) {
	var words []string
	for _, s := range []string{c.Seen, c.Latest} {
		if s != "" {
			words = append(words, word(s))
		}
	}
	seen = strings.Join(words, ", latest milestone ")
	switch {
	case c.State == thread.Wrong:
		return seen, "if the KEP itself changes in " + plain(c.Cycle) + ", a pull request to " + w.kepYAML(*w.a.KEP)
	case c.State == thread.OK && c.Stays:
		seen += "; it stays in its stage for this release"
	}
	return seen, ""
}

func (w *threadPage) committed(c thread.Check) (seen, mend string) {
	item := w.issue(w.a.Pull.Key, c.Item)
	switch {
	case c.State == thread.OK:
		return item + ", to " + plain(c.Cycle), ""
	case c.State == thread.NotApplicable && c.Cycle != "":
		return "an exception stands in its place", ""
	case c.State != thread.Wrong:
		return "", ""
	case c.Item.Number == 0:
		return "no work item of " + w.kepLink(w.a.KEP.Ref) + " is known", "`/commit` on an issue of the KEP, by a planning facilitator or lead of " + sigName(w.a.KEP.SIG)
	case c.Paste != "":
		mend = Code(c.Paste) + " on " + item + ", by a planning facilitator or lead of " + sigName(w.a.KEP.SIG)
	}
	return item + " is not committed to " + plain(c.Cycle), mend
}

func (w *threadPage) approved(c thread.Check) (seen, mend string) {
	item := w.issue(w.a.Pull.Key, c.Item)
	switch {
	case c.State == thread.OK && c.By == thread.ByException:
		return item + ", by exception for " + plain(c.Cycle), ""
	case c.State == thread.OK:
		return item + ", for " + plain(c.Cycle), ""
	case c.State != thread.Wrong:
		return "", ""
	case c.Item.Number == 0:
		return "", "the vote on the plan, after `/commit`"
	}
	return item + " is not approved for " + plain(c.Cycle), "the vote on the plan; after that an exception"
}
