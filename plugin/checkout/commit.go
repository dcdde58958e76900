package checkout

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Commit is one commit.
type Commit struct {
	SHA     string    `json:"sha"`
	Parents []string  `json:"parents,omitempty"`
	Author  string    `json:"author"`
	Date    time.Time `json:"date"` // of the author
	Title   string    `json:"title"`
	Message string    `json:"-"` // whole, title included
}

// Short is the first 12 digits.
func (c Commit) Short() string { return c.SHA[:min(12, len(c.SHA))] }

// commitForm is what parseCommit reads.
const commitForm = "%H%x00%P%x00%an%x00%aI%x00%B"

func parseCommit(text string) (Commit, error) {
	parts := strings.SplitN(text, "\x00", 5)
	if len(parts) != 5 {
		return Commit{}, fmt.Errorf("git log: %q is no commit", plain(text, 80))
	}
	c := Commit{SHA: strings.TrimSpace(parts[0]), Parents: strings.Fields(parts[1]), Author: plain(parts[2], 100), Message: strings.TrimSpace(parts[4])}
	c.Date, _ = time.Parse(time.RFC3339, parts[3])
	title, _, _ := strings.Cut(c.Message, "\n")
	c.Title = plain(title, maxShown)
	return c, nil
}

// Commit reads one commit by any name that git knows: a hash, a branch, a tag.
func (r *Repo) Commit(ctx context.Context, name string) (Commit, error) {
	sha, err := r.git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if isNo(err) {
		return Commit{}, fmt.Errorf("%q is no commit in %s", plain(name, 100), r.Dir)
	}
	if err != nil {
		return Commit{}, err
	}
	out, err := r.git(ctx, "log", "-1", "--format="+commitForm, strings.TrimSpace(sha))
	if err != nil {
		return Commit{}, err
	}
	return parseCommit(out)
}

// Line is a line of a file as it stands in the working tree.
type Line struct {
	Path   string `json:"path"` // from the top of the checkout, with slashes
	Number int    `json:"number"`
	Text   string `json:"text"`
}

// ErrUncommitted is the error for a line or a file that was not committed yet.
var ErrUncommitted = errors.New("is not committed yet")

// inside is path as git names it: from the top of the checkout.
func (r *Repo) inside(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		full = filepath.Join(dir, filepath.Base(full))
	}
	top, err := filepath.EvalSymlinks(r.Dir)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(top, full)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", fmt.Errorf("%s is not in the checkout %s", path, r.Dir)
	}
	return filepath.ToSlash(rel), nil
}

// Blame finds the commit that a line is from, by git blame --porcelain. Reformatting commits that
// .git-blame-ignore-revs lists are passed over.
func (r *Repo) Blame(ctx context.Context, path string, number int) (Line, string, error) {
	rel, err := r.inside(path)
	if err != nil {
		return Line{}, "", err
	}
	line := Line{Path: rel, Number: number}
	args := []string{"blame", "--porcelain", "-L", fmt.Sprintf("%d,%d", number, number)}
	if _, err := os.Stat(filepath.Join(r.Dir, ".git-blame-ignore-revs")); err == nil {
		args = append(args, "--ignore-revs-file", ".git-blame-ignore-revs")
	}
	out, err := r.git(ctx, append(args, "--", rel)...)
	if err != nil {
		return line, "", blameWords(rel, number, err)
	}
	sha, rest, _ := strings.Cut(out, " ")
	for one := range strings.Lines(rest) {
		if text, ok := strings.CutPrefix(one, "\t"); ok {
			line.Text = plain(text, maxShown)
		}
	}
	if strings.Trim(sha, "0") == "" {
		return line, "", fmt.Errorf("%s:%d %w", rel, number, ErrUncommitted)
	}
	return line, sha, nil
}

// blameWords says in other words what git blame says when there is no such line or file.
func blameWords(path string, number int, err error) error {
	said := err.Error()
	if _, after, ok := strings.Cut(said, " has only "); ok {
		count, _, _ := strings.Cut(after, " ")
		if n, bad := strconv.Atoi(count); bad == nil {
			return fmt.Errorf("%s has %d lines, there is no line %d", path, n, number)
		}
	}
	if strings.Contains(said, "no such path") {
		return fmt.Errorf("%s %w", path, ErrUncommitted)
	}
	return err
}

// Last is the last commit that changed a file.
func (r *Repo) Last(ctx context.Context, path string) (string, Commit, error) {
	rel, err := r.inside(path)
	if err != nil {
		return "", Commit{}, err
	}
	out, err := r.git(ctx, "log", "-1", "--format="+commitForm, "--", ":(top,literal)"+rel)
	if err != nil {
		return rel, Commit{}, err
	}
	if out == "" {
		return rel, Commit{}, fmt.Errorf("%s %w", rel, ErrUncommitted)
	}
	c, err := parseCommit(out)
	return rel, c, err
}
