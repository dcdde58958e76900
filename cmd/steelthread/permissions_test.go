package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/steelthread/steelthread/plugin"
)

func TestPermissionsAtStart(t *testing.T) {
	all := map[string]string{"metadata": "read", "issues": "write", "pull_requests": "read", "contents": "read", "members": "read"}
	without := func(names ...string) map[string]string {
		out := map[string]string{}
		for name, level := range all {
			if !slices.Contains(names, name) {
				out[name] = level
			}
		}
		return out
	}
	readOnly := without()
	readOnly["issues"] = "read"
	var got strings.Builder
	for _, tc := range []struct {
		name, leads string
		do          func(s *station)
		args        []string
		starts      bool
	}{
		{"all there", "kubernetes/leads", func(s *station) { s.sim.SetAppRights("steelthread", all, plugin.Events...) }, nil, true},
		{"issues may only be read", "[rel-lead]", func(s *station) { s.sim.SetAppRights("steelthread", readOnly, plugin.Events...) }, nil, false},
		{"issues may only be read, in a dry run", "[rel-lead]", func(s *station) { s.sim.SetAppRights("steelthread", readOnly, plugin.Events...) }, []string{"--dry-run=true"}, true},
		{"asked for and not accepted", "[rel-lead]", func(s *station) {
			s.sim.SetAppRights("steelthread", without("contents"), "issues", "issue_comment", "pull_request", "pull_request_review", "label", "milestone")
			s.sim.SetAppRights("steelthread", all, plugin.Events...)
		}, nil, true},
		{"nothing but issues, and a role is a team", "kubernetes/leads", func(s *station) {
			s.sim.SetAppRights("steelthread", map[string]string{"metadata": "read", "issues": "write"}, "issues", "issue_comment")
		}, nil, true},
		{"no events", "[rel-lead]", func(s *station) { s.sim.SetAppRights("steelthread", without("members")) }, nil, true},
		{"suspended", "[rel-lead]", func(s *station) { s.sim.SuspendApp("steelthread", "kubernetes") }, nil, false},
		{"a token", "[rel-lead]", func(s *station) {}, []string{"--github-token-path=TOKEN", "--github-app-id="}, true},
	} {
		s := newStation(t)
		s.write("config.yaml", fmt.Sprintf(stationConfig, tc.leads))
		tc.do(s)
		args := append(append(s.asApp(), "--dry-run=false"), tc.args...)
		for i, arg := range args {
			args[i] = strings.Replace(arg, "TOKEN", s.path("token"), 1)
		}
		_, err := s.flags(args...).build(t.Context(), s.log)
		if (err == nil) != tc.starts {
			t.Errorf("%s: started %v: %v", tc.name, err == nil, err)
		}
		fmt.Fprintf(&got, "# %s\n%s", tc.name, s.out)
		if err != nil {
			fmt.Fprintf(&got, "steelthread serve: %v\n", err)
		}
		got.WriteString("\n")
	}
	golden(t, "permissions.golden", regexp.MustCompile(`config=\S+`).ReplaceAllString(got.String(), "config=HASH"))
}
