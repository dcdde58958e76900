package plugin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// queryPrefix begins the keys of replies to those who ask.
const queryPrefix = "query-"

// dropAnswered takes questions to the plan that were answered out of what was said.
// They have no receipt, so nothing else would tell that they were read; and what is
// answered is not asked again because somebody edits the comment.
func (w *world) dropAnswered() {
	last := map[string]Comment{} // reply by name of the question
	told := map[string]int64{}   // the last asker whose reply the record knows
	note := func(key string) (name string, ok bool) {
		k := strings.LastIndexByte(key, '-')
		if !strings.HasPrefix(key, queryPrefix) || k < len(queryPrefix) {
			return "", false
		}
		return key[:k], true
	}
	for _, c := range w.comments {
		m, _ := custody.FindMarker(c.Body)
		if name, ok := note(m.Key); ok && w.notices[m.Key] == c.ID {
			last[name] = c
		}
	}
	if h := w.records[w.planning.cycle.Name]; h != nil {
		for _, key := range h.log.Told {
			if name, ok := note(key); ok {
				asker, _ := strconv.ParseInt(key[len(name)+1:], 10, 64)
				told[name] = max(told[name], asker)
			}
		}
	}
	for k := range w.spoken {
		s := &w.spoken[k]
		s.found.Lines = slices.DeleteFunc(slices.Clone(s.found.Lines), func(line slash.Line) bool {
			about, sig, ok := plan.QueryOf(line)
			name := queryName(planQuery{about: about, sig: sig})
			return ok && (w.answers(s.Comment, last[name]) || told[name] >= s.ID)
		})
	}
	w.spoken = slices.DeleteFunc(w.spoken, func(s spoken) bool { return len(s.found.Lines)+len(s.found.Near) == 0 })
}

// answers reports whether a reply answers a question, or one that came after it. Who
// asked is in its last line: above it stand people's words, which may look the same.
func (w *world) answers(asking, reply Comment) bool {
	reply.Body = reply.Body[max(0, strings.LastIndex(reply.Body, "Asked [")):]
	return w.answered(asking, reply)
}
