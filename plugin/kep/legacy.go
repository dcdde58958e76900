package kep

import (
	_ "embed"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

//go:embed legacy.txt
var legacyText string

// legacyPaths is where KEPs of kubernetes/enhancements were before they had the number of their tracking issue.
type legacyPaths struct {
	path map[string]int // below keps/ -> number
	// name is the last element without .md, where it begins with a digit: a counter or a date makes it one of a kind, so
	// that it also tells a KEP in a folder that it was in before or after ("keps/0009-node-heartbeat.md").
	name map[string]int
}

// legacy reads the table when the first path is looked up.
var legacy = sync.OnceValue(func() legacyPaths {
	l := legacyPaths{path: map[string]int{}, name: map[string]int{}}
	folder := ""
	for line := range strings.Lines(legacyText) {
		line = strings.TrimSpace(line)
		count, name, ok := strings.Cut(line, " ")
		n, err := strconv.Atoi(count)
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasSuffix(line, "/"):
			folder = line
		case ok && err == nil:
			l.add(folder, name, n)
			if cut, _, found := strings.Cut(name, "("); found { // a URL in Markdown ends there
				l.add(folder, cut, n)
			}
		}
	}
	return l
})

func (l legacyPaths) add(folder, name string, n int) {
	l.path[folder+name] = n
	if name[0] >= '0' && name[0] <= '9' {
		stem := strings.TrimSuffix(name, ".md")
		if other, twice := l.name[stem]; twice && other != n {
			n = 0 // tells nothing
		}
		l.name[stem] = n
	}
}

// legacyNumber is today's number of a KEP by the path below keps/ that it had once.
func legacyNumber(parts []string) (int, bool) {
	l := legacy()
	for i, part := range parts {
		if plain, err := url.PathUnescape(part); err == nil {
			part = plain
		}
		if i > 2 {
			break
		}
		if n := l.name[strings.TrimSuffix(part, ".md")]; n > 0 {
			return n, true
		}
	}
	n := l.path[strings.Join(parts, "/")]
	return n, n > 0
}
