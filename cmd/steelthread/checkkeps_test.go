package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/checkout"
)

func checkKEPs(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, diag bytes.Buffer
	code := run(context.Background(), append([]string{"checkkeps"}, args...), &out, &diag)
	return code, out.String(), diag.String()
}

func TestCheckKEPs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(dra, "title: DRA\nkep-number: 4381\nauthors: [\"@ada\"]\nowning-sig: sig-node\nstatus: provisional\nstage: beta\nlatest-milestone: \"v1.38\"\nmilestone:\n  alpha: v1.37\n  beta: v1.38\n")
	write("keps/sig-node/4381-dra/README.md", "# DRA\n")
	write("keps/prod-readiness/sig-node/4381.yaml", "kep-number: 4381\nbeta:\n  approver: \"@bob\"\n")

	code, out, diag := checkKEPs(t, "--cycle", "1.38", dir)
	want := `KEP-4381  DRA · sig-node · beta · provisional
  keps/sig-node/4381-dra/kep.yaml: status is "provisional"; want: implementable
KEPs that target v1.38 at the freeze "enhancements": 1. Graduating: 1. Staying in their stage, which is fine: 0. To mend: 1 KEP, 1 field.
`
	if code != 1 || out != want || !strings.Contains(diag, "1 of 1 KEPs have something to mend") {
		t.Errorf("exit code %d\n%s%s", code, out, diag)
	}
	if code, out, diag = checkKEPs(t, dir, "--cycle=v1.38", "--freeze", "prr"); code != 0 || diag != "" || !strings.Contains(out, "Nothing to mend.") {
		t.Errorf("at the first freeze: exit code %d\n%s%s", code, out, diag)
	}
	code, out, _ = checkKEPs(t, "--cycle", "v1.38", "--json", dir)
	var got checkout.Alignment
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 1 || got.Findings != 1 || got.KEPs[0].Findings[0].Field != "status" {
		t.Errorf("as JSON: exit code %d, %v\n%s", code, err, out)
	}
	if code, out, _ = checkKEPs(t, "--cycle", "v1.39", dir); code != 0 || !strings.HasPrefix(out, "KEPs that target v1.39 at the freeze \"enhancements\": 0.") {
		t.Errorf("another cycle: exit code %d\n%s", code, out)
	}
	for want, args := range map[string][]string{
		"Say for which release":           {dir},
		"Say for which release, for":      {"--cycle", "next", dir},
		"Say which folder":                {"--cycle", "v1.38"},
		`--freeze "winter": it is prr`:    {"--cycle", "v1.38", "--freeze", "winter", dir},
		"flag provided but not defined: ": {"--nope"},
	} {
		if code, _, diag := checkKEPs(t, args...); code != 2 || !strings.Contains(diag, want) {
			t.Errorf("%v: exit code %d, %s", args, code, diag)
		}
	}
	if code, _, diag := checkKEPs(t, "--cycle", "v1.38", t.TempDir()); code != 1 || !strings.Contains(diag, "is it a checkout of the KEP repository?") {
		t.Errorf("an empty folder: exit code %d, %s", code, diag)
	}
}
