package plugin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v88/github"

	"github.com/steelthread/steelthread/plugin/work"
)

// Issues implements lister.
func (c *Client) Issues(ctx context.Context, repo string, f Filter) ([]work.Issue, error) {
	org, name, _ := strings.Cut(repo, "/")
	opts := &github.IssueListByRepoOptions{State: "all", Sort: "updated", Direction: "asc", Since: f.Since,
		ListOptions: github.ListOptions{PerPage: 100}}
	if f.OpenOnly {
		opts.State = "open"
	}
	if f.Label != "" {
		opts.Labels = []string{f.Label}
	}
	if f.Milestone != "" {
		number, ok, err := c.milestone(ctx, repo, f.Milestone)
		if err != nil || !ok {
			return nil, err
		}
		opts.Milestone = strconv.Itoa(number)
	}
	var list paging[work.Issue, int]
	for {
		page, resp, err := c.rest.Issues.ListByRepo(ctx, org, name, opts)
		if err != nil {
			return nil, fmt.Errorf("list issues of %s: %w", repo, gone(resp, err))
		}
		for _, i := range page {
			if i.GetID() == 0 || i.GetNumber() == 0 {
				return nil, fmt.Errorf("list issues of %s: %w", repo, errPart)
			}
			list.add(i.GetNumber(), issueOf(Key{Org: org, Repo: name, Number: i.GetNumber()}, i), i.GetUpdatedAt().Time)
		}
		if resp.NextPage == 0 {
			return list.all, nil
		}
		opts.Since, opts.ListOptions.Page = list.next(opts.Since, resp.NextPage)
	}
}

// paging gathers the pages of a list that is sorted by time of change, oldest
// first. What is changed while the list is being read moves to its end, and all
// behind it one place ahead: by page numbers, one would be passed over. So the
// next page begins at the time at which the last one ended, and what comes twice
// counts as it came last.
type paging[T any, K comparable] struct {
	all         []T
	place       map[K]int
	first, last time.Time // times of change on the page
}

func (p *paging[T, K]) add(id K, item T, changed time.Time) {
	if p.first.IsZero() {
		p.first = changed
	}
	p.last = changed
	if n, twice := p.place[id]; twice {
		p.all[n] = item
		return
	}
	if p.place == nil {
		p.place = map[K]int{}
	}
	p.place[id] = len(p.all)
	p.all = append(p.all, item)
}

// next says where the next page begins. A second more is listed again, because
// times have a second's grain. Only if a whole page was changed within a few
// seconds its number must do.
func (p *paging[T, K]) next(since time.Time, page int) (time.Time, int) {
	first, from := p.first, p.last.Add(-time.Second)
	p.first = time.Time{}
	if from.After(first) {
		return from, 1
	}
	return since, page
}

// ClearMilestone implements milestones.
func (c *Client) ClearMilestone(ctx context.Context, key Key) error {
	if _, resp, err := c.rest.Issues.RemoveMilestone(ctx, key.Org, key.Repo, key.Number); err != nil {
		return fmt.Errorf("clear the milestone of %s: %w", key, gone(resp, err))
	}
	return nil
}

// SetMilestone implements milestones. The title is looked up anew: a milestone that was
// renamed or deleted since would be set again and again.
func (c *Client) SetMilestone(ctx context.Context, key Key, title string) error {
	found, err := c.listMilestones(ctx, key.Repository())
	if err != nil {
		return err
	}
	number, ok := found[title]
	if !ok {
		return fmt.Errorf("set the milestone of %s: %s has no milestone %s: %w", key, key.Repository(), title, ErrGone)
	}
	issue, resp, err := c.rest.Issues.Edit(ctx, key.Org, key.Repo, key.Number, &github.IssueRequest{Milestone: &number})
	if err != nil {
		return fmt.Errorf("set the milestone of %s: %w", key, gone(resp, err))
	}
	if issue.GetMilestone().GetTitle() != title { // what one may not set GitHub drops without a word
		return fmt.Errorf("set the milestone of %s: GitHub did not keep %s", key, title)
	}
	return nil
}

// milestone finds the number of a milestone by its title, closed ones too. Titles that
// were found are kept.
func (c *Client) milestone(ctx context.Context, repo, title string) (int, bool, error) {
	c.mu.Lock()
	number, ok := c.milestones[repo][title]
	c.mu.Unlock()
	if ok {
		return number, true, nil
	}
	found, err := c.listMilestones(ctx, repo)
	number, ok = found[title]
	return number, ok, err
}

// listMilestones gives the numbers of all milestones by title.
func (c *Client) listMilestones(ctx context.Context, repo string) (map[string]int, error) {
	org, name, _ := strings.Cut(repo, "/")
	found := map[string]int{}
	opts := &github.MilestoneListOptions{State: "all", ListOptions: github.ListOptions{PerPage: 100}}
	for {
		page, resp, err := c.rest.Issues.ListMilestones(ctx, org, name, opts)
		if err != nil {
			return nil, fmt.Errorf("list milestones of %s: %w", repo, gone(resp, err))
		}
		for _, m := range page {
			found[m.GetTitle()] = m.GetNumber()
		}
		if resp.NextPage == 0 {
			break
		}
		opts.Page = resp.NextPage
	}
	c.mu.Lock()
	c.milestones[repo] = found
	c.mu.Unlock()
	return found, nil
}

// CommentsSince implements lister.
func (c *Client) CommentsSince(ctx context.Context, repo string, since time.Time) ([]ListedComment, time.Time, error) {
	org, name, _ := strings.Cut(repo, "/")
	sort, direction := "updated", "asc"
	opts := &github.IssueListCommentsOptions{Sort: &sort, Direction: &direction, Since: &since, ListOptions: github.ListOptions{PerPage: 100}}
	var list paging[ListedComment, int64]
	var date time.Time
	for {
		page, resp, err := c.rest.Issues.ListComments(ctx, org, name, 0, opts)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("list comments of %s: %w", repo, gone(resp, err))
		}
		if date.IsZero() {
			if date, err = http.ParseTime(resp.Header.Get("Date")); err != nil {
				return nil, time.Time{}, fmt.Errorf("list comments of %s: no Date in the answer: %w", repo, err)
			}
		}
		for _, ic := range page {
			if key, ok := keyOfIssueURL(ic.GetIssueURL()); ok {
				key.Org, key.Repo = org, name // as the configuration spells it
				list.add(ic.GetID(), ListedComment{Key: key, Author: Account{ic.GetUser().GetID(), ic.GetUser().GetLogin()}, Body: ic.GetBody()}, ic.GetUpdatedAt().Time)
			}
		}
		if resp.NextPage == 0 {
			return list.all, date.UTC(), nil
		}
		var from time.Time
		from, opts.Page = list.next(*opts.Since, resp.NextPage)
		opts.Since = &from
	}
}

// FileHistory implements archive.
func (c *Client) FileHistory(ctx context.Context, repo, path string, back time.Time) ([]FileVersion, error) {
	org, name, _ := strings.Cut(repo, "/")
	opts := &github.CommitsListOptions{Path: path, ListOptions: github.ListOptions{PerPage: 100}}
	var out []FileVersion
	for {
		page, resp, err := c.rest.Repositories.ListCommits(ctx, org, name, opts)
		if err != nil {
			return nil, fmt.Errorf("read history of %s:%s: %w", repo, path, gone(resp, err))
		}
		for _, commit := range page {
			out = append(out, FileVersion{Commit: commit.GetSHA(), At: commit.GetCommit().GetCommitter().GetDate().UTC()})
		}
		if resp.NextPage == 0 || len(out) > 0 && out[len(out)-1].At.Before(back) {
			return out, nil
		}
		opts.Page = resp.NextPage
	}
}

// File implements archive.
func (c *Client) File(ctx context.Context, repo, path, ref string) ([]byte, error) {
	org, name, _ := strings.Cut(repo, "/")
	content, _, resp, err := c.rest.Repositories.GetContents(ctx, org, name, path, &github.RepositoryContentGetOptions{Ref: ref})
	if err != nil {
		return nil, fmt.Errorf("read %s:%s at %s: %w", repo, path, ref, gone(resp, err))
	}
	if content == nil {
		return nil, fmt.Errorf("read %s:%s at %s: it is a folder", repo, path, ref)
	}
	text, err := content.GetContent()
	if err != nil {
		return nil, fmt.Errorf("read %s:%s at %s: %w", repo, path, ref, err)
	}
	return []byte(text), nil
}

// Tree implements archive: the files of the default branch.
func (c *Client) Tree(ctx context.Context, repo string) ([]TreeFile, error) {
	org, name, _ := strings.Cut(repo, "/")
	tree, resp, err := c.rest.Git.GetTree(ctx, org, name, "HEAD", true)
	if err != nil {
		return nil, fmt.Errorf("read tree of %s: %w", repo, gone(resp, err))
	}
	if tree.GetTruncated() {
		return nil, fmt.Errorf("read tree of %s: GitHub cut the list short", repo)
	}
	var out []TreeFile
	for _, e := range tree.Entries {
		if e.GetType() == "blob" {
			out = append(out, TreeFile{Path: e.GetPath(), Blob: e.GetSHA()})
		}
	}
	return out, nil
}
