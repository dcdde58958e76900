package render

import (
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/thread"
	"github.com/steelthread/steelthread/plugin/work"
)

// threadEverywhere is what is said on a pull request, with s wherever people, files or
// branches put words.
func threadEverywhere(s string) map[string]string {
	z := "Z " + s
	story := newPullStory("KEP-4318 /part-of #666").says(z, "/kep none x").with(func(p *pullStory) { p.pull.Title, p.pull.Author = z, z })
	said := work.Said{Comment: 1, At: at("9 10:00"), Login: z}
	a := story.assess()
	a.KEP = &kep.KEP{Ref: kep.Ref{Repo: keps, Number: 4381}, Title: z, SIG: z, Status: z, Stage: z, Path: "keps/x/kep.yaml"}
	a.Exempt = nil
	a.Thread = thread.Thread{KEP: a.KEP.Ref, How: thread.ByCommand, Said: said}
	a.Verdict, a.Need = thread.Unplanned, thread.NeedPlan
	a.Checks = []thread.Check{{Code: thread.CheckKEP, State: thread.OK}, {Code: thread.CheckStatus, State: thread.Wrong, Seen: z},
		{Code: thread.CheckTarget, State: thread.Wrong, Seen: z, Latest: z, Cycle: "v1.38"},
		{Code: thread.CheckCommitted, State: thread.Wrong, Item: pools, Cycle: "v1.38", Paste: "/commit v1.38"}}
	a.Notes = []thread.Finding{{Code: thread.NoSuchKEP, How: thread.ByLink, KEPs: []kep.Ref{a.KEP.Ref}, Near: []kep.KEP{*a.KEP}}}
	out := map[string]string{"unplanned": site.NeedsKEP(a), "checks": site.ThreadChecks(a)}
	for _, n := range []thread.Nature{thread.BySaying, thread.Bot, thread.CherryPick, thread.Revert} {
		a.Exempt = &thread.Exemption{Nature: n, Reason: z, Seen: z, Said: said}
		out["exempt "+string(n)] = site.ThreadChecks(a)
	}
	return out
}

var plainThread = sync.OnceValue(func() map[string]string {
	shapes := map[string]string{}
	for place, text := range threadEverywhere("b b") {
		shapes[place] = skeleton(text)
	}
	return shapes
})

func threadHarmless(t *testing.T, s string) {
	t.Helper()
	if oneLine(s) == "" {
		return
	}
	for place, got := range threadEverywhere(s) {
		if d := cmp.Diff(plainThread()[place], skeleton(got)); d != "" {
			t.Errorf("%s: %q changes the shape (-plain +got):\n%s", place, s, d)
		}
		visible := withoutCode(got)
		for _, bad := range []*regexp.Regexp{pinged, closes, emoji} {
			if m := bad.FindString(visible); m != "" {
				t.Errorf("%s: %q leaves %q outside of code", place, s, m)
			}
		}
	}
}

// TestThreadHostileTexts: whatever people, files or branches put in, the shape of the Markdown stays.
func TestThreadHostileTexts(t *testing.T) {
	for _, s := range hostile {
		threadHarmless(t, s)
	}
}

func FuzzHostileThread(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) < 2000 {
			threadHarmless(t, s)
		}
	})
}

// FuzzFileLink: a path of a repository never leads out of its link, nor to another host.
func FuzzFileLink(f *testing.F) {
	for _, s := range slices.Concat(hostile, []string{"keps/x/kep.yaml", "a)b", "../../..", "//evil.example", "a b", "?x#y", "%2e%2e"}) {
		f.Add(s)
	}
	want := regexp.MustCompile(`^Document\n Paragraph\n  Link https://github\.com/kubernetes/enhancements/blob/HEAD/[^ \n]*\n$`)
	f.Fuzz(func(t *testing.T, path string) {
		text := link("its kep.yaml", site.file("kubernetes/enhancements", path))
		if shape := skeleton(text); !want.MatchString(shape) || pinged.MatchString(withoutCode(text)) {
			t.Errorf("%q gives %q, which reads as\n%s", path, text, shape)
		}
	})
}
