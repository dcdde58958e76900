package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v88/github"
	"github.com/sirupsen/logrus"
	"sigs.k8s.io/prow/pkg/config/secret"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
)

// githubFlags are Prow's, by Prow's names.
type githubFlags struct {
	endpoints    endpoints
	graphql      string
	tokenPath    string
	appID        string
	appKeyPath   string
	appInstallID int64
	dryRun       bool
	granted      *plugin.Grant // what the App may do, nil with a token; set by connect
}

// endpoints is a repeatable flag. Prow tries each in turn; the first is used
// here, as ghproxy is meant to be.
type endpoints []string

func (e *endpoints) String() string { return strings.Join(*e, ",") }

func (e *endpoints) Set(s string) error {
	*e = append(*e, s)
	return nil
}

func (g *githubFlags) register(fs *flag.FlagSet, dryRun bool) {
	fs.Var(&g.endpoints, "github-endpoint", "GitHub's REST `URL`, such as ghproxy's; repeatable, the first is used (default https://api.github.com)")
	fs.StringVar(&g.graphql, "github-graphql-endpoint", "", "GitHub's GraphQL `URL` (default https://api.github.com/graphql, or /graphql beside the endpoint)")
	fs.StringVar(&g.tokenPath, "github-token-path", "", "`file` with the OAuth token of the bot account")
	fs.StringVar(&g.appID, "github-app-id", "", "`ID` of the GitHub App, instead of a token")
	fs.StringVar(&g.appKeyPath, "github-app-private-key-path", "", "`file` with the private key of the GitHub App")
	fs.Int64Var(&g.appInstallID, "github-app-installation-id", 0, "`ID` of the App's installation; 0: the only one")
	if dryRun {
		fs.BoolVar(&g.dryRun, "dry-run", true, "read and decide, but write nothing to GitHub")
	}
}

// addresses gives the REST and the GraphQL URL.
func (g *githubFlags) addresses() (rest, graphql string) {
	rest, graphql = "https://api.github.com", g.graphql
	if len(g.endpoints) > 0 {
		rest = strings.TrimSuffix(g.endpoints[0], "/")
	}
	if graphql == "" {
		graphql = strings.TrimSuffix(rest, "/v3") + "/graphql"
	}
	return rest, graphql
}

// connect gives the client and the account under which it writes.
func (g *githubFlags) connect(ctx context.Context, m *plugin.Metrics, budget *plugin.WriteBudget) (*plugin.Client, plugin.Account, error) {
	rest, graphql := g.addresses()
	base, slug, err := g.authenticated(ctx, rest)
	if err != nil {
		return nil, plugin.Account{}, err
	}
	client, err := plugin.NewClient(&plugin.Transport{Base: base, DryRun: g.dryRun, Metrics: m, Writes: budget,
		Cache: plugin.NewETagCache(32 << 20)}, rest, graphql)
	if err != nil {
		return nil, plugin.Account{}, err
	}
	if slug != "" {
		self, err := client.User(ctx, slug+"[bot]")
		return client, self, err
	}
	self, err := client.Self(ctx)
	return client, self, err
}

// authenticated adds the credentials. For an App it also gives its slug.
func (g *githubFlags) authenticated(ctx context.Context, rest string) (http.RoundTripper, string, error) {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.MaxIdleConnsPerHost = 8
	switch {
	case g.tokenPath != "" && g.appID != "":
		return nil, "", errors.New("--github-token-path and --github-app-id exclude each other: give one of them")
	case g.tokenPath != "":
		if err := secret.Add(g.tokenPath); err != nil {
			return nil, "", fmt.Errorf("--github-token-path: %w", err)
		}
		token := secret.GetTokenGenerator(g.tokenPath)
		return withToken(base, func() string { return strings.TrimSpace(string(token())) }), "", nil
	case g.appID == "" || g.appKeyPath == "":
		return nil, "", errors.New("say who to be on GitHub: --github-token-path FILE, or --github-app-id ID with --github-app-private-key-path FILE")
	}
	return g.asApp(ctx, base, rest)
}

func (g *githubFlags) asApp(ctx context.Context, base http.RoundTripper, rest string) (http.RoundTripper, string, error) {
	id, err := strconv.ParseInt(g.appID, 10, 64)
	if err != nil {
		return nil, "", fmt.Errorf("--github-app-id: %q is not a number", g.appID)
	}
	if err := secret.Add(g.appKeyPath); err != nil {
		return nil, "", fmt.Errorf("--github-app-private-key-path: %w", err)
	}
	noted := newNoting(base)
	build := func(key []byte) (*ghinstallation.AppsTransport, error) {
		app, err := ghinstallation.NewAppsTransport(noted, id, key)
		if err != nil {
			return nil, fmt.Errorf("--github-app-private-key-path: %w", err)
		}
		app.BaseURL = rest
		return app, nil
	}
	key := secret.GetSecret(g.appKeyPath)
	app, err := build(key)
	if err != nil {
		return nil, "", err
	}
	endpoint := rest + "/"
	asApp, err := github.NewClient(github.WithTransport(app), github.WithURLs(&endpoint, nil))
	if err != nil {
		return nil, "", err
	}
	self, _, err := asApp.Apps.Get(ctx, "")
	if err != nil {
		return nil, "", fmt.Errorf("read the App's own name: %w", err)
	}
	installation, err := g.installation(ctx, asApp)
	if err != nil {
		return nil, "", err
	}
	g.granted = &plugin.Grant{App: rights(self.GetPermissions(), self.Events), Page: installation.GetHTMLURL(),
		Installed: rights(installation.GetPermissions(), installation.Events)}
	install := func(app *ghinstallation.AppsTransport) *ghinstallation.Transport {
		t := ghinstallation.NewFromAppsTransport(app, installation.GetID())
		t.BaseURL = rest
		return t
	}
	return &appTransport{file: secret.GetTokenGenerator(g.appKeyPath), key: key, current: install(app),
		build: func(key []byte) (*ghinstallation.Transport, error) {
			app, err := build(key)
			if err != nil {
				return nil, err
			}
			return install(app), nil
		}}, self.GetSlug(), nil
}

// installation is the one that was named, or the only one.
func (g *githubFlags) installation(ctx context.Context, asApp *github.Client) (*github.Installation, error) {
	var found *github.Installation
	if g.appInstallID != 0 {
		var err error
		if found, _, err = asApp.Apps.GetInstallation(ctx, g.appInstallID); err != nil {
			return nil, fmt.Errorf("--github-app-installation-id: read the App's installation: %w", err)
		}
	} else {
		list, _, err := asApp.Apps.ListInstallations(ctx, nil)
		if err != nil {
			return nil, fmt.Errorf("list the App's installations: %w", err)
		}
		if len(list) != 1 {
			return nil, fmt.Errorf("the App has %d installations: say which with --github-app-installation-id", len(list))
		}
		found = list[0]
	}
	if !found.GetSuspendedAt().IsZero() {
		return nil, fmt.Errorf("the App's installation on %s is suspended; an owner can lift that: %s", found.GetAccount().GetLogin(), found.GetHTMLURL())
	}
	return found, nil
}

// rights turns go-github's fields into GitHub's own names.
func rights(p *github.InstallationPermissions, events []string) plugin.Rights {
	out := plugin.Rights{Events: events}
	if data, err := json.Marshal(p); err == nil {
		_ = json.Unmarshal(data, &out.Permissions) // all fields are strings
	}
	return out
}

// permitted holds what the App was given against what the configuration needs.
// Each thing that is missing is one line of the log; a must ends the start.
func (g *githubFlags) permitted(cfg *config.Config, log logrus.FieldLogger) error {
	if g.granted == nil {
		log.Info("on GitHub with a token: what it may do cannot be read, so permissions and events are not checked; docs/deploy.md lists them")
		return nil
	}
	var musts []string
	for _, lack := range g.granted.Lacks(cfg, g.dryRun) {
		if lack.Must {
			musts = append(musts, lack.What)
			continue
		}
		log.Warn(lack.What)
	}
	if len(musts) > 0 {
		return errors.New(strings.Join(musts, "\n"))
	}
	return nil
}

// tokenTransport adds a bearer token, read anew for each request, so that a
// rotated file is followed.
type tokenTransport struct {
	base  http.RoundTripper
	token func() string
}

func withToken(base http.RoundTripper, token func() string) http.RoundTripper {
	return tokenTransport{base, token}
}

func (t tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+t.token())
	return t.base.RoundTrip(req)
}
