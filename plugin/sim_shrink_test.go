package plugin_test

import "slices"

// shrink leaves out words and faults, one at a time, for as long as the schedule fails.
func shrink(s schedule, fails func(schedule) bool) schedule {
	for again := true; again; {
		again = false
		for k := len(s.faults) - 1; k >= 0; k-- {
			c := s
			c.faults = slices.Delete(slices.Clone(s.faults), k, k+1)
			if fails(c) {
				s, again = c, true
			}
		}
		for k := len(s.words) - 1; k >= 0; k-- {
			c := s
			gone := s.words[k].n
			c.words = slices.DeleteFunc(slices.Clone(s.words), func(w word) bool { return w.n == gone || w.to == gone })
			if len(c.words) > 0 && fails(c) {
				s, again = c, true
				k = min(k, len(s.words))
			}
		}
	}
	if s.servers > 1 {
		c := s
		c.servers = 1
		if fails(c) {
			s = c
		}
	}
	return s
}
