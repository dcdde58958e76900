package config

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func threadsOf(t *testing.T, repo string) Threads {
	t.Helper()
	got, ok := load(t, data+"/good/threads.yaml").Repo(repo)
	if !ok {
		t.Fatalf("%s is not in the file", repo)
	}
	return got.Threads
}

func TestThreadsMode(t *testing.T) {
	const release, plain = "kubernetes/release", "kubernetes/enhancements"
	const mixed, strict = "kubernetes/kubernetes", "kubernetes/sig-release"
	feature, api, bug := []string{"sig/node", "kind/feature"}, []string{"kind/api-change"}, []string{"kind/bug"}
	tests := []struct {
		repo   string
		labels []string
		branch string
		want   Mode
	}{
		{plain, feature, "main", ModeWarn}, // left out
		{plain, api, "main", ModeWarn},
		{plain, bug, "main", ModeOff},
		{plain, nil, "main", ModeOff},
		{plain, feature, "release-1.38", ModeOff},
		{plain, []string{"Kind/Feature"}, "main", ModeOff},
		{"kubernetes/kops", feature, "main", ModeOff},
		{"kubernetes/kubectl", feature, "main", ModeOff},
		{"kubernetes/test-infra", feature, "main", ModeWarn},
		{"kubernetes/website", api, "main", ModeBlock},
		{strict, feature, "main", ModeBlockUnplanned},
		{strict, feature, "master", ModeOff},
		{mixed, feature, "main", ModeBlockUnplanned},
		{mixed, api, "main", ModeBlock},
		{mixed, append(api, feature...), "main", ModeBlockUnplanned}, // the strictest counts
		{mixed, bug, "main", ModeWarn},
		{mixed, nil, "main", ModeWarn},
		{mixed, feature, "release-1.38", ModeBlock},
		{mixed, api, "release-1.38", ModeWarn},
		{mixed, feature, "release-1.38/fix", ModeOff}, // * stops at a /
		{mixed, feature, "feature-x", ModeOff},
		{release, nil, "main", ModeBlock},
		{release, bug, "feature/x", ModeBlock}, // @* does not
	}
	for _, test := range tests {
		if got := threadsOf(t, test.repo).Mode(test.labels, test.branch, "main"); got != test.want {
			t.Errorf("%s, %v into %s: got %s, want %s", test.repo, test.labels, test.branch, got, test.want)
		}
	}
}

func TestThreadsKinds(t *testing.T) {
	defaults := []string{"kind/api-change", "kind/feature"}
	tests := []struct {
		repo   string
		labels []string
		every  bool
		gates  bool
	}{
		{"kubernetes/enhancements", defaults, false, false},
		{"kubernetes/kops", nil, false, false},
		{"kubernetes/website", defaults, false, true},
		{"kubernetes/sig-release", defaults, false, true},
		{"kubernetes/kubernetes", defaults, true, true},
		{"kubernetes/release", nil, true, true},
	}
	for _, test := range tests {
		threads := threadsOf(t, test.repo)
		labels, every := threads.Kinds()
		if diff := cmp.Diff(labels, test.labels); diff != "" || every != test.every {
			t.Errorf("%s: every %v, want %v; labels (-got +want)\n%s", test.repo, every, test.every, diff)
		}
		if got := threads.Gates(); got != test.gates {
			t.Errorf("%s gates: got %v, want %v", test.repo, got, test.gates)
		}
	}
}

func TestThreadsZero(t *testing.T) {
	if got := (Threads{}).Mode([]string{"kind/feature"}, "main", "main"); got != DefaultThreads {
		t.Errorf("nothing said: got %s, want %s", got, DefaultThreads)
	}
	for mode, want := range map[Mode]bool{ModeOff: false, ModeWarn: false, ModeBlock: true, ModeBlockUnplanned: true} {
		if got := mode.Gates(); got != want {
			t.Errorf("%s gates: got %v, want %v", mode, got, want)
		}
	}
}

func TestThreadsJSON(t *testing.T) {
	for _, text := range []string{`"block"`, `{"block":["kind/feature"],"warn":["*@*"]}`} {
		var threads Threads
		if err := json.Unmarshal([]byte(text), &threads); err != nil {
			t.Fatal(err)
		}
		if got, err := json.Marshal(threads); err != nil || string(got) != text {
			t.Errorf("%s comes back as %s, %v", text, got, err)
		}
	}
}

// Every pattern that loads is one that path.Match takes.
func FuzzSelector(f *testing.F) {
	for _, seed := range []string{"*", "*@*", "kind/feature", "kind/feature@release-*", "kind/x@a[", "kind/x@a]b", "x@\\", "@", "a@b@c"} {
		f.Add(seed, "release-1.38")
	}
	f.Fuzz(func(t *testing.T, text, branch string) {
		check := &checker{}
		check.selector("at", text, map[string]string{})
		threads := Threads{ByMode: map[Mode][]string{ModeBlock: {text}}}
		mode := threads.Mode([]string{"kind/feature"}, branch, "main")
		if len(check.errs) > 0 {
			return
		}
		s := threads.Selectors()[0]
		if s.Branch != "" && !s.OnBranch(s.Branch, "main") {
			t.Errorf("%q does not fit the branch it names", text)
		}
		if mode.rank() < 0 {
			t.Errorf("%q: got mode %q", text, mode)
		}
	})
}
