package main

import (
	"fmt"
	"strings"

	prowconfig "sigs.k8s.io/prow/pkg/config"
)

// checkTriggers finds presubmits of our repositories that one of our commands would start. Prow matches a job's trigger
// against the whole comment, so a pattern that is not bound to the beginning of a line can match inside ours.
func checkTriggers(jobs map[string][]prowconfig.Presubmit, repos, examples []string) []finding {
	var found []finding
	for _, key := range sortedKeys(jobs) {
		if !concerns(key, repos) {
			continue
		}
		for _, job := range jobs[key] {
			var fired []string
			for _, example := range examples {
				if job.TriggerMatches(example) {
					fired = append(fired, example)
				}
			}
			if len(fired) == 0 {
				continue
			}
			what := fmt.Sprintf("job %s of %s is started by `%s`", job.Name, key, fired[0])
			if len(fired) > 1 {
				what += fmt.Sprintf(" and %d more of our commands", len(fired)-1)
			}
			found = append(found, finding{
				file:  "job configuration",
				what:  what,
				why:   "each such comment costs a run; a trigger begins with (?m)^/ and ends after the job's own words.",
				patch: triggerPatch(job),
			})
		}
	}
	return found
}

// triggerPatch proposes Prow's default trigger, and with it the command that Prow's check wants it to match.
func triggerPatch(job prowconfig.Presubmit) []string {
	patch := lines(" ", "- name: "+job.Name)
	patch = append(patch, lines("-", "  trigger: '"+job.Trigger+"'")...)
	patch = append(patch, lines("+", "  trigger: '"+prowconfig.DefaultTriggerFor(job.Name)+"'")...)
	if rerun := prowconfig.DefaultRerunCommandFor(job.Name); job.RerunCommand != rerun {
		patch = append(patch, lines("-", "  rerun_command: "+job.RerunCommand)...)
		patch = append(patch, lines("+", "  rerun_command: "+rerun)...)
	}
	return patch
}

// concerns tells whether the key of a block of presubmits, a repository or an org, covers one of ours.
func concerns(key string, repos []string) bool {
	for _, repo := range repos {
		if strings.EqualFold(key, repo) || strings.HasPrefix(strings.ToLower(repo), strings.ToLower(key)+"/") {
			return true
		}
	}
	return false
}
