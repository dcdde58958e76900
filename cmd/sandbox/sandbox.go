// Command sandbox shows Steelthread without GitHub, Prow or a network: a stand-in for GitHub with a small made-up release,
// the plugin, and a web page on which to speak as anybody of it, in one process.
//
// It promises: it listens on loopback only; everything said on the page goes the way that it would go on GitHub (REST
// with the persona's own rights, signed webhooks, the plugin's own reads and writes); the demo is always in its planning
// weeks, because the dates of its cycle are computed at start.
//
// It does not: keep anything on disk, speak to GitHub, or show more of GitHub than issues, pull requests, labels,
// milestones and comments. With --github-only it is just the stand-in over HTTP, for a real hook and a separate steelthread serve.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/render"
)

// botSlug is the GitHub App that the plugin writes as.
const botSlug, botLogin = "steelthread", "steelthread[bot]"

// options are what a sandbox is built from.
type options struct {
	base string // the address of the page, "http://127.0.0.1:8080"
	seed fs.FS
	wall func() time.Time
	log  logrus.FieldLogger
	// record receives what the stand-in is asked and sends, for the check against GitHub's descriptions. Nil: off.
	record io.Writer
}

// sandbox is the whole of it. plugin is nil with --github-only.
type sandbox struct {
	options
	clock      *clock
	github     *githubsim.GitHub
	bot        *watchedTransport
	client     *plugin.Client
	rolebook   *plugin.Rolebook
	plugin     *plugin.Plugin
	hook       *hook
	hub        *hub
	appID      int64
	story      []step
	repos      []string // "org/repo"
	people     []persona
	config     *config.Config
	configText []byte
}

// newSandbox builds the world and what looks at it. No plugin runs yet, no webhook is sent.
func newSandbox(o options) (*sandbox, error) {
	s := &sandbox{options: o, hub: newHub(), clock: &clock{wall: o.wall}}
	seed, err := readSeed(o.seed, o.wall())
	if err != nil {
		return nil, err
	}
	if s.config, s.configText, err = seed.config(); err != nil {
		return nil, err
	}
	if s.people, err = seed.people(); err != nil {
		return nil, err
	}
	if s.repos, err = seed.repos(); err != nil {
		return nil, err
	}
	if s.story, err = seed.story(); err != nil {
		return nil, err
	}
	s.github = githubsim.New(githubsim.Options{Now: s.clock.now, Tokens: o.wall, BaseURL: o.base, Record: o.record})
	s.clock.shift(-seedAge)
	if err := seed.load(s.github); err != nil {
		return nil, err
	}
	s.clock.shift(seedAge)
	seed.push(s.github)
	_, s.appID = s.github.AddApp(botSlug, s.orgs()...)
	s.bot = &watchedTransport{base: s.github.Transport(), token: githubsim.TokenFor(botLogin), now: s.clock.now, changed: s.botWrote, issueOf: s.issueOf}
	s.hook = &hook{hub: s.hub}
	s.github.SetWebhook(s.hook.deliver)
	if s.client, err = plugin.NewClient(&plugin.Transport{Base: s.bot, Cache: plugin.NewETagCache(32 << 20)}, o.base, o.base+"/graphql"); err != nil {
		return nil, err
	}
	s.rolebook = plugin.NewRolebook(s.client, s.client, 15*time.Second)
	return s, nil
}

// orgs lists the organisations of the seed.
func (s *sandbox) orgs() []string {
	var out []string
	seen := map[string]bool{}
	for _, repo := range s.repos {
		if org, _, _ := strings.Cut(repo, "/"); !seen[org] {
			seen[org] = true
			out = append(out, org)
		}
	}
	return out
}

// addPlugin builds the plugin with keys and a webhook secret of its own. It runs with run.
func (s *sandbox) addPlugin(ctx context.Context) error {
	private, _, err := custody.GenerateKey(rand.Reader, "sandbox")
	if err != nil {
		return err
	}
	keys, err := custody.NewKeys(private)
	if err != nil {
		return err
	}
	self, err := s.client.User(ctx, botLogin)
	if err != nil {
		return err
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	token := hex.EncodeToString(secret)
	s.plugin = plugin.New(plugin.Options{
		Config: func() *config.Config { return s.config }, Client: s.client, Self: self, Keys: keys,
		Site:    render.Site{GitHub: s.base, Commands: s.base + "/sandbox/commands", Board: s.base + boardPath},
		Secrets: func() []byte { return []byte(token) }, Log: s.log,
		Tick: 30 * time.Second, Lookback: seedAge, Keep: 15 * time.Second,
	})
	s.hook.to(inProcess(s.plugin.Handler(), token))
	return nil
}

// appKey makes a private key for the App and gives it as PEM. From then on the stand-in checks the App's own tokens.
func (s *sandbox) appKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	s.github.SetAppKey(botSlug, &key.PublicKey)
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}), nil
}

// run lets the plugin work until ctx ends.
func (s *sandbox) run(ctx context.Context) error {
	if err := s.plugin.Run(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("plugin: %w", err)
	}
	return nil
}

// advance moves the clock and has everything looked at again: deadlines have come nearer.
func (s *sandbox) advance(d time.Duration) {
	s.clock.advance(d)
	if s.plugin != nil && s.plugin.Ready() {
		s.plugin.Reconfigured(context.Background())
	}
	s.hub.tell(change{What: "The clock was moved."})
}

// botWrote passes on what the bot did; reactions raise no webhook.
func (s *sandbox) botWrote(w write) {
	s.hub.tell(change{Repo: w.Repo, Issue: w.Issue, Bot: true, What: w.String()})
}

// issueOf finds the issue of a comment, 0 if there is none.
func (s *sandbox) issueOf(repo string, comment int64) int {
	for _, i := range s.issues(repo) {
		if slices.ContainsFunc(i.Comments, func(c githubsim.CommentSnapshot) bool { return c.ID == comment }) {
			return i.Number
		}
	}
	return 0
}

// quiet reports whether the plugin has nothing to do: nothing waits, no webhook came and no request was made for the time
// given. A round that waits for a known time counts as nothing to do.
func (s *sandbox) quiet(after time.Duration) bool {
	return s.plugin == nil || s.plugin.Ready() && s.plugin.Queue.Len() == 0 && min(s.bot.idle(), s.hook.idle()) >= after
}

// as asks GitHub as a persona, with that persona's rights.
func (s *sandbox) as(login string) http.RoundTripper {
	return tokenTransport{s.github.Transport(), githubsim.TokenFor(login)}
}

type tokenTransport struct {
	base  http.RoundTripper
	token string
}

// RoundTrip implements http.RoundTripper.
func (t tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+t.token)
	return t.base.RoundTrip(req)
}
