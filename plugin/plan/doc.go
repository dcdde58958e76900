// Package plan holds the plan of one release cycle: who has a seat, what was voted
// on which snapshot, what that decides, and what the plan looks like as a schedule.
// It knows the commands that may be said on the plan issue, one file per command.
//
// It promises: any receipts, decisions and items fold to a state; the same ones give
// the same state; a decision lists every input that it counted, so that anybody can
// count again; a straggler makes a decision contested, never silently different.
//
// It does not read GitHub, the clock or the configuration; everything comes in as
// data. It posts nothing: it says which decisions are due.
package plan
