package main

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/prow/pkg/plugins"

	"github.com/steelthread/steelthread/config"
)

// checkLabels finds our labels that label_sync would not create, would delete or would write otherwise.
func checkLabels(file *labelsFile, repos []string) []finding {
	var found []finding
	var missing []config.Label
	for _, label := range config.Labels() {
		state, where := labelState(file, repos, label.Name)
		switch state {
		case labelMissing:
			missing = append(missing, label)
		case labelOtherCase:
			found = append(found, finding{
				file:  "labels.yaml",
				what:  fmt.Sprintf("%s is written %s", label.Name, where),
				why:   "Tide compares labels in exact case.",
				patch: append(lines("-", "      name: "+where), lines("+", "      name: "+label.Name)...),
			})
		case labelRetired:
			found = append(found, finding{
				file: "labels.yaml",
				what: fmt.Sprintf("%s is retired: %s", label.Name, where),
				why:  "label_sync would delete or rename what the plugin sets, again and again.",
			})
		}
	}
	if len(missing) == 0 {
		return found
	}
	var names []string
	patch := lines(" ", "default:", "  labels:")
	for _, label := range missing {
		names = append(names, label.Name)
		patch = append(patch, lines("+", label.YAML("    "))...)
	}
	return append(found, finding{
		file:  "labels.yaml",
		what:  "default.labels lacks " + strings.Join(names, ", "),
		why:   "GitHub makes a label that is set for the first time in grey and without description; Tide and searches want it there.",
		patch: patch,
	})
}

type labelStateKind int

const (
	labelThere labelStateKind = iota
	labelMissing
	labelOtherCase
	labelRetired
)

// labelState looks a label up for every repository; default.labels holds for all, orgs and repos add to it. The first
// repository where it is not as it should be decides.
func labelState(file *labelsFile, repos []string, name string) (labelStateKind, string) {
	for _, repo := range repos {
		org, _, _ := strings.Cut(repo, "/")
		all := slices.Concat(file.Default.Labels, file.Orgs[org].Labels, file.Repos[repo].Labels)
		if state, where := oneLabelState(all, name); state != labelThere {
			return state, where
		}
	}
	return labelThere, ""
}

func oneLabelState(all []labelEntry, name string) (labelStateKind, string) {
	for _, entry := range all {
		for _, old := range entry.Previously {
			if strings.EqualFold(old.Name, name) {
				return labelRetired, "listed under previously of " + entry.Name
			}
		}
		switch {
		case !strings.EqualFold(entry.Name, name):
		case entry.DeleteAfter != "":
			return labelRetired, "deleteAfter " + entry.DeleteAfter
		case entry.Name != name:
			return labelOtherCase, entry.Name
		default:
			return labelThere, ""
		}
	}
	return labelMissing, ""
}

// checkLabelPlugin sees to it that nobody sets our labels by /label. A label in restricted_labels without teams and
// users is refused to everybody, also where additional_labels has it.
func checkLabelPlugin(label plugins.Label, ours *config.Config) []finding {
	repos := repoNames(ours)
	found := checkAllowed(label, ours)
	var open []string
	for _, own := range config.Labels() {
		offered := slices.IndexFunc(label.AdditionalLabels, func(l string) bool { return strings.EqualFold(l, own.Name) })
		restricted := restrictedEverywhere(label, repos, own.Name)
		if !restricted {
			open = append(open, own.Name)
		}
		if offered < 0 {
			continue
		}
		why := "restricted_labels holds it back, but /label names it to people as one they may set."
		if !restricted {
			why = "anyone can set it by /label " + own.Name + ", until the bot puts it back."
		}
		found = append(found, finding{
			file:  "plugins.yaml",
			what:  "label.additional_labels lists " + own.Name,
			why:   why,
			patch: append(lines(" ", "label:", "  additional_labels:"), lines("-", "  - "+label.AdditionalLabels[offered])...),
		})
	}
	if len(open) == 0 {
		return found
	}
	patch := lines(" ", "label:", "  restricted_labels:", "    '*':")
	for _, name := range open {
		patch = append(patch, lines("+", "    - label: "+name)...)
	}
	return append(found, finding{
		file:  "plugins.yaml",
		what:  "label.restricted_labels lacks " + strings.Join(open, ", "),
		why:   "listed without teams and users, /label refuses them to everybody; not listed, the next additional_labels opens them.",
		patch: patch,
	})
}

func restrictedEverywhere(label plugins.Label, repos []string, name string) bool {
	for _, repo := range repos {
		org, short, _ := strings.Cut(repo, "/")
		if _, ok := label.RestrictedLabelsFor(org, short)[strings.ToLower(name)]; !ok {
			return false
		}
	}
	return true
}

// checkAllowed finds teams and users whom restricted_labels lets set our labels by /label. Bots may stay: their comments
// are no commands of people.
func checkAllowed(label plugins.Label, ours *config.Config) []finding {
	var found []finding
	for _, key := range sortedKeys(label.RestrictedLabels) {
		if key != "*" && !concerns(key, repoNames(ours)) {
			continue
		}
		for _, entry := range label.RestrictedLabels[key] {
			i := slices.IndexFunc(config.Labels(), func(l config.Label) bool { return strings.EqualFold(l.Name, entry.Label) })
			if i < 0 {
				continue
			}
			patch := lines(" ", "label:", "  restricted_labels:", "    '"+key+"':", "    - label: "+entry.Label)
			var who []string
			if len(entry.AllowedTeams) > 0 {
				who = append(who, "the teams "+shorten(entry.AllowedTeams))
				patch = append(patch, lines("-", "      allowed_teams: ["+strings.Join(entry.AllowedTeams, ", ")+"]")...)
			}
			if users := slices.DeleteFunc(slices.Clone(entry.AllowedUsers), ours.Bot); len(users) > 0 {
				who = append(who, "the users "+shorten(users))
				patch = append(patch, allowedUsersPatch(entry.AllowedUsers, users)...)
			}
			if len(who) > 0 {
				found = append(found, finding{
					file:  "plugins.yaml",
					what:  fmt.Sprintf("label.restricted_labels lets %s set %s", strings.Join(who, " and "), config.Labels()[i].Name),
					why:   allowedWhy(config.Labels()[i].Name),
					patch: patch,
				})
			}
		}
	}
	return found
}

// allowedUsersPatch takes the people out of allowed_users and leaves the bots.
func allowedUsersPatch(all, people []string) []string {
	patch := lines("-", "      allowed_users: ["+strings.Join(all, ", ")+"]")
	bots := slices.DeleteFunc(slices.Clone(all), func(u string) bool { return slices.Contains(people, u) })
	if len(bots) > 0 {
		patch = append(patch, lines("+", "      allowed_users: ["+strings.Join(bots, ", ")+"]")...)
	}
	return patch
}

func allowedWhy(name string) string {
	const undone = "the label follows from what was decided in comments; the bot undoes what was set by hand"
	if name == config.LabelNeedsKEP || name == config.LabelKEPChecked {
		return undone + ", but Tide may have merged by then."
	}
	return undone + "."
}
