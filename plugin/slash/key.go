package slash

import (
	"fmt"
	"strconv"
	"strings"
)

// maxNumber is the first issue number that is not believed. GitHub numbers
// issues from 1 in each repository.
const maxNumber = 1_000_000_000

// Key names one issue or pull request.
type Key struct {
	Org    string
	Repo   string
	Number int
}

// String gives "org/repo#12".
func (k Key) String() string {
	return k.Org + "/" + k.Repo + "#" + strconv.Itoa(k.Number)
}

// Repository gives "org/repo".
func (k Key) Repository() string { return k.Org + "/" + k.Repo }

// Same compares as GitHub does: letter case does not matter.
func (k Key) Same(o Key) bool {
	return k.Number == o.Number && strings.EqualFold(k.Org, o.Org) && strings.EqualFold(k.Repo, o.Repo)
}

// IsZero reports whether the key names nothing.
func (k Key) IsZero() bool { return k == Key{} }

// ParseKey reads what String gives. It takes no other spelling.
func ParseKey(s string) (Key, error) {
	repository, number, found := strings.Cut(s, "#")
	org, repo, slash := strings.Cut(repository, "/")
	n, ok := issueNumber(number)
	if !found || !slash || !ok || !isOrg(org) || !isRepo(repo) {
		return Key{}, fmt.Errorf("key %q: want org/repo#number", s)
	}
	return Key{Org: org, Repo: repo, Number: n}, nil
}

// issueNumber reads 1 to 999999999 in ASCII digits without a leading zero:
// "KEP-0009" was an old counter, not KEP 9.
func issueNumber(s string) (int, bool) {
	if s == "" || len(s) > 9 || s[0] == '0' || !isDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n < maxNumber
}

// isOrg tells whether s has the shape of a GitHub login: letters, digits and
// hyphens, plus the underscore of enterprise-managed users.
func isOrg(s string) bool {
	if s == "" || len(s) > 39 || s[0] == '-' || s[0] == '_' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return true
}

// isRepo tells whether s has the shape of a GitHub repository name.
func isRepo(s string) bool {
	if s == "" || len(s) > 100 || s == "." || s == ".." {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' && s[i] != '.' {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isAlnum(c byte) bool { return isDigit(c) || isLetter(c) }

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
