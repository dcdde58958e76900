package thread

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/steelthread/steelthread/plugin/cycle"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// states is the checks in short: one letter each.
func states(a Assessment) string {
	var b strings.Builder
	for _, c := range a.Checks {
		b.WriteString(map[CheckState]string{OK: "+", Wrong: "x", NotKnown: "?", NotApplicable: "-"}[c.State])
	}
	return b.String()
}

func gates(a Assessment) string {
	var out []string
	for name, on := range map[string]bool{"keep": a.Gate.Keep, "needs": a.Gate.NeedsKEP, "checked": a.Gate.Checked} {
		if on {
			out = append(out, name)
		}
	}
	if a.Comment() {
		out = append(out, "and says")
	}
	return strings.Join(out, " ")
}

func TestAssess(t *testing.T) {
	type pull = func(*Pull)
	noPlan := func(f *Facts) { f.Calendar = nil }
	cold := func(f *Facts) { f.ItemsOf = nil }
	unread := func(k string) func(*Facts) { return func(f *Facts) { delete(f.Items, key(k)) } }
	for _, tc := range []struct {
		name, body string
		pull       pull
		facts      func(*Facts)
		verdict    Verdict
		checks     string
		gates      string // in the modes off, warn, block, block-unplanned
	}{
		{"planned", "KEP-4381", nil, nil, Planned, "+++++", "||checked|checked"},
		{"planned by exception", "KEP-3063", nil, nil, Planned, "++x-+", "||checked|checked"},
		{"committed, not approved", "/part-of #13", nil, nil, Unplanned, "+x++x", "||checked|needs and says"},
		{"not committed", "/part-of enhancements#4381", nil, nil, Unplanned, "+++xx", "||checked|needs and says"},
		{"another item of the KEP is", "KEP-5000", nil, nil, Unplanned, "+x++x", "||checked|needs and says"},
		{"nothing found", "", nil, nil, Unknown, "x----", "|and says|needs and says|needs and says"},
		{"several", "KEP-4381 KEP-5000", nil, nil, Unknown, "x----", "|and says|needs and says|needs and says"},
		{"not there", "KEP-4318", nil, nil, Unknown, "x----", "|and says|needs and says|needs and says"},
		{"none", "/kep none typo", func(p *Pull) { p.Labels = []string{"kind/bug"} }, nil, Exempt, "-----", "||checked|checked"},
		{"a bot", "", func(p *Pull) { p.Bot = true }, nil, Exempt, "-----", "||checked|checked"},
		{"a bot with a KEP in no plan", "/part-of enhancements#4381", func(p *Pull) { p.Bot = true }, nil, Exempt, "+++xx", "||checked|checked"},
		{"a bot, and something is not read", "fixes #99", func(p *Pull) { p.Bot = true }, nil, Exempt, "-----", "||checked|checked"},
		{"closed", "", func(p *Pull) { p.Closed = true }, nil, Unknown, "x----", "keep|keep|keep|keep"},
		{"merged", "KEP-4381", func(p *Pull) { p.Closed, p.Merged = true, true }, nil, Planned, "+++++", "keep|keep|keep|keep"},
		{"no cycle is open", "KEP-4381", nil, noPlan, Unplanned, "++---", "||checked|checked"},
		{"items not known", "KEP-4381", nil, cold, Unknown, "+++??", "||checked|keep"},
		{"items not known, but the one", "/part-of #12", nil, cold, Planned, "+++++", "||checked|checked"},
		{"items not known, but the one that it closes", "fixes #12", nil, cold, Planned, "+++++", "||checked|checked"},
		{"an item not read that does not matter", "KEP-4381", nil, unread("kubernetes/enhancements#4381"), Planned, "+++++", "||checked|checked"},
		{"an item not read that may matter", "KEP-4381", nil, unread("kubernetes/kubernetes#12"), Unknown, "+++??", "||checked|keep"},
		{"the item of /part-of beside /kep not read", "/kep 4381\n/part-of #99", nil, nil, Unknown, "+++??", "||checked|keep"},
		{"something stronger not read", "fixes #99", nil, nil, Unknown, "?????", "|keep|keep|keep"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			var a Assessment
			for _, mode := range Modes {
				p, f := pullOf("", tc.body), facts()
				if tc.pull != nil {
					tc.pull(&p)
				}
				if tc.facts != nil {
					tc.facts(&f)
				}
				f.Mode = mode
				a = assess(t, p, f)
				got = append(got, gates(a))
			}
			if a.Verdict != tc.verdict || states(a) != tc.checks {
				t.Errorf("%s, checks %s; want %s, %s (%s)", a.Verdict, states(a), tc.verdict, tc.checks, shown(a))
			}
			if g := strings.Join(got, "|"); g != tc.gates {
				t.Errorf("gates %q, want %q", g, tc.gates)
			}
		})
	}
}

// TestPlannedBy: which item, cycle and reason the verdict rests on.
func TestPlannedBy(t *testing.T) {
	for _, tc := range []struct{ body, want string }{
		{"KEP-4381", "v1.38 approved kubernetes/kubernetes#12"},
		{"KEP-3063", "v1.38 exception kubernetes/enhancements#3063"},
		{"/part-of #13", "v1.38  kubernetes/kubernetes#13"},
	} {
		a := assess(t, pullOf("", tc.body), facts())
		if got := fmt.Sprintf("%s %s %s", a.Cycle, a.By, a.For); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.body, got, tc.want)
		}
	}
}

// TestTwoCycles: the cycle in which the work stands best is shown, else the one that the KEP targets, else the latest.
func TestTwoCycles(t *testing.T) {
	const item = "kubernetes/kubernetes#12"
	for _, tc := range []struct {
		name   string
		cycles map[string]CycleFact
		latest string
		want   string
	}{
		{"committed to the earlier", map[string]CycleFact{"v1.38": {Committed: true}}, "v1.39", "v1.38 +x"},
		{"planned for the later", map[string]CycleFact{"v1.38": {Committed: true}, "v1.39": {Exception: true}}, "v1.38", "v1.39 -+"},
		{"in none, the KEP targets the earlier", nil, "v1.38", "v1.38 xx /commit v1.38"},
		{"in none, the KEP targets none", nil, "v1.30", "v1.39 xx /commit v1.39"},
	} {
		f := facts()
		f.Calendar = cycle.Calendar{v138(), v139()}
		fact := f.Items[key(item)]
		fact.Cycles = tc.cycles
		f.Items[key(item)] = fact
		f.KEPs = work.Catalogues{keps: kep.NewCatalogue(keps, "", []kep.KEP{{Ref: ref(4381), Status: "implementable", LatestMilestone: tc.latest}})}
		a := assess(t, pullOf("", "/part-of #12"), f)
		if got := strings.TrimSpace(a.Cycle + " " + states(a)[3:] + " " + a.Checks[3].Paste); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestTarget: a KEP that does not graduate in the cycle is as good; one that has moved on, or is not there yet, differs.
func TestTarget(t *testing.T) {
	for _, tc := range []struct {
		latest, beta string
		want         CheckState
		stays        bool
	}{
		{"v1.38", "v1.38", OK, false},
		{"v1.38", "v1.37", OK, true},
		{"v1.38", "", OK, false},
		{"v1.37", "v1.37", Wrong, false},
		{"v1.39", "v1.38", Wrong, false},
		{"", "v1.38", OK, false},
		{"", "", Wrong, false},
	} {
		f := facts()
		k := kep.KEP{Ref: ref(4381), Status: "implementable", Stage: "beta", LatestMilestone: tc.latest, Milestones: map[string]string{"beta": tc.beta}}
		f.KEPs = work.Catalogues{keps: kep.NewCatalogue(keps, "", []kep.KEP{k})}
		c := assess(t, pullOf("", "KEP-4381"), f).Checks[2]
		if c.State != tc.want || c.Stays != tc.stays || c.Seen != "beta" || c.Latest != tc.latest {
			t.Errorf("%+v: %+v", tc, c)
		}
	}
}

// TestCommitIsOfferedWhileItIsTaken: not when the last increment is over.
func TestCommitIsOfferedWhileItIsTaken(t *testing.T) {
	for days, want := range map[int]string{0: "/commit v1.38", 60: ""} {
		f := facts()
		f.Now = f.Now.AddDate(0, 0, days)
		if a := assess(t, pullOf("", "/part-of enhancements#4381"), f); a.Checks[3].Paste != want || a.Checks[3].State != Wrong {
			t.Errorf("after %d days %+v", days, a.Checks[3])
		}
	}
}

// TestMergedIsJudgedAsOfItsMerge: a receipt made late says the same.
func TestMergedIsJudgedAsOfItsMerge(t *testing.T) {
	p, f := pullOf("", "KEP-4381"), facts()
	p.Closed, p.Merged, p.MergedAt = true, true, f.Now
	f.Now = f.Now.Add(300 * 24 * time.Hour)
	if a := assess(t, p, f); a.Verdict != Planned {
		t.Errorf("%s", a.Verdict)
	}
	p.Merged = false
	if a := assess(t, p, f); a.Verdict != Unplanned {
		t.Errorf("closed: %s", a.Verdict)
	}
}

// TestMissing: an item that the index names can be read and assessed in a second round.
func TestMissing(t *testing.T) {
	f := facts()
	full := f.Items
	f.Items = map[work.Key]ItemFact{}
	s := Fold(pullOf("", "KEP-4381"), keps, nil)
	rounds := 0
	for a := Assess(s, f); len(a.Missing()) > 0; a = Assess(s, f) {
		for _, k := range a.Missing() {
			f.Items[k] = full[k]
		}
		if rounds++; rounds > 2 {
			t.Fatal("more than two rounds")
		}
	}
	if a := Assess(s, f); rounds != 1 || a.Verdict != Planned {
		t.Errorf("%d rounds, %s", rounds, a.Verdict)
	}
}

func TestFollow(t *testing.T) {
	for body, want := range map[string]int{"KEP-4381": 0, "enhancements#5023": 1, "": 0} {
		if got := assess(t, pullOf("", body), facts()).Follow(); len(got) != want || want == 1 && got[0] != key("kubernetes/enhancements#5023") {
			t.Errorf("%q: %v", body, got)
		}
	}
}

func TestLikely(t *testing.T) {
	for _, tc := range []struct {
		body string
		want string
	}{
		{"KEP-4318", "[KEP-4381]"},
		{"KEP-4381 KEP-5000", "[KEP-4381 KEP-5000]"},
		{"https://github.com/kubernetes/enhancements/pull/5021 and KEP-4318", "[KEP-4381]"},
		{"KEP-4381", "[]"},
		{"", "[]"},
	} {
		a := assess(t, pullOf("", tc.body), facts())
		got := []string{}
		for _, r := range a.Likely() {
			got = append(got, r.Name())
		}
		if fmt.Sprint(got) != tc.want {
			t.Errorf("%q: %v, want %s", tc.body, got, tc.want)
		}
	}
}

func TestByNature(t *testing.T) {
	pull := func(title, head, base string, labels ...string) Pull {
		p := pullOf(title, "Reverts kubernetes/kubernetes#12")
		p.Head, p.Base, p.Labels = head, base, labels
		return p
	}
	for _, tc := range []struct {
		pull Pull
		want Nature
	}{
		{pull("Add a pool", "pool", "master"), ""},
		{pull("Add a pool", "pool", "release-1.30"), ""},
		{pull("Automated cherry pick of #12: Add a pool", "x", "release-1.30"), CherryPick},
		{pull("Automated cherry pick of #12: Add a pool", "x", "master"), ""},
		{pull("[release-1.30] Add a pool", "x", "release-1.30"), CherryPick},
		{pull("[release-1.30] Update the notes", "x", "master"), ""},
		{pull("Add a pool", "automated-cherry-pick-of-#12-upstream-release-1.30", "release-1.30"), CherryPick},
		{pull("Cherry-pick: add a pool", "x", "release-1.30"), CherryPick},
		{pull("Teach the tool to cherry-pick", "cherry-picker", "master"), ""},
		{pull("Add a pool", "x", "release-1.30", "cherry-pick-approved"), CherryPick},
		{pull("Add a pool", "x", "release-1.30", "do-not-merge/cherry-pick-not-approved"), CherryPick},
		{pull(`Revert "Add a pool"`, "x", "master"), Revert},
		{pull(`Revert "Revert "Add a pool""`, "revert-13-revert-12-pool", "master"), ""},
		{pull(`Revert "Revert "Revert "Add a pool"""`, "x", "master"), Revert},
		{pull("Take the pool out", "revert-12-pool", "master"), Revert},
		{pull("Put the pool back", "revert-13-revert-12-pool", "master"), ""},
		{pull("Reverts are faster now", "revert-speed", "master"), ""},
	} {
		e, is := ByNature(tc.pull)
		if is != (tc.want != "") || is && e.Nature != tc.want {
			t.Errorf("%q from %s into %s: %q %t, want %q", tc.pull.Title, tc.pull.Head, tc.pull.Base, e.Nature, is, tc.want)
		}
	}
}

// TestRevertSaysOfWhat: a title or a branch of one's own choosing is not enough.
func TestRevertSaysOfWhat(t *testing.T) {
	for body, want := range map[string]bool{
		"": false, "It reverts nothing": false, "Reverts #": false,
		"Reverts #12": true, "Reverts kubernetes/kubernetes#12": true,
		"This reverts commit 0123456789abcdef0123456789abcdef01234567.": true,
	} {
		p := pullOf(`Revert "Add a pool"`, body)
		p.Head, p.Base = "x", "master"
		if _, is := ByNature(p); is != want {
			t.Errorf("%q: %t", body, is)
		}
	}
}

func TestModes(t *testing.T) {
	for n, m := range Modes {
		for k, o := range Modes {
			if m.AtLeast(o) != (n >= k) {
				t.Errorf("%s at least %s: %t", m, o, m.AtLeast(o))
			}
		}
	}
	if Mode("").AtLeast(Warn) || !Mode("").AtLeast(Off) || Mode("blok").AtLeast(Warn) {
		t.Error("an unknown mode is not off")
	}
}

// FuzzThread: no words make Fold or Assess panic; what comes out holds together.
func FuzzThread(f *testing.F) {
	for _, tc := range beliefs {
		comment := ""
		for _, s := range tc.said {
			_, line, _ := strings.Cut(s, ": ")
			comment += line + "\n"
		}
		f.Add(tc.title, tc.body, comment, uint8(len(f.Name())))
	}
	f.Add("x", "<!--\n```", "/kep none \x00", uint8(7))
	f.Fuzz(func(t *testing.T, title, body, comment string, n uint8) {
		p, fs := pullOf(title, body), facts()
		fs.Mode = Modes[int(n)%len(Modes)]
		p.Bot, p.Closed, p.Head = n&16 != 0, n&32 != 0, comment
		if n&64 != 0 {
			p.Labels = []string{"kind/bug"}
		}
		if n&128 != 0 {
			p.Key, fs.KEPs = key("kubernetes/enhancements#9000"), work.Catalogues{keps: fs.KEPs[keps]}
		}
		var said []work.Said
		for k, line := range strings.Split(comment, "\n") {
			said = append(said, work.Said{Comment: int64(k), Command: line})
		}
		s := Fold(p, keps, said)
		items, pulls := s.Wants()
		if len(items) > maxWanted || len(pulls) > maxWanted {
			t.Errorf("wants %d items, %d pulls", len(items), len(pulls))
		}
		a := Assess(s, fs)
		if a.Gate.NeedsKEP && a.Gate.Checked || a.Gate.Keep && (a.Gate.NeedsKEP || a.Gate.Checked) || len(a.Checks) != 5 {
			t.Errorf("%+v", a.Gate)
		}
		if a.Linked() == (a.Thread.How == "") || a.Linked() && a.Verdict == Unknown && !a.Unsure || a.Unsure && a.Verdict != Unknown {
			t.Errorf("%s by %q, unsure %t", a.Verdict, a.Thread.How, a.Unsure)
		}
		if fs.Mode.AtLeast(Block) && !a.Gate.Keep && a.Gate.NeedsKEP != a.Comment() {
			t.Errorf("label %t, comment %t", a.Gate.NeedsKEP, a.Comment())
		}
	})
}
