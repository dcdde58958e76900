package plugin

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Scanner finds our commands in comments.
var Scanner = slash.NewScanner(slash.Verbs{Names: Verbs(), WithNamedLines: work.NamedLines, NeedNumber: plan.NeedNumber, Foreign: slash.ProwVerbs})

// replyLog is the signed content of one reply: the lines that it refuses, by
// comment, line and reason, the comments of which it says that they were changed
// after they were read, and those that it warns of. On an issue without a record it is the receipt.
type replyLog struct {
	Refused []custody.Receipt `json:"refused,omitempty"`
	Changed []int64           `json:"changed,omitempty"`
	Warned  []int64           `json:"warned,omitempty"`
}

// replyKey is the notice key of a reply to one author, refusedKey, changedKey and
// warnedKey are those of what it answers.
func replyKey(author, comment int64) string {
	return "reply-" + strconv.FormatInt(author, 10) + "-" + commentName(comment)
}

// commentName is a comment in a key: its id, or that of a review behind an r.
func commentName(comment int64) string {
	if comment < 0 {
		return "r" + strconv.FormatInt(-comment, 10)
	}
	return strconv.FormatInt(comment, 10)
}

func replyTo(key string) (author int64, ok bool) {
	parts := strings.Split(key, "-")
	if len(parts) != 3 || parts[0] != "reply" {
		return 0, false
	}
	author, err := strconv.ParseInt(parts[1], 10, 64)
	return author, err == nil
}

func refusedKey(comment int64) string { return "refused-" + commentName(comment) }
func changedKey(comment int64) string { return "changed-" + commentName(comment) }
func warnedKey(comment int64) string  { return "warned-" + commentName(comment) }

// ledger is the world's receipts with those of this round added.
type ledger struct {
	logs    map[string]custody.Log // by cycle, content as it should be
	items   map[string]*work.Item  // fold of the logs
	refused []custody.Receipt      // lines refused in this round
	said    []work.Said            // on a pull request: the lines that count
	queries []Comment              // on a pull request: comments that ask what is checked
	asked   []planQuery            // on a plan issue: what people want to know
	later   bool                   // some of what strangers said waits
	crowd   int                    // refused comments of strangers in this round
	inRole  map[int64]bool         // accounts from which something was taken in a role
	unsure  bool                   // on a pull request: a role that counted before could not be checked
}

// receipt judges every line that has no verdict yet, in the order in which
// things were said. A comment that was edited before it was read is not
// obeyed: else votes could be back-dated, or forged by editing another's.
func (r *Reconciler) receipt(ctx context.Context, w *world) (*ledger, error) {
	l := &ledger{logs: map[string]custody.Log{}, items: map[string]*work.Item{}}
	for cycle, h := range w.records {
		l.logs[cycle] = h.log
		l.items[cycle] = work.Fold(w.key, h.log)
	}
	if err := r.lookBack(ctx, w, l.items); err != nil {
		return nil, err
	}
	if err := r.readForVerdicts(ctx, w, l); err != nil {
		return nil, err
	}
	for i := range w.spoken {
		switch {
		case w.pull != nil:
			r.judgeOnPull(w, l, &w.spoken[i])
		case w.planning != nil:
			r.judgeOnPlan(w, l, &w.spoken[i])
		default:
			r.judge(w, l, &w.spoken[i])
		}
	}
	r.merged(w, l)
	for cycle, log := range l.logs { // in order, with what was judged late
		l.items[cycle] = work.Fold(w.key, log)
	}
	return l, nil
}

// readForVerdicts reads what only verdicts and records need: which comments
// were edited, the roles as of the times said, and the KEPs.
func (r *Reconciler) readForVerdicts(ctx context.Context, w *world, l *ledger) error {
	var times, late []time.Time
	var fresh []string
	for _, s := range w.spoken {
		if len(w.unjudged(l, s)) > 0 {
			fresh = append(fresh, s.Node)
			times = append(times, s.Created)
			late = append(late, s.Created)
		} else if _, answered := w.notices[refusedKey(s.ID)]; !answered {
			times = append(times, s.Created) // its refusal may have to be worded again
		}
	}
	if len(fresh) > 0 {
		standings, err := r.standings(ctx, w, fresh)
		if err != nil {
			return err
		}
		for i := range w.spoken {
			w.spoken[i].edited = standings[w.spoken[i].Node].Edited
		}
		for i := range w.comments {
			if c := &w.comments[i]; c.ID < 0 { // a list of reviews has no reactions
				c.Acks, c.Nays = standings[c.Node].Acks, standings[c.Node].Nays
			}
		}
	}
	var open []string
	for _, c := range w.config.Calendar() {
		if c.Open(w.now) || slices.ContainsFunc(late, c.Open) { // said before its end, read after it
			open = append(open, c.Name)
		}
	}
	var err error
	if len(times) > 0 || w.planning != nil {
		if w.speakable, err = r.speakable(ctx, w); err != nil {
			return err
		}
	}
	if w.roles, err = r.Rolebook.Book(ctx, w.config.Sources(), open, w.now, times); err != nil {
		return err
	}
	w.keps, err = r.catalogues(ctx, w)
	return err
}

// nearMiss is the reason code of a line that begins with a word one edit away
// from a verb of ours. It is answered like a refusal.
const nearMiss = "near"

// unjudged lists the lines of a comment that have no verdict: its commands and
// its near misses.
func (w *world) unjudged(l *ledger, s spoken) []slash.Line {
	if w.mayBeJudged(s.Created) {
		return nil
	}
	if w.pull == nil && w.fromBefore(s) { // what counts on a pull request is what stands there
		return nil
	}
	var lines []slash.Line
	for _, line := range s.found.Lines {
		if !w.judged(l, s.ID, line.N) {
			lines = append(lines, line)
		}
	}
	for _, near := range s.found.Near {
		if !w.judged(l, s.ID, near.N) {
			lines = append(lines, slash.Line{N: near.N})
		}
	}
	return lines
}

// judged looks for a verdict in the records and in the replies. A comment that
// was read once is not read again for lines that it got later.
func (w *world) judged(l *ledger, comment int64, line int) bool {
	for _, logs := range []map[string]custody.Log{l.logs, w.past} {
		for _, log := range logs {
			if receipt, ok := log.Receipt(comment); ok && (log.Judged(comment, line) || w.changed(comment, receipt)) {
				return true
			}
		}
	}
	for _, one := range w.replies {
		for _, r := range one.log.Refused {
			if r.Comment == comment && (refusedLine(r, line) || w.changed(comment, r)) {
				return true
			}
		}
	}
	return false
}

func refusedLine(r custody.Receipt, line int) bool {
	return slices.ContainsFunc(r.Lines, func(l custody.Line) bool { return l.N == line })
}

// changed reports whether the comment's words are no longer those of its
// receipt.
func (w *world) changed(comment int64, receipt custody.Receipt) bool {
	return w.present[comment] != receipt.Words
}

// judge gives the lines of one comment their verdicts and takes note of what
// must be answered.
func (r *Reconciler) judge(w *world, l *ledger, s *spoken) {
	fresh := w.unjudged(l, *s)
	if len(fresh) == 0 {
		return
	}
	ctx := w.context(l, s, r.Index)
	receipt := custody.Receipt{Comment: s.ID, Author: s.Author.ID, Login: s.Author.Login, Said: s.Created, Words: s.words, Rebuilt: w.rebuilt()}
	refused := receipt
	for _, line := range fresh {
		verdict, problem := verdictOn(ctx, *s, line)
		if problem == nil && w.refusedBefore(*s) {
			problem = &slash.Problem{Line: line.N, Code: work.Answered}
		}
		if problem != nil {
			refused.Lines = append(refused.Lines, custody.Line{N: line.N, Refused: problem.Code})
			continue
		}
		one := receipt
		one.Lines = []custody.Line{{N: line.N, Command: strings.Join(verdict.Commands, "\n"), ID: verdict.ID,
			Role: string(verdict.Grant.Role), SIG: verdict.Grant.SIG, Source: verdict.Grant.Source}}
		l.accept(w, verdict.Cycle, one)
	}
	if len(refused.Lines) > 0 {
		r.refuse(w, l, s, refused, len(refused.Lines) == len(fresh))
	}
}

// unread refuses what is not read at all, wherever it is said: a word that is one edit
// away from a verb, and a comment that was edited. nil for any other line.
func unread(s spoken, line slash.Line) *slash.Problem {
	switch {
	case line.Verb == "":
		return &slash.Problem{Line: line.N, Code: nearMiss}
	case s.edited:
		return &slash.Problem{Line: line.N, Saw: line.Raw, Code: work.Edited, Fix: line.Text()}
	}
	return nil
}

// verdictOn judges one line.
func verdictOn(ctx *work.Context, s spoken, line slash.Line) (work.Verdict, *slash.Problem) {
	if p := unread(s, line); p != nil {
		return work.Verdict{}, p
	}
	if p := elsewhere(ctx, line); p != nil {
		return work.Verdict{}, p
	}
	return work.Judge(ctx, line)
}

// forPlan refuses what is only said on the plan issue, nil for any other line.
func forPlan(ctx *work.Context, line slash.Line) *slash.Problem {
	if _, plans := plan.Commands.Find(line.Verb); !plans {
		return nil
	}
	there := *ctx
	if open := ctx.Calendar.Open(ctx.Said); len(open) > 0 {
		there.Cycle = open[0]
	}
	return plan.Elsewhere(&there, line)
}

// elsewhere refuses on a work item what is only said on pull requests or on the
// plan issue, nil for any other line.
func elsewhere(ctx *work.Context, line slash.Line) *slash.Problem {
	if _, here := work.Commands.Find(line.Verb); here {
		return nil
	}
	if p := forPlan(ctx, line); p != nil {
		return p
	}
	return &slash.Problem{Line: line.N, Saw: line.Raw, Code: work.ForPull, Fix: line.Raw}
}

// accept adds a receipt to the log of its cycle and folds it.
func (l *ledger) accept(w *world, cycle string, receipt custody.Receipt) {
	log, ok := l.logs[cycle]
	if !ok {
		log = custody.Log{Identity: w.identity(cycle)}
	}
	log.Add(receipt)
	l.logs[cycle] = log
	l.items[cycle] = work.Fold(w.key, log)
}

// rebuilt reports whether receipts of this round are made from comments that
// had receipts before.
func (w *world) rebuilt() bool {
	for _, h := range w.records {
		if h.rebuilt {
			return true
		}
	}
	return false
}

// context is what a verdict on a comment may look at.
func (w *world) context(l *ledger, s *spoken, index *Index) *work.Context {
	c := &work.Context{
		Issue: w.issue, Said: s.Created, Author: s.Author.ID, Login: s.Author.Login,
		Calendar: w.config.Calendar(), Roles: w.roles, KEPs: w.keps, KEPRepo: w.repo.KEPs, Items: l.items,
		Member:     s.Member,
		Dependants: map[string][]string{}, Decided: w.allPostedExceptions(),
	}
	if w.wasAnother(l, s) {
		c.Roles = c.Roles.Doubting(s.Author.Login)
	}
	if open := c.Calendar.Open(s.Created); len(open) > 0 && w.mayName(open[0]) {
		c.PlanIssue = open[0].Plan
	}
	for _, repo := range w.config.WorkRepos() {
		if slices.Contains(w.speakable, repo.Name) {
			c.Repos = append(c.Repos, repo.Name)
		}
	}
	for _, cycle := range c.Calendar { // also those that this issue has no record of
		others := index.Askers(w.key, cycle.Name)
		dependants := len(others)
		if item := l.items[cycle.Name]; item != nil {
			for _, a := range item.Asks {
				others = append(others, a.Target)
			}
		}
		c.Dependants[cycle.Name] = w.dependants(index, cycle.Name, w.visible(index, others[:dependants]))
		c.Affected = addSIGs(c.Affected, index, w.visible(index, others)) // a refusal says whose word would count
	}
	return c
}

// addSIGs adds the owning SIGs of issues that are not listed yet.
func addSIGs(sigs []string, index *Index, keys []work.Key) []string {
	for _, key := range keys {
		if e, ok := index.Get(key); ok && e.SIG != "" && !slices.Contains(sigs, e.SIG) {
			sigs = append(sigs, e.SIG)
		}
	}
	return sigs
}
