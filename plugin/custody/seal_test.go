package custody

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"
)

// TestFormat pins the bytes: a record written by one version must stay readable,
// and be written the same, by the next. record.golden is of before there were merge
// receipts.
func TestFormat(t *testing.T) {
	l := sample()
	l.Receipts[0].Login = "a--b--->@c#1\u0085\u202e é 漢"
	pin(t, "record.golden", l)
	pin(t, "record-merges.golden", withMerges())
}

func pin(t *testing.T, name string, l Log) {
	t.Helper()
	got := seal(t, keysOf(t, 'a'), l)[0] + "\n"
	checkSafe(t, strings.TrimSuffix(got, "\n"))
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: block (-want +got), rewrite with -update only together with a new format version:\n%s", name, d)
	}
	opened, err := keysOf(t, 'a').Open([]string{string(want)}, here)
	if err != nil {
		t.Fatal(err)
	}
	l.SignedBy = keysOf(t, 'a').Current()
	if d := cmp.Diff(l, opened); d != "" {
		t.Errorf("%s: Open (-want +got):\n%s", name, d)
	}
}

// checkSafe reports what could make a block be more than one hidden HTML block.
func checkSafe(t *testing.T, block string) {
	t.Helper()
	inner, ok := strings.CutPrefix(block, blockOpen+"\n")
	if !ok {
		t.Fatalf("block begins %.40q", block)
	}
	inner, ok = strings.CutSuffix(inner, "\n"+blockClose)
	if !ok {
		t.Fatalf("block does not end with %q", blockClose)
	}
	for _, bad := range []string{"--", "<", ">", "&", "@", "#", "\r", "\u0085", "\u2028", "\u202e"} {
		if strings.Contains(inner, bad) {
			t.Errorf("block contains %q:\n%s", bad, block)
		}
	}
	if !utf8.ValidString(block) || strings.ContainsFunc(inner, func(r rune) bool { return r < 0x20 && r != '\n' || r == 0x7f }) {
		t.Errorf("block has control characters or is not UTF-8:\n%q", block)
	}
	for line := range strings.Lines(inner) {
		if !strings.HasPrefix(line, "{") && !strings.HasPrefix(line, formatWord) && !strings.HasPrefix(line, "— ") && line != "\n" {
			t.Errorf("a line of the block begins %.20q", line)
		}
	}
	var page strings.Builder
	md := goldmark.New(goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte("text\n\n"+block+"\n\ntext"), &page); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("<p>text</p>\n"+block+"\n<p>text</p>\n", page.String()); d != "" {
		t.Errorf("Markdown does not pass it on as it is (-want +got):\n%s", d)
	}
}

func FuzzSealOpen(f *testing.F) {
	f.Add("ada", "/commit v1.38", "Q1", "told", "v1.38", int64(0), false)
	f.Add("-->", "--!>", "<!--", "-", "--", int64(1), true)
	f.Add("a\nb", "\r\n/hold\r", "\x00\x1b\x7f", "\u0085\u2028\u202e\ufeff", " \t", int64(1<<33), false)
	f.Add("\xff\xfe", "\\u003c\\", "\"}\n\n— steelthread AAAA", "<!-- steelthread:signed", "\n-->\n", int64(-5), true)
	k := keysOf(f, 'a')
	f.Fuzz(func(t *testing.T, login, command, id, key, cycle string, sec int64, rebuilt bool) {
		want := Log{Identity: Identity{Repo: 1, Issue: 2, Cycle: cycle}, Seq: 7, Prev: "ab", Told: []string{key}}
		for i := range int64(3) {
			want.Add(Receipt{Comment: i, Author: i, Login: login, Said: time.Unix(sec%(1<<35)+i, 0), Words: Words(command), Rebuilt: rebuilt,
				Lines: []Line{{N: 1, Command: command, Role: id, SIG: login, Source: command, ID: id}, {N: 2, Refused: "x" + id}}})
		}
		for i := range 3 {
			m := Merge{Repo: login, Number: i, Commit: id, At: time.Unix(sec%(1<<35)+int64(i), 1), Title: command, By: key, KEP: id, Verdict: login}
			if added := want.AddMerge(m); added != (login != "" && i > 0) || want.AddMerge(m) {
				t.Errorf("AddMerge(%+v) = %v, then not false", m, added)
			}
		}
		want.SignedBy = k.Current()
		first, rest := 1000+len(key)*6+len(cycle)*6, 4000+80*(len(login)+len(command)+len(id)+len(key)+len(cycle))
		blocks, err := k.Seal(want, KindRecord, first, rest)
		if errors.Is(err, ErrFormat) {
			return // a year that RFC 3339 cannot write
		}
		if err != nil {
			t.Fatal(err)
		}
		bodies := slices.Clone(blocks)
		for i, b := range blocks {
			checkSafe(t, b)
			bodies[len(blocks)-1-i] = "text\r\n" + strings.ReplaceAll(b, "\n", "\r\n") + "\r\n"
		}
		got, err := k.Open(bodies, want.Identity)
		if !utf8.ValidString(cycle) {
			return // GitHub's JSON cannot hold it
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("Open(Seal(l)) (-want +got):\n%s", d)
		}
		again, err := k.Seal(got, KindRecord, first, rest)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(blocks, again); d != "" {
			t.Errorf("sealed again (-want +got):\n%s", d)
		}
		if got.Hash() != want.Hash() {
			t.Error("the hash changed by writing and reading")
		}
	})
}

func TestAlteredAnywhere(t *testing.T) {
	k := keysOf(t, 'a')
	block := seal(t, k, sample())[0]
	start := len(blockOpen) + 1
	for i := range len(block) {
		flipped := []byte(block)
		flipped[i] ^= 1
		for what, altered := range map[string]string{
			"changed": string(flipped),
			"removed": block[:i] + block[i+1:],
			"doubled": block[:i] + block[i:i+1] + block[i:],
			"cut":     block[:i],
		} {
			_, err := k.Open([]string{altered}, here)
			want := ErrSignature
			if i < start {
				want = ErrNoBlock // no block begins there any more
			}
			switch {
			case what == "cut" && i == len(blockOpen), what == "doubled" && i == start-1:
				want = ErrSignature // an empty block; an empty line in front
			}
			if !errors.Is(err, want) {
				t.Errorf("byte %d %s: error %v, want %v", i, what, err, want)
			}
		}
	}
}

// TestRespelledSignature: the unused bits of base64 and further signatures do not
// change what is signed, yet are an alteration.
func TestRespelledSignature(t *testing.T) {
	k := keysOf(t, 'a')
	block := seal(t, k, sample())[0]
	end := strings.LastIndex(block, "=\n")
	last := strings.IndexByte(base64Alphabet, block[end-1])
	respelled := block[:end-1] + base64Alphabet[last^1:last^1+1] + block[end:]
	foreign := seal(t, keysOf(t, 'b'), sample())[0]
	line := foreign[strings.Index(foreign, "— ") : len(foreign)-len(blockClose)]
	for what, altered := range map[string]string{
		"unused bits":      respelled,
		"second signature": strings.Replace(block, blockClose, line+blockClose, 1),
	} {
		if altered == block {
			t.Fatalf("%s: nothing altered", what)
		}
		if _, err := k.Open([]string{strings.TrimSuffix(altered, "\n")}, here); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: error %v, want %v", what, err, ErrSignature)
		}
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// TestSizes prints how many characters 500 typical receipts take.
func TestSizes(t *testing.T) {
	k := keysOf(t, 'a')
	for _, n := range []int{1, 50, 200, 500} {
		l := typical(n)
		one, err := k.Seal(l, KindRecord, 1<<30, RecordRoom)
		if err != nil {
			t.Fatal(err)
		}
		blocks := seal(t, k, l)
		sizes := make([]int, 0, len(blocks))
		for _, b := range blocks {
			sizes = append(sizes, runes(b))
			if runes(b) > RecordRoom {
				t.Errorf("%d receipts: a block of %d characters, want at most %d", n, runes(b), RecordRoom)
			}
		}
		t.Logf("%d receipts: %d characters in one block, %d a receipt; blocks %v", n, runes(one[0]), runes(one[0])/n, sizes)
		got, err := k.Open(blocks, here)
		if err != nil {
			t.Fatal(err)
		}
		if !got.SameContent(l) {
			t.Errorf("%d receipts in %d blocks came back different", n, len(blocks))
		}
	}
}

// TestPartsStay: as a log grows, by comments and by merges, parts once written do
// not change.
func TestPartsStay(t *testing.T) {
	k, all := keysOf(t, 'a'), typical(300)
	var merges []Merge // one after every other comment
	for i, r := range all.Receipts {
		if i%2 == 1 {
			merges = append(merges, Merge{Repo: "kubernetes/kubernetes", Number: 130000 - i, Commit: strings.Repeat("1f", 20), At: r.Said.Add(time.Minute),
				Title: "Implement a part of it", By: "/part-of", Verdict: VerdictPlanned})
		}
	}
	const first, rest = 16000, 20000
	var before []string
	rewritten := 0
	for n := 1; n <= len(all.Receipts); n++ {
		l := all
		l.Seq, l.Receipts, l.Merges = n, all.Receipts[:n], merges[:n/2]
		blocks, err := k.Seal(l, KindRecord, first-n%500, rest) // the visible text grows, too
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range blocks[1:] {
			if i < len(before) && before[i] != b {
				rewritten++
			}
			if runes(b) > rest/2 {
				t.Errorf("%d receipts: part %d has %d characters, want at most %d", n, i+1, runes(b), rest/2)
			}
		}
		if runes(blocks[0]) > first {
			t.Errorf("%d receipts: the record has %d characters, want at most %d", n, runes(blocks[0]), first)
		}
		before = blocks[1:]
	}
	if len(before) < 5 || rewritten > 0 {
		t.Errorf("%d parts, %d rewritten, want at least 5 and none", len(before), rewritten)
	}
}

// TestRoomIsExact: a block may be exactly as long as its room, and wide characters
// count as one.
func TestRoomIsExact(t *testing.T) {
	k, l := keysOf(t, 'a'), sample()
	l.Receipts[0].Login = strings.Repeat("漢", 100)
	n := runes(seal(t, k, l)[0])
	fits, err := k.Seal(l, KindRecord, n, RecordRoom)
	if err != nil || len(fits) != 1 {
		t.Errorf("room %d: %d blocks, error %v, want 1 block", n, len(fits), err)
	}
	less, err := k.Seal(l, KindRecord, n-1, RecordRoom)
	if err != nil || len(less) != 2 {
		t.Errorf("room %d: %d blocks, error %v, want 2 blocks", n-1, len(less), err)
	}
}

func TestSealErrors(t *testing.T) {
	k, l := keysOf(t, 'a'), sample()
	far := l
	far.Add(Receipt{Comment: 1, Said: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)})
	mergedFar := l
	mergedFar.AddMerge(Merge{Repo: "o/a", Number: 1, At: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)})
	_, public := keyPair(t, "steelthread", 'a')
	reader, err := NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		keys        *Keys
		log         Log
		kind        Kind
		first, rest int
		want        error
	}{
		{"no room for the frame", k, l, KindRecord, 100, 10000, ErrRoom},
		{"no room for a receipt", k, l, KindRecord, 600, 300, ErrRoom},
		{"cannot sign", reader, l, KindRecord, 10000, 10000, ErrKey},
		{"other kind", k, l, KindDecision, 10000, 10000, ErrFormat},
		{"year 10000", k, far, KindRecord, 10000, 10000, ErrFormat},
		{"merged in the year 10000", k, mergedFar, KindRecord, 10000, 10000, ErrFormat},
	} {
		if got, err := c.keys.Seal(c.log, c.kind, c.first, c.rest); !errors.Is(err, c.want) || got != nil {
			t.Errorf("%s: %d blocks, error %v, want %v", c.name, len(got), err, c.want)
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	k := keysOf(t, 'a')
	r := rand.New(rand.NewPCG(3, 4))
	var values []json.RawMessage
	for range 40 {
		v, err := json.Marshal(map[string]any{"seat": "sig-" + pick(r, "node", "-->", "--!>\n"), "vote": r.Int64()})
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	blocks, err := k.SealJSON(KindDecision, here, 2, "ab", values, 1500, 1200)
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) < 3 {
		t.Errorf("%d blocks, want several", len(blocks))
	}
	for _, b := range blocks {
		checkSafe(t, b)
	}
	h, got, err := k.OpenJSON(blocks, KindDecision, here)
	if err != nil {
		t.Fatal(err)
	}
	decoded := func(vs []json.RawMessage) (out []map[string]any) {
		for _, v := range vs {
			var m map[string]any
			if err := json.Unmarshal(v, &m); err != nil {
				t.Fatal(err)
			}
			out = append(out, m)
		}
		return out
	}
	if d := cmp.Diff(decoded(values), decoded(got)); d != "" {
		t.Errorf("values (-want +got):\n%s", d)
	}
	if h.Seq != 2 || h.Prev != "ab" || h.Kind != KindDecision || h.Identity != here || h.Format != 1 {
		t.Errorf("header %+v", h)
	}
	if _, _, err := k.OpenJSON(append(blocks, blocks...), KindDecision, here); err != nil {
		t.Errorf("doubled: error %v", err)
	}
	other, err := k.SealJSON(KindDecision, here, 3, "ab", values[:1], 1500, 1200)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.OpenJSON(append(blocks, other...), KindDecision, here); !errors.Is(err, ErrFormat) {
		t.Errorf("two decisions: error %v, want %v", err, ErrFormat)
	}
	if _, err := k.Open(blocks, here); !errors.Is(err, ErrIdentity) {
		t.Errorf("a decision opened as a record: error %v, want %v", err, ErrIdentity)
	}
	if _, err := k.SealJSON(KindDecision, here, 1, "", []json.RawMessage{[]byte("{")}, 1500, 1200); !errors.Is(err, ErrFormat) {
		t.Errorf("broken value: error %v, want %v", err, ErrFormat)
	}
}
