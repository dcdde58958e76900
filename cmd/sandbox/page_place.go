package main

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/steelthread/steelthread/config"
	"github.com/steelthread/steelthread/plugin"
	"github.com/steelthread/steelthread/plugin/custody"
	"github.com/steelthread/steelthread/plugin/githubsim"
	"github.com/steelthread/steelthread/plugin/plan"
	"github.com/steelthread/steelthread/plugin/slash"
)

// The places where commands are said, as plugin.Commands names them.
const placeItem, placePlan, placePull = "work items", "the plan issue", "pull requests"

// placeOf tells which commands are said on an issue or pull request.
func (s *sandbox) placeOf(key slash.Key, pull bool) string {
	switch {
	case pull:
		return placePull
	case slices.ContainsFunc(s.config.Cycles, func(c config.Cycle) bool { return strings.EqualFold(c.Plan, key.String()) }):
		return placePlan
	}
	return placeItem
}

// commandsOf lists the commands of one place.
func commandsOf(name string) []plugin.Command {
	return slices.DeleteFunc(plugin.Commands(), func(c plugin.Command) bool { return c.Place != name })
}

// holds lists why Tide would not merge a pull request with these labels, in a repository whose labels are known: as in
// Kubernetes it wants lgtm and approved, where the repository has them, and none of do-not-merge/*.
func holds(labels, known []string) []string {
	var out []string
	for _, l := range labels {
		switch {
		case l == config.LabelNeedsKEP:
			out = append(out, "Held by "+l+". The bot's comment says what mends it.")
		case strings.HasPrefix(l, "do-not-merge/"):
			out = append(out, "Held by "+l+".")
		}
	}
	for _, l := range []string{"lgtm", "approved"} {
		if slices.Contains(known, l) && !slices.Contains(labels, l) {
			out = append(out, "Waits for the label "+l+".")
		}
	}
	return out
}

// merger is as whom the page merges: the persona chosen, if that may push, else the first who may; "" if nobody may.
func (s *sandbox) merger(ctx context.Context, chosen, repo string) string {
	people := append([]persona{{Login: chosen}}, s.people...)
	for _, p := range people {
		if p.Login != "" && slices.Contains([]string{"write", "maintain", "admin"}, s.permission(ctx, p.Login, repo)) {
			return p.Login
		}
	}
	return ""
}

// decides finds the lines after which a decision is made.
var decides = regexp.MustCompile(`(?im)^ {0,3}/plan[ \t]+(?:vote|rework|prune[ \t]+confirm)\b`)

// pending reports whether a decision on a plan was asked for less than plan.Settling ago and is not made yet.
func pending(i githubsim.IssueSnapshot, now time.Time) bool {
	for _, c := range slices.Backward(i.Comments) {
		if now.Sub(c.CreatedAt) >= plan.Settling {
			return false
		}
		if m, ok := custody.FindMarker(c.Body); ok && c.Author == botLogin && m.Kind == custody.KindDecision {
			return false
		}
		if c.Author != botLogin && c.LastEditedAt == nil && len(c.Reactions["+1"]) > 0 && decides.MatchString(c.Body) {
			return true
		}
	}
	return false
}
