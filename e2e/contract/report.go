package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Report counts equal violations, so that one mistake of the stand-in is one line however often it was recorded.
type Report struct {
	counts map[string]int
	first  map[string]string
}

// Add counts violations.
func (r *Report) Add(violations ...Violation) {
	if r.counts == nil {
		r.counts, r.first = map[string]int{}, map[string]string{}
	}
	for _, v := range violations {
		source := v.Source
		key := generic(v)
		if r.counts[key]++; r.counts[key] == 1 {
			r.first[key] = source
		}
	}
}

// generic drops what differs between equal mistakes: the position in a list.
func generic(v Violation) string {
	parts := strings.Split(v.Pointer, "/")
	for i, p := range parts {
		if _, err := strconv.Atoi(p); err == nil {
			parts[i] = "*"
		}
	}
	v.Pointer = strings.Join(parts, "/")
	return v.String()
}

// Lines gives one line for each kind of violation, sorted, with how often and where it was seen first.
func (r *Report) Lines() []string {
	var lines []string
	for text, n := range r.counts {
		lines = append(lines, fmt.Sprintf("%s (%d times, first at %s)", text, n, r.first[text]))
	}
	slices.Sort(lines)
	return lines
}
