package checkout

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// toPull reads what a pull request says it is part of.
func (w *walk) toPull(ctx context.Context, issue work.Issue, how string) error {
	w.pull = issue.Key
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
	d := source{key: issue.Key, title: issue.Title, body: issue.Body, bodyName: "description", comments: comments, kepRepo: w.KEPRepo}.read()
	if d.spoken {
		w.Notes = append(w.Notes, "in which role the comments on the pull request were made was not checked")
	}
	return w.links(ctx, d, "description")
}

// links goes on by what counts first: /kep, /part-of and the KEP of that item, the one KEP that the description links
// to, the item that it closes, the one KEP in the title.
func (w *walk) links(ctx context.Context, d declared, body string) error {
	if d.exempt != "" {
		w.Exempt, w.Whole = &Exempt{Reason: d.exempt, How: d.kepHow}, true
	}
	if d.item.Number > 0 {
		return w.partOf(ctx, d)
	}
	switch {
	case d.exempt != "":
		return nil
	case d.kep.Number > 0:
		return w.toKEP(ctx, d.kep, d.kepHow)
	case len(d.linked) == 1:
		return w.toKEP(ctx, d.linked[0], "the link in the "+body)
	case len(d.linked) > 1:
		w.Breaks = fmt.Sprintf("the %s links to %d KEPs (%s), which does not say to which one it belongs; `/kep` does", body, len(d.linked), names(d.linked))
		return nil
	}
	for _, key := range d.fixes {
		found, err := w.closes(ctx, key, body)
		if err != nil || found {
			return err
		}
	}
	switch {
	case len(d.titled) == 1:
		return w.toKEP(ctx, d.titled[0], "the title")
	case len(d.titled) > 1:
		w.Breaks = fmt.Sprintf("the title names %d KEPs (%s)", len(d.titled), names(d.titled))
		return nil
	}
	w.Breaks = "neither title nor " + body + " nor a comment names a work item or a KEP" + w.smallChange()
	return nil
}

// partOf goes to the work item that /part-of names. A /kep beside it says which KEP, whatever the item says.
func (w *walk) partOf(ctx context.Context, d declared) error {
	if err := w.toItem(ctx, d.item, d.itemHow); err != nil {
		return err
	}
	if d.kep.Number == 0 && d.exempt == "" {
		return nil
	}
	said := w.KEP
	w.KEP, w.Breaks = nil, ""
	if d.exempt != "" {
		w.Whole = true
		return nil
	}
	if said != nil && !work.SameKEP(said.Ref, d.kep) {
		w.Notes = append(w.Notes, fmt.Sprintf("the work item belongs to %s; the pull request says otherwise, and counts", name(said.Ref, w.KEPRepo)))
	}
	return w.catalogued(ctx, d.kep, d.kepHow)
}

// smallChange says that a break is no surprise, where the labels say that the change needs no KEP.
func (w *walk) smallChange() string {
	for _, label := range w.Pull.Labels {
		switch strings.TrimPrefix(label, "kind/") {
		case "bug", "cleanup", "documentation", "flake", "failing-test", "regression":
			return "; it is labelled " + label + ", and such a change often has none"
		}
	}
	return ""
}

// closes looks whether an issue that the pull request closes leads to a KEP. One that does not is no break yet.
func (w *walk) closes(ctx context.Context, key work.Key, body string) (bool, error) {
	if w.GitHub == nil || key == w.pull {
		return false, nil
	}
	before := *w.Thread
	if err := w.toItem(ctx, key, "the "+body+" says that it closes it"); err != nil {
		return false, err
	}
	if w.KEP != nil || w.Unknown != "" {
		return true, nil
	}
	*w.Thread = before
	return false, nil
}

// toItem reads the work item, its record, and goes on to its KEP.
func (w *walk) toItem(ctx context.Context, key work.Key, how string) error {
	w.item = key
	w.Item = &Item{Key: key.String(), How: how}
	if w.GitHub == nil {
		if strings.EqualFold(key.Repository(), w.KEPRepo) {
			return w.catalogued(ctx, kep.Ref{Repo: w.KEPRepo, Number: key.Number}, "the work item is its tracking issue")
		}
		w.Unknown = "GitHub was not asked what " + key.String() + " belongs to"
		return nil
	}
	issue, err := w.GitHub.Issue(ctx, key)
	if errors.Is(err, ErrGone) {
		w.Breaks = "GitHub knows no " + key.String()
		return nil
	}
	if err != nil {
		return w.unknown(err)
	}
	if err := w.readItem(ctx, issue); err != nil || w.Unknown != "" {
		return err
	}
	return nil
}

// readItem fills in the item and finds its KEP: by its record, by the issue itself, by its texts.
func (w *walk) readItem(ctx context.Context, issue work.Issue) error {
	w.Item.Title, w.Item.Milestone, w.Item.Labels = plain(issue.Title, maxShown), plain(issue.Milestone, 50), labels(issue.Labels)
	w.Item.State = "open"
	if issue.Closed {
		w.Item.State = "closed"
	}
	w.Approval = &Approval{Milestone: w.Item.Milestone, Approved: issue.HasLabel(LabelApproved)}
	comments, err := w.GitHub.Comments(ctx, issue.Key, issue.Pull)
	if err != nil {
		return w.unknown(err)
	}
	item, err := w.records(ctx, issue, comments)
	if err != nil {
		return w.unknown(err)
	}
	ref, how := work.ParentKEP(item, issue, w.KEPRepo)
	switch {
	case how == work.KEPByCommand:
		return w.catalogued(ctx, ref, "`/kep` on the work item, by "+plain(item.KEPSaid.Login, 50)+", in its signed record")
	case how == work.KEPItself:
		return w.catalogued(ctx, ref, "the work item is its tracking issue")
	}
	d := source{key: issue.Key, title: issue.Title, body: issue.Body, bodyName: "work item's description", comments: comments, kepRepo: w.KEPRepo}.read()
	switch {
	case item == nil && d.kep.Number > 0: // no record that holds: as people said it
		if d.spoken {
			w.Notes = append(w.Notes, "in which role the comments on the work item were made was not checked")
		}
		return w.catalogued(ctx, d.kep, d.kepHow+", on the work item")
	case how == work.KEPByBody:
		return w.catalogued(ctx, ref, "the work item's description")
	case len(d.linked) > 1:
		w.Breaks = fmt.Sprintf("the description of %s links to %d KEPs (%s); `/kep` on it says which one", issue.Key, len(d.linked), names(d.linked))
	case len(d.titled) == 1:
		return w.catalogued(ctx, d.titled[0], "the work item's title")
	default:
		w.Breaks = "nothing on " + issue.Key.String() + " says to which KEP it belongs"
	}
	return nil
}

// toKEP goes to a KEP that the pull request names itself; its tracking issue is the work item then.
func (w *walk) toKEP(ctx context.Context, ref kep.Ref, how string) error {
	if w.GitHub == nil {
		w.Item = &Item{Key: keyOf(ref).String(), How: how}
		return w.catalogued(ctx, ref, how)
	}
	if err := w.toItem(ctx, keyOf(ref), how); err != nil {
		return err
	}
	if w.KEP != nil && work.SameKEP(w.KEP.Ref, ref) {
		w.KEP.How = how
		return nil
	}
	if w.Unknown != "" {
		w.KEP = &KEP{Ref: ref, How: how}
		return nil
	}
	if w.Item != nil && w.Item.Title == "" { // no such issue: it may be a KEP all the same
		w.Item, w.Approval = nil, nil
	}
	w.KEP, w.Breaks = nil, ""
	return w.catalogued(ctx, ref, how)
}

// catalogued looks the KEP up. Without a library it is named and not known.
func (w *walk) catalogued(ctx context.Context, ref kep.Ref, how string) error {
	w.KEP = &KEP{Ref: ref, How: how}
	w.Whole = false
	if w.Library == nil {
		w.Unknown = "the KEP repository was not read: give a checkout of it with --kep-checkout"
		return nil
	}
	c, err := w.Library.Catalogue(ctx, ref.Repo, ref.Number)
	if err != nil {
		w.Unknown = ref.Name() + " could not be looked up: " + plain(err.Error(), 300)
		return nil
	}
	found := c.Find(ref.Number)
	if len(found) == 0 {
		w.Breaks = fmt.Sprintf("there is no %s in %s%s", ref.Name(), ref.Repo, near(c.Near(ref.Number)))
		w.KEP = nil
		return nil
	}
	k := found[0]
	if len(found) > 1 {
		w.Notes = append(w.Notes, fmt.Sprintf("%d KEPs have the number %d; the first is shown", len(found), ref.Number))
	}
	w.KEP.Title, w.KEP.SIG, w.KEP.Stage, w.KEP.Status = plain(k.Title, maxShown), plain(k.SIG, 50), plain(k.Stage, 50), plain(k.Status, 50)
	w.KEP.Milestone, w.KEP.Path = k.LatestMilestone, plain(k.Path, maxShown)
	w.Whole = true
	return nil
}

// near is a hint at KEPs whose number is a slip of the hand away.
func near(keps []kep.KEP) string {
	if len(keps) == 0 {
		return ""
	}
	var out []string
	for _, k := range keps[:min(3, len(keps))] {
		out = append(out, k.Ref.Name())
	}
	return "; there is " + strings.Join(out, ", ")
}

// name is a KEP in short where it is of the usual repository.
func name(ref kep.Ref, usual string) string {
	if ref.Repo == usual {
		return ref.Name()
	}
	return ref.String()
}

func names(refs []kep.Ref) string {
	var out []string
	for _, r := range refs {
		if len(out) == 5 {
			out = append(out, "…")
			break
		}
		out = append(out, r.Name())
	}
	return strings.Join(out, ", ")
}

func labels(names []string) []string {
	var out []string
	for _, l := range names {
		out = append(out, plain(l, 60))
	}
	return out
}
