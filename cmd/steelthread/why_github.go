package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/checkout"
	"github.com/steelthread/steelthread/plugin/kep"
	"github.com/steelthread/steelthread/plugin/work"
)

// reading is GitHub as why asks it: with credentials or without, and never to
// write.
type reading struct {
	client *plugin.Client
	rest   *github.Client
	paths  map[string][]string // of KEP files, by repository
}

var (
	_ checkout.GitHub  = (*reading)(nil)
	_ checkout.Library = (*reading)(nil)
)

// reader connects for reading. Without a token or an App it is nobody, who may
// read what is public, 60 requests an hour.
func (g *githubFlags) reader(ctx context.Context) (*reading, error) {
	rest, graphql := g.addresses()
	var base http.RoundTripper = http.DefaultTransport
	if g.tokenPath != "" || g.appID != "" {
		var err error
		if base, _, err = g.authenticated(ctx, rest); err != nil {
			return nil, err
		}
	}
	t := &plugin.Transport{Base: base, DryRun: true, Cache: plugin.NewETagCache(32 << 20)}
	client, err := plugin.NewClient(t, rest, graphql)
	if err != nil {
		return nil, err
	}
	endpoint := rest + "/"
	direct, err := github.NewClient(github.WithTransport(t), github.WithURLs(&endpoint, nil), github.WithDisableRateLimitCheck(), github.WithUserAgent("steelthread"))
	if err != nil {
		return nil, fmt.Errorf("GitHub endpoint %s: %w", rest, err)
	}
	return &reading{client: client, rest: direct, paths: map[string][]string{}}, nil
}

// notThere turns the plugin's word for it into package checkout's.
func notThere(err error) error {
	if errors.Is(err, plugin.ErrGone) {
		return fmt.Errorf("%w: %w", checkout.ErrGone, err)
	}
	return err
}

// Repository implements checkout.GitHub.
func (r *reading) Repository(ctx context.Context, repo string) (checkout.Repository, error) {
	got, err := r.client.Repository(ctx, repo)
	return checkout.Repository{ID: got.ID, Private: got.Private}, notThere(err)
}

// Issue implements checkout.GitHub.
func (r *reading) Issue(ctx context.Context, key work.Key) (work.Issue, error) {
	issue, err := r.client.Issue(ctx, key)
	return issue, notThere(err)
}

// Comments implements checkout.GitHub.
func (r *reading) Comments(ctx context.Context, key work.Key, pull bool) ([]checkout.Comment, error) {
	list, _, err := r.client.Comments(ctx, key)
	if err != nil {
		return nil, notThere(err)
	}
	var out []checkout.Comment
	for _, c := range list {
		out = append(out, checkout.Comment{ID: c.ID, AuthorID: c.Author.ID, Author: c.Author.Login, Body: c.Body, Created: c.Created})
	}
	if !pull {
		return out, nil
	}
	opts := &github.ListOptions{PerPage: 100}
	for {
		page, resp, err := r.rest.PullRequests.ListReviews(ctx, key.Org, key.Repo, key.Number, opts)
		if err != nil {
			return nil, fmt.Errorf("read reviews of %s: %w", key, err)
		}
		for _, v := range page {
			if v.GetBody() != "" {
				out = append(out, checkout.Comment{ID: v.GetID(), AuthorID: v.GetUser().GetID(), Author: v.GetUser().GetLogin(), Body: v.GetBody(), Created: v.GetSubmittedAt().UTC()})
			}
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		opts.Page = resp.NextPage
	}
}

// PullsOf implements checkout.GitHub. GitHub answers 422 for a commit that it
// does not have.
func (r *reading) PullsOf(ctx context.Context, repo, sha string) ([]int, error) {
	org, name, _ := strings.Cut(repo, "/")
	list, resp, err := r.rest.PullRequests.ListPullRequestsWithCommit(ctx, org, name, sha, &github.ListOptions{PerPage: 100})
	if err != nil {
		if resp != nil && (resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusUnprocessableEntity) {
			return nil, fmt.Errorf("%w: %w", checkout.ErrGone, err)
		}
		return nil, fmt.Errorf("read pull requests of commit %.12s: %w", sha, err)
	}
	slices.SortFunc(list, func(a, b *github.PullRequest) int {
		if a.MergedAt.IsZero() != b.MergedAt.IsZero() {
			if a.MergedAt.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.GetMergedAt().Compare(b.GetMergedAt().Time), cmp.Compare(a.GetNumber(), b.GetNumber()))
	})
	var out []int
	for _, p := range list {
		out = append(out, p.GetNumber())
	}
	return out, nil
}

// PullFiles implements checkout.GitHub.
func (r *reading) PullFiles(ctx context.Context, key work.Key) ([]string, error) {
	paths, err := r.client.PullFiles(ctx, key)
	return paths, notThere(err)
}

// Catalogue implements checkout.Library: one call for the tree, one for the
// file.
func (r *reading) Catalogue(ctx context.Context, repo string, number int) (*kep.Catalogue, error) {
	paths, ok := r.paths[repo]
	if !ok {
		tree, err := r.client.Tree(ctx, repo)
		if err != nil {
			return nil, notThere(err)
		}
		for _, f := range tree {
			if kep.IsKEPFile(f.Path) {
				paths = append(paths, f.Path)
			}
		}
		r.paths[repo] = paths
	}
	return checkout.CatalogueOf(repo, paths, number, func(path string) ([]byte, error) { return r.client.File(ctx, repo, path, "") })
}
