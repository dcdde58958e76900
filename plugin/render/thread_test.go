package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/roles"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

var pullKey = slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: 200}

// pullStory is a pull request with what is said on it and known around it.
type pullStory struct {
	pull  thread.Pull
	said  []work.Said
	facts thread.Facts
}

func newPullStory(body string) *pullStory {
	one := func(n int, status, stage, latest string) kep.KEP {
		return kep.KEP{Ref: kep.Ref{Repo: keps, Number: n}, Path: "keps/sig-node/x/kep.yaml", Title: "DRA structured parameters", SIG: "node",
			Status: status, Stage: stage, LatestMilestone: latest, Milestones: map[string]string{stage: latest}}
	}
	item := func(n int, c thread.CycleFact) thread.ItemFact {
		return thread.ItemFact{Readable: true, Issue: work.Issue{Key: slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: n}},
			KEP: kep.Ref{Repo: keps, Number: 4381}, Tracked: true, Cycles: map[string]thread.CycleFact{"v1.38": c}}
	}
	k := func(n int) slash.Key { return slash.Key{Org: "kubernetes", Repo: "kubernetes", Number: n} }
	s := &pullStory{pull: thread.Pull{Issue: work.Issue{Key: pullKey, Title: "Add a pool", Body: body, Author: "dev", Pull: true},
		Base: "master", DefaultBranch: "master", Head: "pool"}}
	s.facts = thread.Facts{
		Now: at("14 10:00"), Calendar: cycle.Calendar{v138()}, Mode: thread.Block,
		KEPs: work.Catalogues{keps: kep.NewCatalogue(keps, "", []kep.KEP{one(4381, "implementable", "beta", "v1.38"), one(5000, "provisional", "alpha", "v1.30")})},
		Items: map[work.Key]thread.ItemFact{
			k(12): item(12, thread.CycleFact{Committed: true, Approved: true}), k(13): item(13, thread.CycleFact{Committed: true}),
			k(14): item(14, thread.CycleFact{}), k(15): item(15, thread.CycleFact{Exception: true}),
			k(77): {Readable: true, Issue: work.Issue{Key: k(77)}}, k(78): {Readable: true, Issue: work.Issue{Key: k(78), Pull: true}}, k(666): {},
		},
		KEPPulls: map[work.Key]kep.Ref{{Org: "kubernetes", Repo: "enhancements", Number: 5021}: {Repo: keps, Number: 4381}},
		ItemsOf: func(r kep.Ref) ([]work.Key, bool) {
			if r.Number == 4381 {
				return []work.Key{k(12), k(13)}, true
			}
			return nil, true
		},
	}
	return s
}

func (s *pullStory) says(login, command string) *pullStory {
	n := int64(5001 + len(s.said))
	s.said = append(s.said, work.Said{Comment: n, Login: login, At: at("12 10:00"), Command: command})
	return s
}

func (s *pullStory) with(change func(*pullStory)) *pullStory {
	change(s)
	return s
}

func mode(m thread.Mode) func(*pullStory) { return func(s *pullStory) { s.facts.Mode = m } }

func kind(labels ...string) func(*pullStory) { return func(s *pullStory) { s.pull.Labels = labels } }

func (s *pullStory) assess() thread.Assessment {
	return thread.Assess(thread.Fold(s.pull, keps, s.said), s.facts)
}

// pullStories are pull requests that get the one comment, by golden file.
func pullStories() map[string]*pullStory {
	return map[string]*pullStory{
		"nothing":        newPullStory("Adds it. Fixes #77."),
		"nothing-warn":   newPullStory("Adds it.").with(mode(thread.Warn)),
		"bug":            newPullStory("Fixes #77.").with(kind("kind/bug")),
		"pull-link":      newPullStory("See https://github.com/kubernetes/enhancements/pull/5021"),
		"pull-link-only": newPullStory("See https://github.com/kubernetes/enhancements/pull/5022"),
		"several":        newPullStory("KEP-4381 and KEP-5000").with(mode(thread.Warn)),
		"near":           newPullStory("KEP-4318"),
		"pull-short":     newPullStory("See enhancements#5021"),
		"two-troubles":   newPullStory("/part-of #666\nKEP-4318"),
		"near-said":      newPullStory("KEP-4381").says("dev", "/kep kubernetes/enhancements#4318").with(kind("kind/cleanup")),
		"foreign":        newPullStory("").says("dev", "/kep a/b#7"),
		"item-gone":      newPullStory("/part-of #666"),
		"item-itself":    newPullStory("/part-of #200"),
		"item-is-pull":   newPullStory("/part-of #78"),
		"item-no-kep":    newPullStory("/part-of #77"),
		"none-not-here":  newPullStory("/kep none trust me"),
		"not-approved":   newPullStory("/part-of #13").with(mode(thread.BlockUnplanned)),
		"not-committed":  newPullStory("").says("dev", "/part-of kubernetes/kubernetes#14").with(mode(thread.BlockUnplanned)),
		"no-item":        newPullStory("KEP-5000").with(mode(thread.BlockUnplanned)).with(kind("kind/flake")),
	}
}

func TestNeedsKEPGolden(t *testing.T) {
	for name, s := range pullStories() {
		t.Run(name, func(t *testing.T) {
			a := s.assess()
			if !a.Comment() {
				t.Fatalf("%+v needs no comment", a.Gate)
			}
			text := site.NeedsKEP(a)
			golden(t, "thread/"+name, text)
			if blocked := strings.Contains(text, thread.LabelNeedsKEP); blocked != a.Gate.NeedsKEP {
				t.Errorf("the label is %t, the words say %t", a.Gate.NeedsKEP, blocked)
			}
			s.pasteAll(t, text)
		})
	}
	if text := site.NeedsKEP(newPullStory("KEP-4381").assess()); text != "" {
		t.Errorf("a pull request that is fine hears %q", text)
	}
}

// pasteAll holds that every line in a block is taken from whom it is offered to, and counts.
func (s *pullStory) pasteAll(t *testing.T, text string) {
	t.Helper()
	lines := pasted(text)
	for _, line := range lines {
		parsed, ok := slash.LineOf(line)
		if !ok {
			t.Fatalf("%q is no command", line)
		}
		ctx := &thread.Context{Context: &work.Context{Issue: s.pull.Issue, Login: "dev", Author: 1, Said: at("14 10:00"), Roles: &roles.Book{}, KEPRepo: keps}}
		taken, p := thread.Judge(ctx, parsed)
		if p != nil {
			t.Errorf("%q is refused: %s", line, p.Code)
			continue
		}
		taken.Said.Comment = 6000
		if strings.HasPrefix(line, "/kep none") && thread.KindLabel(s.pull.Issue) == "" {
			taken.Said.Role = string(roles.Lead) // for whom it is offered
		}
		if a := thread.Assess(thread.Fold(s.pull, keps, append(slices.Clone(s.said), taken.Said)), s.facts); a.Need == thread.NeedKEP || a.Need == thread.NeedRealKEP || a.Need == thread.NeedChoice {
			t.Errorf("%q mends nothing: %s", line, a.Need)
		}
	}
}

func TestThreadChecksGolden(t *testing.T) {
	for name, s := range map[string]*pullStory{
		"planned":        newPullStory("KEP-4381"),
		"planned-item":   newPullStory("").says("node-fac", "/part-of kubernetes/kubernetes#12"),
		"exception":      newPullStory("Fixes #15"),
		"unplanned":      newPullStory("").says("dev", "/kep kubernetes/enhancements#5000").with(mode(thread.BlockUnplanned)),
		"unplanned-item": newPullStory("/part-of #14"),
		"title-differs":  newPullStory("KEP-4381").with(func(s *pullStory) { s.pull.Title = "KEP-5000: add a pool" }),
		"nothing":        newPullStory(""),
		"near":           newPullStory("KEP-4318"),
		"said-none":      newPullStory("").says("node-lead", "/kep none only moves files"),
		"bot":            newPullStory("").with(func(s *pullStory) { s.pull.Bot, s.pull.Author = true, "dependabot[bot]" }),
		"cherry-pick": newPullStory("KEP-4381").with(func(s *pullStory) {
			s.pull.Title, s.pull.Base = "Automated cherry pick of #12: Add a pool", "release-1.37"
		}),
		"stays": newPullStory("KEP-4381").with(func(s *pullStory) {
			k := s.facts.KEPs[keps].Find(4381)[0]
			k.Milestones = map[string]string{"beta": "v1.37"}
			s.facts.KEPs = work.Catalogues{keps: kep.NewCatalogue(keps, "", []kep.KEP{k})}
		}),
		"catalogue-unread": newPullStory("KEP-4381").with(func(s *pullStory) { s.facts.KEPs = nil }),
		"items-unread":     newPullStory("KEP-4381").with(func(s *pullStory) { s.facts.ItemsOf = nil }),
		"no-cycle-is-open": newPullStory("KEP-4381").with(func(s *pullStory) { s.facts.Calendar = nil }),
	} {
		t.Run(name, func(t *testing.T) { golden(t, "thread/check-"+name, site.ThreadChecks(s.assess())) })
	}
}

// TestThreadCodesHaveWords: every finding, check and state is worded.
func TestThreadCodesHaveWords(t *testing.T) {
	w := &threadPage{Site: site, a: newPullStory("").assess()}
	refs := []kep.Ref{{Repo: keps, Number: 1}, {Repo: keps, Number: 2}}
	for _, code := range []thread.FindingCode{thread.Ambiguous, thread.NoSuchKEP, thread.ForeignKEP, thread.ItemGone, thread.ItemIsPull, thread.ItemItself,
		thread.ItemNoKEP, thread.TitleOther, thread.ItemOther, thread.PullLink, thread.NoneNotHere} {
		if text := w.note(thread.Finding{Code: code, How: thread.ByLink, KEPs: refs, Key: pools}); text == string(code)+"." {
			t.Errorf("%s has no words", code)
		}
	}
	for _, l := range thread.KindLabels {
		if kindReasons[l] == "" {
			t.Errorf("%s has no reason", l)
		}
	}
	if len(kindReasons) != len(thread.KindLabels) {
		t.Error("a reason for a label that does not count")
	}
}
