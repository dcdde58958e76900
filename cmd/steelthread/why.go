package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/checkout"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// whyFlags are the flags of why.
type whyFlags struct {
	githubFlags
	offline, json, dryRun                 bool
	dir, repo, remote, tip, template      string
	kepRepo, kepCheckout, public, account string
	notes                                 string
}

func (f *whyFlags) register(fs *flag.FlagSet) {
	f.githubFlags.register(fs, false)
	fs.BoolVar(&f.offline, "offline", false, "ask nothing of GitHub: only what the checkout and its commits say")
	fs.BoolVar(&f.json, "json", false, "write the thread as JSON")
	fs.StringVar(&f.dir, "checkout", ".", "the checkout's `folder`; of a file it is the one that the file is in")
	fs.StringVar(&f.repo, "repo", "", "the checkout's repository on GitHub, `org/repo` (default: by its remote)")
	fs.StringVar(&f.remote, "remote", "", "the remote `name` that tells the repository (default: upstream, else origin)")
	fs.StringVar(&f.tip, "tip", "HEAD", "the `branch` whose merges are looked at")
	fs.StringVar(&f.template, "merge-template", "", "title or body `line` of Tide's merge_commit_template, if it is set, such as '{{ .Title }} [{{ .Number }}]'")
	fs.StringVar(&f.kepRepo, "kep-repo", kep.Kubernetes, "where short references to KEPs lead, `org/repo`")
	fs.StringVar(&f.kepCheckout, "kep-checkout", "", "`folder` of a checkout of the KEP repository, to read KEPs there and not from GitHub")
	fs.StringVar(&f.public, "public-key", "", "`files` with the public keys, by comma, to check signed records")
	fs.StringVar(&f.account, "account", "", "`login` that writes the records (default: any, the signature tells)")
	fs.StringVar(&f.notes, "write-notes", "", "write the threads of the commits of a `range` such as v1.37..v1.38 as git notes on "+checkout.NotesRef)
	fs.BoolVar(&f.dryRun, "dry-run", false, "with --write-notes: show the notes, write none")
}

// why follows a line, a commit, a pull request or an issue to its KEP. Its exit
// code is 1 where the thread breaks.
func why(ctx context.Context, args []string, out, diag io.Writer) error {
	var f whyFlags
	fs := flags("why", diag)
	f.register(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if f.notes == "" && len(rest) != 1 || f.notes != "" && len(rest) > 0 {
		fmt.Fprintln(diag, "Say what to follow, one at a time, for example: steelthread why pkg/kubelet/kubelet.go:42, a commit, or kubernetes/kubernetes#130512")
		return errUsage
	}
	follower, err := f.follower(ctx)
	if err != nil {
		return err
	}
	if f.notes != "" {
		return f.writeNotes(ctx, follower, out)
	}
	thread, err := f.follow(ctx, follower, rest[0])
	if err != nil {
		return err
	}
	if f.json {
		err = writeJSON(out, thread)
	} else {
		err = thread.Print(out)
	}
	switch {
	case err != nil:
		return err
	case thread.Breaks != "":
		return errors.New("the thread breaks")
	case thread.Unknown != "" && !f.offline:
		return errors.New("not everything could be asked")
	}
	return nil
}

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// follower is made of the flags, but for the checkout.
func (f *whyFlags) follower(ctx context.Context) (*checkout.Follower, error) {
	out := &checkout.Follower{KEPRepo: f.kepRepo, Account: f.account, Tip: f.tip}
	var err error
	if f.template != "" {
		if out.Template, err = checkout.NewMergeTemplate(f.template); err != nil {
			return nil, fmt.Errorf("--merge-template: %w", err)
		}
	}
	texts, err := readAll(f.public)
	if err != nil {
		return nil, fmt.Errorf("--public-key: %w", err)
	}
	if len(texts) > 0 {
		if out.Keys, err = custody.NewVerifier(texts...); err != nil {
			return nil, fmt.Errorf("--public-key: %w", err)
		}
	}
	if !f.offline {
		reader, err := f.reader(ctx)
		if err != nil {
			return nil, err
		}
		out.GitHub, out.Library = reader, reader
	}
	if f.kepCheckout != "" {
		out.Library = checkout.KEPFolder{Repo: f.kepRepo, Dir: f.kepCheckout}
	}
	return out, nil
}

// open finds the checkout and which repository it is of. The error of the
// latter only matters where the name is needed.
func (f *whyFlags) open(ctx context.Context, follower *checkout.Follower, path string) (unnamed, err error) {
	if follower.Repo, err = checkout.Open(ctx, path); err != nil {
		return nil, err
	}
	if follower.Name = f.repo; f.repo == "" {
		follower.Name, unnamed = follower.Repo.Remote(ctx, f.remote)
	}
	return unnamed, nil
}

var fileLine = regexp.MustCompile(`^(.+):([0-9]{1,9})$`)

// follow sorts out what is asked about: a file that is there, a reference to a
// pull request or an issue, else a commit.
func (f *whyFlags) follow(ctx context.Context, follower *checkout.Follower, asked string) (checkout.Thread, error) {
	path, number := asked, 0
	if m := fileLine.FindStringSubmatch(asked); m != nil && !isFile(asked) {
		path, number = m[1], 1
		if n, err := strconv.Atoi(m[2]); err == nil {
			number = n
		}
		if number == 0 {
			return checkout.Thread{}, errors.New("lines are counted from 1")
		}
	}
	if isFile(path) {
		unnamed, err := f.open(ctx, follower, path)
		if err != nil {
			return checkout.Thread{}, err
		}
		thread, err := follower.FollowLine(ctx, path, number)
		return because(thread, unnamed), err
	}
	unnamed, err := f.open(ctx, follower, f.dir)
	if err != nil && !errors.Is(err, checkout.ErrNoCheckout) {
		return checkout.Thread{}, err
	}
	org, repo, _ := strings.Cut(follower.Name, "/")
	key, kind, bad := checkout.ParseRef(asked, work.Key{Org: org, Repo: repo})
	switch {
	case bad == nil:
		return follower.FollowRef(ctx, key, kind)
	case strings.HasPrefix(asked, "#") && unnamed != nil:
		return checkout.Thread{}, fmt.Errorf("%s: of which repository? %w; write org/repo%s", asked, unnamed, asked)
	case err != nil:
		return checkout.Thread{}, fmt.Errorf("%q is no file, and no pull request or issue such as org/repo#12; to look for a commit: %w", asked, err)
	}
	thread, err := follower.FollowCommit(ctx, asked)
	if err != nil {
		return thread, fmt.Errorf("%q is no file and no pull request or issue such as org/repo#12, and as a commit: %w", asked, err)
	}
	return because(thread, unnamed), nil
}

// because says why the repository of the checkout is not known.
func because(t checkout.Thread, unnamed error) checkout.Thread {
	if unnamed != nil {
		t.Notes = append(t.Notes, unnamed.Error())
	}
	return t
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (f *whyFlags) writeNotes(ctx context.Context, follower *checkout.Follower, out io.Writer) error {
	unnamed, err := f.open(ctx, follower, f.dir)
	if err != nil {
		return err
	}
	if unnamed != nil {
		return fmt.Errorf("which repository the checkout is of is not known: %w; say it with --repo org/repo", unnamed)
	}
	noted, err := follower.WriteNotes(ctx, f.notes, f.dryRun)
	if err != nil {
		return err
	}
	if f.json {
		return writeJSON(out, noted)
	}
	_, err = io.WriteString(out, noted.Print(f.dryRun))
	return err
}
