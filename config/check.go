package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/steelthread/steelthread/plugin/roles"
)

// config checks the meaning of a file whose shape is right, block by block.
func (c *checker) config(cfg *Config) {
	c.repos(cfg.Repos)
	c.roles(cfg)
	c.cycles(cfg)
	if cfg.Voting != DefaultVoting && cfg.Voting != VotingReadout {
		c.add("voting", cfg.Voting, "the presets are: seed, readout")
	}
}

func (c *checker) repos(r Repos) {
	if len(r.Work) == 0 {
		c.add("repos.work", "", "name at least one repository, as in kubernetes/enhancements: {}")
	}
	seen := map[string]string{}
	for _, name := range sortedKeys(r.Work) {
		path := "repos.work." + name
		c.repo(path, name)
		if other, twice := seen[strings.ToLower(name)]; twice {
			c.add(path, "", "GitHub takes this for the same repository as "+other)
		}
		seen[strings.ToLower(name)] = name
		if keps := r.Work[name].KEPs; keps != "" {
			c.repo(path+".keps", keps)
		}
		c.threads(path+".threads", r.Work[name].Threads)
	}
	c.repo("repos.keps", r.KEPs)
	if !labelPattern.MatchString(r.OptInLabel) {
		c.add("repos.optInLabel", r.OptInLabel, "a label has 1 to 50 letters, digits or . _ / -")
	}
	for i, login := range r.Bots {
		if !loginPattern.MatchString(login) {
			c.add(fmt.Sprintf("repos.bots[%d]", i), login, "a GitHub login, without @")
		}
	}
}

// labelPattern is narrower than GitHub's rule: what label_sync, Tide and a search query take without quoting.
var labelPattern = regexp.MustCompile(`^[A-Za-z0-9._/-]{1,50}$`)

func (c *checker) repo(path, name string) {
	if repoPattern.MatchString(name) {
		return
	}
	value := ""
	if !strings.HasSuffix(path, "."+name) {
		value = name
	}
	want := "a repository is written org/repo"
	switch {
	case strings.Contains(name, "*"):
		want = "name each repository; there are no wildcards"
	case !strings.Contains(name, "/"):
		want += ", as in kubernetes/" + clip(name)
	}
	c.add(path, value, want)
}

// sigs checks the list; without one, the SIGs are those whose lead alias exists.
func (c *checker) sigs(r Roles) {
	if lead, _ := r.Lead.resolve(); len(r.SIGs) == 0 && (!r.Lead.hasSIG() || lead.Alias == "") {
		c.add("roles.sigs", "", "list the SIGs by name, as in [node, network], or let roles.lead be an alias with {sig} in it")
	}
	seen := map[string]bool{}
	for i, sig := range r.SIGs {
		path := fmt.Sprintf("roles.sigs[%d]", i)
		switch {
		case strings.HasPrefix(sig, "sig-"):
			c.add(path, sig, "a SIG is named without sig-, as in "+strings.TrimPrefix(sig, "sig-"))
		case !sigPattern.MatchString(sig):
			c.add(path, sig, "a SIG is named in small letters, digits and -, as in api-machinery")
		case seen[sig]:
			c.add(path, sig, "is listed twice")
		}
		seen[sig] = true
	}
}

func (c *checker) roles(cfg *Config) {
	r := cfg.Roles
	c.sigs(r)
	for _, held := range r.Holders.each() {
		needed := held.role == roles.Lead || held.role == roles.ReleaseLead || held.role == roles.PM
		if needed && held.source.IsZero() {
			c.add("roles."+held.key, "", "has no source; "+wantSource)
		}
	}
	c.holders("roles.", r.Holders, cfg)
	for _, block := range []struct {
		path    string
		entries map[string]Source
		perSIG  bool
	}{{"roles.programme.", r.Programme, false}, {"roles.other.", r.Other, true}} {
		for _, name := range sortedKeys(block.entries) {
			if !sigPattern.MatchString(name) {
				c.add(block.path+name, "", "is named in small letters, digits and -, as in note-taker")
			}
			c.source(block.path+name, block.entries[name], cfg)
			if !block.perSIG && block.entries[name].hasSIG() {
				c.add(block.path+name, block.entries[name].String(), "this seat belongs to no SIG; leave {sig} out")
			}
		}
	}
}

// holders checks the sources given in one block; an absent one is not an error here.
func (c *checker) holders(path string, h Holders, cfg *Config) {
	for _, held := range h.each() {
		if held.source.IsZero() {
			continue
		}
		at := path + held.key
		c.source(at, held.source, cfg)
		perSIG := held.role.PerSIG()
		switch {
		case c.noted(at):
		case perSIG && !held.source.hasSIG() && len(cfg.Roles.SIGs) > 1:
			c.add(at, held.source.String(), fmt.Sprintf("the same people would hold this for all %d SIGs; put {sig} in it",
				len(cfg.Roles.SIGs)))
		case !perSIG && held.source.hasSIG():
			c.add(at, held.source.String(), "this role belongs to no SIG; leave {sig} out")
		}
	}
}

func (c *checker) source(path string, s Source, cfg *Config) {
	repos := map[string]bool{strings.ToLower(cfg.Repos.KEPs): true}
	for name := range cfg.Repos.Work {
		repos[strings.ToLower(name)] = true
	}
	if want := s.want(repos); want != "" {
		c.add(path, s.String(), want)
	}
}

func (c *checker) cycles(cfg *Config) {
	if len(cfg.Cycles) == 0 {
		c.add("cycles", "", "name at least one cycle")
	}
	names, plans := map[string]int{}, map[string]int{}
	for i, cyc := range cfg.Cycles {
		path := fmt.Sprintf("cycles[%d].", i)
		if first, twice := names[cyc.Name]; twice && cyc.Name != "" {
			c.add(path+"name", cyc.Name, fmt.Sprintf("is the name of cycles[%d] already", first))
		} else {
			names[cyc.Name] = i
		}
		c.plan(path+"plan", cyc.Plan, cfg)
		if first, twice := plans[strings.ToLower(cyc.Plan)]; twice && cyc.Plan != "" {
			c.add(path+"plan", cyc.Plan, fmt.Sprintf("is the plan of cycles[%d] already; each cycle has its own issue", first))
		} else {
			plans[strings.ToLower(cyc.Plan)] = i
		}
		c.holders(path+"roles.", cyc.Roles, cfg)
		cfg.calendar = append(cfg.calendar, c.cycle(path, cyc))
	}
	slices.SortStableFunc(cfg.calendar, func(a, b resolvedCycle) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Name, b.Name))
	})
}

// plan checks a plan address. Its form is the calendar's business; here only that its repository is one we read.
func (c *checker) plan(path, address string, cfg *Config) {
	if address == "" {
		return
	}
	repo, number, found := strings.Cut(address, "#")
	if n, err := strconv.Atoi(number); !found || err != nil || n < 1 || !repoPattern.MatchString(repo) {
		c.add(path, address, "the plan issue is written org/repo#number")
		return
	}
	if _, listed := cfg.Repo(repo); !listed {
		c.add(path, address, fmt.Sprintf("%s is not in repos.work (%s); commands on the plan would not be read", repo,
			clip(strings.Join(slices.Sorted(maps.Keys(cfg.Repos.Work)), ", "))))
	}
}
