package plugin

import (
	"context"
	"fmt"

	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/roles"
)

// Reviews implements reader. A review that is not submitted yet has no time.
func (c *Client) Reviews(ctx context.Context, key Key) ([]Comment, error) {
	var out []Comment
	opts := &github.ListOptions{PerPage: 100}
	for {
		page, resp, err := c.rest.PullRequests.ListReviews(ctx, key.Org, key.Repo, key.Number, opts)
		if err != nil {
			return nil, fmt.Errorf("read reviews of %s: %w", key, gone(resp, err))
		}
		for _, v := range page {
			if v.GetID() == 0 {
				return nil, fmt.Errorf("read reviews of %s: %w", key, errPart)
			}
			if at := v.GetSubmittedAt().UTC(); !at.IsZero() && v.GetBody() != "" {
				out = append(out, Comment{ID: -v.GetID(), Node: v.GetNodeID(), Body: v.GetBody(), Member: member(v.GetAuthorAssociation()),
					Author: Account{v.GetUser().GetID(), v.GetUser().GetLogin()}, Created: at, Updated: at})
			}
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		opts.Page = resp.NextPage
	}
}

// member reads author_association. GitHub says CONTRIBUTOR of members whose
// membership is private and that we may not see; what it does not say is unknown.
func member(association string) roles.Answer {
	switch association {
	case "OWNER", "MEMBER", "COLLABORATOR":
		return roles.Yes
	case "":
		return roles.Unknown
	}
	return roles.No
}

// Pull implements reader.
func (c *Client) Pull(ctx context.Context, key Key) (PullDetail, error) {
	p, resp, err := c.rest.PullRequests.Get(ctx, key.Org, key.Repo, key.Number)
	if err != nil {
		return PullDetail{}, fmt.Errorf("read pull request %s: %w", key, gone(resp, err))
	}
	d := PullDetail{Base: p.GetBase().GetRef(), DefaultBranch: p.GetBase().GetRepo().GetDefaultBranch(), Head: p.GetHead().GetRef(),
		Bot: p.GetUser().GetType() == "Bot", MergedAt: p.GetMergedAt().UTC()}
	if !d.MergedAt.IsZero() { // of an open one it is a trial
		d.Merge = p.GetMergeCommitSHA()
	}
	if d.Base == "" || d.DefaultBranch == "" {
		return PullDetail{}, fmt.Errorf("read pull request %s: %w", key, errPart)
	}
	return d, nil
}

// PullFiles implements reader.
func (c *Client) PullFiles(ctx context.Context, key Key) ([]string, error) {
	files, resp, err := c.rest.PullRequests.ListFiles(ctx, key.Org, key.Repo, key.Number, &github.ListOptions{PerPage: 100})
	if err != nil {
		return nil, fmt.Errorf("read files of %s: %w", key, gone(resp, err))
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, f.GetFilename())
	}
	return paths, nil
}
