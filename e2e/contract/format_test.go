package contract

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadRefuses(t *testing.T) {
	cases := map[string]struct{ line, want string }{
		"an unknown field":   {`{"kind":"webhook","event":"push","body":"{}","extra":1}`, `unknown field "extra"`},
		"an unknown kind":    {`{"kind":"letter"}`, `kind "letter"`},
		"a cut line":         {`{"kind":"webh`, "not a record"},
		"half an exchange":   {`{"kind":"exchange","method":"GET"}`, "needs method, url and status"},
		"an empty delivery":  {`{"kind":"webhook"}`, "needs event and body"},
		"two on one line":    {`{"kind":"webhook","event":"a","body":"{}"}{}`, "more than one value"},
		"text not in UTF-8":  {"{\"kind\":\"\xff\"}", "not UTF-8"},
		"good, then damaged": {`{"kind":"webhook","event":"a","body":"{}"}` + "\n\n{", "x.jsonl:3: not a record"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := Read(strings.NewReader(c.line), "x.jsonl", func(Record) {})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadDir(dir, func(Record) {}); err == nil {
		t.Error("an empty directory: got no error, want one")
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.jsonl", "")
	write("b.txt", `{"kind":"webhook","event":"a","body":"{}"}`)
	if _, err := ReadDir(dir, func(Record) {}); err == nil {
		t.Error("an empty recording: got no error, want one")
	}
	write("c.jsonl", `{"kind":"webhook","event":"push","body":"{}"}`+"\n"+`{"kind":"webhook","event":"ping","body":"{}"}`)
	var got []string
	if n, err := ReadDir(dir, func(r Record) { got = append(got, r.Source+" "+r.Event) }); err != nil || n != 2 {
		t.Fatalf("got %d, %v; want 2 records", n, err)
	}
	if diff := cmp.Diff([]string{"c.jsonl:1 push", "c.jsonl:2 ping"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
