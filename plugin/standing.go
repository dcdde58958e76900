package plugin

import (
	"context"
	"fmt"
	"time"
)

// standings asks which comments were edited. On a pull request the same words are
// judged in every round: a comment that has not been changed since it was last asked
// about need not be asked about again. GitHub's times have a second's grain, and a
// list of reviews does not tell when one was changed.
func (r *Reconciler) standings(ctx context.Context, w *world, nodes []string) (map[string]Standing, error) {
	if w.pull == nil && len(nodes) <= crowdMost { // judged now, and not asked about again
		return r.tell(ctx, w, nodes)
	}
	known, ask := map[string]Standing{}, []string{}
	updated := map[string]time.Time{}
	for _, c := range w.comments {
		if c.ID > 0 && w.now.Sub(c.Updated) > grain {
			updated[c.Node] = c.Updated
		}
	}
	for _, node := range nodes {
		if s, ok := r.memory.standing(node, updated[node]); ok {
			known[node] = s
		} else {
			ask = append(ask, node)
		}
	}
	if len(ask) == 0 {
		return known, nil
	}
	told, err := r.tell(ctx, w, ask)
	for node, s := range told {
		known[node] = s
		if at, settled := updated[node]; settled {
			r.memory.noteStanding(node, at, s)
		}
	}
	return known, err
}

// grain is how long after a change another one in the same second may still come.
const grain = 5 * time.Second

// tell asks GitHub. Texts come from one replica and whether they were edited from
// another, which may lag: of a comment that was edited a moment ago it says that it
// never was. So it tells the text, too, and must have seen the words that are judged.
func (r *Reconciler) tell(ctx context.Context, w *world, nodes []string) (map[string]Standing, error) {
	told, err := r.GitHub.Standings(ctx, nodes)
	if err != nil {
		return nil, err
	}
	for _, s := range w.spoken {
		if now, asked := told[s.Node]; asked && now.Words != s.words {
			return nil, &Wait{For: retryGone, Why: fmt.Sprintf("comment %d is not yet the same wherever it is read", s.ID)}
		}
	}
	return told, nil
}
