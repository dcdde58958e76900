package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// flags are the command line.
type flags struct {
	listen     string
	seed       string
	configOut  string
	script     bool
	speed      float64
	githubOnly bool
	webhookURL string
	hmacFile   string
	appKeyOut  string
	verbose    bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func parseFlags(args []string, stderr io.Writer) (flags, error) {
	var f flags
	fs := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`address` of the page; loopback only, port 0 for any free one")
	fs.StringVar(&f.seed, "seed", "", "`folder` to fill the sandbox from instead of the one built in; see README.md")
	fs.StringVar(&f.configOut, "config-out", "", "write the matching Steelthread configuration to this `file`")
	fs.BoolVar(&f.script, "script", false, "play the seed's story on the page and in the terminal")
	fs.Float64Var(&f.speed, "speed", 1, "how many times faster than reading speed --script plays")
	fs.BoolVar(&f.githubOnly, "github-only", false, "only the stand-in for GitHub, over HTTP, for a real hook and a separate steelthread serve")
	fs.StringVar(&f.webhookURL, "webhook-url", "", "with --github-only: post webhooks to this `URL`")
	fs.StringVar(&f.hmacFile, "hmac-secret-file", "", "with --github-only: the `file` with the webhook secret, in either of Prow's forms")
	fs.StringVar(&f.appKeyOut, "app-key-out", "", "with --github-only: write a private key for the GitHub App "+botSlug+" to this `file`, for --github-app-private-key-path")
	fs.BoolVar(&f.verbose, "verbose", false, "show the plugin's log")
	if err := fs.Parse(args); err != nil {
		return f, err
	}
	switch {
	case fs.NArg() > 0:
		return f, fmt.Errorf("there are no arguments beside flags, but got %q", fs.Arg(0))
	case !f.githubOnly && (f.webhookURL != "" || f.hmacFile != "" || f.appKeyOut != ""):
		return f, errors.New("--webhook-url, --hmac-secret-file and --app-key-out go with --github-only")
	case f.githubOnly && f.script:
		return f, errors.New("--script needs the plugin, which does not run with --github-only")
	case f.githubOnly && (f.webhookURL == "") != (f.hmacFile == ""):
		return f, errors.New("--webhook-url and --hmac-secret-file go together")
	case f.speed <= 0:
		return f, errors.New("--speed is above 0")
	}
	return f, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	listener, err := listen(f.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	log := logrus.New()
	log.SetOutput(stderr)
	log.SetLevel(logrus.ErrorLevel)
	if f.verbose {
		log.SetLevel(logrus.InfoLevel)
	}
	dir := fs.FS(embeddedSeed())
	if f.seed != "" {
		dir = os.DirFS(f.seed)
	}
	s, err := newSandbox(options{base: "http://" + listener.Addr().String(), seed: dir, wall: time.Now, log: log})
	if err != nil {
		return err
	}
	if f.configOut != "" {
		if err := os.WriteFile(f.configOut, s.configText, 0o644); err != nil {
			return err
		}
	}
	return s.serve(ctx, f, listener, stdout)
}

// serve runs the page, and the plugin or the webhooks to one elsewhere, until ctx ends.
func (s *sandbox) serve(ctx context.Context, f flags, listener net.Listener, stdout io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{Handler: newSite(s, ctx.Done()).handler(f.githubOnly), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 3)
	go func() { done <- server.Serve(listener) }()
	if f.githubOnly {
		if err := errors.Join(s.deliverTo(f), s.writeAppKey(f.appKeyOut)); err != nil {
			return err
		}
		s.introduceGitHub(stdout, f)
	} else {
		if err := s.addPlugin(ctx); err != nil {
			return err
		}
		go func() { done <- s.run(ctx) }()
		fmt.Fprintf(stdout, "The sandbox is at %s/ (Ctrl-C stops it)\nIts board, for meetings: %s%s/plan/\n", s.base, s.base, boardPath)
	}
	if f.script {
		go func() {
			if err := s.play(ctx, stdout, f.speed); err != nil {
				done <- err
			}
		}()
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-done:
		cancel()
	}
	down, stop := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer stop()
	_ = server.Shutdown(down)
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, context.Canceled) {
		err = nil
	}
	return err
}

// deliverTo sends webhooks to a server elsewhere.
func (s *sandbox) deliverTo(f flags) error {
	if f.webhookURL == "" {
		return nil
	}
	raw, err := os.ReadFile(f.hmacFile)
	if err != nil {
		return err
	}
	secret := secretOf(raw)
	if secret == "" {
		return fmt.Errorf("%s holds no secret", f.hmacFile)
	}
	s.hook.to(githubsim.Post(&http.Client{Timeout: 10 * time.Second}, f.webhookURL, secret))
	return nil
}

// writeAppKey makes a key for the App, if a file is named for it.
func (s *sandbox) writeAppKey(file string) error {
	if file == "" {
		return nil
	}
	key, err := s.appKey()
	if err != nil {
		return err
	}
	return os.WriteFile(file, key, 0o600)
}

// introduceGitHub prints what a hook, a plugin and people need to use the stand-in.
func (s *sandbox) introduceGitHub(out io.Writer, f flags) {
	fmt.Fprintf(out, "A stand-in for GitHub is at %s/ (Ctrl-C stops it)\n", s.base)
	fmt.Fprintf(out, "  REST     %s, also %s/api/v3\n  GraphQL  %s/graphql, also %s/api/graphql\n", s.base, s.base, s.base, s.base)
	if f.webhookURL != "" {
		fmt.Fprintf(out, "  webhooks to %s\n", f.webhookURL)
	}
	fmt.Fprintf(out, "  the plugin's App is %s, with id %d\n", botSlug, s.appID)
	fmt.Fprintf(out, "Tokens:\n  %-22s %s\n", botLogin, githubsim.TokenFor(botLogin))
	for _, p := range s.people {
		fmt.Fprintf(out, "  %-22s %s\n", p.Login, githubsim.TokenFor(p.Login))
	}
}

// listen takes a loopback address only: anybody who reaches the sandbox can speak as everybody.
func listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen is an address and a port, such as 127.0.0.1:8080: %w", err)
	}
	if host == "" || strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--listen %s: the sandbox listens on loopback only, as anybody who reaches it can speak as everybody", address)
	}
	return net.Listen("tcp", net.JoinHostPort(host, port))
}
