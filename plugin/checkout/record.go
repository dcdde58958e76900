package checkout

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/work"
)

// records opens the signed records on an issue, adds them to what was read of it, and gives the fold of the one that
// counts: that of the issue's milestone, else the newest that names a KEP. nil where no record holds. Anybody can paste a
// marker, so each author's comments are taken by themselves: what one pastes does not hide what another signed.
func (w *walk) records(ctx context.Context, r *issueRead, comments []Comment) (*work.Item, error) {
	issue := r.issue
	type written struct {
		cycle  string
		author int64
	}
	bodies := map[written][]string{}
	cycles := map[string]bool{}
	for _, c := range comments {
		m, ok := custody.FindMarker(c.Body)
		if !ok || m.Kind != custody.KindRecord && m.Kind != custody.KindPart || w.Account != "" && c.Author != w.Account {
			continue
		}
		bodies[written{m.Cycle, c.AuthorID}] = append(bodies[written{m.Cycle, c.AuthorID}], c.Body)
		cycles[m.Cycle] = true
	}
	if len(bodies) == 0 {
		return nil, nil
	}
	repo, err := w.GitHub.Repository(ctx, issue.Key.Repository())
	if err != nil {
		return nil, err
	}
	var counts *work.Item
	for _, cycle := range slices.Sorted(maps.Keys(cycles)) {
		record := Record{Cycle: plain(cycle, 20), Signature: "not checked"}
		for _, by := range slices.SortedFunc(maps.Keys(bodies), func(a, b written) int { return int(min(1, max(-1, a.author-b.author))) }) {
			if by.cycle != cycle || w.Keys == nil {
				continue
			}
			log, err := w.Keys.Open(bodies[by], custody.Identity{Repo: repo.ID, Issue: issue.ID, Cycle: cycle})
			if err != nil {
				if record.Signature != holds {
					record.Signature = plain(err.Error(), maxShown)
				}
				continue
			}
			item := work.Fold(issue.Key, log)
			record = shown(item, log)
			r.receipt = cmp.Or(r.receipt, merged(item, w.pull))
			if counts == nil || cycle == issue.Milestone || counts.Cycle != issue.Milestone && (item.KEP != nil || counts.KEP == nil) {
				counts = item
			}
		}
		r.records = append(r.records, record)
	}
	return counts, nil
}

// holds is the Signature of a record that can be believed.
const holds = "holds"

func shown(item *work.Item, log custody.Log) Record {
	r := Record{Cycle: plain(item.Cycle, 20), Signature: holds, SignedBy: log.SignedBy, Accepted: item.Accepted}
	for _, c := range item.Commitments {
		text := fmt.Sprintf("%s %d %%", c.Window, c.Percent)
		if c.Item != "" {
			text += " " + plain(c.Item, 80)
		}
		r.Commitments = append(r.Commitments, text)
	}
	return r
}
