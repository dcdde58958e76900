package plugin_test

import (
	"cmp"
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

// show prints one issue as it is on GitHub now: labels and milestone, reactions
// on people's comments, and the bot's comments in the order of their titles,
// with the signed receipts decoded.
func (p *play) show(key plugin.Key) {
	issue := p.sim.Issue(key.Org, key.Repo, key.Number)
	for _, repo := range []string{"enhancements", "kubernetes", "embargo"} {
		for _, i := range p.sim.Issues("kubernetes", repo) {
			p.named(i)
		}
	}
	p.printf("===== %s =====\n", key)
	p.printf("labels: %s\n", orNone(strings.Join(slices.Sorted(slices.Values(issue.Labels)), ", ")))
	p.printf("milestone: %s\n", orNone(issue.Milestone))
	var bot []githubsim.CommentSnapshot
	for _, c := range issue.Comments {
		if _, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin {
			bot = append(bot, c)
			continue
		}
		p.printReactions(c)
	}
	slices.SortStableFunc(bot, func(a, b githubsim.CommentSnapshot) int { return cmp.Compare(p.names[a.ID], p.names[b.ID]) })
	for _, c := range bot {
		p.printf("\n----- %s -----\n%s\n", p.names[c.ID], p.visible(c.Body))
		if m, _ := custody.FindMarker(c.Body); m.Kind == custody.KindRecord {
			p.printReceipts(c, bot)
		}
	}
	p.printf("\n")
}

func (p *play) printf(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func orNone(s string) string { return cmp.Or(s, "none") }

func (p *play) printReactions(c githubsim.CommentSnapshot) {
	for _, content := range slices.Sorted(maps.Keys(c.Reactions)) {
		var who []string
		for _, login := range c.Reactions[content] {
			who = append(who, strings.TrimSuffix(login, "[bot]"))
		}
		p.printf("%s by %s: %s from %s\n", cmp.Or(p.names[c.ID], "a comment"), c.Author, content, strings.Join(who, ", "))
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
	if parts := strings.Split(m.Key, "-"); parts[0] == "reply" && len(parts) == 3 {
		return "reply to " + p.number(parts[2])
	}
	return "notice " + p.numbers(m.Key)
}

var (
	hidden     = regexp.MustCompile(`(?s)<!-- steelthread.*?-->\n?`)
	link       = regexp.MustCompile(`https://github\.com/[\w.-]+/[\w.-]+/(?:issues|pull)/\d+#issuecomment-(\d+)`)
	commentID  = regexp.MustCompile(`\b3\d{9}\b`)
	manyBlanks = regexp.MustCompile(`\n{3,}`)
)

// visible is the text of a comment without what only programs read. Comments
// that it links to are named as in the script.
func (p *play) visible(body string) string {
	text := hidden.ReplaceAllString(body, "")
	text = link.ReplaceAllStringFunc(text, func(s string) string { return p.number(s[strings.LastIndex(s, "-")+1:]) })
	return strings.TrimSpace(manyBlanks.ReplaceAllString(p.numbers(text), "\n\n"))
}

func (p *play) numbers(text string) string { return commentID.ReplaceAllStringFunc(text, p.number) }

func (p *play) number(id string) string {
	n, _ := strconv.ParseInt(id, 10, 64)
	return cmp.Or(p.names[n], "gone")
}

// printReceipts opens a record as an auditor would and prints its receipts.
func (p *play) printReceipts(record githubsim.CommentSnapshot, bot []githubsim.CommentSnapshot) {
	header, err := p.keys.Verify(record.Body)
	if err != nil {
		p.printf("receipts: %v\n", err)
		return
	}
	var bodies []string
	for _, c := range bot {
		bodies = append(bodies, c.Body)
	}
	log, err := p.keys.Open(bodies, header.Identity)
	if err != nil {
		p.printf("receipts: %v\n", err)
		return
	}
	p.printf("receipts:\n")
	for _, r := range log.Receipts {
		note := ""
		if r.Rebuilt {
			note = " (rebuilt)"
		}
		p.printf("  %s by %s, %s%s\n", p.number(strconv.FormatInt(r.Comment, 10)), r.Login, r.Said.Format("2006-01-02 15:04:05"), note)
		for _, l := range r.Lines {
			if l.Refused != "" {
				p.printf("    line %d refused: %s\n", l.N, l.Refused)
				continue
			}
			for command := range strings.SplitSeq(l.Command, "\n") {
				p.printf("    line %d %s\n", l.N, command)
			}
			p.printf("      as %s\n", strings.Join(strings.Fields(l.Role+" "+l.SIG+" "+l.ID), " ")+", "+cmp.Or(l.Source, "no source"))
		}
	}
	for _, key := range log.Told {
		p.printf("  told %s\n", p.numbers(key))
	}
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
