package kep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseReadiness reads a production readiness file:
//
//	kep-number: 4381
//	alpha:
//	  approver: "@octocat"
//
// It never fails, as ParseFile: what cannot be used is in Problems.
func ParseReadiness(path string, data []byte) *ProductionReadiness {
	out := &ProductionReadiness{Path: path}
	f := file{kep: KEP{Path: path}}
	defer func() { out.Problems = f.kep.Problems }()
	if len(data) > maxFile {
		f.problem("", "", fmt.Sprintf("a production readiness file is smaller than %d KB", maxFile>>10))
		return out
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		said := strings.TrimPrefix(err.Error(), "yaml: ")
		f.problem("", strings.ReplaceAll(said, "invalid", "unexpected"), "the file is YAML")
		return out
	}
	if len(doc.Content) == 0 || deref(doc.Content[0]).Kind != yaml.MappingNode {
		f.problem("", "", "the file has kep-number and, for each stage, an approver")
		return out
	}
	f.top = deref(doc.Content[0])
	text, _ := f.text("kep-number")
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		out.Number = n
	} else {
		f.problem("kep-number", text, "the number of the KEP")
	}
	for i := 0; i+1 < len(f.top.Content) && i < 2*maxList; i += 2 {
		stage, _ := scalar(deref(f.top.Content[i]))
		node, ok := lookup(deref(f.top.Content[i+1]), "approver")
		if !ok || !slices.Contains(stages, stage) {
			continue
		}
		who, _ := scalar(node)
		if who = strings.TrimPrefix(who, "@"); !placeholder(who) {
			if out.Approvers == nil {
				out.Approvers = map[string]string{}
			}
			out.Approvers[stage] = who
		}
	}
	return out
}
