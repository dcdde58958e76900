// Package custody keeps what was accepted: receipts and decisions, their
// encoding into GitHub comments, their signature, their merge, and the order
// in which a damaged record is restored.
//
// A [Log] is everything accepted on one issue for one release cycle. [Keys.Seal]
// turns it into hidden blocks, one per comment; [Keys.Open] turns the comments'
// bodies back into the log, or says with a typed error why that cannot be done.
//
// # What it promises
//
//   - Sealing is deterministic: the same log, key and room give the same bytes.
//   - A block is an HTML comment. No text in it, whoever wrote that text, can end
//     the HTML comment, begin a line, name a user or refer to an issue.
//   - A changed byte inside a block is noticed, and so is a block that was signed
//     for another issue, cycle or purpose. Line ends may become CRLF.
//   - [Union] is commutative, associative and idempotent, so two writers or a
//     doubled comment end in the same log, whoever looks first.
//   - A verdict, once given, is never replaced by a later one ([Log.Add]).
//   - A block of a newer format is never read as an older one ([ErrNewer]).
//
// # What it does not
//
// It knows no command: canonical forms, roles and ids are strings to it. It does
// no input or output and never reads the clock. The signature does not stop
// rollback to an older signed version, deletion, omission, or whoever holds the
// private key; the caller compares [Log.Seq] with what it wrote.
//
// # The format
//
// One block, with long values cut short:
//
//	<!-- steelthread:signed
//	steelthread/1 {"kind":"record","repo":1,"issue":2,"cycle":"v1.38","seq":3,"prev":"9f86…"}
//	{"comment":41,"author":7,"login":"ada","said":"2026-01-02T03:04:05Z","words":"…","lines":[…]}
//	{"merge":{"repo":"org/repo","number":9,"commit":"1f3c…","at":"2026-01-20T09:00:00Z","verdict":"planned",…}}
//	{"told":"block-41-1"}
//
//	— steelthread AbCd…=
//	-->
//
// Between the first and the last line stands a signed note (Ed25519,
// golang.org/x/mod/sumdb/note). The first and last line, the note and the word
// before the header's JSON stay as they are in every later format, so that older
// software can tell a newer block from a damaged one.
//
// A block without merge receipts has the same bytes as before there were any. One
// that holds some is [ErrNewer] to software that does not know them, which then
// writes nothing, and does not drop them.
//
// A log too long for its record goes on in part blocks. They take the oldest
// receipts and do not change when newer ones arrive: the record's header lists the
// hash of each part's signed text. Hence the way to write them: parts first, a
// changed part as a new comment, then the record, then delete the parts that it no
// longer names. Until the record is written the old version stays readable.
package custody
