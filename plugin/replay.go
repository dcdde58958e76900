package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/saved"
	"github.com/steelthread/steelthread/plugin/work"
)

// ErrSaved is returned for a file whose lines are well formed and do not fit together.
var ErrSaved = errors.New("this export does not fit together")

// Replay makes the tables of a cycle from what Export wrote, and from nothing else: it
// fills what a round reads from, and folds that with the functions of a round.
func Replay(in io.Reader) (*Tables, error) {
	f, err := saved.Read(in)
	if err != nil {
		return nil, err
	}
	p := &replaying{file: f, plans: map[Key]saved.Plan{}, issues: map[Key]saved.Issue{}, entries: map[Key]*Entry{}, planLogs: map[string]custody.Log{}}
	for _, step := range []func() error{p.configure, p.world, p.sort, p.records, p.decisions, p.earlier} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSaved, err)
		}
	}
	for key, e := range p.entries {
		p.r.Index.entries[key] = *e
	}
	t := &Tables{r: p.r, w: p.w, l: &ledger{logs: p.w.logs()}, parts: p.plans[p.w.key].Parts}
	return t, t.fold(context.Background())
}

// replaying is what is known of a file so far.
type replaying struct {
	file     saved.File
	config   *config.Config
	r        *Reconciler // it has no GitHub: what is not in the index is not there
	w        *world
	plans    map[Key]saved.Plan
	issues   map[Key]saved.Issue
	entries  map[Key]*Entry
	planLogs map[string]custody.Log // of plan issues, by cycle
}

// wrong says what is wrong with a value, and on which line it stands.
func (p *replaying) wrong(v any, format string, args ...any) error {
	return fmt.Errorf("line %d: %w", p.file.Line(v), fmt.Errorf(format, args...))
}

// configure makes the configuration of then, as far as tables look at it.
func (p *replaying) configure() error {
	h := p.file.Header
	repos := config.Repos{Work: map[string]config.WorkRepo{}, KEPs: h.KEPs, OptInLabel: h.OptInLabel}
	for _, repo := range p.file.Repos {
		repos.Work[repo.Name] = config.WorkRepo{KEPs: repo.KEPs}
	}
	p.config = config.Saved(repos, cycle.Calendar(p.file.Cycles), h.Programme)
	p.r = &Reconciler{Config: func() *config.Config { return p.config }, Index: NewIndex(), Plans: NewPlans(), memory: newMemory(),
		Site: render.Site{GitHub: h.Site.GitHub, Commands: h.Site.Commands, Verify: h.Site.Verify, Board: h.Site.Board}}
	return nil
}

// world makes that of the plan issue.
func (p *replaying) world() error {
	h := p.file.Header
	c, ok := cycle.Calendar(p.file.Cycles).Find(h.Cycle)
	if !ok || c.Name != h.Cycle {
		return fmt.Errorf("there is no line for the cycle %q", h.Cycle)
	}
	for _, one := range p.file.Plans {
		if _, two := p.plans[one.Key.Key]; two {
			return p.wrong(one, "%s is the plan of two cycles", one.Key)
		}
		p.plans[one.Key.Key] = one
	}
	for _, i := range p.file.Issues {
		p.issues[i.Key.Key] = i
	}
	at, isPlan := p.plans[h.Plan.Key]
	issue, known := p.issues[h.Plan.Key]
	repo, configured := p.config.Repo(h.Plan.Repository())
	if !isPlan || at.Cycle != c.Name || !known || !configured {
		return fmt.Errorf("the plan issue %s of %s is not in it whole: it takes a line of type plan, one of type issue, and one for its repository", h.Plan, h.Cycle)
	}
	p.w = p.empty(h.Plan.Key, c, repo)
	p.w.issue, p.w.lookup = readIssueLine(issue), p.lookup()
	p.w.planning.private = p.w.issue.Private
	p.w.keps = p.keps()
	p.take(p.w, at)
	if len(at.Missing) > 0 {
		p.w.decisionsOf(c.Name).torn = at.Missing
	}
	return nil
}

// empty is the world of a plan issue of which nothing is known yet.
func (p *replaying) empty(key Key, c cycle.Cycle, repo config.Repo) *world {
	return &world{key: key, now: p.file.Header.Read, plans: p.r.Plans, config: p.config, repo: repo, planning: &planning{cycle: c},
		records: map[string]*held{}, notices: map[string]int64{}, present: map[int64]string{}, decided: map[string]*decisions{}}
}

// take takes what stands on a plan issue.
func (p *replaying) take(w *world, at saved.Plan) {
	if at.Comment != 0 {
		w.records[at.Cycle] = &held{comment: Comment{ID: at.Comment, Created: at.Created}}
	}
	if at.Closing != 0 {
		w.notices[closingKey(at.Cycle)] = at.Closing
	}
}

// lookup answers who held a role as it was answered then.
func (p *replaying) lookup() lookup {
	answers := map[string]saved.Holders{}
	for _, h := range p.file.Holders {
		answers[answerID(roles.Role(h.Role), h.Of, h.Cycle, h.At)] = h
	}
	return func(role roles.Role, of, cycle string, at time.Time) (logins []string, standIn, ok bool) {
		h := answers[answerID(role, of, cycle, at)]
		return h.Logins, h.StandIn, h.Known
	}
}

func (p *replaying) keps() work.Catalogues {
	byRepo := map[string][]kep.KEP{}
	for _, k := range p.file.KEPs {
		byRepo[k.Repo] = append(byRepo[k.Repo], kepOf(k))
	}
	out := work.Catalogues{}
	for _, c := range p.file.Catalogues {
		out[c.Repo] = kep.NewCatalogue(c.Repo, "", byRepo[c.Repo])
	}
	return out
}

// sort tells items from plan issues.
func (p *replaying) sort() error {
	for _, i := range p.file.Issues {
		key := i.Key.Key
		if _, isPlan := p.plans[key]; isPlan {
			continue
		}
		if _, ok := p.config.Repo(key.Repository()); !ok {
			return p.wrong(i, "there is no line for the repository of %s", key)
		}
		p.entries[key] = &Entry{Issue: readIssueLine(i), OptsIn: slices.Contains(i.Labels, p.config.Repos.OptInLabel), SIG: i.SIG, KEP: i.KEP, Items: map[string]*work.Item{}, Said: map[string][]custody.Receipt{},
			Excepted: map[string][]work.PostedException{}, Notified: map[string]int{}}
	}
	return nil
}

// records folds what was accepted.
func (p *replaying) records() error {
	for _, r := range p.file.Records {
		log := logOf(r)
		if at, isPlan := p.plans[r.Key.Key]; isPlan {
			if at.Cycle != r.Cycle {
				return p.wrong(r, "%s is the plan of %s, and has a record of %s", r.Key, at.Cycle, r.Cycle)
			}
			p.planLogs[r.Cycle] = log
			if r.Key.Key == p.w.key {
				p.ownRecord(r, log)
			}
			continue
		}
		e, ok := p.entries[r.Key.Key]
		if !ok {
			return p.wrong(r, "there is no line for the issue %s, of which there is a record", r.Key)
		}
		e.take(r.Key.Key, log)
	}
	return nil
}

// ownRecord is that of the plan, with what became of the comments.
func (p *replaying) ownRecord(r saved.Record, log custody.Log) {
	h := p.w.records[r.Cycle]
	if h == nil {
		h = &held{}
		p.w.records[r.Cycle] = h
	}
	h.log = log
	for _, receipt := range r.Receipts {
		switch receipt.Standing {
		case custody.StandingDeleted:
		case custody.StandingEdited:
			p.w.present[receipt.Comment] = receipt.Words + " edited"
		default:
			p.w.present[receipt.Comment] = receipt.Words
		}
	}
}

// decisions takes what was decided.
func (p *replaying) decisions() error {
	for _, d := range p.file.Decisions {
		if d.Key.Key == p.w.key {
			v, err := plan.Decode(d.Values)
			if err == nil && d.Cycle != p.w.planning.cycle.Name {
				err = fmt.Errorf("it is of the cycle %q", d.Cycle)
			}
			if err != nil {
				return p.wrong(d, "the decision in comment %d on %s: %w", d.Comment, d.Key, err)
			}
			p.w.planning.posted = append(p.w.planning.posted, plan.Posted{Comment: d.Comment, At: d.At, Decision: v})
			continue
		}
		e, ok := p.entries[d.Key.Key]
		if !ok {
			return p.wrong(d, "there is no line for the issue %s, of which there is a decision", d.Key)
		}
		v, err := work.DecodeException(d.Values)
		if err != nil {
			return p.wrong(d, "the decision in comment %d on %s: %w", d.Comment, d.Key, err)
		}
		e.Excepted[d.Cycle] = append(e.Excepted[d.Cycle], work.PostedException{Comment: d.Comment, At: d.At, Decision: v})
	}
	return nil
}

// earlier says what is known of the plans, those of cycles before among them.
func (p *replaying) earlier() error {
	for _, at := range p.file.Plans {
		key := at.Key.Key
		c, ok := cycle.Calendar(p.file.Cycles).Find(at.Cycle)
		if !ok {
			return p.wrong(at, "there is no line for the cycle %q of the plan issue %s", at.Cycle, key)
		}
		w := p.w
		if key != p.w.key {
			w = p.empty(key, c, config.Repo{})
			w.planning.private = at.Private
			p.take(w, at)
		}
		p.r.Plans.Put(c.Name, w.planState(p.planLogs[c.Name]))
	}
	return nil
}
