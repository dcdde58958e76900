package plugin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/render"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// maxAsked is how many other issues are told, for one item in one cycle, that
// something is asked of them. Further asks stand in the record alone.
const maxAsked = 20

// toTell lists the asks of which the other side is to be told and has not been,
// in the order asked; how many wait until the item is in the plan; and how many
// are over what one item may have told. An ask that only the author or an
// assignee made waits: anybody can open an issue, so it must ping nobody until
// somebody with a role, or with write access, has put it into the plan.
func (w *world) toTell(l *ledger, a work.Assessment, cycle string) (now []work.Edge, waiting, over int) {
	for _, e := range a.Edges {
		switch {
		case a.Delivered:
		case !w.needsAsking(e) || w.told(l, askedOfKey(cycle, e.Ask.Target)):
		case !a.InPlan && e.Ask.Said.Role == string(roles.Author):
			waiting++
		default:
			now = append(now, e)
		}
	}
	room := maxAsked
	for _, key := range l.logs[cycle].Told {
		if strings.HasPrefix(key, "ask-"+cycle+"-") {
			room--
		}
	}
	if room = max(0, room); len(now) > room {
		now, over = now[:room], len(now)-room
	}
	return now, waiting, over
}

// planAsked plans the notice on an issue that is asked for something: once for
// each issue that asks, and a few in a minute.
func (r *Reconciler) planAsked(w *world, l *ledger, a work.Assessment, c cycle.Cycle, p *writes) {
	edges, _, _ := w.toTell(l, a, c.Name)
	room := r.memory.tries.room(w.key, w.now)
	for _, n := range p.notices {
		if n.target != w.key {
			room--
		}
	}
	for _, e := range edges {
		tells := askedOfKey(c.Name, e.Ask.Target)
		if _, stands := w.notices[tells]; stands || r.memory.tries.isShut(e.Ask.Target, w.now) {
			continue
		}
		facilitators, _, told := w.roles.Holders(roles.Facilitator, e.Target.SIG, c.Name, w.now)
		if !told {
			p.unheard(w)
			continue
		}
		if room--; room < 0 {
			if p.wait == nil {
				p.wait = &Wait{For: askedSpan, Why: "more issues are to be told what is asked of them"}
			}
			return
		}
		key := askedKey(c.Name, w.key)
		p.notices = append(p.notices, notice{target: e.Ask.Target, key: key, body: noticeBody(key, r.Site.Asked(e.Ask.Target, render.Asked{
			From: w.key, Title: w.issue.Title, SIG: a.SIG, By: e.Ask.By, ByTitle: windowTitle(c, e.Ask.By), Text: e.Ask.Text,
			Cycle: c.Name, Said: e.Ask.Said, Facilitators: facilitators,
		}))})
	}
}

// windowTitle is an increment's name as people read it.
func windowTitle(c cycle.Cycle, window string) string {
	for _, i := range c.Increments {
		if i.Name() == window {
			return i.Title()
		}
	}
	return window
}

// onlyHere keeps the notices on the issue itself.
func (w *world) onlyHere(list []notice) []notice {
	return slices.DeleteFunc(slices.Clone(list), func(n notice) bool { return n.target != w.key })
}

// writeOthers posts the notices on other issues. What fails there must not hold
// up the issue that asks: it is tried again, but for an issue that takes no
// comments (locked, archived, gone), which is left alone for a day. The error is
// for the end of the round.
func (r *Reconciler) writeOthers(ctx context.Context, w *world, list []notice) error {
	var failed error
	for _, n := range list {
		if n.target == w.key {
			continue
		}
		err := r.writeNotice(ctx, n)
		var wait *Wait
		switch {
		case err == nil:
			r.memory.tries.tells(w.key, w.now)
		case errors.Is(err, ErrGone) || errors.Is(err, ErrForbidden):
			r.memory.tries.shuts(n.target, w.now)
			r.Log.WithField("key", n.target.String()).WithError(err).Warn("an issue takes no comment: it is not told what is asked of it")
		case errors.As(err, &wait) || ctx.Err() != nil:
			return err
		case failed == nil:
			failed = err
		}
	}
	return failed
}
