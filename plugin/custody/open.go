package custody

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Open checks and decodes the record of one issue and cycle from the bodies of
// comments, in any order: those of the record and its parts, or of all comments
// that the bot wrote on the issue. It is for the caller to leave out comments of
// other authors. Line ends may be CRLF.
//
// Blocks of other issues, cycles and kinds are passed over if the record is there.
// A doubled record is merged; if the union is more than the newest of the doubles
// says, Log.Merged is set. Damage that may concern the record is an error even if an
// older version of it is whole.
// Errors: ErrNoBlock, ErrSignature, ErrIdentity, ErrParts, ErrFormat, ErrNewer; the
// log is then empty.
func (k *Keys) Open(bodies []string, want Identity) (Log, error) {
	heads, err := k.heads(bodies, want, KindRecord)
	if err != nil {
		return Log{}, err
	}
	var out, top Log
	for i, h := range heads {
		l, err := k.log(h)
		if err != nil {
			return Log{}, err
		}
		if i == 0 {
			out, top = l, l
			continue
		}
		out = Union(out, l)
		if l.Seq == out.Seq && l.Prev == out.Prev {
			top = l
		}
	}
	out.Merged = !out.SameContent(top)
	return out, nil
}

// log decodes a record whose parts were gathered.
func (k *Keys) log(h opened) (Log, error) {
	k = k.now()
	l := Log{Identity: h.Identity, Seq: h.Seq, Prev: h.Prev, SignedBy: h.SignedBy}
	for _, s := range h.signers {
		l.Resign = l.Resign || k.signer != nil && s != k.current
		if s != h.SignedBy {
			l.SignedBy = ""
		}
	}
	if err := l.restoreLines(h.values); err != nil {
		return Log{}, err
	}
	return l, nil
}

// OpenJSON checks and decodes what SealJSON sealed as this kind for this identity.
// Several blocks with the same text count as one; different ones are ErrFormat, so
// the caller gives one decision's comments at a time. Errors otherwise as Open's.
func (k *Keys) OpenJSON(bodies []string, kind Kind, want Identity) (Header, []json.RawMessage, error) {
	heads, err := k.heads(bodies, want, kind)
	if err != nil {
		return Header{}, nil, err
	}
	for _, h := range heads[1:] {
		if h.Text != heads[0].Text {
			return Header{}, nil, fmt.Errorf("%w: two different blocks of kind %q", ErrFormat, kind)
		}
	}
	return heads[0].Header, heads[0].values, nil
}

// Verify checks the one block in a saved comment, whatever it belongs to, for an
// audit without network. A part is checked by itself: compare the hash of its Text
// with the record's Parts. Errors: ErrNoBlock, ErrSignature, ErrFormat, ErrNewer.
func (k *Keys) Verify(body string) (Header, error) {
	found := findBlocks(body)
	switch len(found) {
	case 0:
		return Header{}, ErrNoBlock
	case 1:
		b, err := k.verify(found[0])
		return b.Header, err
	}
	return Header{}, fmt.Errorf("%w: %d blocks in one comment", ErrFormat, len(found))
}

// Hash returns the hex sha256 of the header's signed text, as Prev and Parts hold it.
func (h Header) Hash() string { return hashText(h.Text) }

// opened is a block that was checked, with the values of its parts in front.
type opened struct {
	Header
	values  []json.RawMessage
	signers []string // of the block and its parts
}

// found sorts the blocks of several bodies.
type found struct {
	heads   []opened          // of the kind and identity wanted, each text once
	parts   map[string]opened // of that identity, by the hash of their text
	bad     error             // the first damage that may concern what is wanted
	damaged error             // other damage
	strange bool              // whole blocks of another kind or identity
}

// heads returns the checked blocks of a kind and identity, at least one, each text
// once, with their parts' values.
func (k *Keys) heads(bodies []string, want Identity, kind Kind) ([]opened, error) {
	f := found{parts: map[string]opened{}}
	for _, body := range bodies {
		for _, raw := range findBlocks(body) {
			b, err := k.verify(raw)
			switch {
			case errors.Is(err, ErrNewer):
				return nil, err
			case err != nil && claimsOther(raw, want, kind):
				f.damaged = worse(f.damaged, err)
			case err != nil:
				f.bad = worse(f.bad, err)
			case b.Kind == KindPart && b.Identity == want:
				f.parts[b.Hash()] = b
			case b.Kind != kind || b.Identity != want:
				f.strange = true
			case !slices.ContainsFunc(f.heads, func(h opened) bool { return h.Text == b.Text }):
				f.heads = append(f.heads, b)
			}
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	for i := range f.heads {
		if err := f.heads[i].gather(f.parts); err != nil {
			if errors.Is(f.damaged, ErrUnknownKey) { // perhaps it is the part
				err = fmt.Errorf("%w; %w", err, f.damaged)
			}
			return nil, err
		}
	}
	return f.heads, nil
}

// worse keeps the first damage, but for an unknown key, which says most.
func worse(first, next error) error {
	if first == nil || errors.Is(next, ErrUnknownKey) && !errors.Is(first, ErrUnknownKey) {
		return next
	}
	return first
}

// err says why there is nothing to go on with, if so.
func (f found) err() error {
	switch {
	case f.bad != nil:
		return f.bad
	case len(f.heads) > 0:
		return nil
	case f.damaged != nil:
		return f.damaged
	case f.strange:
		return ErrIdentity
	case len(f.parts) > 0:
		return fmt.Errorf("%w: the block that names the parts", ErrParts)
	}
	return ErrNoBlock
}

// gather puts the values of the parts in front of the block's own.
func (o *opened) gather(parts map[string]opened) error {
	own := o.values
	o.values = nil
	for i, hash := range o.Parts {
		p, ok := parts[hash]
		if !ok {
			return fmt.Errorf("%w: part %d of %d", ErrParts, i+1, len(o.Parts))
		}
		o.values = append(o.values, p.values...)
		o.signers = append(o.signers, p.signers...)
	}
	o.values = append(o.values, own...)
	return nil
}

// verify checks one block and decodes its header. What it returns with an error is
// empty. The signature is checked before anything in the text is believed.
func (k *Keys) verify(raw string) (opened, error) {
	n, err := note.Open([]byte(raw), k.now().known)
	if err != nil {
		return opened{}, whyNot(err)
	}
	// note.Open tolerates further signatures and more than one spelling of base64.
	// A block of ours has one of each, and a changed byte is to be noticed anywhere.
	by := n.Sigs[0]
	if len(n.Sigs) != 1 || raw != n.Text+"\n— "+by.Name+" "+by.Base64+"\n" || !canonical(by.Base64) {
		return opened{}, fmt.Errorf("%w: the signature was rewritten", ErrSignature)
	}
	h, rest, err := parseHeader(n.Text)
	if err != nil {
		return opened{}, err
	}
	h.Text, h.SignedBy = n.Text, keyName(by.Name, by.Hash)
	o := opened{Header: h, signers: []string{h.SignedBy}}
	for line := range strings.Lines(rest) {
		o.values = append(o.values, json.RawMessage(strings.TrimSuffix(line, "\n")))
	}
	return o, nil
}

// whyNot says what note.Open found.
func whyNot(err error) error {
	if bad, ok := errors.AsType[*note.InvalidSignatureError](err); ok {
		return fmt.Errorf("%w: altered after %s signed it", ErrSignature, keyName(bad.Name, bad.Hash))
	}
	if unknown, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		by := unknown.Note.UnverifiedSigs[0]
		kind := ErrSignature
		if raw, err := base64.StdEncoding.DecodeString(by.Base64); err == nil && len(raw) == 4+ed25519.SignatureSize {
			kind = ErrUnknownKey // the four bytes are the key's hash
		}
		return fmt.Errorf("%w: signed by the unknown key %s", kind, keyName(by.Name, by.Hash))
	}
	return fmt.Errorf("%w: not a signed note any more", ErrSignature)
}

// parseHeader decodes the first line of a signed text and returns what follows it.
func parseHeader(text string) (Header, string, error) {
	line, rest, _ := strings.Cut(text, "\n")
	version, fields, ok := strings.Cut(strings.TrimPrefix(line, formatWord), " ")
	format, err := strconv.Atoi(version)
	if !ok || err != nil || format < 1 || !strings.HasPrefix(line, formatWord) {
		return Header{}, "", fmt.Errorf("%w: no header line", ErrFormat)
	}
	if format > formatVersion {
		return Header{}, "", fmt.Errorf("%w: %w: format %d, known up to %d", ErrFormat, ErrNewer, format, formatVersion)
	}
	h := Header{Format: format}
	if err := decode([]byte(fields), &h); err != nil {
		return Header{}, "", err
	}
	return h, rest, nil
}

// claimsOther reports whether a damaged block says of itself, unproven, that it is a
// part, or of another kind or identity than what we look for. Whoever changes a
// block to say so could as well have deleted it.
func claimsOther(raw string, want Identity, kind Kind) bool {
	h, _, err := parseHeader(raw)
	return err == nil && (h.Kind != kind || h.Identity != want)
}

// Blocks returns the signed blocks of a comment as they stand, unchecked. Each by itself
// can be given to Verify, and those of a record and its parts to Open.
func Blocks(body string) []string {
	found := findBlocks(body)
	for i := range found {
		found[i] = blockOpen + "\n" + found[i] + blockClose
	}
	return found
}

// findBlocks returns the signed notes found in a body, unchecked, without the
// block's first and last line. A block that does not end is returned as far as it
// goes: it will not pass the check.
func findBlocks(body string) []string {
	var out []string
	var b strings.Builder
	inside := false
	for line := range strings.Lines(normalEnds(body)) {
		switch bare := strings.TrimSuffix(line, "\n"); {
		case bare == blockOpen:
			if inside {
				out = append(out, b.String())
			}
			b.Reset()
			inside = true
		case inside && bare == blockClose:
			out = append(out, b.String())
			inside = false
		case inside:
			b.WriteString(line)
		}
	}
	if inside {
		out = append(out, b.String()+"unfinished")
	}
	return out
}

// canonical reports whether the base64 text is the one spelling of its bytes: the
// decoder ignores the unused bits of the last character.
func canonical(s string) bool {
	_, err := base64.StdEncoding.Strict().DecodeString(s)
	return err == nil
}
