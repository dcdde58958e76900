package plugin

import (
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// Exceptions are asked for and decided on the item itself: lines with receipts, and
// one signed decision for each request (decisions.go). What follows from a grant is
// the label, and the milestone once.

// postedExceptions are the decisions on exceptions that hold, by comment.
func (w *world) postedExceptions(cycle string) []work.PostedException {
	if w.asIndexed {
		return w.excepted[cycle]
	}
	d := w.decided[cycle]
	if d == nil || w.planning != nil {
		return nil
	}
	var out []work.PostedException
	for _, whole := range d.whole {
		out = append(out, work.PostedException{Comment: whole.comment, At: whole.at, Decision: whole.value.(work.ExceptionDecided)})
	}
	return out
}

// allPostedExceptions are those of every cycle.
func (w *world) allPostedExceptions() map[string][]work.PostedException {
	out := map[string][]work.PostedException{}
	for name := range w.decided {
		if posted := w.postedExceptions(name); len(posted) > 0 {
			out[name] = posted
		}
	}
	return out
}

// exceptionFacts are what exceptions of an item are held against. asked are the issues
// that depend on it.
func (r *Reconciler) exceptionFacts(w *world, item *work.Item, c cycle.Cycle, asked []Key) work.ExceptionFacts {
	completed := w.issue.Closed && w.issue.StateReason == "completed"
	said, at := item.DeliveredAt(work.Checklist(w.issue.Body))
	if completed && (!said || w.issue.ClosedAt.Before(at)) {
		at = w.issue.ClosedAt
	}
	return work.ExceptionFacts{
		Now: w.now, Cycle: c, Owner: work.OwningSIG(item, w.issue, w.keps, w.repo.KEPs), Dependants: w.dependants(r.Index, c.Name, asked),
		Delivered: completed || said, DeliveredAt: at,
	}
}

// dependants are the SIGs of those issues, of the ones that depend on this one, whose
// support an exception needs: what is in the plan, and what a facilitator or lead
// asks for. Anybody can open an issue that names a KEP and depends on
// something, and must hold up nothing by that.
func (w *world) dependants(x *Index, cycle string, asked []Key) []string {
	var weigh []Key
	for _, key := range asked {
		e, ok := x.Get(key)
		if !ok || e.Items[cycle] == nil {
			continue
		}
		item := e.Items[cycle]
		byRole := func(a work.Ask) bool { return a.Target == w.key && a.Said.Role != string(roles.Author) }
		if item.Committed() || e.OptsIn && e.Issue.Milestone == cycle || slices.ContainsFunc(item.Asks, byRole) {
			weigh = append(weigh, key)
		}
	}
	return addSIGs(nil, x, weigh)
}

// planExceptions plans what is to be decided on the exceptions of an item, and what
// follows from those that were granted. Nothing is decided while a decision is missing,
// or while it is not known who depends on the item.
func (r *Reconciler) planExceptions(w *world, l *ledger, s *state, p *writes) error {
	for _, c := range s.cycles {
		a := s.views[c.Name]
		if !c.Open(w.now) || len(a.Exceptions) == 0 {
			continue
		}
		if len(w.decisionsOf(c.Name).torn) > 0 {
			if err := r.remakeExceptions(w, a, c, p); err != nil {
				return err
			}
			continue
		}
		if err := r.decideExceptions(w, a, c, p); err != nil {
			return err
		}
		w.grantMilestone(l, a, c, p)
		r.exceptionNotices(w, l, a, c, p)
	}
	return nil
}

// decideExceptions seals what is due. One decision is made after the other.
func (r *Reconciler) decideExceptions(w *world, a work.Assessment, c cycle.Cycle, p *writes) error {
	hear, told := w.heardOf(a, c)
	for _, due := range work.DueExceptions(a.Item, w.postedExceptions(c.Name), r.exceptionFacts(w, a.Item, c, a.Asked)) {
		switch {
		case due.Decision == nil:
			p.soonest(w, due.After, "an exception is decided then")
		case !r.concludes(w, due.After.Add(-work.Settling), p): // an issue that was not read may depend on this
		case len(p.decide) > 0:
			p.soonest(w, w.now.Add(time.Second), "one decision after the other")
		case !told:
			p.unheard(w)
		default:
			if err := r.postException(w, c, *due.Decision, hear, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// postException words and seals a decision.
func (r *Reconciler) postException(w *world, c cycle.Cycle, d work.ExceptionDecided, hear []string, p *writes) error {
	values, err := work.EncodeException(d)
	if err != nil {
		return err
	}
	bodies, err := r.sealDecision(w, c.Name, d.Key(), values, r.Site.ExceptionDecided(w.key, c.Name, d, hear))
	if err != nil {
		return err
	}
	p.decide = append(p.decide, bodies)
	return nil
}

// remakeExceptions makes a decision anew that was deleted while nobody knew its text. All
// that it rests on is in receipts, which are signed: it says the same, unless the calendar
// moved the freeze since. Nobody is called again.
func (r *Reconciler) remakeExceptions(w *world, a work.Assessment, c cycle.Cycle, p *writes) error {
	for _, key := range w.decisionsOf(c.Name).torn {
		d, ok := work.RemakeException(a.Item, key, w.postedExceptions(c.Name), r.exceptionFacts(w, a.Item, c, a.Asked))
		switch {
		case !ok:
		case !r.Index.Heard():
			p.soonest(w, w.now.Add(r.Index.Again()), "not every issue was read and judged yet: one may depend on this")
		case len(p.decide) == 0:
			r.Log.WithField("key", w.key.String()).WithField("decision", key).Warn("a decision was lost; it is made anew from the receipts")
			return r.postException(w, c, d, nil, p)
		}
	}
	return nil
}

// heardOf are those who hear what became of an exception: release lead, product
// management, and the owner. ok is false where that could not be told.
func (w *world) heardOf(a work.Assessment, c cycle.Cycle) (names []string, ok bool) {
	leads, leadsRead := w.leadsOf(c)
	owners, ownersRead := w.facilitatorsOf(a.SIG, c)
	return unite(leads, owners), leadsRead && ownersRead
}

func (w *world) facilitatorsOf(sig string, c cycle.Cycle) (names []string, ok bool) {
	names, _, ok = w.roles.Holders(roles.Facilitator, sig, c.Name, w.now)
	return names, ok
}

// unite lists logins once each.
func unite(lists ...[]string) []string {
	var out []string
	for _, login := range slices.Concat(lists...) {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, login) }) {
			out = append(out, login)
		}
	}
	return out
}

// grantMilestone puts a granted item that is in no milestone into that of the release,
// once for each grant: who takes it out again, or has put it into another, means it.
func (w *world) grantMilestone(l *ledger, a work.Assessment, c cycle.Cycle, p *writes) {
	log, has := l.logs[c.Name]
	for _, e := range a.Exceptions {
		if !e.Granted() || !has || w.issue.Closed {
			continue
		}
		key := grantedKey(e)
		switch {
		case log.WasTold(key):
		case w.issue.Milestone != "", w.records[c.Name] != nil && w.records[c.Name].rebuilt: // then it is not known whether it was done
			log.Tell(key)
			l.logs[c.Name] = log
		default:
			p.milestone = c.Name
		}
	}
}

// grantedKey names in a record that the milestone of a grant was seen to.
func grantedKey(e work.Exception) string { return "granted-" + e.Decided.Key() }

// lacksMilestone reports whether an item waits for the milestone that a grant sets: its
// repository may have none of that title.
func (w *world) lacksMilestone(log custody.Log, e work.Exception) bool {
	return e.Granted() && w.issue.Milestone == "" && !w.issue.Closed && !log.WasTold(grantedKey(e))
}

// exceptionNotices reminds the owner a day before an exception ends, and says when it
// has ended: it is never taken back in silence.
func (r *Reconciler) exceptionNotices(w *world, l *ledger, a work.Assessment, c cycle.Cycle, p *writes) {
	owners, ownersRead := w.facilitatorsOf(a.SIG, c)
	hear, told := w.heardOf(a, c)
	for _, e := range a.Exceptions {
		if e.Decided == nil || !e.Decided.Granted {
			continue
		}
		done := a.Delivered || w.issue.Closed
		switch {
		case e.State == work.ExceptionExpired && !e.DoneLate && !w.issue.Closed:
			w.onceHeard(l, p, told, "expired-"+c.Name+"-"+e.Decided.Key(), func() string {
				return r.Site.ExceptionExpired(w.key, c.Name, *e.Decided, hear)
			})
		case done:
		case w.repo.Quiet && w.now.Before(e.Expires()): // nobody is reminded; that it ended is said all the same
			p.soonest(w, e.Expires(), "an exception ends then")
		case w.now.Before(e.RemindAt()):
			p.soonest(w, e.RemindAt(), "the end of an exception is near then")
		case w.now.Before(e.Expires()):
			w.onceHeard(l, p, ownersRead, "ends-"+c.Name+"-"+e.Decided.Key(), func() string {
				return r.Site.ExceptionReminder(w.key, c.Name, *e.Decided, owners)
			})
			p.soonest(w, e.Expires(), "an exception ends then")
		}
	}
}

// keepExceptions lists the labels that stay as they are while a decision on the item is
// missing.
func (w *world) keepExceptions(c cycle.Cycle) []string {
	if d := w.decided[c.Name]; d == nil || len(d.torn) == 0 {
		return nil
	}
	return []string{config.LabelExceptionRequested, config.LabelExceptionApproved, config.LabelUnplanned}
}

// missing is what the record of an item says first while a decision on it is missing.
func (r *Reconciler) missing(w *world, c cycle.Cycle) string {
	if d := w.decided[c.Name]; d != nil && len(d.torn) > 0 {
		return r.Site.ExceptionMissing(len(d.torn)) + "\n"
	}
	return ""
}
