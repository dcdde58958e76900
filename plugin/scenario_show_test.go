package plugin_test

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// show prints one issue as it is on GitHub now, or, if it was shown before,
// what has changed since.
func (p *play) show(key plugin.Key) {
	for _, repo := range []string{"enhancements", "kubernetes", "embargo"} {
		for _, i := range p.sim.Issues("kubernetes", repo) {
			p.named(i)
		}
	}
	var out strings.Builder
	issue := p.sim.Issue(key.Org, key.Repo, key.Number)
	p.named(issue)
	p.describe(&out, issue)
	before, again := p.shown[key]
	p.shown[key] = out.String()
	switch {
	case !again:
		fmt.Fprintf(&p.out, "===== %s =====\n%s\n", key, out.String())
	case before == out.String():
		fmt.Fprintf(&p.out, "===== %s: as before =====\n\n", key)
	default:
		fmt.Fprintf(&p.out, "===== %s: changed =====\n%s\n", key, changedLines(before, out.String()))
	}
}

// describe prints labels and milestone, reactions on people's comments, and the
// bot's comments in the order of their titles, signed receipts decoded.
func (p *play) describe(out *strings.Builder, issue githubsim.IssueSnapshot) {
	fmt.Fprintf(out, "labels: %s\n", orNone(strings.Join(slices.Sorted(slices.Values(issue.Labels)), ", ")))
	fmt.Fprintf(out, "milestone: %s\n", orNone(issue.Milestone))
	var bot []githubsim.CommentSnapshot
	for _, c := range issue.Comments {
		if _, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin {
			bot = append(bot, c)
			continue
		}
		p.reactions(out, c)
	}
	for _, v := range issue.Reviews {
		v.ID = -v.ID
		p.reactions(out, v)
	}
	slices.SortStableFunc(bot, func(a, b githubsim.CommentSnapshot) int { return cmp.Compare(p.names[a.ID], p.names[b.ID]) })
	for _, c := range bot {
		text := p.visible(c.Body) + "\n"
		if m, _ := custody.FindMarker(c.Body); m.Kind == custody.KindRecord {
			text += p.receipts(c, bot)
		}
		fmt.Fprintf(out, "\n----- %s -----\n%s", p.names[c.ID], shortened(text))
	}
}

// changedLines lists the lines that went and came, in order.
func changedLines(before, after string) string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	same := make([][]int, len(a)+1) // length of the longest common rest
	for i := range same {
		same[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			same[i][j] = max(same[i+1][j], same[i][j+1])
			if a[i] == b[j] {
				same[i][j] = same[i+1][j+1] + 1
			}
		}
	}
	var out strings.Builder
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || same[i+1][j] >= same[i][j+1]):
			out.WriteString(strings.TrimSpace("- "+a[i]) + "\n")
			i++
		default:
			out.WriteString(strings.TrimSpace("+ "+b[j]) + "\n")
			j++
		}
	}
	return out.String()
}

func orNone(s string) string { return cmp.Or(s, "none") }

func (p *play) reactions(out *strings.Builder, c githubsim.CommentSnapshot) {
	for _, content := range slices.Sorted(maps.Keys(c.Reactions)) {
		var who []string
		for _, login := range c.Reactions[content] {
			who = append(who, strings.TrimSuffix(login, "[bot]"))
		}
		fmt.Fprintf(out, "%s by %s: %s from %s\n", cmp.Or(p.names[c.ID], "a comment"), c.Author, content, strings.Join(who, ", "))
	}
}

// title names a comment of the bot's by what its marker says.
func (p *play) title(m custody.Marker) string {
	switch {
	case m.Kind == custody.KindRecord:
		return "record of " + m.Cycle
	case m.Kind == custody.KindPart:
		return fmt.Sprintf("part %d of %d of %s", m.Part, m.Of, m.Cycle)
	}
	if m.Kind == custody.KindDecision {
		return "decision " + p.numbers(m.Key)
	}
	if parts := strings.Split(m.Key, "-"); parts[0] == "reply" && len(parts) == 3 {
		return "reply to " + p.number(parts[2])
	}
	return "notice " + p.numbers(m.Key)
}

var (
	hidden     = regexp.MustCompile(`(?s)<!-- steelthread.*?-->\n?`)
	link       = regexp.MustCompile(`https://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull)/\d+#(?:issuecomment|pullrequestreview)-(\d+)`)
	commentID  = regexp.MustCompile(`\b(?:3\d{9}|r\d{6})\b`)
	manyBlanks = regexp.MustCompile(`\n{3,}`)
)

// visible is the text of a comment without what only programs read. Comments
// that it links to are named as in the script.
func (p *play) visible(body string) string {
	text := hidden.ReplaceAllString(body, "")
	text = link.ReplaceAllStringFunc(text, func(s string) string {
		id := s[strings.LastIndex(s, "-")+1:]
		if strings.Contains(s, "review-") {
			id = "r" + id
		}
		return p.number(id)
	})
	return strings.TrimSpace(manyBlanks.ReplaceAllString(p.numbers(text), "\n\n"))
}

func (p *play) numbers(text string) string { return commentID.ReplaceAllStringFunc(text, p.number) }

func (p *play) number(id string) string {
	n, _ := strconv.ParseInt(strings.Replace(id, "r", "-", 1), 10, 64) // r12 is a review
	return cmp.Or(p.names[n], "gone")
}

// receipts opens a record as an auditor would and prints its receipts.
func (p *play) receipts(record githubsim.CommentSnapshot, bot []githubsim.CommentSnapshot) string {
	header, err := p.keys.Verify(record.Body)
	if err != nil {
		return fmt.Sprintf("receipts: %v\n", err)
	}
	var bodies []string
	for _, c := range bot {
		bodies = append(bodies, c.Body)
	}
	log, err := p.keys.Open(bodies, header.Identity)
	if err != nil {
		return fmt.Sprintf("receipts: %v\n", err)
	}
	out := &strings.Builder{}
	out.WriteString("receipts:\n")
	for _, r := range log.Receipts {
		note := ""
		if r.Rebuilt {
			note = " (rebuilt)"
		}
		fmt.Fprintf(out, "  %s by %s, %s%s\n", p.number(strconv.FormatInt(r.Comment, 10)), r.Login, r.Said.Format("2006-01-02 15:04:05"), note)
		for _, l := range r.Lines {
			if l.Refused != "" {
				fmt.Fprintf(out, "    line %d refused: %s\n", l.N, l.Refused)
				continue
			}
			for command := range strings.SplitSeq(l.Command, "\n") {
				fmt.Fprintf(out, "    line %d %s\n", l.N, command)
			}
			fmt.Fprintf(out, "      as %s\n", strings.Join(strings.Fields(l.Role+" "+l.SIG+" "+l.ID), " ")+", "+cmp.Or(l.Source, "no source"))
		}
	}
	for _, m := range log.Merges {
		fmt.Fprintf(out, "  merged %s#%d on %s, %s by %s, %s\n", m.Repo, m.Number, m.At.Format("2006-01-02 15:04:05"), m.Verdict, m.By, cmp.Or(m.KEP, "no KEP"))
	}
	for _, key := range log.Told {
		fmt.Fprintf(out, "  told %s\n", p.numbers(key))
	}
	return out.String()
}

// longest is how many lines of one comment are printed. A longer one is cut, and
// the rest stands for itself by a hash.
const longest = 150

func shortened(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= longest {
		return text
	}
	rest := lines[longest/5:]
	sum := sha256.Sum256([]byte(strings.Join(rest, "")))
	return strings.Join(lines[:longest/5], "") + fmt.Sprintf("… and %d lines more (sha256 %x)\n", len(rest), sum[:4])
}

// readsSince lists the requests that cost quota and write nothing, after the
// first n of them.
func (p *play) readsSince(n int) (list []string, all int) {
	p.stageMu.Lock()
	defer p.stageMu.Unlock()
	return slices.Clone(p.costly[n:]), len(p.costly)
}

func sortedKeys[V any](m map[plugin.Key]V) []plugin.Key {
	return slices.SortedFunc(maps.Keys(m), func(a, b plugin.Key) int { return cmp.Compare(a.String(), b.String()) })
}
