package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/work"
)

// exceptionsDoc is the exceptions of a cycle, as their page and their JSON show them
// (package doc).
type exceptionsDoc struct {
	Cycle      string         `json:"cycle"`
	AsOf       time.Time      `json:"asOf"`
	States     []stateDoc     `json:"states,omitempty"`
	Exceptions []exceptionDoc `json:"exceptions,omitempty"`
}

// stateDoc counts the exceptions in one state.
type stateDoc struct {
	State string `json:"state"`
	Count int    `json:"count"`
}

type exceptionDoc struct {
	Issue     issueRef     `json:"issue"`
	SIG       string       `json:"sig"`
	Freeze    string       `json:"freeze"`
	State     string       `json:"state"`
	Days      int          `json:"days"`
	Granted   int          `json:"granted,omitempty"`
	Due       cycle.Day    `json:"due,omitzero"`
	Reason    string       `json:"reason,omitempty"`
	Why       string       `json:"why,omitempty"`
	RiskLate  string       `json:"riskLate,omitempty"`
	RiskCut   string       `json:"riskCut,omitempty"`
	PRs       string       `json:"prs,omitempty"`
	Requested *saidBy      `json:"requested,omitempty"`
	Missing   []string     `json:"missing,omitempty"`
	Needed    []string     `json:"needed,omitempty"`
	Waiting   []string     `json:"waiting,omitempty"`
	Supports  []supportDoc `json:"supports,omitempty"`
	Lead      *wordDoc     `json:"releaseLead,omitempty"`
	PM        *wordDoc     `json:"productManagement,omitempty"`
	Withdrawn *saidBy      `json:"withdrawn,omitempty"`
	Decided   *decidedDoc  `json:"decided,omitempty"`

	DueText string `json:"-"`
	Given   int    `json:"-"` // of the supports that are needed
	Open    bool   `json:"-"` // it still waits for somebody
}

type supportDoc struct {
	SIG  string  `json:"sig"`
	Said *saidBy `json:"said"`
}

// wordDoc is what the release lead or product management said.
type wordDoc struct {
	Approve bool    `json:"approve"`
	Days    int     `json:"days,omitempty"`
	Text    string  `json:"text,omitempty"`
	Said    *saidBy `json:"said"`
}

// decidedDoc is the comment that decided.
type decidedDoc struct {
	At  time.Time `json:"at"`
	URL string    `json:"url,omitempty"`
}

// exceptionStates are in the order of the page: first those that wait for somebody.
var exceptionStates = []work.ExceptionState{work.ExceptionRequested, work.ExceptionDraft, work.ExceptionGranted,
	work.ExceptionExpired, work.ExceptionDenied, work.ExceptionWithdrawn}

// stateOrder puts a state that is not known behind all others.
func stateOrder(s work.ExceptionState) int {
	if n := slices.Index(exceptionStates, s); n >= 0 {
		return n
	}
	return len(exceptionStates)
}

// exceptionsDoc takes a plan from which what is private was taken out.
func (l links) exceptionsDoc(p Plan) exceptionsDoc {
	d := exceptionsDoc{Cycle: p.Cycle.Name, AsOf: p.Read.UTC()}
	list := slices.SortedStableFunc(slices.Values(p.Exceptions), func(a, b ItemException) int {
		return cmp.Or(cmp.Compare(stateOrder(a.State), stateOrder(b.State)), bySIG(a.SIG, b.SIG), plan.CompareKeys(a.Key, b.Key),
			a.Requested.Mark().Compare(b.Requested.Mark()), cmp.Compare(a.Freeze, b.Freeze))
	})
	for _, e := range list {
		one := l.exceptionDoc(e)
		if last := len(d.States) - 1; last >= 0 && d.States[last].State == one.State {
			d.States[last].Count++
		} else {
			d.States = append(d.States, stateDoc{one.State, 1})
		}
		d.Exceptions = append(d.Exceptions, one)
	}
	return d
}

func (l links) exceptionDoc(e ItemException) exceptionDoc {
	d := exceptionDoc{Issue: l.item(e.Key, e.Title), SIG: e.SIG, Freeze: short(e.Freeze), State: short(string(e.State)), Days: e.Days,
		Reason: short(e.Reason), Why: short(e.Why), RiskLate: short(e.RiskLate), RiskCut: short(e.RiskCut), PRs: short(e.PRs),
		Requested: l.said(e.Key, e.Requested), Missing: shortAll(e.Missing), Needed: shortAll(e.Needed), Waiting: shortAll(e.Waiting), Withdrawn: l.said(e.Key, e.Withdrawn),
		Given: len(e.Needed) - len(e.Waiting), Open: e.State == work.ExceptionRequested || e.State == work.ExceptionDraft}
	for _, s := range e.Supports {
		d.Supports = append(d.Supports, supportDoc{short(s.SIG), l.asked(e.Key, s.Asked)})
	}
	for _, v := range e.Votes {
		one := &wordDoc{Approve: v.Approve, Days: v.Days, Text: short(v.Text), Said: l.asked(e.Key, v.Asked)}
		one.Said.As = "" // the column and the field say it
		switch roles.Role(v.Role) {
		case roles.ReleaseLead:
			d.Lead = one
		case roles.PM:
			d.PM = one
		}
	}
	if e.Decided != nil {
		d.Decided = &decidedDoc{e.DecidedAt.UTC(), l.comment(e.Key, e.DecidedIn)}
		if e.Decided.Granted {
			d.Granted, d.Due = e.Decided.Days, e.Decided.Due
		}
	}
	if !d.Due.IsZero() {
		d.DueText = plan.UntilWords(d.Due.EndAoE())
	}
	return d
}

// asked is who said a line that a decision counts.
func (l links) asked(on work.Key, a work.Asked) *saidBy {
	said := &saidBy{Login: short(a.Login), At: a.Said.UTC(), URL: l.comment(on, a.Comment)}
	if a.Role != "" {
		said.As = short(roles.Role(a.Role).Title(""))
	}
	return said
}

// waits lists SIGs as people read them.
func waits(sigs []string) string {
	var out []string
	for _, s := range sigs {
		out = append(out, sigWords(s))
	}
	return strings.Join(out, ", ")
}
