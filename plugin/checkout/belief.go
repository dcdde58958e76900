package checkout

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// inReceipt is by what a KEP is known that a merge receipt names.
const inReceipt = "the merge receipt in the work item's signed record"

// toPull reads what a pull request says it is part of.
func (w *walk) toPull(ctx context.Context, issue work.Issue, how string) error {
	w.Pull = &Pull{Key: issue.Key.String(), Title: plain(issue.Title, maxShown), State: "open", Author: plain(issue.Author, 50),
		Milestone: plain(issue.Milestone, 50), Labels: labels(issue.Labels), How: how}
	switch {
	case issue.Merged:
		w.Pull.State = "merged"
	case issue.Closed:
		w.Pull.State = "closed"
	}
	comments, err := w.GitHub.Comments(ctx, issue.Key, true)
	if err != nil {
		return w.unknown(err)
	}
	return w.believe(ctx, issue, said(comments), "description")
}

// tell writes down where an assessment leads.
func (b *belief) tell(ctx context.Context, a thread.Assessment) error {
	var failed error
	if a.Linked() && b.receipt == nil {
		failed = b.showItem(ctx, a) // its record may hold the receipt
	}
	if b.receipt != nil {
		return b.recorded(ctx, a)
	}
	if b.state.Said.KEP != nil || b.state.Said.Item != nil {
		b.remark("in which role the comments on the pull request were made was not checked")
	}
	switch {
	case a.Linked():
		b.remark(b.findings(a)...)
		if err := b.catalogued(ctx, a.Thread.KEP, b.kepHow(a)); err != nil || failed == nil {
			return err
		}
		b.Whole = false
		return b.unknown(failed)
	case a.Exempt != nil:
		b.showDeclared(a)
		b.Exempt, b.Whole = b.exempt(*a.Exempt), true
	case len(a.Unread) > 0:
		b.partOf()
		b.Unknown = b.missing(a.Unread[0])
	default:
		b.showDeclared(a)
		b.Breaks = "neither title nor " + b.body + " nor a comment names a work item or a KEP" + b.smallChange()
		if found := b.findings(a); len(found) > 0 {
			b.Breaks = found[0]
			b.remark(found[1:]...)
		}
	}
	return nil
}

func (w *walk) remark(texts ...string) { w.Notes = append(w.Notes, texts...) }

// recorded tells what the merge receipt says: it was made by what people had said when the pull request was merged.
func (b *belief) recorded(ctx context.Context, a thread.Assessment) error {
	b.Merge = b.receipt
	how := "its signed record holds the merge receipt"
	if item := b.state.Item(); item != nil && item.Key == b.receiptOn {
		how = b.how("part-of", item.Said)
	}
	b.show(b.items[b.receiptOn], how)
	ref, ok := b.receipt.kep()
	if !ok {
		b.Exempt, b.Whole = &Exempt{Reason: "recorded so at merge", How: inReceipt}, true
		if a.Exempt != nil {
			b.Exempt = b.exempt(*a.Exempt)
		}
		return nil
	}
	if a.Linked() && !work.SameKEP(a.Thread.KEP, ref) {
		b.remark(fmt.Sprintf("today the pull request leads to %s; what was recorded at merge counts", name(a.Thread.KEP, b.KEPRepo)))
	}
	return b.catalogued(ctx, ref, inReceipt)
}

// conclusive says whether a receipt answers what a pull request belongs to.
func (m *Merge) conclusive() bool {
	_, ok := m.kep()
	return ok || m.Verdict == custody.VerdictExempt
}

// how says by what a /kep or /part-of is known.
func (b *belief) how(verb string, s work.Said) string {
	if s.IsZero() {
		return "`/" + verb + "` in the " + b.body
	}
	return "`/" + verb + "` " + by(s)
}

// kepHow says by what the KEP is known: where an item leads to it, by what the item does.
func (b *belief) kepHow(a thread.Assessment) string {
	switch t := a.Thread; t.How {
	case thread.ByCommand:
		return b.how("kep", t.Said)
	case thread.ByLink:
		return "the link in the " + b.body
	case thread.ByTitle:
		return "the title"
	default:
		if r := b.items[t.Item]; r != nil {
			return r.how
		}
		return "the work item is its tracking issue"
	}
}

// itemHow says by what the item is known, other than that of /part-of.
func (b *belief) itemHow(a thread.Assessment) string {
	switch a.Thread.How {
	case thread.ByCloses:
		return "the " + b.body + " says that it closes it"
	case thread.ByMention:
		return "the " + b.body + " names it"
	}
	return b.kepHow(a)
}

// showItem shows the work item: that of /part-of, the one that led to the KEP, else the KEP's tracking issue.
func (b *belief) showItem(ctx context.Context, a thread.Assessment) error {
	key, how := a.Thread.Item, b.itemHow(a)
	switch {
	case a.Item.Number > 0:
		b.showDeclared(a)
		return nil
	case key.Number == 0:
		key = work.KEPIssue(a.Thread.KEP)
	}
	if b.GitHub == nil {
		b.Item = &Item{Key: key.String(), How: how}
		return nil
	}
	if _, err := b.readItem(ctx, key); err != nil {
		return err
	}
	if r := b.items[key]; !r.gone && !r.issue.Pull { // there may be a KEP without an issue
		b.show(r, how)
	}
	return nil
}

// partOf names the item of /part-of, whatever is known of it.
func (b *belief) partOf() {
	if item := b.state.Item(); item != nil {
		b.Item = &Item{Key: item.Key.String(), How: b.how("part-of", item.Said)}
	}
}

// showDeclared shows the item of /part-of, if there is one, or that there is none such.
func (b *belief) showDeclared(a thread.Assessment) {
	item := b.state.Item()
	if item == nil {
		return
	}
	r := b.items[item.Key]
	switch {
	case r == nil && (a.Item.Number > 0 || item.Key != b.pull), r != nil && r.gone:
		b.partOf()
	case a.Item.Number > 0:
		b.show(r, b.how("part-of", item.Said))
	}
}

func (b *belief) exempt(e thread.Exemption) *Exempt {
	switch e.Nature {
	case thread.Bot:
		return &Exempt{Nature: string(e.Nature), Reason: "a change by a bot", How: "its author"}
	case thread.CherryPick:
		return &Exempt{Nature: string(e.Nature), Reason: "a cherry-pick", How: "the label " + plain(e.Seen, 60)}
	case thread.Revert:
		return &Exempt{Nature: string(e.Nature), Reason: "a revert", How: "the title"}
	}
	return &Exempt{Reason: plain(e.Reason, maxShown), How: b.how("kep", e.Said)}
}

// missing says why something was not read.
func (b *belief) missing(u thread.Unread) string {
	if u.Item.Number > 0 {
		return "GitHub was not asked what " + u.Item.String() + " belongs to"
	}
	repo, _ := b.listed(u.Repo)
	return cmp.Or(b.unread[repo], "the KEPs of "+u.Repo+" were not read")
}

// findings puts into words what leads nowhere or does not fit, what weighs most first.
func (b *belief) findings(a thread.Assessment) []string {
	var out []string
	add := func(text string) {
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if trouble := a.Trouble(); trouble != nil {
		add(b.words(*trouble))
	}
	for _, f := range a.Notes {
		add(b.words(f))
	}
	return out
}

// words puts one finding into words.
func (b *belief) words(f thread.Finding) string {
	switch f.Code {
	case thread.Ambiguous:
		switch f.How {
		case thread.ByTitle:
			return fmt.Sprintf("the title names %d KEPs (%s)", len(f.KEPs), names(f.KEPs))
		case thread.ByCloses:
			return fmt.Sprintf("the issues that the %s closes belong to %d KEPs (%s); `/kep` says which one counts", b.body, len(f.KEPs), names(f.KEPs))
		}
		return fmt.Sprintf("the %s links to %d KEPs (%s), which does not say to which one it belongs; `/kep` does", b.body, len(f.KEPs), names(f.KEPs))
	case thread.NoSuchKEP, thread.ForeignKEP:
		return fmt.Sprintf("there is no %s in %s%s", f.KEPs[0].Name(), plain(f.KEPs[0].Repo, 140), near(f.Near))
	case thread.ItemGone:
		return "GitHub knows no " + f.Key.String()
	case thread.ItemIsPull:
		return fmt.Sprintf("%s, which `/part-of` names, is a pull request and no work item%s", f.Key, b.changed(f))
	case thread.ItemItself:
		return "`/part-of` names the pull request itself"
	case thread.ItemNoKEP:
		if r := b.items[f.Key]; r != nil {
			return r.lost
		}
	case thread.PullLink:
		if len(f.KEPs) == 0 && b.own(f.Key.Repository()) {
			return "" // any pull request of a repository with keps/ of its own
		}
		return f.Key.String() + " is a pull request and no KEP" + b.changed(f)
	case thread.NoneNotHere:
		return "the " + b.body + " says `/kep none`, which counts from the author only beside a label such as kind/bug"
	case thread.ItemOther:
		return fmt.Sprintf("the work item belongs to %s; the pull request says otherwise, and counts", name(f.KEPs[1], b.KEPRepo))
	case thread.TitleOther:
		return fmt.Sprintf("the title names %s, which does not count beside that", name(f.KEPs[1], b.KEPRepo))
	}
	return ""
}

// changed is a hint at the KEP that a pull request changed.
func (b *belief) changed(f thread.Finding) string {
	if len(f.KEPs) == 0 {
		return ""
	}
	return fmt.Sprintf("; its KEP is %s, and `%s` says so", name(f.KEPs[0], b.KEPRepo), thread.KEPLine(f.KEPs[0], b.KEPRepo))
}

// smallChange says that a break is no surprise, where the labels say that the change needs no KEP.
func (w *walk) smallChange() string {
	if label := thread.KindLabel(work.Issue{Labels: w.Pull.Labels}); label != "" {
		return "; it is labelled " + label + ", and such a change often has none"
	}
	return ""
}
