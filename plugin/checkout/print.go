package checkout

import (
	"fmt"
	"io"
	"strings"
)

// Print writes a thread for people, one line for each step with what counted in brackets.
func (t Thread) Print(out io.Writer) error {
	p := printer{}
	if l := t.Line; l != nil {
		p.line("line", fmt.Sprintf("%s:%d", l.Path, l.Number), quoted(l.Text), "")
	}
	if c := t.Commit; c != nil {
		p.line("commit", c.Short(), fmt.Sprintf("%s (%s, %s)", c.Title, c.Author, c.Date.Format("2006-01-02")), "")
	}
	if l := t.Pull; l != nil {
		p.line("pull", l.Key, facts(l.Title, l.State, strings.Join(prefixed(l.Labels, "kind/"), ", ")), l.How)
	}
	if m := t.Merge; m != nil {
		p.line("merge", m.words(), facts(m.Cycle, m.At.Format("2006-01-02")), "")
	}
	if e := t.Exempt; e != nil {
		p.line("exempt", "no KEP", e.Reason, e.How)
	}
	if i := t.Item; i != nil {
		p.line("item", i.Key, facts(i.Title, i.State), i.How)
	}
	for _, r := range t.Records {
		p.line("record", r.Cycle, facts(r.words()...), "")
	}
	if k := t.KEP; k != nil {
		p.line("KEP", name(k.Ref, "kubernetes/enhancements"), facts(k.Title, group(k.SIG), k.Stage, k.Status, k.Milestone), k.How)
	}
	if a := t.Approval; a != nil {
		p.line("approved", a.words(), "", "")
	}
	for _, n := range t.Notes {
		p.line("note", n, "", "")
	}
	switch {
	case t.Breaks != "":
		p.b.WriteString("The thread breaks here: " + t.Breaks + ".\n")
	case t.Unknown != "":
		p.b.WriteString("Not looked further: " + t.Unknown + ".\n")
	case t.Whole && t.KEP == nil && t.Exempt != nil && t.Exempt.Nature != "":
		p.b.WriteString("The thread ends here: no KEP is asked of " + t.Exempt.Reason + ".\n")
	case t.Whole && t.KEP == nil:
		p.b.WriteString("The thread ends in a reasoned exemption.\n")
	case t.Whole:
		p.b.WriteString("The thread is whole.\n")
	}
	_, err := io.WriteString(out, p.b.String())
	return err
}

type printer struct{ b strings.Builder }

func (p *printer) line(kind, subject, text, how string) {
	fmt.Fprintf(&p.b, "%-8s  %s", kind, subject)
	if text != "" {
		p.b.WriteString("  " + text)
	}
	if how != "" {
		p.b.WriteString("  [" + how + "]")
	}
	p.b.WriteString("\n")
}

// facts joins what is known.
func facts(parts ...string) string {
	var known []string
	for _, p := range parts {
		if p != "" {
			known = append(known, p)
		}
	}
	return strings.Join(known, " · ")
}

func quoted(s string) string {
	if s == "" {
		return "(empty line)"
	}
	return s
}

func prefixed(labels []string, prefix string) []string {
	var out []string
	for _, l := range labels {
		if strings.HasPrefix(l, prefix) {
			out = append(out, l)
		}
	}
	return out
}

func (r Record) words() []string {
	switch r.Signature {
	case holds:
		words := []string{fmt.Sprintf("%d commands, signature holds (%s)", r.Accepted, r.SignedBy)}
		if r.Accepted == 1 {
			words[0] = strings.Replace(words[0], "commands", "command", 1)
		}
		if len(r.Commitments) > 0 {
			words = append(words, "committed "+strings.Join(r.Commitments, ", "))
		}
		return words
	case "not checked":
		return []string{"signature not checked, so not believed; give --public-key"}
	}
	return []string{"not believed: " + r.Signature}
}

func (a Approval) words() string {
	switch {
	case a.Approved && a.Milestone != "":
		return "yes, for " + a.Milestone + " (" + LabelApproved + ")"
	case a.Approved:
		return "yes (" + LabelApproved + "), but it is in no milestone"
	case a.Milestone != "":
		return "no: in milestone " + a.Milestone + ", without " + LabelApproved
	}
	return "no: in no milestone"
}

// group is a SIG as people write it; working groups, committees and the like have their own prefix.
func group(name string) string {
	for _, prefix := range []string{"wg-", "committee-", "provider-"} {
		if strings.HasPrefix(name, prefix) {
			return name
		}
	}
	if name == "" {
		return ""
	}
	return "sig-" + name
}
