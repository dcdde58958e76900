package work

import (
	"cmp"
	"strconv"
	"time"
)

// Settling is how long after what was asked a decision is made at the earliest, so
// that comments said before it have arrived (design, section 4).
const Settling = time.Minute

// Mark is a place in the order of what was said: time, comment id, line. Comment is
// 0 for a deadline, which comes before all that is said in its second.
type Mark struct {
	At      time.Time `json:"at"`
	Comment int64     `json:"comment,omitempty"`
	Line    int       `json:"line,omitempty"`
}

// Compare is -1, 0 or 1 for m before, at or after n.
func (m Mark) Compare(n Mark) int {
	return cmp.Or(m.At.Compare(n.At), cmp.Compare(m.Comment, n.Comment), cmp.Compare(m.Line, n.Line))
}

// Mark is the place of what was said.
func (s Said) Mark() Mark { return Mark{At: s.At, Comment: s.Comment, Line: s.Line} }

// Asked is the line that asked for a decision.
type Asked struct {
	Comment int64     `json:"comment"`
	Line    int       `json:"line"`
	Login   string    `json:"login"`
	Role    string    `json:"role,omitempty"` // roles.Role in which it was said
	Said    time.Time `json:"said"`           // UTC, whole seconds
}

// AskedBy is what was said as a decision names it.
func AskedBy(s Said) Asked {
	return Asked{Comment: s.Comment, Line: s.Line, Login: s.Login, Role: s.Role, Said: s.At.UTC()}
}

// Mark is the place of the line.
func (a Asked) Mark() Mark { return Mark{At: a.Said, Comment: a.Comment, Line: a.Line} }

// Key names the line: "1234-1".
func (a Asked) Key() string {
	return strconv.FormatInt(a.Comment, 10) + "-" + strconv.Itoa(a.Line)
}

// Same reports whether both are one line.
func (a Asked) Same(b Asked) bool { return a.Comment == b.Comment && a.Line == b.Line }
