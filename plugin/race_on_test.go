//go:build race

package plugin

// underRace: the race detector makes everything about ten times slower.
const underRace = true
