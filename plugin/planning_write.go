package plugin

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// planPlanning turns a plan and what was decided into what should be on its issue.
func (r *Reconciler) planPlanning(ctx context.Context, w *world, l *ledger, s *state) (*writes, error) {
	p := &writes{}
	w.place(l, s)
	w.tell(l)
	w.tellDecisions(l)
	for _, c := range s.cycles {
		if err := r.planRecord(w, l, s, c, p); err != nil {
			return nil, err
		}
	}
	r.planLabels(w, l, s, p)
	if err := r.answers(w, l, p); err != nil {
		return nil, err
	}
	r.planTouched(w, l, s, p)
	r.planEvent(w, l, p)
	if s.plan != nil {
		if err := r.planDecisions(w, s, p); err != nil {
			return nil, err
		}
		if err := r.planTallies(ctx, w, l, s, p); err != nil {
			return nil, err
		}
		r.planSurvey(w, l, s, p)
		r.planClosing(w, l, s, p)
		r.planReplies(w, l, s, p)
	}
	r.planAcks(w, p)
	p.entry = w.entry(l.logs)
	return p, nil
}

// planText is what the record of a plan shows.
func (r *Reconciler) planText(w *world, l *ledger, s *state, parts int) string {
	log := l.logs[w.planning.cycle.Name]
	v := r.planPage(w, s)
	v.Parts = parts
	for _, said := range work.Lines(log) {
		receipt, _ := log.Receipt(said.Comment)
		words, present := w.present[said.Comment]
		v.History = append(v.History, render.Line{Said: said, Standing: receipt.Standing(present, words), Rebuilt: receipt.Rebuilt})
	}
	for _, receipt := range log.Receipts {
		words, present := w.present[receipt.Comment]
		switch receipt.Standing(present, words) {
		case custody.StandingEdited:
			v.Edited++
		case custody.StandingDeleted:
			v.Deleted++
		}
		if receipt.Rebuilt {
			v.Rebuilt++
		}
	}
	text := r.site(w).Plan(v)
	if len(w.torn()) > 0 {
		text = r.Site.DecisionMissing(len(w.torn())) + "\n" + text
	}
	return text
}

// planDecisions plans what is to be decided now, and says when to look again.
// Nothing is decided while a decision is missing.
func (r *Reconciler) planDecisions(w *world, s *state, p *writes) error {
	if !w.planning.cycle.Open(w.now) {
		return nil
	}
	leads, told := w.leadsOf(w.planning.cycle)
	for _, due := range s.plan.assessment.Due {
		switch {
		case len(due.Untold) > 0:
			r.Log.WithField("key", w.key.String()).WithField("seats", due.Untold).Warn("a decision waits: who holds these seats could not be read")
			p.soonest(w, w.now.Add(time.Minute), "who holds a seat could not be read")
		case due.Decision == nil:
			p.soonest(w, due.After, string(due.Kind)+" is due then")
		case !r.concludes(w, due.After.Add(-plan.Settling), p): // what was not read must not be missing in a snapshot
		case !told && callsLeads(due.Kind):
			p.unheard(w)
		case len(p.decide) > 0:
			p.soonest(w, w.now.Add(time.Second), "one decision after the other, each read back before the next")
		default:
			values, err := plan.Encode(due.Decision)
			if err != nil {
				return err
			}
			bodies, err := r.sealDecision(w, w.planning.cycle.Name, due.Decision.Key(), values, r.decisionText(w, s, due.Decision, leads))
			if err != nil {
				return err
			}
			p.decide = append(p.decide, bodies)
		}
	}
	if len(w.torn()) == 0 {
		r.planReminder(w, s, p)
	}
	return nil
}

// soonest has the round come back at a time, or sooner if it must.
func (p *writes) soonest(w *world, at time.Time, why string) {
	d := max(time.Second, at.Sub(w.now))
	if p.wait == nil || d < p.wait.For {
		p.wait = &Wait{For: d, Why: why}
	}
}

// decisionText words a decision.
func (r *Reconciler) decisionText(w *world, s *state, d plan.Decision, leads []string) string {
	c := w.planning.cycle.Name
	switch v := d.(type) {
	case plan.VoteOpened:
		return r.site(w).VoteOpened(w.key, c, v)
	case plan.VoteResult:
		return r.site(w).VoteResult(w.key, c, v, leads)
	case plan.Rework:
		return r.site(w).Reworked(w.key, c, v, len(s.plan.assessment.Approval.Items), leads)
	case plan.PrunePreview:
		return r.site(w).PrunePreview(w.key, c, v)
	case plan.Pruned:
		return r.site(w).Pruned(w.key, c, v)
	}
	return ""
}

// leadsOf are the release leads and the product-management representatives. ok is false
// where that could not be told: who must hear of something is then not called at all.
func (w *world) leadsOf(c cycle.Cycle) (names []string, ok bool) {
	lead, _, leadRead := w.roles.Holders(roles.ReleaseLead, "", c.Name, w.now)
	pm, _, pmRead := w.roles.Holders(roles.PM, "", c.Name, w.now)
	return unite(lead, pm), leadRead && pmRead
}

// unheard notes that something waits until those can be called who must hear of it.
func (p *writes) unheard(w *world) {
	p.soonest(w, w.now.Add(time.Minute), "who must hear of it could not be read")
}

// callsLeads tells which decisions on a plan call them.
func callsLeads(k plan.Kind) bool { return k == plan.KindVoteResult || k == plan.KindRework }

// reminderBefore is how long before the end of a vote those hear who have not voted.
const reminderBefore = 24 * time.Hour

func (r *Reconciler) planReminder(w *world, s *state, p *writes) {
	a := s.plan.assessment
	if w.repo.Quiet || a.Phase != plan.PhaseOpen || len(a.Missing) == 0 {
		return
	}
	at := a.Until.Add(-reminderBefore)
	if at.Before(a.Last.Opened.Asked.Said.Add(reminderBefore)) { // a short vote needs no reminder
		return
	}
	if w.now.Before(at) {
		p.soonest(w, at, "seats that have not voted are reminded then")
		return
	}
	var missing []plan.Seat
	for _, seat := range a.Seats {
		if slices.Contains(a.Missing, seat.Name) {
			missing = append(missing, seat.Seat)
		}
	}
	key := fmt.Sprintf("reminder-%s-%d", w.planning.cycle.Name, a.Round)
	w.once(&ledger{logs: w.logs()}, &p.notices, key, func() string {
		return r.Site.VoteReminder(w.key, w.planning.cycle.Name, a.Last.Opened, missing)
	})
}

// logs are the records as they stand.
func (w *world) logs() map[string]custody.Log {
	logs := map[string]custody.Log{}
	for name, h := range w.records {
		logs[name] = h.log
	}
	return logs
}

// planReplies answers those who ask: at most one reply to each question in ten
// minutes, which later askers find edited.
func (r *Reconciler) planReplies(w *world, l *ledger, s *state, p *writes) {
	if w.repo.Quiet { // the record is there to read
		for _, q := range l.asked {
			if q.Acks == 0 && !r.memory.tries.isMute(q.ID) {
				p.acks = append(p.acks, ack{q.Comment, "+1"})
			}
		}
		return
	}
	if h := w.records[w.planning.cycle.Name]; len(l.asked) > 0 && (h == nil || h.comment.ID == 0) {
		p.soonest(w, w.now.Add(time.Second), "a reply names the record, which is being made")
		return
	}
	latest := map[string]planQuery{}
	for _, q := range l.asked {
		latest[queryName(q)] = q
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range latest {
			if !yield(name) {
				return
			}
		}
	}) {
		q := latest[name]
		var last Comment
		for _, c := range w.comments {
			if m, ok := custody.FindMarker(c.Body); ok && c.Author.ID == r.Self.ID && strings.HasPrefix(m.Key, name+"-") {
				last = c
			}
		}
		if w.answers(q.Comment, last) {
			continue
		}
		n := notice{target: w.key, key: name + "-" + commentName(q.ID)}
		if w.now.Sub(last.Created) < replyWindow {
			m, _ := custody.FindMarker(last.Body)
			n.edit, n.key = last.ID, m.Key
		}
		text := r.replyText(w, l, s, q)
		if answer := r.Site.AnswerTo(w.key, q.ID); !strings.HasSuffix(strings.TrimSpace(text), answer) {
			text += "\n" + answer
		}
		n.body = noticeBody(n.key, text)
		p.notices = append(p.notices, n)
	}
}

func queryName(q planQuery) string { return queryPrefix + string(q.about) + "-" + cmp.Or(q.sig, "all") }

func (r *Reconciler) replyText(w *world, l *ledger, s *state, q planQuery) string {
	record := int64(0)
	if h := w.records[w.planning.cycle.Name]; h != nil {
		record = h.comment.ID
	}
	asked := render.Query{SIG: q.sig, Comment: q.ID, Record: record}
	switch q.about {
	case plan.QueryWho:
		return r.Site.PlanWho(w.key, w.planning.cycle.Name, w.seatHolders(q.sig), asked)
	case plan.QueryNotes:
		return r.site(w).NotesReady(w.key, draft(w, s), r.site(w).OfPlan(w.planning.cycle.Name, "notes"), q.ID)
	}
	page := r.planPage(w, s)
	now := w.tallyNow(l, s)
	page.Tally = &now
	return r.site(w).PlanStatus(page, asked)
}

// approvedKeys is nil where nothing is approved: what is in the plan counts then.
func approvedKeys(a plan.Approval) map[Key]bool {
	if a.Round == 0 {
		return nil
	}
	keys := map[Key]bool{}
	for key := range a.Items {
		keys[key] = true
	}
	return keys
}

// writeDecisions posts what was decided. Nothing follows from it before it was read
// back.
func (r *Reconciler) writeDecisions(ctx context.Context, w *world, decide [][]string) error {
	for _, bodies := range decide {
		var texts []decisionText
		for _, body := range bodies {
			c, err := r.Write.CreateComment(ctx, w.key, body)
			if err != nil {
				return err
			}
			r.memory.wrote(w.key, c.ID, c.Created)
			m, _ := custody.FindMarker(body)
			texts = append(texts, decisionText{c.ID, m.Cycle, m.Key, m.Part, body})
		}
		for _, t := range texts { // it stands whole
			r.memory.decided.keep(w.key, t)
		}
	}
	return nil
}

// tellItems has the items looked at for which something was decided.
func (r *Reconciler) tellItems(w *world) {
	h := w.records[w.planning.cycle.Name]
	if h == nil {
		h = &held{}
	}
	c, now := w.planning.cycle, w.planState(h.log)
	before := r.Plans.Get(c)
	touched := r.Plans.Put(c.Name, now)
	if !now.Known {
		return // nothing follows for them: they stay as they are
	}
	if now.changed(before) { // what is not approved is unplanned from now on, or no longer
		touched = slices.DeleteFunc(r.Index.Keys(), func(key Key) bool { e, _ := r.Index.Get(key); return e.Items[c.Name] == nil })
	}
	for _, key := range touched {
		r.Enqueue(key)
	}
	if before.Closing != now.Closing { // which the plan of the next cycle shows
		for _, key := range planKeys(r.Config()) {
			if !key.Same(w.key) {
				r.Enqueue(key)
			}
		}
	}
}

// tellPlans has the plans of the cycles looked at in which an item changed.
func (r *Reconciler) tellPlans(before, now Entry) {
	for _, c := range r.Config().Calendar() {
		key, ok := planKey(c)
		if !ok || before.Items[c.Name] == nil && now.Items[c.Name] == nil {
			continue
		}
		if !reflect.DeepEqual(before.Items[c.Name], now.Items[c.Name]) || !reflect.DeepEqual(before.Issue, now.Issue) {
			r.Calm(key)
		}
	}
}
