package custody

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// formatVersion is the format that this software writes, and the newest it reads.
const formatVersion = 1

// formatWord begins the first line of every signed text, in every format.
const formatWord = "steelthread/"

// Header is the first line of a block's signed text.
type Header struct {
	Kind     Kind `json:"kind"`
	Identity      // of the issue that the comment is on
	Seq      int  `json:"seq,omitempty"`
	// Prev is the hex sha256 of the previous version's signed text.
	Prev string `json:"prev,omitempty"`
	// Part is the number of a part block, from 1; 0 in the block that names the parts.
	Part int `json:"part,omitempty"`
	// Parts holds the hex sha256 of each part's signed text.
	Parts []string `json:"parts,omitempty"`

	Format   int    `json:"-"` // the format version
	SignedBy string `json:"-"` // name and hash of the key, "" before the check
	Text     string `json:"-"` // the signed text, this header included
}

// first returns the header as the first line of a signed text, with its line end.
func (h Header) first() (string, error) {
	line, err := encode(h)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s%d %s\n", formatWord, formatVersion, line), nil
}

// told is how the key of a notice that was seen posted is written, one a line.
type told struct {
	Told string `json:"told"`
}

// lines returns the log's content, one JSON object per receipt, merge receipt and
// notice key. The receipts come first, those of comments and of merges together in
// the order of time: parts take from the front and should not change.
func (l Log) lines() ([]string, error) {
	l.Sort()
	out := make([]string, 0, len(l.Receipts)+len(l.Merges)+len(l.Told))
	err := l.eachReceipt(func(v any) error {
		if m, ok := v.(Merge); ok {
			v = merged{m}
		}
		s, err := encode(v)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, key := range l.Told {
		s, err := encode(told{key})
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// eachReceipt gives the receipts of a log in normal form to do, each a Receipt or a
// Merge, oldest first, those of comments before those of merges in one second. An
// error of do ends it and names the receipt.
func (l Log) eachReceipt(do func(any) error) error {
	rs, ms := l.Receipts, l.Merges
	for len(rs)+len(ms) > 0 {
		if len(ms) == 0 || len(rs) > 0 && !rs[0].Said.After(ms[0].At) {
			if err := do(rs[0]); err != nil {
				return fmt.Errorf("receipt of comment %d: %w", rs[0].Comment, err)
			}
			rs = rs[1:]
			continue
		}
		if err := do(ms[0]); err != nil {
			return fmt.Errorf("merge receipt of %s#%d: %w", ms[0].Repo, ms[0].Number, err)
		}
		ms = ms[1:]
	}
	return nil
}

func (l Log) header(kind Kind) Header {
	return Header{Kind: kind, Identity: l.Identity, Seq: l.Seq, Prev: l.Prev}
}

// text returns the signed text of the whole log as one block.
func (l Log) text() (string, error) {
	lines, err := l.lines()
	if err != nil {
		return "", err
	}
	first, err := l.header(KindRecord).first()
	if err != nil {
		return "", err
	}
	return first + joined(lines), nil
}

// JSONL writes the receipts for an audit or an export, one JSON object per line
// with the identity in it, so that several logs can be written to one file. A merge
// receipt is the value of its line's "merge", as its own "repo" is another than the
// identity's.
func (l Log) JSONL(w io.Writer) error {
	l.Sort()
	return l.eachReceipt(func(v any) error {
		var line any
		switch v := v.(type) {
		case Receipt:
			line = struct {
				Identity
				Receipt
			}{l.Identity, v}
		case Merge:
			line = struct {
				Identity
				merged
			}{l.Identity, merged{v}}
		}
		s, err := encode(line)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, s+"\n")
		return err
	})
}

// restoreLines sets the log's content from decoded lines.
func (l *Log) restoreLines(lines []json.RawMessage) error {
	for _, line := range lines {
		var probe struct {
			Told  *string          `json:"told"`
			Merge *json.RawMessage `json:"merge"`
		}
		if err := json.Unmarshal(line, &probe); err != nil {
			return fmt.Errorf("%w: a line that is not a JSON object", ErrFormat)
		}
		var t told
		var m merged
		var r Receipt
		var err error
		switch {
		case probe.Told != nil:
			err = decode(line, &t)
			l.Told = append(l.Told, t.Told)
		case probe.Merge != nil:
			err = decode(line, &m)
			l.Merges = append(l.Merges, m.Merge)
		default:
			err = decode(line, &r)
			l.Receipts = append(l.Receipts, r)
		}
		if err != nil {
			return err
		}
	}
	l.Sort()
	return nil
}

// encode returns v as one line of JSON that is safe in a block, without a line end.
// Byte sequences that are not UTF-8 become U+FFFD.
func encode(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(true) // the default; the format rests on it
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return safe(strings.TrimSuffix(b.String(), "\n")), nil
}

// safe replaces by \u escapes, in JSON on one line, what could do harm in a hidden
// block. All these occur inside JSON strings only.
//
//   - "<", ">", "&" and a hyphen after a hyphen: no "-->", "--!>" or "<!--". Some
//     parsers end a comment at any "--".
//   - "@" and "#": nobody is named and no issue referred to, even by a tool that
//     reads raw text.
//   - DEL, C1 controls and U+2028, U+2029, which some take for line ends; U+FEFF,
//     zero-width and bidirectional controls, which would mislead an auditor.
//
// The set is fixed, not asked of a Unicode table that changes with Go's version.
func safe(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	var last rune
	for _, r := range s {
		if r == '<' || r == '>' || r == '&' || r == '@' || r == '#' || r == '-' && last == '-' ||
			r >= 0x7f && r <= 0x9f || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
			r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// decode reads one JSON object strictly. A field that we do not know means that
// newer software wrote it: dropping it would lose it at the next write.
func decode(line []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%w: more than one value on a line", ErrFormat)
	}
	if strings.Contains(err.Error(), "unknown field") {
		return fmt.Errorf("%w: %w: %v", ErrFormat, ErrNewer, err)
	}
	return fmt.Errorf("%w: a line that is not the JSON expected", ErrFormat)
}

func joined(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.String()
}

func runes(s string) int { return utf8.RuneCountInString(s) }
