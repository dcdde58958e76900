package plugin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// maxLookBack bounds how many other issues one round reads for lookBack.
const maxLookBack = 50

// issueLink is a link to an issue, not to a comment, as the record writes it.
var issueLink = regexp.MustCompile(`\]\(https?://[^/()\s]+/([^/()\s]+/[^/()\s]+)/(?:issues|pull)/([0-9]+)\)`)

// lookBack reads the issues that concern this one and that the index does not
// know. An issue that only asks has no label that a start could find it by, and
// may be quiet for months; but it left its name here: in the notice that it
// asked, in what was promised to it, in the record as it stands. None of that
// is believed, it is only where to look. Without it the record would lose a line,
// or its say in a block. It goes one step: what those issues name is their
// rounds' affair.
func (r *Reconciler) lookBack(ctx context.Context, w *world, items map[string]*work.Item) error {
	looked := 0
	for _, key := range w.namedHere(items) {
		if _, known := r.Index.Get(key); known || r.memory.isAbsent(key) {
			continue
		}
		if looked++; looked > maxLookBack {
			return &Wait{For: retryGone, Why: fmt.Sprintf("more than %d issues name %s and were not read yet", maxLookBack, w.key)}
		}
		_, found, err := r.look(ctx, w.config, key)
		if err != nil {
			return err
		}
		if !found {
			r.memory.noteAbsent(key)
		}
	}
	return nil
}

func hasMerged(item *work.Item, key Key) bool {
	return item != nil && slices.ContainsFunc(item.Merges, custody.Merge{Repo: key.Repository(), Number: key.Number}.SamePull)
}

// namedHere lists the issues of configured repositories that asked something of
// this one, as our notices say, that something was promised to, or that the
// record links, in the open cycles.
func (w *world) namedHere(items map[string]*work.Item) []Key {
	var out []Key
	add := func(key Key) {
		if repo, ok := w.config.Repo(key.Repository()); ok {
			key.Org, key.Repo = splitRepo(repo.Name)
			if key != w.key && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	for _, c := range w.config.Calendar().Open(w.now) {
		for notice := range w.notices {
			if name, ok := strings.CutPrefix(notice, askedPrefix(c.Name)); ok {
				if key, err := slash.ParseKey(name); err == nil {
					add(key)
				}
			}
		}
		if h := w.records[c.Name]; h != nil {
			for _, link := range issueLink.FindAllStringSubmatch(h.comment.Body, -1) {
				key, err := slash.ParseKey(link[1] + "#" + link[2])
				if err == nil && !hasMerged(items[c.Name], key) { // what was merged says nothing any more
					add(key)
				}
			}
		}
		if item := items[c.Name]; item != nil {
			for _, p := range item.Promises {
				add(p.To)
			}
		}
	}
	slices.SortFunc(out, compareKeys)
	return out
}
