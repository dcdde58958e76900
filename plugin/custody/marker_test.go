package custody

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarkerString(t *testing.T) {
	for _, c := range []struct {
		m    Marker
		want string
	}{
		{Marker{Kind: KindRecord, Cycle: "v1.38"}, "<!-- steelthread:record cycle=v1.38 -->"},
		{Marker{Kind: KindPart, Cycle: "v1.38", Part: 2, Of: 3}, "<!-- steelthread:part cycle=v1.38 part=2 of=3 -->"},
		{Marker{Kind: KindReply, Key: "2711346213"}, "<!-- steelthread:reply key=2711346213 -->"},
		{Marker{Kind: KindNotice, Key: "a --> b\n@c"}, "<!-- steelthread:notice key=a%20-%2D%3E%20b%0A%40c -->"},
	} {
		if got := c.m.String(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.m, got, c.want)
		}
	}
}

func TestFindMarker(t *testing.T) {
	record := Marker{Kind: KindRecord, Cycle: "v1.38"}
	for _, c := range []struct {
		name, body string
		want       Marker
		ok         bool
	}{
		{"alone", record.String(), record, true},
		{"with text", record.String() + "\r\n\r\nhello", record, true},
		{"after empty lines", "\r\n \r\n" + record.String() + " \r\n", record, true},
		{"kind and field of newer software", "<!-- steelthread:poll cycle=v1.38 color=red -->", Marker{Kind: "poll", Cycle: "v1.38"}, true},
		{"not first", "hello\n" + record.String(), Marker{}, false},
		{"quoted", "> " + record.String(), Marker{}, false},
		{"text behind", record.String() + " hello", Marker{}, false},
		{"no kind", "<!-- steelthread: cycle=v1.38 -->", Marker{}, false},
		{"nothing", "<!-- steelthread: -->", Marker{}, false},
		{"a block", blockOpen + "\nhello\n" + blockClose, Marker{}, false},
		{"part is no number", "<!-- steelthread:part part=x -->", Marker{}, false},
		{"escape cut", "<!-- steelthread:notice key=%2 -->", Marker{}, false},
		{"escape is no number", "<!-- steelthread:notice key=%zz -->", Marker{}, false},
		{"another bot", "<!-- sticky:record -->", Marker{}, false},
		{"empty", "", Marker{}, false},
	} {
		got, ok := FindMarker(c.body)
		if d := cmp.Diff(c.want, got); d != "" || ok != c.ok {
			t.Errorf("%s: found %v, want %v (-want +got):\n%s", c.name, ok, c.ok, d)
		}
	}
}

func FuzzMarker(f *testing.F) {
	f.Add("record", "v1.38", "block-41-1", 0, 0)
	f.Add("-", "-->", "--!>", 1, 2)
	f.Add("a b", " ", "\r\n\t=%", -1, 0)
	f.Add("<!--", "\xff\x00", "é漢\u2028", 0, 7)
	f.Fuzz(func(t *testing.T, kind, cycle, key string, part, of int) {
		m := Marker{Kind: Kind(kind), Cycle: cycle, Key: key, Part: part, Of: of}
		s := m.String()
		inner := strings.TrimSuffix(strings.TrimPrefix(s, "<!--"), "-->")
		if strings.Contains(inner, "--") || strings.ContainsAny(s, "\r\n") || strings.ContainsAny(inner, "<>") {
			t.Errorf("%+v: marker %q is not one hidden line", m, s)
		}
		got, ok := FindMarker(s + "\r\ntext")
		if kind == "" {
			return // not a marker that we write
		}
		if d := cmp.Diff(m, got); d != "" || !ok {
			t.Errorf("found %v (-want +got):\n%s", ok, d)
		}
	})
}
