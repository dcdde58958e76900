package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin/githubsim"
)

//go:embed all:seed
var embedded embed.FS

// configFile is the configuration within a seed.
const configFile = "steelthread.yaml"

// seedAge is how long before now a seed's accounts, repositories and files were made.
const seedAge = 60 * 24 * time.Hour

// seed is a folder in githubsim's seed format with three additions: the YAML files outside of files/ are Go templates with
// the functions day, instant and ago, an issue may have a number, and a pull request the files that it changes.
type seed struct {
	fs.FS
	now       time.Time
	rewritten map[string][]byte // by path
	skipped   map[string][]int  // by "org/repo": numbers that are taken up, to be given back by deleting
	pushed    []pushed
}

// pushed is what a pull request of the seed changes.
type pushed struct {
	repo, branch, as, title string
	files                   map[string]*string // by path
}

// embeddedSeed is the folder that is built in.
func embeddedSeed() fs.FS {
	dir, err := fs.Sub(embedded, "seed")
	if err != nil {
		panic(err)
	}
	return dir
}

// readSeed fills in the templates of a seed for the time given.
func readSeed(dir fs.FS, now time.Time) (*seed, error) {
	s := &seed{FS: dir, now: now, rewritten: map[string][]byte{}, skipped: map[string][]int{}}
	files := []string{"users.yaml", "orgs.yaml", "teams.yaml", configFile, storyFile}
	for _, pattern := range []string{"repos/*/*/repo.yaml", "repos/*/*/issues.yaml"} {
		found, err := fs.Glob(dir, pattern)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	for _, file := range files {
		raw, err := fs.ReadFile(dir, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			raw, err = s.fill(file, raw)
		}
		if err == nil && path.Base(file) == "issues.yaml" {
			raw, err = s.number(file, raw)
		}
		if err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
		s.rewritten[file] = raw
	}
	return s, nil
}

// ReadFile implements fs.ReadFileFS.
func (s *seed) ReadFile(name string) ([]byte, error) {
	if raw, ok := s.rewritten[name]; ok {
		return raw, nil
	}
	return fs.ReadFile(s.FS, name)
}

// fill runs one file as a template. day n is the date n days after the cycle's first day, instant n that day's noon,
// ago n "14:02" the instant n days before today.
func (s *seed) fill(file string, raw []byte) ([]byte, error) {
	first := firstDay(s.now)
	t, err := template.New(file).Funcs(template.FuncMap{
		"day":     func(n int) string { return first.AddDays(n).String() },
		"instant": func(n int) string { return first.AddDays(n).StartUTC().Add(12 * time.Hour).Format(time.RFC3339) },
		"ago": func(n int, at string) (string, error) {
			clock, err := time.Parse("15:04", at)
			if err != nil {
				return "", fmt.Errorf("ago: the time is written like 14:02, not %q", at)
			}
			midnight := s.now.UTC().Truncate(24 * time.Hour)
			return midnight.AddDate(0, 0, -n).Add(clock.Sub(clock.Truncate(24 * time.Hour))).Format(time.RFC3339), nil
		},
	}).Parse(string(raw))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// number makes the issues with a number get it. githubsim counts issues up from 1, but a KEP is called by the number of
// its tracking issue: the numbers between are taken up by issues that load deletes again.
func (s *seed) number(file string, raw []byte) ([]byte, error) {
	var in struct {
		Issues []map[string]any `json:"issues"`
	}
	if err := yaml.UnmarshalStrict(raw, &in); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	parts := strings.Split(file, "/")
	repo := parts[1] + "/" + parts[2]
	var out []map[string]any
	for k, issue := range in.Issues {
		wanted, given := issue["number"]
		delete(issue, "number")
		if given {
			n, ok := wanted.(float64)
			if !ok || int(n) <= len(out) || n > 20_000 {
				return nil, fmt.Errorf("%s: issues[%d].number: got %v; numbers ascend and are at most 20000", file, k, wanted)
			}
			for len(out)+1 < int(n) {
				out = append(out, map[string]any{"as": issue["as"], "title": "not in this sandbox"})
				s.skipped[repo] = append(s.skipped[repo], len(out))
			}
		}
		if err := s.changed(repo, issue); err != nil {
			return nil, fmt.Errorf("%s: issues[%d].pull: %w", file, k, err)
		}
		out = append(out, issue)
	}
	return json.Marshal(map[string]any{"issues": out})
}

// changed takes the files that a pull request changes out of it, for push.
func (s *seed) changed(repo string, issue map[string]any) error {
	pull, ok := issue["pull"].(map[string]any)
	if !ok {
		return nil
	}
	if _, err := fs.Stat(s.FS, "repos/"+repo+"/files"); err != nil { // without a commit there is nothing to merge into
		return fmt.Errorf("the repository needs a file for pull requests to start from: %w", err)
	}
	files, given := pull["files"]
	if !given {
		return nil
	}
	delete(pull, "files")
	raw, err := json.Marshal(files)
	if err != nil {
		return err
	}
	p := pushed{repo: repo, branch: fmt.Sprint(pull["head"]), as: fmt.Sprint(issue["as"]), title: fmt.Sprint(issue["title"])}
	if err := json.Unmarshal(raw, &p.files); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	s.pushed = append(s.pushed, p)
	return nil
}

// push commits what the pull requests change to their branches, once load has opened them.
func (s *seed) push(g *githubsim.GitHub) {
	for _, p := range s.pushed {
		org, name, _ := strings.Cut(p.repo, "/")
		g.Commit(org, name, p.branch, p.as, p.title, s.now, p.files)
	}
}

// load builds the seed's world. The clock of g must stand at the time when accounts, repositories and files were made.
func (s *seed) load(g *githubsim.GitHub) error {
	if err := g.LoadSeed(s); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for repo, numbers := range s.skipped {
		org, name, _ := strings.Cut(repo, "/")
		for _, n := range numbers {
			g.DeleteIssue(g.Issue(org, name, n).Author, org, name, n)
		}
	}
	return nil
}

// config reads the seed's configuration, and gives its text too.
func (s *seed) config() (*config.Config, []byte, error) {
	raw, ok := s.rewritten[configFile]
	if !ok {
		return nil, nil, fmt.Errorf("seed: there is no %s in the folder", configFile)
	}
	cfg, err := config.Load(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("seed: %s: %w", configFile, err)
	}
	return cfg, raw, nil
}

// repos lists the repositories of the seed, "org/repo", by name.
func (s *seed) repos() ([]string, error) {
	found, err := fs.Glob(s.FS, "repos/*/*/repo.yaml")
	for k, file := range found {
		parts := strings.Split(file, "/")
		found[k] = parts[1] + "/" + parts[2]
	}
	return found, err
}

// logins lists the personas in the order of users.yaml.
func (s *seed) people() ([]persona, error) {
	var in struct {
		Users []persona `json:"users"`
	}
	if err := yaml.UnmarshalStrict(s.rewritten["users.yaml"], &in); err != nil {
		return nil, fmt.Errorf("seed: users.yaml: %w", err)
	}
	return in.Users, nil
}
