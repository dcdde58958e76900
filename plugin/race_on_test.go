//go:build race

package plugin

// UnderRace: the race detector makes everything about ten times slower.
const UnderRace = true
