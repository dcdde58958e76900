package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/google/go-github/v88/github"
	"sigs.k8s.io/prow/pkg/plugins"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
)

// events are those the plugin looks at in a repository where commands are read.
var events = plugin.Events

// newerEvents are GitHub's, but not yet in go-github's list.
var newerEvents = []string{"issue_dependencies", "sub_issues"}

func eventExists(name string) bool {
	return slices.Contains(github.MessageTypes(), name) || slices.Contains(newerEvents, name)
}

// wantedEvents gives the events for each repository: all for those with commands, pushes alone for those that only hold
// KEPs or role files.
func wantedEvents(ours *config.Config) map[string][]string {
	want := map[string][]string{}
	for _, repo := range ours.KEPRepos() {
		want[repo] = []string{"push"}
	}
	for _, file := range ours.Sources().Files() {
		repo, _, _ := strings.Cut(file, ":")
		want[repo] = []string{"push"}
	}
	for _, repo := range ours.WorkRepos() {
		for other := range want { // the file may spell one repository in two letter cases
			if strings.EqualFold(other, repo.Name) {
				delete(want, other)
			}
		}
		want[repo.Name] = events
	}
	return want
}

// checkExternalPlugins compares external_plugins with what the plugin needs. An entry of the org counts for all its
// repositories; hook compares names in exact case.
func checkExternalPlugins(all map[string][]plugins.ExternalPlugin, want map[string][]string, endpoint string) []finding {
	var found []finding
	needed := map[string][]string{} // key in external_plugins that has our entry -> events
	for _, repo := range sortedKeys(want) {
		org, _, _ := strings.Cut(repo, "/")
		key := ""
		for _, candidate := range []string{repo, org} {
			if _, ours := entryOf(all[candidate]); ours && key == "" {
				key = candidate
			}
		}
		if key == "" {
			found = append(found, finding{
				file:  "plugins.yaml",
				what:  fmt.Sprintf("external_plugins has no %s for %s", config.PluginName, repo),
				why:   "hook sends the plugin nothing of this repository, so only the sweep sees what happens there.",
				patch: append(lines(" ", "external_plugins:", "  "+repo+":"), lines("+", entryText(endpoint, want[repo])...)...),
			})
			continue
		}
		for _, event := range want[repo] {
			if !slices.Contains(needed[key], event) {
				needed[key] = append(needed[key], event)
			}
		}
	}
	for _, key := range sortedKeys(all) {
		if entry, ours := entryOf(all[key]); ours {
			found = append(found, checkEntry(key, entry, needed[key], endpoint)...)
		}
	}
	return found
}

func entryOf(entries []plugins.ExternalPlugin) (plugins.ExternalPlugin, bool) {
	i := slices.IndexFunc(entries, func(e plugins.ExternalPlugin) bool { return e.Name == config.PluginName })
	if i < 0 {
		return plugins.ExternalPlugin{}, false
	}
	return entries[i], true
}

// checkEntry compares one entry. Without events hook sends everything, which is enough; an event that is not needed is
// left alone as long as GitHub has it.
func checkEntry(key string, entry plugins.ExternalPlugin, needed []string, endpoint string) []finding {
	var found []finding
	head := lines(" ", "external_plugins:", "  "+key+":", "  - name: "+entry.Name)
	if entry.Endpoint != endpoint {
		what := fmt.Sprintf("external_plugins.%s sends to %s", key, entry.Endpoint)
		if entry.Endpoint == "http://"+entry.Name {
			what += ", as hook does where no endpoint is given"
		}
		found = append(found, finding{
			file:  "plugins.yaml",
			what:  what,
			why:   fmt.Sprintf("the plugin is at %s (--endpoint); hook tries five times in 1.5 s, then the event is lost.", endpoint),
			patch: slices.Concat(head, lines("-", "    endpoint: "+entry.Endpoint), lines("+", "    endpoint: "+endpoint)),
		})
	}
	if len(entry.Events) == 0 {
		return found
	}
	var patch, unknown, missing []string
	for _, event := range entry.Events {
		if eventExists(event) {
			patch = append(patch, lines(" ", "    - "+event)...)
		} else {
			unknown = append(unknown, event)
			patch = append(patch, lines("-", "    - "+event)...)
		}
	}
	for _, event := range needed {
		if !slices.Contains(entry.Events, event) {
			missing = append(missing, event)
			patch = append(patch, lines("+", "    - "+event)...)
		}
	}
	if len(unknown)+len(missing) == 0 {
		return found
	}
	var what, why []string
	if len(unknown) > 0 {
		what = append(what, "names events that GitHub does not have: "+strings.Join(unknown, ", "))
		why = append(why, "hook compares the names and says nothing of one that never comes")
	}
	if len(missing) > 0 {
		what = append(what, "lacks events: "+strings.Join(missing, ", "))
		why = append(why, "the plugin learns of these only by its sweep")
	}
	return append(found, finding{
		file:  "plugins.yaml",
		what:  fmt.Sprintf("external_plugins.%s %s", key, strings.Join(what, "; ")),
		why:   strings.Join(why, "; ") + ".",
		patch: slices.Concat(head, lines(" ", "    events:"), patch),
	})
}

// entryText is a whole entry under its repository.
func entryText(endpoint string, events []string) []string {
	text := []string{"  - name: " + config.PluginName, "    endpoint: " + endpoint, "    events:"}
	for _, event := range events {
		text = append(text, "    - "+event)
	}
	return text
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
