package roles

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseAliasesFile(t *testing.T) {
	data, err := os.ReadFile("testdata/OWNERS_ALIASES")
	if err != nil {
		t.Fatal(err)
	}
	want := Aliases{
		"sig-node-leads":            {"octocat", "hubot"},
		"sig-node-facilitators":     {"node-fac"},
		"sig-network-leads":         {"net-lead"},
		"sig-storage-leads":         {"storage-lead"},
		"sig-apps-leads":            {"octocat", "hubot"},
		"sig-service-catalog-leads": {"jberkhahn"},
		"wg-policy-leads":           nil,
		"sig-network-facilitators":  nil,
		"release-team-lead-v1.38":   {"rel-lead"},
		"twice":                     {"last"},
		"numeric":                   {"12345"},
	}
	got, err := ParseAliases(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := NewVersion("", time.Time{}, data).Spelling["octocat"]; got != "Octocat" {
		t.Errorf("spelling of octocat = %q", got)
	}
}

func TestParseAliases(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Aliases
		err      string
	}{
		{"empty", "", Aliases{}, ""},
		{"comments only", "# nothing\n", Aliases{}, ""},
		{"null", "aliases:\n", Aliases{}, ""},
		{"no aliases", "approvers: [a]\n", Aliases{}, ""},
		{"merge", "base: &b {a: [x], c: [z]}\naliases:\n  <<: *b\n  a: [y]\n", Aliases{"a": {"y"}, "c": {"z"}}, ""},
		{"merge after the key", "base: &b {a: [x]}\naliases:\n  a: [y]\n  <<: *b\n", Aliases{"a": {"y"}}, ""},
		{"merge of two", "b: &b {a: [x]}\nc: &c {a: [y], d: [z]}\naliases:\n  <<: [*b, *c]\n", Aliases{"a": {"x"}, "d": {"z"}}, ""},
		{"anchor within a list", "aliases:\n  a: &a [x, Y]\n  b: [*a, y, z]\n", Aliases{"a": {"x", "y"}, "b": {"x", "y", "z"}}, ""},
		{"blank entries", "aliases:\n  a: [x, '', ~, ' @y ']\n", Aliases{"a": {"x", "y"}}, ""},
		{"CRLF", "aliases:\r\n  a:\r\n  - x\r\n", Aliases{"a": {"x"}}, ""},
		{"aliases twice", "aliases: {a: [x]}\naliases: {b: [y]}\n", Aliases{"b": {"y"}}, ""},
		{"not YAML", "aliases:\n  a: [x\n  b: [y]\n", nil, "line "},
		{"tab", "aliases:\n\ta: [x]\n", nil, "line 2"},
		{"not UTF-8", "aliases: \xff", nil, "unexpected"},
		{"a list", "- a\n", nil, "line 1: the file is a mapping with the key aliases"},
		{"aliases as a list", "aliases:\n- a\n", nil, "line 2: aliases is a mapping from a name to a list of logins"},
		{"a login without a list", "aliases:\n  a: [x]\n  b: y\n", nil, "line 3: an alias has a list of logins"},
		{"a mapping for a login", "aliases:\n  a:\n  - x: y\n", nil, "line 3: an alias has a list of logins"},
		{"a mapping for a name", "aliases:\n  ? [a]\n  : [x]\n", nil, "line 2: an alias is named by a plain word"},
		{"an anchor within itself", "aliases:\n  a: &a [x, *a]\n", nil, "an alias has a list of logins"},
		{"an alias within itself", "aliases: &a\n  <<: *a\n", nil, "aliases is a mapping"},
	} {
		got, err := ParseAliases([]byte(tt.in))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if (err != nil) != (tt.err != "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		}
	}
}

// Anchors must not make a small file a large list, nor endless work of merged mappings that hold nothing.
func TestParseAliasesBomb(t *testing.T) {
	for name, form := range map[string][3]string{
		"lists":  {"a: &a [x]\n", "%c: &%c [%s]\n", "aliases: {z: *d}\n"},
		"merges": {"a: &a {}\n", "%c: &%c {<<: [%s]}\n", "aliases: *d\n"},
	} {
		var b strings.Builder
		b.WriteString(form[0])
		for n := 'b'; n < 'e'; n++ {
			fmt.Fprintf(&b, form[1], n, n, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", n-1), 100), ", "))
		}
		b.WriteString(form[2])
		if _, err := ParseAliases([]byte(b.String())); err == nil || !strings.Contains(err.Error(), "entries") {
			t.Errorf("%s: error %v, want one about the number of entries", name, err)
		}
	}
	if _, err := ParseAliases([]byte(strings.Repeat("#", maxFile+1))); err == nil {
		t.Error("a file of any size is read")
	}
}

func TestHistoryAt(t *testing.T) {
	v := func(commit, since string) Version { return Version{Commit: commit, Since: at(since)} }
	h := History{v("a", "2027-01-01"), v("b", "2027-02-01"), v("c", "2027-02-01"), v("d", "2027-03-01")}
	for _, tt := range []struct{ at, want string }{
		{"2026-12-31", ""}, {"2027-01-01", "a"}, {"2027-01-31", "a"}, {"2027-02-01", "c"}, {"2027-02-28", "c"}, {"2027-03-01", "d"}, {"2030-01-01", "d"},
	} {
		if got, ok := h.At(at(tt.at)); got.Commit != tt.want || ok != (tt.want != "") {
			t.Errorf("At(%s) = %q, %v, want %q", tt.at, got.Commit, ok, tt.want)
		}
	}
	if _, ok := (History)(nil).At(at("2027-01-01")); ok {
		t.Error("an empty history has a version")
	}
}

func FuzzParseAliases(f *testing.F) {
	f.Add([]byte("aliases:\n  a: &a [x, Y]\n  b: [*a, '@z']\n"))
	f.Add([]byte("aliases: &a {<<: [*a, *a], b: [[[x]]]}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ParseAliases(data)
		if err != nil && got != nil {
			t.Error("both aliases and an error")
		}
		for name, logins := range got {
			for n, login := range append([]string{name}, logins...) {
				if login == "" || login != strings.ToLower(login) {
					t.Errorf("alias %q, entry %d: %q is not in lower case", name, n, login)
				}
			}
		}
	})
}
