package checkout

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// belief follows one pull request to its KEP. What counts is package thread's to say; here is read what it asks for.
type belief struct {
	*walk
	body  string // what the text beside the title is called: "description", "commit message"
	state *thread.State
	facts thread.Facts
	items map[work.Key]*issueRead
	// unread says why a catalogue was not read, by repository.
	unread map[string]string
	// receipt is the one of this pull request, once an item was read whose signed record has it, and on which.
	receipt   *Merge
	receiptOn work.Key
}

// spoken finds the lines of comments that may count on a pull request.
var spoken = slash.NewScanner(slash.Verbs{Names: thread.Commands.Verbs()})

// said lists the command lines of comments. In which role somebody said them is not checked. Our own comments and those
// of bots say nothing.
func said(comments []Comment) []work.Said {
	var out []work.Said
	for _, c := range comments {
		if _, ours := custody.FindMarker(c.Body); ours || strings.HasSuffix(c.Author, "[bot]") {
			continue
		}
		for _, line := range spoken.Scan(c.Body).Lines {
			out = append(out, work.Said{Comment: c.ID, Line: line.N, At: c.Created, Author: c.AuthorID, Login: c.Author, Command: line.Raw})
		}
	}
	return out
}

// believe goes from the words of a pull request to its KEP. GitHub is asked only for what could change the answer.
func (w *walk) believe(ctx context.Context, issue work.Issue, words []work.Said, body string) error {
	// Which branch it goes into is not asked. Without these two every title that speaks of cherry-picks would be one.
	const branch = "the default one"
	pull := thread.Pull{Issue: issue, Base: branch, DefaultBranch: branch, Bot: strings.HasSuffix(issue.Author, "[bot]")}
	w.pull = issue.Key
	b := &belief{walk: w, body: body, state: thread.Fold(pull, w.KEPRepo, words), items: map[work.Key]*issueRead{}, unread: map[string]string{},
		facts: thread.Facts{KEPs: work.Catalogues{}, Items: map[work.Key]thread.ItemFact{}, KEPPulls: map[work.Key]kep.Ref{}}}
	for {
		b.list()
		a := thread.Assess(b.state, b.facts)
		more, err := b.read(ctx, a)
		if err != nil {
			b.partOf()
			return w.unknown(err)
		}
		if !more {
			return b.tell(ctx, a)
		}
	}
}

// read reads what an assessment lacks, and says whether it is worth assessing again.
func (b *belief) read(ctx context.Context, a thread.Assessment) (more bool, err error) {
	if b.receipt != nil {
		return false, nil
	}
	for _, u := range a.Unread {
		one := false
		switch {
		case u.Repo != "":
			one, err = b.readCatalogue(ctx, u.Repo)
		case u.Item.Number > 0:
			one, err = b.readItem(ctx, u.Item)
		}
		if err != nil || b.receipt != nil {
			return true, err
		}
		more = more || one
	}
	if more || a.Linked() || a.Exempt != nil || len(a.Unread) > 0 || b.GitHub == nil {
		return more, nil
	}
	// What was named in passing is the weakest sign, and costs the most questions.
	for _, key := range b.state.Mentions {
		one, err := b.readItem(ctx, key)
		if err != nil || b.receipt != nil {
			return true, err
		}
		more = more || one
	}
	if more {
		return true, nil
	}
	return b.followPulls(ctx, a)
}

// readItem reads an issue that may be a work item. Without GitHub only the issues of the KEP repository are known: each
// may be a KEP.
func (b *belief) readItem(ctx context.Context, key work.Key) (bool, error) {
	if _, read := b.facts.Items[key]; read {
		return false, nil
	}
	if b.GitHub == nil {
		fact := thread.ItemFact{}
		if strings.EqualFold(key.Repository(), b.KEPRepo) {
			fact = thread.ItemFact{Readable: true, Issue: work.Issue{Key: key}, KEP: kep.Ref{Repo: b.KEPRepo, Number: key.Number}}
		} else if item := b.state.Item(); item != nil && item.Key == key {
			return false, nil // somebody named it on purpose: nothing weaker counts before it was read
		}
		b.facts.Items[key] = fact
		return true, nil
	}
	r, err := b.walk.readIssue(ctx, key)
	if err != nil {
		return false, err
	}
	b.items[key] = r
	b.looked = append(b.looked, key.Repository())
	b.facts.Items[key] = thread.ItemFact{Readable: !r.gone, Issue: r.issue, KEP: r.kep, Tracked: r.tracked}
	switch m := r.receipt; {
	case m == nil:
	case m.conclusive():
		b.receipt, b.receiptOn = m, key
	default:
		b.Merge = m
	}
	return true, nil
}

// inSight lists the KEPs that signs lead to, the strongest first.
func (b *belief) inSight() []kep.Ref {
	var out []kep.Ref
	if word := b.state.KEP(); word != nil && !word.None {
		out = append(out, word.Ref)
	}
	for _, key := range slices.Concat(b.declaredItem(), b.state.Closes, b.state.Mentions) {
		if ref := b.facts.Items[key].KEP; ref.Number > 0 {
			out = append(out, ref)
		}
	}
	for _, l := range slices.Concat(b.state.Linked, b.state.Titled) {
		out = append(out, l.Ref)
	}
	changed := slices.SortedFunc(maps.Values(b.facts.KEPPulls), func(x, y kep.Ref) int {
		return cmp.Or(cmp.Compare(x.Repo, y.Repo), cmp.Compare(x.Number, y.Number))
	})
	out = append(out, changed...)
	return slices.DeleteFunc(out, kep.Ref.IsZero)
}

func (b *belief) declaredItem() []work.Key {
	if item := b.state.Item(); item != nil {
		return []work.Key{item.Key}
	}
	return nil
}

// own says whether KEPs and plain issues share the numbers of a repository: it is the pull request's own.
func (b *belief) own(repo string) bool {
	return strings.EqualFold(repo, b.state.Pull.Key.Repository())
}

// list names the repositories of all KEPs in sight: there is no configuration to say which of them have KEPs. Where a
// catalogue could not be read, a KEP that is named is taken to be there, and the thread says that it is not known.
func (b *belief) list() {
	for _, ref := range b.inSight() {
		if repo, is := b.listed(ref.Repo); !is {
			b.facts.KEPs[repo] = nil
		}
	}
	for repo := range b.unread {
		if named := b.named(repo); len(named) > 0 {
			b.facts.KEPs[repo] = kep.NewCatalogue(repo, "", named)
		}
	}
}

// named lists the KEPs of a repository that are in sight. In the pull request's own repository a number may as well be a
// plain issue's: only what is called a KEP is one.
func (b *belief) named(repo string) []kep.KEP {
	var out []kep.KEP
	for _, ref := range b.inSight() {
		one := func(k kep.KEP) bool { return k.Ref.Number == ref.Number }
		if strings.EqualFold(ref.Repo, repo) && !slices.ContainsFunc(out, one) && (!b.own(repo) || b.calledKEP(ref)) {
			out = append(out, kep.KEP{Ref: ref})
		}
	}
	return out
}

// calledKEP says whether words call a number a KEP: /kep, KEP-1234, keps/1234-name.
func (b *belief) calledKEP(ref kep.Ref) bool {
	if word := b.state.KEP(); word != nil && word.Ref == ref {
		return true
	}
	return slices.ContainsFunc(slices.Concat(b.state.Linked, b.state.Titled), func(l kep.Link) bool {
		return l.Ref == ref && strings.HasPrefix(strings.ToLower(l.Text), "kep")
	})
}

// listed is a repository as it is spelled among the catalogues.
func (b *belief) listed(repo string) (string, bool) {
	for have := range b.facts.KEPs {
		if strings.EqualFold(have, repo) {
			return have, true
		}
	}
	return repo, false
}

// readCatalogue reads which KEPs a repository has, and of the likeliest one its file.
func (b *belief) readCatalogue(ctx context.Context, repo string) (bool, error) {
	repo, _ = b.listed(repo)
	if b.unread[repo] != "" || b.facts.KEPs[repo] != nil {
		return false, nil
	}
	number := 0
	for _, ref := range b.inSight() {
		if strings.EqualFold(ref.Repo, repo) {
			number = ref.Number
			break
		}
	}
	if _, err := slash.ParseKey(repo + "#1"); err != nil { // what a link says may be no name that GitHub gives
		b.facts.KEPs[repo] = kep.NewCatalogue(repo, "", nil)
		return true, nil
	}
	c, err := b.catalogue(ctx, repo, number)
	switch {
	case errors.Is(err, context.Canceled):
		return false, err
	case errors.Is(err, ErrGone) && !strings.EqualFold(repo, b.KEPRepo):
		c = kep.NewCatalogue(repo, "", nil)
	case err != nil:
		b.unread[repo] = notLookedUp(kep.Ref{Repo: repo, Number: number}, err)
		return len(b.named(repo)) > 0, nil
	}
	b.facts.KEPs[repo] = c
	return true, nil
}

// followPulls asks which KEP the pull requests of a KEP repository changed that are named where a KEP should be. It makes
// a better hint and no thread: where GitHub does not tell, the hint is left out.
func (b *belief) followPulls(ctx context.Context, a thread.Assessment) (more bool, err error) {
	follow := slices.Concat(b.state.Pulls, a.Follow())
	for _, f := range a.Notes {
		if f.Code == thread.ItemIsPull && strings.EqualFold(f.Key.Repository(), b.KEPRepo) {
			follow = append(follow, f.Key)
		}
	}
	for _, key := range follow[:min(len(follow), maxFollowed)] {
		if _, read := b.facts.KEPPulls[key]; read {
			continue
		}
		if _, err := slash.ParseKey(key.String()); err != nil {
			continue
		}
		paths, err := b.GitHub.PullFiles(ctx, key)
		if errors.Is(err, context.Canceled) {
			return false, err
		}
		b.looked = append(b.looked, key.Repository())
		ref := changedKEP(paths, key.Repository())
		if b.facts.KEPPulls[key], more = ref, true; ref.Number > 0 {
			b.list()
			if _, err := b.readCatalogue(ctx, ref.Repo); err != nil {
				return false, err
			}
		}
	}
	return more, nil
}

// maxFollowed is how many pull requests of the KEP repository are looked at.
const maxFollowed = 5

// changedKEP is the one KEP whose files are among the paths, zero for none or several.
func changedKEP(paths []string, repo string) kep.Ref {
	var one kep.Ref
	for _, path := range paths {
		for _, l := range kep.Links(path, repo) {
			if one = cmp.Or(one, l.Ref); one != l.Ref {
				return kep.Ref{}
			}
		}
	}
	return one
}
