package checkout

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Repo is a local git checkout.
type Repo struct {
	Dir string // the top folder of the working tree
}

// ErrNoCheckout is the error where a folder is in no git checkout.
var ErrNoCheckout = errors.New("is in no git checkout")

// Open finds the checkout that a folder, or the folder of a file, is in.
func Open(ctx context.Context, path string) (*Repo, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		path = filepath.Dir(path)
	}
	out, err := git(ctx, path, nil, "rev-parse", "--show-toplevel")
	if err != nil {
		if strings.Contains(err.Error(), "not a git repository") {
			return nil, fmt.Errorf("%s %w", path, ErrNoCheckout)
		}
		return nil, err
	}
	return &Repo{Dir: strings.TrimSpace(out)}, nil
}

func (r *Repo) git(ctx context.Context, args ...string) (string, error) {
	return git(ctx, r.Dir, nil, args...)
}

// git runs git in a folder, in English and without asking anything. Its error is what git said.
func git(ctx context.Context, dir string, in io.Reader, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "log.showSignature=false", "-c", "core.quotePath=false"}, args...)...)
	cmd.Dir, cmd.Stdin = dir, in
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("git is needed and is not on this machine")
	}
	if err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		line = plain(strings.TrimPrefix(line, "fatal: "), 300)
		if line == "" {
			line = err.Error()
		}
		return "", fmt.Errorf("git %s: %w", args[0], &gitError{said: line, err: err})
	}
	return out.String(), nil
}

// gitError is a git that ended with an error.
type gitError struct {
	said string
	err  error
}

func (e *gitError) Error() string { return e.said }
func (e *gitError) Unwrap() error { return e.err }

// isNo says whether git answered "no" (exit code 1), as merge-base --is-ancestor and config do.
func isNo(err error) bool {
	exit, ok := errors.AsType[*exec.ExitError](err)
	return ok && exit.ExitCode() == 1
}

// shallow says whether the history of the checkout was cut off when it was cloned.
func (r *Repo) shallow(ctx context.Context) bool {
	out, err := r.git(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}
