package kep

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const kueue = "kubernetes-sigs/kueue"

// shown is a link in short: "4381", "pull 5021", and with its repository where that is not kubernetes/enhancements.
func shown(links []Link) string {
	var out []string
	for _, l := range links {
		s := fmt.Sprint(l.Ref.Number)
		if l.Ref.Repo != Kubernetes {
			s = l.Ref.String()
		}
		if l.Pull {
			s = "pull " + s
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

type linkCase struct{ text, want string }

// checkLinks reads each text with kubernetes/enhancements as the default.
func checkLinks(t *testing.T, cases []linkCase) {
	t.Helper()
	for _, tt := range cases {
		got := Links(tt.text, Kubernetes)
		if shown(got) != tt.want {
			t.Errorf("Links(%q) = %s, want %s", tt.text, shown(got), tt.want)
		}
		for _, l := range got {
			if !strings.HasPrefix(tt.text[l.Offset:], l.Text) || l.Text == "" {
				t.Errorf("Links(%q): %q is not at %d", tt.text, l.Text, l.Offset)
			}
		}
	}
}

func TestLinksAsURLs(t *testing.T) {
	checkLinks(t, []linkCase{
		{"", ""},
		{"no reference here, see #4381 and GH-12", ""},
		// issue URLs
		{"https://github.com/kubernetes/enhancements/issues/4381", "4381"},
		{"http://www.github.com/Kubernetes/Enhancements/issue/4381#issuecomment-99", "4381"},
		{"github.com/kubernetes/features/issues/563.", "563"},
		{"see https://github.com/kubernetes/enhancements/issues/4381, and <https://github.com/kubernetes/enhancements/issues/4382>", "4381, 4382"},
		{"[KEP-4381](https://github.com/kubernetes/enhancements/issues/4381): dup", "4381"},
		{"**https://github.com/kubernetes/enhancements/issues/4381**", "4381"},
		{"| https://github.com/kubernetes/enhancements/issues/4381|x |", "4381"},
		{"见https://github.com/kubernetes/enhancements/issues/4381。", "4381"},
		{"https://github.com/kubernetes/enhancements/issues/4381abc", ""},
		{"https://github.com/kubernetes/enhancements/issues/0009", ""},
		{"https://github.com/kubernetes/enhancements/issues", ""},
		{"https://github.com/kubernetes/enhancements/issues/new?template=x", ""},
		{"https://github.com/kubernetes/kubernetes/issues/130512", ""},
		{"https://github.com/octocat/enhancements/issues/3", ""},
		{"mygithub.com/kubernetes/enhancements/issues/4381", ""},
		{"https://example.org/?u=github.com/kubernetes/enhancements/issues/4381", ""},
		{"https://example.org/KEP-4381", ""},
		// pull requests are not KEPs
		{"https://github.com/kubernetes/enhancements/pull/5021/files#r1", "pull 5021"},
		{"https://github.com/kubernetes/kubernetes/pull/5021", ""},
		{"KEP-5021 https://github.com/kubernetes/enhancements/pull/5021", "5021, pull 5021"},
		// files and folders
		{"https://github.com/kubernetes/enhancements/tree/master/keps/sig-node/4381-dra", "4381"},
		{"https://github.com/kubernetes/enhancements/blob/master/keps/sig-node/4381-dra/README.md#summary", "4381"},
		{"https://github.com/kubernetes/enhancements/blob/feature/x/y/keps/sig-cluster-lifecycle/kubeadm/995-kubeadm-windows/kep.yaml", "995"},
		{"https://github.com/octocat/enhancements/tree/my-branch/keps/sig-network/0752-endpointslices", "752"},
		{"https://raw.githubusercontent.com/kubernetes/enhancements/master/keps/sig-node/4381-dra/kep.yaml", "4381"},
		{"https://git.k8s.io/enhancements/keps/sig-node/4381-dra", "4381"},
		{"https://github.com/kubernetes/enhancements/blob/master/keps/prod-readiness/sig-node/4381.yaml", "4381"},
		{"https://github.com/kubernetes-sigs/kueue/tree/main/keps/693-multikueue", "kubernetes-sigs/kueue#693"},
		{"https://github.com/kubernetes/enhancements/blob/master/keps/sig-node/0010-no-such-file.md", ""},
		{"https://github.com/kubernetes/enhancements/blob/master/keps/sig-storage/1234-20190129-no-such-file.md", ""},
		{"https://github.com/kubernetes/enhancements/blob/master/keps/sig-auth/20180415-no-such-file/README.md", ""},
		{"https://github.com/kubernetes/enhancements/tree/master/keps/sig-node", ""},
		{"https://github.com/kubernetes/enhancements/tree/master/keps/NNNN-kep-template", ""},
		// short hosts
		{"kep.k8s.io/4381", "4381"},
		{"https://kep.k8s.io/4381/ and https://features.k8s.io/4381", "4381"},
		{"features.k8s.io/563?x", "563"},
		{"https://www.kubernetes.dev/resources/keps/4381/", "4381"},
		{"https://k8s.dev/resources/keps/4381 www.k8s.dev/resources/keps/4382/ k8s.dev/resources/keps/4383", "4381, 4382, 4383"},
		{"https://www.k8s.dev/resources/keps/ https://dev.k8s.dev/resources/keps/4381", ""},
		{"https://kep.k8s.io/", ""},
		{"https://kep.k8s.io, http://features.k8s.io. https://git.k8s.io https://github.com https://kubernetes.dev", ""},
		// a mark right before the scheme
		{"Fixes #https://github.com/kubernetes/enhancements/issues/4381", "4381"},
		{"-https://kep.k8s.io/4381\n- done.HTTPS://kep.k8s.io/4382", "4381, 4382"},
		{"#github.com/kubernetes/enhancements/issues/4381 -kep.k8s.io/4381", ""},
		{"xhttps://kep.k8s.io/4381 /https://kep.k8s.io/4381 @https://kep.k8s.io/4381", ""},
	})
}

func TestLinksInShort(t *testing.T) {
	checkLinks(t, []linkCase{
		{"kubernetes/enhancements#4381", "4381"},
		{"(enhancements#4381), k/enhancements#4382; kubernetes/features#4383", "4381, 4382, 4383"},
		{"octocat/enhancements#4381 kubernetes/kubernetes#4381 x/kubernetes/enhancements#4381", ""},
		{"kubernetes/enhancements#4381a", ""},
		{"KEP-4381", "4381"},
		{"kep-4381: KEP 4382, (KEP #4383) kep/4384 KEP#4385", "4381, 4382, 4383, 4384, 4385"},
		{"KEP-1/KEP-22,KEP-33", "1, 22, 33"},
		{"_KEP-4381_ **KEP-4382** `KEP-4383` “KEP-4384” KEP-4385.", "4381, 4382, 4383, 4384, 4385"},
		{"KEP-0009", ""}, {"KEP 0009", ""}, {"KEP-0", ""}, {"KEP-1234567", ""},
		{"KEP 2 of 5", ""}, {"KEP-9", "9"},
		{"KEP 2024-05-12 meeting, KEP 1.30, KEP-4381a, akep-4381, mykep 4381", ""},
		{"/kep 4381", ""}, // a command: read as one, not as a link
		{"KEP4381, (kep127) KEP4382: x", "4381, 127, 4382"},
		{"KEP1 and KEP12, KEP009, KEP4381a, KEP4381.2, myKEP4381, /KEP4381, #KEP4381, KEP1234567, KEP2024-05-12", ""},
		{"KEP\n4381", ""},
	})
}

func TestLinksHidden(t *testing.T) {
	checkLinks(t, []linkCase{
		{"> KEP-1\nKEP-2", "2"},
		{"  > KEP-1", ""},
		{"<!-- KEP-1 --> KEP-2 <!-- KEP-3\nKEP-4 --> KEP-5", "2, 5"},
		{"KEP-1 <!-- KEP-2", "1"},
		{"<!--> KEP-1", "1"},
		{"```\nKEP-1\n```\nKEP-2", "2"},
		{"~~~~text\nKEP-1\n~~~\nKEP-2\n~~~~\nKEP-3", "3"},
		{"```docs\nKEP-1\n```", "1"},
		{"- [x]\r\n- ```docs\r\n  - [KEP]: https://github.com/kubernetes/enhancements/issues/4381\r\n  ```\r\n```go\r\n// KEP-2\r\n```", "4381"},
		{"````docs\n```\nKEP-1\n````\nKEP-2", "1, 2"},
		{"```release-note\nKEP-1\n```", ""},
		{"```KEP-1``` inline", "1"},
		{"```docs\n<!-- no comment within code -->\nKEP-1", "1"},
		{"<!--\n```\n-->\nKEP-1", "1"},
		{"```\nunclosed KEP-1\n\n", ""},
		{"one\rKEP-1\r> KEP-2\rKEP-3", "1, 3"},
	})
}

// In a repository with KEPs of its own, short forms mean its own; Kubernetes' need the full form.
func TestLinksOfAnotherDefault(t *testing.T) {
	for text, want := range map[string]string{
		"KEP-693":                              "kubernetes-sigs/kueue#693",
		"kueue#693, kubernetes-sigs/kueue#694": "kubernetes-sigs/kueue#693, kubernetes-sigs/kueue#694",
		"https://github.com/kubernetes-sigs/kueue/issues/693":                   "kubernetes-sigs/kueue#693",
		"https://github.com/kubernetes-sigs/kueue/pull/700":                     "pull kubernetes-sigs/kueue#700",
		"https://github.com/octocat/kueue/tree/b/keps/693-multikueue/README.md": "kubernetes-sigs/kueue#693",
		"https://github.com/kubernetes/enhancements/issues/693":                 "693",
		"https://github.com/octocat/enhancements/tree/b/keps/sig-node/4381-dra": "4381",
		"kubernetes/enhancements#693 k/enhancements#694":                        "693, 694",
		"kep.k8s.io/693 and KEP-693":                                            "693, kubernetes-sigs/kueue#693",
		"enhancements#693":                                                      "",
		"KEP693":                                                                "kubernetes-sigs/kueue#693",
		"#https://github.com/kubernetes-sigs/kueue/issues/693":                  "kubernetes-sigs/kueue#693",
	} {
		if got := shown(Links(text, kueue)); got != want {
			t.Errorf("Links(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestLinkFields(t *testing.T) {
	text := "Part of k/enhancements#4381.\nSee https://github.com/kubernetes/enhancements/pull/5021/."
	want := []Link{
		{Ref: Ref{Kubernetes, 4381}, Text: "k/enhancements#4381", Offset: 8},
		{Ref: Ref{Kubernetes, 5021}, Text: "https://github.com/kubernetes/enhancements/pull/5021/", Offset: 33, Pull: true},
	}
	if diff := cmp.Diff(want, Links(text, Kubernetes)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzLinks(f *testing.F) {
	f.Add("KEP-4381 https://github.com/kubernetes/enhancements/issues/4381 <!-- x --> ```docs\nKEP 12\n```")
	f.Add("KEP: #12 /keps/sig-node/0009-node-heartbeat.md keps/x/34-y **KEP:** 5")
	f.Add("#https://kep.k8s.io/4381 -https://k8s.dev/resources/keps/12 KEP4381KEP-1 k8s.dev/")
	f.Add("> a\r<!--\r\n-->k/enhancements#1 /#1 #1 ~~~")
	f.Fuzz(func(t *testing.T, text string) {
		seen := visible(text)
		if len(seen) != len(text) {
			t.Fatalf("visible changed the length: %d, want %d", len(seen), len(text))
		}
		last := -1
		for _, l := range Links(text, Kubernetes) {
			if l.Offset <= last || !strings.HasPrefix(seen[l.Offset:], l.Text) || l.Ref.Number <= 0 || l.Ref.Repo == "" {
				t.Errorf("%q: bad link %+v after offset %d", text, l, last)
			}
			last = l.Offset
		}
	})
}

// Links takes time in proportion to the text, also where it repeats what may begin a reference.
func BenchmarkLinks(b *testing.B) {
	for name, unit := range map[string]string{"prose": "some words about the change\n", "names": "kep-12kep-12", "hashes": "a-a#1", "comments": "<!---->", "urls": "https://x/",
		"paths": "keps/a/0009-node-heartbeat.md ", "slashes": "keps/x/", "colons": "KEP:** ", "marks": "#https://", "digits": "kep1234", "long": "kep" + strings.Repeat("1", 1<<12)} {
		text := strings.Repeat(unit, 1<<16/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Links(text, Kubernetes)
			}
		})
	}
}
