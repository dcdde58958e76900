package slash

import "strings"

// pattern is a kind of one word.
type pattern struct {
	read    func(word string) (any, bool) // the strict reading
	looks   func(word string) bool        // meant to be one, though not well written
	guess   func(word string) string      // see suggester; nil: none
	print   func(v any) string
	holder  string // "%s" stands for the name
	example string
	allowed []string
}

func (k *pattern) Match(words []string) int {
	if len(words) == 0 {
		return 0
	}
	if _, ok := k.read(words[0]); ok || k.looks != nil && k.looks(words[0]) {
		return 1
	}
	return 0
}

func (k *pattern) Parse(words []string) (any, *Problem) {
	if len(words) == 1 {
		if v, ok := k.read(words[0]); ok {
			return v, nil
		}
	}
	return nil, shape(joined(words), k.allowed...)
}

func (k *pattern) Print(v any) string             { return k.print(v) }
func (k *pattern) Placeholder(name string) string { return strings.ReplaceAll(k.holder, "%s", name) }
func (k *pattern) Example() string                { return k.example }

func (k *pattern) suggest(word string) string {
	if k.guess == nil {
		return ""
	}
	return k.guess(word)
}

func printString(v any) string { return v.(string) }

// Release is a release, value "v1.38"; "1.38" and "V1.38" are read too.
var Release Kind = &pattern{
	read:    readRelease,
	looks:   looksRelease,
	guess:   guessRelease,
	print:   printString,
	holder:  "[%s]",
	example: "v1.38",
	allowed: []string{"v1.38", "1.38"},
}

func readRelease(w string) (any, bool) {
	major, minor, ok := strings.Cut(strings.TrimPrefix(lowerASCII(w), "v"), ".")
	if !ok || !isReleasePart(major) || !isReleasePart(minor) {
		return nil, false
	}
	return "v" + major + "." + minor, true
}

func isReleasePart(s string) bool {
	return isDigits(s) && len(s) <= 3 && (s == "0" || s[0] != '0')
}

// looksRelease takes "v1.38.0", "1.38," and "v01.38", but not "1." or "v2".
func looksRelease(w string) bool {
	w = strings.TrimPrefix(lowerASCII(w), "v")
	i := strings.IndexByte(w, '.')
	return i > 0 && i+1 < len(w) && isDigits(w[:i]) && isDigit(w[i+1]) && strings.Trim(w, "0123456789.,;:") == ""
}

// guessRelease leaves out the patch version and what follows.
func guessRelease(w string) string {
	w = strings.TrimPrefix(strings.TrimPrefix(lowerASCII(w), "v"), ".")
	parts := strings.Split(strings.Trim(w, ",;:."), ".")
	if len(parts) < 2 {
		return ""
	}
	if v, ok := readRelease(parts[0] + "." + parts[1]); ok {
		return v.(string)
	}
	return ""
}

// SIG is a SIG with its prefix, "sig-node" or "sig/node"; value "node".
var SIG Kind = &pattern{
	read:    readSIG,
	guess:   func(w string) string { return guessSIG(w) },
	print:   func(v any) string { return "sig-" + v.(string) },
	holder:  "[%s]",
	example: "sig-node",
	allowed: []string{"sig-node", "sig/node"},
}

// BareSIG is a SIG with or without its prefix; value "node".
var BareSIG Kind = &pattern{
	read:    readBareSIG,
	guess:   func(w string) string { return guessSIG(w) },
	print:   func(v any) string { return "sig-" + v.(string) },
	holder:  "[%s]",
	example: "sig-node",
	allowed: []string{"sig-node", "sig/node", "node"},
}

func readSIG(w string) (any, bool) {
	w = lowerASCII(w)
	if len(w) < 5 || w[:4] != "sig-" && w[:4] != "sig/" || !isSlug(w[4:]) {
		return nil, false
	}
	return w[4:], true
}

func readBareSIG(w string) (any, bool) {
	if v, ok := readSIG(w); ok {
		return v, true
	}
	w = lowerASCII(w)
	return w, isSlug(w)
}

func guessSIG(w string) string {
	if v, ok := readBareSIG(trimPunctuation(w)); ok {
		return "sig-" + v.(string)
	}
	return ""
}

// isSlug is true for lower-case letters, digits and single hyphens, beginning
// with a letter and not ending in a hyphen; at most 40 characters.
func isSlug(s string) bool {
	if s == "" || len(s) > 40 || s[0] < 'a' || s[0] > 'z' || s[len(s)-1] == '-' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Slug is a name that somebody gave, such as that of a freeze: "code-freeze".
// Its value is the name in lower case.
var Slug Kind = &pattern{
	read:    func(w string) (any, bool) { w = lowerASCII(w); return w, isSlug(w) },
	guess:   func(w string) string { return slugOf(w) },
	print:   printString,
	holder:  "[%s]",
	example: "code",
	allowed: []string{"a name such as code"},
}

func slugOf(w string) string {
	if w = lowerASCII(trimPunctuation(w)); isSlug(w) {
		return w
	}
	return ""
}

// Hash is 4 to 64 hexadecimal digits; its value is in lower case.
var Hash Kind = &pattern{
	read: func(w string) (any, bool) {
		w = lowerASCII(w)
		return w, len(w) >= 4 && len(w) <= 64 && strings.Trim(w, "0123456789abcdef") == ""
	},
	print:   printString,
	holder:  "[%s]",
	example: "3f2a91c0",
	allowed: []string{"4 to 64 hexadecimal digits"},
}

// User is a GitHub login with or without "@", also a bot's "name[bot]"; the
// value is without "@", its case is kept.
var User Kind = &pattern{
	read:    readUser,
	looks:   func(w string) bool { return strings.HasPrefix(w, "@") },
	guess:   func(w string) string { return guessUser(w) },
	print:   printString,
	holder:  "@[%s]",
	example: "octocat",
	allowed: []string{"@octocat"},
}

func readUser(w string) (any, bool) {
	w = strings.TrimPrefix(w, "@")
	return w, isOrg(strings.TrimSuffix(w, "[bot]"))
}

func guessUser(w string) string {
	w = strings.Trim(w, ",;:.!?()<>`'")
	if v, ok := readUser(w); ok {
		return v.(string)
	}
	return ""
}

// ID is the number of a question, block or risk: value "Q1", "B12", "R3".
var ID Kind = &pattern{
	read: func(w string) (any, bool) {
		if len(w) < 2 || len(w) > 7 || !strings.ContainsRune("QqBbRr", rune(w[0])) || w[1] == '0' || !isDigits(w[1:]) {
			return nil, false
		}
		return strings.ToUpper(w), true
	},
	guess: func(w string) string {
		return strings.ReplaceAll(strings.ReplaceAll(trimPunctuation(w), "#", ""), "-", "")
	},
	print:   printString,
	holder:  "[Q1|B1|R1]",
	example: "Q1",
	allowed: []string{"Q1", "B1", "R1"},
}
