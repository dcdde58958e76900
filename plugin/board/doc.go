// Package board serves the web pages that records link to: plans, their
// release-notes drafts and work items as they were last folded. It only shows: it
// has no forms, keeps nothing, and asks GitHub nothing.
//
// It promises: what a Source gives as private is treated as if it did not exist,
// in pages, counts and JSON alike; what people wrote is escaped and stands on one
// line; links lead to GitHub, to the pages of Site and to the board itself, and
// nowhere else, but for the addresses of demos, which are shown as they were given;
// the same state gives the same bytes, and so the same ETag. The
// words on records come from package render, so that page and record agree.
//
// # Addresses
//
//	/plan/                    the cycles that have a plan
//	/plan/<cycle>             one plan: schedule, readout agenda, votes, ...
//	/plan/<cycle>/demos       what was shown, and what was delivered without a demo
//	/plan/<cycle>/exceptions  what was asked for beyond a freeze, and what came of it
//	/plan/<cycle>/survey      what the satisfaction survey came to, by SIG and over cycles
//	/plan/<cycle>/calibration what was promised against what came, and what to expect
//	/plan/<cycle>/notes       the release-notes draft; notes.md is the Markdown file
//	/item/<org>/<repo>/<n>    one work item, in each cycle in which it was spoken of
//	/plan/board.css           the stylesheet
//
// Each page but the stylesheet is there as JSON with ".json" appended: /plan.json
// (also /plan/.json), /plan/v1.38.json, /plan/v1.38/notes.json,
// /item/kubernetes/enhancements/4381.json. Links between pages are relative, so
// that a proxy may put the board under a prefix.
//
// # JSON
//
// Names do not change and are not reused; new ones may be added. Times are RFC 3339
// in UTC, days "2026-01-22". SIGs are without "sig-", "" is not known. Percentages
// are whole numbers from 0 to 100. What is empty may be left out. Text that people
// wrote is on one line, of at most 200 characters (titles and reasons) or 1000
// (release notes). Everywhere:
//
//	issue: key ("org/repo#n"), title, url (on GitHub), page (here, from the root)
//	said:  login, as (role or seat in words), at, url (the comment)
//
// /plan.json: plans[]: cycle, page, headline, asOf, issue, counts (below).
//
// /plan/<cycle>.json:
//
//	cycle, headline, asOf, issue, record (url), report (url, of the closing report)
//	needs[]          what the plan waits for, and from whom, as the record has it
//	notFitting[]     what does not fit, as the record has it, but for items not known here
//	counts           sigs, items, ready, proposed, blocked, done, dropped, unscheduled, overdue
//	expected         mean and spread, in items, from the confidences; what is overdue counts as nothing
//	increments[]     name ("w3-4"), title, start, end, cap (percent)
//	schedule[]       sig, counts, cells[] in the order of increments: items, mean (percent)
//	agenda[]         sig, items[]: what was called ready, in the SIG's order (item, below)
//	others[]         sig, items[]: what is in the plan and not on the agenda
//	dependencies[]   from (issue), sig, to (issue), givingSIG, by, holds, kind, state, answer (said);
//	                 kind, as lines are drawn: "promised", "asked", "declined", "late",
//	                 "uncommitted" (promised by what has no increment), "lost" (closed, not
//	                 to be read, or the item itself)
//	betweenSIGs[]    sig, givingSIG, hold, doNotHold
//	loops[]          issue keys, first and last the same
//	round            number, phase, until, quorum, items (that are voted on), contested
//	seats[]          seat, words, required, filled, standIn, vote: value, text and said
//	objections[]     id, seat, words, value, text, said, ended: value and said
//	approval         round (0: nothing is approved), approved (how many), changed[]: issue,
//	                 reaffirmed; wouldApprove[] and wouldPrune[]: issue, sig, state
//	previews[]       hash, sig, items[] (issues), graceUntil, confirmed, url
//	blocks[], questions[]  id, issue, sig, text, said, overdue (open for more than 5 days)
//	risks[]          the same with roam ("": nobody's yet, owned, accepted, mitigated,
//	                 resolved), owner, answer, closed (said)
//
// An item of agenda and others: issue, kep (issue), stage, state, order (the SIG's, from
// 1; left out: not ordered), held (its readout was), approved, increments[]: name, title,
// percent; done and checklist (how many of its checklist); questions[], blocks[] as above.
//
// /plan/<cycle>/notes.json: cycle, asOf, approved, over, markdown (the file), sections[]:
// sig, notes[]: issue, kep, stage, text, source ("release-note", "one-line", "title",
// "none"), fate ("planned", "delivered", "not delivered", "unplanned").
//
// /plan/<cycle>/demos.json: cycle, asOf, confirmed (how many), demos[] by SIG: issue, sig, url
// (of a person's choice; left out if it is none of the web), text, said, confirmed (said, left
// out: not yet); withoutDemo[]: issue, sig.
//
// /plan/<cycle>/exceptions.json: cycle, asOf, states[]: state, count; exceptions[], open ones
// first: issue, sig, freeze, state ("requested", "draft", "granted", "expired", "denied",
// "withdrawn"), days (asked for), granted (days), due (day), reason, why, riskLate, riskCut,
// prs, requested (said), missing[] (named lines), needed[] and waiting[] (SIGs), supports[]:
// sig, said; releaseLead and productManagement: approve, days, text, said; withdrawn (said);
// decided: at, url.
//
// /plan/<cycle>/survey.json: cycle, asOf, state ("not opened", "open", "closed"), opened and
// closed (said), report (url), all: n, score (-100 to 100, left out without answers), weak,
// promoters, passives, detractors; trend[]: cycle and the same, the oldest first; sigs[]: sig
// ("" for no SIG) and the same, facilitators[], trend[], answers[] (those with words): value,
// text, said.
//
// /plan/<cycle>/calibration.json: cycle, asOf (the end of the cycle, once it is over), report,
// all: n (pieces of work whose increment is over), delivered (in time), undated (of these, on a
// day not known), promised and share (percent), interval (of the share, 95 %: low, high), brier
// (0 to 1), reading ("too few", "as promised", "too high", "too low"); open (pieces whose
// increment is not over); forecast: mean, spread, done, open, overdue; levels[]: from, to
// (percent) and as all; increments[]: name, title and as all; sigs[]: sig and as all.
//
// /item/....json: issue, asOf, closed, cycles[]: cycle, headline,
// record (url), standing, sig, kep (issue), stage, inPlan, approved, blocked, delivered,
// needs[], notFitting[], commitments[]: increment, item ("" the whole issue), percent, said;
// dependencies[] as above; neededBy[]: issue, declined, said (left out: not answered);
// blocks[], questions[], risks[]; readout: ready and held, each said; progress: state, text,
// said; done[]: item, said; merges[]: issue, at, verdict.
//
// An address that is not there answers 404, with .json {"error": text, "exists": [paths]}.
package board
