package githubsim

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

type seedUser struct {
	Login string `json:"login"`
	Name  string `json:"name"`
}

type seedOrg struct {
	Login   string   `json:"login"`
	Members []string `json:"members"`
	Owners  []string `json:"owners"`
}

type seedTeam struct {
	Org     string            `json:"org"`
	Slug    string            `json:"slug"`
	Members []string          `json:"members"`
	Pending []string          `json:"pending"`
	Repos   map[string]string `json:"repos"`
}

type seedRepo struct {
	Private     bool              `json:"private"`
	Permissions map[string]string `json:"permissions"`
	Labels      []struct {
		Name        string `json:"name"`
		Color       string `json:"color"`
		Description string `json:"description"`
	} `json:"labels"`
	Milestones []struct {
		Title       string     `json:"title"`
		State       string     `json:"state"`
		Due         *time.Time `json:"due"`
		Description *string    `json:"description"`
	} `json:"milestones"`
}

type seedIssue struct {
	As        string     `json:"as"`
	Title     string     `json:"title"`
	Body      string     `json:"body"`
	Labels    []string   `json:"labels"`
	Milestone string     `json:"milestone"`
	Assignees []string   `json:"assignees"`
	State     string     `json:"state"`
	Reason    string     `json:"reason"`
	At        *time.Time `json:"at"`
	Pull      *struct {
		Base string `json:"base"`
		Head string `json:"head"`
	} `json:"pull"`
	Comments []seedComment `json:"comments"`
}

type seedComment struct {
	As        string              `json:"as"`
	Body      string              `json:"body"`
	At        *time.Time          `json:"at"`
	Reactions map[string][]string `json:"reactions"`
}

// LoadSeed builds a world from a folder. No webhooks are sent. An error names the file and the field; what came before it
// stays.
//
// A seed is a folder:
//
//	users.yaml                      users: [{login, name}]
//	orgs.yaml                       orgs: [{login, members: [login], owners: [login]}]
//	teams.yaml                      teams: [{org, slug, members: [login], pending: [login], repos: {name: permission}}]
//	repos/OWNER/NAME/repo.yaml      private, permissions: {login: permission}, labels: [{name, color, description}],
//	                                milestones: [{title, state, due, description}]
//	repos/OWNER/NAME/issues.yaml    issues: [{as, title, body, labels, milestone, assignees, state, reason, at,
//	                                pull: {base, head}, comments: [{as, body, at, reactions: {content: [login]}}]}]
//	repos/OWNER/NAME/files/…        the files of the default branch, in one commit
//
// In YAML +1 must be quoted. Only repo.yaml is required of a repository. Times are RFC 3339; without one the clock's time is taken. Unknown fields,
// logins, labels and milestones are errors.
func (g *GitHub) LoadSeed(dir fs.FS) error {
	g.hookMu.Lock()
	hook := g.hook
	g.hook = nil
	g.hookMu.Unlock()
	defer g.SetWebhook(hook)
	if err := g.seedAccounts(dir); err != nil {
		return err
	}
	repos, err := fs.Glob(dir, "repos/*/*/repo.yaml")
	if err != nil {
		return err
	}
	for _, file := range repos {
		if err := g.seedRepository(dir, path.Dir(file)); err != nil {
			return err
		}
	}
	return nil
}

// readSeed reads one file strictly; one that is absent leaves into alone.
func readSeed(dir fs.FS, file string, into any) error {
	raw, err := fs.ReadFile(dir, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = yaml.UnmarshalStrict(raw, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func (g *GitHub) seedAccounts(dir fs.FS) error {
	var users struct {
		Users []seedUser `json:"users"`
	}
	var orgs struct {
		Orgs []seedOrg `json:"orgs"`
	}
	var teams struct {
		Teams []seedTeam `json:"teams"`
	}
	if err := errors.Join(readSeed(dir, "users.yaml", &users), readSeed(dir, "orgs.yaml", &orgs),
		readSeed(dir, "teams.yaml", &teams)); err != nil {
		return err
	}
	for k, u := range users.Users {
		if u.Login == "" {
			return fmt.Errorf("users.yaml: users[%d].login is empty", k)
		}
		g.AddUser(u.Login).Name = u.Name
	}
	for k, o := range orgs.Orgs {
		field := fmt.Sprintf("orgs.yaml: orgs[%d]", k)
		if o.Login == "" {
			return fmt.Errorf("%s.login is empty", field)
		}
		if err := g.known(field, append(o.Members, o.Owners...)...); err != nil {
			return err
		}
		g.AddOrg(o.Login, o.Members...)
		for _, m := range o.Owners {
			g.SetOrgRole(o.Login, m, "admin")
		}
	}
	for k, t := range teams.Teams {
		field := fmt.Sprintf("teams.yaml: teams[%d]", k)
		if g.lookOrg(t.Org) == nil || t.Slug == "" {
			return fmt.Errorf("%s: org %q must be in orgs.yaml and slug not be empty", field, t.Org)
		}
		if err := g.known(field, append(t.Members, t.Pending...)...); err != nil {
			return err
		}
		g.AddTeam(t.Org, t.Slug, t.Members...)
		g.AddPendingTeamMember(t.Org, t.Slug, t.Pending...)
	}
	return nil
}

// known refuses logins that are not in users.yaml.
func (g *GitHub) known(field string, logins ...string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range logins {
		if g.users[key(l)] == nil {
			return fmt.Errorf("%s: no user %q in users.yaml", field, l)
		}
	}
	return nil
}

func (g *GitHub) seedRepository(dir fs.FS, at string) error {
	part := strings.Split(at, "/")
	owner, name := part[1], part[2]
	file := at + "/repo.yaml"
	if g.lookOrg(owner) == nil {
		return fmt.Errorf("%s: no organisation %q in orgs.yaml", file, owner)
	}
	var r seedRepo
	if err := readSeed(dir, file, &r); err != nil {
		return err
	}
	g.AddRepo(owner, name, r.Private)
	for login, p := range r.Permissions {
		if err := g.known(file+": permissions", login); err != nil {
			return err
		}
		if _, ok := levels[p]; !ok {
			return fmt.Errorf("%s: permissions.%s: unknown permission %q", file, login, p)
		}
		g.SetPermission(owner, name, login, p)
	}
	for k, l := range r.Labels {
		if l.Name == "" || (l.Color != "" && !sixHex.MatchString(l.Color)) {
			return fmt.Errorf("%s: labels[%d] needs a name, and a color of six hex digits or none", file, k)
		}
		g.AddLabel(owner, name, l.Name, l.Color, l.Description)
	}
	for k, m := range r.Milestones {
		if m.Title == "" || (m.State != "" && m.State != "open" && m.State != "closed") {
			return fmt.Errorf("%s: milestones[%d] needs a title, and state open, closed or none", file, k)
		}
		number := g.AddMilestone(owner, name, m.Title, m.State, m.Due)
		g.mu.Lock()
		g.mustRepo(owner, name).milestone(number).Description = m.Description
		g.mu.Unlock()
	}
	if err := g.seedTeamRepos(dir, owner, name); err != nil {
		return err
	}
	if err := g.seedFiles(dir, at, owner, name); err != nil {
		return err
	}
	return g.seedIssues(dir, at+"/issues.yaml", owner, name)
}

func (g *GitHub) seedTeamRepos(dir fs.FS, owner, name string) error {
	var teams struct {
		Teams []seedTeam `json:"teams"`
	}
	if err := readSeed(dir, "teams.yaml", &teams); err != nil {
		return err
	}
	for k, t := range teams.Teams {
		p, ok := t.Repos[name]
		if !ok || !strings.EqualFold(t.Org, owner) {
			continue
		}
		if _, ok := levels[p]; !ok {
			return fmt.Errorf("teams.yaml: teams[%d].repos.%s: unknown permission %q", k, name, p)
		}
		g.SetTeamPermission(owner, t.Slug, name, p)
	}
	return nil
}

// seedFiles commits what is below files/ to the default branch, as the organisation's automation: no author.
func (g *GitHub) seedFiles(dir fs.FS, at, owner, name string) error {
	root := at + "/files"
	files := map[string]*string{}
	err := fs.WalkDir(dir, root, func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && p == root {
			return fs.SkipAll
		}
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(dir, p)
		files[strings.TrimPrefix(p, root+"/")] = ptr(string(raw))
		return err
	})
	if err != nil || len(files) == 0 {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.commit(g.mustRepo(owner, name), "main", nil, "Seed", g.now(), files, nil)
	return nil
}
