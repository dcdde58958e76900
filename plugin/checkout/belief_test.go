package checkout

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

var errDown = errors.New("down for a while")

// hub is a GitHub and a library of a few things. What it does not have is not there; what is in down fails.
type hub struct {
	issues   map[string]work.Issue
	comments map[string][]Comment
	files    map[string][]string
	private  map[string]bool
	keps     map[string][]int // by repository
	down     map[string]error // by issue or repository
	asked    []string
}

func (h *hub) ask(what string) error {
	h.asked = append(h.asked, what)
	return h.down[what]
}

func (h *hub) Repository(_ context.Context, repo string) (Repository, error) {
	return Repository{ID: 1, Private: h.private[repo]}, h.ask(repo)
}

func (h *hub) Issue(_ context.Context, key work.Key) (work.Issue, error) {
	issue, ok := h.issues[key.String()]
	if err := h.ask(key.String()); err != nil || ok {
		return issue, err
	}
	return issue, ErrGone
}

func (h *hub) Comments(_ context.Context, key work.Key, _ bool) ([]Comment, error) {
	return h.comments[key.String()], nil
}

func (h *hub) PullsOf(context.Context, string, string) ([]int, error) { return nil, ErrGone }

func (h *hub) PullFiles(_ context.Context, key work.Key) ([]string, error) {
	if err := h.ask("files of " + key.String()); err != nil {
		return nil, err
	}
	if files, ok := h.files[key.String()]; ok {
		return files, nil
	}
	return nil, ErrGone
}

func (h *hub) Catalogue(_ context.Context, repo string, number int) (*kep.Catalogue, error) {
	if err := h.ask("keps of " + repo); err != nil {
		return nil, err
	}
	var paths []string
	for _, n := range h.keps[repo] {
		paths = append(paths, fmt.Sprintf("keps/sig-node/%d-slug/kep.yaml", n))
	}
	return CatalogueOf(repo, paths, number, func(string) ([]byte, error) { return []byte("title: Title\nstatus: implementable\n"), nil })
}

func key(s string) work.Key {
	k, err := slash.ParseKey(s)
	if err != nil {
		panic(err)
	}
	return k
}

// newHub has the pull request k/k#1, issues and KEPs.
func newHub(title, body string) *hub {
	h := &hub{issues: map[string]work.Issue{}, comments: map[string][]Comment{}, files: map[string][]string{"k/e#5": {"keps/sig-node/4381-slug/kep.yaml", "README.md"}}, private: map[string]bool{},
		keps: map[string][]int{"k/e": {4381, 4742}, "k/own": {693}}, down: map[string]error{}}
	for name, issue := range map[string]work.Issue{
		"k/k#1": {Title: title, Body: body, Pull: true}, "k/own#1": {Title: title, Body: body, Pull: true}, "k/k#12": {Body: "KEP-4381"}, "k/k#13": {},
		"k/secret#7": {Body: "KEP-4381"}, "k/secret#8": {Body: "KEP-4742"}, "k/e#4381": {Title: "DRA"}, "k/own#8000": {},
	} {
		issue.Key = key(name)
		h.issues[name] = issue
	}
	return h
}

func (h *hub) follower() *Follower {
	return &Follower{Name: "k/k", GitHub: h, Library: h, KEPRepo: "k/e"}
}

// shownThread is a thread in short.
func shownThread(t Thread) string {
	var out []string
	if t.Item != nil {
		out = append(out, "item "+t.Item.Key)
	}
	if t.KEP != nil {
		out = append(out, "KEP "+t.KEP.Ref.String())
	}
	if t.Exempt != nil {
		out = append(out, "exempt")
	}
	out = append(out, t.Notes...)
	if t.Breaks != "" {
		out = append(out, "breaks: "+t.Breaks)
	}
	if t.Unknown != "" {
		out = append(out, "unknown: "+t.Unknown)
	}
	if t.Whole {
		out = append(out, "whole")
	}
	return strings.Join(out, "; ")
}

// What could not be read is never taken for absent.
func TestUnknownIsNotAbsent(t *testing.T) {
	const gone, down = "GitHub did not answer: down for a while", "could not be looked up: down for a while"
	for _, tt := range []struct {
		name, title, body string
		down              string
		want              string
	}{
		{"nothing fails", "", "KEP-4381", "", "item k/e#4381; KEP k/e#4381; whole"},
		{"the tracking issue", "", "KEP-4381", "k/e#4381", "KEP k/e#4381; unknown: " + gone},
		{"the item", "", "/part-of #12\nKEP-4742", "k/k#12", "item k/k#12; unknown: " + gone},
		{"an issue that it closes", "KEP-4742", "fixes #12", "k/k#12", "unknown: " + gone},
		{"one that is named, and nothing else", "", "see #12", "k/k#12", "unknown: " + gone},
		{"one that is named, with the title", "KEP-4742", "see #12", "k/k#12", "KEP k/e#4742; whole"},
		{"the catalogue", "", "KEP-4381", "keps of k/e", "item k/e#4381; KEP k/e#4381; unknown: KEP-4381 " + down},
		{"the catalogue, by an item", "", "/part-of #12", "keps of k/e", "item k/k#12; KEP k/e#4381; unknown: KEP-4381 " + down},
		{"the catalogue, and several", "", "KEP-4381, KEP-9999", "keps of k/e", "breaks: the description links to 2 KEPs (KEP-4381, KEP-9999), which does not say to which one it belongs; `/kep` does"},
		{"a pull request for a KEP", "", "https://github.com/k/e/pull/5", "", "breaks: k/e#5 is a pull request and no KEP; its KEP is KEP-4381, and `/kep 4381` says so"},
		{"its files", "", "https://github.com/k/e/pull/5", "files of k/e#5", "breaks: k/e#5 is a pull request and no KEP"},
		{"another catalogue", "", "/kep a/b#7", "keps of a/b", "KEP a/b#7; unknown: KEP-7 " + down},
	} {
		h := newHub(tt.title, tt.body)
		if tt.down != "" {
			h.down[tt.down] = errDown
		}
		thread, err := h.follower().FollowRef(context.Background(), key("k/k#1"), KindPull)
		if got := shownThread(thread); err != nil || got != tt.want {
			t.Errorf("%s: %v\n%s, want\n%s", tt.name, err, got, tt.want)
		}
	}
	for down, body := range map[string]string{"k/k#12": "/part-of #12", "keps of k/e": "/part-of #12", "files of k/e#5": "https://github.com/k/e/pull/5"} {
		h := newHub("", body)
		h.down[down] = context.Canceled
		if _, err := h.follower().FollowRef(context.Background(), key("k/k#1"), KindPull); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled at %s: %v", down, err)
		}
	}
	h := newHub("", "/kep a/b#7")
	h.down["keps of a/b"] = fmt.Errorf("%w: a/b", ErrGone)
	thread, err := h.follower().FollowRef(context.Background(), key("k/k#1"), KindPull)
	if got := shownThread(thread); err != nil || got != "breaks: there is no KEP-7 in a/b" {
		t.Errorf("a repository that is not there: %v %s", err, got)
	}
}

// Without the KEP repository what is called a KEP is named and not known, and nothing else is.
func TestWithoutALibrary(t *testing.T) {
	const unread = "unknown: the KEP repository was not read: give a checkout of it with --kep-checkout"
	for _, tt := range []struct{ pull, repo, title, body, want string }{
		{"k/k#1", "k/e", "", "KEP-4381", "item k/e#4381; KEP k/e#4381; " + unread},
		{"k/own#1", "k/own", "KEP-693", "", "KEP k/own#693; " + unread},
		{"k/own#1", "k/own", "", "/kep 693", "KEP k/own#693; " + unread},
		{"k/own#1", "k/own", "own#8000", "", unread},
		{"k/own#1", "k/own", "", "https://github.com/k/own/issues/8000", unread},
		{"k/own#1", "k/own", "KEP-693", "https://github.com/k/own/issues/8000", "KEP k/own#693; " + unread},
	} {
		f := newHub(tt.title, tt.body).follower()
		f.Library, f.KEPRepo = nil, tt.repo
		thread, err := f.FollowRef(context.Background(), key(tt.pull), KindPull)
		if got := shownThread(thread); err != nil || got != tt.want {
			t.Errorf("%s %q: %v\n%s, want\n%s", tt.title, tt.body, err, got, tt.want)
		}
	}
}

// The message of a commit is read as a description is, and says what was not asked.
func TestCommitMessages(t *testing.T) {
	const other = "GitHub was not asked: on the pull request another KEP may be named"
	for _, tt := range []struct{ message, want string }{
		{"KEP-4381: a thing (#1)", "item k/e#4381; KEP k/e#4381; " + other + "; whole"},
		{"A thing (#1)\n\n/part-of KEP-4381", "item k/e#4381; KEP k/e#4381; " + other + "; whole"},
		{"A thing (#1)\n\n/part-of #12\nKEP-4742", "item k/k#12; unknown: GitHub was not asked what k/k#12 belongs to"},
		{"KEP-4742 (#1)\n\n/part-of #12", "item k/k#12; unknown: GitHub was not asked what k/k#12 belongs to"},
		{"A thing (#1)\n\nFixes #12, see KEP-4381", "item k/e#4381; KEP k/e#4381; " + other + "; whole"},
		{"A thing (#1)\n\nFixes #12", "unknown: the commit's text leads no further (neither title nor commit message nor a comment names a work item or a KEP), and GitHub was not asked"},
		{"Revert \"A thing\" (#1)\n\nThis reverts commit 3f2a91c0.", "exempt; " + other + "; whole"},
	} {
		f := newHub("", "").follower()
		f.GitHub = nil
		w := &walk{Follower: f, Thread: &Thread{Pull: &Pull{}}}
		err := w.texts(context.Background(), key("k/k#1"), Commit{Message: tt.message})
		if got := shownThread(*w.Thread); err != nil || got != tt.want {
			t.Errorf("%q: %v\n%s, want\n%s", tt.message, err, got, tt.want)
		}
	}
}

// Why a thread breaks may tell of private issues: that stays out of the notes.
func TestNotesOfBrokenThreads(t *testing.T) {
	for body, want := range map[string]string{
		"fixes k/secret#7, fixes k/secret#8": "Pull-Request: k/k#1\n",
		"see k/secret#9":                     "Pull-Request: k/k#1\n",
		"fixes k/open#1, fixes k/open#2":     "Pull-Request: k/k#1\nThread-Breaks: neither title nor description nor a comment names a work item or a KEP\n",
		"fixes #13":                          "Pull-Request: k/k#1\nThread-Breaks: neither title nor description nor a comment names a work item or a KEP\n",
	} {
		h := newHub("", body)
		h.private["k/secret"] = true
		f := h.follower()
		thread, err := f.FollowRef(context.Background(), key("k/k#1"), KindPull)
		if err != nil || thread.Breaks == "" {
			t.Fatalf("%q: %v %s", body, err, shownThread(thread))
		}
		h.down[""] = errDown
		for range 2 { // one thread, two commits
			if got, err := f.note(context.Background(), thread); err != nil || got != want {
				t.Errorf("%q: %v\n%swant\n%s", body, err, got, want)
			}
		}
	}
}

// Whatever people write, a thread ends in one way, and its words are safe to show on one line.
func FuzzBelieve(f *testing.F) {
	f.Add("KEP-4381", "fixes #12, see #13\n/part-of k/e#4381", "/kep cancel")
	f.Add("Revert \"x\"", "https://github.com/k/e/pull/9 enhancements#9 k/e#4381", "/kep none x\n/part-of #1")
	f.Add("", "https://github.com/\x1b[31m/../tree/x/keps/sig-a/12-b https://github.com/a/b/tree/x/keps/34-c", "/kep a/b#7")
	f.Add("", "https://github.com/k/e/pull/5 fixes k/secret#7 <!-- fixes #12 -->", "> /kep 1")
	f.Fuzz(func(t *testing.T, title, body, comment string) {
		h := newHub(title, body)
		h.issues["k/k#12"] = work.Issue{Key: key("k/k#12"), Title: title, Body: comment}
		for _, at := range []string{"k/k#1", "k/k#12"} {
			h.comments[at] = []Comment{{ID: 1, Author: "ada", Body: comment, Created: time.Unix(1, 0)}, {ID: 2, Author: "bob", Body: body, Created: time.Unix(2, 0)}}
		}
		thread, err := h.follower().FollowRef(context.Background(), key("k/k#1"), KindPull)
		if err != nil {
			t.Fatal(err)
		}
		ends := 0
		for _, is := range []bool{thread.Whole, thread.Breaks != "", thread.Unknown != ""} {
			if is {
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("it ends in %d ways: %s", ends, shownThread(thread))
		}
		var b strings.Builder
		if err := thread.Print(&b); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(b.String(), func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
			t.Errorf("a control character in %q", b.String())
		}
		if len(h.asked) > 30 {
			t.Errorf("%d questions: %v", len(h.asked), h.asked)
		}
		for _, what := range h.asked {
			if name := what[strings.LastIndexByte(what, ' ')+1:]; !strings.Contains(name, "#") {
				what = name + "#1"
			} else {
				what = name
			}
			if _, err := slash.ParseKey(what); err != nil {
				t.Errorf("GitHub is asked for what cannot be: %q", what)
			}
		}
	})
}
