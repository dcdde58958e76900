// Package slash finds command lines in Markdown and reads their words.
//
// A Scanner finds the lines of a comment that begin with a slash and a verb it
// was told of. Parse reads one such line by a list of Forms, each a row of
// typed arguments (Kind), and yields Values or a Problem: what was seen, what
// may stand there and a corrected line.
//
// It promises: no text crosses a line break; a line in a fence or an HTML
// comment is not a command; Parse(Print(v)) == v for every v that Parse gave;
// the Fix of a Problem is accepted when it is pasted.
//
// It does not know any verb, calendar, role or repository: whether an
// increment exists, a confidence is above its cap or a person may speak is
// decided elsewhere. It reads no clock and reaches no network.
package slash
