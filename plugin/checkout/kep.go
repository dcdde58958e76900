package checkout

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// errNoLibrary is the error where KEPs cannot be looked up.
var errNoLibrary = errors.New("the KEP repository was not read: give a checkout of it with --kep-checkout")

// catalogue looks up which KEPs a repository has and what is in the one with that number; each once.
func (w *walk) catalogue(ctx context.Context, repo string, number int) (*kep.Catalogue, error) {
	if w.Library == nil {
		return nil, errNoLibrary
	}
	ref := kep.Ref{Repo: repo, Number: number}
	if found, ok := w.keps[ref]; ok {
		return found.Catalogue, found.err
	}
	if w.keps == nil {
		w.keps = map[kep.Ref]lookedUp{}
	}
	c, err := w.Library.Catalogue(ctx, repo, number)
	w.keps[ref] = lookedUp{c, err}
	return c, err
}

// lookedUp is the answer of a Library.
type lookedUp struct {
	*kep.Catalogue
	err error
}

// notLookedUp says why a KEP is not known.
func notLookedUp(ref kep.Ref, err error) string {
	if errors.Is(err, errNoLibrary) {
		return err.Error()
	}
	return ref.Name() + " could not be looked up: " + plain(err.Error(), 300)
}

// catalogued ends the thread at a KEP, with what is in its file. Without a library it is named and not known.
func (w *walk) catalogued(ctx context.Context, ref kep.Ref, how string) error {
	w.KEP = &KEP{Ref: ref, How: how}
	w.Whole = false
	c, err := w.catalogue(ctx, ref.Repo, ref.Number)
	if errors.Is(err, context.Canceled) {
		return err
	}
	if err != nil {
		w.Unknown = notLookedUp(ref, err)
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

// bareItem names an issue without asking GitHub. An issue of the KEP repository may be a KEP's own.
func (w *walk) bareItem(ctx context.Context, key work.Key, how string) error {
	w.Item = &Item{Key: key.String(), How: how}
	if strings.EqualFold(key.Repository(), w.KEPRepo) {
		return w.catalogued(ctx, kep.Ref{Repo: w.KEPRepo, Number: key.Number}, "the work item is its tracking issue")
	}
	w.Unknown = "GitHub was not asked what " + key.String() + " belongs to"
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
