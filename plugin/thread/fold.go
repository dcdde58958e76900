package thread

import (
	"cmp"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// KEPWord is what the last /kep said.
type KEPWord struct {
	Ref    kep.Ref   // zero with None
	None   bool      // it needs no KEP
	Reason string    // why not
	Said   work.Said // zero: in the description
}

// ItemWord is what the last /part-of said.
type ItemWord struct {
	Key  work.Key
	Said work.Said // zero: in the description
}

// Declared is the last word of each kind in one place.
type Declared struct {
	KEP  *KEPWord  // nil: nothing said, or taken back
	Item *ItemWord // likewise
}

// State is what a pull request and the words on it say, before anything else is looked at.
type State struct {
	Pull    Pull
	KEPRepo string // where short KEP references point, "org/repo"

	Said Declared // in comments
	Body Declared // in the description, as it stands now
	// NoneHere: the author says /kep none, and no label makes that the author's to say.
	NoneHere bool

	Linked   []kep.Link // links to KEPs in the description, without those to pull requests
	Titled   []kep.Link // likewise in the title
	Pulls    []work.Key // pull requests of a KEP repository that description and title link to, at most maxWanted
	Closes   []work.Key // issues that the description says it closes
	Mentions []work.Key // other issues that it names; with Closes and /part-of at most maxWanted
}

// maxWanted is how many issues, and how many pull requests of the KEP repository, are looked at for one pull request.
const maxWanted = 5

// KEP is the last word of /kep: what was said in a comment, else in the description. nil if there is none.
func (s *State) KEP() *KEPWord { return cmp.Or(s.Said.KEP, s.Body.KEP) }

// Item is the last word of /part-of, likewise.
func (s *State) Item() *ItemWord { return cmp.Or(s.Said.Item, s.Body.Item) }

// Wants lists what must be read before Assess can believe anything: issues that may be work items, and pull requests of
// a KEP repository, of which it should be known which KEP they changed. At most five of each. Facts have them under
// these very keys.
func (s *State) Wants() (items, pulls []work.Key) {
	if w := s.Item(); w != nil && !w.Key.Same(s.Pull.Key) {
		items = append(items, w.Key)
	}
	if s.KEP() != nil {
		return items, nil
	}
	for _, k := range slices.Concat(s.Closes, s.Mentions) {
		if !slices.Contains(items, k) {
			items = append(items, k)
		}
	}
	return items, s.Pulls
}

// scanner finds the lines that count in a description.
var scanner = slash.NewScanner(slash.Verbs{Names: []string{kepVerb, "part-of"}})

// Fold gives the state of a pull request: what the description declares, and over it the accepted lines of comments in
// the order of (said, comment id, line), the last word of a kind counting. It is total: lines that do not parse change
// nothing.
func Fold(pull Pull, kepRepo string, said []work.Said) *State {
	s := &State{Pull: pull, KEPRepo: kepRepo}
	for _, line := range scanner.Scan(pull.Body).Lines {
		if _, no := pullAsKEP(line); !no {
			s.apply(line, work.Said{})
		}
	}
	said = slices.Clone(said)
	slices.SortStableFunc(said, func(a, b work.Said) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Comment, b.Comment), cmp.Compare(a.Line, b.Line))
	})
	for _, one := range said {
		if line, ok := slash.LineOf(one.Command); ok && !one.IsZero() {
			s.apply(line, one)
		}
	}
	s.read()
	return s
}

func (s *State) apply(line slash.Line, said work.Said) {
	c, ok := Commands.Find(line.Verb)
	if !ok {
		return
	}
	n, v, p := slash.Parse(c.Grammar(), line)
	if p != nil || c.Forms[n].Apply == nil || said.IsZero() && !c.Forms[n].declares {
		return
	}
	c.Forms[n].Apply(s, said, v)
}

// declared is where a word is written down.
func (s *State) declared(said work.Said) *Declared {
	if said.IsZero() {
		return &s.Body
	}
	return &s.Said
}

// read finds the links of description and title.
func (s *State) read() {
	s.Linked = s.links(s.Pull.Body)
	s.Titled = s.links(s.Pull.Title)
	left, partOf := maxWanted, s.Pull.Key
	if w := s.Item(); w != nil {
		left, partOf = left-1, w.Key
	}
	for _, r := range references(s.Pull.Body, s.Pull.Key) {
		switch {
		case r.key.Same(s.Pull.Key) || r.key.Same(partOf) || s.isLinked(r.key) || slices.Contains(s.Closes, r.key):
		case r.closes:
			s.Closes = append(s.Closes, r.key)
			s.Mentions = slices.DeleteFunc(s.Mentions, func(k work.Key) bool { return k == r.key })
		case !slices.Contains(s.Mentions, r.key):
			s.Mentions = append(s.Mentions, r.key)
		}
	}
	s.Closes = s.Closes[:min(len(s.Closes), left)]
	s.Mentions = s.Mentions[:min(len(s.Mentions), left-len(s.Closes))]
}

// links is the KEPs that a text links to. Pull requests of a KEP repository are set aside: their numbers are never those
// of KEPs.
func (s *State) links(text string) []kep.Link {
	var out []kep.Link
	for _, l := range kep.Links(capped(text), s.KEPRepo) {
		if !l.Pull {
			if len(out) < maxLinked {
				out = append(out, l)
			}
			continue
		}
		key := work.KEPIssue(l.Ref)
		if !key.Same(s.Pull.Key) && len(s.Pulls) < maxWanted && !slices.Contains(s.Pulls, key) {
			s.Pulls = append(s.Pulls, key)
		}
	}
	return out
}

// maxLinked is how many KEPs of one text are looked at. Who names more means none.
const maxLinked = 20

// isLinked reports whether a key is that of a KEP that the description links to: such an issue is no other sign. Where
// the repository has its own keps/, its issues may be KEPs or not, and are looked at both ways.
func (s *State) isLinked(key work.Key) bool {
	return slices.ContainsFunc(s.Linked, func(l kep.Link) bool { return work.KEPIssue(l.Ref).Same(key) && !s.maybeIssue(l) })
}

// maybeIssue reports whether a link may lead to a plain issue: one of the pull request's own repository, named by the
// address or short form of an issue.
func (s *State) maybeIssue(l kep.Link) bool {
	if !strings.EqualFold(l.Ref.Repo, s.Pull.Key.Repository()) {
		return false
	}
	text := strings.ToLower(l.Text)
	if strings.Contains(text, "github.com/") {
		return strings.Contains(text, "/issues/") || strings.Contains(text, "/issue/")
	}
	return strings.Contains(text, "#") && !strings.HasPrefix(text, "kep")
}
