package plugin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/slash"
	"github.com/steelthread/steelthread/plugin/work"
)

// Client is GitHub as this program uses it. Build one with NewClient; its
// transport does authentication, conditional requests, rate limits, metrics
// and --dry-run.
type Client struct {
	rest    *github.Client
	http    *http.Client
	graphql string

	mu         sync.Mutex
	repos      map[string]*cachedRepository
	milestones map[string]map[string]int // repo -> title -> number
}

// cachedRepository is what was last read of a repository; it is read once for
// all who ask at the same time.
type cachedRepository struct {
	sync.Mutex
	Repository
	read time.Time
}

// NewClient gives a client that speaks through rt to the REST API at endpoint
// ("https://api.github.com") and the GraphQL API at graphql.
func NewClient(rt http.RoundTripper, endpoint, graphql string) (*Client, error) {
	if !strings.HasSuffix(endpoint, "/") {
		endpoint += "/"
	}
	hc := &http.Client{Transport: rt} // the transport bounds each request; waiting for its turn is no part of it
	rest, err := github.NewClient(github.WithHTTPClient(hc), github.WithURLs(&endpoint, nil), github.WithDisableRateLimitCheck(), github.WithUserAgent("steelthread"))
	if err != nil {
		return nil, fmt.Errorf("GitHub endpoint %s: %w", endpoint, err)
	}
	return &Client{rest: rest, http: hc, graphql: graphql,
		repos: map[string]*cachedRepository{}, milestones: map[string]map[string]int{}}, nil
}

// Self is the account under which this program writes.
func (c *Client) Self(ctx context.Context) (Account, error) {
	u, _, err := c.rest.Users.Get(ctx, "")
	if err != nil {
		return Account{}, fmt.Errorf("read own account: %w", err)
	}
	return Account{u.GetID(), u.GetLogin()}, nil
}

// User looks an account up by its login, such as "my-app[bot]".
func (c *Client) User(ctx context.Context, login string) (Account, error) {
	u, _, err := c.rest.Users.Get(ctx, login)
	if err != nil {
		return Account{}, fmt.Errorf("read account %s: %w", login, err)
	}
	return Account{u.GetID(), u.GetLogin()}, nil
}

// Repository implements reader. Answers are kept for ten minutes.
func (c *Client) Repository(ctx context.Context, repo string) (Repository, error) {
	c.mu.Lock()
	cached := c.repos[repo]
	if cached == nil {
		cached = &cachedRepository{}
		c.repos[repo] = cached
	}
	c.mu.Unlock()
	cached.Lock()
	defer cached.Unlock()
	if time.Since(cached.read) < 10*time.Minute {
		return cached.Repository, nil
	}
	org, name, _ := strings.Cut(repo, "/")
	r, resp, err := c.rest.Repositories.Get(ctx, org, name)
	if err != nil {
		return Repository{}, fmt.Errorf("read repository %s: %w", repo, gone(resp, err))
	}
	if r.GetID() == 0 {
		return Repository{}, fmt.Errorf("read repository %s: %w", repo, errPart)
	}
	cached.Repository, cached.read = Repository{ID: r.GetID(), Private: r.GetPrivate()}, time.Now()
	return cached.Repository, nil
}

// Issue implements reader.
func (c *Client) Issue(ctx context.Context, key Key) (work.Issue, error) {
	i, resp, err := c.rest.Issues.Get(ctx, key.Org, key.Repo, key.Number)
	if err != nil {
		return work.Issue{}, fmt.Errorf("read issue %s: %w", key, gone(resp, err))
	}
	if i.GetID() == 0 {
		return work.Issue{}, fmt.Errorf("read issue %s: %w", key, errPart)
	}
	if now, ok := keyOfIssueURL(i.GetURL()); ok && !now.Same(key) { // GitHub followed a transfer or a rename
		return work.Issue{}, fmt.Errorf("read issue %s: it is %s now: %w", key, now, ErrGone)
	}
	return issueOf(key, i), nil
}

func issueOf(key Key, i *github.Issue) work.Issue {
	out := work.Issue{
		Key: key, ID: i.GetID(), Title: i.GetTitle(), Body: i.GetBody(),
		Author: i.GetUser().GetLogin(), Closed: i.GetState() == "closed", StateReason: i.GetStateReason(),
		Milestone: i.GetMilestone().GetTitle(), Pull: i.IsPullRequest(), ClosedAt: i.GetClosedAt().Time,
	}
	if out.Pull {
		out.Merged = !i.GetPullRequestLinks().GetMergedAt().IsZero()
	}
	for _, a := range i.Assignees {
		out.Assignees = append(out.Assignees, a.GetLogin())
	}
	for _, l := range i.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	return out
}

// Comments implements reader.
func (c *Client) Comments(ctx context.Context, key Key) ([]Comment, time.Time, error) {
	var out []Comment
	var date time.Time
	opts := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		page, resp, err := c.rest.Issues.ListComments(ctx, key.Org, key.Repo, key.Number, opts)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("read comments of %s: %w", key, gone(resp, err))
		}
		if date.IsZero() {
			if date, err = http.ParseTime(resp.Header.Get("Date")); err != nil {
				return nil, time.Time{}, fmt.Errorf("read comments of %s: no Date in the answer: %w", key, err)
			}
		}
		for _, ic := range page {
			if ic.GetID() == 0 || ic.GetCreatedAt().IsZero() {
				return nil, time.Time{}, fmt.Errorf("read comments of %s: %w", key, errPart)
			}
			out = append(out, commentOf(ic))
		}
		if resp.NextPage == 0 {
			return out, date.UTC(), nil
		}
		opts.Page = resp.NextPage
	}
}

func commentOf(c *github.IssueComment) Comment {
	return Comment{
		ID: c.GetID(), Node: c.GetNodeID(), Body: c.GetBody(),
		Author:  Account{c.GetUser().GetID(), c.GetUser().GetLogin()},
		Created: c.GetCreatedAt().UTC(), Updated: c.GetUpdatedAt().UTC(),
		Acks: c.GetReactions().GetPlusOne(), Nays: c.GetReactions().GetConfused(),
		Member: member(c.GetAuthorAssociation()),
	}
}

// LabelEvents implements reader: the last hundred or two events.
func (c *Client) LabelEvents(ctx context.Context, key Key) ([]LabelEvent, error) {
	opts := &github.ListOptions{PerPage: 100}
	var events []*github.IssueEvent
	for {
		page, resp, err := c.rest.Issues.ListIssueEvents(ctx, key.Org, key.Repo, key.Number, opts)
		if err != nil {
			return nil, fmt.Errorf("read events of %s: %w", key, gone(resp, err))
		}
		events = append(events, page...)
		if resp.NextPage == 0 {
			break
		}
		opts.Page = resp.LastPage
	}
	var out []LabelEvent
	for _, e := range events {
		if on := e.GetEvent() == "labeled"; on || e.GetEvent() == "unlabeled" {
			out = append(out, LabelEvent{Label: e.GetLabel().GetName(), On: on, At: e.GetCreatedAt().UTC(),
				Actor: Account{e.GetActor().GetID(), e.GetActor().GetLogin()}})
		}
	}
	return out, nil
}

// CreateComment implements writer.
func (c *Client) CreateComment(ctx context.Context, key Key, body string) (Comment, error) {
	ic, resp, err := c.rest.Issues.CreateComment(ctx, key.Org, key.Repo, key.Number, &github.IssueComment{Body: &body})
	if err != nil && resp != nil && resp.StatusCode == http.StatusForbidden { // a limit was a Wait before it came here
		return Comment{}, fmt.Errorf("comment on %s: %w: %w", key, ErrForbidden, err)
	}
	if err != nil {
		return Comment{}, fmt.Errorf("comment on %s: %w", key, gone(resp, err))
	}
	if ic.GetID() == 0 {
		return Comment{}, fmt.Errorf("comment on %s: %w", key, errPart)
	}
	return commentOf(ic), nil
}

// EditComment implements writer.
func (c *Client) EditComment(ctx context.Context, key Key, id int64, body string) (Comment, error) {
	ic, resp, err := c.rest.Issues.EditComment(ctx, key.Org, key.Repo, id, &github.IssueComment{Body: &body})
	if err != nil {
		return Comment{}, fmt.Errorf("edit comment %d of %s: %w", id, key, gone(resp, err))
	}
	return commentOf(ic), nil
}

// DeleteComment implements writer. A comment that is not there is no error.
func (c *Client) DeleteComment(ctx context.Context, key Key, id int64) error {
	resp, err := c.rest.Issues.DeleteComment(ctx, key.Org, key.Repo, id)
	if err = gone(resp, err); err != nil && !errors.Is(err, ErrGone) {
		return fmt.Errorf("delete comment %d of %s: %w", id, key, err)
	}
	return nil
}

// React implements writer. 200 (there already) and 201 are both fine; a
// comment that was deleted meanwhile is no error.
func (c *Client) React(ctx context.Context, key Key, to Comment, content string) error {
	if to.ID < 0 {
		return c.reactToReview(ctx, to.Node, content)
	}
	_, resp, err := c.rest.Reactions.CreateIssueCommentReaction(ctx, key.Org, key.Repo, to.ID, content)
	if err != nil && resp != nil && resp.StatusCode == http.StatusForbidden { // a limit was a Wait before it came here
		return fmt.Errorf("react to comment %d of %s: %w: %w", to.ID, key, ErrForbidden, err)
	}
	if err = gone(resp, err); err != nil && !errors.Is(err, ErrGone) {
		return fmt.Errorf("react to comment %d of %s: %w", to.ID, key, err)
	}
	return nil
}

// AddLabel implements writer. GitHub drops labels in silence if the account
// may not set them, so the answer is compared.
func (c *Client) AddLabel(ctx context.Context, key Key, label string) error {
	labels, _, err := c.rest.Issues.AddLabelsToIssue(ctx, key.Org, key.Repo, key.Number, []string{label})
	if err != nil {
		return fmt.Errorf("add label %s to %s: %w", label, key, err)
	}
	for _, l := range labels {
		if strings.EqualFold(l.GetName(), label) {
			return nil
		}
	}
	return fmt.Errorf("add label %s to %s: GitHub took the request and dropped the label; the App needs write access to issues", label, key)
}

// RemoveLabel implements writer. A label that is not there is no error.
func (c *Client) RemoveLabel(ctx context.Context, key Key, label string) error {
	resp, err := c.rest.Issues.RemoveLabelForIssue(ctx, key.Org, key.Repo, key.Number, url.PathEscape(label))
	if err = gone(resp, err); err != nil && !errors.Is(err, ErrGone) {
		return fmt.Errorf("remove label %s from %s: %w", label, key, err)
	}
	return nil
}

// Members implements directory.
func (c *Client) Members(ctx context.Context, org, team string) ([]string, error) {
	var out []string
	opts := &github.TeamListTeamMembersOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for {
		page, resp, err := c.rest.Teams.ListTeamMembersBySlug(ctx, org, team, opts)
		if err != nil {
			if resp != nil && (resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound) {
				return nil, fmt.Errorf("team %s/%s: %w", org, team, ErrCannotTell)
			}
			return nil, fmt.Errorf("read team %s/%s: %w", org, team, err)
		}
		for _, u := range page {
			out = append(out, u.GetLogin())
		}
		if resp.NextPage == 0 {
			return out, nil
		}
		opts.Page = resp.NextPage
	}
}

// errPart is an answer of 200 without what it must hold.
var errPart = errors.New("GitHub's answer is not whole")

// gone marks 404 and 410 as ErrGone.
func gone(resp *github.Response, err error) error {
	if err != nil && resp != nil && (resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone) {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// keyOfIssueURL reads the key out of ".../repos/org/repo/issues/12".
func keyOfIssueURL(u string) (Key, bool) {
	_, path, ok := strings.Cut(u, "/repos/")
	if !ok {
		return Key{}, false
	}
	parts := strings.Split(path, "/")
	if len(parts) != 4 {
		return Key{}, false
	}
	key, err := slash.ParseKey(parts[0] + "/" + parts[1] + "#" + parts[3])
	return key, err == nil
}
