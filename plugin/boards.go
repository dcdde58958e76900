package plugin

import (
	"sync"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/board"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/work"
)

// Boards keeps the states that were last folded, for the web pages. It is filled by
// the rounds, and empty after a start until they were made.
type Boards struct {
	config func() *config.Config
	index  *Index

	mu    sync.RWMutex
	plans map[string]board.Plan // by cycle
	items map[Key]board.Item
}

var _ board.Source = (*Boards)(nil)

// NewBoards knows nothing yet.
func NewBoards(cfg func() *config.Config, index *Index) *Boards {
	return &Boards{config: cfg, index: index, plans: map[string]board.Plan{}, items: map[Key]board.Item{}}
}

// Plans implements board.Source.
func (b *Boards) Plans() []board.Plan {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []board.Plan
	for _, c := range b.config().Calendar() {
		if p, ok := b.plans[c.Name]; ok {
			out = append(out, p)
		}
	}
	return out
}

// Item implements board.Source. What the index has forgotten is gone.
func (b *Boards) Item(key work.Key) (board.Item, bool) {
	key = canonical(b.config(), key)
	b.mu.RLock()
	defer b.mu.RUnlock()
	i, ok := b.items[key]
	if _, known := b.index.Get(key); !known {
		return board.Item{}, false
	}
	return i, ok
}

// drop forgets an issue that is gone.
func (b *Boards) drop(key Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.items, key)
}

// site is where links lead from what is written on an issue: a private one has no page.
func (r *Reconciler) site(w *world) render.Site {
	site := r.Site
	if w.issue.Private {
		site.Board = ""
	}
	return site
}

// keep takes what a round folded.
func (b *Boards) keep(w *world, l *ledger, s *state) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case s.plan != nil:
		b.plans[w.planning.cycle.Name] = boardPlan(w, s)
	case w.pull == nil && w.planning == nil && len(s.cycles) > 0:
		b.items[w.key] = boardItem(w, l, s)
	}
}

func boardPlan(w *world, s *state) board.Plan {
	p := board.Plan{Key: w.key, Title: w.issue.Title, Private: w.issue.Private, Cycle: w.planning.cycle, Assessment: s.plan.assessment,
		Items: s.plan.items, Order: s.plan.state.Backlogs(), Draft: draft(w, s), Read: w.now}
	for _, i := range s.plan.items {
		a := i.Assessment
		for _, d := range a.Item.LastDemos() {
			p.Demos = append(p.Demos, board.Demo{Key: i.Key, Title: a.Issue.Title, SIG: a.SIG, URL: d.URL, Text: d.Text, Said: d.Said, Confirmed: d.Confirmed})
		}
		if a.WithoutDemo() {
			p.NoDemo = append(p.NoDemo, i.Key)
		}
		for _, e := range a.Exceptions {
			p.Exceptions = append(p.Exceptions, board.ItemException{Key: i.Key, Title: a.Issue.Title, SIG: a.SIG, Exception: e})
		}
	}
	survey := w.survey(s, s.plan.satisfied...)
	p.Survey, p.Trend, p.Facilitators, p.Closing = survey.Satisfaction, survey.Trend, survey.Facilitators, w.notices[closingKey(w.planning.cycle.Name)]
	if h := w.records[w.planning.cycle.Name]; h != nil {
		p.Record = h.comment.ID
	}
	return p
}

func boardItem(w *world, l *ledger, s *state) board.Item {
	i := board.Item{Issue: w.issue, Read: w.now}
	for _, c := range s.cycles {
		v := board.View{Record: w.view(l, s, c)}
		if h := w.records[c.Name]; h != nil {
			v.Comment = h.comment.ID
		}
		i.Views = append(i.Views, v)
	}
	return i
}
