// Package plan holds the plan of one release cycle: who has a seat, what was voted
// on which snapshot, what that decides, and what the plan looks like as a schedule.
// It knows the commands that may be said on the plan issue, one file per command or
// per step of it.
//
// # The core
//
// [Judge] takes or refuses one line by its form, the speaker's role and the calendar.
// [Fold] makes a [State] of the receipts: votes, backlog orders, and asks. An ask
// (vote open, vote close, rework, prune, prune confirm) changes nothing by itself: it
// makes a [Decision] due. [DueNow] says which, from the state, the decisions that
// were read back from GitHub and the facts. The caller posts one, reads it back, and
// asks again. [Approved] and [Assess] derive what stands.
//
// # What counts
//
// Everything has a place in one order: time said, comment id, line. A round begins
// with the line that asked for it; votes said after that line count, also those said
// before the opening was posted. It ends with the line that asks to close, or at its
// deadline, whichever is first: what is said at that very place or later does not
// count. A rework voids what came before it.
//
// # What came of it
//
// [TallyOf] counts on the way, [CalibrationOf] holds the confidences against what was
// delivered, [SatisfactionOf] counts the survey, and [ClosingOf] sums a cycle up when
// [ClosingDue] says that it is over. None of them changes what anybody said.
//
// It promises: any receipts, decisions and items fold to a state; the same ones give
// the same state; a decision lists every input that it counted, so that anybody can
// count again; a straggler makes a decision contested, never silently different.
//
// It does not read GitHub, the clock or the configuration; everything comes in as
// data. It posts nothing: it says which decisions are due.
package plan
