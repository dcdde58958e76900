package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// explain reads what serve would read at its start, then makes one round up to
// the plan and prints it with its reasons. It needs the signing key and the
// addresses of links as serve does: whether a record would be written depends
// on its signature and on every word of it.
func explain(ctx context.Context, args []string, out, diag io.Writer) error {
	var f serveFlags
	fs := flags("explain", diag)
	f.reading(fs)
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return errors.New("say which issue, for example: steelthread explain kubernetes/enhancements#4381")
	}
	key, err := slash.ParseKey(rest[0])
	if err != nil {
		return fmt.Errorf("%q: write it as org/repo#number: %w", rest[0], err)
	}
	p, err := f.read(ctx, diag)
	if err != nil {
		return err
	}
	return p.Reconciler.Explain(ctx, key, out)
}

// reading are the flags of what reads all that serve would read at its start, and
// writes nothing.
func (f *serveFlags) reading(fs *flag.FlagSet) {
	f.githubFlags.register(fs, false)
	fs.StringVar(&f.config, "config", "/etc/steelthread/config.yaml", "the configuration `file`")
	fs.StringVar(&f.signingKey, "signing-key-path", "/etc/steelthread/key", "`file` with the private key that signs records")
	fs.StringVar(&f.publicKeys, "public-key-paths", "", "`files` with further public keys, by comma")
	f.links(fs)
}

// read reads everything.
func (f *serveFlags) read(ctx context.Context, diag io.Writer) (*plugin.Plugin, error) {
	p, err := f.plugin(ctx, diag)
	if err != nil {
		return nil, err
	}
	return p, p.Load(ctx)
}

// plugin has read nothing yet, and writes nothing.
func (f *serveFlags) plugin(ctx context.Context, diag io.Writer) (*plugin.Plugin, error) {
	cfg, err := config.LoadFile(f.config)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	keys, err := f.keys()
	if err != nil {
		return nil, err
	}
	f.dryRun = true
	client, self, err := f.connect(ctx, nil, nil)
	if err != nil {
		return nil, err
	}
	log := logrus.New()
	log.SetOutput(diag)
	log.SetLevel(logrus.WarnLevel)
	log.SetFormatter(censoring{log.Formatter})
	return plugin.New(plugin.Options{Config: func() *config.Config { return cfg }, Client: client, Self: self, Keys: keys,
		Site: f.site(), Log: log, Enqueue: func(plugin.Key) {}}), nil
}

// notes writes the release-notes draft of a cycle from the plan and what merged.
func notes(ctx context.Context, args []string, out, diag io.Writer) error {
	var f serveFlags
	fs := flags("notes", diag)
	f.reading(fs)
	name := fs.String("cycle", "", "the release, such as v1.38")
	file := fs.String("o", "", "`file` to write instead of the standard output")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if *name == "" || len(rest) > 0 {
		return errors.New("say which release, for example: steelthread notes --cycle v1.38 -o notes.md")
	}
	p, err := f.read(ctx, diag)
	if err != nil {
		return err
	}
	text, err := p.Reconciler.Notes(ctx, *name)
	if err != nil {
		return err
	}
	return writeTo(*file, []byte(text), out)
}

// audit checks records with public keys alone, on GitHub or in a saved comment.
func audit(ctx context.Context, args []string, out, diag io.Writer) error {
	var g githubFlags
	fs := flags("audit", diag)
	g.register(fs, false)
	public := fs.String("public-key", "", "`files` with the public keys, by comma")
	comment := fs.String("comment", "", "`file` with a saved record comment, as GitHub's API gives its body; nothing is asked of GitHub then")
	account := fs.String("account", "", "`login` that writes the records; default: the account of the token")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	texts, err := readAll(*public)
	if err != nil {
		return fmt.Errorf("--public-key: %w", err)
	}
	if len(texts) == 0 {
		return errors.New("say which public key, for example: steelthread audit kubernetes/enhancements#4381 --public-key key.pub")
	}
	keys, err := custody.NewVerifier(texts...)
	if err != nil {
		return fmt.Errorf("--public-key: %w", err)
	}
	if *comment != "" {
		return auditFile(keys, *comment, out)
	}
	if len(rest) != 1 {
		return errors.New("say which issue, for example: steelthread audit kubernetes/enhancements#4381 --public-key key.pub")
	}
	key, err := slash.ParseKey(rest[0])
	if err != nil {
		return fmt.Errorf("%q: write it as org/repo#number: %w", rest[0], err)
	}
	g.dryRun = true
	client, self, err := g.connect(ctx, nil, nil)
	if err != nil {
		return err
	}
	if *account != "" {
		if self, err = client.User(ctx, *account); err != nil {
			return err
		}
	}
	return plugin.Audit(ctx, client, self, keys, key, out)
}

// auditFile checks one saved comment.
func auditFile(keys *custody.Keys, path string, out io.Writer) error {
	bodies, err := readAll(path)
	if err != nil {
		return fmt.Errorf("--comment: %w", err)
	}
	h, err := keys.Verify(bodies[0])
	if err != nil {
		return fmt.Errorf("%s does not hold: %w", path, err)
	}
	fmt.Fprintf(out, "%s: signature holds: %s of repository %d, issue %d, cycle %s, version %d\n", path, h.Kind, h.Identity.Repo, h.Identity.Issue, h.Identity.Cycle, h.Seq)
	if log, err := keys.Open(bodies, h.Identity); err == nil {
		plugin.AuditLog(log, nil, out)
	}
	return nil
}
