package slash

// Codes of Problem. Package work adds its own.
const (
	CodeMissing     = "missing"      // an argument is not there
	CodeExtra       = "extra"        // words that the form has no place for
	CodeRange       = "range"        // a number outside of its bounds
	CodeShape       = "shape"        // a word that does not look like what stands here
	CodeChoice      = "choice"       // a word that is none of the given ones
	CodeTooLong     = "too-long"     // a text over 300 characters, a list over 50 entries
	CodeUnknownForm = "unknown-form" // a word that begins none of the verb's forms
)

// Problem says why a line was not read. It is a value: package render words
// it, and it never blames.
type Problem struct {
	Line    int      // 1-based line in the comment, 0 if not about a line
	Saw     string   // the whole line as typed (Line.Raw)
	Code    string   // one of the constants above, or one of package work's
	Word    string   // the piece that it is about, may be ""
	Arg     string   // name of the argument, as in the usage
	Allowed []string // what may stand there, ready to be listed
	Fix     string   // a full corrected line, accepted when pasted
	Usage   []string // the usage of all forms of the verb
}
