package custody

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
)

func TestGenerateKey(t *testing.T) {
	private, public, err := GenerateKey(rand.Reader, "steelthread-2026")
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKeys(private+"\n", public+"\n", public)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(public, k.Current()+"+") {
		t.Errorf("Current() = %q, want the beginning of %q", k.Current(), public)
	}
	audit, err := NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.Verify(seal(t, k, sample())[0]); err != nil {
		t.Errorf("Verify with the public key: %v", err)
	}
	for _, name := range []string{"", "a b", "a--b", "-a", "a-", "a+b", "a>b", "é"} {
		if _, _, err := GenerateKey(rand.Reader, name); !errors.Is(err, ErrKey) {
			t.Errorf("name %q: error %v, want %v", name, err, ErrKey)
		}
	}
}

func TestKeyErrors(t *testing.T) {
	private, public := keyPair(t, "steelthread", 'a')
	odd, _ := keyPair(t, "a--b", 'a')
	secret := private[strings.LastIndex(private, "+")+1:]
	for name, c := range map[string]struct {
		private string
		public  []string
	}{
		"none":             {"", nil},
		"a public one":     {public, nil},
		"cut":              {private[:len(private)-3], nil},
		"breaks a comment": {odd, nil},
		"public cut":       {private, []string{public[:len(public)-3]}},
		"public is secret": {private, []string{private}},
		"public is empty":  {private, []string{""}},
	} {
		_, err := NewKeys(c.private, c.public...)
		if !errors.Is(err, ErrKey) {
			t.Errorf("%s: error %v, want %v", name, err, ErrKey)
			continue
		}
		if strings.Contains(err.Error(), secret[:len(secret)-4]) || strings.Contains(err.Error(), "invalid") {
			t.Errorf("%s: error %q", name, err)
		}
	}
	if _, err := NewVerifier(); !errors.Is(err, ErrKey) {
		t.Errorf("no public key: error %v, want %v", err, ErrKey)
	}
}

// TestRotate: from then on the new key signs, what the one before signed is accepted and wants to be signed anew. Keys that
// cannot be used change nothing.
func TestRotate(t *testing.T) {
	k := keysOf(t, 'a')
	before := seal(t, k, sample())
	second, secondPublic := keyPair(t, "steelthread-2", 'b')
	third, _ := keyPair(t, "steelthread-3", 'c')
	open := func(blocks []string, resign bool) {
		t.Helper()
		if l, err := k.Open(blocks, here); err != nil || l.Resign != resign {
			t.Errorf("sign anew %v, error %v; want %v", l.Resign, err, resign)
		}
	}
	open(before, false)
	for _, private := range []string{"", secondPublic, second[:len(second)-4]} {
		if err := k.Rotate(private); !errors.Is(err, ErrKey) {
			t.Errorf("rotated to %q: %v", private, err)
		}
	}
	if err := k.Rotate(second, "rubbish"); !errors.Is(err, ErrKey) {
		t.Errorf("rotated with a public key that is none: %v", err)
	}
	open(before, false)

	if err := k.Rotate(second); err != nil {
		t.Fatal(err)
	}
	open(before, true)
	after := seal(t, k, sample())
	open(after, false)
	if k.Public() != secondPublic || !strings.HasPrefix(secondPublic, k.Current()) {
		t.Errorf("signs with %q, %q; want %q", k.Current(), k.Public(), secondPublic)
	}
	if audit, _ := NewVerifier(secondPublic); audit.Public() != "" {
		t.Errorf("a verifier signs with %q", audit.Public())
	} else if _, err := audit.Verify(after[0]); err != nil {
		t.Errorf("not signed with the new key: %v", err)
	}

	if err := k.Rotate(third); err != nil {
		t.Fatal(err)
	}
	open(before, true) // two rotations ago
	open(after, true)
}
