//go:build !race

package plugin

const UnderRace = false
