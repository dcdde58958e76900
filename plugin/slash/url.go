package slash

import (
	"net/url"
	"strconv"
	"strings"
)

// MaxURL is how many characters an address may have, as it is printed.
const MaxURL = 300

type urlKind struct{}

// URL is a full http or https address without user name and password, up to
// MaxURL characters. Its value is a string in ASCII: scheme and host in lower
// case, no port where it is the usual one, and what is not ASCII behind the host
// as %XX.
var URL Kind = urlKind{}

func (urlKind) Match(words []string) int {
	if len(words) > 0 && strings.Contains(words[0], "://") {
		return 1
	}
	return 0
}

func (urlKind) Parse(words []string) (any, *Problem) {
	address, ok := readURL(joined(words))
	if !ok {
		return nil, shape(joined(words), "https://example.com/demo", "http://example.com/demo")
	}
	if len(address) > MaxURL {
		return nil, &Problem{Code: CodeTooLong, Word: address[:MaxURL], Allowed: []string{"up to " + strconv.Itoa(MaxURL) + " characters"}}
	}
	return address, nil
}

func (urlKind) Print(v any) string             { return v.(string) }
func (urlKind) Placeholder(name string) string { return "[" + name + "]" }
func (urlKind) Example() string                { return "https://example.com/demo" }

// suggest takes off what people put around an address, and the user name that may
// stand in it, and puts the scheme before it.
func (urlKind) suggest(w string) string {
	w = strings.Trim(w, "<>()[]`'\",;")
	if !strings.Contains(w, "://") && strings.Contains(w, ".") && strings.Contains(w, "/") {
		w = "https://" + w
	}
	if u, err := url.Parse(w); err == nil && u.User != nil {
		scheme, rest, _ := strings.Cut(w, "://")
		authority, path := splitAuthority(rest)
		w = scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:] + path
	}
	if address, ok := readURL(w); ok && len(address) <= MaxURL {
		return address
	}
	return ""
}

// readURL gives the printed form of an address, however long. Browsers read a
// backslash as a slash, and quotes and angle brackets end an address elsewhere: an
// address has none.
func readURL(w string) (string, bool) {
	u, err := url.Parse(w)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.ContainsAny(w, "<>\"`\\ ") {
		return "", false
	}
	_, rest, ok := strings.Cut(w, "://")
	host, port := lowerASCII(u.Hostname()), u.Port()
	if !ok || !isHost(host) {
		return "", false
	}
	if port != "" && !(u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443") {
		host += ":" + port
	}
	_, path := splitAuthority(rest)
	return u.Scheme + "://" + host + inASCII(path), true
}

// splitAuthority cuts what stands behind "://" where the host ends.
func splitAuthority(rest string) (authority, path string) {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, ""
}

// isHost tells whether s is a name or an IPv4 address in lower case. Names of
// other scripts are written as their registries do, "xn--...": what looks like
// another name is not one.
func isHost(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(s) <= 253
}

// inASCII writes every byte that is not a visible ASCII character as %XX.
func inASCII(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			b.WriteString("%" + hex[c>>4:c>>4+1] + hex[c&15:c&15+1])
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
