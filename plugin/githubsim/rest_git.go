package githubsim

import (
	"encoding/base64"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// at is the commit that the query's ref names, the default branch without one.
func (c *call) at(ref string) (*commit, *answer) {
	if x := c.repo.resolve(ref); x != nil {
		return x, nil
	}
	a := c.notFound()
	a.body = message(404, "No commit found for the ref "+ref, docs+"/repos/contents")
	return nil, &a
}

// getContents gives a file, or lists a folder. With the raw media type a file is its bytes.
func getContents(c *call) answer {
	x, bad := c.at(c.query.Get("ref"))
	if bad != nil {
		return *bad
	}
	name := strings.Trim(c.path["path"], "/")
	if sha, ok := x.files[name]; ok {
		if strings.Contains(c.r.Header.Get("Accept"), "raw") {
			return answer{status: http.StatusOK, body: c.repo.blobs[sha], kind: "application/vnd.github.raw; charset=utf-8"}
		}
		o := c.content(x, name, sha, false)
		o["encoding"], o["content"] = "base64", wrapped(c.repo.blobs[sha])
		return c.ok(o)
	}
	entries, ok := c.repo.trees[c.repo.treeAt(x, name)]
	if !ok || (len(entries) == 0 && name != "") {
		return c.notFound()
	}
	return c.ok(list(entries, func(e treeEntry) obj { return c.content(x, path.Join(name, e.name), e.SHA, e.Tree) }))
}

// wrapped is base64 in lines of 60 characters, as GitHub sends it.
func wrapped(b []byte) string {
	s := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(s) > 60 {
		out.WriteString(s[:60] + "\n")
		s = s[60:]
	}
	if s != "" {
		out.WriteString(s + "\n")
	}
	return out.String()
}

// treeAt is the name of the tree of a folder in a commit, "" when there is none.
func (r *repo) treeAt(x *commit, folder string) string {
	sha := x.Tree
	if folder == "" {
		return sha
	}
	for _, part := range strings.Split(folder, "/") {
		k := slices.IndexFunc(r.trees[sha], func(e treeEntry) bool { return e.Tree && e.name == part })
		if k < 0 {
			return ""
		}
		sha = r.trees[sha][k].SHA
	}
	return sha
}

func (c *call) content(x *commit, name, sha string, folder bool) obj {
	at := c.api + "/repos/" + c.repo.full()
	html := c.html + "/" + c.repo.full()
	ref := c.query.Get("ref")
	if ref == "" {
		ref = "main"
	}
	self := at + "/contents/" + name + "?ref=" + ref
	o := obj{"name": path.Base(name), "path": name, "sha": sha, "size": len(c.repo.blobs[sha]), "url": self,
		"html_url": html + "/blob/" + ref + "/" + name, "git_url": at + "/git/blobs/" + sha,
		"download_url": html + "/raw/" + ref + "/" + name, "type": "file"}
	if folder {
		merge(o, obj{"size": 0, "html_url": html + "/tree/" + ref + "/" + name, "git_url": at + "/git/trees/" + sha,
			"download_url": nil, "type": "dir"})
	}
	o["_links"] = obj{"self": self, "git": o["git_url"], "html": o["html_url"]}
	return o
}

// getTree takes a tree's or commit's sha, or a branch; any recursive lists all that is below.
func getTree(c *call) answer {
	sha := c.path["ref"]
	if _, ok := c.repo.trees[sha]; !ok {
		x := c.repo.resolve(sha)
		if x == nil {
			return c.notFound()
		}
		sha = x.Tree
	}
	out := []obj{}
	c.walk(sha, "", c.query.Get("recursive") != "", &out)
	return c.ok(obj{"sha": sha, "url": c.api + "/repos/" + c.repo.full() + "/git/trees/" + sha, "tree": out, "truncated": false})
}

func (c *call) walk(sha, prefix string, deep bool, out *[]obj) {
	at := c.api + "/repos/" + c.repo.full() + "/git/"
	for _, e := range c.repo.trees[sha] {
		if e.Tree {
			*out = append(*out, obj{"path": prefix + e.name, "mode": "040000", "type": "tree", "sha": e.SHA, "url": at + "trees/" + e.SHA})
			if deep {
				c.walk(e.SHA, prefix+e.name+"/", deep, out)
			}
			continue
		}
		*out = append(*out, obj{"path": prefix + e.name, "mode": "100644", "type": "blob", "sha": e.SHA, "size": e.size,
			"url": at + "blobs/" + e.SHA})
	}
}

func getBlob(c *call) answer {
	sha := c.path["sha"]
	b, ok := c.repo.blobs[sha]
	if !ok {
		return c.notFound()
	}
	if strings.Contains(c.r.Header.Get("Accept"), "raw") {
		return answer{status: http.StatusOK, body: b, kind: "application/vnd.github.raw; charset=utf-8"}
	}
	return c.ok(obj{"sha": sha, "node_id": nodeID("B", c.repo.ID) + sha[:12], "size": len(b), "encoding": "base64",
		"url": c.api + "/repos/" + c.repo.full() + "/git/blobs/" + sha, "content": wrapped(b)})
}

func getGitCommit(c *call) answer {
	x := c.repo.commits[c.path["ref"]]
	if x == nil {
		return c.notFound()
	}
	o := c.timelineCommit(x)
	delete(o, "event")
	return c.ok(o)
}

// getRef gives one branch; refs/… is the older address of the same.
func getRef(c *call) answer {
	ref := strings.TrimPrefix(c.path["ref"], "refs/")
	branch, ok := strings.CutPrefix(ref, "heads/")
	sha := c.repo.branches[branch]
	if !ok || sha == "" {
		return c.notFound()
	}
	at := c.api + "/repos/" + c.repo.full() + "/git/"
	return c.ok(obj{"ref": "refs/" + ref, "node_id": nodeID("REF", c.repo.ID) + branch, "url": at + "refs/" + ref,
		"object": obj{"sha": sha, "type": "commit", "url": at + "commits/" + sha}})
}

func (c *call) shortBranch(name string) obj {
	sha := c.repo.branches[name]
	return obj{"name": name, "protected": false,
		"commit": obj{"sha": sha, "url": c.api + "/repos/" + c.repo.full() + "/commits/" + sha}}
}

func listBranches(c *call) answer {
	var names []string
	for name := range c.repo.branches {
		if c.query.Get("protected") != "true" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return paged(c, names, c.shortBranch)
}

func getBranch(c *call) answer {
	name := c.path["branch"]
	sha := c.repo.branches[name]
	if sha == "" {
		a := c.notFound()
		a.body = message(404, "Branch not found", docs)
		return a
	}
	at := c.api + "/repos/" + c.repo.full() + "/branches/" + name
	return c.ok(obj{"name": name, "commit": c.view.commit(c.repo, c.repo.commits[sha], false), "protected": false,
		"_links":     obj{"self": at, "html": c.html + "/" + c.repo.full() + "/tree/" + name},
		"protection": obj{"enabled": false}, "protection_url": at + "/protection"})
}

// listCommits lists newest first from sha (a branch or commit); path keeps commits that changed the file or something
// below the folder; since and until are by committer date, both inclusive.
func listCommits(c *call) answer {
	head, bad := c.at(c.query.Get("sha"))
	if bad != nil {
		return *bad
	}
	since, bad := c.since()
	if bad != nil {
		return *bad
	}
	until := time.Unix(1<<40, 0)
	if s := c.query.Get("until"); s != "" {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return c.unprocessable("until is not a valid date-time")
		}
		until = t
	}
	who, under := c.query.Get("author"), strings.Trim(c.query.Get("path"), "/")
	out := slices.DeleteFunc(c.repo.history(head.SHA), func(x *commit) bool {
		author := x.author != nil && strings.EqualFold(x.author.Login, who)
		return x.at.Before(since) || x.at.After(until) || (who != "" && !author) || !c.repo.touches(x, under)
	})
	return paged(c, out, func(x *commit) obj { return c.view.commit(c.repo, x, false) })
}

// touches says whether x changed the path against its first parent. A merge that only took over what its second parent
// brought does not, as in git's own simplified history.
func (r *repo) touches(x *commit, under string) bool {
	if under == "" {
		return true
	}
	for k := 0; k < max(len(x.parents), 1); k++ {
		var from *commit
		if k < len(x.parents) {
			from = r.commits[x.parents[k]]
		}
		if r.nameAt(from, under) == r.nameAt(x, under) {
			return false
		}
	}
	return true
}

// nameAt is git's name of the file or folder at a path, "" when there is none. No commit is the empty tree.
func (r *repo) nameAt(x *commit, under string) string {
	if x == nil {
		return ""
	}
	if sha, ok := x.files[under]; ok {
		return sha
	}
	return r.treeAt(x, under)
}

func getCommit(c *call) answer {
	x := c.repo.resolve(c.path["ref"])
	if x == nil {
		return c.unprocessable("No commit found for SHA: " + c.path["ref"])
	}
	if strings.Contains(c.r.Header.Get("Accept"), "sha") {
		return answer{status: http.StatusOK, body: []byte(x.SHA), kind: "application/vnd.github.sha; charset=utf-8"}
	}
	a := c.ok(c.view.commit(c.repo, x, true))
	a.modified = &x.at
	return a
}

// compare takes base...head, of branches or commits.
func compare(c *call) answer {
	from, to, ok := strings.Cut(c.path["basehead"], "...")
	base, head := c.repo.resolve(from), c.repo.resolve(to)
	if !ok || base == nil || head == nil {
		return c.notFound()
	}
	r := c.repo
	common := r.mergeBase(base.SHA, head.SHA)
	if common == nil {
		return c.notFound()
	}
	ahead, behind := r.between(base.SHA, head.SHA), r.between(head.SHA, base.SHA)
	state := "identical"
	switch {
	case len(ahead) > 0 && len(behind) > 0:
		state = "diverged"
	case len(ahead) > 0:
		state = "ahead"
	case len(behind) > 0:
		state = "behind"
	}
	html := c.html + "/" + r.full() + "/compare/" + c.path["basehead"]
	render := func(x *commit) obj { return c.view.commit(r, x, false) }
	return c.ok(obj{"url": c.api + "/repos/" + r.full() + "/compare/" + c.path["basehead"], "html_url": html,
		"permalink_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "base_commit": render(base),
		"merge_base_commit": render(common), "status": state, "ahead_by": len(ahead), "behind_by": len(behind),
		"total_commits": len(ahead), "commits": list(ahead, render),
		"files": list(r.diff(common, head), func(f fileChange) obj { return c.file(r, head.SHA, f) })})
}
