package checkout

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// issueRead is what was read of an issue that may be a work item.
type issueRead struct {
	issue   work.Issue
	gone    bool // not there for us; all else is empty
	records []Record
	tracked bool   // something was said on it
	receipt *Merge // of the pull request that is followed, in a record that holds

	kep       kep.Ref // the KEP that it belongs to; zero: none
	how       string  // by what
	lost      string  // why there is none
	unchecked bool    // a comment says so, and in which role was not checked
}

// readIssue reads an issue and to which KEP it belongs. A pull request is read no further.
func (w *walk) readIssue(ctx context.Context, key work.Key) (*issueRead, error) {
	issue, err := w.GitHub.Issue(ctx, key)
	switch {
	case errors.Is(err, ErrGone):
		return &issueRead{gone: true}, nil
	case err != nil:
		return nil, err
	case issue.Pull:
		return &issueRead{issue: issue}, nil
	}
	return w.readItem(ctx, issue)
}

// readItem finds the KEP of an issue: by its record, by the issue itself, by its texts.
func (w *walk) readItem(ctx context.Context, issue work.Issue) (*issueRead, error) {
	comments, err := w.GitHub.Comments(ctx, issue.Key, issue.Pull)
	if err != nil {
		return nil, err
	}
	r := &issueRead{issue: issue}
	item, err := w.records(ctx, r, comments)
	if err != nil {
		return nil, err
	}
	d := declaredOn(issue, comments, w.KEPRepo)
	r.tracked = len(r.records) > 0 || d.kep.Number > 0
	ref, how := work.ParentKEP(item, issue, w.KEPRepo)
	plainIssue := how == work.KEPItself && !w.mayBe(ctx, ref)
	if plainIssue {
		other := issue
		other.Pull = true // whose number is no KEP's either
		ref, how = work.ParentKEP(item, other, w.KEPRepo)
	}
	switch {
	case how == work.KEPByCommand:
		r.kep, r.how = ref, "`/kep` on the work item, by "+plain(item.KEPSaid.Login, 50)+", in its signed record"
	case how == work.KEPItself:
		r.kep, r.how = ref, "the work item is its tracking issue"
	case item == nil && d.kep.Number > 0: // no record that holds: as people said it
		r.kep, r.how, r.unchecked = d.kep, d.how+", on the work item", d.spoken
	case how == work.KEPByBody && (!own(issue, ref) || w.mayBe(ctx, ref)):
		r.kep, r.how = ref, "the work item's description"
	default:
		w.byLinks(ctx, r, plainIssue)
	}
	return r, nil
}

// byLinks finds the KEP of an issue by what its texts link to.
func (w *walk) byLinks(ctx context.Context, r *issueRead, plainIssue bool) {
	linked, titled := w.links(ctx, r.issue, r.issue.Body), w.links(ctx, r.issue, r.issue.Title)
	switch {
	case len(linked) == 1:
		r.kep, r.how = linked[0], "the work item's description"
	case len(linked) > 1:
		r.lost = fmt.Sprintf("the description of %s links to %d KEPs (%s); `/kep` on it says which one", r.issue.Key, len(linked), names(linked))
	case len(titled) == 1:
		r.kep, r.how = titled[0], "the work item's title"
	case plainIssue:
		r.lost = fmt.Sprintf("%s is no KEP's own issue, and nothing on it says to which KEP it belongs", r.issue.Key)
	default:
		r.lost = "nothing on " + r.issue.Key.String() + " says to which KEP it belongs"
	}
}

// own says whether a KEP is of the issue's own repository, where the number may as well be a plain issue's.
func own(issue work.Issue, ref kep.Ref) bool {
	return strings.EqualFold(issue.Key.Repository(), ref.Repo)
}

// mayBe says whether there is such a KEP, or it is not known. Its file is not read for that if another's was.
func (w *walk) mayBe(ctx context.Context, ref kep.Ref) bool {
	for have, found := range w.keps {
		if strings.EqualFold(have.Repo, ref.Repo) && found.err == nil {
			return len(found.Find(ref.Number)) > 0
		}
	}
	c, err := w.catalogue(ctx, ref.Repo, ref.Number)
	return err != nil || len(c.Find(ref.Number)) > 0
}

// links is the KEPs that a text on an issue links to, each once. Pull requests of the KEP repository are none, and in the
// issue's own repository plain issues are none.
func (w *walk) links(ctx context.Context, issue work.Issue, text string) []kep.Ref {
	var out []kep.Ref
	for _, l := range kep.Links(text, w.KEPRepo) {
		if !l.Pull && !slices.Contains(out, l.Ref) && (!own(issue, l.Ref) || w.mayBe(ctx, l.Ref)) {
			out = append(out, l.Ref)
		}
	}
	return out
}

// toItem goes from an issue that somebody asked about to its KEP.
func (w *walk) toItem(ctx context.Context, issue work.Issue) error {
	w.show(&issueRead{issue: issue}, "")
	r, err := w.readItem(ctx, issue)
	if err != nil {
		return w.unknown(err)
	}
	w.show(r, "")
	if r.kep.Number == 0 {
		w.Breaks = r.lost
		return nil
	}
	return w.catalogued(ctx, r.kep, r.how)
}

// show puts an issue that was read into the thread.
func (w *walk) show(r *issueRead, how string) {
	state := "open"
	if r.issue.Closed {
		state = "closed"
	}
	w.Item = &Item{Key: r.issue.Key.String(), Title: plain(r.issue.Title, maxShown), State: state, Milestone: plain(r.issue.Milestone, 50),
		Labels: labels(r.issue.Labels), How: how}
	w.Records = r.records
	w.Approval = &Approval{Milestone: w.Item.Milestone, Approved: r.issue.HasLabel(LabelApproved)}
	if r.unchecked {
		w.Notes = append(w.Notes, "in which role the comments on the work item were made was not checked")
	}
}

// The forms of /kep on an issue (the command reference, "Work items"), as people type them.
var (
	onIssues = slash.NewScanner(slash.Verbs{Names: []string{"kep"}})
	release  = slash.Arg{Name: "release", Kind: slash.Release, Optional: true}
	kepForms = []slash.Form{
		{Verb: "kep", Args: []slash.Arg{release, {Name: "ref", Kind: slash.BareRef}}},
		{Verb: "kep", Args: []slash.Arg{{Name: "cancel", Kind: slash.Word("cancel")}, release}},
	}
)

// declared is the last /kep on an issue.
type declared struct {
	kep    kep.Ref // zero: none, or taken back
	how    string
	spoken bool // in a comment
}

// declaredOn reads the last /kep of an issue's description, and over it those of its comments in order of time.
func declaredOn(issue work.Issue, comments []Comment, kepRepo string) declared {
	var d declared
	for _, line := range onIssues.Scan(issue.Body).Lines {
		d.apply(line, kepRepo, "in the work item's description", false)
	}
	words := said(comments)
	slices.SortStableFunc(words, func(a, b work.Said) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Comment, b.Comment), cmp.Compare(a.Line, b.Line))
	})
	for _, one := range words {
		if line, ok := slash.LineOf(one.Command); ok {
			d.apply(line, kepRepo, by(one), true)
		}
	}
	return d
}

// apply takes one line into account. A bare number, KEP-1234 and repo#1234 are of the KEP repository's organisation.
func (d *declared) apply(line slash.Line, kepRepo, where string, spoken bool) {
	form, v, p := slash.Parse(kepForms, line)
	switch {
	case p != nil || form < 0:
	case form == 1:
		*d = declared{}
	default:
		r, _ := v["ref"].(slash.Ref)
		org, repo, _ := strings.Cut(kepRepo, "/")
		*d = declared{kep.Ref{Repo: cmp.Or(r.Org, org) + "/" + cmp.Or(r.Repo, repo), Number: r.Number}, "`/kep` " + where, spoken}
	}
}

// by says by whom and when a line was said.
func by(s work.Said) string {
	return fmt.Sprintf("by %s, %s", plain(s.Login, 50), s.At.UTC().Format("2 Jan 2006"))
}

// merged is the merge receipt of a pull request in a record, nil if it has none.
func merged(item *work.Item, pull work.Key) *Merge {
	for _, m := range item.Merges {
		if m.Number == pull.Number && strings.EqualFold(m.Repo, pull.Repository()) {
			return &Merge{Cycle: plain(item.Cycle, 20), Verdict: plain(m.Verdict, 20), By: plain(m.By, 50), KEP: plain(m.KEP, 150), At: m.At}
		}
	}
	return nil
}

// kep is the KEP that the receipt names.
func (m Merge) kep() (kep.Ref, bool) {
	key, err := slash.ParseKey(m.KEP)
	return kep.Ref{Repo: key.Repository(), Number: key.Number}, err == nil
}

// words says the verdict as it was.
func (m Merge) words() string {
	text := "recorded at merge: " + m.Verdict
	if m.Verdict == "" {
		text = "recorded at merge"
	}
	if m.By != "" {
		text += ", by " + m.By
	}
	return text
}
