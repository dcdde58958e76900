package custody

import (
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/note"
)

// The first and last line of a block. CommonMark ends this kind of HTML block at
// "-->" only, so blank lines within are no harm.
const blockOpen, blockClose = "<!-- steelthread:signed", "-->"

// CommentRoom is how many characters a comment may have: GitHub's promise, though
// it was measured to take 262,144 bytes. RecordRoom is how many we use.
const (
	CommentRoom = 65536
	RecordRoom  = 60000
)

// Seal returns the hidden blocks of a record: the first is for the record's
// comment and has at most first characters; if there are more they are for further
// comments, "part k of n", and have at most rest characters each. No block begins
// or ends with a line end. Of one log, key and room the blocks are always the same.
//
// Parts hold the oldest receipts. They are cut at half of rest, so that with first
// not under that half a part is full when it is first made and stays the same when
// newer receipts come. See the package comment for the order of writing.
//
// Errors: ErrRoom if a receipt is too long for any block, ErrKey if these keys
// cannot sign, ErrFormat for a kind other than KindRecord.
func (k *Keys) Seal(l Log, kind Kind, first, rest int) ([]string, error) {
	if kind != KindRecord {
		return nil, fmt.Errorf("%w: a log is sealed as %q, not %q", ErrFormat, KindRecord, kind)
	}
	lines, err := l.lines()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	return k.seal(l.header(kind), lines, first, rest)
}

// SealJSON returns the hidden blocks of any signed list of JSON values, such as a
// decision's inputs, as Seal does for a log. The values are written one a line,
// compact, with the bytes that could do harm escaped.
func (k *Keys) SealJSON(kind Kind, id Identity, seq int, prev string, values []json.RawMessage, first, rest int) ([]string, error) {
	if kind == KindPart {
		return nil, fmt.Errorf("%w: a part has no content of its own", ErrFormat)
	}
	lines := make([]string, 0, len(values))
	for i, v := range values {
		s, err := encode(v)
		if err != nil {
			return nil, fmt.Errorf("%w: value %d: %v", ErrFormat, i+1, err)
		}
		lines = append(lines, s)
	}
	return k.seal(Header{Kind: kind, Identity: id, Seq: seq, Prev: prev}, lines, first, rest)
}

// seal cuts as few parts off the front as make the remainder fit the first block.
func (k *Keys) seal(h Header, lines []string, first, rest int) ([]string, error) {
	k = k.now()
	if k.signer == nil {
		return nil, fmt.Errorf("%w: there is no private key to sign with", ErrKey)
	}
	left := 0 // characters of the lines not yet in a part
	for _, l := range lines {
		left += runes(l) + 1
	}
	var parts []string
	for {
		head, err := h.first()
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrFormat, err)
		}
		if k.frame()+runes(head)+left <= first {
			block, err := k.block(head + joined(lines))
			if err != nil {
				return nil, err
			}
			return append([]string{block}, parts...), nil
		}
		if len(lines) == 0 {
			return nil, fmt.Errorf("%w: %d characters are too few for the record's own block", ErrRoom, first)
		}
		part := Header{Kind: KindPart, Identity: h.Identity, Part: len(parts) + 1}
		text, n, size, err := k.cut(part, lines, rest)
		if err != nil {
			return nil, err
		}
		block, err := k.block(text)
		if err != nil {
			return nil, err
		}
		parts = append(parts, block)
		h.Parts = append(h.Parts, hashText(text))
		lines, left = lines[n:], left-size
	}
}

// cut returns the text of a part, how many lines it takes and their characters.
func (k *Keys) cut(h Header, lines []string, rest int) (text string, n, size int, err error) {
	head, err := h.first()
	if err != nil {
		return "", 0, 0, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	frame := k.frame() + runes(head)
	for n < len(lines) {
		c := runes(lines[n]) + 1
		if n > 0 && frame+size+c > rest/2 || n == 0 && frame+c > rest {
			break
		}
		size += c
		n++
	}
	if n == 0 {
		return "", 0, 0, fmt.Errorf("%w: a single entry has %d characters, a part may have %d", ErrRoom, runes(lines[0]), rest)
	}
	return head + joined(lines[:n]), n, size, nil
}

// frame returns how many characters a block has beside its signed text.
func (k *Keys) frame() int {
	const signature = 92 // base64 of 4 bytes of key hash and 64 of signature
	return len(blockOpen+"\n") + len("\n") + runes("— "+k.signer.Name()+" ") + signature + len("\n"+blockClose)
}

// block signs a text and wraps it.
func (k *Keys) block(text string) (string, error) {
	signed, err := note.Sign(&note.Note{Text: text}, k.signer)
	if err != nil {
		return "", fmt.Errorf("%w: %v", ErrKey, err)
	}
	return blockOpen + "\n" + string(signed) + blockClose, nil
}
