package plugin

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"

	"github.com/steelthread/steelthread/plugin/custody"
)

// newerVersions are what a later version may do to a signed text, as far as custody's format promises.
var newerVersions = map[string]func(text string) string{
	"a later format": func(text string) string {
		return strings.Replace(text, "steelthread/1 ", "steelthread/2 ", 1)
	},
	"a field in the header": func(text string) string { return strings.Replace(text, `"kind":`, `"later":1,"kind":`, 1) },
	"a field in a line":     func(text string) string { return strings.Replace(text, "\n{", "\n{\"later\":1,", 1) },
}

// resign gives a comment of ours as a later version signs it, with our key.
func resign(t *testing.T, body string, change func(string) string) string {
	t.Helper()
	h, err := standKeys().Verify(body)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(standPrivate())
	if err != nil {
		t.Fatal(err)
	}
	changed := change(h.Text)
	signed, err := note.Sign(&note.Note{Text: changed}, signer)
	if err != nil {
		t.Fatal(err)
	}
	from := strings.Index(body, h.Text)
	end := strings.LastIndex(body, "-->")
	if from < 0 || end < from || changed == h.Text {
		t.Fatalf("no block that can be changed in\n%s", body)
	}
	return body[:from] + string(signed) + body[end:]
}

// downgrade is an issue as a newer version left it.
type downgrade struct {
	*stand
	at         Key
	comment    int64  // of ours, to be signed by the newer version
	login, say string // said after going back
}

var downgrades = map[string]func(*testing.T) downgrade{
	"record": func(t *testing.T) downgrade {
		s := newStand(t, nil)
		k := s.openKEP()
		s.said("node-fac", k, "/commit w3-4")
		return downgrade{s, k, s.record(k), "node-fac", "/progress at-risk a flake"}
	},
	"part of a record": func(t *testing.T) downgrade {
		s := newStand(t, nil)
		k, part := longRecord(s)
		return downgrade{s, k, part, "node-fac", "/progress at-risk a flake"}
	},
	"reply": func(t *testing.T) downgrade {
		s := newStand(t, nil)
		k := s.openKEP()
		s.said("stranger", k, "/commit w3-4") // refused; the reply alone knows that
		for _, c := range s.issue(k).Comments {
			if m, ok := custody.FindMarker(c.Body); ok && m.Kind == custody.KindNotice {
				return downgrade{s, k, c.ID, "node-fac", "/commit w3-4"}
			}
		}
		t.Fatalf("no reply: %q", s.ours(k))
		return downgrade{}
	},
	"decision": func(t *testing.T) downgrade {
		s, at, _ := approved(t)
		ids, _ := s.decisions(at)
		return downgrade{s, at, ids[len(ids)-1], "rel-lead", "/plan order sig-node"}
	},
}

// TestGoingBackHarmsNothing: after a downgrade each issue with a comment that a newer version signed stands still. Nothing
// of ours on it is changed, deleted or doubled, whatever is said, and once that comment can be read again what was said
// meanwhile is answered.
func TestGoingBackHarmsNothing(t *testing.T) {
	for what, find := range downgrades {
		for how, change := range newerVersions {
			t.Run(what+", "+how, func(t *testing.T) {
				s := find(t)
				ours := map[int64]string{s.comment: s.bodyOf(s.at, s.comment)}
				written := map[int64]string{s.comment: resign(t, ours[s.comment], change)}
				if what == "part of a record" { // the record names its parts by their hash
					id := s.record(s.at)
					hash := func(body string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(signedTextOf(body)))) }
					ours[id] = s.bodyOf(s.at, id)
					written[id] = resign(t, ours[id], func(text string) string {
						return strings.Replace(text, hash(ours[s.comment]), hash(written[s.comment]), 1)
					})
				}
				s.write(written)
				before := s.ours(s.at)
				s.waits = nil
				s.restart(s.at)
				id := s.sim.Comment(s.login, s.at.Org, s.at.Repo, s.at.Number, s.say)
				for range 2 {
					s.queue = append(s.queue, s.at)
					s.settle()
				}
				if d := cmp.Diff(before, s.ours(s.at)); d != "" {
					t.Errorf("our comments changed (-before +after):\n%s", d)
				}
				if len(s.reactions(s.at, id)) > 0 {
					t.Error("a command was taken")
				}
				if len(s.waits) == 0 || !strings.Contains(s.waits[0].Why, "newer") || !s.waits[0].Record {
					t.Errorf("waits %v", s.waits)
				}
				s.write(ours)
				s.restart(s.at)
				if len(s.ours(s.at)) == len(before) && len(s.reactions(s.at, id)) == 0 {
					t.Error("nothing came of what was said meanwhile")
				}
			})
		}
	}
}

// write puts texts of ours in place, unwatched.
func (d downgrade) write(bodies map[int64]string) {
	for id, body := range bodies {
		d.sim.EditComment(standBot, d.at.Org, d.at.Repo, id, body)
	}
	d.mail.Take()
}

// signedTextOf is what stands in the signed block of a comment, whatever its format.
func signedTextOf(body string) string {
	_, text, _ := strings.Cut(body, "<!-- steelthread:signed\n")
	text, _, _ = strings.Cut(text, "\n\n— ")
	return text + "\n"
}
