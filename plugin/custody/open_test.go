package custody

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// signedAs returns a block with any text, signed by k.
func signedAs(t *testing.T, k *Keys, text string) string {
	t.Helper()
	b, err := k.block(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// spoil changes one byte in the middle of a block's content.
func spoil(block string) string {
	i := strings.Index(block, `"said"`) + 1
	return block[:i] + "S" + block[i+1:]
}

func TestOpenErrors(t *testing.T) {
	k, other := keysOf(t, 'a'), keysOf(t, 'b')
	l := sample()
	whole := seal(t, k, l)[0]
	elsewhere := func(id Identity) string { m := l; m.Identity = id; return seal(t, k, m)[0] }
	text, err := l.text()
	if err != nil {
		t.Fatal(err)
	}
	newer := strings.Replace(text, "steelthread/1 ", "steelthread/2 ", 1)
	parts, err := k.Seal(typical(50), KindRecord, 4000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	far := typical(50)
	far.Identity.Issue++
	foreign, err := k.Seal(far, KindRecord, 4000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	changed := slices.Clone(parts)
	changed[2] = spoil(changed[2])
	for _, c := range []struct {
		name   string
		bodies []string
		want   error
	}{
		{"nothing", nil, ErrNoBlock},
		{"no block", []string{"hello", "<!-- steelthread:record cycle=v1.38 -->"}, ErrNoBlock},
		{"altered", []string{spoil(whole)}, ErrSignature},
		{"unknown key", []string{seal(t, other, l)[0]}, ErrSignature},
		{"not closed", []string{strings.TrimSuffix(whole, blockClose)}, ErrSignature},
		{"begun twice", []string{blockOpen + "\n" + whole}, ErrSignature},
		{"altered beside a whole one", []string{spoil(whole), whole}, ErrSignature},
		{"altered to a newer format", []string{strings.Replace(whole, "steelthread/1 ", "steelthread/2 ", 1)}, ErrSignature},
		{"another issue", []string{elsewhere(Identity{101, 203, "v1.38"})}, ErrIdentity},
		{"another repository", []string{elsewhere(Identity{102, 202, "v1.38"})}, ErrIdentity},
		{"another cycle", []string{elsewhere(Identity{101, 202, "v1.39"})}, ErrIdentity},
		{"parts of another issue", foreign[1:], ErrIdentity},
		{"part missing", slices.Delete(slices.Clone(parts), 1, 2), ErrParts},
		{"part altered", changed, ErrParts},
		{"only parts", parts[1:], ErrParts},
		{"newer format", []string{signedAs(t, k, newer)}, ErrNewer},
		{"newer format beside ours", []string{whole, signedAs(t, k, newer)}, ErrNewer},
		{"newer format is a format", []string{signedAs(t, k, newer)}, ErrFormat},
		{"field unknown in the header", []string{signedAs(t, k, strings.Replace(text, `"kind"`, `"zz":1,"kind"`, 1))}, ErrNewer},
		{"field unknown in a receipt", []string{signedAs(t, k, strings.Replace(text, `{"comment"`, `{"zz":1,"comment"`, 1))}, ErrNewer},
		{"field unknown in a line", []string{signedAs(t, k, strings.Replace(text, `"command"`, `"zz":1,"command"`, 1))}, ErrNewer},
		{"field unknown in a merge receipt", []string{signedAs(t, k, text+"{\"merge\":{\"repo\":\"o/a\",\"zz\":1}}\n")}, ErrNewer},
		{"field unknown beside a merge receipt", []string{signedAs(t, k, text+"{\"merge\":{\"repo\":\"o/a\"},\"zz\":1}\n")}, ErrNewer},
		{"a merge receipt and a notice key in one", []string{signedAs(t, k, text+"{\"merge\":{\"repo\":\"o/a\"},\"told\":\"a\"}\n")}, ErrNewer},
		{"a merge receipt that is none", []string{signedAs(t, k, text+"{\"merge\":1}\n")}, ErrFormat},
		{"no header", []string{signedAs(t, k, "hello\n")}, ErrFormat},
		{"no JSON", []string{signedAs(t, k, text+"hello\n")}, ErrFormat},
		{"two values on a line", []string{signedAs(t, k, text+"{\"told\":\"a\"} {}\n")}, ErrFormat},
		{"format 0", []string{signedAs(t, k, strings.Replace(text, "steelthread/1", "steelthread/0", 1))}, ErrFormat},
	} {
		got, err := k.Open(c.bodies, here)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
		}
		if d := cmp.Diff(Log{}, got); d != "" {
			t.Errorf("%s: a log came with the error (-want +got):\n%s", c.name, d)
		}
		if err != nil && strings.Contains(err.Error(), "invalid") {
			t.Errorf("%s: error %q", c.name, err)
		}
	}
}

// TestOpenAmongOthers: what belongs elsewhere is passed over if the record is there.
func TestOpenAmongOthers(t *testing.T) {
	k := keysOf(t, 'a')
	l := sample()
	whole := seal(t, k, l)[0]
	next := l
	next.Identity.Cycle = "v1.39"
	decision, err := k.SealJSON(KindDecision, here, 1, "", nil, 2000, 2000)
	if err != nil {
		t.Fatal(err)
	}
	left, err := k.Seal(typical(50), KindRecord, 4000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	spoiltDecision := strings.Replace(decision[0], `"seq":1`, `"seq":2`, 1)
	spoiltNext := spoil(seal(t, k, next)[0])
	want := l
	want.SignedBy = k.Current()
	for name, body := range map[string]string{
		"text":               "hello\r\n",
		"the same again":     whole,
		"with CRLF":          strings.ReplaceAll("<!-- steelthread:record -->\n\nsummary\n\n"+whole+"\n", "\n", "\r\n"),
		"with CR":            strings.ReplaceAll(whole, "\n", "\r"),
		"next cycle":         seal(t, k, next)[0],
		"next cycle, broken": spoiltNext,
		"a decision":         decision[0],
		"decision, broken":   spoiltDecision,
		"a part left over":   left[1],
		"part, broken":       spoil(left[1]),
	} {
		for _, bodies := range [][]string{{whole, body}, {body, whole}, {body + "\n" + whole}} {
			got, err := k.Open(bodies, here)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}
	}
	if _, err := k.Open([]string{spoiltDecision}, here); !errors.Is(err, ErrSignature) {
		t.Errorf("nothing but a broken decision: error %v, want %v", err, ErrSignature)
	}
}

// TestOpenDoubled: two record comments are merged; the union is to be written once,
// and then the older double changes nothing.
func TestOpenDoubled(t *testing.T) {
	k := keysOf(t, 'a')
	a, b := sample(), sample()
	a.Add(Receipt{Comment: 50, Said: day, Lines: []Line{{N: 1, Command: "/question a", ID: "Q1"}}})
	b.Add(Receipt{Comment: 51, Said: day, Lines: []Line{{N: 1, Command: "/question b", ID: "Q1"}}})
	doubled := []string{seal(t, k, a)[0], seal(t, k, b)[0]}
	got, err := k.Open(doubled, here)
	if err != nil {
		t.Fatal(err)
	}
	want := Union(a, b)
	want.Merged, want.SignedBy = true, k.Current()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("doubled (-want +got):\n%s", d)
	}
	next := got.Next(got)
	if next.Seq != a.Seq+1 {
		t.Errorf("next version %d, want %d", next.Seq, a.Seq+1)
	}
	for _, old := range doubled {
		for _, bodies := range [][]string{{seal(t, k, next)[0], old}, {old, seal(t, k, next)[0]}} {
			again, err := k.Open(bodies, here)
			if err != nil {
				t.Fatal(err)
			}
			want := next
			want.SignedBy = k.Current()
			if d := cmp.Diff(want, again); d != "" {
				t.Errorf("with an old double left (-want +got):\n%s", d)
			}
		}
	}
}

// TestPartsWriteOrder: with parts written first, as new comments, and the record
// last, a crash in between leaves a readable record.
func TestPartsWriteOrder(t *testing.T) {
	k := keysOf(t, 'a')
	before := typical(60)
	after := before
	after.Seq++
	after.Add(Receipt{Comment: 1, Said: day.AddDate(0, 0, -1), Lines: []Line{{N: 1, Command: "/kep 9"}}}) // found late: goes in front
	old, err := k.Seal(before, KindRecord, 4000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := k.Seal(after, KindRecord, 4000, 8000)
	if err != nil {
		t.Fatal(err)
	}
	if len(old) < 3 || slices.Equal(old[1:], fresh[1:]) {
		t.Fatalf("%d blocks, parts the same: %v; the test tests nothing", len(old), slices.Equal(old[1:], fresh[1:]))
	}
	open := func(step string, bodies []string, want Log) {
		t.Helper()
		got, err := k.Open(bodies, here)
		if err != nil {
			t.Errorf("%s: %v", step, err)
			return
		}
		want.SignedBy = k.Current()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", step, d)
		}
	}
	open("some parts written", slices.Concat(old, fresh[1:2]), before)
	open("all parts written", slices.Concat(old, fresh[1:]), before)
	open("record written", slices.Concat(fresh, old[1:]), after)
	open("old parts deleted", fresh, after)
}

func TestRotation(t *testing.T) {
	_, public := keyPair(t, "steelthread", 'a')
	old, now := keysOf(t, 'a'), keysOf(t, 'b', public)
	l := sample()
	got, err := now.Open(seal(t, old, l), here)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Resign || got.SignedBy != old.Current() {
		t.Errorf("resign %v, signed by %s, want true and %s", got.Resign, got.SignedBy, old.Current())
	}
	if d := cmp.Diff(got, got.Next(l)); d != "" {
		t.Errorf("an old key alone made a new version (-want +got):\n%s", d)
	}
	again, err := now.Open(seal(t, now, got), here)
	if err != nil {
		t.Fatal(err)
	}
	if again.Resign || again.SignedBy != now.Current() || again.Hash() != l.Hash() {
		t.Errorf("signed again: resign %v, signed by %s, same text %v", again.Resign, again.SignedBy, again.Hash() == l.Hash())
	}
	// A part by the old key beside a record by the new one.
	const first, rest = 4000, 8000
	a, err := old.Seal(typical(50), KindRecord, first, rest)
	if err != nil {
		t.Fatal(err)
	}
	b, err := now.Seal(typical(50), KindRecord, first, rest)
	if err != nil {
		t.Fatal(err)
	}
	mixed, err := now.Open(slices.Concat(b[:1], a[1:]), here)
	if err != nil {
		t.Fatal(err)
	}
	if !mixed.Resign || mixed.SignedBy != "" {
		t.Errorf("mixed: resign %v, signed by %q, want true and none", mixed.Resign, mixed.SignedBy)
	}
}

func TestVerify(t *testing.T) {
	k := keysOf(t, 'a')
	_, public := keyPair(t, "steelthread", 'a')
	audit, err := NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	block := seal(t, k, sample())[0]
	h, err := audit.Verify("visible\r\n" + block)
	if err != nil {
		t.Fatal(err)
	}
	want := Header{Kind: KindRecord, Identity: here, Seq: 3, Prev: sample().Prev, Format: 1, SignedBy: k.Current(), Text: h.Text}
	if d := cmp.Diff(want, h); d != "" {
		t.Errorf("Verify (-want +got):\n%s", d)
	}
	l, err := audit.Open([]string{block}, here)
	if err != nil || l.Resign {
		t.Errorf("Open without a private key: resign %v, error %v", l.Resign, err)
	}
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"none":    {"visible", ErrNoBlock},
		"altered": {spoil(block), ErrSignature},
		"two":     {block + "\n" + block, ErrFormat},
	} {
		if _, err := audit.Verify(c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", name, err, c.want)
		}
	}
}
