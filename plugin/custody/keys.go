package custody

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/mod/sumdb/note"
)

// Why a block cannot be read. Use errors.Is.
var (
	// ErrNoBlock: the bodies hold no signed block.
	ErrNoBlock = errors.New("no signed block found")
	// ErrSignature: a block was altered, or a key signed it that we do not know.
	ErrSignature = errors.New("the signature does not match")
	// ErrUnknownKey: a block carries a well-formed signature by a key that we do not
	// know. Perhaps it is our key that is wrong, so nothing may be made in the place of
	// such a block. Such an error is an ErrSignature, too.
	ErrUnknownKey error = unknownKey{}
	// ErrIdentity: a block is whole but was signed for another issue, cycle or purpose.
	ErrIdentity = errors.New("signed for another issue, cycle or purpose")
	// ErrParts: a part that the record names is missing, altered or of another version.
	ErrParts = errors.New("a part of the record is missing")
	// ErrFormat: a block is whole and ours, but cannot be decoded.
	ErrFormat = errors.New("the format is not known")
	// ErrNewer: newer software wrote the block; it must not be overwritten. Such an
	// error is an ErrFormat, too.
	ErrNewer = errors.New("written by newer software, must not be overwritten")
	// ErrStale: only versions older than one known to exist could be read.
	ErrStale = errors.New("older than the version known to exist")
	// ErrRoom: a receipt, or the frame of a block, does not fit the room given.
	ErrRoom = errors.New("does not fit in a comment")
	// ErrKey: a key cannot be used.
	ErrKey = errors.New("key cannot be used")
)

type unknownKey struct{}

func (unknownKey) Error() string { return ErrSignature.Error() }
func (unknownKey) Unwrap() error { return ErrSignature }

// GenerateKey returns a new Ed25519 key pair in the encoding of signed notes
// ("PRIVATE+KEY+name+hash+…" and "name+hash+…"). The name is shown beside each
// signature: letters, digits, ".", "_", "/" and single hyphens within.
func GenerateKey(rand io.Reader, name string) (private, public string, err error) {
	if !usableName(name) {
		return "", "", fmt.Errorf("%w: the name %q may hold only letters, digits, \".\", \"_\", \"/\" and single hyphens, such as \"steelthread-2026\"", ErrKey, name)
	}
	return note.GenerateKey(rand, name)
}

// Keys signs with one key and checks with any number of keys. It changes by Rotate
// alone and is safe for concurrent use.
type Keys struct {
	signer  note.Signer // nil: can only verify
	known   note.Verifiers
	current string   // keyName of signer
	own     string   // public key of signer
	public  []string // all that known holds

	rotated atomic.Pointer[Keys] // what holds instead, nil before the first Rotate
}

// now returns the keys that hold at present. They are immutable: what takes several
// steps takes them all with the same keys.
func (k *Keys) now() *Keys {
	if r := k.rotated.Load(); r != nil {
		return r
	}
	return k
}

// Rotate replaces the keys while they are in use, as NewKeys would make them. What was
// accepted before is accepted still: whatever is signed with the key of before keeps
// its worth until it is signed anew. After an error nothing has changed.
func (k *Keys) Rotate(private string, public ...string) error {
	next, err := NewKeys(private, slices.Concat(public, k.now().public)...)
	if err != nil {
		return err
	}
	k.rotated.Store(next)
	return nil
}

// NewKeys returns keys that sign with the private key and accept what it or one of
// the public keys signed. Surrounding white space is ignored. Errors are ErrKey and
// never hold the private key.
func NewKeys(private string, public ...string) (*Keys, error) {
	private = strings.TrimSpace(private)
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("%w: the private key does not read \"PRIVATE+KEY+name+hash+…\", as GenerateKey returns it", ErrKey)
	}
	if !usableName(signer.Name()) {
		return nil, fmt.Errorf("%w: the private key: its name %q would break the comment", ErrKey, signer.Name())
	}
	own, err := publicOf(signer, private)
	if err != nil {
		return nil, fmt.Errorf("%w: the private key: %v", ErrKey, err)
	}
	k, err := NewVerifier(slices.Concat(public, []string{own})...)
	if err != nil {
		return nil, err
	}
	k.signer, k.current, k.own = signer, keyName(signer.Name(), signer.KeyHash()), own
	return k, nil
}

// NewVerifier returns keys that can check but not sign, for an audit.
func NewVerifier(public ...string) (*Keys, error) {
	var list []note.Verifier
	var texts []string
	seen, hashes := map[string]bool{}, map[string]bool{}
	for i, p := range public {
		p = strings.TrimSpace(p)
		if seen[p] {
			continue
		}
		seen[p] = true
		v, err := note.NewVerifier(p)
		if err != nil {
			return nil, fmt.Errorf("%w: public key %d does not read \"name+hash+…\", as GenerateKey returns it", ErrKey, i+1)
		}
		name := keyName(v.Name(), v.KeyHash())
		if hashes[name] {
			return nil, fmt.Errorf("%w: two public keys are called %s", ErrKey, name)
		}
		hashes[name] = true
		list, texts = append(list, v), append(texts, p)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no public key given", ErrKey)
	}
	return &Keys{known: note.VerifierList(list...), public: texts}, nil
}

// Current returns name and hash of the signing key, as in Log.SignedBy; "" if none.
func (k *Keys) Current() string { return k.now().current }

// Public returns the public key of the signing key; "" if there is none.
func (k *Keys) Public() string { return k.now().own }

// keyName is how a key is named in a log: its public key without the key itself.
func keyName(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

func usableName(name string) bool {
	if name == "" || strings.Contains(name, "--") || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._/-", r)
	}) < 0
}

// publicOf derives the public key from a private key that signer was made of.
func publicOf(signer note.Signer, private string) (string, error) {
	fields := strings.SplitN(private, "+", 5) // PRIVATE, KEY, name, hash, algorithm and seed
	raw, err := base64.StdEncoding.DecodeString(fields[len(fields)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", errors.New("not an Ed25519 key")
	}
	public, _ := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(signer.Name(), public)
}
