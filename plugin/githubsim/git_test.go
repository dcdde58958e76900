package githubsim_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v88/github"
)

func TestContentsAreReadAsOfARef(t *testing.T) {
	g := world(t)
	first := g.Commit("k", "e", "main", "ann", "one", start, map[string]*string{"OWNERS_ALIASES": ptr("a: [ann]\n"), "d/x": ptr("x")})
	g.Commit("k", "e", "main", "ann", "two", start.Add(time.Hour), map[string]*string{"OWNERS_ALIASES": ptr("a: [bob]\n"), "d/x": nil})
	c := client(t, g, "bot")
	for ref, want := range map[string]string{"": "a: [bob]\n", "main": "a: [bob]\n", first: "a: [ann]\n", first[:8]: "a: [ann]\n"} {
		f, _, _, err := c.Repositories.GetContents(context.Background(), "k", "e", "OWNERS_ALIASES", &github.RepositoryContentGetOptions{Ref: ref})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.GetContent(); got != want || err != nil {
			t.Errorf("ref %q: got %q, %v, want %q", ref, got, err, want)
		}
	}
	if got := ask(t, g, "bot", "GET", "/repos/k/e/contents/OWNERS_ALIASES", "", "Accept", "application/vnd.github.raw+json"); got.body != "a: [bob]\n" {
		t.Errorf("raw: got %q", got.body)
	}
	ask(t, g, "bot", "GET", "/repos/k/e/contents/d", "").want(t, 404)
	_, dir, _, err := c.Repositories.GetContents(context.Background(), "k", "e", "d", &github.RepositoryContentGetOptions{Ref: first})
	if err != nil || len(dir) != 1 || dir[0].GetPath() != "d/x" {
		t.Errorf("folder: got %v, %v, want d/x", dir, err)
	}
}

func TestBlobAndTreeNamesAreGits(t *testing.T) {
	g := world(t)
	g.Commit("k", "e", "main", "ann", "c", start, map[string]*string{"a": ptr("hello\n"), "b/c": ptr("hello\n"), "b.txt": ptr("")})
	tree := ask(t, g, "bot", "GET", "/repos/k/e/git/trees/main?recursive=1", "").want(t, 200)
	// The names were made with git hash-object and git write-tree.
	if got, want := tree.at(t, "sha"), "9197c6e77b3de14efda0e6b7631095f322d8cc3b"; got != want {
		t.Errorf("tree: got %v, want %s", got, want)
	}
	var paths []string
	for _, e := range tree.at(t, "tree").([]any) {
		m := e.(map[string]any)
		paths = append(paths, fmt.Sprintf("%v %v", m["path"], m["type"]))
	}
	if diff := cmp.Diff([]string{"a blob", "b.txt blob", "b tree", "b/c blob"}, paths); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	blob := ask(t, g, "bot", "GET", "/repos/k/e/git/blobs/ce013625030ba8dba906f756967f9e9ca394464a", "").want(t, 200)
	raw, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(blob.at(t, "content").(string), "\n", ""))
	if string(raw) != "hello\n" || err != nil {
		t.Errorf("blob: got %q, %v", raw, err)
	}
}

func TestCommitsAreListedByPathAndTime(t *testing.T) {
	g := world(t)
	g.SetClock(start.Add(-time.Hour))
	for k, f := range []string{"x/a", "y", "x/b"} {
		g.Commit("k", "e", "main", "ann", f, start.Add(time.Duration(k)*time.Hour), map[string]*string{f: ptr("1")})
	}
	for query, want := range map[string][]string{
		"path=x": {"x/b", "x/a"}, "path=y": {"y"}, "path=x&until=2026-03-02T10:00:00Z": {"x/a"},
		"since=2026-03-02T10:00:00Z": {"x/b", "y"}, "path=x&per_page=1": {"x/b"}, "author=bob": nil,
	} {
		var got []string
		for _, x := range ask(t, g, "bot", "GET", "/repos/k/e/commits?"+query, "").want(t, 200).at(t).([]any) {
			got = append(got, x.(map[string]any)["commit"].(map[string]any)["message"].(string))
		}
		if query[:5] == "since" {
			got = got[:2]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestPullRequestFromOpenToMerged(t *testing.T) {
	g := world(t)
	g.Commit("k", "e", "main", "ann", "base", start, map[string]*string{"f": ptr("1\n2\n"), "keep": ptr("k\n")})
	head := g.Commit("k", "e", "topic", "bob", "change", start, map[string]*string{"f": ptr("1\n3\n"), "n": ptr("new\n")})
	g.OpenIssue("eve", "k", "e", "bug", "")
	p := g.OpenPull("bob", "k", "e", "Fix it", "Fixes #1", "main", "topic")
	g.Commit("k", "e", "main", "ann", "meanwhile", start, map[string]*string{"other": ptr("o\n")})
	c := client(t, g, "bot")
	files, _, err := c.PullRequests.ListFiles(context.Background(), "k", "e", p, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, fmt.Sprint(f.GetFilename(), " ", f.GetStatus(), " +", f.GetAdditions(), " -", f.GetDeletions()))
	}
	if diff := cmp.Diff([]string{"f modified +1 -1", "n added +1 -0"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	ask(t, g, "bot", "PUT", "/repos/k/e/pulls/2/merge", `{"sha":"0000000000000000000000000000000000000000"}`).want(t, 409)
	ask(t, g, "tess", "PUT", "/repos/k/e/pulls/2/merge", "").want(t, 403)
	all := hooks(g)
	sha := g.MergePull("ann", "k", "e", p)
	if diff := cmp.Diff([]string{"push", "pull_request.closed", "issues.closed"}, names(t, *all)); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	if dig(t, (*all)[1].Body, "pull_request", "merged") != true || g.Issue("k", "e", 1).State != "closed" {
		t.Error("merged and the issue closed: got neither or one")
	}
	x, _, err := c.Repositories.GetCommit(context.Background(), "k", "e", sha, nil)
	if err != nil || x.GetCommit().GetMessage() != "Merge pull request #2 from k/topic\n\nFix it" || len(x.Parents) != 2 {
		t.Errorf("merge commit: got %v, %v", x, err)
	}
	for _, s := range []string{sha, head} {
		pulls := ask(t, g, "bot", "GET", "/repos/k/e/commits/"+s+"/pulls", "").want(t, 200)
		if len(pulls.at(t).([]any)) != 1 || pulls.at(t, 0, "number") != 2.0 {
			t.Errorf("pulls of %s: got %s, want #2", s, pulls.body)
		}
	}
	for f, want := range map[string]int{"n": 200, "keep": 200, "other": 200} {
		ask(t, g, "bot", "GET", "/repos/k/e/contents/"+f, "").want(t, want)
	}
	ask(t, g, "bot", "PUT", "/repos/k/e/pulls/2/merge", "").want(t, 405)
}

func TestOnlyTheDefaultBranchClosesIssues(t *testing.T) {
	g := world(t)
	for range 2 {
		g.OpenIssue("eve", "k", "e", "bug", "")
	}
	g.MergePull("ann", "k", "e", g.OpenPull("bob", "k", "e", "p", "Fixes #1", "release-1.37", "a"))
	g.MergePull("ann", "k", "e", g.OpenPull("bob", "k", "e", "p", "see #1; RESOLVES: k/e#2", "main", "b"))
	if a, b := g.Issue("k", "e", 1).State, g.Issue("k", "e", 2).State; a != "open" || b != "closed" {
		t.Errorf("got #1 %s, #2 %s, want open, closed", a, b)
	}
}

func TestSquashTitlesAreThePullRequestsWithItsNumber(t *testing.T) {
	g := world(t)
	g.OpenPull("bob", "k", "e", "Add x", "", "main", "topic")
	sha := ask(t, g, "ann", "PUT", "/repos/k/e/pulls/1/merge", `{"merge_method":"squash"}`).want(t, 200).at(t, "sha").(string)
	r := ask(t, g, "ann", "GET", "/repos/k/e/commits/"+sha, "")
	if got := r.at(t, "commit", "message"); got != "Add x (#1)" || len(r.at(t, "parents").([]any)) != 1 {
		t.Errorf("message: got %v, want Add x (#1) with one parent", got)
	}
}

func TestStatusesKeepTheNewestOfEachContextAnd140Characters(t *testing.T) {
	g := world(t)
	sha := g.Commit("k", "e", "main", "ann", "c", start, map[string]*string{"a": ptr("1")})
	post := func(body string, want int) { ask(t, g, "bot", "POST", "/repos/k/e/statuses/"+sha, body).want(t, want) }
	post(`{"state":"pending","context":"gate"}`, 201)
	post(`{"state":"success","context":"gate"}`, 201)
	post(`{"state":"maybe","context":"gate"}`, 422)
	post(fmt.Sprintf(`{"state":"success","description":%q}`, strings.Repeat("x", 141)), 422)
	got, _, err := client(t, g, "bot").Repositories.GetCombinedStatus(context.Background(), "k", "e", "main", nil)
	if err != nil || got.GetState() != "success" || got.GetTotalCount() != 1 {
		t.Errorf("got %v, %v, want one success", got, err)
	}
	ask(t, g, "eve", "POST", "/repos/k/e/statuses/"+sha, `{"state":"success"}`).want(t, 404)
}
