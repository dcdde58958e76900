package checkout

import (
	"strings"

	"github.com/steelthread/steelthread/plugin/slash"
)

// maxShown is how many characters of other people's words are shown.
const maxShown = 200

// plain makes other people's words safe to show in a terminal: one line, no control characters, so no escape sequences,
// at most limit characters.
func plain(s string, limit int) string {
	runes := []rune(slash.Clean(strings.ToValidUTF8(s, "\uFFFD")))
	if len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return string(runes)
}

// splitCommits takes the output of git log -z --format=commitForm apart. Its fields end in NUL as well: every commit has
// four within.
func splitCommits(out string) []string {
	fields := strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	var commits []string
	for i := 0; i+5 <= len(fields); i += 5 {
		commits = append(commits, strings.Join(fields[i:i+5], "\x00"))
	}
	return commits
}
