package checkout

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Print writes an alignment for people: the KEPs that have something to mend, then the count of all.
func (a Alignment) Print(out io.Writer) error {
	var b strings.Builder
	graduate := 0
	for _, k := range a.KEPs {
		if k.Graduates {
			graduate++
		}
		if len(k.Findings) == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s  %s\n", k.Name(), facts(k.Title, group(k.SIG), k.Stage, k.Status))
		for _, f := range k.Findings {
			fmt.Fprintf(&b, "  %s\n", f.words())
		}
	}
	fmt.Fprintf(&b, "KEPs that target %s at the freeze %q: %d. Graduating: %d. Staying in their stage, which is fine: %d. ", a.Cycle, a.Freeze, len(a.KEPs), graduate, len(a.KEPs)-graduate)
	if n := a.Mend(); n > 0 {
		fmt.Fprintf(&b, "To mend: %s, %s.\n", count(n, "KEP"), count(a.Findings, "field"))
	} else {
		b.WriteString("Nothing to mend.\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// words is a finding on one line.
func (f Finding) words() string {
	at := f.Path
	if f.Field != "" {
		at += ": " + f.Field
	}
	switch {
	case f.Value != "":
		return at + " is " + strconv.Quote(f.Value) + "; want: " + f.Want
	case f.Field != "":
		return at + " is missing; want: " + f.Want
	}
	return at + "; want: " + f.Want
}
