package plugin

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/saved"
	"github.com/steelthread/steelthread/plugin/work"
)

// A cycle is taken out in the state in which its tables are made: the records of all
// items, what was decided, and the facts that they were held against. Of a public plan
// nothing is taken out that is private.

// Export reads everything, as at the start, and writes a cycle to out, in the form of
// package saved. The same world gives the same bytes. It writes nothing to GitHub.
func (p *Plugin) Export(ctx context.Context, name string, out io.Writer) error {
	t, err := p.Tables(ctx, name)
	if err != nil {
		return err
	}
	f, err := t.save(p.options.Site)
	if err != nil {
		return err
	}
	return f.Write(out)
}

// Tables reads everything, as at the start, and gives the tables of a cycle.
func (p *Plugin) Tables(ctx context.Context, name string) (*Tables, error) {
	r := p.Reconciler
	if _, _, err := r.planCycleOf(name); err != nil {
		return nil, err
	}
	r.named = &namedKeys{keys: map[Key]bool{}}
	if err := p.Load(ctx); err != nil {
		return nil, err
	}
	if err := r.lookAround(ctx); err != nil {
		return nil, err
	}
	if !r.Index.Whole() {
		return nil, fmt.Errorf("not every issue could be read, and the tables of %s may be about those too; the log says which", name)
	}
	return r.Tables(ctx, name)
}

// namedKeys gathers the issues that a start finds named. Rounds look at these by
// themselves (lookBack, target); who makes no rounds has to look before there are tables.
type namedKeys struct {
	mu   sync.Mutex
	keys map[Key]bool
}

// note gathers what an issue names.
func (n *namedKeys) note(w *world, e Entry) {
	if n == nil {
		return
	}
	keys := w.namedHere(e.Items)
	for _, item := range e.Items {
		for _, ask := range item.Asks {
			keys = append(keys, ask.Target)
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, key := range keys {
		n.keys[key] = true
	}
}

func (n *namedKeys) take() []Key {
	n.mu.Lock()
	defer n.mu.Unlock()
	keys := slices.SortedFunc(maps.Keys(n.keys), compareKeys)
	clear(n.keys)
	return keys
}

// lookAround reads what the issues name and the start did not find by a label, and what
// those name in turn.
func (r *Reconciler) lookAround(ctx context.Context) error {
	cfg := r.Config()
	for keys := r.named.take(); len(keys) > 0; keys = r.named.take() {
		for _, key := range keys {
			key = canonical(cfg, key)
			if _, known := r.Index.Get(key); known || r.memory.isAbsent(key) {
				continue
			}
			if _, is := planCycle(cfg, key); is {
				continue
			}
			_, ok, err := r.look(ctx, cfg, key)
			if err != nil {
				return err
			}
			if !ok {
				r.memory.noteAbsent(key)
			}
		}
	}
	return nil
}

// saving gathers one cycle.
type saving struct {
	*Tables
	file    saved.File
	cycles  []cycle.Cycle
	repos   map[string]bool
	signed  map[string]bool
	answers map[string]saved.Holders
}

// save gathers what the tables are made of.
func (t *Tables) save(site render.Site) (saved.File, error) {
	if len(t.w.torn()) > 0 {
		t.r.Log.WithField("key", t.w.key.String()).Warn("a decision on the plan is missing or does not hold; the tables say so too")
	}
	s := &saving{Tables: t, repos: map[string]bool{}, signed: map[string]bool{}, answers: map[string]saved.Holders{}}
	c, cfg := t.cycle(), t.w.config
	s.file.Header = saved.Header{Cycle: c.Name, Plan: saved.Key{Key: t.w.key}, Read: t.w.now.UTC(),
		Site: saved.Site{GitHub: site.GitHub, Commands: site.Commands, Verify: site.Verify, Board: site.Board},
		KEPs: cfg.Repos.KEPs, OptInLabel: cfg.Repos.OptInLabel, Programme: programme(t.w)}
	s.calendar()
	s.repo(t.w.key)
	s.issue(t.w.key, Entry{Issue: t.w.issue})
	for _, one := range s.cycles {
		s.plan(one)
	}
	for _, key := range s.keys() {
		e, _ := t.r.Index.Get(key)
		if err := s.item(key, e); err != nil {
			return s.file, err
		}
	}
	for _, posted := range t.w.planning.posted {
		values, err := plan.Encode(posted.Decision)
		if err != nil {
			return s.file, err
		}
		s.decision(t.w.key, c.Name, posted.Comment, posted.At, values)
	}
	for name := range s.repos {
		repo, _ := cfg.Repo(name)
		s.file.Repos = append(s.file.Repos, saved.Repo{Name: repo.Name, KEPs: repo.KEPs})
	}
	slices.SortFunc(s.file.Repos, func(a, b saved.Repo) int { return cmp.Compare(a.Name, b.Name) })
	s.catalogues()
	err := s.holders()
	return s.file, err
}

// calendar takes the cycle, and those before it that its plan shows.
func (s *saving) calendar() {
	for _, c := range s.w.config.Calendar() {
		before := c.End.Before(s.cycle().End) && c.Plan != "" && s.w.mayName(c)
		if c.Name == s.cycle().Name || before {
			s.cycles = append(s.cycles, c)
			s.file.Cycles = append(s.file.Cycles, c)
		}
	}
}

// plan takes a plan issue. Of a cycle before only what its survey and report say.
func (s *saving) plan(c cycle.Cycle) {
	key, _ := planKey(c)
	if c.Name != s.cycle().Name {
		decided := s.r.Plans.Get(c)
		s.file.Plans = append(s.file.Plans, saved.Plan{Cycle: c.Name, Key: saved.Key{Key: key}, Private: decided.Private, Closing: decided.Closing})
		if known, ok := s.r.memory.record(key, c.Name); ok {
			s.record(key, c.Name, known.log, nil)
		}
		return
	}
	p := saved.Plan{Cycle: c.Name, Key: saved.Key{Key: key}, Private: s.w.issue.Private, Parts: s.parts,
		Closing: s.w.notices[closingKey(c.Name)], Missing: slices.Clone(s.w.torn())}
	if h := s.w.records[c.Name]; h != nil {
		p.Comment, p.Created = h.comment.ID, h.comment.Created.UTC()
		s.record(key, c.Name, h.log, func(r custody.Receipt) custody.Standing {
			words, present := s.w.present[r.Comment]
			return r.Standing(present, words)
		})
	}
	s.file.Plans = append(s.file.Plans, p)
}

// keys lists the issues that were spoken of in the cycles, and those that they ask.
func (s *saving) keys() []Key {
	found := map[Key]bool{}
	for _, key := range s.r.Index.Keys() {
		e, _ := s.r.Index.Get(key)
		_, isPlan := planCycle(s.w.config, key)
		if isPlan || !s.mayTell(e) {
			continue
		}
		for _, c := range s.cycles {
			if item := e.Items[c.Name]; item != nil {
				found[key] = true
				for _, ask := range item.Asks {
					found[ask.Target] = true
				}
			}
		}
	}
	maps.DeleteFunc(found, func(key Key, _ bool) bool {
		e, ok := s.r.Index.Get(key)
		_, isPlan := planCycle(s.w.config, key)
		return !ok || isPlan || !s.mayTell(e)
	})
	return slices.SortedFunc(maps.Keys(found), compareKeys)
}

// mayTell keeps what is private off a public plan.
func (s *saving) mayTell(e Entry) bool { return !e.Issue.Private || s.w.issue.Private }

// item takes an issue with its records and what was decided about its exceptions.
func (s *saving) item(key Key, e Entry) error {
	s.repo(key)
	s.issue(key, e)
	for _, c := range s.cycles {
		if e.Items[c.Name] == nil {
			continue
		}
		known, ok := s.r.memory.record(key, c.Name)
		if !ok {
			return fmt.Errorf("the record of %s on %s was not read", c.Name, key)
		}
		s.record(key, c.Name, known.log, nil)
		for _, posted := range e.Excepted[c.Name] {
			values, err := work.EncodeException(posted.Decision)
			if err != nil {
				return err
			}
			s.decision(key, c.Name, posted.Comment, posted.At, values)
		}
	}
	return nil
}

func (s *saving) repo(key Key) {
	if repo, ok := s.w.config.Repo(key.Repository()); ok {
		s.repos[repo.Name] = true
	}
}

// holders makes every table once, and keeps the answers to who held which role. A role
// is asked for only while a table is made.
func (s *saving) holders() error {
	s.w.lookup = func(role roles.Role, of, cycle string, at time.Time) ([]string, bool, bool) {
		logins, standIn, ok := s.w.roles.Listed(role, of, cycle, at)
		h := saved.Holders{Role: string(role), Of: of, Cycle: cycle, At: at.UTC(), Logins: logins, StandIn: standIn, Known: ok}
		s.answers[answerID(role, of, cycle, at)] = h
		return logins, standIn, ok
	}
	defer func() { s.w.lookup = nil }()
	again := &Tables{r: s.r, w: s.w, l: s.l, parts: s.parts}
	if err := again.fold(context.Background()); err != nil {
		return err
	}
	if _, err := again.Print(nil, time.Time{}); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(s.answers)) {
		s.file.Holders = append(s.file.Holders, s.answers[id])
	}
	return nil
}

// answerID names a question: who held a role at a time.
func answerID(role roles.Role, of, cycle string, at time.Time) string {
	return fmt.Sprintf("%s %s %s %s", cycle, role, of, at.UTC().Format(time.RFC3339Nano))
}
