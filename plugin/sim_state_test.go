package plugin_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

// ending is what stands on one issue at the end, with the comments of people and of the
// bot by names that do not depend on their ids.
type ending struct {
	labels    []string
	milestone string
	records   int
	receipts  map[string]map[int]string // by word and line: the verdict
	decisions map[string][]string       // by key: content of each comment, the lowest id first
	notices   map[string]int            // by key, how many stand
	answered  map[string]int            // by word and kind of answer, in how many replies
	reactions map[string]string         // by word
	text      string                    // of the record
}

func wordName(n int) string { return "w" + strconv.Itoa(n) }

// ending reads an issue as an auditor would.
func (r *run) ending(at plugin.Key) *ending {
	issue := r.sim.Issue(at.Org, at.Repo, at.Number)
	e := &ending{milestone: issue.Milestone, receipts: map[string]map[int]string{}, decisions: map[string][]string{}, notices: map[string]int{}, answered: map[string]int{}, reactions: map[string]string{}}
	for _, label := range simLabels {
		if slices.Contains(issue.Labels, label) {
			e.labels = append(e.labels, label)
		}
	}
	log, n, err := r.record(issue)
	if err != nil {
		r.fail("%s: the record does not open: %v", at, err)
	}
	e.records = n
	r.logs = append(r.logs, log)
	for _, receipt := range log.Receipts {
		e.judged(r.word(receipt.Comment), r, receipt)
	}
	for _, c := range issue.Comments {
		m, ours := custody.FindMarker(c.Body)
		if !ours || c.Author != botLogin {
			for _, kind := range slices.Sorted(maps.Keys(c.Reactions)) {
				e.reactions[r.word(c.ID)] += fmt.Sprintf("%s×%d ", kind, len(c.Reactions[kind]))
			}
			continue
		}
		name := string(m.Kind) + " " + r.named(m.Key)
		r.mu.Lock()
		r.names[c.ID] = name
		r.mu.Unlock()
	}
	for _, c := range issue.Comments {
		if m, ours := custody.FindMarker(c.Body); ours && c.Author == botLogin {
			r.ours(e, c, m)
		}
	}
	return e
}

// ours reads a comment of the bot's.
func (r *run) ours(e *ending, c githubsim.CommentSnapshot, m custody.Marker) {
	switch {
	case m.Kind == custody.KindRecord:
		e.text = r.named(strings.TrimSpace(hidden.ReplaceAllString(c.Body, "")))
	case m.Kind == custody.KindDecision:
		e.decisions[r.named(m.Key)] = append(e.decisions[r.named(m.Key)], r.content(c, custody.KindDecision))
	case m.Kind == custody.KindNotice && strings.HasPrefix(m.Key, "reply-"):
		r.reply(e, c)
	case m.Kind == custody.KindNotice && strings.HasPrefix(m.Key, "query-"):
		e.notices[m.Key[:strings.LastIndex(m.Key, "-")]]++ // of two who ask the same one is answered
	case m.Kind == custody.KindNotice:
		e.notices[r.named(m.Key)]++
	}
}

// judged takes the verdicts of a receipt, from a record or from a reply: a refusal on an
// issue that has no record yet stands in the reply alone.
func (e *ending) judged(word string, r *run, receipt custody.Receipt) {
	if e.receipts[word] == nil {
		e.receipts[word] = map[int]string{}
	}
	for _, l := range receipt.Lines {
		verdict := strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.named(l.Command), l.Role, l.SIG, l.ID))
		if l.Refused != "" {
			verdict = "refused " + l.Refused
		}
		if receipt.Rebuilt {
			verdict += " rebuilt"
		}
		if before := e.receipts[word][l.N]; before != "" && before != verdict {
			verdict = before + " and " + verdict
		}
		e.receipts[word][l.N] = verdict
	}
}

// content is what was signed in a comment.
func (r *run) content(c githubsim.CommentSnapshot, kind custody.Kind) string {
	header, err := r.keys.Verify(c.Body)
	if err != nil {
		return err.Error()
	}
	_, values, err := r.keys.OpenJSON([]string{c.Body}, kind, header.Identity)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, v := range values {
		b.WriteString(r.named(string(v)) + "\n")
	}
	return b.String()
}

// reply counts what a reply answers.
func (r *run) reply(e *ending, c githubsim.CommentSnapshot) {
	header, err := r.keys.Verify(c.Body)
	if err != nil {
		r.fail("a reply does not verify: %v", err)
		return
	}
	_, values, err := r.keys.OpenJSON([]string{c.Body}, custody.KindNotice, header.Identity)
	if err != nil || len(values) != 1 {
		r.fail("a reply does not open: %v", err)
		return
	}
	var log struct {
		Refused         []custody.Receipt
		Changed, Warned []int64
	}
	if err := json.Unmarshal(values[0], &log); err != nil {
		r.fail("a reply does not say what it answers: %v", err)
	}
	for _, receipt := range log.Refused {
		e.answered[r.word(receipt.Comment)+" refused"]++
		e.judged(r.word(receipt.Comment), r, receipt)
	}
	for _, id := range log.Changed {
		e.answered[r.word(id)+" changed"]++
	}
	for _, id := range log.Warned {
		e.answered[r.word(id)+" warned"]++
	}
}

// word names a comment.
func (r *run) word(id int64) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if name, ok := r.names[id]; ok {
		return name
	}
	return "gone"
}

// named puts names in the place of ids.
func (r *run) named(text string) string {
	return commentID.ReplaceAllStringFunc(text, func(id string) string {
		n, _ := strconv.ParseInt(strings.TrimPrefix(id, "r"), 10, 64)
		return r.word(n)
	})
}
