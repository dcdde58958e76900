package githubsim

import (
	"cmp"
	"crypto/sha1" // #nosec G505 -- git's object names
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// commit is one commit. Every commit has the names of all its files, so that any of them can be read as of it.
type commit struct {
	SHA, Tree string
	Message   string
	author    *User
	at        time.Time
	parents   []string
	// files: path to blob sha.
	files map[string]string
	// pulls are the numbers of the pull requests that brought the commit to a branch.
	pulls []int
}

type treeEntry struct {
	// name is the last part of the path. Tree says whether it is a folder.
	name, SHA string
	Tree      bool
	size      int
}

// gitName is git's name of an object.
func gitName(kind string, content []byte) string {
	h := sha1.New() // #nosec G401
	fmt.Fprintf(h, "%s %d\x00", kind, len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil))
}

// commit adds a commit to a branch and emits push. A new branch starts at the default branch. extra are further parents.
func (g *GitHub) commit(r *repo, branch string, by *User, message string, at time.Time, changes map[string]*string, extra []string) *commit {
	before, existed := r.branches[branch]
	if !existed && branch != "main" {
		before = r.branches["main"]
	}
	files := map[string]string{}
	c := &commit{Message: message, author: by, at: at.UTC().Truncate(time.Second), files: files}
	if parent := r.commits[before]; parent != nil {
		maps.Copy(files, parent.files)
		c.parents = append(c.parents, before)
	}
	c.parents = append(c.parents, extra...)
	for path, content := range changes {
		if content == nil {
			delete(files, path)
			continue
		}
		sha := gitName("blob", []byte(*content))
		r.blobs[sha] = []byte(*content)
		files[path] = sha
	}
	g.addCommit(r, c)
	if !existed {
		before = strings.Repeat("0", 40)
	}
	g.moveBranch(r, branch, by, before, c)
	return c
}

// addCommit names the tree and the commit and stores both.
func (g *GitHub) addCommit(r *repo, c *commit) {
	c.Tree = r.storeTree(c.files, "")
	who := "GitHub <noreply@github.com>"
	if c.author != nil {
		who = c.author.Login + " <" + email(c.author) + ">"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s %d +0000\ncommitter %s %d +0000\n\n%s", who, c.at.Unix(), who, c.at.Unix(), c.Message)
	c.SHA = gitName("commit", []byte(b.String()))
	if r.commits[c.SHA] == nil {
		r.commits[c.SHA] = c
		r.order = append(r.order, c)
	}
}

func email(u *User) string {
	return itoa(u.ID) + "+" + u.Login + "@users.noreply.github.com"
}

// storeTree stores the tree of what is below prefix ("" or ending in "/") and gives back its name.
func (r *repo) storeTree(files map[string]string, prefix string) string {
	below := map[string]map[string]string{}
	var entries []treeEntry
	for path, sha := range files {
		folder, rest, deep := strings.Cut(path, "/")
		if !deep {
			entries = append(entries, treeEntry{name: path, SHA: sha, size: len(r.blobs[sha])})
			continue
		}
		if below[folder] == nil {
			below[folder] = map[string]string{}
		}
		below[folder][rest] = sha
	}
	for folder, inside := range below {
		entries = append(entries, treeEntry{name: folder, SHA: r.storeTree(inside, prefix+folder+"/"), Tree: true})
	}
	slices.SortFunc(entries, func(a, b treeEntry) int { return strings.Compare(a.sortName(), b.sortName()) })
	var b strings.Builder
	for _, e := range entries {
		raw, _ := hex.DecodeString(e.SHA)
		mode := "100644"
		if e.Tree {
			mode = "40000"
		}
		fmt.Fprintf(&b, "%s %s\x00%s", mode, e.name, raw)
	}
	sha := gitName("tree", []byte(b.String()))
	r.trees[sha] = entries
	return sha
}

// sortName is git's order: folders sort as if their name ended in "/".
func (e treeEntry) sortName() string {
	if e.Tree {
		return e.name + "/"
	}
	return e.name
}

// moveBranch sets a branch, emits push, and synchronizes the pull requests that come from it.
func (g *GitHub) moveBranch(r *repo, branch string, by *User, before string, c *commit) {
	old := r.branches[branch]
	r.branches[branch] = c.SHA
	r.pushed = g.now()
	if by == nil {
		return
	}
	g.emit("push", r, by, "", nil, func(v *view) obj { return v.push(r, branch, by, before, c) })
	for _, n := range slices.Sorted(maps.Keys(r.issues)) {
		i := r.issues[n]
		if i.pull == nil || i.State != "open" || i.pull.HeadRef != branch {
			continue
		}
		g.touch(i)
		i.pull.HeadSHA, i.updated = c.SHA, g.now()
		for _, s := range r.between(i.pull.BaseSHA, c.SHA) {
			s.inPull(i.Number)
		}
		g.emitIssue(by, i, "synchronize", obj{"before": old, "after": c.SHA})
	}
}

func (c *commit) inPull(n int) {
	if !slices.Contains(c.pulls, n) {
		c.pulls = append(c.pulls, n)
	}
}

// history lists a commit and all its ancestors, each once, as git does: the commit first, then always the newest of those
// that some commit listed so far has for a parent; of two of the same time the one that came later.
func (r *repo) history(sha string) []*commit {
	came := map[string]int{}
	for n, c := range r.order {
		came[c.SHA] = n
	}
	seen := map[string]bool{}
	var out, next []*commit
	reach := func(s string) {
		if c := r.commits[s]; c != nil && !seen[s] {
			seen[s] = true
			next = append(next, c)
		}
	}
	reach(sha)
	for len(next) > 0 {
		newest := slices.MinFunc(next, func(a, b *commit) int {
			return cmp.Or(b.at.Compare(a.at), cmp.Compare(came[b.SHA], came[a.SHA]))
		})
		next = slices.DeleteFunc(next, func(c *commit) bool { return c == newest })
		out = append(out, newest)
		for _, p := range newest.parents {
			reach(p)
		}
	}
	return out
}

// between lists what is reachable from head and not from base, oldest first.
func (r *repo) between(base, head string) []*commit {
	in := map[string]bool{}
	for _, c := range r.history(base) {
		in[c.SHA] = true
	}
	var out []*commit
	for _, c := range r.history(head) {
		if !in[c.SHA] {
			out = append(out, c)
		}
	}
	slices.Reverse(out)
	return out
}

// mergeBase is the newest commit in both histories, nil when there is none.
func (r *repo) mergeBase(a, b string) *commit {
	in := map[string]bool{}
	for _, c := range r.history(a) {
		in[c.SHA] = true
	}
	for _, c := range r.history(b) {
		if in[c.SHA] {
			return c
		}
	}
	return nil
}

// resolve finds the commit of a branch, refs/heads/…, heads/…, full or short (7 and more digits) sha; "" is the default branch.
func (r *repo) resolve(ref string) *commit {
	if ref == "" || ref == "HEAD" {
		ref = "main"
	}
	ref = strings.TrimPrefix(strings.TrimPrefix(ref, "refs/"), "heads/")
	if sha, ok := r.branches[ref]; ok {
		return r.commits[sha]
	}
	if c := r.commits[ref]; c != nil || len(ref) < 7 {
		return c
	}
	for _, c := range r.order {
		if strings.HasPrefix(c.SHA, ref) {
			return c
		}
	}
	return nil
}

// fileChange is the difference of one path.
type fileChange struct {
	path, status, sha string
	added, removed    int
	patch             string
}

// diff compares the files of two commits; from nil is the empty tree. Lines are counted as multisets, good enough for
// totals; only added files get a patch.
func (r *repo) diff(from, to *commit) (out []fileChange) {
	old := map[string]string{}
	if from != nil {
		old = from.files
	}
	paths := map[string]bool{}
	for p := range old {
		paths[p] = true
	}
	for p := range to.files {
		paths[p] = true
	}
	for _, p := range slices.Sorted(maps.Keys(paths)) {
		a, b := old[p], to.files[p]
		if a == b {
			continue
		}
		f := fileChange{path: p, sha: b, status: "modified"}
		f.added, f.removed = countLines(r.blobs[a], r.blobs[b])
		switch {
		case a == "":
			f.status = "added"
			f.patch = fmt.Sprintf("@@ -0,0 +1,%d @@\n+%s", f.added, strings.Join(lines(r.blobs[b]), "\n+"))
		case b == "":
			f.status, f.sha = "removed", a
		}
		out = append(out, f)
	}
	return out
}

func lines(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func countLines(a, b []byte) (added, removed int) {
	count := map[string]int{}
	for _, l := range lines(b) {
		count[l]++
	}
	for _, l := range lines(a) {
		count[l]--
	}
	for _, n := range count {
		if n > 0 {
			added += n
		} else {
			removed -= n
		}
	}
	return added, removed
}
