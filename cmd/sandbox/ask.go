package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/steelthread/steelthread/plugin/githubsim"
)

// refusal is what the stand-in answered to a persona that may not, or asked for what is not there. Its text is for the
// viewer.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

// ask sends one REST request as a persona and decodes the answer into into, unless that is nil. An answer that is not
// 2xx is a *refusal.
func (s *sandbox) ask(ctx context.Context, login, method, path string, send, into any) error {
	body := &bytes.Buffer{}
	if send != nil {
		if err := json.NewEncoder(body).Encode(send); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.as(login).RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		var said struct{ Message string }
		_ = json.Unmarshal(raw, &said)
		return &refusal{resp.StatusCode, fmt.Sprintf("GitHub answers %s: %d %s", login, resp.StatusCode, said.Message)}
	}
	if into == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// permission is what a persona may do in a repository, in GitHub's words: admin, maintain, write, triage, read or none;
// "" if it could not be read.
func (s *sandbox) permission(ctx context.Context, login, repo string) string {
	var out struct {
		Permission string `json:"permission"`
		RoleName   string `json:"role_name"`
	}
	err := s.ask(ctx, botLogin, http.MethodGet, "/repos/"+repo+"/collaborators/"+login+"/permission", nil, &out)
	if err != nil {
		return ""
	}
	return strings.ToLower(cmp.Or(out.RoleName, out.Permission))
}

// mayTriage tells whether a persona may change labels, milestone and state, as GitHub's triage permission allows.
func (s *sandbox) mayTriage(ctx context.Context, login, repo string) bool {
	return slices.Contains([]string{"admin", "maintain", "write", "triage"}, s.permission(ctx, login, repo))
}

// issues lists the issues of a repository of the seed, none of one that is not there.
func (s *sandbox) issues(repo string) []githubsim.IssueSnapshot {
	for _, known := range s.repos {
		if strings.EqualFold(known, repo) {
			org, name, _ := strings.Cut(known, "/")
			return s.github.Issues(org, name)
		}
	}
	return nil
}

// named is a thing of a repository that an issue can have.
type named struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Color       string `json:"color"`
	Description string `json:"description"`
	State       string `json:"state"`
}

// labels lists a repository's labels by name.
func (s *sandbox) labels(ctx context.Context, repo string) (map[string]named, []string) {
	var list []named
	_ = s.ask(ctx, botLogin, http.MethodGet, "/repos/"+repo+"/labels?per_page=100", nil, &list)
	byName, names := map[string]named{}, []string{}
	for _, l := range list {
		byName[l.Name] = l
		names = append(names, l.Name)
	}
	return byName, names
}

// milestones lists the open milestones of a repository by number.
func (s *sandbox) milestones(ctx context.Context, repo string) map[int]string {
	var list []struct {
		Number int
		Title  string
	}
	_ = s.ask(ctx, botLogin, http.MethodGet, "/repos/"+repo+"/milestones?per_page=100", nil, &list)
	out := map[int]string{}
	for _, m := range list {
		out[m.Number] = m.Title
	}
	return out
}

// content is the text of a file on the default branch, or the paths of the files in a folder.
func (s *sandbox) content(ctx context.Context, repo, path string) (text string, files []string) {
	var raw json.RawMessage
	if err := s.ask(ctx, botLogin, http.MethodGet, "/repos/"+repo+"/contents/"+escapePath(path), nil, &raw); err != nil {
		return "", nil
	}
	var file struct{ Content []byte }
	if json.Unmarshal(raw, &file) == nil {
		return string(file.Content), nil
	}
	var list []struct{ Path string }
	_ = json.Unmarshal(raw, &list)
	for _, f := range list {
		files = append(files, f.Path)
	}
	return "", files
}

// commitText gives who made a commit and when, and its message; false if it is not there.
func (s *sandbox) commitText(ctx context.Context, repo, sha string) (string, bool) {
	var one struct {
		Commit struct {
			Message string
			Author  struct{ Name, Date string }
		}
	}
	if err := s.ask(ctx, botLogin, http.MethodGet, "/repos/"+repo+"/commits/"+url.PathEscape(sha), nil, &one); err != nil {
		return "", false
	}
	return one.Commit.Author.Name + ", " + one.Commit.Author.Date + "\n\n" + one.Commit.Message + "\n", true
}

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for k := range parts {
		parts[k] = url.PathEscape(parts[k])
	}
	return strings.Join(parts, "/")
}
