package main

import (
	"fmt"
	"io"
	"strings"
)

// finding is one thing to change in one of Prow's files.
type finding struct {
	file  string // which of the files: "plugins.yaml"
	what  string // what is not as it should be, one line
	why   string // what happens if it stays, one line
	patch []string
}

// lines puts a diff mark before every line of text.
func lines(mark string, text ...string) []string {
	var out []string
	for _, t := range text {
		for line := range strings.Lines(t) {
			out = append(out, mark+strings.TrimRight(line, "\n"))
		}
	}
	return out
}

func report(w io.Writer, o options, found []finding) {
	for _, f := range found {
		fmt.Fprintf(w, "%s: %s\nWhy: %s\n", f.file, f.what, f.why)
		for _, line := range f.patch {
			fmt.Fprintf(w, "    %s\n", line)
		}
		fmt.Fprintln(w)
	}
	for _, skipped := range []struct{ flag, value, what string }{
		{"--plugins", o.plugins, "external_plugins and the label plugin"},
		{"--labels", o.labels, "the labels"},
		{"--prow-config", o.prowConfig, "Tide and the jobs"},
	} {
		if skipped.value == "" {
			fmt.Fprintf(w, "Not checked without %s: %s.\n", skipped.flag, skipped.what)
		}
	}
	switch len(found) {
	case 0:
		fmt.Fprintln(w, "Nothing to change.")
	case 1:
		fmt.Fprintln(w, "1 thing to change.")
	default:
		fmt.Fprintf(w, "%d things to change.\n", len(found))
	}
}
