package plugin

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// Explain makes a round over one issue up to the plan and writes the plan with
// its reasons. It writes nothing to GitHub.
func (r *Reconciler) Explain(ctx context.Context, key Key, out io.Writer) error {
	w, err := r.read(ctx, key)
	if err != nil {
		return err
	}
	if w == nil {
		return fmt.Errorf("%s is not in the configuration: repos.work lists where commands are read", key.Repository())
	}
	l, s, p, err := r.decide(ctx, w)
	if err != nil {
		return err
	}
	e := explanation{out}
	e.said(w, l)
	e.state(w, s)
	e.plan(p)
	return nil
}

type explanation struct{ out io.Writer }

func (e explanation) line(format string, args ...any) { fmt.Fprintf(e.out, format+"\n", args...) }

func (e explanation) said(w *world, l *ledger) {
	e.line("%s %q, read %s: %d comments, %d with commands", w.key, w.issue.Title, w.now.Format("2006-01-02 15:04:05 UTC"), len(w.comments), len(w.spoken))
	for _, s := range w.spoken {
		verdicts := map[int]string{}
		for _, cycle := range cyclesOf(l.logs) {
			receipt, _ := l.logs[cycle].Receipt(s.ID)
			for _, line := range receipt.Lines {
				verdicts[line.N] = verdictWords(line)
			}
		}
		for _, receipt := range l.refused {
			if receipt.Comment == s.ID {
				for _, line := range receipt.Lines {
					verdicts[line.N] = verdictWords(line)
				}
			}
		}
		for _, said := range l.said {
			if said.Comment == s.ID {
				verdicts[said.Line] = verdictWords(custody.Line{Command: said.Command, Role: said.Role, SIG: said.SIG, Source: said.Source})
			}
		}
		for _, line := range s.found.Lines {
			e.line("  comment %d by %s, line %d: %s", s.ID, s.Author.Login, line.N, line.Raw)
			e.line("    %s", orWords(verdicts[line.N], "answered before"))
		}
	}
}

func verdictWords(l custody.Line) string {
	if l.Refused != "" {
		return "refused: " + l.Refused
	}
	return fmt.Sprintf("taken as %s (%s %s, %s)", strings.ReplaceAll(l.Command, "\n", " + "), l.Role, l.SIG, l.Source)
}

func orWords(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func cyclesOf(logs map[string]custody.Log) []string {
	var names []string
	for name := range logs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (e explanation) state(w *world, s *state) {
	switch {
	case s.thread != nil:
		e.thread(s.thread)
	case len(s.cycles) == 0:
		e.line("in no open cycle")
	}
	for _, c := range s.cycles {
		a := s.views[c.Name]
		e.line("%s: %s, owned by %s, KEP %s (%s)", c.Name, a.Standing, orWords(a.SIG, "no SIG yet"), a.KEPRef, orWords(a.KEPHow, "none named"))
		for _, f := range a.Findings {
			e.line("  finding %s %s", f.Code, strings.Join(f.Words, ", "))
		}
		for _, edge := range a.Edges {
			e.line("  depends on %s: %s", edge.Ask.Target, edgeWords(edge))
		}
	}
	if s.thread != nil && s.thread.Gate.Keep {
		e.line("labels of ours: has [%s], left as they are", strings.Join(oursOf(w.issue), ", "))
		return
	}
	e.line("labels of ours: has [%s], should have [%s]", strings.Join(oursOf(w.issue), ", "), strings.Join(s.labels, ", "))
	for _, t := range s.touched {
		e.line("  %s was touched by %s", t.Label, t.Actor.Login)
	}
}

// thread says where a pull request leads, and what was seen on the way.
func (e explanation) thread(a *thread.Assessment) {
	e.line("mode %s: %s", a.Mode, a.Verdict)
	if a.Linked() {
		e.line("  belongs to %s by %s, item %s, cycle %s", a.Thread.KEP, a.Thread.How, orWords(keyWords(a.For), "none"), orWords(a.Cycle, "none"))
	}
	if a.Exempt != nil {
		e.line("  exempt: %s %s", a.Exempt.Nature, a.Exempt.Reason)
	}
	for _, n := range a.Notes {
		e.line("  note %s %v", n.Code, n.KEPs)
	}
	for _, c := range a.Checks {
		e.line("  check %s: %s", c.Code, c.State)
	}
	for _, u := range a.Unread {
		e.line("  not read: %s%s", u.Repo, keyWords(u.Item))
	}
}

func keyWords(k Key) string {
	if k.IsZero() {
		return ""
	}
	return k.String()
}

func oursOf(i work.Issue) []string {
	var out []string
	for _, label := range i.Labels {
		if slices.Contains(issueLabels, label) || slices.Contains(pullLabels, label) {
			out = append(out, label)
		}
	}
	return out
}

func edgeWords(e work.Edge) string {
	if e.Met() {
		return "holds"
	}
	var codes []string
	for _, f := range e.Findings {
		codes = append(codes, string(f.Code))
	}
	return strings.Join(codes, ", ")
}

func (e explanation) plan(p *writes) {
	if p.empty() {
		e.line("a round would write nothing")
		return
	}
	e.line("a round would:")
	for _, label := range p.block {
		e.line("  set the blocking label %s", label)
	}
	for _, rec := range p.records {
		if rec.write {
			e.line("  write the record of %s (version %d, %d characters)", rec.cycle, rec.log.Seq, len([]rune(rec.body)))
		}
		for _, id := range rec.remove {
			e.line("  delete comment %d of ours", id)
		}
	}
	for _, n := range p.explain {
		e.line("  explain a label on %s (%s)", n.target, n.key)
	}
	for _, label := range p.add {
		e.line("  set the label %s", label)
	}
	for _, label := range append(slices.Clone(p.remove), p.unblock...) {
		e.line("  take off the label %s", label)
	}
	for _, id := range p.gone {
		e.line("  delete comment %d of ours", id)
	}
	for _, n := range p.notices {
		if n.edit != 0 {
			e.line("  edit the reply %d", n.edit)
		} else {
			e.line("  post a notice on %s (%s)", n.target, n.key)
		}
	}
	for _, a := range p.acks {
		e.line("  react to comment %d with %s", a.to.ID, a.content)
	}
	if p.wait != nil {
		e.line("  %v", p.wait)
	}
}
