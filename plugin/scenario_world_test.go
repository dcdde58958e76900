package plugin_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/slash"
)

// worldVerbs make the world; world.txtar is written in them.
var worldVerbs = []verb{
	{usage: "org ORG MEMBERS...", run: func(p *play, _ stmt, a args) error {
		for _, login := range a.list("MEMBERS") {
			p.sim.AddUser(login)
		}
		p.sim.AddOrg(a["ORG"], a.list("MEMBERS")...)
		return nil
	}},
	{usage: "app on ORG", run: func(p *play, _ stmt, a args) error {
		p.sim.AddApp(appSlug, a["ORG"])
		return nil
	}},
	{usage: "repository REPO", run: func(p *play, _ stmt, a args) error { return p.repository(a["REPO"], false) }},
	{usage: "private repository REPO", run: func(p *play, _ stmt, a args) error { return p.repository(a["REPO"], true) }},
	{usage: "labels of REPO NAMES...", run: func(p *play, _ stmt, a args) error {
		org, repo, _ := strings.Cut(a["REPO"], "/")
		for _, l := range config.Labels() {
			p.sim.AddLabel(org, repo, l.Name, l.Color, l.Description)
		}
		for _, name := range a.list("NAMES") {
			p.sim.AddLabel(org, repo, name, "", "")
		}
		return nil
	}},
	{usage: "milestones of REPO NAMES...", run: func(p *play, _ stmt, a args) error {
		org, repo, _ := strings.Cut(a["REPO"], "/")
		for _, name := range a.list("NAMES") {
			p.sim.AddMilestone(org, repo, name, "open", nil)
		}
		return nil
	}},
	{usage: "writer WHO on REPO", run: func(p *play, _ stmt, a args) error {
		org, repo, _ := strings.Cut(a["REPO"], "/")
		p.sim.SetPermission(org, repo, a["WHO"], "write")
		return nil
	}},
	{usage: "team TEAM MEMBERS...", run: func(p *play, _ stmt, a args) error {
		org, slug, _ := strings.Cut(a["TEAM"], "/")
		p.sim.AddTeam(org, slug, a.list("MEMBERS")...)
		return nil
	}},
	{usage: "commit files as WHO", run: func(p *play, _ stmt, a args) error { return p.commitFiles(a["WHO"]) }},
}

func (p *play) repository(repo string, private bool) error {
	org, name, ok := strings.Cut(repo, "/")
	if !ok {
		return fmt.Errorf("want: org/repo")
	}
	p.sim.AddRepo(org, name, private)
	return nil
}

// commitFiles commits the files of the scenario that are named
// "org/repo:path", each in a commit of its own, so that the hash of one does
// not depend on those that come after it by name.
func (p *play) commitFiles(who string) error {
	for _, name := range slices.Sorted(maps.Keys(p.script.files)) {
		where, path, ok := strings.Cut(name, ":")
		if !ok {
			continue
		}
		org, repo, _ := strings.Cut(where, "/")
		text := p.script.files[name]
		p.sim.Commit(org, repo, "main", who, "Files", time.Now(), map[string]*string{path: &text})
	}
	return nil
}

// timeVerbs are what happens to the plugin and to GitHub, and what is checked.
var timeVerbs = []verb{
	{usage: "now DAY TIME", run: func(p *play, _ stmt, a args) error {
		at, err := time.Parse("2006-01-02 15:04", a["DAY"]+" "+a["TIME"])
		if err == nil && at.Before(p.clock) {
			err = fmt.Errorf("it is %s already", p.clock.UTC().Format("2006-01-02 15:04"))
		}
		if err == nil {
			p.until(at)
		}
		return err
	}},
	{usage: "wait SPAN", run: func(p *play, _ stmt, a args) error {
		d, err := time.ParseDuration(a["SPAN"])
		if err == nil {
			p.until(p.clock.Add(d))
		}
		return err
	}},
	{usage: "tick", run: func(p *play, _ stmt, _ args) error { return p.tick(p.sweep) }},
	{usage: "night", run: func(p *play, _ stmt, _ args) error {
		return p.tick(func() error { return p.inst.plugin.Sweep.Everything(p.t.Context()) })
	}},
	{usage: "restart", run: func(p *play, _ stmt, _ args) error {
		p.webhooks = nil // what was not delivered by now is lost
		p.start()
		return nil
	}},
	{usage: "restart with another key", run: func(p *play, _ stmt, _ args) error { return p.rekey() }},
	{usage: "restart with the right key", run: func(p *play, _ stmt, _ args) error {
		p.webhooks, p.other = nil, nil
		p.start()
		return nil
	}},
	{usage: "config FILE", run: func(p *play, _ stmt, a args) error {
		err := p.configure(a["FILE"])
		if err == nil {
			p.inst.plugin.Reconfigured(p.t.Context())
		}
		return err
	}},
	{usage: "fault COUNT STATUS on METHOD PART", run: func(p *play, _ stmt, a args) error { return p.mishap(a, false) }},
	{usage: "fault COUNT STATUS after METHOD PART", run: func(p *play, _ stmt, a args) error { return p.mishap(a, true) }},
	{usage: "team-down TEAM", run: func(p *play, _ stmt, a args) error {
		p.faults = append(p.faults, &mishap{status: 403, times: -1, method: "GET", part: teamPath(a["TEAM"])})
		return nil
	}},
	{usage: "team-up TEAM", run: func(p *play, _ stmt, a args) error {
		p.faults = slices.DeleteFunc(p.faults, func(m *mishap) bool { return m.part == teamPath(a["TEAM"]) })
		return nil
	}},
	{usage: "lag SPAN", run: func(p *play, _ stmt, a args) error {
		d, err := time.ParseDuration(a["SPAN"])
		p.lag = d
		p.sim.SetStale(d, nil)
		return err
	}},
	{usage: "show ISSUE", run: func(p *play, _ stmt, a args) error {
		key, err := readKey(a["ISSUE"])
		if err == nil {
			p.show(key)
		}
		return err
	}},
	{usage: "writes COUNT", run: func(p *play, s stmt, a args) error {
		all := p.sim.WritesBy(botLogin)
		list := all[p.checked:]
		p.checked = len(all)
		if p.mode == plain && a["COUNT"] != "any" && strconv.Itoa(len(list)) != a["COUNT"] {
			p.t.Errorf("%s: there were %d writes:\n%s", s.at, len(list), strings.Join(list, "\n"))
		}
		return nil
	}},
	{usage: "reads COUNT", run: func(p *play, s stmt, a args) error {
		list, all := p.readsSince(p.read)
		p.read = all
		if p.mode == plain && a["COUNT"] != "any" && strconv.Itoa(len(list)) != a["COUNT"] {
			p.t.Errorf("%s: there were %d reads that cost quota:\n%s", s.at, len(list), strings.Join(list, "\n"))
		}
		return nil
	}},
	{usage: "skip MODE REASON...", run: func(p *play, _ stmt, a args) error {
		if string(p.mode) == a["MODE"] {
			p.t.Skip(a["REASON"])
		}
		return nil
	}},
}

// rekey begins a process with a key that has signed nothing so far.
func (p *play) rekey() error {
	private, _, err := custody.GenerateKey(rand.Reader, "steelthread-other")
	if err != nil {
		return err
	}
	if p.other, err = custody.NewKeys(private); err != nil {
		return err
	}
	p.webhooks = nil
	p.start()
	return nil
}

func (p *play) until(at time.Time) {
	if p.inst == nil { // the world is still being made
		time.Sleep(time.Until(at))
		p.clock = at
		return
	}
	p.work(at)
}

// tick lets a minute pass, in which everything that is known to need a round
// gets one.
func (p *play) tick(before func() error) error {
	until := p.clock.Add(tickTime)
	var err error
	for range maxTries {
		if err = before(); err == nil {
			p.work(until)
			return nil
		}
		time.Sleep(2 * time.Second)
	}
	return err
}

// sweep is what finds changes where no webhook does. It is done twice: what a
// round writes may be work for the next.
func (p *play) sweep() error {
	if p.mode != deaf {
		return nil
	}
	if err := p.sweepOnce(); err != nil {
		return err
	}
	p.work(p.clock.Add(tickTime / 2))
	return p.sweepOnce()
}

// sweepOnce sweeps; while GitHub asks to wait the next sweep finds it.
func (p *play) sweepOnce() error {
	err := p.inst.plugin.Sweep.Tick(p.t.Context())
	var wait *plugin.Wait
	if errors.As(err, &wait) {
		return nil
	}
	return err
}

func (p *play) mishap(a args, after bool) error {
	m := &mishap{after: after, method: a["METHOD"], part: a["PART"]}
	var err error
	if m.status, err = strconv.Atoi(a["STATUS"]); err != nil {
		return err
	}
	if m.times, err = strconv.Atoi(a["COUNT"]); err != nil {
		return err
	}
	p.faults = append(p.faults, m)
	return nil
}

func teamPath(team string) string {
	org, slug, _ := strings.Cut(team, "/")
	return "/orgs/" + org + "/teams/" + slug + "/"
}

// readKey reads "org/repo#n"; without org it is kubernetes.
func readKey(word string) (plugin.Key, error) {
	if !strings.Contains(word, "/") {
		word = "kubernetes/" + word
	}
	return slash.ParseKey(word)
}
