package thread

import (
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// How is by what the KEP of a pull request is known.
type How string

// The ways, in the order of belief. The first that leads to a KEP counts.
const (
	ByCommand How = "kep"     // /kep
	ByPartOf  How = "part-of" // the KEP of the work item that /part-of names
	ByLink    How = "link"    // the one KEP that the description links to
	ByCloses  How = "closes"  // the KEP of an issue that the description says it closes
	ByMention How = "mention" // the KEP of the work item that the description names
	ByTitle   How = "title"   // the one KEP in the title
)

// Thread is what counted. Its zero value is no thread.
type Thread struct {
	KEP  kep.Ref
	How  How
	Said work.Said // the /kep or /part-of; zero: in the description
	Item work.Key  // the issue that led to the KEP, with ByPartOf, ByCloses and ByMention
}

// FindingCode names what is to be known of a thread beside what counted.
type FindingCode string

// Findings say why there is no thread, or what does not fit it.
const (
	Ambiguous   FindingCode = "ambiguous"     // KEPs: it leads to several
	NoSuchKEP   FindingCode = "no-such-kep"   // KEPs: not in the catalogue; Near
	ForeignKEP  FindingCode = "foreign-kep"   // KEPs: of a repository that is none of ours
	ItemGone    FindingCode = "item-gone"     // Key: not there for us
	ItemIsPull  FindingCode = "item-is-pull"  // Key; KEPs: the one that it changed, if known
	ItemItself  FindingCode = "item-itself"   // Key: the pull request is said to be part of itself
	ItemNoKEP   FindingCode = "item-no-kep"   // Key: the work item belongs to no KEP
	TitleOther  FindingCode = "title-differs" // KEPs: the title names another one
	ItemOther   FindingCode = "item-differs"  // Key, KEPs: the /part-of item belongs to another one
	PullLink    FindingCode = "pull-link"     // Key: a link to a pull request; KEPs: the one that it changed, if known
	NoneNotHere FindingCode = "none-not-here" // /kep none by the author where no label makes it the author's to say
)

// Finding is one thing that was seen on the way.
type Finding struct {
	Code FindingCode
	How  How // where it was seen
	Key  work.Key
	KEPs []kep.Ref
	Near []kep.KEP // KEPs that may have been meant, at most three
}

// Unread is something that had to be known and was not read. One of the three is set.
type Unread struct {
	Repo    string   // the catalogue of this repository
	Item    work.Key // what is known of this issue
	ItemsOf kep.Ref  // which work items belong to this KEP
}

// outcome is how a step of the walk ends.
type outcome int

const (
	onward outcome = iota // this sign leads nowhere
	done                  // the KEP is found
	stop                  // it cannot be told, or not without people
)

// belief walks through the signs in the order of belief.
type belief struct {
	s *State
	f Facts
	a *Assessment
}

func (b *belief) walk() {
	for _, step := range []func() outcome{b.command, b.partOf, b.linked, b.closed, b.mentioned, b.titled} {
		if step() != onward {
			break
		}
	}
	if b.a.Linked() {
		b.a.Notes = append(b.a.Notes, b.differences()...)
		return
	}
	for _, key := range b.s.Pulls {
		if !slices.ContainsFunc(b.a.Notes, func(f Finding) bool { return f.Key == key }) {
			b.note(b.pullLink(key))
		}
	}
	if b.s.NoneHere && b.s.KEP() == nil {
		b.note(Finding{Code: NoneNotHere})
	}
}

// pullLink is a link to a pull request of a KEP repository, with the KEP that it changed, if that is known.
func (b *belief) pullLink(key work.Key) Finding {
	f := Finding{Code: PullLink, Key: key}
	if k, is := b.look(b.f.KEPPulls[key]); is == present {
		f.KEPs = []kep.Ref{k.Ref}
	}
	return f
}

// note keeps what leads nowhere: the strongest sign is the reason why there is no thread.
func (b *belief) note(f Finding) { b.a.Notes = append(b.a.Notes, f) }

func (b *belief) unread(u Unread) outcome {
	if !slices.Contains(b.a.Unread, u) {
		b.a.Unread = append(b.a.Unread, u)
	}
	return stop
}

func (b *belief) found(k kep.KEP, t Thread) outcome {
	t.KEP = k.Ref
	b.a.Thread, b.a.KEP = t, &k
	return done
}

// presence is what a catalogue says of a KEP.
type presence int

const (
	unknown presence = iota // the catalogue was not read
	absent
	foreign
	present
)

// catalogue finds a catalogue whatever the letter case of the repository.
func (b *belief) catalogue(repo string) (c *kep.Catalogue, listed bool) {
	if c, listed = b.f.KEPs[repo]; listed {
		return c, true
	}
	for name, c := range b.f.KEPs {
		if strings.EqualFold(name, repo) {
			return c, true
		}
	}
	return nil, b.f.KEPs == nil || strings.EqualFold(repo, b.s.KEPRepo)
}

// look looks a KEP up. A number used twice gives the first by path.
func (b *belief) look(ref kep.Ref) (kep.KEP, presence) {
	c, listed := b.catalogue(ref.Repo)
	switch {
	case !listed:
		return kep.KEP{}, foreign
	case c == nil:
		return kep.KEP{}, unknown
	}
	keps := c.Find(ref.Number)
	if len(keps) == 0 {
		return kep.KEP{}, absent
	}
	return keps[0], present
}

// candidate is a KEP that one sign leads to.
type candidate struct {
	ref    kep.Ref
	item   work.Key // the issue through which
	said   work.Said
	silent bool // if it is no KEP, nobody meant one
}

// pick believes a sign if exactly one of its candidates is a KEP that exists. last: if there is none, nothing weaker
// counts.
func (b *belief) pick(how How, candidates []candidate, last bool) outcome {
	var there []kep.KEP
	var from []candidate
	var missing []Finding
	for _, c := range candidates {
		k, is := b.look(c.ref)
		switch {
		case is == unknown:
			return b.unread(Unread{Repo: c.ref.Repo})
		case is == present:
			if !slices.ContainsFunc(there, func(o kep.KEP) bool { return o.Ref == k.Ref }) {
				there, from = append(there, k), append(from, c)
			}
		case c.silent:
		case is == foreign:
			missing = append(missing, Finding{Code: ForeignKEP, How: how, Key: c.item, KEPs: []kep.Ref{c.ref}})
		case b.f.KEPPulls[work.KEPIssue(c.ref)].Number > 0: // the short form does not tell issues from pull requests
			b.note(b.pullLink(work.KEPIssue(c.ref)))
		default:
			own, _ := b.catalogue(c.ref.Repo)
			near := own.Near(c.ref.Number)
			missing = append(missing, Finding{Code: NoSuchKEP, How: how, Key: c.item, KEPs: []kep.Ref{c.ref}, Near: near[:min(3, len(near))]})
		}
	}
	switch len(there) {
	case 0:
		b.a.Notes = append(b.a.Notes, missing...)
		if last {
			return stop
		}
		return onward
	case 1:
		return b.found(there[0], Thread{How: how, Item: from[0].item, Said: from[0].said})
	}
	f := Finding{Code: Ambiguous, How: how}
	for _, k := range there {
		f.KEPs = append(f.KEPs, k.Ref)
	}
	b.note(f)
	return stop
}

// command: /kep. What somebody said on purpose is not replaced by what is found.
func (b *belief) command() outcome {
	w := b.s.KEP()
	switch {
	case w == nil:
		return onward
	case w.None:
		b.a.Exempt = &Exemption{Nature: BySaying, Reason: w.Reason, Said: w.Said}
		if item := b.s.Item(); item != nil { // it may be part of a work item all the same
			b.item(item.Key)
		}
		return stop
	}
	return b.pick(ByCommand, []candidate{{ref: w.Ref, said: w.Said}}, true)
}

// partOf: the KEP of the work item that /part-of names.
func (b *belief) partOf() outcome {
	w := b.s.Item()
	if w == nil {
		return onward
	}
	fact, out := b.item(w.Key)
	if out != done {
		return out
	}
	if fact.KEP.Number == 0 {
		b.note(Finding{Code: ItemNoKEP, How: ByPartOf, Key: w.Key})
		return onward
	}
	return b.pick(ByPartOf, []candidate{{ref: fact.KEP, item: w.Key, said: w.Said}}, false)
}

// item is the work item that /part-of names, and done if it is one.
func (b *belief) item(key work.Key) (ItemFact, outcome) {
	if key.Same(b.s.Pull.Key) {
		b.note(Finding{Code: ItemItself, How: ByPartOf, Key: key})
		return ItemFact{}, onward
	}
	fact, read := b.f.Items[key]
	switch {
	case !read:
		return fact, b.unread(Unread{Item: key})
	case !fact.Readable:
		b.note(Finding{Code: ItemGone, How: ByPartOf, Key: key})
		return fact, onward
	case fact.Issue.Pull:
		f := b.pullLink(key)
		f.Code, f.How = ItemIsPull, ByPartOf
		b.note(f)
		return fact, onward
	}
	b.a.Item = key
	return fact, done
}

// linked: the one KEP that the description links to.
func (b *belief) linked() outcome { return b.pick(ByLink, b.links(b.s.Linked), false) }

// titled: the one KEP in the title.
func (b *belief) titled() outcome { return b.pick(ByTitle, b.links(b.s.Titled), false) }

func (b *belief) links(links []kep.Link) []candidate {
	var out []candidate
	for _, l := range links {
		out = append(out, candidate{ref: l.Ref, silent: b.s.maybeIssue(l)})
	}
	return out
}

// closed: the KEP of the issues that the description says it closes.
func (b *belief) closed() outcome {
	var out []candidate
	next := onward
	for _, key := range b.s.Closes {
		fact, read := b.f.Items[key]
		if !read {
			next = b.unread(Unread{Item: key})
		}
		if c, ok := through(key, fact); ok {
			out = append(out, c)
		}
	}
	if next == stop {
		return stop
	}
	return b.pick(ByCloses, out, false)
}

// mentioned: the KEP of the work items that the description names in passing. Several KEPs there say nothing, and what
// is not known as a work item is none.
func (b *belief) mentioned() outcome {
	var out []candidate
	for _, key := range b.s.Mentions {
		if fact := b.f.Items[key]; fact.Tracked {
			if c, ok := through(key, fact); ok {
				out = append(out, c)
			}
		}
	}
	for _, c := range out {
		if !work.SameKEP(c.ref, out[0].ref) {
			return onward
		}
	}
	return b.pick(ByMention, out, false)
}

// through leads from an issue to its KEP.
func through(key work.Key, fact ItemFact) (candidate, bool) {
	if !fact.Readable || fact.Issue.Pull || fact.KEP.Number == 0 {
		return candidate{}, false
	}
	// Every issue of a KEP repository looks like its own KEP.
	return candidate{ref: fact.KEP, item: key, silent: work.KEPIssue(fact.KEP).Same(key)}, true
}

// differences lists signs that say otherwise than the one that counted.
func (b *belief) differences() []Finding {
	var out []Finding
	counted := b.a.Thread.KEP
	if w := b.s.Item(); w != nil && b.a.Thread.How == ByCommand {
		fact, is := b.item(w.Key)
		if is == done && fact.KEP.Number > 0 && !work.SameKEP(fact.KEP, counted) {
			out = append(out, Finding{Code: ItemOther, Key: w.Key, KEPs: []kep.Ref{counted, fact.KEP}})
		}
	}
	if len(b.s.Titled) == 1 && b.a.Thread.How != ByTitle {
		if k, is := b.look(b.s.Titled[0].Ref); is == present && !work.SameKEP(k.Ref, counted) {
			out = append(out, Finding{Code: TitleOther, How: ByTitle, KEPs: []kep.Ref{counted, k.Ref}})
		}
	}
	return out
}
