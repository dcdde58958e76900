package main

import (
	"fmt"
	"os"
	"strings"

	prowconfig "sigs.k8s.io/prow/pkg/config"
	"sigs.k8s.io/prow/pkg/plugins"
	"sigs.k8s.io/yaml"
)

// prowFiles is what was read of Prow's files; nil where the flag was not given.
type prowFiles struct {
	config  *prowconfig.Config
	plugins *plugins.Configuration
	labels  *labelsFile
}

// labelsFile is label_sync's labels.yaml, as much of it as counts here.
type labelsFile struct {
	Default labelSet            `json:"default"`
	Orgs    map[string]labelSet `json:"orgs"`
	Repos   map[string]labelSet `json:"repos"`
}

type labelSet struct {
	Labels []labelEntry `json:"labels"`
}

type labelEntry struct {
	Name        string       `json:"name"`
	DeleteAfter string       `json:"deleteAfter"`
	Previously  []labelEntry `json:"previously"`
}

// readProw reads the files that the flags name, with Prow's own loaders, so that a file which Prow would not take is
// not taken here either.
func readProw(o options) (*prowFiles, error) {
	var p prowFiles
	if o.prowConfig != "" {
		loaded, err := prowconfig.Load(o.prowConfig, o.jobConfig, nil, "")
		if err != nil {
			return nil, fmt.Errorf("--prow-config with --job-config is not taken by Prow: %w", err)
		}
		p.config = loaded
	}
	if o.plugins != "" {
		var agent plugins.ConfigAgent
		// Neither the names of other plugins nor the config updater's globs are our business.
		if err := agent.Load(o.plugins, nil, "", false, true); err != nil {
			text := strings.TrimPrefix(err.Error(), "invalid plugin configuration:\n\t")
			return nil, fmt.Errorf("--plugins is not taken by Prow: %s", text)
		}
		p.plugins = agent.Config()
	}
	if o.labels != "" {
		data, err := os.ReadFile(o.labels)
		if err != nil {
			return nil, fmt.Errorf("--labels: %w", err)
		}
		p.labels = &labelsFile{}
		if err := yaml.Unmarshal(data, p.labels); err != nil {
			return nil, fmt.Errorf("--labels: %w", err)
		}
	}
	return &p, nil
}
