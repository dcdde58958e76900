package checkout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/work"
)

// NotesRef is where threads are kept in a repository. It is shown by git log --notes=steelthread.
const NotesRef = "refs/notes/steelthread"

// Noted is what WriteNotes did, or would do.
type Noted struct {
	Commits int    `json:"commits"` // in the range
	Threads []Note `json:"threads"`
	Written int    `json:"written"` // notes that were not there, or said something else
	Unnamed int    `json:"unnamed"` // commits whose pull request is not known: no note
}

// Note is the thread of one commit.
type Note struct {
	SHA   string `json:"sha"`
	Title string `json:"title"`
	Text  string `json:"text"`
	New   bool   `json:"new"` // not there yet, or there with another text
}

// WriteNotes writes the threads of the commits of a range ("v1.37..v1.38") as git notes, all in one commit on NotesRef,
// and no commit where every note is there already. dryRun writes nothing. A commit whose pull request is not known keeps
// the note it has.
//
// One call lists the range. The first-parent line is walked from its old end: what a commit on it brings belongs to its
// pull request. So each pull request is followed once, however many commits it has.
func (f *Follower) WriteNotes(ctx context.Context, commits string, dryRun bool) (Noted, error) {
	var out Noted
	all, line, err := f.Repo.history(ctx, commits)
	if err != nil {
		return out, err
	}
	there, err := f.Repo.notes(ctx)
	if err != nil {
		return out, err
	}
	out.Commits = len(all)
	known := *f
	known.pulls = map[work.Key]*Thread{}
	brought := map[string]bool{}
	for _, tip := range line {
		text, err := known.noteOf(ctx, all[tip])
		if err != nil {
			return out, err
		}
		for _, sha := range brings(all, tip, brought) {
			if text == "" {
				out.Unnamed++
				continue
			}
			n := Note{SHA: sha, Title: all[sha].Title, Text: text}
			if pull, _, _ := strings.Cut(text, "\n"); f.GitHub == nil && strings.HasPrefix(there[sha], pull+"\n") {
				n.Text = there[sha] // GitHub told more when it was asked
			}
			n.New = there[sha] != n.Text
			if out.Threads = append(out.Threads, n); n.New {
				out.Written++
			}
		}
	}
	if dryRun || out.Written == 0 {
		return out, nil
	}
	return out, f.Repo.addNotes(ctx, out.Threads)
}

// history lists the commits of a range by hash, and its first-parent line, oldest first.
func (r *Repo) history(ctx context.Context, commits string) (all map[string]Commit, line []string, err error) {
	if strings.HasPrefix(commits, "-") {
		return nil, nil, fmt.Errorf("%q is no range of commits; write it as v1.37..v1.38", commits)
	}
	text, err := r.git(ctx, "log", "-z", "--format="+commitForm, commits, "--")
	if err != nil {
		return nil, nil, err
	}
	all = map[string]Commit{}
	for _, one := range splitCommits(text) {
		c, err := parseCommit(one)
		if err != nil {
			return nil, nil, err
		}
		all[c.SHA] = c
	}
	text, err = r.git(ctx, "rev-list", "--first-parent", "--reverse", commits, "--")
	return all, strings.Fields(text), err
}

// brings is the commit tip and what it merged, as far as it is in the range and was not brought before.
func brings(all map[string]Commit, tip string, brought map[string]bool) []string {
	var out []string
	todo := []string{tip}
	for len(todo) > 0 {
		sha := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		c, in := all[sha]
		if !in || brought[sha] {
			continue
		}
		brought[sha] = true
		out = append(out, sha)
		todo = append(todo, c.Parents...)
	}
	return out
}

// noteOf is the note of a commit on the first-parent line; empty where its pull request is not known.
func (f *Follower) noteOf(ctx context.Context, c Commit) (string, error) {
	w := &walk{Follower: f, Thread: &Thread{}}
	named, ok := NamedIn(c.Message, f.Template)
	var err error
	switch {
	case ok && f.Name != "":
		key, _, bad := ParseRef(fmt.Sprintf("%s#%d", f.Name, named.Number), work.Key{})
		if bad != nil {
			return "", bad
		}
		if before := f.pulls[key]; before != nil {
			return f.note(ctx, *before)
		}
		err = w.named(ctx, c, Brought{named, c})
		f.pulls[key] = w.Thread
	case f.GitHub != nil && f.Name != "":
		err = w.asked(ctx, c, "")
	}
	if err != nil {
		return "", err
	}
	if w.Unknown != "" && f.GitHub != nil { // half a thread is no reason to change a note
		return "", errors.New(w.Unknown)
	}
	return f.note(ctx, *w.Thread)
}

// note is a thread as trailers. Nothing of a private repository goes into a note of another, as notes are pushed.
func (f *Follower) note(ctx context.Context, t Thread) (string, error) {
	if t.Pull == nil {
		return "", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Pull-Request: %s\n", t.Pull.Key)
	if t.Item != nil {
		repo, _, _ := strings.Cut(t.Item.Key, "#")
		if private, err := f.foreign(ctx, repo); err != nil || private {
			return b.String(), err
		}
		fmt.Fprintf(&b, "Work-Item: %s\n", t.Item.Key)
	}
	if k := t.KEP; k != nil {
		fmt.Fprintf(&b, "KEP: %s", k.String())
		if k.Title != "" {
			fmt.Fprintf(&b, " (%s)", k.Title)
		}
		fmt.Fprintf(&b, "\nKEP-By: %s\n", k.How)
	}
	if t.Exempt != nil {
		fmt.Fprintf(&b, "No-KEP: %s\n", t.Exempt.Reason)
	}
	if t.Approval != nil && t.Approval.Approved {
		fmt.Fprintf(&b, "Approved-For: %s\n", t.Approval.Milestone)
	}
	if t.Breaks == "" {
		return b.String(), nil
	}
	for _, repo := range slices.Compact(slices.Sorted(slices.Values(t.looked))) { // why it breaks may tell of what was read there
		if private, err := f.foreign(ctx, repo); err != nil || private {
			return b.String(), err
		}
	}
	fmt.Fprintf(&b, "Thread-Breaks: %s\n", t.Breaks)
	return b.String(), nil
}

// foreign says whether a repository is private and not the checkout's own.
func (f *Follower) foreign(ctx context.Context, repo string) (bool, error) {
	if f.GitHub == nil || strings.EqualFold(repo, f.Name) {
		return false, nil
	}
	r, err := f.GitHub.Repository(ctx, repo)
	if errors.Is(err, ErrGone) {
		return true, nil
	}
	return r.Private, err
}

// notes reads the notes there are, by the commit that they are on.
func (r *Repo) notes(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	if _, err := r.git(ctx, "rev-parse", "--verify", "--quiet", NotesRef); isNo(err) {
		return out, nil
	}
	list, err := r.git(ctx, "notes", "--ref="+NotesRef, "list")
	if err != nil {
		return nil, err
	}
	var blobs bytes.Buffer
	var commits []string
	for line := range strings.Lines(list) {
		blob, commit, _ := strings.Cut(strings.TrimSpace(line), " ")
		blobs.WriteString(blob + "\n")
		commits = append(commits, commit)
	}
	text, err := git(ctx, r.Dir, &blobs, "cat-file", "--batch")
	if err != nil {
		return nil, err
	}
	for _, commit := range commits { // "<blob> blob <size>\n<text>\n"
		head, rest, _ := strings.Cut(text, "\n")
		size, err := strconv.Atoi(head[strings.LastIndexByte(head, ' ')+1:])
		if err != nil || size > len(rest) {
			return nil, fmt.Errorf("git cat-file: %q is not the head of a note", plain(head, 100))
		}
		out[commit] = rest[:size]
		text = strings.TrimPrefix(rest[size:], "\n")
	}
	return out, nil
}

// addNotes writes the new ones among the notes in one commit. git fast-import takes them all at once; git notes add
// would make a commit of each.
func (r *Repo) addNotes(ctx context.Context, notes []Note) error {
	who, err := r.git(ctx, "var", "GIT_COMMITTER_IDENT")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	const message = "Notes added by steelthread why --write-notes\n"
	fmt.Fprintf(&b, "feature done\ncommit %s\ncommitter %s\ndata %d\n%s", NotesRef, strings.TrimSpace(who), len(message), message)
	if _, err := r.git(ctx, "rev-parse", "--verify", "--quiet", NotesRef); err == nil {
		fmt.Fprintf(&b, "from %s^0\n", NotesRef)
	} else if !isNo(err) {
		return err
	}
	for _, n := range notes {
		if n.New {
			fmt.Fprintf(&b, "N inline %s\ndata %d\n%s\n", n.SHA, len(n.Text), n.Text)
		}
	}
	b.WriteString("done\n")
	_, err = git(ctx, r.Dir, &b, "fast-import", "--quiet", "--date-format=raw")
	return err
}

// Print writes what notes were or would be written. Each text once, with the commits that it is for.
func (n Noted) Print(dryRun bool) string {
	var b strings.Builder
	for i, one := range n.Threads {
		if !one.New {
			continue
		}
		if dryRun {
			fmt.Fprintf(&b, "%.12s %s\n", one.SHA, one.Title)
			if i+1 == len(n.Threads) || !n.Threads[i+1].New || n.Threads[i+1].Text != one.Text {
				for line := range strings.Lines(one.Text) {
					b.WriteString("    " + line)
				}
			}
		}
	}
	verb := "written"
	if dryRun {
		verb = "to write (dry run: none written)"
	}
	fmt.Fprintf(&b, "%s in the range, %d with a thread, %s %s", count(n.Commits, "commit"), len(n.Threads), count(n.Written, "note"), verb)
	if n.Unnamed > 0 {
		fmt.Fprintf(&b, "; of %s the pull request is not known", count(n.Unnamed, "commit"))
	}
	b.WriteString(".\n")
	return b.String()
}
